"""Counts of triples by predicate and of instances by class, taken from N-Triples lines as they pass."""

import json
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from rdfgen.ntriples import term

_TYPE = term("rdf:type")


@dataclass(slots=True)
class Statistics:
    """Numbers of triples, of triples by predicate, and of instances by class; keys are IRIs."""

    triples: int = 0
    predicates: Counter[str] = field(default_factory=Counter)
    classes: Counter[str] = field(default_factory=Counter)

    def add(self, line: bytes) -> None:
        """Count one N-Triples line; no two may be the same triple."""
        _, predicate, rest = line.decode().split(" ", 2)
        self.triples += 1
        self.predicates[predicate[1:-1]] += 1
        if predicate == _TYPE and rest.startswith("<"):
            self.classes[rest[1 : rest.index(">")]] += 1

    def __add__(self, other: "Statistics") -> "Statistics":
        return Statistics(self.triples + other.triples, self.predicates + other.predicates, self.classes + other.classes)

    def write(self, path: Path) -> None:
        """Write the counts as JSON, keys sorted."""
        content = {"triples": self.triples, "predicates": self.predicates, "classes": self.classes}
        path.write_text(json.dumps(content, indent=1, sort_keys=True) + "\n", encoding="utf-8")


def read_statistics(path: Path) -> Statistics:
    """The counts in a file that `Statistics.write` made."""
    content = json.loads(path.read_text(encoding="utf-8"))
    return Statistics(content["triples"], Counter(content["predicates"]), Counter(content["classes"]))
