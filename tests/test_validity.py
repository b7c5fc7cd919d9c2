"""Validation as part of publishing: the checks of every triple, the SHACL validator, what is refused, and the quality report."""

import json
import re
import shutil
import sys
from collections import Counter
from collections.abc import Iterator
from functools import cache
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rdflib import RDF, RDFS, Graph, Namespace, URIRef

from rdfgen import triples
from rdfgen.errors import LitlodError, ReleaseError
from rdfgen.iris import DEFAULT_BASE, Iris
from rdfgen.model import Paper
from rdfgen.namespaces import output_prefixes
from rdfgen.ntriples import Triple, iri, term
from rdfgen.release import names
from rdfgen.release.build import Request, build
from rdfgen.release.constraints import Constraint, constraints
from rdfgen.release.directory import DataDirectory
from rdfgen.release.dumps import TRIPLE_DUMPS, write_dumps
from rdfgen.release.manifest import read_manifest
from rdfgen.release.names import CONCEPTS, PAPERS, all_names, file_count
from rdfgen.release.quality import Quality, changes, read_quality
from rdfgen.release.validation import Checks, things
from rdfgen.release.validation_shacl import parts_of, sample, validated
from rdfgen.release.verify import problems
from rdfgen.release.withdrawn import WITHDRAWN, is_withdrawn, note_withdrawn
from rdfgen.shards import Options
from rdfgen.sources import opened
from rdfgen.triples import Part
from tests.running import SEEDS, litlod, page_text

PAPER = f"<{DEFAULT_BASE}paper/PMC1>"
MENTION = f"<{DEFAULT_BASE}paper/PMC1#mention-000000000000>"
GENE = "<http://identifiers.org/ncbigene/7>"
XSD = "http://www.w3.org/2001/XMLSchema#"
LITLOD = Namespace(f"{DEFAULT_BASE}ontology#")


@cache
def checks() -> Checks:
    return Checks(DEFAULT_BASE)


def faults(part: str, *statements: tuple[str, str, str]) -> set[str]:
    """What the checks say of some statements, each with a prefixed name as its predicate."""
    lines = [f"{subject} {term(name)} {value} .\n".encode() for subject, name, value in statements]
    return {reason for first, subject, rows in things(lines) for _, reason, _ in checks().faults(part, first, subject, rows)}


# Single triples


@pytest.mark.parametrize(
    ("name", "value", "reason"),
    [
        ("schema:mentions", "<http://id.nlm.nih.gov/mesh/X003866>", "form of its vocabulary"),
        ("schema:mentions", "<http://purl.obolibrary.org/obo/MONDO_12345>", "form of its vocabulary"),
        ("schema:mentions", "<http://identifiers.org/ncbigene/007>", "form of its vocabulary"),
        ("skos:exactMatch", "<https://doi.org/no-doi>", "form of its vocabulary"),
        ("schema:mentions", "<relative>", "no absolute IRI"),
        ("schema:mentions", "<http://example.org/a b>", "no absolute IRI"),
        ("schema:mentions", "<http://example.org/a{b}>", "no absolute IRI"),
        ("dcterms:issued", f'"2026-02-30"^^<{XSD}date>', "datatype or language tag"),
        ("dcterms:issued", f'"2026-13"^^<{XSD}gYearMonth>', "datatype or language tag"),
        ("schema:position", f'"one"^^<{XSD}integer>', "datatype or language tag"),
        ("schema:position", f'"-1"^^<{XSD}nonNegativeInteger>', "datatype or language tag"),
        ("schema:position", f'"yes"^^<{XSD}boolean>', "datatype or language tag"),
        ("schema:name", '"a"@e_n', "datatype or language tag"),
        ("schema:name", '"a"@', "datatype or language tag"),
        ("schema:name", '"a\\u0001"', "control character"),
        ("schema:name", '"a\\b"', "control character"),
        ("owl:sameAs", "<http://example.org/>", "owl:sameAs"),
    ],
)
def test_a_value_that_is_not_as_it_should_be_is_found(name: str, value: str, reason: str) -> None:
    found = faults("papers", ("<http://example.org/x>", name, value))
    assert [text for text in found if reason in text], found


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("schema:mentions", "<http://id.nlm.nih.gov/mesh/D003866>"),
        ("fabio:hasSubjectTerm", "<http://id.nlm.nih.gov/mesh/D003866Q000188>"),
        ("skos:exactMatch", "<https://doi.org/10.1002/(sici)1%3C2::aid%3E3.0.co;2-2>"),
        ("foaf:page", "<https://doi.org/no-doi>"),
        ("prov:wasAttributedTo", "<https://orcid.org/>"),
        ("dcterms:issued", f'"2024-02-29"^^<{XSD}date>'),
        ("dcterms:issued", f'"2026"^^<{XSD}gYear>'),
        ("schema:position", f'"12345678901234567890"^^<{XSD}integer>'),
        ("schema:position", f'"-0.50"^^<{XSD}decimal>'),
        ("schema:name", '"a"@zh-Hant'),
        ("schema:name", '"a \\"b\\" \\\\ \\t\\n\\u007F Δ"'),
        ("schema:name", '""'),
        ("schema:name", '"x"^^<http://example.org/own>'),
    ],
)
def test_a_value_that_is_right_is_no_fault(name: str, value: str) -> None:
    assert faults("papers", ("<http://example.org/x>", name, value)) == set()


