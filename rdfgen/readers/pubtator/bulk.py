"""Reader of PubTator's files of concepts for all papers: a row for each concept of a paper, with the texts that mention it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from typing import BinaryIO, NamedTuple

from rdfgen.entity_types import entity_type_named
from rdfgen.model import Annotation, Evidence, Paper
from rdfgen.readers.mentions import Mentions
from rdfgen.readers.pubtator.rows import MAX_IDENTIFIER, MAX_RECORD, UNFINISHED, document_identifiers, most_rows_are, source
from rdfgen.readers.text import numbered_lines
from rdfgen.report import Kind, Report

READER = "pubtator-bulk"
TOOL = "pubtator3"
MAX_ANNOTATIONS = 10_000
MAX_BYTES = 24 << 20

_COLUMNS = 5
_SHORT = 200
_LONG = 1 << 16
_NO_SLUG = re.compile("[^a-z0-9]+")
_LONGEST_SLUG = 60


def recognises(head: bytes) -> bool:
    r"""Whether most of the first lines have a number and then the name of an entity type.

    >>> recognises(b"1\tDisease\tMESH:D003866\tdepression|sadness\tPubTator3\n"), recognises(b"1\t0\t4\tZinc\tChemical\tD015032\n")
    (True, False)
    """
    return most_rows_are(_looks_right, head)


def _looks_right(line: str) -> bool:
    fields = line.split("\t", 3)
    return len(fields) == 4 and fields[0].isdecimal() and entity_type_named(fields[1]) is not None


class _Row(NamedTuple):
    """One row as printed; the texts still stand in one, separated by `|`."""

    line: int
    record: str
    type_word: str
    identifier: str
    texts: str
    resource: str


def read(stream: BinaryIO, report: Report) -> Iterator[Paper]:
    r"""A paper for each run of rows with one PMID, with an annotation for each text that mentions something.

    >>> import io
    >>> [paper] = read(io.BytesIO(b"1\tDisease\tMESH:D003866\tdepression|low mood\tPubTator3\n"), Report("x"))
    >>> [(one.text, str(one.references[0]), one.tool) for one in paper.annotations]
    [('depression', 'MESH:D003866', 'pubtator3'), ('low mood', 'MESH:D003866', 'pubtator3')]
    """
    paper = _OpenPaper("", report)
    for row, data in _rows(stream, report):
        if row.record != paper.record or paper.is_full():
            yield from paper.papers()
            paper = _OpenPaper(row.record, report)
        paper.add(row, data)
    yield from paper.papers()


@dataclass(slots=True)
class _OpenPaper:
    """The rows of one paper so far; annotations are told apart by their text and the key of their concept."""

    record: str
    report: Report
    annotations: dict[tuple[str, str], Annotation] = field(default_factory=dict)
    data: list[bytes] = field(default_factory=list)
    size: int = 0

    def is_full(self) -> bool:
        """Whether it has grown so large that it is given out before its end."""
        return max(len(self.annotations), len(self.data)) >= MAX_ANNOTATIONS or self.size > MAX_BYTES

    def papers(self) -> Iterator[Paper]:
        """What there is so far as a paper, if there is something."""
        if self.annotations:
            yield Paper(
                sources=(source(self.data, READER, self.record),),
                identifiers=document_identifiers(self.record),
                annotations=tuple(self.annotations.values()),
            )

    def add(self, row: _Row, data: bytes) -> None:
        """Take a row, or a part of one, and the bytes of the row."""
        if not self.data or self.data[-1] is not data:
            self.data.append(data)
            self.size += len(data)
        concept = _concept(row.type_word, row.identifier, row.resource)
        repeated = []
        for text in _texts(row.texts):
            key = (text, concept.key)
            if key in self.annotations:
                repeated.append(text)
            else:
                self.annotations[key] = _annotation(text, concept.annotation)
        if repeated:
            self.report.repeat(row.line, f"{row.record}: {len(repeated)} of the row's annotations are there already", repeated[0])
        for doubt in concept.doubts:
            _ADD[doubt.kind](self.report, row.line, f"{row.record}{doubt.reason}", f"{row.texts[:_SHORT]}{doubt.about}")


def _annotation(text: str, concept: Annotation) -> Annotation:
    """As `dataclasses.replace(concept, text=text)`, but in a quarter of the time."""
    return Annotation(
        text,
        Evidence.FULL_TEXT,
        concept.entity_type,
        concept.source_type,
        concept.references,
        concept.unrecognized,
        None,
        concept.tool,
        (),
        concept.variant,
    )


_ADD = {Kind.SUSPICIOUS: Report.suspect, Kind.UNRESOLVED: Report.unresolve}


class _Doubt(NamedTuple):
    """What a report says about each row with one concept, after the name of the paper and after the texts."""

    kind: Kind
    reason: str
    about: str


@dataclass(frozen=True, slots=True)
class _Concept:
    """What type, identifier and resource of a row stand for: an annotation that has no text yet, and its key."""

    annotation: Annotation
    key: str
    doubts: tuple[_Doubt, ...]


def _concept(type_word: str, identifier: str, resource: str) -> _Concept:
    is_short = len(type_word) + len(identifier) + len(resource) <= _SHORT
    return (_remembered if is_short else _read_concept)(type_word, identifier, resource)


def _read_concept(type_word: str, identifier: str, resource: str) -> _Concept:
    report = Report("")
    annotation = Mentions(report, _tool(resource), "").add(0, "", type_word, identifier)
    return _Concept(annotation, _key(annotation), tuple(_Doubt(entry.kind, entry.reason, _about(entry.text)) for entry in report.entries))


# Papers share their concepts, so most come again.
_remembered = lru_cache(maxsize=1 << 15)(_read_concept)


def _key(concept: Annotation) -> str:
    """A text that is the same for the same concept: texts compare faster than annotations."""
    notation = concept.variant.notation if concept.variant is not None else ""
    identifiers = (*(f"{one.prefix}:{one.identifier}" for one in concept.references), "", *concept.unrecognized)
    return "\t".join((concept.entity_type or "", concept.source_type or "", concept.tool, notation, *identifiers))


def _about(text: str) -> str:
    return f" ({text.strip()})" if text and not text.startswith(" (") else text


def _tool(resource: str) -> str:
    """The tool for the word in the last column, in letters that IRIs take.

    >>> _tool("GNormPlus|gene2pubmed"), _tool("")
    ('gnormplus-gene2pubmed', 'pubtator3')
    """
    return _NO_SLUG.sub("-", resource.casefold())[:_LONGEST_SLUG].strip("-") or TOOL


def _texts(printed: str) -> list[str]:
    """The texts that `|` separates: semicolons are part of the names of chemicals. Where there is none, one that is empty."""
    if "|" not in printed:
        return [printed]
    return [text for text in printed.split("|") if text] or [""]


def _parts(row: _Row) -> Iterator[_Row]:
    """The row as several, none of which has too many texts to be taken as a whole."""
    start = 0
    while start < len(row.texts):
        end = row.texts.find("|", start + _LONG)
        end = len(row.texts) if end < 0 else end
        yield row._replace(texts=row.texts[start:end])
        start = end + 1


def _rows(stream: BinaryIO, report: Report) -> Iterator[tuple[_Row, bytes]]:
    """The rows and their bytes; a line that is none is reported."""
    before: list[str] = []
    for number, line, data in numbered_lines(stream, report):
        fields = line.split("\t", _COLUMNS)
        reason = _fault(fields, before)
        if reason is None and not data.endswith(b"\n"):
            reason = _unfinished(number, fields, before, report)
        if reason is None:
            before = fields
            row = _row(number, fields, report)
            for part in (row,) if len(row.texts) <= _LONG else _parts(row):
                yield part, data
        elif line.strip() and not line.startswith("#") and (number > 1 or fields[0].casefold() != "pmid"):
            report.skip(number, reason, line)


def _row(number: int, fields: list[str], report: Report) -> _Row:
    if len(fields) == _COLUMNS:
        return _Row(number, *fields)
    if len(fields) > _COLUMNS and fields[_COLUMNS].strip():
        report.alter(number, "a row of more than five columns; the rest is left out", fields[_COLUMNS])
    record, type_word, identifier, texts, resource = [*fields, "", ""][:_COLUMNS]
    return _Row(number, record, type_word, identifier, texts, resource)


def _fault(fields: list[str], before: list[str]) -> str | None:
    """Why these are no row: most come after a row of the same paper, which is in order."""
    if len(fields) < 3:
        return "fewer than three columns: a row has PMID, type, identifier, texts and resource, separated by tabs"
    if fields[:1] != before[:1] and (len(fields[0]) > MAX_RECORD or not document_identifiers(fields[0])):
        return "a row without a PMID in its first column"
    if len(fields[1]) > MAX_RECORD or len(fields[2]) > MAX_IDENTIFIER:
        return f"a type of more than {MAX_RECORD} characters or an identifier of more than {MAX_IDENTIFIER}"
    return None


def _unfinished(number: int, fields: list[str], before: list[str], report: Report) -> str | None:
    """The last row has no line end: the reason to leave it out if the row before it shows that something is missing."""
    is_cut = len(fields) < len(before) or (len(fields) == len(before) and fields[-1] != before[-1] and before[-1].startswith(fields[-1]))
    if is_cut:
        return "the file is cut off within this row"
    report.suspect(number, UNFINISHED, "\t".join(fields))
    return None
