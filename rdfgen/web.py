"""Files over HTTP: requests that go to http(s) only, with a time limit on silence, and errors in plain words."""

import http.client
import ssl
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from email.message import Message
from http import HTTPStatus
from urllib.error import HTTPError
from urllib.parse import urljoin, urlsplit
from urllib.request import (
    HTTPDefaultErrorHandler,
    HTTPErrorProcessor,
    HTTPHandler,
    HTTPSHandler,
    OpenerDirector,
    ProxyHandler,
    Request,
)

from rdfgen import __version__
from rdfgen.errors import InputError

_BLOCK = 1 << 18
_CONTENT = {HTTPStatus.OK, HTTPStatus.PARTIAL_CONTENT}
_EXPECTED = {HTTPStatus.NOT_MODIFIED, HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE}
_REDIRECTS = {301, 302, 303, 307, 308}
_MOST_REDIRECTS = 10
_PASSING = {HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_MANY_REQUESTS}
_LASTING = (ssl.SSLCertVerificationError, http.client.InvalidURL, ValueError)


class Interrupted(InputError):
    """A transfer that failed in a way that may pass."""


@dataclass(frozen=True, slots=True)
class Patience:
    """How often to try, how long to wait for an answer or for `rate` bytes a second, and how to wait between two tries."""

    attempts: int = 5
    seconds: float = 60.0
    rate: float = 100.0
    wait: Callable[[float], object] = time.sleep


@dataclass(frozen=True, slots=True)
class Answer:
    """A server's answer: its status, headers, and the stream of its content."""

    url: str
    status: int
    headers: Message
    content: http.client.HTTPResponse | HTTPError

    def number(self, header: str) -> int | None:
        """The value of a header that is a number.

        >>> with HTTPError("http://example.org/", 404, "", Message(), None) as nothing:
        ...     Answer("http://example.org/", 404, nothing.headers, nothing).number("Content-Length")
        """
        text = self.headers.get(header, "")
        return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None

    def blocks(self, patience: Patience) -> Iterator[bytes]:
        """The content; raises Interrupted if it stops, or comes too slowly to be waited for."""
        start, received = time.monotonic(), 0
        while block := self._block():
            yield block
            received += len(block)
            passed = time.monotonic() - start
            if passed > patience.seconds:
                if received < patience.rate * passed:
                    raise Interrupted(f"{self.url}: error: sends less than {patience.rate:g} bytes a second; try again later")
                start, received = time.monotonic(), 0

    def _block(self) -> bytes:
        assert isinstance(self.content, http.client.HTTPResponse)
        try:
            return self.content.read1(_BLOCK)
        except (OSError, http.client.HTTPException) as error:
            raise Interrupted(f"{self.url}: error: the connection broke: {_reason(error)}") from error


def is_web_address(url: str) -> bool:
    """Whether this is an http(s) address of some host, without what would change a request.

    >>> is_web_address("https://example.org/a.gz"), is_web_address("file:///etc/passwd"), is_web_address("http:///x")
    (True, False, False)
    """
    try:
        parts = urlsplit(url)
        is_whole = bool(parts.hostname) and (parts.port is None or parts.port > 0)
    except ValueError:
        return False
    return parts.scheme in {"http", "https"} and is_whole and url.isascii() and url.isprintable() and " " not in url


def _opener() -> OpenerDirector:
    """What opens http(s) and nothing else; `build_opener` would add files and FTP, and follow redirects."""
    found = OpenerDirector()
    for handler in (ProxyHandler(), HTTPHandler(), HTTPSHandler(), HTTPDefaultErrorHandler(), HTTPErrorProcessor()):
        found.add_handler(handler)
    return found


def ask(url: str, headers: Mapping[str, str], patience: Patience) -> Answer:
    """The answer to a GET request with these headers: 200, 206, 304 or 416; close its content. Others raise an InputError."""
    if not is_web_address(url):
        raise InputError(f"{url!r}: error: not an http or https address")
    target = url
    for _ in range(_MOST_REDIRECTS):
        answer = _answer(url, target, headers, patience)
        if answer.status not in _REDIRECTS:
            return answer
        answer.content.close()
        target = _redirected(answer, target)
    raise InputError(f"{url}: error: is redirected too often, and not followed any further")


def _redirected(answer: Answer, target: str) -> str:
    """Where the answer leads to, which has to be an address on the web."""
    location = answer.headers.get("Location", "")
    try:
        found = urljoin(target, location)
    except ValueError:
        found = ""
    if not is_web_address(found):
        raise InputError(f"{answer.url}: error: is redirected to {location[:200]!r}, which is not an address on the web, and not followed")
    return found


def _answer(url: str, target: str, headers: Mapping[str, str], patience: Patience) -> Answer:
    """The answer of `target`, to which `url` leads."""
    request = Request(target, headers={"User-Agent": f"litlod/{__version__}", "Accept": "*/*", **headers})  # noqa: S310  # checked before
    try:
        response = _opener().open(request, timeout=patience.seconds)
    except HTTPError as error:
        return _refused(url, error)
    except _LASTING as error:
        raise InputError(f"{url}: error: cannot be asked: {_reason(error)}") from error
    except (OSError, http.client.HTTPException) as error:
        raise _unreachable(url, error) from error
    assert isinstance(response, http.client.HTTPResponse)
    return _accepted(Answer(url, response.status, response.headers, response))


def _accepted(answer: Answer) -> Answer:
    """Success without content, and the web page that a network's gate shows, are not what was asked for."""
    what = _status_in_words(answer.status) if answer.status not in _CONTENT else "with a web page"
    if answer.status not in _CONTENT or answer.headers.get_content_type() == "text/html":
        answer.content.close()
        raise InputError(f"{answer.url}: error: the server answers {what}, and not with the file")
    return answer


def _refused(url: str, error: HTTPError) -> Answer:
    if error.code in _EXPECTED | _REDIRECTS:
        return Answer(url, error.code, error.headers, error)
    error.close()
    kind = Interrupted if error.code >= 500 or error.code in _PASSING else InputError
    raise kind(f"{url}: error: the server answers {_status_in_words(error.code)}") from error


def _unreachable(url: str, error: OSError | http.client.HTTPException) -> InputError:
    """The library wraps what went wrong in a URLError, so that only its reason tells whether to try again."""
    cause = getattr(error, "reason", error)
    kind = InputError if isinstance(cause, _LASTING) else Interrupted
    return kind(f"{url}: error: cannot be reached: {_reason(error)}")


def _reason(error: Exception) -> str:
    """What went wrong, without what a server may have put there to trouble a terminal."""
    text = str(getattr(error, "reason", error)) or type(error).__name__
    return "".join(character if character.isprintable() else "?" for character in text)[:200]


def _status_in_words(code: int) -> str:
    """A status with its usual name.

    >>> _status_in_words(404), _status_in_words(599)
    ('404 Not Found', '599')
    """
    return f"{code} {HTTPStatus(code).phrase}" if code in set(HTTPStatus) else str(code)
