"""The scanner of SPARQL tokens, and the gate before the parser; pyoxigraph says what it would do itself."""

import multiprocessing
import resource
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyoxigraph import RdfFormat, Store

from server.config import Config
from server.engine.gate import check
from server.engine.measures import Measures, measures
from server.engine.query import BadQuery, QueryError, RefusedQuery, TooLargeQuery
from server.engine.tokens import Kind, matching, tokens
from tests.stalling import STALLING, largest, repeated

# The scanner

MEGABYTE = 1 << 20
LENGTH = MEGABYTE >> 4
PIECES = [
    *("'", '"', "<", "#", "\\", ".", "-", ":", "@", "?", "%", "{", "(", "a", "_", "1", "\n", " ", "é", "\0"),
    *("'''", '"""', "'\n", '"\\', "<a", "<\\u0041", "a.", "a-", "a:", ".:", "@a-", "a:\\", "a:.", "a:%", "#\n", "'a' ", "''''"),
    *(
        '"""x"\\',
        "'''x'\\",
        '"""x"a:\\"',
        '""" \\"',
        '"""\\"""',
        "'''\"\\'",
        "?a<",
        "<?a",
        "1.",
        "a:b.",
        "a:b..",
        "_:",
        "_:a.",
        "1e",
        "1e+",
    ),
    *("?a<b&&c>", "?a<b)c>", "a-a.", "a.-", ".1", "--", "@a--"),
]


@pytest.mark.parametrize("piece", PIECES)
@pytest.mark.parametrize("start", ["", "'''"])
def test_the_scanner_takes_time_in_proportion_to_the_text(start: str, piece: str) -> None:
    assert scanned_within((start + piece * LENGTH)[:LENGTH], seconds=1)


@pytest.mark.parametrize("piece", ["'", '"', "<", "#", "\\"])
def test_the_scanner_is_quick_on_a_megabyte(piece: str) -> None:
    assert scanned_within(piece * MEGABYTE, seconds=3)


def test_the_scanner_is_quick_on_space_at_the_end() -> None:
    assert scanned_within("ASK {}" + " " * MEGABYTE, seconds=1)


def scanned_within(query: str, seconds: float) -> bool:
    begin = time.process_time()
    for number, _ in enumerate(tokens(query)):
        if number % 1_000 == 0 and time.process_time() - begin > seconds:
            return False
    return time.process_time() - begin < seconds


@given(st.text(alphabet=st.sampled_from("'\"<>#\\.:-@?%{}()[]&| \nau04é\0\ud800SERVICE"), max_size=60) | st.text(max_size=60))
def test_the_scanner_never_raises_and_loses_no_place(query: str) -> None:
    end = 0
    for token in tokens(query):
        assert query[token.start : token.start + len(token.text)] == token.text
        assert not query[end : token.start].strip(" \t\r\n")
        end = token.start + len(token.text)


@given(st.lists(st.sampled_from(["'a\\'b'", '"""x"y"""', "<a:b>", "?x", "a:b", "{", "}", "12", "SERVICE", "@en", "# c\n", "'''\n'''"])))
def test_tokens_set_apart_are_found_again(found: list[str]) -> None:
    assert [token.text for token in tokens(" ".join(found))] == [text.rstrip("\n") for text in found]


def test_a_comment_hides_what_an_iri_does_not() -> None:
    kinds = [token.kind for token in tokens("<http://x/#SERVICE> # SERVICE\rSERVICE")]
    assert kinds == [Kind.IRI, Kind.COMMENT, Kind.WORD]


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("?o.m:D003866", ["?o", ".", "m:D003866"]),
        ("1.GRAPH <A>", ["1", ".", "GRAPH", "<A>"]),
        ("?o.GRAPH{}.GRAPH", ["?o", ".", "GRAPH", "{", "}", ".", "GRAPH"]),
        ("1.5e3 1.e5 .5 1. 1.5.", ["1.5e3", "1.e5", ".5", "1", ".", "1.5", "."]),
        ("1SERVICE:x 1eSERVICE", ["1", "SERVICE:x", "1", "eSERVICE"]),
        ("a.b:c a.b.:c", ["a.b:c", "a", ".", "b", ".", ":c"]),
        ("m:a.b..c. m:1 m:-1 :.", ["m:a.b..c", ".", "m:1", "m:", "-", "1", ":", "."]),
        ("_:b.1.?x", ["_:b.1", ".", "?x"]),
        ("'a'@en--ltr.x:y '1'^^x:y", ["'a'", "@en--ltr", ".", "x:y", "'1'", "^", "^", "x:y"]),
        ("true.FILTER", ["true", ".", "FILTER"]),
        ("?a-1", ["?a", "-", "1"]),
        ("?a<?b&&?c>?d", ["?a", "<", "?b", "&&", "?c", ">", "?d"]),
        ("?s<http://x/a_(b)>?o", ["?s", "<http://x/a_(b)>", "?o"]),
        ("a:b\\-c%41 ?é·1", ["a:b\\-c%41", "?é·1"]),
    ],
)
def test_tokens_are_parted_as_the_grammar_does(text: str, parts: list[str]) -> None:
    assert [token.text for token in tokens(text)] == parts


