"""Reference data about concepts: what is read, what of it a release takes in, and what gives way to it."""

import gzip
import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

import pyoxigraph
import pyshacl
import pytest
import zstandard
from hypothesis import given, settings
from hypothesis import strategies as st
from pyoxigraph import RdfFormat
from rdflib import Graph

from rdfgen.concepts.enriching import ReferenceData, enrich
from rdfgen.concepts.facts import Fact, Kind
from rdfgen.concepts.sources import FORMATS, recognised
from rdfgen.errors import LitlodError
from rdfgen.iris import DEFAULT_BASE, concept_reference
from rdfgen.namespaces import MESH_TERMS, output_prefixes
from rdfgen.release.directory import DataDirectory
from rdfgen.report import Entry, Report
from tests import samples
from tests.running import SEEDS, litlod

FILES = Path(__file__).parent / "data" / "concepts"
REAL = Path(__file__).parents[2] / "shared" / "data"
NAMES = sorted(path.name for path in FILES.iterdir())
PREFIXES = output_prefixes(DEFAULT_BASE) | {"meshv": MESH_TERMS, "obo": "http://purl.obolibrary.org/obo/"}
HEAD = "".join(f"@prefix {name}: <{iri}> .\n" for name, iri in PREFIXES.items())
OBO = ("disorders.obo", "disorders.json")


@dataclass
class Outcome:
    """The lines of the two parts, and what was reported."""

    concepts: list[str]
    aliases: list[str]
    entries: list[Entry] = field(default_factory=list)

    def holds(self, turtle: str) -> bool:
        """Whether all these triples are there."""
        return ntriples(turtle) <= set(self.concepts)

    def values(self, name: str, subject: str | None = None) -> set[str]:
        """The texts that a predicate has."""
        prefix, _, local = name.partition(":")
        graph = pyoxigraph.parse("".join(self.concepts), format=RdfFormat.N_TRIPLES)
        wanted = f"<{PREFIXES[prefix]}{local}>"
        quads = [quad for quad in graph if str(quad.predicate) == wanted and (subject is None or str(quad.subject) == named(subject))]
        return {str(getattr(quad.object, "value", quad.object)) for quad in quads}


def named(name: str) -> str:
    prefix, _, local = name.partition(":")
    return f"<{PREFIXES[prefix]}{local}>"


def ntriples(turtle: str) -> set[str]:
    return {f"{quad.triple} .\n" for quad in pyoxigraph.parse(HEAD + turtle, format=RdfFormat.TURTLE)}


def enriched(folder: Path, papers: str, *files: str | Path, everything: bool = False) -> Outcome:
    """What becomes of the papers' concepts, in Turtle, with these files."""
    work = next(path for number in count() if not (path := folder / f"work{number}").exists())
    work.mkdir()
    (work / "concepts.nt").write_text("".join(sorted(ntriples(papers))), encoding="utf-8")
    (work / "aliases.nt").write_text("", encoding="utf-8")
    entries: list[Entry] = []

    def drain(report: Report) -> None:
        entries.extend(report.entries)
        report.entries.clear()

    sources = [recognised(str(FILES / file)) for file in files]
    enrich(ReferenceData(sources, DEFAULT_BASE, everything), work, drain)
    assert sorted(path.name for path in work.iterdir()) == ["aliases.nt", "concepts.nt"]
    parts = [(work / name).read_text(encoding="utf-8").splitlines(keepends=True) for name in ("concepts.nt", "aliases.nt")]
    return Outcome(parts[0], parts[1], entries)


def facts(path: str | Path) -> tuple[list[Fact], list[Entry]]:
    report = Report(str(path))
    return list(recognised(str(FILES / path)).facts(report, None)), report.entries


# Formats


FORMAT_OF = {
    "genes.tsv": "ncbi-gene",
    "exported_genes.tsv": "ncbi-gene",
    "records.nt": "mesh-nt",
    "disorders.obo": "obo",
    "disorders.json": "obographs",
    "cells.obo": "obo",
    "cells.txt": "cellosaurus",
    "nodes.dmp": "taxonomy-nodes",
    "names.dmp": "taxonomy-names",
    "merged.dmp": "taxonomy-merged",
}


def test_each_format_has_a_sample() -> None:
    assert (set(FORMAT_OF), set(FORMAT_OF.values())) == (set(NAMES), set(FORMATS))


