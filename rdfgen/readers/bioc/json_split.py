"""Splits JSON of any outer form into its BioC documents, in flat memory, so that a damaged one costs no other."""

import codecs
import re
from collections.abc import Callable, Iterator
from functools import partial
from typing import BinaryIO, NamedTuple

from rdfgen.readers.bioc.json_values import TOO_DEEP, End, end_of_value, string
from rdfgen.readers.text import decoded
from rdfgen.report import Report

MAX_DOCUMENT_BYTES = 16 << 20
_BLOCK = 1 << 20
_LARGEST_BLOCK = 16 << 20
_LONGEST_START = 8 << 10

_CONTAINERS = ("PubTator3", "documents")
_OF_DOCUMENTS = frozenset({"_id", "passages", "pmid"})
_DEEPEST = 1000
_GAP = re.compile(rb"(?:[\s,\x1e]|\xef\xbb\xbf|//[^\n]*\n|/\*(?:[^*]|\*(?!/))*\*/)*+")
_KEY = re.compile(rb'[\s,]*+"((?:[^"\\]|\\.){0,200})"\s*+:\s*+')
# Where a document or a collection starts; an annotation has an id too, but no passages.
_START = re.compile(
    rb'\{\s{0,200}(?:"(?:_id|passages|PubTator3|documents|source)"\s{0,9}:|'
    rb'"id"\s{0,9}:\s{0,9}(?:"[^"\\]{0,300}"|\d{1,20})\s{0,200},\s{0,200}'
    rb'(?:"infons"\s{0,9}:\s{0,9}\{[^{}]{0,3000}\}\s{0,200},\s{0,200})?"passages"\s{0,9}:|'
    rb'"infons"\s{0,9}:\s{0,9}\{[^{}]{0,3000}\}\s{0,200},\s{0,200}"(?:passages|documents)"\s{0,9}:)|'
    rb"(?<=\n)\{"
)
_OBJECT = re.compile(rb"\{")
_TOO_LARGE = f"a document of more than {MAX_DOCUMENT_BYTES} bytes, or without an end, is left out"
_NO_DOCUMENT = "what stands here is no BioC document; all up to the next object is left out"


class Record(NamedTuple):
    """One object that may be a document: its line, its bytes, and what its collection calls its source."""

    line: int
    data: bytes
    source: str


def objects(stream: BinaryIO, report: Report) -> Iterator[Record]:
    r"""Each object that is not a collection: in lists, collections and `{"PubTator3": […]}`, one a line, or one after another.

    What is malformed, cut off or larger than MAX_DOCUMENT_BYTES is reported and left out, up to the next document.

    >>> import io
    >>> file = io.BytesIO(b'{"source": "PubTator", "documents": [{"id": "1"},\n {"id": "2"}]}')
    >>> [record.line for record in objects(file, Report("x.json"))]
    [1, 2]
    """
    return _Splitter(stream, report).objects()


