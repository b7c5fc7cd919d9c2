"""Named files out of a gzipped tar archive: only those, below their own names, and no more bytes than agreed."""

import gzip
import itertools
import os
import tarfile
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import IO

from rdfgen.errors import InputError

_BLOCK = 1 << 20
_LONGEST_READ = 1 << 24
_MOST_MEMBERS = 10_000
_ERRORS = (tarfile.TarError, EOFError, zlib.error, gzip.BadGzipFile, ValueError, OverflowError)


class _Bounded:
    """A stream that is not read beyond a limit, nor in pieces as large as a false length in a header may ask for."""

    def __init__(self, stream: gzip.GzipFile, limit: int) -> None:
        self._stream = stream
        self._limit = limit

    def read(self, size: int) -> bytes:
        """As tarfile wants it."""
        if not 0 <= size <= _LONGEST_READ or self.tell() + size > self._limit:
            raise tarfile.ReadError("it holds more than it should")
        return self._stream.read(size)

    def seek(self, position: int) -> int:
        """As tarfile wants it; back it goes by a block at most."""
        if not self.tell() - tarfile.RECORDSIZE <= position <= self._limit:
            raise tarfile.ReadError("it holds more than it should")
        return self._stream.seek(position)

    def tell(self) -> int:
        """As tarfile wants it."""
        return self._stream.tell()


def unpack(path: Path, names: Iterable[str], limit: int) -> list[Path]:
    """Write the archive's regular files of these names beside it; at most `limit` bytes of the archive are unpacked.

    Nothing else that the archive holds is written: no folders, links, or names that lead elsewhere.
    """
    wanted = list(names)
    try:
        with gzip.open(path) as stream:
            found = set(_written(stream, path.parent, set(wanted), limit))
    except _ERRORS as error:
        raise InputError(
            f"{path}: error: cannot be unpacked: {str(error) or type(error).__name__}; remove it and fetch it again"
        ) from error
    if missing := [name for name in wanted if name not in found]:
        raise InputError(f"{path}: error: holds no file named {' or '.join(missing)}")
    return [path.parent / name for name in wanted]


def _written(stream: gzip.GzipFile, folder: Path, names: set[str], limit: int) -> Iterator[str]:
    """The names that were found; the first file of a name is the one that counts."""
    left = set(names)
    with tarfile.open(fileobj=_Bounded(stream, limit), mode="r:") as archive:  # type: ignore[call-overload]  # never written to
        for member in itertools.islice(archive, _MOST_MEMBERS):
            if member.isreg() and member.name in left and (content := archive.extractfile(member)):
                _write(content, folder / member.name, member.size)
                left.discard(member.name)
                yield member.name
            if not left:
                return


def _write(content: IO[bytes], target: Path, size: int) -> None:
    """The file takes its name only when it is whole."""
    part = target.with_name(f"{target.name}.part")
    try:
        with open(part, "wb") as file:
            while block := content.read(_BLOCK):
                file.write(block)
            if file.tell() != size:
                raise EOFError(f"{target.name} is cut off")
        os.replace(part, target)
    finally:
        part.unlink(missing_ok=True)
