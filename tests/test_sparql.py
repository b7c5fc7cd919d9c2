"""/sparql as clients see it: the protocol, formats by every route, errors of one shape, and what is refused."""

import io
import re
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import quote, quote_plus, urlencode

import pytest
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st
from rdflib import Graph, URIRef
from rdflib.namespace import RDF
from rdflib.query import Result
from rdflib.term import Identifier
from werkzeug.datastructures import MultiDict
from werkzeug.test import TestResponse

from rdfgen.formats import FORMATS, RESULT_FORMATS, Format, ResultFormat
from rdfgen.iris import Iris
from rdfgen.namespaces import expand
from server.conneg import Row
from server.parameters import parsed as parsed_parameters
from server.problems import Problem
from tests import server_fixtures
from tests.server_fixtures import BROWSER, ask, serving, triples

data = server_fixtures.data
client = server_fixtures.client

PAPER = "https://w3id.org/litlod/paper/PMC12899835"
SELECT = "SELECT ?s ?p { ?s ?p ?o } LIMIT 2"
TABULAR = {"SELECT": SELECT, "ASK": "ASK { ?s ?p ?o }"}
GRAPHS = {"CONSTRUCT": "CONSTRUCT WHERE { ?s ?p ?o } LIMIT 2", "DESCRIBE": f"DESCRIBE <{PAPER}>"}
FORMS = TABULAR | GRAPHS
ROWS: list[Format | ResultFormat] = [*RESULT_FORMATS.values(), *FORMATS.values()]
MEDIA_TYPES = sorted({media_type for row in ROWS for media_type in row.media_types})
NAMES = sorted({name for row in ROWS for name in (row.name, *row.names, *row.media_types)})
TERMS = r"""SELECT ?z ?a ?m { VALUES (?z ?a ?m) {
    (<http://x/é?a=1&b=%2F> "quote \" comma, tab\t line\nfeed & <b>"@en "1"^^<http://www.w3.org/2001/XMLSchema#integer>)
    ("日本 😀" UNDEF "2026-02"^^<http://www.w3.org/2001/XMLSchema#gYearMonth>) } }"""


def table(form: str) -> Mapping[str, Format | ResultFormat]:
    return RESULT_FORMATS if form in TABULAR else FORMATS


def expected(form: str, wanted: str, names: bool = False) -> Format | ResultFormat | None:
    """The first row that a media type, or with `names` a short name too, stands for."""
    rows = table(form).values()
    return next((row for row in rows if wanted in row.media_types or (names and wanted in (row.name, *row.names))), None)


def assert_answer(response: TestResponse, row: Format | ResultFormat | None) -> None:
    assert response.vary.as_set() == {"accept", "accept-encoding"}
    if row is None:
        assert_problem(response, 406)
        assert all(row.media_types[0] in response.text for row in ROWS)
    else:
        assert (response.status_code, response.content_type) == (200, row.content_type)
        assert response.data


def assert_problem(response: TestResponse, status: int) -> None:
    assert response.status_code == status
    assert response.access_control_allow_origin == "*"
    if response.mimetype == "text/plain":
        assert response.text.startswith(f"{status} ")
        return
    assert response.content_type == "application/problem+json"
    assert set(response.get_json()) - {"line", "column", "request_id"} == {"type", "title", "status", "detail"}
    assert response.get_json()["status"] == status


def value(response: TestResponse) -> str:
    (row,) = response.get_json()["results"]["bindings"]
    (cell,) = row.values()
    return str(cell["value"])


# The three ways to send a query


def posted(client: FlaskClient, body: str | bytes, content_type: str, query_string: str = "") -> TestResponse:
    return client.post(f"/sparql?{query_string}", data=body, content_type=content_type, buffered=True)


def sent_as_form(client: FlaskClient, **fields: str) -> TestResponse:
    names = {name.replace("_", "-"): text for name, text in fields.items()}
    return posted(client, urlencode(names), "application/x-www-form-urlencoded")