@pytest.mark.parametrize("pack", [bytes, gzip.compress, zstandard.compress], ids=["plain", "gzip", "zstd"])
@pytest.mark.parametrize("name", NAMES)
def test_a_file_is_recognised_by_its_content_whatever_its_name_and_packing(name: str, pack: type[bytes], tmp_path: Path) -> None:
    content = (FILES / name).read_bytes()
    (tmp_path / "anything").write_bytes(pack(content))
    assert recognised(str(tmp_path / "anything")).format.name == FORMAT_OF[name]
    assert [row.name for row in FORMATS.values() if row.recognises(content)] == [FORMAT_OF[name]]


@pytest.mark.parametrize("name", NAMES)
def test_line_ends_and_a_byte_order_mark_change_nothing(name: str, tmp_path: Path) -> None:
    (tmp_path / "other").write_bytes(b"\xef\xbb\xbf" + (FILES / name).read_bytes().replace(b"\n", b"\r\n"))
    assert facts(tmp_path / "other")[0] == facts(name)[0]


@pytest.mark.parametrize("content", [b"", b"# A paper\n", b"{}", b"a\tb\n1\t2\n", b"\x00\xff", b"\x1f\x8b", b"PMID\tPMCID\n1\tPMC1\n"])
def test_a_file_that_is_no_reference_data_is_an_error_with_its_name_and_the_formats_known(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "odd").write_bytes(content)
    with pytest.raises(LitlodError, match="odd: error"):
        recognised(str(tmp_path / "odd"))


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("genes.tsv", [(6, "2 columns where the header has 16"), (7, "no number of a gene")]),
        ("disorders.obo", [(34, "no identifier of its vocabulary")]),
        ("disorders.json", [(0, "a node or edge that is none: Expected `str`, got `int` - at `$.id`")]),
        ("records.nt", [(25, "no record of MeSH where there must be one"), (27, "no triple in N-Triples")]),
        ("nodes.dmp", [(5, "no row of a taxon")]),
        ("cells.txt", [(11, "no accession number of a named cell line")]),
    ],
)
def test_what_cannot_be_read_is_reported_with_its_line(name: str, expected: list[tuple[int, str]]) -> None:
    assert [(entry.line, entry.reason) for entry in facts(name)[1]] == expected


def test_damaged_compression_is_reported_and_what_came_before_it_is_kept(tmp_path: Path) -> None:
    rows = "".join(f"9606\t{number}\tG{random.Random(number).random()}\n" for number in range(1, 20_000))
    (tmp_path / "cut").write_bytes(gzip.compress(b"#tax_id\tGeneID\tSymbol\n" + rows.encode())[:-50_000])
    found, entries = facts(tmp_path / "cut")
    assert len(found) > 1000
    assert any("damaged or cut" in entry.reason for entry in entries)


def _mutated(draw: st.DrawFn) -> tuple[str, bytes]:
    name = draw(st.sampled_from(NAMES))
    content = bytearray((FILES / name).read_bytes())
    for _ in range(draw(st.integers(1, 6))):
        place = draw(st.integers(0, len(content)))
        content[place : place + draw(st.integers(0, 9))] = draw(
            st.binary(max_size=9) | st.sampled_from([b"\t", b"\n", b'"', b"\\", b"[", b"{", b"|"])
        )
    return name, bytes(content)


damaged = st.composite(_mutated)()


@settings(max_examples=150, deadline=None)
@given(damaged)
def test_damaged_files_never_raise_and_never_make_up_an_identifier(
    tmp_path_factory: pytest.TempPathFactory, case: tuple[str, bytes]
) -> None:
    name, content = case
    path = tmp_path_factory.mktemp("damaged") / "file"
    path.write_bytes(content)
    source = type(recognised(str(FILES / name)))(str(path), FORMATS[FORMAT_OF[name]])
    for fact in source.facts(Report("damaged"), None):
        assert fact.node.split(":")[0] in ("NCBIGene", "MESH", "MONDO", "NCBITaxon", "Cellosaurus")
        assert fact.value or fact.kind is Kind.OBSOLETE


@pytest.mark.parametrize("text", [b'{"graphs": ' + b"[" * 100_000, b'{"graphs": [{"nodes": [' + b'{"meta":' * 100_000, b'{"graphs": 1}'])
def test_hostile_json_is_reported(text: bytes, tmp_path: Path) -> None:
    (tmp_path / "deep").write_bytes(text)
    found, entries = facts(tmp_path / "deep")
    assert (found, len(entries)) == ([], 1)


# What each vocabulary gives


