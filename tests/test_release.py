"""Releases: the same inputs give the same bytes, dumps are the store, damage is found, and a failed build changes nothing."""

import gzip
import json
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Callable
from functools import cache
from hashlib import sha256
from pathlib import Path

import pyoxigraph
import pytest
import zstandard
from pyoxigraph import DefaultGraph, NamedNode, Quad, RdfFormat, Store
from rdflib import Dataset, Graph, URIRef
from rdflib.compare import to_canonical_graph
from rdflib.namespace import VOID

from rdfgen.formats import FORMATS
from rdfgen.iris import DEFAULT_BASE, Iris
from rdfgen.release.directory import DataDirectory
from rdfgen.triples import PARTS
from tests.running import COMMAND, ROOT, SEEDS, Run, litlod, litlod_process, page_text

pytestmark = pytest.mark.filterwarnings(
    "ignore:(ConjunctiveGraph|Dataset.default_context) is deprecated:DeprecationWarning"
)  # rdflib's own

INCLUDED: dict[str, bytes] = {
    "blank.ttl": b'@prefix ex: <http://example.org/> . ex:a ex:b [ ex:c [ ex:d "x" ] ], [ ex:c "y" ], ( 1 2 ) .',
    "labels.nt": b"_:a <http://example.org/b> _:b .\n_:b <http://example.org/b> _:a .\n",
    "quads.nq": b'<http://example.org/s> <http://example.org/p> "1" <http://example.org/g> .\n_:x <http://example.org/p> "2" _:g .\n'
    b'<http://example.org/s> <http://example.org/p> "default" .\n',
    "graphs.trig": b'@prefix ex: <http://example.org/> . ex:s ex:p "d" . ex:g { ex:s ex:p "1", [ ex:q 1 ] } ex:h { ex:s ex:p "3" }',
    "numbers.ttl": b"@prefix ex: <http://example.org/> . @prefix xsd: <http://www.w3.org/2001/XMLSchema#> .\n"
    b'ex:s ex:p "01"^^xsd:integer, 1, "1.0"^^xsd:decimal, "1.00"^^xsd:decimal,\n'
    b'"1"^^xsd:boolean, true, "x"@EN, "x"@en, "12:00:00.0Z"^^xsd:time .',
    "ours.ttl": b"<https://w3id.org/litlod/paper/PMC12973800> a <https://schema.org/ScholarlyArticle> .\n"
    b"<http://example.org/s> a <http://example.org/T> .",
    "dataset.ttl": b"@prefix void: <http://rdfs.org/ns/void#> .\n"
    b"<https://w3id.org/litlod/dataset> a void:Dataset ; void:feature <http://example.org/f> .",
    "twice.nt": b'<http://example.org/s> <http://example.org/p> "1" .\n' * 3,
    "empty.ttl": b"",
    "packed.nt.gz": gzip.compress(b'<http://example.org/s> <http://example.org/p> "packed" .\n'),
    "packed.rdf.zst": zstandard.compress(
        b'<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:e="http://example.org/">'
        b'<rdf:Description rdf:about="http://example.org/x"><e:p>y</e:p></rdf:Description></rdf:RDF>'
    ),
    "typed.ttl": b'<http://example.org/s> a "a literal class", [], <http://example.org/T> .',
    "void-graph.nq": b'<http://example.org/s> <http://example.org/p> "v" <https://w3id.org/litlod/.well-known/void> .\n',
    "escapes.nt": b'<http://example.org/\\u00e4> <http://example.org/p> "\\u0001 \\t \\u2028 \\U0001F9EC"@de-at .\n',
}


@pytest.fixture
def pages(tmp_path: Path) -> Path:
    """Three small pages in a folder."""
    folder = tmp_path / "pages"
    folder.mkdir()
    for number in (1, 2, 3):
        (folder / f"{number}.txt").write_text(page_text(number), encoding="utf-8")
    return folder


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return tmp_path / "data"


@pytest.fixture
def copy(seeds_release: Path, tmp_path: Path) -> Path:
    """A copy of the release of the seeds, to be damaged."""
    shutil.copytree(seeds_release, tmp_path / "copy", symlinks=True)
    return tmp_path / "copy"


def built(*arguments: str | Path) -> str:
    """The id of the release that a build makes."""
    done = litlod("build", *arguments)
    assert done.exit_code == 0, done.stderr
    return done.text.strip()


