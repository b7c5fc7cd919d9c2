"""Files to shards, in two steps: chunks of input are read to records, and the records of each paper become triples.

Both steps run in worker processes and leave folders named by what they are made from, so that what is there already need
not be made again. Chunks depend on the inputs only and shards come in the order of the inputs, so neither the number of
workers nor what was kept from before changes anything in the output.
"""

from collections.abc import Callable, Generator
from pathlib import Path

from rdfgen.cache import Work
from rdfgen.reading import Chunk, read_chunk
from rdfgen.records import read_report, read_sources, record_count
from rdfgen.report import Totals
from rdfgen.shards import Options, Shard, shard_tasks, write_shard
from rdfgen.workers import mapped

# Told how much of a total is done: (total, unit, what is going on) -> a function that takes each amount.
Progress = Callable[[int, str, str], Callable[[int], object]]


def converted(
    planned: list[Chunk], options: Options, work: Work, jobs: int, totals: Totals, progress: Progress
) -> Generator[Shard, None, None]:
    """The shards of the papers in the chunks, made by that many processes; what the report needs is added to the totals."""
    advance = progress(sum(chunk.size for chunk in planned), "B", "reading")
    for chunk, _ in zip(planned, mapped(read_chunk, planned, min(jobs, len(planned))), strict=True):
        advance(chunk.size)
    for chunk in planned:
        _add_report(totals, chunk)
    advance = progress(sum(record_count(chunk.folder) for chunk in planned), "record", "writing")
    for shard in mapped(write_shard, shard_tasks(planned, options, work), jobs):
        advance(shard.records)
        totals.add(shard.counts, shard.entries)
        yield shard


def _add_report(totals: Totals, chunk: Chunk) -> None:
    folder = Path(chunk.folder)
    for path, counts in zip(chunk.paths, read_sources(folder), strict=True):
        counts.path = path
        totals.add_source(counts)
    totals.add({}, read_report(folder, chunk.paths))
