"""What gets past the gate still reaches nobody: queries given to the pool itself, and a listener that would notice."""

import http.server
import os
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from itertools import product
from pathlib import Path

import pyoxigraph
import pytest

from rdfgen.release.directory import DataDirectory
from server.engine.limits import Limits
from server.engine.pool import Pool
from server.engine.query import BadQuery, Query
from server.engine.wire import Frame, framed, reader, receive
from server.published import Published
from tests import server_fixtures

data = server_fixtures.data

# URL is the address that must not be asked; {S} is SERVICE with and without SILENT.
PLACES = [
    "SELECT * { {S} <URL> { ?s ?p ?o } }",
    "SELECT * WHERE { { {S} <URL> { ?s ?p ?o } } }",
    "SELECT * { ?x ?y ?z . {S} <URL> { ?x ?p ?o } } LIMIT 1",
    "SELECT * { ?x ?y ?z OPTIONAL { {S} <URL> { ?s ?p ?o } } } LIMIT 3",
    "SELECT * { ?x ?y ?z OPTIONAL { { SELECT * { {S} <URL> { ?s ?p ?o } } LIMIT 1 } } } LIMIT 3",
    "SELECT * { { ?x ?y ?z } UNION { {S} <URL> { ?s ?p ?o } } } ORDER BY ?o LIMIT 1",
    "SELECT * { ?x ?y ?z MINUS { {S} <URL> { ?x ?p ?o } } } LIMIT 1",
    "SELECT * { ?x ?y ?z FILTER NOT EXISTS { {S} <URL> { ?x ?p ?o } } } LIMIT 1",
    "SELECT (EXISTS { {S} <URL> { ?s ?p ?o } } AS ?e) {}",
    "SELECT * { BIND(EXISTS { {S} <URL> { ?s ?p ?o } } AS ?e) }",
    "SELECT (COUNT(*) AS ?n) { {S} <URL> { ?s ?p ?o } } GROUP BY ?s HAVING(EXISTS { {S} <URL> { ?s ?p ?o } })",
    "SELECT * { ?x ?y ?z } ORDER BY (EXISTS { {S} <URL> { ?s ?p ?o } }) LIMIT 1",
    "SELECT * { GRAPH ?g { {S} <URL> { ?s ?p ?o } } }",
    "SELECT * { LATERAL { {S} <URL> { ?s ?p ?o } } }",
    "SELECT * { {S} <URL> { {S} <URL> { ?s ?p ?o } } }",
    "SELECT * { VALUES ?e { <URL> } {S} ?e { ?s ?p ?o } }",
    "SELECT * { BIND(IRI(CONCAT('URL', '')) AS ?e) {S} ?e { ?s ?p ?o } }",
    "PREFIX x: <URL> SELECT * { {S} x: { ?s ?p ?o } }",
    "BASE <URL> SELECT * { {S} <> { ?s ?p ?o } }",
    "ASK { {S} <URL> { ?s ?p ?o } }",
    "ASK { FILTER EXISTS { {S} <URL> { ?s ?p ?o } } }",
    "CONSTRUCT { ?s ?p ?o } WHERE { {S} <URL> { ?s ?p ?o } }",
    "DESCRIBE ?s { {S} <URL> { ?s ?p ?o } }",
]
OTHERS = [
    "LOAD <URL>",
    "LOAD SILENT <URL> INTO GRAPH <a:a>",
    "SELECT * FROM <URL> { ?s ?p ?o }",
    "SELECT * FROM NAMED <URL> { GRAPH ?g { ?s ?p ?o } }",
    "SELECT * { GRAPH <URL> { ?s ?p ?o } }",
    "DESCRIBE <URL>",
]
QUERIES = [place.replace("{S}", word) for place, word in product(PLACES, ("SERVICE", "SERVICE SILENT"))] + OTHERS


class Listener(http.server.BaseHTTPRequestHandler):
    """Counts who comes, and sends everyone on to another path of the same server."""

    def __init__(self, *arguments: object) -> None:
        COMERS.append(str(arguments[1]))
        super().__init__(*arguments)  # type: ignore[arg-type]  # as the server gives them

    def do_POST(self) -> None:
        self.send_response(307)
        self.send_header("Location", "/elsewhere")
        self.send_header("Content-Length", "0")
        self.end_headers()

    do_GET = do_POST  # noqa: N815  # the name is http.server's

    def log_message(self, *_: object) -> None:
        """Nothing."""


class DualStack(http.server.ThreadingHTTPServer):
    address_family = socket.AF_INET6


COMERS: list[str] = []


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    """A server on all addresses of this machine, of both kinds."""
    with DualStack(("::", 0), Listener) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server.server_address[1]
        server.shutdown()
        thread.join()


@pytest.fixture(scope="module")
def store(data: Path) -> Callable[[], str]:
    return Published(DataDirectory(data)).store_path


@pytest.fixture(scope="module")
def pool(store: Callable[[], str]) -> Iterator[Pool]:
    with closing(Pool(store, Limits(1, 1024, 20, 5))) as running:
        yield running


