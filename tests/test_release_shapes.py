"""A whole release, of everything that can go into one: its dumps conform to the shapes together, which look at each of its
parts, and the links to Wikidata that a mapping file gives are in it and counted.
"""

import gzip
from collections import Counter
from collections.abc import Iterable
from functools import cache
from pathlib import Path

import pyshacl
import pytest
from rdflib import DCTERMS, RDF, SH, VOID, Graph, Literal, Namespace, URIRef
from rdflib.term import Node

from rdfgen.iris import concept_iri
from rdfgen.mappings.namespaces import notation
from rdfgen.model import Reference
from rdfgen.triples import PARTS
from tests.running import ROOT, SEEDS, litlod

SAMPLES = ROOT / "tests" / "data"
CONCEPTS = (
    *("cells.obo", "cells.txt", "disorders.json", "disorders.obo", "exported_genes.tsv", "genes.tsv"),
    *("merged.dmp", "names.dmp", "nodes.dmp", "records.nt"),
)
MAPPINGS = ("small", "external", "denying", "wikidata")
WIKIDATA = Namespace("http://www.wikidata.org/entity/")
SKOS = Namespace("http://www.w3.org/2004/02/skos/core#")
OA = Namespace("http://www.w3.org/ns/oa#")
DEPRESSION = URIRef(concept_iri(Reference("MONDO", "0002050")))
DEPRESSIVE_DISORDER = URIRef(concept_iri(Reference("MESH", "D003866")))

# What a value that is wrong cannot be tried with: the validator stops, or finds it where the list begins.
_NOT_LOOKED_AT = {
    OA.start: "compared with the end",
    OA.end: "compared with the start",
    RDF.first: "found where the list begins",
    RDF.rest: "found where the list begins",
}

Triple = tuple[Node, Node, Node]


