"""The readers of PubTator's files for all papers and of lists of identifiers: no row without a paper or a reason."""

import gzip
import io
import time
from collections import Counter
from collections.abc import Callable, Iterator
from hashlib import sha256
from pathlib import Path
from typing import BinaryIO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rdfgen.model import Annotation, Paper, Reference
from rdfgen.readers import pmc_ids, reader_for
from rdfgen.readers.pubtator import bulk as pubtator_bulk
from rdfgen.readers.pubtator import relations as pubtator_relations
from rdfgen.report import Entry, Kind, Report

DATA = Path(__file__).parents[2] / "shared" / "data"
NO_DATA = f"{DATA.name} is not beside the checkout"
Read = Callable[[BinaryIO, Report], Iterator[Paper]]

CONCEPTS = """1\tDisease\tMESH:D003866\tdepression|low mood\tPubTator3
1\tGene\t383;384\targinase\tGNormPlus|gene2pubmed
2\tSpecies\t9606\tpatients\tPubTator3
2\tMutation\trs00113488022\tV600E\tPubTator3
"""
RELATIONS = """1\ttreat\tChemical|MESH:D015032\tDisease|MESH:D003866
1\tNegative_Correlation\tGene@672\tDisease@MESH:D003866
2\tassociate\tMutation|rs113488022\tGene|673
"""
IDS = """Journal Title,ISSN,eISSN,Year,Volume,Issue,Page,DOI,PMCID,PMID,Manuscript Id,Release Date
Breast Cancer Res,1465-5411,1465-542X,2000,3,1,55,,PMC13900,11250746,,live
"A ""B"", C",1465-5411,1465-542X,2000,3,1,61,10.1186/bcr271,PMC13901,11250747,,live
Nature,1,1,2000,3,1,61,,PMC13902,,,live
"""


def read(reader: Read, text: str | bytes) -> tuple[list[Paper], list[Entry]]:
    data = text.encode() if isinstance(text, str) else text
    report = Report("file")
    return list(reader(io.BytesIO(data), report)), report.entries


def concepts(text: str | bytes) -> tuple[list[Annotation], list[Entry]]:
    papers, entries = read(pubtator_bulk.read, text)
    return [one for paper in papers for one in paper.annotations], entries


def kinds(entries: list[Entry]) -> list[Kind]:
    return [entry.kind for entry in entries]


def test_rows_of_one_paper_become_one_paper() -> None:
    papers, entries = read(pubtator_bulk.read, CONCEPTS)
    assert entries == []
    assert [paper.identifiers for paper in papers] == [(Reference("PMID", "1"),), (Reference("PMID", "2"),)]
    assert papers[0].sources[0].sha256 == sha256("".join(CONCEPTS.splitlines(keepends=True)[:2]).encode()).hexdigest()
    assert [(one.text, one.entity_type, one.tool) for one in papers[0].annotations] == [
        ("depression", "disease", "pubtator3"),
        ("low mood", "disease", "pubtator3"),
        ("arginase", "gene", "gnormplus-gene2pubmed"),
    ]


def test_all_identifiers_of_a_row_go_to_each_of_its_texts() -> None:
    [first, second], _ = concepts("1\tGene\t383;384\ta|b\tPubTator3\n")
    assert first.references == second.references == (Reference("NCBIGene", "383"), Reference("NCBIGene", "384"))


def test_variants_are_not_split() -> None:
    identifier = "tmVar:p|SUB|V|600|E;HGVS:p.V600E;VariantGroup:0;CorrespondingGene:673;RS#:113488022;CorrespondingSpecies:9606"
    [one, other], entries = concepts(f"1\tMutation\t{identifier}\tV600E\tPubTator3\n1\tProteinMutation\trs00113488022\tV600E\tPubTator3\n")
    assert one.references == other.references == (Reference("dbSNP", "rs113488022"),)
    assert one.variant is not None
    assert (one.variant.hgvs, one.variant.genes) == (("p.V600E",), (Reference("NCBIGene", "673"),))
    assert other.source_type == "ProteinMutation"
    assert entries == []


@pytest.mark.parametrize("word", ["Mutation", "CellLine", "Cell_Line", "ProteinMutation", "DNAMutation", "SNP", "Strain", "Genus"])
def test_every_word_for_a_type_is_known(word: str) -> None:
    [one], _ = concepts(f"1\t{word}\t-\tx\tPubTator3\n")
    assert one.entity_type is not None