@given(st.dictionaries(st.text(st.characters(exclude_categories=["Cs"])), st.text(st.characters(exclude_categories=["Cs"])), max_size=5))
def test_parameters_come_out_as_they_went_in(fields: dict[str, str]) -> None:
    assert parsed_parameters(urlencode(fields).encode(), "here") == MultiDict(fields)


@given(st.binary() | st.text("%&=+aF;\0é").map(str.encode))
def test_bytes_are_parameters_or_a_400(content: bytes) -> None:
    try:
        parsed_parameters(content, "here")
    except Problem as problem:
        assert problem.status == 400


TEXT = "a%2Fb+c%2Bd%20 e&f=g;é日😀\u2028\\u0041"


def literal_query(text: str) -> str:
    escaped = text.replace("\\", "\\\\")
    return f'SELECT ("{escaped}" AS ?x) {{}}'


@pytest.mark.parametrize("encode", [quote, quote_plus])
def test_a_query_by_get_arrives_unharmed(client: FlaskClient, encode: object) -> None:
    assert callable(encode)
    response = client.get(f"/sparql?query={encode(literal_query(TEXT), safe='')}", buffered=True)
    assert value(response) == TEXT


@pytest.mark.parametrize("encode", [quote, quote_plus])
@pytest.mark.parametrize("charset", ["", "; charset=UTF-8"])
def test_a_query_by_form_arrives_unharmed(client: FlaskClient, encode: object, charset: str) -> None:
    assert callable(encode)
    body = f"query={encode(literal_query(TEXT), safe='')}"
    assert value(posted(client, body, f"application/x-www-form-urlencoded{charset}")) == TEXT


@pytest.mark.parametrize("charset", ["", "; charset=UTF-8"])
def test_a_query_as_the_body_arrives_unharmed(client: FlaskClient, charset: str) -> None:
    assert value(posted(client, literal_query(TEXT).encode(), f"application/sparql-query{charset}")) == TEXT


def test_a_percent_sign_in_the_body_is_not_decoded(client: FlaskClient) -> None:
    assert value(posted(client, 'SELECT ("%2F+" AS ?x) {}', "application/sparql-query")) == "%2F+"


def test_parameters_beside_a_query_in_the_body_come_from_the_url(client: FlaskClient) -> None:
    response = posted(client, SELECT, "application/sparql-query", "format=csv")
    assert response.mimetype == "text/csv"


def test_the_form_may_name_the_format(client: FlaskClient) -> None:
    response = sent_as_form(client, query=SELECT, format="tsv")
    assert response.mimetype == "text/tab-separated-values"


def test_head_has_the_headers_of_get_and_no_body(client: FlaskClient) -> None:
    response = client.head("/sparql", query_string={"query": SELECT, "format": "csv"}, buffered=True)
    assert (response.status_code, response.mimetype, response.data) == (200, "text/csv", b"")


# Formats


@pytest.mark.parametrize("media_type", MEDIA_TYPES)
@pytest.mark.parametrize("form", FORMS)
def test_the_accept_header_chooses_among_the_formats_of_the_form(client: FlaskClient, form: str, media_type: str) -> None:
    assert_answer(ask(client, FORMS[form], media_type), expected(form, media_type))


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("form", FORMS)
def test_format_takes_short_names_and_media_types(client: FlaskClient, form: str, name: str) -> None:
    assert_answer(ask(client, FORMS[form], format=name), expected(form, name, names=True))


@pytest.mark.parametrize("form", FORMS)
def test_format_beats_accept(client: FlaskClient, form: str) -> None:
    first, *_, last = table(form).values()
    assert_answer(ask(client, FORMS[form], first.media_types[0], format=last.name), last)


@pytest.mark.parametrize("accept", [None, "*/*", "application/*", "*/*;q=0.1", "image/png, */*;q=0.01"])
@pytest.mark.parametrize("form", TABULAR)
def test_who_does_not_choose_gets_json(client: FlaskClient, form: str, accept: str | None) -> None:
    assert_answer(ask(client, FORMS[form], accept), RESULT_FORMATS["json"])


