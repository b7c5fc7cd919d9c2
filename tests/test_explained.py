"""Empty answers say why they may be empty, IRIs are rewritten on demand, and the IRI policy is published."""

import re
import time
from collections.abc import Iterator
from dataclasses import replace
from importlib import import_module
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from hypothesis import given, settings
from hypothesis import strategies as st
from pyoxigraph import Literal, NamedNode, Quad, QueryResultsFormat, QuerySolutions, Store, parse_query_results
from rdflib import Graph
from werkzeug.test import TestResponse

from rdfgen.formats import FORMATS, RESULT_FORMATS
from rdfgen.iris import DEFAULT_BASE
from rdfgen.namespaces import output_prefixes
from rdfgen.release.directory import DataDirectory
from rdfgen.vocabularies import VOCABULARIES
from server.config import read_config
from server.engine.iris_in_query import Role, is_longer, named_iris, rewritten
from server.engine.resolution import scanned
from server.engine.tokens import Kind
from server.explained import LONGEST_NOTE, MOST_NOTES, MOST_TOKENS, normalized, one_line
from server.explained import notes as explained
from server.published import Published, Release
from server.suggestions import suggestion
from tests import server_fixtures
from tests.server_fixtures import BROWSER, ask, serving, triples

data = server_fixtures.data
client = server_fixtures.client

BASE = "https://w3id.org/litlod/"
PREFIXES = "".join(f"PREFIX {name}: <{iri}>\n" for name, iri in output_prefixes(BASE).items())
OTHER = "http://identifiers.org/mesh/D003866"
OURS = "http://id.nlm.nih.gov/mesh/D003866"
WRITTEN = f"{OTHER} is written {OURS} here"
EMPTY = f"SELECT ?p {{ ?p schema:mentions <{OTHER}> }}"


@pytest.fixture(scope="module")
def normalizing(data: Path) -> Iterator[FlaskClient]:
    """A client of a server that normalizes by default."""
    with serving(data, normalize_iris=True) as app:
        yield app.test_client()


@pytest.fixture(scope="module")
def release(data: Path) -> Release:
    """The release of the seeds itself."""
    return Published(DataDirectory(data)).release()


def asked(client: FlaskClient, query: str, accept: str | None = None, **parameters: str) -> TestResponse:
    return ask(client, PREFIXES + query, accept, **{name.replace("_", "-"): value for name, value in parameters.items()})


def notes(response: TestResponse) -> list[str]:
    assert response.status_code == 200, response.text
    return response.headers.getlist("X-LitLOD-Note")


def changes(response: TestResponse) -> list[str]:
    assert response.status_code == 200, response.text
    return response.headers.getlist("X-LitLOD-Rewritten")


# Notes


@pytest.mark.parametrize(
    "query",
    [
        EMPTY,
        f"ASK {{ ?p schema:mentions <{OTHER}> }}",
        f"CONSTRUCT {{ ?p a ?t }} {{ ?p schema:mentions <{OTHER}> ; a ?t }}",
        f"DESCRIBE <{OTHER}>",
        f"SELECT (COUNT(*) AS ?n) {{ ?p schema:mentions <{OTHER}> }}",
        f"SELECT ?p {{ VALUES ?c {{ <{OTHER}> }} ?p schema:mentions ?c }}",
        f"SELECT ?p {{ ?p schema:mentions ?c FILTER(?c = <{OTHER}>) }}",
        "PREFIX m: <http://identifiers.org/mesh/> SELECT ?p { ?p schema:mentions m:D003866 }",
        "PREFIX m: <http://identifiers.org/> SELECT ?p { ?p schema:mentions m:mesh\\/D003866. }",
        "BASE <http://identifiers.org/mesh/> SELECT ?p { ?p schema:mentions <D003866> }",
    ],
)
def test_an_empty_answer_says_which_iri_is_written_otherwise(client: FlaskClient, query: str) -> None:
    assert notes(asked(client, query)) == [WRITTEN]


@pytest.mark.parametrize("name", RESULT_FORMATS)
@pytest.mark.parametrize("query", [EMPTY, f"ASK {{ ?p schema:mentions <{OTHER}> }}", EMPTY.replace("?p {", "(COUNT(?p) AS ?n) {")])
def test_every_format_of_a_table_has_the_note(client: FlaskClient, query: str, name: str) -> None:
    assert notes(asked(client, query, format=name)) == [WRITTEN]


@pytest.mark.parametrize("name", FORMATS)
def test_every_format_of_a_graph_has_the_note(client: FlaskClient, name: str) -> None:
    response = asked(client, f"DESCRIBE <{OTHER}>", format=name)
    assert notes(response) == [WRITTEN]
    assert triples(response) == set() if name != "nq" else not response.data


