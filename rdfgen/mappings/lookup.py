"""Which subjects and lines a sorted N-Triples file holds, without reading it into memory."""

import mmap
from pathlib import Path


class SortedLines:
    """A sorted file, searched by bisection; to be closed."""

    def __init__(self, path: Path) -> None:
        self._file = open(path, "rb")  # noqa: SIM115  # closed with the object
        self._data = mmap.mmap(self._file.fileno(), 0, access=mmap.ACCESS_READ) if path.stat().st_size else b""

    def close(self) -> None:
        """Let go of the file."""
        if isinstance(self._data, mmap.mmap):
            self._data.close()
        self._file.close()

    def holds(self, start: bytes) -> bool:
        """Whether a line starts with these bytes."""
        low, high = 0, len(self._data)
        while low < high:
            middle = (low + high) // 2
            begin = self._data.rfind(b"\n", low, middle) + 1 or low
            end = self._data.find(b"\n", middle) + 1 or len(self._data)
            if self._data[begin:end] < start:
                low = end
            else:
                high = begin
        return self._data[low : low + len(start)] == start and bool(start)
