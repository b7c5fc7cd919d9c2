"""Whole answers that are kept: in memory, and on disk if the operator wants that."""

from dataclasses import dataclass

from server.cache import Cache, Stored, Usage
from server.disk import DiskCache
from server.engine.query import Query
from server.repeatable import software


@dataclass(frozen=True, slots=True)
class Answers:
    """Answers by release and query."""

    memory: Cache[Stored]
    disk: DiskCache

    @property
    def largest(self) -> int:
        """The most bytes that an answer may have."""
        return max(self.memory.largest, self.disk.largest)

    def kept(self, release: str, query: Query) -> Stored | None:
        """The answer to the query; one that was on disk only is in memory then."""
        found = self.memory.kept(release, query)
        if found is None and self.disk.limit:
            found = self.disk.kept(release, _name(query))
            if found is not None:
                self._remember(release, query, found)
        return found

    def keep(self, release: str, query: Query, stored: Stored) -> None:
        """Keep the answer to the query, if it is not too large."""
        self._remember(release, query, stored)
        if self.disk.limit:
            self.disk.keep(release, _name(query), stored)

    def clear(self) -> None:
        """Forget all answers."""
        self.memory.clear()
        self.disk.clear()

    def usage(self) -> Usage:
        """How much is kept in memory, and how well it serves."""
        return self.memory.usage()

    def _remember(self, release: str, query: Query, stored: Stored) -> None:
        self.memory.keep(release, query, stored, len(stored.content) + len(query.text) * 4)


def _name(query: Query) -> str:
    """The query's key on disk: other software may have another answer."""
    return f"{software()} {query!r}"
