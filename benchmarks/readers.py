"""Readers of each format against the libraries that read it, on the same generated file, in turn, in one run.

    python benchmarks/readers.py [--megabytes N] [--rounds N] [FORMAT…]
    python benchmarks/readers.py --memory [--megabytes 1000] [FORMAT…]

Throughput is by CPU time of this process: `litlod` reads to papers, with identifiers resolved and offsets checked; `triples`
also makes the N-Triples of them. The peers only parse: `bioc` to its own objects, `lxml`, `json`, `orjson` and `msgspec` to
trees, which is the floor under any reader in Python. `--memory` runs `litlod convert` on a file and watches the
resident memory of all its processes together.
"""

import argparse
import io
import json
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import bioc
import msgspec
import orjson
from bioc import biocjson, pubtator
from lxml import etree

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.documents import FORMATS, blocks  # the folder above is no installed package
from rdfgen.iris import Iris
from rdfgen.ntriples import lines
from rdfgen.readers import READERS
from rdfgen.report import Report
from rdfgen.triples import PARTS


def litlod(name: str, data: bytes) -> int:
    """Read to papers; returns the number of annotations."""
    report = Report("x", drain=lambda report: report.entries.clear())
    return sum(len(paper.annotations) for paper in READERS[name].read(io.BytesIO(data), report))


def triples(name: str, data: bytes) -> int:
    """Read to papers and make their N-Triples."""
    report, iris, target = Report("x", drain=lambda report: report.entries.clear()), Iris(), io.BytesIO()
    for paper in READERS[name].read(io.BytesIO(data), report):
        for part in PARTS.values():
            target.write("".join(dict.fromkeys(lines(part.triples(paper, iris)))).encode())
        target.seek(0)
    return 0


def with_lxml(data: bytes) -> int:
    """Parse element by element, and let go of each."""
    for _, element in etree.iterparse(io.BytesIO(data), tag=("document", "PubmedArticle", "article")):
        element.clear()
        while element.getprevious() is not None:
            del element.getparent()[0]
    return 0


def by_line(loads: Callable[[bytes], object]) -> Callable[[bytes], int]:
    """A parser of JSON, called for each line."""

    def parse(data: bytes) -> int:
        for line in data.splitlines():
            loads(line)
        return 0

    return parse


def bioc_json(data: bytes) -> int:
    """The bioc package on one document a line."""
    for line in data.splitlines():
        biocjson.fromJSON(json.loads(line), "BioCDocument")
    return 0


PEERS: dict[str, dict[str, Callable[[bytes], int]]] = {
    "pubtator": {"bioc": lambda data: sum(0 for _ in pubtator.load(io.StringIO(data.decode())))},
    "pubtator-bulk": {"split": lambda data: sum(0 for line in data.splitlines() if line.decode().split("\t"))},
    "bioc-json": {"bioc": bioc_json, "json": by_line(json.loads), "orjson": by_line(orjson.loads), "msgspec": by_line(msgspec.json.decode)},
    "bioc-xml": {"bioc": lambda data: len(bioc.loads(data.decode().partition("?>")[2]).documents) * 0, "lxml": with_lxml},
    "pubmed": {"lxml": with_lxml},
    "jats": {"lxml": with_lxml},
}


def measured(name: str, data: bytes, rounds: int) -> None:
    """Print the median speed of each way to read the data."""
    ways: dict[str, Callable[[bytes], int]] = {"litlod": lambda data: litlod(name, data), "triples": lambda data: triples(name, data)}
    ways |= PEERS[name]
    seconds: dict[str, list[float]] = {way: [] for way in ways}
    annotations = 0
    for _ in range(rounds):
        for way, run in ways.items():
            started = time.process_time()
            annotations = max(annotations, run(data))
            seconds[way].append(time.process_time() - started)
    ours = statistics.median(seconds["litlod"])
    for way, found in seconds.items():
        median = statistics.median(found)
        speed = f"{len(data) / 1e6 / median:7.1f} MB/s"
        rate = f"{annotations / median:10,.0f} annotations/s" if way in ("litlod", "triples") and annotations else " " * 25
        print(f"{name:14} {way:8} {speed} {rate}  {ours / median:5.2f} times litlod's speed")


def tree_memory(root: int) -> int:
    """The resident memory of a process and all below it, in bytes; pages that they share are counted once, as far as Linux tells."""
    total, waiting = 0, [root]
    while waiting:
        process = waiting.pop()
        try:
            rollup = Path(f"/proc/{process}/smaps_rollup").read_text(encoding="ascii")
            total += next(int(line.split()[1]) << 10 for line in rollup.splitlines() if line.startswith("Pss:"))
            for task in Path(f"/proc/{process}/task").iterdir():
                waiting += map(int, (task / "children").read_text(encoding="ascii").split())
        except (OSError, StopIteration):
            continue  # it ended meanwhile
    return total


def memory(name: str, megabytes: int) -> None:
    """Print the peak memory of converting a file of that size."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "input"
        with open(path, "wb") as file:
            file.writelines(blocks(name, megabytes * 1_000_000))
        started = time.monotonic()
        command = [
            sys.executable,
            "-c",
            "from rdfgen.cli import main; main()",
            "convert",
            str(path),
            "-o",
            str(Path(folder) / "out.nt.zst"),
        ]
        process = subprocess.Popen(command, stderr=subprocess.DEVNULL)
        peak = 0
        while process.poll() is None:
            peak = max(peak, tree_memory(process.pid))
            time.sleep(0.1)
        seconds = time.monotonic() - started
        size = path.stat().st_size / 1e6
        print(
            f"{name:14} {size:7.0f} MB converted in {seconds:5.0f} s, peak {peak / 1e6:5.0f} MB, exit code {process.returncode}", flush=True
        )


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("formats", nargs="*", default=[*FORMATS], metavar="FORMAT", help=", ".join(FORMATS))
    parser.add_argument("--megabytes", type=int, default=20)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--memory", action="store_true")
    arguments = parser.parse_args()
    print(f"Python {platform.python_version()}, {arguments.megabytes} MB a format")
    for name in arguments.formats:
        if arguments.memory:
            memory(name, arguments.megabytes)
        else:
            measured(name, b"".join(blocks(name, arguments.megabytes * 1_000_000)), arguments.rounds)


if __name__ == "__main__":
    main()
