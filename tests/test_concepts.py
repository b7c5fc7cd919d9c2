"""Reference data about concepts: what is read, what of it a release takes in, and what gives way to it."""

import gzip
import random
import subprocess
import sys
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
from rdfgen.concepts.sources import FORMATS, NamedFile, Source, named_files, recognised, source
from rdfgen.errors import InputError, LitlodError, UsageError
from rdfgen.iris import DEFAULT_BASE, concept_reference
from rdfgen.namespaces import MESH_TERMS, output_prefixes
from rdfgen.release.directory import DataDirectory
from rdfgen.release.manifest import read_manifest
from rdfgen.report import Entry, Report
from tests import samples
from tests.running import SEEDS, litlod

FILES = Path(__file__).parent / "data" / "concepts"
REAL = Path(__file__).parents[2] / "shared" / "data"
NAMES = sorted(path.name for path in FILES.iterdir())
PREFIXES = output_prefixes(DEFAULT_BASE) | {"meshv": MESH_TERMS, "obo": "http://purl.obolibrary.org/obo/"}
HEAD = "".join(f"@prefix {name}: <{iri}> .\n" for name, iri in PREFIXES.items())
OBO = ("disorders.obo", "disorders.json", "disorders.owl")


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

    sources = [sample(file) for file in files]
    enrich(ReferenceData(sources, DEFAULT_BASE, everything), work, drain)
    assert sorted(path.name for path in work.iterdir()) == ["aliases.nt", "concepts.nt"]
    parts = [(work / name).read_text(encoding="utf-8").splitlines(keepends=True) for name in ("concepts.nt", "aliases.nt")]
    return Outcome(parts[0], parts[1], entries)


def sample(file: str | Path) -> Source:
    """A file, which has its format by name where its content does not tell it."""
    name = FORMAT_OF.get(str(file))
    return source(NamedFile(str(FILES / file), name if name in NAMED_FORMATS else None))


def facts(path: str | Path, name: str | None = None) -> tuple[list[Fact], list[Entry]]:
    report = Report(str(path))
    found = sample(path) if name is None else Source(str(path), FORMATS[name])
    return list(found.facts(report, None)), report.entries


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
    "disorders.owl": "owl",
    "titles.tsv": "pubchem-titles",
    "mesh_names.tsv": "pubchem-mesh",
}
NAMED_FORMATS = {row.name for row in FORMATS.values() if row.recognises is None}
TOLD_BY_CONTENT = [name for name in NAMES if FORMAT_OF[name] not in NAMED_FORMATS]


def test_each_format_has_a_sample() -> None:
    assert (set(FORMAT_OF), set(FORMAT_OF.values())) == (set(NAMES), set(FORMATS))


@pytest.mark.parametrize("pack", [bytes, gzip.compress, zstandard.compress], ids=["plain", "gzip", "zstd"])
@pytest.mark.parametrize("name", TOLD_BY_CONTENT)
def test_a_file_is_recognised_by_its_content_whatever_its_name_and_packing(name: str, pack: type[bytes], tmp_path: Path) -> None:
    content = (FILES / name).read_bytes()
    (tmp_path / "anything").write_bytes(pack(content))
    assert recognised(str(tmp_path / "anything")).format.name == FORMAT_OF[name]
    assert [row.name for row in FORMATS.values() if row.recognises is not None and row.recognises(content)] == [FORMAT_OF[name]]


@pytest.mark.parametrize("name", NAMES)
def test_line_ends_and_a_byte_order_mark_change_nothing(name: str, tmp_path: Path) -> None:
    (tmp_path / "other").write_bytes(b"\xef\xbb\xbf" + (FILES / name).read_bytes().replace(b"\n", b"\r\n"))
    assert facts(tmp_path / "other", FORMAT_OF[name])[0] == facts(name)[0]


RDF_NAMES = 'xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:rdfs="http://www.w3.org/2000/01/rdf-schema#"'
OWL_NAMES = f'{RDF_NAMES} xmlns:owl="http://www.w3.org/2002/07/owl#"'
OTHER_XML = [
    b"<PubmedArticleSet/>",
    f"<rdf:RDF {RDF_NAMES}/>".encode(),
    f"<article {OWL_NAMES}><rdf:RDF/></article>".encode(),
    b'<RDF xmlns="http://www.w3.org/2002/07/owl#"/>',
]


