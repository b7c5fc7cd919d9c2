"""BioC-JSON and BioC-XML: nothing lost, nothing made up, and the same paper from both."""

import io
import json
import re
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path
from typing import BinaryIO
from xml.etree import ElementTree
from xml.sax.saxutils import escape, quoteattr

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rdfgen.model import Annotation, Location, Paper, Reference
from rdfgen.readers.bioc import json_reader as bioc_json
from rdfgen.readers.bioc import json_split as bioc_json_split
from rdfgen.readers.bioc import xml_reader as bioc_xml
from rdfgen.readers.mentions import identified, type_named
from rdfgen.report import Kind, Report

DATA = Path(__file__).parents[2] / "shared" / "data"
FILES = sorted(
    [
        *DATA.glob("pubtator/pubtator3_biocjson/*.json"),
        *DATA.glob("pubtator/api_samples/*.json"),
        *DATA.glob("bioc_schema/everything.*"),
        *DATA.glob("bioc_pmc/*.xml"),
    ]
)
Json = dict[str, object]
Read = Callable[[BinaryIO, Report], Iterator[Paper]]
needs_data = pytest.mark.skipif(not DATA.is_dir(), reason="the sample data are not beside the checkout")


def read(data: bytes | str, reader: Read = bioc_json.read) -> tuple[list[Paper], Report]:
    report = Report("x")
    return list(reader(io.BytesIO(data.encode() if isinstance(data, str) else data), report)), report


def kinds(report: Report) -> list[Kind]:
    return [entry.kind for entry in report.entries]


def skipped(report: Report) -> list[str]:
    return [entry.reason for entry in report.entries if entry.kind == Kind.SKIPPED]


def mention(text: str, start: int, infons: Json | None = None, number: str = "1") -> Json:
    return {"id": number, "infons": infons or {}, "text": text, "locations": [{"offset": start, "length": len(text)}]}


def gene(text: str, start: int, identifier: object = "1956", number: str = "1") -> Json:
    return mention(text, start, {"type": "Gene", "identifier": identifier}, number)


def document(*annotations: Json, name: str = "7", text: str = "EGFR and ALK", more: Json | None = None) -> Json:
    passage = {"offset": 0, "infons": {"type": "title"}, "text": text, "sentences": [], "annotations": list(annotations), "relations": []}
    return {"id": name, "infons": {}, "passages": [passage], "annotations": [], "relations": [], **(more or {})}


def one(found: Json) -> tuple[Paper, Report]:
    papers, report = read(json.dumps(found))
    assert len(papers) == 1, report.entries
    return papers[0], report


def with_infons(**infons: object) -> Paper:
    found = document()
    found["passages"] = [{"offset": 0, "infons": {"type": "title", **infons}, "text": "T"}]
    return one(found)[0]


def identifiers(paper: Paper) -> list[str]:
    return [str(identifier) for identifier in paper.identifiers]


def same(paper: Paper) -> tuple[object, ...]:
    """All of a paper but where it was read from."""
    return (
        paper.identifiers,
        paper.title,
        paper.abstract,
        paper.authors,
        paper.journal,
        paper.issued,
        paper.volume,
        paper.issue,
        paper.pages,
        paper.keywords,
        paper.annotations,
        paper.relations,
        paper.sources[0].record,
    )


def as_text(value: object) -> str:
    if isinstance(value, list):
        return ";".join(map(as_text, value))
    return "" if value is None else str(value)


def infon_elements(infons: dict[str, object]) -> str:
    """A naive conversion: PubTator3 prints roles as `Type|ID` in XML."""
    roles = {key: f"{value['type']}|{value['identifier']}" for key, value in infons.items() if isinstance(value, dict)}
    return "".join(
        f"<infon key={quoteattr(key)}>{escape(as_text(value))}</infon>" for key, value in {**infons, **roles}.items() if value is not None
    )


def as_xml(value: dict, name: str = "document") -> str:  # type: ignore[type-arg] # any JSON
    attributes = f" id={quoteattr(str(value['id']))}" if name in ("annotation", "relation") else ""
    children = infon_elements(value.get("infons") or {})
    if name == "document":
        children = f"<id>{escape(str(value['id']))}</id>" + children
    if "offset" in value:
        children += f"<offset>{value['offset']}</offset>"
    if value.get("text") is not None and name != "annotation":
        children += f"<text>{escape(value['text'])}</text>"
    for key in ("passages", "sentences", "annotations", "relations"):
        children += "".join(as_xml(child, key[:-1]) for child in value.get(key) or ())
    children += "".join(f'<location offset="{place["offset"]}" length="{place["length"]}"/>' for place in value.get("locations") or ())
    children += "".join(f"<node refid={quoteattr(node['refid'])} role={quoteattr(node['role'])}/>" for node in value.get("nodes") or ())
    if name == "annotation":
        children += f"<text>{escape(value['text'])}</text>"
    return f"<{name}{attributes}>{children}</{name}>"


