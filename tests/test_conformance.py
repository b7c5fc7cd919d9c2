"""What the specifications ask of the endpoint, over real HTTP to a real server, read by parsers that are not ours."""

import gzip
import http.client
import io
import json
import socket
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from itertools import chain
from pathlib import Path
from typing import NamedTuple
from urllib.parse import quote, urlencode, urlsplit

import pytest
import zstandard
from lxml import etree
from rdflib import Dataset, Graph, Literal, URIRef
from rdflib.compare import isomorphic, to_canonical_graph
from rdflib.query import Result
from rdflib.term import Node

from rdfgen.formats import FORMATS, RESULT_FORMATS, Format, ResultFormat
from rdfgen.iris import Iris
from rdfgen.namespaces import expand
from server.compression import CODINGS
from tests import server_fixtures
from tests.live import Server, serving

pytestmark = pytest.mark.slow
data = server_fixtures.data

FORM, QUERY = "application/x-www-form-urlencoded", "application/sparql-query"
ROWS = "SELECT ?s ?p ?o { ?s ?p ?o }"
COUNT = "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }"
ENDLESS = "SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"
SLOW = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i FILTER(?a != ?i) }"
VOID, EXAMPLES = Iris().void(), Iris().examples()
CONTROL = "SELECT ('a\\u0001' AS ?x) {}"
TRIPLE_TERM = "<<( <http://x/a> <http://x/b> 'c' )>>"


@dataclass(frozen=True, slots=True)
class Reply:
    status: int
    headers: http.client.HTTPMessage
    body: bytes

    @property
    def mimetype(self) -> str:
        return self.headers.get_content_type()

    def header(self, name: str) -> str:
        return str(self.headers[name])

    def csv(self) -> list[str]:
        return self.body.decode().split("\r\n")[1:-1]

    def json(self) -> dict[str, object]:
        found = json.loads(self.body)
        assert isinstance(found, dict)
        return found


class Sent(NamedTuple):
    """A request by one of the three forms of the query operation."""

    method: str
    target: str
    body: bytes
    content_type: str | None


Parameters = list[tuple[str, str]]


def by_get(query: str, parameters: Parameters) -> Sent:
    return Sent("GET", "sparql?" + urlencode([("query", query), *parameters]), b"", None)


def by_form(query: str, parameters: Parameters) -> Sent:
    return Sent("POST", "sparql", urlencode([("query", query), *parameters]).encode(), FORM)


def by_body(query: str, parameters: Parameters) -> Sent:
    return Sent("POST", "sparql?" + urlencode(parameters), query.encode(), QUERY)


FORMS = [by_get, by_form, by_body]
Form = Callable[[str, Parameters], Sent]
in_each_form = pytest.mark.parametrize("form", FORMS)


@pytest.fixture(scope="module")
def server(data: Path) -> Iterator[Server]:
    with serving(data, "--workers", "2") as found:
        yield found


@pytest.fixture(scope="module")
def strict(data: Path) -> Iterator[Server]:
    """A server whose operator limits rows, time and graphs."""
    with serving(
        data, "--workers", "1", "--max-rows", "10", "--query-timeout", "1", "--max-graph-triples", "1000", "--receive-timeout", "1"
    ) as found:
        yield found


def send(server: Server, method: str, target: str, body: bytes = b"", **headers: str) -> Reply:
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=20)
    try:
        connection.request(method, "/" + target, body or None, {name.replace("_", "-"): value for name, value in headers.items()})
        response = connection.getresponse()
        return Reply(response.status, response.headers, response.read())
    finally:
        connection.close()


def ask(server: Server, query: str, form: Form = by_get, parameters: Parameters | None = None, **headers: str) -> Reply:
    sent = form(query, parameters or [])
    if sent.content_type is not None:
        headers["Content_Type"] = sent.content_type
    return send(server, sent.method, sent.target, sent.body, **headers)


def get(server: Server, target: str, **headers: str) -> Reply:
    return send(server, "GET", target, b"", **headers)


def spoken(server: Server, request: bytes) -> Reply:
    """The reply to bytes that no client library would send; it ends with the connection."""
    with socket.create_connection(("127.0.0.1", server.port), timeout=20) as connection:
        connection.sendall(request)
        response = http.client.HTTPResponse(connection)
        response.begin()
        return Reply(response.status, response.headers, response.read())


def assert_problem(reply: Reply, status: int) -> dict[str, object]:
    """RFC 9457 §3."""
    assert (reply.status, reply.header("Content-Type")) == (status, "application/problem+json")
    assert reply.header("Access-Control-Allow-Origin") == "*"
    assert reply.header("Cache-Control") == "no-store"
    found = reply.json()
    assert {"type", "title", "status", "detail"} <= found.keys()
    assert found["status"] == status
    return found


def values(reply: Reply) -> list[str]:
    assert reply.status == 200, reply.body
    return reply.csv()


# SPARQL 1.1 Protocol §2.1: the three forms