def test_a_gene_has_its_symbol_name_synonyms_and_taxon(tmp_path: Path) -> None:
    found = enriched(tmp_path, 'ncbigene:1 a litlod:Gene ; dcterms:identifier "NCBIGene:1" .', "genes.tsv")
    assert set(found.concepts) == ntriples(
        """ncbigene:1 a litlod:Gene ; dcterms:identifier "NCBIGene:1" ; rdfs:label "GONE" ; skos:prefLabel "GONE" ;
        skos:altLabel "ALPHA", "FIRST" ; dcterms:description "made-up gene one" ; biolink:in_taxon taxon:9606 .
        taxon:9606 a litlod:Species ; dcterms:identifier "NCBITaxon:9606" ."""
    )


def test_a_placeholder_is_no_label(tmp_path: Path) -> None:
    assert enriched(tmp_path, "ncbigene:3 a litlod:Gene .", "genes.tsv").values("rdfs:label") == set()


def test_a_gene_that_was_replaced_points_to_the_other_which_is_there_with_its_names(tmp_path: Path) -> None:
    found = enriched(tmp_path, "ncbigene:4 a litlod:Gene .", "exported_genes.tsv")
    assert found.holds("ncbigene:4 owl:deprecated true ; dcterms:isReplacedBy ncbigene:5 . ncbigene:5 a litlod:Gene .")
    assert found.values("rdfs:label") == {"GOLD", "GNEW"}


@pytest.mark.parametrize("name", OBO)
def test_a_disease_has_its_label_exact_synonyms_definition_and_ancestors_and_nothing_else_comes_in(name: str, tmp_path: Path) -> None:
    found = enriched(tmp_path, 'mondo:0000003 a litlod:Disease ; dcterms:identifier "MONDO:0000003" .', name)
    assert set(found.concepts) == ntriples(
        """mondo:0000003 a litlod:Disease ; dcterms:identifier "MONDO:0000003" ; rdfs:label "low mood" ; skos:prefLabel "low mood" ;
          rdfs:subClassOf mondo:0000002 .
        mondo:0000002 a litlod:Disease ; dcterms:identifier "MONDO:0000002" ; rdfs:label "mood disorder" ; skos:prefLabel "mood disorder" ;
          skos:altLabel "affective disorder" ; rdfs:subClassOf mondo:0000001 .
        mondo:0000001 a litlod:Disease ; dcterms:identifier "MONDO:0000001" ; rdfs:label "disease" ; skos:prefLabel "disease" ;
          dcterms:description "A made-up root \\"of\\" all." ."""
    )


@pytest.mark.parametrize("name", OBO)
def test_an_obsolete_disease_points_to_its_replacement_and_that_to_its_ancestors(name: str, tmp_path: Path) -> None:
    found = enriched(tmp_path, "mondo:0000004 a litlod:Disease .", name)
    assert found.holds('mondo:0000004 owl:deprecated true ; dcterms:isReplacedBy mondo:0000003 . mondo:0000001 rdfs:label "disease" .')


def test_a_mesh_record_has_its_english_label_its_terms_and_its_note(tmp_path: Path) -> None:
    found = enriched(tmp_path, "mesh:D900001 a litlod:Disease .", "records.nt")
    assert found.holds(
        """mesh:D900001 a litlod:Disease ; dcterms:identifier "MESH:D900001" ; rdfs:label "Moods, Low" ; skos:prefLabel "Moods, Low" ;
        skos:altLabel "Low Mood", "Low Möod" ; dcterms:description "What the \\"note\\" says." ; meshv:broaderDescriptor mesh:D900002 ."""
    )
    assert found.values("skos:altLabel") == {"Low Mood", "Low Möod"}


def test_a_hierarchy_that_runs_in_a_circle_ends(tmp_path: Path) -> None:
    found = enriched(tmp_path, "mesh:D900001 a litlod:Disease .", "records.nt")
    assert found.values("rdfs:label") == {"Moods, Low", "Moods", "All Moods"}


def test_mesh_ancestors_have_the_class_of_what_leads_to_them_and_else_none(tmp_path: Path) -> None:
    found = enriched(tmp_path, 'mesh:D900001 a litlod:Disease . mesh:D900005 dcterms:identifier "MESH:D900005" .', "records.nt")
    assert found.holds("mesh:D900003 a litlod:Disease . mesh:D900005 owl:deprecated true .")
    assert found.values("rdf:type", "mesh:D900005") == set()


