"""What the PubTator readers share: how rows name documents, and from the sides of relations to relations without doubles."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from hashlib import sha256
from itertools import islice

from rdfgen.identifiers import reference
from rdfgen.model import Participant, Reference, Relation, Source
from rdfgen.readers.mentions import identified, participant, typed
from rdfgen.readers.text import decoded
from rdfgen.relation_types import relation_type
from rdfgen.report import Report

MAX_RECORD = 200
MAX_IDENTIFIER = 10_000
UNFINISHED = "the file ends without a line end: if it was cut off, this row is not complete"

_HEAD_LINES = 40
_SHORT = 200
_PMID = re.compile(r"[1-9]\d{0,9}", re.ASCII)
_OF_DOCUMENTS = frozenset({"PMID", "PMCID", "DOI"})
_LINES = re.compile(r"[^\r\n]+")


def document_identifiers(record: str) -> tuple[Reference, ...]:
    """What a document is identified by, if its name in the file is a PMID, PMCID or DOI.

    >>> document_identifiers("24927617"), document_identifiers("PMC13901"), document_identifiers("case-7")
    ((Reference(prefix='PMID', identifier='24927617'),), (Reference(prefix='PMCID', identifier='PMC13901'),), ())
    """
    if _PMID.fullmatch(record) is not None:
        return (Reference("PMID", record),)
    found = reference(record, "PMID")
    return (found,) if found is not None and found.prefix in _OF_DOCUMENTS else ()


def source(data: list[bytes], reader: str, record: str) -> Source:
    """The source of a document that is these lines of a file."""
    return Source(sha256(b"".join(data)).hexdigest(), format=reader, record=record)


def most_rows_are(is_row: Callable[[str], bool], head: bytes) -> bool:
    """Whether that is true of more than half of the first lines that are neither blank nor a comment."""
    found = [is_row(line) for line in islice(_rows(head), _HEAD_LINES)]
    return 2 * sum(found) > len(found)


def _rows(head: bytes) -> Iterator[str]:
    lines = (match[0] for match in _LINES.finditer(decoded(head)))
    return (line for line in lines if line.strip() and not line.startswith("#"))


@lru_cache(maxsize=1 << 10)
def known_relation(name: str) -> str | None:
    """As `relation_types.relation_type`, but remembered."""
    return relation_type(name)


@dataclass(frozen=True, slots=True)
class Side:
    """One side of a relation as printed, and those of its identifiers that no vocabulary accepts."""

    printed: str
    participant: Participant
    unrecognized: tuple[str, ...] = ()

    def is_empty(self) -> bool:
        """Whether the source names nothing here."""
        return not self.participant.references and not self.unrecognized and self.participant.text in ("", "-", "-1")


def side(text: str, entity_type: str | None = None) -> Side:
    """One side of a relation, of that type where the text itself names none.

    >>> side("Gene|673,x").unrecognized, side("-").is_empty()
    (('x',), True)
    """
    return (_remembered if len(text) <= _SHORT else _side)(text, entity_type)


def _side(text: str, entity_type: str | None) -> Side:
    found = participant(text, entity_type)
    unrecognized = identified(typed(text)[1], found.entity_type).unrecognized
    return Side(text, found, unrecognized)


# Long texts are not remembered, so that what is remembered stays small.
_remembered = lru_cache(maxsize=1 << 15)(_side)


@dataclass(slots=True)
class Relations:
    """The relations of one document; what is doubtful about each goes to the report. `record` names the document there."""

    report: Report
    tool: str
    record: str
    _found: dict[Relation, None] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self._found)

    def relations(self) -> tuple[Relation, ...]:
        """All of them, each once, in the order in which they came."""
        return tuple(self._found)

    def add(self, line: int, name: str, sides: tuple[Side, Side], novel: bool | None = None) -> None:
        """Take one relation; without one of its sides it is none."""
        first, second = sides
        if first.is_empty() or second.is_empty():
            self.report.skip(line, f"{self.record}: a relation without one of its sides", f"{name}: {first.printed}, {second.printed}")
            return
        key = known_relation(name)
        relation = Relation(key, first.participant, second.participant, self.tool, name if key is None else None, novel)
        if key is None or not (first.participant.references and second.participant.references) or first.unrecognized or second.unrecognized:
            self._doubt(line, name, sides)
        if relation in self._found:
            what = f"{self.record}: the same relation twice; one stands for both"
            self.report.repeat(line, what, f"{name}: {first.printed}, {second.printed}")
        self._found[relation] = None

    def _doubt(self, line: int, name: str, sides: tuple[Side, Side]) -> None:
        if known_relation(name) is None:
            self.report.suspect(line, f"{self.record}: a relation type that is not in our table; kept under its own name", name)
        for one in sides:
            if not one.participant.references:
                self.report.unresolve(line, f"{self.record}: a side of a relation without a concept; kept as text", one.printed)
            elif one.unrecognized:
                what = f"{self.record}: identifiers of a relation that no vocabulary accepts; left out of it"
                self.report.alter(line, what, f"{one.printed} ({', '.join(one.unrecognized)})")
