"""Pages of an answer put together are the answer, however the query is written."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyoxigraph import Literal, NamedNode, Quad, QuerySolutions, Store

from server.engine.paging import page

NUMBERS = "VALUES ?x { 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 }"
SPACES = st.sampled_from([" ", "\n", "\t ", " # LIMIT 1\n", "#\n#\n"])
STARTS = [
    f"SELECT ?x {{ {NUMBERS} }}",
    f"PREFIX limit: <http://limit/> SELECT * WHERE {{ {NUMBERS} }}",
    f"SELECT DISTINCT ?x FROM <http://x/LIMIT> WHERE {{ {{ SELECT ?x {{ {NUMBERS} }} LIMIT 9 OFFSET 1 }} }}",
    f"SELECT ?x (COUNT(*) AS ?limit) {{ {NUMBERS} }} GROUP BY ?x HAVING (COUNT(*) > 0)",
    f"SELECT ?x ('}} OFFSET 3' AS ?offset) {{ {NUMBERS} }}",
    "SELECT ?x { ?s <http://x/p> ?x FILTER(?x != <http://x/LIMIT>) }",
]
ENDS = ["", " VALUES ?y { 1 2 }", "# the end LIMIT 2"]


@st.composite
def queries(draw: st.DrawFn) -> str:
    """A query whose order of rows is determined, with clauses in any order and spelling."""
    clauses = draw(st.permutations(["LIMIT", "OFFSET"]))
    written = ["ORDER", "BY", "?x", "?y"]
    for clause in clauses[: draw(st.integers(0, 2))]:
        written += [draw(st.sampled_from([clause, clause.lower(), clause.title()])), str(draw(st.integers(0, 20)))]
    return draw(st.sampled_from(STARTS)) + "".join(draw(SPACES) + word for word in written) + draw(SPACES) + draw(st.sampled_from(ENDS))


@pytest.fixture(scope="module")
def store() -> Store:
    found = Store()
    found.extend(Quad(NamedNode(f"http://x/{number}"), NamedNode("http://x/p"), Literal(number)) for number in range(13))
    return found


def rows(store: Store, query: str) -> list[str]:
    found = store.query(query)
    assert isinstance(found, QuerySolutions)
    return [str(row) for row in found]


@given(queries(), st.integers(1, 12))
def test_pages_together_are_the_whole_answer(store: Store, query: str, most: int) -> None:
    found: list[str] = []
    while True:
        wanted = page(query, len(found), most)
        assert wanted is not None
        part = rows(store, wanted.text)
        found += part
        has_more = wanted.rest is not None and bool(rows(store, wanted.rest))
        assert len(part) == most or (len(part) < most and not has_more)
        if not has_more:
            break
    assert found == rows(store, query)


@given(queries(), st.integers(0, 25))
def test_skipping_rows_gives_the_others(store: Store, query: str, skipped: int) -> None:
    wanted = page(query, skipped, 0)
    assert wanted is not None
    assert rows(store, wanted.text) == rows(store, query)[skipped:]


@given(st.text(alphabet="{}()'\"#<> LIMITOFSELCAVU?x0123\n"), st.integers(0, 5), st.integers(0, 5))
def test_no_text_is_too_strange(text: str, skipped: int, most: int) -> None:
    page(f"SELECT {text}", skipped, most)


@pytest.mark.parametrize("query", ["ASK {}", "", "nonsense", "INSERT DATA {}"])
def test_what_has_no_rows_has_no_pages(query: str) -> None:
    assert page(query, 0, 10) is None
