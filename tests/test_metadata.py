"""What a release says of itself, in the store and over HTTP: VoID, service description, DCAT, licences, schema.org."""

import html
import json
import re
import time
from collections.abc import Iterator
from pathlib import Path

import pyoxigraph
import pytest
from flask.testing import FlaskClient
from pyoxigraph import Store
from rdflib import DCTERMS, RDF, VOID, Graph, Literal, Namespace, URIRef

from rdfgen.iris import Iris
from rdfgen.release.licences import TERMS, licence, rights
from rdfgen.release.manifest import read_manifest
from rdfgen.triples import PARTS
from server.dataset import embedded
from tests import server_fixtures
from tests.running import ROOT, SEEDS, litlod
from tests.server_fixtures import ask, publish_texts, serving, triples

VOID_PATH = "/.well-known/void"
DATASET = URIRef(Iris().dataset())
DCAT = Namespace("http://www.w3.org/ns/dcat#")  # as of version 3
SD = Namespace("http://www.w3.org/ns/sparql-service-description#")
SPDX = Namespace("http://spdx.org/rdf/terms#")
VOID_EXT = Namespace("http://ldf.fi/void-ext#")
EMBEDDED = re.compile(r'<script type="application/ld\+json">(.*?)</script>', re.DOTALL)

data = server_fixtures.data
client = server_fixtures.client


@pytest.fixture(scope="module")
def void(client: FlaskClient) -> Graph:
    """The description as it is served."""
    graph = Graph()
    for triple in triples(client.get(VOID_PATH, headers={"Accept": "text/turtle"})):
        graph.add(triple)
    return graph


@pytest.fixture(scope="module")
def store(data: Path) -> Store:
    return Store.read_only(str(data / "current" / "store"))


def numbers(store: Store, query: str) -> dict[tuple[str, ...], int]:
    """The rows of a query, the last column being a number."""
    rows = (list(row) for row in store.query(query))  # type: ignore[union-attr]  # SELECT
    return {tuple(str(getattr(key, "value", key)) for key in keys): int(number.value) for *keys, number in rows}


def test_the_nested_partitions_are_those_of_a_scan(void: Graph, store: Store) -> None:
    stated = {
        (str(void.value(one, VOID["class"])), str(void.value(two, VOID.property))): int(str(void.value(two, VOID.triples)))
        for one in void.objects(DATASET, VOID.classPartition)
        for two in void.objects(one, VOID.propertyPartition)
    }
    assert stated == numbers(store, "SELECT ?c ?p (COUNT(*) AS ?n) { ?s a ?c ; ?p ?o FILTER(isIRI(?c)) } GROUP BY ?c ?p")


@pytest.mark.parametrize(
    ("link", "key", "pattern"),
    [
        (VOID.classPartition, VOID["class"], "?o a ?d"),
        (VOID_EXT.datatypePartition, VOID_EXT.datatype, "FILTER(isLiteral(?o)) BIND(DATATYPE(?o) AS ?d)"),
    ],
)
def test_the_partitions_by_what_is_at_the_end_are_those_of_a_scan(
    void: Graph, store: Store, link: URIRef, key: URIRef, pattern: str
) -> None:
    stated = {
        (str(void.value(one, VOID["class"])), str(void.value(two, VOID.property)), str(void.value(end, key))): int(
            str(void.value(end, VOID.triples))
        )
        for one in void.objects(DATASET, VOID.classPartition)
        for two in void.objects(one, VOID.propertyPartition)
        for end in void.objects(two, link)
    }
    assert stated == numbers(store, f"SELECT ?c ?p ?d (COUNT(*) AS ?n) {{ ?s a ?c ; ?p ?o . {pattern} }} GROUP BY ?c ?p ?d")