@pytest.mark.parametrize("accept", [None, "*/*", "text/*", "*/*;q=0.1", "image/png, */*;q=0.01"])
@pytest.mark.parametrize("form", GRAPHS)
def test_who_does_not_choose_gets_turtle(client: FlaskClient, form: str, accept: str | None) -> None:
    assert_answer(ask(client, FORMS[form], accept), FORMATS["ttl"])


@pytest.mark.parametrize("form", FORMS)
def test_q_values_decide_whatever_the_order(client: FlaskClient, form: str) -> None:
    rows = list(table(form).values())
    for number, row in enumerate(rows):
        weights = [f"{other.media_types[0]};q={'0.9' if other is row else '0.2'}" for other in rows]
        assert_answer(ask(client, FORMS[form], ", ".join(weights[number:] + weights[:number])), row)


def test_a_q_of_zero_excludes(client: FlaskClient) -> None:
    assert_answer(ask(client, SELECT, "application/sparql-results+json;q=0, */*;q=0.5"), RESULT_FORMATS["xml"])
    assert_answer(ask(client, SELECT, "text/csv;q=0"), None)


@pytest.mark.parametrize("parameter", ["charset=utf-8", 'profile="http://www.w3.org/ns/json-ld#expanded"', 'a="b,c";d=e'])
@pytest.mark.parametrize("media_type", MEDIA_TYPES)
@pytest.mark.parametrize("form", ["SELECT", "CONSTRUCT"])
def test_parameters_of_a_media_type_choose_nothing(client: FlaskClient, form: str, media_type: str, parameter: str) -> None:
    others = ", ".join(f"{row.media_types[0]};q=0.1" for row in ROWS if media_type not in row.media_types)
    row = expected(form, media_type) or next(iter(table(form).values()))
    assert_answer(ask(client, FORMS[form], f"{others}, {media_type}; {parameter}"), row)


@pytest.mark.parametrize("wildcard", ["*/*", "*/*;q=0.1", "text/*, application/*", "*/*; charset=utf-8"])
@pytest.mark.parametrize("form", ["SELECT", "CONSTRUCT"])
def test_no_wildcard_brings_back_what_a_q_of_zero_excludes(client: FlaskClient, form: str, wildcard: str) -> None:
    rows = list(table(form).values())
    for count in range(1, len(rows)):
        excluded = [f"{row.media_types[0]}{parameter};q=0" for row, parameter in zip(rows[:count], ("", ";a=b") * 9, strict=False)]
        assert_answer(ask(client, FORMS[form], ", ".join([*excluded, wildcard])), rows[count])


@pytest.mark.parametrize("row", ROWS, ids=lambda row: str(row.syntax.iri).rpartition("/")[2])
@pytest.mark.parametrize("form", ["SELECT", "CONSTRUCT"])
def test_a_page_is_for_those_forms_that_have_nothing_liked_better(client: FlaskClient, form: str, row: Row) -> None:
    accept = f"{row.media_types[0]}, text/html;q=0.5"
    wanted = row.media_types[0] if row in table(form).values() else "text/html"
    assert ask(client, FORMS[form], accept).mimetype == wanted


@pytest.mark.parametrize("form", FORMS)
def test_a_page_with_parameters_is_a_page(client: FlaskClient, form: str) -> None:
    assert ask(client, FORMS[form], "text/html; charset=utf-8").mimetype == "text/html"


@pytest.mark.parametrize("accept", ["image/png", "application/pdf, image/*"])
@pytest.mark.parametrize("form", FORMS)
def test_a_type_nobody_has_is_a_406_that_lists_what_there_is(client: FlaskClient, form: str, accept: str) -> None:
    assert_answer(ask(client, FORMS[form], accept), None)


def test_a_format_nobody_has_is_a_406(client: FlaskClient) -> None:
    assert_answer(ask(client, SELECT, format="pdf"), None)


