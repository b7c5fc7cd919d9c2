"""Shards to parts: the whole N-Triples of one part, in an order that no number of workers changes."""

import heapq
import shutil
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack
from itertools import count
from pathlib import Path
from typing import BinaryIO

from rdfgen.shards import Shard
from rdfgen.sources import opened
from rdfgen.triples import PARTS

_FAN_IN = 32


def write_parts(shards: Iterable[Shard], targets: Mapping[str, BinaryIO], folder: Path) -> None:
    """Write the triples of all shards, each part to its target.

    Parts that papers do not share are written as the shards come, the others at the end; `folder` is for the work.
    """
    shared: dict[str, list[Path]] = {name: [] for name, part in PARTS.items() if part.is_shared}
    for shard in shards:
        for name in PARTS:
            if name in shared:
                shared[name].append(shard.path(name))
            else:
                _copy(shard.path(name), targets[name])
    for name, paths in shared.items():
        _write_merged(paths, targets[name], folder)


def _copy(path: Path, target: BinaryIO) -> None:
    with opened(path) as file:
        shutil.copyfileobj(file, target, 1 << 20)


def _write_merged(paths: list[Path], target: BinaryIO, folder: Path) -> None:
    """Write the lines of sorted files in order, each once, in flat memory however many files there are."""
    for level in count():
        if len(paths) <= _FAN_IN:
            break
        groups = [paths[first : first + _FAN_IN] for first in range(0, len(paths), _FAN_IN)]
        paths = [_merged_file(group, folder / f"merge-{level}-{number}") for number, group in enumerate(groups)]
    for line in _merged_lines(paths):
        target.write(line)


def _merged_file(paths: list[Path], result: Path) -> Path:
    with open(result, "wb") as file:
        file.writelines(_merged_lines(paths))
    return result


def _merged_lines(paths: list[Path]) -> Iterator[bytes]:
    with ExitStack() as stack:
        last = b""
        for line in heapq.merge(*(stack.enter_context(opened(path)) for path in paths)):
            if line != last:
                yield line
                last = line
