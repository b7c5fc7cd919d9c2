"""The server against its peers, on the same triples, in one run, in turn.

    python benchmarks/serve.py [--quick] [--papers N] [--rounds N] [--seconds S] [--folder FOLDER] [--output FILE]

Makes a release of generated papers (40 annotations each), starts all servers, and asks them in rounds, so that what else the
machine does troubles all of them: small queries again and again, then answers of a million rows. Peers that PyPI has are
installed into a virtual environment in the folder; Virtuoso is taken where it is installed; one that does not start is
left out by name. Prints Markdown; `--output` writes it into the file, in place of what stood between its marks.
"""

import argparse
import platform
import re
import subprocess
import sys
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.documents import pubtator  # the folder above is no installed package
from benchmarks.serving import tables
from benchmarks.serving.load import Rate, Transfer, generator, machine, rate, transfer
from benchmarks.serving.peers import LITLOD, PEERS, Missing, Peer, Place, installed, running, versions
from rdfgen.release.manifest import read_manifest

PAPER = "https://w3id.org/litlod/paper/PMID100"
TABLE, TURTLE = "application/sparql-results+json", "text/turtle"
POINTS: dict[str, str] = {
    "describe a paper": f"SELECT ?p ?o {{ <{PAPER}> ?p ?o }}",
    "one title": f"SELECT ?title {{ <{PAPER}> <http://purl.org/dc/terms/title> ?title }}",
    "20 rows of a join": (
        f"SELECT ?concept ?id {{ <{PAPER}> <https://schema.org/mentions> ?concept . ?concept <http://purl.org/dc/terms/identifier> ?id }}"
        " LIMIT 20"
    ),
}
LARGE: dict[str, tuple[str, str]] = {
    "JSON": ("SELECT ?s ?p ?o { ?s ?p ?o } LIMIT 1000000", TABLE),
    "TSV": ("SELECT ?s ?p ?o { ?s ?p ?o } LIMIT 1000000", "text/tab-separated-values"),
    "Turtle": ("CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o } LIMIT 1000000", TURTLE),
}
_GIVEN_UP_SECONDS = 30
# What takes long; it is asked once, in the end.
_SLOW = ("Virtuoso", "rdflib-endpoint")


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="300 papers, one round, one second each")
    parser.add_argument("--papers", type=int, default=6_000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=3)
    parser.add_argument("--folder", type=Path, default=Path(".bench"), help="kept for the next run [default: .bench]")
    parser.add_argument("--output", type=Path)
    arguments = parser.parse_args()
    if arguments.quick:
        arguments.papers, arguments.rounds, arguments.seconds = 300, 1, 1
    text = measured(arguments.folder.resolve(), arguments.papers, arguments.rounds, arguments.seconds)
    print(text)
    if arguments.output:
        write(arguments.output, "serving", text)


def measured(folder: Path, papers: int, rounds: int, seconds: float) -> str:
    """All tables."""
    place = Place(release(folder, papers), folder / str(papers))
    place.folder.mkdir(exist_ok=True)
    installed(place)
    missing: dict[str, str] = {}
    with ExitStack() as stack:
        peers = [peer for name in PEERS if (peer := started(name, place, stack, missing)) is not None]
        rates = point_queries(peers, rounds, seconds)
        transfers = large_answers(peers, max(1, rounds // 2 + 1))
    head = [
        f"{datetime.now(UTC):%Y-%m-%d}; {machine()}; {platform.system()} {platform.release()}.",
        f"{papers:,} papers, {papers * 40:,} annotations, {triples(place):,} triples; {rounds} rounds of {seconds:g} s, medians.",
        f"Requests by {generator()}.",
        "Versions: " + ", ".join(f"{name} {version}" for name, version in versions(place).items()) + ".",
        *(f"Left out: {name}, because {reason}." for name, reason in missing.items()),
    ]
    parts = [tables.points(rates, seconds), tables.ratios(rates, transfers), tables.large(transfers)]
    return "\n\n".join(["\n".join(head), *parts])


def release(folder: Path, papers: int) -> Path:
    """The data directory of a release of so many generated papers, made the first time."""
    data = folder / f"data-{papers}"
    if not (data / "current").exists():
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / f"{papers}.pubtator"
        with open(path, "w", encoding="utf-8") as file:
            file.writelines(pubtator(number) for number in range(1, papers + 1))
        subprocess.run([*LITLOD, "build", str(path), "--data", str(data)], check=True, stdout=sys.stderr)
    return data


def triples(place: Place) -> int:
    """How many triples the default graph has."""
    return read_manifest((place.data / "current").resolve()).graphs[""]


def started(name: str, place: Place, stack: ExitStack, missing: dict[str, str]) -> Peer | None:
    """The peer, running until the stack ends; None, with the reason noted, if it cannot be had."""
    print(f"starting {name}", file=sys.stderr)
    try:
        return stack.enter_context(running(name, place))
    except Missing as reason:
        missing[name] = str(reason)
        return None


def point_queries(peers: list[Peer], rounds: int, seconds: float) -> tables.Rates:
    """Each small query at each server, in rounds."""
    found: dict[tuple[str, str], list[Rate]] = {}
    for number in range(rounds):
        for title, query in POINTS.items():
            for peer in peers:
                one = rate(peer, query, TABLE, seconds)
                found.setdefault((title, peer.name), []).append(one)
                print(f"round {number + 1}: {title}: {peer.name}: {one.requests:.0f}/s", file=sys.stderr)
    return found


def large_answers(peers: list[Peer], rounds: int) -> tables.Transfers:
    """Each large answer of each server, in rounds; then of those that take long, which may work on when we have given up."""
    found: dict[tuple[str, str], list[Transfer]] = {}
    turns = [(title, peer) for _ in range(rounds) for title in LARGE for peer in peers if peer.name not in _SLOW]
    turns += [(title, peer) for name in _SLOW for title in LARGE for peer in peers if peer.name == name]
    for title, peer in turns:
        query, accept = LARGE[title]
        one = transfer(peer, query, accept, _GIVEN_UP_SECONDS)
        found.setdefault((title, peer.name), []).append(one)
        print(f"{title}: {peer.name}: {one.bytes / one.seconds / 1e6:.1f} MB/s {one.error}", file=sys.stderr)
    return found


def write(path: Path, mark: str, text: str) -> None:
    """Put the text between the marks of that name in a Markdown file."""
    content = path.read_text(encoding="utf-8")
    begin, end = f"<!-- {mark}: begin -->", f"<!-- {mark}: end -->"
    pattern = re.escape(begin) + ".*?" + re.escape(end)
    path.write_text(re.sub(pattern, lambda _: f"{begin}\n{text}\n{end}", content, flags=re.DOTALL), encoding="utf-8")


if __name__ == "__main__":
    main()
