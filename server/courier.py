"""One thread that sends files to all clients at once, so that those who read slowly keep no thread that answers requests."""

import fcntl
import os
import selectors
import socket
import struct
import termios
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from queue import Empty, SimpleQueue

from server.downloads import Parcel

# What one client gets before it is the next one's turn, and what the system holds for it that is not on its way yet.
_TURN = 256 << 10
_UNSENT = 128 << 10
_TICK_SECONDS = 0.5


@dataclass(slots=True)
class _Delivery:
    """A parcel, its connection, and whom to tell in the end; `moved` is when the client last took something of it."""

    connection: socket.socket
    parcel: Parcel
    done: Callable[[bool], None]
    moved: float
    untaken: int = 0


class Courier:
    """Sends parcels; a client that takes nothing for `patience` seconds is given up."""

    def __init__(self, patience: float) -> None:
        self._patience = patience
        self._incoming: SimpleQueue[_Delivery] = SimpleQueue()
        self._selector = selectors.DefaultSelector()
        self._bell, self._door = socket.socketpair()
        self._door.setblocking(False)
        self._selector.register(self._door, selectors.EVENT_READ)
        self._checked = time.monotonic()
        threading.Thread(target=self._run, name="courier", daemon=True).start()

    def send(self, connection: socket.socket, parcel: Parcel, done: Callable[[bool], None]) -> None:
        """Send it, then tell `done`, in the courier's thread, whether all of it was sent."""
        self._incoming.put(_Delivery(connection, parcel, done, time.monotonic()))
        self._bell.send(b"!")

    def _run(self) -> None:
        while True:
            is_busy = len(self._selector.get_map()) > 1
            for key, _ in self._selector.select(_TICK_SECONDS if is_busy else None):
                if isinstance(key.data, _Delivery):
                    self._advance(key.data)
                else:
                    self._begin()
            if time.monotonic() - self._checked >= _TICK_SECONDS:
                self._give_up_idle()

    def _begin(self) -> None:
        with suppress(BlockingIOError):
            self._door.recv(4096)
        with suppress(Empty):
            while True:
                delivery = self._incoming.get_nowait()
                if not delivery.parcel.left or not self._registered(delivery):
                    self._finish(delivery)

    def _registered(self, delivery: _Delivery) -> bool:
        """Whether the connection can still be sent to."""
        try:
            delivery.connection.setblocking(False)
            if hasattr(socket, "TCP_NOTSENT_LOWAT"):
                delivery.connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NOTSENT_LOWAT, _UNSENT)
            self._selector.register(delivery.connection, selectors.EVENT_WRITE, delivery)
        except (OSError, ValueError):
            return False
        return True

    def _advance(self, delivery: _Delivery) -> None:
        """Send some of it; the file goes from the system's cache to the network without passing through here."""
        parcel = delivery.parcel
        try:
            sent = os.sendfile(delivery.connection.fileno(), parcel.file.fileno(), parcel.offset, min(parcel.left, _TURN))
        except BlockingIOError:
            return
        except OSError:
            sent = 0
        parcel.went(sent)
        delivery.moved = time.monotonic()
        if not sent or not parcel.left:
            self._finish(delivery)

    def _finish(self, delivery: _Delivery) -> None:
        with suppress(KeyError, ValueError):
            self._selector.unregister(delivery.connection)
        is_whole = not delivery.parcel.left
        delivery.parcel.close()
        delivery.done(is_whole)

    def _give_up_idle(self) -> None:
        """Whoever reads slowly takes some of what the system holds for him, though it has no room for more yet."""
        self._checked = time.monotonic()
        for delivery in [key.data for key in self._selector.get_map().values() if isinstance(key.data, _Delivery)]:
            untaken = _untaken(delivery.connection)
            if untaken < delivery.untaken:
                delivery.moved = self._checked
            delivery.untaken = untaken
            if self._checked - delivery.moved > self._patience:
                self._finish(delivery)


def _untaken(connection: socket.socket) -> int:
    """How many bytes were sent that the other side has not confirmed; 0 if that cannot be told."""
    try:
        return int(struct.unpack("i", fcntl.ioctl(connection.fileno(), termios.TIOCOUTQ, bytes(4)))[0])
    except OSError:
        return 0
