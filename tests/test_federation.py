"""Joins with a real foreign graph, a sample of MeSH RDF: from its store to our endpoint, from our dumps to its endpoint, and over both."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pyoxigraph
import pytest
from pyoxigraph import QuerySolutions, RdfFormat
from rdflib import Graph

from rdfgen.namespaces import expand
from rdfgen.release.directory import DataDirectory
from rdfgen.sources import opened
from tests.live import Server, serving
from tests.running import litlod

SAMPLE = Path(__file__).parents[2] / "shared" / "data" / "mesh" / "mesh-samples.nt"
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not SAMPLE.exists(), reason=f"{SAMPLE.name} is not beside the checkout"),
    pytest.mark.filterwarnings("ignore:(ConjunctiveGraph|Dataset.default_context) is deprecated:DeprecationWarning"),  # rdflib's own
]

MESH = "http://id.nlm.nih.gov/mesh/"
PAPER = "https://w3id.org/litlod/paper/PMID"
ABSENT = "D015032"
PREFIXES = f"""PREFIX mesh: <{MESH}>
PREFIX meshv: <{MESH}vocab#>
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
PREFIX schema: <https://schema.org/>
"""

Rows = set[tuple[str, ...]]
Client = Callable[[bytes, str], Rows]


def oxigraph(ntriples: bytes, query: str) -> Rows:
    """The rows that Oxigraph answers with these triples at hand."""
    store = pyoxigraph.Store()
    store.bulk_load(ntriples, format=RdfFormat.N_TRIPLES)
    found = store.query(PREFIXES + query)
    assert isinstance(found, QuerySolutions)
    return unique([tuple(term.value for term in row if not isinstance(term, pyoxigraph.Triple | None)) for row in found])


def rdflib(ntriples: bytes, query: str) -> Rows:
    """The rows that rdflib answers with these triples at hand."""
    graph = Graph().parse(data=ntriples, format="nt")
    return unique([tuple(str(term) for term in row) for row in graph.query(PREFIXES + query) if isinstance(row, tuple)])


def unique(rows: list[tuple[str, ...]]) -> Rows:
    assert len(set(rows)) == len(rows)
    return set(rows)


CLIENTS = pytest.mark.parametrize("client", [oxigraph, rdflib])


# What there is to find, worked out from the text of the sample


def pairs(predicate: str) -> Rows:
    """The descriptors of the sample, by number, with the number or string that the predicate leads to."""
    line = re.compile(rf'^<{MESH}(D\d+)> <{re.escape(predicate)}> (?:<{MESH}([\w#]+)>|"([^"\\]*)"@en) \.$', re.MULTILINE)
    return {(found[1], found[2] or found[3]) for found in line.finditer(SAMPLE.read_text(encoding="utf-8"))}


@pytest.fixture(scope="module")
def labels() -> dict[str, str]:
    found = {number: text for number, text in pairs(expand("rdfs:label")) if number and text}
    assert len(found) > 20
    assert ABSENT not in found
    return found


@pytest.fixture(scope="module")
def mentions(labels: dict[str, str]) -> Rows:
    """Papers by PMID, each with three descriptors of the sample, which others share, and one that the sample lacks."""
    numbers = sorted(labels)
    shared = {(str(first + 1), numbers[(first + step) % len(numbers)]) for first in range(len(numbers)) for step in (0, 1, 5)}
    return shared | {(str(first + 1), ABSENT) for first in range(len(numbers))}


def pubtator(mentions: Rows) -> str:
    papers: dict[str, list[str]] = {}
    for record, number in sorted(mentions):
        papers.setdefault(record, []).append(number)
    return "\n".join(document(record, numbers) for record, numbers in papers.items())


def document(record: str, numbers: list[str]) -> str:
    rows = [f"{record}\t{at * 8}\t{at * 8 + 7}\t{number}\tChemical\t{number}\n" for at, number in enumerate(numbers)]
    return f"{record}|t|{' '.join(numbers)}\n" + "".join(rows)


# Two endpoints


@pytest.fixture(scope="module")
def papers_data(mentions: Rows, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A release of the papers, which says nothing of MeSH but the identifiers."""
    folder = tmp_path_factory.mktemp("papers")
    (folder / "papers.pubtator").write_text(pubtator(mentions), encoding="utf-8")
    done = litlod("build", folder / "papers.pubtator", "--data", folder / "data", "--strict", "--jobs", "1")
    assert done.exit_code == 0, done.stderr
    return folder / "data"


