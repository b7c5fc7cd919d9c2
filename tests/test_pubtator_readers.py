"""The reader of PubTator text: every row ends in a paper or in the report, whatever the file's habits."""

import io
import re
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rdfgen.model import Location, Paper, Reference
from rdfgen.readers import reader_for
from rdfgen.readers.pubtator import document as pubtator_document
from rdfgen.readers.pubtator import reader as pubtator
from rdfgen.report import Entry, Kind, Report

DATA = Path(__file__).parents[2] / "shared" / "data"
NO_DATA = f"{DATA.name} is not beside the checkout"

DOCUMENT = """24927617|t|Zinc and low mood.
24927617|a|Zinc helps with depression in BRCA1 carriers.
24927617\t0\t4\tZinc\tChemicalEntity\tD015032
24927617\t9\t17\tlow mood\tDiseaseOrPhenotypicFeature\tD003866
24927617\t19\t23\tZinc\tChemicalEntity\tD015032
24927617\t35\t45\tdepression\tDiseaseOrPhenotypicFeature\tD003866,D003865
24927617\t49\t54\tBRCA1\tGeneOrGeneProduct\t672
24927617\tNegative_Correlation\tD015032\tD003866\tNovel
24927617\tAssociation\t672\tD003865\tNo
"""


def read(text: str | bytes) -> tuple[list[Paper], list[Entry]]:
    data = text.encode() if isinstance(text, str) else text
    report = Report("file.pubtator")
    return list(pubtator.read(io.BytesIO(data), report)), report.entries


def kinds(entries: list[Entry]) -> list[Kind]:
    return [entry.kind for entry in entries]


def test_a_document_becomes_a_paper_with_everything_in_it() -> None:
    [paper], entries = read(DOCUMENT)
    assert entries == []
    assert paper.identifiers == (Reference("PMID", "24927617"),)
    assert (paper.title, paper.abstract) == ("Zinc and low mood.", ("Zinc helps with depression in BRCA1 carriers.",))
    assert [one.text for one in paper.annotations] == ["Zinc", "low mood", "Zinc", "depression", "BRCA1"]
    assert paper.annotations[3].locations == (Location(35, 45, "abstract"),)
    assert paper.annotations[3].references == (Reference("MESH", "D003866"), Reference("MESH", "D003865"))
    assert {one.tool for one in paper.annotations} == {one.tool for one in paper.relations} == {"pubtator-file"}


@pytest.mark.parametrize("identifier", ["PMID:5", "DOI:10.1234/x", "MESH:D003866,PMC5"])
def test_a_paper_is_no_concept_whatever_a_mention_says(identifier: str) -> None:
    [paper], _ = read(f"7|t|Zinc\n7|a|\n7\t0\t4\tZinc\tDisease\t{identifier}\n")
    assert {found.prefix for found in paper.annotations[0].references} <= {"MESH"}
    assert len(paper.annotations[0].unrecognized) == 1


def test_relations_take_the_types_of_their_sides_from_the_mentions() -> None:
    [paper], _ = read(DOCUMENT)
    first, second = paper.relations
    assert (first.relation_type, first.novel, second.novel) == ("negative_correlation", True, False)
    assert (first.subject.entity_type, first.object.entity_type) == ("chemical", "disease")
    assert second.subject.references == (Reference("NCBIGene", "672"),)
    assert second.object.entity_type == "disease"


def test_a_number_that_the_mentions_give_several_types_is_no_concept() -> None:
    [paper], entries = read("1\t0\t1\ta\tGene\t3906\n1\t2\t3\tb\tSpecies\t3906\n1\tAssociation\t3906\tD003866\n")
    assert (paper.relations[0].subject.references, paper.relations[0].subject.text) == ((), "3906")
    assert kinds(entries) == [Kind.UNRESOLVED]


def test_the_bc5cdr_relation_and_its_empty_seventh_column_are_read() -> None:
    [paper], entries = read("1|t|Zinc\n1\t0\t4\tZinc\tChemical\tD015032\t\n1\tCID\tD015032\tD003866\n")
    assert entries == []
    assert paper.annotations[0].note is None
    assert paper.relations[0].relation_type == "causation"


def test_the_seventh_column_is_a_note() -> None:
    [paper], _ = read("1\t0\t4\tZinc\tChemical\tD015032|D003866\tzinc|mood\n")
    assert paper.annotations[0].note == "zinc|mood"


@pytest.mark.parametrize("identifier", ["", "\t", "\t-", "\t-1"])
def test_a_mention_without_an_identifier_is_kept_and_reported(identifier: str) -> None:
    [paper], entries = read(f"1|t|Zinc\n1\t0\t4\tZinc\tChemical{identifier}\n")
    assert (paper.annotations[0].text, paper.annotations[0].references) == ("Zinc", ())
    assert kinds(entries) == [Kind.UNRESOLVED]


