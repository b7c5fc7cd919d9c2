"""Counts of triples by predicate and of instances by class: of the default graph, taken from N-Triples lines as they pass,
and of each named graph, taken from the store.
"""

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from pyoxigraph import BlankNode, Literal, NamedNode, QuerySolutions, Store

from rdfgen.ntriples import term
from rdfgen.release.partitions import Partitions, read_partitions

_TYPE = term("rdf:type")


@dataclass(slots=True)
class Statistics:
    """Numbers of triples, of triples by predicate, and of instances by class; keys are IRIs.

    What is an instance of something without an IRI is counted by predicate only. `graphs` has the same of the named graphs,
    None while nobody has counted there; the others are those of the default graph, and so are `partitions`.
    """

    triples: int = 0
    predicates: Counter[str] = field(default_factory=Counter)
    classes: Counter[str] = field(default_factory=Counter)
    graphs: "dict[str, Statistics] | None" = None
    partitions: Partitions | None = None

    def add(self, line: bytes) -> None:
        """Count one N-Triples line; no two may be the same triple."""
        _, predicate, rest = line.decode().split(" ", 2)
        self.triples += 1
        self.predicates[predicate[1:-1]] += 1
        if predicate == _TYPE and rest[0] == "<" and rest[1] != "<":  # not a triple term
            self.classes[rest[1 : rest.index(">")]] += 1

    def __add__(self, other: "Statistics") -> "Statistics":
        found = Statistics(self.triples + other.triples, self.predicates + other.predicates, self.classes + other.classes)
        if self.partitions is not None and other.partitions is not None:
            found.partitions = self.partitions + other.partitions
        return found

    def write(self, path: Path) -> None:
        """Write the counts as JSON, keys sorted."""
        content = self._content()
        if self.partitions is not None:
            content["partitions"] = self.partitions.content()
        if self.graphs is not None:
            content["graphs"] = {name: graph._content() for name, graph in self.graphs.items()}
        path.write_text(json.dumps(content, indent=1, sort_keys=True) + "\n", encoding="utf-8")

    def _content(self) -> dict[str, object]:
        return {"triples": self.triples, "predicates": self.predicates, "classes": self.classes}


def read_statistics(path: Path) -> Statistics:
    """The counts in a file that `Statistics.write` made; those of earlier releases say nothing of named graphs."""
    content = json.loads(path.read_text(encoding="utf-8"))
    statistics = _read(content)
    if "partitions" in content:
        statistics.partitions = read_partitions(content["partitions"])
    if "graphs" in content:
        statistics.graphs = {name: _read(graph) for name, graph in content["graphs"].items()}
    return statistics


def _read(content: dict[str, object]) -> Statistics:
    return Statistics(content["triples"], Counter(content["predicates"]), Counter(content["classes"]))  # type: ignore[arg-type, call-overload]  # as written


_BY_PREDICATE = "SELECT ?g ?k (COUNT(*) AS ?n) { GRAPH ?g { ?s ?k ?o } } GROUP BY ?g ?k"
_BY_CLASS = "SELECT ?g ?k (COUNT(*) AS ?n) { GRAPH ?g { ?s a ?k FILTER(isIRI(?k)) } } GROUP BY ?g ?k"


def graph_statistics(store: Store) -> dict[str, Statistics]:
    """The counts in each named graph of a store, by its IRI, or its label with `_:`."""
    found = {_name(graph): Statistics() for graph in store.named_graphs()}
    for graph, key, number in _counted(store, _BY_PREDICATE):
        found[graph].predicates[key] = number
        found[graph].triples += number
    for graph, key, number in _counted(store, _BY_CLASS):
        found[graph].classes[key] = number
    return dict(sorted(found.items()))


def _counted(store: Store, query: str) -> Iterator[tuple[str, str, int]]:
    rows = store.query(query)
    assert isinstance(rows, QuerySolutions)
    for graph, key, number in rows:
        assert isinstance(graph, NamedNode | BlankNode) and isinstance(key, NamedNode) and isinstance(number, Literal)
        yield _name(graph), key.value, int(number.value)


def _name(graph: NamedNode | BlankNode) -> str:
    return graph.value if isinstance(graph, NamedNode) else str(graph)
