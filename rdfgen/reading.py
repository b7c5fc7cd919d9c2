"""Inputs to records: files are grouped into chunks, and each chunk is read to a folder of records."""

import os
from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import BinaryIO

from rdfgen.cache import Work, made
from rdfgen.errors import InputError
from rdfgen.model import Paper
from rdfgen.readers import HEAD_BYTES, Reader, reader_for
from rdfgen.records import RecordWriter
from rdfgen.report import Report
from rdfgen.sources import file_sha256, in_utf8, opened, salvaged

CHUNK_BYTES = 4 << 20
CHUNK_FILES = 256
# A chunk ends, too, before an input whose checksum says so: then one more input changes few other chunks.
_BOUNDARY = 32

_UNKNOWN = "not a format of papers (litlod convert --help lists them); reference data need --concepts before each file, SSSOM --mappings"


@dataclass(frozen=True, slots=True)
class Input:
    """One file: its path as the user gave it, where its bytes are, and their SHA-256 sum where that is known."""

    path: str
    location: str
    sha256: str = ""


@dataclass(frozen=True, slots=True)
class Chunk:
    """Inputs that are read together, and the folder for their records."""

    inputs: tuple[Input, ...]
    size: int
    folder: str

    @property
    def paths(self) -> tuple[str, ...]:
        """The inputs' paths."""
        return tuple(one.path for one in self.inputs)


def chunks(inputs: Iterable[Input], work: Work) -> list[Chunk]:
    """The inputs in groups of at most CHUNK_FILES files and about CHUNK_BYTES bytes, in their order."""
    groups: list[list[Input]] = []
    sizes: list[int] = []
    for one in inputs:
        size = os.path.getsize(one.location) if os.path.isfile(one.location) else 0
        starts_one = one.sha256 != "" and int(one.sha256[:4], 16) % _BOUNDARY == 0
        if not groups or starts_one or len(groups[-1]) >= CHUNK_FILES or sizes[-1] + size > CHUNK_BYTES:
            groups.append([])
            sizes.append(0)
        groups[-1].append(one)
        sizes[-1] += size
    return [
        Chunk(tuple(group), size, work.place("read", number, (one.sha256 for one in group)))
        for number, (group, size) in enumerate(zip(groups, sizes, strict=True))
    ]


def read_chunk(chunk: Chunk) -> None:
    """Read one chunk into its folder."""
    made(Path(chunk.folder), partial(_read_into, chunk))


def _read_into(chunk: Chunk, folder: Path) -> None:
    with closing(RecordWriter(folder)) as writer:
        for one in chunk.inputs:
            report = Report(one.path, drain=writer.drain)
            writer.start_source()
            for paper in papers(one.location, report):
                writer.add(paper)
                writer.drain(report)
            writer.drain(report)
            if one.sha256 and file_sha256(one.location) != one.sha256:
                raise InputError(f"{one.path}: error: the file changed while it was read; build again when nobody writes it")


def _read(reader: Reader, stream: BinaryIO, report: Report) -> Iterator[Paper]:
    """What the reader finds; that it finds nothing is worth a line."""
    found = reader.read(stream, report)
    first = next(found, None)
    if first is not None:
        yield first
        yield from found
    elif not report.entries:
        report.suspect(0, f"no paper in this file, which was read as {reader.name}")


def papers(location: str, report: Report) -> Iterator[Paper]:
    """The papers in one file; a file that cannot be read, or only in part, is reported and no exception."""
    try:
        with opened(location) as stream:
            readable = salvaged(stream, lambda error: report.skip(0, f"cannot be read further; what came before is kept: {error}"))
            readable = in_utf8(readable)
            reader = reader_for(readable.peek(HEAD_BYTES)[:HEAD_BYTES])
            if reader is not None:
                yield from _read(reader, readable, report)
            elif readable.peek(1):
                report.skip(0, _UNKNOWN)
            elif not report.entries:
                report.skip(0, "an empty file")
    except InputError as error:
        report.skip(0, f"cannot be read: {error.__cause__}")
