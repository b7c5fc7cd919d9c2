"""FAIR-Checker's metrics, by what they ask for at least (https://fair-checker.france-bioinformatique.fr/), of the dataset's page."""

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

import pyoxigraph
from pyoxigraph import BlankNode, NamedNode, RdfFormat, Store

from rdfgen.namespaces import PREFIXES
from server.checking.descriptions import Descriptions
from server.checking.findings import Finding, Part, rule
from server.checking.site import RDF, Site
from server.checking.vocabularies import LOV, is_in

_DCT, _DCAT, _SKOS = PREFIXES["dcterms"], PREFIXES["dcat"], PREFIXES["skos"]
_SCHEMA = ("http://schema.org/", "https://schema.org/")
_EMBEDDED = re.compile(rb'<script type="application/ld\+json">(.*?)</script>', re.DOTALL)
_AUTHORITIES = 3


def _schema(*names: str) -> tuple[str, ...]:
    return tuple(space + name for name in names for space in _SCHEMA)


def _dct(*names: str) -> tuple[str, ...]:
    return tuple(_DCT + name for name in names)


# Metric -> the beginnings of predicates of which one is wanted.
_PREDICATES: dict[str, tuple[str, ...]] = {
    "F1B": (*_dct("identifier"), *_schema("identifier")),
    "I2A": (
        *_dct("title", "abstract", "creator", "license", "language"),
        *(PREFIXES["rdfs"] + name for name in ("label", "comment", "seeAlso")),
        _SKOS,
    ),
    "A1.2": ("http://www.w3.org/ns/odrl/2/hasPolicy", *_dct("rights", "accessRights", "license"), *_schema("license")),
    "R1.1": (*_dct("license"), *_schema("license")),
    "R1.2": (
        PREFIXES["prov"],
        "http://purl.org/pav/",
        *_dct("creator", "contributor", "publisher", "hasVersion"),
        *_schema("author", "creator", "publisher"),
    ),
}


def fair(site: Site, found: Descriptions) -> Part:
    """One point for each metric."""
    findings = tuple(_rules(site, found))
    return Part("FAIR-Checker", findings, len(findings))


def _rules(site: Site, found: Descriptions) -> Iterator[Finding]:
    page = site.get(site.at("/dataset"), "text/html")
    graph = _graph(site, page.body)
    predicates = {quad.predicate.value for quad in graph}
    known = sorted(name for name in predicates if is_in(name, LOV))
    blank = [quad for quad in graph if isinstance(quad.subject, BlankNode)]
    yield rule("F1A", 1, page.is_fine and len(graph) > 0, f"status {page.status}; {len(blank)} statements about nodes without an IRI")
    yield from (_has_one("F1B", predicates), rule("F2A", 1, len(graph) > 0, f"{len(graph)} triples"))
    yield from (rule(name, 1, bool(known), f"{len(known)} known properties") for name in ("F2B", "I1B", "I2", "R1.3"))
    yield from (rule(name, 1, len(graph) > 0, f"{len(graph)} triples") for name in ("I1", "I1A", "I2B"))
    yield _has_one("I2A", predicates)
    nodes = (node for quad in graph for node in (quad.subject, quad.object) if isinstance(node, NamedNode))
    hosts = {urlsplit(node.value).netloc for node in nodes} - {""}
    yield rule("I3", 1, len(hosts) >= _AUTHORITIES, f"IRIs of {len(hosts)} hosts, at least {_AUTHORITIES}")
    yield rule("A1.1", 1, page.status > 0, f"{urlsplit(site.public).scheme}")
    yield from (_has_one(name, predicates) for name in ("A1.2", "R1.1", "R1.2"))


def _has_one(name: str, predicates: set[str]) -> Finding:
    wanted = _PREDICATES[name]
    seen = sorted(predicate for predicate in predicates if predicate.startswith(wanted))
    return rule(name, 1, bool(seen), seen[0] if seen else f"none of {', '.join(wanted)}")


def _graph(site: Site, page: bytes) -> Store:
    """The triples at the address and in the page."""
    store = site.get(site.at("/dataset"), RDF).graph()
    for text in _EMBEDDED.findall(page):
        try:
            store.extend(pyoxigraph.parse(text, format=RdfFormat.JSON_LD, base_iri="http://localhost/"))
        except SyntaxError:
            continue
    return store
