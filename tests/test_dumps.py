"""/dumps/: every file with its size and checksum, whole and in ranges, and nothing else of the machine."""

import base64
import gzip
import hashlib
import http.client
import json
import re
import shutil
import time
import zlib
from collections.abc import Iterator
from contextlib import ExitStack, closing
from datetime import datetime
from pathlib import Path
from xml.etree import ElementTree

import pyoxigraph
import pytest
import zstandard
from flask.testing import FlaskClient
from rdflib import Graph
from werkzeug.test import TestResponse

from rdfgen.formats import format_named
from rdfgen.release.directory import DataDirectory
from rdfgen.release.manifest import read_manifest
from tests import server_fixtures
from tests.downloads import NAME, large_release, measured
from tests.live import serving as live
from tests.running import litlod
from tests.server_fixtures import BROWSER, SEEDS, ask, publish, serving

data = server_fixtures.data
client = server_fixtures.client

PAPERS = "/dumps/papers.ttl.gz"
ATOM = "{http://www.w3.org/2005/Atom}"


def rows(client: FlaskClient) -> list[dict[str, str | int | None]]:
    return list(client.get("/dumps/").get_json()["files"])


def fetched(client: FlaskClient, path: str, **headers: str) -> TestResponse:
    return client.get(path, headers={name.replace("_", "-"): value for name, value in headers.items()}, buffered=True)


@pytest.fixture(scope="module")
def papers(client: FlaskClient) -> bytes:
    return bytes(fetched(client, PAPERS).data)


@pytest.fixture(scope="module")
def versioned(client: FlaskClient) -> str:
    """The address of the papers of this release."""
    return str(fetched(client, PAPERS).headers["Content-Location"])


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
    found = [row for row in rows(client) if str(row["name"]).endswith(".nt.zst")]
    assert [row["triples"] for row in found if row["part"] == "all"] == [total]
    assert sum(int(row["triples"] or 0) for row in found if row["part"] != "all") == total
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
def test_a_range_is_a_206_with_just_those_bytes(client: FlaskClient, versioned: str, papers: bytes, wanted: str, part: slice) -> None:
    response = fetched(client, versioned, Range=f"bytes={wanted}")
    first, stop, _ = part.indices(len(papers))
    assert (response.status_code, response.data) == (206, papers[part])
    assert response.headers["Content-Range"] == f"bytes {first}-{stop - 1}/{len(papers)}"
    assert response.content_length == len(papers[part])


def test_a_download_can_be_resumed(client: FlaskClient, versioned: str, papers: bytes) -> None:
    start = fetched(client, versioned, Range="bytes=0-99")
    etag = start.headers["ETag"]
    rest = fetched(client, PAPERS, Range="bytes=100-", If_Range=etag)
    assert (rest.status_code, start.data + rest.data) == (206, papers)


def test_a_range_of_another_file_is_not_resumed(client: FlaskClient, papers: bytes) -> None:
    response = fetched(client, PAPERS, Range="bytes=100-", If_Range='"another"')
    assert (response.status_code, response.data) == (200, papers)


def test_a_range_beyond_the_end_is_a_416_that_tells_the_size(client: FlaskClient, versioned: str, papers: bytes) -> None:
    response = fetched(client, versioned, Range="bytes=99999999-")
    assert response.status_code == 416
    assert response.headers["Content-Range"] == f"bytes */{len(papers)}"
    assert response.content_type == "application/problem+json"


def test_a_file_that_has_not_changed_is_a_304(client: FlaskClient) -> None:
    etag = fetched(client, PAPERS).headers["ETag"]
    for headers in ({}, {"Range": "bytes=0-9"}):
        response = fetched(client, PAPERS, If_None_Match=etag, **headers)
        assert (response.status_code, response.data) == (304, b"")


def test_a_file_that_has_changed_is_not_sent_to_who_wants_the_old_one(client: FlaskClient, versioned: str) -> None:
    assert fetched(client, versioned, If_Match='"another"', Range="bytes=0-9").status_code == 412


