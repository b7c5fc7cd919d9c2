"""Sorting more lines than memory holds: sorted runs in compressed files, merged."""

import heapq
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from itertools import count, islice
from pathlib import Path
from typing import BinaryIO

from rdfgen.formats import compressed
from rdfgen.sources import opened

_RUN_BYTES = 64 << 20
_FAN_IN = 32
_AT_A_TIME = 1000


def sorted_lines(lines: Iterable[bytes], folder: Path, run_bytes: int = _RUN_BYTES) -> Iterator[bytes]:
    """The lines, each with its line end, in the order of their bytes; `folder`, empty at first, is for the work.

    At most about `run_bytes` of them are in memory at a time.
    """
    runs = _runs(lines, folder, run_bytes)
    for level in count():
        if len(runs) <= _FAN_IN:
            break
        groups = [runs[first : first + _FAN_IN] for first in range(0, len(runs), _FAN_IN)]
        runs = [_written(_merged(group), folder / f"merge-{level}-{number}.zst") for number, group in enumerate(groups)]
    yield from _merged(runs)


def _runs(lines: Iterable[bytes], folder: Path, run_bytes: int) -> list[Path]:
    runs: list[Path] = []
    held: list[bytes] = []
    size = 0
    for line in lines:
        held.append(line)
        size += len(line)
        if size >= run_bytes:
            runs.append(_written(sorted(held), folder / f"run-{len(runs)}.zst"))
            held, size = [], 0
    if held:
        runs.append(_written(sorted(held), folder / f"run-{len(runs)}.zst"))
    return runs


def write_lines(lines: Iterable[bytes], target: BinaryIO) -> None:
    """Write lines, many at a time, because compressors take their time for each piece."""
    rest = iter(lines)
    while piece := b"".join(islice(rest, _AT_A_TIME)):
        target.write(piece)


def _written(lines: Iterable[bytes], path: Path) -> Path:
    with open(path, "wb") as file, compressed(file, path.name, 1) as target:
        write_lines(lines, target)
    return path


def _merged(paths: list[Path]) -> Iterator[bytes]:
    """The lines of sorted files in order; the files are removed in the end."""
    with ExitStack() as stack:
        yield from heapq.merge(*(stack.enter_context(opened(path)) for path in paths))
    for path in paths:
        path.unlink()