def collection_xml(documents: list[Json], source: str = "PubTator") -> bytes:
    body = "".join(map(as_xml, documents))
    return f'<?xml version="1.0"?><!DOCTYPE collection SYSTEM "BioC.dtd"><collection><source>{source}</source>{body}</collection>'.encode()


def json_documents(value: object) -> Iterator[Json]:
    """The documents of a file, by an independent walk."""
    if isinstance(value, list):
        for part in value:
            yield from json_documents(part)
    elif isinstance(value, dict) and "passages" in value:
        yield value
    elif isinstance(value, dict):
        for part in value.values():
            yield from json_documents(part)


def counted(value: object, key: str) -> int:
    if isinstance(value, list):
        return sum(counted(part, key) for part in value)
    if not isinstance(value, dict):
        return 0
    own = value.get(key)
    return (len(own) if isinstance(own, list) else 0) + sum(counted(part, key) for part in value.values())


def expected_counts(path: Path) -> tuple[int, int, int]:
    """Documents, annotations and relations of a file, counted without the readers."""
    if path.suffix == ".json":
        found = list(json_documents(json.loads(path.read_text())))
        return len(found), counted(found, "annotations"), counted(found, "relations")
    root = ElementTree.parse(path).getroot()
    return tuple(sum(1 for _ in root.iter(name)) for name in ("document", "annotation", "relation"))  # type: ignore[return-value] # three names


@needs_data
@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_every_annotation_and_relation_of_a_real_file_is_in_a_paper_or_in_the_report(path: Path) -> None:
    reader = bioc_json if path.suffix == ".json" else bioc_xml
    assert reader.recognises(path.read_bytes()[: 1 << 16])
    papers, report = read(path.read_bytes(), reader.read)
    gone = [entry.reason for entry in report.entries if entry.kind in (Kind.SKIPPED, Kind.REPEATED)]
    annotations = sum(len(paper.annotations) for paper in papers) + sum("annotation" in reason for reason in gone)
    relations = sum(len(paper.relations) for paper in papers) + sum("relation" in reason for reason in gone)
    assert (len(papers), annotations, relations) == expected_counts(path)


@needs_data
def test_the_schema_s_samples_give_the_same_papers_and_one_relation_less() -> None:
    first, report = read((DATA / "bioc_schema/everything.json").read_bytes())
    second, other = read((DATA / "bioc_schema/everything.xml").read_bytes(), bioc_xml.read)
    assert list(map(same, first)) == list(map(same, second))
    assert report.entries == other.entries or kinds(report) == kinds(other)
    assert len(skipped(report)) == 1
    assert "1 sides" in skipped(report)[0]


@needs_data
@pytest.mark.parametrize("path", [path for path in FILES if "pubtator" in path.parts], ids=lambda path: path.name)
def test_a_real_document_is_the_same_paper_from_xml(path: Path) -> None:
    found = list(json_documents(json.loads(path.read_text())))
    for only_in_json in ("pmid", "date", "journal", "authors", "relations_display", "_id"):
        for part in found:
            part.pop(only_in_json, None)
    from_json, _ = read(json.dumps({"source": "PubTator", "documents": found}))
    from_xml, _ = read(collection_xml(found), bioc_xml.read)
    assert list(map(same, from_json)) == list(map(same, from_xml))
    assert {annotation.tool for paper in from_json for annotation in paper.annotations} == {"pubtator3"}


OLD_KEYS = {"Gene": "NCBI Gene", "Species": "NCBI Species", "Disease": "MESH", "Chemical": "MESH"}


def in_old_style(annotation: Json) -> Json:
    """The annotation with its identifier in an infon that is named for the vocabulary, without prefix."""
    infons: dict[str, str] = dict(annotation["infons"])  # type: ignore[call-overload] # a dict
    identifier = infons.pop("identifier")
    key = "OMIM" if identifier.startswith("OMIM:") else OLD_KEYS.get(infons["type"], "Identifier")
    return annotation | {"infons": infons | {key: identifier.removeprefix("MESH:").removeprefix("OMIM:")}}


@needs_data
def test_infons_named_for_vocabularies_say_the_same_as_one_identifier() -> None:
    [path] = DATA.glob("pubtator/pubtator_central/*.txt")
    count = 0
    for name, _, rows in pubtator_documents(path.read_text()):
        found = [mention(row[3], int(row[1]), {"type": row[4], "identifier": row[5] if len(row) > 5 else ""}) for row in rows]
        documents: list[Json] = [{"id": name, "annotations": annotations} for annotations in (found, list(map(in_old_style, found)))]
        papers, _ = read(collection_xml(documents), bioc_xml.read)
        assert papers[0].annotations == papers[1].annotations
        count += len(rows)
    assert count > 9000


