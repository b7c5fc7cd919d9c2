"""What was read, kept, left unresolved or skipped: every doubt is an entry with its place and reason."""

import json
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import IO, NamedTuple

from rdfgen.model import Paper

SHOWN = 20
# The kind of a line that sums up one source.
SOURCE = "source"


class Kind(StrEnum):
    """What became of the thing an entry is about; SKIPPED, ALTERED and INVALID are failures under `--strict`.

    REPEATED is what another record says too, which stands for both; EXCLUDED what an option left out; INVALID are triples
    that went into a release and should not have been made.
    """

    SKIPPED = "skipped"
    ALTERED = "altered"
    UNRESOLVED = "unresolved"
    SUSPICIOUS = "suspicious"
    REPEATED = "repeated"
    EXCLUDED = "excluded"
    INVALID = "invalid"

    @property
    def is_error(self) -> bool:
        """Whether `--strict` makes it a failure."""
        return self in (Kind.SKIPPED, Kind.ALTERED, Kind.INVALID)


class Entry(NamedTuple):
    """One line of the report; `line` counts from 1, 0 means the file as a whole; `text` is what it is about."""

    path: str
    line: int
    kind: Kind
    reason: str
    text: str = ""

    def __str__(self) -> str:
        severity = "error" if self.kind.is_error else "note"
        path = self.path if self.path.isprintable() else ascii(self.path)
        place = f"{path}:{self.line}" if self.line else path
        quoted = f": {self.text!r}" if self.text else ""
        return f"{place}: {severity}: {self.kind}: {self.reason}{quoted}"


_TEXT_LIMIT = 200


_MANY = 10_000


@dataclass(slots=True)
class Report:
    """The entries of one source, named by `path` as the user gave it. `drain` is called when there are many, to take them
    away before there are too many.
    """

    path: str
    entries: list[Entry] = field(default_factory=list)
    drain: Callable[["Report"], None] | None = None

    def skip(self, line: int, reason: str, text: str = "") -> None:
        """Note something that did not become triples."""
        self._add(line, Kind.SKIPPED, reason, text)

    def alter(self, line: int, reason: str, text: str = "") -> None:
        """Note something that became triples, but not character for character."""
        self._add(line, Kind.ALTERED, reason, text)

    def unresolve(self, line: int, reason: str, text: str = "") -> None:
        """Note a mention that has no concept in its source."""
        self._add(line, Kind.UNRESOLVED, reason, text)

    def suspect(self, line: int, reason: str, text: str = "") -> None:
        """Note something that was kept as it is but is likely wrong."""
        self._add(line, Kind.SUSPICIOUS, reason, text)

    def repeat(self, line: int, reason: str, text: str = "") -> None:
        """Note something that says nothing new."""
        self._add(line, Kind.REPEATED, reason, text)

    def exclude(self, line: int, reason: str, text: str = "") -> None:
        """Note something that was left out because an option asks for it."""
        self._add(line, Kind.EXCLUDED, reason, text)

    def _add(self, line: int, kind: Kind, reason: str, text: str) -> None:
        shown = text if len(text) <= _TEXT_LIMIT else text[:_TEXT_LIMIT] + "…"
        self.entries.append(Entry(self.path, line, kind, reason, shown))
        if self.drain is not None and len(self.entries) >= _MANY:
            self.drain(self)


@dataclass(slots=True)
class SourceCounts:
    """What one input holds, as it was read: `resolved` and `unresolved` are annotations by entity type ("" for none of
    ours), `kinds` the entries of the report; `links` are records that only say which identifiers belong together.
    """

    path: str = ""
    format: str = ""
    papers: int = 0
    links: int = 0
    relations: int = 0
    resolved: Counter[str] = field(default_factory=Counter)
    unresolved: Counter[str] = field(default_factory=Counter)
    kinds: Counter[str] = field(default_factory=Counter)

    def add(self, paper: Paper) -> None:
        """Count one paper."""
        self.format = paper.sources[0].format
        if paper.is_link:
            self.links += 1
            return
        self.papers += 1
        self.relations += len(paper.relations)
        for annotation in paper.annotations:
            found = self.resolved if annotation.references else self.unresolved
            found[annotation.entity_type or ""] += 1

    @property
    def annotations(self) -> int:
        """All of them."""
        return self.resolved.total() + self.unresolved.total()

    def summary(self) -> str:
        """One line for people.

        >>> SourceCounts("a.json", "bioc-json", 2, relations=3, resolved=Counter(gene=5), unresolved=Counter(gene=1)).summary()
        'a.json: bioc-json: 2 papers, 6 annotations (gene 6), 1 of them unresolved, 3 relations'
        """
        types = ", ".join(f"{name or 'other'} {count}" for name, count in sorted((self.resolved + self.unresolved).items()))
        parts = [f"{self.papers} papers"] * (self.papers > 0 or not self.links) + [f"{self.links} links between identifiers"] * (
            self.links > 0
        )
        if self.annotations:
            parts.append(f"{self.annotations} annotations ({types}), {self.unresolved.total()} of them unresolved")
        if self.relations:
            parts.append(f"{self.relations} relations")
        parts += [f"{count} {kind}" for kind, count in sorted(self.kinds.items()) if kind in (Kind.SKIPPED, Kind.ALTERED, Kind.SUSPICIOUS)]
        path = self.path if self.path.isprintable() else ascii(self.path)
        return f"{path}: {self.format or 'unknown format'}: {', '.join(parts)}"


