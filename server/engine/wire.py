"""Frames on the socket between the web process and a query worker: a type, a length, and that many bytes."""

import socket
import struct
from enum import Enum
from io import BufferedReader

# Bytes that a reader takes at a time: a small answer whole, with its head and its end.
_BUFFER = 64 << 10
_HEADER = struct.Struct(">cI")


class Frame(Enum):
    """What a frame holds; LAST is the data at the end of an answer, of which there may be none."""

    QUERY = b"Q"
    HEAD = b"H"
    DATA = b"D"
    LAST = b"L"
    ERROR = b"X"


_FRAMES = {frame.value: frame for frame in Frame}


def framed(frame: Frame, payload: bytes | bytearray = b"") -> bytes:
    r"""One frame, as it is sent.

    >>> framed(Frame.HEAD, b"ASK json")
    b'H\x00\x00\x00\x08ASK json'
    """
    return _HEADER.pack(frame.value, len(payload)) + payload


def reader(connection: socket.socket) -> BufferedReader:
    """What `receive` reads from."""
    found = connection.makefile("rb", _BUFFER)
    assert isinstance(found, BufferedReader)
    return found


def receive(source: BufferedReader) -> tuple[Frame, bytes]:
    """The next frame; EOFError if the other side is gone."""
    kind, length = _HEADER.unpack(_exactly(source, _HEADER.size))
    return _FRAMES[kind], _exactly(source, length)


def _exactly(source: BufferedReader, length: int) -> bytes:
    found = source.read(length)
    if len(found) < length:
        raise EOFError
    return found
