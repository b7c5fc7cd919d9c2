"""What operators have: health, metrics, logs, ids of requests, cancelling, limits for each client, an address or a secret of their own."""

import http.client
import json
import logging
import os
import re
import shutil
import socket
import sys
import time
import uuid
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from urllib.parse import urlencode

import pytest
from flask import Flask
from flask.testing import FlaskClient
from prometheus_client.parser import text_string_to_metric_families
from werkzeug.test import TestResponse

from rdfgen.errors import InputError, UsageError
from rdfgen.release.directory import DataDirectory
from server import create_app
from server.clients import client_name
from server.config import Config, read_config
from server.engine.query import Client, Query
from server.limiting import check_limits
from server.log import check_log
from server.services import Services
from tests import server_fixtures
from tests.live import Server, serving
from tests.running import litlod, litlod_process
from tests.server_fixtures import ask

data = server_fixtures.data

TOKEN = "correct-horse-battery"
BEARER = {"Authorization": f"Bearer {TOKEN}"}
MADE_ID = re.compile("[0-9a-f]{32}")
ENDLESS = "SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"
COUNT = ENDLESS.replace("*", "(COUNT(*) AS ?n)", 1)
SECRET_QUERY = 'SELECT ?s { ?s ?p "the patient\'s disease" }'
OPERATORS_PATHS = ["/metrics", "/operator/queries", "/operator/queries/1", "/operator/cache/clear", "/operator/nothing"]


@contextmanager
def made(data: Path, **settings: object) -> Iterator[Flask]:
    app = create_app(Config(str(data), **({"workers": 2, "ready_workers": 1} | settings)))  # type: ignore[arg-type]  # by Config's fields
    try:
        yield app
    finally:
        services_of(app).pool.close()
        if "litlod-log" in app.extensions:
            with suppress(OSError):  # of a device that is full
                app.extensions["litlod-log"].close()


def services_of(app: Flask) -> Services:
    found = app.extensions["litlod"]
    assert isinstance(found, Services)
    return found


@pytest.fixture(scope="module")
def app(data: Path) -> Iterator[Flask]:
    with made(data) as app:
        yield app


@pytest.fixture(scope="module")
def guarded(data: Path) -> Iterator[Flask]:
    with made(data, operator_token=TOKEN) as app:
        yield app


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture
def operator(guarded: Flask) -> FlaskClient:
    return guarded.test_client()


def get(client: FlaskClient, path: str, **headers: str) -> TestResponse:
    return client.get(path, headers=headers, buffered=True)


# Health


@pytest.mark.parametrize("path", ["/health", "/health/live", "/health/ready"])
def test_a_server_that_answers_queries_is_well(client: FlaskClient, path: str) -> None:
    response = get(client, path)
    assert (response.status_code, response.json and response.json["status"]) == (200, "ok")
    assert response.headers["Cache-Control"] == "no-store"


def test_a_server_without_a_release_lives_but_is_not_ready(tmp_path: Path) -> None:
    with made(tmp_path) as app:
        client = app.test_client()
        assert [get(client, path).status_code for path in ("/health/live", "/health/ready", "/health")] == [200, 503, 503]


def test_a_server_whose_processes_are_all_busy_is_ready(data: Path) -> None:
    with made(data, workers=1, max_queue=0) as app:
        busy = services_of(app).pool.answer(Query(ENDLESS))
        response = get(app.test_client(), "/health/ready")
        assert (response.status_code, response.json and response.json["status"]) == (200, "busy")
        busy.close()


def test_a_server_whose_processes_cannot_open_the_store_is_not_ready(data: Path, tmp_path: Path) -> None:
    copy = shutil.copytree(data, tmp_path / "data", symlinks=True)
    with made(copy, ready_workers=0) as app:
        services_of(app).published.release()
        shutil.rmtree(DataDirectory(copy).current() / "store")
        response = get(app.test_client(), "/health/ready")
        assert (response.status_code, response.mimetype) == (503, "application/problem+json")
        assert get(app.test_client(), "/health/live").status_code == 200


