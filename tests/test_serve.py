"""`litlod serve` as a process of its own, and the clients that people use with it."""

import http.client
import os
import signal
import socket
import subprocess
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, closing
from pathlib import Path
from urllib.parse import urlencode
from xml.dom.minidom import Document

import pandas
import pyoxigraph
import pytest
import SPARQLWrapper
from rdflib import Graph, URIRef
from rdflib.plugins.stores.sparqlstore import SPARQLStore

from tests import server_fixtures
from tests.live import COMMAND, Server, processes_of, processor_seconds, running, serving
from tests.server_fixtures import SEEDS, publish

pytestmark = [
    pytest.mark.slow,
    pytest.mark.filterwarnings("ignore:ConjunctiveGraph is deprecated:DeprecationWarning"),  # SPARQLWrapper and rdflib themselves
    pytest.mark.filterwarnings("ignore:Dataset.default_context is deprecated:DeprecationWarning"),
]
data = server_fixtures.data

PAPER = URIRef("https://w3id.org/litlod/paper/PMC12973800")
SELECT = "SELECT ?p ?o { <https://w3id.org/litlod/paper/PMC12973800> ?p ?o } ORDER BY ?p ?o LIMIT 5"
CONSTRUCT = "CONSTRUCT WHERE { <https://w3id.org/litlod/paper/PMC12973800> ?p ?o }"
ENDLESS_ROWS = "SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"


@pytest.fixture(scope="module")
def server(data: Path) -> Iterator[Server]:
    with serving(data, "--workers", "2") as running_server:
        yield running_server


# Clients


def test_the_server_says_that_it_is_well(server: Server) -> None:
    assert '"ok"' in server.text("health")


def test_the_home_page_shows_how_to_query_and_download_here(server: Server) -> None:
    page = server.text("")
    assert server.endpoint in page
    assert f"{server.url}dumps/latest/papers.ttl.gz" in page


@pytest.mark.parametrize(
    "path", ["dumps/latest/papers.ttl.gz", "paper/PMC12973800.ttl", "ontology", ".well-known/void", "concept/MONDO:0002050"]
)
def test_what_the_home_page_names_is_there(server: Server, path: str) -> None:
    with urllib.request.urlopen(server.url + path, timeout=20) as response:
        assert response.status == 200


@pytest.mark.parametrize("accept", ["text/turtle", "text/html"])
def test_an_iri_leads_a_plain_client_to_its_document(server: Server, accept: str) -> None:
    request = urllib.request.Request(server.url + "paper/PMC12973800", headers={"Accept": accept})
    with urllib.request.urlopen(request, timeout=20) as response:
        assert response.headers.get_content_type() == accept
        assert b"Advances in calcium" in response.read()


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("form", ["urlencoded", "postdirectly"])
@pytest.mark.parametrize("name", ["json", "xml", "csv", "tsv"])
def test_sparqlwrapper_reads_tables(server: Server, method: str, form: str, name: str) -> None:
    wrapper = wrapped(server, SELECT, name, method, form)
    found = wrapper.queryAndConvert()
    text = found.toxml() if isinstance(found, Document) else found.decode() if isinstance(found, bytes) else str(found)
    assert "http://purl.org/dc/terms/creator" in text


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("name", ["turtle", "n3", "rdf+xml", "json-ld", "xml"])
def test_sparqlwrapper_reads_graphs(server: Server, method: str, name: str) -> None:
    found = wrapped(server, CONSTRUCT, name, method, "urlencoded").queryAndConvert()
    if isinstance(found, bytes):
        found = Graph().parse(data=found, format="turtle")
    assert isinstance(found, Graph)
    assert len(found) > 50


def wrapped(server: Server, query: str, name: str, method: str, form: str) -> SPARQLWrapper.SPARQLWrapper:
    wrapper = SPARQLWrapper.SPARQLWrapper(server.endpoint)
    wrapper.setQuery(query)
    wrapper.setReturnFormat(name)
    wrapper.setMethod(method)
    wrapper.setRequestMethod(form)
    return wrapper


def test_sparqlwrapper_tells_of_a_wrong_query(server: Server) -> None:
    with pytest.raises(SPARQLWrapper.SPARQLExceptions.QueryBadFormed):
        wrapped(server, "SELECT *", "json", "POST", "urlencoded").query()


@pytest.mark.parametrize("method", ["GET", "POST", "POST_FORM"])
def test_rdflib_takes_the_endpoint_for_a_store(server: Server, method: str) -> None:
    graph = Graph(SPARQLStore(server.endpoint, method=method))
    assert len(list(graph.query(SELECT))) == 5
    assert len(list(graph.triples((PAPER, None, None)))) > 50
    assert len(graph) > 3_000
    assert graph.query("ASK {}").askAnswer is True
    assert len(graph.query(CONSTRUCT).graph or ()) > 50


def test_rdflib_asks_the_endpoint_by_service(server: Server) -> None:
    assert len(list(Graph().query(f"SELECT * {{ SERVICE <{server.endpoint}> {{ <{PAPER}> ?p ?o }} }}"))) > 50


