"""The W3C's SPARQL query tests through the whole server, compared with bare pyoxigraph: `python -m tests.w3c [FOLDER]`.

Each answer of the server, in every format, is read by rdflib and must be the same as what pyoxigraph says of the same store.
How many answers are those that the W3C expects is counted, too.
"""

import logging
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from io import BytesIO
from itertools import groupby
from multiprocessing import get_context
from pathlib import Path

import pyoxigraph
import rdflib
from flask.testing import FlaskClient
from pyoxigraph import QueryBoolean, QuerySolutions, RdfFormat, Store
from rdflib import RDF, Graph
from rdflib.collection import Collection
from rdflib.compare import isomorphic
from rdflib.query import Result
from rdflib.term import Node

from rdfgen.iris import DEFAULT_BASE
from rdfgen.release.directory import DataDirectory
from rdfgen.release.manifest import Manifest
from rdfgen.release.statistics import Statistics
from server.engine.tokens import Kind, tokens
from tests.answers import Bare, as_csv, bare_rows, csv_rows, graph_of, is_expected, same, table
from tests.server_fixtures import serving

FOLDER = Path(__file__).parents[2] / "shared" / "w3c-sparql"
# Files are known by these addresses, which queries name them by.
_ADDRESS = "http://w3c.example/"
_MF = rdflib.Namespace("http://www.w3.org/2001/sw/DataAccess/tests/test-manifest#")
_QT = rdflib.Namespace("http://www.w3.org/2001/sw/DataAccess/tests/test-query#")
_MANIFESTS = (
    *("sparql10/manifest-evaluation.ttl", "sparql10/manifest-syntax.ttl"),
    *("sparql11/manifest-sparql11-query.ttl", "sparql11/manifest-sparql11-results.ttl", "sparql11/manifest-sparql11-fed.ttl"),
)
_EVALUATION = {_MF.QueryEvaluationTest, _MF.CSVResultFormatTest}
_SYNTAX = {_MF.PositiveSyntaxTest, _MF.PositiveSyntaxTest11, _MF.NegativeSyntaxTest, _MF.NegativeSyntaxTest11}
# By the form of query the media types in which its answers are compared, and what rdflib calls them.
_TABLES = {"application/sparql-results+json": "json", "application/sparql-results+xml": "xml"}
_GRAPHS = {"text/turtle": "turtle", "application/n-triples": "nt", "application/rdf+xml": "xml", "application/ld+json": "json-ld"}
_FORMATS = {"SELECT": _TABLES | {"text/tab-separated-values": "tsv", "text/csv": "csv"}, "ASK": _TABLES, "CONSTRUCT": _GRAPHS}
_SYNTAXES = {".ttl": RdfFormat.TURTLE, ".nt": RdfFormat.N_TRIPLES, ".rdf": RdfFormat.RDF_XML}


@dataclass(frozen=True, slots=True)
class Case:
    """A test: its query, the files of its default graph and of its named graphs, and what the W3C expects."""

    name: str
    query: Path
    data: tuple[Path, ...] = ()
    named: tuple[Path, ...] = ()
    expected: Path | None = None

    def text(self, folder: Path) -> str:
        """The query with the address of its file as its base."""
        return f"BASE <{_address(self.query, folder)}> {self.query.read_text(encoding='utf-8')}"


@dataclass(slots=True)
class Outcome:
    """How many tests were compared, which differ, and how many answers are those that the W3C expects."""

    counts: Counter[str] = field(default_factory=Counter)
    differences: list[str] = field(default_factory=list)
    unexpected: list[str] = field(default_factory=list)


def cases(folder: Path = FOLDER) -> list[Case]:
    """The query tests, those on the same data together."""
    found = [case for name in _MANIFESTS for case in _cases(folder / name, folder)]
    return sorted(found, key=lambda case: (case.data, case.named, case.name))


def _cases(manifest: Path, folder: Path) -> Iterator[Case]:
    graph = Graph().parse(manifest, publicID=_address(manifest, folder))
    for included in graph.objects(None, _MF.include):
        for path in Collection(graph, included):
            yield from _cases(_path(path, folder), folder)
    for entries in graph.objects(None, _MF.entries):
        for entry in Collection(graph, entries):
            if set(graph.objects(entry, RDF.type)) & (_EVALUATION | _SYNTAX):
                yield _case(graph, entry, folder)


