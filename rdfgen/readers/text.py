"""From bytes to lines of text that every RDF format can carry, with each change reported."""

import codecs
import re
from collections.abc import Iterator
from functools import partial
from typing import BinaryIO

from rdfgen.report import Report

MAX_LINE_BYTES = 16 << 20
_BLOCK = 1 << 18

_LINE_END = re.compile("\r\n|\r|\n")
# What XML 1.0 §2.2 cannot carry, and so RDF/XML and SPARQL XML results cannot either.
_NOT_IN_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_CONTROL = re.compile(b"[\x00-\x08\x0b\x0c\x0e-\x1f]")
_DECODERS = (
    (codecs.BOM_UTF8, codecs.utf_8_decode),
    (codecs.BOM_UTF16_LE, codecs.utf_16_le_decode),
    (codecs.BOM_UTF16_BE, codecs.utf_16_be_decode),
    (b"", codecs.utf_8_decode),
)


def decoded(data: bytes) -> str:
    r"""The text of UTF-8 bytes, or of UTF-16 where a byte order mark says so; bad bytes become U+FFFD.

    Bytes at the end that only start a character are left out.

    >>> decoded(b"\xef\xbb\xbfna\xc3\xafve \xff \xe2\x80")
    'naïve \ufffd '
    """
    return _decoded(data)[0]


def lines(data: bytes, report: Report) -> list[str]:
    r"""The lines of a document without their ends (LF, CRLF or CR); what no RDF format could carry becomes U+FFFD.

    >>> lines(b"a\r\nb\rc\n", Report("page.txt"))
    ['a', 'b', 'c', '']
    """
    text, complete = _decoded(data)
    found = _LINE_END.split(text)
    if not complete:
        report.alter(len(found), "the file ends within a character, which is left out", found[-1])
    if "\ufffd" in text and text.encode().count(b"\xef\xbf\xbd") != data.count(b"\xef\xbf\xbd"):
        _report_bad_bytes(found, report)
    if _NOT_IN_XML.search(text) is not None:
        found = [_clean(line, number, report) for number, line in enumerate(found, 1)]
    return found


def _decoded(data: bytes) -> tuple[str, bool]:
    """The text, and whether the data ends where a character does."""
    mark, decode = next(row for row in _DECODERS if data.startswith(row[0]))
    text, length = decode(data[len(mark) :], "replace", False)
    return text.lstrip("\ufeff"), length == len(data) - len(mark)


def _report_bad_bytes(found: list[str], report: Report) -> None:
    for number, line in enumerate(found, 1):
        if "\ufffd" in line:
            report.alter(number, "bytes that are not valid UTF-8 were replaced by U+FFFD; save the file as UTF-8", line)


def _clean(line: str, number: int, report: Report) -> str:
    found = sorted(set(_NOT_IN_XML.findall(line)))
    if found:
        names = ", ".join(f"U+{ord(char):04X}" for char in found)
        report.alter(number, f"control characters ({names}) were replaced by U+FFFD", line)
    return _NOT_IN_XML.sub("\ufffd", line)


def numbered_lines(stream: BinaryIO, report: Report) -> Iterator[tuple[int, str, bytes]]:
    r"""The lines of a stream with their numbers and bytes, in flat memory: line ends taken off, what no RDF format could
    carry replaced by U+FFFD, lines of more than MAX_LINE_BYTES skipped; each change is reported.

    >>> import io
    >>> [(number, line) for number, line, _ in numbered_lines(io.BytesIO(b"a\r\nb"), Report("x"))]
    [(1, 'a'), (2, 'b')]
    """
    for number, data in enumerate(_lines(stream), 1):
        if data is None or len(data) > MAX_LINE_BYTES:
            report.skip(number, f"a line of more than {MAX_LINE_BYTES} bytes")
            continue
        start = (data.removeprefix(codecs.BOM_UTF8) if number == 1 else data).rstrip(b"\r\n")
        # Nearly all lines are ASCII, and clean: they take the short way.
        is_clean = start.isascii() and _CONTROL.search(start) is None
        yield number, start.decode() if is_clean else clean(start, number, report), data


def _lines(stream: BinaryIO) -> Iterator[bytes | None]:
    """The lines with their ends, which are LF, CRLF or CR; None for one that is too long to be kept."""
    rest, is_endless = b"", False
    for block in iter(partial(stream.read, _BLOCK), b""):
        found = (rest + block).splitlines(keepends=True)
        rest = found.pop()  # it may go on, and a CR at its end may be half of a CRLF
        for line in found:
            yield None if is_endless else line
            is_endless = False
        if len(rest) > MAX_LINE_BYTES:
            rest, is_endless = rest[-1:], True
    if rest:
        yield from [None if is_endless else line for line in rest.splitlines(keepends=True)]


def clean(data: bytes, line: int, report: Report) -> str:
    """The text of UTF-8 bytes with each change reported at that line; see `faithful`."""
    try:
        text = data.decode()
    except UnicodeDecodeError:
        text = data.decode(errors="replace")
        report.alter(line, "bytes that are not valid UTF-8 were replaced by U+FFFD; save the file as UTF-8", text)
    return faithful(text, line, report)


def faithful(text: str, line: int, report: Report) -> str:
    """The text as every RDF format can carry it: characters that XML forbids become U+FFFD one for one, and are reported."""
    return text if _NOT_IN_XML.search(text) is None else _clean(text, line, report)
