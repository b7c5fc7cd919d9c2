"""Which values of its variables a SERVICE clause is needed for: those that the rest of its group has for them here.

A group's value is the join of its elements, so that rows of the clause that agree with no solution of the others
are lost in any case. If S is the join of others, and V its distinct values for variables that have one in all of S, then
Join(S, P) = Join(S, Join(V, P)), rows that occur repeatedly and rows without a value for those variables included.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from server.federation.clauses import Clause
from server.federation.groups import JOINED, TRIPLES, Bracketed, Element, certain, certain_in, elements, offered, variables
from server.federation.terms import Row, values

_MOST_ROWS = 200
_MOST_CHARACTERS = 50_000
# What has another value when it is evaluated again, or may have another.
_VARYING = frozenset({"RAND", "UUID", "STRUUID", "NOW", "BNODE", "SAMPLE", "GROUP_CONCAT", "LIMIT", "OFFSET"})
_CORRELATED = frozenset({"EXISTS", "LATERAL"})


class Change(NamedTuple):
    """New text for a part of a query."""

    start: int
    end: int
    text: str


class Binder(NamedTuple):
    """The variables of a clause that others have values for, and the pattern of those."""

    shared: tuple[str, ...]
    pattern: str


def spliced(text: str, start: int, end: int, changes: Iterable[Change]) -> str:
    """A part of a text with changes made to it, those elsewhere left out.

    >>> spliced("one two three", 4, 13, [Change(0, 3, "1"), Change(4, 7, "2")])
    '2 three'
    """
    pieces: list[str] = []
    for change in sorted(changes):
        if start <= change.start and change.end <= end:
            pieces += [text[start : change.start], change.text]
            start = change.end
    return "".join([*pieces, text[start:end]])


def binder(text: str, query: Bracketed, clause: Clause, changes: list[Change], answered: Mapping[int, frozenset[str]]) -> Binder | None:
    """What to ask here before the clause is sent; None where that could change the answer, or cannot help.

    `changes` put the answers of earlier clauses in their places, `answered` has for their first tokens the variables with values.
    """
    opening = _group(query, clause)
    rows = elements(query, opening) if opening is not None else None
    position = next((number for number, row in enumerate(rows or ()) if row.first == clause.first), None)
    if opening is None or rows is None or position is None:
        return None
    before, after = rows[:position], list(_joined_after(rows[position + 1 :]))
    if any(row.kind == "LATERAL" for row in before) or _varies(query, opening, clause.first):
        return None
    known = offered(query, before) | certain_in(query, after)
    known |= frozenset().union(*(answered.get(row.first, frozenset()) for row in before))
    wanted = certain(query, clause.opening)
    shared = tuple(name for name in variables(query.found[clause.opening : clause.closing]) if name in known & wanted)
    if not shared:
        return None
    dropped = [_span(query, row, "FILTER(true)") for row in before if row.kind == "FILTER" and not _is_local(query, row, before)]
    start = query.found[opening].start + 1
    head = spliced(text, start, query.found[clause.first].start, [*_outside(changes, dropped), *dropped])
    tail = [f"{{ {text[span.start : span.end]}\n}}" for span in (_span(query, row, "") for row in after)]
    return Binder(shared, "\n".join([head, *tail]))


def patterns(text: str, query: Bracketed, clause: Clause, shared: tuple[str, ...], rows: list[Row] | None) -> Iterator[str]:
    """What to ask the endpoint for: the clause's pattern, or its join with the rows, some at a time."""
    pattern = text[query.found[clause.opening].start + 1 : query.found[clause.closing].start] + "\n"
    if rows is None:
        yield pattern
        return
    body = pattern if _takes_values(query, clause, shared) else f"{{{pattern}}}\n"
    for chunk in _chunks(rows):
        yield f" {values(shared, chunk)} {body}"


def _takes_values(query: Bracketed, clause: Clause, shared: tuple[str, ...]) -> bool:
    """Whether values may stand among the clause's own patterns: joined elements at its beginning have the variables."""
    joined: list[Element] = []
    for row in elements(query, clause.opening) or ():
        if row.kind not in JOINED or row.kind == "SERVICE":
            break
        joined.append(row)
    return certain_in(query, joined).issuperset(shared)


def _chunks(rows: list[Row]) -> Iterator[list[Row]]:
    chunk: list[Row] = []
    size = 0
    for row in rows:
        length = sum(len(term or "") for term in row)
        if chunk and (len(chunk) >= _MOST_ROWS or size + length > _MOST_CHARACTERS):
            yield chunk
            chunk, size = [], 0
        chunk.append(row)
        size += length
    if chunk:
        yield chunk


def _group(query: Bracketed, clause: Clause) -> int | None:
    """The opening brace of the group that a clause stands in; None if the group depends on more than itself."""
    around = [start for start, end in query.closing.items() if start < clause.first < end]
    if any(_is_correlated(query, start) for start in around):
        return None
    return max(around, default=None)


def _is_correlated(query: Bracketed, opening: int) -> bool:
    """Whether the group is evaluated for each solution of another, or for a graph."""
    words = [token.text.upper() for token in query.found[max(opening - 2, 0) : opening]]
    return bool(words) and (words[-1] in _CORRELATED or words[0] == "GRAPH")


def _joined_after(rows: list[Element]) -> Iterator[Element]:
    for row in rows:
        if row.kind not in JOINED:
            return
        if row.kind in (TRIPLES, "VALUES"):
            yield row


def _varies(query: Bracketed, opening: int, end: int) -> bool:
    return any(token.text.upper() in _VARYING for token in query.found[opening:end])


def _is_local(query: Bracketed, row: Element, before: list[Element]) -> bool:
    """Whether a filter can be applied before the clause is joined: the variables it is about have their values by then."""
    found = query.found[row.first : row.end]
    is_plain = not row.groups and not any(token.text == "{" for token in found)
    return is_plain and certain_in(query, before).issuperset(variables(found))


def _span(query: Bracketed, row: Element, text: str) -> Change:
    last = query.found[row.end - 1]
    return Change(query.found[row.first].start, last.start + len(last.text), text)


def _outside(changes: list[Change], others: list[Change]) -> list[Change]:
    """Those changes that lie in none of the others."""
    return [one for one in changes if not any(other.start <= one.start and one.end <= other.end for other in others)]