def test_the_text_of_a_mention_is_kept_as_printed() -> None:
    [paper], _ = read("1|t|A - b \n1\t2\t4\t- \tChemical\tD015032\n1\t5\t5\t\tChemical\tD015032\n")
    assert [one.text for one in paper.annotations] == ["- ", ""]


@pytest.mark.parametrize(
    ("record", "expected"),
    [
        ("24927617", (Reference("PMID", "24927617"),)),
        ("PMC13901", (Reference("PMCID", "PMC13901"),)),
        ("10.1234/a(b)", (Reference("DOI", "10.1234/a(b)"),)),
        ("case-7", ()),
        ("0", ()),
        ("D003866", ()),
        ("12345_2", ()),
    ],
)
def test_a_document_is_identified_only_by_what_can_be_an_identifier(record: str, expected: tuple[Reference, ...]) -> None:
    [paper], _ = read(f"{record}|t|Zinc\n{record}\t0\t4\tZinc\tChemical\tD015032\n")
    assert paper.identifiers == expected
    assert paper.sources[0].record == record


@pytest.mark.parametrize("between", ["", "\n", "\n\n \n", "# a comment\n"])
def test_a_document_ends_where_another_one_starts(between: str) -> None:
    papers, entries = read(f"1|t|A\n1|a|B\n{between}2|t|C\n{between}2\t0\t1\tC\tChemical\tD015032\n")
    assert [(paper.title, len(paper.annotations)) for paper in papers] == [("A", 0), ("C", 1)]
    assert entries == []


def test_the_same_document_twice_is_two_papers() -> None:
    papers, entries = read(DOCUMENT + "\n" + DOCUMENT)
    assert papers[0] == papers[1]
    assert entries == []


def test_rows_before_the_title_belong_to_the_document() -> None:
    [paper], entries = read("1\t0\t1\tA\tChemical\tD015032\n1|t|A\n1|a|B\n")
    assert (paper.title, len(paper.annotations), entries) == ("A", 1, [])


def test_a_mention_of_another_document_goes_to_a_paper_of_its_own() -> None:
    papers, _ = read("1|t|A\n2\t0\t1\tC\tChemical\tD015032\n1\t0\t1\tA\tChemical\tD015032\n")
    assert [paper.sources[0].record for paper in papers] == ["1", "2", "1"]
    assert [len(paper.annotations) for paper in papers] == [0, 1, 1]


def test_an_abstract_counted_from_the_end_of_a_title_with_a_space_is_no_mismatch() -> None:
    [paper], entries = read("1|t|Zinc \n1|a|low mood\n1\t0\t4\tZinc\tChemical\tD015032\n1\t9\t13\tmood\tDisease\tD003866\n")
    assert entries == []
    assert paper.annotations[1].locations == (Location(9, 13, "abstract"),)


def test_a_title_with_a_space_and_an_abstract_counted_as_usual_is_no_mismatch() -> None:
    _, entries = read("1|t|Zinc \n1|a|low mood\n1\t10\t14\tmood\tDisease\tD003866\n")
    assert entries == []


def test_offsets_count_code_points() -> None:
    _, entries = read("1|t|\U0001f600 Zinc\n1\t2\t6\tZinc\tChemical\tD015032\n")
    assert entries == []


def test_an_offset_that_does_not_match_its_text_is_reported_and_kept() -> None:
    [paper], entries = read("1|t|Zinc\n1\t1\t4\tZinc\tChemical\tD015032\n")
    assert paper.annotations[0].locations == (Location(1, 4, "title"),)
    assert kinds(entries) == [Kind.SUSPICIOUS]


def test_mentions_behind_the_text_of_the_file_are_one_line() -> None:
    rows = "".join(f"1\t{start}\t{start + 4}\tZinc\tChemical\tD015032\n" for start in range(100, 200, 5))
    [paper], entries = read(f"1|t|Zinc\n{rows}")
    assert len(paper.annotations) == 20
    assert [(entry.kind, entry.line) for entry in entries] == [(Kind.SUSPICIOUS, 2)]


