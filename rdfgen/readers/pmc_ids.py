"""Reader of lists of identifiers that belong together, a paper a row: PMC-ids.csv and all others with such columns."""

import csv
import re
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from hashlib import sha256
from typing import BinaryIO

from rdfgen.identifiers import doi_reference, reference
from rdfgen.model import Paper, Reference, Source
from rdfgen.readers.text import decoded, numbered_lines
from rdfgen.report import Report

READER = "pmc-ids"
# A row whose quotes never close takes no more lines than this down with it.
MAX_ROW_LINES = 5
MAX_ROW_CHARACTERS = 1 << 20

_DELIMITERS = ("\t", ",", ";")
_MOST_COLUMNS = 200
_NO_IDENTIFIER = frozenset({"", "0", "-", "NA", "null", "None"})


_Line = tuple[int, str, bytes]


@dataclass(frozen=True, slots=True)
class _Column:
    """How to read one kind of identifier: as it stands where it is `plain`, else by `reference`."""

    prefix: str
    plain: re.Pattern[str]
    reference: Callable[[str], Reference | None]


def _of(prefix: str) -> Callable[[str], Reference | None]:
    def read_reference(text: str) -> Reference | None:
        found = reference(text, prefix)
        return found if found is not None and found.prefix == prefix else None

    return read_reference


_COLUMNS = {
    "pmcid": _Column("PMCID", re.compile(r"PMC[1-9]\d{0,9}", re.ASCII), _of("PMCID")),
    "pmid": _Column("PMID", re.compile(r"[1-9]\d{0,9}", re.ASCII), _of("PMID")),
    "doi": _Column("DOI", re.compile(r"10\.\d{4,9}/[!-~]*[!-+\-/-:<-~]", re.ASCII), doi_reference),
}


@dataclass(frozen=True, slots=True)
class _Header:
    """The first row: what separates columns, how many there are, and where identifiers stand."""

    delimiter: str
    width: int
    columns: tuple[tuple[int, _Column], ...]


def recognises(head: bytes) -> bool:
    r"""Whether the first line names at least two columns of identifiers.

    >>> recognises(b"PMID,PMCID,DOI\n"), recognises(b"Journal Title\tPMID\n")
    (True, False)
    """
    return _header(re.split("[\r\n]", decoded(head).lstrip(), maxsplit=1)[0]) is not None


def _header(line: str) -> _Header | None:
    for delimiter in _DELIMITERS:
        names = [name.strip(" #").casefold().replace(" ", "") for name in _fields(line, delimiter) or ()]
        columns = [(names.index(name), column) for name, column in _COLUMNS.items() if names.count(name) == 1]
        if len(columns) > 1:
            return _Header(delimiter, len(names), tuple(columns))
    return None


def _fields(text: str, delimiter: str) -> list[str] | None:
    """The columns of a row, or None where its last quote is still open; none at all where quotes are in disorder.

    >>> _fields('"a ""b"", c",d', ","), _fields('"a', ","), _fields('"a"b,c', ",")
    (['a "b", c', 'd'], None, [])
    """
    if '"' not in text:
        return text.split(delimiter, _MOST_COLUMNS)
    try:
        return next(csv.reader([text], delimiter=delimiter, strict=True))
    except csv.Error as error:
        return None if "unexpected end" in str(error) else []


def read(stream: BinaryIO, report: Report) -> Iterator[Paper]:
    r"""A paper, which is a mere link, for each row with at least two identifiers; all other columns are ignored on purpose.

    >>> import io
    >>> [paper] = read(io.BytesIO(b"DOI,PMCID,PMID\n10.1/x,PMC1,\n10.1234/x,PMC13901,11250747\n"), Report("PMC-ids.csv"))
    >>> [str(one) for one in paper.identifiers]
    ['PMCID:PMC13901', 'PMID:11250747', 'DOI:10.1234/x']
    """
    lines = numbered_lines(stream, report)
    header = next((_header(line) for _, line, _ in lines if line.strip()), None)
    if header is None:
        report.skip(1, "no header that names at least two of DOI, PMCID and PMID")
        return
    for number, fields, data in _rows(lines, header, report):
        if len(fields) != header.width:
            what = f"{len(fields)} columns where the header has {header.width}, so that identifiers may stand in the wrong place"
            report.skip(number, what, header.delimiter.join(fields))
            continue
        identifiers = tuple(_identifiers(number, fields, header, report))
        if len(identifiers) > 1:
            yield Paper((Source(sha256(data).hexdigest(), None, READER),), identifiers, is_link=True)


def _identifiers(number: int, fields: list[str], header: _Header, report: Report) -> Iterator[Reference]:
    for position, column in header.columns:
        text = fields[position]
        if column.plain.fullmatch(text) is not None:
            yield Reference(column.prefix, text)
        elif text.strip() not in _NO_IDENTIFIER:
            found = column.reference(text)
            if found is not None:
                yield found
            else:
                report.skip(number, f"no {column.prefix}, so it links nothing", text)


def _rows(lines: Iterator[_Line], header: _Header, report: Report) -> Iterator[tuple[int, list[str], bytes]]:
    """The line that a row starts at, its columns and its bytes; a row that is none is reported."""
    waiting: deque[_Line] = deque()
    while (first := waiting.popleft() if waiting else next(lines, None)) is not None:
        number, line, data = first
        if '"' not in line:
            if line.strip():
                yield number, line.split(header.delimiter, _MOST_COLUMNS), data
            continue
        taken = [first]
        fields = _quoted(taken, waiting, lines, header.delimiter)
        if fields is not None:
            yield number, fields, b"".join(data for _, _, data in taken)
        else:
            report.skip(number, "quotes that do not close, or stand within a column; double those that are part of the text", line)
            waiting.extendleft(reversed(taken[1:]))


def _quoted(taken: list[_Line], waiting: deque[_Line], lines: Iterator[_Line], delimiter: str) -> list[str] | None:
    """The columns of a row that starts with the line in `taken`, to which more are added while a quote is open."""
    text = taken[0][1]
    while (fields := _fields(text, delimiter)) is None and len(taken) < MAX_ROW_LINES and len(text) < MAX_ROW_CHARACTERS:
        more = waiting.popleft() if waiting else next(lines, None)
        if more is None:
            break
        taken.append(more)
        text = f"{text}\n{more[1]}"
    return fields or None