@pytest.mark.parametrize("texts", ["2,4-D; sodium salt", 'a "quoted" text', "trailing \\", " padded "])
def test_only_a_bar_separates_texts(texts: str) -> None:
    annotations, _ = concepts(f"1\tChemical\tMESH:D015032\t{texts}|b\tPubTator3\n")
    assert [one.text for one in annotations] == [texts, "b"]


@pytest.mark.parametrize(
    "row", ["1\tDisease\tMESH:D003866\t\tMeSH", "1\tDisease\tMESH:D003866\t", "1\tDisease\tMESH:D003866", "1\tDisease\tMESH:D003866\t||"]
)
def test_a_row_without_texts_is_one_annotation(row: str) -> None:
    annotations, entries = concepts(row + "\n")
    assert [(one.text, one.references) for one in annotations] == [("", (Reference("MESH", "D003866"),))]
    assert entries == []


@pytest.mark.parametrize(("resource", "tool"), [("", "pubtator3"), ("PubTator3\\", "pubtator3"), ("GNorm2", "gnorm2"), ("MeSH", "mesh")])
def test_the_last_column_is_the_tool(resource: str, tool: str) -> None:
    [one], _ = concepts(f"1\tGene\t672\tBRCA1\t{resource}\n")
    assert one.tool == tool


@pytest.mark.parametrize("identifier", ["-", "", "-1"])
def test_a_row_without_a_concept_is_kept_and_reported_once(identifier: str) -> None:
    annotations, entries = concepts(f"1\tGene\t{identifier}\ta|b|c\tPubTator3\n")
    assert [one.text for one in annotations] == ["a", "b", "c"]
    assert [(entry.kind, entry.text) for entry in entries] == [(Kind.UNRESOLVED, "a|b|c")]


def test_an_identifier_that_no_vocabulary_accepts_is_kept_as_text() -> None:
    [one], entries = concepts("1\tDisease\tMESH:X1\ta\tPubTator3\n")
    assert (one.references, one.unrecognized) == ((), ("MESH:X1",))
    assert [(entry.kind, entry.text) for entry in entries] == [(Kind.SUSPICIOUS, "a (MESH:X1)")]


def test_an_unknown_type_is_kept_and_suspicious() -> None:
    [one], entries = concepts("1\tGadget\tMESH:D003866\ta\tPubTator3\n")
    assert (one.entity_type, one.source_type) == (None, "Gadget")
    assert kinds(entries) == [Kind.SUSPICIOUS]


@pytest.mark.parametrize(
    "row",
    ["1", "1\tGene", "x\tGene\t672\tBRCA1\tPubTator3", "\tGene\t672\tBRCA1\tPubTator3", "1\tGene\t" + "672;" * 5000 + "\tBRCA1\tPubTator3"],
)
def test_a_short_or_wrong_row_is_reported_and_the_rest_goes_through(row: str) -> None:
    annotations, entries = concepts(f"1\tGene\t672\tBRCA1\tPubTator3\n{row}\n1\tGene\t675\tBRCA2\tPubTator3\n")
    assert [one.text for one in annotations] == ["BRCA1", "BRCA2"]
    assert [(entry.kind, entry.line) for entry in entries] == [(Kind.SKIPPED, 2)]


def test_columns_that_nobody_takes_are_reported() -> None:
    annotations, entries = concepts("1\tGene\t672\tBRCA1\tPubTator3\textra\n1\tGene\t675\tBRCA2\tPubTator3\t\n")
    assert len(annotations) == 2
    assert [(entry.kind, entry.text) for entry in entries] == [(Kind.ALTERED, "extra")]


@pytest.mark.parametrize("end", ["2\tDisease\tMESH:D00386", "2\tDisease\tMESH:D003866\tmoo", "2\tDisease\tMESH:D003866\tmood\tPubTat"])
def test_a_row_that_the_end_of_the_file_cuts_off_makes_nothing_up(end: str) -> None:
    annotations, entries = concepts("1\tGene\t672\tBRCA1\tPubTator3\n" + end)
    assert len(annotations) == 1
    assert kinds(entries) == [Kind.SKIPPED]