def test_a_server_that_is_stopping_is_not_ready_and_lives(data: Path) -> None:
    with made(data) as app:
        services_of(app).pool.drain(0)
        client = app.test_client()
        assert [get(client, path).status_code for path in ("/health/live", "/health/ready", "/health")] == [200, 503, 503]
        assert "Retry-After" in get(client, "/health/ready").headers


# Ids of requests


def test_each_response_has_an_id_of_its_own(client: FlaskClient) -> None:
    found = {
        get(client, path).headers["X-Request-ID"] for path in ("/", "/", "/nowhere", "/sparql?query=ASK%7B%7D", "/sparql?query=ASK%7B%7D")
    }
    assert len(found) == 5
    assert all(MADE_ID.fullmatch(id) for id in found)


@pytest.mark.parametrize("id", ["1", "a.b_c-D", "x" * 64, str(uuid.UUID(int=7))])
def test_a_client_may_give_the_id(client: FlaskClient, id: str) -> None:
    assert get(client, "/health/live", **{"X-Request-ID": id}).headers["X-Request-ID"] == id


@pytest.mark.parametrize("id", ["", "x" * 65, "a b", "../..", 'a"b', "<script>", "a,b", "é", "-x"])
def test_an_id_that_makes_no_sense_is_not_taken(client: FlaskClient, id: str) -> None:
    assert MADE_ID.fullmatch(get(client, "/health/live", **{"X-Request-ID": id}).headers["X-Request-ID"])


def test_an_id_that_another_request_has_is_not_given_twice(client: FlaskClient) -> None:
    with client.get("/sparql", query_string={"query": ENDLESS}, headers={"X-Request-ID": "mine"}) as running:
        second = get(client, "/health/live", **{"X-Request-ID": "mine"}).headers["X-Request-ID"]
    assert running.headers["X-Request-ID"] == "mine"
    assert second != "mine"
    assert get(client, "/health/live", **{"X-Request-ID": "mine"}).headers["X-Request-ID"] == "mine"


def test_a_problem_document_has_the_id(client: FlaskClient) -> None:
    response = get(client, "/nowhere", **{"X-Request-ID": "lost"})
    assert response.json is not None
    assert response.json["request_id"] == "lost"


# What is for operators


@pytest.mark.parametrize("method", ["GET", "POST", "DELETE", "OPTIONS", "HEAD"])
@pytest.mark.parametrize("path", OPERATORS_PATHS)
def test_by_default_there_is_nothing_for_operators(client: FlaskClient, method: str, path: str) -> None:
    response = client.open(path, method=method, headers=BEARER, buffered=True)
    other = client.open("/nowhere/at/all", method=method, buffered=True)
    assert (response.status_code, response.headers.get("Allow")) == (404, None)
    assert re.sub(r'"request_id".*', "", response.text) == re.sub(r'"request_id".*', "", other.text)


@pytest.mark.parametrize("authorization", [None, "", "Bearer", "Bearer wrong", f"Basic {TOKEN}", f"Bearer {TOKEN}x", "Bearer ü", TOKEN])
@pytest.mark.parametrize("path", OPERATORS_PATHS)
def test_who_has_not_the_secret_is_no_operator(operator: FlaskClient, path: str, authorization: str | None) -> None:
    headers = {} if authorization is None else {"Authorization": authorization}
    response = operator.get(path, headers=headers, buffered=True)
    assert (response.status_code, response.headers["WWW-Authenticate"]) == (401, "Bearer")
    assert TOKEN not in response.text


