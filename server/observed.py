"""Gives each request its id and a record, and hands that to those who keep logs and counts when the response has been sent.

This stands before the application (PEP 3333) and before kept responses, so that nothing is left out.
"""

import errno
import logging
import re
import secrets
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from typing import TYPE_CHECKING

from server.engine.query import QueryError
from server.record import RECORD, Record
from server.replay import REPLAYED

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

log = logging.getLogger(__name__)

REQUEST_ID = "X-Request-ID"
_SANE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")

Recorder = Callable[[Record], None]


class Observed:
    """The application with a record of each request; `recorders` get it at the end, in the thread that sent the response."""

    def __init__(self, app: "WSGIApplication", recorders: Sequence[Recorder]) -> None:
        self._app, self._recorders = app, recorders
        self._running: dict[str, Record] = {}

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        """The application's response, with the request's id."""
        record = self._begun(environ)

        def start(status: str, headers: list[tuple[str, str]], *error: object) -> Callable[[bytes], object]:
            record.status = int(status[:3])
            return start_response(status, [*headers, (REQUEST_ID, record.id)], *error)  # type: ignore[arg-type]  # passed on as it is

        try:
            return _Sent(self._app(environ, start), environ, record, self._end)
        except BaseException:
            self._end(record, environ)
            raise

    def _begun(self, environ: "WSGIEnvironment") -> Record:
        record = Record(
            id=environ.get("HTTP_X_REQUEST_ID", ""),
            begun=time.perf_counter(),
            method=environ["REQUEST_METHOD"],
            path=environ["PATH_INFO"],
            query_string=environ.get("QUERY_STRING", ""),
            agent=environ.get("HTTP_USER_AGENT", ""),
            address=environ.get("REMOTE_ADDR", ""),
        )
        if not _SANE.fullmatch(record.id) or self._running.setdefault(record.id, record) is not record:
            record.id = secrets.token_hex(16)
            self._running[record.id] = record
        environ[RECORD] = record
        return record

    def _end(self, record: Record, environ: "WSGIEnvironment") -> None:
        record.seconds = time.perf_counter() - record.begun
        self._running.pop(record.id, None)
        if REPLAYED in environ:
            record.route, record.is_query, record.origin = record.path, True, "memory"
        for recorder in self._recorders:
            recorder(record)


class _Sent:
    """A body that is counted while it is sent."""

    __slots__ = ("_body", "_end", "_environ", "_record")

    def __init__(
        self, body: Iterable[bytes], environ: "WSGIEnvironment", record: Record, end: Callable[[Record, "WSGIEnvironment"], None]
    ) -> None:
        self._body, self._environ, self._record, self._end = body, environ, record, end

    def __iter__(self) -> Iterator[bytes]:
        try:
            for block in self._body:
                yield block
                self._record.bytes += len(block)
        except QueryError as error:
            log.warning("request %s: the answer broke off: %s", self._record.id, error)
            raise ConnectionResetError(errno.ECONNRESET, str(error)) from error  # which is nothing to make more of
        self._record.is_whole = True

    def close(self) -> None:
        """Close the body; the request is over, unless another thread sends what is left."""
        try:
            close = getattr(self._body, "close", None)
            if close is not None:
                close()
        finally:
            if self._record.is_handed_over:
                self._record.end = partial(self._end, self._record, self._environ)
            else:
                self._end(self._record, self._environ)