@pytest.mark.parametrize(
    ("name", "query"),
    [
        (VOID.triples, "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }"),
        (VOID.distinctSubjects, "SELECT (COUNT(DISTINCT ?s) AS ?n) { ?s ?p ?o }"),
        (VOID.distinctObjects, "SELECT (COUNT(DISTINCT ?o) AS ?n) { ?s ?p ?o }"),
        (VOID.entities, "SELECT (COUNT(DISTINCT ?s) AS ?n) { ?s a ?c }"),
        (VOID.classes, "SELECT (COUNT(DISTINCT ?c) AS ?n) { ?s a ?c }"),
        (VOID.properties, "SELECT (COUNT(DISTINCT ?p) AS ?n) { ?s ?p ?o }"),
    ],
)
def test_the_numbers_of_the_whole_are_those_of_a_scan(void: Graph, store: Store, name: URIRef, query: str) -> None:
    assert [int(str(value)) for value in void.objects(DATASET, name)] == list(numbers(store, query).values())


def test_every_predicate_is_of_a_vocabulary_that_void_names(void: Graph, store: Store) -> None:
    named = tuple(str(name) for name in void.objects(DATASET, VOID.vocabulary))
    used = {quad.predicate.value for quad in store.quads_for_pattern(None, None, None, pyoxigraph.DefaultGraph())}
    assert {name for name in used if not name.startswith(named)} == set()


def test_dumps_are_iris_with_sizes_and_sums_of_the_files(void: Graph, data: Path) -> None:
    release = data / "current"
    files = {f"{Iris().dump(read_manifest(release).release, Path(row.path).name)}": row for row in read_manifest(release).dumps()}
    assert {str(dump) for dump in void.objects(DATASET, VOID.dataDump)} == files.keys()
    distributions = {str(void.value(node, DCAT.downloadURL)): node for node in void.subjects(DCAT.downloadURL)}
    assert distributions.keys() == files.keys()
    for address, node in distributions.items():
        checksum = void.value(node, SPDX.checksum)
        assert int(str(void.value(node, DCAT.byteSize))) == files[address].bytes
        assert str(void.value(checksum, SPDX.checksumValue)).lower() == files[address].sha256
        assert str(void.value(node, DCAT.mediaType)).startswith("https://www.iana.org/assignments/media-types/")


def test_the_catalogue_leads_to_dataset_version_files_and_endpoint(void: Graph) -> None:
    (catalogue,) = void.subjects(RDF.type, DCAT.Catalog)
    (service,) = void.objects(catalogue, DCAT.service)
    assert list(void.objects(catalogue, DCAT.dataset)) == [DATASET]
    assert list(void.objects(service, DCAT.servesDataset)) == [DATASET]
    (version,) = void.objects(DATASET, DCAT.hasVersion)
    assert list(void.objects(version, DCAT.isVersionOf)) == [DATASET]
    assert list(void.objects(version, DCAT.distribution))


def test_every_part_is_a_subset_with_its_terms_of_use(void: Graph) -> None:
    titles = {str(void.value(node, DCTERMS.title)): node for node in void.objects(DATASET, VOID.subset)}
    for name in PARTS:
        node = titles[f"LitLOD: {name}"]
        assert str(void.value(node, DCTERMS.rights)) == rights(name)
        found = void.value(node, DCTERMS.license)
        assert (None if found is None else str(found)) == licence(name)


def test_no_part_of_mixed_origin_has_one_licence() -> None:
    assert {name: licence(name) for name in ("papers", "annotations", "relations", "concepts", "mappings", "included")} == dict.fromkeys(
        ("papers", "annotations", "relations", "concepts", "mappings", "included")
    )


def test_every_part_has_terms_and_the_documentation_says_the_same() -> None:
    text = (ROOT / "docs" / "data-licences.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| (.+?) \| (.+?) \| (.+?) \|$", text, re.MULTILINE)[1:]
    assert rows == [(row.content, row.origin, row.terms) for row in TERMS]
    assert {*PARTS, "ontology", "examples", "metadata", "included", "included-graphs"} == {name for row in TERMS for name in row.parts}


