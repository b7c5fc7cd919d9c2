"""Answers that are kept in files, so that they outlive the server; damaged files are no answers."""

import contextlib
import json
import logging
import os
import threading
from dataclasses import dataclass, field
from hashlib import sha256
from itertools import count
from pathlib import Path

from server.cache import Stored

log = logging.getLogger(__name__)

_UNFINISHED = ".unfinished-"
_SHARE = 16
_LARGEST = 1 << 20
_SUM = 32
# Once there is too much, so much goes that there is room for a while.
_AFTER_TRIMMING = 0.9


@dataclass(slots=True)
class DiskCache:
    """At most `limit` bytes of files in the folder, which belongs to one server; 0 keeps nothing.

    A file is its SHA-256, a line of JSON and the answer. It takes its name when it is finished, so that a server that is killed
    leaves no half of one. What cannot be read or written costs nothing but the answer that is not kept.
    """

    folder: Path
    limit: int
    _bytes: int = 0
    _is_open: bool = False
    _is_failing: bool = False
    _numbers: "count[int]" = field(default_factory=count)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def largest(self) -> int:
        """The most bytes that an answer may have; 0 if nothing is kept."""
        return min(_LARGEST, self.limit // _SHARE)

    def kept(self, release: str, key: str) -> Stored | None:
        """The answer that was kept under the key for that release."""
        if not self.limit:
            return None
        path = self._path(release, key)
        try:
            content = path.read_bytes()
            os.utime(path)
        except OSError:
            return None
        found = _read(content, key)
        if found is None:
            log.warning("%s: damaged; removed", path)
            self._remove(path, len(content))
        return found

    def keep(self, release: str, key: str, stored: Stored) -> None:
        """Keep an answer, if it is not too large."""
        if not 0 < len(stored.content) <= self.largest:
            return
        content = _written(stored, key)
        path = self._path(release, key)
        unfinished = self.folder / f"{_UNFINISHED}{os.getpid()}-{next(self._numbers)}"
        try:
            self._open()
            unfinished.write_bytes(content)
            with self._lock:
                self._bytes += len(content) - _size(path)
                os.replace(unfinished, path)
                if self._bytes > self.limit:
                    self._trim(release)
                self._is_failing = False
        except OSError as error:
            self._tell(error)
            with contextlib.suppress(OSError):
                unfinished.unlink()

    def clear(self) -> None:
        """Remove all files."""
        with self._lock:
            for path in self._files():
                path.unlink(missing_ok=True)
            self._bytes = 0

    def _path(self, release: str, key: str) -> Path:
        return self.folder / f"{release}-{sha256(key.encode('utf-8', 'surrogatepass')).hexdigest()}"

    def _open(self) -> None:
        """Make the folder, remove what a killed server left unfinished, and see how much there is."""
        with self._lock:
            if self._is_open:
                return
            self.folder.mkdir(parents=True, exist_ok=True)
            for path in self.folder.glob(f"{_UNFINISHED}*"):
                path.unlink(missing_ok=True)
            self._bytes = sum(map(_size, self._files()))
            self._is_open = True

    def _tell(self, error: OSError) -> None:
        """Log that answers cannot be kept, once until one can be."""
        with self._lock:
            was_failing, self._is_failing = self._is_failing, True
        if not was_failing:
            log.warning("%s: answers cannot be kept: %s; this is said once until it works again", self.folder, error.strerror)

    def _files(self) -> list[Path]:
        return [path for path in self.folder.glob("[!.]*") if path.is_file()]

    def _trim(self, release: str) -> None:
        """Remove what is of other releases, then what was used longest ago."""
        files = [(path.name.startswith(f"{release}-"), path.stat().st_mtime_ns, path.stat().st_size, path) for path in self._files()]
        self._bytes = sum(size for _, _, size, _ in files)
        for is_current, _, size, path in sorted(files):
            if is_current and self._bytes <= self.limit * _AFTER_TRIMMING:
                return
            path.unlink(missing_ok=True)
            self._bytes -= size

    def _remove(self, path: Path, size: int) -> None:
        with self._lock, contextlib.suppress(OSError):
            path.unlink()
            self._bytes = max(self._bytes - size, 0)


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return 0


def _written(stored: Stored, key: str) -> bytes:
    content = json.dumps([key, stored.form, stored.format]).encode() + b"\n" + stored.content
    return sha256(content).digest() + content


def _read(content: bytes, key: str) -> Stored | None:
    """The answer that a file holds; None if it is not the file that was written for the key."""
    if sha256(content[_SUM:]).digest() != content[:_SUM]:
        return None
    head, _, answer = content[_SUM:].partition(b"\n")
    try:
        found, form, name = json.loads(head)
    except ValueError:
        return None
    return Stored(form, name, answer) if found == key else None
