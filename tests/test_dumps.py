"""/dumps/: every file with its size and checksum, whole and in ranges, and nothing else of the machine."""

import gzip
import hashlib
from collections.abc import Iterator
from pathlib import Path

import pytest
import zstandard
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from rdfgen.release.directory import DataDirectory
from tests import server_fixtures
from tests.server_fixtures import BROWSER, SEEDS, publish, serving

data = server_fixtures.data
client = server_fixtures.client

PAPERS = "/dumps/papers.ttl.gz"


def rows(client: FlaskClient) -> list[dict[str, str | int | None]]:
    return list(client.get("/dumps/").get_json()["files"])


def fetched(client: FlaskClient, path: str, **headers: str) -> TestResponse:
    return client.get(path, headers={name.replace("_", "-"): value for name, value in headers.items()}, buffered=True)


@pytest.fixture(scope="module")
def papers(client: FlaskClient) -> bytes:
    return bytes(fetched(client, PAPERS).data)


def test_every_file_has_the_size_and_checksum_that_the_list_says(client: FlaskClient) -> None:
    for row in rows(client):
        response = fetched(client, str(row["url"]))
        assert (response.status_code, response.content_length, len(response.data)) == (200, row["bytes"], row["bytes"])
        assert hashlib.sha256(response.data).hexdigest() == row["sha256"]


def test_the_list_names_every_dump_file_there_is(client: FlaskClient, data: Path) -> None:
    found = {path.name for path in (DataDirectory(data).current() / "dumps").iterdir()}
    assert {row["name"] for row in rows(client)} == found
    assert len(found) > 10


def test_the_checksums_file_agrees(client: FlaskClient) -> None:
    lines = [line.split("  ") for line in fetched(client, "/dumps/SHA256SUMS").text.splitlines()]
    sums = {name: sha256 for sha256, name in lines}
    assert sums == {row["name"]: row["sha256"] for row in rows(client) if row["name"] != "SHA256SUMS"}


def test_the_dumps_hold_as_many_triples_as_the_endpoint(client: FlaskClient) -> None:
    total = client.get("/health").get_json()["triples"]
    assert sum(int(row["triples"] or 0) for row in rows(client) if str(row["name"]).endswith(".nt.zst")) == total
    response = client.get("/sparql", query_string={"query": "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }", "format": "csv"}, buffered=True)
    assert response.text.split() == ["n", str(total)]


def test_the_page_lists_the_same_files(client: FlaskClient) -> None:
    page = client.get("/dumps/", headers={"Accept": BROWSER})
    assert page.content_type == "text/html; charset=utf-8"
    for row in rows(client):
        assert f'href="{row["url"]}"' in page.text
        assert str(row["sha256"]) in page.text
        assert f"{row['bytes']:,}" in page.text


def test_a_file_is_sent_as_it_is_and_not_as_a_coding_of_something_else(client: FlaskClient) -> None:
    response = fetched(client, PAPERS, Accept_Encoding="gzip")
    assert response.content_type == "application/gzip"
    assert "Content-Encoding" not in response.headers
    assert gzip.decompress(response.data).startswith(b"@prefix")


def test_a_zstandard_file_can_be_read(client: FlaskClient) -> None:
    response = fetched(client, "/dumps/papers.nt.zst")
    assert response.content_type == "application/zstd"
    assert zstandard.ZstdDecompressor().stream_reader(response.data).read().startswith(b"<https://w3id.org/litlod/paper/")


def test_head_tells_size_and_no_more(client: FlaskClient, papers: bytes) -> None:
    response = client.head(PAPERS, buffered=True)
    assert (response.status_code, response.content_length, response.data) == (200, len(papers), b"")
    assert response.headers["Accept-Ranges"] == "bytes"