AWKWARD = "a%2Fb+c%2Bd%20 e&f=g;é日😀 # \\\\ 'x'"


@in_each_form
def test_a_query_arrives_unharmed_its_escapes_decoded_once(server: Server, form: Form) -> None:
    """Protocol §2.1.1-2.1.3."""
    reply = ask(server, f'SELECT ("{AWKWARD}" AS ?x) {{}}', form)
    (row,) = reply.json()["results"]["bindings"]  # type: ignore[index]  # it fails the test if it is otherwise
    assert row["x"]["value"] == AWKWARD.replace("\\\\", "\\")


@in_each_form
def test_default_graphs_are_merged_and_named_graphs_are_all_there_are(server: Server, form: Form) -> None:
    """Protocol §2.1.4."""
    csv: Parameters = [("format", "csv")]
    counts = [
        int(values(ask(server, COUNT, form, [("default-graph-uri", name) for name in names] + csv))[0])
        for names in ([VOID], [EXAMPLES], [VOID, EXAMPLES])
    ]
    assert counts[2] == counts[0] + counts[1] > counts[0] > 0
    graphs = "SELECT DISTINCT ?g { GRAPH ?g { ?s ?p ?o } } ORDER BY ?g"
    assert values(ask(server, graphs, form, [("named-graph-uri", VOID), *csv])) == [VOID]
    assert values(ask(server, graphs, form, [("named-graph-uri", VOID), ("named-graph-uri", EXAMPLES), *csv])) == sorted([VOID, EXAMPLES])


@in_each_form
def test_the_dataset_of_the_protocol_beats_that_of_the_query(server: Server, form: Form) -> None:
    """Protocol §2.1.4: "the dataset description in the protocol request overrides"."""
    query = "SELECT (COUNT(*) AS ?n) FROM <http://x/unknown> { ?s ?p ?o }"
    assert values(ask(server, query, form, [("default-graph-uri", VOID), ("format", "csv")])) != ["0"]
    assert values(ask(server, query, form, [("format", "csv")])) == ["0"]


@in_each_form
def test_unknown_parameters_are_ignored(server: Server, form: Form) -> None:
    assert ask(server, "ASK {}", form, [("ac", "1"), ("x", "y"), ("x", "z"), ("", "")]).json()["boolean"] is True


def test_a_byte_order_mark_is_no_part_of_a_query(server: Server) -> None:
    """RFC 3629 §6."""
    assert send(server, "POST", "sparql", b"\xef\xbb\xbfASK {}", Content_Type=QUERY).status == 200


ASK = quote("ASK {}")
REFUSED: list[tuple[str, str, bytes, dict[str, str], int]] = [
    ("POST", "sparql", f"query={ASK}&query={ASK}".encode(), {"Content-Type": FORM}, 400),
    ("GET", f"sparql?query={ASK}&query={ASK}", b"", {}, 400),
    ("POST", f"sparql?query={ASK}", b"ASK {}", {"Content-Type": QUERY}, 400),
    ("POST", f"sparql?query={ASK}", f"query={ASK}".encode(), {"Content-Type": FORM}, 400),
    ("POST", "sparql", f"query={ASK}&update={ASK}".encode(), {"Content-Type": FORM}, 400),
    ("POST", "sparql", b"x=y", {"Content-Type": FORM}, 400),
    ("POST", "sparql", b"", {"Content-Type": QUERY}, 400),
    ("GET", "sparql?query=%FF", b"", {}, 400),
    ("GET", "sparql?query=%zz", b"", {}, 400),
    ("GET", "sparql?query=%00", b"", {}, 400),
    ("POST", "sparql", b"query=%C3", {"Content-Type": FORM}, 400),
    ("POST", "sparql", b"query=ASK%7B%7D%", {"Content-Type": FORM}, 400),
    ("POST", "sparql", b"ASK { ?s ?p '\xff' }", {"Content-Type": QUERY}, 400),
    ("POST", "sparql", b"&".join([b"a=b"] * 3000), {"Content-Type": FORM}, 400),
    ("GET", f"sparql?query={ASK}&default-graph-uri=x", b"", {}, 400),
    ("GET", f"sparql?query={ASK}&timeout=x", b"", {}, 400),
    ("GET", f"sparql?query={ASK}&timeout=0", b"", {}, 400),
    ("GET", f"sparql?query={ASK}&timeout=-1", b"", {}, 400),
    ("GET", f"sparql?query={ASK}&timeout=inf", b"", {}, 400),
    ("GET", f"sparql?query={ASK}&timeout=1&timeout=2", b"", {}, 400),
    ("GET", f"sparql?query={ASK}&offset=x", b"", {}, 400),
    ("POST", "sparql", b"update=CLEAR+ALL", {"Content-Type": FORM}, 403),
    ("POST", "sparql", b"CLEAR ALL", {"Content-Type": "application/sparql-update"}, 403),
    ("GET", "sparql?query=CLEAR+ALL", b"", {}, 403),
    ("GET", "sparql?query=" + quote("ASK { SERVICE <http://x/> {} }"), b"", {}, 403),
    ("GET", "nowhere", b"", {}, 404),
    ("PUT", "sparql", b"ASK {}", {"Content-Type": QUERY}, 405),
    ("DELETE", "sparql", b"", {}, 405),
    ("GET", f"sparql?query={ASK}", b"", {"Accept": "image/png"}, 406),
    ("GET", f"sparql?query={ASK}&format=pdf", b"", {}, 406),
    ("POST", "sparql", b"x" * 900_000, {"Content-Type": QUERY}, 413),
    ("POST", "sparql", b"query=" + b"x" * 300_000, {"Content-Type": FORM}, 413),
    ("GET", "sparql?query=" + "x" * 9_000, b"", {}, 414),
    ("POST", "sparql", b"ASK {}", {"Content-Type": "text/plain"}, 415),
    ("POST", "sparql", b"ASK {}", {}, 415),
    ("POST", "sparql", "ASK {}".encode("utf-16"), {"Content-Type": QUERY + "; charset=utf-16"}, 415),
    ("POST", "sparql", b"query=ASK%7B%7D", {"Content-Type": FORM + "; charset=latin-1"}, 415),
    ("POST", "sparql", gzip.compress(b"ASK {}"), {"Content-Type": QUERY, "Content-Encoding": "gzip"}, 415),
    ("GET", "", b"", {"X-Long": "x" * 20_000}, 431),
]


