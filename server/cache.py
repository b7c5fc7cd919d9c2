"""Answers that are kept in memory: those used last, up to a number of bytes."""

import threading
from collections import OrderedDict
from collections.abc import Hashable
from dataclasses import dataclass, field
from typing import Generic, NamedTuple, TypeVar

# One entry may take this part of all the room, and never more than so many bytes.
_SHARE = 16
_LARGEST = 1 << 20
# What an entry takes beside its content, about.
_OVERHEAD = 1_000

Kept = TypeVar("Kept")


@dataclass(frozen=True, slots=True)
class Usage:
    """What is kept at one moment, and how often something was found and not found since the start."""

    entries: int
    bytes: int
    limit: int
    hits: int
    misses: int


@dataclass(slots=True)
class Cache(Generic[Kept]):
    """At most `limit` bytes of entries, each under the release that it came from: those of another release are dropped.

    Threads may share it.

    >>> cache = Cache[str](1 << 20)
    >>> cache.keep("release 1", "key", "answer", 6)
    >>> cache.kept("release 1", "key"), cache.kept("release 2", "key"), cache.kept("release 1", "key")
    ('answer', None, None)
    """

    limit: int
    _entries: OrderedDict[Hashable, tuple[Kept, int]] = field(default_factory=OrderedDict)
    _bytes: int = 0
    _hits: int = 0
    _misses: int = 0
    _release: str = ""
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def largest(self) -> int:
        """The most bytes that an entry may have; 0 if nothing is kept."""
        return min(_LARGEST, self.limit // _SHARE)

    def kept(self, release: str, key: Hashable) -> Kept | None:
        """What was kept under the key, while that release is the current one."""
        with self._lock:
            self._follow(release)
            entry = self._entries.get(key)
            if entry is None:
                self._misses += 1
                return None
            self._hits += 1
            self._entries.move_to_end(key)
            return entry[0]

    def keep(self, release: str, key: Hashable, content: Kept, size: int) -> None:
        """Keep something of so many bytes, its key among them, if it is not too large and of the current release."""
        if size > self.largest:
            return
        with self._lock:
            if self._release and release != self._release:
                return
            self._follow(release)
            self._remove(key)
            self._entries[key] = content, size + _OVERHEAD
            self._bytes += size + _OVERHEAD
            while self._bytes > self.limit:
                self._remove(next(iter(self._entries)))

    def clear(self) -> None:
        """Forget everything."""
        with self._lock:
            self._entries.clear()
            self._bytes = 0

    def usage(self) -> Usage:
        """How much is kept, and how well it serves."""
        with self._lock:
            return Usage(len(self._entries), self._bytes, self.limit, self._hits, self._misses)

    def _follow(self, release: str) -> None:
        if release != self._release:
            self._entries.clear()
            self._bytes, self._release = 0, release

    def _remove(self, key: Hashable) -> None:
        entry = self._entries.pop(key, None)
        if entry is not None:
            self._bytes -= entry[1]


class Stored(NamedTuple):
    """A whole answer as it is kept."""

    form: str
    format: str
    content: bytes
