"""The example queries: each has SIB's form, is let in, and has the answer that tests/data/examples says, which people checked."""

import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs

import pytest
from flask.testing import FlaskClient
from pyoxigraph import NamedNode, QueryBoolean, QueryResultsFormat, QuerySolutions, RdfFormat, Store
from rdflib import RDF, Graph, Namespace, URIRef
from rdflib.plugins.sparql import prepareQuery

from rdfgen.iris import DEFAULT_BASE, Iris
from rdfgen.namespaces import MESH_TERMS, output_prefixes
from rdfgen.release.directory import DataDirectory
from server.config import Config
from server.engine import gate
from tests import server_fixtures
from tests.running import ROOT, SEEDS, litlod

FILES = sorted((ROOT / "ontology" / "examples").glob("*.ttl"))
SAMPLE = Path(__file__).parent / "data" / "examples"
ANSWERS = SAMPLE / "answers"
SH, SPEX = Namespace("http://www.w3.org/ns/shacl#"), Namespace("https://purl.expasy.org/sparql-examples/ontology#")
SCHEMA, RDFS = Namespace("https://schema.org/"), Namespace("http://www.w3.org/2000/01/rdf-schema#")
# The form of a query -> its class, the property that holds its text.
FORMS = {
    "SELECT": (SH.SPARQLSelectExecutable, SH.select),
    "ASK": (SH.SPARQLAskExecutable, SH.ask),
    "CONSTRUCT": (SH.SPARQLConstructExecutable, SH.construct),
    "DESCRIBE": (SPEX.SPARQLDescribeExecutable, SPEX.describe),
}
# What editors know under other prefixes than our documents have, and what only the example itself needs.
FOREIGN_PREFIXES = {
    "meshv": MESH_TERMS,
    "ncbigene": "http://identifiers.org/ncbigene/",
    "sio": "http://semanticscience.org/resource/",
    "snp": "http://identifiers.org/dbsnp/",
    "up": "http://purl.uniprot.org/core/",
    "wdt": "http://www.wikidata.org/prop/direct/",
}


@dataclass(frozen=True, slots=True)
class Example:
    path: Path
    graph: Graph
    node: URIRef

    @property
    def form(self) -> str:
        (found,) = [form for form, (kind, _) in FORMS.items() if (self.node, RDF.type, kind) in self.graph]
        return found

    @property
    def query(self) -> str:
        (text,) = self.graph.objects(self.node, FORMS[self.form][1])
        return str(text)

    @property
    def endpoints(self) -> list[str]:
        return sorted(map(str, self.graph.objects(self.node, SPEX.federatesWith)))


def read(path: Path) -> Example:
    graph = Graph().parse(path)
    (node,) = graph.subjects(RDF.type, SH.SPARQLExecutable)
    assert isinstance(node, URIRef)
    return Example(path, graph, node)


EXAMPLES = [read(path) for path in FILES]
LOCAL = [example for example in EXAMPLES if not example.endpoints]
FEDERATED = [example for example in EXAMPLES if example.endpoints]


def names(examples: list[Example]) -> list[str]:
    return [example.path.stem for example in examples]


every_example = pytest.mark.parametrize("example", EXAMPLES, ids=names(EXAMPLES))


# Form


def test_there_are_examples_from_first_steps_to_federated_ones() -> None:
    assert len(LOCAL) >= 30
    assert len(FEDERATED) >= 5


@every_example
def test_an_example_has_the_form_of_sib(example: Example) -> None:
    graph, node = example.graph, example.node
    assert str(node) == f"{Iris().examples()}/{example.path.name[:3]}"
    assert set(graph.subjects()) == {node}
    (comment,) = graph.objects(node, RDFS.comment)
    assert comment.language == "en"  # type: ignore[attr-defined]  # a literal
    assert set(graph.objects(node, SCHEMA.target)) == {URIRef(Iris().endpoint())}
    assert set(graph.objects(node, SH.prefixes)) == {URIRef(f"{Iris().examples()}/prefixes")}
    assert set(graph.objects(node, SCHEMA.keywords))
    without_comments = re.sub("#.*", "", example.query)
    keyword = re.search(r"^(SELECT|ASK|CONSTRUCT|DESCRIBE)\b", without_comments, re.MULTILINE)
    assert keyword is not None
    assert keyword[1] == example.form


@every_example
def test_an_example_asks_whom_it_says_it_asks(example: Example) -> None:
    assert sorted(set(re.findall(r"SERVICE <([^>]*)>", example.query))) == example.endpoints


