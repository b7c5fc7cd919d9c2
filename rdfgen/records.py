"""Papers as they were read, on disk: what one chunk of input holds, before anything is merged.

A folder has `papers` (MessagePack, one paper after the other), `index` (where each is, a checksum, and the input it is
from), `links` (what each paper is known by), `report.jsonl` and `sources.json`.
"""

import json
import os
import struct
import weakref
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from zlib import crc32

import msgspec

from rdfgen.errors import LitlodError
from rdfgen.iris import paper_key
from rdfgen.model import Link, Paper
from rdfgen.report import Entry, Kind, Report, SourceCounts

_ROW = struct.Struct("<QIII")
_ENCODER = msgspec.msgpack.Encoder()
_DECODER = msgspec.msgpack.Decoder(Paper)
_LINKING = ("PMCID", "PMID", "DOI")
# What a notice says of another paper, and what the other paper would say itself.
_IMPLIED = {"retracts": "retracted_by", "corrects": "corrected_by"}


def link_keys(paper: Paper) -> list[str]:
    """What the paper is known by; papers with a key in common are one. Without identifiers it is known by its source.

    >>> from rdfgen.model import Reference, Source
    >>> link_keys(Paper((Source("ab"),), (Reference("DOI", "10.1000/ABC"), Reference("PMID", "1"))))
    ['DOI:10.1000/abc', 'PMID:1']
    """
    found = [str(one) for one in paper.identifiers if one.prefix in _LINKING]
    if not found:
        return [paper_key(paper)]
    return [f"DOI:{key[4:].lower()}" if key.startswith("DOI:") else key for key in found]


def implied_papers(paper: Paper) -> Iterator[Paper]:
    """What the paper says of others that these should say too: a retraction notice makes its object a retracted paper."""
    own = next((one for prefix in ("PMID", "PMCID", "DOI") for one in paper.identifiers_of(prefix)), None)
    for link in paper.links:
        if own is not None and link.kind in _IMPLIED and link.reference.prefix in _LINKING:
            yield Paper(
                paper.sources,
                (link.reference,),
                is_retracted=link.kind == "retracts",
                links=(Link(_IMPLIED[link.kind], own),),
                is_link=True,
            )


class RecordWriter:
    """Writes a folder of records; papers must be added in the order of the inputs, which are counted from 0."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._papers = open(folder / "papers", "wb")  # noqa: SIM115  # closed in close()
        self._index = open(folder / "index", "wb")  # noqa: SIM115
        self._links = open(folder / "links", "w", encoding="utf-8", errors="backslashreplace", newline="\n")  # noqa: SIM115
        self._report = open(folder / "report.jsonl", "w", encoding="utf-8", errors="backslashreplace", newline="\n")  # noqa: SIM115
        self._number = 0
        self._offset = 0
        self._sources: list[SourceCounts] = []

    def start_source(self) -> None:
        """Begin with the next input."""
        self._sources.append(SourceCounts())

    def add(self, paper: Paper) -> None:
        """Add a paper, and what it says of others."""
        self._sources[-1].add(paper)
        self._write(paper)
        for implied in implied_papers(paper):
            self._write(implied)

    def _write(self, paper: Paper) -> None:
        data = _ENCODER.encode(paper)
        self._papers.write(data)
        self._index.write(_ROW.pack(self._offset, len(data), crc32(data), len(self._sources) - 1))
        for key in dict.fromkeys(link_keys(paper)):
            self._links.write(f"{self._number}\t{key}\n")
        self._offset += len(data)
        self._number += 1

    def drain(self, report: Report) -> None:
        """Write out the entries of the report so far, so that it does not grow."""
        for entry in report.entries:
            self._sources[-1].kinds[entry.kind] += 1
            row = (len(self._sources) - 1, entry.line, entry.kind, entry.reason, entry.text)
            self._report.write(json.dumps(row, ensure_ascii=False) + "\n")
        report.entries.clear()

    def close(self) -> None:
        """Finish the files."""
        for file in (self._papers, self._index, self._links, self._report):
            file.close()
        (self._folder / "sources.json").write_bytes(msgspec.json.encode(self._sources))


class Records:
    """The papers of a folder, each by its number from 0; what is read is not kept."""

    def __init__(self, folder: str) -> None:
        self._folder = folder
        self._index = self._opened("index")
        self._papers = self._opened("papers")

    def _opened(self, name: str) -> int:
        """The descriptor of a file, closed when nobody needs these records any more."""
        descriptor = os.open(os.path.join(self._folder, name), os.O_RDONLY | os.O_CLOEXEC)
        weakref.finalize(self, os.close, descriptor)
        return descriptor

    def _row(self, number: int) -> tuple[int, int, int, int]:
        offset, length, checksum, source = _ROW.unpack(os.pread(self._index, _ROW.size, number * _ROW.size))
        return offset, length, checksum, source

    def size(self, number: int) -> int:
        """How many bytes the paper takes here."""
        return self._row(number)[1]

    def source(self, number: int) -> int:
        """The number of the input that the paper is from."""
        return self._row(number)[3]

    def paper(self, number: int) -> Paper:
        """The paper; LitlodError if the bytes are not those that were written."""
        offset, length, checksum, _ = self._row(number)
        data = os.pread(self._papers, length, offset)
        if crc32(data) != checksum:
            raise LitlodError(f"{self._folder}: error: damaged records; run: litlod cache --clear, and build again")
        return _DECODER.decode(data)


@lru_cache(maxsize=64)
def opened_records(folder: str) -> Records:
    """The records of a folder, kept open because neighbours are asked for together."""
    return Records(folder)


def record_count(folder: str) -> int:
    """How many records a folder has."""
    return os.path.getsize(os.path.join(folder, "index")) // _ROW.size


def read_links(folder: Path) -> Iterator[tuple[int, str]]:
    """Number and key of each of a folder's links."""
    with open(folder / "links", encoding="utf-8", newline="\n") as file:
        for line in file:
            number, _, key = line[:-1].partition("\t")
            yield int(number), key


def read_report(folder: Path, paths: tuple[str, ...]) -> Iterator[Entry]:
    """The entries of a folder's report, with the paths of the inputs as they are called now."""
    with open(folder / "report.jsonl", encoding="utf-8", newline="\n") as file:
        for line in file:
            source, number, kind, reason, text = json.loads(line)
            yield Entry(paths[source], number, Kind(kind), reason, text)


def read_sources(folder: Path) -> list[SourceCounts]:
    """The counts of each input of a folder."""
    return msgspec.json.decode((folder / "sources.json").read_bytes(), type=list[SourceCounts], dec_hook=lambda kind, value: kind(value))
