"""Requests to other endpoints: to listed ones only, at addresses that were checked, with a limit on time and size."""

import http.client
import io
import socket
import ssl
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from http import HTTPStatus
from urllib.parse import SplitResult, urlencode, urljoin, urlsplit

from rdfgen import __version__
from server.config import is_endpoint
from server.engine.query import QueryFailed, RemoteFailed, RemoteTimeout
from server.federation.addresses import addresses_of

RESULTS_TYPE = "application/sparql-results+json"
_TYPES = frozenset({RESULTS_TYPE, "application/json"})
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_MOST_REDIRECTS = 3
_BLOCK = 64 << 10
_MOST_SAID = 300
_PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True, slots=True)
class Terms:
    """Whom to ask at all, and how much of an answer to take: `endpoints` are listed, `private_hosts` may have private addresses."""

    endpoints: frozenset[str]
    private_hosts: frozenset[str]
    most_bytes: int


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer's content, and the number of rows at which the endpoint says that it cuts answers."""

    content: bytes
    cut_at: int | None


class _Timed:
    """A connected socket of which the whole use ends at a deadline, as far as http.client needs one."""

    def __init__(self, connection: socket.socket, deadline: float) -> None:
        self._connection = connection
        self._deadline = deadline

    def sendall(self, data: bytes) -> None:
        """Send it in time."""
        self._connection.settimeout(_left(self._deadline))
        self._connection.sendall(data)

    def makefile(self, _mode: str) -> io.BufferedReader:
        """What is received, as a file."""
        return io.BufferedReader(_Reader(self._connection, self._deadline), _BLOCK)

    def close(self) -> None:
        """Leave it to the owner of the socket, who reads on."""


class _Reader(io.RawIOBase):
    def __init__(self, connection: socket.socket, deadline: float) -> None:
        self._connection = connection
        self._deadline = deadline

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]  # BufferedReader gives a memoryview
        self._connection.settimeout(_left(self._deadline))
        return self._connection.recv_into(buffer)


def asked(endpoint: str, query: str, terms: Terms, deadline: float, has_left: Callable[[], bool]) -> Reply:
    """The endpoint's answer to a query; raises RemoteFailed that says why there is none."""
    target = endpoint
    body: bytes | None = urlencode({"query": query}).encode()
    for _ in range(_MOST_REDIRECTS + 1):
        with _response(target, body, terms, deadline) as response:
            if response.status not in _REDIRECTS:
                return _reply(response, terms.most_bytes, has_left)
            if response.status == HTTPStatus.SEE_OTHER:
                body = None
            target = _redirected(response.getheader("Location", ""), target, terms.endpoints)
    raise RemoteFailed(f"it redirects more than {_MOST_REDIRECTS} times")


@contextmanager
def _response(url: str, body: bytes | None, terms: Terms, deadline: float) -> Iterator[http.client.HTTPResponse]:
    """The response to one request, without body a GET; no proxy, no cookie, no credential, nothing of the client's own request."""
    parts = urlsplit(url)
    headers = {"Host": parts.netloc, "User-Agent": f"litlod/{__version__}", "Accept": RESULTS_TYPE, "Connection": "close"}
    if body:
        headers["Content-Type"] = "application/x-www-form-urlencoded"
    try:
        with _connected(parts, terms, deadline) as connection:
            exchange = http.client.HTTPConnection(parts.netloc)
            exchange.sock = _Timed(connection, deadline)
            exchange.request("POST" if body else "GET", (parts.path or "/") + (f"?{parts.query}" if parts.query else ""), body, headers)
            with exchange.getresponse() as response:
                yield response
    except TimeoutError as error:
        raise RemoteTimeout("it did not answer in time") from error
    except ssl.SSLCertVerificationError as error:
        raise RemoteFailed(f"its certificate is not valid: {error.verify_message}") from error
    except (OSError, http.client.HTTPException, UnicodeError) as error:
        raise RemoteFailed(f"the exchange with it failed: {_reason(error)}") from error


