"""The process that answers requests: gunicorn's worker with threads, which lets running queries finish when it is told to stop."""

import contextlib
import socket
import threading
import time
from concurrent.futures import Future
from functools import partial
from typing import NamedTuple

from flask import Flask
from gunicorn.http.message import Request

from server.connection import Connection
from server.connections import Connections
from server.courier import Courier
from server.downloads import DOWNLOADS, Downloads, Parcel
from server.record import RECORD
from server.refusals import is_refused, refusal
from server.repeats import REPEATS, Repeats
from server.replay import REPLAYED
from server.services import Services

# The body of a request may take this many times as long as may pass without any of it.
_BODY_FACTOR = 6


class _Announced(NamedTuple):
    """A file that is still to be sent, and whether the connection stays open after it."""

    parcel: Parcel
    is_kept: bool


class WebProcess(Connections):
    """On SIGTERM it goes on to answer for a while, new queries by 503 and `Connection: close`; a second SIGTERM changes nothing.

    gunicorn itself would leave new connections without any answer until it is gone.
    """

    def init_process(self) -> None:
        """Take up the work."""
        self._is_stopping = False
        self._announced: dict[Connection, Parcel] = {}
        super().init_process()

    def run(self) -> None:
        """Answer requests until told to stop."""
        found = self._services()
        self.first_timeout, self.body_timeout = found.config.receive_timeout, found.config.receive_timeout * _BODY_FACTOR
        # A proxy is one client with the requests of many, and reads slow ones itself.
        self.share = 0 if found.config.trusted_proxies else max(1, found.config.threads // 2)
        repeats = self.wsgi.extensions[REPEATS]
        assert isinstance(repeats, Repeats)
        self._repeats = repeats
        found.pool.start()
        self._courier = Courier(found.config.send_timeout)
        self._downloads().has_courier = True
        super().run()

    def handle_error(self, req: object, client: socket.socket, addr: object, exc: BaseException) -> None:
        """A request that cannot be read gets a problem document; errors of our own are gunicorn's business."""
        if not is_refused(exc):
            super().handle_error(req, client, addr, exc)
            return
        with contextlib.suppress(OSError):  # The client may be gone.
            client.sendall(refusal(exc))

    def handle(self, conn: Connection) -> object:
        """Answer a request on the connection, and those that follow at once: so they save the way over the main loop and back.

        Not while others wait for the thread.
        """
        kept = self._handled(conn)
        while kept is True and self.alive and self.tpool._work_queue.empty() and conn.next_is_here() and not self.repeats(conn.asked):
            kept = self._handled(conn)
        return kept

    def _handled(self, conn: Connection) -> object:
        conn.begun = time.monotonic()
        if conn.unsent:
            return conn.send_rest()
        kept = super().handle(conn)
        lost = self._downloads().taken(conn.sock)
        if lost is not None:  # Its headers could not be sent.
            lost.close()
        parcel = self._announced.pop(conn, None)
        return kept if parcel is None else _Announced(parcel, kept is True)

    def handle_request(self, req: Request, conn: Connection) -> object:
        """Answer a request; a file whose headers are out now is left to the courier."""
        kept = super().handle_request(req, conn)
        if kept is True and hasattr(req, "replayed"):
            self._repeats.remember(conn.asked, req.headers, *req.replayed)
        parcel = self._downloads().taken(conn.sock)
        if parcel is not None:
            self._announced[conn] = parcel
        return kept

    def finish_request(self, conn: Connection, fs: "Future[object]") -> None:
        """Have the courier send what is to be sent still; in the main loop."""
        found = None if fs.cancelled() or fs.exception() else fs.result()
        if isinstance(found, _Announced):
            self.leave(conn)
            self._courier.send(conn.sock, found.parcel, partial(self.method_queue.defer, self._delivered, conn, found.is_kept))
        else:
            super().finish_request(conn, fs)

    def _delivered(self, conn: Connection, is_kept: bool, is_whole: bool) -> None:
        if is_kept and is_whole:
            self.await_next(conn)
        else:
            self.close(conn)

    def repeats(self, request: bytes) -> bool:
        """Whether the main loop has the response to a request."""
        return self._repeats.knows(request)

    def repeated(self, conn: Connection) -> list[bytes] | None:
        """The parts of the response to what was received, if it is kept and the connection may stay."""
        return None if self._is_stopping else self._repeats.response(bytes(conn.received), conn.address())

    def handle_exit(self, sig: int, frame: object) -> None:
        """SIGTERM: the main loop does the rest, since a signal may come while a lock is held."""
        self.method_queue.defer(self._drain)

    def _drain(self) -> None:
        if self._is_stopping:
            return
        self._is_stopping = True
        self.max_keepalived = 0  # No connection is kept for another request: each response says so.
        threading.Thread(target=self._finish, name="drain", daemon=True).start()

    def _finish(self) -> None:
        found = self._services()
        found.pool.drain(found.config.drain_timeout)
        found.pool.close()
        self.method_queue.defer(self._stop)

    def _stop(self) -> None:
        self.alive = False

    def _downloads(self) -> Downloads:
        assert isinstance(self.wsgi, Flask)
        found = self.wsgi.extensions[DOWNLOADS]
        assert isinstance(found, Downloads)
        return found

    def _services(self) -> Services:
        assert isinstance(self.wsgi, Flask)
        found = self.wsgi.extensions["litlod"]
        assert isinstance(found, Services)
        return found


def note_replayed(_worker: object, req: Request, environ: dict[str, object], resp: object) -> None:
    """Note with a request that its response was a kept one; gunicorn calls this when the response has been sent."""
    if REPLAYED in environ and getattr(resp, "status_code", 0) == 200 and req.method == "GET":
        req.replayed = environ[REPLAYED], environ[RECORD]
