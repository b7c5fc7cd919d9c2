"""Papers that were published once: what a release has and the next one has not is put on a list that outlives both.

The list says nothing of papers that are back; whoever asks looks into the current release first. So it may only grow, and a cut
between its writing and the publication does no harm.
"""

import heapq
import logging
import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import BinaryIO

from rdfgen.release.durable import sync_folder
from rdfgen.release.names import PAPERS, all_names, file_count
from rdfgen.sources import DECOMPRESSION_ERRORS

log = logging.getLogger(__name__)

WITHDRAWN = "withdrawn.txt"


def note_withdrawn(root: Path, old: Path, new: Path) -> None:
    """Put the papers of one release that another lacks, which will take its place, on the data directory's list.

    A release that is damaged, or of an earlier version without a list of its papers, adds nothing.
    """
    if old == new or not file_count(old, PAPERS) or not file_count(new, PAPERS):
        return
    try:
        gone = next(missing(all_names(old, PAPERS), all_names(new, PAPERS)), None)
        if gone is not None:
            _add(root / WITHDRAWN, missing(all_names(old, PAPERS), all_names(new, PAPERS)))
    except DECOMPRESSION_ERRORS as error:
        log.warning("%s: error: a list of papers cannot be read (%s); papers that it alone had are not known to be withdrawn", old, error)


def missing(old: Iterable[bytes], new: Iterable[bytes]) -> Iterator[bytes]:
    """What one sorted list has and the other has not.

    >>> list(missing([b"a", b"b", b"c"], [b"b"]))
    [b'a', b'c']
    """
    others = iter(new)
    other = next(others, None)
    for name in old:
        while other is not None and other < name:
            other = next(others, None)
        if name != other:
            yield name


def _add(path: Path, names: Iterator[bytes]) -> None:
    """Merge sorted names into the sorted list, in one step and flat memory."""
    path.touch()
    new = path.with_name(f".{path.name}-new")
    with open(path, "rb") as listed, open(new, "wb") as file:
        last = b""
        for line in heapq.merge(listed, (name + b"\n" for name in names)):
            if line != last:
                file.write(line)
            last = line
        file.flush()
        os.fsync(file.fileno())
    os.replace(new, path)
    sync_folder(path.parent)


def is_withdrawn(root: Path, name: str) -> bool:
    """Whether a paper of that name is on the list; a few reads, however long the list is."""
    try:
        with open(root / WITHDRAWN, "rb") as file:
            return _has_line(file, name.encode(errors="replace") + b"\n")
    except FileNotFoundError:
        return False


def _has_line(file: BinaryIO, wanted: bytes) -> bool:
    """Whether a sorted file has that line, by halving where it can begin."""
    low, high = 0, file.seek(0, os.SEEK_END)
    while low < high:
        file.seek((low + high) // 2)
        file.readline()
        start = file.tell()
        if start >= high:  # The last lines, one after the other.
            file.seek(low)
            start = low
        line = file.readline()
        if line == wanted:
            return True
        low, high = (file.tell(), high) if line < wanted else (low, start)
    return False
