"""Gathering what is to be indexed in a work file, in flat memory: things, in how many papers they are, their surface forms."""

import sqlite3
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

from rdfgen.iris import Iris
from rdfgen.search.things import Field, Mention, Thing, concepts, mentions, papers

_SCHEMA = """
PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA cache_size = -65536;
CREATE TABLE thing (id INTEGER PRIMARY KEY, iri TEXT, kinds TEXT, label TEXT, identifier TEXT, year INTEGER, text TEXT);
CREATE TABLE name (thing INTEGER, field INTEGER, text TEXT);
CREATE TABLE papers (iri TEXT PRIMARY KEY, count INTEGER) WITHOUT ROWID;
CREATE TABLE surface (iri TEXT, text TEXT, count INTEGER, PRIMARY KEY (iri, text)) WITHOUT ROWID;
"""
_ADD_PAPERS = "INSERT INTO papers VALUES (?, ?) ON CONFLICT DO UPDATE SET count = count + excluded.count"
_ADD_SURFACE = "INSERT INTO surface VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET count = count + excluded.count"
# Concepts first, those of most papers before others, then papers, the newest first: what a search that finds too much shows.
_ORDER = """
SELECT thing.id, coalesce(papers.count, 0) AS count FROM thing LEFT JOIN papers USING (iri)
ORDER BY thing.kinds = 'paper', count DESC, thing.year DESC, thing.iri
"""
_HELD = 200_000


class Gathered:
    """The work file of an index that is being made."""

    def __init__(self, path: Path) -> None:
        self._connection = sqlite3.connect(path, isolation_level=None)
        self._connection.executescript(_SCHEMA)
        self._number = 0

    def close(self) -> None:
        """Let go of the file."""
        self._connection.close()

    def add(self, folder: Path, iris: Iris) -> None:
        """Take the parts of a release, which are N-Triples files in that folder."""
        with self._connection:
            self._connection.execute("BEGIN")
            with open(folder / "concepts.nt", "rb") as lines:
                for concept in concepts(lines, iris):
                    self._add_thing(concept)
            with open(folder / "papers.nt", "rb") as lines:
                self._count(_ADD_PAPERS, ((concept,) for concept in self._mentioned(lines)))
            with open(folder / "annotations.nt", "rb") as lines:
                self._count(_ADD_SURFACE, _pairs(mentions(lines, iris)))
            self._connection.execute("CREATE INDEX name_thing ON name (thing)")

    def things(self) -> Iterator[tuple[Thing, int, list[tuple[str, int]]]]:
        """Everything in the order of the index, with the number of papers and the surface forms, the most frequent first."""
        for identity, count in self._connection.execute(_ORDER):
            row = self._connection.execute(
                "SELECT iri, kinds, label, identifier, year, text FROM thing WHERE id = ?", (identity,)
            ).fetchone()
            names = self._connection.execute("SELECT field, text FROM name WHERE thing = ? ORDER BY rowid", (identity,))
            surfaces = self._connection.execute("SELECT text, count FROM surface WHERE iri = ? ORDER BY count DESC, text", (row[0],))
            found = tuple((Field(field), text) for field, text in names)
            yield Thing(row[0], tuple(row[1].split()), row[2], row[3], row[4], found, row[5]), count, surfaces.fetchall()

    def _mentioned(self, lines: Iterable[bytes]) -> Iterator[str]:
        """The concepts of one paper after another, the papers being taken."""
        for paper, mentioned in papers(lines):
            self._add_thing(paper)
            yield from mentioned

    def _add_thing(self, found: Thing) -> None:
        self._number += 1
        row = (self._number, found.iri, " ".join(found.kinds), found.label, found.identifier, found.year, found.text)
        self._connection.execute("INSERT INTO thing VALUES (?, ?, ?, ?, ?, ?, ?)", row)
        self._connection.executemany("INSERT INTO name VALUES (?, ?, ?)", ((self._number, *name) for name in found.names))

    def _count(self, statement: str, keys: Iterable[tuple[str, ...]]) -> None:
        """Count the keys; only so many counts are held at a time."""
        held: Counter[tuple[str, ...]] = Counter()
        for key in keys:
            held[key] += 1
            if len(held) >= _HELD:
                self._write(statement, held)
        self._write(statement, held)

    def _write(self, statement: str, held: Counter[tuple[str, ...]]) -> None:
        self._connection.executemany(statement, ((*key, count) for key, count in sorted(held.items())))
        held.clear()


def _pairs(found: Iterable[Mention]) -> Iterator[tuple[str, str]]:
    return ((concept, mention.text) for mention in found for concept in mention.concepts)
