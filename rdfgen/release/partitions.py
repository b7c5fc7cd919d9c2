"""Partitions of the default graph for VoID: triples by class of the subject, property, and class or datatype of the object;
and how many subjects and objects there are.

Most subjects are papers and their parts, which stand together in each part of a release, in the same order of papers. What
is said of them elsewhere is an exception; of all other terms the store says which classes they have. So the memory that
this needs does not grow with the number of papers.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path

from rdfgen.ntriples import term
from rdfgen.release.distinct import Distinct, Sketch
from rdfgen.release.stored import STRING, Classes, Terms, datatype, stored

# The parts in which all that is said of a paper stands together.
PAPER_PARTS = ("papers", "annotations", "relations")

_TYPE = term("rdf:type").encode()
_TYPED = b" " + _TYPE + b" "
# A line in its three terms.
Row = tuple[bytes, bytes, bytes]


@dataclass(slots=True)
class Partitions:
    """Distinct subjects, those with a class, and objects; triples by class and property, the same by class of the object,
    and by datatype. What has several classes counts in each, so that the numbers are what SPARQL counts.
    """

    subjects: int = 0
    entities: int = 0
    objects: int = 0
    properties: Counter[tuple[str, str]] = field(default_factory=Counter)
    links: Counter[tuple[str, str, str]] = field(default_factory=Counter)
    literals: Counter[tuple[str, str, str]] = field(default_factory=Counter)

    def __add__(self, other: "Partitions") -> "Partitions":
        return Partitions(
            self.subjects + other.subjects,
            self.entities + other.entities,
            self.objects + other.objects,
            self.properties + other.properties,
            self.links + other.links,
            self.literals + other.literals,
        )

    def content(self) -> dict[str, object]:
        """The same for JSON."""
        lists = {
            "properties": [[*key, number] for key, number in sorted(self.properties.items())],
            "links": [[*key, number] for key, number in sorted(self.links.items())],
            "literals": [[*key, number] for key, number in sorted(self.literals.items())],
        }
        return {"subjects": self.subjects, "entities": self.entities, "objects": self.objects, **lists}


def read_partitions(content: Mapping[str, list[list[str | int]]]) -> Partitions:
    """What `Partitions.content` made."""
    tables = [Counter({tuple(row[:-1]): row[-1] for row in content[name]}) for name in ("properties", "links", "literals")]
    return Partitions(content["subjects"], content["entities"], content["objects"], *tables)  # type: ignore[arg-type]  # as written


def graph_partitions(parts: Mapping[str, Path], papers: str, terms: Terms, work: Path) -> Partitions:
    """The partitions of the default graph, whose N-Triples are in these files by part; papers' IRIs begin with `papers`."""
    count = _Count(f"<{papers}".encode(), terms, work)
    terms.only(_typed(path for name, path in parts.items() if name not in PAPER_PARTS), f"<{papers}".encode())
    with ExitStack() as stack:
        files = {name: stack.enter_context(open(path, "rb")) for name, path in parts.items()}
        for name, file in files.items():
            if name not in PAPER_PARTS:
                count.add_others(_rows(file))
        heads = [_by_paper(files[name]) for name in PAPER_PARTS if name in files]
        for paper, rows in _together(heads):
            count.add_paper(paper, rows)
    return count.result()


def _typed(paths: Iterable[Path]) -> Sketch:
    """The subjects that have a class in these files."""
    found = Sketch()
    for path in paths:
        with open(path, "rb") as file:
            for line in file:
                if _TYPED in line:
                    found.add(line.partition(b" ")[0])
    return found


def added_partitions(lines: Iterable[str], terms: Terms) -> Partitions:
    """What a few lines that the graph lacks add to it, `terms` having the classes of their nodes."""
    tally = _Tally()
    subjects: set[bytes] = set()
    objects: set[bytes] = set()
    for subject, predicate, value in _rows(line.encode() for line in lines):
        value = stored(value) if value[:1] == b'"' else value
        tally.counts[terms.classes(subject), predicate, _kind(value, terms)] += 1
        subjects.add(subject)
        objects.add(value)
    found = tally.result()
    new = {subject for subject in subjects if not terms.is_subject(subject)}
    found.subjects, found.objects = len(new), sum(not terms.is_object(value) for value in objects)
    found.entities = sum(bool(terms.classes(subject)) for subject in new)  # The others were counted with the classes they get now.
    return found


def _rows(lines: Iterable[bytes]) -> Iterator[Row]:
    for line in lines:
        subject, predicate, rest = line.split(b" ", 2)
        yield subject, predicate, rest[:-3]  # without " .\n"


def _paper(node: bytes) -> bytes:
    """What a node is a part of: its IRI to the fragment."""
    return node.partition(b"#")[0].rstrip(b">")


def _by_paper(lines: Iterable[bytes]) -> Iterator[tuple[bytes, list[Row]]]:
    """The rows of each paper that stand together."""
    paper, last, rows = b"", b"", list[Row]()
    for row in _rows(lines):
        if row[0] != last:
            last = row[0]
            if _paper(last) != paper:
                if rows:
                    yield paper, rows
                paper, rows = _paper(last), []
        rows.append(row)
    if rows:
        yield paper, rows


