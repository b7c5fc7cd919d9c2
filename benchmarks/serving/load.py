"""Load for a server, and what it costs: requests a second, processor time, transfers and memory."""

import http.client
import re
import shutil
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode, urlsplit

from benchmarks.serving.peers import Peer

CONNECTIONS = 4
_UNITS = {"us": 1e-3, "ms": 1.0, "s": 1e3, "m": 6e4}
_TICKS = 100
_BLOCK = 1 << 18


@dataclass(frozen=True, slots=True)
class Rate:
    """Requests a second, the median and the 99th percentile of their times in milliseconds, and processor seconds a request."""

    requests: float
    median: float
    p99: float
    processor: float
    failed: int


@dataclass(frozen=True, slots=True)
class Transfer:
    """A large answer: its size, seconds in all and to the first byte, and the most memory that the server took meanwhile."""

    bytes: int
    seconds: float
    first: float
    lines: int
    memory: int
    error: str = ""


def generator() -> str:
    """What sends the requests."""
    if shutil.which("wrk"):
        text = subprocess.run(["wrk", "-v"], capture_output=True, text=True, check=False).stdout
        return f"wrk {text.split()[1] if text.split() else ''} with {CONNECTIONS} connections"
    return f"{CONNECTIONS} threads of Python's http.client, which are the limit themselves (Debian has wrk)"


def address(peer: Peer, query: str) -> str:
    """The address that asks the query."""
    return f"{peer.url}?{urlencode({'query': query})}"


def rate(peer: Peer, query: str, accept: str, seconds: float) -> Rate:
    """How fast the server answers the same query again and again."""
    before = _processor_seconds(peer.process)
    number, measured = (_wrk if shutil.which("wrk") else _threads)(address(peer, query), accept, seconds)
    spent = _processor_seconds(peer.process) - before
    requests, median, p99, failed = measured
    return Rate(requests, median, p99, spent / max(number, 1), failed)


_Measured = tuple[float, float, float, int]


def _wrk(url: str, accept: str, seconds: float) -> tuple[int, _Measured]:
    command = ["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{seconds:g}s", "--latency", "--timeout", "30s", "-H", f"Accept: {accept}", url]
    text = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    number = int(_found(r"(\d+) requests in", text))
    failed = sum(map(int, re.findall(r"Non-2xx or 3xx responses: (\d+)", text)))
    failed += sum(map(int, re.findall(r"(?:connect|read|write|timeout) (\d+)", text)))
    return number, (float(_found(r"Requests/sec:\s+([\d.]+)", text)), _milliseconds("50%", text), _milliseconds("99%", text), failed)


def _found(pattern: str, text: str) -> str:
    found = re.search(pattern, text)
    assert found is not None, text
    return found[1]


def _milliseconds(name: str, text: str) -> float:
    found = re.search(rf"{name}\s+([\d.]+)(us|ms|s|m)\s", text)
    assert found is not None, text
    return float(found[1]) * _UNITS[found[2]]


def _threads(url: str, accept: str, seconds: float) -> tuple[int, _Measured]:
    times: list[float] = []
    failures: list[int] = []
    end = time.monotonic() + seconds
    threads = [threading.Thread(target=_ask_until, args=(url, accept, end, times, failures)) for _ in range(CONNECTIONS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    ordered = sorted(times)
    return len(times), (len(times) / seconds, statistics.median(ordered), ordered[int(len(ordered) * 0.99)], len(failures))


def _ask_until(url: str, accept: str, end: float, times: list[float], failures: list[int]) -> None:
    found = urlsplit(url)
    with closing(http.client.HTTPConnection(found.netloc, timeout=30)) as connection:
        while (begin := time.monotonic()) < end:
            connection.request("GET", f"{found.path}?{found.query}", headers={"Accept": accept})
            response = connection.getresponse()
            response.read()
            times.append((time.monotonic() - begin) * 1_000)
            if response.status != 200:
                failures.append(response.status)


def transfer(peer: Peer, query: str, accept: str, seconds: float) -> Transfer:
    """A large answer, read as fast as it comes; one that takes longer than so many seconds is given up."""
    peak = Peak(peer.process)
    begin = time.monotonic()
    first, size, lines, error = 0.0, 0, 0, ""
    found = urlsplit(address(peer, query))
    with peak, closing(http.client.HTTPConnection(found.netloc, timeout=seconds)) as connection:
        try:
            for block in _blocks(connection, f"{found.path}?{found.query}", accept, begin + seconds):
                first = first or time.monotonic() - begin
                size += len(block)
                lines += block.count(b"\n")
        except (OSError, http.client.HTTPException) as failure:
            error = f"{type(failure).__name__}: {str(failure)[:80]}"
    return Transfer(size, time.monotonic() - begin, first, lines, peak.bytes, error)


def _blocks(connection: http.client.HTTPConnection, path: str, accept: str, end: float) -> Iterator[bytes]:
    connection.request("GET", path, headers={"Accept": accept})
    response = connection.getresponse()
    if response.status != 200:
        raise http.client.HTTPException(f"status {response.status}: {response.read(100)!r}")
    while block := response.read1(_BLOCK):
        yield block
        if time.monotonic() > end:
            raise TimeoutError("given up")


class Peak:
    """The most memory that a process and all below it take together while this lasts; what they share is counted once."""

    def __init__(self, process: int) -> None:
        self._process = process
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._watch)
        self.bytes = 0

    def __enter__(self) -> "Peak":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._done.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._done.wait(0.1):
            self.bytes = max(self.bytes, memory(self._process))


def memory(process: int) -> int:
    """The memory of a process and all below it, in bytes: proportional set sizes."""
    return sum(_proportional(pid) for pid in _tree(process))


def _proportional(pid: int) -> int:
    try:
        text = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii")
    except OSError:
        return 0  # it ended meanwhile
    return sum(int(line.split()[1]) << 10 for line in text.splitlines() if line.startswith("Pss:"))


def _tree(process: int) -> Iterator[int]:
    yield process
    try:
        tasks = list(Path(f"/proc/{process}/task").iterdir())
        children = [int(word) for task in tasks for word in (task / "children").read_text(encoding="ascii").split()]
    except OSError:
        return
    for child in children:
        yield from _tree(child)


def _processor_seconds(process: int) -> float:
    return sum(_ticks(pid) for pid in _tree(process)) / _TICKS


def _ticks(pid: int) -> int:
    """User and system time of a process and of those of its children that have ended (proc(5))."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    except OSError:
        return 0
    return sum(map(int, fields[11:15]))


def machine() -> str:
    """The processor and the memory of this machine."""
    if sys.platform != "linux":
        return sys.platform
    text = Path("/proc/cpuinfo").read_text(encoding="utf-8")
    total = int(Path("/proc/meminfo").read_text(encoding="ascii").split()[1]) >> 20
    model = _found(r"model name\s*:\s*(.*)", text)
    return f"{model}, {text.count('processor')} cores, {total} GB"