def test_the_page_of_the_terms_has_all_of_them(client: FlaskClient) -> None:
    page = html.unescape(client.get("/licences", headers={"Accept": "text/html"}).text)
    assert [row.content for row in TERMS if row.content.replace("`", "") not in page] == []


# Dates.


def test_the_served_description_has_the_date_of_the_build_and_the_release_has_none(void: Graph, data: Path) -> None:
    day = read_manifest(data / "current").built[:10]
    assert [str(value) for value in void.objects(DATASET, DCTERMS.modified)] == [day]
    stated = Graph().parse(data / "current" / "metadata.ttl")
    assert list(stated.objects(DATASET, DCTERMS.modified)) == []


def test_a_date_given_to_the_build_is_in_the_release_and_makes_it_another(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source = tmp_path / "a.pubtator"
    source.write_text("1|t|low mood\n1\t0\t8\tlow mood\tDisease\tMESH:D003866\n", encoding="utf-8")
    command = ("build", source, "--data", tmp_path / "data", "--jobs", "1")
    plain = litlod(*command).text
    dated = litlod(*command, "--issued", "2026-11-21").text
    stated = Graph().parse(tmp_path / "data" / "current" / "metadata.ttl")
    assert {str(value) for value in stated.objects(DATASET, DCTERMS.issued)} == {"2026-11-21"}
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1795219200")
    assert plain != dated == litlod(*command).text


# The service description, from the store and from the endpoint.


def test_the_endpoint_says_the_same_of_itself_as_the_store(client: FlaskClient, void: Graph) -> None:
    served = triples(client.get("/sparql", headers={"Accept": "text/turtle"}))
    own = {triple for triple in served if str(triple[1]).startswith(str(SD))}
    assert own
    assert {triple for triple in void if str(triple[1]).startswith(str(SD))} == own


def test_named_graphs_are_described_with_their_number_of_triples(client: FlaskClient, void: Graph) -> None:
    graphs = {str(void.value(node, SD.name)): void.value(node, SD.graph) for node in void.subjects(RDF.type, SD.NamedGraph)}
    for name, node in graphs.items():
        count = ask(client, f"SELECT (COUNT(*) AS ?n) {{ GRAPH <{name}> {{ ?s ?p ?o }} }}", "text/csv").text.split()[1]
        assert str(void.value(node, VOID.triples)) == count
    assert graphs.keys() == {Iris().void(), Iris().examples()}


# The editor of SIB (https://github.com/sib-swiss/sparql-editor): what it asks, as it asks.

SIB_PREFIXES = """PREFIX sh: <http://www.w3.org/ns/shacl#>
      SELECT DISTINCT ?prefix ?namespace
      WHERE { [] sh:namespace ?namespace ; sh:prefix ?prefix}
      ORDER BY ?prefix"""
SIB_EXAMPLES = """PREFIX sh: <http://www.w3.org/ns/shacl#>
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
SELECT DISTINCT ?sq ?comment ?query
WHERE {
  ?sq a sh:SPARQLExecutable ;
    rdfs:comment ?comment ;
    sh:select|sh:ask|sh:construct|sh:describe ?query .
} ORDER BY ?sq"""
SIB_VOID = """PREFIX owl: <http://www.w3.org/2002/07/owl#>
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
PREFIX sh:<http://www.w3.org/ns/shacl#>
PREFIX sd:<http://www.w3.org/ns/sparql-service-description#>
PREFIX void:<http://rdfs.org/ns/void#>
PREFIX void-ext:<http://ldf.fi/void-ext#>
SELECT DISTINCT ?graph ?graphLabel ?subjectClass ?prop ?objectClass ?objectDatatype
?triples ?subjectClassLabel ?objectClassLabel ?subjectClassComment ?objectClassComment ?propLabel ?propComment
WHERE {
      {
        OPTIONAL {
          ?graph sd:graph ?graphDesc .
          OPTIONAL { ?graph rdfs:label ?graphLabel }
          ?graphDesc void:classPartition ?cp .
        }
        ?cp void:class ?subjectClass ;
          void:propertyPartition ?pp .
        OPTIONAL { ?subjectClass rdfs:label ?subjectClassLabel }
        OPTIONAL { ?subjectClass rdfs:comment ?subjectClassComment }

        ?pp void:property ?prop .
        OPTIONAL { ?pp void:triples ?triples }
        OPTIONAL { ?prop rdfs:label ?propLabel }
        OPTIONAL { ?prop rdfs:comment ?propComment }
        OPTIONAL {
          {
            ?pp  void:classPartition [ void:class ?objectClass ] .
            OPTIONAL { ?objectClass rdfs:label ?objectClassLabel }
            OPTIONAL { ?objectClass rdfs:comment ?objectClassComment }
          } UNION {
            ?pp void-ext:datatypePartition [ void-ext:datatype ?objectDatatype ] .
          }
        }
      } UNION {
        ?linkset void:subjectsTarget [ void:class ?subjectClass ] ;
          void:linkPredicate ?prop ;
          void:objectsTarget [ void:class ?objectClass ] .
      }
} ORDER BY ?subjectClass ?objectClass ?objectDatatype ?graph ?triples"""
SECONDS = 0.2


def bindings(client: FlaskClient, query: str) -> list[dict[str, str]]:
    rows = ask(client, query, "application/sparql-results+json", ac="1").json["results"]["bindings"]  # type: ignore[index]  # JSON
    return [{name: value["value"] for name, value in row.items()} for row in rows]


def test_the_editor_of_sib_gets_our_prefixes_and_examples(client: FlaskClient) -> None:
    assert {"prefix": "litlod", "namespace": Iris().term("")} in bindings(client, SIB_PREFIXES)
    examples = bindings(client, SIB_EXAMPLES)
    assert len(examples) >= 30
    assert all(row["sq"].startswith(Iris().examples()) for row in examples)


def test_the_editor_of_sib_gets_every_class_with_its_properties(client: FlaskClient, store: Store) -> None:
    rows = bindings(client, SIB_VOID)
    found = {(row["subjectClass"], row["prop"], row["triples"]) for row in rows}
    expected = numbers(store, "SELECT ?c ?p (COUNT(*) AS ?n) { ?s a ?c ; ?p ?o } GROUP BY ?c ?p")
    assert found == {(*key, str(count)) for key, count in expected.items()}
    gene = next(row for row in rows if row.get("objectClass") == Iris().term("Gene") and row["prop"] == Iris().term("mentionsGene"))
    assert (gene["objectClassLabel"], gene["propLabel"]) == ("gene", "mentions gene")


@pytest.mark.parametrize("query", [SIB_PREFIXES, SIB_EXAMPLES, SIB_VOID])
def test_the_editor_of_sib_does_not_wait(store: Store, query: str) -> None:
    seconds = []
    for _ in range(5):
        start = time.perf_counter()
        assert list(store.query(query))  # type: ignore[arg-type]  # SELECT
        seconds.append(time.perf_counter() - start)
    assert min(seconds) < SECONDS


# The landing page.


@pytest.mark.parametrize("path", ["/dataset", VOID_PATH])
@pytest.mark.parametrize("accept", ["text/html", "text/turtle", "application/ld+json", "application/rdf+xml", "*/*"])
def test_the_description_is_never_a_redirect(client: FlaskClient, path: str, accept: str) -> None:
    response = client.get(path, headers={"Accept": accept})
    assert response.status_code == 200
    assert accept in ("*/*", response.mimetype)


def test_the_description_is_the_same_at_both_addresses(client: FlaskClient) -> None:
    assert client.get("/dataset").data == client.get(VOID_PATH).data == client.get("/dataset.ttl").data


@pytest.mark.parametrize("suffix", ["nt", "jsonld", "rdf"])
def test_every_form_of_the_description_says_the_same(client: FlaskClient, void: Graph, suffix: str) -> None:
    found = triples(client.get(f"/dataset.{suffix}"))
    assert {triple for triple in found if triple[0] == DATASET} == set(void.triples((DATASET, None, None)))


def document_of(page: str) -> dict[str, object]:
    (text,) = EMBEDDED.findall(page)
    found = json.loads(text)
    assert isinstance(found, dict)
    return found


def test_the_landing_page_has_what_search_engines_and_bioschemas_ask_for(client: FlaskClient) -> None:
    found = document_of(client.get("/dataset", headers={"Accept": "text/html"}).text)
    assert found["@type"] == "Dataset" and found["@id"] == found["url"] == str(DATASET)
    assert found["dct:conformsTo"] == {"@id": "https://bioschemas.org/profiles/Dataset/1.0-RELEASE", "@type": "CreativeWork"}
    assert 50 <= len(str(found["description"])) <= 5000
    wanted = ("identifier", "keywords", "license", "name", "creator", "publisher", "version", "datePublished", "includedInDataCatalog")
    assert [name for name in wanted if not found.get(name)] == []
    assert found["isAccessibleForFree"] is True
    assert isinstance(found["distribution"], list)
    assert {"contentUrl", "encodingFormat", "sha256"} <= found["distribution"][0].keys()


@pytest.mark.parametrize("path", ["/", "/dataset"])
def test_the_embedded_json_ld_is_rdf_without_a_remote_context(client: FlaskClient, path: str) -> None:
    found = document_of(client.get(path, headers={"Accept": "text/html"}).text)
    assert isinstance(found["@context"], dict)
    quads = list(pyoxigraph.parse(json.dumps(found), format=pyoxigraph.RdfFormat.JSON_LD))
    terms = {quad.predicate.value for quad in quads}
    assert {"https://schema.org/name", "https://schema.org/license"} <= terms
    assert {str(quad.object) for quad in quads if quad.predicate.value.endswith("license")} == {f"<{Iris().licences()}>"}


@pytest.mark.parametrize("text", ["</script><script>alert(1)</script>", "<!--", "\u2028", '"'])
def test_no_text_ends_the_script_element(text: str) -> None:
    found = embedded({"name": text})
    assert "<" not in found and "\u2028" not in found
    assert json.loads(found) == {"name": text}


def test_the_landing_page_has_metadata_of_dublin_core_and_links(client: FlaskClient) -> None:
    response = client.get("/dataset", headers={"Accept": "text/html"})
    for name in ("title", "identifier", "creator", "publisher", "date", "type", "rights"):
        assert re.search(rf'<meta name="DC.{name}" content="[^"]+">', response.text), name
    for relation in ("cite-as", "describedby", "license", "type", "item"):
        assert f'rel="{relation}"' in response.headers["Link"]


@pytest.fixture
def elsewhere(tmp_path: Path) -> Iterator[FlaskClient]:
    """A release below another base."""
    folder = publish_texts(tmp_path, [next(iter(sorted(SEEDS.glob("*.txt")))).read_text(encoding="utf-8")], "https://x.example/")
    with serving(folder) as app:
        yield app.test_client()


def test_a_release_below_another_base_describes_itself_there(elsewhere: FlaskClient) -> None:
    assert "w3id.org/litlod" not in elsewhere.get("/dataset", headers={"Accept": "text/html"}).text
    assert "w3id.org/litlod" not in elsewhere.get("/dataset.nt").text
    found = {str(value) for _, name, value in triples(elsewhere.get("/dataset.ttl")) if name == DCTERMS.publisher}
    assert found == {"https://x.example/"}
    assert Literal("x.example") in {value for _, _, value in triples(elsewhere.get("/dataset.ttl"))}
