"""`litlod convert`: the same triples from the same papers, in every format, however they are stored and by however many processes."""

import gzip
import json
import os
import re
import subprocess
from pathlib import Path

import pyoxigraph
import pytest
import zstandard
from pyoxigraph import RdfFormat
from rdflib import Dataset, Graph, URIRef
from rdflib.namespace import RDF, RDFS, SKOS, Namespace
from rdflib.term import Node

from rdfgen.entity_types import ENTITY_TYPES
from rdfgen.formats import FORMATS, Format
from rdfgen.iris import Iris, concept_reference
from tests.running import COMMAND, ROOT, SEEDS, litlod, litlod_process, page_text
from tests.test_ntriples import RDFLIB_NAMES

pytestmark = pytest.mark.filterwarnings(
    "ignore:(ConjunctiveGraph|Dataset.default_context) is deprecated:DeprecationWarning"
)  # rdflib's own

GOLDEN = Path(__file__).parent / "data" / "golden"
FORMAT_ROWS = pytest.mark.parametrize("row", FORMATS.values(), ids=FORMATS)
FORMATS_READ = [path for path in sorted((Path(__file__).parent / "data" / "formats").iterdir()) if path.stem != "pmc-ids"]
SAMPLE_FILES = pytest.mark.parametrize("sample", [*sorted(SEEDS.glob("*.txt")), *FORMATS_READ], ids=lambda path: path.stem)
OA = Namespace("http://www.w3.org/ns/oa#")
LABELS = (RDFS.label, SKOS.prefLabel, SKOS.altLabel, SKOS.hiddenLabel)
NAMED_BY_AUTHORITIES = {prefix for row in ENTITY_TYPES.values() if row.names_are_official for prefix in row.vocabularies}