def _connected(parts: SplitResult, terms: Terms, deadline: float) -> socket.socket:
    """A connection to one of the host's addresses, which were checked: the name is not looked up again."""
    host = parts.hostname or ""
    port = parts.port or _PORTS[parts.scheme]
    failure: OSError | None = None
    for address in addresses_of(host, port, terms.private_hosts, deadline):
        connection = socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET)
        try:
            connection.settimeout(_left(deadline))
            connection.connect((address, port))
            return tls_context().wrap_socket(connection, server_hostname=host) if parts.scheme == "https" else connection
        except OSError as error:
            connection.close()
            failure = error
    assert failure is not None
    raise failure


@cache
def tls_context() -> ssl.SSLContext:
    """Certificates and names are checked; it takes the system's authorities, or those of SSL_CERT_FILE."""
    return ssl.create_default_context()


def _redirected(location: str, target: str, endpoints: frozenset[str]) -> str:
    """Where an answer leads to: a listed endpoint, or another path of the same server."""
    try:
        found = urljoin(target, location)
    except ValueError:
        found = ""
    if not is_endpoint(found) or (found not in endpoints and not _is_same_server(urlsplit(target), urlsplit(found))):
        raise RemoteFailed(f"it redirects to {_shown(location)!r}, which is not allowed here")
    return found


def _is_same_server(target: SplitResult, found: SplitResult) -> bool:
    """Whether the second is of the same server as the first, encrypted if that is; by its usual ports it may become so."""
    ports = [parts.port or _PORTS[parts.scheme] for parts in (target, found)]
    schemes = (target.scheme, found.scheme)
    same = schemes[0] == schemes[1] and ports[0] == ports[1]
    return target.hostname == found.hostname and (same or (schemes == ("http", "https") and ports == [80, 443]))


def _reply(response: http.client.HTTPResponse, most_bytes: int, has_left: Callable[[], bool]) -> Reply:
    _check(response)
    content = bytearray()
    while block := response.read1(_BLOCK):
        content += block
        if len(content) > most_bytes:
            raise RemoteFailed(f"its answer has more than {most_bytes} bytes, the limit here (service_max_bytes)")
        if has_left():
            raise QueryFailed("the client has left")
    if response.length:  # read1 takes an early end for the end.
        raise http.client.IncompleteRead(bytes(content), response.length)
    most = response.getheader("X-SPARQL-MaxRows", "")
    return Reply(bytes(content), int(most) if most.isascii() and most.isdigit() and len(most) < 19 else None)


def _check(response: http.client.HTTPResponse) -> None:
    """Raise RemoteFailed unless the response is a whole SPARQL result in JSON, as far as its head tells."""
    if response.status != HTTPStatus.OK:
        known = HTTPStatus(response.status).phrase if response.status in set(HTTPStatus) else ""
        raise RemoteFailed(f"it answers {f'{response.status} {known}'.strip()}{_said(response)}")
    if response.headers.get("Content-Encoding", "identity").strip().casefold() != "identity":
        raise RemoteFailed("it sends a compressed answer, which it was not asked for")
    if response.headers.get_content_type() not in _TYPES:
        raise RemoteFailed(f"it answers with the type {_shown(response.headers.get_content_type())!r}, not {RESULTS_TYPE}")
    if 'rel="next"' in response.headers.get("Link", "") or "X-SQL-State" in response.headers:  # LitLOD, Virtuoso
        raise RemoteFailed("it sends a part of its answer only; ask for less in the SERVICE clause")


def _said(response: http.client.HTTPResponse) -> str:
    """The beginning of what an endpoint says about an error, if it says it in words."""
    if response.headers.get_content_type() not in ("text/plain", "application/problem+json", "application/json"):
        return ""
    text = _shown(response.read1(_BLOCK).decode("utf-8", "replace").strip())
    return f": {text}" if text else ""


def _left(deadline: float) -> float:
    left = deadline - time.monotonic()
    if left <= 0:
        raise TimeoutError
    return left


def _shown(text: str) -> str:
    """Text of another server, without what would trouble who reads it."""
    plain = "".join(character if character.isprintable() else " " for character in text)
    return plain if len(plain) <= _MOST_SAID else plain[: _MOST_SAID - 3] + "..."


def _reason(error: Exception) -> str:
    """What went wrong on the way."""
    text = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
    return _shown(text or type(error).__name__)