def test_a_predicate_that_is_no_iri_is_found() -> None:
    lines = [b'<a:a> <b> "x" .\n']
    reasons = [reason for first, subject, rows in things(lines) for _, reason, _ in checks().faults("papers", first, subject, rows)]
    assert reasons == ["a predicate that is no absolute IRI"]


@pytest.mark.parametrize("subject", ["<http://identifiers.org/mesh/D003866>", "<http://purl.uniprot.org/taxonomy/9606>"])
def test_a_record_goes_by_its_owners_iri_only(subject: str) -> None:
    assert faults("concepts", (subject, "skos:altLabel", '"a"')) == {"a thing that goes by an IRI of others than its owner"}
    assert faults("papers", (subject, "dcterms:title", '"a page may have any address"')) == set()


def test_faults_have_the_line_that_they_stand_in() -> None:
    lines = [b'<a:a> <b:b> "x" .\n', b'<a:c> <b:b> "x" .\n', b'<a:c> <b:b> "x\\b" .\n']
    assert [line for first, subject, rows in things(lines) for line, _, _ in checks().faults("papers", first, subject, rows)] == [3]


@given(st.lists(st.binary(max_size=40), max_size=4), st.sampled_from(["papers", "concepts"]))
def test_hostile_bytes_neither_raise_nor_pass(texts: list[bytes], part: str) -> None:
    lines = [b"<a:" + text.replace(b"\n", b"") + b"\xff> <b:b> <c:c> .\n" for text in texts]
    for first, subject, rows in things(lines):
        list(checks().faults(part, first, subject, rows))


# What a class asks for

RULES = [(name, row) for name, rows in constraints(DEFAULT_BASE).items() for row in rows]
REQUIRED = [(name, row) for name, row in RULES if row.least]
LIMITED = [(name, row) for name, row in RULES if row.most and row.value is not None]


def identified(value: object) -> str:
    if isinstance(value, bytes):
        return re.split("[#/]", value.decode())[-1].rstrip(">")
    return re.split("[#/]", value.predicate.decode())[-1].rstrip(">") if isinstance(value, Constraint) else str(value)


def test_the_shapes_have_rules_for_all_that_there_is_most_of() -> None:
    classes = {name for name, _ in REQUIRED}
    assert {term(name).encode() for name in ("schema:ScholarlyArticle", "oa:Annotation", "foaf:Person", "biolink:Association")} <= classes
    assert iri(LITLOD.Gene).encode() in classes
    assert len(RULES) > 200


@pytest.mark.parametrize(("name", "row"), REQUIRED, ids=identified)
def test_a_thing_without_what_its_class_asks_for_is_found(name: bytes, row: Constraint) -> None:
    assert row.message
    assert row.message in faults("papers", ("<http://example.org/x>", "rdf:type", name.decode()))