@pytest.fixture
def page(tmp_path: Path) -> Path:
    """One small page in a folder of its own."""
    path = tmp_path / "in" / "page.txt"
    path.parent.mkdir()
    path.write_text(page_text(1), encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def page_triples(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """The N-Triples of that page."""
    path = tmp_path_factory.mktemp("page") / "page.txt"
    path.write_text(page_text(1), encoding="utf-8")
    return litlod("convert", path).stdout


@pytest.fixture(scope="module")
def seeds_triples() -> bytes:
    return litlod("convert", SEEDS).stdout


@pytest.fixture(scope="module")
def seeds_graph(seeds_triples: bytes) -> Graph:
    return Graph().parse(data=seeds_triples, format="nt")


@pytest.fixture(scope="module")
def many_triples(many_pages: Path) -> bytes:
    return litlod("convert", many_pages, "--jobs", "1").stdout


def parsed(data: bytes, row: Format) -> set[tuple[Node, Node, Node]]:
    """The triples in any graph; ours have no blank nodes."""
    graph = Dataset() if row.syntax.supports_datasets and row.name != "jsonld" else Graph()
    graph.parse(data=data, format=RDFLIB_NAMES[row.name])
    return set(graph.triples((None, None, None)))


def report(path: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


# What comes out


@SAMPLE_FILES
def test_a_sample_gives_its_golden_triples(sample: Path, update_golden: bool) -> None:
    golden = GOLDEN / f"{sample.stem}.nt"
    found = b"".join(sorted(litlod("convert", sample).stdout.splitlines(keepends=True)))
    if update_golden:
        golden.parent.mkdir(parents=True, exist_ok=True)
        golden.write_bytes(found)
    assert found.decode().splitlines() == golden.read_text(encoding="utf-8").splitlines()


def test_rdflib_and_oxigraph_read_the_same_triples(seeds_triples: bytes, seeds_graph: Graph) -> None:
    quads = pyoxigraph.parse(seeds_triples, format=RdfFormat.N_TRIPLES)
    assert Graph().parse(data="".join(f"{quad.triple} .\n" for quad in quads), format="nt").isomorphic(seeds_graph)


def test_no_triple_comes_twice(many_triples: bytes) -> None:
    lines = many_triples.splitlines()
    assert len(lines) == len(set(lines))


def test_only_concepts_of_authorities_that_pages_quote_have_labels(seeds_graph: Graph) -> None:
    labelled = {concept_reference(str(s)) for label in LABELS for s in seeds_graph.subjects(label)} - {None}
    assert {reference.prefix for reference in labelled if reference is not None} == NAMED_BY_AUTHORITIES


def test_what_a_page_calls_a_disease_or_chemical_is_no_label_of_it(seeds_graph: Graph) -> None:
    for mention in seeds_graph.subjects(RDF.type, OA.Annotation):
        surface = set(seeds_graph.objects(mention, URIRef(Iris().term("surfaceForm"))))
        kinds = set(seeds_graph.objects(mention, URIRef(Iris().term("entityType"))))
        if kinds & {URIRef(Iris().term("Disease")), URIRef(Iris().term("Chemical"))}:
            for body in seeds_graph.objects(mention, OA.hasBody):
                assert not surface & {name for label in LABELS for name in seeds_graph.objects(body, label)}


@pytest.mark.parametrize("text", ["CP", "serine/threonine"])
def test_an_unresolved_mention_keeps_its_text_and_gets_no_concept(seeds_graph: Graph, text: str) -> None:
    mentions = [s for s, o in seeds_graph.subject_objects(URIRef(Iris().term("surfaceForm"))) if str(o) == text]
    bodies = [body for mention in mentions for body in seeds_graph.objects(mention, OA.hasBody)]
    assert [(set(seeds_graph.objects(body, RDF.type)), str(seeds_graph.value(body, RDF.value))) for body in bodies] == [
        ({OA.TextualBody}, text)
    ]


def test_another_base_changes_what_we_mint_and_nothing_else(page: Path, page_triples: bytes) -> None:
    other = litlod("convert", page, "--base", "https://lod.example.org/x/").stdout
    assert sorted(other.replace(b"https://lod.example.org/x/", b"https://w3id.org/litlod/").splitlines()) == sorted(
        page_triples.splitlines()
    )


# Formats


@FORMAT_ROWS
def test_a_format_named_by_option_holds_the_same_triples(row: Format, page: Path, page_triples: bytes) -> None:
    done = litlod("convert", page, "-f", row.name)
    assert parsed(done.stdout, row) == parsed(page_triples, FORMATS["nt"])


@pytest.mark.parametrize(("name", "alias"), [(row.name, alias) for row in FORMATS.values() for alias in (row.name.upper(), *row.names)])
def test_a_format_has_other_names(name: str, alias: str, page: Path) -> None:
    assert litlod("convert", page, "-f", alias).stdout == litlod("convert", page, "-f", name).stdout


@pytest.mark.parametrize("extension", [extension for row in FORMATS.values() for extension in (row.name, *row.names)])
def test_a_format_is_known_by_the_extension_of_the_output(extension: str, page: Path, tmp_path: Path) -> None:
    litlod("convert", page, "-o", tmp_path / f"out.{extension}")
    assert (tmp_path / f"out.{extension}").read_bytes() == litlod("convert", page, "-f", extension).stdout


def test_the_option_wins_over_the_extension(page: Path, tmp_path: Path, page_triples: bytes) -> None:
    litlod("convert", page, "-f", "nt", "-o", tmp_path / "out.ttl")
    assert (tmp_path / "out.ttl").read_bytes() == page_triples


@FORMAT_ROWS
def test_output_is_compressed_as_its_extension_says(row: Format, page: Path, tmp_path: Path) -> None:
    for extension in ("gz", "zst"):
        litlod("convert", page, "-o", tmp_path / f"out.{row.name}.{extension}")
    plain = litlod("convert", page, "-f", row.name).stdout
    zstd = zstandard.ZstdDecompressor().decompressobj().decompress((tmp_path / f"out.{row.name}.zst").read_bytes())
    assert (gzip.decompress((tmp_path / f"out.{row.name}.gz").read_bytes()), zstd) == (plain, plain)


def test_a_page_with_control_characters_gives_readable_xml(page: Path) -> None:
    page.write_text(page_text(1).replace("Words", "Wo\x01r\x0bd\ufffes"), encoding="utf-8")
    assert len(Graph().parse(data=litlod("convert", page, "-f", "rdfxml").stdout, format="xml")) > 50


# Determinism


@pytest.mark.slow
@pytest.mark.parametrize("jobs", ["2", "3"])
@FORMAT_ROWS
def test_more_processes_give_the_same_bytes(row: Format, jobs: str, many_pages: Path) -> None:
    one = litlod("convert", many_pages, "-f", row.name, "--jobs", "1")
    assert litlod("convert", many_pages, "-f", row.name, "--jobs", jobs).stdout == one.stdout


@pytest.mark.slow
@FORMAT_ROWS
def test_another_hash_seed_gives_the_same_bytes(row: Format) -> None:
    runs = [litlod_process("convert", SEEDS, "-f", row.name, environment={"PYTHONHASHSEED": seed}) for seed in ("1", "2")]
    assert runs[0].stdout == runs[1].stdout


def test_many_pages_are_more_than_one_chunk_and_all_there(many_triples: bytes) -> None:
    papers = re.findall(rb"^<https://w3id.org/litlod/paper/PMC(\d+)> .*ScholarlyArticle> .$", many_triples, re.MULTILINE)
    assert [int(number) for number in papers] == list(range(1, 601))


def test_shared_parts_come_sorted_and_once_across_chunks(many_triples: bytes) -> None:
    lines = [
        line for line in many_triples.splitlines() if line.startswith(b"<http://identifiers.org/ncbigene/") and b"rdf-schema#label" in line
    ]
    assert lines == sorted(set(lines))
    assert len(lines) == 7


# Inputs


def test_standard_input_is_read_like_a_file(page: Path, page_triples: bytes) -> None:
    assert litlod("convert", "-", stdin=page.read_bytes()).stdout == page_triples


@pytest.mark.parametrize("compress", [gzip.compress, zstandard.compress], ids=["gzip", "zstd"])
def test_compressed_input_is_known_by_its_bytes(compress: object, page: Path, page_triples: bytes) -> None:
    assert callable(compress)
    page.write_bytes(compress(page.read_bytes()))
    assert litlod("convert", page).stdout == page_triples


@pytest.mark.parametrize("compress", [gzip.compress, zstandard.compress], ids=["gzip", "zstd"])
def test_compressed_standard_input_is_known_by_its_bytes(compress: object, page_triples: bytes) -> None:
    assert callable(compress)
    assert litlod("convert", "-", stdin=compress(page_text(1).encode())).stdout == page_triples


def test_compressed_data_of_several_members_is_read_whole(page: Path, page_triples: bytes) -> None:
    data = page.read_bytes()
    outputs = []
    for compress in (gzip.compress, zstandard.compress):
        page.write_bytes(compress(data[:300]) + compress(data[300:]))
        outputs.append(litlod("convert", page).stdout)
    assert outputs == [page_triples, page_triples]


def test_a_folder_stands_for_its_files_at_any_depth(page: Path, page_triples: bytes) -> None:
    (page.parent / "a" / "b").mkdir(parents=True)
    page.rename(page.parent / "a" / "b" / "page.txt")
    assert litlod("convert", page.parent).stdout == page_triples


def test_a_pattern_stands_for_the_files_that_fit(page: Path, page_triples: bytes) -> None:
    (page.parent / "other.md").write_text(page_text(2), encoding="utf-8")
    assert litlod("convert", page.parent / "*.txt").stdout == page_triples


def test_hidden_files_and_folders_in_folders_are_left_out(page: Path, page_triples: bytes) -> None:
    (page.parent / ".git").mkdir()
    for name in (".hidden.txt", ".git/page.txt"):
        (page.parent / name).write_text(page_text(2), encoding="utf-8")
    assert litlod("convert", page.parent).stdout == page_triples


def test_a_file_named_twice_is_read_once(page: Path) -> None:
    assert "1 papers" in litlod("convert", page, page, page.parent).stderr


def test_a_name_with_pattern_characters_stands_for_the_file_itself(page: Path, page_triples: bytes) -> None:
    odd = page.rename(page.parent / "page[1]*?.txt")
    assert litlod("convert", odd).stdout == page_triples


def test_a_name_that_is_no_text_does_no_harm(page: Path, page_triples: bytes) -> None:
    odd = os.fsdecode(os.fsencode(page.parent) + b"/p\xff.txt")
    page.rename(odd)
    Path(page.parent, "empty\udcfe.txt").write_bytes(b"")
    done = litlod_process("convert", page.parent, "--report", page.parent.parent / "report")
    assert (done.exit_code, done.stdout) == (0, page_triples)


# What goes wrong


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "an empty file"),
        (b"\x00\x01\x02 nothing known", "not a format of papers"),
        (b"{}", "not a format of papers"),
        (zstandard.compress(page_text(2).encode())[:-20], "cannot be read further"),
        (b"\x1f\x8b\x08", "cannot be read further"),
        (b"\x28\xb5\x2f\xfd", "cannot be read further"),
        (b"\x28\xb5\x2f\xfd\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00", "cannot be read further"),
    ],
    ids=["empty", "binary", "other format", "cut zstd", "gzip head", "zstd head", "zstd junk"],
)
def test_a_file_that_cannot_be_read_is_reported_and_the_rest_goes_through(
    page: Path, page_triples: bytes, content: bytes, reason: str
) -> None:
    bad = page.parent / "bad.txt"
    bad.write_bytes(content)
    done = litlod("convert", page.parent)
    assert (done.exit_code, done.stdout) == (0, page_triples)
    assert f"{bad}: error: skipped: {reason}" in done.stderr