def test_the_digest_is_that_of_the_whole_file_also_with_a_part_of_it(client: FlaskClient, versioned: str, papers: bytes) -> None:
    expected = f"sha-256=:{base64.b64encode(hashlib.sha256(papers).digest()).decode()}:"
    for headers in ({}, {"Range": "bytes=0-9"}):
        assert fetched(client, versioned, **headers).headers["Repr-Digest"] == expected


def test_a_file_of_a_release_may_be_kept_for_ever(client: FlaskClient, versioned: str) -> None:
    assert "immutable" in fetched(client, versioned).headers["Cache-Control"]
    assert "immutable" not in fetched(client, PAPERS).headers["Cache-Control"]


def test_a_range_of_whatever_is_current_needs_the_tag_of_the_file_that_it_is_of(client: FlaskClient, papers: bytes) -> None:
    assert fetched(client, PAPERS, Range="bytes=10-").data == papers


def test_latest_leads_to_the_file_of_the_current_release(client: FlaskClient, versioned: str) -> None:
    for name, address in (("papers.ttl.gz", versioned), ("", versioned.rpartition("/")[0] + "/")):
        response = client.get("/dumps/latest/" + name)
        assert (response.status_code, response.headers["Location"]) == (307, address)
        assert "must-revalidate" in response.headers["Cache-Control"]
    assert client.get("/dumps/latest/nothing").status_code == 404


def test_a_file_that_is_not_there_is_told_with_those_that_are(client: FlaskClient, versioned: str) -> None:
    release = versioned.split("/")[2]
    assert "papers.ttl.gz" in client.get(f"/dumps/{release}/nothing").get_json()["detail"]
    assert release in client.get("/dumps/0123456789abcdef/papers.ttl.gz").get_json()["detail"]


def test_each_file_says_on_what_terms_it_may_be_used(client: FlaskClient) -> None:
    dumps = [row for row in rows(client) if row["part"] is not None]
    assert all(row["rights"] for row in dumps)
    assert {row["licence"] for row in dumps if row["part"] == "ontology"} == {"https://creativecommons.org/publicdomain/zero/1.0/"}


def test_more_downloads_at_once_than_allowed_are_told_to_come_later(data: Path, versioned: str) -> None:
    with serving(data, max_downloads=1) as app:
        first = app.test_client().get(versioned)
        second = app.test_client().get(versioned)
        assert (second.status_code, second.headers["Retry-After"]) == (503, "5")
        first.close()
        assert app.test_client().get(versioned, buffered=True).status_code == 200


# The folder on its own


def test_the_folder_of_dumps_is_complete_without_the_server(client: FlaskClient, data: Path, versioned: str) -> None:
    folder = DataDirectory(data).current() / "dumps"
    page = (folder / "index.html").read_text(encoding="utf-8")
    links = set(re.findall(r'<a href="([^":/]+)"', page))
    assert links == {path.name for path in folder.iterdir()} - {"index.html"}
    for row in rows(client):
        if row["part"] is not None:
            assert str(row["sha256"]) in page
            assert str(row["part"]) in page
    assert (folder / "void.ttl").read_bytes() == (folder.parent / "metadata.ttl").read_bytes()
    assert client.get(versioned.rpartition("/")[0] + "/", buffered=True).text == page


def test_the_page_of_the_folder_needs_no_style_or_script(client: FlaskClient, versioned: str) -> None:
    response = client.get(versioned.rpartition("/")[0] + "/index.html", buffered=True)
    assert response.content_type == "text/html; charset=utf-8"
    assert "<script" not in response.text
    assert "style" not in response.text


def test_the_whole_is_one_stream_that_holds_all_parts(data: Path) -> None:
    folder = DataDirectory(data).current() / "dumps"
    whole = zstandard.ZstdDecompressor().stream_reader((folder / "all.nt.zst").read_bytes()).read().splitlines()
    parts = [path for path in folder.glob("*.nt.zst") if path.name != "all.nt.zst"]
    lines = [line for path in parts for line in zstandard.ZstdDecompressor().stream_reader(path.read_bytes()).read().splitlines()]
    assert sorted(whole) == sorted(lines)
    first = zlib.decompressobj(31)
    text = first.decompress((folder / "all.ttl.gz").read_bytes())
    assert (first.eof, first.unused_data, text.count(b"@prefix rdf:")) == (True, b"", 1)


