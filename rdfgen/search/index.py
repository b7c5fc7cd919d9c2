"""Writing `search.sqlite`: things, their names by key, and the words of names and abstracts (https://www.sqlite.org/fts5.html).

The same things give the same bytes under one version of SQLite: nothing in the file depends on time or chance.
"""

import errno
import math
import os
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing
from pathlib import Path

from rdfgen.errors import InputError
from rdfgen.iris import Iris
from rdfgen.search.folding import key, short_key, tokens
from rdfgen.search.gathering import Gathered
from rdfgen.search.things import PAPER, Field, Thing

INDEX = "search.sqlite"
# Names whose Greek letters are Latin ones: their field is that of the name, and so much more.
SHORT = 10
WEIGHT = 1_000
_REFUSALS = frozenset({sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY})

# Tokens of `facets` begin so, words of ours never: letters and digits are apart there.
KIND = "0kind"

_SCHEMA = """
PRAGMA page_size = 4096; PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA cache_size = -65536;
CREATE TABLE thing (
  id INTEGER PRIMARY KEY, iri TEXT NOT NULL, kinds TEXT NOT NULL, label TEXT NOT NULL, is_official INTEGER NOT NULL,
  identifier TEXT, year INTEGER, papers INTEGER NOT NULL, weight INTEGER NOT NULL
);
CREATE TABLE name (
  id INTEGER PRIMARY KEY, thing INTEGER NOT NULL, is_paper INTEGER NOT NULL, field INTEGER NOT NULL, key TEXT NOT NULL,
  text TEXT, count INTEGER
);
CREATE VIRTUAL TABLE text USING fts5(
  label, synonyms, surfaces, abstract, facets, content = '', prefix = '2 3', tokenize = 'unicode61 remove_diacritics 2'
);
CREATE VIRTUAL TABLE part USING fts5(key, content = '', detail = none, columnsize = 0, tokenize = 'trigram');
CREATE TABLE word (word TEXT PRIMARY KEY, things INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE size (of TEXT PRIMARY KEY, number INTEGER NOT NULL) WITHOUT ROWID;
"""
_INDEXED = """
INSERT INTO text (text) VALUES ('optimize');
INSERT INTO part (rowid, key) SELECT id, key FROM name WHERE field < 10;
INSERT INTO part (part) VALUES ('optimize');
CREATE UNIQUE INDEX thing_iri ON thing (iri);
CREATE INDEX thing_year ON thing (year, id);
CREATE INDEX name_key ON name (key, field, thing);
CREATE INDEX concept_name ON name (key, thing) WHERE field < 2 AND is_paper = 0;
CREATE INDEX name_thing ON name (thing, field);
CREATE VIRTUAL TABLE temp.vocabulary USING fts5vocab(main, text, col);
INSERT INTO word SELECT term, sum(doc) FROM temp.vocabulary WHERE col <> 'facets' GROUP BY term;
DROP TABLE temp.vocabulary;
INSERT INTO size SELECT 'papers', count(*) FROM thing WHERE kinds = 'paper';
INSERT INTO size SELECT 'concepts', count(*) FROM thing WHERE kinds <> 'paper';
INSERT INTO size SELECT 'names', count(*) FROM name;
"""

_ADD_NAME = "INSERT INTO name (thing, is_paper, field, key, text, count) VALUES (?, ?, ?, ?, ?, ?)"


def write_index(parts: Path, target: Path, iris: Iris) -> None:
    """Make the index of the release whose parts are N-Triples files in that folder, where the work is done too.

    Raises OSError where the disk is full, InputError where it refuses otherwise.
    """
    try:
        _write_index(parts, target, iris)
    except sqlite3.OperationalError as error:
        if error.sqlite_errorcode == sqlite3.SQLITE_FULL:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(target)) from error
        if error.sqlite_errorcode & 0xFF in _REFUSALS:
            raise InputError(f"{target}: error: {error}; is there room, and may files be so large (ulimit -f)?") from error
        raise


def _write_index(parts: Path, target: Path, iris: Iris) -> None:
    work = parts / "search-work.sqlite"
    with closing(Gathered(work)) as gathered, closing(sqlite3.connect(target, isolation_level=None)) as connection:
        gathered.add(parts, iris)
        connection.executescript(_SCHEMA)
        connection.execute("INSERT INTO text (text, rank) VALUES ('hashsize', 33554432)")
        connection.execute("BEGIN")
        _write_things(connection, gathered.things())
        connection.execute("COMMIT")
        connection.executescript(_INDEXED)
        connection.execute("VACUUM")
    work.unlink()


def _write_things(connection: sqlite3.Connection, things: Iterable[tuple[Thing, int, list[tuple[str, int]]]]) -> None:
    for number, (thing, papers, surfaces) in enumerate(things, 1):
        label = _label(thing, surfaces)
        row = (number, thing.iri, " ".join(thing.kinds), label, thing.label is not None, thing.identifier, thing.year, papers)
        connection.execute("INSERT INTO thing VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", (*row, round(WEIGHT * math.log2(2 + papers))))
        names = [*((field, text, None) for field, text in thing.names), *((Field.SURFACE, text, times) for text, times in surfaces)]
        rows = ((number, PAPER in thing.kinds, *name) for field, text, times in names for name in _keyed(field, text, times, label))
        connection.executemany(_ADD_NAME, rows)
        connection.execute(
            "INSERT INTO text (rowid, label, synonyms, surfaces, abstract, facets) VALUES (?, ?, ?, ?, ?, ?)",
            _words(number, thing, surfaces),
        )


def _label(thing: Thing, surfaces: list[tuple[str, int]]) -> str:
    """What to call the thing; where nothing is its label, its most frequent surface form or its identifier."""
    return thing.label or next((text for text, _ in surfaces), None) or thing.identifier or thing.iri


def _keyed(field: Field, text: str, times: int | None, label: str) -> Iterator[tuple[int, str, str | None, int | None]]:
    """The rows of a name; its text is left out where it is the thing's label."""
    shown = None if text == label else text
    yield field, key(text), shown, times
    short = short_key(text) if field != Field.IDENTIFIER else None
    if short is not None:
        yield field + SHORT, short, shown, times


def _words(number: int, thing: Thing, surfaces: list[tuple[str, int]]) -> tuple[int, str, str, str, str, str]:
    by_field = {field: [text for other, text in thing.names if other == field] for field in (Field.LABEL, Field.SYNONYM)}
    facets = [f"{KIND}{kind.replace('_', '')}" for kind in thing.kinds]
    texts = (by_field[Field.LABEL], by_field[Field.SYNONYM], [text for text, _ in surfaces], [thing.text])
    label, synonyms, forms, abstract = (" ".join(token for text in column for token in tokens(text)) for column in texts)
    return number, label, synonyms, forms, abstract, " ".join(facets)
