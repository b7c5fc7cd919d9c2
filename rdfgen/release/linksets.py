"""Links from the release's concepts to other graphs, counted for VoID (https://www.w3.org/TR/void/ §4)."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from string import digits

from rdfgen.iris import Iris, digest, part
from rdfgen.mapping_triples import MATCHES
from rdfgen.ntriples import Triple, integer, iri, literal, term
from rdfgen.terms import EXACT_MATCH, A
from rdfgen.vocabularies import VOCABULARIES

# The parts that hold links.
LINK_PARTS = ("aliases", "mappings")
_PREDICATES = frozenset(iri(predicate) for predicate in MATCHES)
_VOCABULARIES = {row.iri_prefix: row.prefix for row in VOCABULARIES.values() if row.is_concept or row.is_mapped}
_GRAPHS = {alias.iri_prefix: alias.target for row in VOCABULARIES.values() for alias in row.aliases}


@dataclass(frozen=True, slots=True, order=True)
class Linkset:
    """Links with one predicate from a vocabulary to another by their prefixes, or from all concepts ("") to a graph."""

    subjects: str
    predicate: str
    objects: str
    triples: int

    @property
    def key(self) -> str:
        """What the node of this linkset ends in."""
        return f"linkset-{digest(self.subjects, self.predicate, self.objects)}"


def linksets(lines: Iterable[bytes]) -> tuple[Linkset, ...]:
    """The linksets that the lines of the parts with links make, sorted."""
    counts: Counter[tuple[str, str, str]] = Counter()
    for line in lines:
        subject, predicate, rest = line.decode().split(" ", 2)
        if predicate in _PREDICATES:
            key = _ends(subject[1:-1], predicate, rest[1 : rest.rfind(">")])
            if key is not None:
                counts[key] += 1
    return tuple(sorted(Linkset(*key, count) for key, count in counts.items()))


def _ends(subject: str, predicate: str, target: str) -> tuple[str, str, str] | None:
    """What a link joins: two vocabularies, or our concepts ("") and the graph of another spelling."""
    source, end, graph = _vocabulary(subject.rstrip(digits)), _vocabulary(target.rstrip(digits)), _graph(target.rstrip(digits))
    if source is not None and end is not None:
        return source, predicate, end
    return ("", predicate, graph) if graph is not None and predicate == EXACT_MATCH else None


# Identifiers end in digits, so there are few beginnings of IRIs.
@lru_cache(maxsize=1 << 12)
def _vocabulary(start: str) -> str | None:
    return _of_longest(start, _VOCABULARIES)


@lru_cache(maxsize=1 << 12)
def _graph(start: str) -> str | None:
    return _of_longest(start, _GRAPHS)


def _of_longest(start: str, table: dict[str, str]) -> str | None:
    return table.get(max((prefix for prefix in table if start.startswith(prefix)), key=len, default=""))


def linkset_triples(found: tuple[Linkset, ...], iris: Iris) -> Iterator[Triple]:
    """The linksets and the datasets that they join."""
    for row in found:
        node = iri(part(iris.void(), row.key))
        yield iri(iris.dataset()), term("void:subset"), node
        yield node, A, term("void:Linkset")
        yield node, term("void:linkPredicate"), row.predicate
        yield node, term("void:subjectsTarget"), _dataset(row.subjects, iris)
        yield node, term("void:objectsTarget"), _dataset(row.objects, iris)
        yield node, term("void:triples"), integer(row.triples)
    for name in sorted({name for row in found for name in (row.subjects, row.objects) if name}):
        yield from _dataset_triples(name, iris)


def _dataset(name: str, iris: Iris) -> str:
    return iri(part(iris.void(), f"target-{digest(name)}") if name else iris.dataset())


def _dataset_triples(name: str, iris: Iris) -> Iterator[Triple]:
    """The graph or vocabulary of that name and the namespaces of its records."""
    row = VOCABULARIES.get(name)
    spaces = [row.iri_prefix] if row else sorted(space for space, graph in _GRAPHS.items() if graph == name)
    yield _dataset(name, iris), A, term("void:Dataset")
    yield _dataset(name, iris), term("dcterms:title"), literal(row.title if row else name)
    for space in spaces:
        yield _dataset(name, iris), term("void:uriSpace"), literal(space)
