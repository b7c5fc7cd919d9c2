"""What is different between two releases: the triples that came and those that went, with the parts they belong to."""

import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from rdfgen.exports.sorting import sorted_lines
from rdfgen.release.dumps import GRAPHS, QUAD_DUMPS, TRIPLE_DUMPS, WHOLE
from rdfgen.release.manifest import Manifest
from rdfgen.sources import opened

# Stands between a line and its part while they are sorted; N-Triples escapes it.
_MARK = b"\0"


class Change(NamedTuple):
    """A line of N-Triples, or of N-Quads for a named graph, that only one of two releases has, and its part there."""

    is_added: bool
    part: str
    line: bytes


@dataclass(slots=True)
class Counts:
    """How many lines came and went, by part and predicate, and how many stayed."""

    added: Counter[tuple[str, str]] = field(default_factory=Counter)
    removed: Counter[tuple[str, str]] = field(default_factory=Counter)
    same: int = 0

    def add(self, change: Change) -> None:
        """Count a change."""
        row = change.part, predicate(change.line)
        (self.added if change.is_added else self.removed)[row] += 1


def predicate(line: bytes) -> str:
    """The predicate's IRI of a line.

    >>> predicate(b'_:b <http://example.org/p> "a b" .')
    'http://example.org/p'
    """
    return line.split(b" ", 2)[1][1:-1].decode()


def has_graphs(*manifests: Manifest) -> bool:
    """Whether any of the releases has named graphs from its inputs, so that the changes are quads."""
    return any(file.part == GRAPHS for manifest in manifests for file in manifest.dumps())


def changes(old: tuple[Path, Manifest], new: tuple[Path, Manifest], counts: Counts, progress: Callable[[int], object]) -> Iterator[Change]:
    """All changes from one release to another in the order of their bytes, in flat memory; takes temporary space on disk.

    The releases are given by folder and manifest; `progress` is called with the number of bytes that were read of dumps.
    """
    with tempfile.TemporaryDirectory(prefix="litlod-diff-") as scratch:
        one, other = (_sorted_parts(release, Path(scratch) / name, progress) for release, name in ((old, "old"), (new, "new")))
        for change in compared(one, other, counts):
            counts.add(change)
            yield change


def _sorted_parts(release: tuple[Path, Manifest], work: Path, progress: Callable[[int], object]) -> Iterator[tuple[bytes, str]]:
    work.mkdir()
    yield from _unmarked(sorted_lines(_marked_lines(*release, progress), work))


def compared(old: Iterator[tuple[bytes, str]], new: Iterator[tuple[bytes, str]], counts: Counts) -> Iterator[Change]:
    """The changes from one list of lines to another, both sorted, each line with its part."""
    one, other = next(old, None), next(new, None)
    while one is not None or other is not None:
        if other is None or (one is not None and one[0] < other[0]):
            assert one is not None
            yield Change(False, one[1], one[0])
            one = next(old, None)
        elif one is None or other[0] < one[0]:
            yield Change(True, other[1], other[0])
            other = next(new, None)
        else:
            counts.same += 1
            one, other = next(old, None), next(new, None)


def dump_bytes(manifest: Manifest) -> int:
    """How many bytes of dumps `changes` reads of a release."""
    return sum(file.bytes for file in manifest.dumps() if _is_read(file.path, file.part))


def _is_read(path: str, part: str | None) -> bool:
    return part != WHOLE and path.endswith(f".{QUAD_DUMPS[0] if part == GRAPHS else TRIPLE_DUMPS[0]}")


def _marked_lines(folder: Path, manifest: Manifest, progress: Callable[[int], object]) -> Iterator[bytes]:
    for file in manifest.dumps():
        if file.part is not None and _is_read(file.path, file.part):
            mark = _MARK + file.part.encode() + b"\n"
            with opened(folder / file.path) as dump:
                for line in dump:
                    yield line[:-1] + mark
            progress(file.bytes)


def _unmarked(lines: Iterator[bytes]) -> Iterator[tuple[bytes, str]]:
    for line in lines:
        text, _, part = line.rpartition(_MARK)
        yield text + b"\n", part[:-1].decode()
