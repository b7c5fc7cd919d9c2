"""/sparql: the SPARQL 1.1 Protocol, the service description, and a form for browsers."""

import json
import socket
from collections.abc import Callable

from flask import Blueprint, Response, render_template, request

from rdfgen.formats import FORMATS, RESULT_FORMATS
from rdfgen.namespaces import output_prefixes
from rdfgen.ntriples import lines
from server.conneg import HTML, accepted, named
from server.documents import example_queries, rdf_response
from server.engine import gate
from server.engine.pool import Answer, never
from server.engine.query import NotAcceptable
from server.metadata import service_description
from server.protocol import not_acceptable, query_of
from server.services import services

blueprint = Blueprint("sparql", __name__)

_PAGE_BYTES = 2_000_000
_PAGE_ROWS = 1_000


@blueprint.route("/sparql", methods=["GET", "POST"])
def sparql() -> Response:
    """The answer to a query; without one, the form or the service description."""
    found = query_of(request)
    if found is None:
        return _without_query()
    query, as_page = found
    gate.check(query.text, services().config)
    try:
        answer = services().pool.answer(query, _client_watch(request.environ.get("gunicorn.socket")))
    except NotAcceptable as error:
        raise not_acceptable(f"the Accept header or ?format= asks for nothing that a {error} query can be answered in") from error
    if as_page:
        return _result_page(query.text, answer)
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
    name = request.args.get("format")
    row = named(FORMATS, name) if name else accepted(FORMATS, request.accept_mimetypes, with_html=True)
    if row is None:
        raise not_acceptable("the service description is RDF")
    if row == HTML:
        return _form("", None)
    text = "".join(lines(service_description(release)))
    return rdf_response(text, FORMATS[row], release)


def _form(query: str, result: dict[str, object] | None) -> Response:
    release = services().published.release()
    body = render_template(
        "sparql.html",
        release=release,
        query=query,
        result=result,
        prefixes=output_prefixes(release.iris.base),
        examples=example_queries(release),
    )
    return Response(body, headers={"Vary": "Accept"}, content_type="text/html; charset=utf-8")


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
