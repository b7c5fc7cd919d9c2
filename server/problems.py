"""Every error of every route as one problem document (RFC 9457), or as a page for those who asked for HTML."""

from flask import Flask, Response, json, render_template, request
from werkzeug.exceptions import HTTPException, InternalServerError

from rdfgen.errors import ReleaseError
from server.conneg import prefers_html
from server.engine.query import BadQuery, Busy, NotAcceptable, QueryError, QueryFailed, QueryTimeout, RefusedQuery, TooLargeQuery

_STATUS: dict[type[Exception], tuple[int, str]] = {
    RefusedQuery: (403, "Not allowed here"),
    TooLargeQuery: (413, "Query too long"),
    BadQuery: (400, "Bad query"),
    NotAcceptable: (406, "Not acceptable"),
    QueryTimeout: (503, "Query stopped at its time limit"),
    QueryFailed: (503, "Query failed"),
    Busy: (503, "Busy"),
    ReleaseError: (503, "No release"),
}
RETRY_AFTER_SECONDS = 5


class Problem(Exception):
    """An error with its HTTP status, to be raised by views."""

    def __init__(self, status: int, title: str, detail: str, headers: dict[str, str] | None = None) -> None:
        super().__init__(detail)
        self.status, self.title, self.detail, self.headers = status, title, detail, headers or {}


def register(app: Flask) -> None:
    """Make the application answer every error with a problem document."""
    app.register_error_handler(Problem, _problem)
    app.register_error_handler(QueryError, _known)
    app.register_error_handler(ReleaseError, _known)
    app.register_error_handler(HTTPException, _http)


def _problem(error: Problem) -> Response:
    return response(error.status, error.title, error.detail, error.headers)


def _known(error: Exception) -> Response:
    status, title = next(found for kind, found in _STATUS.items() if isinstance(error, kind))
    retry = {"Retry-After": str(RETRY_AFTER_SECONDS)} if status == 503 else {}
    return response(status, title, str(error), retry)


def _http(error: HTTPException) -> Response:
    if isinstance(error, InternalServerError):
        return response(500, "Internal error", "something went wrong here; the operator's log says what", {})
    headers = {name: value for name, value in error.get_headers() if name.casefold() in ("allow", "location", "content-range")}
    if error.code is not None and 300 <= error.code < 400:
        return Response(status=error.code, headers=headers)
    return response(error.code or 500, error.name, error.description or error.name, headers)


def response(status: int, title: str, detail: str, headers: dict[str, str]) -> Response:
    """The problem document, as JSON or, where the client prefers it, as a page."""
    if prefers_html(request.accept_mimetypes):
        body, content_type = render_template("problem.html", status=status, title=title, detail=detail), "text/html; charset=utf-8"
    else:
        body = json.dumps({"type": "about:blank", "title": title, "status": status, "detail": detail}) + "\n"
        content_type = "application/problem+json"
    return Response(body, status, {**headers, "Vary": "Accept"}, content_type=content_type)
