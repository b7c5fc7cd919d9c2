"""The one table of RDF formats, and writing them so that the same triples give the same bytes."""

import gzip
import re
import shutil
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import BinaryIO, Generic, TypeVar, cast

import pyoxigraph
import zstandard
from pyoxigraph import QueryResultsFormat, RdfFormat

from rdfgen.errors import UsageError

Syntax = TypeVar("Syntax", RdfFormat, QueryResultsFormat)


@dataclass(frozen=True, slots=True)
class FormatRow(Generic[Syntax]):
    """One row: the short name, which is also the file extension, Oxigraph's object, and what else it goes by."""

    name: str
    syntax: Syntax
    further_media_types: tuple[str, ...] = ()
    names: tuple[str, ...] = ()

    @property
    def media_types(self) -> tuple[str, ...]:
        """All media types that stand for the format, its own first."""
        return self.syntax.media_type.partition(";")[0], *self.further_media_types

    @property
    def iri(self) -> str:
        """The format's name in the list of the W3C (https://www.w3.org/ns/formats/), whose names all begin with http."""
        return _OTHER_IRIS.get(self.name, self.syntax.iri)

    @property
    def content_type(self) -> str:
        """The media type for a response header; text types say their charset."""
        media_type = self.media_types[0]
        return f"{media_type}; charset=utf-8" if media_type.startswith("text/") else media_type


# Where Oxigraph goes by other names than the list.
_OTHER_IRIS = {"jsonld": "http://www.w3.org/ns/formats/JSON-LD"}
Format = FormatRow[RdfFormat]
ResultFormat = FormatRow[QueryResultsFormat]

_ROWS = (
    FormatRow("ttl", RdfFormat.TURTLE, ("application/turtle", "application/x-turtle", "text/n3", "text/rdf+n3"), ("turtle", "n3")),
    FormatRow("nt", RdfFormat.N_TRIPLES, ("text/ntriples",), ("ntriples", "n-triples")),
    FormatRow("jsonld", RdfFormat.JSON_LD, ("application/json",), ("json-ld", "json")),
    FormatRow("rdfxml", RdfFormat.RDF_XML, ("application/xml", "text/xml"), ("rdf", "rdf+xml", "xml", "owl")),
    FormatRow("nq", RdfFormat.N_QUADS, ("text/x-nquads",), ("nquads", "n-quads")),
    FormatRow("trig", RdfFormat.TRIG, ("application/x-trig",)),
)

_RESULT_ROWS = (
    FormatRow("json", QueryResultsFormat.JSON, ("application/json",)),
    FormatRow("xml", QueryResultsFormat.XML, ("application/xml", "text/xml"), ("rdf+xml",)),
    FormatRow("csv", QueryResultsFormat.CSV),
    FormatRow("tsv", QueryResultsFormat.TSV),
)

FORMATS: dict[str, Format] = {row.name: row for row in _ROWS}
RESULT_FORMATS: dict[str, ResultFormat] = {row.name: row for row in _RESULT_ROWS}
_BY_NAME: dict[str, Format] = {name: row for row in _ROWS for name in (row.name, *row.names)}
_COMPRESSION_EXTENSIONS = ("gz", "zst")


def format_named(name: str) -> Format:
    """The format of that name or extension; UsageError names those there are."""
    try:
        return _BY_NAME[name.casefold()]
    except KeyError:
        raise UsageError(f"unknown RDF format {name!r}: choose one of {', '.join(FORMATS)}") from None


def format_of_file(path: str) -> Format | None:
    """The format that a file's name stands for, compression extensions aside.

    >>> format_of_file("a/b.ttl.gz").name
    'ttl'
    """
    parts = path.rpartition("/")[2].casefold().split(".")
    while len(parts) > 1 and parts[-1] in _COMPRESSION_EXTENSIONS:
        parts.pop()
    return _BY_NAME.get(parts[-1]) if len(parts) > 1 else None


@contextmanager
def compressed(target: BinaryIO, name: str, level: int | None = None) -> Iterator[BinaryIO]:
    """A stream into `target`, compressed as the extension of `name` says, with no time or name in its header.

    `level` is the compressor's own; by default one that suits files to download.
    """
    if name.endswith(".gz"):
        with gzip.GzipFile(filename="", mode="wb", fileobj=target, compresslevel=level or 6, mtime=0) as stream:
            yield cast(BinaryIO, stream)
    elif name.endswith(".zst"):
        with zstandard.ZstdCompressor(level=level or 3, write_checksum=True).stream_writer(target, closefd=False) as stream:
            yield cast(BinaryIO, stream)
    else:
        yield target


def write_ntriples_as(ntriples: BinaryIO, target: BinaryIO, row: Format, prefixes: dict[str, str]) -> None:
    """Rewrite an N-Triples stream in another format, in the same order of triples."""
    if row.syntax == RdfFormat.N_TRIPLES:
        shutil.copyfileobj(ntriples, target, 1 << 20)
        return
    write_quads(pyoxigraph.parse(ntriples, format=RdfFormat.N_QUADS), target, row, prefixes)


def write_quads(quads: Iterable[pyoxigraph.Quad], target: BinaryIO, row: Format, prefixes: dict[str, str]) -> None:
    """Write quads in a format; those in named graphs need a format that has them (ValueError otherwise)."""
    header = _SortedHeader(target, row)
    items: Iterable[pyoxigraph.Quad] | Iterable[pyoxigraph.Triple] = quads
    if not row.syntax.supports_datasets:
        items = (quad.triple for quad in quads)
    pyoxigraph.serialize(items, header, format=row.syntax, prefixes=prefixes)  # type: ignore[arg-type]  # write() and flush() are enough
    header.finish()


class _SortedHeader:
    """Passes bytes on, but sorts the prefixes in the header, which Oxigraph writes in an order that differs each time."""

    def __init__(self, target: BinaryIO, row: Format) -> None:
        self._target = target
        self._header = _HEADERS.get(row.name)
        self._held = bytearray()

    def write(self, data: bytes) -> int:
        """Take some bytes."""
        if self._header is None:
            self._target.write(data)
            return len(data)
        self._held += data
        if self._header[0].search(self._held):
            self.finish()
        return len(data)

    def flush(self) -> None:
        """Do nothing: Oxigraph asks for it, and whoever owns the target flushes it."""

    def finish(self) -> None:
        """Write out what is still held back."""
        if self._header is not None:
            self._target.write(self._header[1](bytes(self._held)))
            self._header = None


def _sorted_turtle_header(data: bytes) -> bytes:
    lines = data.split(b"\n")
    count = next((number for number, line in enumerate(lines) if not line.startswith(b"@prefix ")), len(lines))
    gap = [b""] * (count > 0 and count < len(lines) and lines[count] != b"")
    return b"\n".join(sorted(lines[:count]) + gap + lines[count:])


def _sorted_xml_header(data: bytes) -> bytes:
    return re.sub(rb"<rdf:RDF([^>]*)>", lambda root: b"<rdf:RDF " + b" ".join(sorted(root[1].split())) + b">", data, count=1)


_TURTLE_HEADER_END = re.compile(rb"^(?!@prefix )[^@].*\n", re.MULTILINE)
# Format -> what ends its header, and the header with its prefixes sorted.
_HEADERS: dict[str, tuple[re.Pattern[bytes], Callable[[bytes], bytes]]] = {
    "ttl": (_TURTLE_HEADER_END, _sorted_turtle_header),
    "trig": (_TURTLE_HEADER_END, _sorted_turtle_header),
    "rdfxml": (re.compile(rb"<rdf:RDF[^>]*>"), _sorted_xml_header),
}
