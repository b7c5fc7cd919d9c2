"""Answers from statistics: they equal the engine's, for any data and spelling, and other queries are left to the engine."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
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
    RdfFormat,
    Store,
    serialize,
)

from rdfgen.namespaces import expand
from rdfgen.release.directory import DataDirectory
from rdfgen.release.manifest import listed_files, read_manifest
from rdfgen.release.statistics import Statistics, graph_statistics, read_statistics
from rdfgen.release.verify import problems
from server.engine.shortcuts import MOST_ROWS, shortcut
from server.engine.shortcuts_graphs import with_named_graphs
from tests.server_fixtures import SEEDS, publish

TYPE = NamedNode(expand("rdf:type"))
SUBJECTS: list[NamedNode | BlankNode] = [NamedNode("http://x/1"), NamedNode("http://x/2"), BlankNode("b")]
PREDICATES = [TYPE, NamedNode("http://x/p"), NamedNode("http://x/é?q=%20#f"), NamedNode("urn:a:b/../c")]
CLASSES = [NamedNode("http://x/C"), NamedNode("http://x/D-1"), NamedNode("http://x/1")]
VALUES = [*CLASSES, BlankNode("b"), BlankNode("c"), Literal("a"), Literal("1")]
GRAPHS = [DefaultGraph(), NamedNode("http://x/g"), NamedNode("http://x/h")]
PROLOGUE = "PREFIX ex: <http://x/>\nPREFIX rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#>\n"

quads = st.builds(Quad, st.sampled_from(SUBJECTS), st.sampled_from(PREDICATES), st.sampled_from(VALUES), st.sampled_from(GRAPHS))
spaces = st.sampled_from([" ", "\n", "\t ", " # } SELECT\n", "\r\n"])
few = settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck))


def statistics_of(store: Store) -> Statistics:
    """The counts as a build makes them: of the default graph from lines, of the others from the store."""
    statistics = Statistics(graphs=graph_statistics(store))
    for quad in store.quads_for_pattern(None, None, None, DefaultGraph()):
        line = serialize([quad.triple], format=RdfFormat.N_TRIPLES)
        assert line is not None
        statistics.add(line)
    return statistics


def store_of(found: list[Quad]) -> Store:
    store = Store()
    store.extend(found)
    return store


def solutions(store: Store, query: str) -> tuple[list[str], list[str]] | bool:
    """The variables, and the rows in their order."""
    results = store.query(query)
    if isinstance(results, QueryBoolean):
        return bool(results)
    assert isinstance(results, QuerySolutions)
    return [variable.value for variable in results.variables], [str(list(row)) for row in results]


def assert_same_answer(store: Store, query: str, known: str) -> None:
    """Same variables and rows; in the same order, if the query's order leaves no choice."""
    expected, found = solutions(store, query), solutions(store, known)
    if isinstance(expected, bool) or isinstance(found, bool):
        assert found == expected, query
        return
    assert found[0] == expected[0], query
    assert sorted(found[1]) == sorted(expected[1]), query


@st.composite
def nodes(draw: Callable[..., object], name: str) -> str:
    """A variable or a blank node in subject or object position."""
    return str(draw(st.sampled_from([f"?{name}", f"?{name}", f"?{name}", f"${name}", "[]", "[ ]", f"_:{name}"])))


@st.composite
def patterns(draw: Callable[..., object]) -> str:
    subject = draw(nodes("s"))
    predicate = draw(st.sampled_from(["?p", "?p", "a", "rdf:type", f"<{TYPE.value}>", "ex:p", *(f"<{one.value}>" for one in PREDICATES)]))
    classes = [draw(nodes("o")), draw(nodes("o")), "ex:C", "ex:D-1", "<http://x/C>"]
    triple = f"{subject} {predicate} {draw(st.sampled_from(classes))}{draw(st.sampled_from(['', ' .', '.']))}"
    graph = draw(st.sampled_from(["", "", "?g", "$g", "ex:g", "<http://x/h>"]))
    if not graph:
        return triple
    return f"GRAPH {graph} {{ {draw(st.sampled_from([triple, triple, triple, '']))} }}{draw(st.sampled_from(['', ' .']))}"


VARIABLES = st.sampled_from(["s", "p", "o", "g"])