def current(data: Path) -> Path:
    return DataDirectory(data).current()


# They have times and paths.
NOT_THE_SAME = ("manifest.json", "manifest.json.sha256", "report.jsonl", "report.html")


def contents(folder: Path) -> dict[str, bytes]:
    """Dumps and descriptions of a release by path; the store is compared by its quads, manifest and report have times and paths."""
    files = [path for path in folder.rglob("*") if path.is_file() and path.parent.name != "store" and path.name not in NOT_THE_SAME]
    return {str(path.relative_to(folder)): path.read_bytes() for path in files}


def manifest(data: Path) -> dict[str, object]:
    loaded: dict[str, object] = json.loads((current(data) / "manifest.json").read_text(encoding="utf-8"))
    return loaded


def store_quads(data: Path) -> set[Quad]:
    return set(Store.read_only(str(current(data) / "store")))


def dump_quads(data: Path, *names: str) -> list[Quad]:
    """The quads of the dumps of parts in these formats."""
    quads: list[Quad] = []
    for path in sorted((current(data) / "dumps").iterdir()):
        part, _, extension = path.name.partition(".")
        name, _, packing = extension.partition(".")
        if name in names and packing and part != "all":
            text = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else unpacked(path.read_bytes())
            quads += pyoxigraph.parse(text, format=FORMATS[name].syntax)
    return quads


def unpacked(content: bytes) -> bytes:
    return zstandard.ZstdDecompressor().decompressobj().decompress(content)


# The same in, the same out


def test_building_again_by_force_gives_the_same_release_and_bytes(pages: Path, data: Path) -> None:
    first = built(pages, "--data", data), contents(current(data))
    assert (built(pages, "--data", data, "--force"), contents(current(data))) == first


def test_building_elsewhere_gives_the_same_release_and_bytes(pages: Path, tmp_path: Path) -> None:
    moved = shutil.copytree(pages, tmp_path / "moved")
    results = [
        (built(folder, "--data", tmp_path / name), contents(current(tmp_path / name))) for folder, name in ((pages, "a"), (moved, "b"))
    ]
    assert results[0] == results[1]


def test_inputs_in_another_order_give_the_same_release_and_bytes(pages: Path, tmp_path: Path) -> None:
    files = sorted(pages.iterdir())
    results = [
        (built(*order, "--data", tmp_path / name), contents(current(tmp_path / name))) for order, name in ((files, "a"), (files[::-1], "b"))
    ]
    assert results[0] == results[1]


def test_includes_in_another_order_give_the_same_release_and_bytes(pages: Path, tmp_path: Path) -> None:
    options = []
    for name in ("blank.ttl", "quads.nq", "graphs.trig"):
        (tmp_path / name).write_bytes(INCLUDED[name])
        options.append(("--include", tmp_path / name))
    results = []
    for number, order in enumerate((options, options[::-1])):
        data = tmp_path / f"data-{number}"
        results.append((built(pages, "--data", data, *(word for option in order for word in option)), contents(current(data))))
    assert results[0] == results[1]


@pytest.mark.slow
def test_any_number_of_jobs_gives_the_same_release_and_bytes(many_pages: Path, tmp_path: Path) -> None:
    results = []
    for jobs in ("1", "3"):
        results.append((built(many_pages, "--data", tmp_path / jobs, "--jobs", jobs), contents(current(tmp_path / jobs))))
    assert results[0] == results[1]


@pytest.mark.slow
def test_another_hash_seed_gives_the_same_release_and_bytes(pages: Path, tmp_path: Path) -> None:
    results = []
    for seed in ("1", "2"):
        done = litlod_process("build", pages, "--data", tmp_path / seed, environment={"PYTHONHASHSEED": seed})
        results.append((done.stdout, contents(current(tmp_path / seed))))
    assert results[0] == results[1]


def test_the_stores_of_two_builds_hold_the_same_quads(pages: Path, data: Path) -> None:
    built(pages, "--data", data)
    first = store_quads(data)
    built(pages, "--data", data, "--force")
    assert store_quads(data) == first


def test_another_base_gives_another_release(pages: Path, data: Path) -> None:
    assert built(pages, "--data", data) != built(pages, "--data", data, "--base", "https://lod.example.org/")


def test_another_input_gives_another_release(pages: Path, data: Path) -> None:
    first = built(pages, "--data", data)
    (pages / "4.txt").write_text(page_text(4), encoding="utf-8")
    assert built(pages, "--data", data) != first