def test_operators_pages_are_for_no_other_site_and_no_cache(operator: FlaskClient) -> None:
    response = get(operator, "/metrics", **BEARER)
    assert response.status_code == 200
    assert "Access-Control-Allow-Origin" not in response.headers
    assert response.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("header", [{"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "cross-site"}])
def test_a_page_of_another_site_cannot_use_an_operators_browser(operator: FlaskClient, header: dict[str, str]) -> None:
    response = operator.post("/operator/cache/clear", headers=BEARER | header, buffered=True)
    assert response.status_code == 403


@pytest.mark.parametrize("token", ["short", "x" * 15, "sixteen with spaces", "größer als sechzehn"])
def test_a_poor_secret_is_refused_and_not_shown(token: str) -> None:
    with pytest.raises(UsageError) as caught:
        read_config({}, environment={"LITLOD_OPERATOR_TOKEN": token})
    assert token not in str(caught.value)
    assert "16" in str(caught.value)


def test_the_secret_is_no_option_and_not_shown() -> None:
    config = read_config({}, environment={"LITLOD_OPERATOR_TOKEN": TOKEN})
    assert config.operator_token == TOKEN
    assert TOKEN not in repr(config)
    assert "operator-token" not in litlod("serve", "--help").text


def test_a_running_query_is_shown_and_can_be_cancelled(data: Path) -> None:
    with made(data, operator_token=TOKEN) as app:
        client = app.test_client()
        with client.get("/sparql", query_string={"query": ENDLESS}, headers={"X-Request-ID": "heavy"}) as running:
            shown = get(client, "/operator/queries", **BEARER).json
            assert shown is not None
            assert [(row["id"], row["client"], row["text"]) for row in shown["queries"]] == [("heavy", "127.0.0.1", ENDLESS)]
            assert client.delete("/operator/queries/heavy", headers=BEARER, buffered=True).status_code == 200
            with pytest.raises(ConnectionResetError, match="cancelled"):
                list(running.iter_encoded())
        assert client.delete("/operator/queries/heavy", headers=BEARER, buffered=True).status_code == 404


def test_kept_answers_can_be_forgotten(operator: FlaskClient) -> None:
    query = "SELECT ?p { ?s ?p ?o } ORDER BY ?p LIMIT 3"
    assert [ask(operator, query).headers["Cache-Status"] for _ in range(2)] == ["litlod; fwd=miss", "litlod; hit"]
    cleared = operator.post("/operator/cache/clear", headers=BEARER, buffered=True).json
    assert cleared is not None
    assert cleared["cleared_bytes"] > 0
    assert ask(operator, query).headers["Cache-Status"] == "litlod; fwd=miss"


# Metrics


def samples(client: FlaskClient) -> dict[str, float]:
    """The numbers, each under its name and labels."""
    text = get(client, "/metrics", **BEARER).text
    return {
        f"{row.name}{json.dumps(row.labels, sort_keys=True) if row.labels else ''}": row.value
        for family in text_string_to_metric_families(text)
        for row in family.samples
    }


def changes(client: FlaskClient, *queries: str, **parameters: str) -> dict[str, float]:
    """What those queries add to the numbers."""
    before = samples(client)
    for query in queries:
        ask(client, query, **parameters)
    return {name: value - before.get(name, 0) for name, value in samples(client).items() if value != before.get(name, 0)}


def labelled(name: str, **labels: str) -> str:
    return name + json.dumps(labels, sort_keys=True)


def test_requests_are_counted_by_the_pattern_of_their_address(operator: FlaskClient) -> None:
    before = samples(operator)
    for path in ("/paper/PMC12973800", "/paper/PMC1", "/nowhere", "/nowhere/else"):
        get(operator, path)
    found = samples(operator)
    patterns = {name for name in found.keys() - before.keys() if name.startswith("litlod_http_requests_total")}
    assert all("PMC" not in name and "nowhere" not in name for name in patterns)
    assert labelled("litlod_http_requests_total", route="", status="4xx") in found
    assert found["litlod_http_request_seconds_count"] - before["litlod_http_request_seconds_count"] == 5


@pytest.mark.parametrize(
    ("query", "labels"),
    [
        ("SELECT ?o { ?s a ?o } ORDER BY ?o LIMIT 2", {"form": "SELECT", "answered_by": "store", "outcome": "answered"}),
        ("SELECT (COUNT(*) AS ?n) { ?s ?p ?o }", {"form": "SELECT", "answered_by": "statistics", "outcome": "answered"}),
        ("ASK { ?s ?p 1 }", {"form": "ASK", "answered_by": "store", "outcome": "answered"}),
        ("SELECT nonsense", {"form": "", "answered_by": "", "outcome": "rejected"}),
        ("INSERT DATA { <a:> <a:> <a:> }", {"form": "", "answered_by": "", "outcome": "rejected"}),
    ],
)
def test_queries_are_counted_by_form_and_by_how_they_ended(operator: FlaskClient, query: str, labels: dict[str, str]) -> None:
    assert changes(operator, query)[labelled("litlod_queries_total", **labels)] == 1


def test_answers_from_memory_are_counted(operator: FlaskClient) -> None:
    query = "SELECT ?p { ?s ?p ?o } ORDER BY DESC(?p) LIMIT 3"
    found = changes(operator, query, query, query)
    assert sum(value for name, value in found.items() if name.startswith("litlod_queries_total") and '"memory"' in name) == 2
    assert found[labelled("litlod_http_requests_total", route="/sparql", status="2xx")] == 3


def test_queries_that_are_stopped_are_counted(operator: FlaskClient) -> None:
    found = changes(operator, COUNT, timeout="0.4")
    assert found[labelled("litlod_queries_total", form="", answered_by="", outcome="deadline")] == 1
    assert found[labelled("litlod_query_processes_killed_total", cause="deadline")] == 1
    assert found["litlod_query_run_seconds_sum"] > 0.3


def test_the_metrics_say_what_is_served_by_what(operator: FlaskClient) -> None:
    ask(operator, "ASK { ?s ?p 2 }")
    found = samples(operator)
    assert found["litlod_query_processes_limit"] == 2
    assert found["litlod_query_processes_started_total"] >= 1
    assert found["litlod_release_triples"] > 3_000
    assert found["litlod_query_processes_resident_bytes"] > 1 << 20
    assert found["process_resident_memory_bytes"] > 1 << 20


def test_a_response_that_breaks_off_is_counted(operator: FlaskClient) -> None:
    before = samples(operator)["litlod_http_broken_responses_total"]
    with operator.get("/sparql", query_string={"query": ENDLESS}) as response:
        next(response.iter_encoded())
    assert samples(operator)["litlod_http_broken_responses_total"] == before + 1


def test_the_manual_names_every_number_and_none_that_is_not_there(operator: FlaskClient) -> None:
    families = text_string_to_metric_families(get(operator, "/metrics", **BEARER).text)
    there = {family.name for family in families if family.name.startswith("litlod_") and not family.name.endswith("_created")}
    manual = (Path(__file__).parents[1] / "docs" / "operations.md").read_text(encoding="utf-8")
    named = set(re.findall(r"`(litlod_[a-z_]+?)(?:_total|_info)?[`{]", manual))
    assert {name.removesuffix("_info") for name in there} - named - {"litlod_queries_waiting_limit", "litlod_cache_limit_bytes"} == set()
    assert named - {name.removesuffix("_info") for name in there} == set()


def test_prometheus_gets_the_form_that_it_asks_for(operator: FlaskClient) -> None:
    assert get(operator, "/metrics", **BEARER, Accept="application/openmetrics-text;version=1.0.0").text.endswith("# EOF\n")
    assert get(operator, "/metrics", **BEARER).mimetype == "text/plain"


# Logs


@contextmanager
def logged(data: Path, tmp_path: Path, **settings: object) -> Iterator[tuple[FlaskClient, Path]]:
    path = tmp_path / "requests.log"
    with made(data, log_file=str(path), **settings) as app:
        yield app.test_client(), path


def lines(path: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in path.read_text(encoding="ascii").splitlines()]


def test_nothing_is_logged_by_default(data: Path, tmp_path: Path) -> None:
    with logged(data, tmp_path) as (client, path):
        ask(client, SECRET_QUERY)
    assert not path.exists()


def test_a_request_is_one_line(data: Path, tmp_path: Path) -> None:
    with logged(data, tmp_path, access_log=True) as (client, path):
        response = get(client, "/paper/PMC12973800.ttl", **{"User-Agent": "curl/8.5.0", "X-Request-ID": "one"})
        (line,) = lines(path)
    assert {name: line[name] for name in ("id", "method", "path", "status", "bytes", "whole", "agent")} == {
        "id": "one",
        "method": "GET",
        "path": "/paper/PMC12973800.ttl",
        "status": 200,
        "bytes": len(response.data),
        "whole": True,
        "agent": "command line",
    }
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}\+00:00", str(line["time"]))
    assert "form" not in line


@pytest.mark.parametrize("settings", [{"access_log": True}, {"query_log": "hashed"}, {"access_log": True, "query_log": "hashed"}])
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_what_was_asked_is_logged_only_if_the_operator_wants_it(
    data: Path, tmp_path: Path, settings: dict[str, object], method: str
) -> None:
    with logged(data, tmp_path, **settings) as (client, path):
        fields = {"query": SECRET_QUERY, "format": "csv"}
        referer = {"Referer": "http://x.example/?query=disease"}
        for _ in range(2):
            if method == "GET":
                client.get("/sparql", query_string=fields, headers=referer, buffered=True)
            else:
                client.post("/sparql", data=fields, headers=referer, buffered=True)
        text = path.read_text(encoding="ascii")
        found = lines(path)
    assert "disease" not in text
    assert "patient" not in text
    assert [(line["outcome"], line["status"]) for line in found] == [("answered", 200)] * 2


@pytest.mark.parametrize("query", [SECRET_QUERY, "SELECT nonsense"])
def test_a_query_is_logged_whole_if_the_operator_wants_it(data: Path, tmp_path: Path, query: str) -> None:
    with logged(data, tmp_path, query_log="full") as (client, path):
        get(client, "/")
        ask(client, query)
        ask(client, query)  # from memory, if it has an answer
        found = lines(path)
    assert [line["query"] for line in found] == [query, query]


def test_hashes_tell_which_are_the_same_until_the_server_stops(data: Path, tmp_path: Path) -> None:
    for _ in range(2):
        with logged(data, tmp_path, query_log="hashed") as (client, path):
            for query in ("ASK {}", SECRET_QUERY, "ASK {}"):
                ask(client, query)
            found = lines(path)
    queries, clients = [line["query_hash"] for line in found], {line["client"] for line in found}
    assert queries[0] == queries[2] != queries[1]
    assert queries[3] == queries[5] != queries[0]
    assert len(clients) == 2
    assert "127.0.0.1" not in clients


@pytest.mark.parametrize(("kind", "shown"), [("full", "127.0.0.1"), ("off", None)])
def test_clients_are_logged_as_the_operator_wants(data: Path, tmp_path: Path, kind: str, shown: str | None) -> None:
    with logged(data, tmp_path, access_log=True, log_clients=kind) as (client, path):
        get(client, "/health/live")
        assert lines(path)[0]["client"] == shown


def test_the_log_says_how_a_query_ended(data: Path, tmp_path: Path) -> None:
    with logged(data, tmp_path, query_log="hashed") as (client, path):
        ask(client, COUNT, timeout="0.4")
        ask(client, "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }")
        with client.get("/sparql", query_string={"query": ENDLESS}) as response:
            next(response.iter_encoded())
        found = lines(path)
    assert [(line["outcome"], line["answered_by"], line["status"]) for line in found] == [
        ("deadline", None, 503),
        ("answered", "statistics", 200),
        ("left", "store", 200),
    ]
    assert [line["whole"] for line in found] == [True, True, False]
    assert isinstance(found[0]["ran_ms"], float)
    assert found[0]["ran_ms"] > 300


def test_queries_of_editors_completions_are_marked(data: Path, tmp_path: Path) -> None:
    with logged(data, tmp_path, query_log="hashed") as (client, path):
        ask(client, "ASK {}", ac="1")
        ask(client, "ASK {}", ac="10")
        assert [line["completion"] for line in lines(path)] == [True, False]


HOSTILE = 'x\n{"forged": 1}\r\n\x1b[2J\x7f\x85\x9b\u2028\u202e"\\'


def test_nothing_that_a_client_sends_makes_a_line_or_moves_a_cursor(data: Path, tmp_path: Path) -> None:
    with logged(data, tmp_path, access_log=True, query_log="full", log_clients="full", trusted_proxies=1) as (client, path):
        ask(client, f"SELECT * {{ ?s ?p '''{HOSTILE}''' }}")
        client.get("/" + HOSTILE.replace("\n", "%0A").replace("\r", "%0D"), buffered=True)
        for name in ("HTTP_USER_AGENT", "HTTP_X_FORWARDED_FOR", "HTTP_X_REQUEST_ID"):
            client.get("/health/live", environ_base={name: HOSTILE}, buffered=True)
        client.open("/health/live", method="A\x1bB", buffered=True)
        content = path.read_bytes()
        assert len(lines(path)) == 6
    assert set(content) <= {*range(0x20, 0x7F), 0x0A}


def test_a_log_that_is_moved_away_is_begun_anew(data: Path, tmp_path: Path) -> None:
    with logged(data, tmp_path, access_log=True) as (client, path):
        get(client, "/health/live")
        path.rename(tmp_path / "old.log")
        get(client, "/health/ready")
        assert [line["path"] for line in lines(tmp_path / "old.log") + lines(path)] == ["/health/live", "/health/ready"]


def test_a_log_that_is_cut_goes_on_at_its_start(data: Path, tmp_path: Path) -> None:
    with logged(data, tmp_path, access_log=True) as (client, path):
        get(client, "/health/live")
        os.truncate(path, 0)
        get(client, "/health/ready")
        assert [line["path"] for line in lines(path)] == ["/health/ready"]


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_log_that_cannot_be_written_costs_no_answer(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    if not Path("/dev/full").exists():
        pytest.skip("needs a device that is full")
    with made(data, access_log=True, log_file="/dev/full") as app:
        assert get(app.test_client(), "/health/live").status_code == 200
    assert "No space left" in capsys.readouterr().err
    assert logging.raiseExceptions


def test_a_log_that_cannot_be_begun_is_told_at_the_start(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="log_file"):
        check_log(Config(log_file=str(tmp_path / "no" / "where.log")))


# Who the client is


@pytest.mark.parametrize(
    ("trusted", "forwarded", "client"),
    [
        (0, "203.0.113.9", "127.0.0.1"),
        (1, "203.0.113.9", "203.0.113.9"),
        (1, "10.9.9.9, 203.0.113.9", "203.0.113.9"),
        (2, "10.9.9.9, 203.0.113.9, 198.51.100.1", "203.0.113.9"),
        (1, "", "127.0.0.1"),
        (1, "2001:db8:1:2:3::4", "2001:db8:1:2:3::4"),
    ],
)
def test_only_proxies_of_the_operator_say_who_the_client_is(data: Path, tmp_path: Path, trusted: int, forwarded: str, client: str) -> None:
    with logged(data, tmp_path, access_log=True, log_clients="full", trusted_proxies=trusted) as (found, path):
        get(found, "/health/live", **{"X-Forwarded-For": forwarded})
        assert lines(path)[0]["client"] == client


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("192.0.2.1", "192.0.2.2", False),
        ("2001:db8:0:1::1", "2001:db8:0:1:ffff::1", True),
        ("2001:db8:0:1::1", "2001:db8:0:2::1", False),
        ("::ffff:192.0.2.1", "192.0.2.1", True),
        ("fe80::1%eth0", "fe80::2%eth0", True),
        ("unknown", "_hidden", False),
    ],
)
def test_addresses_of_one_network_are_one_client(one: str, other: str, same: bool) -> None:
    assert (client_name(one) == client_name(other)) == same


def test_a_name_that_a_proxy_makes_up_is_short() -> None:
    assert len(client_name("x" * 10_000)) == 64


# A limit for each client


@pytest.fixture
def limited(data: Path) -> Iterator[FlaskClient]:
    pytest.importorskip("flask_limiter", reason="needs the extra 'limits'")
    with made(data, rate_limit="3/hour", trusted_proxies=1) as app:
        yield app.test_client()


def test_who_sends_too_much_gets_429_and_others_do_not(limited: FlaskClient) -> None:
    mine, yours = {"X-Forwarded-For": "192.0.2.1"}, {"X-Forwarded-For": "192.0.2.2"}
    found = [get(limited, path, **mine) for path in ("/sparql?query=ASK%7B%7D", "/dumps/", "/", "/sparql?query=ASK%7B%7D")]
    assert [response.status_code for response in found] == [200, 200, 200, 429]
    assert [response.headers["X-RateLimit-Remaining"] for response in found] == ["2", "1", "0", "0"]
    assert 0 < int(found[3].headers["Retry-After"]) <= 3_600
    assert found[3].json is not None
    assert (found[3].mimetype, found[3].json["title"]) == ("application/problem+json", "Too many requests")
    assert get(limited, "/", **yours).status_code == 200


def test_answers_from_memory_count_too(limited: FlaskClient) -> None:
    assert [get(limited, "/sparql?query=ASK%7B%7D").status_code for _ in range(4)] == [200, 200, 200, 429]


def test_a_network_is_one_client(limited: FlaskClient) -> None:
    addresses = [f"2001:db8:0:1::{number}" for number in range(4)]
    assert [get(limited, "/", **{"X-Forwarded-For": address}).status_code for address in addresses] == [200, 200, 200, 429]


def test_health_may_be_asked_as_often_as_wanted(limited: FlaskClient) -> None:
    assert {get(limited, "/health/live").status_code for _ in range(9)} == {200}
    assert get(limited, "/").status_code == 200


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [("GET", "/nowhere", 404), ("GET", "/dumps", 308), ("PUT", "/sparql", 405), ("GET", "/static/style.css", 200)],
)
def test_whatever_a_request_gets_it_counts(limited: FlaskClient, method: str, path: str, status: int) -> None:
    found = [limited.open(path, method=method, buffered=True).status_code for _ in range(4)]
    assert found == [status, status, status, 429]