def spans(annotation: Annotation) -> tuple[tuple[int, int], ...]:
    return tuple((place.start, place.end) for place in annotation.locations)


def essence(paper: Paper) -> set[object]:
    return {(found.references, found.entity_type, found.text, spans(found)) for found in paper.annotations}


def pubtator_documents(text: str) -> Iterator[tuple[str, list[str], list[list[str]]]]:
    """Id, title and abstract, and six-column rows of PubTator text, by a naive split."""
    for block in re.split(r"\n\s*\n", text.strip()):
        rows = block.split("\n")
        yield (
            rows[0].split("|")[0],
            [row.split("|", 2)[2] for row in rows[:2]],
            [row.split("\t") for row in rows[2:] if row.count("\t") >= 4],
        )


def expected_essence(row: list[str]) -> object:
    entity_type = type_named(row[4])[0]
    identifier = row[5] if len(row) > 5 else ""
    return identified(identifier, entity_type).references, entity_type, row[3], ((int(row[1]), int(row[2])),)


@needs_data
def test_the_api_s_json_and_its_text_export_say_the_same() -> None:
    papers, _ = read((DATA / "pubtator/api_samples/22439397_abstract_240916.json").read_bytes())
    text = (DATA / "pubtator/api_samples/22429397_abstract_240916.pubtator").read_text()
    [(_, _, rows)] = pubtator_documents(text)
    assert essence(papers[0]) == {expected_essence(row) for row in rows}


def as_bioc(name: str, texts: list[str], rows: list[list[str]]) -> Json:
    """A PubTator document in BioC: one infon for the type, one for the identifier; mentions in the body belong to the document."""
    annotations = [
        mention(row[3], int(row[1]), {"type": row[4], "identifier": row[5] if len(row) > 5 else ""}, str(number))
        for number, row in enumerate(rows)
    ]
    starts = (0, len(texts[0]) + 1, len(texts[0]) + len(texts[1]) + 2, 1 << 40)
    inside = [[one for one, row in zip(annotations, rows, strict=True) if start <= int(row[1]) < end] for start, end in pairwise(starts)]
    passages = [
        {"offset": start, "infons": {"type": kind}, "text": text, "annotations": found}
        for start, kind, text, found in zip(starts, ("title", "abstract"), texts, inside, strict=False)
    ]
    return {"id": name, "passages": passages, "annotations": inside[2]}


@needs_data
def test_pubtator_central_says_the_same_in_bioc() -> None:
    text = "\n\n".join(
        path.read_text() for path in sorted((DATA / "pubtator/pubtator_central").iterdir()) if path.suffix != ".md" and path.is_file()
    )
    found = list(pubtator_documents(text))
    documents = [as_bioc(*parts) for parts in found]
    papers, report = read(collection_xml(documents), bioc_xml.read)
    others, _ = read("\n".join(map(json.dumps, documents)))
    assert len(papers) == len(found) > 100
    for paper, other, (_, _, rows) in zip(papers, others, found, strict=True):
        assert essence(paper) == essence(other) == {expected_essence(row) for row in rows}
    repeats = kinds(report).count(Kind.REPEATED)
    assert sum(len(paper.annotations) for paper in papers) + repeats == sum(len(rows) for _, _, rows in found)


@pytest.mark.parametrize(
    "text",
    [
        '{{"PubTator3": [{a}, {b}]}}',
        '{{"source": "PubTator", "date": "", "key": "", "infons": {{"a": {{"b": []}}}}, "documents": [{a}, {b}]}}',
        '{{"date": "", "documents": [{a}, {b}], "infons": {{}}, "source": "PubTator"}}',
        "{a}\n{b}\n",
        "{a}{b}",
        "[{a}, {b}]",
        '[{{"documents": [{a}]}}, {{"documents": [{b}]}}]',
        '\ufeff\n// a comment\n/* and * another */ {{"documents": [{a}, {b}]}}',
        '{{"PubTator3": [{{"documents": [{a}]}}, {b}]}}',
    ],
)
def test_every_outer_form_gives_the_same_papers(text: str) -> None:
    data = text.format(a=json.dumps(document(name="1")), b=json.dumps(document(name="2"), indent=1))
    assert bioc_json.recognises(data.encode())
    papers, report = read(data)
    assert [identifiers(paper) for paper in papers] == [["PMID:1"], ["PMID:2"]]
    assert report.entries == []


def test_keys_in_any_order_are_read() -> None:
    papers, _ = read(json.dumps([document(gene("EGFR", 0))], sort_keys=True))
    assert len(papers[0].annotations) == 1


def test_utf_16_is_read() -> None:
    papers, report = read(json.dumps(document(text="Zürich"), ensure_ascii=False).encode("utf-16"))
    assert papers[0].title == "Zürich"
    assert report.entries == []