def test_a_paper_file_as_an_include_is_another_release(tmp_path: Path, pages: Path, data: Path) -> None:
    (tmp_path / "x.nt").write_bytes(b"")
    assert built(pages, "--data", data) != built(pages, "--data", data, "--include", tmp_path / "x.nt")


def test_another_base_leaves_no_iri_of_the_default_base(pages: Path, data: Path) -> None:
    built(pages, "--data", data, "--base", "https://lod.example.org/")
    assert [quad for quad in store_quads(data) if DEFAULT_BASE in f"{quad.subject}{quad.predicate}{quad.graph_name}"] == []


def test_a_release_that_is_there_is_published_again_and_not_built(pages: Path, data: Path) -> None:
    first = built(pages, "--data", data)
    built(SEEDS, "--data", data)
    done = litlod("build", pages, "--data", data)
    assert ("was built before" in done.stderr, current(data).name) == (True, first)


def test_the_same_bytes_twice_are_reported_and_taken_once(pages: Path, data: Path) -> None:
    shutil.copy(pages / "1.txt", pages / "again.txt")
    built(pages, "--data", data)
    assert "the same bytes as" in (current(data) / "report.jsonl").read_text(encoding="utf-8")


# What is in it


def test_building_says_the_release_on_standard_output_and_nothing_else(seeds_build: tuple[Path, Run]) -> None:
    data, done = seeds_build
    assert done.text == f"{current(data).name}\n"


@pytest.mark.parametrize("part", PARTS)
def test_every_part_has_dumps_in_both_forms(part: str, seeds_release: Path) -> None:
    names = {path.name for path in (current(seeds_release) / "dumps").iterdir()}
    assert {f"{part}.nt.zst", f"{part}.ttl.gz"} <= names


def test_dumps_of_both_forms_are_equal_by_rdflib(seeds_release: Path) -> None:
    for path in (current(seeds_release) / "dumps").glob("*.ttl.gz"):
        turtle = Graph().parse(data=gzip.decompress(path.read_bytes()), format="turtle")
        triples = Graph().parse(data=unpacked(path.with_name(path.name.replace("ttl.gz", "nt.zst")).read_bytes()), format="nt")
        assert set(to_canonical_graph(turtle)) == set(to_canonical_graph(triples)), path.name


@pytest.mark.parametrize("name", ["nt", "ttl"])
def test_the_dumps_together_are_the_default_graph_of_the_store(seeds_release: Path, name: str) -> None:
    store = Store.read_only(str(current(seeds_release) / "store"))
    loaded = Store()  # which writes numbers as every store does
    loaded.extend(dump_quads(seeds_release, name))
    assert set(loaded) == set(store.quads_for_pattern(None, None, None, DefaultGraph()))


def test_no_triple_is_in_two_dumps(seeds_release: Path) -> None:
    quads = dump_quads(seeds_release, "nt")
    assert len(quads) == len(set(quads))


def test_converting_and_building_give_the_same_triples(seeds_release: Path) -> None:
    converted = set(pyoxigraph.parse(litlod("convert", SEEDS).stdout, format=RdfFormat.N_TRIPLES))
    assert converted <= store_quads(seeds_release)


def test_the_named_graphs_are_those_of_void_and_examples(seeds_release: Path) -> None:
    store = Store.read_only(str(current(seeds_release) / "store"))
    assert {graph.value for graph in store.named_graphs()} == {Iris().void(), Iris().examples()}


def test_triples_of_our_named_graphs_are_in_the_default_graph_too(seeds_release: Path) -> None:
    quads = store_quads(seeds_release)
    assert [quad for quad in quads if Quad(quad.subject, quad.predicate, quad.object, DefaultGraph()) not in quads] == []


def test_void_counts_are_those_of_a_scan(seeds_release: Path) -> None:
    void = Graph().parse(current(seeds_release) / "metadata.ttl")
    store = Store.read_only(str(current(seeds_release) / "store"))
    for node in void.objects(URIRef(Iris().dataset()), VOID.propertyPartition):
        name = void.value(node, VOID.property)
        scanned = sum(1 for _ in store.quads_for_pattern(None, NamedNode(str(name)), None, DefaultGraph()))
        assert (name, int(str(void.value(node, VOID.triples)))) == (name, scanned)