def test_asking_what_may_be_asked_does_not_count(limited: FlaskClient) -> None:
    assert {limited.options("/sparql", buffered=True).status_code for _ in range(9)} == {200}
    assert get(limited, "/").headers["X-RateLimit-Remaining"] == "2"


def test_only_who_is_refused_is_told_to_wait(limited: FlaskClient) -> None:
    found = [get(limited, path) for path in ("/", "/sparql?query=ASK%7B%7D", "/nowhere", "/")]
    assert [(response.status_code, "Retry-After" in response.headers) for response in found] == [
        (200, False),
        (200, False),
        (404, False),
        (429, True),
    ]


def test_no_address_of_who_sends_too_much_is_logged(limited: FlaskClient, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    assert [get(limited, "/").status_code for _ in range(5)][-1] == 429
    assert "127.0.0.1" not in caplog.text
    assert "limit" not in caplog.text


def test_a_limit_needs_its_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "flask_limiter", None)
    with pytest.raises(UsageError, match=r"pip install 'litlod\[limits\]'"):
        check_limits(Config(rate_limit="60/minute"))


def test_a_limit_that_makes_no_sense_is_wrong_usage() -> None:
    pytest.importorskip("flask_limiter", reason="needs the extra 'limits'")
    with pytest.raises(UsageError, match="60/minute"):
        check_limits(Config(rate_limit="many"))


