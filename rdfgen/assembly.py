"""Shards to parts: the whole N-Triples of one part, in an order that no number of workers changes."""

import heapq
import os
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import BinaryIO

from rdfgen.convert import Shard
from rdfgen.triples import PARTS

_FAN_IN = 64
_BLOCK = 1 << 20


def write_unshared(shard: Shard, part: str, target: BinaryIO) -> None:
    """Append the shard's triples of a part that papers do not share, without the papers that were dropped."""
    with open(shard.path(part), "rb") as file:
        for start, end in _merged_extents(span.extent[part] for span in shard.spans):
            file.seek(start)
            for position in range(start, end, _BLOCK):
                target.write(file.read(min(_BLOCK, end - position)))


def _merged_extents(extents: Iterable[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    start = end = 0
    for first, last in extents:
        if first != end:
            yield start, end
            start = first
        end = last
    yield start, end


def write_shared(paths: list[Path], target: BinaryIO) -> None:
    """Write the lines of sorted files in order, each once, in flat memory however many files there are."""
    with tempfile.TemporaryDirectory(prefix="litlod-merge-") as folder:
        while len(paths) > _FAN_IN:
            groups = [paths[first : first + _FAN_IN] for first in range(0, len(paths), _FAN_IN)]
            paths = [_merged_file(group, Path(folder) / f"{len(paths)}-{number}") for number, group in enumerate(groups)]
        for line in _merged_lines(paths):
            target.write(line)


def _merged_file(paths: list[Path], result: Path) -> Path:
    with open(result, "wb") as file:
        file.writelines(_merged_lines(paths))
    return result


def _merged_lines(paths: list[Path]) -> Iterator[bytes]:
    with ExitStack() as stack:
        last = b""
        for line in heapq.merge(*(stack.enter_context(open(path, "rb")) for path in paths)):
            if line != last:
                yield line
                last = line


def write_all(shards: Iterable[Shard], target: BinaryIO) -> None:
    """Write all triples of all shards as one N-Triples stream; shards are deleted as soon as they are used."""
    shared: dict[str, list[Path]] = {name: [] for name, part in PARTS.items() if part.is_shared}
    for shard in shards:
        for name in PARTS:
            if name in shared:
                shared[name].append(shard.path(name))
            else:
                write_unshared(shard, name, target)
                os.unlink(shard.path(name))
    for paths in shared.values():
        write_shared(paths, target)