@pytest.fixture(scope="module")
def ours(papers_data: Path) -> Iterator[Server]:
    with serving(papers_data, "--workers", "2") as server:
        yield server


@pytest.fixture(scope="module")
def foreign(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """An endpoint of the sample and nothing else."""
    data = tmp_path_factory.mktemp("mesh") / "data"
    done = litlod("build", "--include", SAMPLE, "--data", data)
    assert done.exit_code == 0, done.stderr
    with serving(data, "--workers", "2") as server:
        yield server


@pytest.fixture(scope="module")
def dumps(papers_data: Path) -> bytes:
    """All N-Triples that the release of the papers offers for download."""
    parts = []
    for path in sorted((DataDirectory(papers_data).current() / "dumps").glob("*.nt.zst")):
        with opened(path) as stream:
            parts.append(stream.read())
    return b"".join(parts)


@CLIENTS
def test_a_store_of_mesh_finds_our_papers_with_its_labels(client: Client, ours: Server, labels: dict[str, str], mentions: Rows) -> None:
    query = f"SELECT ?paper ?label {{ ?d rdfs:label ?label SERVICE <{ours.endpoint}> {{ ?paper schema:mentions ?d }} }}"
    expected = {(PAPER + record, labels[number]) for record, number in mentions if number in labels}
    assert expected
    assert client(SAMPLE.read_bytes(), query) == expected


@CLIENTS
def test_a_store_of_mesh_finds_our_papers_by_what_a_substance_does(client: Client, ours: Server, mentions: Rows) -> None:
    query = f"""SELECT DISTINCT ?paper ?action {{
        ?d meshv:pharmacologicalAction ?action
        SERVICE <{ours.endpoint}> {{ ?paper a schema:ScholarlyArticle ; schema:mentions ?d }} }}"""
    actions = pairs(f"{MESH}vocab#pharmacologicalAction")
    expected = {(PAPER + record, MESH + action) for record, number in mentions for substance, action in actions if number == substance}
    assert expected
    assert client(SAMPLE.read_bytes(), query) == expected


@CLIENTS
def test_a_store_of_our_dumps_finds_the_labels_of_mesh(
    client: Client, foreign: Server, dumps: bytes, labels: dict[str, str], mentions: Rows
) -> None:
    query = f"SELECT ?paper ?label {{ ?paper schema:mentions ?d SERVICE <{foreign.endpoint}> {{ ?d rdfs:label ?label }} }}"
    expected = {(PAPER + record, labels[number]) for record, number in mentions if number in labels}
    assert client(dumps, query) == expected


@CLIENTS
def test_what_mesh_does_not_know_stays_without_a_label(client: Client, foreign: Server, dumps: bytes, mentions: Rows) -> None:
    query = f"""SELECT DISTINCT ?d {{ ?paper schema:mentions ?d
        OPTIONAL {{ SERVICE <{foreign.endpoint}> {{ ?d rdfs:label ?label }} }} FILTER(!BOUND(?label)) }}"""
    assert client(dumps, query) == {(MESH + ABSENT,)}


# Not with rdflib, which sends both patterns of one group to the first endpoint.
def test_a_client_without_data_joins_both_endpoints(ours: Server, foreign: Server, labels: dict[str, str], mentions: Rows) -> None:
    query = f"""SELECT ?paper ?label {{
        SERVICE <{ours.endpoint}> {{ ?paper schema:mentions ?d }}
        SERVICE <{foreign.endpoint}> {{ ?d a meshv:TopicalDescriptor ; rdfs:label ?label }} }}"""
    topics = {number for number, kind in pairs(expand("rdf:type")) if kind == "vocab#TopicalDescriptor"}
    expected = {(PAPER + record, labels[number]) for record, number in mentions if number in topics}
    assert expected
    assert oxigraph(b"", query) == expected
