"""Inputs: which files a command line names, and their bytes without compression."""

import codecs
import glob
import gzip
import hashlib
import io
import os
import sys
import tempfile
import zlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, cast

import zstandard

from rdfgen.errors import InputError

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

STDIN = "-"
_GZIP_MAGIC = b"\x1f\x8b"
_ZSTD_MAGIC = b"\x28\xb5\x2f\xfd"

DECOMPRESSION_ERRORS = (OSError, EOFError, zlib.error, zstandard.ZstdError)


def find_inputs(names: Iterable[str]) -> list[str]:
    """The files that names, folders, glob patterns and `-` stand for, each once, sorted within a name.

    Hidden files, pipes and devices in folders are left out. Raises InputError for a name that stands for nothing.
    """
    found: dict[str, None] = {}
    for name in names:
        for path in _paths(name):
            found[path] = None
    return list(found)


def _paths(name: str) -> list[str]:
    if name == STDIN or os.path.isfile(name):
        return [name]
    if os.path.isdir(name):
        paths = sorted(_walk(name))
    else:
        paths = sorted(path for path in glob.glob(name, recursive=True) if os.path.isfile(path))
    if not paths:
        what = "the folder holds no files" if os.path.isdir(name) else "no such file or folder, and no pattern that fits one"
        raise InputError(f"{name}: error: {what}")
    return paths


def _walk(folder: str) -> Iterator[str]:
    for parent, folders, files in os.walk(folder):
        folders[:] = [sub for sub in folders if not sub.startswith(".")]
        paths = (os.path.join(parent, file) for file in files if not file.startswith("."))
        yield from (path for path in paths if os.path.isfile(path) or os.path.islink(path))


@contextmanager
def spooled_stdin(paths: list[str]) -> Iterator[dict[str, str]]:
    """Copies standard input to a temporary file if `-` is among the paths; yields where each path's bytes are."""
    locations = {path: path for path in paths}
    if STDIN not in locations:
        yield locations
        return
    with tempfile.NamedTemporaryFile(prefix="litlod-stdin-") as spool:
        while block := sys.stdin.buffer.read(1 << 20):
            spool.write(block)
        spool.flush()
        yield locations | {STDIN: spool.name}


@contextmanager
def opened(path: str | Path) -> Iterator[BinaryIO]:
    """The bytes of a file, gzip and zstd taken off by content and not by name."""
    try:
        raw = open(path, "rb")  # noqa: SIM115  # closed below
    except OSError as error:
        raise InputError(f"{path}: error: {error.strerror}") from error
    with raw:
        magic = raw.read(4)
        raw.seek(0)
        with _decompressed(raw, magic) as stream:
            yield stream


def _decompressed(raw: BinaryIO, magic: bytes) -> BinaryIO:
    if magic.startswith(_GZIP_MAGIC):
        return cast(BinaryIO, gzip.GzipFile(fileobj=raw))
    if magic.startswith(_ZSTD_MAGIC):
        return io.BufferedReader(_ZstdFrames(raw), 1 << 20)
    return raw


class _ZstdFrames(io.RawIOBase):
    """The contents of zstd frames one after the other; unlike `stream_reader`, it notices when the last one is cut."""

    def __init__(self, raw: BinaryIO) -> None:
        self._blocks = iter(partial(raw.read, 1 << 14), b"")
        self._frame = zstandard.ZstdDecompressor().decompressobj()
        self._rest = b""
        self._data = memoryview(b"")

    def readable(self) -> bool:
        """As io.BufferedReader wants to know."""
        return True

    def readinto(self, buffer: "WriteableBuffer") -> int:
        """Fill the buffer as far as one block of input goes; 0 is the end."""
        view = memoryview(buffer).cast("B")
        while not self._data:
            block = self._rest or next(self._blocks, b"")
            if not block:
                return self._end()
            self._data = memoryview(self._decompressed(block))
        count = min(len(view), len(self._data))
        view[:count], self._data = self._data[:count], self._data[count:]
        return count

    def _decompressed(self, block: bytes) -> bytes:
        if self._frame.eof:
            self._frame = zstandard.ZstdDecompressor().decompressobj()
        data = self._frame.decompress(block)
        self._rest = self._frame.unused_data if self._frame.eof else b""
        return data

    def _end(self) -> int:
        if not self._frame.eof:
            raise EOFError("zstd data ends before its end is marked")
        return 0


def salvaged(stream: BinaryIO, on_error: Callable[[Exception], None]) -> io.BufferedReader:
    """The stream as far as it can be read: damage or a cut in compressed data is told once and then is the end."""
    return io.BufferedReader(_Salvaged(stream, on_error), 1 << 16)


class _Salvaged(io.RawIOBase):
    def __init__(self, stream: BinaryIO, on_error: Callable[[Exception], None]) -> None:
        # One read at a time, so that an error takes nothing with it that came before.
        self._read = stream.read1 if isinstance(stream, io.BufferedIOBase) else stream.read
        self._on_error = on_error
        self._ended = False

    def readable(self) -> bool:
        """As io.BufferedReader wants to know."""
        return True

    def readinto(self, buffer: "WriteableBuffer") -> int:
        """Fill the buffer as far as one read goes; 0 is the end."""
        view = memoryview(buffer).cast("B")
        try:
            data = b"" if self._ended else self._read(len(view))
        except DECOMPRESSION_ERRORS as error:
            self._on_error(error)
            data = b""
        self._ended = not data
        view[: len(data)] = data
        return len(data)


def in_utf8(stream: io.BufferedReader) -> io.BufferedReader:
    """The stream in UTF-8 where its byte order mark says that it is UTF-16; else as it is."""
    if not stream.peek(2).startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return stream
    return io.BufferedReader(_Recoded(stream, "utf-16"), 1 << 16)


class _Recoded(io.RawIOBase):
    def __init__(self, stream: BinaryIO, encoding: str) -> None:
        self._read = stream.read
        self._decoder = codecs.getincrementaldecoder(encoding)("replace")
        self._data = b""
        self._ended = False

    def readable(self) -> bool:
        """As io.BufferedReader wants to know."""
        return True

    def readinto(self, buffer: "WriteableBuffer") -> int:
        """Fill the buffer as far as one read goes; 0 is the end."""
        view = memoryview(buffer).cast("B")
        while not self._data and not self._ended:
            block = self._read(1 << 16)
            self._ended = not block
            self._data = self._decoder.decode(block, final=self._ended).encode("utf-8", "replace")
        data, self._data = self._data[: len(view)], self._data[len(view) :]
        view[: len(data)] = data
        return len(data)


def file_sha256(path: str | Path) -> str:
    """The SHA-256 sum of a file's bytes, in hexadecimal."""
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