@pytest.mark.parametrize(("text", "index", "end"), [("{ ( ) [ ] } }", 0, 5), ("{ ( ) [ ] } }", 1, 2), ("{ ( }", 0, None), ("{ {", 0, None)])
def test_the_bracket_that_closes_another_is_found(text: str, index: int, end: int | None) -> None:
    assert matching(list(tokens(text)), index) == end


# The gate

LIMITS = Config(max_query_bytes=100, max_query_depth=3)


@pytest.mark.parametrize(
    "query", ["ASK { { {} } }", "ASK { FILTER((1)) }", "ASK {} # {{{{{{", "ASK { ?s ?p '{{{{' } # }", "ASK {} {} {} {}", "é" * 50]
)
def test_the_gate_lets_in_what_keeps_its_limits(query: str) -> None:
    check(query, LIMITS)


@pytest.mark.parametrize("query", ["ASK { { { {} } } }", "ASK { { { ( } } }", "ASK { [ [ [", "{{{{", "}}}}{{{{"])
def test_the_gate_refuses_deep_nesting(query: str) -> None:
    with pytest.raises(BadQuery, match="max_query_depth"):
        check(query, LIMITS)


@pytest.mark.parametrize("query", ["a" * 101, "é" * 51, "# " + "\ud800" * 40])
def test_the_gate_counts_bytes(query: str) -> None:
    with pytest.raises(TooLargeQuery, match="max_query_bytes"):
        check(query, LIMITS)


@pytest.mark.parametrize("query", ["ASK { SERVICE <a:a> {} }", "DELETE WHERE { ?s ?p ?o }", "BASE <a:a> prefix x: <a:a> insert data {}"])
def test_the_gate_refuses_what_is_not_done_here(query: str) -> None:
    with pytest.raises(RefusedQuery):
        check(query, LIMITS)


def measured(query: str) -> Measures:
    return measures([token for token in tokens(query) if token.kind is not Kind.COMMENT])


@pytest.mark.parametrize(
    ("patterns", "group"),
    [
        (0, ""),
        (1, "?s ?p ?o"),
        (3, "?s ?p ?o . ?s ?p ?o ; a ?o . "),
        (4, "?s ?p ?o , 1 , 'a' , true"),
        (2, "?s ?p ?o FILTER(?o > 1 && ex:f(?o)) BIND(1 AS ?x) ?s ?p ?x"),
        (3, "?s ?p [ ex:p ?x ; ex:q 1 ]"),
        (5, "?s ?p ( 1 2 )"),
        (5, "?s a( 1 2 )"),
        (5, "?s ^ex:p ( ?x ?y )"),
        (7, "?s ?p ( 1 ( 2 ) )"),
        (3, "?s ex:a/ex:b/ex:c ?o"),
        (1, "?s (ex:a|^ex:b)* ?o"),
        (2, "?s ex:a ?o ; (ex:a|!(ex:b|ex:c)) ?o ;;;"),
        (2, "GRAPH ?g { ?s ?p ?o } ?o ?p ?s"),
        (2, "?s ?p ?o {| ex:q ?x |}"),
        (2, "{ ?s ?p ?o } ?o ?p ?s"),
        (1, "FILTER NOT EXISTS { ?s ?p ?o }"),
        (1, "VALUES (?a ?b) { (1 2) (UNDEF ex:a) } "),
    ],
)
def test_patterns_are_counted_as_the_parser_sees_them(patterns: int, group: str) -> None:
    found = measured(f"SELECT ?s (COUNT(*) AS ?n) WHERE {{ {group} }} GROUP BY ?s ORDER BY DESC(?n) (?s)").patterns
    assert patterns <= found <= patterns + 1


def test_what_is_planned_apart_counts_apart() -> None:
    ten = " . ".join(f"?s ex:p{number} ?o{number}" for number in range(10))
    assert measured("ASK { " + " UNION ".join([f"{{ {ten} }}"] * 100) + " }").patterns < 60
    assert measured("ASK { ?s ?p ?o " + f"OPTIONAL {{ {ten} }} " * 10 + "}").patterns < 50
    assert measured("ASK { " + f"{{ {ten} }} " * 10 + "}").patterns == 100
    assert measured("ASK { ?s ?p ?o " + "OPTIONAL { ?s ?p ?o " * 60 + "}" * 61).patterns > 100