@pytest.mark.parametrize(
    ("name", "said", "doubts"),
    [
        ("Disease", "<D900009> meshv:treeNumber <D03.438.221> .", ["mentioned as a disease, but MeSH has it among chemicals only"]),
        ("Disease", "<D900009> meshv:treeNumber <D03.438> , <C10.228> .", []),
        ("Disease", "<D900009> meshv:treeNumber <F03.600> .", []),
        ("Chemical", "<D900009> meshv:treeNumber <C10.228> .", ["mentioned as a chemical, but MeSH has it among diseases only"]),
        ("Chemical", "<D900009> meshv:treeNumber <D03.438> .", []),
        ("Disease", "<D900009> a meshv:SCR_Chemical .", ["mentioned as a disease, but MeSH has it among chemicals only"]),
        ("Disease", "<D900009> a meshv:SCR_Disease .", []),
    ],
)
def test_a_type_that_mesh_contradicts_is_reported(name: str, said: str, doubts: list[str], tmp_path: Path) -> None:
    turtle = f'@base <{PREFIXES["mesh"]}> . {said} <D900009> rdfs:label "Something"@en .'
    (tmp_path / "mesh.nt").write_text("".join(sorted(ntriples(turtle))), encoding="utf-8")
    found = enriched(tmp_path, f"mesh:D900009 a litlod:{name} .", tmp_path / "mesh.nt")
    assert [(entry.kind, entry.reason, entry.text) for entry in found.entries] == [
        ("suspicious", reason, "MESH:D900009") for reason in doubts
    ]


def test_a_supplementary_record_leads_to_the_descriptor_that_it_is_mapped_to(tmp_path: Path) -> None:
    found = enriched(tmp_path, "mesh:C900001 a litlod:Chemical .", "records.nt")
    assert found.holds(
        """mesh:C900001 meshv:preferredMappedTo mesh:D900004Q000031 . mesh:D900004 a litlod:Chemical ; rdfs:label "Madeupins" .
        mesh:D900004Q000031 meshv:hasDescriptor mesh:D900004 ; rdfs:label "Madeupins/analogs & derivatives" ;
          dcterms:identifier "MESH:D900004Q000031" ."""
    )
    assert found.values("rdf:type", "mesh:D900004Q000031") == set()


def test_a_taxon_has_its_names_rank_and_ancestors(tmp_path: Path) -> None:
    found = enriched(tmp_path, "taxon:63221 a litlod:Species .", "nodes.dmp", "names.dmp", "merged.dmp")
    assert found.holds(
        """taxon:63221 owl:deprecated true ; dcterms:isReplacedBy taxon:9606 .
        taxon:9606 rdfs:label "Homo sapiens" ; skos:altLabel "human" ; litlod:taxonomicRank "species" ; rdfs:subClassOf taxon:9604 .
        taxon:9604 rdfs:label "Hominidae" ; litlod:taxonomicRank "family" ; rdfs:subClassOf taxon:1 . taxon:1 rdfs:label "root" ."""
    )
    assert found.values("rdfs:subClassOf", "taxon:1") == found.values("litlod:taxonomicRank", "taxon:1") == set()
    assert "Mus musculus" not in found.values("rdfs:label")


@pytest.mark.parametrize("name", ["cells.txt", "cells.obo"])
def test_a_cell_line_has_its_name_and_synonyms(name: str, tmp_path: Path) -> None:
    found = enriched(tmp_path, "cvcl:CVCL_0001 a litlod:CellLine .", name)
    assert found.holds('cvcl:CVCL_0001 rdfs:label "MadeCell" ; skos:altLabel "Made-Cell", "MC" .')


def test_a_former_number_of_a_cell_line_points_to_the_present_one(tmp_path: Path) -> None:
    found = enriched(tmp_path, "cvcl:CVCL_0002 a litlod:CellLine .", "cells.txt")
    assert found.holds('cvcl:CVCL_0002 dcterms:isReplacedBy cvcl:CVCL_0001 . cvcl:CVCL_0001 a litlod:CellLine ; rdfs:label "MadeCell" .')


# What papers say and what authorities say

PAGE = """ncbigene:1 a litlod:Gene ; rdfs:label "gone" ; dcterms:description "as a page has it" ; skos:altLabel "GONE", "OTHER" .
mesh:D900001 a litlod:Disease ; dcterms:identifier "MESH:D900001" . ncbigene:77 rdfs:label "kept" ."""