@pytest.mark.parametrize(("name", "value"), [("query_log", "some"), ("log_clients", "yes"), ("trusted_proxies", "-1")])
def test_a_setting_with_a_value_that_it_does_not_take_is_wrong_usage(name: str, value: str) -> None:
    with pytest.raises(UsageError, match=name):
        read_config({name: value}, environment={})


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("LITLOD_WORKRES", "LITLOD_WORKERS"),
        ("LITLOD_workers", "LITLOD_WORKERS"),
        ("LITLOD_RATE_LIMITS", "LITLOD_RATE_LIMIT"),
        ("LITLOD_X", ""),
    ],
)
def test_a_variable_that_is_no_setting_is_told_with_the_nearest_one(name: str, told: str, caplog: pytest.LogCaptureFixture) -> None:
    assert read_config({}, environment={name: "secret", "LITLOD_THREADS": "9", "PATH": "/"}).threads == 9
    (message,) = caplog.messages
    assert message.startswith(f"{name}: ")
    assert set(re.findall(r"LITLOD_\w+", message)) == {name, told} - {""}
    assert "secret" not in message


# A server with an address for operators


@pytest.fixture(scope="module")
def live(data: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Server, int, Path]]:
    log = tmp_path_factory.mktemp("log") / "requests.log"
    options = ("--operator-host", "127.0.0.1", "--operator-port", "0", "--log-file", str(log), "--access-log", "on", "--workers", "2")
    with serving(data, *options) as server:
        assert server.process.stderr is not None
        found = re.search(r"Operators .* http://127\.0\.0\.1:(\d+)/", server.process.stderr.readline())
        assert found is not None
        yield server, int(found[1]), log