@pytest.mark.parametrize(
    "row",
    [
        "1\tx\t4\tZinc\tChemical\tD015032",
        "1\t4\t0\tZinc\tChemical\tD015032",
        "1\t-1\t4\tZinc\tChemical\tD015032",
        "1\t0\t" + "9" * 5000 + "\tZinc\tChemical\tD015032",
        "1\tx\ty\tZinc\tChemical",
        "1\t0\t4\tZinc",
        "1\t0\t4",
        "1",
        "some text",
        "\t0\t4\tZinc\tChemical\tD015032",
        "1|an abstract without a tag",
        "|t|a title without a document",
        "2\tfoo\tbar\tbaz",
        "1\tAssociation\tD015032\t",
        "1\tAssociation\t-\tD015032",
        "1\t0\t4\tZinc\tChemical\t" + "D015032;" * 2000,
        "1" * 300 + "\t0\t4\tZinc\tChemical\tD015032",
    ],
)
def test_a_bad_row_is_reported_and_the_rest_goes_through(row: str) -> None:
    [paper], entries = read(f"1|t|Zinc\n{row}\n1\t0\t4\tZinc\tChemical\tD015032\n")
    assert (paper.title, len(paper.annotations), paper.relations) == ("Zinc", 1, ())
    assert [(entry.kind, entry.line) for entry in entries] == [(Kind.SKIPPED, 2)]


def test_a_passage_with_an_unknown_tag_stays_and_is_suspicious() -> None:
    [paper], entries = read("1|t|Zinc\n1|a|It helps.\n1|b|Body.\n1\t15\t19\tBody\tChemical\tD015032\n")
    assert paper.abstract == ("It helps.", "Body.")
    assert [(entry.kind, entry.line) for entry in entries] == [(Kind.SUSPICIOUS, 3)]


def test_an_unknown_relation_type_is_kept_under_its_own_name() -> None:
    [paper], entries = read("1|t|Zinc\n1\tSoothes\tMESH:D015032\tMESH:D003866\n")
    assert (paper.relations[0].relation_type, paper.relations[0].source_type) == (None, "Soothes")
    assert kinds(entries) == [Kind.SUSPICIOUS]


def test_a_fifth_column_that_is_no_novelty_is_suspicious() -> None:
    [paper], entries = read("1|t|Zinc\n1\tAssociation\tMESH:D015032\tMESH:D003866\tPerhaps\n")
    assert paper.relations[0].novel is None
    assert [(entry.kind, entry.text) for entry in entries] == [(Kind.SUSPICIOUS, "Perhaps")]


def test_the_same_row_twice_is_one_statement_and_two_rows() -> None:
    rows = "1\t0\t4\tZinc\tChemical\tD015032\n1\tAssociation\tD015032\tMESH:D003866\n"
    [paper], entries = read("1|t|Zinc\n" + rows + rows)
    assert (len(paper.annotations), len(paper.relations)) == (1, 1)
    assert kinds(entries) == [Kind.REPEATED, Kind.REPEATED]


def test_a_document_of_any_size_takes_little_memory() -> None:
    count = pubtator_document.MAX_ROWS + 10
    rows = "".join(f"1\t{start}\t{start + 4}\tZinc\tChemical\tD015032\n" for start in range(count))
    papers, entries = read("1|t|Zinc\n" + rows)
    assert [paper.title for paper in papers] == ["Zinc", None]
    assert sum(len(paper.annotations) for paper in papers) == count
    assert {paper.identifiers for paper in papers} == {(Reference("PMID", "1"),)}
    assert Kind.SKIPPED not in kinds(entries)


def test_a_document_with_endless_passages_is_given_out_in_parts() -> None:
    papers, _ = read("".join(f"1|a|p{number}\n" for number in range(1050)))
    assert [text for paper in papers for text in paper.abstract] == [f"p{number}" for number in range(1050)]


def test_control_characters_and_bad_bytes_are_replaced_and_reported() -> None:
    [paper], entries = read(b"1|t|Zi\x00nc \xff\n1\t0\t5\tZi\x00nc\tChemical\tD015032\n")
    assert paper.title == "Zi\ufffdnc \ufffd"
    assert set(kinds(entries)) == {Kind.ALTERED}


def test_line_ends_of_windows_and_a_byte_order_mark_change_nothing_but_the_hash() -> None:
    [paper], entries = read(b"\xef\xbb\xbf" + DOCUMENT.replace("\n", "\r\n").encode())
    [expected], _ = read(DOCUMENT)
    assert entries == []
    assert (paper.title, paper.abstract, paper.annotations, paper.relations) == (
        expected.title,
        expected.abstract,
        expected.annotations,
        expected.relations,
    )


def test_a_last_row_without_a_line_end_is_suspicious() -> None:
    _, entries = read(DOCUMENT.rstrip("\n"))
    assert [(entry.kind, entry.line) for entry in entries] == [(Kind.SUSPICIOUS, 9)]


