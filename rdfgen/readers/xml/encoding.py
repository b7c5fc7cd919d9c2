"""An XML file's blocks in UTF-8, whatever encoding its byte order mark or XML declaration names."""

import codecs
import re
from collections.abc import Iterator
from functools import partial
from typing import BinaryIO

from rdfgen.report import Report

HEAD_BYTES = 1 << 16
BLOCK_BYTES = 1 << 20

_ENCODING = re.compile(r"(?:\xef\xbb\xbf)?<\?xml[^>]*encoding\s*=\s*[\"']([A-Za-z][\w.-]*)[\"']")
_UTF16_MARKS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_AS_UTF8 = frozenset({"utf-8", "ascii", "utf-16"})
# Only these: Python has codecs by which a file could claim to be compressed, or a program.
_KNOWN = frozenset(
    (
        *(f"iso8859-{part}" for part in range(1, 17)),
        *(f"cp125{part}" for part in range(9)),
        *("big5", "euc_jp", "euc_kr", "gb18030", "gb2312", "gbk", "iso2022_jp", "koi8-r", "koi8-u", "mac-roman", "shift_jis"),
    )
)


def utf8_blocks(stream: BinaryIO, report: Report) -> Iterator[bytes]:
    r"""The stream in UTF-8 without a byte order mark; bytes that are wrong in another encoding become U+FFFD.

    The first block holds HEAD_BYTES, or all. Bytes that are wrong in UTF-8 are left to who knows where they stand.

    >>> import io
    >>> list(utf8_blocks(io.BytesIO(b'<?xml version="1.0" encoding="latin1"?><a>\xe9</a>'), Report("x.xml")))[0][-8:]
    b'a>\xc3\xa9</a>'
    """
    first = _head(stream)
    encoding = _encoding(first, report)
    blocks = iter(partial(stream.read, BLOCK_BYTES), b"")
    if encoding is None:
        yield first.removeprefix(codecs.BOM_UTF8)
        yield from blocks
    else:
        yield from _recoded(first, blocks, encoding, report)


def _head(stream: BinaryIO) -> bytes:
    """The first block; pipes give less at a time than they are asked for."""
    head = b""
    while len(head) < HEAD_BYTES and (block := stream.read(BLOCK_BYTES)):
        head += block
    return head


def _recoded(first: bytes, blocks: Iterator[bytes], encoding: str, report: Report) -> Iterator[bytes]:
    decoder = codecs.getincrementaldecoder(encoding)("replace")
    is_reported = False
    for data, is_last in _with_last(first, blocks):
        text = decoder.decode(data, is_last)
        if "\ufffd" in text and not is_reported:
            report.alter(0, f"bytes that are not valid {encoding} were replaced by U+FFFD; save the file as UTF-8")
            is_reported = True
        # A decoder may let lone surrogates through.
        yield text.encode("utf-8", "replace")


def _with_last(first: bytes, blocks: Iterator[bytes]) -> Iterator[tuple[bytes, bool]]:
    yield first, False
    yield from ((block, False) for block in blocks)
    yield b"", True


def _encoding(head: bytes, report: Report) -> str | None:
    """The encoding if it is another than UTF-8; one that we do not know is taken for UTF-8.

    A file that says UTF-16 in bytes that are no UTF-16 was recoded by somebody who left the declaration.
    """
    if head.startswith(_UTF16_MARKS):
        return "utf-16"
    match = _ENCODING.match(head[:200].decode("latin-1"))
    if match is None:
        return None
    name = _codec_name(match[1])
    if name not in _KNOWN and name not in _AS_UTF8:
        report.suspect(1, "an encoding that is not known; the file is read as UTF-8", match[1])
    return name if name in _KNOWN else None


def _codec_name(label: str) -> str | None:
    try:
        return codecs.lookup(label).name
    except LookupError:
        return None
