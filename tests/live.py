"""Servers as people run them: `litlod serve` in a process of its own."""

import os
import re
import signal
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode

COMMAND = (sys.executable, "-c", "from rdfgen.cli import main; main()", "serve")


@dataclass(frozen=True, slots=True)
class Server:
    """A running server: its process, which leads a group of its own, and its address."""

    process: subprocess.Popen[str]
    url: str

    @property
    def endpoint(self) -> str:
        return self.url + "sparql"

    @property
    def port(self) -> int:
        return int(self.url.rstrip("/").rpartition(":")[2])

    def text(self, path: str, **headers: str) -> str:
        request = urllib.request.Request(self.url + path, headers=headers)
        with urllib.request.urlopen(request, timeout=20) as response:
            return str(response.read().decode())

    def result(self, query: str) -> str:
        return self.text("sparql?" + urlencode({"query": query, "format": "csv"}))


@contextmanager
def serving(data: Path, *options: str) -> Iterator[Server]:
    """A server on a port that the system picks, killed with all its processes in the end."""
    command = [*COMMAND, "--data", str(data), "--port", "0", *options]
    process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True, start_new_session=True)
    try:
        yield Server(process, announced(process))
    finally:
        for pid in [process.pid, *processes_of(process.pid)]:
            kill(pid)
        process.wait()
        assert process.stderr is not None
        process.stderr.close()


def announced(process: subprocess.Popen[str]) -> str:
    assert process.stderr is not None
    line = process.stderr.readline()
    found = re.search(r"http://127\.0\.0\.1:\d+/", line)
    assert found is not None, line
    return found[0]


def kill(pid: int) -> None:
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        return


def processes_of(pid: int) -> set[int]:
    """The process and all below it that still run."""
    parents = {number: parent for number in numbers() if (parent := parent_of(number)) is not None}
    found = {pid} & parents.keys()
    while more := {number for number, parent in parents.items() if parent in found} - found:
        found |= more
    return found


def numbers() -> list[int]:
    return [int(path.name) for path in Path("/proc").iterdir() if path.name.isdigit()]


def parent_of(pid: int) -> int | None:
    """None if it is gone or a zombie."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return None
    return None if fields[0] in "XZ" else int(fields[1])


def running(pids: set[int]) -> set[int]:
    return {pid for pid in pids if parent_of(pid) is not None}


def processor_seconds(pid: int) -> float:
    """How long a process has been busy; 0 if it is gone."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return 0.0
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
