"""The process that answers requests: gunicorn's worker with threads, which lets running queries finish when it is told to stop."""

import contextlib
import select
import socket
import threading

from flask import Flask
from gunicorn.workers.gthread import TConn, ThreadWorker

from server.refusals import is_refused, refusal
from server.services import Services

_LINGER_MILLISECONDS = 2


class WebProcess(ThreadWorker):  # type: ignore[misc]  # gunicorn has no types
    """On SIGTERM it goes on to answer for a while, new queries by 503 and `Connection: close`; a second SIGTERM changes nothing.

    gunicorn itself would leave new connections without any answer until it is gone.
    """

    def init_process(self) -> None:
        """Take up the work."""
        self._is_stopping = False
        super().init_process()

    def run(self) -> None:
        """Answer requests until told to stop."""
        self._services().pool.start()
        super().run()

    def handle_error(self, req: object, client: socket.socket, addr: object, exc: BaseException) -> None:
        """A request that cannot be read gets a problem document; errors of our own are gunicorn's business."""
        if not is_refused(exc):
            super().handle_error(req, client, addr, exc)
            return
        with contextlib.suppress(OSError):  # The client may be gone.
            client.sendall(refusal(exc))

    def handle(self, conn: TConn) -> object:
        """Answer a request on the connection, and those that follow at once: so they save the way over the main loop and back.

        Not while others wait for the thread.
        """
        kept = super().handle(conn)
        while kept is True and self.alive and self.tpool._work_queue.empty() and _is_readable(conn):
            kept = super().handle(conn)
        return kept

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

    def _services(self) -> Services:
        assert isinstance(self.wsgi, Flask)
        found = self.wsgi.extensions["litlod"]
        assert isinstance(found, Services)
        return found


def _is_readable(conn: TConn) -> bool:
    """Whether another request begins within a moment; what has been read of it already is for the main loop."""
    if conn.parser.unreader.buf.getvalue():
        return False
    poll = select.poll()
    poll.register(conn.sock, select.POLLIN)
    return bool(poll.poll(_LINGER_MILLISECONDS))
