"""How /sparql comes to its answers: from statistics, from memory, with entity tags; the answer is the same in each way."""

import http.client
import shutil
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlencode

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import Client, TestResponse

from server.cache import Cache, Stored
from server.disk import DiskCache
from server.replay import REPEATABLE, Replay
from tests import server_fixtures
from tests.live import serving as running
from tests.server_fixtures import BROWSER, SEEDS, ask, publish, serving

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

data = server_fixtures.data

COUNT = "SELECT (COUNT(*) AS ?n) WHERE { ?s ?p ?o }"
SAME_COUNT = "SELECT (COUNT(*) AS ?n) WHERE { ?s ?p ?o FILTER(true) }"
ROWS = "SELECT ?s ?p { ?s ?p ?o } ORDER BY ?s ?p LIMIT 20"
MANY_ROWS = "SELECT ?s ?p ?o { ?s ?p ?o } ORDER BY ?s ?p ?o LIMIT 3000"
SOME_ROWS = "SELECT ?s ?p ?o { ?s ?p ?o } ORDER BY ?s ?p ?o LIMIT 200"
GRAPH = "CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o } ORDER BY ?s ?p ?o LIMIT 20"
NOTHING = "ASK { ?s a <http://x.example/Nothing> }"
FORMATS = {COUNT: ("json", "xml", "csv", "tsv", "html"), ROWS: ("json", "csv", "html"), GRAPH: ("ttl", "nt", "rdfxml"), NOTHING: ("json",)}
PAIRS = [(query, name) for query, names in FORMATS.items() for name in names]
OF_ONE_RESPONSE = {"Cache-Status", "X-LitLOD-Answered-By", "Content-Length", "Date", "X-Request-ID"}