class _Splitter:
    """The state between blocks: what is not yet used, the line that `_counted` is on, and the lists and objects around."""

    def __init__(self, stream: BinaryIO, report: Report) -> None:
        self._read = _utf8(stream)
        self._report = report
        self._buffer = b""
        self._position = 0
        self._line = 1
        self._counted = 0
        self._is_last = False
        self._open: list[bytes] = []
        self._source = ""
        self._taken = 0
        self._wasted = 0

    def objects(self) -> Iterator[Record]:
        """All objects that are not collections."""
        while self._advance():
            char = self._buffer[self._position : self._position + 1]
            if char == b"{":
                yield from self._object()
            elif char in b"[]}":
                self._bracket(char)
            else:
                self._other()
        if self._open:
            self._report.skip(self._line_at(self._position), "the file ends within its list of documents: it may be cut off")

    def _advance(self) -> bool:
        """Go to the next byte that is no space, comma or comment; False at the end."""
        while True:
            match = _GAP.match(self._buffer, self._position)
            assert match is not None
            self._position = match.end()
            if self._position < len(self._buffer):
                return True
            if not self._more():
                return False

    def _more(self) -> bool:
        """Read on, about as much again as is not yet used, and forget what is; False at the end or if it is too much."""
        if self._is_last or len(self._buffer) - self._position > MAX_DOCUMENT_BYTES:
            return False
        self._line_at(self._position)
        self._buffer = self._buffer[self._position :]
        self._counted -= self._position
        self._position = 0
        block = self._read(max(_BLOCK, min(len(self._buffer), _LARGEST_BLOCK)))
        self._buffer += block
        self._taken += len(block)
        self._is_last = not block
        return bool(block)

    def _bracket(self, char: bytes) -> None:
        self._position += 1
        if char == b"[":
            self._enter(char)
        elif self._open:
            self._open.pop()
        if not self._open:
            self._source = ""

    def _enter(self, char: bytes) -> None:
        self._open.append(char)
        if len(self._open) > _DEEPEST:
            self._give_up(End(self._position, TOO_DEEP))

    def _object(self) -> Iterator[Record]:
        """Enter a collection, or give out what is none."""
        while True:
            if self._enters_collection():
                return
            end = end_of_value(self._buffer, self._position)
            if not end.is_cut or not self._more():
                break
        if end.problem:
            self._give_up(end)
            return
        start, self._position = self._position, end.position
        if end.position - start > MAX_DOCUMENT_BYTES:
            self._report.skip(self._line_at(start), _TOO_LARGE, decoded(self._buffer[start : start + 80]))
            return
        yield Record(self._line_at(start), self._buffer[start : end.position].rstrip(), self._source)

    def _enters_collection(self) -> bool:
        """Go into the object if one of its members is a list of documents; only members before that are looked at."""
        position, source = self._position + 1, ""
        while (match := _KEY.match(self._buffer, position)) is not None:
            key = decoded(match[1])
            if key in _CONTAINERS and self._buffer[match.end() : match.end() + 1] in (b"[", b"{"):
                self._source = key if key == "PubTator3" else source
                self._position = match.end()
                self._enter(b"{")
                return True
            end = end_of_value(self._buffer, match.end())
            if key in _OF_DOCUMENTS or end.problem:
                return False
            if key == "source":
                source = string(self._buffer[match.end() : end.position])
            position = end.position
        return False

    def _other(self) -> None:
        """Pass by a member of an outer object, or report what has no place between documents."""
        match = _KEY.match(self._buffer, self._position)
        while match is None and len(self._buffer) - self._position < _LONGEST_START and self._more():
            match = _KEY.match(self._buffer, self._position)
        if match is None:
            self._give_up(End(self._position, _NO_DOCUMENT), _OBJECT)
        elif decoded(match[1]) in _CONTAINERS:
            self._position = match.end()
        else:
            self._pass_by(match.end() - self._position)

    def _pass_by(self, key_length: int) -> None:
        """Pass by a member, whose value starts that far from here."""
        end = end_of_value(self._buffer, self._position + key_length)
        while end.is_cut and self._more():
            end = end_of_value(self._buffer, self._position + key_length)
        if end.problem:
            self._give_up(end)
        else:
            self._position = end.position

    def _give_up(self, end: End, start: re.Pattern[bytes] = _START) -> None:
        """Report what is wrong, and go to the next start of a document."""
        place = self._position if end.is_cut else end.position
        snippet = decoded(self._buffer[self._position : self._position + 80])
        self._report.skip(self._line_at(place), self._reason(end), snippet)
        self._open.clear()
        failed = self._failed_at(end)
        self._wasted += failed - self._position
        # Documents may stand within one that is never closed, but to look for ever more of them takes ever more time.
        is_hopeless = self._wasted > 4 * self._taken + MAX_DOCUMENT_BYTES
        self._position = max(failed, self._position + 1) if is_hopeless else self._position + 1
        self._resynchronise(start)

    def _failed_at(self, end: End) -> int:
        """How far has been looked in vain."""
        if end.problem == TOO_DEEP:
            return min(self._position + _BLOCK, len(self._buffer))
        return len(self._buffer) if end.is_cut else end.position

    def _reason(self, end: End) -> str:
        if end.is_cut and self._is_last:
            return "the file ends within a document, which is left out: is it whole?"
        if end.is_cut:
            return _TOO_LARGE
        if end.problem == _NO_DOCUMENT:
            return end.problem
        return f"malformed JSON, so all up to the next document is left out: {end.problem}"

    def _resynchronise(self, start: re.Pattern[bytes]) -> None:
        while True:
            match = start.search(self._buffer, self._position)
            if match is not None and (self._is_last or len(self._buffer) - match.start() >= _LONGEST_START):
                self._position = match.start()
                return
            kept = match.start() if match is not None else len(self._buffer) - _LONGEST_START
            self._position = max(self._position, kept)
            if not self._more() and match is None:
                self._position = len(self._buffer)
                return

    def _line_at(self, position: int) -> int:
        """The line of a place; places mostly come in order, so each byte is looked at once."""
        if position >= self._counted:
            self._line += self._buffer.count(b"\n", self._counted, position)
        else:
            self._line -= self._buffer.count(b"\n", position, self._counted)
        self._counted = position
        return self._line


def _utf8(stream: BinaryIO) -> Callable[[int], bytes]:
    """A function that reads about so many bytes of the stream, in UTF-8 even where its byte order mark says UTF-16."""
    first = stream.read(_BLOCK)
    if not first.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return partial(_next, stream, [first])
    decoder = codecs.getincrementaldecoder("utf-16")("replace")
    return partial(_next_decoded, stream, [first], decoder)


def _next(stream: BinaryIO, first: list[bytes], size: int) -> bytes:
    return first.pop() if first else stream.read(size)


def _next_decoded(stream: BinaryIO, first: list[bytes], decoder: codecs.IncrementalDecoder, size: int) -> bytes:
    data = _next(stream, first, size)
    return decoder.decode(data, not data).encode()
