"""Files on their way to clients: how many there may be, and what a response has announced that is to be sent after it."""

import os
import socket
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import BinaryIO

DOWNLOADS = "litlod-downloads"

_BLOCK = 256 << 10


@dataclass(slots=True)
class Parcel:
    """Bytes of a file, from `offset` on; `ended` is told in the end how many were sent and whether that was all."""

    file: BinaryIO
    offset: int
    left: int
    ended: Callable[[int, bool], None]
    sent: int = 0

    def went(self, number: int) -> None:
        """Note that so many more were sent."""
        self.offset, self.left, self.sent = self.offset + number, self.left - number, self.sent + number

    def __iter__(self) -> Iterator[bytes]:
        """The bytes in blocks, for whoever sends them by himself."""
        while self.left:
            block = os.pread(self.file.fileno(), min(self.left, _BLOCK), self.offset)
            if not block:
                raise OSError("the file is shorter than was said")
            yield block
            self.went(len(block))

    def close(self) -> None:
        """Let go of the file."""
        if not self.file.closed:
            self.file.close()
            self.ended(self.sent, not self.left)


@dataclass(slots=True)
class Downloads:
    """At most `limit` at a time. `has_courier` says that somebody fetches what is posted here and sends it."""

    limit: int
    has_courier: bool = False
    _active: int = 0
    _posted: dict[socket.socket, Parcel] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def begin(self) -> bool:
        """Whether there may be one more; it must be ended."""
        with self._lock:
            if self._active >= self.limit:
                return False
            self._active += 1
            return True

    def end(self) -> None:
        """Note that one is over."""
        with self._lock:
            self._active -= 1

    def active(self) -> int:
        """How many there are now."""
        return self._active

    def post(self, connection: socket.socket, parcel: Parcel) -> None:
        """Have the bytes sent on that connection when the headers of its response are out."""
        self._posted[connection] = parcel

    def taken(self, connection: socket.socket) -> Parcel | None:
        """What is to be sent on that connection, which is the taker's from now on."""
        return self._posted.pop(connection, None)
