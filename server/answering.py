"""From a query that passed the gate to its answer, by the shortest way that there is: memory, statistics, a query process."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import Enum
from typing import NamedTuple, Protocol

from server.cache import Stored
from server.engine.emptiness import is_empty
from server.engine.query import Client, Query
from server.engine.shortcuts import shortcut
from server.engine.shortcuts_graphs import with_named_graphs
from server.keeping import Answers
from server.services import services


class Origin(Enum):
    """Where an answer comes from."""

    MEMORY = "memory"
    STATISTICS = "statistics"
    STORE = "store"


class Answer(Protocol):
    """A query's answer: an iterator of blocks that must be closed; see `server.engine.answer.Answer`."""

    form: str
    format: str

    def is_empty(self) -> bool:
        """Whether the answer, not read yet, has no row, no triple, or is false or a count of 0."""

    def whole(self) -> bytes | None:
        """The answer, not read yet, if it is all there."""

    def __iter__(self) -> Iterator[bytes]:
        """The blocks."""

    def __next__(self) -> bytes:
        """The next block."""

    def close(self) -> None:
        """Let go of the answer, at its end or before."""


class Answered(NamedTuple):
    """An answer, and where it comes from."""

    answer: Answer
    origin: Origin


def answered(query: Query, client: Client, timeout: float | None, release: str) -> Answered:
    """The answer, its first block there; raises a QueryError that says why there is none.

    With the name of the current release, the answer may come from memory and is kept there once it is complete; with "", for a
    query that is not repeatable, neither. The same query asked twice at a time is evaluated twice.
    """
    cache = services().answers
    stored = cache.kept(release, query) if release else None
    if stored is not None:
        return Answered(Whole(stored.form, stored.format, stored.content), Origin.MEMORY)
    text, origin = _shortest(query)
    answer: Answer = services().pool.answer(replace(query, text=text), client, timeout)
    if release and services().published.name() == release:  # else it may be the next one's answer
        answer = _kept(answer, query, release, cache)
    return Answered(answer, origin)


def _shortest(query: Query) -> tuple[str, Origin]:
    """The text of the query that gives the same answer in the shortest time, and whether it holds the answer already."""
    if query.default_graphs or query.named_graphs or query.dumped_graph is not None:
        return query.text, Origin.STORE
    statistics = services().published.release().statistics
    known = shortcut(query.text, statistics)
    if known is not None:
        return known, Origin.STATISTICS
    return with_named_graphs(query.text, statistics) or query.text, Origin.STORE


def _kept(answer: Answer, query: Query, release: str, cache: Answers) -> Answer:
    """The answer, which goes into the cache when it has been read to the end."""
    content = answer.whole()
    if content is None:
        return Collected(answer, query, release, cache)
    cache.keep(release, query, Stored(answer.form, answer.format, content))
    return answer


@dataclass(slots=True)
class Whole:
    """An answer that is all there."""

    form: str
    format: str
    _content: bytes

    def is_empty(self) -> bool:
        """Whether it says nothing."""
        return is_empty(self.format, self._content)

    def whole(self) -> bytes | None:
        """All of it."""
        return self._content

    def __iter__(self) -> "Whole":
        return self

    def __next__(self) -> bytes:
        content, self._content = self._content, b""
        if not content:
            raise StopIteration
        return content

    def close(self) -> None:
        """There is nothing to let go of."""


class Collected:
    """An answer on its way to the client that is kept once its end is reached, unless it is too large."""

    def __init__(self, answer: Answer, query: Query, release: str, cache: Answers) -> None:
        self.form, self.format = answer.form, answer.format
        self._answer, self._query, self._release, self._cache = answer, query, release, cache
        self._content: bytearray | None = bytearray()

    def is_empty(self) -> bool:
        """Whether it says nothing."""
        return self._answer.is_empty()

    def whole(self) -> bytes | None:
        """It is not all there yet."""
        return None

    def __iter__(self) -> "Collected":
        return self

    def __next__(self) -> bytes:
        try:
            block = next(self._answer)
        except StopIteration:
            if self._content is not None:
                self._cache.keep(self._release, self._query, Stored(self.form, self.format, bytes(self._content)))
                self._content = None
            raise
        if self._content is not None:
            self._content += block
            if len(self._content) > self._cache.largest:
                self._content = None
        return block

    def close(self) -> None:
        """Let go of the answer; one that was not read to its end is not kept."""
        self._content = None
        self._answer.close()