def test_a_whole_last_row_without_a_line_end_is_kept() -> None:
    annotations, entries = concepts(CONCEPTS.rstrip("\n"))
    assert len(annotations) == 5
    assert kinds(entries) == [Kind.SUSPICIOUS]


def test_comments_blank_lines_and_a_header_are_no_rows() -> None:
    annotations, entries = concepts("PMID\tType\tConcept ID\tMentions\tResource\n\n# comment\n" + CONCEPTS)
    assert (len(annotations), entries) == (5, [])


def test_the_same_row_twice_is_reported() -> None:
    row = "1\tGene\t672\tBRCA1|brca1\tPubTator3\n"
    annotations, entries = concepts(row + row)
    assert len(annotations) == 2
    assert kinds(entries) == [Kind.REPEATED]


def test_bad_bytes_and_control_characters_are_replaced_and_reported() -> None:
    [one], entries = concepts(b"1\tGene\t672\tB\xffR\x00CA1\tPubTator3\n")
    assert one.text == "B\ufffdR\ufffdCA1"
    assert kinds(entries) == [Kind.ALTERED, Kind.ALTERED]


def test_a_paper_with_endless_rows_is_given_out_in_parts() -> None:
    count = pubtator_bulk.MAX_ANNOTATIONS + 5
    papers, entries = read(pubtator_bulk.read, "".join(f"1\tGene\t672\tt{number}\tPubTator3\n" for number in range(count)))
    assert [len(paper.annotations) for paper in papers] == [pubtator_bulk.MAX_ANNOTATIONS, 5]
    assert {paper.identifiers for paper in papers} == {(Reference("PMID", "1"),)}
    assert entries == []


def test_a_row_with_endless_texts_is_given_out_in_parts() -> None:
    texts = [f"t{number}" for number in range(120_000)]
    papers, entries = read(pubtator_bulk.read, f"1\tGene\t672\t{'|'.join(texts)}\tPubTator3\n")
    assert len(papers) > 1
    assert [one.text for paper in papers for one in paper.annotations] == texts
    assert entries == []


def test_relations_of_one_paper_become_one_paper() -> None:
    papers, entries = read(pubtator_relations.read, RELATIONS)
    assert entries == []
    assert [(paper.identifiers, len(paper.relations)) for paper in papers] == [
        ((Reference("PMID", "1"),), 2),
        ((Reference("PMID", "2"),), 1),
    ]
    first, second = papers[0].relations
    assert (first.relation_type, first.tool) == ("treatment", "pubtator3")
    assert (first.subject.entity_type, first.object.references) == ("chemical", (Reference("MESH", "D003866"),))
    assert (second.relation_type, second.subject.references) == ("negative_correlation", (Reference("NCBIGene", "672"),))
    assert papers[1].relations[0].subject.references == (Reference("dbSNP", "rs113488022"),)


def test_a_side_is_split_at_the_first_separator_only() -> None:
    [paper], entries = read(pubtator_relations.read, "1\tcause\tMutation@p|SUB|V|600|E\tDisease|MESH:D003866\n")
    assert (paper.relations[0].subject.entity_type, paper.relations[0].subject.text) == ("variant", "p|SUB|V|600|E")
    assert kinds(entries) == [Kind.UNRESOLVED]


def test_identifiers_of_a_relation_that_get_lost_are_reported() -> None:
    [paper], entries = read(pubtator_relations.read, "1\tassociate\tGene|672,foo\tDisease|MESH:D003866\n")
    assert paper.relations[0].subject.references == (Reference("NCBIGene", "672"),)
    assert kinds(entries) == [Kind.ALTERED]


@pytest.mark.parametrize(
    "row", ["1\ttreat\tChemical|MESH:D015032", "1\ttreat\tChemical|-\tDisease|MESH:D003866", "x\ttreat\tGene|1\tGene|2", "1"]
)
def test_a_bad_row_of_relations_is_reported_and_the_rest_goes_through(row: str) -> None:
    papers, entries = read(pubtator_relations.read, RELATIONS + row + "\n" + RELATIONS)
    assert sum(len(paper.relations) for paper in papers) == 6
    assert [(entry.kind, entry.line) for entry in entries] == [(Kind.SKIPPED, 4)]