@pytest.fixture(scope="module")
def app(data: Path) -> Iterator[Flask]:
    with serving(data) as app:
        yield app


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A client of an application that remembers nothing."""
    services = app.extensions["litlod"]
    services.answers.clear()
    services.responses.clear()
    return app.test_client()


def headers_of(response: TestResponse) -> list[tuple[str, str]]:
    return sorted((name, value) for name, value in response.headers if name not in OF_ONE_RESPONSE)


def status_of(response: TestResponse) -> str:
    assert response.status_code == 200, response.data
    return response.headers["Cache-Status"]


def posted(client: FlaskClient, query: str, **parameters: str) -> TestResponse:
    return client.post("/sparql", data={"query": query, **parameters}, buffered=True)


# Statistics


def test_a_count_comes_from_the_statistics_and_is_the_engines(client: FlaskClient) -> None:
    known, scanned = ask(client, COUNT), ask(client, SAME_COUNT)
    assert known.headers["X-LitLOD-Answered-By"] == "statistics"
    assert scanned.headers["X-LitLOD-Answered-By"] == "store"
    assert known.data == scanned.data


def test_named_graphs_are_counted_in_the_build(client: FlaskClient) -> None:
    known = ask(client, "SELECT ?g (COUNT(*) AS ?n) { GRAPH ?g { ?s ?p ?o } } GROUP BY ?g ORDER BY ?g")
    scanned = ask(client, "SELECT ?g (COUNT(*) AS ?n) { GRAPH ?g { ?s ?p ?o } FILTER(true) } GROUP BY ?g ORDER BY ?g")
    assert known.headers["X-LitLOD-Answered-By"] == "statistics"
    assert len(known.get_json()["results"]["bindings"]) == 2
    assert known.data == scanned.data


def test_with_a_dataset_of_its_own_a_count_comes_from_the_store(client: FlaskClient) -> None:
    response = ask(client, COUNT, default_graph=["https://w3id.org/litlod/.well-known/void"])
    assert response.headers["X-LitLOD-Answered-By"] == "store"
    assert response.data != ask(client, COUNT).data


# Memory


@pytest.mark.parametrize(("query", "name"), PAIRS)
def test_the_second_answer_is_the_first(client: FlaskClient, query: str, name: str) -> None:
    first, second = ask(client, query, format=name), ask(client, query, format=name)
    assert status_of(first) == "litlod; fwd=miss"
    assert status_of(second) == "litlod; hit"
    assert (second.data, headers_of(second)) == (first.data, headers_of(first))


@pytest.mark.parametrize("coding", ["gzip", "zstd", "gzip;q=0"])
def test_each_content_coding_is_kept_by_itself(client: FlaskClient, coding: str) -> None:
    plain = ask(client, SOME_ROWS)
    url = "/sparql?" + urlencode({"query": SOME_ROWS})
    answers = [client.get(url, headers={"Accept-Encoding": coding}, buffered=True) for _ in range(2)]
    assert answers[0].data == answers[1].data
    assert answers[1].headers.get("Content-Encoding") == (None if "q=0" in coding else coding)
    assert status_of(answers[1]) == "litlod; hit"
    assert ask(client, SOME_ROWS).data == plain.data


def test_a_posted_query_shares_its_answer_with_others(client: FlaskClient) -> None:
    first = ask(client, ROWS)
    second = posted(client, ROWS)
    assert (status_of(second), second.data) == ("litlod; hit", first.data)
    assert "ETag" not in second.headers


def test_formats_and_datasets_do_not_share_answers(client: FlaskClient) -> None:
    asked = [{"format": "json"}, {"format": "csv"}, {"format": "json", "named-graph-uri": "https://w3id.org/litlod/.well-known/void"}]
    answers = [posted(client, ROWS, **parameters) for parameters in asked]
    assert [status_of(answer) for answer in answers] == ["litlod; fwd=miss"] * 3
    assert len({answer.data for answer in answers}) == 3


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_result_of_several_blocks_is_kept_whole(client: FlaskClient, method: str) -> None:
    send = ask if method == "GET" else posted
    first, second = send(client, MANY_ROWS), send(client, MANY_ROWS)
    assert len(first.data) > 100_000
    assert (status_of(second), second.data) == ("litlod; hit", first.data)


def test_an_answer_that_is_not_read_to_its_end_is_not_kept(client: FlaskClient) -> None:
    first = client.post("/sparql", data={"query": MANY_ROWS})
    next(first.iter_encoded())
    first.close()
    assert status_of(posted(client, MANY_ROWS)) == "litlod; fwd=miss"


def test_what_is_too_large_is_not_kept(data: Path) -> None:
    with serving(data, cache_memory=1) as app:
        client = app.test_client()
        assert [status_of(ask(client, MANY_ROWS)) for _ in range(2)] == ["litlod; fwd=miss"] * 2
        assert [status_of(ask(client, ROWS)) for _ in range(2)] == ["litlod; fwd=miss", "litlod; hit"]


def test_without_room_nothing_is_kept(data: Path) -> None:
    with serving(data, cache_memory=0) as app:
        assert [status_of(ask(app.test_client(), ROWS)) for _ in range(2)] == ["litlod; fwd=miss"] * 2


@pytest.mark.parametrize(
    "query",
    [
        "SELECT (RAND() AS ?x) {}",
        "SELECT (uuid() AS ?x) {}",
        "SELECT (STRUUID #(\n () AS ?x) {}",
        "SELECT (BNODE() AS ?x) {}",
        "CONSTRUCT { [] a ?c } WHERE { ?s a ?c } LIMIT 1",
        "CONSTRUCT { _:b a ?c } WHERE { ?s a ?c } LIMIT 1",
    ],
)
def test_what_is_new_each_time_is_neither_kept_nor_tagged(client: FlaskClient, query: str) -> None:
    first, second = ask(client, query), ask(client, query)
    assert [status_of(first), status_of(second)] == ["litlod; fwd=miss"] * 2
    assert first.data != second.data
    assert "ETag" not in first.headers


def test_errors_are_not_kept(client: FlaskClient) -> None:
    for _ in range(2):
        assert ask(client, "SELECT").status_code == 400
    assert ask(client, ROWS, "image/png").status_code == 406


def test_a_new_release_has_its_own_answers(tmp_path: Path) -> None:
    publish(tmp_path, SEEDS[:1])
    with serving(tmp_path) as app:
        client = app.test_client()
        first = [ask(client, query) for query in (COUNT, ROWS) for _ in range(2)][::2]
        publish(tmp_path, SEEDS)
        second = [ask(client, query) for query in (COUNT, ROWS)]
        assert [status_of(answer) for answer in second] == ["litlod; fwd=miss"] * 2
        assert second[0].data != first[0].data
        assert {answer.headers["ETag"] for answer in first}.isdisjoint(answer.headers["ETag"] for answer in second)


# Disk


def test_answers_on_disk_outlive_the_server(tmp_path: Path) -> None:
    publish(tmp_path, SEEDS[:1])
    answers = []
    for _ in range(2):
        with serving(tmp_path, cache_disk=1) as app:
            answers.append(posted(app.test_client(), ROWS))
    assert [status_of(answer) for answer in answers] == ["litlod; fwd=miss", "litlod; hit"]
    assert answers[0].data == answers[1].data


def test_a_damaged_file_is_no_answer(tmp_path: Path) -> None:
    cache, stored = DiskCache(tmp_path, 1 << 20), Stored("ASK", "json", b"true")
    cache.keep("release", "key", stored)
    (path,) = tmp_path.iterdir()
    whole = path.read_bytes()
    assert cache.kept("release", "key") == stored
    for content in (b"", whole[:-1], whole + b"x", whole[:40] + b"?" + whole[41:]):
        path.write_bytes(content)
        assert cache.kept("release", "key") is None
        assert not path.exists()


def test_files_of_other_keys_and_releases_are_no_answers(tmp_path: Path) -> None:
    cache = DiskCache(tmp_path, 1 << 20)
    cache.keep("release", "key", Stored("ASK", "json", b"true"))
    (path,) = tmp_path.iterdir()
    assert cache.kept("release", "other") is None
    assert cache.kept("other", "key") is None
    path.rename(cache._path("release", "other"))
    assert cache.kept("release", "other") is None


def test_the_folder_stays_within_its_limit_and_keeps_what_was_used_last(tmp_path: Path) -> None:
    cache = DiskCache(tmp_path, 1 << 20)
    cache.keep("old", "key", Stored("ASK", "json", b"x" * 60_000))
    for number in range(100):
        cache.keep("release", str(number), Stored("ASK", "json", b"x" * 60_000))
        assert cache.kept("release", "0") is not None
        assert sum(path.stat().st_size for path in tmp_path.iterdir()) <= 1 << 20
    assert cache.kept("release", "99") is not None
    assert cache.kept("old", "key") is None


def test_what_a_killed_server_left_is_removed(tmp_path: Path) -> None:
    (tmp_path / ".unfinished-1-1").write_bytes(b"half")
    DiskCache(tmp_path, 1 << 20).keep("release", "key", Stored("ASK", "json", b"true"))
    assert len(list(tmp_path.iterdir())) == 1


def test_a_folder_that_cannot_be_written_costs_no_answer(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    (tmp_path / "file").touch()
    cache = DiskCache(tmp_path / "file" / "answers", 1 << 20)
    cache.keep("release", "key", Stored("ASK", "json", b"true"))
    assert cache.kept("release", "key") is None
    assert "cannot be kept" in caplog.text


def test_a_full_disk_is_told_once_until_it_works_again(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    cache, stored = DiskCache(tmp_path / "answers", 1 << 20), Stored("ASK", "json", b"true")
    (tmp_path / "answers").touch()
    for number in range(5):
        cache.keep("release", str(number), stored)
    assert len(caplog.messages) == 1
    (tmp_path / "answers").unlink()
    cache.keep("release", "key", stored)
    assert cache.kept("release", "key") == stored
    shutil.rmtree(tmp_path / "answers")
    for number in range(5):
        cache.keep("release", str(number), stored)
    assert len(caplog.messages) == 2


# Entity tags


def conditional(client: FlaskClient, query: str, tag: str, method: str = "GET", **headers: str) -> TestResponse:
    url = "/sparql?" + urlencode({"query": query})
    return client.open(url, method=method, headers={"If-None-Match": tag, **headers}, buffered=True)


@pytest.mark.parametrize("method", ["GET", "HEAD"])
@pytest.mark.parametrize("wrong", ["", '"other", ', 'W/"x", '])
def test_who_has_the_answer_gets_304(client: FlaskClient, method: str, wrong: str) -> None:
    tag = ask(client, ROWS).headers["ETag"]
    response = conditional(client, ROWS, wrong + tag, method)
    assert (response.status_code, response.data) == (304, b"")
    assert response.headers["ETag"] == tag
    assert "Accept" in response.headers["Vary"]
    assert response.access_control_allow_origin == "*"


def test_304_needs_no_evaluation(data: Path) -> None:
    with serving(data, cache_memory=0) as app:
        client = app.test_client()
        tag = ask(client, ROWS).headers["ETag"]
        app.extensions["litlod"].pool.close()
        assert conditional(client, ROWS, tag).status_code == 304


def test_another_tag_gets_the_answer(client: FlaskClient) -> None:
    tag = ask(client, ROWS).headers["ETag"]
    assert conditional(client, ROWS + " ", tag).status_code == 200
    assert conditional(client, ROWS, tag, Accept="text/csv").status_code == 200
    assert conditional(client, ROWS, tag, Accept=BROWSER).status_code == 200


def test_a_proxy_that_encodes_may_rename_the_tag(client: FlaskClient) -> None:
    tag = ask(client, ROWS).headers["ETag"]
    assert conditional(client, ROWS, f'"{tag[1:-1]}-gzip"').status_code == 304
    assert conditional(client, ROWS, f"W/{tag}").status_code == 304


def test_a_rewritten_query_has_a_tag_of_its_own(client: FlaskClient) -> None:
    query = "ASK { ?s <https://schema.org/mentions> <http://identifiers.org/mesh/D003866> }"
    plain, rewritten = ask(client, query), ask(client, query, **{"normalize-iris": "true"})
    assert plain.headers["ETag"] != rewritten.headers["ETag"]


def test_head_of_a_kept_answer_has_its_headers(client: FlaskClient) -> None:
    first = ask(client, ROWS)
    ask(client, ROWS)
    head = client.head("/sparql", query_string={"query": ROWS, "default-graph-uri": []}, buffered=True)
    assert (head.data, headers_of(head)) == (b"", headers_of(first))
    assert status_of(head) == "litlod; hit"


# The cache


def test_the_cache_stays_within_its_limit_and_keeps_what_was_used_last() -> None:
    cache = Cache[int](1 << 20)
    for number in range(1_000):
        cache.keep("release", number, number, 10_000)
        assert cache.kept("release", 0) == 0
    kept = [number for number in range(1_000) if cache.kept("release", number) is not None]
    assert kept == [0, *range(1_000 - len(kept) + 1, 1_000)]
    assert len(kept) * 10_000 <= 1 << 20


def test_late_answers_of_a_former_release_are_not_kept() -> None:
    cache = Cache[str](1 << 20)
    assert cache.kept("new", "key") is None
    cache.keep("old", "key", "old answer", 10)
    assert cache.kept("new", "key") is None


def test_threads_share_a_cache() -> None:
    cache = Cache[int](1 << 18)

    def work(first: int) -> None:
        for number in range(first, first + 2_000):
            cache.keep("release", number % 100, number % 100, 5_000)
            assert cache.kept("release", number % 90) in (number % 90, None)

    threads = [threading.Thread(target=work, args=(first,)) for first in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert cache.kept("release", 1_999 % 100) == 99


@pytest.mark.slow
def test_a_server_sends_kept_answers_on_a_connection_that_stays(data: Path) -> None:
    with running(data) as server:
        connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=20)
        answers = []
        for _ in range(3):
            connection.request("GET", "/sparql?" + urlencode({"query": ROWS}))
            response = connection.getresponse()
            answers.append((response.read(), response.getheader("Cache-Status")))
        connection.close()
    assert [status for _, status in answers] == ["litlod; fwd=miss", "litlod; hit", "litlod; hit"]
    assert len({content for content, _ in answers}) == 1


def test_a_response_that_breaks_off_is_not_kept() -> None:
    def breaking(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterator[bytes]:
        environ[REPEATABLE] = "release"
        start_response("200 OK", [("Vary", "Accept")])
        return blocks()

    def blocks() -> Iterator[bytes]:
        yield b"begin"
        if not replay_is_whole:
            raise OSError("killed")

    app = Client(Replay(breaking, Cache(1 << 20), lambda: "release"))
    replay_is_whole = False
    with pytest.raises(OSError, match="killed"):
        app.get("/sparql", buffered=True)
    replay_is_whole = True
    assert "Cache-Status" not in app.get("/sparql", buffered=True).headers
    assert app.get("/sparql", buffered=True).headers["Cache-Status"] == "litlod; hit"


@pytest.mark.parametrize(
    ("status", "name", "value"), [("404 NOT FOUND", "Vary", ""), ("200 OK", "Vary", "Cookie"), ("200 OK", "Set-Cookie", "a=b")]
)
def test_responses_that_depend_on_more_are_not_kept(status: str, name: str, value: str) -> None:
    def answering(environ: "WSGIEnvironment", start_response: "StartResponse") -> list[bytes]:
        environ[REPEATABLE] = "release"
        start_response(status, [(name, value)])
        return [b"whole"]

    app = Client(Replay(answering, Cache(1 << 20), lambda: "release"))
    assert ["Cache-Status" in app.get("/sparql", buffered=True).headers for _ in range(2)] == [False, False]


def test_the_cache_says_how_well_it_serves(client: FlaskClient, app: Flask) -> None:
    before = app.extensions["litlod"].responses.usage()
    for _ in range(3):
        ask(client, ROWS)
    after = app.extensions["litlod"].responses.usage()
    assert (after.entries, after.hits - before.hits, after.misses - before.misses) == (1, 2, 1)
    assert 1_000 < after.bytes < 10_000
