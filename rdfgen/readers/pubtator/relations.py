"""Reader of PubTator's file of relations for all papers: PMID, type, and the two sides, each with its entity type."""

from collections.abc import Iterator
from typing import BinaryIO

from rdfgen.model import Paper
from rdfgen.readers.mentions import typed
from rdfgen.readers.pubtator.rows import (
    MAX_IDENTIFIER,
    MAX_RECORD,
    UNFINISHED,
    Relations,
    document_identifiers,
    known_relation,
    most_rows_are,
    side,
    source,
)
from rdfgen.readers.text import numbered_lines
from rdfgen.report import Report

READER = "pubtator-relations"
TOOL = "pubtator3"
MAX_ROWS = 10_000
MAX_BYTES = 24 << 20

_COLUMNS = 4


def recognises(head: bytes) -> bool:
    r"""Whether most of the first lines have a number, the name of a relation type, and a side with an entity type.

    >>> recognises(b"1\ttreat\tChemical|MESH:D015032\tDisease|MESH:D003866\n"), recognises(b"1\tCID\tD015032\tD003866\n")
    (True, False)
    """
    return most_rows_are(_looks_right, head)


def _looks_right(line: str) -> bool:
    fields = line.split("\t")
    is_typed = any(typed(text)[0] is not None for text in fields[2:4])
    return fields[0].isdecimal() and is_typed and known_relation(fields[1]) is not None


def read(stream: BinaryIO, report: Report) -> Iterator[Paper]:
    r"""A paper for each run of rows with one PMID.

    >>> import io
    >>> [paper] = read(io.BytesIO(b"1\ttreat\tChemical|MESH:D015032\tDisease|MESH:D003866\n"), Report("x"))
    >>> [(one.relation_type, str(one.object.references[0])) for one in paper.relations]
    [('treatment', 'MESH:D003866')]
    """
    found = Relations(report, TOOL, "")
    data: list[bytes] = []
    size = 0
    for number, fields, line in _rows(stream, report):
        if fields[0] != found.record or len(data) >= MAX_ROWS or size > MAX_BYTES:
            yield from _papers(found, data)
            found, data, size = Relations(report, TOOL, fields[0]), [], 0
        found.add(number, fields[1].strip(), (side(fields[2]), side(fields[3])))
        data.append(line)
        size += len(line)
    yield from _papers(found, data)


def _papers(found: Relations, data: list[bytes]) -> Iterator[Paper]:
    """The paper of these relations, if there is one."""
    if len(found):
        yield Paper(
            sources=(source(data, READER, found.record),),
            identifiers=document_identifiers(found.record),
            relations=found.relations(),
        )


def _rows(stream: BinaryIO, report: Report) -> Iterator[tuple[int, list[str], bytes]]:
    """The columns of each row and its bytes; a line that is none is reported."""
    record = ""
    for number, line, data in numbered_lines(stream, report):
        fields = line.split("\t", _COLUMNS)
        reason = _fault(fields, record)
        if reason is None:
            record = fields[0]
            _doubt(number, fields, data, report)
            yield number, fields, data
        elif line.strip() and not line.startswith("#") and (number > 1 or fields[0].casefold() != "pmid"):
            report.skip(number, reason, line)


def _fault(fields: list[str], record: str) -> str | None:
    """Why these are no row: most come after a row of the same paper, which is in order."""
    if len(fields) < _COLUMNS:
        return "fewer than four columns: a row has PMID, type and the two sides, separated by tabs"
    if fields[0] != record and (len(fields[0]) > MAX_RECORD or not document_identifiers(fields[0])):
        return "a row without a PMID in its first column"
    if len(fields[1]) > MAX_RECORD or max(len(fields[2]), len(fields[3])) > MAX_IDENTIFIER:
        return f"a type of more than {MAX_RECORD} characters or an identifier of more than {MAX_IDENTIFIER}"
    return None


def _doubt(number: int, fields: list[str], data: bytes, report: Report) -> None:
    if len(fields) > _COLUMNS and fields[_COLUMNS].strip():
        report.alter(number, "a row of more than four columns; the rest is left out", fields[_COLUMNS])
    if not data.endswith(b"\n"):
        report.suspect(number, UNFINISHED, "\t".join(fields))
