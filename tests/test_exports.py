"""`litlod export` and `litlod diff`: what other programs get is in the form that they want, and old + changes = new."""

import csv
import json
import random
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pyoxigraph
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rdflib import Graph

from rdfgen.exports.curies import biolink_terms
from rdfgen.exports.delta import Change, Counts, compared
from rdfgen.exports.patch import write_changes
from rdfgen.exports.sorting import sorted_lines
from rdfgen.exports.table import EXPORTS
from rdfgen.formats import FORMATS
from rdfgen.iris import DEFAULT_BASE
from rdfgen.release.directory import DataDirectory
from rdfgen.sources import opened
from tests.running import SEEDS, Run, litlod

PUBTATOR = """\
31558841|t|Zinc and depression
31558841|a|Zinc helped in depression of rats.
31558841\t0\t4\tZinc\tChemical\tMESH:D015032
31558841\t9\t19\tdepression\tDisease\tMESH:D003866
31558841\t35\t45\tdepression\tDisease\tMESH:D003866
31558841\t49\t53\trats\tSpecies\t10116
31558841\tNegative_Correlation\tMESH:D015032\tMESH:D003866

"""
# As biolink-model.yaml 4.4 has them.
CATEGORIES = {
    f"biolink:{name}" for name in ("Gene", "DiseaseOrPhenotypicFeature", "ChemicalEntity", "OrganismTaxon", "SequenceVariant")
} | {
    "biolink:CellLine",
    "biolink:NamedThing",
    "biolink:Publication",
}
PREDICATES = {
    f"biolink:{name}"
    for name in (
        *("mentions", "associated_with", "positively_correlated_with", "negatively_correlated_with", "related_to", "interacts_with"),
        *("directly_physically_interacts_with", "derives_into", "causes", "treats_or_applied_or_studied_to_treat", "affects"),
        *("preventative_for_condition", "subclass_of", "in_taxon"),
    )
}
KNOWLEDGE_LEVELS = {"knowledge_assertion", "logical_entailment", "prediction", "statistical_association", "observation", "not_provided"}
AGENT_TYPES = {"manual_agent", "text_mining_agent", "not_provided"}
CURIE = re.compile(r"[A-Za-z_][A-Za-z0-9._-]*:\S+")


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data directory with two releases: a seed, then both and a paper with places and a relation."""
    folder = tmp_path_factory.mktemp("exported")
    further = folder / "31558841.pubtator"
    further.write_text(PUBTATOR, encoding="utf-8")
    seeds = sorted(SEEDS.glob("*.txt"))
    for inputs in ([seeds[0]], [*seeds, further]):
        assert litlod("build", *inputs, "--data", folder / "data").exit_code == 0
    return folder / "data"


def exported(data: Path, folder: Path, name: str) -> Run:
    done = litlod("export", name, "--data", data, "-o", folder)
    assert done.exit_code == 0, done.stderr
    return done


def table(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))


def store(data: Path) -> pyoxigraph.Store:
    return pyoxigraph.Store.read_only(str(DataDirectory(data).current() / "store"))


@pytest.fixture(scope="module")
def kgx(data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("kgx")
    exported(data, folder, "kgx")
    return folder


@pytest.mark.parametrize("name", list(EXPORTS))
def test_the_same_release_gives_the_same_bytes_and_nothing_else_in_the_folder(data: Path, tmp_path: Path, name: str) -> None:
    for folder in ("one", "other"):
        done = exported(data, tmp_path / folder, name)
        assert done.text.split() == [str(tmp_path / folder / file) for file in EXPORTS[name].files]
    assert {path.name for path in (tmp_path / "one").iterdir()} == set(EXPORTS[name].files)
    for file in EXPORTS[name].files:
        assert (tmp_path / "one" / file).read_bytes() == (tmp_path / "other" / file).read_bytes() != b""


def test_each_node_has_a_curie_of_its_own_and_a_category_of_biolink(kgx: Path) -> None:
    nodes = table(kgx / "nodes.tsv")
    assert max(Counter(row["id"] for row in nodes).values()) == 1
    for row in nodes:
        assert CURIE.fullmatch(row["id"])
        assert set(row["category"].split("|")) <= CATEGORIES
    assert {"MONDO:0002050", "NCBIGene:213", "PUBCHEM.COMPOUND:23994", "DBSNP:rs1006737", "NCBITaxon:10116", "PMID:31558841"} <= {
        row["id"] for row in nodes
    }


def test_each_edge_has_what_biolink_wants_and_leads_from_node_to_node(kgx: Path) -> None:
    nodes, edges = {row["id"] for row in table(kgx / "nodes.tsv")}, table(kgx / "edges.tsv")
    assert max(Counter(row["id"] for row in edges).values()) == 1
    for row in edges:
        assert {row["subject"], row["object"]} <= nodes
        assert row["predicate"] in PREDICATES
        assert (row["knowledge_level"] in KNOWLEDGE_LEVELS, row["agent_type"] in AGENT_TYPES) == (True, True)
        assert CURIE.fullmatch(row["primary_knowledge_source"])
        assert row["category"].startswith("biolink:")


def test_every_mention_of_a_concept_is_an_edge(data: Path, kgx: Path) -> None:
    mentions = [row for row in table(kgx / "edges.tsv") if row["predicate"] == "biolink:mentions"]
    expected = sum(1 for _ in store(data).quads_for_pattern(None, pyoxigraph.NamedNode("https://schema.org/mentions"), None))
    assert len({(row["subject"], row["object"]) for row in mentions}) == expected
    (found,) = [row for row in mentions if (row["subject"], row["object"]) == ("PMID:31558841", "MESH:D003866")]
    assert (found["has_count"], found["agent_type"], found["publications"]) == ("2", "text_mining_agent", "PMID:31558841")


def test_a_relation_is_an_edge_by_the_predicate_that_the_ontology_aligns_it_with(kgx: Path) -> None:
    (row,) = [row for row in table(kgx / "edges.tsv") if row["predicate"] == "biolink:negatively_correlated_with"]
    assert (row["subject"], row["object"], row["publications"]) == ("MESH:D015032", "MESH:D003866", "PMID:31558841")


def test_every_term_of_ours_that_is_exported_is_aligned_with_one_that_biolink_has() -> None:
    terms = biolink_terms(DEFAULT_BASE)
    for name, expected in (("Association", "associated_with"), ("Causation", "causes"), ("Gene", "Gene"), ("Inhibition", "affects")):
        assert terms[f"{DEFAULT_BASE}ontology#{name}"] == f"biolink:{expected}"


@pytest.fixture(scope="module")
def annotations(data: Path, tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    folder = tmp_path_factory.mktemp("annotations")
    exported(data, folder, "annotations")
    return (folder / "annotations.jsonl").read_text(encoding="utf-8").splitlines()


def test_there_is_a_line_for_each_annotation(data: Path, annotations: list[str]) -> None:
    rdf_type, annotation = (
        pyoxigraph.NamedNode(name) for name in ("http://www.w3.org/1999/02/22-rdf-syntax-ns#type", "http://www.w3.org/ns/oa#Annotation")
    )
    expected = {quad.subject for quad in store(data).quads_for_pattern(None, rdf_type, annotation)}
    assert len(annotations) == len(expected)
    assert {f"<{json.loads(line)['id']}>" for line in annotations} == {str(node) for node in expected}


def test_a_place_has_the_words_before_and_after_it(annotations: list[str]) -> None:
    (found,) = [row for row in map(json.loads, annotations) if row["surfaceForm"] == "rats"]
    target = found["target"]
    quote, position = target["selector"]
    assert quote == {
        "type": "TextQuoteSelector",
        "exact": "rats",
        "prefix": ("Zinc and depression Zinc helped in depression of ")[-32:],
        "suffix": ".",
    }
    assert (position["start"], position["end"]) == (49, 53)
    assert found["body"] == "http://purl.obolibrary.org/obo/NCBITaxon_10116"


def test_a_mention_without_a_concept_keeps_its_words(annotations: list[str]) -> None:
    bodies = [row["body"] for row in map(json.loads, annotations) if isinstance(row["body"], dict)]
    assert bodies
    assert all(body["type"] == "TextualBody" and body["value"] for body in bodies)


@pytest.mark.filterwarnings("ignore:.* is deprecated, use Dataset:DeprecationWarning")  # rdflib itself
@pytest.mark.parametrize("place", [0, -1])
def test_a_line_is_json_ld_that_needs_nothing_from_elsewhere(data: Path, annotations: list[str], place: int) -> None:
    line = annotations[place]
    by_rdflib = Graph().parse(data=line, format="json-ld")
    by_oxigraph = list(pyoxigraph.parse(line.encode(), format=FORMATS["jsonld"].syntax))
    assert len(by_rdflib) == len(by_oxigraph) > 5
    said = {f"{quad.triple}" for quad in by_oxigraph if not isinstance(quad.subject, pyoxigraph.BlankNode)}
    known = {f"{quad.triple}" for quad in store(data)}
    about = f"<{json.loads(line)['id']}>"
    own = {text for text in said if text.startswith(about) and "creator" not in text and " _:" not in text}
    assert own <= known


# Differences


def lines_of(path: Path) -> list[bytes]:
    with opened(path) as file:
        return file.readlines()


def triples(data: Path, release: str) -> list[bytes]:
    return sorted(lines_of(DataDirectory(data).path(release) / "dumps" / "all.nt.zst"))


@pytest.fixture(scope="module")
def releases(data: Path) -> tuple[str, str]:
    """The older one and the newer one."""
    found = DataDirectory(data)
    new = found.current().name
    return next(name for name in found.release_ids() if name != new), new


@pytest.mark.parametrize("is_back", [False, True])
def test_old_and_changes_are_new_byte_for_byte(data: Path, releases: tuple[str, str], tmp_path: Path, is_back: bool) -> None:
    old, new = releases[::-1] if is_back else releases
    done = litlod("diff", old[:12], new, "--data", data, "-o", tmp_path)
    assert done.exit_code == 0
    added, removed = lines_of(tmp_path / "added.nt.zst"), lines_of(tmp_path / "removed.nt.zst")
    assert (added, removed) == (sorted(added), sorted(removed))
    assert sorted([*(set(triples(data, old)) - set(removed)), *added]) == triples(data, new)
    assert f"{len(added):,} added, {len(removed):,} removed" in done.text


def test_the_patch_says_the_same_in_the_text_form_of_rdf_patch(data: Path, releases: tuple[str, str], tmp_path: Path) -> None:
    assert litlod("diff", releases[0], "--data", data, "-o", tmp_path).exit_code == 0
    patch = [line.decode() for line in lines_of(tmp_path / "changes.rdfp.zst")]
    heads = [line for line in patch if line.startswith("H ")]
    assert patch[: len(heads)] == heads
    assert re.fullmatch(r"H id <uuid:[0-9a-f-]{36}> \.\n", heads[0])
    assert re.fullmatch(r"H prev <uuid:[0-9a-f-]{36}> \.\n", heads[1])
    assert (patch[len(heads)], patch[-1]) == ("TX .\n", "TC .\n")
    changed = patch[len(heads) + 1 : -1]
    for operation, name in (("D ", "removed"), ("A ", "added")):
        assert [line[2:].encode() for line in changed if line.startswith(operation)] == lines_of(tmp_path / f"{name}.nt.zst")
    assert [line[0] for line in changed] == sorted((line[0] for line in changed), reverse=True)


def test_the_patch_of_the_next_release_names_this_one(data: Path, releases: tuple[str, str], tmp_path: Path) -> None:
    old, new = releases
    heads = []
    for number, pair in enumerate(((old, new), (new, old))):
        assert litlod("diff", *pair, "--data", data, "-o", tmp_path / str(number)).exit_code == 0
        heads.append([line.split()[2] for line in lines_of(tmp_path / str(number) / "changes.rdfp.zst")[:2]])
    assert heads[0] == heads[1][::-1]


def test_the_statistics_count_each_change_by_part_and_predicate(data: Path, releases: tuple[str, str]) -> None:
    done = litlod("diff", *releases, "--data", data, "--stat")
    rows = [line.split() for line in done.text.splitlines()[1:-1]]
    numbers = [tuple(int(cell.replace(",", "")) for cell in row[2:]) for row in rows]
    added, removed = (sum(column) for column in zip(*numbers, strict=True))
    assert f"{added:,} added, {removed:,} removed" in done.text
    assert ["papers", "http://purl.org/dc/terms/title"] in [row[:2] for row in rows]


def test_a_release_does_not_differ_from_itself(data: Path) -> None:
    current = DataDirectory(data).current().name
    done = litlod("diff", current, "--data", data, "--stat")
    assert (done.exit_code, ": 0 added, 0 removed" in done.text, len(done.text.splitlines())) == (0, True, 1)


def test_named_graphs_are_compared_as_quads(tmp_path: Path) -> None:
    names = []
    for number in (1, 2):
        included = tmp_path / f"{number}.nq"
        included.write_text(f"<http://x/s> <http://x/p> <http://x/{number}> <http://x/g> .\n", encoding="utf-8")
        done = litlod("build", sorted(SEEDS.glob("*.txt"))[0], "--include", included, "--data", tmp_path / "data")
        names.append(done.text.strip())
    assert litlod("diff", *names, "--data", tmp_path / "data", "-o", tmp_path / "out").exit_code == 0
    assert b"<http://x/s> <http://x/p> <http://x/2> <http://x/g> .\n" in lines_of(tmp_path / "out" / "added.nq.zst")


def test_a_release_that_there_is_not_is_told(data: Path) -> None:
    done = litlod("diff", "0000", "--data", data)
    assert (done.exit_code, "no release '0000'" in done.stderr) == (1, True)


LINES = st.sets(st.sampled_from([f'<s{a}> <p{b}> "{c}" .\n'.encode() for a in range(4) for b in range(3) for c in 'a"\\é']))


def marked(lines: set[bytes], part: str) -> Iterator[tuple[bytes, str]]:
    return ((line, part) for line in sorted(lines))


@given(LINES, LINES)
@settings(max_examples=60, deadline=None)
def test_whatever_the_sets_old_and_changes_are_new(old: set[bytes], new: set[bytes]) -> None:
    counts = Counts()
    changes = list(compared(marked(old, "a"), marked(new, "b"), counts))
    came, went = ({change.line for change in changes if change.is_added == is_added} for is_added in (True, False))
    assert ((old - went) | came, old & came, went - old) == (new, set(), set())
    assert (counts.same, len(changes)) == (len(old & new), len(came) + len(went))


def test_a_triple_that_moves_from_part_to_part_is_no_change() -> None:
    counts = Counts()
    assert list(compared(marked({b"<s> <p> <o> .\n"}, "papers"), marked({b"<s> <p> <o> .\n"}, "concepts"), counts)) == []


@given(st.lists(st.binary(max_size=6).map(lambda text: text.replace(b"\n", b"") + b"\n"), max_size=400), st.integers(1, 60))
@settings(max_examples=30, deadline=None)
def test_lines_are_sorted_by_their_bytes_however_little_memory_there_is(
    tmp_path_factory: pytest.TempPathFactory, lines: list[bytes], run_bytes: int
) -> None:
    folder = tmp_path_factory.mktemp("sorting")
    assert list(sorted_lines(lines, folder, run_bytes)) == sorted(lines)
    assert list(folder.iterdir()) == []


def test_more_runs_than_are_merged_at_once_are_sorted_too(tmp_path: Path) -> None:
    lines = [b"%06d\n" % number for number in range(200)]
    random.Random(1).shuffle(lines)
    assert list(sorted_lines(lines, tmp_path, 7)) == sorted(lines)  # a run of each line


def test_changes_without_a_change_are_a_patch_without_one(tmp_path: Path) -> None:
    write_changes(list[Change](), tmp_path, "http://x/1", "http://x/2", False)
    assert [line[:2] for line in lines_of(tmp_path / "changes.rdfp.zst")] == [b"H "] * 4 + [b"TX", b"TC"]
