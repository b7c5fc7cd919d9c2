"""A server as people run it: the `litlod serve` command in a process of its own."""

import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

LITLOD = str(Path(sys.executable).parent / "litlod")


@dataclass(frozen=True, slots=True)
class Live:
    """A running server."""

    url: str
    process: subprocess.Popen[str]


@contextmanager
def live_server(data: Path, *options: str) -> Iterator[Live]:
    """Serve a data directory on a free port of the loopback interface until the block ends."""
    command = [LITLOD, "serve", "--data", str(data), "--port", "0", *options]
    process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
    assert process.stderr is not None
    try:
        first = process.stderr.readline()
        match = re.search(r"http://\S+:\d+", first)
        assert match, first
        yield Live(match[0], process)
    finally:
        process.terminate()
        process.wait(20)
        process.stderr.close()