@pytest.mark.parametrize(
    ("written", "ours"),
    [
        (f"https{OURS[4:]}", OURS),
        (f"{OURS}/", OURS),
        ("https://meshb.nlm.nih.gov/record/ui?ui=D003866", OURS),
        (f"{BASE}concept/MESH:D003866", OURS),
        (f"{BASE}concept/MESH:D003866.ttl", OURS),
        ("http://identifiers.org/mondo/0002050", "http://purl.obolibrary.org/obo/MONDO_0002050"),
        ("http://w3id.org/litlod/paper/PMC12899835", f"{BASE}paper/PMC12899835"),
        (f"{BASE}paper/pmc12899835", f"{BASE}paper/PMC12899835"),
        (f"{BASE}paper/PMC12899835/", f"{BASE}paper/PMC12899835"),
        (f"{BASE}paper/PMC12899835.html", f"{BASE}paper/PMC12899835"),
        (f"http{BASE[5:]}paper/PMC12899835#tldr", f"{BASE}paper/PMC12899835#tldr"),
    ],
)
def test_a_spelling_of_what_is_here_is_explained(client: FlaskClient, written: str, ours: str) -> None:
    assert notes(asked(client, f"ASK {{ <{written}> ?p ?o }}")) == [f"{written} is written {ours} here"]


def test_a_paper_by_its_identifier_is_named(client: FlaskClient) -> None:
    page, ours = "https://pmc.ncbi.nlm.nih.gov/articles/PMC12899835/", "http://identifiers.org/pmc/PMC12899835"
    paper = f"{BASE}paper/PMC12899835"
    assert notes(asked(client, f"ASK {{ <{page}> dcterms:title ?t }}")) == [f"{page} is written {ours} here; the paper itself is {paper}"]
    assert notes(asked(client, f"ASK {{ <{ours}> dcterms:title ?t }}")) == [f"the paper with the identifier {ours} is {paper} here"]


@pytest.mark.parametrize(
    "query",
    [
        f"SELECT ?p {{ ?p schema:mentions <{OURS}> }}",
        f"SELECT ?c {{ ?c skos:exactMatch <{OTHER}> }}",
        f"ASK {{ ?p schema:mentions <{OURS}> FILTER(false) }}",
        "ASK { ?p schema:mentions <http://identifiers.org/mesh/D000001> }",
        "ASK { ?p schema:mentions <http://example.org/D003866> }",
        f"ASK {{ ?p schema:keywords '{OTHER}', \"{OTHER}\" }} # <{OTHER}>",
        f"PREFIX m: <{OTHER}> ASK {{ ?p schema:mentions ?p }}",
        f"SELECT ?c {{ ?c skos:exactMatch <{OTHER}>, <http://identifiers.org/mesh/D000001> }}",
        f"SELECT ?c {{ VALUES ?x {{ <{OTHER}> }} ?c skos:exactMatch ?x ; a litlod:Gene }}",
        f"SELECT ?c {{ ?c skos:exactMatch ?x FILTER(?x IN (<{OTHER}>) && false) }}",
        f"SELECT ?p {{ ?p schema:mentions/skos:exactMatch <{OTHER}> FILTER(false) }}",
        f"CONSTRUCT {{ <{OTHER}> a ?t }} {{ ?s a litlod:Gene, ?t FILTER(false) }}",
        "SELECT ?c { ?c skos:exactMatch ?x FILTER(STRSTARTS(STR(?x), 'http://identifiers.org/mesh/') && false) }",
        "SELECT ?c { ?c dcterms:identifier 'MESH:D003866' ; a litlod:Gene }",
        "SELECT ?c { ?c dcterms:identifier -7124 }",
        "SELECT ?c { ?c a/rdfs:subClassOf* litlod:Gene FILTER(false) }",
        "SELECT ?c { ?c a litlod:Gene ; a ?t FILTER(false && ?t != litlod:Wrong && ?t NOT IN (litlod:Wrong)) }",
        "SELECT ?c { ?c rdfs:label ?l FILTER(LANG(?l) = 'tnf') }",
        "SELECT (GROUP_CONCAT(?l; SEPARATOR='tnf') AS ?ls) { ?c rdfs:label ?l FILTER(false) }",
        f"ASK {{ ?p schema:mentions <{OURS}> ; dcterms:title 'x'^^<{OTHER}> }}".replace(f"^^<{OTHER}>", "^^xsd:string"),
    ],
)
def test_there_is_no_note_without_a_reason(client: FlaskClient, query: str) -> None:
    response = asked(client, query)
    assert notes(response) == []
    assert b'"link"' not in response.data