@pytest.mark.parametrize("cut", [8, 20], ids=["only its checksum", "some text too"])
def test_what_comes_before_the_cut_of_a_compressed_page_is_kept(tmp_path: Path, cut: int) -> None:
    page = tmp_path / "page.txt.gz"
    page.write_bytes(gzip.compress(page_text(2).encode())[:-cut])
    done = litlod("convert", page)
    assert f"{page}: error: skipped: cannot be read further; what came before is kept" in done.stderr
    assert b"test.2" in done.stdout


def test_a_link_to_nowhere_in_a_folder_is_reported_and_the_rest_goes_through(page: Path, page_triples: bytes) -> None:
    (page.parent / "link.txt").symlink_to("nowhere")
    done = litlod("convert", page.parent)
    assert done.stdout == page_triples
    assert "link.txt: error: skipped: cannot be read" in done.stderr


def test_a_link_that_leads_back_to_its_folder_does_no_harm(page: Path, page_triples: bytes) -> None:
    (page.parent / "loop").symlink_to("..")
    assert litlod("convert", page.parent).stdout == page_triples


def test_a_pipe_in_a_folder_is_left_out(page: Path, page_triples: bytes) -> None:
    os.mkfifo(page.parent / "pipe")
    assert litlod("convert", page.parent).stdout == page_triples