def test_every_dump_that_void_names_is_there(seeds_release: Path) -> None:
    void = Graph().parse(current(seeds_release) / "metadata.ttl")
    named = {str(address).rpartition("/")[2] for address in void.objects(None, VOID.dataDump)}
    assert named == {path.name for path in (current(seeds_release) / "dumps").iterdir()} - {"SHA256SUMS", "index.html", "void.ttl"}


def test_sha256sum_agrees_with_the_checksums(seeds_release: Path) -> None:
    done = subprocess.run(
        ["sha256sum", "-c", "--strict", "SHA256SUMS"], cwd=current(seeds_release) / "dumps", capture_output=True, check=False
    )
    assert done.returncode == 0


def test_no_work_file_stays_behind(seeds_release: Path) -> None:
    names = {path.name for path in current(seeds_release).iterdir()}
    assert names == {
        "dumps",
        "manifest.json",
        "manifest.json.sha256",
        "names",
        "quality.json",
        "metadata.ttl",
        "report.html",
        "report.jsonl",
        "search.sqlite",
        "statistics.json",
        "store",
    }


def test_a_release_of_the_seeds_is_whole(seeds_release: Path) -> None:
    done = litlod("verify", "--deep", "--data", seeds_release)
    assert (done.exit_code, "is whole" in done.text) == (0, True)


# Including other RDF


@pytest.mark.parametrize("name", INCLUDED)
def test_a_release_that_includes_a_file_is_whole(name: str, tmp_path: Path, data: Path) -> None:
    (tmp_path / name).write_bytes(INCLUDED[name])
    built(SEEDS, "--data", data, "--include", tmp_path / name)
    done = litlod("verify", "--deep", "--data", data)
    assert (done.exit_code, done.stderr.count("error")) == (0, 0), done.stderr


@pytest.mark.parametrize("name", INCLUDED)
def test_a_release_that_includes_a_file_has_the_same_bytes_when_built_again(name: str, tmp_path: Path, data: Path) -> None:
    (tmp_path / name).write_bytes(INCLUDED[name])
    built("--data", data, "--include", tmp_path / name)
    first = contents(current(data))
    built("--data", data, "--include", tmp_path / name, "--force")
    assert contents(current(data)) == first


def test_all_kinds_of_files_can_be_included_at_once(tmp_path: Path, data: Path, pages: Path) -> None:
    options: list[str | Path] = []
    for name, content in INCLUDED.items():
        (tmp_path / name).write_bytes(content)
        options += ["--include", tmp_path / name]
    built(pages, "--data", data, *options)
    assert litlod("verify", "--deep", "--data", data).exit_code == 0


def included_quads(data: Path, tmp_path: Path, name: str) -> set[Quad]:
    (tmp_path / name).write_bytes(INCLUDED[name])
    built("--data", data, "--include", tmp_path / name)
    return {quad for quad in store_quads(data) if quad.predicate.value.startswith("http://example.org/")}


def test_included_blank_nodes_stay_apart_and_together(tmp_path: Path, data: Path) -> None:
    quads = included_quads(data, tmp_path, "blank.ttl")
    subjects = {quad.subject for quad in quads}
    assert (len(quads), len(subjects), sum(quad.object in subjects for quad in quads)) == (6, 4, 3)


def test_blank_nodes_of_two_files_stay_apart(tmp_path: Path, data: Path) -> None:
    for name in ("a.nt", "b.nt"):
        (tmp_path / name).write_bytes(b'_:x <http://example.org/p> "%s" .\n' % name.encode())
    built("--data", data, "--include", tmp_path / "a.nt", "--include", tmp_path / "b.nt")
    assert len({quad.subject for quad in store_quads(data) if quad.predicate.value == "http://example.org/p"}) == 2


@pytest.mark.parametrize(("name", "graphs"), [("quads.nq", 2), ("graphs.trig", 2)])
def test_included_named_graphs_stay_named(name: str, graphs: int, tmp_path: Path, data: Path) -> None:
    quads = included_quads(data, tmp_path, name)
    assert len({quad.graph_name for quad in quads if quad.graph_name != DefaultGraph()}) == graphs


def test_dumps_of_included_graphs_are_equal_by_rdflib(tmp_path: Path, data: Path) -> None:
    included_quads(data, tmp_path, "graphs.trig")
    dumps = current(data) / "dumps"
    trig = Dataset().parse(data=gzip.decompress((dumps / "included-graphs.trig.gz").read_bytes()), format="trig")
    quads = Dataset().parse(data=unpacked((dumps / "included-graphs.nq.zst").read_bytes()), format="nquads")
    assert len(list(trig.quads())) == len(list(quads.quads())) == 4


