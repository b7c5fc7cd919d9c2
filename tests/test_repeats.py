"""Requests that come again byte for byte are answered by the main loop: with what holds now, and as if they were answered anew."""

import json
import re
import socket
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from urllib.parse import quote

import pytest

from tests import server_fixtures
from tests.live import Server, serving
from tests.probing import heard, responses, spoken, status
from tests.server_fixtures import SEEDS, publish

pytestmark = pytest.mark.slow
data = server_fixtures.data
TITLE = "SELECT ?t { <https://w3id.org/litlod/paper/PMC12973800> <http://purl.org/dc/terms/title> ?t }"
COUNT = "SELECT (COUNT(?p) AS ?n) { ?p a ?class . FILTER(STRENDS(STR(?class), 'JournalArticle')) }"
_ID = re.compile(rb"X-Request-ID: (\S+)\r\n")
_DATE = re.compile(rb"(?:Date|X-Request-ID|Cache-Status): [^\r]*\r\n")


def request(query: str, *lines: str) -> bytes:
    return "\r\n".join([f"GET /sparql?query={quote(query)} HTTP/1.1", "Host: x", *lines, "", ""]).encode()


@pytest.fixture(scope="module")
def server(data: Path) -> Iterator[Server]:
    with serving(data, "--workers", "1") as running_server:
        yield running_server


def replies(server: Server, sent: bytes, number: int) -> list[bytes]:
    """The replies to the same request, sent on one connection one after the other."""
    found = []
    with closing(socket.create_connection(("127.0.0.1", server.port), 10)) as connection:
        for _ in range(number):
            connection.sendall(sent)
            found.append(whole(connection))
    return found


def whole(connection: socket.socket) -> bytes:
    found = b""
    while b"\r\n\r\n" not in found:
        found += connection.recv(65_536)
    head, _, body = found.partition(b"\r\n\r\n")
    length = int(re.findall(rb"Content-Length: (\d+)", head)[0])
    while len(body) < length:
        body += connection.recv(65_536)
    return head + b"\r\n\r\n" + body


def test_all_answers_are_the_same_but_for_their_ids_and_dates(server: Server) -> None:
    found = replies(server, request(TITLE), 5)
    assert {status(reply) for reply in found} == {200}
    assert b"Advances in calcium" in found[-1]
    assert len({_ID.findall(reply)[0] for reply in found}) == 5
    assert len({frozenset(_DATE.sub(b"", reply).split(b"\r\n")) for reply in found}) == 1
    assert found[-1].count(b"Date: ") == found[-1].count(b"Cache-Status: litlod; hit") == 1


def test_what_only_looks_the_same_is_answered_for_itself(server: Server) -> None:
    replies(server, request(TITLE), 3)
    assert b"text/csv" in replies(server, request(TITLE, "Accept: text/csv"), 3)[-1]
    tag = re.findall(rb'ETag: ("[^"]+")', replies(server, request(TITLE), 1)[0])[0].decode()
    closed = request(TITLE, f"If-None-Match: {tag}", "Connection: close")
    assert [status(spoken(server, closed)) for _ in range(3)] == [304] * 3
    assert [_ID.findall(reply)[0] for reply in replies(server, request(TITLE, "X-Request-ID: mine"), 3)] == [b"mine"] * 3


def test_who_asks_for_the_end_of_the_connection_gets_it(server: Server) -> None:
    for _ in range(3):
        assert b"Connection: close" in spoken(server, request(TITLE, "Connection: close"))


def test_requests_without_a_pause_and_in_pieces_are_all_answered(server: Server) -> None:
    replies(server, request(TITLE), 3)
    assert responses(spoken(server, request(TITLE) * 20 + request(TITLE, "Connection: close"))) == 21
    with closing(socket.create_connection(("127.0.0.1", server.port), 10)) as connection:
        for _ in range(2):
            for place in range(0, len(request(TITLE)), 40):
                connection.sendall(request(TITLE)[place : place + 40])
            assert status(whole(connection)) == 200


def test_what_a_slow_client_does_not_take_at_once_comes_later(server: Server) -> None:
    rows = request("SELECT ?s ?p ?o { ?s ?p ?o } ORDER BY ?s ?p ?o LIMIT 120", "Accept: text/csv")
    spoken(server, rows.replace(b"Host: x", b"Host: x\r\nConnection: close"))  # The first one has no length yet.
    expected = len(replies(server, rows, 3)[-1])
    with closing(socket.socket()) as connection:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
        connection.settimeout(5)
        connection.connect(("127.0.0.1", server.port))
        total = 300
        for _ in range(total):
            connection.sendall(rows)
        connection.shutdown(socket.SHUT_WR)
        found = heard(connection)
    assert responses(found) == total
    assert len(found) == total * expected


def test_a_new_release_is_asked_at_once(tmp_path: Path) -> None:
    publish(tmp_path, SEEDS[:1])
    with serving(tmp_path) as server:
        assert [row[-4:] for row in replies(server, request(COUNT, "Accept: text/csv"), 4)] == [b"\n1\r\n"] * 4
        publish(tmp_path, SEEDS)
        assert [row[-4:] for row in replies(server, request(COUNT, "Accept: text/csv"), 4)] == [b"\n2\r\n"] * 4


def test_each_is_in_the_log(data: Path, tmp_path: Path) -> None:
    log = tmp_path / "log"
    with serving(data, "--access-log", "true", "--query-log", "full", "--log-file", str(log)) as server:
        ids = [_ID.findall(reply)[0].decode() for reply in replies(server, request(TITLE), 4)]
        server.text("health")
    rows = [json.loads(line) for line in log.read_text(encoding="ascii").splitlines()]
    found = [row for row in rows if row["path"] == "/sparql"]
    assert [row["id"] for row in found] == ids
    assert len({(row["status"], row["bytes"], row["whole"], json.dumps(row.get("query"))) for row in found}) == 1