@pytest.mark.parametrize("damage", ['"text": "EGFR and ALK', '"text": EGFR', '"text": "EGFR" "ALK"', '"text": ]'])
def test_a_malformed_document_is_reported_with_its_line_and_the_next_is_read(damage: str) -> None:
    rows = [json.dumps(document(name=str(number))) for number in range(1, 5)]
    rows[1] = rows[1].replace('"text": "EGFR and ALK"', damage)
    for data in ('{"PubTator3": [\n' + ",\n".join(rows) + "]}", "\n" + "\n".join(rows)):
        papers, report = read(data)
        assert [paper.sources[0].record for paper in papers] == ["1", "3", "4"]
        assert [(entry.kind, entry.line) for entry in report.entries] == [(Kind.SKIPPED, 3)]


def test_a_truncated_file_keeps_what_came_before() -> None:
    data = '{"PubTator3": [' + json.dumps(document(name="1")) + ",\n" + json.dumps(document(name="2"))[:150]
    papers, report = read(data)
    assert [paper.sources[0].record for paper in papers] == ["1"]
    assert [(entry.kind, entry.line) for entry in report.entries] == [(Kind.SKIPPED, 2)]


def test_a_list_that_ends_between_documents_is_reported() -> None:
    papers, report = read('{"PubTator3": [' + json.dumps(document()) + ",")
    assert len(papers) == 1
    assert "cut off" in skipped(report)[0]


def test_documents_behind_one_that_is_never_closed_are_read() -> None:
    open_end = json.dumps(document(name="1"))[: -len('}], "annotations": [], "relations": []}')]
    papers, report = read(open_end + "," + json.dumps(document(name="2")) + "," + json.dumps(document(name="3")))
    assert [paper.sources[0].record for paper in papers] == ["2", "3"]
    assert len(skipped(report)) == 1


def test_values_without_meaning_between_documents_are_reported() -> None:
    papers, report = read(f"[null, 12, {json.dumps(document())}, {{}}, 3]")
    assert len(papers) == 1
    assert len(skipped(report)) == 3


def test_too_large_a_document_is_reported_and_the_next_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bioc_json_split, "MAX_DOCUMENT_BYTES", 2000)
    papers, report = read(json.dumps([document(text="x" * 3000), document(name="2")]))
    assert [paper.sources[0].record for paper in papers] == ["2"]
    assert len(skipped(report)) == 1


@pytest.mark.parametrize(
    "unit", ["[", '{"a":', '{"documents":[', '{"_id":1,"passages":[', '"', "{", "\x00", '{"source":[', "/*", "1,", '"a":']
)
def test_hostile_nesting_ends_soon_and_raises_nothing(unit: str) -> None:
    papers, _ = read(unit * 20_000)
    assert papers == []


@pytest.mark.parametrize(
    "changes",
    [
        {"passages": None},
        {"passages": [1, "x", None]},
        {"passages": {"offset": "0", "text": None}},
        {"annotations": None, "relations": None, "infons": None},
        {"annotations": [{"text": "EGFR"}, {"infons": [], "text": 5}, {"infons": None, "locations": None}]},
        {"annotations": [{"infons": {"identifier": 1956, "type": ["Gene"]}, "text": "EGFR", "locations": []}]},
        {
            "annotations": [
                {"infons": {"identifier": ["1956", 7], "type": None}, "text": "EGFR", "locations": [{"offset": "0", "length": 4.0}]}
            ]
        },
        {
            "annotations": [
                {"infons": {"identifier": {"deep": {"deeper": [[]]}}}, "text": "E", "locations": [{"offset": -4, "length": 1}, {}]}
            ]
        },
        {"relations": [{"nodes": [{"refid": 1, "role": None}, {}]}, {"nodes": "x"}, 7]},
        {"relations": [{"infons": {"role1": None, "role2": [], "type": 5}}]},
        {"authors": [None, 7, "Smith J"], "journal": 5, "date": [], "pmid": "None", "pmcid": [], "_id": 5},
        {"id": None},
        {"id": 1e999},
    ],
)
def test_wrong_types_never_raise_and_leave_a_line(changes: Json) -> None:
    papers, report = read(json.dumps([document(more=changes), document(name="2")]))
    assert papers[-1].sources[0].record == "2"
    assert len(papers) == 2 or skipped(report)


def test_numbers_in_quotes_are_numbers() -> None:
    found = gene("EGFR", 0, 1956)
    found["locations"] = [{"offset": "0", "length": "4"}]
    paper, report = one(document(found))
    assert paper.annotations[0].locations == (Location(0, 4, "title"),)
    assert paper.annotations[0].references == (Reference("NCBIGene", "1956"),)
    assert report.entries == []


