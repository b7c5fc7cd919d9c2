"""A query on its way through the pool, from its admission to its end, and the ways in which it can end."""

import threading
import time
from dataclasses import dataclass, field
from enum import Enum

from server.engine.query import Client
from server.engine.workers import Worker

_SHOWN = 200


class End(Enum):
    """How a query that was let in came to its end; all but the first three cost it its process."""

    ANSWERED = "answered"
    REJECTED = "rejected"
    FAILED = "failed"
    DEADLINE = "deadline"
    LEFT = "left"
    CANCELLED = "cancelled"
    DRAINED = "drained"
    MEMORY = "memory"
    CRASHED = "crashed"


class Refusal(Enum):
    """Why a query was not let in, or left the queue without a process."""

    QUEUE_FULL = "queue_full"
    CLIENT_FULL = "client_full"
    WAITED = "waited"
    DRAINING = "draining"
    LEFT = "left"
    CANCELLED = "cancelled"


@dataclass(eq=False, slots=True)
class Run:
    """One query: `limit` is its time in seconds and `limit_name` what set it; `started` is None until it has a process.

    `turn` is there only for one that had to wait; `ended` and `refused` are set once, under the pool's lock.
    """

    client: Client
    text: str
    limit: float
    limit_name: str
    arrived: float
    started: float | None = None
    worker: Worker | None = None
    turn: threading.Event | None = None
    ended: End | None = None
    refused: Refusal | None = None

    def is_late(self, now: float) -> bool:
        """Whether its time is over."""
        return self.started is not None and now - self.started > self.limit

    def tell(self, outcome: str) -> None:
        """Tell those who asked for the query how it went."""
        now = time.monotonic()
        started = now if self.started is None else self.started
        self.client.told(outcome, started - self.arrived, now - started)


@dataclass(frozen=True, slots=True)
class Running:
    """A query that is being evaluated, as operators see it; `id` is empty where the caller gave none."""

    id: str
    client: str
    seconds: float
    text: str


def running(run: Run, now: float) -> Running:
    """The query as operators see it."""
    return Running(run.client.id, run.client.name, now - (run.started or now), " ".join(run.text.split())[:_SHOWN])


@dataclass(slots=True)
class Waiting:
    """The queries without a process: first come, first served for each client, the clients in turn."""

    count: int = 0
    _runs: dict[str, list[Run]] = field(default_factory=dict)

    def of(self, name: str) -> int:
        """How many queries of that client wait."""
        return len(self._runs.get(name, ()))

    def names(self) -> list[str]:
        """The clients who wait."""
        return list(self._runs)

    def all(self) -> list[Run]:
        """All of them."""
        return [run for runs in self._runs.values() for run in runs]

    def add(self, run: Run) -> None:
        """Put a query at the end of its client's."""
        self._runs.setdefault(run.client.name, []).append(run)
        self.count += 1

    def remove(self, run: Run) -> bool:
        """Take a query out; returns whether it was there."""
        runs = self._runs.get(run.client.name, [])
        if run not in runs:
            return False
        runs.remove(run)
        self.count -= 1
        if not runs:
            del self._runs[run.client.name]
        return True

    def next(self, holding: dict[str, int], most: int) -> Run | None:
        """Take out the first query of the client that holds the fewest processes; among those, of the one served longest ago.

        None if everybody who waits holds as many as one client may. Those without a name are not one client.
        """
        name = min(self._runs, key=lambda name: holding.get(name, 0), default=None)
        if name is None or (name and holding.get(name, 0) >= most):
            return None
        run = self._runs[name][0]
        self.remove(run)
        if name in self._runs:
            self._runs[name] = self._runs.pop(name)
        return run
