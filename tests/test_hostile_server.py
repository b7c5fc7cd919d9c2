"""A live server under attack: each probe is answered or refused, and afterwards the server is as well as before."""

import gzip
import resource
import socket
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing, suppress
from pathlib import Path
from urllib.parse import quote, urlencode

import pytest

from tests import server_fixtures
from tests.live import Server, serving
from tests.probing import (
    ATTACKER,
    State,
    asked,
    canary_seconds,
    connected,
    head_of,
    heard,
    is_as_well,
    posted,
    querying,
    recovered,
    responses,
    spoken,
    state_of,
    status,
)
from tests.stalling import STALLING, largest

pytestmark = [pytest.mark.slow]
data = server_fixtures.data

_QUERY_SECONDS = 1.0
_SETTINGS = {
    "workers": 2,
    "query-timeout": _QUERY_SECONDS,
    "queue-timeout": 5,
    "receive-timeout": 1,
    "send-timeout": 1,
    "worker-memory": 300,
    "cache-memory": 2,
    "threads": 16,
    "max-queue": 8,
    "max-queue-per-client": 4,
}
REFUSED = range(400, 500)
# A deadline or a limit of memory, told as such.
STOPPED = (503,)


@pytest.fixture(scope="module")
def server(data: Path) -> Iterator[Server]:
    options = [text for name, value in _SETTINGS.items() for text in (f"--{name}", str(value))]
    with serving(data, *options) as running_server, Log(running_server):
        for _ in range(20):
            canary_seconds(running_server)
        yield running_server