@pytest.mark.parametrize(
    ("pattern", "note"),
    [
        ("?p dcterms:subject ?x", "no triple here uses dcterms:subject; did you mean schema:about?"),
        ("?p <http://schema.org/mentions> ?x", "no triple here uses <http://schema.org/mentions>; did you mean schema:mentions?"),
        ("?p schema:mention/rdfs:label ?x", "no triple here uses schema:mention; did you mean schema:mentions?"),
        ("?p a ?t ; (schema:mention/schema:about)+ ?x", "no triple here uses schema:mention; did you mean schema:mentions?"),
        ("?p <http://x.example/nothingLikeIt> ?x", "no triple here uses <http://x.example/nothingLikeIt>"),
        ("?p a bibo:Article", "nothing here is a bibo:Article; did you mean schema:ScholarlyArticle?"),
        ("?g rdf:type biolink:Gene", "nothing here is a biolink:Gene; did you mean litlod:Gene?"),
        ("?g a litlod:Genes", "nothing here is a litlod:Genes; did you mean litlod:Gene?"),
    ],
)
def test_an_unknown_predicate_or_class_is_explained(client: FlaskClient, pattern: str, note: str) -> None:
    assert notes(asked(client, f"SELECT * {{ {pattern} }}")) == [note]


@pytest.mark.parametrize(
    "query",
    [
        f"SELECT ?p {{ BIND(<{OTHER}> AS ?c) ?p schema:mentions ?c }}",
        f"SELECT ?p {{ ?p schema:mentions ?c FILTER(?c IN (<{OTHER}>)) }}",
        f"SELECT ?p {{ ?p schema:mentions ?c FILTER(sameTerm(?c, <{OTHER}>)) }}",
        f"SELECT ?p {{ ?p schema:mentions ?c }} VALUES (?x ?c) {{ (1 <{OTHER}>) (2 <{OTHER}>) }}",
        f"SELECT ?p {{ ?p schema:mentions ?c, <{OTHER}> }}",
        f"SELECT ?p {{ ?p schema:mentions|schema:about <{OTHER}> }}",
        f"SELECT ?p {{ ?p (schema:mentions/rdfs:subClassOf*) <{OTHER}> }}",
        "PREFIX m: <http://identifiers.org/mesh/> SELECT ?p { ?p schema:mentions ?o.m:D003866 a ?t }",
        "PREFIX m: <http://identifiers.org/mesh/> SELECT ?p { ?p litlod:figureCount 1.m:D003866 a ?t }",
    ],
)
def test_an_alias_is_explained_wherever_it_stands(client: FlaskClient, query: str) -> None:
    assert notes(asked(client, query)) == [WRITTEN]


@pytest.mark.parametrize(
    ("pattern", "term"),
    [
        ("?p (dct:subject) ?x", "dct:subject"),
        ("?p ^dct:subject ?x", "dct:subject"),
        ("?p !(dct:subject) ?x FILTER(false)", "dct:subject"),
        ("VALUES ?pp { dct:subject } ?p ?pp ?o", "dct:subject"),
        ("VALUES (?x ?pp) { (1 dct:subject) } ?p ?pp ?o", "dct:subject"),
        ("?p ?pp ?o FILTER(?pp = dct:subject)", "dct:subject"),
        ("?p schema:mentions ?g { SELECT (COUNT(?c) AS ?n) ?g (MAX(?c) AS ?m) { ?g dct:subject ?c } GROUP BY ?g }", "dct:subject"),
        ("?p a schema:ScholarlyArticle, litlod:Wrong", "litlod:Wrong"),
        ("?p a/rdfs:subClassOf* litlod:Wrong", "litlod:Wrong"),
        ("VALUES ?t { litlod:Wrong } ?p a ?t", "litlod:Wrong"),
        ("?p rdf:type ?t FILTER(?t IN (litlod:Wrong))", "litlod:Wrong"),
    ],
)
def test_an_unknown_term_is_explained_wherever_it_stands(client: FlaskClient, pattern: str, term: str) -> None:
    query = f"PREFIX dct: <http://purl.org/dc/terms/> SELECT * {{ {pattern} }}"
    assert [note.partition(";")[0].rpartition(" ")[2] for note in notes(asked(client, query))] == [term]


def test_two_unknown_predicates_in_brackets_are_both_explained(client: FlaskClient) -> None:
    assert len(notes(asked(client, "ASK { ?p (dcterms:subject|schema:keyword)/^schema:mentions ?x }"))) == 2


@pytest.mark.parametrize("name", RESULT_FORMATS)
@pytest.mark.parametrize(
    "aggregates",
    [
        "(COUNT(?p) AS ?n) (COUNT(DISTINCT ?p) AS ?m)",
        "(COUNT(?p) AS ?n) (SAMPLE(?p) AS ?m)",
        "(SAMPLE(?p) AS ?m)",
        "(MAX(?p) AS ?n)",
        "(GROUP_CONCAT(?p) AS ?n)",
        "(AVG(?p) AS ?n) (SUM(?p) AS ?m) (MIN(?p) AS ?l)",
    ],
)
def test_a_row_of_aggregates_over_nothing_has_the_note(client: FlaskClient, aggregates: str, name: str) -> None:
    assert notes(asked(client, f"SELECT {aggregates} {{ ?p schema:mentions <{OTHER}> }}", format=name)) == [WRITTEN]