@pytest.mark.parametrize(
    "content", [b"", b"# A paper\n", b"{}", b"a\tb\n1\t2\n", b"\x00\xff", b"\x1f\x8b", b"PMID\tPMCID\n1\tPMC1\n", *OTHER_XML]
)
def test_a_file_that_is_no_reference_data_is_an_error_with_its_name_and_the_formats_known(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "odd").write_bytes(content)
    with pytest.raises(LitlodError, match="odd: error"):
        recognised(str(tmp_path / "odd"))


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("genes.tsv", [(6, "2 columns where the header has 16"), (7, "no number of a gene")]),
        ("disorders.obo", [(35, "no identifier of its vocabulary")]),
        ("disorders.json", [(0, "no identifier of its vocabulary"), (0, "a node that is none: Expected `str`, got `int` - at `$.id`")]),
        ("disorders.owl", [(58, "no identifier of its vocabulary")]),
        (
            "titles.tsv",
            [
                (3, "no row of a compound and its names"),
                (4, "no row of a compound and its names"),
                (5, "2 titles where there must be one"),
            ],
        ),
        ("mesh_names.tsv", [(3, "no row of a compound and its names")]),
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
            st.binary(max_size=9) | st.sampled_from([b"\t", b"\n", b'"', b"\\", b"[", b"{", b"|", b"<", b"</", b"&obo;"])
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
    for fact in facts(path, FORMAT_OF[name])[0]:
        assert fact.node.split(":")[0] in ("NCBIGene", "MESH", "MONDO", "NCBITaxon", "Cellosaurus", "PUBCHEM.COMPOUND")
        assert fact.value or fact.kind is Kind.OBSOLETE


@pytest.mark.parametrize("text", [b'{"graphs": ' + b"[" * 100_000, b'{"graphs": [{"nodes": [' + b'{"meta":' * 100_000, b'{"graphs": 1}'])
def test_hostile_json_is_reported(text: bytes, tmp_path: Path) -> None:
    (tmp_path / "deep").write_bytes(text)
    found, entries = facts(tmp_path / "deep")
    assert (found, len(entries)) == ([], 1)


def test_a_graph_that_is_none_costs_no_other(tmp_path: Path) -> None:
    whole = (FILES / "disorders.json").read_text(encoding="utf-8")
    graph = whole.partition("[")[2].rpartition("]")[0]
    (tmp_path / "more").write_text(f'{{"graphs": [null, 1, {{"nodes": 7}}, {{"nodes": null, "edges": null}}, {graph}]}}', encoding="utf-8")
    found, entries = facts(tmp_path / "more")
    assert found == facts("disorders.json")[0]
    assert [entry.reason.partition(":")[0] for entry in entries[:3]] == ["a graph that is none"] * 3
    assert entries[3:] == [entry._replace(path=str(tmp_path / "more")) for entry in facts("disorders.json")[1]]


@pytest.mark.parametrize("name", OBO)
def test_an_ontology_says_the_same_in_each_of_its_forms(name: str) -> None:
    assert sorted(facts(name)[0]) == sorted(facts("disorders.obo")[0])


# OWL


def owl(path: Path, nodes: str, start: str = "") -> tuple[list[tuple[str, str, str]], list[Entry]]:
    names = f'{OWL_NAMES} xmlns:obo="{PREFIXES["obo"]}" xmlns:x="http://www.geneontology.org/formats/oboInOwl#"'
    path.write_text(f"{start}<rdf:RDF {names}>\n{nodes}\n</rdf:RDF>", encoding="utf-8")
    found, entries = facts(path, "owl")
    return [(fact.node, fact.kind.name, fact.value) for fact in found], entries