@pytest.mark.parametrize(("method", "target", "body", "headers", "status"), REFUSED)
def test_what_cannot_be_answered_has_its_own_status(
    server: Server, method: str, target: str, body: bytes, headers: dict[str, str], status: int
) -> None:
    """Protocol §2.1.6, RFC 9110 §15.5, and the tests of the W3C for the protocol."""
    assert_problem(send(server, method, target, body, **headers), status)


MALFORMED = [
    (b"\x16\x03\x01\x02\r\n\r\n", 400),
    (b"GET / HTTP/1.1\r\n\r\n", 400),
    (b"GET / HTTP/9.9\r\nHost: x\r\n\r\n", 505),
    (b"GET / HTTP/1.1\r\nHost: x\r\nExpect: a miracle\r\n\r\n", 417),
    (b"POST /sparql HTTP/1.1\r\nHost: x\r\nContent-Length: x\r\n\r\n", 400),
    (b"POST /sparql HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nxx", 400),
    (b"POST /sparql HTTP/1.1\r\nHost: x\r\nContent-Type: application/sparql-query\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n\r\n", 400),
    (
        b"POST /sparql HTTP/1.1\r\nHost: x\r\nContent-Type: application/sparql-query\r\nTransfer-Encoding: gzip, chunked\r\n\r\n"
        b"6\r\nASK {}\r\n0\r\n\r\n",
        501,
    ),
]


@pytest.mark.parametrize(("request_bytes", "status"), MALFORMED)
def test_what_is_no_http_gets_a_problem_document_too(server: Server, request_bytes: bytes, status: int) -> None:
    """RFC 9112 §2.2, §3.2, §6.3."""
    reply = spoken(server, request_bytes)
    assert (reply.status, reply.mimetype) == (status, "application/problem+json")
    assert reply.json()["status"] == status


def test_a_body_without_a_length_is_not_cut_at_the_limit(server: Server) -> None:
    """RFC 9110 §15.5.14: Werkzeug cuts it without a word."""
    body = b"query=ASK%7B%7D&x=" + b"y" * 800_000
    head = f"POST /sparql HTTP/1.1\r\nHost: x\r\nContent-Type: {FORM}\r\nTransfer-Encoding: chunked\r\n\r\n".encode()
    assert spoken(server, head + b"%X\r\n" % len(body) + body + b"\r\n0\r\n\r\n").status == 413


@pytest.mark.parametrize(
    "rest",
    ["Content-Length: 9\r\n\r\nASK {}", "Transfer-Encoding: chunked\r\n\r\n5\r\nASK{}\r\n", "Transfer-Encoding: chunked\r\n\r\n9\r\nASK{}"],
)
def test_half_a_body_is_no_request(server: Server, rest: str) -> None:
    """RFC 9112 §8: what came of it would be another query, or one without its dataset."""
    with socket.create_connection(("127.0.0.1", server.port), timeout=20) as connection:
        connection.sendall(f"POST /sparql HTTP/1.1\r\nHost: x\r\nContent-Type: {QUERY}\r\n{rest}".encode())
        connection.shutdown(socket.SHUT_WR)
        response = http.client.HTTPResponse(connection)
        response.begin()
        assert (response.status, json.load(response)["detail"]) == (400, "the connection ended before the request did")


def test_a_body_that_does_not_come_is_a_408(strict: Server) -> None:
    """RFC 9110 §15.5.9."""
    request = f"POST /sparql HTTP/1.1\r\nHost: x\r\nContent-Type: {FORM}\r\nContent-Length: 9\r\n\r\nquery=".encode()
    assert_problem(spoken(strict, request), 408)


