"""Responses that are sent again as they are: requests that are the same, byte for byte, need no look at the query.

This stands before the application (PEP 3333), so what the application does with each request is not done for these.
"""

from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, NamedTuple

from server.cache import Cache

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

# Set by a view: the release whose answer this is, and that it may be sent again.
REPEATABLE = "litlod.repeatable"
# Set here for those who watch: the kept response that was sent.
REPLAYED = "litlod.replayed"
CACHE_STATUS = "Cache-Status"
HIT, MISS = "litlod; hit", "litlod; fwd=miss"
_PATH = "/sparql"
# A response may depend on these headers of the request, and on no others.
_VARY = {"accept": "HTTP_ACCEPT", "accept-encoding": "HTTP_ACCEPT_ENCODING"}
# Requests with these are for the application.
_SPECIAL = ("HTTP_RANGE", "HTTP_IF_MATCH", "HTTP_IF_MODIFIED_SINCE", "HTTP_IF_UNMODIFIED_SINCE", "HTTP_AUTHORIZATION")
# Headers that belong to one response, and those that a 304 goes without (RFC 9110 §15.4.5).
_OF_ONE = frozenset({"date", "x-request-id", "connection", "server", "cache-status", "content-length"})
_OF_CONTENT = frozenset({"content-length", "content-type", "content-encoding"})

_Headers = list[tuple[str, str]]
_Key = tuple[str, ...]


class Response(NamedTuple):
    """A whole response with status 200."""

    headers: _Headers
    body: bytes
    tag: str


class Replay:
    """The application with a memory for responses; `release` names the current release."""

    def __init__(self, app: "WSGIApplication", cache: Cache[Response], release: Callable[[], str]) -> None:
        self._app, self._cache, self._release = app, cache, release

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        """The kept response, or the application's, which may be kept."""
        if environ["PATH_INFO"] != _PATH or environ["REQUEST_METHOD"] not in ("GET", "HEAD") or not self._cache.limit:
            return self._app(environ, start_response)
        if environ["SERVER_PROTOCOL"] != "HTTP/1.1" or any(name in environ for name in _SPECIAL):
            return self._app(environ, start_response)
        release, key = self._release(), _key(environ)
        found = self._cache.kept(release, key)
        if found is None:
            return self._recorded(environ, start_response, key)
        return _sent(found, environ, start_response) or self._app(environ, start_response)

    def _recorded(self, environ: "WSGIEnvironment", start_response: "StartResponse", key: _Key) -> Iterable[bytes]:
        sent: list[tuple[str, _Headers]] = []

        def start(status: str, headers: _Headers, *error: object) -> Callable[[bytes], object]:
            sent.append((status, headers))
            return start_response(status, headers, *error)  # type: ignore[arg-type]  # passed on as it is

        body = self._app(environ, start)
        release = environ.get(REPEATABLE)
        if environ["REQUEST_METHOD"] != "GET" or not isinstance(release, str) or len(sent) != 1 or not _may_be_kept(*sent[0]):
            return body

        def keep(content: bytes) -> None:
            headers = sent[0][1]
            size = len(content) + sum(len(text) for text in key) + sum(len(name) + len(value) for name, value in headers)
            self._cache.keep(release, key, _response(headers, content), size)

        return _Recording(body, self._cache.largest, keep)


def _key(environ: "WSGIEnvironment") -> _Key:
    return environ.get("QUERY_STRING", ""), *(environ.get(name, "-") for name in _VARY.values())


def _may_be_kept(status: str, headers: _Headers) -> bool:
    vary = {name.strip().casefold() for header, value in headers if header.casefold() == "vary" for name in value.split(",")}
    return status.startswith("200 ") and vary <= _VARY.keys() and not any(name.casefold() == "set-cookie" for name, _ in headers)


def _response(headers: _Headers, content: bytes) -> Response:
    kept = [(name, value) for name, value in headers if name.casefold() not in _OF_ONE]
    tag = next((value for name, value in kept if name.casefold() == "etag"), "")
    return Response([*kept, (CACHE_STATUS, HIT), ("Content-Length", str(len(content)))], content, tag)


def _sent(found: Response, environ: "WSGIEnvironment", start_response: "StartResponse") -> list[bytes] | None:
    """The kept response, or 304 for a client that has just this one; None where the tags need a closer look."""
    asked = environ.get("HTTP_IF_NONE_MATCH")
    if asked is not None and asked != found.tag:
        return None
    environ[REPLAYED] = found
    if asked is not None:
        start_response("304 NOT MODIFIED", [header for header in found.headers if header[0].casefold() not in _OF_CONTENT])
        return [b""]
    start_response("200 OK", list(found.headers))
    return [found.body] if environ["REQUEST_METHOD"] == "GET" else [b""]


class _Recording:
    """A body on its way to the client, that is handed to `keep` when its end is reached, unless it is too large."""

    def __init__(self, body: Iterable[bytes], largest: int, keep: Callable[[bytes], None]) -> None:
        self._body, self._largest, self._keep = body, largest, keep

    def __iter__(self) -> Iterator[bytes]:
        content: bytearray | None = bytearray()
        for block in self._body:
            if content is not None:
                content += block
                content = content if len(content) <= self._largest else None
            yield block
        if content is not None:
            self._keep(bytes(content))

    def close(self) -> None:
        """Close the body."""
        close = getattr(self._body, "close", None)
        if close is not None:
            close()