RDFLIB = "application/rdf+xml, application/sparql-results+xml"
RDFLIB_WITH_Q = "application/sparql-results+xml, application/rdf+xml;q=0.9"


@pytest.mark.parametrize("accept", [RDFLIB, RDFLIB_WITH_Q])
def test_the_accept_header_of_rdflib_gets_xml_for_every_form(client: FlaskClient, accept: str) -> None:
    assert_answer(ask(client, SELECT, accept), RESULT_FORMATS["xml"])
    assert_answer(ask(client, GRAPHS["CONSTRUCT"], accept), FORMATS["rdfxml"])


@pytest.mark.parametrize("name", ["json", "xml", "csv", "tsv"])
def test_the_repeated_parameters_of_sparqlwrapper_are_harmless(client: FlaskClient, name: str) -> None:
    response = ask(client, SELECT, format=name, output=name, results=name)
    assert_answer(response, RESULT_FORMATS[name])


GRAPH_NAMES = [("turtle", "ttl"), ("n3", "ttl"), ("rdf+xml", "rdfxml"), ("json-ld", "jsonld"), ("xml", "rdfxml")]


@pytest.mark.parametrize(("name", "row"), GRAPH_NAMES)
def test_the_names_of_sparqlwrapper_for_graphs_are_known(client: FlaskClient, name: str, row: str) -> None:
    assert_answer(ask(client, GRAPHS["CONSTRUCT"], "*/*", format=name, output=name, results=name), FORMATS[row])


def test_sparqlwrapper_may_ask_a_select_for_rdf_xml(client: FlaskClient) -> None:
    assert_answer(ask(client, SELECT, "application/rdf+xml, application/sparql-results+xml", format="rdf+xml"), RESULT_FORMATS["xml"])


@pytest.mark.parametrize("form", FORMS)
def test_a_browser_gets_a_page(client: FlaskClient, form: str) -> None:
    response = ask(client, FORMS[form], BROWSER)
    assert (response.status_code, response.content_type) == (200, "text/html; charset=utf-8")
    assert "Accept" in response.headers["Vary"]


def test_a_browser_without_a_query_gets_the_form(client: FlaskClient) -> None:
    response = client.get("/sparql", headers={"Accept": BROWSER})
    assert response.status_code == 200
    assert "<textarea" in response.text


def test_the_page_escapes_query_and_result(client: FlaskClient) -> None:
    response = ask(client, "SELECT ('<script>alert(1)</script>' AS ?x) {}", BROWSER)
    assert "<script" not in response.text
    assert response.text.count("&lt;script&gt;") == 2


def test_the_page_makes_no_link_of_a_javascript_address(client: FlaskClient) -> None:
    assert 'href="javascript:' not in ask(client, "SELECT (<javascript:alert(1)> AS ?x) {}", BROWSER).text


def test_the_page_says_how_many_rows_it_leaves_out(client: FlaskClient) -> None:
    response = ask(client, "SELECT ?s { ?s ?p ?o } LIMIT 1500", BROWSER)
    assert "1,500 rows" in response.text
    assert "first 1,000" in response.text


# Independent parsers


def parsed(response: TestResponse) -> Result:
    row = next(row for row in RESULT_FORMATS.values() if row.content_type == response.content_type)
    return Result.parse(io.BytesIO(response.data), format=row.name)


def cells(result: Result, as_text: bool) -> list[list[Identifier | str | None]]:
    assert result.vars is not None
    rows = [[row.get(variable) for variable in result.vars] for row in result.bindings]
    return [[str(cell or "") if as_text else cell for cell in row] for row in rows]


@pytest.mark.parametrize("name", RESULT_FORMATS)
def test_rdflib_reads_the_same_rows_from_every_result_format(client: FlaskClient, name: str) -> None:
    reference, found = (parsed(ask(client, TERMS, format=other)) for other in ("json", name))
    assert [str(variable) for variable in found.vars or ()] == ["z", "a", "m"]
    assert cells(found, as_text=name == "csv") == cells(reference, as_text=name == "csv")