def test_an_unknown_relation_and_a_repeated_one_are_reported() -> None:
    row = "1\tsoothes\tChemical|MESH:D015032\tDisease|MESH:D003866\n"
    [paper], entries = read(pubtator_relations.read, row + row)
    assert [(one.relation_type, one.source_type) for one in paper.relations] == [(None, "soothes")]
    assert kinds(entries) == [Kind.SUSPICIOUS, Kind.SUSPICIOUS, Kind.REPEATED]


def test_identifiers_of_one_row_belong_together() -> None:
    papers, entries = read(pmc_ids.read, IDS)
    assert entries == []
    assert [[str(one) for one in paper.identifiers] for paper in papers] == [
        ["PMCID:PMC13900", "PMID:11250746"],
        ["PMCID:PMC13901", "PMID:11250747", "DOI:10.1186/bcr271"],
    ]
    assert all(paper.is_link and paper.journal is None for paper in papers)
    assert papers[1].sources[0].sha256 == sha256(IDS.splitlines(keepends=True)[2].encode()).hexdigest()


@pytest.mark.parametrize(
    "text",
    [
        "PMID\tPMCID\tDOI\n11250747\tPMC13901\t10.1186/bcr271\n",
        "\ufeffpmid,pmcid,doi\r\n11250747,PMC13901,10.1186/bcr271\r\n",
        '"PMID","PMCID","DOI"\n"11250747","PMC13901","https://doi.org/10.1186/bcr271"\n',
        '\nPMID,PMCID,DOI,"a, ""b"""\n011250747,pmc13901,doi:10.1186/bcr271,"x\ny"\n',
    ],
)
def test_any_list_with_such_columns_will_do(text: str) -> None:
    assert pmc_ids.recognises(text.encode())
    [paper], entries = read(pmc_ids.read, text)
    assert [str(one) for one in paper.identifiers] == ["PMCID:PMC13901", "PMID:11250747", "DOI:10.1186/bcr271"]
    assert entries == []


@pytest.mark.parametrize("doi", ["10.1002/(SICI)1<2::AID>3.0.CO;2-2", "10.1234/ünï", "10.1234/a-b", "10.1234/a+b", "10.1234/x_(y)"])
def test_a_doi_stays_as_it_is(doi: str) -> None:
    [paper], _ = read(pmc_ids.read, f"PMID\tDOI\n1\t{doi}\n")
    assert paper.identifiers[1] == Reference("DOI", doi)


@pytest.mark.parametrize(
    "row",
    [
        "x,PMC1,10.1234/x",
        "1,PMC2,10.1234/x,more",
        "1,PMC2",
        '"1,PMC2,10.1234/x',
        '1,"PMC2"x,10.1234/x',
        "1,,11.1234/x",
        "1,MS7,",
        "1" * 5000 + ",,",
    ],
)
def test_a_malformed_row_or_identifier_is_reported_and_the_rest_goes_through(row: str) -> None:
    papers, entries = read(pmc_ids.read, f"PMID,PMCID,DOI\n{row}\n7,PMC7,\n8,PMC8,\n")
    assert {str(one) for paper in papers for one in paper.identifiers} >= {"PMID:7", "PMCID:PMC7", "PMID:8", "PMCID:PMC8"}
    assert [(entry.kind, entry.line) for entry in entries] == [(Kind.SKIPPED, 2)]


def test_a_row_with_one_identifier_links_nothing_and_needs_no_line() -> None:
    assert read(pmc_ids.read, "PMID,PMCID,DOI\n1,,\n2,0,\n\n,,\n") == ([], [])


@pytest.mark.parametrize(
    ("text", "name"),
    [
        (CONCEPTS, "pubtator-bulk"),
        (RELATIONS, "pubtator-relations"),
        (IDS, "pmc-ids"),
        ("\n# comment\nbroken row\n" + CONCEPTS, "pubtator-bulk"),
    ],
)
def test_each_format_is_recognised_by_its_own_reader_only(text: str, name: str) -> None:
    reader = reader_for(text.encode())
    assert reader is not None
    assert reader.name == name