def test_a_label_of_papers_gives_way_to_the_authoritys(tmp_path: Path) -> None:
    found = enriched(tmp_path, PAGE, "genes.tsv")
    assert found.values("rdfs:label", "ncbigene:1") == found.values("skos:prefLabel") == {"GONE"}
    assert found.values("dcterms:description", "ncbigene:1") == {"made-up gene one"}
    assert found.values("skos:altLabel", "ncbigene:1") == {"ALPHA", "FIRST", "OTHER"}


def test_what_the_authority_does_not_know_stays_as_papers_have_it(tmp_path: Path) -> None:
    assert enriched(tmp_path, PAGE, "genes.tsv").holds('ncbigene:77 rdfs:label "kept" .')


def test_of_two_labels_one_is_the_label_and_the_other_a_synonym(tmp_path: Path) -> None:
    (tmp_path / "new.tsv").write_text("#tax_id\tGeneID\tSymbol\n9606\t1\tANEW\n", encoding="utf-8")
    found = enriched(tmp_path, PAGE, "genes.tsv", tmp_path / "new.tsv")
    assert (found.values("rdfs:label", "ncbigene:1"), "GONE" in found.values("skos:altLabel")) == ({"ANEW"}, True)


def test_concepts_that_came_in_have_their_other_spellings(tmp_path: Path) -> None:
    aliases = enriched(tmp_path, PAGE, "records.nt").aliases
    assert (
        "<http://id.nlm.nih.gov/mesh/D900003> <http://www.w3.org/2004/02/skos/core#exactMatch> <http://identifiers.org/mesh/D900003> .\n"
        in aliases
    )


ALL = """ncbigene:1 a litlod:Gene ; rdfs:label "x" . ncbigene:4 a litlod:Gene . mondo:0000004 a litlod:Disease .
mesh:D900001 a litlod:Disease . mesh:C900001 a litlod:Chemical . taxon:63221 a litlod:Species . cvcl:CVCL_0002 a litlod:CellLine ."""


@pytest.mark.parametrize("everything", [False, True])
def test_the_order_of_files_changes_nothing_and_lines_are_sorted_and_distinct(everything: bool, tmp_path: Path) -> None:
    first = enriched(tmp_path, ALL, *NAMES, everything=everything)
    second = enriched(tmp_path, ALL, *reversed(NAMES), everything=everything)
    assert (first.concepts, first.aliases) == (second.concepts, second.aliases)
    assert [first.concepts, first.aliases] == [sorted(set(first.concepts)), sorted(set(first.aliases))]


def test_all_concepts_takes_in_what_no_paper_uses(tmp_path: Path) -> None:
    found = enriched(tmp_path, ALL, *NAMES, everything=True)
    assert {"UNUSED", "a disease that nobody mentions", "Unused", "Mus musculus", "UnusedCell"} <= found.values("rdfs:label")
    assert "UNUSED" not in enriched(tmp_path, ALL, *NAMES).values("rdfs:label")


@pytest.mark.parametrize("everything", [False, True])
def test_no_subject_is_anything_but_a_concept_or_a_pair(everything: bool, tmp_path: Path) -> None:
    subjects = {line.split(" ")[0][1:-1] for line in enriched(tmp_path, ALL, *NAMES, everything=everything).concepts}
    assert {text for text in subjects if concept_reference(text) is None} == {"http://id.nlm.nih.gov/mesh/D900004Q000031"}


def test_the_outcome_conforms_to_the_shapes(tmp_path: Path) -> None:
    text = "".join(enriched(tmp_path, "", *NAMES, everything=True).concepts)
    shapes = Graph().parse(samples.ROOT / "ontology" / "shapes.ttl")
    conforms, _, message = pyshacl.validate(Graph().parse(data=text, format="nt"), shacl_graph=shapes, inference="none")
    assert conforms, message


def test_every_predicate_has_a_label_in_the_ontology(tmp_path: Path) -> None:
    graph = Graph().parse(data="".join(enriched(tmp_path, ALL, *NAMES).concepts), format="nt")
    labelled = set(Graph().parse(samples.ROOT / "ontology" / "litlod.ttl").query("SELECT ?s { ?s rdfs:label ?x }"))
    assert {str(predicate) for predicate in graph.predicates()} <= {str(row[0]) for row in labelled if isinstance(row, tuple)}


def test_paths_over_the_hierarchy_find_papers_on_any_kind_of_a_disease(tmp_path: Path) -> None:
    store = pyoxigraph.Store()
    store.load("".join(enriched(tmp_path, "mondo:0000003 a litlod:Disease .", "disorders.obo").concepts), format=RdfFormat.N_TRIPLES)
    assert store.query("ASK { mondo:0000003 rdfs:subClassOf+/rdfs:label 'disease' }", prefixes=PREFIXES)


