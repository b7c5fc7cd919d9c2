"""`litlod check`: the scores of others, computed as they compute them, of a running service."""

import json
import threading
from collections.abc import Iterator
from datetime import date, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from pyoxigraph import RdfFormat, Store

from server.checking.descriptions import Descriptions
from server.checking.findings import Finding, Part, mean
from server.checking.site import Reply, Site
from server.checking.umaka import umaka
from tests.live import Server, serving
from tests.running import litlod

PUBLIC = "https://lit.example.org/"
TRIES = 10


@pytest.fixture(scope="module")
def live(seeds_release: Path) -> Iterator[Server]:
    with serving(seeds_release) as found:
        yield found


@pytest.mark.slow
def test_the_release_of_the_seeds_gets_97_of_100_by_umaka(live: Server) -> None:
    for _ in range(TRIES):  # Milliseconds count, and other programs take some now and then.
        done = litlod("check", live.url, "--as", PUBLIC, "--json", "--at-least", "97")
        parts = {part["name"]: part["score"] for part in json.loads(done.text)["parts"]}
        if done.exit_code == 0:
            break
    assert done.exit_code == 0, done.text
    assert {name: parts[name] for name in ("availability", "freshness", "operation", "validity")} == {
        "availability": 100,
        "freshness": 100,
        "operation": 100,
        "validity": 100,
    }
    assert parts["usefulness"] >= 90 and parts["performance"] >= 90


@pytest.mark.slow
def test_every_metric_of_fair_checker_is_met(live: Server) -> None:
    (part,) = (part for part in json.loads(litlod("check", live.url, "--json").text)["parts"] if part["name"] == "FAIR-Checker")
    assert [row for row in part["rules"] if row["points"] < row["most"]] == []
    assert len(part["rules"]) >= 15


@pytest.mark.slow
def test_what_costs_points_is_said_with_its_reason(live: Server) -> None:
    text = litlod("check", live.endpoint).text
    assert "-10.0 address: host: 127.0.0.1" in text
    assert f"-10.0 address: port: {live.port}" in text


@pytest.mark.slow
def test_too_low_a_score_is_exit_code_1(live: Server) -> None:
    assert litlod("check", live.url, "--at-least", "100").exit_code == 1


def test_a_server_that_is_not_there_is_exit_code_3() -> None:
    done = litlod("check", "http://127.0.0.1:9/")
    assert (done.exit_code, "no answer" in done.stderr) == (3, True)


@pytest.mark.parametrize("url", ["ftp://x.example/", "x", "http://", "file:///etc/passwd"])
def test_what_is_no_web_address_is_wrong_usage(url: str) -> None:
    assert litlod("check", url).exit_code == 2


class Bare(BaseHTTPRequestHandler):
    """A server that answers everything with the same page, and sends whoever asks for VoID to another host."""

    def do_GET(self) -> None:
        self.asked.append(self.path)
        self.send_response(302 if "void" in self.path else 200)
        self.send_header("Location", f"http://127.0.0.2:{self.server.server_port}/elsewhere")  # type: ignore[attr-defined]  # of HTTPServer
        self.send_header("Content-Type", "text/turtle")
        self.send_header("Content-Length", "5")
        self.end_headers()
        self.wfile.write(b"hello")

    do_POST = do_GET  # noqa: N815  # the library's name
    asked: list[str] = []  # noqa: RUF012  # one server

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@pytest.fixture
def bare() -> Iterator[str]:
    """The address of a server that knows nothing of SPARQL."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Bare)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_server_that_is_no_endpoint_scores_little_and_breaks_nothing(bare: str) -> None:
    done = litlod("check", bare, "--json")
    assert done.exit_code == 0, done.stderr
    parts = {part["name"]: part["score"] for part in json.loads(done.text)["parts"]}
    assert parts["operation"] == parts["usefulness"] == parts["performance"] == 0
    assert parts["freshness"] == 30


def test_no_other_host_is_asked(bare: str) -> None:
    litlod("check", bare)
    assert "/elsewhere" not in Bare.asked


def described(text: str) -> Descriptions:
    from email.message import Message

    graph, nothing = Store(), Reply(0, Message(), b"", 0)
    graph.load(text.encode(), format=RdfFormat.TURTLE)
    return Descriptions(nothing, nothing, Store(), graph)


@pytest.mark.parametrize(("days", "points"), [(0, 100), (30, 100), (31, 99.8), (197, 65.1), (365, 30), (1000, 30), (-1, 30)])
def test_freshness_falls_from_the_31st_day_on(days: int, points: float, bare: str) -> None:
    today = date(2026, 11, 21)
    text = f"""@prefix void: <http://rdfs.org/ns/void#> . @prefix dct: <http://purl.org/dc/terms/> .
    <http://x/> a void:Dataset ; dct:issued "{today - timedelta(1000)}" , "no date" ; dct:modified "{today - timedelta(days)}" ."""
    parts = umaka(Site(bare, bare), described(text), today)
    assert parts[1].score == pytest.approx(points, abs=0.05)


@pytest.mark.parametrize(
    ("public", "points"),
    [
        ("https://lit.example.org/sparql", 40),
        ("https://lit.example.org:8443/sparql", 20),
        ("http://[::1]/sparql", 30),
        ("http://127.0.0.1/s?x=1", 20),
        ("https://a-rather-long-name.example.org/sparql", 30),
    ],
)
def test_a_good_address_is_a_name_without_a_port_and_a_query_and_short(public: str, points: float, bare: str) -> None:
    parts = umaka(Site(bare, public), described(""), date(2026, 11, 21))
    assert sum(row.points for row in parts[4].findings if row.name.startswith("address")) == points


def test_the_mean_is_cut_not_rounded() -> None:
    assert mean(Part(str(score), (Finding("", score, 100, ""),)) for score in (100, 100, 99)) == 99