def disease(number: int, content: str) -> str:
    return f'<owl:Class rdf:about="{PREFIXES["obo"]}MONDO_{number:07}">{content}</owl:Class>'


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ('<obo:IAO_0100001 rdf:resource="http://purl.obolibrary.org/obo/MONDO_0000002"/>', [("REPLACED_BY", "MONDO:0000002")]),
        ("<obo:IAO_0100001>http://purl.obolibrary.org/obo/MONDO_0000002</obo:IAO_0100001>", [("REPLACED_BY", "MONDO:0000002")]),
        ("<obo:IAO_0100001>MONDO:0000002</obo:IAO_0100001>", [("REPLACED_BY", "MONDO:0000002")]),
        ("<obo:IAO_0100001>HP:0000002</obo:IAO_0100001>", []),
        ("<owl:deprecated>false</owl:deprecated>", []),
        ("<owl:deprecated> 1 </owl:deprecated>", [("OBSOLETE", "")]),
        ('<rdfs:label xml:lang="en-GB">x</rdfs:label>', [("LABEL", "x")]),
        ('<rdfs:label xml:lang="">x</rdfs:label>', [("LABEL", "x")]),
        ('<rdfs:label xml:lang="de">x</rdfs:label>', []),
        ('<rdfs:label rdf:datatype="http://www.w3.org/2001/XMLSchema#string">a &lt; &#98;\n</rdfs:label>', [("LABEL", "a < b")]),
        ("<rdfs:label/>", []),
        ('<rdfs:subClassOf rdf:resource="MONDO_0000002" xml:base="http://purl.obolibrary.org/obo/"/>', [("BROADER", "MONDO:0000002")]),
        ('<rdfs:subClassOf rdf:resource="MONDO_0000002" xml:base="http://[x"/>', []),
        ("<rdfs:subClassOf>MONDO:0000002</rdfs:subClassOf>", []),
        ('<rdfs:seeAlso rdf:resource="http://purl.obolibrary.org/obo/MONDO_0000002"/>', []),
    ],
)
def test_a_property_in_owl_says_what_it_should(content: str, expected: list[tuple[str, str]], tmp_path: Path) -> None:
    assert owl(tmp_path / "file", disease(1, content)) == ([("MONDO:0000001", *one) for one in expected], [])


def test_the_language_around_a_label_is_its_own(tmp_path: Path) -> None:
    nodes = disease(1, '<rdfs:label>x</rdfs:label><rdfs:label xml:lang="en">y</rdfs:label>').replace(">", ' xml:lang="ja">', 1)
    assert owl(tmp_path / "file", nodes)[0] == [("MONDO:0000001", "LABEL", "y")]


def test_classes_within_others_are_read_as_if_they_stood_alone(tmp_path: Path) -> None:
    inner = disease(2, "<rdfs:label>inner</rdfs:label>")
    found, _ = owl(tmp_path / "file", disease(1, f"<rdfs:subClassOf>{inner}</rdfs:subClassOf>"))
    assert sorted(found) == [("MONDO:0000001", "BROADER", "MONDO:0000002"), ("MONDO:0000002", "LABEL", "inner")]


def test_what_looks_like_a_class_in_a_literal_is_none(tmp_path: Path) -> None:
    literal = f'<rdfs:comment rdf:parseType="Literal">{disease(2, "<rdfs:label>no</rdfs:label>")}</rdfs:comment>'
    assert owl(tmp_path / "file", disease(1, literal)) == ([], [])


@pytest.mark.parametrize("text", ["H<sub>2</sub>O", "&what;"])
def test_a_text_in_owl_that_is_not_plain_is_reported(text: str, tmp_path: Path) -> None:
    found, entries = owl(tmp_path / "file", disease(1, f"<rdfs:label>{text}</rdfs:label>"), '<!DOCTYPE rdf:RDF [<!ENTITY what "this">]>')
    assert (found, [(entry.line, entry.reason) for entry in entries]) == ([], [(2, "markup or an entity in a text, which is left out")])


@pytest.mark.parametrize(
    "broken", ["<owl:Class", "<owl:Class></owl:Klasse>", "<none:Class/>", "<owl:Class rdf:about='&nothing;'/>", "\x01"], ids=ascii
)
def test_of_broken_owl_what_came_before_goes_through_and_the_rest_is_reported(broken: str, tmp_path: Path) -> None:
    before, after = (disease(number, f"<rdfs:label>{number}</rdfs:label>") for number in (1, 2))
    found, entries = owl(tmp_path / "file", f"{before}\n{broken}\n{after}")
    assert found == [("MONDO:0000001", "LABEL", "1")]
    assert [entry.line in (3, 4) for entry in entries] == [True]
    assert entries[0].reason.startswith("not well-formed XML, so the rest of the file is left out: ")


def test_owl_in_another_encoding_is_read(tmp_path: Path) -> None:
    text = f"""<?xml version="1.0" encoding="ISO-8859-1"?><rdf:RDF {OWL_NAMES}>{disease(1, "<rdfs:label>Behçet</rdfs:label>")}</rdf:RDF>"""
    for encoding in ("latin-1", "utf-16"):
        (tmp_path / encoding).write_bytes(text.replace("ISO-8859-1", encoding).encode(encoding))
        assert [fact.value for fact in facts(tmp_path / encoding)[0]] == ["Behçet"]


