"""Reader of BioC-JSON: PubTator3's `{"PubTator3": […]}`, collections, and documents in a list or one a line."""

import re
from collections.abc import Iterator
from typing import BinaryIO

import msgspec

from rdfgen.model import Paper
from rdfgen.readers.bioc import document as bioc
from rdfgen.readers.bioc.json_lenient import forgiven
from rdfgen.readers.bioc.json_split import Record, objects
from rdfgen.readers.bioc.model import Document, Origin
from rdfgen.readers.text import decoded
from rdfgen.report import Report

_START = re.compile(
    r"(?:[\s\x1e\ufeff]|//[^\n]*\n|/\*(?:[^*]|\*(?!/))*\*/)*+(?:\[\s*+)*+\{\s*+(?:\"(?P<key>[^\"\\]{1,100})\"\s*+:\s*+(?P<value>.?)|\})"
)
_HEAD_BYTES = 1 << 16
_TELL_TALE = re.compile(r'"(?:passages|PubTator3|documents|infons)"\s*:')
_FIRST_KEYS = frozenset({"_id", "id", "source", "PubTator3", "documents"})
# Only then the document has a character that RDF formats could not carry: escapes of such, and U+FFFE and U+FFFF.
_DOUBTFUL = re.compile(rb"\\(?:[bf]|u(?:00[01]|[dD][89a-fA-F]|[fF]{3}[eEfF]))|\xef\xbf[\xbe\xbf]")
_DOCUMENT = msgspec.json.Decoder(Document)


def recognises(head: bytes) -> bool:
    """Whether the first bytes are those of JSON with BioC documents.

    >>> recognises(b'{"PubTator3": ['), recognises(b'[{"passages": []}]'), recognises(b'{"name": "x"}')
    (True, True, False)
    """
    text = decoded(head)
    match = _START.match(text)
    if match is None or (match["key"] or "").startswith("$"):
        return False
    return _TELL_TALE.search(text) is not None or (match["key"] in _FIRST_KEYS and len(head) >= _HEAD_BYTES)


def read(stream: BinaryIO, report: Report) -> Iterator[Paper]:
    """One paper a document; a damaged document costs no other.

    The name of a collection's source counts only if it stands before the documents.

    >>> import io
    >>> file = io.BytesIO(b'{"PubTator3": [{"id": "7", "passages": []}]}')
    >>> [str(paper.identifiers[0]) for paper in read(file, Report("x.json"))]
    ['PMID:7']
    """
    for record in objects(stream, report):
        document = _document(record, report)
        if document is None:
            continue
        if document.passages is None:
            report.skip(record.line, "a JSON object that is no BioC document: it has no passages", decoded(record.data[:80]))
            continue
        yield bioc.paper(document, Origin(record.line, record.data, "bioc-json", record.source), report)


def _document(record: Record, report: Report) -> Document | None:
    """The document by the fast way, or else by the way that takes any types and any characters."""
    data = record.data
    has_escapes = b"\\" in data or b"\xef\xbf" in data
    if not has_escapes or _DOUBTFUL.search(data) is None:
        try:
            return _DOCUMENT.decode(data)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            return forgiven(data, record.line, report)
    return forgiven(data, record.line, report)
