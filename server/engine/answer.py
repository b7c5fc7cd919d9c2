"""An answer while it is read."""

from collections.abc import Callable
from dataclasses import dataclass

from server.engine.emptiness import is_empty
from server.engine.query import QueryError
from server.engine.runs import End, Run
from server.engine.wire import Frame

NextFrame = Callable[[Run], tuple[Frame, bytes]]
Finish = Callable[[Run, End], None]


@dataclass(slots=True)
class Answer:
    """A query's answer: its form (SELECT, ASK or CONSTRUCT, also for DESCRIBE), its format, and an iterator of blocks.

    The first block is there already. Iterating raises a QueryError if the rest does not come. Whoever stops before
    the end must call `close`, which kills the query. An answer of one block has let go of its process already.
    """

    form: str
    format: str
    _run: Run | None
    _next_frame: NextFrame
    _finish: Finish
    _first: bytes | None = None

    def __post_init__(self) -> None:
        self._first = self._block()

    def is_empty(self) -> bool:
        """Whether the answer, not read yet, has no row, no triple, or is false or a count of 0."""
        return self._first is not None and is_empty(self.format, self._first)

    def whole(self) -> bytes | None:
        """The answer, not read yet, if it is all there; it has few bytes then."""
        return self._first if self._run is None else None

    def __iter__(self) -> "Answer":
        return self

    def __next__(self) -> bytes:
        first, self._first = self._first, None
        block = first or self._block()
        if not block:
            raise StopIteration
        return block

    def _block(self) -> bytes:
        """The next block, nothing behind the last; that gives the worker back."""
        if self._run is None:
            return b""
        try:
            frame, payload = self._next_frame(self._run)
        except QueryError:
            self._end(End.FAILED)
            raise
        if frame is Frame.LAST:
            self._end(End.ANSWERED)
        return payload

    def close(self) -> None:
        """Give the worker back; a query that is still running is killed."""
        self._end(End.LEFT)

    def _end(self, end: End) -> None:
        """Let go of the worker, which may have another query soon."""
        run, self._run = self._run, None
        if run is not None:
            self._finish(run, end)
