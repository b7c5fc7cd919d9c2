"""One writer at a time in a data directory: a lock that the system takes back when its holder ends, however that ends."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from rdfgen.errors import InputError, ReleaseError

_NAME_BYTES = 200


@contextmanager
def locked(path: Path, holder: str) -> Iterator[None]:
    """Keep others out; raises ReleaseError, which names who is in, if somebody is. `holder` is what they are told of us."""
    try:
        handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    except OSError as error:
        raise InputError(f"{path.parent}: error: cannot write here: {error.strerror}; see who owns the folder") from error
    try:
        _take(handle, path)
        _write(handle, f"{holder} (process {os.getpid()})")
        yield
        _write(handle, "")
    finally:
        os.close(handle)


@contextmanager
def switching(root: Path) -> Iterator[None]:
    """Wait for those who switch the pointer or take a release away, which is done in an instant; a running build does not hinder."""
    handle = os.open(root, os.O_RDONLY | os.O_CLOEXEC)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def _take(handle: int, path: Path) -> None:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        who = os.pread(handle, _NAME_BYTES, 0).decode("utf-8", "replace").strip() or "another process"
        raise ReleaseError(f"{path.parent}: error: {who} is at work here; wait until it is done, or use another --data") from error
    except OSError as error:
        raise InputError(f"{path}: error: cannot be locked: {error.strerror}; the file system must support flock") from error


def _write(handle: int, text: str) -> None:
    """A full disk is no reason not to go on: the name is for people only."""
    try:
        os.ftruncate(handle, 0)
        os.pwrite(handle, text.encode(), 0)
    except OSError:
        return