@pytest.mark.parametrize("name", RESULT_FORMATS)
@pytest.mark.parametrize("row", ["(1 AS ?n)", "(0 AS ?n) (1 AS ?m)", "('x' AS ?n)", "(0 AS ?n) ('00' AS ?m)", "(',' AS ?n)"])
def test_a_row_with_a_value_has_no_note(client: FlaskClient, row: str, name: str) -> None:
    assert notes(asked(client, f"SELECT {row} {{ FILTER NOT EXISTS {{ ?p schema:mentions <{OTHER}> }} }}", format=name)) == []


@pytest.mark.parametrize(
    ("query", "note"),
    [
        (f"BIND(IRI('{OTHER}') AS ?c) ?p schema:mentions ?c", f"the IRI made of '{OTHER}' is written {OURS} here"),
        (f'?p schema:mentions ?c FILTER(?c = URI("{OTHER}"))', f'the IRI made of "{OTHER}" is written {OURS} here'),
        (f'?p schema:mentions ?c FILTER(STR(?c) = "{OTHER}")', f'in place of the text "{OTHER}" there is the IRI {OURS} here'),
        ('?p schema:mentions "MESH:D003866"', f'in place of the text "MESH:D003866" there is the IRI {OURS} here'),
        (
            "?p schema:mentions ?c FILTER(STRSTARTS(STR(?c), 'http://identifiers.org/mesh/'))",
            "the IRIs of MESH begin with http://id.nlm.nih.gov/mesh/ here",
        ),
        ('?c dcterms:identifier "mesh:D003866"', '"mesh:D003866" is written "MESH:D003866" here'),
        ('?c dcterms:identifier "D003866"', '"D003866" is written "MESH:D003866" here'),
        ('?p fabio:hasPubMedCentralId "12899835"', '"12899835" is written "PMC12899835" here'),
        ("?c dcterms:identifier 7124", '7124 is written "NCBIGene:7124" here'),
        ("?c rdfs:label 'TNF'@en", "'TNF'@en is written \"TNF\" here"),
        ("?c rdfs:label ?l FILTER(?l = 'tnf')", "'tnf' is written \"TNF\" here"),
    ],
)
def test_a_text_in_another_spelling_is_explained(client: FlaskClient, query: str, note: str) -> None:
    assert notes(asked(client, f"SELECT * {{ {query} }}")) == [note]


def test_a_text_is_never_rewritten(client: FlaskClient) -> None:
    query = f"SELECT * {{ BIND(IRI('{OTHER}') AS ?c) ?p schema:mentions ?c }}"
    assert changes(asked(client, query, normalize_iris="true")) == []


@pytest.mark.parametrize("number", ["41541553", "'41541553'^^xsd:integer"])
def test_a_number_that_is_a_text_here_is_explained(release: Release, number: str) -> None:
    store = Store()
    store.add(Quad(NamedNode("urn:p"), NamedNode(output_prefixes(BASE)["bibo"] + "pmid"), Literal("41541553")))
    found = explained(f"{PREFIXES}ASK {{ ?p bibo:pmid {number} }}", replace(release, open_store=lambda: store))
    assert [note.text for note in found] == [f'{number} is written "41541553" here']


def test_a_label_without_its_language_is_explained(release: Release) -> None:
    store = Store()
    store.add(Quad(NamedNode("urn:c"), NamedNode(output_prefixes(BASE)["rdfs"] + "label"), Literal("depression", language="en")))
    labelled = replace(release, open_store=lambda: store)
    assert [note.text for note in explained(f"{PREFIXES}ASK {{ ?c rdfs:label 'Depression' }}", labelled)] == [
        "'Depression' is written \"depression\"@en here"
    ]
    assert explained(f"{PREFIXES}ASK {{ ?c rdfs:label 'depression'@en FILTER(false) }}", labelled) == []


def test_a_predicate_the_wrong_way_round_is_explained(client: FlaskClient) -> None:
    paper = f"{BASE}paper/PMC12899835"
    assert notes(asked(client, f"SELECT * {{ <{OURS}> schema:mentions ?p }}")) == [f"schema:mentions leads to {OURS} here, not from it"]
    assert notes(asked(client, f"ASK {{ ?c schema:mentions <{paper}> }}")) == [f"schema:mentions leads from {paper} here, not to it"]


GRAPHS = f"the named graphs here are {BASE}.well-known/sparql-examples, {BASE}.well-known/void; all else is in the default graph"
UNKNOWN_GRAPH = f"there is no graph http://x/none here; {GRAPHS}"


