"""The pool of query workers: a query gets one to itself, and the worker dies at the query's deadline."""

import contextlib
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

import msgspec

from server.engine import ends
from server.engine.answer import Answer
from server.engine.counts import Counts, Snapshot
from server.engine.limits import Limits
from server.engine.query import REPORTED, Client, Query
from server.engine.runs import End, Refusal, Run, Running, Waiting, running
from server.engine.staff import Staff
from server.engine.wire import Frame, framed
from server.engine.workers import Worker

_TICK = 0.05
# A query that has run this long gives way to shorter ones, whose clients notice it more.
_SHORT = 0.5
NOBODY = Client()


@dataclass(slots=True)
class Pool:
    """Queries by clients in turn, at most `limits.size` at a time. `store` tells the path of the current store each time."""

    store: Callable[[], str]
    limits: Limits
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _waiting: Waiting = field(default_factory=Waiting)
    _busy: set[Run] = field(default_factory=set)
    _counts: Counts = field(default_factory=Counts)
    _watchdog: threading.Thread | None = None
    _work: threading.Event = field(default_factory=threading.Event)
    _changed: threading.Condition = field(init=False)
    _draining: bool = False
    _closed: threading.Event = field(default_factory=threading.Event)
    _staff: Staff = field(init=False)

    def __post_init__(self) -> None:
        self._changed = threading.Condition(self._lock)
        self._staff = Staff(self.store, self.limits, lambda: len(self._busy))

    def start(self) -> None:
        """Start the processes that are kept ready, so that the first query need not wait for one."""
        self._staff.hire()

    def answer(self, query: Query, client: Client = NOBODY, timeout: float | None = None) -> Answer:
        """The query's answer, its first block read; raises a QueryError that says why there is none.

        A client that leaves kills its query. `timeout` is in seconds from when the query has a process, at most the pool's own.
        """
        request = framed(Frame.QUERY, query.to_json())
        run = self._admitted(client, query.text, timeout)
        try:
            worker = self._begun(run)
            with contextlib.suppress(OSError):
                worker.connection.sendall(request)
            form, _, name = self._frame(run)[1].decode().partition(" ")
            return Answer(form, name, run, self._frame, self._finish)
        except BaseException as error:  # whatever it is, the worker must come back
            self._finish(run, ends.end_by(error))
            raise

    def running(self) -> list[Running]:
        """The queries that are being evaluated, the longest first."""
        now = time.monotonic()
        with self._lock:
            found = [running(run, now) for run in self._busy]
        return sorted(found, key=lambda row: -row.seconds)

    def cancel(self, id: str) -> bool:
        """Stop the queries with that id, also if they wait; returns whether there are any."""
        with self._lock:
            waiting = [run for run in self._waiting.all() if run.client.id == id]
            for run in waiting:
                self._send_away(run, Refusal.CANCELLED)
            found = [run for run in self._busy if run.client.id == id]
        for run in found:
            self._end(run, End.CANCELLED)
        return bool(waiting or found)

    def snapshot(self) -> Snapshot:
        """What is there now, and what happened up to now."""
        with self._lock:
            counts, busy = self._counts, len(self._busy)
            return Snapshot(
                size=self.limits.size,
                busy=busy,
                idle=self._staff.idle_count(),
                waiting=self._waiting.count,
                queue=self.limits.queue,
                clients=len({run.client.name for run in self._busy} | set(self._waiting.names())),
                draining=self._draining,
                started=self._staff.hired,
                answered=counts.ended[End.ANSWERED],
                rejected=counts.ended[End.REJECTED],
                failed=counts.ended[End.FAILED],
                killed=counts.killed_by_cause(),
                refused=counts.refused_by_cause(),
                waited=counts.waited.frozen(),
                ran=counts.ran.frozen(),
            )

    @property
    def is_draining(self) -> bool:
        """Whether new queries are turned away because the server is about to stop."""
        return self._draining

    def drain(self, seconds: float) -> bool:
        """Let no query in any more, and wait for the end of those that run, so long at most; returns whether all have ended."""
        with self._changed:
            self._draining = True
            for run in self._waiting.all():
                self._send_away(run, Refusal.DRAINING)
            return self._changed.wait_for(lambda: not self._busy, seconds)

    def close(self) -> None:
        """Kill all workers and stop the threads."""
        self.drain(0)
        with self._lock:
            left = list(self._busy)
        for run in left:
            self._end(run, End.DRAINED)
        self._closed.set()
        self._work.set()
        self._staff.close()

    def _admitted(self, client: Client, text: str, timeout: float | None) -> Run:
        """A query that holds one of the places for those that run; Busy if it gets none."""
        limit, limit_name = self.limits.time(timeout)
        run = Run(client, text, limit, limit_name, time.monotonic())
        with self._lock:
            self._watch_from_now()
            refusal = self._refusal(client.name)
            if refusal is not None:
                self._counts.refused[refusal] += 1
                run.tell(refusal.value)
                raise ends.refused(refusal, self.limits)
            if self._has_place(client.name):
                self._busy.add(run)
                return run
            run.turn = threading.Event()
            self._waiting.add(run)
        self._await_turn(run, run.turn)
        return run

    def _refusal(self, name: str) -> Refusal | None:
        """Why a query of that client cannot even wait; those who need not wait are refused only while the server stops."""
        if self._draining:
            return Refusal.DRAINING
        if self._has_place(name):
            return None
        if self._waiting.of(name) >= self.limits.queue_per_client:
            return Refusal.CLIENT_FULL
        return Refusal.QUEUE_FULL if self._waiting.count >= self.limits.queue else None

    def _has_place(self, name: str) -> bool:
        """Whether a query of that client may run at once; those without a name are not one client."""
        held = sum(run.client.name == name for run in self._busy) if name else 0
        return len(self._busy) < self.limits.size and held < self.limits.per_client

    def _await_turn(self, run: Run, turn: threading.Event) -> None:
        try:
            turn.wait(self.limits.queue_timeout)
        finally:
            with self._lock:
                self._send_away(run, Refusal.WAITED)
        if run.refused is not None:
            raise ends.refused(run.refused, self.limits)

    def _send_away(self, run: Run, refusal: Refusal) -> None:
        """Drop a query that still waits; its thread goes on. The lock is held."""
        if self._waiting.remove(run):
            run.refused = refusal
            run.tell(refusal.value)
            self._counts.refused[refusal] += 1
            assert run.turn is not None
            run.turn.set()

    def _begun(self, run: Run) -> Worker:
        """The worker of a query that may run now: an idle one or a new one, which may still be opening the store."""
        worker = self._staff.worker()
        with self._lock:
            run.worker, run.started = worker, time.monotonic()
            self._counts.waited.add(run.started - run.arrived)
            ended = run.ended
        if ended is not None:  # before it had one
            self._staff.dismiss(worker)
        return worker

    def _frame(self, run: Run) -> tuple[Frame, bytes]:
        """The worker's next frame; an error in it, or the worker's end, is raised as a QueryError."""
        assert run.worker is not None
        try:
            frame, payload = run.worker.receive()
        except (EOFError, OSError, ValueError) as error:  # ValueError: of a connection that is closed
            if run.ended is None:
                self._end(run, ends.end_by_signal(self._staff.cause_of_death(run.worker)))
            assert run.ended is not None
            raise ends.killed(run, run.ended, self.limits) from error
        if frame is Frame.ERROR:
            content = msgspec.json.decode(payload, type=dict[str, str])
            raise REPORTED[content["error"]](content["message"])
        return frame, payload

    def _finish(self, run: Run, end: End) -> None:
        """Take a worker back from its reader, who calls this once: into the pool if it is fit for another query, else kill it."""
        if not self._end(run, end) and run.worker is not None:
            run.worker.close()

    def _end(self, run: Run, end: End) -> bool:
        """End a query, unless that has been done; returns whether its worker waits for another one now."""
        with self._lock:
            if run.ended is not None:
                return False
            run.ended = end
            run.tell(end.value)
            self._counts.ended[end] += 1
            if run.started is not None:
                self._counts.ran.add(time.monotonic() - run.started)
        kept = False
        try:
            kept = run.worker is not None and self._staff.taken_back(run.worker, end in (End.ANSWERED, End.REJECTED))
        finally:  # whatever it is, the place must come back
            with self._changed:
                self._busy.discard(run)
                self._call_next()
                self._changed.notify_all()
        if not kept:
            self._staff.wake()
        return kept

    def _call_next(self) -> None:
        """Give free places to those whose turn it is. The lock is held."""
        while self._waiting.count and len(self._busy) < self.limits.size:
            run = self._waiting.next(Counter(other.client.name for other in self._busy), self.limits.per_client)
            if run is None:
                return
            self._busy.add(run)
            assert run.turn is not None
            run.turn.set()

    def _watch_from_now(self) -> None:
        self._work.set()
        if self._watchdog is None:
            self._watchdog = threading.Thread(target=self._watch, name="query-watchdog", daemon=True)
            self._watchdog.start()

    def _watch(self) -> None:
        """Kill queries at their deadline or when their client leaves, also while nobody reads their results."""
        while self._work.wait() and not self._closed.wait(_TICK):
            now = time.monotonic()
            with self._lock:
                due = [(run, end) for run in self._busy if (end := ends.end_due(run, now)) is not None]
                for run in [run for run in self._waiting.all() if run.client.has_left()]:
                    self._send_away(run, Refusal.LEFT)
                long = [run.worker for run in self._busy if run.started and now - run.started > _SHORT and run.worker]
                if not self._busy and not self._waiting.count:
                    self._work.clear()
            for run, end in due:
                self._end(run, end)
            for worker in long:
                self._staff.make_way(worker)
