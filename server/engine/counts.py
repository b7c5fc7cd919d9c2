"""What the pool counts for those who watch it."""

from bisect import bisect_left
from collections.abc import Mapping
from dataclasses import dataclass, field

from server.engine.runs import End, Refusal

# Upper bounds in seconds; what took longer is counted behind the last.
BOUNDS = (0.001, 0.005, 0.02, 0.1, 0.5, 2.0, 10.0, 60.0)
_KILLED = (End.DEADLINE, End.LEFT, End.CANCELLED, End.DRAINED, End.MEMORY, End.CRASHED)


@dataclass(frozen=True, slots=True)
class Durations:
    """How many took up to each of BOUNDS and not up to the one before, how many took longer than all, and the sum in seconds."""

    counts: tuple[int, ...]
    seconds: float


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The pool at one moment (the first seven), and what has happened in it since it was made.

    `started` counts processes; every query that was let in is in `answered`, `rejected` (by the engine), `failed` (no
    process, or a store that cannot be read) or `killed` in the end, and every other one in `refused`.
    """

    size: int
    busy: int
    idle: int
    waiting: int
    queue: int
    clients: int
    draining: bool
    started: int
    answered: int
    rejected: int
    failed: int
    killed: Mapping[str, int]
    refused: Mapping[str, int]
    waited: Durations
    ran: Durations


@dataclass(slots=True)
class Sum:
    """Durations that are added up."""

    counts: list[int] = field(default_factory=lambda: [0] * (len(BOUNDS) + 1))
    seconds: float = 0.0

    def add(self, seconds: float) -> None:
        """Count one more."""
        self.counts[bisect_left(BOUNDS, seconds)] += 1
        self.seconds += seconds

    def frozen(self) -> Durations:
        """The durations up to now."""
        return Durations(tuple(self.counts), self.seconds)


@dataclass(slots=True)
class Counts:
    """What has happened; whoever changes or reads it holds the pool's lock."""

    started: int = 0
    ended: dict[End, int] = field(default_factory=lambda: dict.fromkeys(End, 0))
    refused: dict[Refusal, int] = field(default_factory=lambda: dict.fromkeys(Refusal, 0))
    waited: Sum = field(default_factory=Sum)
    ran: Sum = field(default_factory=Sum)

    def killed_by_cause(self) -> dict[str, int]:
        """How many queries were killed or died, by the cause."""
        return {end.value: self.ended[end] for end in _KILLED}

    def refused_by_cause(self) -> dict[str, int]:
        """How many queries were not let in, by the cause."""
        return {refusal.value: count for refusal, count in self.refused.items()}
