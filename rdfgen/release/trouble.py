"""What the system refuses while something is written, told with its cure."""

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from rdfgen.errors import InputError

_MAKE_ROOM = "make room, for example by litlod prune or litlod cache --clear, or set TMPDIR to another disk"
# RocksDB tells it in words only; they are those of the C library.
_CURES = {
    errno.ENOSPC: ("No space left on device", _MAKE_ROOM),
    errno.EDQUOT: ("Disk quota exceeded", _MAKE_ROOM),
    errno.EFBIG: ("File too large", "raise the limit on the size of files (ulimit -f)"),
    errno.EROFS: ("Read-only file system", "use another --data"),
    errno.EMFILE: ("Too many open files", "raise the limit on open files (ulimit -n)"),
}


@contextmanager
def told_with_cure(root: Path) -> Iterator[None]:
    """Raise what the disk of that data directory refuses as InputError; other errors pass."""
    try:
        yield
    except (OSError, RuntimeError) as error:
        found = _cure(error)
        if found is None:
            raise
        words, cure = found
        raise InputError(f"{root}: error: {words}; {cure}; the published release stays as it is") from error


def _cure(error: OSError | RuntimeError) -> tuple[str, str] | None:
    if isinstance(error, OSError) and error.errno in _CURES:
        return _CURES[error.errno]
    return next((row for row in _CURES.values() if row[0] in str(error)), None)
