"""SERVICE to listed endpoints: the same answers as by Oxigraph's own, whatever friendly, broken or hostile endpoints send."""

import csv
import gzip
import json
import shutil
import socket
import ssl
import subprocess
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, nullcontext, suppress
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs

import pytest
from flask.testing import FlaskClient
from hypothesis import given, settings
from hypothesis import strategies as st
from pyoxigraph import (
    BlankNode,
    DefaultGraph,
    Literal,
    NamedNode,
    Quad,
    QueryBoolean,
    QueryResultsFormat,
    QuerySolutions,
    QueryTriples,
    Store,
)

from rdfgen.errors import UsageError
from server.config import Config, read_config
from server.engine.query import BadQuery, Busy, Client, Query, QueryFailed, RefusedQuery, RemoteFailed, RemoteTimeout
from server.federation.addresses import is_allowed
from server.federation.client import tls_context
from server.federation.federated import Federated, Federation
from server.federation.terms import Solutions, data_block, solutions
from tests import live, server_fixtures
from tests.server_fixtures import ask, serving, triples

data = server_fixtures.data
EX = "http://ex.example/"
JSON = "application/sparql-results+json"


# Endpoints


@dataclass(slots=True)
class Endpoint:
    """A stand-in for a remote endpoint: what it holds, what it was asked, and how it answers if not as it should."""

    url: str = ""
    store: Store = field(default_factory=Store)
    queries: list[str] = field(default_factory=list)
    requests: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    misbehave: Callable[[BaseHTTPRequestHandler], None] | None = None


class Handler(BaseHTTPRequestHandler):
    endpoint: Endpoint

    def log_message(self, *_: object) -> None:
        pass

    def do_GET(self) -> None:
        self._respond("")

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        is_form = self.headers["Content-Type"].startswith("application/x-www-form-urlencoded")
        self._respond(parse_qs(body)["query"][0] if is_form else body)

    def _respond(self, query: str) -> None:
        self.endpoint.requests.append((f"{self.command} {self.path}", {name.casefold(): value for name, value in self.headers.items()}))
        self.endpoint.queries.append(query)
        with suppress(BrokenPipeError, ConnectionResetError):
            if self.endpoint.misbehave is not None:
                self.endpoint.misbehave(self)
            else:
                send(self, evaluated(self.endpoint.store, query))


class Listener(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *_: object) -> None:
        """Clients that leave are what is tested."""


def evaluated(store: Store, query: str) -> bytes:
    found = store.query(query)
    assert isinstance(found, QuerySolutions)
    content = found.serialize(format=QueryResultsFormat.JSON)
    assert content is not None
    return content


def send(handler: BaseHTTPRequestHandler, content: bytes, status: int = 200, content_type: str = JSON, **headers: str) -> None:
    handler.send_response(status)
    handler.send_header("Content-Type", content_type)
    handler.send_header("Content-Length", str(len(content)))
    for name, value in headers.items():
        handler.send_header(name.replace("_", "-"), value)
    handler.end_headers()
    handler.wfile.write(content)


@contextmanager
def listening(certificate: Path | None = None) -> Iterator[Endpoint]:
    """A stand-in that listens, encrypted if there is a certificate and its key."""
    endpoint = Endpoint()
    server = Listener(("127.0.0.1", 0), type("_Handler", (Handler,), {"endpoint": endpoint}))
    if certificate is not None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(f"{certificate}.pem", f"{certificate}.key")
        server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    endpoint.url = f"http{'s' if certificate else ''}://127.0.0.1:{server.server_address[1]}/sparql"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield endpoint
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture(scope="module")
def running() -> Iterator[Endpoint]:
    with listening() as found:
        yield found


@pytest.fixture
def remote(running: Endpoint) -> Endpoint:
    """An endpoint of some labels."""
    running.store.clear()
    running.queries.clear()
    running.requests.clear()
    running.misbehave = None
    fill(
        running.store,
        [("d1", "label", "one"), ("d2", "label", "two"), ("d2", "label", "zwei"), ("d3", "broader", "d1"), ("d9", "label", "x")],
    )
    return running


@pytest.fixture
def store() -> Store:
    """Our own data."""
    found = Store()
    fill(
        found,
        [("p1", "mentions", "d1"), ("p1", "mentions", "d2"), ("p2", "mentions", "d2"), ("p3", "mentions", "d7"), ("p1", "about", "d1")],
    )
    return found


def node(name: str) -> NamedNode | Literal | BlankNode:
    if name.startswith("_:"):
        return BlankNode(name[2:])
    return NamedNode(EX + name) if name[-1:].isdigit() or name in ("label", "mentions", "about", "broader") else Literal(name)


def fill(store: Store, rows: Sequence[tuple[str, str, str]]) -> None:
    for subject, predicate, value in rows:
        first = node(subject)
        assert not isinstance(first, Literal)
        store.add(Quad(first, NamedNode(EX + predicate), node(value), DefaultGraph()))


# Asking


def federation(store: Store, *endpoints: Endpoint, config: Config | None = None) -> Federation:
    def local(query: Query, _client: Client, seconds: float) -> bytes:
        assert seconds > 0
        try:
            return evaluated(store, query.text)
        except SyntaxError as error:
            raise BadQuery(str(error)) from error

    listed = replace(config or Config(service_timeout=5), service_endpoints=tuple(endpoint.url for endpoint in endpoints))
    return Federation(listed, lambda name: f"{EX}.well-known/genid/{name}", local)


def prepared(store: Store, query: str, *endpoints: Endpoint, config: Config | None = None) -> Federated:
    return federation(store, *endpoints, config=config).federated(Query(query), Client(), None)


Outcome = Counter[str] | bool | tuple[list[str], Counter[str]]


def outcome(store: Store, query: str) -> Outcome:
    """What a query gives, order left out."""
    found = store.query(query)
    if isinstance(found, QueryBoolean):
        return bool(found)
    if isinstance(found, QueryTriples):
        return Counter(map(str, found))
    assert isinstance(found, QuerySolutions)
    return [variable.value for variable in found.variables], Counter(str([str(term) for term in row]) for row in found)


def same(store: Store, query: str, *endpoints: Endpoint, config: Config | None = None) -> Outcome:
    """What the query gives by our way; the same as by Oxigraph's own."""
    text = "PREFIX ex: <http://ex.example/>\n" + query
    for number, endpoint in reversed(list(enumerate(endpoints))):
        text = text.replace(f"$REMOTE{number or ''}", f"<{endpoint.url}>")
    found = prepared(store, text, *endpoints, config=config)
    assert found.is_federated
    ours = outcome(store, found.query.text)
    assert ours == outcome(store, text)
    return ours


