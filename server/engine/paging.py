"""A query for some of its rows: LIMIT and OFFSET of the whole query are written anew, nothing else is touched."""

import re
from dataclasses import dataclass

from server.engine.tokens import Kind, Token, keyword, tokens

_PAGED = frozenset({"SELECT", "CONSTRUCT", "DESCRIBE"})
_HIDDEN = frozenset({Kind.COMMENT, Kind.IRI, Kind.STRING, Kind.VARIABLE, Kind.NAME, Kind.OPEN, Kind.CLOSE})
_CLAUSE = re.compile(r"(LIMIT|OFFSET)\s*(\d+)", re.IGNORECASE | re.ASCII)
_VALUES = re.compile(r"VALUES", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Page:
    """The query for at most so many rows, and one by which to see whether there are more; None where there cannot be."""

    text: str
    rest: str | None


def page(text: str, skipped: int, most: int) -> Page | None:
    r"""The query without its first rows and with at most `most` of them, 0 for all; None for ASK and what is no query.

    >>> page("SELECT * { ?s ?p ?o } LIMIT 50 OFFSET 7", 10, 20).text
    'SELECT * { ?s ?p ?o }                  \nLIMIT 20 OFFSET 17'
    >>> page("SELECT * { ?s ?p ?o } LIMIT 50", 0, 100)
    Page(text='SELECT * { ?s ?p ?o } LIMIT 50', rest=None)
    """
    found = [token for token in tokens(text) if token.kind is not Kind.COMMENT]
    form = keyword(found)
    if form not in _PAGED:
        return None
    outside = _outside(text, found)
    clauses = {match[1].upper(): int(match[2]) for match in _CLAUSE.finditer(outside)}
    own, offset = clauses.get("LIMIT"), clauses.get("OFFSET", 0) + skipped
    left = None if own is None else max(own - skipped, 0)
    if not skipped and (not most or (left is not None and left <= most)):
        return Page(text, None)
    rows = left if not most else most if left is None else min(most, left)
    is_last = not most or (left is not None and left <= most)
    # Of solutions without a triple CONSTRUCT shows nothing: only all that are left tell whether there is one.
    some = 1 if form == "SELECT" else None if left is None else left - most
    rest = None if is_last else _with(text, outside, offset + most, some)
    return Page(_with(text, outside, offset, rows), rest)


def _outside(text: str, found: list[Token]) -> str:
    """The text with blanks in place of all but the words and numbers that are in no brackets."""
    shown = list(" " * len(text))
    depth = 0
    for token in found:
        depth += (token.kind is Kind.OPEN) - (token.kind is Kind.CLOSE)
        if depth == 0 and token.kind not in _HIDDEN:
            shown[token.start : token.start + len(token.text)] = token.text
    return "".join(shown)


def _with(text: str, outside: str, offset: int, rows: int | None) -> str:
    """The text with these clauses instead of its own: at its end, or before the VALUES that may stand there."""
    blanked = list(text)
    for match in _CLAUSE.finditer(outside):
        for start, end in (match.span(1), match.span(2)):
            blanked[start:end] = " " * (end - start)
    values = _VALUES.search(outside)
    place = values.start() if values else len(text)
    clauses = f"\nLIMIT {rows} OFFSET {offset}" if rows is not None else f"\nOFFSET {offset}"
    return "".join(blanked[:place]) + clauses + ("\n" + "".join(blanked[place:]) if values else "")