@st.composite
def columns(draw: Callable[..., object]) -> str:
    distinct = draw(st.sampled_from(["", "", "DISTINCT "]))
    argument = draw(st.one_of(st.just("*"), VARIABLES.map("?{}".format)))
    return f"(COUNT({distinct}{argument}) AS ?{draw(st.sampled_from(['n', 'm', 'count']))})"


@st.composite
def queries(draw: Callable[..., object]) -> str:
    """Queries of the shapes that are answered, and many that are nearly so."""
    where = draw(st.sampled_from(["WHERE ", "where", ""]))
    if draw(st.booleans()) and draw(st.booleans()):
        return f"{PROLOGUE}ASK {where} {{ {draw(patterns())} }}"
    names = draw(st.lists(VARIABLES.map("?{}".format), max_size=2, unique=True))
    counts = draw(st.lists(columns(), max_size=2, unique_by=lambda text: text[-3:]))
    assert isinstance(names, list) and isinstance(counts, list)
    distinct = draw(st.sampled_from(["", "DISTINCT", "DISTINCT"]))
    group = f" GROUP BY {' '.join(names)}" if names and (counts or draw(st.booleans())) else ""
    return f"{PROLOGUE}SELECT {distinct} {' '.join(names + counts)} {where} {{ {draw(patterns())} }}{group}"


@st.composite
def spelled(draw: Callable[..., object], query: str) -> str:
    """The query with other white space, comments, and keywords in small letters."""
    text = "".join(str(draw(spaces)) if character == " " else character for character in query)
    return text.replace("SELECT", "select").replace("COUNT", "Count").replace("GRAPH", "graph") if draw(st.booleans()) else text


@few
@given(st.lists(quads, max_size=12), queries().flatmap(spelled))
def test_the_answer_is_that_of_the_scan(found: list[Quad], query: str) -> None:
    store = store_of(found)
    known = shortcut(query, statistics_of(store))
    if known is not None:
        assert_same_answer(store, query, known)


@few
@given(st.lists(quads, max_size=12), queries(), st.integers(0, 250), st.sampled_from([*" .;,{}()[]?*|/^!+-<>#:a1é\\\"'_%"]), st.booleans())
def test_a_mutated_query_is_left_to_the_engine_or_still_means_the_same(
    found: list[Quad], query: str, place: int, character: str, inserted: bool
) -> None:
    place = min(place, len(query))
    mutated = query[:place] + character + query[place + (not inserted) :]
    known = shortcut(mutated, statistics_of(store_of(found)))
    if known is not None:
        assert_same_answer(store_of(found), mutated, known)


@few
@given(st.lists(quads, max_size=12), queries(), queries(), st.data())
def test_a_query_put_together_of_two_is_left_to_the_engine_or_answered_as_the_engine_does(
    found: list[Quad], first: str, second: str, data: st.DataObject
) -> None:
    one, other = first.split(" "), second.split(" ")
    place, resumed = data.draw(st.integers(0, len(one))), data.draw(st.integers(0, len(other)))
    mixed = " ".join(one[:place] + other[resumed:])
    known = shortcut(mixed, statistics_of(store_of(found)))
    if known is not None:
        assert_same_answer(store_of(found), mixed, known)


def test_no_variable_of_a_pattern_stands_for_two_places() -> None:
    store = store_of([Quad(NamedNode("http://x/1"), NamedNode("http://x/1"), NamedNode("http://x/1"))])
    for pattern in ("?x ?p ?x", "?x ?x ?o", "_:a ?p _:a", "GRAPH ?x { ?x ?p ?o }"):
        assert shortcut(f"SELECT (COUNT(*) AS ?n) {{ {pattern} }}", statistics_of(store)) is None