def test_the_documents_of_errors_are_pages_or_text_for_those_who_ask_for_that(server: Server) -> None:
    for accept, mimetype in (("text/html,*/*;q=0.8", "text/html"), ("text/csv", "text/plain"), ("*/*", "application/problem+json")):
        reply = get(server, "sparql?query=nonsense", Accept=accept)
        assert (reply.status, reply.mimetype) == (400, mimetype)


def test_a_syntax_error_has_its_line_and_column_as_members(server: Server) -> None:
    found = assert_problem(ask(server, "SELECT *\n{ ?s ?p é }"), 400)
    assert (found["line"], found["column"]) == (2, 11)


# RFC 9110 §9: methods


@pytest.mark.parametrize("target", ["sparql", "sparql?query=" + quote(ENDLESS), "", ".well-known/void", "graph?default", "dumps/"])
def test_head_has_the_headers_of_get_and_holds_no_query_process(server: Server, target: str) -> None:
    """RFC 9110 §9.3.2; more often than there are query processes."""
    for _ in range(4):
        reply = send(server, "HEAD", target)
        assert (reply.status, reply.body) == (200, b"")
        assert {"Content-Type", "Vary", "Cache-Control"} <= set(reply.headers)


@pytest.mark.parametrize(
    ("target", "allowed"), [("sparql", {"GET", "HEAD", "OPTIONS", "POST"}), ("graph?default", {"GET", "HEAD", "OPTIONS"})]
)
def test_other_methods_are_a_405_that_says_which_there_are(server: Server, target: str, allowed: set[str]) -> None:
    """RFC 9110 §15.5.6; Graph Store Protocol §5: what changes graphs is not offered."""
    for method in ("PUT", "DELETE", "PATCH", *({"POST"} - allowed)):
        reply = send(server, method, target)
        assert_problem(reply, 405)
        assert set(reply.header("Allow").split(", ")) == allowed
    assert set(send(server, "OPTIONS", target).header("Allow").split(", ")) == allowed


def test_a_preflight_is_answered(server: Server) -> None:
    """https://fetch.spec.whatwg.org/#cors-preflight-fetch."""
    asked = {
        "Origin": "https://x.example",
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "content-type,accept",
    }
    reply = send(server, "OPTIONS", "sparql", b"", **asked)
    assert (reply.status, reply.header("Access-Control-Allow-Origin"), reply.body) == (200, "*", b"")
    assert "POST" in reply.header("Access-Control-Allow-Methods")
    assert {"content-type", "accept"} <= set(reply.header("Access-Control-Allow-Headers").casefold().split(", "))


# Result formats, read by rdflib and lxml


@pytest.mark.parametrize("row", RESULT_FORMATS.values(), ids=RESULT_FORMATS)
def test_an_empty_table_has_its_columns_in_every_format(server: Server, row: ResultFormat) -> None:
    """SPARQL 1.1 Results JSON §3.1.1, XML §2.2, CSV and TSV §3."""
    reply = ask(server, "SELECT ?z ?a { ?z <http://x/none> ?a }", Accept=row.media_types[0])
    found = Result.parse(io.BytesIO(reply.body), format=row.name)
    assert ([str(name) for name in found.vars or ()], list(found.bindings)) == (["z", "a"], [])


@pytest.mark.parametrize("name", ["csv", "tsv"])
def test_the_answer_to_ask_as_a_table_is_a_word(server: Server, name: str) -> None:
    """The specification of CSV and TSV has none for ASK."""
    assert [ask(server, query, by_get, [("format", name)]).body for query in ("ASK {}", "ASK { ?s ?s ?s }")] == [b"true", b"false"]


@pytest.mark.parametrize("accept", [None, "*/*"])
def test_who_does_not_choose_gets_json(server: Server, accept: str | None) -> None:
    assert ask(server, ROWS, by_get, None, **({"Accept": accept} if accept else {})).mimetype == "application/sparql-results+json"


@pytest.mark.parametrize("character", ["\\u0001", "\\u001F", "\\uFFFE", "\\uFFFF"])
def test_what_no_xml_can_hold_is_a_406_and_no_ill_formed_xml(server: Server, character: str) -> None:
    """XML 1.0 §2.2."""
    text = f"'a{character}b'"
    assert_problem(ask(server, f"SELECT ({text} AS ?x) {{}}", by_get, [("format", "xml")]), 406)
    assert_problem(ask(server, f"CONSTRUCT {{ <http://x/a> <http://x/b> {text} }} {{}}", by_get, [("format", "rdfxml")]), 406)
    for name in ("json", "csv", "tsv"):
        assert ask(server, f"SELECT ({text} AS ?x) {{}}", by_get, [("format", name)]).status == 200


