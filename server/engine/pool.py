"""The pool of query workers: a query gets one to itself, and the worker dies at the query's deadline."""

import contextlib
import json
import logging
import os
import select
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from server.engine.emptiness import is_empty
from server.engine.query import REPORTED, BadQuery, Busy, Client, NotAcceptable, Query, QueryError, QueryFailed, QueryTimeout, never
from server.engine.wire import Frame, receive, send

log = logging.getLogger(__name__)

_TICK = 0.05
NOBODY = Client()


@dataclass(eq=False, slots=True)
class Worker:
    """One worker process as the web process sees it; while it has a query, `deadline` is set, and `abandoned` tells
    whether the client has left. `session` is its zygote's pid, by which its own is told from one that was given anew.
    """

    pid: int
    session: int
    connection: socket.socket
    store: str
    deadline: float | None = None
    abandoned: Callable[[], bool] = never
    timed_out: bool = False

    def died(self) -> bool:
        """Whether an idle worker is gone: only then is there anything to read from it."""
        readable, _, _ = select.select([self.connection], [], [], 0)
        return bool(readable)


class Zygote:
    """Starts and kills workers through a process of its own; that process is started when first needed."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._control: socket.socket | None = None

    def spawn(self, store: str, memory: int) -> Worker:
        """A new worker on that store, which may still be opening it; QueryFailed if none can be started."""
        request: dict[str, object] = {"store": store, "memory": memory}
        with contextlib.ExitStack() as on_failure:
            try:
                ours, theirs = socket.socketpair()
                on_failure.enter_context(ours)
                with theirs, self._lock:
                    reply = self._ask(request, [theirs.fileno()]) or self._ask(request, [theirs.fileno()])
            except OSError as error:
                raise QueryFailed(f"no query process can be started: {error.strerror}") from error
            if not reply:
                raise QueryFailed("no query process can be started")
            on_failure.pop_all()
        return Worker(reply["pid"], reply["session"], ours, store)

    def kill(self, worker: Worker) -> None:
        """Kill a worker at once, whatever it does; whoever reads from it sees the end."""
        with contextlib.suppress(OSError):
            worker.connection.shutdown(socket.SHUT_RDWR)
        with self._lock:
            reply = self._ask({"kill": worker.pid}, []) if self._control is not None else None
        if not (reply and reply["killed"]):
            _kill_orphan(worker)

    def close(self) -> None:
        """Kill all workers and their parent."""
        with self._lock:
            self._stop()

    def _ask(self, request: dict[str, object], descriptors: list[int]) -> dict[str, int] | None:
        """The parent's reply, or None if it is gone; then the next request starts a new one."""
        control = self._control or self._start()
        try:
            socket.send_fds(control, [json.dumps(request).encode()], descriptors)
            reply = control.recv(4096)
        except OSError:
            reply = b""
        if reply:
            return dict(json.loads(reply))
        log.warning("the parent of the query processes is gone; a new one will be started")
        self._stop()
        return None

    def _start(self) -> socket.socket:
        ours, theirs = socket.socketpair()
        with contextlib.ExitStack() as on_failure, theirs:
            on_failure.enter_context(ours)
            paths = [str(Path(__file__).resolve().parents[2]), os.environ.get("PYTHONPATH")]
            environment = os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, paths))}
            command = [sys.executable, "-P", "-m", "server.engine.zygote", str(theirs.fileno())]
            self._process = subprocess.Popen(command, pass_fds=[theirs.fileno()], start_new_session=True, env=environment)  # noqa: S603
            on_failure.pop_all()
        self._control = ours
        return ours

    def _stop(self) -> None:
        if self._control is not None:
            self._control.close()
        if self._process is not None:
            try:
                self._process.wait(1)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
        self._control = self._process = None


def _kill_orphan(worker: Worker) -> None:
    """Kill a worker that the present zygote knows nothing of, if it still runs."""
    with contextlib.suppress(ProcessLookupError):
        if os.getsid(worker.pid) == worker.session:
            os.kill(worker.pid, signal.SIGKILL)