JOINS = {
    "local first": "SELECT * { ?paper ex:mentions ?d SERVICE $REMOTE { ?d ex:label ?label } }",
    "remote first": "SELECT * { SERVICE $REMOTE { ?d ex:label ?label } ?paper ex:mentions ?d }",
    "between": "SELECT * { ?paper ex:mentions ?d . SERVICE $REMOTE { ?d ex:label ?label } . ?paper ex:about ?other }",
    "optional": "SELECT * { ?paper ex:mentions ?d OPTIONAL { SERVICE $REMOTE { ?d ex:label ?label } } }",
    "optional with own patterns": (
        "SELECT * { ?paper ex:about ?a OPTIONAL { ?paper ex:mentions ?d SERVICE $REMOTE { ?d ex:label ?label } } }"
    ),
    "union": "SELECT * { { ?paper ex:mentions ?d } UNION { SERVICE $REMOTE { ?d ex:label ?label } } }",
    "exists": "SELECT * { ?paper ex:mentions ?d FILTER EXISTS { SERVICE $REMOTE { ?d ex:label ?label } } }",
    "not exists": "SELECT * { ?paper ex:mentions ?d FILTER NOT EXISTS { SERVICE $REMOTE { ?d ex:label ?label } } }",
    "minus": "SELECT * { ?paper ex:mentions ?d MINUS { SERVICE $REMOTE { ?d ex:label ?label } } }",
    "subquery": "SELECT * { { SELECT ?d (COUNT(*) AS ?n) { ?p ex:mentions ?d SERVICE $REMOTE { ?d ex:label ?label } } GROUP BY ?d } }",
    "construct": "CONSTRUCT { ?paper ex:label ?label } WHERE { ?paper ex:mentions ?d SERVICE $REMOTE { ?d ex:label ?label } }",
    "ask": "ASK { ?paper ex:mentions ?d SERVICE $REMOTE { ?d ex:label 'zwei' } }",
    "describe": "DESCRIBE ?paper { ?paper ex:mentions ?d SERVICE $REMOTE { ?d ex:label 'zwei' } }",
    "no variable": "SELECT * { ?paper ex:mentions ex:d1 SERVICE $REMOTE { ex:d1 ex:label 'one' } }",
    "nothing there": "SELECT * { ?paper ex:mentions ?d SERVICE $REMOTE { ?d ex:none ?label } }",
    "a subquery in the clause": (
        "SELECT * { ?p ex:mentions ?d SERVICE $REMOTE { SELECT ?d (COUNT(*) AS ?n) { ?d ex:label ?l } GROUP BY ?d } }"
    ),
    "an optional in the clause": "SELECT * { ?p ex:mentions ?d SERVICE $REMOTE { ?d ?q ?x OPTIONAL { ?d ex:label ?label } } }",
    "only an optional in the clause": "SELECT * { ?p ex:mentions ?d SERVICE $REMOTE { OPTIONAL { ?d ex:broader ?x } } }",
    "a filter in the clause": "SELECT * { ?p ex:mentions ?d SERVICE $REMOTE { ?d ex:label ?label FILTER(STRLEN(?label) > 3) } }",
    "a filter before": "SELECT * { ?p ex:mentions ?d FILTER(?d = ex:d2) ?p ?q ?d SERVICE $REMOTE { ?d ex:label ?label } }",
    "a filter before on what comes behind": "SELECT * { ?p ex:mentions ?d FILTER(?label = 'two') SERVICE $REMOTE { ?d ex:label ?label } }",
    "a bind before": "SELECT * { ?p ex:mentions ?x BIND(IRI(STR(?x)) AS ?d) SERVICE $REMOTE { ?d ex:label ?label } }",
    "a bind behind": "SELECT * { SERVICE $REMOTE { ?d ex:label ?l } BIND(STR(?l) AS ?x) ?p ex:mentions ?d }",
    "an optional behind": "SELECT * { SERVICE $REMOTE { ?d ?q ?x } OPTIONAL { ?x ex:mentions ?d } ?p ex:mentions ?d }",
    "values": "SELECT * { VALUES ?d { ex:d1 ex:d9 } SERVICE $REMOTE { ?d ex:label ?label } }",
    "values with a gap": "SELECT * { VALUES (?d ?i) { (ex:d1 1) (UNDEF 2) } SERVICE $REMOTE { ?d ex:label ?label } }",
    "two": "SELECT * { ?p ex:mentions ?d SERVICE $REMOTE { ?x ex:broader ?d } SERVICE $REMOTE { ?d ex:label ?label } }",
    "two in a chain": "SELECT * { SERVICE $REMOTE { ?x ex:broader ?d } SERVICE $REMOTE { ?d ex:label ?label } }",
    "graph around": "SELECT * { GRAPH ?g { ?p ex:mentions ?d SERVICE $REMOTE { ?d ex:label ?label } } }",
    "a limited subquery before": (
        "SELECT (COUNT(*) AS ?n) { { SELECT DISTINCT ?d { ?p ex:about ?d } LIMIT 5 } SERVICE $REMOTE { ?d ex:label ?l } }"
    ),
    "comments and strings": (
        "SELECT * { # SERVICE <http://x/> {\n ?p ex:mentions ?d BIND('} SERVICE' AS ?s) SERVICE $REMOTE # {\n { ?d ex:label ?l # }\n } }"
    ),
    "lower case": "SELECT * { ?paper ex:mentions ?d service $REMOTE { ?d ex:label ?label } }",
    "a path": "SELECT * { ?paper ex:mentions|ex:about ?d SERVICE $REMOTE { ?d ^ex:broader?/ex:label ?label } }",
    "a union in the clause": "SELECT * { ?p ex:mentions ?d SERVICE $REMOTE { { ?d ex:label ?l } UNION { ?x ex:broader ?d } } }",
    "blank nodes as variables": "SELECT ?d { [] ex:mentions ?d ; ex:about [] SERVICE $REMOTE { ?d ex:label [] } }",
    "silent": "SELECT * { ?paper ex:mentions ?d SERVICE SILENT $REMOTE { ?d ex:label ?label } }",
}


@pytest.mark.parametrize("query", JOINS.values(), ids=JOINS)
def test_the_answer_is_the_same_as_by_oxigraph(query: str, store: Store, remote: Endpoint) -> None:
    same(store, query, remote)


def test_two_endpoints_are_joined(store: Store, remote: Endpoint) -> None:
    with listening() as other:
        fill(other.store, [("d2", "broader", "d5"), ("d1", "broader", "d6")])
        same(
            store, "SELECT * { ?p ex:mentions ?d SERVICE $REMOTE1 { ?d ex:broader ?b } SERVICE $REMOTE { ?d ex:label ?l } }", remote, other
        )


# Only what is needed is asked for

BOUND = [
    "local first",
    "remote first",
    "between",
    "a bind before",
    "values",
    "two in a chain",
    "optional with own patterns",
    "a filter in the clause",
]


