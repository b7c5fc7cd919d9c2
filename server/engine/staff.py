"""The workers that have no query: kept ready, replaced when a release is published, let go when there are too many."""

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from rdfgen.errors import LitlodError
from server.engine.limits import Limits
from server.engine.query import QueryError
from server.engine.workers import Worker, Zygote

log = logging.getLogger(__name__)

_ROUND = 1.0
_IDLE_SECONDS = 60.0


@dataclass(slots=True)
class Staff:
    """Workers on the current store; `busy` tells how many more there are, who are not here. `hired` counts all that ever were."""

    store: Callable[[], str]
    limits: Limits
    busy: Callable[[], int]
    hired: int = 0
    _zygote: Zygote = field(default_factory=Zygote)
    _idle: list[Worker] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _keeper: threading.Thread | None = None
    _called: threading.Event = field(default_factory=threading.Event)
    _closed: bool = False

    def hire(self) -> None:
        """Start the workers that are kept ready, in a thread that sees to it from now on."""
        with self._lock:
            if self._keeper is None and not self._closed:
                self._keeper = threading.Thread(target=self._keep, name="query-keeper", daemon=True)
                self._keeper.start()
        self._called.set()

    def wake(self) -> None:
        """Replace a worker that is gone, at once."""
        if self.limits.ready:
            self.hire()

    def worker(self) -> Worker:
        """One on the current store for a query; QueryFailed if none can be started."""
        store = self.store()
        while (idle := self._popped()) is not None:
            if idle.store == store and not idle.is_nice and not idle.died():
                return idle
            self.dismiss(idle)
        return self._started(store)

    def taken_back(self, worker: Worker, is_fit: bool) -> bool:
        """Whether a worker stays for another query; else it is killed, and its reader closes it."""
        with self._lock:
            kept = is_fit and not worker.is_nice and not self._closed
            if kept:
                worker.idle_since = time.monotonic()
                self._idle.append(worker)
        if not kept:
            self._zygote.kill(worker)
        return kept

    def make_way(self, worker: Worker) -> None:
        """Let a worker with a long query give way to the others."""
        if not worker.is_nice:
            self._zygote.give_way(worker)

    def dismiss(self, worker: Worker) -> None:
        """Kill a worker that nobody reads from."""
        self._zygote.kill(worker)
        worker.close()

    def cause_of_death(self, worker: Worker) -> int:
        """The signal that ended a worker whose connection is closed, 0 if unknown."""
        return self._zygote.cause_of_death(worker)

    def idle_count(self) -> int:
        """How many wait for a query."""
        return len(self._idle)

    def close(self) -> None:
        """Kill all workers, with or without a query, and their parent."""
        with self._lock:
            self._closed = True
        self._called.set()
        self._zygote.close()
        while (idle := self._popped()) is not None:
            idle.close()

    def _popped(self) -> Worker | None:
        with self._lock:
            return self._idle.pop() if self._idle else None

    def _started(self, store: str) -> Worker:
        worker = self._zygote.spawn(store, self.limits.memory)
        with self._lock:
            self.hired += 1
        return worker

    def _keep(self) -> None:
        while not self._closed:
            self._called.wait(_ROUND)
            self._called.clear()
            try:
                self._tidy()
            except (LitlodError, QueryError) as error:
                log.log(logging.DEBUG if self._closed else logging.WARNING, "no query process can be kept ready: %s", error)

    def _tidy(self) -> None:
        """Let those go that are on an old store or too many, and start those that are missing."""
        store = self.store()
        for worker in self._surplus(store):
            self.dismiss(worker)
        while self._is_short():
            worker = self._started(store)
            with self._lock:
                welcome = not self._closed and len(self._idle) + self.busy() < self.limits.size
                if welcome:
                    worker.idle_since = time.monotonic()
                    self._idle.insert(0, worker)
            if not welcome:
                self.dismiss(worker)
                return

    def _is_short(self) -> bool:
        with self._lock:
            return not self._closed and len(self._idle) < min(self.limits.ready, self.limits.size - self.busy())

    def _surplus(self, store: str) -> list[Worker]:
        """Those to let go, taken out; the first have waited longest."""
        long_ago = time.monotonic() - _IDLE_SECONDS
        with self._lock:
            others = [worker for worker in self._idle if worker.store == store]
            kept = [
                worker for number, worker in enumerate(others) if len(others) - number <= self.limits.ready or worker.idle_since > long_ago
            ]
            found = [worker for worker in self._idle if worker not in kept]
            self._idle[:] = kept
        return found