def test_a_syntax_error_in_an_included_file_is_named_with_its_line(seeds_release: Path, copy: Path, tmp_path: Path) -> None:
    (tmp_path / "bad.ttl").write_text("<http://a> <http://b> 1 .\n<http://a> <http://b> oops .\n", encoding="utf-8")
    done = litlod("build", SEEDS, "--data", copy, "--include", tmp_path / "bad.ttl")
    assert (done.exit_code, f"{tmp_path / 'bad.ttl'}:2: error:" in done.stderr) == (1, True)


@pytest.mark.parametrize("name", ["file.docx", "file", "file.gz"])
def test_an_included_file_of_an_unknown_extension_is_wrong_usage(name: str, tmp_path: Path, data: Path) -> None:
    (tmp_path / name).write_bytes(b"")
    assert litlod("build", SEEDS, "--data", data, "--include", tmp_path / name).exit_code == 2


def test_an_included_file_that_is_cut_is_named(tmp_path: Path, data: Path) -> None:
    (tmp_path / "cut.nt.gz").write_bytes(INCLUDED["packed.nt.gz"][:-9])
    done = litlod("build", SEEDS, "--data", data, "--include", tmp_path / "cut.nt.gz")
    assert (done.exit_code, f"{tmp_path / 'cut.nt.gz'}: error:" in done.stderr) == (1, True)


def test_an_included_file_that_is_not_there_is_exit_code_3(tmp_path: Path, data: Path) -> None:
    assert litlod("build", SEEDS, "--data", data, "--include", tmp_path / "nowhere.ttl").exit_code == 3


def test_a_relative_iri_in_an_included_file_is_an_error_with_its_line(tmp_path: Path, data: Path) -> None:
    (tmp_path / "relative.ttl").write_text("\n<a> <b> <c> .\n", encoding="utf-8")
    done = litlod("build", SEEDS, "--data", data, "--include", tmp_path / "relative.ttl")
    assert (done.exit_code, "relative.ttl:2: error:" in done.stderr) == (1, True)


# Damage is found


@cache
def release_files() -> tuple[str, ...]:
    return (
        "dumps/papers.nt.zst",
        "dumps/papers.ttl.gz",
        "dumps/metadata.nt.zst",
        "dumps/SHA256SUMS",
        "metadata.ttl",
        "report.jsonl",
        "search.sqlite",
        "statistics.json",
        "store/CURRENT",
        "store/*.sst",
        "store/MANIFEST-*",
    )


@pytest.mark.parametrize("pattern", release_files())
@pytest.mark.parametrize("where", [0.0, 0.5, 0.999])
def test_one_changed_byte_is_found_and_its_file_named(pattern: str, where: float, copy: Path) -> None:
    path = sorted(current(copy).glob(pattern))[0]
    content = bytearray(path.read_bytes())
    content[int(where * len(content))] ^= 1
    path.write_bytes(content)
    done = litlod("verify", "--deep", "--data", copy)
    assert (done.exit_code, str(path) in done.stderr) == (1, True)


@pytest.mark.parametrize("pattern", [*release_files(), "manifest.json"])
def test_a_missing_file_is_found_and_named(pattern: str, copy: Path) -> None:
    path = sorted(current(copy).glob(pattern))[0]
    path.unlink()
    done = litlod("verify", "--deep", "--data", copy)
    assert (done.exit_code, str(path) in done.stderr) == (1, True)


@pytest.mark.parametrize("name", ["extra.txt", "dumps/extra.nt.zst", "store/000099.sst", ".hidden", "dumps/LOG"])
def test_an_added_file_is_found_and_named(name: str, copy: Path) -> None:
    (current(copy) / name).write_bytes(b"")
    done = litlod("verify", "--deep", "--data", copy)
    assert (done.exit_code, name in done.stderr) == (1, True)


def with_edit(data: Path, edit: Callable[[dict[str, object]], None]) -> Run:
    """What `verify` says after this change of the manifest."""
    content = manifest(data)
    edit(content)
    text = json.dumps(content)
    (current(data) / "manifest.json").write_text(text, encoding="utf-8")
    (current(data) / "manifest.json.sha256").write_text(f"{sha256(text.encode()).hexdigest()}  manifest.json\n", encoding="utf-8")
    return litlod("verify", "--deep", "--data", data)