def _case(graph: Graph, entry: Node, folder: Path) -> Case:
    (action,) = graph.objects(entry, _MF.action)
    query = graph.value(action, _QT.query)
    data = [_path(path, folder) for path in graph.objects(action, _QT.data)]
    named = [_path(path, folder) for path in graph.objects(action, _QT.graphData)]
    path = _path(query or action, folder)
    if not data and not named and query is not None:
        named = list(_sources(path))
    is_evaluated = bool(set(graph.objects(entry, RDF.type)) & _EVALUATION)
    result = graph.value(entry, _MF.result) if is_evaluated else None
    name = f"{path.parent.relative_to(folder)}: {graph.value(entry, _MF.name)}"
    return Case(name, path, tuple(sorted(data)), tuple(sorted(named)), _path(result, folder) if result is not None else None)


def _sources(query: Path) -> Iterator[Path]:
    """The files that the query takes its data from by FROM."""
    last = ""
    for token in tokens(query.read_text(encoding="utf-8")):
        if last in ("FROM", "NAMED") and token.kind is Kind.IRI:
            yield query.parent / token.text[1:-1]
        last = token.text.upper()


def _address(path: Path, folder: Path) -> str:
    return _ADDRESS + path.relative_to(folder).as_posix()


def _path(address: Node, folder: Path) -> Path:
    return folder / str(address).removeprefix(_ADDRESS)


def publish(case: Case, folder: Path, directory: DataDirectory) -> str:
    """Make a release of the test's data, with statistics, the current one; returns the folder of its store."""
    number = len(list(directory.releases.iterdir())) if directory.releases.is_dir() else 0
    release = directory.releases / f"{number:016x}"
    release.mkdir(parents=True)
    store = Store(str(release / "store"))
    for paths, is_named in ((case.data, False), (case.named, True)):
        for path in paths:
            graph = pyoxigraph.NamedNode(_address(path, folder)) if is_named else pyoxigraph.DefaultGraph()
            store.load(path=str(path), format=_SYNTAXES[path.suffix], base_iri=_address(path, folder), to_graph=graph)
    store.flush()
    statistics = _statistics(store)
    statistics.write(release / "statistics.json")
    named = {name: graph.triples for name, graph in (statistics.graphs or {}).items()}
    Manifest(release.name, DEFAULT_BASE, {}, "2026-01-01T00:00:00Z", [], {}, {"": statistics.triples} | named, {}).write(release)
    directory.publish(release)
    return str(release / "store")


def _statistics(store: Store) -> Statistics:
    found = _counted(store, pyoxigraph.DefaultGraph())
    found.graphs = {graph.value: _counted(store, graph) for graph in store.named_graphs()}
    return found


def _counted(store: Store, graph: pyoxigraph.DefaultGraph | pyoxigraph.NamedNode | pyoxigraph.BlankNode) -> Statistics:
    found = Statistics()
    for quad in store.quads_for_pattern(None, None, None, graph):
        found.add(f"{quad.triple} .\n".encode())
    return found


def bare(store: str, text: str) -> Bare:
    """What pyoxigraph itself says, its terms as N-Triples."""
    try:
        found = Store.read_only(store).query(text)
        if isinstance(found, QueryBoolean):
            return Bare("ASK", truth=bool(found))
        if isinstance(found, QuerySolutions):
            rows = [tuple(str(term) if term is not None else None for term in row) for row in found]
            return Bare("SELECT", [variable.value for variable in found.variables], rows)
        return Bare("CONSTRUCT", rows=[tuple(map(str, triple)) for triple in found])
    except (SyntaxError, ValueError, RuntimeError, OSError) as error:
        return Bare(type(error).__name__)


def compared(client: FlaskClient, text: str, truth: Bare) -> Iterator[str]:
    """What the server says otherwise than pyoxigraph."""
    if truth.form in _FORMATS:
        for media_type, name in _FORMATS[truth.form].items():
            yield from _COMPARED[name if name == "csv" else truth.form](client, text, truth, media_type, name)
    elif (status := _asked(client, text, "*/*")[0]) != 400:
        yield f"{status} for what is a {truth.form}"


def _asked(client: FlaskClient, text: str, accept: str) -> tuple[int, bytes]:
    response = client.post(
        "/sparql", data=text.encode(), content_type="application/sparql-query", headers={"Accept": accept}, buffered=True
    )
    return response.status_code, response.data


