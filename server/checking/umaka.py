"""The Umaka score of DBCLS (https://yummydata.org/): its six parts, as its crawler's code computes them.

https://github.com/dbcls/umakadata_gem, version of April 2024. Availability is that of this moment: there is no history.
"""

import re
from collections.abc import Iterator
from datetime import date
from ipaddress import ip_address
from urllib.parse import urlsplit

from server.checking.descriptions import Descriptions, values
from server.checking.findings import Finding, Part, rule
from server.checking.site import Site
from server.checking.vocabularies import ELSEWHERE, LOV, is_in

_DESCRIBED = ("void:Dataset", "void:DatasetDescription", "sd:Dataset", "sd:Graph")
_COUNTED = ("void:Dataset", "sd:Dataset", "sd:Graph")
_SD = "http://www.w3.org/ns/sparql-service-description#"
_ALIVE = ("CONSTRUCT { ?s ?p ?o } WHERE { GRAPH ?g { ?s ?p ?o } } LIMIT 1", "CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o } LIMIT 1")
_CLASSES = (
    "{ ?c a rdfs:Class . } UNION { [] a ?c . } UNION { [] rdfs:domain ?c . } UNION { [] rdfs:range ?c . } "
    "UNION { ?c rdfs:subClassOf [] . } UNION { [] rdfs:subClassOf ?c . }"
)
_RDFS = "PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#> "
_LONGEST_ADDRESS = 30
_NAME = re.compile(r"(?:(?<=#)[^#]*|(?<=/)[^/#]*)$")


def umaka(site: Site, found: Descriptions, today: date) -> tuple[Part, ...]:
    """The six parts of the score."""
    return (
        Part("availability", (_alive(site),)),
        Part("freshness", (_freshness(found, today),)),
        Part("operation", tuple(_operation(found))),
        Part("usefulness", tuple(_usefulness(site))),
        Part("validity", tuple(_validity(site, found))),
        Part("performance", (_performance(site, found),)),
    )


def _alive(site: Site) -> Finding:
    replies = [site.post(query, "application/n-triples, text/turtle;q=0.9").status for query in _ALIVE]
    return rule("answers", 100, any(200 <= status < 300 for status in replies), f"status {replies[0]} with GRAPH, {replies[1]} without")


def _freshness(found: Descriptions, today: date) -> Finding:
    for graph in (found.void, found.service):
        days = [(today - day).days for text in values(graph, _DESCRIBED, ("dcterms:modified", "dcterms:issued")) if (day := _day(text))]
        if days:
            return Finding("last change", _freshness_points(min(days)), 100, f"{min(days)} days ago")
    return Finding("last change", 30, 100, "no dcterms:modified or dcterms:issued of the dataset")


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text[:10])
    except ValueError:
        return None


def _freshness_points(days: int) -> float:
    """The points for so many days; the future is as bad as a date long ago.

    >>> _freshness_points(30), _freshness_points(365), _freshness_points(366)
    (100.0, 30.0, 30.0)
    """
    if 0 <= days <= 30:
        return 100.0
    return 100.0 - 70.0 * (days - 30) / 335 if 31 <= days <= 365 else 30.0


def _operation(found: Descriptions) -> Iterator[Finding]:
    described = any(quad.predicate.value.startswith(_SD) for quad in found.service)
    yield rule("service description", 50, described, f"status {found.service_reply.status}, {len(found.service)} triples at the endpoint")
    yield rule("VoID", 50, len(found.any_void) > 0, f"status {found.void_reply.status}, {len(found.void)} triples at /.well-known/void")


def _usefulness(site: Site) -> Iterator[Finding]:
    graphs = [row["g"] for row in site.rows("SELECT DISTINCT ?g WHERE { GRAPH ?g { ?s ?p ?o } }")]
    points, reasons, namespaces = 0.0, [], set[str]()
    for graph in graphs:
        is_typed, is_labelled = _is_typed(site, graph), _is_labelled(site, graph)
        points += 50 * is_typed + 50 * is_labelled
        reasons += [f"<{graph}> has no typed things"] * (not is_typed) + [f"no class of <{graph}> has a label"] * (not is_labelled)
        namespaces |= _namespaces(site, graph)
    most = points / len(graphs) / 2 if graphs else 0.0
    yield Finding("metadata", most, 50, "; ".join(reasons) or f"{len(graphs)} named graphs, each of typed things with labels")
    yield _ontology(sorted(namespaces))