@pytest.mark.parametrize("name", BOUND)
def test_an_endpoint_is_asked_for_the_values_that_are_here(name: str, store: Store, remote: Endpoint) -> None:
    query = "PREFIX ex: <http://ex.example/> " + JOINS[name].replace("$REMOTE", f"<{remote.url}>")
    prepared(store, query, remote)
    assert "VALUES (?d)" in remote.queries[-1]


def test_a_filter_on_what_is_here_narrows_what_is_asked_for(store: Store, remote: Endpoint) -> None:
    prepared(
        store, f"PREFIX ex: <{EX}> SELECT * {{ ?p ex:mentions ?d FILTER(?d = ex:d2) SERVICE <{remote.url}> {{ ?d ex:label ?l }} }}", remote
    )
    assert f"VALUES (?d) {{ (<{EX}d2>) }}" in remote.queries[0]


def test_nobody_is_asked_if_nothing_here_could_be_joined(store: Store, remote: Endpoint) -> None:
    assert same(store, "SELECT * { ?p ex:nothing ?d SERVICE $REMOTE { ?d ex:label ?label } }", remote) == (["d", "label", "p"], Counter())
    assert not remote.queries


def test_too_many_values_are_not_sent(store: Store, remote: Endpoint) -> None:
    same(store, JOINS["local first"], remote, config=Config(service_bindings=2, service_timeout=5))
    assert "VALUES" not in remote.queries[0]


def test_many_values_are_sent_in_portions(store: Store, remote: Endpoint) -> None:
    fill(store, [(f"p{number}", "mentions", f"d{number}") for number in range(450)])
    fill(remote.store, [(f"d{number}", "label", f"name {number}x") for number in range(0, 900, 3)])
    same(store, JOINS["local first"], remote)
    assert ["VALUES (?d)" in query for query in remote.queries] == [True, True, True, False]


def test_blank_nodes_here_are_not_sent(store: Store, remote: Endpoint) -> None:
    fill(store, [("p1", "mentions", "_:b")])
    same(store, JOINS["local first"], remote)
    assert "VALUES" not in remote.queries[0]


def test_the_data_set_of_the_query_is_that_of_the_values(store: Store, remote: Endpoint) -> None:
    store.add(Quad(NamedNode(EX + "p8"), NamedNode(EX + "mentions"), NamedNode(EX + "d9"), NamedNode(EX + "g1")))
    rows = same(store, "SELECT * FROM ex:g1 { ?p ex:mentions ?d SERVICE $REMOTE { ?d ex:label ?label } }", remote)
    assert "d9" in remote.queries[0]
    assert isinstance(rows, tuple)
    assert rows[1].total() == 1


# Any groups

NAMES = st.sampled_from(["a1", "b2", "c3"])
VARIABLES = st.sampled_from(["?x", "?y", "?z"])
PREDICATES = st.sampled_from(["ex:mentions", "ex:label"])
TRIPLES = st.lists(st.tuples(NAMES, st.sampled_from(["mentions", "label"]), NAMES), max_size=6)
PATTERN = st.builds(" ".join, st.tuples(VARIABLES, PREDICATES, VARIABLES | NAMES.map("ex:".__add__)))