def test_no_two_examples_have_a_number_or_a_comment_in_common() -> None:
    assert len({example.path.name[:3] for example in EXAMPLES}) == len(EXAMPLES)
    assert len({str(example.graph.value(example.node, RDFS.comment)) for example in EXAMPLES}) == len(EXAMPLES)


@every_example
def test_rdflib_reads_the_query(example: Example) -> None:
    text = re.sub("^DESCRIBE", "SELECT", example.query, flags=re.MULTILINE)  # which rdflib cannot prepare
    prepareQuery(text)


@every_example
def test_the_gate_lets_the_query_in(example: Example) -> None:
    gate.check(re.sub("SERVICE <[^>]*>", "", example.query), Config())


@every_example
def test_prefixes_are_those_that_editors_fill_in(example: Example) -> None:
    declared = dict(re.findall(r"PREFIX (\w+): <([^>]*)>", example.query))
    known = output_prefixes(DEFAULT_BASE) | FOREIGN_PREFIXES
    assert declared == {name: known[name] for name in declared}
    assert all(re.search(rf"\b{name}:", re.sub("PREFIX .*", "", example.query)) for name in declared)


# Answers


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Store:
    """A release of the seeds and the sample."""
    data = tmp_path_factory.mktemp("examples") / "data"
    concepts: list[str | Path] = []
    for name in ("mondo.obo", "genes.tsv", "descriptors.nt"):
        concepts += ["--concepts", SAMPLE / name]
    mappings = ("--mappings", SAMPLE / "mondo.sssom.tsv")
    papers = (SEEDS, SAMPLE / "citations.xml", SAMPLE / "annotations.json")
    done = litlod("build", *papers, *concepts, *mappings, "--data", data, "--require-valid")
    assert done.exit_code == 0, done.stderr
    return Store.read_only(str(DataDirectory(data).current() / "store"))


def answer(store: Store, query: str) -> str:
    """The rows in their order, or the triples sorted, or yes or no."""
    found = store.query(query)
    if isinstance(found, QueryBoolean):
        return "yes\n" if found else "no\n"
    if isinstance(found, QuerySolutions):
        return (found.serialize(format=QueryResultsFormat.TSV) or b"").decode()
    return "".join(sorted((found.serialize(format=RdfFormat.N_TRIPLES) or b"").decode().splitlines(keepends=True)))


@pytest.mark.parametrize("example", LOCAL, ids=names(LOCAL))
def test_an_example_has_the_answer_that_was_checked(store: Store, example: Example, update_golden: bool) -> None:
    found = answer(store, example.query)
    assert len(found.splitlines()) > (1 if example.form == "SELECT" else 0)
    golden = ANSWERS / f"{example.path.name[:3]}.txt"
    if update_golden:
        golden.write_text(found, encoding="utf-8")
    assert found == golden.read_text(encoding="utf-8")


# Federated examples, with a little of the others' data at hand

MESH, UNIPROT = "http://id.nlm.nih.gov/mesh/", "http://purl.uniprot.org/"
PUBCHEM = "http://rdf.ncbi.nlm.nih.gov/pubchem/"
FOREIGN = {
    "https://id.nlm.nih.gov/mesh/sparql": f"""
        <{MESH}D003866> <{RDFS.label}> "Depressive Disorder"@en ; <{MESH_TERMS}treeNumber> <{MESH}F03.600.300> ;
            <{MESH_TERMS}broaderDescriptor> <{MESH}D019964> .
        <{MESH}D019964> <{RDFS.label}> "Mood Disorders"@en ; <{MESH_TERMS}treeNumber> <{MESH}F03.600> .""",
    "https://sparql.uniprot.org/sparql": f"""
        <{UNIPROT}uniprot/P23560> <{RDFS.seeAlso}> <{UNIPROT}geneid/627> ; <{UNIPROT}core/reviewed> true ;
            <{UNIPROT}core/mnemonic> "BDNF_HUMAN" ; <{UNIPROT}core/citation> <{UNIPROT}citations/90000001> .
        <{UNIPROT}uniprot/A0A000> <{RDFS.seeAlso}> <{UNIPROT}geneid/627> ; <{UNIPROT}core/reviewed> false ;
            <{UNIPROT}core/mnemonic> "A0A000_HUMAN" .""",
    "https://qlever.cs.uni-freiburg.de/api/pubchem": f"""
        <{PUBCHEM}compound/CID23994> <http://semanticscience.org/resource/SIO_000008> <{PUBCHEM}descriptor/1> .
        <{PUBCHEM}descriptor/1> a <http://semanticscience.org/resource/CHEMINF_000335> ;
            <http://semanticscience.org/resource/SIO_000300> "Zn" .""",
    "https://query.wikidata.org/sparql": """
        <http://www.wikidata.org/entity/Q4340209> <http://www.wikidata.org/prop/direct/P486> "D003866" .""",
}


