"""One client's connection: what has come of its next request, and whether that is enough to answer it."""

import re
import select
import socket

from gunicorn.workers.gthread import TConn

# A request line and all header fields together.
LARGEST_HEAD = 65_536
_END_OF_HEAD = b"\r\n\r\n"
_LINGER_MILLISECONDS = 2
_LENGTH = re.compile(rb"\r\ncontent-length:[ \t]*(\d{1,6})[ \t]*\r\n", re.IGNORECASE)
_EXPECTS = re.compile(rb"\r\nexpect:", re.IGNORECASE)


class Connection(TConn):  # type: ignore[misc]  # gunicorn has no types
    """A connection; `received` is what was read of the next request, `begun` when a thread took it up, `asked` its bytes."""

    def __init__(self, cfg: object, sock: socket.socket, client: tuple[str, int], server: object) -> None:
        super().__init__(cfg, sock, client, server)
        self.received = bytearray()
        self.begun = 0.0
        self.asked = b""
        self.unsent = b""

    def address(self) -> str:
        """The client's address."""
        return str(self.client[0])

    def read(self) -> bool:
        """Read what there is without waiting; returns whether the client is still there."""
        try:
            data = self.sock.recv(LARGEST_HEAD)
        except BlockingIOError:
            return True
        except OSError:
            return False
        self.received += data
        return bool(data)

    def hand_over(self) -> None:
        """Make the parser of a thread read what has come up to now, and block for the rest."""
        self.init()
        self.asked = bytes(self.received)
        self.parser.unreader.unread(self.asked)
        self.received = bytearray()
        self.data_ready = True

    def send(self, parts: list[bytes]) -> bool:
        """Send what can be sent without waiting; returns whether that is all, else the rest is in `unsent`."""
        sent = self.sock.sendmsg(parts)
        if sent < sum(map(len, parts)):
            self.unsent = b"".join(parts)[sent:]
        return not self.unsent

    def send_rest(self) -> bool:
        """Send the rest, in a thread; returns whether the connection may be kept."""
        rest, self.unsent = self.unsent, b""
        self.sock.setblocking(True)
        try:
            self.sock.sendall(rest)
        except OSError:
            return False
        return True

    def take_back(self) -> None:
        """Have what the parser has read of the next request."""
        if self.parser is not None:
            self.received = bytearray(self.parser.unreader.take_buffered())

    def body_is_whole(self) -> bool:
        """Whether the body of the request that a thread works on has come."""
        message = self.parser.mesg if self.parser is not None else None
        reader = getattr(getattr(message, "body", None), "reader", None)
        return not getattr(reader, "length", 0) and not getattr(reader, "parser", None)

    def next_is_here(self) -> bool:
        """Whether another whole request comes within a moment; it is not read yet."""
        if self.parser.unreader.buf.getvalue():
            return False
        poll = select.poll()
        poll.register(self.sock, select.POLLIN)
        return bool(poll.poll(_LINGER_MILLISECONDS)) and is_whole(self._peeked())

    def _peeked(self) -> bytes:
        try:
            self.asked = self.sock.recv(LARGEST_HEAD, socket.MSG_PEEK | socket.MSG_DONTWAIT)
        except OSError:
            self.asked = b""
        return self.asked


def is_whole(received: bytes | bytearray, without_body: bool = False) -> bool:
    r"""Whether the head of a request is there, and its body too if that is short; one that waits for a 100 gets it before.

    >>> is_whole(b"GET / HTTP/1.1\r\nHost: x\r\n"), is_whole(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
    (False, True)
    >>> is_whole(b"POST / HTTP/1.1\r\nContent-Length: 3\r\n\r\nab"), is_whole(b"POST / HTTP/1.1\r\nContent-Length: 3\r\n\r\nabc")
    (False, True)
    """
    end = received.find(_END_OF_HEAD)
    if end < 0:
        return False
    head = received[: end + 2]
    length = _LENGTH.search(head)
    if length is None or without_body or _EXPECTS.search(head):
        return True
    total = end + len(_END_OF_HEAD) + int(length[1])
    return len(received) >= total or total > LARGEST_HEAD
