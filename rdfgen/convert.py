"""Files to shards: chunks of input are converted in worker processes, each to one N-Triples file a part.

Chunks depend on the inputs only and shards are used in the order of the inputs, so the number of workers changes
nothing in the output. A paper that two inputs describe is taken from the first of them.
"""

import hashlib
import multiprocessing
import os
from collections import Counter, deque
from collections.abc import Iterator, Mapping
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

from rdfgen.errors import InputError, LitlodError
from rdfgen.iris import Iris
from rdfgen.model import Paper
from rdfgen.ntriples import lines
from rdfgen.readers import HEAD_BYTES, reader_for
from rdfgen.report import Entry, Report
from rdfgen.sources import DecompressionError, opened
from rdfgen.triples import PARTS

CHUNK_BYTES = 4 << 20
CHUNK_FILES = 256
_MAX_WORKER_DEATHS = 3


@dataclass(frozen=True, slots=True)
class Chunk:
    """Inputs converted together: (path as the user gave it, where its bytes are), and the folder for the shard."""

    inputs: tuple[tuple[str, str], ...]
    size: int
    folder: str
    base: str


@dataclass(frozen=True, slots=True)
class Span:
    """Where the triples of one paper lie in the shard's files of unshared parts: (start, end) in bytes."""

    paper: str
    place: str
    annotations: int
    extent: dict[str, tuple[int, int]]


@dataclass(slots=True)
class Shard:
    """What became of one chunk."""

    chunk: Chunk
    spans: list[Span] = field(default_factory=list)
    entries: list[Entry] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)

    def path(self, part: str) -> Path:
        """The shard's N-Triples file of one part; shared parts are sorted and hold no line twice."""
        return Path(self.chunk.folder) / f"{part}.nt"


def chunks(inputs: list[tuple[str, str]], folder: Path, base: str) -> list[Chunk]:
    """The inputs in groups of at most CHUNK_FILES files and about CHUNK_BYTES bytes, in their order."""
    groups: list[list[tuple[str, str]]] = []
    sizes: list[int] = []
    for path, location in inputs:
        size = os.path.getsize(location) if os.path.isfile(location) else 0
        if not groups or len(groups[-1]) >= CHUNK_FILES or sizes[-1] + size > CHUNK_BYTES:
            groups.append([])
            sizes.append(0)
        groups[-1].append((path, location))
        sizes[-1] += size
    return [
        Chunk(tuple(files), size, str(folder / f"shard-{number:06}"), base)
        for number, (files, size) in enumerate(zip(groups, sizes, strict=True))
    ]


def converted(planned: list[Chunk], jobs: int) -> Iterator[Shard]:
    """The shards of the chunks, in their order, made by that many processes."""
    seen: set[str] = set()
    shards = map(convert_chunk, planned) if jobs <= 1 or len(planned) <= 1 else _in_processes(planned, jobs)
    for shard in shards:
        _drop_known_papers(shard, seen)
        yield shard


def _drop_known_papers(shard: Shard, seen: set[str]) -> None:
    kept = []
    for span in shard.spans:
        if span.paper in seen:
            report = Report(span.place)
            report.skip(0, "a paper that an earlier input describes already", span.paper)
            shard.entries += report.entries
            shard.counts.subtract({"papers": 1, "annotations": span.annotations})
        else:
            seen.add(span.paper)
            kept.append(span)
    shard.spans = kept


def _in_processes(planned: list[Chunk], jobs: int) -> Iterator[Shard]:
    """As `map` over worker processes; the chunks of a worker that dies are converted again."""
    waiting = deque(planned)
    deaths = 0
    while waiting:
        try:
            yield from _in_one_pool(waiting, jobs)
        except BrokenProcessPool as error:
            deaths += 1
            if deaths > _MAX_WORKER_DEATHS:
                raise LitlodError(f"worker processes died {deaths} times: is there enough memory? try --jobs 1") from error


def _in_one_pool(waiting: deque[Chunk], jobs: int) -> Iterator[Shard]:
    context = multiprocessing.get_context("forkserver" if "forkserver" in multiprocessing.get_all_start_methods() else "spawn")
    others = set(multiprocessing.active_children())
    with ProcessPoolExecutor(jobs, mp_context=context) as pool:
        try:
            yield from _pooled(pool, waiting, 2 * jobs)
        except BrokenProcessPool:
            # The pool waits for all of its workers, but does not end one that was starting when another died.
            for worker in set(multiprocessing.active_children()) - others:
                worker.kill()
            raise


def _pooled(pool: ProcessPoolExecutor, waiting: deque[Chunk], ahead: int) -> Iterator[Shard]:
    """Takes a chunk from `waiting` only when its shard is there, so that whoever is left can be tried again."""
    running: deque[Future[Shard]] = deque()
    while waiting:
        while len(running) < min(ahead, len(waiting)):
            running.append(_submitted(pool, waiting[len(running)]))
        shard = running.popleft().result()
        waiting.popleft()
        yield shard


def _submitted(pool: ProcessPoolExecutor, chunk: Chunk) -> Future[Shard]:
    try:
        return pool.submit(convert_chunk, chunk)
    except (OSError, EOFError) as error:  # a worker died while it was starting
        raise BrokenProcessPool(str(error)) from error


def convert_chunk(chunk: Chunk) -> Shard:
    """Convert one chunk into its folder; whatever an earlier, killed attempt left there is overwritten."""
    os.makedirs(chunk.folder, exist_ok=True)
    shard = Shard(chunk)
    shared: dict[str, set[str]] = {name: set() for name, part in PARTS.items() if part.is_shared}
    with ExitStack() as stack:
        files = {name: stack.enter_context(open(shard.path(name), "wb")) for name in PARTS if name not in shared}
        for path, location in chunk.inputs:
            report = Report(path)
            for paper in papers(location, report):
                report.counts["papers"] += 1
                _write_paper(paper, shard, files, shared, path)
            shard.entries += report.entries
            shard.counts.update(report.counts)
    for name, collected in shared.items():
        shard.path(name).write_bytes("".join(sorted(collected)).encode())
    return shard


def _write_paper(paper: Paper, shard: Shard, files: Mapping[str, BinaryIO], shared: dict[str, set[str]], place: str) -> None:
    iris = Iris(shard.chunk.base)
    extent: dict[str, tuple[int, int]] = {}
    for name, file in files.items():
        start = file.tell()
        file.write("".join(dict.fromkeys(lines(PARTS[name].triples(paper, iris)))).encode())
        extent[name] = (start, file.tell())
    shard.spans.append(Span(iris.paper(paper), place, len(paper.annotations), extent))
    for name, collected in shared.items():
        collected.update(lines(PARTS[name].triples(paper, iris)))


def papers(location: str, report: Report) -> Iterator[Paper]:
    """The papers in one file; a file that cannot be read, or only in part, is reported and no exception."""
    try:
        with opened(location) as stream:
            head = stream.read(HEAD_BYTES)
        reader = reader_for(head)
        if reader is None:
            report.skip(0, "an empty file" if not head else "not a format that can be read here (litlod convert --help lists them)")
            return
        with opened(location) as stream:
            yield from reader.read(stream, report)
    except InputError as error:
        report.skip(0, f"cannot be read: {error.__cause__}")
    except DecompressionError as error:
        report.skip(0, f"compressed data that is damaged or cut; what came before is kept: {error}")


def file_sha256(path: str | Path) -> str:
    """The SHA-256 sum of a file's bytes, in hexadecimal."""
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