@pytest.fixture(scope="module")
def release(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A release of all samples."""
    data = tmp_path_factory.mktemp("whole") / "data"
    concepts = [option for name in CONCEPTS for option in ("--concepts", SAMPLES / "concepts" / name)]
    mappings = [option for name in MAPPINGS for option in ("--mappings", SAMPLES / "mappings" / f"{name}.sssom.tsv")]
    done = litlod("build", SEEDS, SAMPLES / "formats", "--data", data, "--jobs", "1", *concepts, *mappings)
    assert done.exit_code == 0, done.stderr
    return data / "current"


@pytest.fixture(scope="module")
def parts(release: Path) -> dict[str, Graph]:
    """Each dump of the release."""
    files = sorted(path for path in (release / "dumps").glob("*.ttl.gz") if path.name != "all.ttl.gz")
    return {path.name.partition(".")[0]: Graph().parse(data=gzip.decompress(path.read_bytes()), format="turtle") for path in files}


@pytest.fixture(scope="module")
def whole(parts: dict[str, Graph]) -> Graph:
    """All dumps together."""
    found = Graph()
    for part in parts.values():
        found += part
    return found


@cache
def shapes() -> Graph:
    return Graph().parse(ROOT / "ontology" / "shapes.ttl")


def validated(data: Graph) -> tuple[Graph, str]:
    """The validator's report, and its text if the data do not conform."""
    conforms, report, text = pyshacl.validate(data, shacl_graph=shapes(), inference="none")
    assert isinstance(report, Graph)
    return report, "" if conforms else str(text)


def test_the_dumps_of_a_release_conform_together(parts: dict[str, Graph], whole: Graph) -> None:
    assert {*PARTS, "metadata", "ontology", "examples"} == parts.keys()
    assert all(len(part) for part in parts.values())
    assert validated(whole)[1] == ""


@pytest.mark.parametrize("name", [*PARTS, "metadata", "ontology", "examples"])
def test_each_dump_conforms_alone(name: str, parts: dict[str, Graph]) -> None:
    assert validated(parts[name])[1] == ""


# What can be damaged.


def damaged(part: Graph, chosen: Iterable[Triple]) -> tuple[Graph, dict[Node, Triple]]:
    """The graph with other values in the chosen triples, text for IRIs and IRIs for text, and which value is whose."""
    graph, values = Graph() + part, dict[Node, Triple]()
    for number, triple in enumerate(chosen):
        value = (URIRef if isinstance(triple[2], Literal) else Literal)(f"urn:damage:{number}")
        values[value] = triple
        graph.remove(triple)
        graph.add((triple[0], triple[1], value))
    return graph, values


def overlooked(part: Graph, chosen: Iterable[Triple]) -> list[Triple]:
    """The triples whose damage is not found, be it at the value or at the one thing that is damaged."""
    graph, values = damaged(part, chosen)
    report, _ = validated(graph)
    found, times = {*report.objects(None, SH.value)}, Counter(subject for subject, _, _ in values.values())
    found |= {node for node in report.objects(None, SH.focusNode) if times[node] == 1}
    return [triple for value, triple in values.items() if value not in found and triple[0] not in found]


def overlooked_alone(part: Graph, chosen: Iterable[Triple]) -> list[Triple]:
    """The triples whose damage is not found even if there is no other, which might hide it."""
    return [triple for triple in overlooked(part, chosen) if overlooked(part, [triple])]


def one_of_each(part: Graph, place: int) -> list[Triple]:
    """A triple of each predicate but rdf:type (place 1), or of each class (place 2)."""
    wanted = [triple for triple in sorted(part) if triple[1] not in _NOT_LOOKED_AT and (triple[1] == RDF.type) == (place == 2)]
    return list({triple[place]: triple for triple in wanted}.values())


@pytest.mark.parametrize("name", [*PARTS, "metadata"])
def test_a_wrong_value_of_any_predicate_of_a_part_is_found(name: str, parts: dict[str, Graph]) -> None:
    chosen = one_of_each(parts[name], 1)
    assert chosen
    assert overlooked_alone(parts[name], chosen) == []


@pytest.mark.parametrize("name", [name for name in (*PARTS, "metadata") if name != "aliases"])
def test_a_wrong_type_in_a_part_is_found(name: str, parts: dict[str, Graph]) -> None:
    chosen = one_of_each(parts[name], 2)
    assert chosen
    assert overlooked_alone(parts[name], chosen) == []


# Wikidata.


@pytest.mark.parametrize(
    "text", ["wikidata:Q42844", "<http://www.wikidata.org/entity/Q42844>", "https://www.wikidata.org/wiki/Q42844", "wd:q42844"]
)
def test_an_item_of_wikidata_has_its_concept_iri_however_a_file_writes_it(text: str) -> None:
    found = notation(text, {"wd": "http://www.wikidata.org/entity/"})
    assert found is not None
    row, rest = found
    identifier = row.identifier(rest)
    assert identifier is not None
    assert concept_iri(Reference(row.prefix, identifier)) == str(WIKIDATA.Q42844)


def test_mappings_to_wikidata_are_stated_as_others_are(whole: Graph) -> None:
    links = {triple for triple in whole if str(triple[1]).startswith(SKOS) and any(str(node).startswith(WIKIDATA) for node in triple)}
    assert links == {
        (DEPRESSION, SKOS.exactMatch, WIKIDATA.Q42844),
        (DEPRESSION, SKOS.closeMatch, WIKIDATA.Q4340209),
        (WIKIDATA.Q42844, SKOS.exactMatch, DEPRESSIVE_DISORDER),
    }
    assert not [node for triple in whole for node in triple if "wikidata.org/wiki" in str(node)]


def test_void_counts_the_links_to_and_from_wikidata(parts: dict[str, Graph]) -> None:
    void = parts["metadata"]
    (item,) = void.subjects(VOID.uriSpace, Literal(str(WIKIDATA)))
    assert void.value(item, DCTERMS.title) == Literal("Wikidata")
    sets = {*void.subjects(VOID.objectsTarget, item), *void.subjects(VOID.subjectsTarget, item)}
    found = {
        (title(void, one, VOID.subjectsTarget), title(void, one, VOID.objectsTarget), void.value(one, VOID.linkPredicate), count)
        for one in sets
        for count in void.objects(one, VOID.triples)
    }
    assert found == {
        ("Mondo Disease Ontology", "Wikidata", SKOS.exactMatch, Literal(1)),
        ("Mondo Disease Ontology", "Wikidata", SKOS.closeMatch, Literal(1)),
        ("Wikidata", "Medical Subject Headings", SKOS.exactMatch, Literal(1)),
    }


def title(void: Graph, linkset: Node, end: URIRef) -> str:
    """The name of the dataset at an end of links."""
    return str(void.value(void.value(linkset, end), DCTERMS.title))


def test_properties_of_wikidata_are_reported_and_joined_with_nothing(release: Path, whole: Graph) -> None:
    assert "wd:P486" in (release / "report.jsonl").read_text(encoding="utf-8")
    assert not [node for triple in whole for node in triple if isinstance(node, URIRef) and "P486" in node]


def test_no_paper_is_taken_to_name_an_item_of_wikidata(tmp_path: Path) -> None:
    source = tmp_path / "a.pubtator"
    source.write_text("1|t|low mood\n1\t0\t8\tlow mood\tDisease\tWikidata:Q42844\n", encoding="utf-8")
    assert "www.wikidata.org" not in litlod("convert", source, "--jobs", "1").text