def _more_triples(content: dict[str, object]) -> None:
    graphs = content["graphs"]
    assert isinstance(graphs, dict)
    graphs[""] += 1


def _more_in_a_dump(content: dict[str, object]) -> None:
    files = content["files"]
    assert isinstance(files, list)
    next(row for row in files if row["triples"])["triples"] += 1


def _one_file_less(content: dict[str, object]) -> None:
    files = content["files"]
    assert isinstance(files, list)
    del files[0]


def _another_release(content: dict[str, object]) -> None:
    content["release"] = "0" * 16


def _another_input(content: dict[str, object]) -> None:
    inputs = content["inputs"]
    assert isinstance(inputs, list)
    inputs[0]["sha256"] = "0" * 64


def _another_count(content: dict[str, object]) -> None:
    counts = content["counts"]
    assert isinstance(counts, dict)
    counts["papers"] += 1


EDITS = (_more_triples, _more_in_a_dump, _one_file_less, _another_release, _another_input, _another_count)


@pytest.mark.parametrize("edit", EDITS, ids=lambda edit: edit.__name__.strip("_").replace("_", " "))
def test_an_edited_manifest_is_found(edit: Callable[[dict[str, object]], None], copy: Path) -> None:
    assert with_edit(copy, edit).exit_code == 1


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", '{"release": 1}'])
def test_an_unreadable_manifest_is_an_error_without_a_traceback(text: str, copy: Path) -> None:
    (current(copy) / "manifest.json").write_text(text, encoding="utf-8")
    done = litlod("verify", "--deep", "--data", copy)
    assert (done.exit_code, "manifest.json: error:" in done.stderr) == (1, True)


@pytest.mark.parametrize(
    ("release", "exit_code"),
    [("0123456789abcdef", 1), ("../..", 1), ("nonsense", 1), ("", 1)],
)
def test_verifying_a_release_that_is_not_there_is_an_error(release: str, exit_code: int, seeds_release: Path) -> None:
    assert litlod("verify", release, "--data", seeds_release).exit_code == exit_code


def test_verifying_changes_nothing(copy: Path) -> None:
    before = {path: path.stat().st_mtime_ns for path in copy.rglob("*")}
    litlod("verify", "--deep", "--data", copy)
    assert {path: path.stat().st_mtime_ns for path in copy.rglob("*")} == before


# A build that fails changes nothing


def state(data: Path) -> tuple[str, list[str]]:
    """The current release and every file, but for what is kept for the next build."""
    kept = [path.relative_to(data) for path in data.rglob("*")]
    return os.readlink(data / "current"), sorted(str(path) for path in kept if path.parts[0] != "cache")


@pytest.mark.parametrize("what", ["syntax", "extension", "strict", "empty", "missing"])
def test_a_failed_build_leaves_the_data_directory_as_it_was(what: str, copy: Path, pages: Path) -> None:
    (pages / "bad.ttl").write_text("oops", encoding="utf-8")
    (pages / "bad.txt").write_bytes(b"")
    arguments: dict[str, list[str | Path]] = {
        "syntax": [pages / "1.txt", "--include", pages / "bad.ttl"],
        "extension": [pages / "1.txt", "--include", pages / "bad.txt"],
        "strict": [pages / "1.txt", pages / "bad.txt", "--strict"],
        "empty": [pages / "bad.txt"],
        "missing": [pages / "nowhere"],
    }
    before = state(copy)
    assert litlod("build", *arguments[what], "--data", copy).exit_code > 0
    assert state(copy) == before


def test_building_nothing_is_wrong_usage(data: Path) -> None:
    assert litlod("build", "--data", data).exit_code == 2


def test_an_input_that_holds_no_paper_is_no_release(tmp_path: Path, data: Path) -> None:
    (tmp_path / "empty.txt").write_bytes(b"")
    done = litlod("build", tmp_path / "empty.txt", "--data", data)
    assert (done.exit_code, DataDirectory(data).release_ids()) == (1, [])


def test_a_page_with_nothing_but_a_title_is_a_release(tmp_path: Path, data: Path) -> None:
    (tmp_path / "bare.txt").write_text("# A title and nothing else\n", encoding="utf-8")
    built(tmp_path / "bare.txt", "--data", data)
    assert litlod("verify", "--deep", "--data", data).exit_code == 0