def test_the_report_has_everything_that_was_left_out(page: Path, tmp_path: Path) -> None:
    (page.parent / "bad.txt").write_bytes(b"")
    litlod("convert", page.parent, "--report", tmp_path / "report.jsonl")
    assert [row["kind"] for row in report(tmp_path / "report.jsonl")] == ["source", "source", "skipped", "unresolved"]


def test_a_paper_that_comes_again_is_one_paper_and_what_is_repeated_is_reported(page: Path, page_triples: bytes) -> None:
    (page.parent / "zzz.txt").write_text(page_text(1) + "\n", encoding="utf-8")
    done = litlod("convert", page.parent)
    assert set(page_triples.splitlines()) < set(done.stdout.splitlines())
    assert "1 papers, 4 annotations, 0 relations" in done.stderr
    assert "4 repeated" in done.stderr


def test_counts_are_those_of_what_was_kept(page: Path) -> None:
    (page.parent / "zzz.txt").write_text(page_text(1) + "\n", encoding="utf-8")
    assert "4 annotations" in litlod("convert", page.parent).stderr


def test_strict_turns_a_skipped_file_into_exit_code_1(page: Path) -> None:
    (page.parent / "bad.txt").write_bytes(b"")
    assert litlod("convert", page.parent, "--strict").exit_code == 1


