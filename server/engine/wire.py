"""Frames on the socket between the web process and a query worker: a type, a length, and that many bytes."""

import json
import socket
import struct
from enum import Enum

_HEADER = struct.Struct(">cI")


class Frame(Enum):
    """What a frame holds."""

    QUERY = b"Q"
    HEAD = b"H"
    DATA = b"D"
    END = b"E"
    ERROR = b"X"


def send(connection: socket.socket, frame: Frame, payload: bytes = b"") -> None:
    """Send one frame."""
    connection.sendall(_HEADER.pack(frame.value, len(payload)) + payload)


def send_json(connection: socket.socket, frame: Frame, content: dict[str, object]) -> None:
    """Send one frame that holds JSON."""
    send(connection, frame, json.dumps(content).encode())


def receive(connection: socket.socket) -> tuple[Frame, bytes]:
    """The next frame; EOFError if the other side is gone."""
    kind, length = _HEADER.unpack(_exactly(connection, _HEADER.size))
    return Frame(kind), _exactly(connection, length)


def _exactly(connection: socket.socket, length: int) -> bytes:
    buffer = bytearray(length)
    view = memoryview(buffer)
    while len(view):
        count = connection.recv_into(view)
        if not count:
            raise EOFError
        view = view[count:]
    return bytes(buffer)
