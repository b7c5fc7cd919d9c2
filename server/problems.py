"""Every error of every route as one problem document (RFC 9457), or as a page or plain text for those who asked for that."""

import json
import re

from flask import Flask, Response, render_template, request
from werkzeug.exceptions import HTTPException, InternalServerError

from rdfgen.errors import DamagedRelease, ReleaseError
from server.conneg import prefers_html, prefers_text
from server.engine.query import (
    BadQuery,
    Busy,
    NotAcceptable,
    NotExpressible,
    QueryCancelled,
    QueryError,
    QueryFailed,
    QueryTimeout,
    RefusedQuery,
    RemoteFailed,
    RemoteTimeout,
    TooLargeQuery,
)
from server.record import record_of

_STATUS: dict[type[Exception], tuple[int, str]] = {
    RefusedQuery: (403, "Not allowed here"),
    TooLargeQuery: (413, "Query too long"),
    BadQuery: (400, "Bad query"),
    NotAcceptable: (406, "Not acceptable"),
    NotExpressible: (406, "Not expressible in this format"),
    QueryTimeout: (503, "Query stopped at its time limit"),
    QueryCancelled: (503, "Query cancelled"),
    QueryFailed: (503, "Query failed"),
    RemoteTimeout: (504, "SERVICE took too long"),
    RemoteFailed: (502, "SERVICE failed"),
    Busy: (503, "Busy"),
    DamagedRelease: (503, "Damaged release"),
    ReleaseError: (503, "No release"),
}
RETRY_AFTER_SECONDS = 5


class Problem(Exception):
    """An error with its HTTP status, to be raised by views; `links` are addresses that may help, by what is there."""

    def __init__(
        self, status: int, title: str, detail: str, headers: dict[str, str] | None = None, links: dict[str, str] | None = None
    ) -> None:
        super().__init__(detail)
        self.status, self.title, self.detail, self.headers, self.links = status, title, detail, headers or {}, links or {}


def register(app: Flask) -> None:
    """Make the application answer every error with a problem document."""
    app.register_error_handler(Problem, _problem)
    app.register_error_handler(QueryError, _known)
    app.register_error_handler(ReleaseError, _known)
    app.register_error_handler(HTTPException, _http)


def _problem(error: Problem) -> Response:
    return response(error.status, error.title, error.detail, error.headers, error.links)


def _known(error: Exception) -> Response:
    status, title = next(found for kind, found in _STATUS.items() if isinstance(error, kind))
    retry = {"Retry-After": str(RETRY_AFTER_SECONDS)} if status == 503 else {}
    return response(status, title, str(error), retry)


def answer(error: Exception) -> Response:
    """The problem document of a Problem or of a QueryError."""
    return _problem(error) if isinstance(error, Problem) else _known(error)


def _http(error: HTTPException) -> Response:
    if isinstance(error, InternalServerError):
        return response(500, "Internal error", "something went wrong here; the operator's log says what", {})
    headers = {name: value for name, value in error.get_headers() if name.casefold() in ("allow", "location", "content-range")}
    if error.code is not None and 300 <= error.code < 400:
        return Response(status=error.code, headers=headers)
    return response(error.code or 500, error.name, error.description or error.name, headers)


def response(status: int, title: str, detail: str, headers: dict[str, str], links: dict[str, str] | None = None) -> Response:
    """The problem document: JSON, or where the client prefers that a page, or text where it takes nothing else."""
    headers = {"Cache-Control": "no-store", "Vary": "Accept", **headers}
    if prefers_html(request.accept_mimetypes):
        page = render_template("problem.html", status=status, title=title, detail=detail, links=links or {})
        return Response(page, status, headers, content_type="text/html; charset=utf-8")
    if prefers_text(request.accept_mimetypes):
        more = "".join(f"{name}: {address}\n" for name, address in (links or {}).items())
        return Response(f"{status} {title}\n{detail}\n{more}", status, headers, content_type="text/plain; charset=utf-8")
    text = document(status, title, detail, record_of(request.environ).id, links)
    return Response(text, status, headers, content_type=PROBLEM_TYPE)


def document(status: int, title: str, detail: str, request_id: str = "", links: dict[str, str] | None = None) -> str:
    r"""The JSON of a problem; a syntax error has its line and column, counted from 1, as members of their own.

    The request's id, where there is one, is that of the operator's log; it may be the client's own, so it is no IRI for `instance`.

    >>> document(400, "Bad query", "error at 2:12: expected ?x")
    '{"type": "about:blank", "title": "Bad query", "status": 400, "detail": "error at 2:12: expected ?x", "line": 2, "column": 12}\n'
    """
    members: dict[str, object] = {"type": "about:blank", "title": title, "status": status, "detail": detail}
    found = _PLACE.match(detail)
    if found:
        members |= {"line": int(found[1]), "column": int(found[2])}
    if links:
        members["links"] = [{"title": name, "href": address} for name, address in links.items()]
    if request_id:
        members["request_id"] = request_id
    return json.dumps(members, sort_keys=False) + "\n"


PROBLEM_TYPE = "application/problem+json"
# How pyoxigraph begins the message of a syntax error.
_PLACE = re.compile(r"error at (\d+):(\d+):", re.ASCII)
