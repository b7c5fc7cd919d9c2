"""Talking to a live server as attackers do, byte for byte, and seeing afterwards whether it is as well as before."""

import socket
import time
from collections.abc import Callable
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode

from tests.live import Server, processes_of

# Linux takes the whole of 127/8 for this machine: attackers have an address of their own.
ATTACKER = ("127.0.0.2", 0)
_CANARY = "SELECT (?x + 1 AS ?y) { VALUES ?x { 41 } BIND(RAND() AS ?kept) }"


@dataclass(frozen=True, slots=True)
class State:
    """Memory in bytes, processes, and open files of the web process."""

    memory: int
    processes: int
    files: int


def state_of(server: Server) -> State:
    """What the server takes now."""
    pids = processes_of(server.process.pid)
    web = max(pids, key=_threads)
    return State(sum(map(_memory, pids)), len(pids), _files(web))


def recovered(server: Server, before: State, seconds: float = 5) -> State:
    """What the server takes when it is as well as before, or when it has had its time."""
    end = time.monotonic() + seconds
    while not is_as_well(found := state_of(server), before) and time.monotonic() < end:
        time.sleep(0.1)
    return found


def is_as_well(now: State, before: State) -> bool:
    """Whether no process or file more is there, and at most a fifth more memory."""
    return now.processes <= before.processes and now.files <= before.files + 3 and now.memory <= before.memory * 1.2


def canary_seconds(server: Server) -> float:
    """How long a small query of another client takes."""
    begin = time.monotonic()
    path = "/sparql?" + urlencode({"query": _CANARY, "format": "csv"})
    reply = spoken(server, f"GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".encode(), source=None, seconds=30)
    assert b"42" in reply, reply[:1_000]
    return time.monotonic() - begin


def connected(server: Server, source: tuple[str, int] | None = ATTACKER, seconds: float = 10) -> socket.socket:
    """A connection from the attacker's address."""
    return socket.create_connection(("127.0.0.1", server.port), seconds, source_address=source)


def spoken(server: Server, sent: bytes, source: tuple[str, int] | None = ATTACKER, seconds: float = 10) -> bytes:
    """All that the server says to these bytes until it hangs up, or nothing more comes."""
    with closing(connected(server, source, seconds)) as connection:
        with suppress(ConnectionError):
            connection.sendall(sent)
        return heard(connection)


def heard(connection: socket.socket) -> bytes:
    """All that comes until the other side hangs up, or says nothing more."""
    found = bytearray()
    with suppress(ConnectionError, TimeoutError):
        while block := connection.recv(65_536):
            found += block
    return bytes(found)


def asked(path: str, method: str = "GET", **headers: str) -> bytes:
    """A request after which the server hangs up; the underscores of header names stand for hyphens."""
    lines = [
        f"{method} {path} HTTP/1.1",
        "Host: x",
        "Connection: close",
        *(f"{name.replace('_', '-')}: {headers[name]}" for name in headers),
    ]
    return "\r\n".join([*lines, "", ""]).encode("latin-1")


def posted(body: bytes, content_type: str = "application/x-www-form-urlencoded", **headers: str) -> bytes:
    """A request with a body, after which the server hangs up."""
    return asked("/sparql", "POST", Content_Type=content_type, Content_Length=str(len(body)), **headers) + body


def querying(query: str, **parameters: str) -> bytes:
    """A request that asks a query as a form."""
    return posted(urlencode({"query": query, **parameters}).encode())


def status(reply: bytes) -> int:
    """The status of the first response; 0 where there is none."""
    first = reply.partition(b"\r\n")[0].split()
    return int(first[1]) if len(first) > 1 and first[0].startswith(b"HTTP/") else 0


def responses(reply: bytes) -> int:
    """How many responses there are."""
    return reply.count(b"HTTP/1.1 ")


def head_of(reply: bytes) -> bytes:
    """The status line and headers of the first response."""
    return reply.partition(b"\r\n\r\n")[0]


def _memory(pid: int) -> int:
    return _read(pid, "smaps_rollup", lambda text: sum(int(line.split()[1]) << 10 for line in text.splitlines() if line.startswith("Pss:")))


def _threads(pid: int) -> int:
    return _read(pid, "status", lambda text: next(int(line.split()[1]) for line in text.splitlines() if line.startswith("Threads:")))


def _read(pid: int, name: str, value: Callable[[str], int]) -> int:
    try:
        return value(Path(f"/proc/{pid}/{name}").read_text(encoding="utf-8"))
    except (OSError, StopIteration):
        return 0  # it has ended


def _files(pid: int) -> int:
    try:
        return sum(1 for _ in Path(f"/proc/{pid}/fd").iterdir())
    except OSError:
        return 0
