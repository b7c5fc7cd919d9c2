"""The dumps of a release, read paper by paper or concept by concept, so that memory holds one of them at a time."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

import pyoxigraph
from pyoxigraph import Literal, NamedNode, Quad, RdfFormat

from rdfgen.iris import Iris
from rdfgen.namespaces import expand
from rdfgen.release.dumps import DUMPS, TRIPLE_DUMPS
from rdfgen.release.manifest import Manifest
from rdfgen.sources import opened


@dataclass(frozen=True, slots=True)
class Source:
    """A release to export: its folder and manifest; `progress` is called with numbers of triples that were read."""

    folder: Path
    manifest: Manifest
    progress: Callable[[int], object]

    @property
    def iris(self) -> Iris:
        """Its IRIs."""
        return Iris(self.manifest.base)

    def groups(self, part: str) -> Iterator["Group"]:
        """The statements of a part; those about one thing and its fragments, which stand together, are one group."""
        with opened(self.folder / DUMPS / f"{part}.{TRIPLE_DUMPS[0]}") as stream:
            for about, quads in groupby(pyoxigraph.parse(stream, format=RdfFormat.N_TRIPLES), _thing):
                found: dict[str, list[tuple[str, Value]]] = {}
                number = 0
                for quad in quads:
                    number += 1
                    if isinstance(quad.object, NamedNode | Literal):
                        found.setdefault(quad.subject.value if isinstance(quad.subject, NamedNode) else "", []).append(_row(quad))
                self.progress(number)
                yield Group(about, found)


Value = NamedNode | Literal


def _thing(quad: Quad) -> str:
    return quad.subject.value.partition("#")[0] if isinstance(quad.subject, NamedNode) else ""


def _row(quad: Quad) -> tuple[str, Value]:
    assert isinstance(quad.object, NamedNode | Literal)
    return quad.predicate.value, quad.object


@dataclass(frozen=True, slots=True)
class Group:
    """What is said of a thing and its fragments, by subject, in the order of the dump."""

    about: str
    statements: dict[str, list[tuple[str, Value]]]

    def all(self, subject: str, predicate: str) -> list[str]:
        """The values of a property, given by its prefixed name or IRI."""
        name = predicate if "://" in predicate else expand(predicate)
        return [value.value for key, value in self.statements.get(subject, ()) if key == name]

    def one(self, subject: str, predicate: str) -> str | None:
        """The first value of a property."""
        return next(iter(self.all(subject, predicate)), None)

    def of_class(self, name: str) -> Iterator[str]:
        """The subjects that are members of a class."""
        wanted = expand("rdf:type"), NamedNode(expand(name))
        return (subject for subject, rows in self.statements.items() if wanted in rows)


def triples_of(manifest: Manifest, parts: tuple[str, ...]) -> int:
    """How many triples these parts hold; one that is named twice counts twice."""
    found = {file.part: file.triples or 0 for file in manifest.dumps() if file.path.endswith(TRIPLE_DUMPS[0])}
    return sum(found.get(part, 0) for part in parts)