@pytest.mark.parametrize(
    "head",
    [b"", b"\x00\xff", b"# Page\n", b"{}", b"<a/>", b"1|t|Zinc\n1\t0\t4\tZinc\tChemical\tD015032\n", b'"PMID,DOI', b'"a"b,PMID,DOI\n'],
)
@pytest.mark.parametrize("recognises", [pubtator_bulk.recognises, pubtator_relations.recognises, pmc_ids.recognises])
def test_other_formats_are_not_recognised(recognises: Callable[[bytes], bool], head: bytes) -> None:
    assert not recognises(head)


@pytest.mark.parametrize(("reader", "text"), [(pubtator_bulk.read, CONCEPTS), (pubtator_relations.read, RELATIONS), (pmc_ids.read, IDS)])
@given(data=st.data())
@settings(max_examples=40, deadline=None)
def test_no_damage_to_a_file_raises(reader: Read, text: str, data: st.DataObject) -> None:
    damaged = bytearray(text.encode())
    for _ in range(data.draw(st.integers(1, 8))):
        start = data.draw(st.integers(0, len(damaged)))
        end = start + data.draw(st.integers(0, 20))
        damaged[start:end] = data.draw(st.binary(max_size=10) | st.sampled_from([b"\t", b"\n", b"|", b'"', b",", b"\r"]))
    for recognises in (pubtator_bulk.recognises, pubtator_relations.recognises, pmc_ids.recognises):
        recognises(bytes(damaged))
    read(reader, bytes(damaged))


HOSTILE = {
    "tabs": b"1\tGene\t672\tx" + b"\t" * 500_000,
    "bars": b"1\tGene\t672\t" + b"|" * 500_000,
    "rs": b"1\tSNP\trs1," + b" " * 9_000 + b"x\ty\tz\n" + b"1\tSNP\t" + b"rs1" * 3_000 + b"x\ty\tz",
    "quotes": b"PMID,DOI\n" + b'"a\n' * 50_000,
    "commas": b"PMID,DOI\n" + b"," * 500_000,
    "sides": b"1\ttreat\t" + b"|" * 500_000 + b"\t" + b"@" * 500_000,
    "nothing": b"\x00" * 500_000,
}


@pytest.mark.parametrize("name", HOSTILE)
@pytest.mark.parametrize("reader", [pubtator_bulk.read, pubtator_relations.read, pmc_ids.read])
def test_hostile_input_takes_no_longer_than_other_input(reader: Read, name: str) -> None:
    start = time.perf_counter()
    read(reader, HOSTILE[name])
    assert time.perf_counter() - start < 2


TYPES = ("bioconcepts", "gene", "disease", "chemical", "species", "mutation", "cellline")


@pytest.mark.parametrize("name", TYPES)
def test_nothing_in_a_real_file_of_concepts_is_lost(name: str) -> None:
    text = _derived(f"{name}2pubtator3.sample.gz")
    papers, entries = read(pubtator_bulk.read, text)
    printed: Counter[tuple[str, str]] = Counter()
    for row in text.splitlines():
        record, _, _, texts, _ = row.split("\t")
        printed.update((record, part) for part in filter(None, texts.split("|")))
    kept = Counter((str(paper.sources[0].record), one.text) for paper in papers for one in paper.annotations)
    assert kept == printed
    assert set(kinds(entries)) <= {Kind.UNRESOLVED}
    assert [paper.sources[0].record for paper in papers] == _runs(text)


def test_nothing_in_a_real_file_of_relations_is_lost() -> None:
    text = _derived("relation2pubtator3.sample.gz")
    papers, entries = read(pubtator_relations.read, text)
    kept = sum(len(paper.relations) for paper in papers)
    assert kept == len(set(text.splitlines()))
    assert kept + kinds(entries).count(Kind.REPEATED) == len(text.splitlines())
    assert set(kinds(entries)) <= {Kind.UNRESOLVED, Kind.REPEATED}
    assert [paper.sources[0].record for paper in papers] == _runs(text)


def _derived(name: str) -> str:
    path = DATA / "derived" / name
    if not path.exists():
        pytest.skip(NO_DATA)
    return gzip.decompress(path.read_bytes()).decode()


def _runs(text: str) -> list[str]:
    """The papers in their order, each as often as rows of another one come between."""
    records = [row.split("\t")[0] for row in text.splitlines()]
    return [record for before, record in zip(["", *records], records, strict=False) if before != record]