def _around(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.one_of(
        inner.map("OPTIONAL {{ {} }}".format),
        inner.map("MINUS {{ {} }}".format),
        inner.map("{{ {} }}".format),
        st.builds("{{ {} }} UNION {{ {} }}".format, inner, inner),
        inner.map("{{ SELECT ?x {{ {} }} }}".format),
        inner.map("FILTER EXISTS {{ {} }}".format),
    )


PLAIN = PATTERN.map("{} .".format)
FILTERS = st.builds("FILTER({} {} {})".format, VARIABLES, st.sampled_from(["=", "!="]), VARIABLES | NAMES.map("ex:".__add__))
VALUES = st.builds("VALUES ({} ?w) {{ (ex:a1 1) ({} 2) }}".format, VARIABLES, st.sampled_from(["ex:b2", "UNDEF"]))
BINDS = st.builds("BIND({} AS ?v)".format, VARIABLES)


def _group(element: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.lists(element, min_size=1, max_size=3).map(" ".join)


INNER = _group(st.one_of(PLAIN, PLAIN, FILTERS, _around(PATTERN), VALUES))
SERVICE = INNER.map("SERVICE $REMOTE {{ {} }}".format)
ELEMENT = st.one_of(PLAIN, PLAIN, SERVICE, FILTERS, VALUES, _around(_group(st.one_of(PLAIN, SERVICE, FILTERS))), BINDS)
GROUPS = st.builds("{} {} {}".format, _group(ELEMENT), SERVICE, _group(ELEMENT))


@settings(max_examples=100, deadline=None)
@given(TRIPLES, TRIPLES, GROUPS)
def test_any_group_has_the_same_solutions(
    running: Endpoint, ours: list[tuple[str, str, str]], theirs: list[tuple[str, str, str]], group: str
) -> None:
    store = Store()
    running.misbehave = None
    running.store.clear()
    fill(store, ours)
    fill(running.store, theirs)
    query = f"PREFIX ex: <{EX}> SELECT * {{ {group.replace('$REMOTE', f'<{running.url}>')} }}"
    try:
        expected = outcome(store, query)
    except (SyntaxError, RuntimeError):  # BIND to a variable that has been used
        return
    found = outcome(store, prepared(store, query, running).query.text)
    assert isinstance(expected, tuple)
    assert isinstance(found, tuple)
    assert found[1] == expected[1] or without_columns(found, expected)


def without_columns(found: tuple[list[str], Counter[str]], expected: tuple[list[str], Counter[str]]) -> bool:
    """Whether the solutions are none, of which the columns do not matter."""
    return not found[1] and not expected[1]


# Hostile endpoints

QUERY = "SELECT * { SERVICE $REMOTE { ?d <http://ex.example/label> ?label } }"
SMALL = Config(service_timeout=0.5, service_max_bytes=10_000, service_max_rows=50)


def row(**terms: object) -> bytes:
    return json.dumps({"head": {"vars": list(terms)}, "results": {"bindings": [terms]}}).encode()


def drip(handler: BaseHTTPRequestHandler) -> None:
    for _ in range(400):
        handler.wfile.write(b"HTTP/1.1 200 OK\r\n"[:1])
        handler.wfile.flush()
        time.sleep(0.01)


def drip_body(handler: BaseHTTPRequestHandler) -> None:
    handler.wfile.write(f"HTTP/1.1 200 OK\r\nContent-Type: {JSON}\r\n\r\n".encode())
    drip(handler)


def endless(handler: BaseHTTPRequestHandler) -> None:
    handler.wfile.write(f"HTTP/1.1 200 OK\r\nContent-Type: {JSON}\r\n\r\n".encode())
    while True:
        handler.wfile.write(b" " * 65536)


def endless_head(handler: BaseHTTPRequestHandler) -> None:
    handler.wfile.write(b"HTTP/1.1 200 OK\r\n")
    while True:
        handler.wfile.write(b"X-Nothing: x\r\n")


def garbage(handler: BaseHTTPRequestHandler) -> None:
    handler.wfile.write(b"\x00\xff nothing of HTTP\r\n\r\n")


def cut_off(handler: BaseHTTPRequestHandler) -> None:
    handler.wfile.write(f"HTTP/1.1 200 OK\r\nContent-Type: {JSON}\r\nContent-Length: 500\r\n\r\n{{".encode())


def cut_short(handler: BaseHTTPRequestHandler) -> None:
    handler.wfile.write(f"HTTP/1.1 200 OK\r\nContent-Type: {JSON}\r\nContent-Length: 500\r\n\r\n".encode() + NO_ROWS)


def answer(content: bytes, status: int = 200, content_type: str = JSON, **headers: str) -> Callable[[BaseHTTPRequestHandler], None]:
    return lambda handler: send(handler, content, status, content_type, **headers)


def redirect(status: int, location: str) -> Callable[[BaseHTTPRequestHandler], None]:
    return lambda handler: send(handler, b"", status, Location=location)


URI, NO_ROWS = {"type": "uri", "value": "http://x/"}, b'{"head":{"vars":["d","label"]},"results":{"bindings":[]}}'
DEEP = b'{"type":"triple","value":{"subject":{"type":"uri","value":"a:b"},"predicate":{"type":"uri","value":"a:b"},"object":'
HOSTILE: dict[str, tuple[Callable[[BaseHTTPRequestHandler], None], str]] = {
    "slow head": (drip, "did not answer in time"),
    "slow body": (drip_body, "did not answer in time"),
    "endless body": (endless, "10000 bytes"),
    "endless head": (endless_head, "exchange with it failed"),
    "no HTTP": (garbage, "exchange with it failed"),
    "cut off": (cut_off, "exchange with it failed"),
    "shorter than it says": (cut_short, "exchange with it failed"),
    "large": (answer(b" " * 20_000), "10000 bytes"),
    "an error": (answer(b"no\x00such <b>graph", 500, "text/plain"), "500 Internal Server Error: no such <b>graph"),
    "a page as error": (answer(b"<html>secret", 404, "text/html"), "404 Not Found"),
    "an unknown status": (answer(b"", 599), "599"),
    "a page": (answer(b"<html>", 200, "text/html"), "the type 'text/html'"),
    "XML": (answer(b"<sparql/>", 200, "application/sparql-results+xml"), "the type 'application/sparql-results+xml'"),
    "compressed": (answer(gzip.compress(b" " * 1_000_000), Content_Encoding="gzip"), "compressed"),
    "metadata service": (redirect(302, "http://169.254.169.254/latest/meta-data"), "redirects to 'http://169.254.169.254"),
    "another port": (redirect(307, "http://127.0.0.1:1/sparql"), "redirects to"),
    "another name": (redirect(307, "http://localhost/sparql"), "redirects to"),
    "a file": (redirect(302, "file:///etc/passwd"), "redirects to"),
    "credentials": (redirect(302, "http://me:secret@127.0.0.1/"), "redirects to"),
    "nowhere": (redirect(302, "http://["), "redirects to"),
    "no location": (answer(b"", 302), "redirects"),
    "round and round": (redirect(307, "/sparql"), "redirects more than 3 times"),
    "nothing": (answer(b""), "no SPARQL result"),
    "no JSON": (answer(b"{"), "no SPARQL result"),
    "no result": (answer(b'{"boolean":true,"head":{}}'), "no SPARQL result"),
    "NaN": (answer(b'{"head":{"vars":[NaN]},"results":{"bindings":[]}}'), "no SPARQL result"),
    "no UTF-8": (answer(b'{"head":{"vars":["\xff"]},"results":{"bindings":[]}}'), "no SPARQL result"),
    "half a surrogate": (answer(row(d={"type": "literal", "value": "\ud800"})), "no SPARQL result"),
    "deep lists": (answer(b'{"head":{"vars":[],"x":' + b"[" * 4000), "no SPARQL result"),
    "deep triples": (
        answer(b'{"head":{"vars":["d"]},"results":{"bindings":[{"d":' + DEEP * 12 + b'{"type":"uri","value":"a:b"}' + b"}}" * 12 + b"}]}}"),
        "nests",
    ),
    "many rows": (answer(b'{"head":{"vars":["d"]},"results":{"bindings":[' + b"{}," * 60 + b"{}]}}"), "more than 50 solutions"),
    "many solutions": (answer(json.dumps({"head": {"vars": ["d"]}, "results": {"bindings": [{"d": URI}] * 51}}).encode()), "more than 50"),
    "an unknown term": (answer(row(d={"type": "spell", "value": "x"})), "unknown type"),
    "an IRI that ends": (answer(row(d={"type": "uri", "value": "http://x/> } } DROP ALL #"})), "not valid"),
    "a relative IRI": (answer(row(d={"type": "uri", "value": "x"})), "not valid"),
    "an escaped IRI": (answer(row(d={"type": "uri", "value": "http://x/\\u003E"})), "not valid"),
    "a language that ends": (answer(row(d={"type": "literal", "value": "x", "xml:lang": "en } #"})), "not valid"),
    "a datatype that ends": (answer(row(d={"type": "literal", "value": "x", "datatype": "a:> #"})), "not valid"),
    "a triple of literals": (
        answer(
            row(d={"type": "triple", "value": {part: {"type": "literal", "value": "x"} for part in ("subject", "predicate", "object")}})
        ),
        "no IRI",
    ),
    "a part": (answer(NO_ROWS, Link='<?offset=5>; rel="next"'), "a part of its answer only"),
    "a cut": (answer(row(d=URI), X_SPARQL_MaxRows="1"), "cuts its answers at 1"),
}


@pytest.mark.parametrize(("misbehave", "message"), HOSTILE.values(), ids=HOSTILE)
def test_what_is_no_answer_is_an_error_that_names_the_endpoint(
    misbehave: Callable[[BaseHTTPRequestHandler], None], message: str, store: Store, remote: Endpoint
) -> None:
    remote.misbehave = misbehave
    started = time.monotonic()
    with pytest.raises(RemoteFailed) as caught:
        prepared(store, QUERY.replace("$REMOTE", f"<{remote.url}>"), remote, config=SMALL)
    assert time.monotonic() - started < 3
    assert str(caught.value).startswith(f"SERVICE <{remote.url}>: ")
    assert message in str(caught.value)
    assert len(str(caught.value)) < 700
    assert "secret" not in str(caught.value).replace("me:secret@", "")
    silent = prepared(store, QUERY.replace("$REMOTE", f"SILENT <{remote.url}>"), remote, config=SMALL)
    assert outcome(store, silent.query.text) == (["d", "label"], Counter([str(["None", "None"])]))
    assert silent.notes == (str(caught.value),)


def test_an_endpoint_that_takes_too_long_is_told_from_one_that_fails(store: Store, remote: Endpoint) -> None:
    remote.misbehave = drip_body
    with pytest.raises(RemoteTimeout):
        prepared(store, QUERY.replace("$REMOTE", f"<{remote.url}>"), remote, config=SMALL)


def test_an_endpoint_that_is_not_there_fails(store: Store) -> None:
    with listening() as gone:
        pass
    with pytest.raises(RemoteFailed, match="Connection refused"):
        prepared(store, QUERY.replace("$REMOTE", f"<{gone.url}>"), gone)


def test_an_endpoint_gets_no_more_time_than_the_query(store: Store, remote: Endpoint) -> None:
    remote.misbehave = drip_body
    started = time.monotonic()
    with pytest.raises(RemoteTimeout):
        federation(store, remote).federated(Query(QUERY.replace("$REMOTE", f"<{remote.url}>")), Client(), 0.2)
    assert time.monotonic() - started < 2


def test_what_is_left_of_the_time_is_for_the_query(store: Store, remote: Endpoint) -> None:
    found = federation(store, remote).federated(Query(QUERY.replace("$REMOTE", f"<{remote.url}>")), Client(), 5)
    assert found.timeout is not None
    assert 3 < found.timeout < 5


def test_a_client_that_leaves_ends_the_transfer(store: Store, remote: Endpoint) -> None:
    with pytest.raises(QueryFailed, match="left"):
        federation(store, remote).federated(Query(QUERY.replace("$REMOTE", f"<{remote.url}>")), Client("", lambda: True), None)


# Redirects


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_a_redirect_on_the_same_server_is_followed_with_the_query(status: int, store: Store, remote: Endpoint) -> None:
    def misbehave(handler: BaseHTTPRequestHandler) -> None:
        remote.misbehave = None
        redirect(status, "/other")(handler)

    remote.misbehave = misbehave
    prepared(store, QUERY.replace("$REMOTE", f"<{remote.url}>"), remote)
    assert [line for line, _ in remote.requests] == ["POST /sparql", "POST /other"]
    assert remote.queries[0] == remote.queries[1]


def test_see_other_is_followed_by_get(store: Store, remote: Endpoint) -> None:
    def misbehave(handler: BaseHTTPRequestHandler) -> None:
        remote.misbehave = answer(NO_ROWS)
        redirect(303, "/result?7")(handler)

    remote.misbehave = misbehave
    prepared(store, QUERY.replace("$REMOTE", f"<{remote.url}>"), remote)
    assert [line for line, _ in remote.requests] == ["POST /sparql", "GET /result?7"]


def test_a_redirect_to_another_listed_endpoint_is_followed(store: Store, remote: Endpoint) -> None:
    with listening() as other:
        other.misbehave = redirect(308, remote.url)
        prepared(store, QUERY.replace("$REMOTE", f"<{other.url}>"), other, remote)
        assert len(remote.queries) == 1


def test_an_endpoint_has_to_be_who_it_says(store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    if shutil.which("openssl") is None:
        pytest.skip("openssl is not installed")
    for name, subject in (("right", "IP:127.0.0.1"), ("wrong", "DNS:elsewhere.example")):
        options = [
            "-newkey",
            "ec",
            "-pkeyopt",
            "ec_paramgen_curve:prime256v1",
            "-nodes",
            "-subj",
            "/CN=x",
            "-addext",
            f"subjectAltName={subject}",
        ]
        files = ["-keyout", str(tmp_path / f"{name}.key"), "-out", str(tmp_path / f"{name}.pem")]
        subprocess.run(["openssl", "req", "-x509", "-days", "2", *options, *files], check=True, capture_output=True)
    for name, trusted, message in (("right", "wrong", "self-signed"), ("wrong", "wrong", "mismatch"), ("right", "right", "")):
        monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / f"{trusted}.pem"))
        tls_context.cache_clear()
        with listening(tmp_path / name) as remote:
            fill(remote.store, [("d1", "label", "one")])
            with pytest.raises(RemoteFailed, match=f"certificate is not valid: .*{message}") if message else nullcontext():
                prepared(store, QUERY.replace("$REMOTE", f"<{remote.url}>"), remote)
            assert len(remote.queries) == (not message)
    tls_context.cache_clear()


# What is sent


def test_nothing_of_the_client_or_the_environment_is_sent(store: Store, remote: Endpoint, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1/")
    prepared(store, QUERY.replace("$REMOTE", f"<{remote.url}>"), remote)
    _, headers = remote.requests[0]
    assert headers.keys() == {"host", "user-agent", "accept", "accept-encoding", "content-type", "content-length", "connection"}
    assert headers["accept-encoding"] == "identity"
    assert headers["accept"] == JSON


def test_the_clause_is_sent_with_the_declarations_of_the_query(store: Store, remote: Endpoint) -> None:
    query = f"BASE <{EX}>\nPREFIX : <#>\nPREFIX r: <{remote.url[:-6]}>\nSELECT ?d {{ SERVICE r:sparql {{ ?d <label> 'one' }} }}"
    found = prepared(store, query, remote)
    assert remote.queries == [f"BASE <{EX}> PREFIX : <#> PREFIX r: <{remote.url[:-6]}> SELECT * WHERE {{ ?d <label> 'one' \n}}"]
    assert outcome(store, found.query.text) == (["d"], Counter([str([f"<{EX}d1>"])]))


def test_messages_about_the_rest_name_the_right_place(store: Store, remote: Endpoint) -> None:
    query = f"SELECT * {{\n SERVICE <{remote.url}> {{\n ?s ?p ?o\n }} ?x }}"
    with pytest.raises(SyntaxError, match="4:8"):
        store.query(prepared(store, query, remote).query.text)


# Who is asked at all

REFUSED = {
    "another endpoint": "SELECT * { SERVICE <http://elsewhere.example/sparql> { ?s ?p ?o } }",
    "another path": "SELECT * { SERVICE $REMOTE_ { ?s ?p ?o } }",
    "one of two": "SELECT * { SERVICE $REMOTE { ?s ?p ?o } SERVICE <http://elsewhere.example/> {} }",
    "nested": "SELECT * { SERVICE $REMOTE { SERVICE <http://elsewhere.example/> { ?s ?p ?o } } }",
    "nested variable": "SELECT * { SERVICE $REMOTE { ?x ?y ?z SERVICE ?z { ?s ?p ?o } } }",
    "variable": "SELECT * { VALUES ?x { $REMOTE } SERVICE ?x { ?s ?p ?o } }",
    "silent": "SELECT * { SERVICE SILENT <http://elsewhere.example/> { ?s ?p ?o } }",
    "glued": "PREFIX : $REMOTE SELECT * { ?s ?p 1SERVICE: { ?s ?p ?o } }",
    "glued name": "PREFIX : $REMOTE SELECT * { SERVICE: { ?s ?p ?o } }",
    "glued behind another": "PREFIX : $REMOTE SELECT * { SERVICE $REMOTE { ?s ?p ?o } SERVICE: { ?s ?p ?o } }",
    "update": "INSERT { ?s ?p ?o } WHERE { SERVICE $REMOTE { ?s ?p ?o } }",
}


@pytest.mark.parametrize("query", REFUSED.values(), ids=REFUSED)
def test_others_are_refused_and_nobody_is_asked(query: str, store: Store, remote: Endpoint) -> None:
    text = query.replace("$REMOTE_", f"<{remote.url}/>").replace("$REMOTE", f"<{remote.url}>")
    with pytest.raises(RefusedQuery):
        prepared(store, text, remote)
    assert not remote.queries


def test_a_refusal_lists_who_is_allowed(store: Store, remote: Endpoint) -> None:
    with pytest.raises(RefusedQuery, match=f"<http://x.example/> is not allowed here; endpoints that are allowed: {remote.url}"):
        prepared(store, "ASK { SERVICE <http://x.example/> { ?s ?p ?o } }", remote)


def test_nested_clauses_to_listed_endpoints_are_left_to_the_outer_one(store: Store, remote: Endpoint) -> None:
    query = f"SELECT * {{ SERVICE <{remote.url}> {{ SERVICE SILENT <{remote.url}> {{ ?d <{EX}broader> ?x }} }} }}"
    assert prepared(store, query, remote).is_federated
    assert "SERVICE SILENT" in remote.queries[0]


@pytest.mark.parametrize("query", ["SELECT * { SERVICE", "SELECT * { SERVICE <x:y>", "SELECT * { SERVICE <x:y> { ( } }", "SERVICE SILENT"])
def test_a_broken_clause_is_a_bad_query(query: str, store: Store, remote: Endpoint) -> None:
    with pytest.raises((BadQuery, RefusedQuery)):
        prepared(store, query, remote)


@pytest.mark.parametrize(
    "query", ["ASK { ?s ?p 'SERVICE <http://x/> {' }", "ASK {} # SERVICE", "PREFIX service: <http://x/> ASK { ?s service:a 1 }"]
)
def test_a_query_without_a_clause_stays_as_it_is(query: str, store: Store, remote: Endpoint) -> None:
    assert prepared(store, query, remote) == Federated(Query(query), None)


@pytest.mark.parametrize(
    ("host", "address", "allowed"),
    [
        ("x.example", "93.184.216.34", True),
        ("x.example", "2606:2800:220:1::1", True),
        ("x.example", "127.0.0.1", False),
        ("x.example", "0.0.0.0", False),
        ("x.example", "10.1.2.3", False),
        ("x.example", "172.16.0.1", False),
        ("x.example", "192.168.0.1", False),
        ("x.example", "100.64.0.1", False),
        ("x.example", "169.254.169.254", False),
        ("x.example", "198.18.0.1", False),
        ("x.example", "224.0.0.1", False),
        ("x.example", "255.255.255.255", False),
        ("x.example", "::1", False),
        ("x.example", "::", False),
        ("x.example", "fe80::1", False),
        ("x.example", "fe80::1%eth0", False),
        ("x.example", "fec0::1", False),
        ("x.example", "fd00::1", False),
        ("x.example", "ff02::1", False),
        ("x.example", "::ffff:127.0.0.1", False),
        ("x.example", "::127.0.0.1", False),
        ("x.example", "2002:7f00:1::1", False),
        ("x.example", "2002:0a00:1::1", False),
        ("x.example", "64:ff9b::7f00:1", False),
        ("x.example", "64:ff9b::5db8:d822", True),
        ("x.example", "64:ff9b:1::5db8:d822", False),
        ("x.example", "2001:0:1:2:3:4:80ff:fffe", False),
        ("127.0.0.1", "127.0.0.1", True),
        ("127.0.0.1", "127.0.0.2", False),
        ("localhost", "::1", True),
        ("localhost", "10.0.0.1", False),
        ("0.0.0.0", "0.0.0.0", False),
        ("store.internal", "10.0.0.1", True),
        ("STORE.internal", "10.0.0.1", True),
        ("store.internal", "224.0.0.1", False),
    ],
)
def test_private_addresses_are_for_listed_hosts(host: str, address: str, allowed: bool) -> None:
    assert is_allowed(host, address, {"store.internal"}) is allowed


def test_a_name_that_leads_to_this_machine_is_refused(store: Store, remote: Endpoint, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("socket.getaddrinfo", lambda *_, **__: [(2, 1, 6, "", ("127.0.0.1", 0))])
    remote_by_name = Endpoint(remote.url.replace("127.0.0.1", "rebinding.example"))
    query = QUERY.replace("$REMOTE", f"<{remote_by_name.url}>")
    with pytest.raises(RemoteFailed, match="private network"):
        prepared(store, query, remote_by_name)
    assert not remote.queries
    prepared(store, query, remote_by_name, config=Config(service_private_hosts=("Rebinding.example",)))
    assert remote.requests[0][1]["host"].startswith("rebinding.example:")


def test_only_some_queries_wait_for_others_at_a_time(store: Store, remote: Endpoint) -> None:
    config = Config(service_requests=1, service_timeout=5)
    started, go_on = threading.Event(), threading.Event()

    def misbehave(handler: BaseHTTPRequestHandler) -> None:
        started.set()
        go_on.wait(5)
        send(handler, NO_ROWS)

    remote.misbehave = misbehave
    both = federation(store, remote, config=config)
    query = Query(QUERY.replace("$REMOTE", f"<{remote.url}>"))
    first = threading.Thread(target=both.federated, args=(query, Client(), None))
    first.start()
    assert started.wait(5)
    with pytest.raises(Busy, match="service_requests"):
        both.federated(query, Client("another"), None)
    go_on.set()
    first.join()
    assert both.federated(query, Client(), None).is_federated


def test_one_client_cannot_have_all_places(store: Store, remote: Endpoint) -> None:
    several = federation(store, remote, config=Config(service_requests=4, service_timeout=5))
    waiting, go_on = threading.Semaphore(0), threading.Event()

    def misbehave(handler: BaseHTTPRequestHandler) -> None:
        waiting.release()
        go_on.wait(5)
        send(handler, NO_ROWS)

    remote.misbehave = misbehave
    query = Query(QUERY.replace("$REMOTE", f"<{remote.url}>"))
    threads = [threading.Thread(target=several.federated, args=(query, Client("greedy"), None)) for _ in range(2)]
    for thread in threads:
        thread.start()
    assert all(waiting.acquire(timeout=5) for _ in threads)
    with pytest.raises(Busy, match="2 queries of yours"):
        several.federated(query, Client("greedy"), None)
    go_on.set()
    assert several.federated(query, Client("modest"), None).is_federated
    for thread in threads:
        thread.join()


# Terms


def test_blank_nodes_become_names_of_one_answer(store: Store, remote: Endpoint) -> None:
    remote.store.clear()
    fill(remote.store, [("_:a", "label", "x"), ("_:a", "broader", "d1")])
    clause = f"SERVICE <{remote.url}> {{ ?a <{EX}label> ?l ; <{EX}broader> ?b }}"
    again = clause.replace("?l", "?k").replace("?a", "?c")
    found = store.query(prepared(store, f"SELECT * {{ {clause} {again} }}", remote).query.text)
    assert isinstance(found, QuerySolutions)
    (solution,) = found
    assert str(solution["a"]).startswith(f"<{EX}.well-known/genid/")
    assert solution["a"] != solution["c"]


def test_terms_of_all_kinds_arrive(store: Store, remote: Endpoint) -> None:
    kinds = [
        URI,
        {"type": "literal", "value": "x"},
        {"type": "literal", "value": "x", "xml:lang": "en"},
        {"type": "literal", "value": "x", "xml:lang": "ar", "its:dir": "rtl"},
        {"type": "typed-literal", "value": "1.50", "datatype": "http://www.w3.org/2001/XMLSchema#decimal"},
        {"type": "triple", "value": {"subject": URI, "predicate": URI, "object": {"type": "literal", "value": "x"}}},
    ]
    content = json.dumps({"head": {"vars": ["d"]}, "results": {"bindings": [{"d": kind} for kind in kinds]}}).encode()
    remote.misbehave = answer(content)
    found = store.query(prepared(store, f"SELECT ?d {{ SERVICE <{remote.url}> {{ ?d ?d ?d }} }}", remote).query.text)
    assert isinstance(found, QuerySolutions)
    assert sorted(str(row["d"]) for row in found) == sorted(
        ["<http://x/>", '"x"', '"x"@en', '"x"@ar--rtl', '"1.5"^^<http://www.w3.org/2001/XMLSchema#decimal>', '<http://x/> <http://x/> "x"']
    )


def test_variables_that_were_not_asked_for_bind_nothing(store: Store, remote: Endpoint) -> None:
    remote.misbehave = answer(row(d=URI, paper=URI, **{"a ) { } #": URI}))
    query = f"SELECT * {{ SERVICE <{remote.url}> {{ ?d <{EX}label> 1 }} }}"
    assert outcome(store, prepared(store, query, remote).query.text) == (["d"], Counter([str(["<http://x/>"])]))


SCOPES = {
    "?d ?p 1 OPTIONAL { ?e ?q 2 }": ["d", "p", "e", "q"],
    "{ ?d ?p 1 } UNION { ?e ?p 2 } FILTER(?x > 1) MINUS { ?d ?y 3 }": ["d", "p", "e"],
    "{ SELECT ?d (COUNT(?x) AS ?n) { ?d ex:p ?x } GROUP BY ?d }": ["d", "n"],
    "SELECT * { ?d ex:p ?x { SELECT ?d ?e { ?d ?p ?e } } } VALUES ?v { 1 }": ["d", "x", "e", "v"],
    "GRAPH ?g { ?d ex:p 1 } BIND(?x AS ?y) VALUES (?v ?w) { (1 2) }": ["d", "g", "v", "w", "y"],
    "?d ex:p 1 FILTER NOT EXISTS { ?d ex:q ?x } FILTER EXISTS { ?d ex:q ?z }": ["d"],
}


@pytest.mark.parametrize(("pattern", "names"), SCOPES.items())
def test_columns_that_an_endpoint_leaves_out_are_there_without_values(
    pattern: str, names: list[str], store: Store, remote: Endpoint
) -> None:
    """SPARQL 1.1 Query §18.2.1: the variables in scope are those of the pattern, whatever has values."""
    remote.misbehave = answer(row(d=URI))
    query = f"PREFIX ex: <{EX}> SELECT * {{ SERVICE <{remote.url}> {{ {pattern} }} }}"
    found = outcome(store, prepared(store, query, remote).query.text)
    assert isinstance(found, tuple)
    assert (sorted(found[0]), found[1].total()) == (sorted(names), 1)


ODD = st.text(st.characters(codec="utf-8") | st.sampled_from("\"'\\\n\r\t\0<>{}#?$ u0041"), max_size=12)


@settings(max_examples=200, deadline=None)
@given(
    st.lists(
        st.tuples(ODD, st.sampled_from([None, "en", "de-CH", "x } #"]), st.sampled_from([None, "http://x/t", "http://x/> #"])), max_size=4
    )
)
def test_any_text_arrives_as_it_was_sent_or_not_at_all(texts: list[tuple[str, str | None, str | None]]) -> None:
    bindings = [{"a": {"type": "literal", "value": text, "xml:lang": tag, "datatype": kind}} for text, tag, kind in texts]
    content = json.dumps({"head": {"vars": ["a"]}, "results": {"bindings": bindings}}).encode()
    try:
        block = data_block(solutions(content, ["a"], str, 100))
    except RemoteFailed:
        assert any("#" in (tag or kind or "") for _, tag, kind in texts)
        return
    found = Store().query(f"SELECT ?a {{ {block} }}")
    assert isinstance(found, QuerySolutions)
    values = [row["a"] for row in found]
    assert [(value.value, value.language) for value in values if isinstance(value, Literal)] == [
        (text, tag and tag.lower()) for text, tag, _ in texts
    ]


@settings(max_examples=200, deadline=None)
@given(st.sampled_from(["http://x/", "urn:", ""]), ODD)
def test_any_iri_arrives_as_it_was_sent_or_not_at_all(start: str, rest: str) -> None:
    content = row(a={"type": "uri", "value": start + rest})
    try:
        found = Store().query(f"SELECT ?a {{ {data_block(solutions(content, ['a'], str, 100))} }}")
    except RemoteFailed:
        return
    assert isinstance(found, QuerySolutions)
    assert [row["a"] for row in found] == [NamedNode(start + rest)]


@given(
    st.binary(max_size=60)
    | st.recursive(
        st.none() | st.booleans() | st.floats() | st.text(max_size=5),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(st.sampled_from(["head", "vars", "results", "bindings", "a", "type", "value"]), inner, max_size=4)
        ),
        max_leaves=15,
    ).map(lambda found: json.dumps(found).encode())
)
def test_any_content_is_an_answer_or_an_error(content: bytes) -> None:
    try:
        found = solutions(content, ["a"], str, 100)
    except RemoteFailed:
        return
    assert isinstance(found, Solutions)


# Over HTTP

PAPERS = (
    "PREFIX litlod: <https://w3id.org/litlod/ontology#> SELECT DISTINCT ?gene { ?paper litlod:mentionsGene ?gene } ORDER BY ?gene LIMIT 3"
)


@pytest.fixture(scope="module")
def client(data: Path, running: Endpoint) -> Iterator[FlaskClient]:
    with serving(data, service_endpoints=(running.url,), service_timeout=2.0, threads=8) as app:
        yield app.test_client()


@pytest.fixture
def genes(client: FlaskClient, remote: Endpoint) -> list[str]:
    """Genes here, of which the endpoint knows names."""
    found = [line[0] for line in csv.reader(ask(client, PAPERS, "text/csv").text.splitlines())][1:]
    remote.store.extend(Quad(NamedNode(gene), NamedNode(EX + "label"), Literal(f"name {number}")) for number, gene in enumerate(found))
    return found


JOINED = """PREFIX litlod: <https://w3id.org/litlod/ontology#>
SELECT {} {{ ?paper litlod:mentionsGene ?gene . SERVICE {} {{ ?gene <http://ex.example/label> ?name }} }}"""


def test_our_data_are_joined_with_another_endpoint(client: FlaskClient, remote: Endpoint, genes: list[str]) -> None:
    response = ask(client, JOINED.format("DISTINCT ?gene ?name", f"<{remote.url}>") + " ORDER BY ?name", "text/csv")
    assert [tuple(line) for line in csv.reader(response.text.splitlines())][1:] == [(gene, f"name {n}") for n, gene in enumerate(genes)]
    assert all(gene in remote.queries[0] for gene in genes)


def test_columns_stay_in_the_order_of_the_query(client: FlaskClient, remote: Endpoint, genes: list[str]) -> None:
    assert genes
    response = ask(client, JOINED.format("*", f"<{remote.url}>"), "text/csv")
    assert response.text.splitlines()[0] == "paper,gene,name"


def test_a_federated_answer_has_no_tag_and_is_made_anew(client: FlaskClient, remote: Endpoint, genes: list[str]) -> None:
    assert genes
    for _ in range(2):
        assert "ETag" not in ask(client, JOINED.format("*", f"<{remote.url}>")).headers
    assert len(remote.queries) == 2


def test_an_endpoint_that_fails_is_a_502_that_names_it(client: FlaskClient, remote: Endpoint) -> None:
    remote.misbehave = answer(b"out of order", 500, "text/plain")
    response = ask(client, f"ASK {{ SERVICE <{remote.url}> {{ ?s ?p ?o }} }}")
    assert response.status_code == 502
    assert response.mimetype == "application/problem+json"
    assert response.json is not None
    assert response.json["detail"] == f"SERVICE <{remote.url}>: it answers 500 Internal Server Error: out of order"


def test_an_endpoint_that_is_slow_is_a_504(client: FlaskClient, remote: Endpoint) -> None:
    remote.misbehave = drip
    assert ask(client, f"ASK {{ SERVICE <{remote.url}> {{ ?s ?p ?o }} }}", timeout="0.3").status_code == 504


def test_a_silent_failure_is_told_in_a_note(client: FlaskClient, remote: Endpoint) -> None:
    remote.misbehave = answer(b"", 500)
    response = ask(client, f"SELECT * {{ SERVICE SILENT <{remote.url}> {{ ?s ?p ?o }} }}", "text/csv")
    assert response.text == "s,p,o\r\n,,\r\n"
    assert f"SERVICE <{remote.url}>: it answers 500 Internal Server Error" in response.headers.getlist("X-LitLOD-Note")


def test_another_endpoint_is_a_403_with_the_list(client: FlaskClient, remote: Endpoint) -> None:
    response = ask(client, "ASK { SERVICE <http://x.example/> { ?s ?p ?o } }")
    assert response.status_code == 403
    assert remote.url in response.text


def test_federation_is_claimed_only_where_it_is_on(client: FlaskClient, data: Path) -> None:
    def claims(asked: FlaskClient) -> bool:
        found = triples(asked.get("/sparql", headers={"Accept": "text/turtle"}))
        return any(str(value).endswith("#BasicFederatedQuery") for _, _, value in found)

    assert claims(client)
    with serving(data) as app:
        assert not claims(app.test_client())
        assert ask(app.test_client(), "ASK { SERVICE <http://x.example/> { ?s ?p ?o } }").status_code == 403


def test_endpoints_come_from_a_list_or_a_text(tmp_path: Path) -> None:
    expected = ("http://a.example/sparql", "https://b.example/")
    (tmp_path / "a.toml").write_text('service_endpoints = ["http://a.example/sparql", "https://b.example/"]')
    assert read_config({}, str(tmp_path / "a.toml"), {}).service_endpoints == expected
    assert read_config({"service_endpoints": " http://a.example/sparql,https://b.example/,"}, None, {}).service_endpoints == expected
    assert read_config({}, None, {"LITLOD_SERVICE_ENDPOINTS": ",".join(expected)}).service_endpoints == expected


@pytest.mark.parametrize("text", ["x.example", "file:///etc/passwd", "http://me:secret@x.example/", "http://x.example/, ftp://y.example/"])
def test_what_is_no_endpoint_cannot_be_listed(text: str) -> None:
    with pytest.raises(UsageError, match="service_endpoints"):
        read_config({"service_endpoints": text}, None, {})


def test_one_value_cannot_be_a_list(tmp_path: Path) -> None:
    (tmp_path / "a.toml").write_text("port = [1, 2]")
    with pytest.raises(UsageError, match="port"):
        read_config({}, str(tmp_path / "a.toml"), {})


@pytest.mark.slow
def test_an_endpoint_may_ask_itself(data: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    url = f"http://127.0.0.1:{port}/sparql"
    with live.serving(data, "--port", str(port), "--workers", "1", "--service-endpoints", url) as server:
        inner = f"SERVICE <{url}> {{ ?paper a <https://schema.org/ScholarlyArticle> }}"
        assert server.result(f"SELECT (COUNT(*) AS ?n) {{ ?paper <http://purl.org/dc/terms/title> ?t SERVICE <{url}> {{ {inner} }} }}") == (
            server.result(
                "SELECT (COUNT(*) AS ?n) { ?paper a <https://schema.org/ScholarlyArticle> ; <http://purl.org/dc/terms/title> ?t }"
            )
        )