# The command


def release(data: Path, *options: str | Path) -> Path:
    done = litlod("build", SEEDS, "--data", data, *options)
    assert done.exit_code == 0, done.stderr
    return DataDirectory(data).current()


def concept_options(*names: str) -> Iterator[str | Path]:
    for name in names:
        yield from ("--concepts", FILES / name)


def test_a_release_with_reference_data_is_whole_and_the_same_in_any_order(tmp_path: Path) -> None:
    first = release(tmp_path / "a", *concept_options("disorders.obo", "genes.tsv"))
    second = release(tmp_path / "b", *concept_options("genes.tsv", "disorders.obo"))
    assert first.name == second.name
    assert (first / "dumps" / "SHA256SUMS").read_bytes() == (second / "dumps" / "SHA256SUMS").read_bytes()
    assert litlod("verify", "--data", tmp_path / "a").exit_code == 0


def test_the_release_id_depends_on_the_files_and_on_the_option(tmp_path: Path) -> None:
    options = (concept_options(), concept_options("genes.tsv"), [*concept_options("genes.tsv"), "--all-concepts"])
    assert len({release(tmp_path / "data", *each).name for each in options}) == 3


def test_a_file_that_is_no_reference_data_is_refused_and_nothing_is_built(tmp_path: Path) -> None:
    (tmp_path / "odd.txt").write_text("nothing of the kind", encoding="utf-8")
    done = litlod("build", SEEDS, "--data", tmp_path / "data", "--concepts", tmp_path / "odd.txt")
    assert (done.exit_code, "odd.txt: error:" in done.stderr, "NCBI gene_info" in done.stderr) == (1, True, True)
    assert DataDirectory(tmp_path / "data").release_ids() == []


def test_rows_that_cannot_be_read_are_in_the_report_and_fail_a_strict_build(tmp_path: Path) -> None:
    folder = release(tmp_path / "data", *concept_options("genes.tsv"))
    assert "2 columns where the header has 16" in (folder / "report.jsonl").read_text(encoding="utf-8")
    assert litlod("build", SEEDS, "--data", tmp_path / "data", *concept_options("genes.tsv"), "--strict").exit_code == 1


def test_all_concepts_without_files_is_wrong_usage(tmp_path: Path) -> None:
    assert litlod("build", SEEDS, "--data", tmp_path / "data", "--all-concepts").exit_code == 2


# Real data

GENES = REAL / "ncbi_gene" / "ncbi_gene_9606_10090_slice.tsv"
MESH = REAL / "mesh" / "mesh-samples.nt"


def seeds_concepts() -> str:
    return samples.ntriples(samples.seed_papers(), ["concepts"])


@pytest.mark.skipif(not GENES.is_file(), reason="no slice of NCBI Gene beside the project")
def test_every_gene_of_the_seeds_that_the_slice_of_ncbi_gene_holds_has_its_official_label(tmp_path: Path) -> None:
    rows = [line.split("\t") for line in GENES.read_text(encoding="utf-8").splitlines()[1:]]
    official = {row[2]: row[5] for row in rows}
    used = {
        reference.identifier
        for paper in samples.seed_papers()
        for one in paper.annotations
        for reference in one.references
        if reference.prefix == "NCBIGene"
    }
    found = enriched(tmp_path, seeds_concepts(), GENES)
    assert used & official.keys()
    for identifier in used & official.keys():
        assert found.values("rdfs:label", f"ncbigene:{identifier}") == {official[identifier]}


@pytest.mark.skipif(not MESH.is_file(), reason="no sample of MeSH RDF beside the project")
def test_the_labels_of_the_mesh_sample_are_those_that_a_parser_of_rdf_finds(tmp_path: Path) -> None:
    graph = Graph().parse(MESH, format="nt")
    query = "SELECT ?s ?l { ?s rdfs:label ?l FILTER(REGEX(STR(?s), 'mesh/[CD][0-9]{6,9}$')) }"
    expected = {str(row[1]) for row in graph.query(query) if isinstance(row, tuple)}
    found = enriched(tmp_path, "", MESH, everything=True)
    pairs = {label for label in found.values("rdfs:label") if label not in expected}
    assert expected <= found.values("rdfs:label")
    assert all("/" in label for label in pairs)
    assert found.entries == []
