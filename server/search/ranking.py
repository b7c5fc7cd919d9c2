"""From a search to things in their order: identifier, label, synonym, beginning of a name, surface form, words anywhere."""

import sqlite3
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from enum import StrEnum

from rdfgen.search.index import SHORT
from rdfgen.search.things import PAPER, Field
from server.search.asked import Asked
from server.search.typing_errors import corrected

MOST = 1_000
# Words that are in more things than this are not weighed: bm25 goes through all of them. Things come in their own order then.
MOST_WEIGHED = 10_000
_MOST_BEGINNINGS = 2_000
_MOST_WORDS = 500
_MOST_THINGS = (1 << 63) - 1
_LAST = "\U0010ffff"


class Match(StrEnum):
    """Why a thing was found, the best reason first."""

    IDENTIFIER = "identifier"
    LABEL = "label"
    SYNONYM = "synonym"
    BEGINNING = "beginning"
    SURFACE = "surface form"
    TEXT = "text"


_OF_FIELD = {Field.LABEL: Match.LABEL, Field.SYNONYM: Match.SYNONYM, Field.SURFACE: Match.SURFACE}
_FILTER = """
(:kind = '' OR instr(' ' || thing.kinds || ' ', ' ' || :kind || ' ')) AND (:year IS NULL OR thing.year = :year)
"""
_EXACT = f"""
SELECT thing.id, min(name.field % {SHORT}) AS best FROM name JOIN thing ON thing.id = name.thing
WHERE name.key IN (:key, :short) AND name.field % {SHORT} <> {int(Field.IDENTIFIER)} AND {_FILTER}
GROUP BY thing.id ORDER BY best, thing.id LIMIT {MOST + 1}
"""  # noqa: S608  # constants
_BEGINNINGS = f"""
SELECT thing FROM name WHERE key > ? AND key < ? AND field < {int(Field.SURFACE)} AND is_paper = 0 LIMIT {_MOST_BEGINNINGS + 1}
"""  # noqa: S608  # constants
_YEAR = "SELECT (SELECT min(id) FROM thing WHERE year = :year), (SELECT max(id) FROM thing WHERE year = :year)"
_FILTERED = f"SELECT id FROM thing WHERE id IN (SELECT value FROM json_each(:things)) AND {_FILTER} ORDER BY id"  # noqa: S608  # constant
_COST = f"SELECT sum(things) FROM (SELECT things FROM word WHERE word >= ? AND word < ? LIMIT {_MOST_WORDS})"  # noqa: S608  # constant
# Weights of label, synonyms, surface forms, abstract, facets.
_WEIGHED = f"""
SELECT thing.id FROM text JOIN thing ON thing.id = text.rowid
WHERE text MATCH ? AND text.rowid BETWEEN ? AND ? ORDER BY bm25(text, 10, 6, 3, 1, 0) * thing.weight, thing.id LIMIT {MOST + 1}
"""  # noqa: S608  # constant
_IN_ORDER = f"SELECT rowid FROM text WHERE text MATCH ? AND rowid BETWEEN ? AND ? ORDER BY rowid LIMIT {MOST + 1}"  # noqa: S608  # constant


@dataclass(frozen=True, slots=True)
class Found:
    """Things by their numbers in the index with why they were found; `is_cut` says that there are more than these.
    `corrected` is the text that was looked for instead, where nothing has the words as they were typed.
    """

    things: dict[int, Match] = field(default_factory=dict)
    is_cut: bool = False
    corrected: str | None = None


def found(index: sqlite3.Connection, asked: Asked, identified: Iterable[int] = ()) -> Found:
    """What is found, or what is found for the words that may be meant; things named by identifier come first."""
    result = _found(index, asked, identified)
    if result.things or not asked.phrases:
        return result
    meant = corrected(index, asked)
    instead = _found(index, meant, ()) if meant is not None else result
    return replace(instead, corrected=meant.text) if meant is not None and instead.things else result


def _found(index: sqlite3.Connection, asked: Asked, identified: Iterable[int]) -> Found:
    things = dict.fromkeys(_filtered(index, asked, identified), Match.IDENTIFIER)
    if asked.phrases:
        exact = _exact(index, asked)
        things = things | {thing: match for thing, match in exact if match != Match.SURFACE and thing not in things}
        later = [*_beginnings(index, asked), *(row for row in exact if row[1] == Match.SURFACE), *_by_words(index, asked)]
        for thing, match in later:
            things.setdefault(thing, match)
    return Found(dict(list(things.items())[:MOST]), len(things) > MOST)


def _exact(index: sqlite3.Connection, asked: Asked) -> list[tuple[int, Match]]:
    rows = index.execute(_EXACT, {"key": asked.keys[0], "short": asked.keys[-1], "kind": asked.kind, "year": asked.year})
    return [(thing, _OF_FIELD[Field(best)]) for thing, best in rows]


def _beginnings(index: sqlite3.Connection, asked: Asked) -> list[tuple[int, Match]]:
    """Concepts with a label or synonym that begins so; where there are too many, the words of names must do."""
    rows = index.execute(_BEGINNINGS, (asked.keys[0], asked.keys[0] + _LAST)).fetchall()
    if len(rows) > _MOST_BEGINNINGS:
        return []
    return [(thing, Match.BEGINNING) for thing in _filtered(index, asked, {row[0] for row in rows})]


def _filtered(index: sqlite3.Connection, asked: Asked, things: Iterable[int]) -> Iterator[int]:
    """Those of the things that the filters leave, in their order."""
    values = {"things": str(sorted(things)), "kind": asked.kind, "year": asked.year}
    return (row[0] for row in index.execute(_FILTERED, values))


def _by_words(index: sqlite3.Connection, asked: Asked) -> Iterator[tuple[int, Match]]:
    query = _WEIGHED if _cost(index, asked) <= MOST_WEIGHED else _IN_ORDER
    return ((row[0], Match.TEXT) for row in index.execute(query, (asked.expression, *_range(index, asked))))


def _range(index: sqlite3.Connection, asked: Asked) -> tuple[int, int]:
    """The numbers of the things that the filters leave: those of concepts, or of papers, which are ordered by year."""
    if asked.year is not None:
        first, last = index.execute(_YEAR, {"year": asked.year}).fetchone()
        return (first or 1, last or 0) if asked.kind in ("", PAPER) else (1, 0)
    concepts = index.execute("SELECT number FROM size WHERE of = 'concepts'").fetchone()[0]
    return (concepts + 1 if asked.kind == PAPER else 1, concepts if asked.kind not in ("", PAPER) else _MOST_THINGS)


def _cost(index: sqlite3.Connection, asked: Asked) -> int:
    """How many things weighing the words goes through, about."""
    *others, last = (token for phrase in asked.phrases for token in phrase)
    ranges = [(token, f"{token}\0") for token in others] + [(last, last + _LAST if asked.last_is_prefix else f"{last}\0")]
    return sum(index.execute(_COST, ends).fetchone()[0] or 0 for ends in ranges)
