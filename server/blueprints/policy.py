"""/iri-policy: which IRIs stand for records here, for people and for programs."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from flask import Blueprint, Response, json, request

from rdfgen.addresses import written_prefixes
from rdfgen.formats import FORMATS
from rdfgen.iris import Iris, part
from rdfgen.namespaces import output_prefixes
from rdfgen.ntriples import Triple, iri, lines, literal, term
from rdfgen.vocabularies import VOCABULARIES, Vocabulary
from server.blueprints.resource import FORMS
from server.conneg import HTML, Row, accepted, named
from server.documents import page, rdf_response
from server.iri_answers import answer
from server.problems import Problem
from server.protocol import not_acceptable
from server.published import Release
from server.services import services

blueprint = Blueprint("policy", __name__)


@dataclass(frozen=True, slots=True)
class _Json:
    """The row of a format that is no RDF."""

    names: tuple[str, ...] = ()
    media_types: tuple[str, ...] = ("application/json",)


_JSON = "json"
_TABLE: Mapping[str, Row] = {_JSON: _Json(), **FORMATS}
_SUFFIXES = {**FORMS, _JSON: _JSON}


@blueprint.get("/iri-policy")
@blueprint.get("/iri-policy.<suffix>")
def policy(suffix: str | None = None) -> Response:
    """The table of vocabularies; or how the one IRI that the request names is written here, as JSON or on the page."""
    if suffix is not None and suffix not in _SUFFIXES:
        raise Problem(404, "Not found", f"no such form of the IRI policy: {suffix}")
    form = _SUFFIXES[suffix] if suffix else _negotiated()
    release = services().published.release()
    asked = request.args.get("iri", "").strip()
    found = answer(asked, release) if asked else None
    if form == HTML:
        return page("iri_policy.html", release, rows=VOCABULARIES.values(), answer=found)
    if form == _JSON:
        return _json(found.content() if found else _all(release))
    return rdf_response("".join(lines(_declarations(release.iris))), FORMATS[form], release)


@blueprint.get("/iri-policy/prefix-map.json")
def prefix_map() -> Response:
    """The vocabularies as an extended prefix map, as Bioregistry publishes them and the package curies reads them."""
    return _json([_record(row) for row in VOCABULARIES.values()])


def _negotiated() -> str:
    name = request.args.get("format")
    form = named(_TABLE, name) if name else accepted(_TABLE, request.accept_mimetypes, with_html=True)
    if form is None:
        raise not_acceptable("the IRI policy is JSON, RDF or HTML")
    return form


def _json(content: object) -> Response:
    text = json.dumps(content, indent=1, ensure_ascii=False) + "\n"
    response = Response(text, headers={"Vary": "Accept"}, content_type="application/json")
    response.add_etag()
    return response


def _all(release: Release) -> dict[str, object]:
    return {"prefixes": output_prefixes(release.iris.base), "vocabularies": [_row(row) for row in VOCABULARIES.values()]}


def _row(row: Vocabulary) -> dict[str, object]:
    return {
        "prefix": row.prefix,
        "title": row.title,
        "uri_prefix": row.iri_prefix,
        "pattern": f"^{row.pattern}$",
        "evidence": row.evidence,
        "bioregistry": row.bioregistry,
        "page_prefix": row.page_prefix,
        "aliases": [{"target": alias.target, "uri_prefix": alias.iri_prefix} for alias in row.aliases],
    }


def _record(row: Vocabulary) -> dict[str, object]:
    """A record of an extended prefix map; its names differ from those of the other records in more than their case."""
    names = sorted({row.bioregistry, row.turtle_prefix or row.bioregistry} - {row.prefix})
    return {
        "prefix": row.prefix,
        "prefix_synonyms": names,
        "uri_prefix": row.iri_prefix,
        "uri_prefix_synonyms": written_prefixes(row),
        "pattern": f"^{row.pattern}$",
    }


def _declarations(iris: Iris) -> Iterator[Triple]:
    """All prefixes, declared as SHACL does it (https://www.w3.org/TR/shacl/#sparql-prefixes)."""
    document = iris.below("iri-policy")
    for name, namespace in output_prefixes(iris.base).items():
        node = iri(part(document, f"prefix-{name}"))
        yield iri(document), term("sh:declare"), node
        yield node, term("rdf:type"), term("sh:PrefixDeclaration")
        yield node, term("sh:prefix"), literal(name)
        yield node, term("sh:namespace"), f"{literal(namespace)}^^{term('xsd:anyURI')}"