@pytest.mark.parametrize(("name", "row"), LIMITED, ids=identified)
def test_a_thing_that_has_something_too_often_or_in_a_wrong_form_is_found(name: bytes, row: Constraint) -> None:
    lines = [b"<x:x> " + part + b" .\n" for part in [term("rdf:type").encode() + b" " + name, *[row.predicate + b' ""^^<x:y>'] * 9]]
    reasons = [reason for first, subject, rows in things(lines) for _, reason, _ in checks().faults("papers", first, subject, rows)]
    assert reasons.count(row.message) == 10  # Each wrong value, and their number.


def test_a_label_that_is_empty_is_found() -> None:
    gene = [(GENE, "rdf:type", iri(LITLOD.Gene)), (GENE, "dcterms:identifier", '"NCBIGene:7"')]
    assert faults("concepts", *gene, (GENE, "rdfs:label", '"x"')) == set()
    assert faults("concepts", *gene, (GENE, "rdfs:label", '""')) == {"A label must be a string that is not empty."}


def test_rules_are_below_the_base_of_the_release() -> None:
    own = b"<http://data.example.org/lit/ontology#Gene>"
    assert own in constraints("http://data.example.org/lit/")
    assert own not in constraints(DEFAULT_BASE)


# Building


def request(data: Path, pages: Path, **settings: bool) -> Request:
    inputs = [(str(page), str(page)) for page in sorted(pages.glob("*.txt"))]
    return Request(inputs, [], DataDirectory(data), Options(DEFAULT_BASE), 1, lambda *_: lambda _: None, 0, **settings)  # type: ignore[arg-type]