def test_rdflib_reads_the_whole_as_both_forms(data: Path) -> None:
    folder = DataDirectory(data).current() / "dumps"
    turtle = Graph().parse(data=gzip.decompress((folder / "all.ttl.gz").read_bytes()), format="turtle")
    triples = Graph().parse(data=zstandard.ZstdDecompressor().stream_reader((folder / "all.nt.zst").read_bytes()).read(), format="nt")
    assert len(turtle) == len(triples) == read_manifest(folder.parent).graphs[""]


def test_turtle_names_the_class_of_each_subject_first(data: Path) -> None:
    text = gzip.decompress((DataDirectory(data).current() / "dumps" / "concepts.ttl.gz").read_bytes()).decode()
    subjects = [line for line in text.splitlines() if re.match(r"[a-z<]", line)]
    assert subjects
    assert all(" a litlod:" in line for line in subjects)


@pytest.fixture(scope="module")
def further(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The dumps of a release with all forms there are."""
    folder = tmp_path_factory.mktemp("further")
    extensions = "nq.gz,trig.zst,jsonld.gz,rdf.zst"
    assert litlod("build", SEEDS[0], "--data", folder, "--dump-formats", extensions).exit_code == 0
    return DataDirectory(folder).current() / "dumps"


def test_other_forms_are_made_on_request_and_proved_like_the_others(further: Path) -> None:
    names = {path.name for path in further.iterdir()}
    assert {"papers.nq.gz", "papers.trig.zst", "papers.jsonld.gz", "papers.rdf.zst", "all.nq.gz", "all.trig.zst"} <= names
    assert not {"all.jsonld.gz", "all.rdf.zst"} & names  # Two such documents make no third one.
    assert litlod("verify", "--deep", "--data", further.parents[2]).exit_code == 0


def test_other_forms_make_another_release(further: Path, tmp_path: Path) -> None:
    assert publish(tmp_path, SEEDS[:1]) != further.parent.name


@pytest.mark.parametrize("wanted", ["ttl", "ttl.bz2", "pdf.gz"])
def test_a_form_that_there_is_not_is_wrong_usage(tmp_path: Path, wanted: str) -> None:
    assert litlod("build", SEEDS[0], "--data", tmp_path, "--dump-formats", wanted).exit_code == 2


@pytest.mark.parametrize("name", ["index.html", "void.ttl", "all.nt.zst", "all.ttl.gz", "SHA256SUMS"])
def test_verify_finds_what_is_wrong_with_files_beside_the_parts(data: Path, tmp_path: Path, name: str) -> None:
    copy = shutil.copytree(data, tmp_path / "data", symlinks=True)
    path = DataDirectory(copy).current() / "dumps" / name
    path.write_bytes(path.read_bytes()[:-1] + b"!")
    assert litlod("verify", "--data", copy).exit_code == 1


# The feed


def test_the_feed_has_an_entry_for_each_release_with_the_ids_of_the_releases(switched: tuple[FlaskClient, str]) -> None:
    client, old = switched
    response = client.get("/dumps/feed.atom")
    assert response.mimetype == "application/atom+xml"
    feed = ElementTree.fromstring(response.data)
    listing = client.get("/dumps/").get_json()["releases"]
    entries = feed.findall(f"{ATOM}entry")
    assert [entry.findtext(f"{ATOM}id") for entry in entries] == [
        row["iri"] for row in sorted(listing, key=lambda row: row["built"], reverse=True)
    ] or len({row["built"] for row in listing}) == 1
    assert {entry.findtext(f"{ATOM}updated") for entry in entries} == {row["built"] for row in listing}
    assert f"https://w3id.org/litlod/release/{old}" in [entry.findtext(f"{ATOM}id") for entry in entries]


def test_the_feed_has_all_that_rfc_4287_asks_for(client: FlaskClient) -> None:
    feed = ElementTree.fromstring(client.get("/dumps/feed.atom").data)
    for node in (feed, *feed.findall(f"{ATOM}entry")):
        for name in ("id", "title", "updated"):
            assert len(node.findall(f"{ATOM}{name}")) == 1
        updated = datetime.fromisoformat(str(node.findtext(f"{ATOM}updated")))
        assert updated.tzinfo is not None
    assert feed.findtext(f"{ATOM}author/{ATOM}name")
    assert [link.get("href") for link in feed.findall(f"{ATOM}link[@rel='self']")] == [feed.findtext(f"{ATOM}id")]
    enclosures = feed.findall(f"{ATOM}entry/{ATOM}link[@rel='enclosure']")
    sizes = {str(row["url"]).rpartition("/")[2]: str(row["bytes"]) for row in rows(client) if row["part"] is not None}
    assert {str(link.get("href")).rpartition("/")[2]: link.get("length") for link in enclosures} == sizes


# Parts of it


DISEASE = "/dumps/concept/MONDO:0002050"


def test_all_about_a_concept_can_be_had_as_a_file(client: FlaskClient) -> None:
    response = fetched(client, DISEASE + ".nt")
    assert (response.status_code, response.mimetype) == (200, "application/n-triples")
    assert response.headers["Content-Disposition"] == 'attachment; filename="MONDO_0002050.nt"'
    assert response.content_length == len(response.data)
    query = "SELECT (COUNT(*) AS ?n) { ?s ?p <http://purl.obolibrary.org/obo/MONDO_0002050> }"
    incoming = int(ask(client, query, format="csv").text.split()[1])
    found = list(pyoxigraph.parse(response.data, format=pyoxigraph.RdfFormat.N_TRIPLES))
    node = pyoxigraph.NamedNode("http://purl.obolibrary.org/obo/MONDO_0002050")
    assert sum(quad.object == node for quad in found) == incoming > 1
    assert any(quad.predicate.value.endswith("title") for quad in found)
    assert any(quad.predicate.value.endswith("surfaceForm") for quad in found)
    assert len(found) == len(set(found))


@pytest.mark.parametrize("suffix", ["ttl", "nt.gz", "ttl.zst", "jsonld", "rdf.gz"])
def test_the_file_of_a_concept_comes_in_all_forms(client: FlaskClient, suffix: str) -> None:
    response = fetched(client, f"{DISEASE}.{suffix}")
    content = response.data
    if suffix.endswith(".gz"):
        content = gzip.decompress(content)
    if suffix.endswith(".zst"):
        content = zstandard.ZstdDecompressor().stream_reader(content).read()
    row = format_named(suffix.split(".")[0])
    expected = set(pyoxigraph.parse(fetched(client, DISEASE + ".nt").data, format=pyoxigraph.RdfFormat.N_TRIPLES))
    assert set(pyoxigraph.parse(content, format=row.syntax)) == expected


def test_the_file_of_a_concept_that_has_not_changed_is_a_304_without_a_query(client: FlaskClient) -> None:
    etag = client.head(DISEASE + ".ttl").headers["ETag"]
    assert fetched(client, DISEASE + ".ttl", If_None_Match=etag).status_code == 304


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("nonsense.ttl", 404),
        ("MONDO:9999999.ttl", 404),
        ("MONDO:0002050.pdf", 404),
        ("mondo:0002050.ttl", 301),
    ],
)
def test_what_is_no_file_of_a_concept_is_told(client: FlaskClient, path: str, status: int) -> None:
    assert client.get("/dumps/concept/" + path).status_code == status


@pytest.mark.parametrize("name", ["genes.ttl", "Müller.ttl", '../../a"b\r\nSet-Cookie: x=1.ttl', "x" * 500])
def test_an_answer_can_be_saved_under_a_name_of_the_clients(client: FlaskClient, name: str) -> None:
    response = ask(client, "CONSTRUCT WHERE { ?s a <http://purl.org/spar/fabio/JournalArticle> }", format="ttl", download=name)
    value = response.headers["Content-Disposition"]
    assert (response.status_code, "Set-Cookie" in response.headers, value.startswith("attachment; filename")) == (200, False, True)
    assert "/" not in value
    assert len(value) < 600


# Many at once


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data directory with one large dump."""
    return large_release(tmp_path_factory.mktemp("large"), 60 << 20)[0]


@pytest.mark.slow
def test_slow_downloads_take_no_thread_from_queries(large: Path) -> None:
    with ExitStack() as stack:
        server = stack.enter_context(live(large, "--threads", "5", "--workers", "1", "--max-queue", "0"))
        for _ in range(30):
            client = stack.enter_context(closing(http.client.HTTPConnection("127.0.0.1", server.port, timeout=20)))
            client.request("GET", f"/dumps/{NAME}")
            assert client.getresponse().read(1) == b"\0"
        begin = time.monotonic()
        assert server.result("ASK {}") == "true"
        assert time.monotonic() - begin < 5


@pytest.mark.slow
def test_who_does_not_read_a_file_is_cut_off_and_the_log_says_so(large: Path, tmp_path: Path) -> None:
    log = tmp_path / "log"
    with ExitStack() as stack:
        server = stack.enter_context(live(large, "--send-timeout", "1", "--access-log", "yes", "--log-file", str(log)))
        client = stack.enter_context(closing(http.client.HTTPConnection("127.0.0.1", server.port, timeout=20)))
        client.request("GET", f"/dumps/{NAME}")
        response = stack.enter_context(client.getresponse())
        row = logged(log)
        assert (row["path"], row["status"], row["whole"]) == (f"/dumps/{NAME}", 200, False)
        assert 0 < int(str(row["bytes"])) < 60 << 20
        with pytest.raises((http.client.IncompleteRead, ConnectionResetError)):
            response.read()


@pytest.mark.slow
def test_who_reads_slowly_is_not_cut_off(large: Path) -> None:
    with ExitStack() as stack:
        server = stack.enter_context(live(large, "--send-timeout", "1"))
        client = stack.enter_context(closing(http.client.HTTPConnection("127.0.0.1", server.port, timeout=20)))
        client.request("GET", f"/dumps/{NAME}")
        response = stack.enter_context(client.getresponse())
        end = time.monotonic() + 4
        length = 0
        while time.monotonic() < end:
            length += len(response.read(256 << 10))
            time.sleep(0.05)
        assert length + len(response.read()) == 60 << 20


@pytest.mark.slow
def test_a_connection_serves_more_requests_after_a_download(large: Path) -> None:
    with ExitStack() as stack:
        server = stack.enter_context(live(large))
        client = stack.enter_context(closing(http.client.HTTPConnection("127.0.0.1", server.port, timeout=20)))
        for path, length in ((f"/dumps/{NAME}", 60 << 20), ("/health/live", None), (f"/dumps/{NAME}", 60 << 20)):
            client.request("GET", path)
            with client.getresponse() as response:
                assert response.status == 200
                assert length in (None, len(response.read()))
                response.read()


@pytest.mark.slow
def test_downloads_that_break_off_and_are_resumed_are_right() -> None:
    outcome = measured(5_000_000, 12, 1, "--threads", "5", "--workers", "1", "--max-queue", "0")
    assert (outcome.right, outcome.wrong, outcome.errors) == (12, 0, [])
    assert outcome.aborts > 5


def logged(path: Path) -> dict[str, object]:
    """The first line of the log, when it is there."""
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
        if lines:
            return dict(json.loads(lines[0]))
        time.sleep(0.05)
    raise AssertionError("nothing was logged")


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
    listing = client.get("/dumps/").get_json()
    assert listing["release"] != old
    assert [row["id"] for row in listing["releases"]] == [listing["release"], old]
    assert fetched(client, f"/dumps/{old}/papers.ttl.gz").status_code == 200
    test_every_file_has_the_size_and_checksum_that_the_list_says(client)


@pytest.mark.parametrize("value", ["lines=1-2", "bytes=0-0,5-6", "nonsense"])
def test_a_range_that_is_not_understood_is_ignored(client: FlaskClient, value: str) -> None:
    assert client.get("/dumps/SHA256SUMS", headers={"Range": value}, buffered=True).status_code == 200
