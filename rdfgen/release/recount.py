"""Counting partitions again, by SPARQL over the whole store: slow, and with nothing in common with how they were counted."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from pyoxigraph import BlankNode, Literal, NamedNode, QuerySolutions, Store, Triple

from rdfgen.release.partitions import Partitions

_TYPED = "?s a ?c . ?s ?p ?o FILTER(isIRI(?c))"
_PROPERTIES = f"SELECT ?c ?p (COUNT(*) AS ?n) {{ {_TYPED} }} GROUP BY ?c ?p"
_LINKS = f"SELECT ?c ?p ?d (COUNT(*) AS ?n) {{ {_TYPED} ?o a ?d FILTER(isIRI(?d)) }} GROUP BY ?c ?p ?d"
_LITERALS = f"SELECT ?c ?p ?d (COUNT(*) AS ?n) {{ {_TYPED} FILTER(isLiteral(?o)) BIND(DATATYPE(?o) AS ?d) }} GROUP BY ?c ?p ?d"
_SUBJECTS = "SELECT (COUNT(DISTINCT ?s) AS ?n) { ?s ?p ?o }"
_ENTITIES = "SELECT (COUNT(DISTINCT ?s) AS ?n) { ?s a ?c FILTER(isIRI(?c)) }"
_OBJECTS = "SELECT (COUNT(DISTINCT ?o) AS ?n) { ?s ?p ?o }"


def recounted(store: Store) -> Partitions:
    """The partitions of a store's default graph."""
    numbers = (count for query in (_SUBJECTS, _ENTITIES, _OBJECTS) for _, count in _rows(store, query))
    tables = (Counter(dict(_rows(store, query))) for query in (_PROPERTIES, _LINKS, _LITERALS))
    return Partitions(*numbers, *tables)  # type: ignore[arg-type]  # by the queries


def partition_problems(folder: Path, stated: Partitions | None, store: Store) -> Iterator[str]:
    """What the statistics get wrong; those of earlier releases say nothing of partitions."""
    if stated is None:
        return
    found = recounted(store)
    names = ("subjects", "entities", "objects", "properties", "links", "literals")
    wrong = [name for name in names if getattr(found, name) != getattr(stated, name)]
    yield from (f"{folder / 'statistics.json'}: error: the partitions' {name} are not the store's" for name in wrong)


def _rows(store: Store, query: str) -> Iterator[tuple[tuple[str, ...], int]]:
    rows = store.query(query)
    assert isinstance(rows, QuerySolutions)
    for row in rows:
        *keys, number = row
        assert isinstance(number, Literal)
        yield tuple(_text(key) for key in keys), int(number.value)


def _text(key: NamedNode | BlankNode | Literal | Triple) -> str:
    assert isinstance(key, NamedNode)
    return key.value
