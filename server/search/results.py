"""A page of what a search found, with what to show of each thing."""

import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass

from pyoxigraph import NamedNode

from rdfgen.search.index import SHORT
from rdfgen.search.things import PAPER
from server.documents import literals
from server.local import local_path
from server.published import Release
from server.search.asked import Asked
from server.search.identified import identified
from server.search.marking import Marked, marked, snippet
from server.search.ranking import Found, Match, found
from server.search.session import searching
from server.search.typing_errors import corrected

_THING = "SELECT iri, kinds, label, is_official, identifier, year, papers FROM thing WHERE id = ?"
_NAMES = """
SELECT text FROM name WHERE thing = ? AND text IS NOT NULL AND field IN (?, ?) AND (key IN (?, ?) OR key LIKE ? || '%')
ORDER BY key = ? DESC, key, field, text LIMIT 1
"""
_FIELDS = {Match.SYNONYM: (1, 1 + SHORT), Match.BEGINNING: (1, 1), Match.SURFACE: (2, 2 + SHORT)}


@dataclass(frozen=True, slots=True)
class Result:
    """A thing that was found: `name` is the other name that matched, `text` a piece of its abstract with words of the search."""

    iri: str
    path: str
    kinds: tuple[str, ...]
    label: Marked
    is_official: bool
    identifier: str | None
    year: int | None
    papers: int
    match: Match
    name: Marked | None
    text: Marked | None


@dataclass(frozen=True, slots=True)
class Page:
    """Some of the results, how many there are in all, and whether there are more than that."""

    results: list[Result]
    total: int
    is_cut: bool
    corrected: str | None
    identified: str | None


def results(asked: Asked, release: Release, start: int, size: int) -> Page:
    """The results of a search from the one at `start`, counted from 0."""
    with searching(release) as index:
        by_identifier = identified(index, asked.text, release)
        every = found(index, asked, by_identifier)
        shown = (corrected(index, asked) or asked) if every.corrected is not None else asked
        rows = [_result(index, thing, match, shown, release) for thing, match in list(every.things.items())[start : start + size]]
        only = _only_identified(index, by_identifier, every, release)
    return Page(rows, len(every.things), every.is_cut, every.corrected, only)


def _only_identified(index: sqlite3.Connection, by_identifier: list[int], every: Found, release: Release) -> str | None:
    """The address of the thing that an identifier names, if it names one."""
    if len(by_identifier) != 1 or not every.things:
        return None
    return local_path(index.execute(_THING, (by_identifier[0],)).fetchone()[0], release.iris.base)


def _result(index: sqlite3.Connection, thing: int, match: Match, asked: Asked, release: Release) -> Result:
    iri, kinds, label, is_official, identifier, year, papers = index.execute(_THING, (thing,)).fetchone()
    name = _name(index, thing, match, asked)
    abstract = next(iter(_abstracts(iri, release)), None) if PAPER in kinds else None
    return Result(
        iri,
        local_path(iri, release.iris.base),
        tuple(kinds.split()),
        marked(label, asked),
        bool(is_official),
        identifier,
        year,
        papers,
        match,
        marked(name, asked) if name is not None else None,
        snippet(abstract, asked) if abstract is not None else None,
    )


def _name(index: sqlite3.Connection, thing: int, match: Match, asked: Asked) -> str | None:
    """The name that matched, where it is not the label."""
    if match not in _FIELDS:
        return None
    row = index.execute(_NAMES, (thing, *_FIELDS[match], asked.keys[0], asked.keys[-1], asked.keys[0], asked.keys[0])).fetchone()
    return row[0] if row else None


def _abstracts(iri: str, release: Release) -> Iterator[str]:
    return literals(release.store, NamedNode(iri), "dcterms:abstract")