@dataclass(slots=True)
class Pool:
    """At most `size` workers, each with `memory` MiB; a query has `timeout` seconds in all and waits `queue_timeout`
    seconds for a worker. `store` tells the path of the current store each time one is needed.
    """

    store: Callable[[], str]
    size: int
    memory: int
    timeout: float
    queue_timeout: float
    _zygote: Zygote = field(default_factory=Zygote)
    _idle: list[Worker] = field(default_factory=list)
    _busy: set[Worker] = field(default_factory=set)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _slots: threading.Semaphore = field(init=False)
    _watchdog: threading.Thread | None = None
    _closed: threading.Event = field(default_factory=threading.Event)

    def __post_init__(self) -> None:
        self._slots = threading.Semaphore(self.size)

    def answer(self, query: Query, client: Client = NOBODY, timeout: float | None = None) -> "Answer":
        """The query's answer, its first block read; raises a QueryError that says why there is none.

        A client that leaves kills its query. `timeout` is in seconds, at most the pool's own.
        """
        if not self._slots.acquire(timeout=self.queue_timeout):
            raise Busy(f"all {self.size} query processes are busy; try again in a few seconds")
        try:
            worker = self._free_worker(client, timeout)
        except BaseException:  # whatever it is, the slot must come back
            self._slots.release()
            raise
        try:
            with contextlib.suppress(OSError):
                send(worker.connection, Frame.QUERY, query.to_json())
            head = json.loads(self.frame(worker)[1])
            return Answer(self, worker, head["form"], head["format"])
        except BaseException as error:  # whatever it is, the worker must come back
            self.finish(worker, reusable=isinstance(error, BadQuery | NotAcceptable))
            raise

    def frame(self, worker: Worker) -> tuple[Frame, bytes]:
        """The worker's next frame; an error in it, or the worker's end, is raised as a QueryError."""
        try:
            frame, payload = receive(worker.connection)
        except (EOFError, OSError) as error:
            if worker.timed_out:
                raise QueryTimeout(f"the query was stopped after {self.timeout:g} s, the limit here (query_timeout)") from error
            raise QueryFailed(
                f"the query's process died: it needed more than {self.memory} MiB (worker_memory), or it brought the engine down"
            ) from error
        if frame is Frame.ERROR:
            content = json.loads(payload)
            raise REPORTED[content["error"]](content["message"])
        return frame, payload

    def finish(self, worker: Worker, reusable: bool) -> None:
        """Take a worker back from its reader, who calls this once: into the pool if it is fit for another query, else kill it."""
        if not self._kept(worker, reusable):
            worker.connection.close()

    def _kept(self, worker: Worker, reusable: bool) -> bool:
        """End a worker's query, unless the watchdog has done so; returns whether the worker waits for another one now."""
        with self._lock:
            if worker not in self._busy:
                return False
            self._busy.discard(worker)
            worker.deadline, worker.abandoned = None, never
            kept = reusable and not worker.timed_out and not self._closed.is_set()
            if kept:
                self._idle.append(worker)
        if not kept:
            self._zygote.kill(worker)
        self._slots.release()
        return kept

    def close(self) -> None:
        """Kill all workers and stop the watchdog."""
        self._closed.set()
        self._zygote.close()
        while (idle := self._pop_idle()) is not None:
            idle.connection.close()

    def _free_worker(self, client: Client, timeout: float | None) -> Worker:
        """A worker on the current store, its deadline set; a new one may still be opening the store."""
        store = self.store()
        deadline = time.monotonic() + min(timeout or self.timeout, self.timeout)
        while (idle := self._pop_idle()) is not None:
            if idle.store == store and not idle.died():
                return self._guarded(idle, deadline, client)
            self._zygote.kill(idle)
            idle.connection.close()
        return self._guarded(self._zygote.spawn(store, self.memory), deadline, client)

    def _pop_idle(self) -> Worker | None:
        with self._lock:
            return self._idle.pop() if self._idle else None

    def _guarded(self, worker: Worker, deadline: float, client: Client) -> Worker:
        with self._lock:
            worker.deadline, worker.abandoned = deadline, client.has_left
            self._busy.add(worker)
            if self._watchdog is None:
                self._watchdog = threading.Thread(target=self._watch, name="query-watchdog", daemon=True)
                self._watchdog.start()
        return worker

    def _watch(self) -> None:
        """Kill workers at their deadline or when their client leaves, also while nobody reads their results."""
        while not self._closed.wait(_TICK):
            now = time.monotonic()
            with self._lock:
                late = [worker for worker in self._busy if (worker.deadline is not None and worker.deadline < now) or worker.abandoned()]
                for worker in late:
                    worker.timed_out = True
            for worker in late:
                self._kept(worker, reusable=False)


class Answer:
    """A query's answer: its form (SELECT, ASK or CONSTRUCT, also for DESCRIBE), its format, and an iterator of blocks.

    The first block is there already. Iterating raises a QueryError if the rest does not come. Whoever stops before
    the end must call `close`, which kills the query.
    """

    def __init__(self, pool: Pool, worker: Worker, form: str, format_name: str) -> None:
        self.form = form
        self.format = format_name
        self._pool = pool
        self._worker: Worker | None = worker
        self._first: tuple[Frame, bytes] | None = pool.frame(worker)

    def is_empty(self) -> bool:
        """Whether the answer, not read yet, has no row, no triple, or is false or a count of 0."""
        return self._first is not None and is_empty(self.format, self._first[1])

    def __iter__(self) -> "Answer":
        return self

    def __next__(self) -> bytes:
        if self._worker is None:
            raise StopIteration
        first, self._first = self._first, None
        frame, payload = first or self._frame(self._worker)
        if frame is Frame.END:
            self._finish(reusable=True)
            raise StopIteration
        return payload

    def _frame(self, worker: Worker) -> tuple[Frame, bytes]:
        try:
            return self._pool.frame(worker)
        except QueryError:
            self.close()
            raise

    def close(self) -> None:
        """Give the worker back; a query that is still running is killed."""
        self._finish(reusable=False)

    def _finish(self, reusable: bool) -> None:
        """Let go of the worker, which may have another query soon."""
        worker, self._worker = self._worker, None
        if worker is not None:
            self._pool.finish(worker, reusable)