DATA = [
    Quad(SUBJECTS[0], TYPE, CLASSES[0]),
    Quad(SUBJECTS[1], TYPE, CLASSES[0]),
    Quad(SUBJECTS[1], TYPE, CLASSES[1]),
    Quad(SUBJECTS[1], NamedNode("http://x/p"), Literal("a")),
    Quad(SUBJECTS[0], TYPE, CLASSES[2], NamedNode("http://x/g")),
    Quad(SUBJECTS[1], TYPE, CLASSES[0], NamedNode("http://x/g")),
    Quad(SUBJECTS[1], TYPE, CLASSES[0], NamedNode("http://x/h")),
    Quad(SUBJECTS[2], NamedNode("http://x/p"), BlankNode("b"), NamedNode("http://x/h")),
]
# As Comunica, SPARQLStore of rdflib, the editor of SIB, Umaka, void-generator, HCLS and people write them.
ASKED = [
    "SELECT (COUNT(*) AS ?count) WHERE { ?s ?p ?o . }",
    "SELECT ( COUNT( * ) AS ?count ) WHERE { ?s <http://x/p> ?o . }",
    "SELECT (COUNT(*) AS ?count) WHERE { ?s <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <http://x/C> . }",
    "SELECT (count(*) as ?c) WHERE {?s ?p ?o .}",
    "SELECT ?name WHERE { GRAPH ?name {} }",
    "SELECT DISTINCT ?cls WHERE { [] a ?cls . }",
    "SELECT DISTINCT ?pred WHERE { [] ?pred [] . }",
    "ASK {?s ?p ?o}",
    "ASK WHERE{?s ?p ?o}",
    "ASK { GRAPH ?g {?s ?p ?o} }",
    "SELECT DISTINCT ?g WHERE { GRAPH ?g { ?s ?p ?o } }",
    "SELECT DISTINCT ?c WHERE {GRAPH ?g {[] a ?c}}",
    "SELECT DISTINCT ?g ?class { GRAPH ?g { ?s a ?class } } ORDER BY ?g ?class",
    "SELECT (COUNT(DISTINCT ?g) AS ?graphCount) WHERE { GRAPH ?g { ?s ?p ?o } }",
    "SELECT (COUNT(*) AS ?n) WHERE { GRAPH ?g { ?s ?p ?o } }",
    "SELECT (COUNT(*) AS ?n) WHERE { GRAPH <http://x/g> { ?s ?p ?o } }",
    "SELECT (COUNT(DISTINCT ?p) AS ?n) { ?s ?p ?o }",
    "SELECT (COUNT(DISTINCT ?c) AS ?n) { ?s a ?c }",
    "SELECT (COUNT(DISTINCT ?s) AS ?n) { ?s a <http://x/C> }",
    "SELECT (COUNT(DISTINCT *) AS ?n) { ?s ?p ?o }",
    "SELECT ?p (COUNT(*) AS ?n) { ?s ?p ?o } GROUP BY ?p ORDER BY DESC(?n) ?p",
    "SELECT ?class (COUNT(DISTINCT ?s) AS ?n) WHERE { ?s a ?class } GROUP BY ?class ORDER BY DESC(?n) ASC(?class) LIMIT 2 OFFSET 1",
    "SELECT (COUNT(?s) AS ?n) ?g { GRAPH ?g { ?s ?p ?o } } GROUP BY ?g",
    "SELECT DISTINCT ?p { ?s ?p ?o } ORDER BY DESC(?p) LIMIT 1",
]


@pytest.mark.parametrize("query", ASKED)
@pytest.mark.parametrize("syntax", [QueryResultsFormat.JSON, QueryResultsFormat.XML, QueryResultsFormat.CSV, QueryResultsFormat.TSV])
def test_what_tools_ask_is_known_and_written_as_the_engine_writes_it(query: str, syntax: QueryResultsFormat) -> None:
    store = store_of(DATA)
    known = shortcut(query, statistics_of(store))
    assert known is not None
    assert_same_answer(store, query, known)
    expected, found = written(store, query, syntax), written(store, known, syntax)
    assert sorted(re.split(b"[\r\n]+|[{}]|</?result>", found)) == sorted(re.split(b"[\r\n]+|[{}]|</?result>", expected))


def written(store: Store, query: str, syntax: QueryResultsFormat) -> bytes:
    results = store.query(query)
    assert isinstance(results, QueryBoolean | QuerySolutions)
    content = results.serialize(format=syntax)
    assert content is not None
    return content


@st.composite
def listings(draw: Callable[..., object]) -> str:
    """Queries for what a graph says, whichever it is."""
    pattern = draw(patterns())
    names = draw(st.lists(VARIABLES.map("?{}".format), min_size=1, max_size=4))
    assert isinstance(names, list)
    head = draw(st.sampled_from(["SELECT *", f"SELECT {' '.join(names)}", "CONSTRUCT { ?s ?p ?o }", "CONSTRUCT {?s ex:p ?g .}"]))
    return f"{PROLOGUE}{head} WHERE {{ {pattern} }}"