class Log:
    """Reads what the server says, so that it is never held up, and sees that it is no traceback."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._lines: list[str] = []
        self._thread = threading.Thread(target=self._read)

    def __enter__(self) -> None:
        self._thread.start()

    def __exit__(self, *_: object) -> None:
        self._server.process.terminate()
        self._thread.join()
        assert "Traceback (most recent call last):\n" not in self._lines, "".join(self._lines[-60:])

    def _read(self) -> None:
        assert self._server.process.stderr is not None
        self._lines += self._server.process.stderr


@pytest.fixture(scope="module")
def before(server: Server) -> State:
    """What the server took before anybody attacked it."""
    for path in (
        "/",
        "/sparql",
        "/dumps/",
        "/nowhere",
        "/paper/PMC12973800",
        "/search?q=zinc",
        "/iri-policy",
        "/graph?default",
        "/ontology",
    ):
        for accept in ("text/html", "*/*"):
            spoken(server, asked(path, Accept=accept))
    queries = [f"SELECT ({number} AS ?x) * {{ ?a ?b ?c . ?d ?e ?f }}" for number in range(16)]
    with ThreadPoolExecutor(32) as together:  # All threads and processes have been at work, and the gate has seen large queries.
        list(together.map(lambda query: spoken(server, querying(query)), [*queries, *(query(4_000) for _, query in STALLING.values())]))
    return recovered(server, state_of(server), 2)


@pytest.fixture(autouse=True)
def _is_well_afterwards(server: Server, before: State) -> Iterator[None]:
    yield
    times = [canary_seconds(server)]
    while min(times) > 1 and len(times) < 5:
        times.append(canary_seconds(server))
    assert min(times) < 1, times
    now = recovered(server, before)
    assert is_as_well(now, before), (before, now)


# Reaching others from here


@pytest.fixture(scope="module")
def listener() -> Iterator[tuple[int, list[str]]]:
    """A port of this machine on both kinds of addresses, and who came."""
    hits: list[str] = []
    with ExitStack() as stack:
        first = stack.enter_context(socket.create_server(("127.0.0.1", 0)))
        port = int(first.getsockname()[1])
        sockets = [first]
        with suppress(OSError):
            sockets.append(stack.enter_context(socket.create_server(("::1", port), family=socket.AF_INET6)))
        for one in sockets:
            threading.Thread(target=_count, args=(one, hits), daemon=True).start()
        yield port, hits
        for one in sockets:
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)


def _count(listening: socket.socket, hits: list[str]) -> None:
    with suppress(OSError):
        while True:
            connection, address = listening.accept()
            hits.append(str(address))
            connection.close()


HOSTS = ("127.0.0.1", "localhost", "[::1]", "[::ffff:127.0.0.1]", "2130706433", "0x7f.1", "0.0.0.0", "me:you@127.0.0.1")
SERVICES = (
    "SELECT * { SERVICE <#> { ?s ?p ?o } }",
    "SELECT * { SERVICE SILENT <#> { ?s ?p ?o } }",
    "SELECT * { VALUES ?e { <#> } SERVICE ?e { ?s ?p ?o } }",
    "SELECT * { BIND(IRI('#') AS ?e) SERVICE SILENT ?e { ?s ?p ?o } }",
    "SELECT * { { SELECT * { { SERVICE <#> { ?s ?p ?o } } } } }",
    "ASK { FILTER EXISTS { SERVICE <#> { ?s ?p ?o } } }",
    "ASK { OPTIONAL { SERVICE <#> { ?s ?p ?o } } } ",
    "ASK { {} MINUS { SERVICE <#> { ?s ?p ?o } } }",
    "CONSTRUCT { ?s ?p ?o } WHERE { SERVICE <#> { ?s ?p ?o } }",
    "DESCRIBE ?s { SERVICE <#> { ?s ?p ?o } }",
    r"SELECT * { \u0053ERVICE <#> { ?s ?p ?o } }",
    "BASE <#> SELECT * { SERVICE <> { ?s ?p ?o } }",
    "PREFIX : <#> SELECT * { SERVICE: { ?s ?p ?o } }",
    "SELECT * { GRAPH ?g { SERVICE <#> { ?s ?p ?o } } }",
    "SELECT * { SERVICE#\n<#> { ?s ?p ?o } }",
)
READING = (
    "SELECT * FROM <#> { ?s ?p ?o }",
    "SELECT * FROM NAMED <#> { GRAPH ?g { ?s ?p ?o } }",
    "DESCRIBE <#>",
    "SELECT * { GRAPH <#> {} }",
)


@pytest.mark.parametrize("query", SERVICES)
@pytest.mark.parametrize("host", ["127.0.0.1", "[::1]"])
def test_no_query_reaches_another_host(server: Server, listener: tuple[int, list[str]], query: str, host: str) -> None:
    port, hits = listener
    assert status(spoken(server, querying(query.replace("#", f"http://{host}:{port}/")))) in (*REFUSED, *STOPPED)
    assert not hits


@pytest.mark.parametrize("host", HOSTS)
def test_no_spelling_of_a_host_makes_it_reachable(server: Server, listener: tuple[int, list[str]], host: str) -> None:
    port, hits = listener
    assert status(spoken(server, querying(SERVICES[0].replace("#", f"http://{host}:{port}/")))) in REFUSED
    for query in READING:
        assert status(spoken(server, querying(query.replace("#", f"http://{host}:{port}/")))) in (200, *REFUSED)
    assert not hits


def test_no_parameter_or_header_makes_the_server_fetch(server: Server, listener: tuple[int, list[str]]) -> None:
    port, hits = listener
    url = f"http://127.0.0.1:{port}/"
    probes = [
        querying("ASK {}", **{"default-graph-uri": url}),
        querying("ASK {}", **{"named-graph-uri": url}),
        posted(urlencode({"update": f"LOAD <{url}>"}).encode()),
        posted(f"LOAD <{url}>".encode(), "application/sparql-update"),
        querying(f"LOAD <{url}>"),
        querying("ASK {}", format=url),
        asked(f"/graph?graph={quote(url, safe='')}"),
        asked(f"/iri-policy?iri={quote(url, safe='')}"),
        asked(url),
        asked(f"127.0.0.1:{port}", "CONNECT"),
        asked("/health", X_Forwarded_Host=f"127.0.0.1:{port}", Forwarded=f"host=127.0.0.1:{port}", Referer=url, Origin=url),
    ]
    for probe in probes:
        assert status(spoken(server, probe)) < 500
    assert not hits


# Queries that are made to crash or to stall


@pytest.mark.parametrize("name", STALLING)
def test_what_would_stall_the_parser_is_refused_at_once(server: Server, name: str) -> None:
    _, query = STALLING[name]
    begin = time.monotonic()
    reply = spoken(server, querying(query(4_000)))
    assert status(reply) in (400, 413), reply[:300]
    assert time.monotonic() - begin < 2


@pytest.mark.parametrize("name", ["a chain", "unions", "alternatives", "brackets", "nested steps"])
def test_the_most_that_is_let_in_is_planned_or_stopped(server: Server, name: str) -> None:
    assert status(spoken(server, querying(STALLING[name][1](largest(STALLING[name][1]))))) in (200, *REFUSED, *STOPPED)


HEAVY = {
    "a sorted product": "SELECT * { ?a ?b ?c . ?d ?e ?f } ORDER BY ?f ?c",
    "a counted product": "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }",
    "distinct rows of a product": "SELECT DISTINCT ?a ?c ?f { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i } OFFSET 1000000000",
    "strings that double": "SELECT (STRLEN(?v40) AS ?n) { BIND('0123456789' AS ?v0) "
    + " ".join(f"BIND(CONCAT(?v{n}, ?v{n}) AS ?v{n + 1})" for n in range(40))
    + " }",
    "one long string": "SELECT (STRLEN(GROUP_CONCAT(?c)) AS ?n) { ?a ?b ?c . ?d ?e ?f }",
    "groups without end": "SELECT ?a ?d ?f (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f } GROUP BY ?a ?d ?f ?c",
    "paths in circles": "SELECT (COUNT(*) AS ?n) { ?a (!<x:a>|^!<x:b>)* ?b . ?b (!<x:c>|^!<x:d>)* ?c }",
    "identifiers": "SELECT DISTINCT (STRUUID() AS ?u) { ?a ?b ?c . ?d ?e ?f } ORDER BY ?u",
    "a graph of a product": "CONSTRUCT { ?a ?e ?f } WHERE { ?a ?b ?c . ?d ?e ?f } OFFSET 100000000",
    "hidden by a filter": "SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i FILTER(STRLEN(CONCAT(STR(?a), STR(?d), STR(?g))) > 100000) }",
}


@pytest.mark.parametrize("name", HEAVY)
def test_what_takes_too_long_or_too_much_is_stopped_and_told(server: Server, name: str) -> None:
    reply = spoken(server, querying(HEAVY[name]))
    assert status(reply) in STOPPED, reply[:300]
    assert b"Retry-After" in head_of(reply)


@pytest.mark.parametrize("pattern", ["(a+)+$", "(a|aa)+$", "(.*a){20}", r"(x+x+)+y", "a{1000}{1000}", "((a{100}){100}){100}"])
def test_no_pattern_of_a_regex_stalls(server: Server, pattern: str) -> None:
    assert status(spoken(server, querying(f"ASK {{ FILTER REGEX('{'a' * 5_000}b', '{pattern}') }}".replace("\\", "\\\\")))) in (
        200,
        400,
        503,
    )


ENDLESS = "SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"


def test_downloads_that_are_aborted_leave_nothing(server: Server) -> None:
    for length in (1, 1_000, 100_000, 1_000_000):
        for path in ("/sparql?" + urlencode({"query": ENDLESS}), "/dumps/papers.ttl.gz", "/graph?default"):
            with closing(connected(server)) as connection:
                connection.sendall(asked(path))
                received = 0
                while received < length and (block := connection.recv(min(length, 65_536))):
                    received += len(block)


def test_many_who_read_nothing_or_slowly_keep_nobody_waiting(server: Server) -> None:
    with ExitStack() as stack:
        readers = []
        for number in range(30):
            reader = stack.enter_context(socket.socket())
            reader.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
            reader.settimeout(5)
            reader.bind(ATTACKER)
            reader.connect(("127.0.0.1", server.port))
            reader.sendall(asked("/dumps/papers.ttl.gz" if number % 2 else "/sparql?" + urlencode({"query": ENDLESS})))
            readers.append(reader)
        for _ in range(5):
            for reader in readers[::3]:
                with suppress(OSError):
                    reader.recv(16)
            assert canary_seconds(server) < 1.5


def test_who_sends_byte_for_byte_keeps_nobody_waiting(server: Server) -> None:
    request = asked("/sparql?query=ASK%7B%7D")
    form = asked("/sparql", "POST", Content_Type="application/x-www-form-urlencoded", Content_Length="200000") + b"query=ASK"
    with ExitStack() as stack:
        senders = [stack.enter_context(closing(connected(server))) for _ in range(40)]
        for sender in senders[:20]:
            sender.sendall(form)
        for place in range(6):
            for sender in senders[20:]:
                with suppress(OSError):
                    sender.send(request[place : place + 1])
            for sender in senders[:20]:
                with suppress(OSError):
                    sender.send(b"%")
            assert canary_seconds(server) < 1.5
            time.sleep(0.1)


def test_a_body_that_drips_is_given_up_in_the_end(server: Server) -> None:
    with closing(connected(server, seconds=0.2)) as connection:
        connection.sendall(asked("/sparql", "POST", Content_Type=_FORM, Content_Length="200000"))
        end = time.monotonic() + 15
        while not (reply := heard(connection)) and time.monotonic() < end:
            connection.sendall(b"%")
    assert status(reply) in (400, 408)


def test_who_never_hangs_up_keeps_nobody_waiting(server: Server) -> None:
    with ExitStack() as stack:
        for _ in range(40):
            connection = stack.enter_context(closing(connected(server)))
            connection.sendall(asked("/health"))
        assert canary_seconds(server) < 1.5


def test_thousands_of_silent_connections_keep_nobody_waiting(server: Server) -> None:
    with ExitStack() as stack:
        for _ in range(min(10_000, resource.getrlimit(resource.RLIMIT_NOFILE)[0] - 500)):
            connection = stack.enter_context(socket.socket())
            connection.setblocking(False)
            with suppress(BlockingIOError):
                connection.connect(("127.0.0.1", server.port))
        times = [canary_seconds(server) for _ in range(5)]
    assert sorted(times)[2] < 1.5, times


def test_a_hundred_queries_at_once_of_one_client_leave_room_for_others(server: Server) -> None:
    with ExitStack() as stack:
        for _ in range(100):
            stack.enter_context(closing(connected(server))).sendall(querying(HEAVY["a counted product"]))
        times = [canary_seconds(server) for _ in range(3)]
    assert min(times) < 2.5, times


# Requests that are malformed, ambiguous or far too large


_BOMB = gzip.compress(b"query=ASK%7B%7D" + b"+" * 50_000_000, 1)
_FORM = "application/x-www-form-urlencoded"
PROBES: dict[str, tuple[bytes, tuple[int, ...] | range]] = {
    "a header of 100 kB": (asked("/health", X_A="a" * 100_000), (431,)),
    "ten thousand headers": (asked("/health", **{f"X_{n}": "1" for n in range(10_000)}), (431,)),
    "a header without an end": (b"GET /health HTTP/1.1\r\nHost: x\r\nX: " + b"a" * 2_000_000, (431,)),
    "a request line of 100 kB": (asked("/" + "a" * 100_000), (414,)),
    "a request line without an end": (b"GET /" + b"a" * 200_000, (414, 431)),
    "a megabyte of cookies": (asked("/health", Cookie="a=b; " * 200_000), (431,)),
    "many small cookies": (asked("/", Cookie="a=b; " * 1_500), (200,)),
    "an Accept header of 8 kB": (asked("/sparql?query=ASK%7B%7D", Accept=",".join(f"a/b{n};q=0.{n % 10}" for n in range(550))), (406,)),
    "nested parameters of Accept": (asked("/sparql?query=ASK%7B%7D", Accept="*/*;" * 2_000), (200, 400, 406)),
    "an Accept-Language header of 8 kB": (asked("/", Accept_Language=",".join(f"x-{n};q=0.1" for n in range(600))), (200,)),
    "an Accept-Encoding header of 8 kB": (asked("/health", Accept_Encoding=",".join(f"x{n};q=0.1" for n in range(700))), (200,)),
    "an If-None-Match header of 8 kB": (asked("/sparql?query=ASK%7B%7D", If_None_Match=",".join(f'"{n}"' for n in range(900))), (200,)),
    "a bare carriage return in a header": (b"GET /health HTTP/1.1\r\nHost: x\r\nX-A: a\rX-Evil: b\r\n\r\n", REFUSED),
    "a bare line feed": (b"GET /health HTTP/1.1\r\nHost: x\r\nX-A: a\nX-Evil: b\r\nConnection: close\r\n\r\n", REFUSED),
    "a folded header": (b"GET /health HTTP/1.1\r\nHost: x\r\nX-A: a\r\n X-Evil: b\r\n\r\n", REFUSED),
    "a zero byte in a header": (asked("/health", X_A="a\0b"), REFUSED),
    "a space before the colon": (b"GET /health HTTP/1.1\r\nHost : x\r\n\r\n", REFUSED),
    "no host": (b"GET /health HTTP/1.1\r\nConnection: close\r\n\r\n", (400,)),
    "two hosts": (b"GET /health HTTP/1.1\r\nHost: a\r\nHost: b\r\nConnection: close\r\n\r\n", (400,)),
    "an underscore for a hyphen": (b"GET /health HTTP/1.1\r\nHost: x\r\nContent_Length: 5\r\nConnection: close\r\n\r\n", (200, 400)),
    "length and chunks": (posted(b"0\r\n\r\n", Transfer_Encoding="chunked"), REFUSED),
    "two lengths": (b"POST /sparql HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nquery=", REFUSED),
    "a list of lengths": (b"POST /sparql HTTP/1.1\r\nHost: x\r\nContent-Length: 5, 5\r\n\r\nquery", REFUSED),
    "a signed length": (b"POST /sparql HTTP/1.1\r\nHost: x\r\nContent-Length: +5\r\n\r\nquery", REFUSED),
    "a negative length": (b"POST /sparql HTTP/1.1\r\nHost: x\r\nContent-Length: -5\r\n\r\nquery", REFUSED),
    "a huge length": (b"POST /sparql HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999999999999\r\n\r\nquery", REFUSED),
    "a length in other digits": ("POST /sparql HTTP/1.1\r\nHost: x\r\nContent-Length: ٥\r\n\r\nquery".encode(), REFUSED),
    "an unknown transfer coding": (b"POST /sparql HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: xchunked\r\n\r\n0\r\n\r\n", (400, 501)),
    "a coding after chunked": (b"POST /sparql HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n", (400, 501)),
    "chunked twice": (b"POST /sparql HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked, chunked\r\n\r\n0\r\n\r\n", (400, 501)),
    "chunks in HTTP/1.0": (b"POST /sparql HTTP/1.0\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", REFUSED),
    "compressed bomb": (posted(_BOMB, Content_Encoding="gzip"), (413, 415)),
    "compressed transfer": (b"POST /sparql HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n", (400, 415, 501)),
    "ten thousand parameters": (posted(urlencode([("query", "ASK{}"), *((f"p{n}", "1") for n in range(10_000))]).encode()), (400, 413)),
    "ten thousand graphs": (
        posted(urlencode([("query", "ASK{}"), *(("default-graph-uri", f"x:{n}") for n in range(10_000))]).encode()),
        REFUSED,
    ),
    "two thousand graphs": (
        posted(urlencode([("query", "ASK{}"), *(("named-graph-uri", f"x:{n}") for n in range(1_990))]).encode()),
        (200, 400),
    ),
    "a hundred thousand separators": (posted(b"query=ASK%7B%7D" + b"&" * 100_000), (200, 400)),
    "the same query a thousand times": (posted(b"&".join([b"query=ASK%7B%7D"] * 1_000)), (400,)),
    "a form of ten thousand parts": (posted(b"--b\r\n\r\n" * 10_000 + b"--b--", "multipart/form-data; boundary=b"), (415,)),
    "a body of a megabyte": (posted(b"query=" + b"a" * 1_000_000), (413,)),
    "a huge query": (querying("ASK { #" + "a" * 260_000 + "\n}"), (413,)),
    "another method": (asked("/sparql", "DELETE"), (405,)),
    "TRACE": (asked("/", "TRACE"), (405,)),
    "a method of its own": (asked("/", "QQQQ"), (405, 501)),
    "a method in small letters": (asked("/", "get"), (400, 405, 501)),
    "a method of 10 kB": (asked("/", "A" * 10_000), REFUSED),
    "an overriding header": (posted(b"query=ASK%7B%7D", X_HTTP_Method_Override="DELETE", X_HTTP_Method="PUT"), (200,)),
    "an overriding parameter": (asked("/health?_method=DELETE"), (200,)),
    "HTTP/0.9": (b"GET /health\r\n\r\n", REFUSED),
    "HTTP/9.9": (b"GET /health HTTP/9.9\r\nHost: x\r\n\r\n", (400, 505)),
    "HTTP/1.1x": (b"GET /health HTTP/1.1x\r\nHost: x\r\n\r\n", (400, 505)),
    "the preface of HTTP/2": (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + b"\0" * 100, (400, 505)),
    "an upgrade to HTTP/2": (asked("/health", Upgrade="h2c", HTTP2_Settings="AAMAAABkAARAAAAAAAIAAAAA"), (200, 400)),
    "an upgrade to WebSocket": (
        asked("/sparql", Upgrade="websocket", Sec_WebSocket_Key="dGhlIHNhbXBsZQ==", Sec_WebSocket_Version="13"),
        (200,),
    ),
    "an unknown expectation": (asked("/health", Expect="200-ok"), (417,)),
    "nothing but line ends": (b"\r\n" * 1_000, (0, 400)),
    "a TLS greeting": (bytes.fromhex("16030100c8010000c40303") + b"\0" * 300, (400, 408)),
    "random bytes": (bytes(range(256)) * 50 + b"\r\n\r\n", REFUSED),
    "a target with a space": (b"GET /health x HTTP/1.1\r\nHost: x\r\n\r\n", (400, 505)),
    "a target that is an asterisk": (asked("*", "OPTIONS"), (200, 204, *REFUSED)),
    "bytes that are no ASCII in the target": (b"GET /\xff\xfe?query=\xff HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", REFUSED),
}


@pytest.mark.parametrize("name", PROBES)
def test_what_is_no_proper_request_is_refused(server: Server, name: str) -> None:
    sent, expected = PROBES[name]
    reply = spoken(server, sent, seconds=4)
    assert status(reply) in expected, reply[:400]
    assert responses(reply) <= 1
    assert b"X-Evil: b\r\n" not in head_of(reply)


CHUNKS = {
    "a size that is none": b"xyz\r\n",
    "a negative size": b"-5\r\nquery\r\n0\r\n\r\n",
    "a size with a prefix": b"0x5\r\nquery\r\n0\r\n\r\n",
    "a huge size": b"FFFFFFFFFFFFFFFFF\r\nquery",
    "an extension without end": b"5;" + b"a" * 200_000,
    "a size without end": b"0" * 200_000,
    "no line end after the data": b"5\r\nqueryXX0\r\n\r\n",
    "line feeds only": b"5\nquery\n0\n\n",
    "trailers without end": b"0\r\n" + b"X-A: b\r\n" * 100_000,
    "a hundred thousand chunks of one byte": b"1\r\na\r\n" * 100_000,
}


@pytest.mark.parametrize("name", CHUNKS)
def test_chunks_that_are_malformed_end_the_connection(server: Server, name: str) -> None:
    head = f"POST /sparql HTTP/1.1\r\nHost: x\r\nContent-Type: {_FORM}\r\nTransfer-Encoding: chunked\r\n\r\n".encode()
    reply = spoken(server, head + CHUNKS[name] + asked("/health"), seconds=4)
    assert status(reply) in (0, *REFUSED), reply[:300]
    assert b'"status"' not in reply.partition(b"\r\n\r\n")[2] or responses(reply) <= 1


SMUGGLED = b"GET /smuggled HTTP/1.1\r\nHost: x\r\nX-Request-ID: smuggled\r\n\r\n"


@pytest.mark.parametrize(
    "head",
    [
        "Content-Length: 4\r\nTransfer-Encoding: chunked",
        "Transfer-Encoding: chunked\r\nContent-Length: 4",
        "Content-Length: 6\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: identity",
        "Transfer-Encoding:\tchunked\r\nContent-Length: 3",
        "Transfer-Encoding: \x0bchunked\r\nContent-Length: 3",
        "Transfer-Encoding : chunked\r\nContent-Length: 3",
        "X: x\nTransfer-Encoding: chunked\r\nContent-Length: 3",
        "Content-Length: 0\r\nContent-Length: 44",
        "Content-Length: 0x3",
        "Content-Length: 3 4",
    ],
)
def test_no_request_is_smuggled_in_the_body_of_another(server: Server, head: str) -> None:
    sent = f"POST /sparql HTTP/1.1\r\nHost: x\r\nContent-Type: {_FORM}\r\n{head}\r\n\r\n0\r\n\r\n".encode("latin-1") + SMUGGLED
    reply = spoken(server, sent, seconds=4)
    assert status(reply) in (400, 501), reply[:300]
    assert responses(reply) == 1


# Paths, encodings, headers that are sent back


ROUTES = ("/dumps/", "/dumps/latest/", "/static/", "/paper/", "/concept/", "/release/", "/releases/", "/ontology/", "/.well-known/", "/")
CLIMBING = (
    *("../../../../../../etc/passwd", "..%2f..%2f..%2f..%2f..%2fetc%2fpasswd", "%2e%2e/%2e%2e/%2e%2e/%2e%2e/etc/passwd"),
    *("..%5c..%5c..%5cetc%5cpasswd", "..\\..\\..\\etc\\passwd", "/etc/passwd", "%2fetc%2fpasswd", "....//....//etc/passwd"),
    *("..%00/etc/passwd", "x%00.ttl", "%c0%ae%c0%ae/etc/passwd", "%ef%bc%8e%ef%bc%8e/etc/passwd", "%252e%252e%252fetc%252fpasswd"),
    *("%e2%80%a5/etc/passwd", "file:///etc/passwd", "..;/..;/etc/passwd", "../manifest.json", "..%2fmanifest.json", "../store/CURRENT"),
    *("%ff%fe", "%", "%zz", "%u0041", "%ed%a0%80", "%f4%90%80%80", "x" * 3_000, "%0d%0aX-Evil:%20b", "{{7777*7777}}", "<script>", "'%22--"),
)


@pytest.mark.parametrize("route", ROUTES)
def test_no_path_leads_out_of_what_is_published(server: Server, route: str) -> None:
    for path in CLIMBING:
        reply = spoken(server, asked(route + path))
        assert status(reply) in (*range(300, 309), *REFUSED), (path, reply[:300])
        assert b"root:" not in reply
        assert b"MANIFEST-" not in reply
        assert b"\nX-Evil" not in head_of(reply)
        assert b"<script>" not in reply or not is_page(reply)
        assert b"60481729" not in reply


@pytest.mark.parametrize("text", ["%", "%zz", "%u0041", "%ff%fe", "%c0%80", "%ed%a0%80", "%f4%90%80%80", "ASK{}%"])
@pytest.mark.parametrize("name", ["query", "default-graph-uri", "format", "x"])
def test_what_is_no_proper_encoding_is_refused(server: Server, text: str, name: str) -> None:
    assert status(spoken(server, asked(f"/sparql?query=ASK%7B%7D&{name}={text}"))) == 400
    assert status(spoken(server, posted(f"query=ASK%7B%7D&{name}={text}".encode()))) == 400


def is_page(reply: bytes) -> bool:
    return b"\r\nContent-Type: text/html" in head_of(reply) or b"nosniff" not in head_of(reply)


EVIL = "%0d%0aX-Evil:%20b%0d%0a%0d%0a<script>alert(1)</script>"


@pytest.mark.parametrize(
    "path",
    [
        f"/{EVIL}",
        f"/paper/PMC1{EVIL}",
        f"/paper/PMC12973800.ttl{EVIL}",
        f"/concept/MESH:D1{EVIL}",
        f"/concept/{EVIL}",
        f"/dumps/{EVIL}",
        f"/dumps/latest/{EVIL}",
        f"/iri-policy?iri={EVIL}",
        f"/iri-policy?iri=http://identifiers.org/mesh/D1{EVIL}",
        f"/graph?graph={EVIL}",
        f"/graph?default&format={EVIL}",
        f"/sparql?query={EVIL}",
        f"/sparql?query=ASK%7B%7D&format={EVIL}",
        f"/sparql?query=ASK%7B%7D&timeout={EVIL}",
        f"/sparql?query=ASK%7B%7D&offset={EVIL}",
        f"/sparql?query=ASK%7B%7D&normalize-iris={EVIL}",
        f"/sparql?query=ASK%7B%7D&default-graph-uri=x:{EVIL}",
        f"/sparql?query=SELECT*%7B?s+<x:{EVIL}>+?o%7D",
        f"/sparql?normalize-iris=true&query=SELECT*%7B?s+?p+<http://identifiers.org/mesh/D1{EVIL}>%7D",
        f"/sparql?query=SELECT*%7B?s+?p+%22{EVIL}%22%7D",
        f"/ontology?format={EVIL}",
        f"/search?q={EVIL}",
        f"/?q={EVIL}",
    ],
)
@pytest.mark.parametrize("accept", ["*/*", "text/html"])
def test_what_is_sent_back_neither_starts_a_header_nor_a_script(server: Server, path: str, accept: str) -> None:
    reply = spoken(server, asked(path, Accept=accept, X_Request_ID="a%0d%0aX-Evil: b", Origin="http://x%0d%0aX-Evil: b"))
    assert status(reply) < 500
    assert b"\nX-Evil" not in head_of(reply)
    assert b"<script>alert" not in reply or not is_page(reply)


def test_the_host_that_a_client_names_comes_back_escaped_if_at_all(server: Server) -> None:
    for host in ("evil.example", 'evil"><script>alert(1)</script>', "evil.example:80:80", "a" * 5_000, "[::1", "evil.example/path?x#y"):
        for path in ("/", "/sparql", "/dumps/", "/nowhere", "/.well-known/void", "/paper/PMC12973800", "/health"):
            lines = (
                f"GET {path} HTTP/1.1",
                f"Host: {host}",
                "X-Forwarded-Host: forwarded.example",
                "Accept: text/html",
                "Connection: close",
            )
            sent = "\r\n".join([*lines, "", ""])
            reply = spoken(server, sent.encode())
            assert status(reply) < 500
            assert b"<script>alert" not in reply
            assert b"forwarded.example" not in reply
            assert b"evil" not in head_of(reply)  # No redirect leads there.


def test_no_answer_to_one_host_is_kept_for_another(server: Server) -> None:
    query = "/sparql?query=" + quote("SELECT (1 AS ?x) {}")
    for _ in range(2):
        spoken(server, f"GET {query} HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n".encode())
    assert b"evil" not in spoken(server, f"GET {query} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".encode())


@pytest.mark.parametrize(
    "ranges",
    [
        "bytes=" + ",".join("0-" for _ in range(1_500)),
        "bytes=" + ",".join(f"{n}-{n + 5}" for n in range(700)),
        "bytes=0-18446744073709551616",
        "bytes=99999999999999999999999-",
        "bytes=-99999999999999999999999",
        "bytes=5-1",
        "bytes=-0",
        "bytes=--1",
        "bytes=a-b",
        "lines=0-5",
        "bytes=" + "0" * 7_000 + "-",
    ],
)
def test_no_range_costs_more_than_the_file(server: Server, ranges: str) -> None:
    whole = len(spoken(server, asked("/dumps/papers.ttl.gz")))
    reply = spoken(server, asked("/dumps/papers.ttl.gz", Range=ranges))
    assert status(reply) in (200, 206, 400, 416)
    assert len(reply) <= whole + 2_000


def test_an_expected_continue_is_given(server: Server) -> None:
    with closing(connected(server)) as connection:
        body = b"query=ASK%7B%7D"
        connection.sendall(asked("/sparql", "POST", Content_Type=_FORM, Content_Length=str(len(body)), Expect="100-continue"))
        assert connection.recv(1_000).startswith(b"HTTP/1.1 100 ")
        connection.sendall(body)
        assert status(heard(connection)) == 200


def test_keys_that_collide_in_a_hash_table_cost_nothing(server: Server) -> None:
    keys = ["".join(chr(97 + (number >> bit & 1)) * 2 for bit in range(11)) for number in range(1_900)]
    begin = time.monotonic()
    assert status(spoken(server, posted(urlencode([("query", "ASK{}"), *((key, "") for key in keys)]).encode()))) == 200
    assert time.monotonic() - begin < 2


def test_requests_one_after_another_without_waiting_are_all_answered(server: Server) -> None:
    one = b"GET /health HTTP/1.1\r\nHost: x\r\n\r\n"
    assert responses(spoken(server, one * 200 + asked("/health"))) == 201


def test_http_1_0_gets_no_endless_answer(server: Server) -> None:
    path = "/sparql?" + urlencode({"query": ENDLESS})
    assert status(spoken(server, f"GET {path} HTTP/1.0\r\n\r\n".encode())) in (503, 505)
