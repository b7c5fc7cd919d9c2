"""/sparql: the SPARQL 1.1 Protocol, the service description, and a form for browsers."""

import json
import socket
from collections.abc import Callable

from flask import Blueprint, Response, request

from rdfgen.formats import FORMATS, RESULT_FORMATS
from rdfgen.namespaces import output_prefixes
from rdfgen.ntriples import lines
from server.conneg import HTML
from server.documents import example_queries, page, rdf_response
from server.engine import gate
from server.engine.pool import Answer, never
from server.engine.query import NotAcceptable
from server.metadata import service_description
from server.protocol import negotiated, not_acceptable, query_of
from server.services import services

blueprint = Blueprint("sparql", __name__)

_PAGE_BYTES = 2_000_000
_PAGE_ROWS = 1_000


@blueprint.route("/sparql", methods=["GET", "POST"])
def sparql() -> Response:
    """The answer to a query; without one, the form or the service description."""
    asked = query_of(request)
    if asked is None:
        return _without_query()
    gate.check(asked.query.text, services().config)
    try:
        answer = services().pool.answer(asked.query, _client_watch(request.environ.get("gunicorn.socket")))
    except NotAcceptable as error:
        raise not_acceptable(f"the Accept header or ?format= asks for nothing that a {error} query can be answered in") from error
    if asked.as_page(answer.form):
        return _result_page(asked.query.text, answer)
    row = FORMATS[answer.format] if answer.form == "CONSTRUCT" else RESULT_FORMATS[answer.format]
    return Response(answer, content_type=row.content_type, headers={"Vary": "Accept"})


def _client_watch(client: object) -> Callable[[], bool]:
    """Tells whether the client on that socket, where the server hands it out, has closed its end."""
    if not isinstance(client, socket.socket):
        return never

    def has_left() -> bool:
        try:
            return client.recv(1, socket.MSG_PEEK | socket.MSG_DONTWAIT) == b""
        except BlockingIOError:
            return False
        except OSError:
            return True

    return has_left


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


def _result_page(query: str, answer: Answer) -> Response:
    """The answer as a page, if it is small enough for one; the page says what it leaves out."""
    content = bytearray()
    for block in answer:
        content += block
        if len(content) > _PAGE_BYTES:
            answer.close()
            return _form(query, {"too_large": _PAGE_BYTES})
    if answer.form == "CONSTRUCT":
        return _form(query, {"text": content.decode()})
    result = json.loads(content)
    if answer.form == "ASK":
        return _form(query, {"boolean": result["boolean"]})
    rows = result["results"]["bindings"]
    return _form(query, {"variables": result["head"]["vars"], "rows": rows[:_PAGE_ROWS], "total": len(rows)})