@pytest.mark.parametrize(
    ("query", "note"),
    [
        ("ASK { GRAPH <http://x/none> { ?s ?p ?o } }", UNKNOWN_GRAPH),
        ("ASK { ?s litlod:figureCount 1.GRAPH <http://x/none> { ?s ?p ?o } }", UNKNOWN_GRAPH),
        ("ASK FROM <http://x/none> { ?s ?p ?o }", UNKNOWN_GRAPH),
        ("ASK FROM NAMED <http://x/none> { GRAPH ?g { ?s ?p ?o } }", UNKNOWN_GRAPH),
        ("ASK { GRAPH ?g { ?s schema:mentions ?o } }", GRAPHS),
        (f"ASK {{ GRAPH <{BASE}.well-known/void> {{ ?s schema:mentions ?o }} }}", GRAPHS),
    ],
)
def test_an_empty_graph_is_explained(client: FlaskClient, query: str, note: str) -> None:
    assert notes(asked(client, query)) == [note]


def test_a_graph_that_the_request_names_is_explained(release: Release) -> None:
    assert [note.text for note in explained("ASK { ?s ?p ?o }", release, ["http://x/none"])] == [UNKNOWN_GRAPH]


def test_a_name_is_shown_as_the_query_writes_it(client: FlaskClient) -> None:
    query = "PREFIX dct: <http://purl.org/dc/terms/> ASK { ?p dct:subject ?x }"
    assert notes(asked(client, query)) == ["no triple here uses dct:subject; did you mean schema:about?"]


def test_the_template_of_a_construct_is_the_clients_own(client: FlaskClient) -> None:
    query = f"CONSTRUCT {{ ?p <http://x/own> ?o ; a <http://x/Own> }} {{ ?p schema:mentions <{OURS}>, ?o FILTER(false) }}"
    assert notes(asked(client, query)) == []


def test_the_head_of_json_and_xml_links_to_the_policy(client: FlaskClient) -> None:
    link = f"{BASE}iri-policy#MESH"
    response = asked(client, EMPTY)
    assert response.get_json() == {"head": {"vars": ["p"], "link": [link]}, "results": {"bindings": []}}
    assert f'<link href="{link}"/>' in asked(client, EMPTY, format="xml").text


@pytest.mark.parametrize(("name", "syntax"), [("json", QueryResultsFormat.JSON), ("xml", QueryResultsFormat.XML)])
def test_other_readers_take_results_with_links(client: FlaskClient, name: str, syntax: QueryResultsFormat) -> None:
    body = asked(client, EMPTY, format=name).data
    found = parse_query_results(body, format=syntax)
    assert isinstance(found, QuerySolutions)
    assert list(found) == []


def test_the_query_page_says_it_in_words(client: FlaskClient) -> None:
    page = asked(client, EMPTY, BROWSER)
    assert WRITTEN in page.text
    assert notes(page) == [WRITTEN]
    assert OURS in asked(client, EMPTY, BROWSER, normalize_iris="true").text


def test_scripts_of_other_sites_may_read_the_headers(client: FlaskClient) -> None:
    exposed = asked(client, EMPTY).headers["Access-Control-Expose-Headers"]
    assert {"X-LitLOD-Note", "X-LitLOD-Rewritten"} <= set(exposed.split(", "))


# Rewriting


def test_iris_are_rewritten_on_demand(client: FlaskClient) -> None:
    response = asked(client, EMPTY, normalize_iris="true")
    assert len(response.get_json()["results"]["bindings"]) == 2
    assert changes(response) == [f"{OTHER} -> {OURS}"]
    assert notes(response) == []


def test_prefixed_names_are_rewritten_and_declarations_stay(client: FlaskClient) -> None:
    query = "PREFIX m: <http://identifiers.org/mesh/> SELECT ?p ('m:D003866' AS ?x) { ?p schema:mentions m:D003866 } # m:D003866"
    response = asked(client, query, normalize_iris="1")
    assert {row["x"]["value"] for row in response.get_json()["results"]["bindings"]} == {"m:D003866"}
    assert changes(response) == [f"{OTHER} -> {OURS}"]


def test_what_the_release_itself_writes_so_is_not_rewritten(client: FlaskClient) -> None:
    response = asked(client, f"SELECT ?c {{ ?c skos:exactMatch <{OTHER}> }}", normalize_iris="true")
    assert changes(response) == []
    assert len(response.get_json()["results"]["bindings"]) == 1


def test_a_paper_is_found_by_its_page(client: FlaskClient) -> None:
    page = "https://europepmc.org/article/PMC/PMC12899835"
    response = asked(client, f"ASK {{ ?paper skos:exactMatch <{page}> }}", normalize_iris="true")
    assert response.get_json() == {"head": {}, "boolean": True}


def test_nothing_is_rewritten_unasked(client: FlaskClient) -> None:
    assert changes(asked(client, EMPTY)) == changes(asked(client, EMPTY, normalize_iris="false")) == []


def test_the_operator_may_normalize_all_queries_and_the_client_may_decline(normalizing: FlaskClient) -> None:
    assert changes(asked(normalizing, EMPTY)) == [f"{OTHER} -> {OURS}"]
    assert changes(asked(normalizing, EMPTY, normalize_iris="false")) == []