@pytest.mark.parametrize(("limit", "query"), STALLING.values(), ids=STALLING.keys())
def test_the_gate_names_the_limit_what_is_there_and_the_setting(limit: str, query: Callable[[int], str]) -> None:
    with pytest.raises(BadQuery, match=rf"\d+ .*the limit here is \d+ \(max_query_{limit}\)"):
        check(query(2_000), Config())


@pytest.mark.parametrize(("limit", "query"), STALLING.values(), ids=STALLING.keys())
def test_the_gate_lets_in_a_reasonable_number_of_everything(limit: str, query: Callable[[int], str]) -> None:
    check(query({"path": 10, "depth": 30, "patterns": 30}.get(limit, 150)), Config())


@pytest.mark.slow
def test_what_the_gate_lets_in_is_planned_in_time() -> None:
    queries = {name: query(largest(query)) for name, (_, query) in STALLING.items()}
    process = multiprocessing.get_context("spawn").Process(target=_plan, args=(queries, 5))
    process.start()
    process.join()
    assert process.exitcode == 0


def _plan(queries: dict[str, str], seconds: int) -> None:
    """Evaluate queries in a process of their own, which dies if all of them take more than a minute."""
    resource.setrlimit(resource.RLIMIT_CPU, (60, 60))
    for name, query in queries.items():
        begin = time.process_time()
        try:
            Store().query(query)
        except SyntaxError as error:
            raise AssertionError(name) from error
        assert time.process_time() - begin < seconds, name


@pytest.mark.parametrize("declared", ["PREFIX a: <http://x/{}>", "base <http://x/{}>", "PREFIX b:<b:b>prefix:<http://x/{}>"])
def test_the_gate_refuses_prefixes_that_make_names_huge(declared: str) -> None:
    check(declared.format("a" * 1_900) + " ASK {}", Config())
    with pytest.raises(BadQuery, match="3009 characters; the limit here is 2000"):
        check(declared.format("a" * 3_000) + " ASK {}", Config())


def test_other_iris_may_be_long() -> None:
    check(f"PREFIX a: <a:a> ASK {{ ?s ?p <data:{'a' * 10_000}> }}", Config())


def test_large_tables_and_lists_of_federated_queries_pass() -> None:
    config = replace(Config(), max_query_bytes=2_000_000)
    rows = repeated("(<http://x/#> 'text')", 50_000, " ")
    check(f"SELECT * {{ VALUES (?s ?o) {{ {rows} }} ?s ?p ?o }}", config)
    check("SELECT * { ?s ?p ?o FILTER(?o IN (" + repeated("-1.5", 50_000, ", ") + ")) }", config)
    check(f"SELECT * {{ {{ SELECT * {{ VALUES (?s ?o) {{ {repeated('(<http://x/#> UNDEF)', 1_000)} }} ?s ?p ?o }} }} }}", Config())
    check("SELECT * { " + repeated("{ ?s ?p ?o_# . VALUES ?s { <a:#> } }", 100, " UNION ") + " }", Config())


@pytest.mark.parametrize("path", sorted((Path(__file__).parent.parent / "ontology" / "examples").glob("*.ttl")), ids=lambda path: path.stem)
def test_examples_are_far_from_every_limit(path: Path) -> None:
    texts = [
        quad.object.value
        for quad in quads_of(path)
        if quad.predicate.value.rpartition("#")[2] in ("select", "ask", "construct", "describe")
    ]
    assert texts
    for text in texts:
        found = measured(text)
        assert found.patterns <= 50
        assert found.branches <= 100
        assert found.path <= 10


_FORMS = ("select", "ask", "construct", "describe")


def quads_of(path: Path) -> Store:
    store = Store()
    store.load(path=str(path), format=RdfFormat.TURTLE)
    return store


@pytest.mark.parametrize(
    "piece", ["{}", "a.", "a ", "1,", "?a<b&&c>", "((", "[", "<<", "|", "!", "FILTER", "OPTIONAL{", "{}UNION", "SERVICE:a "]
)
@pytest.mark.parametrize("start", ["", "SELECT * { FILTER(", "SELECT * { ?s ?p ("])
def test_the_gate_takes_time_in_proportion_to_the_text(start: str, piece: str) -> None:
    query = (start + piece * 50_000)[:50_000]
    begin = time.process_time()
    with suppress(QueryError):
        check(query, Config())
    assert time.process_time() - begin < 1


@given(st.text(alphabet=st.sampled_from("'\"<>#\\.:-@?%{}()[]&|/!~;,= \nau04é\0\ud800"), max_size=60))
def test_the_gate_raises_nothing_but_refusals(query: str) -> None:
    with suppress(QueryError):
        check("SELECT * { ?s ?p ?o " + query, Config())