def test_nan_and_lone_surrogates_and_control_characters_are_survived() -> None:
    data = (
        json.dumps(document(gene("EGFR", 0)))
        .replace("ALK", "\\ud800\\u0000\x01")
        .replace('"offset": 0, "length"', '"offset": NaN, "length"')
    )
    papers, report = read(data)
    assert papers[0].title == "EGFR and \ufffd\ufffd\ufffd"
    assert papers[0].annotations[0].locations == ()
    assert Kind.ALTERED in kinds(report)


def test_invalid_utf_8_is_replaced_and_reported() -> None:
    papers, report = read(json.dumps(document()).encode().replace(b"ALK", b"\xffLK"))
    assert papers[0].title == "EGFR and \ufffdLK"
    assert kinds(report) == [Kind.ALTERED]


def test_the_last_of_duplicate_keys_counts() -> None:
    papers, _ = read('{"id": "1", "id": "2", "passages": []}')
    assert identifiers(papers[0]) == ["PMID:2"]


@pytest.mark.parametrize(
    ("infons", "references"),
    [
        ({"type": "Gene", "identifier": "1956;1957"}, ["NCBIGene:1956", "NCBIGene:1957"]),
        ({"type": "Disease", "MESH": "D003866"}, ["MESH:D003866"]),
        ({"type": "Disease", "OMIM": "300082", "MESH": "MESH:D003866"}, ["OMIM:300082", "MESH:D003866"]),
        ({"type": "Gene", "NCBI GENE": "1956", "NCBI Homologene": "37499"}, ["NCBIGene:1956"]),
        ({"type": "Species", "NCBI Taxonomy": "*9606"}, ["NCBITaxon:9606"]),
        ({"type": "Species", "NCBI Species": "9606"}, ["NCBITaxon:9606"]),
        ({"type": "CellLine", "CVCL": "CVCL_0030"}, ["Cellosaurus:CVCL_0030"]),
        ({"type": "CellLine", "identifier": "CVCL:0033"}, ["Cellosaurus:CVCL_0033"]),
        ({"type": "Mutation", "tmVar": "p|SUB|V|600|E", "RS#": "113488022"}, ["dbSNP:rs113488022"]),
        ({"type": "Variant", "identifier": "tmVar:p|SUB|V|600|E;HGVS:p.V600E", "rsids": [113488022]}, ["dbSNP:rs113488022"]),
        ({"type": "Variant", "identifier": "tmVar:p|SUB|V|600|E;RS#:7", "rsids": ["rs8"]}, ["dbSNP:rs7"]),
        ({"type": "Gene", "Identifier": "1956"}, ["NCBIGene:1956"]),
        ({"biotype": "gene", "identifier": "1956"}, ["NCBIGene:1956"]),
        ({"type": "Disease", "normalized_id": "D003866", "valid": False}, []),
        ({"type": "Disease", "identifier": None, "valid": True}, []),
        ({"type": "Disease", "identifier": "-"}, []),
        ({"type": "Disease", "identifier": "MESH:D003866", "valid": False}, []),
    ],
)
def test_an_identifier_is_found_in_whatever_infon_it_stands(infons: Json, references: list[str]) -> None:
    found = document(mention("EGFR", 0, infons))
    paper, report = one(found)
    assert [str(reference) for reference in paper.annotations[0].references] == references
    assert (Kind.UNRESOLVED in kinds(report)) == (not references)
    papers, _ = read(collection_xml([found]), bioc_xml.read)
    assert papers[0].annotations[0].references == paper.annotations[0].references


def test_scores_pieces_and_annotators_are_kept() -> None:
    found = mention("breast and ovarian cancer", 0, {"type": "Disease", "identifier": "MESH:D001943", "score": 0.5, "annotator": "My Tool"})
    found["text"] = "breast cancer"
    found["locations"] = [{"offset": 0, "length": 6}, {"offset": 19, "length": 6}]
    paper, report = one(document(found, text="breast and ovarian cancer"))
    annotation = paper.annotations[0]
    assert (annotation.score, annotation.tool) == ("0.5", "my-tool")
    assert annotation.locations == (Location(0, 6, "title", "breast"), Location(19, 25, "title", "cancer"))
    assert report.entries == []


def test_an_offset_that_does_not_fit_is_kept_and_doubted() -> None:
    paper, report = one(document(gene("EGFR", 2), gene("ALK", 90)))
    assert [spans(annotation) for annotation in paper.annotations] == [((2, 6),), ((90, 93),)]
    assert kinds(report) == [Kind.SUSPICIOUS, Kind.SUSPICIOUS]


def test_offsets_are_checked_against_the_right_one_of_many_passages() -> None:
    parts = [{"offset": 5 * number, "infons": {}, "text": f"{number:04}"} for number in reversed(range(300))]
    annotations = [gene(f"{number:04}", 5 * number) for number in (0, 7, 150, 299)]
    assert one({"id": "1", "passages": parts, "annotations": annotations})[1].entries == []
    wrong = gene("0007", 5 * 8)
    assert kinds(one({"id": "1", "passages": parts, "annotations": [wrong]})[1]) == [Kind.SUSPICIOUS]