def test_oxigraph_asks_the_endpoint_by_service(server: Server) -> None:
    found = pyoxigraph.Store().query(f"SELECT * {{ SERVICE <{server.endpoint}> {{ <{PAPER}> ?p ?o }} }}")
    assert isinstance(found, pyoxigraph.QuerySolutions)
    assert len(list(found)) > 50


def test_pandas_reads_a_table_from_the_address_of_a_query(server: Server) -> None:
    table = pandas.read_csv(f"{server.endpoint}?{urlencode({'query': SELECT, 'format': 'csv'})}")
    assert table.shape == (5, 2)


def test_one_connection_serves_many_requests(server: Server) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=20)
    for path in ("/health", "/sparql?query=ASK%7B%7D", "/sparql?query=nonsense", "/nowhere", "/sparql?query=ASK%7B%7D"):
        connection.request("GET", path)
        response = connection.getresponse()
        assert (response.status >= 400) == (path in ("/sparql?query=nonsense", "/nowhere"))
        response.read()
    connection.close()


# Limits


@pytest.fixture(scope="module")
def strict(data: Path) -> Iterator[Server]:
    with serving(data, "--workers", "1", "--query-timeout", "1", "--queue-timeout", "0.3") as running_server:
        yield running_server


def opened(server: Server, query: str) -> tuple[http.client.HTTPConnection, http.client.HTTPResponse]:
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=20)
    connection.request("GET", "/sparql?" + urlencode({"query": query, "format": "csv"}))
    return connection, connection.getresponse()


def test_a_timeout_behind_the_first_block_breaks_the_transfer(strict: Server) -> None:
    connection, response = opened(strict, ENDLESS_ROWS)
    assert response.status == 200
    with pytest.raises(http.client.IncompleteRead):
        while response.read(1 << 20):
            pass
    connection.close()
    assert strict.result("SELECT (1 AS ?x) {}").split() == ["x", "1"]


def test_a_client_that_goes_away_frees_its_worker(server: Server) -> None:
    for _ in range(4):
        connection, response = opened(server, ENDLESS_ROWS)
        response.read(1_000)
        response.close()
        connection.close()
    assert server.result("SELECT (1 AS ?x) {}").split() == ["x", "1"]


def test_a_client_that_leaves_before_the_answer_frees_its_worker_at_once(data: Path) -> None:
    with serving(data, "--workers", "1", "--query-timeout", "60", "--queue-timeout", "5") as server:
        with socket.create_connection(("127.0.0.1", server.port)) as client:
            path = "/sparql?" + urlencode({"query": ENDLESS_ROWS.replace("*", "(COUNT(*) AS ?n)", 1)})
            client.sendall(f"GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
            time.sleep(0.5)
        assert "true" in server.text("sparql?" + urlencode({"query": "ASK {}"}))


def test_who_finds_all_workers_busy_gets_a_503_with_retry_after(strict: Server) -> None:
    connection, response = opened(strict, ENDLESS_ROWS)
    with pytest.raises(urllib.error.HTTPError) as caught:
        strict.result("ASK {}")
    assert (caught.value.code, caught.value.headers["Retry-After"]) == (503, "5")
    caught.value.close()
    response.close()
    connection.close()


def test_a_client_that_does_not_read_is_cut_off_and_sees_it(data: Path) -> None:
    path = "/sparql?" + urlencode({"query": ENDLESS_ROWS})
    with ExitStack() as stack:
        server = stack.enter_context(serving(data, "--threads", "1", "--send-timeout", "1", "--query-timeout", "60"))
        client = stack.enter_context(closing(http.client.HTTPConnection("127.0.0.1", server.port, timeout=20)))
        client.request("GET", path)
        response = stack.enter_context(client.getresponse())
        assert '"ok"' in server.text("health")  # The only thread has let go of the client.
        with pytest.raises((http.client.IncompleteRead, ConnectionResetError)):
            response.read()


# Life and death


def test_a_new_release_is_served_without_a_restart(tmp_path: Path) -> None:
    count = "SELECT (COUNT(?p) AS ?n) { ?p a <http://purl.org/spar/fabio/JournalArticle> }"
    old = publish(tmp_path, SEEDS[:1])
    with serving(tmp_path) as server:
        assert server.result(count).split() == ["n", "1"]
        assert old in server.text("health")
        new = publish(tmp_path, SEEDS)
        assert server.result(count).split() == ["n", "2"]
        assert new in server.text("health")


def test_many_switches_fail_no_request(tmp_path: Path) -> None:
    query = "SELECT (COUNT(?p) AS ?n) { ?p a ?class . FILTER(STRENDS(STR(?class), 'JournalArticle') && RAND() < 2) }"  # No cache keeps it.
    publish(tmp_path, SEEDS)
    published, found = threading.Event(), list[list[str]]()

    def ask(server: Server) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=20)
        with closing(connection):
            while not published.is_set():
                connection.request("GET", "/sparql?" + urlencode({"query": query, "format": "csv"}))
                response = connection.getresponse()
                found.append([str(response.status), *response.read().decode().split()])

    with serving(tmp_path) as server:
        askers = [threading.Thread(target=ask, args=(server,)) for _ in range(4)]
        for asker in askers:
            asker.start()
        try:
            for number in range(6):
                publish(tmp_path, SEEDS[number % 2 : number % 2 + 1] if number < 5 else SEEDS)
        finally:
            published.set()
            for asker in askers:
                asker.join()
        assert server.result(query).split() == ["n", "2"]
    assert {tuple(row) for row in found} == {("200", "n", "1"), ("200", "n", "2")}