def _together(heads: list[Iterator[tuple[bytes, list[Row]]]]) -> Iterator[tuple[bytes, list[Row]]]:
    """The rows of each paper of the first part with those of the others, which have the same papers in the same order."""
    first, *others = heads
    waiting = [next(other, None) for other in others]
    for paper, rows in first:
        for number, head in enumerate(waiting):
            if head is not None and head[0] == paper:
                rows += head[1]
                waiting[number] = next(others[number], None)
        yield paper, rows
    assert not any(waiting)


class _Tally:
    """Triples by classes of the subject, property, and classes or datatype of the object."""

    def __init__(self) -> None:
        self.counts: defaultdict[tuple[Classes, bytes, Classes | bytes], int] = defaultdict(int)

    def result(self) -> Partitions:
        """The same by each class."""
        found = Partitions()
        for (classes, predicate, kind), number in self.counts.items():
            name = predicate[1:-1].decode()
            for each in classes:
                found.properties[each.decode(), name] += number
                if isinstance(kind, bytes):
                    found.literals[each.decode(), name, kind.decode()] += number
                else:
                    found.links.update({(each.decode(), name, other.decode()): number for other in kind})
        return found


def _kind(value: bytes, terms: Terms) -> Classes | bytes:
    """The datatype of a literal, or the classes of a node."""
    return datatype(value) if value[:1] == b'"' else terms.classes(value)


class _Count:
    """What `graph_partitions` counts on its way."""

    def __init__(self, papers: bytes, terms: Terms, work: Path) -> None:
        self._papers, self._terms, self._tally = papers, terms, _Tally()
        self._subjects, self._entities, self._objects = (Distinct(work / f"distinct-{name}") for name in ("s", "e", "o"))
        self._own = Partitions()
        # Papers and their parts that other parts of the release speak of: all about them is looked up.
        self._spoken_of = {node for node in terms.added if node.startswith(self._papers)}
        # Those of another paper that a paper leads to.
        self._strays: set[bytes] = set()
        self._interned: dict[Classes, Classes] = {}

    def add_others(self, rows: Iterable[Row]) -> None:
        """Count rows that are not about papers, or do not stand with what else there is about their paper."""
        for subject, group in groupby(rows, lambda row: row[0]):
            classes = self._terms.classes(subject)
            values = []
            for _, predicate, value in group:
                values.append(stored(value) if value[:1] == b'"' else value)
                self._tally.counts[classes, predicate, _kind(values[-1], self._terms)] += 1
            self._subjects.add((subject,))
            if classes:
                self._entities.add((subject,))
            self._objects.add(values)
            self._spoken_of.update(each for each in (subject, *values) if each.startswith(self._papers))

    def add_paper(self, paper: bytes, rows: list[Row]) -> None:
        """Count all rows about a paper and its parts."""
        assert paper.startswith(self._papers)
        nodes, counts, values = self._classes_in(rows), self._tally.counts, set()
        for subject, predicate, value in rows:
            if value[:1] != b'"':
                known = nodes.get(value)
                kind: Classes | bytes = self._terms.classes(value) if known is None else known
            elif value[-1:] == b'"':
                kind = STRING
            else:
                value = stored(value)
                kind = datatype(value)
            counts[nodes[subject], predicate, kind] += 1
            values.add(value)
        self._add_distinct(paper, nodes, values)

    def _classes_in(self, rows: list[Row]) -> dict[bytes, Classes]:
        """The classes of each subject."""
        found: dict[bytes, Classes] = {}
        for subject, predicate, value in rows:
            classes = found.setdefault(subject, ())
            if predicate == _TYPE and value[:1] == b"<" != value[1:2]:
                found[subject] = (*classes, value[1:-1])
        for subject, classes in found.items():
            found[subject] = self._interned.setdefault(classes, tuple(sorted(classes)))
        for subject in found.keys() & self._spoken_of:
            found[subject] = self._terms.classes(subject)
        return found

    def _add_distinct(self, paper: bytes, nodes: Mapping[bytes, Classes], values: set[bytes]) -> None:
        looked_up = nodes.keys() & self._spoken_of
        self._subjects.add(looked_up)
        self._entities.add(node for node in looked_up if nodes[node])
        self._own.subjects += len(nodes) - len(looked_up)
        self._own.entities += sum(map(bool, nodes.values())) - sum(bool(nodes[node]) for node in looked_up)
        inside = {value for value in values if value.startswith(self._papers)}
        self._objects.add(values - inside)
        self._objects.add(inside & self._spoken_of)
        inside -= self._spoken_of
        strays = {value for value in inside if _paper(value) != paper}
        self._strays |= strays
        self._own.objects += len(inside) - len(strays)

    def result(self) -> Partitions:
        """The partitions; a stray that its own paper leads to as well has been counted there."""
        found = self._tally.result() + self._own
        found.subjects += self._subjects.count()
        found.entities += self._entities.count()
        found.objects += self._objects.count() + sum(not self._is_led_to_by_its_paper(stray) for stray in self._strays)
        return found

    def _is_led_to_by_its_paper(self, stray: bytes) -> bool:
        paper = _paper(stray)
        return any(_paper(subject) == paper for subject in self._terms.subjects_of(stray))