def content(store: Store, query: str) -> list[str]:
    results = store.query(query)
    assert not isinstance(results, QueryBoolean)
    variables = [str(results.variables)] if isinstance(results, QuerySolutions) else []
    return variables + sorted(str(list(row)) for row in results)


@few
@given(st.lists(quads, max_size=12), listings().flatmap(spelled))
def test_naming_the_graphs_changes_no_answer(found: list[Quad], query: str) -> None:
    store = store_of(found)
    rewritten = with_named_graphs(query, statistics_of(store))
    if rewritten is not None:
        assert content(store, rewritten) == content(store, query)


@pytest.mark.parametrize("head", ["CONSTRUCT {?s ?p ?o}", "SELECT *", "SELECT ?s ?g"])
def test_graphs_are_named_where_any_may_be_meant(head: str) -> None:
    rewritten = with_named_graphs(head + " WHERE {GRAPH ?g {?s ?p ?o}} LIMIT 1", statistics_of(store_of(DATA)))
    assert rewritten is not None
    assert "VALUES ?g { <http://x/g> <http://x/h> }" in rewritten
    assert rewritten.endswith("LIMIT 1")


LEFT = [
    "SELECT (COUNT(*) AS ?n) { ?s ?p <http://x/C> }",
    "SELECT (COUNT(*) AS ?n) { <http://x/1> ?p ?o }",
    "SELECT (COUNT(*) AS ?n) { ?s a <http://x/nothing> }",
    "SELECT (COUNT(DISTINCT ?s) AS ?n) { ?s ?p ?o }",
    "SELECT (COUNT(DISTINCT ?s) AS ?n) { ?s a ?c }",
    "SELECT (COUNT(DISTINCT ?s) AS ?n) { GRAPH ?g { ?s a <http://x/C> } }",
    "SELECT (COUNT(DISTINCT *) AS ?n) { [] ?p ?o }",
    "SELECT (COUNT(?x) AS ?n) { ?s ?p ?o }",
    "SELECT (COUNT(*) AS ?s) { ?s ?p ?o }",
    "SELECT (COUNT(*) AS ?n) FROM <http://x/g> { ?s ?p ?o }",
    "SELECT (COUNT(*) AS ?n) { ?s ?p ?o FILTER(isIRI(?o)) }",
    "SELECT (COUNT(*) AS ?n) { ?s ?p ?o . ?o ?q ?r }",
    "SELECT (COUNT(*) AS ?n) { ?s a/a ?o }",
    "SELECT (COUNT(*) AS ?n) { ?s a* ?o }",
    "SELECT (COUNT(*) AS ?n) { ?s !a ?o }",
    "SELECT (COUNT(*) AS ?n) { ?s a ?o, ?q }",
    "SELECT (COUNT(*) AS ?n) { ?s a ?o; a ?q }",
    "SELECT (COUNT(*) AS ?n) { ?s ?p ?o } HAVING (COUNT(*) > 1)",
    "SELECT (COUNT(*) AS ?n) { ?s ?p ?o } VALUES ?s { <http://x/1> }",
    "SELECT (COUNT(*) + 1 AS ?n) { ?s ?p ?o }",
    "SELECT (COUNT(*) AS ?n) { SERVICE <http://x/g> { ?s ?p ?o } }",
    "SELECT DISTINCT ?s { ?s ?p ?o }",
    "SELECT REDUCED ?p { ?s ?p ?o }",
    "SELECT ?p { ?s ?p ?o }",
    "SELECT ?p ?n { ?s ?p ?o } GROUP BY ?p",
    "SELECT * { ?s ?p ?o } LIMIT 1",
    "SELECT ?p (COUNT(*) AS ?n) { ?s ?p ?o }",
    "SELECT ?p (COUNT(*) AS ?n) { ?s ?p ?o } GROUP BY ?p ORDER BY ?o",
    "SELECT DISTINCT ?p { ?s ?p ?o } LIMIT 1 LIMIT 2",
    "SELECT DISTINCT ?p { ?s ?p ?o } LIMIT 12345678901234567890",
    "BASE <http://x/> SELECT (COUNT(*) AS ?n) { ?s <p> ?o }",
    "SELECT (COUNT(*) AS ?n) { ?s <p> ?o }",
    "SELECT (COUNT(*) AS ?n) { ?s ex:p ?o }",
    r"PREFIX ex: <http://x/\u0061> SELECT (COUNT(*) AS ?n) { ?s ex:p ?o }",
    "CONSTRUCT { ?s ?p ?o } WHERE { GRAPH ?g { ?s ?p ?o } } LIMIT 1",
    "DESCRIBE ?p { ?s ?p ?o }",
    "",
    "SELECT",
    "ASK { ?s ?p ?o } ;",
]