def test_strict_writes_no_file_if_anything_was_skipped(page: Path, tmp_path: Path) -> None:
    (page.parent / "bad.txt").write_bytes(b"")
    litlod("convert", page.parent, "--strict", "-o", tmp_path / "out.nt")
    assert not (tmp_path / "out.nt").exists()


def test_strict_lets_unresolved_mentions_pass() -> None:
    assert litlod("convert", SEEDS, "--strict").exit_code == 0


def test_no_paper_at_all_is_exit_code_1(page: Path) -> None:
    page.write_bytes(b"")
    assert litlod("convert", page).exit_code == 1


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["seeds", "-f", "docx"],
        ["seeds", "-o", "out.docx"],
        ["seeds", "-o", "out"],
        ["seeds", "--jobs", "0"],
        ["seeds", "--jobs", "many"],
        ["seeds", "--base", "example.org/"],
        ["seeds", "--base", "https://example.org"],
        ["seeds", "--base", "https://example.org/#"],
        ["seeds", "--base", "https://example.org/a b/"],
        ["seeds", "--bogus"],
    ],
    ids=" ".join,
)
def test_wrong_usage_is_exit_code_2(arguments: list[str]) -> None:
    done = litlod("convert", *[str(SEEDS) if word == "seeds" else word for word in arguments])
    assert (done.exit_code, done.stdout) == (2, b"")


@pytest.mark.parametrize("name", ["nowhere.txt", "nowhere/*.txt", "empty", ""])
def test_an_input_that_is_not_there_is_exit_code_3(name: str, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    assert litlod("convert", f"{tmp_path}/{name}" if name else "").exit_code == 3


@pytest.mark.parametrize("option", ["-o", "--report"])
def test_a_place_that_cannot_be_written_is_exit_code_3(option: str, page: Path, tmp_path: Path) -> None:
    done = litlod("convert", page, option, tmp_path / "nowhere" / "out.nt")
    assert (done.exit_code, "nowhere" in done.stderr) == (3, True)


def test_a_conversion_that_fails_leaves_no_output(tmp_path: Path) -> None:
    output = tmp_path / "out"
    output.mkdir()
    assert litlod("convert", tmp_path / "nowhere", "-o", output / "out.nt").exit_code == 3
    assert list(output.iterdir()) == []


def test_a_conversion_without_a_paper_leaves_the_output_of_before(page: Path, tmp_path: Path) -> None:
    page.write_bytes(b"")
    (tmp_path / "out.nt").write_bytes(b"old")
    litlod("convert", page, "-o", tmp_path / "out.nt")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["in", "out.nt"]
    assert (tmp_path / "out.nt").read_bytes() == b"old"


def test_output_goes_to_a_device_as_it_is(page: Path) -> None:
    assert litlod("convert", page, "-o", "/dev/null", "-f", "nt").exit_code == 0


@pytest.mark.slow
def test_a_pipe_that_is_closed_downstream_is_no_error_message(many_pages: Path) -> None:
    with subprocess.Popen([*COMMAND, "convert", str(many_pages)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=ROOT) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.readline()
        process.stdout.close()
        said = process.stderr.read()
    assert (process.returncode, said) == (141, b"")


@pytest.mark.slow
def test_a_full_disk_is_exit_code_3() -> None:
    with open("/dev/full", "wb") as full:
        done = subprocess.run([*COMMAND, "convert", str(SEEDS)], stdout=full, stderr=subprocess.PIPE, cwd=ROOT, check=False)
    assert (done.returncode, b"Traceback" in done.stderr) == (3, False)