def test_an_annotation_that_says_nothing_is_reported() -> None:
    paper, report = one(document({"id": "1", "infons": {}, "text": None, "locations": []}))
    assert paper.annotations == ()
    assert len(skipped(report)) == 1


def test_sentences_stand_in_for_a_passage_without_text() -> None:
    sentences = [
        {"offset": 0, "infons": {}, "text": "EGFR.", "annotations": [gene("EGFR", 0)]},
        {"offset": 6, "infons": {}, "text": "ALK.", "annotations": [gene("ALK", 6, "238")]},
    ]
    paper, report = one({"id": "1", "passages": [{"offset": 0, "infons": {"type": "title"}, "text": None, "sentences": sentences}]})
    assert paper.title == "EGFR. ALK."
    assert len(paper.annotations) == 2
    assert report.entries == []


@pytest.mark.parametrize(
    ("name", "infons", "more", "expected"),
    [
        ("22429397", {}, {}, ["PMID:22429397"]),
        ("3564958", {"article-id_pmc": "3564958", "article-id_pmid": "22699609"}, {}, ["PMID:22699609", "PMCID:PMC3564958"]),
        ("3564958", {"article-id_pmc": "PMC3564958"}, {}, ["PMCID:PMC3564958"]),
        ("PMC12", {}, {}, ["PMCID:PMC12"]),
        ("10.1000/x", {}, {"pmid": 5}, ["PMID:5", "DOI:10.1000/x"]),
        ("5", {}, {"_id": "5|PMC7"}, ["PMID:5", "PMCID:PMC7"]),
        ("5", {}, {"_id": "5|None", "pmcid": "PMC8"}, ["PMID:5", "PMCID:PMC8"]),
        ("a thing", {}, {"pmid": None}, []),
        ("", {}, {}, []),
    ],
)
def test_the_identifiers_of_a_paper_are_sorted_out(name: str, infons: Json, more: Json, expected: list[str]) -> None:
    found = document(name=name, more=more)
    found["passages"] = [{"offset": 0, "infons": {"type": "title", **infons}, "text": "T"}]
    assert identifiers(one(found)[0]) == expected


@pytest.mark.parametrize(
    ("journal", "year", "issued"),
    [
        ("Breast Cancer Res. 2012 Mar 19;14(2):R50. doi: 10.1186/bcr3151.", "2012", "2012-03-19"),
        ("Nat Cell Biol. 2021 Mar;23(3):268-277. doi: 10.1038/s41556-021-00642-9. Epub 2021 ", "2021", "2021-03"),
        ("A J. 2021 Mar-Apr;23(3):268.", "2021", "2021"),
        ("A very long name of a journal of the society. 2021 Mar 1", "2021", "2021-03"),
        ("A J", "2019", "2019"),
        ("", "", "2021"),
        ("J Biol Chem; 2009 Jul 3 ; 284 (27) 18268-81. doi:10.1074/jbc.M1", "", "2009-07-03"),
    ],
)
def test_no_day_or_month_is_made_up(journal: str, year: str, issued: str) -> None:
    found = document(more={"date": "2021-03-01T00:00:00Z"})
    found["passages"] = [{"offset": 0, "infons": {"type": "title", "journal": journal, "year": year}, "text": "T"}]
    assert one(found)[0].issued == issued


def test_a_doi_that_is_cut_is_no_doi() -> None:
    assert identifiers(with_infons(journal="Breast Cancer Res. 2012 Mar 19;14(2):R50. doi: 10.1186/bcr3151.")) == [
        "PMID:7",
        "DOI:10.1186/bcr3151",
    ]
    assert identifiers(with_infons(journal="Breast Cancer Res. 2012 Mar 19;14(2):R50. doi: 10.1186/bcr3")) == ["PMID:7"]
    cut = "A long name of a journal. 2012 Mar 19;14(2):R50. doi: 10.1016/j.molcel.2016.11.0."
    assert identifiers(with_infons(journal=cut)) == ["PMID:7"]


def test_the_infons_of_pmc_are_read() -> None:
    paper = with_infons(
        fpage="207", lpage="214", volume="486", issue="7402", year="2013", kwd="zinc; mood", name_0="surname:Smith;given-names:J A"
    )
    assert (paper.pages, paper.volume, paper.issue, paper.issued) == ("207-214", "486", "7402", "2013")
    assert paper.keywords == ("zinc", "mood")
    assert [author.name for author in paper.authors] == ["J A Smith"]


def test_authors_come_from_the_list_or_the_infon() -> None:
    assert [author.name for author in with_infons(authors="Abalsamo L, Spadaro F, ").authors] == ["Abalsamo L", "Spadaro F"]
    assert [author.name for author in one(document(more={"authors": ["Abalsamo L"]}))[0].authors] == ["Abalsamo L"]