@pytest.mark.parametrize("name", ["json", "xml"])
@pytest.mark.parametrize(("query", "answer"), [("ASK {}", True), ("ASK { ?s ?s ?s }", False)])
def test_rdflib_reads_the_answer_to_ask(client: FlaskClient, name: str, query: str, answer: bool) -> None:
    assert parsed(ask(client, query, format=name)).askAnswer is answer


@pytest.mark.parametrize("row", FORMATS.values(), ids=FORMATS)
def test_rdflib_reads_the_same_graph_from_every_rdf_format(client: FlaskClient, row: Format) -> None:
    query = f"CONSTRUCT {{ <{PAPER}> ?p ?o }} {{ <{PAPER}> ?p ?o }}"
    reference = triples(ask(client, query, format="nt"))
    assert triples(ask(client, query, format=row.name)) == reference
    assert len(reference) > 50


@pytest.mark.parametrize(
    ("query", "order"),
    [
        ("SELECT * { ?z ?b ?a }", "zba"),
        ("select distinct*{ ?z ?b ?a }", "zba"),
        ("SELECT REDUCED * { # ?a comes last\n ?z ?b '?a' . ?z ?b ?a }", "zba"),
        ("SELECT * { ?z ?b [] . { SELECT ?a { ?a ?c ?d } } }", "zba"),
        ("SELECT ?a ?z { ?z ?b ?a }", "az"),
        ("SELECT * { ?a ?b ?z }", "abz"),
        ("SELECT * { { SELECT * { ?z ?b ?a } } $y ?z ?b }", "zbay"),
    ],
)
def test_columns_come_in_the_order_in_which_the_query_names_them(client: FlaskClient, query: str, order: str) -> None:
    assert ask(client, query + " LIMIT 1").get_json()["head"]["vars"] == list(order)


# Errors


def test_a_syntax_error_says_where(client: FlaskClient) -> None:
    response = ask(client, "SELECT *\n{ ?s ?p ?o ")
    assert_problem(response, 400)
    assert re.search(r"\b2:\d+\b", response.get_json()["detail"])


WRONG = ["SELECT *", "SELECT ?x { ?x ?y", "nonsense", "SELECT (nope(1) AS ?x) {}", "ASK { ex:a ?b ?c }", "'''", "\0"]


@pytest.mark.parametrize("query", WRONG)
def test_what_is_no_query_is_a_400(client: FlaskClient, query: str) -> None:
    assert_problem(ask(client, query), 400)


@pytest.mark.parametrize("query", ["", "  \n ", "# only a comment"])
def test_an_empty_query_is_a_400(client: FlaskClient, query: str) -> None:
    assert_problem(ask(client, query), 400)
    assert_problem(posted(client, query, "application/sparql-query"), 400)
    assert_problem(sent_as_form(client, query=query), 400)


def test_a_post_without_a_query_is_a_400(client: FlaskClient) -> None:
    assert_problem(posted(client, "x=1", "application/x-www-form-urlencoded"), 400)


def test_more_than_one_query_is_a_400(client: FlaskClient) -> None:
    assert_problem(client.get("/sparql?query=ASK%7B%7D&query=ASK%7B%7D"), 400)
    assert_problem(posted(client, "query=ASK%7B%7D&query=ASK%7B%7D", "application/x-www-form-urlencoded"), 400)


def test_a_body_that_is_not_utf_8_is_a_400(client: FlaskClient) -> None:
    assert_problem(posted(client, b"ASK { ?s ?p '\xff' }", "application/sparql-query"), 400)


@pytest.mark.parametrize("content_type", ["text/plain", "application/json", "multipart/form-data; boundary=x", ""])
def test_a_body_of_another_type_is_a_415(client: FlaskClient, content_type: str) -> None:
    assert_problem(posted(client, SELECT, content_type), 415)