def asked(port: int, method: str, path: str, **headers: str) -> tuple[int, bytes]:
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=20)) as connection:
        connection.request(method, path, headers=headers)
        response = connection.getresponse()
        return response.status, response.read()


@pytest.mark.slow
@pytest.mark.parametrize("path", OPERATORS_PATHS)
def test_what_is_for_operators_is_not_at_the_public_address(live: tuple[Server, int, Path], path: str) -> None:
    server, port, _ = live
    forged = {"Host": f"127.0.0.1:{port}", "X-Forwarded-Host": f"127.0.0.1:{port}", "X-Forwarded-Port": str(port)}
    assert asked(server.port, "GET", path, **forged)[0] == 404


@pytest.mark.slow
def test_what_is_for_operators_is_at_their_address(live: tuple[Server, int, Path]) -> None:
    server, port, log = live
    assert asked(port, "GET", "/metrics")[0] == 200
    assert asked(port, "POST", "/operator/cache/clear")[0] == 200
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=20)
    with closing(connection):
        connection.request("GET", "/sparql?" + urlencode({"query": ENDLESS}), headers={"X-Request-ID": "live"})
        response = connection.getresponse()
        assert b'"live"' in asked(port, "GET", "/operator/queries")[1]
        assert asked(port, "DELETE", "/operator/queries/live")[0] == 200
        with pytest.raises(http.client.IncompleteRead), response:
            response.read()
    assert comes_to_hold(log, "/operator/queries/live")