def test_the_parameter_comes_with_every_form_of_the_protocol(client: FlaskClient) -> None:
    query = PREFIXES + EMPTY
    forms = client.post("/sparql", data={"query": query, "normalize-iris": "true"}, buffered=True)
    body = client.post("/sparql?normalize-iris=true", data=query, content_type="application/sparql-query", buffered=True)
    assert changes(forms) == changes(body) == [f"{OTHER} -> {OURS}"]


def test_a_parameter_that_is_no_truth_value_is_a_400(client: FlaskClient) -> None:
    response = asked(client, EMPTY, normalize_iris="perhaps")
    assert (response.status_code, "normalize-iris" in response.get_json()["detail"]) == (400, True)


@pytest.mark.parametrize(("text", "value"), [("true", True), ("0", False), ("No", False), ("1", True)])
def test_the_setting_is_read_from_the_environment(text: str, value: bool) -> None:
    assert read_config({}, None, {"LITLOD_NORMALIZE_IRIS": text}).normalize_iris is value


# Hostile queries


def test_the_cost_and_the_headers_of_many_iris_are_bounded(client: FlaskClient) -> None:
    values = " ".join(f"<http://identifiers.org/mesh/D{number:06}>" for number in range(4_000))
    query = f"{PREFIXES}SELECT ?p {{ VALUES ?c {{ {values} }} ?p schema:mentions ?c, ?c ; dcterms:subject ?s }}"
    plain = client.post("/sparql", data={"query": query}, buffered=True)
    assert notes(plain) == ["no triple here uses dcterms:subject; did you mean schema:about?"]
    found = changes(client.post("/sparql", data={"query": query, "normalize-iris": "true"}, buffered=True))
    assert len(found) == MOST_NOTES + 1
    assert found[-1] == "and 3995 more"


def test_bases_that_grow_do_not_make_a_query_slow() -> None:
    query = "BASE <http://x/> " + "BASE <a/> " * 20_000 + "ASK { <a> <b> <http://y/> }"
    assert [found.iri for found in named_iris(query)] == ["http://y/"]


