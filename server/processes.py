"""The processes below this one, as Linux shows them in /proc."""

import os
from collections.abc import Iterator
from pathlib import Path

_PROC = Path("/proc")


def children_memory() -> int:
    """The resident bytes of all processes below this one together; 0 where the system does not tell."""
    return sum(_resident(pid) for pid in _below(os.getpid()))


def _below(pid: int) -> Iterator[int]:
    try:
        tasks = list((_PROC / str(pid) / "task").iterdir())
    except OSError:
        return
    for task in tasks:
        for child in _numbers(task / "children"):
            yield child
            yield from _below(child)


def _resident(pid: int) -> int:
    pages = _numbers(_PROC / str(pid) / "statm")[1:2]
    return sum(pages) * os.sysconf("SC_PAGE_SIZE")


def _numbers(path: Path) -> list[int]:
    """The numbers in a file of the kernel's; none if the process is gone."""
    try:
        return [int(word) for word in path.read_text(encoding="ascii").split()]
    except OSError:
        return []