@pytest.mark.parametrize(("sign", "seconds"), [(signal.SIGINT, 5), (signal.SIGTERM, 7)])
def test_a_signal_stops_the_server_and_all_its_processes(data: Path, sign: signal.Signals, seconds: float) -> None:
    with serving(data, "--workers", "3", "--drain-timeout", "2") as server:
        reader = threading.Thread(target=read_to_the_end, args=(server,))
        reader.start()
        assert server.result("SELECT (1 AS ?x) {}").split() == ["x", "1"]
        started = processes_of(server.process.pid)
        assert len(started) >= 4
        begin = time.monotonic()
        server.process.send_signal(sign)
        server.process.wait(10)
        assert time.monotonic() - begin < seconds
        assert not gone_after(started, seconds=1)
        reader.join()


LASTING = "SELECT (SUM(STRLEN(CONCAT(STR(?a), STR(?d)))) AS ?n) (RAND() AS ?r) { { SELECT * { ?a ?b ?c } LIMIT 400 } ?d ?e ?f }"


def test_a_query_that_runs_when_the_server_is_told_to_stop_is_answered_and_others_are_turned_away(data: Path) -> None:
    answers: list[str] = []
    with serving(data, "--workers", "1", "--drain-timeout", "60") as server:
        server.result("SELECT (1 AS ?x) {}")
        started = processes_of(server.process.pid)
        workers = [pid for pid in started if b"zygote" in Path(f"/proc/{pid}/cmdline").read_bytes()]
        before = {pid: processor_seconds(pid) for pid in workers}
        asker = threading.Thread(target=lambda: answers.append(server.result(LASTING)))
        asker.start()
        while all(processor_seconds(pid) - before[pid] < 0.1 for pid in workers):
            time.sleep(0.02)
        for pid in started:  # as systemd does with all processes of a service
            os.kill(pid, signal.SIGTERM)
        for _ in range(20):
            connection, response = opened(server, "ASK {}")
            with closing(connection), response:
                body = response.read()
            if response.headers["Connection"] == "close" or answers:  # The first may have come before the signal.
                break
        assert not answers
        assert (response.status, response.headers["Connection"]) == (503, "close")
        assert response.headers["Retry-After"]
        assert b"shutting down" in body
        asker.join()
        server.process.wait(10)
        assert not gone_after(started, seconds=1)
    assert answers[0].startswith("n,r")
    assert answers[0].count("\r\n") == 2


def read_to_the_end(server: Server) -> None:
    connection, response = opened(server, ENDLESS_ROWS)
    with closing(connection), response:
        try:
            while response.read(1 << 20):
                pass
        except (http.client.IncompleteRead, ConnectionError):
            return


def gone_after(pids: set[int], seconds: float) -> set[int]:
    """Those that still run then."""
    end = time.monotonic() + seconds
    while (left := running(pids)) and time.monotonic() < end:
        time.sleep(0.05)
    return left


def test_a_server_that_is_killed_leaves_no_query_process(data: Path) -> None:
    with serving(data) as server:
        server.result("SELECT (1 AS ?x) {}")
        started = processes_of(server.process.pid)
        os.kill(server.process.pid, signal.SIGKILL)
        server.process.wait()
        assert not gone_after(started, seconds=5)


def failed(*options: str) -> tuple[int, str]:
    done = subprocess.run([*COMMAND, *options], capture_output=True, text=True, timeout=20, check=False)
    assert "Traceback" not in done.stderr
    return done.returncode, done.stderr


def test_a_port_that_is_taken_is_told_with_the_cure(data: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        status, message = failed("--data", str(data), "--port", str(taken.getsockname()[1]))
    assert status == 3
    assert "--port" in message


def test_without_a_release_there_is_an_error_that_says_what_to_run(tmp_path: Path) -> None:
    status, message = failed("--data", str(tmp_path))
    assert status == 1
    assert "litlod build" in message


@pytest.mark.parametrize(
    "options", [("--workers", "0"), ("--query-timeout", "-1"), ("--port", "many"), ("--port", "70000"), ("--send-timeout", "1e300")]
)
def test_a_setting_that_makes_no_sense_is_wrong_usage(data: Path, options: tuple[str, str]) -> None:
    assert failed("--data", str(data), *options)[0] == 2


def test_requests_that_are_never_finished_block_nobody_for_long(data: Path) -> None:
    with serving(data, "--threads", "2", "--receive-timeout", "1") as server:
        unfinished = [socket.create_connection(("127.0.0.1", server.port)) for _ in range(6)]
        for client in unfinished:
            client.sendall(b"GET /spa")
        assert '"ok"' in server.text("health")
        for client in unfinished:
            client.close()