LAUGHS = "".join(f'<!ENTITY a{number} "{f"&a{number - 1};" * 10}">' for number in range(1, 12))
HOSTILE_OWL = {
    "laughs in an attribute": (f'<!DOCTYPE rdf:RDF [<!ENTITY a0 "ha">{LAUGHS}]>', '<owl:Class rdf:about="&a11;"/>'),
    "laughs in a text": (f'<!DOCTYPE rdf:RDF [<!ENTITY a0 "ha">{LAUGHS}]>', disease(1, "<rdfs:label>&a11;</rdfs:label>")),
    "one long entity": (f'<!DOCTYPE rdf:RDF [<!ENTITY a "{"x" * 100_000}">]>', '<owl:Class rdf:about="&a;"/>' * 20_000),
    "an entity in itself": ('<!DOCTYPE rdf:RDF [<!ENTITY a "&b;"><!ENTITY b "&a;">]>', '<owl:Class rdf:about="&a;"/>'),
    "a file as an entity": ('<!DOCTYPE rdf:RDF [<!ENTITY a SYSTEM "file:///etc/hostname">]>', disease(1, "<rdfs:label>&a;</rdfs:label>")),
    "a deep file": ("", "<owl:Class>" * 1_000_000),
    "a class that never ends": ("", '<owl:Class rdf:about="x">' + "<rdfs:seeAlso/>" * 2_000_000),
    "a text that never ends": ("", disease(1, "<rdfs:label>" + "x" * 20_000_000)),
    "a tag that never ends": ("", '<owl:Class rdf:about="' + "x" * 20_000_000),
}


@pytest.mark.parametrize("name", HOSTILE_OWL)
def test_hostile_owl_is_reported(name: str, tmp_path: Path) -> None:
    start, nodes = HOSTILE_OWL[name]
    found, entries = owl(tmp_path / "file", nodes, start)
    assert (found, len(entries)) == ([], 1)


def test_a_document_type_in_a_file_leads_nowhere(tmp_path: Path) -> None:
    (tmp_path / "d.dtd").write_text('<!ENTITY a "secret">', encoding="utf-8")
    start = f'<!DOCTYPE rdf:RDF SYSTEM "{tmp_path}/d.dtd" [<!ENTITY % b SYSTEM "{tmp_path}/d.dtd"> %b;]>'
    found, _ = owl(tmp_path / "file", disease(1, "<rdfs:label>&a;</rdfs:label>"), start)
    assert found == []