def test_strict_refuses_a_release_that_was_built_before_with_something_skipped(pages: Path, data: Path) -> None:
    (pages / "bad.txt").write_bytes(b"")
    built(pages, "--data", data)
    assert litlod("build", pages, "--data", data, "--strict").exit_code == 1


def test_two_builds_at_once_are_refused(pages: Path, data: Path) -> None:
    with DataDirectory(data).locked():
        done = litlod("build", pages, "--data", data)
    assert (done.exit_code, f"litlod build (process {os.getpid()}) is at work here" in done.stderr) == (1, True)


def test_a_data_directory_that_cannot_be_written_is_exit_code_3(pages: Path, tmp_path: Path) -> None:
    (tmp_path / "data").write_bytes(b"a file")
    assert litlod("build", pages, "--data", tmp_path / "data" / "below").exit_code == 3


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_data_directory_without_write_permission_is_exit_code_3(pages: Path, data: Path) -> None:
    data.mkdir(mode=0o555)
    assert litlod("build", pages, "--data", data).exit_code == 3


def build_process(pages: Path, data: Path) -> "subprocess.Popen[bytes]":
    command = [*COMMAND, "build", str(pages), "--data", str(data), "--jobs", "2"]
    return subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=ROOT, start_new_session=True)


def is_building(data: Path) -> bool:
    return any((data / "releases").glob(".building-*"))


@pytest.mark.slow
@pytest.mark.parametrize("delay", [0.0, 0.2, 0.5])
def test_a_build_that_is_killed_leaves_the_current_release_and_the_next_one_cleans_up(delay: float, many_pages: Path, copy: Path) -> None:
    before = current(copy)
    process = build_process(many_pages, copy)
    while not is_building(copy) and process.poll() is None:
        time.sleep(0.005)
    time.sleep(delay)
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    assert current(copy) == before or not is_building(copy)
    assert litlod("verify", "--deep", "--data", copy).exit_code == 0
    built(many_pages, "--data", copy)
    assert (is_building(copy), litlod("verify", "--deep", "--data", copy).exit_code) == (False, 0)


def children(process_id: int) -> list[int]:
    try:
        return [int(word) for word in Path(f"/proc/{process_id}/task/{process_id}/children").read_text(encoding="ascii").split()]
    except OSError:
        return []


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="finds the workers by /proc")
def test_a_worker_that_is_killed_changes_nothing(many_pages: Path, tmp_path: Path) -> None:
    process = build_process(many_pages, tmp_path / "killed")
    workers: list[int] = []
    while not workers and process.poll() is None:
        workers = [worker for child in children(process.pid) for worker in children(child)]
    for worker in workers[:1]:
        os.kill(worker, signal.SIGKILL)
    assert process.wait() == 0
    built(many_pages, "--data", tmp_path / "whole")
    assert contents(current(tmp_path / "killed")) == contents(current(tmp_path / "whole"))


def test_building_again_by_force_leaves_the_folder_that_is_being_read(pages: Path, tmp_path: Path) -> None:
    data = DataDirectory(tmp_path / "data")
    built(pages, "--data", data.root)
    before = data.current()
    built(pages, "--data", data.root, "--force")
    assert before.is_dir()
    assert data.current() != before
    assert litlod("verify", "--deep", "--data", data.root).exit_code == 0
    built(pages, "--data", data.root, "--force")
    assert not before.exists()


def test_graphs_named_by_blank_nodes_are_kept(pages: Path, tmp_path: Path) -> None:
    included = tmp_path / "graphs.trig"
    included.write_text("_:a { <http://e/s> <http://e/p> 1 } _:b { <http://e/s> <http://e/p> 2 }", encoding="utf-8")
    built(pages, "--data", tmp_path / "data", "--include", included)
    assert litlod("verify", "--deep", "--data", tmp_path / "data").exit_code == 0


def test_included_counts_of_our_own_dataset_are_an_error_and_no_hang(pages: Path, tmp_path: Path) -> None:
    included = tmp_path / "counts.nt"
    dataset = f"<{Iris().dataset()}> <http://rdfs.org/ns/void#triples>"
    number = '"{}"^^<http://www.w3.org/2001/XMLSchema#integer> .\n'
    included.write_text("".join(f"{dataset} {number.format(count)}" for count in range(4000)), encoding="utf-8")
    done = litlod("build", pages, "--data", tmp_path / "data", "--include", included)
    assert done.exit_code in (0, 1)