@pytest.mark.parametrize(
    "piece",
    [
        "?a ",
        "(",
        "{",
        "[",
        ")",
        ". ",
        ".",
        "1.",
        "-",
        "<a:b> ",
        "?x=<a:b>||",
        "'D'||",
        "?s ^<a:b> ?o ; ",
        "a",
        "a ",
        "/",
        "!",
        "VALUES ",
        "^",
        "'",
    ],
)
@pytest.mark.parametrize("begin", ["ASK { ", "ASK { ?s ?p ?x FILTER(", "ASK { VALUES ?x { ", "ASK { ?s "])
def test_a_long_query_costs_little_and_says_that_it_is_not_explained(release: Release, begin: str, piece: str) -> None:
    text = begin + piece * (250_000 // len(piece))
    start = time.process_time()
    found = explained(text, release)
    assert time.process_time() - start < 1
    assert len(found) <= MOST_NOTES
    if is_longer(text, MOST_TOKENS):
        assert "is not looked into" in found[0].text


def test_an_expression_of_many_variables_is_read_in_linear_time() -> None:
    text = "ASK { FILTER(" + "".join(f"?x{number}+<a:b{number}>+" for number in range(12_000)) + "1) }"
    start = time.process_time()
    assert len(list(named_iris(text))) == 12_000
    assert time.process_time() - start < 2


def test_there_are_few_notes(client: FlaskClient) -> None:
    patterns = " ; ".join(f"<http://x/unknown{number}> ?o{number}" for number in range(60))
    assert len(notes(asked(client, f"ASK {{ ?p {patterns} }}"))) == MOST_NOTES


@pytest.mark.parametrize(
    "iri",
    [
        "http://doi.org/10.1234/é\u2028日",
        "http://x/\\u000D\\u000AX-Evil: 1",
        "http://doi.org/10.1234/\\uD800",
        "http://w3id.org/litlod/paper/PMC12899835#\\u000Ax",
        "http://[",
        "http://x/" + "a" * 3_000,
    ],
)
def test_no_iri_breaks_a_header(client: FlaskClient, iri: str) -> None:
    for query in (f"ASK {{ <{iri}> <{iri}> <{iri}> }}", f"BASE <{iri}> ASK {{ <x> <//[> <y> }}"):
        for wanted in ("true", "false"):
            response = asked(client, query, normalize_iris=wanted)
            assert response.status_code in (200, 400)
            assert "X-Evil" not in response.headers
            assert all(len(note) <= LONGEST_NOTE and note.isprintable() for note in response.headers.getlist("X-LitLOD-Note"))


@settings(derandomize=True, max_examples=200, deadline=None)
@given(st.text())
def test_a_note_is_one_line_of_ascii(text: str) -> None:
    assert one_line(text * 30).isascii()
    assert one_line(text * 30).isprintable()
    assert len(one_line(text * 30)) <= LONGEST_NOTE


WORDS = ["PREFIX", "BASE", "VALUES", "SERVICE", "CONSTRUCT", "WHERE", "FROM", "a", "1", ".", ";", "^", "{", "}", "(", ")", "<", ">", "?a"]
NAMES = ["a:", "a:b", "_:b", "<http://a/>", "<x:y>", "<\\u0041:b>", "<\\UFFFFFFFF:b>"]
OTHERS = ["'a:b'", '"<x:y>"', "# <x:y>\n", "'", '"""', "\\", "é", "\r\n"]
PIECES = st.sampled_from([*WORDS, *NAMES, *OTHERS])


@settings(derandomize=True, max_examples=400, deadline=None)
@given(st.lists(PIECES, max_size=40), st.sampled_from(["", " "]))
def test_rewriting_touches_nothing_but_iris(pieces: list[str], gap: str) -> None:
    text = gap.join(pieces)
    kept = {Kind.STRING, Kind.VARIABLE, Kind.WORD, Kind.OPEN, Kind.CLOSE}
    new, _ = rewritten(text, lambda found: "http://n/w")
    assert [token.text for token in scanned(new) if token.kind in kept] == [token.text for token in scanned(text) if token.kind in kept]
    assert re.sub("<http://n/w>", "", new) == "".join(_without_iris(text))


TEXTS = st.sampled_from(
    ["'a b'", "'https://w3id.org/litlod/paper/<\\n>'", "'http://identifiers.org/mesh/'", "'\\uD800'@en", "''", "1e5.", "-1.", "'1'^^"]
)
WHERES = st.sampled_from(
    [
        "SELECT * {",
        "FILTER(",
        "BIND(",
        "IRI(",
        "VALUES (?a ?b) {",
        "GRAPH",
        "a:b",
        "?p",
        "^",
        "!",
        "/",
        "|",
        ",",
        "=",
        " IN (",
        "AS ?a",
        "[",
        "]",
        "*",
    ]
)


@settings(derandomize=True, max_examples=300, deadline=None)
@given(st.lists(PIECES | TEXTS | WHERES, max_size=30), st.sampled_from(["", " "]))
def test_nothing_in_a_query_makes_explaining_fail(release: Release, pieces: list[str], gap: str) -> None:
    text = "PREFIX a: <http://a/> " + gap.join(pieces)
    assert len(explained(text, release)) <= MOST_NOTES
    assert isinstance(normalized(text, release)[0], str)


def _without_iris(text: str) -> Iterator[str]:
    position = 0
    for found in named_iris(text):
        yield text[position : found.start]
        position = found.end
    yield text[position:]


def test_the_roles_of_iris_are_told_by_their_neighbours() -> None:
    query = """SELECT * { <s:1> <p:1> <o:1>, <o:2> ; <p:2>/<p:3>* ?x . ?x ^<p:4> <o:3> ; a <c:1> . [ <p:5> 1 ] <p:6> true .
        FILTER(<f:1>(?x) = <o:4>) VALUES (?a ?b) { (<o:5> <o:6>) } BIND('1'^^<d:1> AS ?c)
        SERVICE <o:7> { <o:8> <p:7> <o:9> } ?x (<p:8>|!<p:9>) ?y }"""
    found = {role: [named.iri for named in named_iris(query) if named.role is role] for role in Role}
    assert found[Role.PREDICATE] == [f"p:{number}" for number in (1, 2, 3, 4, 5, 6, 8, 9)]
    assert found[Role.CLASS] == ["c:1"]
    assert found[Role.NODE] == ["s:1", "o:1", "o:2", "o:3", "o:4", "o:5", "o:6"]
    assert found[Role.ASIDE] == ["f:1", "d:1"]


def test_names_are_compared_at_bounded_cost() -> None:
    assert suggestion("http://x/" + "a" * 100_000, [f"http://y/{'a' * 1_000}{number}" for number in range(5_000)], BASE) is None


# The policy


def test_the_policy_is_a_page_with_a_section_for_each_vocabulary(client: FlaskClient) -> None:
    page = client.get("/iri-policy", headers={"Accept": BROWSER})
    assert page.mimetype == "text/html"
    assert all(f'id="{prefix}"' in page.text and row.iri_prefix in page.text for prefix, row in VOCABULARIES.items())
    assert all(f'id="{section}"' in page.text for section in ("papers", "terms"))


def test_the_policy_as_json_is_the_table(client: FlaskClient) -> None:
    found = client.get("/iri-policy", headers={"Accept": "application/json"})
    assert found.content_type == "application/json"
    assert [row["prefix"] for row in found.get_json()["vocabularies"]] == list(VOCABULARIES)
    assert found.get_json()["prefixes"]["mesh"] == "http://id.nlm.nih.gov/mesh/"
    assert client.get("/iri-policy.json").data == found.data


def test_the_policy_as_turtle_declares_all_prefixes(client: FlaskClient) -> None:
    graph = Graph().parse(data=client.get("/iri-policy.ttl").data, format="turtle")
    rows = graph.query(
        f"SELECT ?p ?n {{ <{BASE}iri-policy> sh:declare [ a sh:PrefixDeclaration ; sh:prefix ?p ; sh:namespace ?n ]"
        " FILTER(DATATYPE(?n) = xsd:anyURI) }",
        initNs={"sh": "http://www.w3.org/ns/shacl#", "xsd": "http://www.w3.org/2001/XMLSchema#"},
    )
    assert {str(row[0]): str(row[1]) for row in rows if isinstance(row, tuple)} == output_prefixes(BASE)


def test_the_prefix_map_is_one_that_curies_reads(client: FlaskClient) -> None:
    curies = pytest.importorskip("curies", reason="comes with bioregistry")
    converter = curies.load_extended_prefix_map(client.get("/iri-policy/prefix-map.json").get_json())
    assert converter.compress(OTHER) == "MESH:D003866"
    assert converter.expand("MESH:D003866") == OURS


@pytest.mark.parametrize("name", FORMATS)
def test_the_policy_has_every_rdf_format(client: FlaskClient, name: str) -> None:
    response = client.get("/iri-policy", query_string={"format": name} if name != "jsonld" else {"format": "json-ld"})
    assert response.content_type == FORMATS[name].content_type
    assert triples(response)


def test_a_form_of_the_policy_that_nobody_has_is_refused(client: FlaskClient) -> None:
    assert client.get("/iri-policy.pdf").status_code == 404
    assert client.get("/iri-policy", headers={"Accept": "image/png"}).status_code == 406


@pytest.mark.parametrize(
    ("iri", "words"),
    [(OTHER, f"<code>{OURS}</code>"), (OURS, "is written so here"), ("<script>", "is not known here"), ("\ud800", "known")],
)
def test_the_page_says_how_one_iri_is_written(client: FlaskClient, iri: str, words: str) -> None:
    page = client.get("/iri-policy.html", query_string={"iri": iri.encode("utf-8", "replace")})
    assert words in page.text
    assert "<script>" not in page.text


@pytest.mark.parametrize("path", ["/", "/sparql?format=html"])
def test_pages_lead_to_the_policy(client: FlaskClient, path: str) -> None:
    assert 'href="/iri-policy"' in client.get(path).text


@pytest.mark.parametrize("page", ["https://tomesphere.com/paper/PMC12899835", "http://www.tomesphere.com/paper/PMC12899835/"])
def test_a_paper_by_the_address_of_its_page_is_named(client: FlaskClient, page: str) -> None:
    response = ask(client, f"SELECT * {{ <{page}> ?p ?o }}")
    assert response.headers.getlist("X-LitLOD-Note") == [f"the paper from the page {page} is {DEFAULT_BASE}paper/PMC12899835 here"]


@pytest.mark.parametrize(
    "pattern",
    [
        "?c skos:exactMatch ?x, A",
        "A ^skos:exactMatch ?c",
        "?c (skos:exactMatch) A",
        "?c skos:exactMatch|skos:closeMatch A",
        "?c skos:exactMatch+ A",
        "?c ?p A",
        "VALUES ?x { A } ?c skos:exactMatch ?x",
        "VALUES (?y ?x) { (1 A) } ?c skos:exactMatch ?x",
        "BIND(A AS ?x) ?c skos:exactMatch ?x",
        "?c skos:exactMatch ?x FILTER(?x = A)",
        "?c skos:exactMatch ?x FILTER(?x IN (A))",
        "?c skos:exactMatch [] , ?x FILTER(A = ?x)",
    ],
)
def test_normalizing_leaves_what_the_release_writes_so_itself(client: FlaskClient, pattern: str) -> None:
    query = "PREFIX skos: <http://www.w3.org/2004/02/skos/core#> SELECT DISTINCT ?c { %s }"
    text = query % re.sub(r"\bA\b", "<http://identifiers.org/mesh/D003866>", pattern)
    plain, normalized = ask(client, text, "text/csv"), ask(client, text, "text/csv", **{"normalize-iris": "true"})
    assert (plain.data, "X-LitLOD-Rewritten" in normalized.headers) == (normalized.data, False)
    assert plain.data.count(b"\n") > 1


def test_a_failure_to_explain_gives_the_query_process_back(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def failing(*_: object) -> list[object]:
        raise RuntimeError("a bug")

    monkeypatch.setattr(import_module("server.blueprints.sparql"), "notes", failing)
    with serving(data, workers=1, queue_timeout=1) as app:
        for _ in range(2):
            assert ask(app.test_client(), "ASK { <urn:a> <urn:b> <urn:c> }").status_code == 500
        monkeypatch.undo()
        assert ask(app.test_client(), "ASK {}").status_code == 200