@pytest.mark.parametrize("query", LEFT)
def test_what_statistics_do_not_tell_is_left_to_the_engine(query: str) -> None:
    assert shortcut(query, statistics_of(store_of(DATA))) is None


def test_pages_of_a_list_make_up_the_list() -> None:
    statistics = statistics_of(store_of(DATA))
    store = Store()
    pages = [shortcut(f"SELECT DISTINCT ?c {{ GRAPH ?g {{ [] a ?c }} }} LIMIT 1 OFFSET {offset}", statistics) for offset in range(4)]
    rows = [solutions(store, page)[1] for page in pages if page is not None]  # type: ignore[index]  # SELECT
    assert [len(found) for found in rows] == [1, 1, 0, 0]
    assert rows[0] != rows[1]


def test_long_lists_are_left_to_the_engine_unless_a_part_is_asked_for() -> None:
    statistics = Statistics()
    for number in range(MOST_ROWS + 1):
        statistics.add(f"<http://x/s> <http://x/{number}> <http://x/o> .\n".encode())
    assert shortcut("SELECT DISTINCT ?p { ?s ?p ?o }", statistics) is None
    assert shortcut("SELECT DISTINCT ?p { ?s ?p ?o } LIMIT 100", statistics) is not None
    assert shortcut("SELECT (COUNT(DISTINCT ?p) AS ?n) { ?s ?p ?o }", statistics) is not None


def test_a_release_without_counts_of_named_graphs_leaves_them_to_the_engine() -> None:
    statistics = statistics_of(store_of(DATA))
    statistics.graphs = None
    assert shortcut("SELECT (COUNT(*) AS ?n) { GRAPH ?g { ?s ?p ?o } }", statistics) is None
    assert shortcut("SELECT (COUNT(*) AS ?n) { ?s ?p ?o }", statistics) is not None


@pytest.mark.parametrize("text", ["PREFIX " * 5_000, "?s " * 100_000, "#" * 250_000, "(" * 250_000, "a-" * 10_000, "ASK{" + "[ " * 8_000])
def test_hostile_texts_are_none_of_them(text: str) -> None:
    assert shortcut(text, statistics_of(store_of(DATA))) is None


@few
@given(st.lists(quads, max_size=12))
def test_the_file_of_statistics_holds_what_was_counted(tmp_path_factory: pytest.TempPathFactory, found: list[Quad]) -> None:
    path: Path = tmp_path_factory.mktemp("statistics") / "statistics.json"
    statistics = statistics_of(store_of(found))
    statistics.write(path)
    assert read_statistics(path) == statistics


def test_a_class_that_is_a_triple_is_no_iri() -> None:
    statistics = Statistics()
    statistics.add(b"<http://x/s> <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <<( <http://x/a> <http://x/b> <http://x/c> )>> .\n")
    assert (statistics.classes, statistics.predicates[TYPE.value]) == ({}, 1)


def test_verify_recounts_the_named_graphs(tmp_path: Path) -> None:
    publish(tmp_path, SEEDS[:1])
    folder = DataDirectory(tmp_path).current()
    assert list(problems(folder, deep=True)) == []
    path = folder / "statistics.json"
    statistics = read_statistics(path)
    assert statistics.graphs is not None
    next(iter(statistics.graphs.values())).predicates[TYPE.value] += 1
    statistics.write(path)
    manifest = read_manifest(folder)
    dumps = {file.path: (file.part or "", file.triples or 0) for file in manifest.dumps()}
    manifest.files = listed_files(folder, dumps)
    manifest.write(folder)
    assert list(problems(folder, deep=True)) == [f"{path}: error: the counts of the named graphs are not the store's"]
