"""Responses that the main loop sends again by itself, to requests that are the same byte for byte, headers included.

What may be sent again is decided by `server.replay`; this saves a thread and the reading of the request.
"""

import secrets
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from email.utils import formatdate
from typing import NamedTuple

from server.cache import Cache
from server.observed import REQUEST_ID, Recorder
from server.record import Record
from server.replay import Response

# A request with any other header is for the application.
_HEADERS = frozenset(
    (
        *(
            "HOST",
            "USER-AGENT",
            "ACCEPT",
            "ACCEPT-ENCODING",
            "ACCEPT-LANGUAGE",
            "CONNECTION",
            "CACHE-CONTROL",
            "PRAGMA",
            "ORIGIN",
            "REFERER",
        ),
        *(
            "REFERER",
            "DNT",
            "PRIORITY",
            "SEC-FETCH-DEST",
            "SEC-FETCH-MODE",
            "SEC-FETCH-SITE",
            "SEC-FETCH-USER",
            "UPGRADE-INSECURE-REQUESTS",
        ),
    )
)
REPEATS = "litlod-repeats"
_BEGIN, _END = b"GET /sparql?", b"\r\n\r\n"
# What an idle connection takes at once.
_LARGEST = 32 << 10


class Sent(NamedTuple):
    """A response as it goes over the wire, but for what is new each time, and the record of the request."""

    head: bytes
    body: bytes
    record: Record


@dataclass(slots=True)
class Repeats:
    """Responses by request; `release` names the current release."""

    cache: Cache[Sent]
    release: Callable[[], str]
    recorders: Sequence[Recorder]
    _second: int = 0
    _date: bytes = field(default=b"")

    def knows(self, request: bytes) -> bool:
        """Whether the main loop has the response to a request."""
        return request.startswith(_BEGIN) and self.cache.kept(self.release(), request) is not None

    def response(self, request: bytes, address: str) -> list[bytes] | None:
        """The parts of the response to a request, if it is kept; it counts as sent."""
        found = self.cache.kept(self.release(), request) if request.startswith(_BEGIN) else None
        if found is None:
            return None
        name = secrets.token_hex(16)
        for recorder in self.recorders:
            recorder(replace(found.record, id=name, address=address, begun=time.perf_counter(), seconds=0.0))
        return [found.head, self._dated(), f"{REQUEST_ID}: {name}\r\n\r\n".encode(), found.body]

    def remember(self, request: bytes, headers: Sequence[tuple[str, str]], response: Response, record: Record) -> None:
        """Keep the response for that request, if there is nothing special about it."""
        names = {name for name, _ in headers}
        if not request.startswith(_BEGIN) or request.find(_END) != len(request) - len(_END) or len(response.body) > _LARGEST:
            return
        if not names <= _HEADERS or "HOST" not in names or len(names) < len(headers):
            return
        lines = ["HTTP/1.1 200 OK", "Server: gunicorn", "Connection: keep-alive", *(f"{name}: {value}" for name, value in response.headers)]
        head = "\r\n".join([*lines, ""]).encode("latin-1")
        size = len(request) + len(head) + len(response.body)
        self.cache.keep(self.release(), request, Sent(head, response.body, replace(record)), size)

    def _dated(self) -> bytes:
        now = int(time.time())
        if now != self._second:
            self._second, self._date = now, f"Date: {formatdate(now, usegmt=True)}\r\n".encode()
        return self._date
