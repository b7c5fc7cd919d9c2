"""What was read, kept, left unresolved or skipped: every doubt is an entry with its place and reason."""

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import IO, NamedTuple

SHOWN = 20


class Kind(StrEnum):
    """What became of the thing an entry is about; SKIPPED and ALTERED are failures under `--strict`."""

    SKIPPED = "skipped"
    ALTERED = "altered"
    UNRESOLVED = "unresolved"
    SUSPICIOUS = "suspicious"

    @property
    def is_error(self) -> bool:
        """Whether `--strict` makes it a failure."""
        return self in (Kind.SKIPPED, Kind.ALTERED)


class Entry(NamedTuple):
    """One line of the report; `line` counts from 1, 0 means the file as a whole; `text` is what it is about."""

    path: str
    line: int
    kind: Kind
    reason: str
    text: str = ""

    def __str__(self) -> str:
        severity = "error" if self.kind.is_error else "note"
        place = f"{self.path}:{self.line}" if self.line else self.path
        quoted = f": {self.text!r}" if self.text else ""
        return f"{place}: {severity}: {self.kind}: {self.reason}{quoted}"


_TEXT_LIMIT = 200


@dataclass(slots=True)
class Report:
    """The entries of one source, named by `path` as the user gave it."""

    path: str
    entries: list[Entry] = field(default_factory=list)

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

    def _add(self, line: int, kind: Kind, reason: str, text: str) -> None:
        shown = text if len(text) <= _TEXT_LIMIT else text[:_TEXT_LIMIT] + "…"
        self.entries.append(Entry(self.path, line, kind, reason, shown))


@dataclass(slots=True)
class Totals:
    """Sums over many reports; `shown` holds the first errors, `file` gets every entry as a JSON object a line."""

    file: IO[str] | None = None
    counts: Counter[str] = field(default_factory=Counter)
    kinds: Counter[Kind] = field(default_factory=Counter)
    shown: list[Entry] = field(default_factory=list)

    def add(self, counts: Mapping[str, int], entries: Iterable[Entry]) -> None:
        """Add one source's counts and entries."""
        self.counts.update(counts)
        for entry in entries:
            self.kinds[entry.kind] += 1
            if entry.kind.is_error and len(self.shown) < SHOWN:
                self.shown.append(entry)
            if self.file is not None:
                self.file.write(json.dumps(entry._asdict(), ensure_ascii=False) + "\n")

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
        return kept + "; " + ", ".join(f"{self.kinds[kind]} {kind}" for kind in Kind)


def opened_report(path: str | Path) -> IO[str]:
    """A new report file; file names that are no text become JSON escapes."""
    return open(path, "w", encoding="utf-8", errors="backslashreplace", newline="\n")


def read_entries(path: Path) -> Iterator[Entry]:
    """The entries of a report file."""
    with open(path, encoding="utf-8") as file:
        for line in file:
            row = json.loads(line)
            yield Entry(row["path"], row["line"], Kind(row["kind"]), row["reason"], row["text"])
