"""Answers that are known before the query runs: counts and lists that tools ask for, from the release's statistics.

A query that is understood here is replaced by one that holds its answer as data, so that it is answered on the same way
and written by the same code as any other.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

from rdfgen.namespaces import expand
from rdfgen.release.statistics import Statistics
from server.engine.shortcuts_syntax import ALL, Count, NotThis, Pattern, Shape, Term, shape

MOST_ROWS = 2_000
_TYPE = Term("iri", expand("rdf:type"))
# Every query that is understood here has one of these words.
_HOPEFUL = re.compile("COUNT|DISTINCT|REDUCED|ASK|GRAPH|GROUP", re.IGNORECASE)
_IRI = re.compile(r"[^\x00-\x20<>\"{}|^`\\]+")


class _Row(NamedTuple):
    """So many solutions of a pattern in one graph that have the same predicate or class; `key` is None where it is not told."""

    graph: str
    key: str | None
    solutions: int


def shortcut(text: str, statistics: Statistics) -> str | None:
    """A query that has the same answer and takes no time; None if the statistics do not tell the answer.

    >>> from collections import Counter
    >>> found = Statistics(3, Counter({"http://x/p": 2, "http://x/q": 1}))
    >>> shortcut("SELECT (COUNT(*) AS ?n) WHERE { ?s ?p ?o }", found)
    'SELECT ?n { VALUES (?n) { (3) } }'
    >>> shortcut("SELECT ?p (COUNT(*) AS ?n) { ?s ?p ?o } GROUP BY ?p ORDER BY DESC(?n) LIMIT 1", found)
    'SELECT ?p ?n { VALUES (?p ?n) { (<http://x/p> 2) (<http://x/q> 1) } } ORDER BY DESC(?n) LIMIT 1'
    >>> shortcut("SELECT DISTINCT ?s { ?s ?p ?o }", found)
    """
    if _HOPEFUL.search(text) is None:
        return None
    try:
        asked = shape(text)
        rows = _rows(asked.pattern, statistics)
        return _select(asked, rows) if asked.columns else _ask(rows)
    except NotThis:
        return None


def _ask(rows: list[_Row]) -> str:
    return "ASK { }" if rows else "ASK { FILTER(false) }"


def _rows(pattern: Pattern, statistics: Statistics) -> list[_Row]:
    """The pattern's solutions by graph and predicate or class; NotThis where they cannot be told."""
    if len(set(pattern.variables)) < len(pattern.variables):
        raise NotThis
    graphs = _graphs(pattern.graph, statistics)
    counted = _counted(pattern.triple, [statistics, *graphs.values()]) if pattern.triple else _one
    return [_Row(name, key, count) for name, found in graphs.items() for key, count in counted(found) if count]


def _graphs(graph: Term | None, statistics: Statistics) -> dict[str, Statistics]:
    """The graphs that the pattern is about, by name."""
    if graph is None:
        return {"": statistics}
    graphs = statistics.graphs
    if graphs is None or any(name.startswith("_:") for name in graphs):
        raise NotThis
    if graph.kind == "variable":
        return graphs
    if graph.text not in graphs:
        raise NotThis
    return {graph.text: graphs[graph.text]}


_Counted = Callable[[Statistics], Iterable[tuple[str | None, int]]]


def _counted(triple: tuple[Term, Term, Term], known: list[Statistics]) -> _Counted:
    """How the solutions of a triple pattern in one graph are counted, by predicate or class where that is a variable.

    IRIs that nothing in the release uses are left to the engine, which needs no time for them and knows which are well formed.
    """
    subject, predicate, value = triple
    if subject.kind == "iri" or (value.kind == "iri" and predicate != _TYPE):
        raise NotThis
    if value.kind == "iri":
        if not any(value.text in found.classes for found in known):
            raise NotThis
        return lambda found: [(None, found.classes[value.text])]
    if predicate.kind != "iri":
        return lambda found: found.predicates.items()
    if not any(predicate.text in found.predicates for found in known):
        raise NotThis
    return _by_class if predicate == _TYPE else lambda found: [(None, found.predicates[predicate.text])]


def _one(_: Statistics) -> list[tuple[None, int]]:
    """The one solution of an empty group."""
    return [(None, 1)]


def _by_class(found: Statistics) -> Iterator[tuple[str | None, int]]:
    """Instances by class; those whose class is no IRI last, without it."""
    yield from found.classes.items()
    yield None, found.predicates[_TYPE.text] - found.classes.total()


