"""Splits XML into its records, so that a damaged one costs no other, and parses each without entities, DTD or network.

The document around the records is never parsed: no entity that it declares is known, nothing that it names is fetched.
"""

import re
from collections.abc import Iterator
from typing import BinaryIO

from lxml import etree

from rdfgen.readers.text import decoded
from rdfgen.readers.xml.encoding import HEAD_BYTES, utf8_blocks
from rdfgen.readers.xml.repair import element, repaired
from rdfgen.report import Report

MAX_RECORD_BYTES = 16 << 20
_TOO_LARGE = f"a record of more than {MAX_RECORD_BYTES} bytes, which is left out; split it, or leave its largest tables out"
_LONGEST_MARK = 200
_LONGEST_TAG = 1 << 20

# Possessive throughout, and no `<` in quotes: what was read once is never read again, however the file goes on.
_DOCTYPE = (
    r"<!DOCTYPE(?:[^\[<>\"']++|\"[^\"<]*+\"|'[^'<]*+')*+"
    r"(?:\[(?:[^\]\"'<]++|\"[^\"]*+\"|'[^']*+'|<!--(?>.*?-->|.*)|<\?(?>.*?\?>|.*)|<)*+\]\s*+)?+>"
)
_ROOT = re.compile(rf"(?:\s++|<\?(?>.*?\?>)|<!--(?>.*?-->)|{_DOCTYPE})*+<([A-Za-z_][\w.:-]*+)(?=[\s/>])", re.DOTALL)
_DOCTYPE_END = re.compile(_DOCTYPE.encode(), re.DOTALL)
_TAG_END = re.compile(rb"(?:[^\"'<>]++|\"[^\"<]*+\"|'[^'<]*+')*+>")
_TERMINATORS = {b"!--": b"-->", b"![CDATA[": b"]]>", b"?": b"?>"}
_MARK = rb"<(?:(/?)(?:[A-Za-z_][\w.-]*+:)?+(?:%s)(?=[\s/>])|(!--|!\[CDATA\[|\?|!DOCTYPE)|(/%s)(?=[\s>]))"


def root_name(head: bytes) -> str | None:
    """The name of the root element, with its prefix; None where the bytes are no XML, or end before it.

    >>> root_name(b'<?xml version="1.0"?><!DOCTYPE collection SYSTEM "BioC.dtd"><collection><source>')
    'collection'
    """
    match = _ROOT.match(decoded(head))
    return match[1] if match is not None else None


def records(stream: BinaryIO, names: tuple[str, ...], report: Report) -> Iterator[tuple[int, bytes]]:
    r"""Each element of one of those local names: the line it starts at and its bytes in UTF-8, in flat memory.

    Such elements do not nest: one that starts within another is what follows a record without an end. A record that
    the file or the next record cuts off, one without a start, and one of more than MAX_RECORD_BYTES are reported and
    left out.

    >>> import io
    >>> list(records(io.BytesIO(b"<s>\n<a>1</a><a>2<a>3</a></s>"), ("a",), Report("x.xml")))
    [(2, b'<a>1</a>'), (2, b'<a>3</a>')]
    """
    blocks = utf8_blocks(stream, report)
    first = next(blocks)
    splitter = _Splitter(names, root_name(first[:HEAD_BYTES]), report)
    yield from splitter.feed(first)
    for block in blocks:
        yield from splitter.feed(block)
    yield from splitter.feed(b"", is_last=True)
    splitter.report_end(first)


def parsed(record: bytes, line: int, report: Report) -> etree._Element | None:
    """The element of one record; None, with a line in the report, if it is not well-formed.

    Entities that only a DTD could explain stay as they are written, except those of HTML, which stand for characters.
    """
    try:
        return element(record)
    except etree.XMLSyntaxError:
        return repaired(record, line, report)


