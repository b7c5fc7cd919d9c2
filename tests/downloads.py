"""Many downloads at once that break off at random and are resumed: is every file right, is memory flat, do queries wait?

python -m tests.downloads --size 1000 --clients 200
"""

import argparse
import hashlib
import http.client
import os
import random
import re
import shutil
import statistics
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

from rdfgen.release.directory import DataDirectory
from tests.live import Server, processes_of, serving
from tests.server_fixtures import SEEDS, publish

NAME = "papers.nt.zst"
_BLOCK = 1 << 20
_QUERY = "sparql?format=csv&query=" + quote("SELECT (COUNT(?p) AS ?n) { ?p a ?class . FILTER(RAND() < 2) }")


@dataclass(slots=True)
class Outcome:
    """What was seen: how many files were right, how often downloads broke off, seconds of queries, memory of the server over time."""

    right: int = 0
    wrong: int = 0
    aborts: int = 0
    refused: int = 0
    bytes: int = 0
    seconds: float = 0.0
    queries: list[float] = field(default_factory=list)
    memory: list[int] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    def summary(self) -> str:
        """What was seen, in a few lines."""
        slowest = sorted(self.queries)[max(len(self.queries) * 95 // 100 - 1, 0)] if self.queries else 0
        return (
            f"{self.right} files right, {self.wrong} wrong; {self.aborts} breaks, {self.refused} times told to come later; "
            f"{self.bytes / 1e9:.1f} GB in {self.seconds:.0f} s\n"
            f"{len(self.queries)} queries meanwhile: median {statistics.median(self.queries or [0]) * 1000:.0f} ms, "
            f"95 % below {slowest * 1000:.0f} ms, longest {max(self.queries, default=0) * 1000:.0f} ms\n"
            f"memory of the web process: {min(self.memory) >> 20} to {max(self.memory) >> 20} MiB\n" + "".join(self.errors[:5])
        )


def large_release(folder: Path, size: int) -> tuple[Path, str]:
    """A data directory whose release has one dump of that many bytes, which look random, and the dump's checksum."""
    release = publish(folder, SEEDS[:1])
    path = DataDirectory(folder).path(release) / "dumps" / NAME
    digest, block = hashlib.sha256(), random.Random(0).randbytes(_BLOCK)
    with open(path, "wb") as file:
        for number in range(-(-size // _BLOCK)):
            piece = (number.to_bytes(8) + block)[: min(_BLOCK, size - number * _BLOCK)]
            digest.update(piece)
            file.write(piece)
    return folder, digest.hexdigest()


def measured(size: int, clients: int, seed: int, *options: str, breaks: int = 3) -> Outcome:
    """Let so many clients download a file of so many bytes, each with about so many breaks."""
    folder = Path(tempfile.mkdtemp(prefix="litlod-downloads-"))
    try:
        data, checksum = large_release(folder, size)
        with serving(data, *options) as server:
            return _measured(server, size, checksum, clients, seed, breaks)
    finally:
        shutil.rmtree(folder)


def _measured(server: Server, size: int, checksum: str, clients: int, seed: int, breaks: int) -> Outcome:
    outcome, is_over = Outcome(), threading.Event()
    threads = [
        threading.Thread(target=_download, args=(server, size, checksum, random.Random(seed + number), breaks, outcome))
        for number in range(clients)
    ]
    watcher = threading.Thread(target=_watch, args=(server, outcome, is_over))
    begin = time.monotonic()
    for thread in [watcher, *threads]:
        thread.start()
    for thread in threads:
        thread.join()
    outcome.seconds = time.monotonic() - begin
    is_over.set()
    watcher.join()
    return outcome


def _download(server: Server, size: int, checksum: str, chance: random.Random, breaks: int, outcome: Outcome) -> None:
    """Get the whole file, resuming it as often as needed."""
    digest, offset, etag = hashlib.sha256(), 0, ""
    while offset < size:
        try:
            for block in _piece(server, offset, etag, _length(chance, size, breaks), chance, outcome):
                if isinstance(block, str):
                    etag = block
                    continue
                digest.update(block)
                offset += len(block)
        except (OSError, http.client.HTTPException, ValueError) as error:
            outcome.errors.append(f"{error!r}\n")
            break
    outcome.bytes += offset
    if digest.hexdigest() == checksum:
        outcome.right += 1
    else:
        outcome.wrong += 1


def _length(chance: random.Random, size: int, breaks: int) -> int:
    return int(chance.expovariate(breaks / size)) + 1 if breaks else size


def _piece(server: Server, offset: int, etag: str, length: int, chance: random.Random, outcome: Outcome) -> Iterator[bytes | str]:
    """The ETag, then about so many bytes from the offset on, read at some pace; then the connection is cut."""
    headers = {"Range": f"bytes={offset}-", "If-Range": etag} if offset else {}
    with closing(http.client.HTTPConnection("127.0.0.1", server.port, timeout=300)) as connection:
        connection.request("GET", "/dumps/latest/" + NAME)
        with connection.getresponse() as moved:
            moved.read()
        connection.request("GET", moved.headers["Location"], headers=headers)
        with connection.getresponse() as response:
            if response.status == 503:
                outcome.refused += 1
                time.sleep(float(response.headers["Retry-After"]) / 10)
                return
            if response.status != (206 if offset else 200):
                raise ValueError(f"status {response.status} from {offset} on")
            yield response.headers["ETag"]
            pause = chance.choice((0.0, 0.0, 0.002, 0.02))
            while length > 0 and (block := response.read(min(length, 256 << 10))):
                length -= len(block)
                yield block
                time.sleep(pause)
            outcome.aborts += length <= 0


def _watch(server: Server, outcome: Outcome, is_over: threading.Event) -> None:
    """Ask queries all the time, and look at the memory of gunicorn's processes."""
    while not is_over.wait(0.2):
        begin = time.monotonic()
        server.text(_QUERY)
        outcome.queries.append(time.monotonic() - begin)
        outcome.memory.append(_memory(server))


def _memory(server: Server) -> int:
    """The resident bytes of the web process, which is the largest child of gunicorn's first process."""
    sizes = [_resident(pid) for pid in processes_of(server.process.pid) if pid != server.process.pid and _is_web(pid)]
    return max(sizes, default=0)


def _is_web(pid: int) -> bool:
    try:
        return len(os.listdir(f"/proc/{pid}/task")) > 2
    except OSError:
        return False


def _resident(pid: int) -> int:
    try:
        found = re.search(r"VmRSS:\s+(\d+) kB", Path(f"/proc/{pid}/status").read_text(encoding="utf-8"))
    except OSError:
        return 0
    return int(found[1]) << 10 if found else 0


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--size", type=int, default=1000, help="MB of the file")
    parser.add_argument("--clients", type=int, default=200)
    parser.add_argument("--breaks", type=int, default=3, help="how often each download breaks off, about")
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    print(measured(arguments.size * 1_000_000, arguments.clients, arguments.seed, breaks=arguments.breaks).summary())


if __name__ == "__main__":
    main()