UPDATES = ["INSERT DATA { <a:a> <a:a> <a:a> }", "PREFIX : <a:> DELETE WHERE { ?s ?p ?o }", "LOAD <http://x/>", "DROP ALL"]


@pytest.mark.parametrize("update", UPDATES)
def test_an_update_is_a_403_however_it_is_sent(client: FlaskClient, update: str) -> None:
    assert_problem(ask(client, update), 403)
    assert_problem(posted(client, update, "application/sparql-update"), 403)
    assert_problem(sent_as_form(client, update=update), 403)
    assert_problem(posted(client, update, "application/sparql-query"), 403)


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH"])
def test_another_method_is_a_405_with_allow(client: FlaskClient, method: str) -> None:
    response = client.open("/sparql", method=method)
    assert_problem(response, 405)
    assert set(response.allow) == {"GET", "HEAD", "OPTIONS", "POST"}


@pytest.mark.parametrize("length", [3_000, 30_000])
def test_a_long_query_is_a_413(data: Path, length: int) -> None:
    query = "ASK {} #" + "x" * length
    with serving(data, max_query_bytes=2_000) as app:
        assert_problem(posted(app.test_client(), query, "application/sparql-query"), 413)
        assert_problem(sent_as_form(app.test_client(), query=query), 413)


def test_a_query_of_just_the_limit_is_answered_however_it_is_encoded(data: Path) -> None:
    query = f"ASK {{}} #{'é' * 996}"
    with serving(data, max_query_bytes=len(query.encode())) as app:
        assert sent_as_form(app.test_client(), query=query).status_code == 200


def test_deep_nesting_is_a_400_that_names_the_limit(client: FlaskClient) -> None:
    response = ask(client, "SELECT * " + "{" * 300 + "}" * 300)
    assert_problem(response, 400)
    assert "max_query_depth" in response.get_json()["detail"]


def test_a_query_past_its_time_is_a_503_with_retry_after(data: Path) -> None:
    with serving(data, query_timeout=0.5) as app:
        response = ask(app.test_client(), "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }")
        assert_problem(response, 503)
        assert int(response.headers["Retry-After"]) > 0
        assert ask(app.test_client(), "ASK {}").status_code == 200


def test_a_browser_gets_its_errors_as_pages(client: FlaskClient) -> None:
    response = ask(client, "SELECT * { <script>alert(1)</script>", BROWSER)
    assert (response.status_code, response.mimetype) == (400, "text/html")
    assert "<script" not in response.text


def test_without_a_release_there_is_a_503(tmp_path: Path) -> None:
    with serving(tmp_path) as app:
        for path in ("/", "/sparql", "/sparql?query=ASK%7B%7D", "/health", "/dumps/", "/paper/PMC1", "/.well-known/void"):
            assert_problem(app.test_client().get(path), 503)


# SERVICE