def test_the_body_is_not_published_and_the_abstract_is() -> None:
    parts = [
        {"offset": 0, "infons": {"section_type": "TITLE", "type": "front"}, "text": "T"},
        {"offset": 2, "infons": {"section_type": "ABSTRACT", "type": "abstract_title_1"}, "text": "Aims"},
        {"offset": 7, "infons": {"section_type": "ABSTRACT", "type": "abstract"}, "text": "To see."},
        {"offset": 15, "infons": {"section_type": "REF", "type": "title"}, "text": "References"},
        {
            "offset": 26,
            "infons": {"section_type": "INTRO", "type": "paragraph", "year": "1999"},
            "text": "EGFR",
            "annotations": [gene("EGFR", 26)],
        },
    ]
    paper, _ = one({"id": "1", "passages": parts})
    assert (paper.title, paper.abstract, paper.issued) == ("T", ("Aims", "To see."), None)
    assert paper.annotations[0].locations == (Location(26, 30, "introduction"),)


def relation(infons: Json, *nodes: tuple[str, str]) -> Json:
    return {"id": "R1", "infons": infons, "nodes": [{"refid": refid, "role": role} for refid, role in nodes]}


ROLES = {"role1": {"type": "Chemical", "identifier": "MESH:D016190"}, "role2": {"type": "Gene", "identifier": "1956"}}


@pytest.mark.parametrize(
    "found",
    [
        relation({"type": "Association", **ROLES, "score": "0.9"}, ("0", "7,8")),
        relation({"type": "Association", "entity1": "D016190", "entity2": "1956", "novel": "Novel"}),
        relation({"relation": "associate", "Chemical": "D016190", "Gene": "1956"}),
        relation({"relation type": "Association"}, ("c", "Chemical"), ("g", "Gene")),
        relation({"type": "Association"}, ("g", "object"), ("c", "subject")),
        relation({"type": "Association"}, ("c", ""), ("g", "")),
    ],
)
@pytest.mark.parametrize("place", ["document", "passage"])
def test_a_relation_is_read_in_each_of_its_forms(found: Json, place: str) -> None:
    chemical = mention("ALK", 9, {"type": "Chemical", "identifier": "MESH:D016190"}, "c")
    text = document(gene("EGFR", 0, number="g"), chemical)
    target = text if place == "document" else text["passages"][0]  # type: ignore[index] # a list
    target["relations"] = [found]
    paper, report = one(text)
    assert [(x.relation_type, x.subject.references, x.object.references) for x in paper.relations] == [
        ("association", (Reference("MESH", "D016190"),), (Reference("NCBIGene", "1956"),))
    ]
    assert report.entries == []
    papers, _ = read(collection_xml([text], source=""), bioc_xml.read)
    assert papers[0].relations == paper.relations


def test_novelty_and_score_of_a_relation_are_kept() -> None:
    first = relation({"type": "Association", "entity1": "D016190", "entity2": "D003866", "novel": "No", "score": "0.9948"})
    found = one(document(more={"relations": [first]}))[0].relations[0]
    assert (found.novel, found.score) == (False, "0.9948")


@pytest.mark.parametrize(
    ("found", "reason"),
    [
        (relation({"type": "Association"}, ("g", "")), "1 sides"),
        (relation({"type": "Association"}, ("g", ""), ("g", ""), ("g", "")), "3 sides"),
        (relation({"type": "Association"}, ("g", ""), ("R0", "")), "no annotations"),
        (relation({"type": "Association", "role1": {"type": "Gene"}, "role2": ROLES["role2"]}), "names nothing"),
    ],
)
def test_a_relation_without_two_sides_is_reported(found: Json, reason: str) -> None:
    paper, report = one(document(gene("EGFR", 0, number="g"), more={"relations": [found]}))
    assert paper.relations == ()
    assert [reason in line for line in skipped(report)] == [True]


def test_a_relation_twice_is_one() -> None:
    found = relation({"type": "Association", **ROLES})
    paper, report = one(document(more={"relations": [found, found]}))
    assert len(paper.relations) == 1
    assert kinds(report) == [Kind.REPEATED]


def test_an_unknown_relation_type_keeps_the_source_s_word() -> None:
    paper, report = one(document(more={"relations": [relation({"type": "regulates", **ROLES})]}))
    assert (paper.relations[0].relation_type, paper.relations[0].source_type) == (None, "regulates")
    assert kinds(report) == [Kind.SUSPICIOUS]


@pytest.mark.parametrize(
    ("text", "tool"),
    [
        ('{{"PubTator3": [{0}]}}', "pubtator3"),
        ('{{"source": "BioC-API", "documents": [{0}]}}', "bioc-api"),
        ('{{"source": "", "documents": [{0}]}}', "bioc-file"),
        ("{0}", "bioc-file"),
    ],
)
def test_the_tool_is_named_by_the_collection(text: str, tool: str) -> None:
    papers, _ = read(text.format(json.dumps(document(gene("EGFR", 0)))))
    assert papers[0].annotations[0].tool == tool