_RECORD = re.compile(r"^\S+: ")
_DETAIL = re.compile(r"'[^']*'|\"[^\"]*\"|\d+")
_MAX_GROUPS = 300
_MAX_SOURCES = 2000


@dataclass(slots=True)
class Group:
    """Entries of one kind and reason, details aside: how many, and the first of them."""

    kind: Kind
    reason: str
    count: int = 0
    examples: list[Entry] = field(default_factory=list)


@dataclass(slots=True)
class Totals:
    """Sums over many reports; `file` gets every entry and source as a JSON object a line. `shown` holds the first errors,
    `groups` and `sources` what a page for people shows, bounded however much there is.
    """

    file: IO[str] | None = None
    counts: Counter[str] = field(default_factory=Counter)
    kinds: Counter[Kind] = field(default_factory=Counter)
    shown: list[Entry] = field(default_factory=list)
    sources: list[SourceCounts] = field(default_factory=list)
    source_count: int = 0
    groups: dict[tuple[Kind, str], Group] = field(default_factory=dict)

    def add(self, counts: Mapping[str, int], entries: Iterable[Entry]) -> None:
        """Add counts of what was made, and entries."""
        self.counts.update(counts)
        for entry in entries:
            self.kinds[entry.kind] += 1
            if entry.kind.is_error and len(self.shown) < SHOWN:
                self.shown.append(entry)
            self._add_to_group(entry)
            if self.file is not None:
                self.file.write(json.dumps(entry._asdict(), ensure_ascii=False) + "\n")

    def drain(self, report: Report) -> None:
        """Add the entries of a report, and take them away from it."""
        self.add({}, report.entries)
        report.entries.clear()

    def add_source(self, source: SourceCounts) -> None:
        """Add the counts of one input."""
        self.source_count += 1
        if len(self.sources) < _MAX_SOURCES:
            self.sources.append(source)
        if self.file is not None:
            self.file.write(json.dumps(_source_row(source), ensure_ascii=False) + "\n")

    def _add_to_group(self, entry: Entry) -> None:
        key = (entry.kind, _DETAIL.sub("…", _RECORD.sub("", entry.reason)))
        if key not in self.groups and len(self.groups) >= _MAX_GROUPS:
            key = (entry.kind, "other reasons")
        group = self.groups.setdefault(key, Group(*key))
        group.count += 1
        if len(group.examples) < SHOWN:
            group.examples.append(entry)

    @property
    def errors(self) -> int:
        """How many entries fail a run under `--strict`."""
        return sum(count for kind, count in self.kinds.items() if kind.is_error)

    def summary(self) -> str:
        """One line for people.

        >>> Totals(None, Counter(papers=2, annotations=21), Counter({Kind.UNRESOLVED: 1})).summary()
        '2 papers, 21 annotations; 0 skipped, 0 altered, 1 unresolved, 0 suspicious'
        """
        kept = ", ".join(f"{count} {name}" for name, count in self.counts.items()) or "nothing read"
        rare = (Kind.REPEATED, Kind.EXCLUDED, Kind.INVALID)
        return kept + "; " + ", ".join(f"{self.kinds[kind]} {kind}" for kind in Kind if kind not in rare or self.kinds[kind])


def _source_row(source: SourceCounts) -> dict[str, object]:
    return {
        "path": source.path,
        "kind": SOURCE,
        "format": source.format,
        "papers": source.papers,
        "links": source.links,
        "annotations": source.annotations,
        "resolved": dict(sorted(source.resolved.items())),
        "unresolved": dict(sorted(source.unresolved.items())),
        "relations": source.relations,
        "entries": dict(sorted(source.kinds.items())),
    }


def opened_report(path: str | Path) -> IO[str]:
    """A new report file; file names that are no text become JSON escapes."""
    return open(path, "w", encoding="utf-8", errors="backslashreplace", newline="\n")


def continued_report(path: str | Path) -> IO[str]:
    """A report file to write more into."""
    return open(path, "a", encoding="utf-8", errors="backslashreplace", newline="\n")


def read_entries(path: Path) -> Iterator[Entry]:
    """The entries of a report file, its lines about sources left out."""
    with open(path, encoding="utf-8") as file:
        for line in file:
            row = json.loads(line)
            if row["kind"] != SOURCE:
                yield Entry(row["path"], row["line"], Kind(row["kind"]), row["reason"], row["text"])