@pytest.mark.parametrize(
    ("wanted", "part"), [("0-9", slice(0, 10)), ("10-", slice(10, None)), ("-7", slice(-7, None)), ("5-99999999", slice(5, None))]
)
def test_a_range_is_a_206_with_just_those_bytes(client: FlaskClient, papers: bytes, wanted: str, part: slice) -> None:
    response = fetched(client, PAPERS, Range=f"bytes={wanted}")
    first, stop, _ = part.indices(len(papers))
    assert (response.status_code, response.data) == (206, papers[part])
    assert response.headers["Content-Range"] == f"bytes {first}-{stop - 1}/{len(papers)}"
    assert response.content_length == len(papers[part])


def test_a_download_can_be_resumed(client: FlaskClient, papers: bytes) -> None:
    start = fetched(client, PAPERS, Range="bytes=0-99")
    etag = start.headers["ETag"]
    rest = fetched(client, PAPERS, Range="bytes=100-", If_Range=etag)
    assert (rest.status_code, start.data + rest.data) == (206, papers)


def test_a_range_of_another_file_is_not_resumed(client: FlaskClient, papers: bytes) -> None:
    response = fetched(client, PAPERS, Range="bytes=100-", If_Range='"another"')
    assert (response.status_code, response.data) == (200, papers)


def test_a_range_beyond_the_end_is_a_416_that_tells_the_size(client: FlaskClient, papers: bytes) -> None:
    response = fetched(client, PAPERS, Range="bytes=99999999-")
    assert response.status_code == 416
    assert response.headers["Content-Range"] == f"bytes */{len(papers)}"
    assert response.content_type == "application/problem+json"


def test_a_file_that_has_not_changed_is_a_304(client: FlaskClient) -> None:
    etag = fetched(client, PAPERS).headers["ETag"]
    response = fetched(client, PAPERS, If_None_Match=etag)
    assert (response.status_code, response.data) == (304, b"")


SECRETS = [
    "../manifest.json",
    "%2e%2e/manifest.json",
    "..%2fmanifest.json",
    "%2e%2e%2f%2e%2e%2f%2e%2e%2fetc%2fpasswd",
    "/etc/passwd",
    "%2fetc%2fpasswd",
    "..\\manifest.json",
    "dumps/papers.ttl.gz",
    "manifest.json",
    "papers.ttl",
    "papers.ttl.gz%00",
    ".",
    "..",
    "%2e%2e",
]


@pytest.mark.parametrize("prefix", ["/dumps/", "/dumps/RELEASE/", "/dumps/../"])
@pytest.mark.parametrize("name", SECRETS)
def test_nothing_but_dumps_can_be_had(client: FlaskClient, prefix: str, name: str) -> None:
    release = client.get("/health").get_json()["release"]
    response = fetched(client, prefix.replace("RELEASE", release) + name)
    assert response.status_code in (404, 308)
    assert b"root:" not in response.data
    assert b"sha256" not in response.data


@pytest.mark.parametrize("path", ["/dumps/nothing", "/dumps/another/papers.ttl.gz"])
def test_a_file_that_is_not_here_is_told_like_all_that_is_not_here(client: FlaskClient, path: str) -> None:
    problem, other = (client.get(address).get_json() for address in (path, "/paper/nothing"))
    assert (problem["title"], problem["status"]) == (other["title"], 404)


@pytest.fixture
def switched(tmp_path: Path) -> Iterator[tuple[FlaskClient, str]]:
    old = publish(tmp_path, SEEDS[:1])
    with serving(tmp_path) as app:
        app.test_client().get("/dumps/")
        publish(tmp_path, SEEDS)
        yield app.test_client(), old


def test_after_a_switch_the_new_release_has_the_dumps(switched: tuple[FlaskClient, str]) -> None:
    client, old = switched
    assert client.get("/dumps/").get_json()["release"] != old
    assert fetched(client, f"/dumps/{old}/papers.ttl.gz").status_code == 404
    test_every_file_has_the_size_and_checksum_that_the_list_says(client)


@pytest.mark.parametrize("value", ["lines=1-2", "bytes=0-0,5-6", "nonsense"])
def test_a_range_that_is_not_understood_is_ignored(client: FlaskClient, value: str) -> None:
    assert client.get("/dumps/SHA256SUMS", headers={"Range": value}, buffered=True).status_code == 200