def test_the_source_names_record_format_and_bytes() -> None:
    data = json.dumps(document())
    first, second = read(f"[{data} , {data}]")[0], read(data)[0]
    assert first[0].sources == first[1].sources == second[0].sources
    assert (first[0].sources[0].format, first[0].sources[0].record) == ("bioc-json", "7")


def test_a_damaged_xml_document_costs_no_other() -> None:
    documents = [as_xml(document(name=str(number))) for number in range(1, 4)]
    documents[1] = documents[1].replace("</passage>", "</passag>")
    papers, report = read("<collection>" + "\n".join(documents) + "</collection>", bioc_xml.read)
    assert [paper.sources[0].record for paper in papers] == ["1", "3"]
    assert kinds(report) == [Kind.SKIPPED]


def test_numbers_that_are_none_are_reported_in_xml() -> None:
    data = as_xml(document(gene("EGFR", 0))).replace('offset="0"', 'offset="x"').replace("<offset>0", "<offset>")
    papers, report = read(data, bioc_xml.read)
    assert papers[0].annotations[0].locations == ()
    assert kinds(report) == [Kind.ALTERED, Kind.ALTERED]


@pytest.mark.parametrize(
    ("head", "expected"),
    [
        (b'{"PubTator3":[', True),
        (b'  [\n[{"id": "1", "passages"', False),
        (b'{"infons": {}, "passages": [', True),
        (b'{"_id": "' + b"x" * (1 << 16), True),
        (b'{"_id": "x"}', False),
        (b'{"$schema": "x", "properties": {"documents": {}}}', False),
        (b'{"name": "' + b"x" * (1 << 16), False),
        (b"# A page", False),
        (b"", False),
        (b"[" * (1 << 16), False),
        (b'"passages": {', False),
        (b"\xff\xfe\x00", False),
    ],
)
def test_json_of_bioc_is_recognised(head: bytes, expected: bool) -> None:
    assert bioc_json.recognises(head) == expected


@pytest.mark.parametrize(
    ("head", "expected"),
    [
        (b"<collection><source>x", True),
        (b'<?xml version="1.0"?><!DOCTYPE collection SYSTEM "BioC.dtd"><collection><source/>', True),
        (b'<collection xmlns="http://www.loc.gov/MARC21/slim"><record>', False),
        (b"<document><id>1</id><passage>", True),
        (b"<document><title>x", False),
        (b"<PubmedArticleSet>", False),
        (b"\xff\xfe<", False),
    ],
)
def test_xml_of_bioc_is_recognised(head: bytes, expected: bool) -> None:
    assert bioc_xml.recognises(head) == expected


VALID = json.dumps(
    {
        "PubTator3": [
            document(gene("EGFR", 0, number="g"), name=str(number), more={"relations": [relation(ROLES | {"type": "x"})]})
            for number in (1, 2)
        ]
    }
).encode()
VALID_XML = collection_xml([document(gene("EGFR", 0, number="g"), name=str(number)) for number in (1, 2)])


@pytest.mark.parametrize(("valid", "reader"), [(VALID, bioc_json), (VALID_XML, bioc_xml)], ids=["json", "xml"])
@given(edits=st.lists(st.tuples(st.integers(0, 4000), st.integers(0, 60), st.binary(max_size=6)), max_size=4), end=st.integers(0, 4000))
@settings(max_examples=60, deadline=None)
def test_no_damage_raises(valid: bytes, reader: object, edits: list[tuple[int, int, bytes]], end: int) -> None:
    assert reader in (bioc_json, bioc_xml)
    module = bioc_json if reader is bioc_json else bioc_xml
    data = valid
    for start, length, put in edits:
        data = data[:start] + put + data[start + length :]
    module.recognises(data)
    papers, report = read(data[:end] if end < len(data) else data, module.read)
    assert len(papers) == 2 or report.entries or end < len(data) or edits
    for paper in papers:
        assert not re.search("[\x00-\x08\ud800-\udfff]", paper.title or "")


JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["offset", "length", "text", "infons", "nodes", "refid", "type"]), inner)
    ),
    max_leaves=6,
)


@given(
    changes=st.dictionaries(
        st.sampled_from(["id", "infons", "passages", "annotations", "relations", "_id", "pmid", "authors", "date"]), JSON_VALUES
    )
)
@settings(max_examples=80, deadline=None)
def test_no_type_raises(changes: Json) -> None:
    papers, report = read(json.dumps([document(more=changes), document(gene("EGFR", 0), name="2")]))
    assert papers[-1].sources[0].record == "2"
    assert len(papers) == 2 or report.entries