def _select(asked: Shape, rows: list[_Row]) -> str:
    """The table of the answer as inline data, in an order of its own or in the one that is asked for."""
    counts = [column for column in asked.columns if isinstance(column, Count)]
    names = [column.alias if isinstance(column, Count) else column for column in asked.columns]
    if len(set(names)) < len(names) or {count.alias for count in counts} & set(asked.pattern.variables):
        raise NotThis
    if any(name not in names for _, name in asked.order):
        raise NotThis
    by = _grouping(asked, bool(counts))
    table = [_cells(asked, by, values, group) for values, group in _grouped(rows, by, asked.pattern)]
    if asked.is_distinct:
        table = list(dict.fromkeys(table))
    return _written(asked, names, table)


def _grouping(asked: Shape, has_counts: bool) -> tuple[str, ...]:
    """The variables by whose values there is one row each; () for one row in all."""
    plain = tuple(column for column in asked.columns if isinstance(column, str))
    if asked.group is None and has_counts and not plain:
        return ()
    if asked.group is None and not has_counts and (asked.is_distinct or _is_list_of_graphs(asked.pattern)):
        return plain
    if asked.group is None or not set(plain) <= set(asked.group):
        raise NotThis
    return tuple(dict.fromkeys(asked.group))


def _is_list_of_graphs(pattern: Pattern) -> bool:
    """Whether this is `GRAPH ?g {}`, which has each graph once."""
    return pattern.triple is None


def _grouped(rows: list[_Row], by: tuple[str, ...], pattern: Pattern) -> list[tuple[tuple[str, ...], list[_Row]]]:
    """The rows by the values of the variables, sorted by these; without variables there is a group even of no rows."""
    groups: dict[tuple[str, ...], list[_Row]] = {} if by else {(): []}
    for row in rows:
        groups.setdefault(tuple(_value(row, name, pattern) for name in by), []).append(row)
    return sorted(groups.items())


def _value(row: _Row, name: str, pattern: Pattern) -> str:
    """What the variable is bound to in all solutions of a row."""
    if pattern.graph == Term("variable", name):
        return row.graph
    if row.key is None or name != _key(pattern):
        raise NotThis
    return row.key


def _key(pattern: Pattern) -> str | None:
    """The variable that rows are counted by: the predicate, or the class."""
    _, predicate, value = pattern.triple or (None, None, None)
    term = value if predicate == _TYPE else predicate
    return term.text if term is not None and term.kind == "variable" else None


def _cells(asked: Shape, by: tuple[str, ...], values: tuple[str, ...], rows: list[_Row]) -> tuple[str | int, ...]:
    """One row of the answer."""
    bound = dict(zip(by, values, strict=True))
    return tuple(_number(column, rows, asked.pattern) if isinstance(column, Count) else bound[column] for column in asked.columns)


def _number(count: Count, rows: list[_Row], pattern: Pattern) -> int:
    """What is counted in these rows."""
    if count.argument != ALL and count.argument not in pattern.variables:
        raise NotThis
    if not count.is_distinct or _are_all_different(count.argument, rows, pattern):
        return sum(row.solutions for row in rows)
    return len({_value(row, count.argument, pattern) for row in rows})


def _are_all_different(argument: str, rows: list[_Row], pattern: Pattern) -> bool:
    """Whether no two solutions of the rows are the same as far as the argument goes: they are different triples, and instances of
    one class in one graph are different subjects.
    """
    if argument == ALL:
        return not any(name.startswith(("_:", "[")) for name in pattern.variables)
    if pattern.triple is None or pattern.triple[0] != Term("variable", argument) or pattern.triple[1] != _TYPE:
        return False
    return not rows or (len(rows) == 1 and (rows[0].key is not None or pattern.triple[2].kind == "iri"))


def _written(asked: Shape, names: list[str], table: list[tuple[str | int, ...]]) -> str:
    variables = " ".join(f"?{name}" for name in names)
    modifiers = "".join(f" {direction}(?{name})" for direction, name in asked.order)
    if asked.order:
        modifiers = f" ORDER BY{modifiers}" + (f" LIMIT {asked.limit}" if asked.limit is not None else "")
        modifiers += f" OFFSET {asked.offset}" if asked.offset else ""
    else:
        table = table[asked.offset :] if asked.limit is None else table[asked.offset : asked.offset + asked.limit]
    if len(table) > MOST_ROWS:
        raise NotThis
    data = " ".join(f"({' '.join(map(_cell, row))})" for row in table)
    return f"SELECT {variables} {{ VALUES ({variables}) {{ {data} }} }}{modifiers}"


def _cell(value: str | int) -> str:
    if isinstance(value, str) and not _IRI.fullmatch(value):
        raise NotThis
    return str(value) if isinstance(value, int) else f"<{value}>"
