"""Point queries beside the worst queries: `python -m tests.load [--minutes M]`.

First four clients ask small queries alone, then beside four others that send the worst there is: products that would take for
ever, endless answers that are aborted or not read, memory bombs, queries for the gate. The small ones must all be answered, their
99th percentile staying under five times the quiet one, and nothing may be left behind: no process, no file, no memory.
"""

import argparse
import http.client
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, suppress
from dataclasses import dataclass, field
from itertools import count, cycle
from pathlib import Path
from statistics import quantiles
from urllib.parse import urlencode

from tests.live import Server, serving
from tests.probing import ATTACKER, State, is_as_well, recovered, state_of
from tests.server_fixtures import SEEDS, publish
from tests.stalling import STALLING

CLIENTS = 4
# So that the attackers get through many of the worst queries, and so that what is kept for later is no leak.
OPTIONS = ("--query-timeout", "5", "--cache-memory", "4")
_QUIET_SHARE = 0.1
_PAPER = "https://w3id.org/litlod/paper/PMC12973800"
_IDENTIFIER = "http://purl.org/dc/terms/identifier"
# None of these is kept in memory: the number makes each another one.
_POINTS = (
    f"SELECT ?p ?o {{ <{_PAPER}> ?p ?o FILTER(?o != #) }}",
    f"SELECT ?t {{ <{_PAPER}> <http://purl.org/dc/terms/title> ?t FILTER(?t != '#') }}",
    f"SELECT ?c ?id {{ <{_PAPER}> <https://schema.org/mentions> ?c . ?c <{_IDENTIFIER}> ?id FILTER(?id != '#') }} LIMIT 20",
    "ASK { ?s a <http://purl.org/spar/fabio/JournalArticle> FILTER(?s != '#') }",
)
_ENDLESS = "SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"
_WORST = (
    "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }",
    "SELECT * { ?a ?b ?c . ?d ?e ?f } ORDER BY ?f ?c",
    "SELECT (STRLEN(?v40) AS ?n) { BIND('0123456789' AS ?v0) "
    + " ".join(f"BIND(CONCAT(?v{n}, ?v{n}) AS ?v{n + 1})" for n in range(40))
    + " }",
    STALLING["a chain"][1](90),
    STALLING["brackets"][1](5_000),
    "SELECT DISTINCT ?a ?c ?f { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i } OFFSET 1000000000",
)


@dataclass(slots=True)
class Found:
    """Seconds of the small queries that were answered, and what happened to the others; `worst` counts what the attackers sent."""

    seconds: list[float] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    worst: int = 0

    def p99(self) -> float:
        """The 99th percentile in seconds."""
        return quantiles(self.seconds, n=100)[98]


@dataclass(frozen=True, slots=True)
class Result:
    """The quiet phase, the busy one, and the server before and after."""

    quiet: Found
    busy: Found
    before: State
    after: State

    def problems(self, factor: float) -> list[str]:
        """What is not as it should be."""
        found = [f"{len(phase.errors)} small queries failed: {phase.errors[:3]}" for phase in (self.quiet, self.busy) if phase.errors]
        if self.busy.p99() > factor * self.quiet.p99():
            found.append(f"p99 {self.busy.p99() * 1e3:.1f} ms, more than {factor:g} times {self.quiet.p99() * 1e3:.1f} ms")
        return found if is_as_well(self.after, self.before) else [*found, f"left behind: {self.before} before, {self.after} after"]


def measured(data: Path, seconds: float, *options: str) -> Result:
    """Both phases, of so many seconds together, on a server of its own."""
    with serving(data, *options) as server, _read_log(server):
        _phase(server, 2, 0)
        _phase(server, 2, CLIENTS)  # Every process that there may be has been at work.
        before = recovered(server, state_of(server), 5)
        quiet = _phase(server, seconds * _QUIET_SHARE, 0)
        busy = _phase(server, seconds * (1 - _QUIET_SHARE), CLIENTS)
        return Result(quiet, busy, before, recovered(server, before, 60))


def _read_log(server: Server) -> ExitStack:
    """What the server says is read, so that it is never held up."""
    assert server.process.stderr is not None
    thread = threading.Thread(target=server.process.stderr.read, daemon=True)
    thread.start()
    return ExitStack()