@pytest.mark.parametrize(
    "head",
    [
        b"",
        b"\x00\xff\xfe",
        b"# A page\n\n**Authors:** A, B\n",
        b"# A page\n\na|b|c\n",
        b'{"id": "1|t|x"}',
        b"<?xml version='1.0'?><collection>",
        b"C0000005|ENG|P|L0000005|PF\n",
        b"chr1\t0\t5\tname\t960\t+\n",
        b"1\tDisease\tMESH:D003866\tdepression\tPubTator3\n",
        b"1\ttreat\tChemical|MESH:D015032\tDisease|MESH:D003866\n",
        b"DOI,PMCID,PMID\n",
    ],
)
def test_other_formats_are_not_recognised(head: bytes) -> None:
    assert not pubtator.recognises(head)


@pytest.mark.parametrize(
    "head", [DOCUMENT.encode(), b"\n\n# comment\nPMC1|t|Zinc\n", b"1|a|" + b"x" * 70_000, b"1\tCID\tD015032\tD003866\n"]
)
def test_pubtator_text_is_recognised(head: bytes) -> None:
    reader = reader_for(head[: 1 << 16])
    assert reader is not None
    assert reader.name == "pubtator"


@given(st.data())
@settings(max_examples=50, deadline=None)
def test_no_damage_to_a_file_raises(data: st.DataObject) -> None:
    damaged = bytearray(DOCUMENT.encode())
    for _ in range(data.draw(st.integers(1, 8))):
        start = data.draw(st.integers(0, len(damaged)))
        end = start + data.draw(st.integers(0, 20))
        damaged[start:end] = data.draw(st.binary(max_size=10) | st.sampled_from([b"\t", b"\n", b"|", b"\r", b";", b"#"]))
    pubtator.recognises(bytes(damaged))
    read(bytes(damaged))


@given(st.integers(0, len(DOCUMENT)))
@settings(max_examples=50, deadline=None)
def test_every_row_of_a_truncated_file_is_accounted_for(length: int) -> None:
    text = DOCUMENT[:length]
    papers, entries = read(text)
    kept = sum(len(paper.annotations) + len(paper.relations) for paper in papers)
    passages = len(re.findall(r"^\d+\|[ta]\|", text, re.MULTILINE))
    skipped = sum(entry.kind is Kind.SKIPPED for entry in entries)
    assert kept + passages + skipped == sum(line != "" for line in text.split("\n"))


REAL = {
    "pubtator/api_samples/pmids_output.pubtator": (3, 83, 22),
    "pubtator/api_samples/22429397_abstract_240916.pubtator": (1, 37, 10),
    "pubtator/pubtator_central/1-sample-annotations.txt": (132, 9504, 0),
    "pubtator/tmVar3Corpus.Gene.PubTator.txt": (500, 5947, 0),
    "biored/BioRED.Train.PubTator": (400, 13351, 4178),
    "bc5cdr/CDR_sample.PubTator.txt": (50, 925, 124),
    "ncbi_disease/NCBItrainset_corpus.txt": (593, 5145, 0),
}


@pytest.mark.parametrize("name", REAL)
def test_nothing_in_a_real_file_is_lost(name: str) -> None:
    path = DATA / name
    if not path.exists():
        pytest.skip(NO_DATA)
    data = path.read_bytes()
    papers, entries = read(data)
    columns = Counter(line.count("\t") + 1 for line in data.decode().split("\n") if "\t" in line)
    repeats = Counter("relation" if "relation" in entry.reason else "mention" for entry in entries if entry.kind is Kind.REPEATED)
    documents = len(re.findall(r"^\d+\|t\|", data.decode(), re.MULTILINE))
    mentions = sum(len(paper.annotations) for paper in papers) + repeats["mention"]
    relations = sum(len(paper.relations) for paper in papers) + repeats["relation"]
    assert (len(papers), mentions, relations) == (documents, columns[6] + columns[7], columns[4] + (columns[5])) == REAL[name]
    assert not any(entry.kind.is_error for entry in entries)


@pytest.mark.parametrize("name", REAL)
def test_the_texts_of_a_real_file_stand_where_it_says(name: str) -> None:
    path = DATA / name
    if not path.exists():
        pytest.skip(NO_DATA)
    papers, entries = read(path.read_bytes())
    mismatches = sum("offset" in entry.reason for entry in entries)
    assert mismatches <= 0.02 * sum(len(paper.annotations) for paper in papers)
    rows = {(record, start, end, text) for record, start, end, text, *_ in _printed_mentions(path)}
    kept = {
        (str(paper.sources[0].record), one.locations[0].start, one.locations[0].end, one.text)
        for paper in papers
        for one in paper.annotations
    }
    assert kept == rows


def _printed_mentions(path: Path) -> list[tuple[str, int, int, str]]:
    rows = (line.split("\t") for line in path.read_text(encoding="utf-8").split("\n"))
    return [(row[0], int(row[1]), int(row[2]), row[3]) for row in rows if len(row) >= 6]