def _content(client: FlaskClient, text: str, accept: str) -> bytes:
    status, content = _asked(client, text, accept)
    if status != 200:
        raise AssertionError(f"{status}: {content.decode()}")
    return content


def _compared_table(client: FlaskClient, text: str, truth: Bare, media_type: str, name: str) -> Iterator[str]:
    variables, rows = table(_content(client, text, media_type), name)
    if sorted(variables) != sorted(truth.variables):
        yield f"other variables in {media_type}: {variables}"
    if not same(rows, bare_rows(truth), in_order="ORDER BY" in text.upper()):
        yield f"other rows in {media_type}"


def _compared_csv(client: FlaskClient, text: str, truth: Bare, media_type: str, _: str) -> Iterator[str]:
    if not same(csv_rows(_content(client, text, media_type)), as_csv(bare_rows(truth)), in_order="ORDER BY" in text.upper()):
        yield f"other rows in {media_type}"


def _compared_truth(client: FlaskClient, text: str, truth: Bare, media_type: str, name: str) -> Iterator[str]:
    answer = Result.parse(BytesIO(_content(client, text, media_type)), format=name).askAnswer
    if answer != truth.truth:
        yield f"{answer} in {media_type}"


def _compared_graph(client: FlaskClient, text: str, truth: Bare, media_type: str, name: str) -> Iterator[str]:
    if not isomorphic(graph_of(truth.rows), Graph().parse(data=_content(client, text, media_type), format=name)):
        yield f"other triples in {media_type}"


_COMPARED = {"SELECT": _compared_table, "csv": _compared_csv, "ASK": _compared_truth, "CONSTRUCT": _compared_graph}


def run(chosen: Iterable[Case], folder: Path = FOLDER, say: Callable[[str], None] = lambda _: None) -> Outcome:
    """Compare the server with pyoxigraph, which runs in a process of its own, in these tests."""
    outcome = Outcome()
    normalizes, rdflib.NORMALIZE_LITERALS = rdflib.NORMALIZE_LITERALS, False
    try:
        with (
            tempfile.TemporaryDirectory() as data,
            serving(Path(data), workers=1) as app,
            ProcessPoolExecutor(1, get_context("spawn")) as process,
        ):
            for _, group in groupby(chosen, key=lambda case: (case.data, case.named)):
                members = list(group)
                store = publish(members[0], folder, DataDirectory(Path(data)))
                for case in members:
                    say(case.name)
                    truth = process.submit(bare, store, case.text(folder)).result(60)
                    _judge(case, folder, app.test_client(), truth, outcome)
    finally:
        rdflib.NORMALIZE_LITERALS = normalizes
    return outcome


def _judge(case: Case, folder: Path, client: FlaskClient, truth: Bare, outcome: Outcome) -> None:
    text = case.text(folder)
    if "SERVICE" in {token.text.upper() for token in tokens(text) if token.kind is Kind.WORD}:
        outcome.counts["with SERVICE, refused"] += 1
        found = [] if _asked(client, text, "*/*")[0] == 403 else ["SERVICE is not refused"]
    else:
        outcome.counts[f"compared: {truth.form if truth.form in ('SELECT', 'ASK', 'CONSTRUCT') else 'refused by both'}"] += 1
        found = list(compared(client, text, truth))
        if case.expected is not None:
            _count_expected(case, truth, _address(case.expected, folder), outcome)
    outcome.differences += [f"{case.name}: {difference}" for difference in found]


def _count_expected(case: Case, truth: Bare, address: str, outcome: Outcome) -> None:
    assert case.expected is not None
    outcome.counts["evaluation tests"] += 1
    if truth.form in ("SELECT", "ASK", "CONSTRUCT") and is_expected(truth, case.expected, address):
        outcome.counts["as the W3C expects, to the letter"] += 1
    else:
        outcome.unexpected.append(case.name)


def main() -> None:
    """Run all tests and print what was found."""
    logging.getLogger("rdflib").setLevel(logging.ERROR)  # It warns of each ill-typed literal, and tests are full of them.
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else FOLDER
    outcome = run(cases(folder), folder)
    for name, number in sorted(outcome.counts.items()):
        print(f"{number:5} {name}")
    print(f"{len(outcome.differences):5} differences", *outcome.differences, sep="\n      ")
    print(f"{len(outcome.unexpected):5} answers that differ from those of the W3C", *outcome.unexpected, sep="\n      ")
    sys.exit(bool(outcome.differences))


if __name__ == "__main__":
    main()