class _Splitter:
    """The state between blocks: `_start` is where the record starts that is open, or else what is not yet read, `_line`
    the line of that, `_position` where to look on. `_searched` says how far a terminator was looked for in vain, counted
    from the start of the file.
    """

    def __init__(self, names: tuple[str, ...], root: str | None, report: Report) -> None:
        self._root = root if root is not None and root.rpartition(":")[2] not in names else None
        self._mark = re.compile(_MARK % ("|".join(map(re.escape, names)).encode(), re.escape(self._root or "<").encode()))
        self._report = report
        self._buffer = b""
        self._before = 0
        self._start = 0
        self._position = 0
        self._line = 1
        self._is_open = False
        self._is_end_due = False
        self._is_root_closed = False
        self._searched: dict[bytes, int] = {}
        self._endless: set[bytes] = set()

    def feed(self, block: bytes, is_last: bool = False) -> Iterator[tuple[int, bytes]]:
        """The records that are whole now."""
        self._append(block)
        while (mark := self._mark.search(self._buffer, self._position)) is not None:
            end = self._end_of(mark, is_last)
            if end is None:
                self._position = mark.start()
                break
            yield from self._record(mark, end)
        else:
            self._position = max(self._position, len(self._buffer) - _LONGEST_MARK)
        if self._is_open and is_last:
            self._give_up("the file ends within a record, which is left out; it may be incomplete", len(self._buffer))
        elif self._is_open and len(self._buffer) - self._start > MAX_RECORD_BYTES:
            self._give_up(_TOO_LARGE, self._position)

    def report_end(self, first: bytes) -> None:
        """Report, once all is read, a file that was cut off between its records."""
        if self._root is None or self._is_root_closed or re.search(rb"<%s(?:\s[^<>]*)?/>" % re.escape(self._root).encode(), first):
            return
        self._report.skip(self._line, "the file ends before its outermost element does, so it may lack records; fetch it again", self._root)

    def _append(self, block: bytes) -> None:
        if not self._is_open:
            self._advance(self._position)
        self._buffer = self._buffer[self._start :] + block
        self._before += self._start
        self._position -= self._start
        self._start = 0

    def _end_of(self, mark: re.Match[bytes], is_last: bool) -> int | None:
        """Where the tag, comment … ends; None if that is still to come, the end of the mark if it never does."""
        terminator = _TERMINATORS.get(mark[2])
        if terminator is not None:
            return self._end_by(terminator, mark, is_last)
        if mark[2] is not None and mark[2] in self._endless:
            return mark.end()
        limit = mark.end() + _LONGEST_TAG
        match = _DOCTYPE_END.match(self._buffer, mark.start(), limit) if mark[2] else _TAG_END.match(self._buffer, mark.end(), limit)
        if match is not None:
            return match.end()
        return self._endless_end(mark) if is_last or len(self._buffer) >= limit else None

    def _end_by(self, terminator: bytes, mark: re.Match[bytes], is_last: bool) -> int | None:
        limit = mark.start() + MAX_RECORD_BYTES
        found = self._buffer.find(terminator, max(mark.end(), self._searched.get(terminator, 0) - self._before), limit)
        if found >= 0:
            return found + len(terminator)
        self._searched[terminator] = self._before + min(len(self._buffer), limit) - len(terminator) + 1
        return self._endless_end(mark) if is_last or len(self._buffer) >= limit else None

    def _endless_end(self, mark: re.Match[bytes]) -> int:
        """The end of a mark that nothing closes; the first of its kind is reported."""
        if mark[2] is not None and mark[2] not in self._endless:
            self._endless.add(mark[2])
            line = self._line + self._buffer.count(b"\n", self._start, mark.start())
            self._report.suspect(line, "no end of what starts here; what follows is read as if it were not there", decoded(mark[0]))
        return mark.end()

    def _record(self, mark: re.Match[bytes], end: int) -> Iterator[tuple[int, bytes]]:
        """Act on one mark: open a record, or give out the one that it closes."""
        self._position = end
        if mark[3] is not None:
            self._close_root(mark.start())
        elif mark[1] == b"/":
            yield from self._closed(mark.start(), end)
        elif mark[1] is not None:
            self._open(mark.start())
            if self._buffer.endswith(b"/>", mark.end(), end):
                yield from self._closed(mark.start(), end)

    def _open(self, start: int) -> None:
        if self._is_open:
            self._give_up("a record without an end, which is left out: the next one starts within it", start)
        self._advance(start)
        self._is_open = True

    def _closed(self, start: int, end: int) -> Iterator[tuple[int, bytes]]:
        if self._is_open and end - self._start > MAX_RECORD_BYTES:
            self._give_up(_TOO_LARGE, end)
            self._is_end_due = False
        elif self._is_open:
            yield self._line, self._buffer[self._start : end]
            self._is_open = self._is_end_due = False
        elif self._is_end_due:
            self._is_end_due = False
        else:
            self._advance(start)
            self._report.skip(
                self._line, "the end of a record without its start, so the record is left out", decoded(self._buffer[start:end])
            )
        self._advance(end)

    def _close_root(self, start: int) -> None:
        self._is_root_closed = True
        if self._is_open:
            self._give_up("a record without an end, which is left out: the outermost element ends within it", start)
            self._is_end_due = False

    def _give_up(self, reason: str, position: int) -> None:
        quoted = decoded(self._buffer[self._start : min(self._start + 80, position)])
        self._report.skip(self._line, _TOO_LARGE if position - self._start > MAX_RECORD_BYTES else reason, quoted)
        self._is_open = False
        self._is_end_due = True
        self._advance(position)

    def _advance(self, position: int) -> None:
        self._line += self._buffer.count(b"\n", self._start, position)
        self._start = position