@pytest.fixture
def pages(tmp_path: Path) -> Path:
    folder = tmp_path / "pages"
    folder.mkdir()
    for number in range(1, 6):
        (folder / f"{number}.txt").write_text(page_text(number), encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def many(many_pages: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A release of many pages, to be read only."""
    data = tmp_path_factory.mktemp("many")
    build(request(data, many_pages))
    return (data / "current").resolve()


def broken(monkeypatch: pytest.MonkeyPatch, predicate: str, value: str) -> None:
    """Let the generator say this too of a part of each paper."""
    good = triples.PARTS["papers"]

    def bad(paper: Paper, iris: Iris) -> Iterator[Triple]:
        yield from good.triples(paper, iris)
        yield iri(iris.paper(paper) + "#bad"), predicate, value

    monkeypatch.setitem(triples.PARTS, "papers", Part("papers", bad))


def test_what_is_valid_is_published(seeds_release: Path, tmp_path: Path) -> None:
    done = litlod("build", SEEDS, "--data", tmp_path, "--require-valid", "--jobs", "1")
    assert done.exit_code == 0, done.stderr
    assert (tmp_path / "current").resolve().name == (seeds_release / "current").resolve().name  # It is the same release.
    assert read_quality(tmp_path / "current").invalid == Counter()


def test_what_is_not_valid_is_refused_and_the_published_release_stays(tmp_path: Path, pages: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = build(request(tmp_path / "data", pages)).manifest.release
    (pages / "6.txt").write_text(page_text(6), encoding="utf-8")
    broken(monkeypatch, term("schema:mentions"), iri("http://id.nlm.nih.gov/mesh/X1"))
    with pytest.raises(LitlodError, match="not valid") as caught:
        build(request(tmp_path / "data", pages, require_valid=True))
    assert "dumps/papers.nt.zst:" in str(caught.value)
    assert (tmp_path / "data" / "current").resolve().name == first
    assert [path.name for path in (tmp_path / "data" / "releases").iterdir()] == [first]


def test_without_the_option_faults_are_published_and_reported(tmp_path: Path, pages: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    broken(monkeypatch, term("dcterms:description"), '"\\b"')
    build(request(tmp_path, pages))
    folder = (tmp_path / "current").resolve()
    rows = [json.loads(line) for line in (folder / "report.jsonl").read_text(encoding="utf-8").splitlines()]
    found = [row for row in rows if row["kind"] == "invalid"]
    assert {row["reason"] for row in found} == {"a control character in a text"}
    with opened(folder / "dumps" / "papers.nt.zst") as file:
        lines = list(file)
    assert all(b'"\\b"' in lines[row["line"] - 1] for row in found)
    assert read_quality(folder).invalid == {"a control character in a text": len(found)}
    assert "a control character in a text" in (folder / "report.html").read_text(encoding="utf-8")
    assert list(problems(folder, deep=True)) == []
    with pytest.raises(LitlodError, match="not valid"):
        build(request(tmp_path, pages, require_valid=True))  # It was built before; it is not published again.
    with pytest.raises(LitlodError, match="--strict"):
        build(request(tmp_path, pages, strict=True))


def test_what_only_the_validator_sees_is_refused_too(tmp_path: Path, pages: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    broken(monkeypatch, term("bibo:authorList"), iri("http://example.org/nobody"))
    with pytest.raises(LitlodError, match="must be a schema:ScholarlyArticle"):
        build(request(tmp_path, pages, require_valid=True))


def test_without_the_validator_the_option_says_how_to_get_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyshacl", None)
    done = litlod("build", SEEDS, "--data", tmp_path, "--require-valid")
    assert (done.exit_code, "pip install 'litlod[validate]'" in done.stderr) == (2, True)
    assert not list(tmp_path.iterdir())


# The validator


def test_a_release_can_be_validated_afterwards(seeds_release: Path) -> None:
    done = litlod("validate", "--data", seeds_release)
    assert (done.exit_code, done.text) == (0, "")
    assert "all of them against the shapes" in done.stderr
    done = litlod("validate", "--data", seeds_release, "--most", "1000")
    assert (done.exit_code, done.text) == (0, "")
    assert "a sample of" in done.stderr


def rewritten(release: Path, target: Path, part: str, old: str, new: str) -> Path:
    """A copy of the dumps of a release with another text in a part."""
    shutil.copytree(release / "dumps", target / "dumps")
    lines = target / "lines.nt"
    with opened(release / "dumps" / f"{part}.nt.zst") as file:
        text = file.read().decode()
    assert old in text
    lines.write_text(text.replace(old, new, 1), encoding="utf-8")
    write_dumps(lines, target / "dumps", part, TRIPLE_DUMPS, output_prefixes(DEFAULT_BASE))
    return target


@pytest.mark.parametrize("most", [200_000, 6_000])
def test_a_fault_of_the_shapes_is_found_in_the_whole_and_in_a_sample(seeds_release: Path, tmp_path: Path, most: int) -> None:
    release = (seeds_release / "current").resolve()
    copy = rewritten(release, tmp_path, "provenance", term("prov:wasAssociatedWith"), iri("http://example.org/other"))
    found = validated(copy, DEFAULT_BASE, parts_of(read_manifest(release)), most)
    assert any("An activity must be associated with" in problem for problem in found.problems), found.problems


@pytest.mark.parametrize("most", [200_000, 1_000])
def test_a_dump_that_does_not_parse_or_lacks_something_is_found(seeds_release: Path, tmp_path: Path, most: int) -> None:
    release = (seeds_release / "current").resolve()
    counts = parts_of(read_manifest(release))
    shutil.copytree(release / "dumps", tmp_path / "dumps")
    path = tmp_path / "dumps" / "aliases.ttl.gz"
    path.write_bytes(path.read_bytes()[:-20])
    found = validated(tmp_path, DEFAULT_BASE, counts | {"concepts": counts["concepts"] + 1}, most).problems
    assert [problem for problem in found if "aliases.ttl.gz" in problem and "does not parse" in problem]
    assert [problem for problem in found if "concepts" in problem and f"{counts['concepts'] + 1} were written" in problem]


def test_a_sample_has_whole_papers_and_is_always_the_same(many: Path) -> None:
    counts = parts_of(read_manifest(many))
    lines = sample(many, DEFAULT_BASE, counts, 3_000)
    assert lines == sample(many, DEFAULT_BASE, counts, 3_000)
    chosen = {line.partition(b">")[0].partition(b"#")[0] for line in lines if b"/paper/PMC" in line.partition(b">")[0]}
    assert 20 < len(chosen) < 200
    with opened(many / "dumps" / "annotations.nt.zst") as file:
        assert {line for line in file if line.partition(b"#")[0] in chosen} <= set(lines)
    found = validated(many, DEFAULT_BASE, counts, 3_000)
    assert (found.problems, found.triples) == ([], sum(counts.values()))


# Quality


def whole(release: Path) -> Graph:
    graph = Graph()
    for path in sorted((release / "dumps").glob("*.nt.zst")):
        if not path.name.startswith("all."):
            with opened(path) as file:
                graph.parse(data=file.read(), format="nt")
    return graph


def test_the_numbers_are_those_of_the_triples(many: Path) -> None:
    found, graph = read_quality(many), whole(many)
    oa, schema = Namespace("http://www.w3.org/ns/oa#"), Namespace("https://schema.org/")
    papers = {*graph.subjects(RDF.type, schema.ScholarlyArticle)}
    mentions = {*graph.subjects(RDF.type, oa.Annotation)}
    unresolved = {*graph.subjects(LITLOD.resolution, LITLOD.Unresolved)}
    assert (found.papers, found.papers_without["abstract"], found.papers_without["date"]) == (len(papers), 0, 0)
    assert sum(row.mentions for row in found.by_type.values()) == sum(row.mentions for row in found.by_tool.values()) == len(mentions)
    assert sum(row.unresolved for row in found.by_tool.values()) == len(unresolved) > 0
    assert found.by_type["gene"].mentions == len({*graph.subjects(LITLOD.entityType, LITLOD.Gene)})
    of_papers = Counter(str(mention).partition("#")[0] for mention in mentions)
    assert found.mentions_of_papers == Counter(of_papers.values()) + Counter({0: len(papers) - len(of_papers)})
    genes = {*graph.subjects(RDF.type, LITLOD.Gene)}
    assert (found.concepts["gene"].concepts, found.concepts["gene"].labelled) == (len(genes), len(genes & {*graph.subjects(RDFS.label)}))


def test_a_concept_with_a_mapping_counts_as_such(tmp_path: Path) -> None:
    mappings = Path(__file__).parent / "data" / "mappings" / "wikidata.sssom.tsv"
    done = litlod("build", SEEDS, "--mappings", mappings, "--data", tmp_path, "--jobs", "1")
    assert done.exit_code == 0, done.stderr
    found, graph = read_quality(tmp_path / "current"), whole(tmp_path / "current")
    skos = Namespace("http://www.w3.org/2004/02/skos/core#")
    depression = URIRef("http://purl.obolibrary.org/obo/MONDO_0002050")
    assert (depression, skos.closeMatch, None) in graph
    assert 1 <= found.concepts["disease"].mapped <= found.concepts["disease"].concepts


@pytest.mark.slow
def test_the_same_input_gives_the_same_numbers_and_lists(many: Path, many_pages: Path, tmp_path: Path) -> None:
    done = litlod("build", *sorted(many_pages.iterdir()), "--data", tmp_path, "--jobs", "2")
    assert (done.exit_code, done.text.strip()) == (0, many.name), done.stderr
    texts = []
    for folder in (many, tmp_path / "current"):
        paths = [folder / "quality.json", folder / "report.html", *sorted((folder / "names").iterdir())]
        texts.append([path.read_bytes() for path in paths])
    assert texts[0] == texts[1]


def test_the_report_page_has_the_numbers(seeds_release: Path) -> None:
    page = (seeds_release / "current" / "report.html").read_text(encoding="utf-8")
    assert "share of mentions unresolved" in page
    assert "concepts without label: disease" in page


def test_numbers_are_compared_with_those_of_the_release_before(tmp_path: Path, pages: Path) -> None:
    before = build(request(tmp_path, pages)).manifest.release
    alone = litlod("quality", "--data", tmp_path, "--json")
    assert {row["before"] for row in json.loads(alone.text)} == {None}
    (pages / "6.txt").write_text(page_text(6), encoding="utf-8")
    now = build(request(tmp_path, pages)).manifest.release
    rows = {row["name"]: row for row in json.loads(litlod("quality", "--data", tmp_path, "--json").text)}
    assert rows["papers"] == {"name": "papers", "before": 5, "now": 6, "difference": 1}
    other_way = {row["name"]: row for row in json.loads(litlod("quality", before, "--against", now, "--data", tmp_path, "--json").text)}
    assert other_way["papers"]["difference"] == -1
    shown = litlod("quality", "--data", tmp_path, "--changed").text
    assert re.search(r"^papers +5 +6 +\+1$", shown, re.MULTILINE)
    assert "papers without date" not in shown


@pytest.mark.parametrize("text", [None, "", "[]", "{}", '{"papers": 1}', '{"papers": 1, "papers_without": 3}'])
def test_a_release_without_a_quality_report_is_told(tmp_path: Path, text: str | None) -> None:
    if text is not None:
        (tmp_path / "quality.json").write_text(text, encoding="utf-8")
    with pytest.raises(ReleaseError, match="no readable quality report"):
        read_quality(tmp_path)


def test_a_number_that_is_new_has_no_difference() -> None:
    old, new = Quality(papers=1, suspicious=Counter({"odd": 2})), Quality(papers=3)
    found = {row.name: (row.before, row.now, row.difference) for row in changes(new, old)}
    assert found["papers"] == (1, 3, 2)
    assert found["suspicious: odd"] == (2, None, None)


# Lists of names, and papers that went


def test_a_release_lists_its_papers_and_concepts(many: Path) -> None:
    listed = list(all_names(many, PAPERS))
    assert listed == sorted(f"PMC{number}".encode() for number in range(1, 601))
    assert b"NCBIGene:7" in {*all_names(many, CONCEPTS)}
    assert list(problems(many)) == []


@settings(max_examples=40, deadline=None)
@given(found=st.lists(st.integers(0, 60).map(lambda number: b"n%d" % number)), size=st.integers(1, 5), memory=st.integers(1, 7))
def test_lists_are_sorted_and_whole_however_they_are_split(
    tmp_path_factory: pytest.TempPathFactory, found: list[bytes], size: int, memory: int
) -> None:
    folder = tmp_path_factory.mktemp("names")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(names, "NAMES_IN_A_FILE", size)
        patch.setattr(names, "_NAMES_IN_MEMORY", memory)
        names.write_names(folder, PAPERS, found, folder)
    assert list(all_names(folder, PAPERS)) == sorted(set(found))
    assert file_count(folder, PAPERS) == -(-len(set(found)) // size)


@settings(max_examples=40, deadline=None)
@given(releases=st.lists(st.sets(st.integers(0, 30), min_size=1), min_size=1, max_size=5))
def test_what_was_published_once_and_is_gone_is_known(tmp_path_factory: pytest.TempPathFactory, releases: list[set[int]]) -> None:
    root = tmp_path_factory.mktemp("withdrawn")
    folders = [root / f"r{number}" for number in range(len(releases))]
    for folder, papers in zip(folders, releases, strict=True):
        folder.mkdir()
        names.write_names(folder, PAPERS, [b"PMC%d" % (number * 37) for number in papers], folder)
    for old, new in pairwise(folders):
        note_withdrawn(root, old, new)
    ever, current = set().union(*releases), releases[-1]
    for number in range(-1, 32):
        if number not in current:
            assert is_withdrawn(root, f"PMC{number * 37}") == (number in ever)
    listed = (root / WITHDRAWN).read_bytes().splitlines() if (root / WITHDRAWN).exists() else []
    assert listed == sorted(set(listed))


def test_a_release_that_is_damaged_keeps_no_other_from_being_published(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    for folder in (tmp_path / "old", tmp_path / "new"):
        folder.mkdir()
        names.write_names(folder, PAPERS, [b"PMC1", b"PMC2"], folder)
    (path,) = (tmp_path / "old" / "names").iterdir()
    path.write_bytes(path.read_bytes()[:-3])
    note_withdrawn(tmp_path, tmp_path / "old", tmp_path / "new")
    assert "not known to be withdrawn" in caplog.text
    assert not is_withdrawn(tmp_path, "PMC1")