CALLS = [
    "SELECT * { SERVICE <http://x/> { ?s ?p ?o } }",
    "SELECT * { service silent <http://x/> { ?s ?p ?o } }",
    "SELECT * {SERVICE<http://x/>{?s ?p ?o}}",
    "SELECT * { ?s ?p ?x SERVICE ?x { ?a ?b ?c } }",
    "PREFIX ex: <http://x/> SELECT * { Service ex:y { ?s ?p ?o } }",
    "SELECT * { OPTIONAL { SERVICE <http://x/> {} } }",
    "SELECT * { { ?s ?p ?o } UNION { SERVICE <http://x/> {} } }",
    "SELECT * { ?s ?p ?o MINUS { SERVICE <http://x/> {} } }",
    "SELECT * { ?s ?p ?o FILTER EXISTS { SERVICE <http://x/> {} } }",
    "SELECT * { { SELECT * { SERVICE <http://x/> {} } } }",
    "SELECT * { GRAPH ?g { SERVICE <http://x/> {} } }",
    "ASK { SERVICE <http://x/> {} }",
    "CONSTRUCT { ?s ?p ?o } { SERVICE <http://x/> { ?s ?p ?o } }",
    "DESCRIBE ?s { SERVICE <http://x/> { ?s ?p ?o } }",
    "SELECT * { # comment\nSERVICE#c\n<http://x/> {} }",
    "SELECT * { ?s ?p '#' . SERVICE <http://x/> {} }",
    "SELECT * { ?s ?p <http://x/#a> . SERVICE <http://x/> {} }",
    "SELECT * { ?s ?p '''it's \\''' ''' . SERVICE <http://x/> {} }",
    "SELECT * { FILTER(1 < 2) SERVICE <http://x/> {} FILTER(2 > 1) }",
    # What follows are calls in the eyes of Oxigraph, which wants no white space around keywords.
    "SELECT * { SERVICESILENT <http://x/> {} }",
    "PREFIX : <http://x/> SELECT * { SERVICE:y {} }",
    "PREFIX ex: <http://x/> SELECT * { SERVICEex:y {} }",
    "SELECT * { ?s ?p 1SERVICE <http://x/> {} }",
    "SELECT * { ?s ?p 1.SERVICE <http://x/> {} }",
    "SELECT * { ?s ?p trueSERVICE <http://x/> {} }",
    # Escapes in an IRI do not end it.
    "SELECT * { ?s ?p <http://x/\\u0041#> . SERVICE <http://x/> {} }",
    "SELECT * { ?s ?p <http://x/\\u0041'> . SERVICE <http://x/> {} ?s ?p <http://x/'> }",
]
NO_CALLS = [
    "SELECT ('SERVICE' AS ?x) {}",
    "SELECT ('''a 'SERVICE <http://x/> {}' ''' AS ?x) {}",
    'SELECT ("\\" SERVICE" AS ?x) {} # SERVICE <http://x/> {}',
    "SELECT ?SERVICE { ?SERVICE ?p $service }",
    "PREFIX ex: <http://x/SERVICE> SELECT * { ex:SERVICE ex:SERVICE.x ?o }",
    "PREFIX service: <http://x/> SELECT * { service:x ?p service:SERVICE }",
    "SELECT * { <http://x/SERVICE> ?p _:SERVICE . ?o ?q 'x'@service }",
]


@pytest.mark.parametrize("query", CALLS)
def test_service_is_a_403_wherever_it_can_stand(client: FlaskClient, query: str) -> None:
    assert_problem(ask(client, query), 403)


@pytest.mark.parametrize("query", NO_CALLS)
def test_the_word_service_is_no_call(client: FlaskClient, query: str) -> None:
    assert ask(client, query).status_code == 200


# Datasets

COUNT = "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }"
VOID = Iris().void()


def test_a_default_graph_of_the_protocol_is_the_default_graph(client: FlaskClient) -> None:
    count = f"SELECT (COUNT(*) AS ?n) {{ GRAPH <{VOID}> {{ ?s ?p ?o }} }}"
    assert value(ask(client, COUNT, **{"default-graph-uri": VOID})) == value(ask(client, count)) != "0"


def test_default_graphs_are_merged(client: FlaskClient) -> None:
    datasets = ([VOID], [Iris().examples()], [VOID, Iris().examples()])
    counts = [int(value(ask(client, COUNT, default_graph=graphs))) for graphs in datasets]
    assert counts[2] == counts[0] + counts[1]


def test_named_graphs_of_the_protocol_are_all_there_are(client: FlaskClient) -> None:
    response = ask(client, "SELECT DISTINCT ?g { GRAPH ?g { ?s ?p ?o } }", **{"named-graph-uri": VOID})
    assert value(response) == VOID
    assert value(ask(client, COUNT, **{"named-graph-uri": VOID})) == "0"


def test_the_dataset_can_come_with_a_form(client: FlaskClient) -> None:
    assert value(sent_as_form(client, query=COUNT, default_graph_uri="http://x/unknown")) == "0"


