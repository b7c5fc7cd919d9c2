"""The concepts and aliases of a release, sorted as they are, with what reference data say put in."""

import heapq
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from operator import attrgetter
from pathlib import Path
from typing import NamedTuple

from rdfgen.concepts.facts import Fact, Identifiers, Kind
from rdfgen.concepts.sources import Source
from rdfgen.concepts.store import Store, opened_store
from rdfgen.concepts.triples import iri_node, known_triples, label_as_synonym, node_aliases, overruled, subject
from rdfgen.iris import Iris
from rdfgen.ntriples import lines
from rdfgen.report import Report
from rdfgen.terms import A

CONCEPTS, ALIASES = "concepts.nt", "aliases.nt"
# The branches of MeSH's tree (https://www.nlm.nih.gov/mesh/) that tell a wrong type, and the class that is wrong there.
_BRANCHES = {"C": "diseases", "D": "chemicals"}
_FOREIGN_BRANCH = {"Disease": "D", "Chemical": "C"}


@dataclass(frozen=True, slots=True)
class ReferenceData:
    """What to put in: the files, and whether all of their concepts go in or only those that papers lead to."""

    sources: Sequence[Source]
    base: str
    everything: bool = False


class _Lines(NamedTuple):
    """What is said of one subject, and the lines and predicates that are refused where others say them."""

    subject: str
    lines: list[str]
    refused: frozenset[str] = frozenset()


_SUBJECT = attrgetter("subject")


def enrich(data: ReferenceData, folder: Path, drain: Callable[[Report], None]) -> None:
    """Rewrite the sorted N-Triples files CONCEPTS and ALIASES in the folder; `drain` takes the entries of each report."""
    with opened_store(folder / "concepts.sqlite", subject) as store:
        _load(data, store, folder / CONCEPTS, drain)
        _rewrite(folder / CONCEPTS, lambda old: _enriched(old, store, data.base))
        _rewrite(folder / ALIASES, lambda old: _merged(old, _aliases(store)))
    (folder / "concepts.sqlite").unlink()


def _load(data: ReferenceData, store: Store, concepts: Path, drain: Callable[[Report], None]) -> None:
    """Everything that the sources say of what is wanted; what has become wanted only by that is looked for again."""
    used = _used(store, concepts, data.base)
    _read(data.sources, store, None if data.everything else used, drain)
    store.reach(data.everything)
    filtered = [] if data.everything else [source for source in data.sources if source.format.filtered_by is not None]
    more = {prefix: store.reached(prefix) for prefix in {source.format.filtered_by or "" for source in filtered}}
    again = [source for source in filtered if more[source.format.filtered_by or ""]]
    if again:
        _read(again, store, more, lambda report: report.entries.clear())
        store.reach(False)
    _doubt(store, drain)
    store.spread()


def _doubt(store: Store, drain: Callable[[Report], None]) -> None:
    """Report what papers mention as something that its authority says it is not."""
    report = Report("reference data")
    for node, name, branches in store.branches():
        if branches == {_FOREIGN_BRANCH.get(name)}:
            report.suspect(0, f"mentioned as a {name.lower()}, but MeSH has it among {_BRANCHES[_FOREIGN_BRANCH[name]]} only", node)
    drain(report)


def _read(sources: Iterable[Source], store: Store, wanted: Identifiers | None, drain: Callable[[Report], None]) -> None:
    for source in sources:
        report = Report(source.path, drain=drain)
        store.add(source.facts(report, wanted))
        drain(report)


def _used(store: Store, concepts: Path, base: str) -> Identifiers:
    """The concepts of a file of triples, put down in the store with their classes; returns identifiers by prefix."""
    found: dict[str, set[str]] = {}
    start = f"<{Iris(base).term('')}"
    with open(concepts, encoding="utf-8", newline="\n") as file:
        for text, group in groupby(file, key=_subject):
            node = iri_node(text[1:-1])
            if node is None:
                continue
            store.use([node])
            prefix, _, identifier = node.partition(":")
            found.setdefault(prefix, set()).add(identifier)
            classes = (_object(line) for line in group if _predicate(line) == A)
            store.add(Fact(node, Kind.CLASS, name[len(start) : -1]) for name in classes if name.startswith(start))
    return {prefix: frozenset(identifiers) for prefix, identifiers in found.items()}


def _subject(line: str) -> str:
    return line.partition(" ")[0]


def _predicate(line: str) -> str:
    return line.split(" ", 2)[1]


def _object(line: str) -> str:
    return line.split(" ", 2)[2].removesuffix(" .\n")


def _enriched(old: Iterator[str], store: Store, base: str) -> Iterator[str]:
    """The lines of papers and those of reference data in one order, without those that reference data overrule."""
    papers = (_Lines(text, list(group)) for text, group in groupby(old, key=_subject))
    for _, group in groupby(heapq.merge(papers, _known(store, base), key=_SUBJECT), key=_SUBJECT):
        rows = list(group)
        refused = frozenset[str]().union(*(row.refused for row in rows))
        yield from sorted({line for row in rows for line in row.lines if row.refused or not _is_refused(line, refused)})


def _known(store: Store, base: str) -> Iterator[_Lines]:
    for node, facts in store.concepts():
        refused = overruled(facts, base) | frozenset(lines(label_as_synonym(node, facts)))
        yield _Lines(subject(node) or "", list(lines(known_triples(node, facts, base))), refused)


def _is_refused(line: str, refused: frozenset[str]) -> bool:
    return bool(refused) and (line in refused or _predicate(line) in refused)


def _aliases(store: Store) -> Iterator[str]:
    for node in store.nodes():
        yield from sorted(lines(node_aliases(node)))


def _merged(old: Iterator[str], new: Iterator[str]) -> Iterator[str]:
    """The lines of two sorted sequences in order, each once."""
    return (line for line, _ in groupby(heapq.merge(old, new)))


def _rewrite(path: Path, change: Callable[[Iterator[str]], Iterable[str]]) -> None:
    """Put other lines in a file's place."""
    result = path.with_suffix(".new")
    with open(path, encoding="utf-8", newline="\n") as old, open(result, "w", encoding="utf-8", newline="\n") as new:
        new.writelines(change(old))
    result.replace(path)
