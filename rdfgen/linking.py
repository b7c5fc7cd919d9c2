"""Which records are of one paper: those with a PMCID, PMID or DOI in common, however many steps lie between."""

import sqlite3
from array import array
from collections.abc import Iterable, Iterator
from contextlib import closing
from pathlib import Path

_CACHE_KIB = 32 << 10


class Components:
    """Sets of connected records, numbered from 0; every set is known by its smallest number."""

    def __init__(self, size: int) -> None:
        self._parent = array("Q", range(size))

    def join(self, one: int, other: int) -> None:
        """Say that two records belong together."""
        first, second = sorted((self._root(one), self._root(other)))
        self._parent[second] = first

    def _root(self, number: int) -> int:
        parent = self._parent
        while parent[number] != number:
            parent[number] = parent[parent[number]]
            number = parent[number]
        return number

    def __iter__(self) -> Iterator[list[int]]:
        """The sets, ordered by their smallest numbers, each sorted."""
        size = len(self._parent)
        following, last = array("Q", bytes(8 * size)), array("Q", range(size))
        for number in range(size):
            root = self._root(number)
            if root != number:
                following[last[root]] = number
                last[root] = number
        for number in range(size):
            if self._parent[number] == number:
                yield list(_chain(number, following))


def _chain(number: int, following: "array[int]") -> Iterator[int]:
    yield number
    while following[number]:
        number = following[number]
        yield number


def components(size: int, links: Iterable[tuple[int, str]], folder: Path) -> Components:
    """The sets among `size` records, `links` being numbers and keys; `folder` is for the work, which is done on disk."""
    found = Components(size)
    path = folder / "links.sqlite"
    with closing(sqlite3.connect(path, isolation_level=None)) as database:
        database.execute("PRAGMA journal_mode = OFF")
        database.execute("PRAGMA synchronous = OFF")
        database.execute(f"PRAGMA cache_size = -{_CACHE_KIB}")
        database.execute("CREATE TABLE link (record INTEGER, key TEXT)")
        database.execute("BEGIN")
        database.executemany("INSERT INTO link VALUES (?, ?)", links)
        database.execute("COMMIT")
        last = ("", 0)
        for key, record in database.execute("SELECT key, record FROM link ORDER BY key, record"):
            if key == last[0]:
                found.join(last[1], record)
            last = key, record
    path.unlink()
    return found
