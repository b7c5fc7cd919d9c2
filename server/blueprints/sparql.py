"""/sparql: the SPARQL 1.1 Protocol, the service description, and a form for browsers."""

import json
from dataclasses import replace

from flask import Blueprint, Response, request

from rdfgen.formats import FORMATS, RESULT_FORMATS
from rdfgen.namespaces import output_prefixes
from rdfgen.ntriples import lines
from server.answering import answered
from server.clients import client_of
from server.conneg import HTML
from server.documents import example_queries, page, rdf_response
from server.engine import gate
from server.engine.pool import Answer
from server.engine.query import NotAcceptable, Query
from server.explained import Note, change_notes, normalized, notes, with_links
from server.metadata import service_description
from server.protocol import Asked, negotiated, not_acceptable, query_of
from server.services import services

blueprint = Blueprint("sparql", __name__)

_PAGE_BYTES = 2_000_000
_PAGE_ROWS = 1_000
NOTE_HEADER = "X-LitLOD-Note"
REWRITTEN_HEADER = "X-LitLOD-Rewritten"


@blueprint.route("/sparql", methods=["GET", "POST"])
def sparql() -> Response:
    """The answer to a query; without one, the form or the service description."""
    asked = query_of(request)
    if asked is None:
        return _without_query()
    gate.check(asked.query.text, services().config)
    query, changes = _normalized(asked)
    try:
        answer = answered(query, client_of(request), asked.timeout)
    except NotAcceptable as error:
        raise not_acceptable(f"the Accept header or ?format= asks for nothing that a {error} query can be answered in") from error
    try:
        return _response(asked, query, answer, changes)
    except BaseException:  # whatever it is, the query process must come back
        answer.close()
        raise


def _response(asked: Asked, query: Query, answer: Answer, changes: dict[str, str]) -> Response:
    """The answer as a page or in its own format, with headers that say why it is empty and what was rewritten."""
    found = notes(query.text, services().published.release()) if answer.is_empty() else []
    if asked.as_page(answer.form):
        response = _result_page(asked.query.text, answer, {"notes": found, "changes": changes})
    else:
        response = _data(answer, found)
    for name, texts in ((NOTE_HEADER, [note.text for note in found]), (REWRITTEN_HEADER, change_notes(changes))):
        for text in texts:
            response.headers.add(name, text)
    return response


def _normalized(asked: Asked) -> tuple[Query, dict[str, str]]:
    """The query, its IRIs rewritten in our spelling where the client or the operator wants that, and what was rewritten."""
    wanted = services().config.normalize_iris if asked.normalizes is None else asked.normalizes
    if not wanted:
        return asked.query, {}
    text, changes = normalized(asked.query.text, services().published.release())
    gate.check(text, services().config)
    return replace(asked.query, text=text), changes


def _data(answer: Answer, found: list[Note]) -> Response:
    """The answer in its own format, streamed; an empty one that there are notes for has links to the IRI policy."""
    row = FORMATS[answer.format] if answer.form == "CONSTRUCT" else RESULT_FORMATS[answer.format]
    if not found:
        return Response(answer, content_type=row.content_type, headers={"Vary": "Accept"})
    policy = services().published.release().iris.below("iri-policy")
    links = list(dict.fromkeys(f"{policy}#{note.section}" for note in found))
    body = with_links(b"".join(answer), answer.format, links)
    return Response(body, content_type=row.content_type, headers={"Vary": "Accept"})


def _without_query() -> Response:
    release = services().published.release()
    form = negotiated(request)
    if form == HTML:
        return _form("", None)
    text = "".join(lines(service_description(release)))
    return rdf_response(text, FORMATS[form], release)


def _form(query: str, result: dict[str, object] | None) -> Response:
    release = services().published.release()
    return page(
        "sparql.html",
        release,
        query=query,
        result=result,
        prefixes=output_prefixes(release.iris.base),
        examples=example_queries(release),
    )


def _result_page(query: str, answer: Answer, remarks: dict[str, object]) -> Response:
    """The answer and remarks on it as a page, if it is small enough for one; the page says what it leaves out."""
    content = bytearray()
    for block in answer:
        content += block
        if len(content) > _PAGE_BYTES:
            answer.close()
            return _form(query, remarks | {"too_large": _PAGE_BYTES})
    if answer.form == "CONSTRUCT":
        return _form(query, remarks | {"text": content.decode()})
    result = json.loads(content)
    if answer.form == "ASK":
        return _form(query, remarks | {"boolean": result["boolean"]})
    rows = result["results"]["bindings"]
    return _form(query, remarks | {"variables": result["head"]["vars"], "rows": rows[:_PAGE_ROWS], "total": len(rows)})
