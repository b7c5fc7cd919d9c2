"""How good a release is, in numbers: what is unresolved, doubtful, without label, date or mapping, or not valid."""

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path

from rdfgen.entity_types import ENTITY_TYPES
from rdfgen.errors import ReleaseError
from rdfgen.iris import Iris
from rdfgen.ntriples import iri, term
from rdfgen.release.validation import TYPE, Row
from rdfgen.report import Kind, Totals

QUALITY = "quality.json"
_SCHEMA_PAPER, _ANNOTATION = term("schema:ScholarlyArticle").encode(), term("oa:Annotation").encode()
_TOOL = term("prov:wasGeneratedBy").encode()
# What a paper may lack, and the predicates of which one is enough.
_OF_PAPERS = {
    name: frozenset(term(predicate).encode() for predicate in predicates)
    for name, predicates in {
        "title": ("dcterms:title",),
        "abstract": ("dcterms:abstract",),
        "date": ("dcterms:issued",),
        "identifier": ("bibo:doi", "bibo:pmid", "fabio:hasPubMedCentralId", "fabio:hasArXivId"),
        "journal": ("dcterms:isPartOf",),
        "author": ("dcterms:creator",),
    }.items()
}
_LABELS = frozenset({term("rdfs:label").encode(), term("skos:prefLabel").encode()})
_MATCHES = frozenset(term(f"skos:{name}Match").encode() for name in ("exact", "close", "broad", "narrow", "related"))
_RECORDED = frozenset({term("sssom:subject_id").encode(), term("sssom:object_id").encode()})
_QUANTILES = {"least": 0.0, "first quarter": 0.25, "half": 0.5, "three quarters": 0.75, "99 in 100": 0.99, "most": 1.0}


@dataclass(slots=True)
class Resolution:
    """How many mentions there are, and how many of them have no concept."""

    mentions: int = 0
    unresolved: int = 0


@dataclass(slots=True)
class Concepts:
    """How many concepts there are, how many have a name of an authority, how many a mapping to another vocabulary, and how many
    only a candidate for one.
    """

    concepts: int = 0
    labelled: int = 0
    mapped: int = 0
    suggested: int = 0


@dataclass(slots=True)
class Quality:
    """The numbers; `mentions_of_papers` says of numbers of mentions how many papers have so many."""

    papers: int = 0
    papers_without: Counter[str] = field(default_factory=Counter)
    mentions_of_papers: Counter[int] = field(default_factory=Counter)
    by_type: dict[str, Resolution] = field(default_factory=dict)
    by_tool: dict[str, Resolution] = field(default_factory=dict)
    concepts: dict[str, Concepts] = field(default_factory=dict)
    report: Counter[str] = field(default_factory=Counter)
    suspicious: Counter[str] = field(default_factory=Counter)
    invalid: Counter[str] = field(default_factory=Counter)

    def write(self, path: Path) -> None:
        """Write the numbers as JSON, in an order that depends on nothing but them."""
        text = json.dumps(self._content(), indent=1, sort_keys=True, ensure_ascii=False) + "\n"
        path.write_text(text, encoding="utf-8", errors="backslashreplace")

    def _content(self) -> dict[str, object]:
        return {
            "papers": self.papers,
            "papers_without": self.papers_without,
            "mentions_of_papers": sorted(self.mentions_of_papers.items()),
            "report": self.report,
            "suspicious": self.suspicious,
            "invalid": self.invalid,
            "by_type": {name: asdict(row) for name, row in self.by_type.items()},
            "by_tool": {name: asdict(row) for name, row in self.by_tool.items()},
            "concepts": {name: asdict(row) for name, row in self.concepts.items()},
        }

    def measures(self) -> dict[str, float]:
        """The numbers under names for people, in the order of the page: counts, and shares between 0 and 1."""
        mentions = sum(row.mentions for row in self.by_type.values())
        unresolved = sum(row.unresolved for row in self.by_type.values())
        found: dict[str, float] = {"papers": self.papers}
        found |= {f"papers without {name}": self.papers_without[name] for name in _OF_PAPERS}
        found |= {"mentions": mentions, "share of mentions unresolved": _share(unresolved, mentions)}
        for kind, table in (("type", self.by_type), ("tool", self.by_tool)):
            for name, row in sorted(table.items()):
                found[f"mentions by {kind}: {name}"] = row.mentions
                found[f"share unresolved by {kind}: {name}"] = _share(row.unresolved, row.mentions)
        found |= {f"mentions per paper: {name}": number for name, number in self.quantiles().items()}
        for name, concepts in sorted(self.concepts.items()):
            found[f"concepts: {name}"] = concepts.concepts
            found[f"concepts without label: {name}"] = concepts.concepts - concepts.labelled
            found[f"share of concepts with a mapping: {name}"] = _share(concepts.mapped, concepts.concepts)
            found[f"share of concepts with a candidate for a mapping only: {name}"] = _share(concepts.suggested, concepts.concepts)
        found |= {f"report: {kind}": self.report[kind] for kind in Kind}
        found |= {f"suspicious: {reason}": number for reason, number in sorted(self.suspicious.items())}
        return found | {f"invalid: {reason}": number for reason, number in sorted(self.invalid.items())}

    def quantiles(self) -> dict[str, int]:
        """The number of mentions that so large a part of the papers does not exceed.

        >>> Quality(papers=3, mentions_of_papers=Counter({2: 1, 5: 1, 0: 1})).quantiles()["half"]
        2
        """
        return {name: _quantile(self.mentions_of_papers, part) for name, part in _QUANTILES.items()} if self.papers else {}


def _share(part: int, whole: int) -> float:
    return round(part / whole, 4) if whole else 0.0