def _is_typed(site: Site, graph: str) -> bool:
    return bool(site.rows(f"SELECT DISTINCT ?c WHERE {{ GRAPH <{graph}> {{ [] a ?c }} }}"))


def _is_labelled(site: Site, graph: str) -> bool:
    rows = site.rows(f"{_RDFS}SELECT DISTINCT ?c WHERE {{ GRAPH <{graph}> {{ {_CLASSES} }} }} LIMIT 100")
    classes = " ".join(f"<{row['c']}>" for row in rows if "://" in row.get("c", ""))
    query = f"{_RDFS}SELECT DISTINCT ?c ?label WHERE {{ GRAPH ?g {{ ?c rdfs:label ?label }} VALUES ?c {{ {classes} }} }}"
    return bool(classes and site.rows(query))


def _namespaces(site: Site, graph: str) -> set[str]:
    rows = site.rows(f"SELECT DISTINCT ?p WHERE {{ GRAPH <{graph}> {{ ?s ?p ?o }} }}")
    return {_NAME.sub("", row["p"]) for row in rows if "www.openlinksw.com" not in row["p"]}


def _ontology(namespaces: list[str]) -> Finding:
    unregistered = [name for name in namespaces if not is_in(name, LOV)]
    alone = [name for name in namespaces if not is_in(name, ELSEWHERE)]
    points = 25 * (2 - (len(unregistered) + len(alone)) / len(namespaces)) if namespaces else 0.0
    reason = f"not registered: {', '.join(unregistered) or 'none'}; used nowhere else: {', '.join(alone) or 'none'}"
    return Finding("vocabularies", points, 50, f"{len(namespaces)} in named graphs; {reason}")


def _validity(site: Site, found: Descriptions) -> Iterator[Finding]:
    yield from _cool(site.public)
    example = found.example()
    here = site.here(example, found.base())
    fits = [name for name in ("text/turtle", "application/rdf+xml", "text/html") if _fits(site, here, name)] if example else []
    yield rule("useful information", 20, bool(fits), f"<{example}> is to be had as {', '.join(fits) or 'nothing'}")
    subjects = site.rows(f"SELECT * WHERE {{ VALUES ?s {{ <{example}> }} ?s ?p ?o }} LIMIT 1") if example else []
    yield rule("HTTP IRIs", 20, bool(fits or subjects), "things are named by http IRIs" if fits or subjects else "no example resource")
    links = f"VALUES ?s {{ <{example}> }} {{ ?s owl:sameAs ?o }} UNION {{ ?s rdfs:seeAlso ?o }}"
    linked = bool(example) and bool(site.rows(f"PREFIX owl: <http://www.w3.org/2002/07/owl#> {_RDFS}SELECT * WHERE {{ {links} }} LIMIT 1"))
    yield rule("links", 20, linked, f"<{example}> has {'' if linked else 'no '}owl:sameAs or rdfs:seeAlso")


def _fits(site: Site, url: str, media_type: str) -> bool:
    reply = site.get(url, media_type)
    return reply.status == 200 and reply.media_type == media_type


def _cool(public: str) -> Iterator[Finding]:
    """A good address, 10 points each: by no number, without a port and a query, and short."""
    parts = urlsplit(public)
    host = "address: host"
    yield rule(host, 10, not _is_number(parts.hostname or ""), f"{parts.hostname}")
    yield rule("address: port", 10, parts.port is None, "none" if parts.port is None else str(parts.port))
    yield rule("address: query", 10, not parts.query, parts.query or "none")
    yield rule("address: length", 10, len(public) <= _LONGEST_ADDRESS, f"{len(public)} characters, at most {_LONGEST_ADDRESS}")


def _is_number(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True


def _performance(site: Site, found: Descriptions) -> Finding:
    seconds = [_more_seconds(site, offset) for offset in (0, 100, 200)]
    triples = sum(int(text) for text in values(found.any_void, _COUNTED, ("void:triples",)) if text.isdigit())
    mean = sum(seconds) / len(seconds)
    points = max(0.0, 100 * (1 - 1e6 * mean / triples)) if triples else 0.0
    return Finding(
        "classes", points, 100, f"{1000 * mean:.1f} ms more than ASK, for {triples} triples in VoID: at 1 µs a triple nothing is left"
    )


def _more_seconds(site: Site, offset: int) -> float:
    base = site.post("ASK WHERE { ?s ?p ?o }").seconds
    return max(0.0, site.post(f"SELECT DISTINCT ?c WHERE {{ GRAPH ?g {{ [] a ?c }} }} LIMIT 100 OFFSET {offset}").seconds - base)
