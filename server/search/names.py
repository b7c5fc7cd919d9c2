"""Looking things up by a name: the same, beginning with, or containing a text, among labels, synonyms, surface forms or identifiers."""

import sqlite3
from dataclasses import dataclass

from rdfgen.search.folding import key, short_key
from rdfgen.search.index import SHORT
from rdfgen.search.things import Field
from server.problems import Problem
from server.published import Release
from server.search.asked import check_kind, check_length
from server.search.identified import identified
from server.search.session import searching

FIELDS = {"label": Field.LABEL, "synonym": Field.SYNONYM, "surface": Field.SURFACE, "identifier": Field.IDENTIFIER}
WAYS = ("exact", "starts", "contains")
MOST_SKIPPED = 100_000
_FIELD_NAMES = {int(field): name for name, field in FIELDS.items()}
_LAST = "\U0010ffff"
_Row = tuple[int, str, str, str, int, str | None, int, int, str | None, int | None]
_LETTERS = 3
_COLUMNS = (
    "name.id, thing.iri, thing.kinds, thing.label, thing.is_official, thing.identifier, thing.papers, name.field, name.text, name.count"
)
_FROM = "FROM name JOIN thing ON thing.id = name.thing"
_FILTER = f"""
(:field < 0 OR name.field % {SHORT} = :field) AND (:kind = '' OR instr(' ' || thing.kinds || ' ', ' ' || :kind || ' '))
"""
_PAGE = "LIMIT :size OFFSET :start"
_QUERIES = {
    "exact": f"""
        SELECT {_COLUMNS} {_FROM} WHERE name.key IN (:key, :short) AND {_FILTER}
        ORDER BY name.field % {SHORT}, name.thing, name.id {_PAGE}
    """,
    "starts": f"""
        SELECT {_COLUMNS} {_FROM} WHERE name.key >= :key AND name.key < :end AND name.field < {SHORT} AND {_FILTER}
        ORDER BY name.key, name.field, name.thing, name.id {_PAGE}
    """,
    "contains": f"""
        SELECT {_COLUMNS} FROM part JOIN name ON name.id = part.rowid JOIN thing ON thing.id = name.thing
        WHERE part MATCH :parts AND instr(name.key, :key) AND {_FILTER} ORDER BY part.rowid {_PAGE}
    """,  # noqa: S608  # constants
}
_IDENTIFIER = f"""
SELECT {_COLUMNS} {_FROM} WHERE name.thing = :thing AND name.field = {int(Field.IDENTIFIER)} AND {_FILTER} ORDER BY name.id LIMIT 1
"""


@dataclass(frozen=True, slots=True)
class Name:
    """A name that matched, and whose it is; `count` is how often it stands for that in papers, for surface forms."""

    iri: str
    kinds: tuple[str, ...]
    label: str
    is_official: bool
    identifier: str | None
    papers: int
    field: str
    text: str
    count: int | None


@dataclass(frozen=True, slots=True)
class Lookup:
    """A text to look up; "" for the field or type is any."""

    text: str
    way: str = "exact"
    field: str = ""
    kind: str = ""


def checked(lookup: Lookup) -> Lookup:
    """The lookup itself; Problem where it cannot be answered."""
    check_length(lookup.text)
    check_kind(lookup.kind)
    for name, value, choices in (("match", lookup.way, WAYS), ("field", lookup.field, ("", *FIELDS))):
        if value not in choices:
            raise Problem(400, "Bad request", f"{name}: {value[:50]!r} is none of {', '.join(filter(None, choices))}")
    if lookup.way == "contains" and len(key(lookup.text)) < _LETTERS:
        raise Problem(400, "Bad request", f"q: match=contains takes {_LETTERS} letters or digits at least")
    if not key(lookup.text):
        raise Problem(400, "Bad request", "q: there is no letter or digit to look for")
    return lookup


def names(lookup: Lookup, release: Release, start: int, size: int) -> list[Name]:
    """The names that match, from the one at `start`, counted from 0; a thing once for each."""
    values: dict[str, str | int] = {
        "key": key(lookup.text),
        "short": short_key(lookup.text) or key(lookup.text),
        "end": key(lookup.text) + _LAST,
        "parts": _parts(key(lookup.text)),
        "field": FIELDS.get(lookup.field, -1),
        "kind": lookup.kind,
        "start": start,
        "size": size,
    }
    with searching(release) as index:
        rows = _by_identifier(index, lookup, values, release)
        rows = rows[start : start + size] if rows else index.execute(_QUERIES[lookup.way], values).fetchall()
        return [_name(row) for row in rows]


def _by_identifier(index: sqlite3.Connection, lookup: Lookup, values: dict[str, str | int], release: Release) -> list[_Row]:
    """The things that the text names by identifier in whatever spelling, if identifiers are looked for."""
    if lookup.way != "exact" or lookup.field not in ("", "identifier"):
        return []
    things = identified(index, lookup.text, release)
    return [row for thing in things for row in index.execute(_IDENTIFIER, values | {"thing": thing})]


def _parts(text: str) -> str:
    """The trigrams of a key as an expression of FTS5; they hold nothing but letters and digits."""
    found = sorted({text[place : place + _LETTERS] for place in range(len(text) - _LETTERS + 1)})
    return " AND ".join(f'"{part}"' for part in found)


def _name(row: _Row) -> Name:
    _, iri, kinds, label, is_official, identifier, papers, field, text, count = row
    shown = label if text is None else text
    return Name(iri, tuple(kinds.split()), label, bool(is_official), identifier, papers, _FIELD_NAMES[field % SHORT], shown, count)
