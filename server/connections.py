"""gunicorn's worker with threads, made patient: its main loop reads requests, and threads get those that have come.

So a client that says nothing, says it slowly, or does not hang up holds no thread, and the main loop waits for none of them.
"""

import contextlib
import errno
import selectors
import socket
import time
from collections import Counter, deque
from concurrent.futures import Future
from functools import partial

from gunicorn.http.errors import LimitRequestHeaders
from gunicorn.workers.gthread import ThreadWorker

from server.clients import client_name
from server.connection import LARGEST_HEAD, Connection, is_whole
from server.refusals import TooSlow, refusal

_NOTHING_THERE = (errno.EAGAIN, errno.EWOULDBLOCK, errno.ECONNABORTED)
_NO_ROOM = (errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM)
# How long a client may take to hang up after us (RFC 9112 §9.6).
_LINGER_SECONDS = 2.0
_SWEEP_SECONDS = 0.5


class Connections(ThreadWorker):  # type: ignore[misc]  # gunicorn has no types
    """All of this runs in the main loop. `share` is the most threads that one client may have, 0 for all of them.

    `first_timeout` is for the first request of a connection, `body_timeout` for the whole body of one.
    """

    share = 0
    first_timeout = 10.0
    body_timeout = 60.0

    def init_process(self) -> None:
        """Take up the work."""
        self._closing: deque[Connection] = deque()
        self._answering: set[Connection] = set()
        self._threads: Counter[str] = Counter()
        self._held: dict[str, deque[Connection]] = {}
        self._swept = 0.0
        super().init_process()

    def accept(self, listener: socket.socket) -> None:
        """Take up a new connection; where there are too many, the one that has been silent for longest makes room."""
        try:
            client, address = listener.accept()
        except OSError as error:
            if error.errno in _NO_ROOM:
                self._make_room()
            elif error.errno not in _NOTHING_THERE:
                raise
            return
        self.nr_conns += 1
        if self.nr_conns >= self.worker_connections:
            self._make_room()
        self._listen(Connection(self.cfg, client, address, listener.getsockname()), self.first_timeout)

    def enqueue_req(self, conn: Connection) -> None:
        """Give a request to a thread, or let it wait while its client has as many as it may."""
        name = client_name(conn.address())
        if self.share and self._threads[name] >= self.share:
            self._held.setdefault(name, deque()).append(conn)
            return
        self._threads[name] += 1
        self._answering.add(conn)
        conn.begun = time.monotonic()
        super().enqueue_req(conn)

    def finish_request(self, conn: Connection, done: "Future[object]") -> None:
        """Wait for the next request, or for the client to hang up."""
        self.leave(conn)
        if not done.cancelled() and done.exception() is None and done.result() is True:
            self.await_next(conn)
        else:
            self._hang_up(conn)

    def leave(self, conn: Connection) -> None:
        """Note that no thread works on the connection any more: it is the turn of another request of its client."""
        self._answering.discard(conn)
        name = client_name(conn.address())
        self._threads[name] -= 1
        if not self._threads[name]:
            del self._threads[name]
        if name in self._held:
            waiting = self._held[name].popleft()
            if not self._held[name]:
                del self._held[name]
            self.enqueue_req(waiting)

    def await_next(self, conn: Connection) -> None:
        """Wait for the next request on a connection."""
        conn.take_back()
        self._listen(conn, self.cfg.keepalive)

    def close(self, conn: Connection) -> None:
        """Close a connection that nobody works on or waits for."""
        self.nr_conns -= 1
        conn.close()

    def murder_pending(self) -> None:
        """End what takes too long; gunicorn calls this in each turn of the main loop."""
        now = time.monotonic()
        if now < self._swept + _SWEEP_SECONDS:
            return
        self._swept = now
        while self._closing and self._closing[0].timeout <= now:
            self._drop(self._closing[0])
        for conn in [conn for conn in self._answering if conn.begun + self.body_timeout <= now and not conn.body_is_whole()]:
            with contextlib.suppress(OSError):
                conn.sock.shutdown(socket.SHUT_RD)  # The thread that reads it sees its end.

    def murder_keepalived(self, force: bool = False) -> None:
        """End connections whose next request has not come in time, with a 408 where it has begun."""
        now = time.monotonic()
        while self.keepalived_conns and (force or self.keepalived_conns[0].timeout <= now):
            conn = self.keepalived_conns[0]
            if conn.received and not force:
                self._refuse(conn, TooSlow("the rest of the request did not come in time"))
            else:
                self._drop(conn)

    def _listen(self, conn: Connection, seconds: float) -> None:
        """Wait for a request; one that came together with the last one may be there."""
        conn.sock.setblocking(False)
        conn.timeout = time.monotonic() + seconds
        self.keepalived_conns.append(conn)
        self.poller.register(conn.sock, selectors.EVENT_READ, partial(self._receive, conn))
        if conn.received:
            self._consider(conn)

    def _receive(self, conn: Connection, _: object) -> None:
        if conn.read():
            self._consider(conn)
        elif is_whole(conn.received, without_body=True):
            self._take(conn)  # which says what is missing
        else:
            self._drop(conn)

    def repeated(self, conn: Connection) -> list[bytes] | None:
        """The parts of the response to what was received, where the main loop has it."""
        return None

    def _consider(self, conn: Connection) -> None:
        parts = self.repeated(conn)
        if parts is not None:
            self._answer(conn, parts)
        elif is_whole(conn.received):
            self._take(conn)
        elif len(conn.received) > LARGEST_HEAD:
            self._refuse(conn, LimitRequestHeaders(f"more than {LARGEST_HEAD} bytes before the body"))

    def _answer(self, conn: Connection, parts: list[bytes]) -> None:
        """Send a response from here; what the client does not take at once is for a thread."""
        conn.received.clear()
        try:
            is_sent = conn.send(parts)
        except OSError:
            self._drop(conn)
            return
        if not is_sent:
            self._forget(conn)
            self.enqueue_req(conn)
        elif conn.timeout < time.monotonic() + self.cfg.keepalive / 2:
            self._forget(conn)
            self._listen(conn, self.cfg.keepalive)

    def _take(self, conn: Connection) -> None:
        self._forget(conn)
        conn.hand_over()
        self.enqueue_req(conn)

    def _refuse(self, conn: Connection, error: BaseException) -> None:
        with contextlib.suppress(OSError):
            conn.sock.send(refusal(error))
        self._forget(conn)
        self._hang_up(conn)

    def _hang_up(self, conn: Connection) -> None:
        """Say that nothing more comes, and take no notice of what the client may still send (RFC 9112 §9.6)."""
        try:
            conn.sock.shutdown(socket.SHUT_WR)
            conn.sock.setblocking(False)
            self.poller.register(conn.sock, selectors.EVENT_READ, partial(self._ignore, conn))
        except (OSError, ValueError):  # It is closed already.
            self.close(conn)
            return
        conn.timeout = time.monotonic() + _LINGER_SECONDS
        self._closing.append(conn)

    def _ignore(self, conn: Connection, _: object) -> None:
        conn.received.clear()
        if not conn.read():
            self._drop(conn)

    def _make_room(self) -> None:
        for silent in (self._closing, self.keepalived_conns):
            if silent:
                self._drop(silent[0])
                return

    def _drop(self, conn: Connection) -> None:
        self._forget(conn)
        self.close(conn)

    def _forget(self, conn: Connection) -> None:
        """Wait no longer for what the connection says."""
        with contextlib.suppress(KeyError, ValueError):
            self.poller.unregister(conn.sock)
        for waiting in (self._closing, self.keepalived_conns):
            with contextlib.suppress(ValueError):
                waiting.remove(conn)