def test_xml_that_is_named_to_be_owl_but_is_none_is_reported(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("<article><front/></article>", encoding="utf-8")
    found, entries = facts(tmp_path / "file", "owl")
    assert (found, [entry.reason for entry in entries]) == ([], ["no rdf:RDF element, so there is no ontology to read"])


LARGEST = """
import re, sys
from rdfgen.concepts.sources import named_files, source
from rdfgen.report import Report
count = sum(1 for _ in source(named_files([sys.argv[1]])[0]).facts(Report("x"), {"PUBCHEM.COMPOUND": frozenset("1")}))
print(count, int(re.search("VmHWM:\\s*([0-9]+)", open("/proc/self/status").read())[1]) >> 10)
"""


def largest(argument: str) -> list[int]:
    """How many facts a file has, and the most memory that reading it takes, in MB."""
    done = subprocess.run([sys.executable, "-c", LARGEST, argument], capture_output=True, text=True, check=True, timeout=60)
    return [int(text) for text in done.stdout.split()]


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="no /proc to read a process's own peak of memory from")
def test_memory_stays_flat_however_large_an_owl_file_is(tmp_path: Path) -> None:
    axiom = "<owl:Axiom><owl:annotatedTarget>" + "x" * 100 + "</owl:annotatedTarget></owl:Axiom>\n"
    owl(tmp_path / "file", (disease(1, "<rdfs:label>x</rdfs:label>") + axiom * 30) * 7000)
    count, memory = largest(str(tmp_path / "file"))
    assert (count, memory < 120) == (7000, True)


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="no /proc to read a process's own peak of memory from")
def test_memory_stays_flat_however_large_a_table_of_compounds_is(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("".join(f"{number}\t{'name' * 10}\n" for number in range(1, 1_000_000)), encoding="utf-8")
    count, memory = largest(f"pubchem-titles={tmp_path / 'file'}")
    assert (count, memory < 80) == (1, True)


# PubChem, and formats by name


@pytest.mark.parametrize("name", sorted(NAMED_FORMATS))
def test_a_table_that_its_content_does_not_tell_is_refused_with_how_to_name_it(name: str) -> None:
    file = next(file for file in NAMES if FORMAT_OF[file] == name)
    with pytest.raises(LitlodError, match=f"{name}=FILE"):
        recognised(str(FILES / file))


def test_a_compound_has_its_title_and_its_names_in_mesh(tmp_path: Path) -> None:
    found = enriched(tmp_path, "cid:2244 a litlod:Chemical .", "titles.tsv", "mesh_names.tsv")
    assert set(found.concepts) == ntriples(
        """cid:2244 a litlod:Chemical ; dcterms:identifier "PUBCHEM.COMPOUND:2244" ; rdfs:label "Aspirin" ; skos:prefLabel "Aspirin" ;
        skos:altLabel "acetylsalicylic acid" ."""
    )


def test_rows_of_compounds_that_nobody_wants_are_not_read_but_rows_of_none_are_reported(tmp_path: Path) -> None:
    (tmp_path / "titles").write_bytes(b"1\tWanted\n2\t\xff\nthree\tT\n" + b"4" * 17_000_000 + b"\n1\tAgain\n")
    report = Report("titles")
    wanted = {"PUBCHEM.COMPOUND": frozenset({"1"})}
    found = Source(str(tmp_path / "titles"), FORMATS["pubchem-titles"]).facts(report, wanted)
    assert [fact.value for fact in found] == ["Wanted", "Again"]
    assert [entry.line for entry in report.entries] == [3, 4]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("genes.tsv", ("genes.tsv", None)),
        ("pubchem-titles=genes.tsv", ("genes.tsv", "pubchem-titles")),
        ("obo=a=b", ("a=b", "obo")),
        ("a=b", ("a=b", None)),
    ],
)
def test_a_format_is_what_stands_before_the_first_equals_sign_if_it_is_one(
    text: str, expected: tuple[str, str | None], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("genes.tsv", "a=b"):
        (tmp_path / name).touch()
    assert named_files([text]) == [NamedFile(*expected)]


def test_a_format_that_nobody_knows_is_an_error_that_names_those_that_there_are() -> None:
    with pytest.raises(UsageError, match=r"no format 'pubchem-title'; formats are ncbi-gene, .*pubchem-titles, pubchem-mesh"):
        named_files(["pubchem-title=CID-Title.gz"])


@pytest.mark.parametrize("text", ["pubchem-titles=no such file", "no such file", "/no=such"])
def test_a_file_that_is_not_there_is_an_error(text: str) -> None:
    with pytest.raises(InputError, match="no such file"):
        named_files([text])


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


ALL = """cid:2244 a litlod:Chemical .
ncbigene:1 a litlod:Gene ; rdfs:label "x" . ncbigene:4 a litlod:Gene . mondo:0000004 a litlod:Disease .
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
        yield from ("--concepts", f"{FORMAT_OF[name]}={FILES / name}" if FORMAT_OF[name] in NAMED_FORMATS else FILES / name)


def test_a_release_with_reference_data_is_whole_and_the_same_in_any_order(tmp_path: Path) -> None:
    first = release(tmp_path / "a", *concept_options("disorders.obo", "genes.tsv"))
    second = release(tmp_path / "b", *concept_options("genes.tsv", "disorders.obo"))
    assert first.name == second.name
    assert (first / "dumps" / "SHA256SUMS").read_bytes() == (second / "dumps" / "SHA256SUMS").read_bytes()
    assert litlod("verify", "--deep", "--data", tmp_path / "a").exit_code == 0


def test_the_release_id_depends_on_the_files_and_on_the_option(tmp_path: Path) -> None:
    options = (concept_options(), concept_options("genes.tsv"), [*concept_options("genes.tsv"), "--all-concepts"])
    assert len({release(tmp_path / "data", *each).name for each in options}) == 3


def test_a_named_format_is_in_the_manifest_and_the_release_id_depends_on_it(tmp_path: Path) -> None:
    file = FILES / "mesh_names.tsv"
    folders = [release(tmp_path / "data", "--concepts", f"{name}={file}") for name in sorted(NAMED_FORMATS)]
    rows = [row for folder in folders for row in read_manifest(folder).inputs if row.role != "paper"]
    assert [(row.path, row.role) for row in rows] == [(str(file), f"concepts as {name}") for name in sorted(NAMED_FORMATS)]
    assert folders[0] != folders[1]


def test_an_unknown_format_is_wrong_usage(tmp_path: Path) -> None:
    done = litlod("build", SEEDS, "--data", tmp_path / "data", "--concepts", f"nonsense={FILES / 'genes.tsv'}")
    assert (done.exit_code, "pubchem-titles" in done.stderr) == (2, True)


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