def test_a_late_character_that_no_xml_can_hold_breaks_the_transfer(server: Server) -> None:
    query = f"SELECT ?s ?p ?x {{ {{ ?s ?p ?x }} UNION {{ {{ {CONTROL} }} }} }} ORDER BY DESC(BOUND(?s))"
    with pytest.raises(http.client.IncompleteRead):
        ask(server, query, by_get, [("format", "xml")])
    assert values(ask(server, "SELECT (1 AS ?x) {}", by_get, [("format", "csv")])) == ["1"]


@pytest.mark.parametrize(
    ("name", "query"), [("xml", "SELECT ({} AS ?x) {{}}"), ("rdfxml", "CONSTRUCT {{ <http://x/a> <http://x/b> {} }} {{}}")]
)
def test_every_character_that_xml_can_hold_comes_through_it(server: Server, name: str, query: str) -> None:
    """XML 1.0 §2.11: a bare carriage return would be read as a line feed."""
    reply = ask(server, query.format(r"'\t\n\r\r\n <&>\"\u00E9\uFFFD\uFF01\U0001F600'"), by_get, [("format", name)])
    assert '\t\n\r\r\n <&>"é\ufffd\uff01😀' in etree.fromstring(reply.body).itertext()


def test_a_property_that_rdf_xml_cannot_name_is_a_406(server: Server) -> None:
    """RDF/XML §5.1, property element URIs."""
    query = "CONSTRUCT { <http://x/a> <http://x/1> 'x' } {}"
    assert_problem(ask(server, query, by_get, [("format", "rdfxml")]), 406)
    assert ask(server, query, by_get, [("format", "ttl")]).status == 200


@pytest.mark.parametrize("name", RESULT_FORMATS)
def test_triple_terms_are_in_every_table(server: Server, name: str) -> None:
    """SPARQL 1.2."""
    reply = ask(server, f"SELECT ({TRIPLE_TERM} AS ?t) {{}}", by_get, [("format", name)])
    assert (reply.status, b"http://x/b" in reply.body) == (200, True)


@pytest.mark.parametrize("name", FORMATS)
def test_triple_terms_are_written_or_refused(server: Server, name: str) -> None:
    """RDF 1.2; JSON-LD 1.1 has none."""
    reply = ask(server, f"CONSTRUCT {{ <http://x/a> <http://x/b> {TRIPLE_TERM} }} {{}}", by_get, [("format", name)])
    if name == "jsonld":
        assert_problem(reply, 406)
    else:
        assert (reply.status, b"http://x/" in reply.body) == (200, True)


# RFC 9110 §12.5.3: content codings


DECODERS: dict[str, Callable[[bytes], bytes]] = {
    "gzip": gzip.decompress,
    "zstd": lambda content: zstandard.ZstdDecompressor().stream_reader(content).read(),
}


def decoded(content: bytes, coding: str) -> bytes:
    if coding == "br":
        return bytes(pytest.importorskip("brotli").decompress(content))
    return DECODERS[coding](content)


TARGETS = [
    "sparql?format=nt&query=" + quote("CONSTRUCT WHERE { ?s ?p ?o }"),
    "sparql?query=" + quote(ROWS),
    "",
    "sparql",
    ".well-known/void",
]


@pytest.mark.parametrize("coding", CODINGS)
@pytest.mark.parametrize("target", TARGETS)
def test_a_coded_body_is_the_plain_one(server: Server, target: str, coding: str) -> None:
    plain, coded = get(server, target), get(server, target, Accept_Encoding=coding)
    assert (coded.status, coded.header("Content-Encoding")) == (200, coding)
    assert decoded(coded.body, coding) == plain.body
    assert len(coded.body) < len(plain.body) / 2
    assert "Content-Encoding" not in plain.headers
    for reply in (plain, coded):
        assert {"accept", "accept-encoding"} <= set(reply.header("Vary").casefold().split(", "))


@pytest.mark.parametrize(
    ("accept", "coding"),
    [
        ("gzip;q=0.5, zstd;q=0.4", "gzip"),
        ("gzip;q=0.5, identity", "None"),
        ("x-gzip", "gzip"),
        ("deflate, compress", "None"),
        ("gzip;q=0", "None"),
        ("*", "zstd"),
        ("zstd;q=0, *;q=0.1", "br" if "br" in CODINGS else "gzip"),
        ("", "None"),
    ],
)
def test_the_coding_liked_best_is_sent(server: Server, accept: str, coding: str) -> None:
    assert get(server, "sparql?query=" + quote(ROWS), Accept_Encoding=accept).header("Content-Encoding") == coding


def test_without_an_acceptable_coding_there_is_a_406(server: Server) -> None:
    assert_problem(ask(server, ROWS, Accept_Encoding="identity;q=0"), 406)
    assert ask(server, "ASK {}", Accept_Encoding="gzip, identity;q=0").header("Content-Encoding") == "gzip"


def test_short_answers_and_files_are_not_coded(server: Server) -> None:
    assert "Content-Encoding" not in ask(server, "ASK {}", Accept_Encoding="gzip").headers
    listing = json.loads(get(server, "dumps/").body)["files"]
    url = next(row["url"] for row in listing if row["name"].endswith(".gz"))
    assert "Content-Encoding" not in get(server, url.lstrip("/"), Accept_Encoding="gzip").headers


