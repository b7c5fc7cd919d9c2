"""Files to shards: chunks of input are converted in worker processes, each to one N-Triples file a part.

Chunks depend on the inputs only and shards are used in the order of the inputs, so the number of workers changes
nothing in the output. A paper that two inputs describe is taken from the first of them.
"""

import multiprocessing
import os
from collections import Counter, deque
from collections.abc import Iterator, Mapping
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from hashlib import sha256
from itertools import count
from pathlib import Path
from typing import BinaryIO

from rdfgen.errors import InputError, LitlodError
from rdfgen.iris import Iris
from rdfgen.model import Paper
from rdfgen.ntriples import lines
from rdfgen.readers import HEAD_BYTES, reader_for
from rdfgen.report import Entry, Report
from rdfgen.sources import opened, salvaged
from rdfgen.triples import PARTS

CHUNK_BYTES = 4 << 20
CHUNK_FILES = 256
_MAX_WORKER_DEATHS = 3


@dataclass(frozen=True, slots=True)
class Chunk:
    """Inputs converted together: (path as the user gave it, where its bytes are), and the folder for the shard.

    `left_out` are the numbers, from 0, of papers that came before, in this chunk or another.
    """

    inputs: tuple[tuple[str, str], ...]
    size: int
    folder: str
    base: str
    left_out: frozenset[int] = frozenset()


@dataclass(slots=True)
class Shard:
    """What became of one chunk: the papers, each with the input it is from, and the report."""

    chunk: Chunk
    papers: list[tuple[str, str]] = field(default_factory=list)
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
    """The shards of the chunks, in their order, made by that many processes; no paper is in two of them."""
    seen: set[bytes] = set()
    shards = map(convert_chunk, planned) if jobs <= 1 or len(planned) <= 1 else _in_processes(planned, jobs)
    for shard in shards:
        doubles = _doubles(shard, seen)
        yield _without(shard, doubles) if doubles else shard


def _doubles(shard: Shard, seen: set[bytes]) -> frozenset[int]:
    """The numbers of the shard's papers that were seen before; sixteen bytes of a hash stand for each paper, for with
    fewer two of many millions might be taken for one.
    """
    doubles = set()
    for number, (iri, _) in enumerate(shard.papers):
        key = sha256(iri.encode()).digest()[:16]
        if key in seen:
            doubles.add(number)
        seen.add(key)
    return frozenset(doubles)


def _without(shard: Shard, doubles: frozenset[int]) -> Shard:
    """The shard made again without some papers, each of which the report names."""
    again = convert_chunk(replace(shard.chunk, left_out=doubles))
    for number in sorted(doubles):
        iri, path = shard.papers[number]
        report = Report(path)
        report.skip(0, "a paper that another input, which is taken, describes too", iri)
        again.entries += report.entries
    return again


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
    shard, iris = Shard(chunk), Iris(chunk.base)
    shared: dict[str, set[str]] = {name: set() for name, part in PARTS.items() if part.is_shared}
    number = count()
    with ExitStack() as stack:
        files = {name: stack.enter_context(open(shard.path(name), "wb")) for name in PARTS if name not in shared}
        for path, location in chunk.inputs:
            report = Report(path)
            for paper in papers(location, report):
                if next(number) not in chunk.left_out:
                    shard.papers.append((iris.paper(paper), path))
                    shard.counts.update(papers=1, annotations=len(paper.annotations))
                    _write_paper(paper, iris, files, shared)
            shard.entries += report.entries
    for name, collected in shared.items():
        shard.path(name).write_bytes("".join(sorted(collected)).encode())
    return shard


def _write_paper(paper: Paper, iris: Iris, files: Mapping[str, BinaryIO], shared: Mapping[str, set[str]]) -> None:
    for name, part in PARTS.items():
        found = lines(part.triples(paper, iris))
        if name in shared:
            shared[name].update(found)
        else:
            files[name].write("".join(dict.fromkeys(found)).encode())


def papers(location: str, report: Report) -> Iterator[Paper]:
    """The papers in one file; a file that cannot be read, or only in part, is reported and no exception."""
    try:
        with opened(location) as stream:
            readable = salvaged(stream, lambda error: report.skip(0, f"cannot be read further; what came before is kept: {error}"))
            reader = reader_for(readable.peek(HEAD_BYTES)[:HEAD_BYTES])
            if reader is not None:
                yield from reader.read(readable, report)
            elif readable.peek(1):
                report.skip(0, "not a format that can be read here (litlod convert --help lists them)")
            elif not report.entries:
                report.skip(0, "an empty file")
    except InputError as error:
        report.skip(0, f"cannot be read: {error.__cause__}")
