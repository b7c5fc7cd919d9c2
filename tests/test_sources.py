"""`convert` and `build` on many sources: one paper from each, whatever their order, shards and earlier builds; and the report."""

import gzip
import json
from collections.abc import Callable, Iterator
from itertools import permutations
from pathlib import Path
from xml.sax.saxutils import escape

import pytest
from rdflib import Graph, URIRef
from rdflib.namespace import DCTERMS, SKOS

from rdfgen.cache import Cache, Work
from rdfgen.errors import InputError
from rdfgen.iris import DEFAULT_BASE
from rdfgen.reading import Input, chunks, read_chunk
from rdfgen.release.directory import DataDirectory
from rdfgen.sources import file_sha256
from tests.running import Run, litlod, page_text

PUBTATOR = """7|t|Zinc and mood
7|a|A gene called TP53 was seen.
7\t0\t4\tZinc\tChemical\tMESH:D015032
7\t28\t32\tTP53\tGene\t7157
7\tAssociation\tMESH:D015032\t7157

8|t|Another
8|a|

"""
BULK = "7\tGene\t7157\tTP53|p53\tPubTator3\n9\tDisease\tMESH:D003866\tdepression\tPubTator3\n"
PUBMED = """<?xml version="1.0"?>
<PubmedArticleSet><PubmedArticle><MedlineCitation><PMID Version="1">7</PMID>
<Article><Journal><JournalIssue><PubDate><Year>2020</Year></PubDate></JournalIssue><Title>Journal of Mood</Title></Journal>
<ArticleTitle>Zinc and mood.</ArticleTitle><PublicationTypeList><PublicationType UI="D016428">Journal Article</PublicationType>
</PublicationTypeList></Article><CommentsCorrectionsList><CommentsCorrections RefType="RetractionIn"><RefSource>J</RefSource>
<PMID Version="1">77</PMID></CommentsCorrections></CommentsCorrectionsList></MedlineCitation></PubmedArticle></PubmedArticleSet>
"""
PMC_IDS = (
    "Journal Title,ISSN,eISSN,Year,Volume,Issue,Page,DOI,PMCID,PMID,Manuscript Id,Release Date\n"
    "J,,,2020,1,2,3,10.1234/Test.1,PMC1,7,,live\n"
    "J,,,2020,1,2,3,10.1234/unknown,PMC999,999,,live\n"
)
SOURCES = {"page.txt": page_text(1), "a.pubtator": PUBTATOR, "gene2pubtator3": BULK, "pubmed.xml": PUBMED, "PMC-ids.csv": PMC_IDS}
PAPER = URIRef(f"{DEFAULT_BASE}paper/PMC1")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Five sources of one paper and some of others."""
    path = tmp_path / "in"
    path.mkdir()
    for name, text in SOURCES.items():
        (path / name).write_text(text, encoding="utf-8")
    return path


def graph(done: Run) -> Graph:
    assert done.exit_code == 0, done.stderr
    return Graph().parse(data=done.stdout, format="nt")


def papers(found: Graph) -> set[str]:
    return {
        str(subject).removeprefix(f"{DEFAULT_BASE}paper/") for subject in found.subjects(URIRef("http://www.w3.org/ns/prov#wasDerivedFrom"))
    }


# One paper


def test_sources_that_only_a_third_one_connects_are_one_paper(folder: Path) -> None:
    found = graph(litlod("convert", folder))
    assert papers(found) == {"PMC1", "PMID8", "PMID9"}
    assert {str(one) for one in found.objects(PAPER, SKOS.exactMatch)} >= {
        "http://rdf.ncbi.nlm.nih.gov/pubmed/7",
        "https://doi.org/10.1234/test.1",
        "http://identifiers.org/pmc/PMC1",
    }
    assert [str(title) for title in found.objects(PAPER, DCTERMS.title)] == ["Zinc and mood."]


def test_without_the_third_source_they_are_two(folder: Path) -> None:
    (folder / "PMC-ids.csv").unlink()
    assert papers(graph(litlod("convert", folder))) == {"PMC1", "PMID7", "PMID8", "PMID9"}


def test_a_compressed_list_of_identifiers_connects_too(folder: Path) -> None:
    (folder / "PMC-ids.csv.gz").write_bytes(gzip.compress((folder / "PMC-ids.csv").read_bytes()))
    (folder / "PMC-ids.csv").unlink()
    assert papers(graph(litlod("convert", folder))) == {"PMC1", "PMID8", "PMID9"}


@pytest.mark.parametrize("order", [*permutations(range(5))][::17], ids=str)
def test_the_order_of_the_files_changes_nothing_that_is_said(order: tuple[int, ...], folder: Path) -> None:
    names = [folder / [*SOURCES][number] for number in order]
    assert set(litlod("convert", *names).stdout.splitlines()) == set(litlod("convert", folder).stdout.splitlines())


def test_a_retracted_paper_says_so_and_can_be_left_out(folder: Path) -> None:
    found = graph(litlod("convert", folder))
    assert (PAPER, URIRef(f"{DEFAULT_BASE}ontology#retractedBy"), URIRef("http://rdf.ncbi.nlm.nih.gov/pubmed/77")) in found
    done = litlod("convert", folder, "--without-retracted")
    assert papers(graph(done)) == {"PMID8", "PMID9"}
    assert b"PMC1>" not in done.stdout
    assert b"ncbigene/7157" not in done.stdout
    assert "1 excluded" in done.stderr


def test_a_contradiction_is_reported_and_nothing_is_guessed(folder: Path) -> None:
    (folder / "other.csv").write_text("PMID,DOI\n1234,10.1234/test.1\n7,10.1234/TEST.1\n1234,10.1234/x\n", encoding="utf-8")
    (folder / "1234.pubtator").write_text("1234|t|Quite another\n1234|a|\n", encoding="utf-8")
    done = litlod("convert", folder)
    assert {"PMID1234", "PMID8", "PMID9"} < papers(graph(done))
    assert "an identifier that sources give to different papers" in done.stderr
    assert litlod("convert", folder, "--strict").exit_code == 1


# Builds one after the other


def dumps(data: Path) -> dict[str, bytes]:
    folder = DataDirectory(data).current() / "dumps"
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def build(*arguments: str | Path) -> None:
    done = litlod("build", *arguments)
    assert done.exit_code == 0, done.stderr


def steps(folder: Path) -> Iterator[None]:
    """Inputs are added, changed, taken away and brought back; the inputs are there between the steps."""
    yield
    (folder / "new.pubtator").write_text(PUBTATOR.replace("7", "70").replace("8|", "80|"), encoding="utf-8")
    yield
    (folder / "gene2pubtator3").write_text(BULK + "80\tGene\t1\tA1BG\tPubTator3\n", encoding="utf-8")
    yield
    (folder / "PMC-ids.csv").rename(folder.parent / "PMC-ids.csv")
    yield
    (folder.parent / "PMC-ids.csv").rename(folder / "other-name.csv")
    yield


def test_every_later_build_gives_the_bytes_of_one_from_scratch(folder: Path, tmp_path: Path) -> None:
    for number, _ in enumerate(steps(folder)):
        build(folder, "--data", tmp_path / "data")
        build(folder, "--data", tmp_path / f"scratch-{number}", "--cache-size", "0")
        assert dumps(tmp_path / "data") == dumps(tmp_path / f"scratch-{number}")


def read_folders(data: Path) -> dict[Path, int]:
    return {path: path.stat().st_ino for path in (data / "cache" / "read").iterdir()}


def test_unchanged_inputs_are_not_read_again(many_pages: Path, folder: Path, tmp_path: Path) -> None:
    build(many_pages, "--data", tmp_path)
    before = read_folders(tmp_path)
    build(many_pages, folder / "a.pubtator", "--data", tmp_path)
    after = read_folders(tmp_path)
    assert len(after.keys() - before.keys()) == 1
    assert {path: node for path, node in after.items() if path in before} == before


def test_without_a_cache_nothing_is_kept(folder: Path, tmp_path: Path) -> None:
    build(folder, "--data", tmp_path, "--cache-size", "0")
    assert Cache(tmp_path / "cache").entries() == []


def test_the_cache_is_kept_below_its_limit_and_can_be_cleared(folder: Path, tmp_path: Path) -> None:
    build(folder, "--data", tmp_path)
    whole = len(Cache(tmp_path / "cache").entries())
    build(folder, "--data", tmp_path, "--force", "--cache-size", "0.000001")
    assert len(Cache(tmp_path / "cache").entries()) < whole
    build(folder, "--data", tmp_path, "--force")
    done = litlod("cache", "--data", tmp_path, "--clear")
    assert (done.exit_code, done.text.startswith("0 folders, 0 bytes"), Cache(tmp_path / "cache").entries()) == (0, True, [])


def test_what_a_killed_build_left_in_the_cache_goes_with_the_next(folder: Path, tmp_path: Path) -> None:
    leftover = tmp_path / "cache" / "read" / ".unfinished-0-1"
    leftover.mkdir(parents=True)
    build(folder, "--data", tmp_path)
    assert not leftover.exists()


DAMAGES: dict[str, Callable[[Path], object]] = {
    "empty": lambda path: path.write_bytes(b""),
    "cut": lambda path: path.write_bytes(path.read_bytes()[:-1]),
    "longer": lambda path: path.write_bytes(path.read_bytes() + b"0"),
    "changed": lambda path: path.write_bytes(bytes([path.read_bytes()[0] ^ 1]) + path.read_bytes()[1:]),
    "gone": lambda path: path.unlink(),
}


@pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES.keys())
def test_what_is_damaged_in_the_cache_is_made_again(damage: Callable[[Path], object], folder: Path, tmp_path: Path) -> None:
    build(folder, "--data", tmp_path)
    before = dumps(tmp_path)
    for name in ("papers", "links", "sources.json", "sums.json", "summary.json", "annotations.nt.zst"):
        path = next((tmp_path / "cache").rglob(name))
        damage(path)
        build(folder, "--data", tmp_path, "--force")
        assert dumps(tmp_path) == before, name


# The report


def rows(path: Path) -> dict[str, dict[str, object]]:
    """The lines about sources, by the name of the source."""
    loaded = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    return {Path(row["path"]).name: row for row in loaded if row["kind"] == "source"}


def test_the_report_counts_what_each_source_holds(folder: Path, tmp_path: Path) -> None:
    litlod("convert", folder, "--report", tmp_path / "report.jsonl")
    found = rows(tmp_path / "report.jsonl")
    assert {name: row["format"] for name, row in found.items()} == {
        "page.txt": "paper-page",
        "a.pubtator": "pubtator",
        "gene2pubtator3": "pubtator-bulk",
        "pubmed.xml": "pubmed",
        "PMC-ids.csv": "pmc-ids",
    }
    assert (found["a.pubtator"]["papers"], found["a.pubtator"]["resolved"], found["a.pubtator"]["relations"]) == (
        2,
        {"chemical": 1, "gene": 1},
        1,
    )
    assert (found["PMC-ids.csv"]["papers"], found["PMC-ids.csv"]["links"]) == (0, 2)
    assert (found["page.txt"]["annotations"], found["page.txt"]["unresolved"]) == (4, {"chemical": 1})


def test_the_report_is_a_page_too(folder: Path, tmp_path: Path) -> None:
    (folder / "<b>.txt").write_text("neither <i>this</i> nor that", encoding="utf-8")
    litlod("convert", folder, "--report", tmp_path / "report.html")
    page = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert "gene2pubtator3<br>pubtator-bulk</td>" in page
    assert "&lt;b&gt;.txt" in page
    assert "<b>.txt" not in page


def test_a_release_has_both_forms_of_the_report(folder: Path, tmp_path: Path) -> None:
    build(folder, "--data", tmp_path)
    release = DataDirectory(tmp_path).current()
    assert len(rows(release / "report.jsonl")) == 5
    assert 'href="report.jsonl"' in (release / "report.html").read_text(encoding="utf-8")


# Two formats of one document


def mentions(found: Graph) -> set[tuple[str | None, ...]]:
    """Concept, type, surface form and offset of each mention."""
    rows = found.query(
        """PREFIX oa: <http://www.w3.org/ns/oa#> PREFIX litlod: <https://w3id.org/litlod/ontology#>
        SELECT ?concept ?type ?text ?start WHERE {
          ?mention litlod:surfaceForm ?text ; litlod:entityType ?type ; oa:hasTarget/oa:hasSelector/oa:start ?start .
          OPTIONAL { ?mention oa:hasBody ?concept FILTER NOT EXISTS { ?concept a oa:TextualBody } } }"""
    )
    return {tuple(None if value is None else str(value) for value in row) for row in rows if not isinstance(row, bool)}


def as_bioc_xml(text: str) -> str:
    """A PubTator text as BioC-XML, by the shortest way."""
    documents = []
    for block in filter(str.strip, text.split("\n\n")):
        lines = [line for line in block.splitlines() if not line.startswith("#")]
        (title, abstract), rows = [line.split("|", 2)[2] for line in lines[:2]], [line.split("\t") for line in lines[2:]]
        passages = ""
        for offset, words in ((0, title), (len(title) + 1, abstract)):
            inside = [row for row in rows if len(row) > 5 and row[1].isdigit() and offset <= int(row[1]) <= offset + len(words)]
            annotations = "".join(
                f'<annotation id="{number}"><infon key="type">{row[4]}</infon><infon key="identifier">{escape(row[5])}</infon>'
                f'<location offset="{row[1]}" length="{int(row[2]) - int(row[1])}"/><text>{escape(row[3])}</text></annotation>'
                for number, row in enumerate(inside)
            )
            passages += f"<passage><offset>{offset}</offset><text>{escape(words)}</text>{annotations}</passage>"
        documents.append(f"<document><id>{lines[0].partition('|')[0]}</id>{passages}</document>")
    return f"<collection><source/><date/><key/>{''.join(documents)}</collection>"


@pytest.mark.parametrize("sample", ["formats/pubtator.pubtator"])
def test_a_text_and_its_xml_give_the_same_mentions(sample: str, tmp_path: Path) -> None:
    text = (Path(__file__).parent / "data" / sample).read_text(encoding="utf-8")
    (tmp_path / "x.xml").write_text(as_bioc_xml(text), encoding="utf-8")
    (tmp_path / "x.txt").write_text(text, encoding="utf-8")
    expected = mentions(graph(litlod("convert", tmp_path / "x.txt")))
    assert len(expected) > 4
    # A row with five columns says nothing of an identifier, which the XML above leaves out.
    assert mentions(graph(litlod("convert", tmp_path / "x.xml"))) == {row for row in expected if row[2] != "cells"}


SHARED = Path(__file__).parents[2] / "shared" / "data" / "pubtator" / "api_samples"


@pytest.mark.skipif(not SHARED.is_dir(), reason="the files of others that this compares do not lie beside the project")
def test_json_and_text_of_pubtator3_give_the_same_mentions() -> None:
    expected = mentions(graph(litlod("convert", SHARED / "22439397_abstract_240916.json")))
    assert mentions(graph(litlod("convert", SHARED / "22429397_abstract_240916.pubtator"))) == expected
    assert len(expected) == 37


# Encodings, line ends, and what is nothing


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("name", ["a.pubtator", "gene2pubtator3", "PMC-ids.csv"])
def test_line_ends_and_byte_order_marks_change_nothing(name: str, line_end: str, encoding: str, folder: Path) -> None:
    expected = graph(litlod("convert", folder))
    (folder / name).write_bytes(SOURCES[name].replace("\n", line_end).encode(encoding))
    found = litlod("convert", folder)
    sums = URIRef("https://schema.org/sha256")
    assert {row for row in graph(found) if row[1] != sums} == {row for row in expected if row[1] != sums}
    assert "0 skipped, 0 altered" in found.stderr


def test_a_file_of_a_known_format_without_a_paper_is_reported(folder: Path) -> None:
    (folder / "none.json").write_text('{"PubTator3": []}', encoding="utf-8")
    litlod("convert", folder, "--report", folder.parent / "report.jsonl")
    assert "no paper in this file, which was read as bioc-json" in (folder.parent / "report.jsonl").read_text(encoding="utf-8")


def test_the_report_never_replaces_the_output_or_an_input(folder: Path, tmp_path: Path) -> None:
    assert litlod("convert", folder, "-o", tmp_path / "x.nt", "--report", tmp_path / "x.nt").exit_code == 2
    assert litlod("convert", folder, "--report", folder / "pubmed.xml").exit_code == 2


def test_names_of_files_cannot_speak_to_the_terminal(folder: Path) -> None:
    (folder / "a\x1b[31mb.txt").write_text("neither this nor that", encoding="utf-8")
    assert "\x1b" not in litlod("convert", folder).stderr


def test_what_is_kept_under_a_checksum_is_what_has_it(folder: Path, tmp_path: Path) -> None:
    work = Work(tmp_path, tmp_path / "cache")
    path = folder / "a.pubtator"
    (chunk,) = chunks([Input(str(path), str(path), file_sha256(path))], work)
    path.write_text(PUBTATOR + "9|t|Something that came in meanwhile\n", encoding="utf-8")
    with pytest.raises(InputError, match="changed while it was read"):
        read_chunk(chunk)
    assert not Path(chunk.folder).exists()