@pytest.mark.parametrize("parameter", ["default-graph-uri", "named-graph-uri"])
def test_an_unknown_graph_is_empty(client: FlaskClient, parameter: str) -> None:
    assert value(ask(client, COUNT, **{parameter: "http://x/unknown"})) == "0"


@pytest.mark.parametrize("parameter", ["default-graph-uri", "named-graph-uri"])
@pytest.mark.parametrize("graph", ["not an iri", "", "relative", "http://x/ y", "http://x/<>", "_:b", "http://[", "é"])
def test_a_graph_that_is_no_iri_is_a_400(client: FlaskClient, parameter: str, graph: str) -> None:
    assert_problem(ask(client, "ASK {}", **{parameter: graph}), 400)


# CORS


PATHS = ["/", "/sparql", "/sparql?query=ASK%7B%7D", "/sparql?query=nonsense", "/nowhere", "/paper/PMC0", "/dumps/", "/health"]


@pytest.mark.parametrize("path", PATHS)
def test_every_answer_may_be_read_by_every_page(client: FlaskClient, path: str) -> None:
    assert client.get(path, buffered=True).access_control_allow_origin == "*"


def test_a_preflight_says_what_may_be_sent(client: FlaskClient) -> None:
    headers = {"Origin": "https://x.example", "Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "content-type"}
    response = client.options("/sparql", headers=headers)
    assert response.status_code in (200, 204)
    assert response.access_control_allow_origin == "*"
    assert {"GET", "POST"} <= set(re.split(", *", response.headers["Access-Control-Allow-Methods"]))
    assert "content-type" in response.headers["Access-Control-Allow-Headers"].casefold()
    assert "Access-Control-Allow-Credentials" not in response.headers


# Service description


def service_description(client: FlaskClient) -> Graph:
    response = client.get("/sparql", headers={"Accept": "text/turtle"})
    assert response.mimetype == "text/turtle"
    return Graph().parse(data=response.data, format="turtle")


@pytest.mark.parametrize("row", FORMATS.values(), ids=FORMATS)
def test_the_service_description_comes_in_every_rdf_format(client: FlaskClient, row: Format) -> None:
    response = client.get("/sparql", headers={"Accept": row.media_types[0]})
    assert triples(response) == set(service_description(client))


def test_the_service_description_claims_just_the_formats_there_are(client: FlaskClient) -> None:
    claimed = {str(name) for name in service_description(client).objects(None, URIRef(expand("sd:resultFormat")))}
    assert claimed == {row.iri for row in ROWS}


@pytest.mark.parametrize("row", ROWS, ids=lambda row: str(row.syntax.iri).rpartition("/")[2])
def test_every_format_of_the_table_can_be_had(client: FlaskClient, row: Row) -> None:
    query = FORMS["CONSTRUCT"] if row in FORMATS.values() else SELECT
    assert ask(client, query, row.media_types[0]).mimetype == row.media_types[0]


def test_the_service_description_counts_its_graphs_rightly(client: FlaskClient) -> None:
    found = service_description(client)
    triples, name = URIRef(expand("void:triples")), URIRef(expand("sd:name"))
    default = found.value(None, URIRef(expand("sd:defaultGraph")))
    assert default is None
    (graph,) = found.objects(None, URIRef(expand("sd:defaultGraph")))
    assert str(found.value(graph, triples)) == value(ask(client, COUNT))
    for node in found.subjects(RDF.type, URIRef(expand("sd:NamedGraph"))):
        count = value(ask(client, COUNT, **{"default-graph-uri": str(found.value(node, name))}))
        assert str(found.value(found.value(node, URIRef(expand("sd:graph"))), triples)) == count


@pytest.mark.parametrize("parameters", [{"format": "nt"}, {}])
def test_the_service_description_needs_no_accept_header(client: FlaskClient, parameters: dict[str, str]) -> None:
    assert client.get("/sparql", query_string=parameters).status_code == 200


def test_there_is_no_service_description_as_csv(client: FlaskClient) -> None:
    assert_problem(client.get("/sparql", headers={"Accept": "text/csv"}), 406)