def _phase(server: Server, seconds: float, attackers: int) -> Found:
    found, end = Found(), time.monotonic() + seconds
    threads = [threading.Thread(target=_ask, args=(server, end, found, number)) for number in range(CLIENTS)]
    threads += [threading.Thread(target=_attack, args=(server, end, found, number)) for number in range(attackers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return found


def _ask(server: Server, end: float, found: Found, client: int) -> None:
    """Small queries, one after the other, over one connection."""
    numbers = count(client * 10_000_000 + int(end * 1_000) % 10_000)
    with closing(http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)) as connection:
        for query in cycle(_POINTS):
            if (begin := time.monotonic()) > end:
                return
            try:
                connection.request("GET", "/sparql?" + urlencode({"query": query.replace("#", str(next(numbers)))}))
                response = connection.getresponse()
                text = response.read()
            except (OSError, http.client.HTTPException) as error:
                found.errors.append(f"{type(error).__name__}: {error}")
                connection.close()
                continue
            if response.status == 200:
                found.seconds.append(time.monotonic() - begin)
            else:
                found.errors.append(f"{response.status}: {text[:200]!r}")


def _attack(server: Server, end: float, found: Found, number: int) -> None:
    """The worst queries in turn, each attacker beginning with another one."""
    for attack in _from(cycle(_attacks()), number * 3):
        left = end - time.monotonic()
        if left <= 0:
            return
        with (
            suppress(OSError, http.client.HTTPException),
            closing(http.client.HTTPConnection("127.0.0.1", server.port, timeout=left, source_address=ATTACKER)) as connection,
        ):
            found.worst += 1
            attack(connection)


_Attack = Callable[[http.client.HTTPConnection], None]


def _attacks() -> Iterator[_Attack]:
    for query in _WORST:
        yield lambda connection, query=query: _send(connection, query, 1 << 30)  # type: ignore[misc]  # a default is no argument
        yield lambda connection: _send(connection, _ENDLESS, 10_000_000)
        yield lambda connection: _send(connection, _ENDLESS, 1)


def _send(connection: http.client.HTTPConnection, query: str, length: int) -> None:
    """Ask, read so much, and go away."""
    headers = {"Content-Type": "application/sparql-query"}
    connection.request("POST", "/sparql", query, headers)
    response = connection.getresponse()
    while length > 0 and (block := response.read(min(length, 1 << 16))):
        length -= len(block)


def _from(attacks: Iterator[_Attack], number: int) -> Iterator[_Attack]:
    for _ in range(number):
        next(attacks)
    return attacks


def report(result: Result) -> str:
    """A Markdown table."""
    rows = [
        "| phase | small queries | errors | p50, ms | p99, ms | worst, ms | attacks |",
        "|---|---|---|---|---|---|---|",
        *(_row(name, found) for name, found in (("quiet", result.quiet), ("busy", result.busy))),
        "",
        "| | memory, MB | processes | open files |",
        "|---|---|---|---|",
        *(
            f"| {name} | {state.memory / 1e6:.0f} | {state.processes} | {state.files} |"
            for name, state in (("before", result.before), ("after", result.after))
        ),
    ]
    return "\n".join(rows)


def _row(name: str, found: Found) -> str:
    cuts = quantiles(found.seconds, n=100)
    times = " | ".join(f"{seconds * 1e3:.1f}" for seconds in (cuts[49], cuts[98], max(found.seconds)))
    return f"| {name} | {len(found.seconds):,} | {len(found.errors)} | {times} | {found.worst:,} |"


def main() -> None:
    """Measure, print, and end with status 1 where something is not as it should be."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--factor", type=float, default=5)
    parser.add_argument("--data", type=Path, help="a data directory [default: a release of seeds/]")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        if arguments.data is None:
            publish(Path(folder), SEEDS)
        result = measured(arguments.data or Path(folder), arguments.minutes * 60, *OPTIONS)
    print(report(result))
    problems = result.problems(arguments.factor)
    print("\n".join(problems) or "as it should be")
    sys.exit(bool(problems))


if __name__ == "__main__":
    main()
