"""The comparison with pyoxigraph on the W3C's tests: a sample of it, all of it where slow tests run, and whether it would notice."""

from dataclasses import replace
from pathlib import Path

import pytest
from rdflib import BNode, Literal, URIRef

from rdfgen.release.directory import DataDirectory
from tests.answers import Bare, Row, same
from tests.server_fixtures import serving
from tests.w3c import FOLDER, Case, cases, compared, publish, run
from tests.w3c import bare as said_by_pyoxigraph

pytestmark = pytest.mark.filterwarnings("ignore:ConjunctiveGraph is deprecated:DeprecationWarning")  # in rdflib's reader of JSON-LD
NEEDS_TESTS = pytest.mark.skipif(
    not FOLDER.is_dir(), reason="the tests of the W3C are not here; python -m tests.w3c FOLDER has a place for them"
)


@NEEDS_TESTS
def test_the_server_answers_a_sample_of_the_tests_as_pyoxigraph_does() -> None:
    outcome = run(cases()[::16])
    assert not outcome.differences
    assert outcome.counts["compared: SELECT"] > 15
    assert outcome.counts["as the W3C expects, to the letter"] > 0.8 * outcome.counts["evaluation tests"] > 15


@pytest.mark.slow
@NEEDS_TESTS
def test_the_server_answers_all_tests_as_pyoxigraph_does() -> None:
    outcome = run(cases())
    assert not outcome.differences
    assert sum(number for name, number in outcome.counts.items() if name.startswith("compared")) > 800


@pytest.fixture
def case(tmp_path: Path) -> Case:
    (tmp_path / "data.ttl").write_text("<a:s> <a:p> 1, 01, 'x'@en, _:b .", encoding="utf-8")
    return Case("own", tmp_path / "query.rq", (tmp_path / "data.ttl",))


@pytest.mark.parametrize(
    ("query", "change"),
    [
        ("SELECT ?o { ?s ?p ?o }", lambda truth: replace(truth, rows=truth.rows[1:])),
        ("SELECT ?o { ?s ?p ?o }", lambda truth: replace(truth, rows=[*truth.rows, truth.rows[0]])),
        ("SELECT ?o { ?s ?p ?o }", lambda truth: replace(truth, rows=[((row[0] or "").replace("@en", "@de"),) for row in truth.rows])),
        ("SELECT ?o { ?s ?p ?o }", lambda truth: replace(truth, variables=["x"])),
        ("ASK {}", lambda truth: replace(truth, truth=False)),
        ("CONSTRUCT WHERE { ?s ?p ?o }", lambda truth: replace(truth, rows=truth.rows[1:])),
        ("SELECT ?o { ?s ?p ?o }", lambda _: Bare("SyntaxError")),
    ],
)
def test_a_difference_is_noticed(case: Case, tmp_path: Path, query: str, change: object) -> None:
    with serving(tmp_path / "served", workers=1) as app:
        store = publish(case, tmp_path, DataDirectory(tmp_path / "served"))
        truth = said_by_pyoxigraph(store, query)
        assert not list(compared(app.test_client(), query, truth))
        assert callable(change)
        assert list(compared(app.test_client(), query, change(truth)))


def test_solutions_are_the_same_whatever_blank_nodes_are_called() -> None:
    first: list[Row] = [{"x": BNode("a"), "y": BNode("b")}, {"x": BNode("b")}, {"x": Literal(1)}]
    assert same(first, [{"x": Literal(1)}, {"x": BNode("d"), "y": BNode("c")}, {"x": BNode("c")}])
    assert not same(first, [{"x": Literal(1)}, {"x": BNode("d"), "y": BNode("c")}, {"x": BNode("d")}])


def test_the_order_of_solutions_counts_where_it_is_asked_for() -> None:
    rows: list[Row] = [{"x": URIRef("a:a")}, {"x": URIRef("a:b")}]
    assert same(rows, rows[::-1])
    assert not same(rows, rows[::-1], in_order=True)