@pytest.mark.slow
def test_a_download_is_logged_when_all_of_it_is_sent(live: tuple[Server, int, Path]) -> None:
    server, _, log = live
    status, body = asked(server.port, "GET", "/dumps/papers.ttl.gz", **{"X-Request-ID": "download"})
    assert status == 200
    assert comes_to_hold(log, '"download"')
    (line,) = [line for line in lines(log) if line["id"] == "download"]
    assert (line["bytes"], line["whole"]) == (len(body), True)


@pytest.mark.slow
@pytest.mark.parametrize("option", ["--port", "--operator-port"])
def test_a_server_with_a_taken_port_says_which_and_nothing_else(data: Path, option: str) -> None:
    ports = {"--port": "0", "--operator-port": "0"}
    with closing(socket.create_server(("127.0.0.1", 0))) as taken:
        ports[option] = str(taken.getsockname()[1])
        done = litlod_process("serve", "--data", data, "--operator-host", "127.0.0.1", *(text for pair in ports.items() for text in pair))
    assert done.exit_code == 3
    assert re.fullmatch(rf"litlod: 127\.0\.0\.1:{ports[option]}: error: .+; choose another {option} or {option[:-4]}host\n", done.stderr)


def comes_to_hold(path: Path, text: str) -> bool:
    """A line is written when the response has been sent."""
    end = time.monotonic() + 10
    while text not in path.read_text(encoding="ascii"):
        if time.monotonic() > end:
            return False
    return True


def test_waiting_for_nobody_is_told_to_nobody(app: Flask) -> None:
    told: list[str] = []
    services_of(app).pool.answer(Query("ASK {}"), Client("x", told=lambda outcome, waited, ran: told.append(outcome))).close()
    assert told == ["answered"]