def test_a_short_answer_has_a_length(server: Server) -> None:
    """RFC 9110 §8.6."""
    reply = ask(server, "ASK {}")
    assert int(reply.header("Content-Length")) == len(reply.body)


@pytest.mark.parametrize("coding", ["identity", *CODINGS])
@pytest.mark.parametrize("target", TARGETS)
def test_an_entity_tag_holds_in_every_coding(server: Server, target: str, coding: str) -> None:
    """RFC 9110 §8.8.3, §13.1.2: two variants never share a strong tag."""
    reply = get(server, target, Accept_Encoding=coding)
    assert reply.header("ETag").startswith("W/") == (coding != "identity")
    again = get(server, target, Accept_Encoding=coding, If_None_Match=reply.header("ETag"))
    assert (again.status, again.body) == (304, b"")
    assert {"ETag", "Vary", "Cache-Control"} <= set(again.headers)
    assert "accept-encoding" in again.header("Vary").casefold()


@pytest.mark.parametrize("target", TARGETS)
def test_a_precondition_that_fails_is_a_problem_and_no_answer(server: Server, target: str) -> None:
    """RFC 9110 §13.1.1, §15.5.13."""
    assert_problem(get(server, target, If_Match='"another"'), 412)
    assert get(server, target, If_Match=get(server, target).header("ETag")).status == 200


# What streams, streams at once, and an end that is none is seen


def begun(server: Server, coding: str) -> bytes:
    """The first bytes of an answer that has no end, as they come."""
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=20)
    connection.request("GET", "/sparql?" + urlencode({"query": ENDLESS}), headers={"Accept-Encoding": coding})
    response = connection.getresponse()
    assert (response.status, response.headers["Content-Length"]) == (200, None)
    content = response.read1()
    response.close()
    connection.close()
    return content


def test_the_first_block_comes_before_the_others_are_there(server: Server) -> None:
    for coding in ("identity", "gzip"):
        content = begun(server, coding)
        text = zlib.decompressobj(zlib.MAX_WBITS | 16).decompress(content) if coding == "gzip" else content
        assert text.startswith(b'{"head":{"vars":["a","b","c","d","e","f","g","h","i"]}')


@pytest.mark.parametrize("coding", ["identity", *CODINGS])
def test_an_answer_that_is_cut_is_seen_to_be(server: Server, coding: str) -> None:
    """RFC 9112 §8."""
    with pytest.raises(http.client.IncompleteRead):
        ask(server, ENDLESS, by_get, [("timeout", "0.3")], Accept_Encoding=coding)


def by_http_1_0(server: Server, query: str) -> Reply:
    return spoken(server, f"GET /sparql?{urlencode({'query': query})} HTTP/1.0\r\n\r\n".encode())


def test_http_1_0_gets_whole_answers_with_their_length_or_none(strict: Server, server: Server) -> None:
    """RFC 9112 §6.3: there the end of a cut answer would look like any other."""
    reply = by_http_1_0(server, ROWS)
    assert int(reply.header("Content-Length")) == len(reply.body) > 100_000
    assert reply.body == ask(server, ROWS).body
    assert by_http_1_0(server, ENDLESS).status in (503, 505)


# Time


def test_a_query_is_given_as_much_time_as_it_asks_for(server: Server) -> None:
    found = assert_problem(ask(server, SLOW, by_form, [("timeout", "0.2")]), 503)
    assert "0.2" in str(found["detail"])


def test_more_time_than_there_is_is_told(server: Server) -> None:
    assert ask(server, "ASK {}", by_get, [("timeout", "1e9")]).status == 400
    assert ask(server, "ASK {}", by_get, [("timeout", "1000")]).header("X-LitLOD-Timeout") == "30"
    assert "X-LitLOD-Timeout" not in ask(server, "ASK {}", by_get, [("timeout", "2.5")]).headers


# RFC 9111


def test_answers_are_asked_for_again_and_versioned_files_are_for_ever(server: Server) -> None:
    for target in TARGETS:
        assert get(server, target).header("Cache-Control") == "public, max-age=0, must-revalidate"
    url = json.loads(get(server, "dumps/").body)["files"][0]["url"]
    assert get(server, url.lstrip("/")).header("Cache-Control") == "public, max-age=31536000, immutable"


# The operator's row limit


def pages(server: Server, query: str, form: Form = by_get) -> list[list[str]]:
    """All pages, by their links."""
    reply = ask(server, query, form, [("format", "csv")])
    found = [values(reply)]
    while "Link" in reply.headers:
        address, relation = reply.header("Link").split("; ")
        assert (relation, reply.header("X-LitLOD-Row-Limit")) == ('rel="next"', "10")
        reply = get(server, address.strip("</>"))
        found.append(values(reply))
    assert "X-LitLOD-Next-Offset" not in reply.headers
    return found


