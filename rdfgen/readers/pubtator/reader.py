"""Reader of PubTator text: passages `ID|t|title`, tab-separated mentions with offsets, and relations, of many documents."""

import re
from collections.abc import Iterator
from typing import BinaryIO

from rdfgen.entity_types import entity_type_named
from rdfgen.model import Paper
from rdfgen.readers.mentions import typed
from rdfgen.readers.pubtator.document import Document, MentionRow, PassageRow, RelationRow, Row
from rdfgen.readers.pubtator.rows import MAX_IDENTIFIER, MAX_RECORD, UNFINISHED, known_relation, most_rows_are
from rdfgen.readers.text import numbered_lines
from rdfgen.report import Report
from rdfgen.sections import section_type

_PASSAGE = re.compile(r"([^\t|]*)\|(\w{1,20})\|", re.ASCII)
_NUMBER_START = re.compile(r"[-+]?\d", re.ASCII)
_MOST_DIGITS = 12
_MOST_COLUMNS = 7


def recognises(head: bytes) -> bool:
    r"""Whether most of the first lines are rows of PubTator text.

    >>> recognises(b"1|t|Zinc\n1|a|It helps.\n"), recognises(b"1\tDisease\tMESH:D003866\tdepression\tPubTator3\n")
    (True, False)
    """
    return most_rows_are(_looks_right, head)


def _looks_right(line: str) -> bool:
    match = _PASSAGE.match(line)
    if match is not None:
        return section_type(match[2]) is not None and " " not in match[1]
    fields = line.split("\t", _MOST_COLUMNS)
    if len(fields) > 4 and fields[1].isdigit() and fields[2].isdigit():
        return entity_type_named(fields[4]) is not None
    is_typed = any(typed(text)[0] is not None for text in fields[2:4])
    return len(fields) in (4, 5) and known_relation(fields[1]) is not None and not is_typed


def read(stream: BinaryIO, report: Report) -> Iterator[Paper]:
    r"""A paper for each document: it ends where a row of another one comes, or its own title once more.

    >>> import io
    >>> [paper] = read(io.BytesIO(b"1|t|Zinc\n1|a|It helps.\n1\t0\t4\tZinc\tChemical\tMESH:D015032\n"), Report("x"))
    >>> paper.title, paper.annotations[0].locations
    ('Zinc', (Location(start=0, end=4, section='title', exact=None),))
    """
    document: Document | None = None
    for row, data in _rows(stream, report):
        if document is None or not document.takes(row):
            if document is not None:
                yield document.paper(report)
            document = Document.continuing(document, row.record)
        document.add(row, data)
    if document is not None:
        yield document.paper(report)


def _rows(stream: BinaryIO, report: Report) -> Iterator[tuple[Row, bytes]]:
    """The rows and their bytes; a line that is none is reported."""
    record: str | None = None
    for number, line, data in numbered_lines(stream, report):
        row = _row(number, line)
        if isinstance(row, RelationRow) and row.record != record and known_relation(row.name) is None:
            row = "a relation outside its document and of a type that is not in our table"
        if isinstance(row, str):
            report.skip(number, row, line)
        elif row is not None:
            record = row.record
            yield row, data
            if not data.endswith(b"\n") and not isinstance(row, PassageRow):
                report.suspect(number, UNFINISHED, line)


def _row(number: int, line: str) -> Row | str | None:
    """What the line says: a row, the reason why it is none, or nothing where it is blank or a comment."""
    fields = line.split("\t", _MOST_COLUMNS)
    if "|" in fields[0]:
        return _passage_row(number, line)
    if len(fields) < 4:
        return "no row of PubTator text: fewer than four columns" if line.strip() and not line.startswith("#") else None
    record = fields[0].strip()
    if record.startswith("#"):
        return None
    if not record or len(record) > MAX_RECORD:
        return f"a row without the name of its document, or with one of more than {MAX_RECORD} characters"
    if len(fields) < 6 and _NUMBER_START.match(fields[1]) is None and (len(fields) == 4 or entity_type_named(fields[4]) is None):
        return _relation_row(number, record, fields)
    return _mention_row(number, record, fields)


def _passage_row(number: int, line: str) -> PassageRow | str | None:
    match = _PASSAGE.match(line)
    if line.startswith("#"):
        return None
    if match is None:
        return "no row of PubTator text: a passage is written ID|t|text"
    record = match[1].strip()
    if not record or len(record) > MAX_RECORD:
        return f"a passage without the name of its document, or with one of more than {MAX_RECORD} characters"
    return PassageRow(record, number, match[2], section_type(match[2]), line[match.end() :])


def _relation_row(number: int, record: str, fields: list[str]) -> RelationRow | str:
    _, name, first, second, *rest = fields
    if max(len(name), len(first), len(second)) > MAX_IDENTIFIER:
        return f"a relation with an identifier of more than {MAX_IDENTIFIER} characters"
    return RelationRow(record, number, name.strip(), (first, second), rest[0].strip() if rest else "")


def _mention_row(number: int, record: str, fields: list[str]) -> MentionRow | str:
    if len(fields) == 4:
        return "a mention without a type: it takes ID, start, end, text and type, separated by tabs"
    _, start, end, text, type_word, *rest = fields
    is_span = start.isdecimal() and end.isdecimal() and len(start) <= _MOST_DIGITS and len(end) <= _MOST_DIGITS
    if not is_span or (first := int(start)) > (last := int(end)):
        return "offsets that are no numbers, or of which the end comes before the start"
    identifier = rest[0] if rest else ""
    if len(identifier) > MAX_IDENTIFIER or len(type_word) > MAX_RECORD:
        return f"a mention with an identifier of more than {MAX_IDENTIFIER} characters, or a type of more than {MAX_RECORD}"
    return MentionRow(record, number, (first, last), text, type_word, identifier, "\t".join(rest[1:]).strip())