class _Handler(BaseHTTPRequestHandler):
    store: Store

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        form = "form" in self.headers["Content-Type"]
        found = self.store.query(parse_qs(body)["query"][0] if form else body)
        assert isinstance(found, QuerySolutions)
        content = found.serialize(format=QueryResultsFormat.JSON) or b""
        self.send_response(200)
        self.send_header("Content-Type", "application/sparql-results+json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: object) -> None:
        """Nothing."""


@contextmanager
def standing_in(turtle: str) -> Iterator[str]:
    """The address of an endpoint that holds these triples."""
    store = Store()
    store.load(turtle, format=RdfFormat.TURTLE)
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (_Handler,), {"store": store}))
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.mark.parametrize("example", FEDERATED, ids=names(FEDERATED))
def test_a_federated_example_joins_with_the_data_of_others(store: Store, example: Example, update_golden: bool) -> None:
    (endpoint,) = example.endpoints
    with standing_in(FOREIGN[endpoint]) as address:
        found = answer(store, example.query.replace(endpoint, address))
    assert len(found.splitlines()) > 1
    golden = ANSWERS / f"{example.path.name[:3]}.txt"
    if update_golden:
        golden.write_text(found, encoding="utf-8")
    assert found == golden.read_text(encoding="utf-8")


def test_every_answer_belongs_to_an_example() -> None:
    assert {path.stem for path in ANSWERS.iterdir()} == {example.path.name[:3] for example in EXAMPLES}


# In a release


def test_a_release_holds_every_example_and_the_prefixes(store: Store) -> None:
    graph = NamedNode(Iris().examples())
    nodes = {quad.subject for quad in store.quads_for_pattern(None, NamedNode(str(RDF.type)), NamedNode(str(SH.SPARQLExecutable)), graph)}
    assert nodes == {NamedNode(str(example.node)) for example in EXAMPLES}
    asked = (
        "SELECT ?prefix ?namespace { [] <http://www.w3.org/ns/shacl#prefix> ?prefix ; <http://www.w3.org/ns/shacl#namespace> ?namespace }"
    )
    found = store.query(asked)
    assert isinstance(found, QuerySolutions)
    assert {(row["prefix"].value, row["namespace"].value) for row in found} == set(output_prefixes(DEFAULT_BASE).items())


client = server_fixtures.client
data = server_fixtures.data


def test_the_editor_offers_every_example_by_keyword(client: FlaskClient) -> None:
    page = client.get("/sparql", headers={"Accept": "text/html"}).text
    assert all(str(example.graph.value(example.node, RDFS.comment)).split(",")[0].replace("'", "&#39;") in page for example in EXAMPLES)
    assert "asks https://sparql.uniprot.org/sparql, which has to be done from your side" in page


def test_a_federated_example_can_be_run_where_its_endpoint_is_allowed(data: Path) -> None:
    with server_fixtures.serving(data, service_endpoints=("https://sparql.uniprot.org/sparql",)) as app:
        page = app.test_client().get("/sparql", headers={"Accept": "text/html"}).text
    assert "asks https://sparql.uniprot.org/sparql" not in page
    assert "asks https://id.nlm.nih.gov/mesh/sparql" in page


def test_the_home_page_offers_first_steps(client: FlaskClient) -> None:
    page = client.get("/").text
    assert page.count("&amp;format=html") == sum(
        "first steps" in map(str, example.graph.objects(None, SCHEMA.keywords)) for example in EXAMPLES
    )


@pytest.mark.parametrize("form", ["ttl", "rdfxml"])
def test_the_graph_of_examples_can_be_had(client: FlaskClient, form: str) -> None:
    response = client.get("/.well-known/sparql-examples", query_string={"format": form})
    graph = Graph().parse(data=response.data, format=response.mimetype)
    assert len(set(graph.subjects(RDF.type, SH.SPARQLExecutable))) == len(EXAMPLES)