def _quantile(numbers: Mapping[int, int], part: float) -> int:
    wanted = part * sum(numbers.values())
    seen = 0
    for number, count in sorted(numbers.items()):
        seen += count
        if seen >= wanted and seen:
            return number
    return 0


def read_quality(folder: Path) -> Quality:
    """The numbers of the release in that folder; ReleaseError if it has none that can be read."""
    path = folder / QUALITY
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        return Quality(
            content["papers"],
            Counter(content["papers_without"]),
            Counter(dict(content["mentions_of_papers"])),
            {name: Resolution(**row) for name, row in content["by_type"].items()},
            {name: Resolution(**row) for name, row in content["by_tool"].items()},
            {name: Concepts(**row) for name, row in content["concepts"].items()},
            Counter(content["report"]),
            Counter(content["suspicious"]),
            Counter(content["invalid"]),
        )
    except (OSError, ValueError, TypeError, KeyError, AttributeError) as error:
        raise ReleaseError(f"{path}: error: no readable quality report ({error}); releases of earlier versions have none") from error


@dataclass(frozen=True, slots=True)
class Change:
    """A number of one release and of the one it is compared with; None where that has no such number."""

    name: str
    before: float | None
    now: float | None

    @property
    def difference(self) -> float | None:
        """How much more it is now; None if there is nothing to compare."""
        return None if self.before is None or self.now is None else round(self.now - self.before, 4)


def changes(now: Quality, before: Quality | None) -> list[Change]:
    """Every number of a release beside that of another, in the order of `measures`; those of the other alone come last."""
    new, old = now.measures(), before.measures() if before is not None else {}
    return [Change(name, old.get(name), new.get(name)) for name in dict.fromkeys([*new, *old])]


class Counting:
    """Counts what stands in the parts of a release, a thing at a time; mappings before concepts."""

    def __init__(self, base: str) -> None:
        iris = Iris(base)
        self.quality = Quality()
        self._own = iri(iris.term("")).encode()[:-1]
        self._tools = iri(iris.below("tool/")).encode()[:-1]
        self._unresolved = (self._own + b"resolution>", self._own + b"Unresolved> .\n")
        self._classes = {self._own + row.ontology_class.encode() + b"> .\n": name for name, row in ENTITY_TYPES.items()}
        self._mapped: set[bytes] = set()
        self._suggested: set[bytes] = set()
        self._papers: Counter[bytes] = Counter()
        self._counters = {
            "papers": self._count_paper,
            "annotations": self._count_annotation,
            "mappings": self._count_mapping,
            "concepts": self._count_concept,
        }
        self._paper, self._mentions = b"", 0

    def add(self, part: str, subject: bytes, rows: list[Row]) -> None:
        """Count a thing of a part."""
        if part in self._counters:
            self._counters[part](subject, rows)

    def result(self, totals: Totals, faults: Counter[str]) -> Quality:
        """The numbers, with what the report has and what the checks found."""
        self._finish_paper()
        found = self.quality
        found.mentions_of_papers[0] = found.papers - found.mentions_of_papers.total()
        found.mentions_of_papers = +found.mentions_of_papers
        found.report = Counter({str(kind): number for kind, number in totals.kinds.items()})
        groups = (group for group in totals.groups.values() if group.kind is Kind.SUSPICIOUS)
        for group in groups:
            found.suspicious[group.reason] += group.count
        found.invalid = faults
        return found

    def _count_paper(self, _: bytes, rows: list[Row]) -> None:
        if _is_a(_SCHEMA_PAPER, rows):
            self.quality.papers += 1
            there = {predicate for predicate, _ in rows}
            self.quality.papers_without.update(name for name, wanted in _OF_PAPERS.items() if not there & wanted)

    def _count_annotation(self, subject: bytes, rows: list[Row]) -> None:
        if not _is_a(_ANNOTATION, rows):
            return
        paper = subject.partition(b"#")[0]
        if paper != self._paper:
            self._finish_paper()
            self._paper = paper
        self._mentions += 1
        values = dict(rows)
        is_unresolved = self._unresolved in rows
        kind = self._classes.get(values.get(self._own + b"entityType>", b""), "other")
        tool = values.get(_TOOL, b"").removeprefix(self._tools).partition(b"#")[0].decode(errors="replace")
        for table, name in ((self.quality.by_type, kind), (self.quality.by_tool, tool)):
            row = table.setdefault(name, Resolution())
            row.mentions += 1
            row.unresolved += is_unresolved

    def _finish_paper(self) -> None:
        if self._mentions:
            self.quality.mentions_of_papers[self._mentions] += 1
        self._mentions = 0

    def _count_mapping(self, subject: bytes, rows: list[Row]) -> None:
        matches = [value[:-3] for predicate, value in rows if predicate in _MATCHES]
        self._mapped.update([subject, *matches] if matches else ())
        self._suggested.update(value[:-3] for predicate, value in rows if predicate in _RECORDED)

    def _count_concept(self, subject: bytes, rows: list[Row]) -> None:
        types = (self._classes.get(value) for predicate, value in rows if predicate == TYPE)
        for name in filter(None, types):
            row = self.quality.concepts.setdefault(name, Concepts())
            row.concepts += 1
            row.labelled += any(predicate in _LABELS for predicate, _ in rows)
            row.mapped += subject in self._mapped
            row.suggested += subject in self._suggested and subject not in self._mapped


def _is_a(name: bytes, rows: list[Row]) -> bool:
    return (TYPE, name + b" .\n") in rows


def changed(found: Iterable[Change]) -> Iterator[Change]:
    """Those that are not the same as before."""
    return (row for row in found if row.before != row.now)
