"""/sparql: the SPARQL 1.1 Protocol, the service description, and a form for browsers."""

import json
from dataclasses import replace

from flask import Blueprint, Response, request

from rdfgen.formats import FORMATS, RESULT_FORMATS
from rdfgen.namespaces import output_prefixes
from rdfgen.ntriples import lines
from server.answering import Answer, Answered, Origin, answered
from server.clients import client_of
from server.conneg import HTML
from server.documents import page, rdf_response
from server.engine import gate
from server.engine.query import NotAcceptable, Query
from server.examples import by_keyword
from server.explained import Note, change_notes, normalized, notes, one_line, with_links
from server.metadata import service_description
from server.paging import Paged, has_more, paged
from server.paging import headers as limit_headers
from server.protocol import Asked, negotiated, not_acceptable, query_of
from server.record import record_of
from server.repeatable import entity_tag, is_repeatable, matching
from server.replay import HIT, MISS, REPEATABLE
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
    record_of(request.environ).asks(asked.query.text)
    gate.check(asked.query.text, services().config)
    written, changes = _normalized(asked)
    federated = services().federation.federated(written, client_of(request), asked.timeout)
    asked = replace(asked, timeout=federated.timeout)
    page_of = paged(federated.query, asked.offset, services().config.max_rows)
    query = page_of.query
    release = services().published.name() if not federated.is_federated and is_repeatable(query.text) else ""
    tag = _tag(release, asked, query)
    known = matching(request.if_none_match, tag)
    if known is not None:
        return _not_modified(known)
    asked.headers.update(_row_limit(asked, page_of, release))
    found = _answered(asked, query, release)
    try:
        response = _response(asked, written, found.answer, changes)
    except BaseException:  # whatever it is, the query process must come back
        found.answer.close()
        raise
    for note in federated.notes:
        response.headers.add(NOTE_HEADER, one_line(note))
    return _labelled(response, found, release, tag)


def _row_limit(asked: Asked, page_of: Paged, release: str) -> dict[str, str]:
    """The headers about the operator's limit of rows; whether there are more is seen before this answer takes a query process."""
    is_cut = has_more(page_of, lambda rest: _answered(asked, rest, release).answer)
    return limit_headers(page_of, is_cut, asked.offset, asked.query.text, request)


def _answered(asked: Asked, query: Query, release: str) -> Answered:
    try:
        return answered(query, client_of(request), asked.timeout, release)
    except NotAcceptable as error:
        raise not_acceptable(f"the Accept header or ?format= asks for nothing that a {error} query can be answered in") from error


def _tag(release: str, asked: Asked, query: Query) -> str:
    """The entity tag that the answer has, whatever it is; "" if it may be another one each time, or if nobody would ask with a tag."""
    if request.method == "POST" or not release:
        return ""
    return entity_tag(release, asked.query.text, query, asked.table_as_page, asked.graph_as_page, asked.offset)


def _not_modified(tag: str) -> Response:
    """That the answer is still the one that the client has; the query is not evaluated."""
    response = Response(status=304, headers={"Vary": "Accept"})
    response.set_etag(tag, weak=request.if_none_match.is_weak(tag))
    return response


def _labelled(response: Response, found: Answered, release: str, tag: str) -> Response:
    """The response with what caches and the curious need to know; a switch of releases in between would make the tag wrong."""
    response.headers["Cache-Status"] = HIT if found.origin is Origin.MEMORY else MISS
    response.headers["X-LitLOD-Answered-By"] = found.origin.value
    record = record_of(request.environ)
    record.form, record.origin = found.answer.form, found.origin.value
    if tag and services().published.name() == release:
        response.set_etag(tag)
        request.environ[REPEATABLE] = release
    return response


def _response(asked: Asked, query: Query, answer: Answer, changes: dict[str, str]) -> Response:
    """The answer as a page or in its own format, with headers that say why it is empty and what was rewritten."""
    found = notes(query.text, services().published.release(), (*query.default_graphs, *query.named_graphs)) if answer.is_empty() else []
    if asked.as_page(answer.form):
        response = _result_page(asked.query.text, answer, {"notes": found, "changes": changes, "limits": asked.headers})
    else:
        response = _data(answer, found)
    response.headers.extend(asked.headers)
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
    text = "".join(lines(service_description(release, services().config)))
    response = rdf_response(text, FORMATS[form], release)
    response.add_etag(overwrite=True)  # The configuration is part of it.
    return response


def _form(query: str, result: dict[str, object] | None) -> Response:
    release = services().published.release()
    return page(
        "sparql.html",
        release,
        query=query,
        result=result,
        prefixes=output_prefixes(release.iris.base),
        examples=by_keyword(release),
        allowed=services().config.service_endpoints,
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