PAGED = [
    ("SELECT ?s ?p ?o { ?s ?p ?o } ORDER BY ?s ?p ?o LIMIT 35 OFFSET 3", [10, 10, 10, 5]),
    ("SELECT * { VALUES ?x { 1 2 3 4 5 6 7 8 9 10 } }", [10]),
    ("SELECT * { VALUES ?x { 1 2 3 4 5 6 7 8 9 10 11 } } # LIMIT 3", [10, 1]),
    ("SELECT * { VALUES ?x { 1 2 3 4 5 6 7 8 9 10 11 } } OFFSET 1", [10]),
    ("SELECT * { VALUES ?x { 1 2 3 4 5 6 7 8 9 10 11 } } OFFSET#\n0limit 11 VALUES ?y { 1 }", [10, 1]),
    ("SELECT * { { SELECT * { VALUES ?x { 1 2 3 } } LIMIT 2 } VALUES ?y { 1 2 3 4 5 6 } }", [10, 2]),
    ("SELECT ?limit { VALUES ?limit { 'LIMIT 5' } } LIMIT 0", [0]),
]


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize(("query", "lengths"), PAGED)
def test_no_row_is_lost_to_the_row_limit(server: Server, strict: Server, query: str, lengths: list[int], form: Form) -> None:
    found = pages(strict, query, form)
    assert [len(page) for page in found] == lengths
    assert list(chain(*found)) == values(ask(server, query, form, [("format", "csv")]))


def test_solutions_of_construct_are_limited_too(server: Server, strict: Server) -> None:
    query = "CONSTRUCT { ?s ?p ?o } { ?s ?p ?o } ORDER BY ?s ?p ?o LIMIT 25"
    reply = ask(strict, query, by_get, [("format", "nt")])
    found = [reply.body]
    while "Link" in reply.headers:
        reply = get(strict, reply.header("Link").split("; ")[0].strip("</>"))
        found.append(reply.body)
    assert len(found) == 3
    assert sorted(b"".join(found).splitlines()) == sorted(ask(server, query, by_get, [("format", "nt")]).body.splitlines())


def test_rows_can_be_skipped_without_a_limit(server: Server) -> None:
    query = "SELECT ?x { VALUES ?x { 1 2 3 4 } } LIMIT 3"
    assert values(ask(server, query, by_get, [("offset", "2"), ("format", "csv")])) == ["3"]


def test_a_wrong_query_is_a_400_with_a_row_limit_too(strict: Server) -> None:
    assert_problem(ask(strict, "SELECT * { ?s ?p } "), 400)
    assert ask(strict, "ASK {}").json()["boolean"] is True


def test_a_page_links_to_the_next_rows(strict: Server) -> None:
    reply = ask(strict, ROWS, Accept="text/html")
    assert (reply.status, b"offset=10" in reply.body, b"at most 10 rows" in reply.body) == (200, True, True)


# SPARQL 1.1 Graph Store HTTP Protocol


def parsed(reply: Reply) -> Graph:
    assert reply.status == 200, reply.body
    found = Dataset(default_union=True)
    found.parse(data=reply.body, format=reply.mimetype)
    graph = Graph()
    for quad in found.quads():
        graph.add(quad[:3])
    return graph


@cache
def constructed(server: Server, graph: str) -> set[tuple[Node, Node, Node]]:
    """The triples of a graph, by a query; there are no blank nodes among them."""
    pattern = "{ ?s ?p ?o }" if graph == "default" else f"{{ GRAPH <{VOID if quote(VOID) in graph else EXAMPLES}> {{ ?s ?p ?o }} }}"
    return set(parsed(ask(server, f"CONSTRUCT {{ ?s ?p ?o }} {pattern}", Accept="application/n-triples")))


@pytest.mark.filterwarnings("ignore:.* is deprecated, use Dataset:DeprecationWarning")
@pytest.mark.parametrize("row", FORMATS.values(), ids=FORMATS)
@pytest.mark.parametrize("graph", ["default", "graph=" + quote(VOID), "graph=" + quote(EXAMPLES)])
def test_every_graph_can_be_had_in_every_format(server: Server, graph: str, row: Format) -> None:
    """Graph Store Protocol §4.2, §5.2."""
    reply = get(server, f"graph?{graph}", Accept=row.media_types[0])
    assert reply.header("Content-Type") == row.content_type
    assert set(parsed(reply)) == constructed(server, graph)


@pytest.mark.filterwarnings("ignore:.* is deprecated, use Dataset:DeprecationWarning")
def test_a_graph_is_where_its_own_iri_leads(server: Server) -> None:
    """Graph Store Protocol §4.1; the description of the dataset says more where it is served: the day, sizes and sums."""
    for iri in (VOID, EXAMPLES):
        here = iri.removeprefix(Iris().below(""))
        document, graph = (
            to_canonical_graph(parsed(get(server, path, Accept="text/turtle"))) for path in (here, f"graph?graph={quote(iri)}")
        )
        assert len(graph) > 100
        assert as_texts(graph) <= as_texts(document)


