"""Pages to N-Triples: this converter against rdflib, on the same pages, in turn, in one run.

    python benchmarks/convert.py [--pages N] [--rounds N]

Three ways are measured by CPU time of this process: `text`, which is what the converter does; `terms`, the same
triples as pyoxigraph terms; `rdflib`, the same triples added to one rdflib Graph and serialised. Reading the pages
is part of each, as it is of any conversion; `read` is that part alone.
"""

import argparse
import io
import platform
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pyoxigraph
import rdflib

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.pages import write_pages  # the folder above is no installed package
from rdfgen.iris import Iris
from rdfgen.model import Paper
from rdfgen.ntriples import Triple, lines
from rdfgen.readers.page import reader as page
from rdfgen.report import Report
from rdfgen.triples import PARTS


def papers(paths: list[Path]) -> Iterator[Paper]:
    """The papers of the pages."""
    for path in paths:
        with open(path, "rb") as stream:
            yield from page.read(stream, Report(str(path)))


def triples(paths: list[Path]) -> Iterator[Triple]:
    """All triples of the pages as N-Triples terms."""
    iris = Iris()
    for paper in papers(paths):
        for part in PARTS.values():
            yield from part.triples(paper, iris)


def read(paths: list[Path]) -> int:
    """Read the pages and make nothing of them."""
    return sum(1 for _ in papers(paths)) * 0


def text(paths: list[Path]) -> int:
    """As the converter does it: text, distinct within a paper and part."""
    iris, target, count = Iris(), io.BytesIO(), 0
    for paper in papers(paths):
        for part in PARTS.values():
            found = dict.fromkeys(lines(part.triples(paper, iris)))
            target.write("".join(found).encode())
            count += len(found)
    return count


def terms(paths: list[Path]) -> int:
    """The same triples as pyoxigraph terms, serialised by pyoxigraph."""
    made = (pyoxigraph.Triple(_oxigraph(s), _oxigraph(p), _oxigraph(o)) for s, p, o in triples(paths))  # type: ignore[arg-type]
    result = pyoxigraph.serialize(made, format=pyoxigraph.RdfFormat.N_TRIPLES)
    return (result or b"").count(b"\n")


def with_rdflib(paths: list[Path]) -> int:
    """The same triples in one rdflib Graph, serialised by rdflib."""
    graph = rdflib.Graph()
    for s, p, o in triples(paths):
        graph.add((_rdflib(s), _rdflib(p), _rdflib(o)))
    return graph.serialize(format="nt").count("\n")


def _oxigraph(term: str) -> pyoxigraph.NamedNode | pyoxigraph.Literal:
    if term.startswith("<"):
        return pyoxigraph.NamedNode(term[1:-1])
    value, _, datatype = term[1:].rpartition('"')
    return pyoxigraph.Literal(value, datatype=pyoxigraph.NamedNode(datatype[3:-1])) if datatype else pyoxigraph.Literal(value)


def _rdflib(term: str) -> rdflib.URIRef | rdflib.Literal:
    if term.startswith("<"):
        return rdflib.URIRef(term[1:-1])
    value, _, datatype = term[1:].rpartition('"')
    return rdflib.Literal(value, datatype=rdflib.URIRef(datatype[3:-1]) if datatype else None)


WAYS: dict[str, Callable[[list[Path]], int]] = {"read": read, "text": text, "terms": terms, "rdflib": with_rdflib}


def main() -> None:
    """Measure all ways in turn and print medians and ratios."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--pages", type=int, default=400)
    parser.add_argument("--rounds", type=int, default=5)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        paths = write_pages(Path(folder), arguments.pages)
        print(
            f"{arguments.pages} pages, {arguments.rounds} rounds; Python {platform.python_version()}, rdflib {rdflib.__version__}, ", end=""
        )
        print(f"pyoxigraph {pyoxigraph.__version__}, {platform.machine()}")
        seconds, made = _measured(paths, arguments.rounds)
    for name, values in seconds.items():
        median = statistics.median(values)
        rate = f"{arguments.pages / median:9.0f} pages/s {made[name] / median:12.0f} triples/s"
        print(f"{name:8} {median:7.3f} s CPU (min {min(values):.3f}, max {max(values):.3f}) {rate}")
    for other in ("terms", "rdflib"):
        ratios = sorted(theirs / ours for theirs, ours in zip(seconds[other], seconds["text"], strict=True))
        print(f"text against {other}: {statistics.median(ratios):.1f} times (min {ratios[0]:.1f}, max {ratios[-1]:.1f})")


def _measured(paths: list[Path], rounds: int) -> tuple[dict[str, list[float]], dict[str, int]]:
    seconds: dict[str, list[float]] = {name: [] for name in WAYS}
    made: dict[str, int] = {}
    for _ in range(rounds):
        for name, way in WAYS.items():
            start = time.process_time()
            made[name] = way(paths)
            seconds[name].append(time.process_time() - start)
    return seconds, made


if __name__ == "__main__":
    main()