@contextmanager
def nobody_comes() -> Iterator[None]:
    before = len(COMERS)
    yield
    assert COMERS[before:] == []


@pytest.mark.parametrize("query", QUERIES)
def test_no_query_makes_a_worker_reach_anybody(pool: Pool, port: int, query: str) -> None:
    with nobody_comes():
        try:
            for _ in pool.answer(Query(query.replace("URL", f"http://127.0.0.1:{port}/sparql"))):
                pass
        except BadQuery:
            return


@pytest.mark.parametrize("host", ["127.0.0.1", "[::1]", "[::ffff:127.0.0.1]", "localhost", "0.0.0.0", "127.1", "2130706433", "[::]"])
@pytest.mark.parametrize("word", ["SERVICE", "SERVICE SILENT"])
def test_no_spelling_of_an_address_lets_a_worker_reach_it(pool: Pool, port: int, host: str, word: str) -> None:
    with nobody_comes():
        try:
            list(pool.answer(Query(f"SELECT * {{ {word} <http://{host}:{port}/> {{ ?s ?p ?o }} }}")))
        except BadQuery:
            assert word == "SERVICE"


def test_the_listener_of_the_tests_above_notices_pyoxigraph(port: int) -> None:
    before = len(COMERS)
    with pytest.raises((OSError, RuntimeError)):
        pyoxigraph.Store().query(f"ASK {{ SERVICE <http://127.0.0.1:{port}/> {{ ?s ?p ?o }} }}")
    assert len(COMERS) > before


@pytest.mark.parametrize("host", ["127.0.0.1", "::1", "::ffff:127.0.0.1", "localhost", "0.0.0.0"])
def test_the_listener_of_the_tests_above_can_be_reached_by_each_kind_of_address(port: int, host: str) -> None:
    before = len(COMERS)
    with socket.create_connection((host, port), timeout=5) as client:
        client.sendall(b"GET / HTTP/1.0\r\n\r\n")
        client.recv(1)
    assert len(COMERS) > before


# Where there is no seccomp: the same worker, told that this machine has no known system calls

WITHOUT_FILTER = """
import socket, sys
from server.engine import isolation, worker
isolation._FORBIDDEN.clear()
{change}
isolation.warn_without_filter()
worker.run(socket.socket(fileno=int(sys.argv[1])), sys.argv[2], 1024)
"""


def told_without_filter(store: str, queries: list[str], change: str = "") -> tuple[list[tuple[Frame, bytes]], str]:
    """What such a worker says to each query, and what it logs."""
    ours, theirs = socket.socketpair()
    command = [sys.executable, "-c", WITHOUT_FILTER.format(change=change), str(theirs.fileno()), store]
    environment = os.environ | {"PYTHONPATH": str(Path(__file__).parents[1])}
    found: list[tuple[Frame, bytes]] = []
    with ours, theirs, reader(ours) as source:
        process = subprocess.Popen(command, pass_fds=[theirs.fileno()], env=environment, stderr=subprocess.PIPE, text=True)
        theirs.close()
        for query in queries:
            with suppress(BrokenPipeError):
                ours.sendall(framed(Frame.QUERY, Query(query, results="csv").to_json()))
            while not found or found[-1][0] not in (Frame.LAST, Frame.ERROR):
                found.append(receive(source))
            found.append((Frame.QUERY, b""))
        ours.shutdown(socket.SHUT_RDWR)
        _, log = process.communicate(timeout=20)
    return [row for row in found if row[0] in (Frame.LAST, Frame.ERROR)], log


@pytest.mark.parametrize("change", ["", "isolation._CLONE_NEWNET = isolation._CLONE_NEWUSER = 1 << 40"])
def test_without_a_filter_a_worker_reaches_nobody_either_and_the_log_says_so(store: Callable[[], str], port: int, change: str) -> None:
    calls = [f"SELECT * {{ {word} <http://127.0.0.1:{port}/> {{ ?s ?p ?o }} }}" for word in ("SERVICE", "SERVICE SILENT")]
    counts = ["SELECT (COUNT(*) AS ?n) { ?s ?p ?o }", "SELECT * { ?s ?p ?o } ORDER BY ?o LIMIT 1"]
    with nobody_comes():
        found, log = told_without_filter(store(), [*counts, *calls, *counts], change)
    assert [frame for frame, _ in found] == [Frame.LAST, Frame.LAST, Frame.ERROR, Frame.LAST, Frame.LAST, Frame.LAST]
    assert found[:2] == found[4:]
    assert "no seccomp" in log


def test_where_nothing_can_isolate_a_worker_no_query_is_evaluated(store: Callable[[], str]) -> None:
    found, log = told_without_filter(store(), ["ASK {}"], "isolation.resource.setrlimit = lambda *_: None")
    assert found[0][0] is Frame.ERROR
    assert b"safely" in found[0][1]
    assert "nothing on this system" in log