def as_texts(graph: Graph) -> set[tuple[str, ...]]:
    """The triples without datatypes: Oxigraph has one for all integers."""
    return {tuple(map(str, triple)) for triple in graph}


@pytest.mark.parametrize(
    ("target", "status"),
    [
        ("graph?graph=http://x/", 404),
        ("graph?graph=", 404),
        ("graph", 400),
        ("graph?default&graph=http://x/", 400),
        ("graph?default=&format=pdf", 406),
    ],
)
def test_what_is_no_graph_is_an_error(server: Server, target: str, status: int) -> None:
    """Graph Store Protocol §5.2: "404 Not Found if the graph does not exist"."""
    assert_problem(get(server, target), status)
    assert_problem(get(server, target, Accept="application/json, */*;q=0.1"), status)


def test_a_graph_has_an_entity_tag_for_each_format(server: Server) -> None:
    tags = {get(server, "graph?default", Accept=row.media_types[0]).header("ETag") for row in FORMATS.values()}
    assert len(tags) == len(FORMATS)
    assert {get(server, "graph?default&format=nt", If_None_Match=tag).status for tag in tags} == {200, 304}


def test_a_graph_that_is_too_large_is_not_begun(strict: Server) -> None:
    reply = get(strict, "graph?default")
    assert "max_graph_triples" in str(assert_problem(reply, 403)["detail"])
    assert get(strict, "graph?graph=" + quote(EXAMPLES)).status == 200


# SPARQL 1.1 Service Description


SD = "http://www.w3.org/ns/sparql-service-description#"


def description(server: Server) -> Graph:
    return Graph().parse(data=get(server, "sparql", Accept="text/turtle").body, format="turtle")


def claimed(server: Server, name: str) -> set[str]:
    return {str(value) for value in description(server).objects(None, URIRef(SD + name))}


@pytest.mark.filterwarnings("ignore:.* is deprecated, use Dataset:DeprecationWarning")
@pytest.mark.parametrize("row", FORMATS.values(), ids=FORMATS)
def test_the_service_description_comes_in_every_format(server: Server, row: Format) -> None:
    """Service Description §2."""
    assert isomorphic(parsed(get(server, "sparql", Accept=row.media_types[0])), description(server))


def test_the_service_description_claims_just_what_there_is(server: Server) -> None:
    """Service Description §3.2."""
    assert claimed(server, "resultFormat") == {row.iri for row in RESULT_FORMATS.values()} | {row.iri for row in FORMATS.values()}
    assert "http://www.w3.org/ns/formats/JSON-LD" in claimed(server, "resultFormat")
    assert claimed(server, "supportedLanguage") == {SD + "SPARQL10Query", SD + "SPARQL11Query"}
    assert claimed(server, "feature") == set()
    assert claimed(server, "defaultEntailmentRegime") == {"http://www.w3.org/ns/entailment/Simple"}
    assert claimed(server, "endpoint") == {Iris().endpoint()}
    assert set(map(str, description(server).subjects(None, URIRef(SD + "Service")))) == {Iris().endpoint()}


def test_the_default_graph_is_no_union_and_nothing_is_inferred_as_the_description_says(server: Server) -> None:
    """Service Description §3.4: sd:UnionDefaultGraph is not claimed; the entailment regime is simple."""
    query = f"SELECT (COUNT(*) AS ?n) {{ GRAPH <{VOID}> {{ ?s ?p ?o FILTER(false) }} }}"
    assert values(ask(server, query, by_get, [("format", "csv")])) == ["0"]
    inferred = "ASK { ?s a ?c . ?c <http://www.w3.org/2000/01/rdf-schema#subClassOf> ?d FILTER NOT EXISTS { ?s a ?d } }"
    assert ask(server, inferred).json()["boolean"] is True


def test_the_graphs_of_the_service_description_are_those_there_are(server: Server) -> None:
    """Service Description §3.2.9-11."""
    found = set(values(ask(server, "SELECT DISTINCT ?g { GRAPH ?g { ?s ?p ?o } }", by_get, [("format", "csv")])))
    assert claimed(server, "name") == found
    (default,) = description(server).objects(None, URIRef(SD + "defaultGraph"))
    assert [str(description(server).value(default, URIRef(expand("void:triples"))))] == values(
        ask(server, COUNT, by_get, [("format", "csv")])
    )


def test_the_row_limit_is_in_the_service_description(server: Server, strict: Server) -> None:
    limit = URIRef("http://www.w3.org/ns/hydra/core#limit")
    assert list(description(strict).objects(None, limit)) == [Literal(10)]
    assert list(description(server).objects(None, limit)) == []
    assert get(strict, "sparql").header("ETag") != get(server, "sparql").header("ETag")


def test_the_endpoint_is_named_by_the_base_and_never_by_the_host_header(server: Server) -> None:
    content = get(server, "sparql", Host="evil.example", Accept="text/turtle").body
    assert b"evil.example" not in content
    assert urlsplit(server.url).netloc.encode() not in content