@given(
    st.lists(st.sampled_from(["{", "}", "(", ")", "[", "]", "VALUES", "FILTER", "EXISTS", "UNION", "OPTIONAL", "?x", "SELECT", "<", "."]))
)
def test_measures_of_anything_are_had(words: list[str]) -> None:
    assert min(measured(" ".join(words))[:2]) >= 0


# SERVICE

PROLOGUE = "PREFIX : <http://127.0.0.1:1/> PREFIX m: <http://127.0.0.1:1/> PREFIX service: <http://127.0.0.1:1/> "
BEFORE = [
    *(
        "",
        " ",
        ".",
        "?s ?p ?o",
        "?s ?p ?o.",
        "?s ?p 1",
        "?s ?p 1.",
        "?s ?p 1e0",
        "?s ?p 'a'",
        "?s ?p 'a'@en",
        "?s ?p 'a'^^m:b",
        "?s ?p m:a",
    ),
    *("?s ?p m:a.", "?s ?p _:b", "?s ?p true", "?s ?p <http://a>", "?s a ?o.", "OPTIONAL{}", "BIND(1 AS ?x)", "FILTER(1<2)", "{}UNION"),
    *(
        "FILTER(?s<?o||?s!=?o)",
        "FILTER(?s<?o)",
        "FILTER(BOUND(?s)&&?s<?o||1)",
        "#\n",
        "#>\n",
        "VALUES ?v {1}",
        "{",
        "OPTIONAL{",
        "{SELECT*{",
    ),
    *("FILTER EXISTS{", "GRAPH service:x {}", "?s ?p service:x.", "?s ?p '''\"'''", "MINUS{", "?s?p?o;;."),
]
CALLS = [
    *(
        "SERVICE<http://127.0.0.1:1/>",
        "SERVICE <http://127.0.0.1:1/>",
        "service:x",
        "SERVICE:x",
        "sErViCe m:x",
        "SERVICE#>\n<http://127.0.0.1:1/>",
    ),
    *("SERVICE m:x#>\n", "SERVICE#\n:x", "SERVICE:x#'\n", "SERVICE service:x", "serviceservice:x"),
]


def calls_out(store: Store, query: str) -> bool:
    """Whether pyoxigraph takes the query and tries to reach the port 1, which it refuses itself."""
    try:
        list(store.query(query))  # type: ignore[arg-type]  # all are SELECT
    except OSError:
        return True
    except (SyntaxError, ValueError, RuntimeError):
        return False
    return False


@pytest.fixture(scope="module")
def store() -> Store:
    found = Store()
    found.load(b"<a:a> <a:a> <a:a> , 1 , 'a' .", RdfFormat.TURTLE)
    return found


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize("before", BEFORE)
def test_no_service_that_pyoxigraph_sees_gets_past_the_gate(store: Store, before: str, call: str) -> None:
    query = closed(f"SELECT*{{{before}{call}{{}}}}")
    if calls_out(store, query):
        with pytest.raises(RefusedQuery):
            check(query, Config())


@given(
    before=st.lists(st.sampled_from(BEFORE), max_size=4),
    call=st.sampled_from(CALLS),
    behind=st.sampled_from(["", "#>\n", ".?s ?p ?o", "."]),
)
def test_no_service_among_anything_gets_past_the_gate(store: Store, before: list[str], call: str, behind: str) -> None:
    query = closed(f"SELECT*{{{''.join(before)}{call}{{}}{behind}}}")
    if calls_out(store, query):
        with pytest.raises(RefusedQuery):
            check(query, Config())


def closed(query: str) -> str:
    return PROLOGUE + query + "}" * (query.count("{") - query.count("}"))


@pytest.mark.parametrize("call", CALLS)
def test_pyoxigraph_sees_a_service_however_it_is_written(store: Store, call: str) -> None:
    assert calls_out(store, closed(f"SELECT*{{?s ?p ?o.{call}{{}}"))


@pytest.mark.parametrize(
    "query", [r"SELECT * { \u0053ERVICE <http://127.0.0.1:1/> {} }", r"SELECT * { SERVIC\u0045 <http://127.0.0.1:1/> {} }"]
)
def test_pyoxigraph_reads_no_escapes_in_keywords(store: Store, query: str) -> None:
    with pytest.raises(SyntaxError):
        store.query(query)


@pytest.mark.parametrize(
    "query",
    [
        "ASK { ?service ?p <http://x/service> }",
        "ASK { ?s ?p 'SERVICE <a:a> {}' } # SERVICE",
        "PREFIX service: <a:a> ASK { ?s service:p service:x . GRAPH service:g { ?s ?p ?o } }",
        "PREFIX bd: <a:a> ASK { ?s bd:serviceParam bd:SERVICE }",
        "ASK { ?s ?p ?o FILTER(?o < 'service') }",
    ],
)
def test_what_is_no_service_passes(query: str) -> None:
    check(query, Config())
