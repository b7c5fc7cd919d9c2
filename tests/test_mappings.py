"""Mappings: SSSOM is read and rewritten to our IRIs, what is denied joins nothing, candidates stay apart, and all comes out again."""

import csv
import gzip
import io
import shutil
import unicodedata
from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from pyoxigraph import NamedNode, QuerySolutions, RdfFormat, Store
from rdflib import DCTERMS, RDF, SKOS, VOID, Graph, Literal, Namespace, URIRef

from rdfgen.candidate_triples import candidates
from rdfgen.iris import Iris, concept_iri
from rdfgen.mapping_model import Mapping
from rdfgen.mapping_triples import MATCHES, denied_triples, match_triple, record_triples
from rdfgen.mappings.header import MAX_HEADER, header
from rdfgen.mappings.lookup import SortedLines
from rdfgen.mappings.namespaces import notation
from rdfgen.mappings.reader import read
from rdfgen.mappings.table import COLUMNS
from rdfgen.model import Annotation, Evidence, Paper, Reference, Source
from rdfgen.ntriples import lines
from rdfgen.release.directory import DataDirectory
from rdfgen.release.examples import example_lines
from rdfgen.report import Kind, Report
from rdfgen.vocabularies import VOCABULARIES, Vocabulary
from tests import samples
from tests.running import ROOT, SEEDS, litlod

SAMPLES = ROOT / "tests" / "data" / "mappings"
SHARED = Path(__file__).parents[2] / "shared" / "data"
MONDO_MESH = SHARED / "mondo" / "mondo_exactmatch_mesh.sssom.tsv"
BIOMAPPINGS = SHARED / "sssom" / "biomappings.positive.sssom.tsv"
needs_shared = pytest.mark.skipif(not (MONDO_MESH.exists() and BIOMAPPINGS.exists()), reason="needs the folder of published sample data")

SSSOM = Namespace("https://w3id.org/sssom/")
DEPRESSION, DEPRESSIVE_DISORDER = Reference("MONDO", "0002050"), Reference("MESH", "D003866")
MONDO_IRI, MESH_IRI = URIRef(concept_iri(DEPRESSION)), URIRef(concept_iri(DEPRESSIVE_DISORDER))
EXACT = str(SKOS.exactMatch)
COLUMNS_READ = ("subject_id", "predicate_id", "object_id")


def mappings(text: str | bytes) -> tuple[list[Mapping], Report]:
    """The mappings in a table, and what was reported."""
    report = Report("a.sssom.tsv")
    return list(read(io.BytesIO(text.encode() if isinstance(text, str) else text), report, samples.SHA256)), report


def table(*rows: str, columns: str = "subject_id predicate_id object_id mapping_justification", head: str = "") -> str:
    """A table whose cells are written with spaces between them, `_` being an empty one."""
    cells = ["\t".join("" if cell == "_" else cell for cell in row.split(" ")) for row in (columns, *rows)]
    return head + "\n".join(cells) + "\n"


ROW = "MONDO:0002050 skos:exactMatch mesh:D003866 semapv:ManualMappingCuration"


def one(*arguments: str, **options: str) -> Mapping:
    """The one mapping of a table without anything to report."""
    (found,), report = mappings(table(*arguments, **options))
    assert report.entries == []
    return found


# Reading.


def test_the_sample_has_a_mapping_a_negative_one_and_one_in_a_broader_sense() -> None:
    found, report = mappings((SAMPLES / "small.sssom.tsv").read_bytes())
    assert [(str(row.subject), row.predicate.rpartition("#")[2], str(row.object), row.is_negative) for row in found] == [
        ("MONDO:0002050", "exactMatch", "MESH:D003866", False),
        ("MONDO:0005090", "exactMatch", "MESH:D003866", True),
        ("MONDO:0005371", "broadMatch", "MESH:D019964", False),
    ]
    assert [(entry.kind, entry.reason, entry.text) for entry in report.entries] == [
        (Kind.EXCLUDED, "2 mappings from or to what is of no vocabulary here", "no")
    ]


def test_what_a_row_and_its_set_say_is_kept() -> None:
    found = mappings((SAMPLES / "small.sssom.tsv").read_bytes())[0][0]
    assert (found.subject_label, found.object_label, found.confidence, found.date) == (
        "depressive disorder",
        'Depressive "Disorder"',
        "0.90",
        "2026-02-01",
    )
    assert found.authors == ("https://orcid.org/0000-0002-1825-0097",)
    assert found.justification == "https://w3id.org/semapv/vocab/ManualMappingCuration"
    assert found.source is not None
    assert (found.source.iri, found.source.version) == ("https://example.org/small.sssom.tsv", "2026-08-04")
    assert found.source.license == "https://creativecommons.org/publicdomain/zero/1.0/"


@pytest.mark.parametrize(
    "space",
    [
        "http://identifiers.org/mesh/",
        "https://identifiers.org/mesh:",
        "https://id.nlm.nih.gov/mesh/",
        "http://id.nlm.nih.gov/mesh/",
        "https://meshb.nlm.nih.gov/record/ui?ui=",
        "https://bioregistry.io/mesh:",
    ],
)
def test_any_namespace_of_mesh_becomes_the_canonical_iri(space: str) -> None:
    found = one(ROW, head=f"#curie_map:\n#  mesh: '{space}'\n")
    assert concept_iri(found.object) == "http://id.nlm.nih.gov/mesh/D003866"


def test_cellosaurus_is_known_by_a_namespace_that_holds_a_part_of_the_identifier() -> None:
    found = one(
        "c:0030 skos:exactMatch CVCL:CVCL_0031 semapv:ManualMappingCuration",
        head="#curie_map: {c: 'https://www.cellosaurus.org/CVCL_', CVCL: 'https://www.cellosaurus.org/'}\n",
    )
    assert (found.subject, found.object) == (Reference("Cellosaurus", "CVCL_0030"), Reference("Cellosaurus", "CVCL_0031"))


@pytest.mark.parametrize("row", [row for row in VOCABULARIES.values() if row.is_concept], ids=lambda row: row.prefix)
def test_every_spelling_of_a_vocabulary_is_recognised(row: Vocabulary) -> None:
    for space in (row.iri_prefix, row.page_prefix, *(alias.iri_prefix for alias in row.aliases)):
        assert space is None or notation(f"{space}1", {}) == (row, "1")
    for name in (row.prefix, row.bioregistry):
        assert notation(f"{name}:1", {}) == (row, "1")


def test_a_prefix_that_the_file_explains_otherwise_is_another_vocabulary() -> None:
    found, report = mappings(table(ROW, head="#curie_map:\n#  mesh: http://example.org/meshes/\n"))
    assert found == []
    assert [entry.text for entry in report.entries] == ["mesh"]


def test_built_in_prefixes_cannot_be_given_another_meaning() -> None:
    assert one(ROW, head="#curie_map:\n#  skos: http://example.org/\n").predicate == EXACT


def test_whole_iris_are_read_without_a_map() -> None:
    found = one(f"<{MONDO_IRI}> {EXACT} http://identifiers.org/mesh/D003866 semapv:ManualMappingCuration")
    assert (found.subject, found.object) == (DEPRESSION, DEPRESSIVE_DISORDER)


def test_prefixes_that_yaml_would_take_for_something_else_stay_text() -> None:
    found = header("curie_map: {no: http://n/, 1: http://o/, null: http://p/}\nmapping_set_version: 1.10", Report("x"))
    assert (found.prefixes, found.values) == ({"no": "http://n/", "1": "http://o/", "null": "http://p/"}, {"mapping_set_version": "1.10"})


BAD_ROWS = {
    "MONDO:205 skos:exactMatch mesh:D003866 _": "does not fit its vocabulary",
    "_ skos:exactMatch mesh:D003866 _": "without a subject or an object",
    "MONDO:0002050 _ mesh:D003866 _": "a predicate that is no IRI",
    "MONDO:0002050 nobody:knows mesh:D003866 _": "a predicate that is no IRI",
    "MONDO:0002050 http://x/<y> mesh:D003866 _": "a predicate that is no IRI",
    "MONDO:0002050": "without a subject or an object",
}


@pytest.mark.parametrize("row", BAD_ROWS)
def test_a_bad_row_is_skipped_with_its_line_and_the_rest_goes_through(row: str) -> None:
    found, report = mappings(table(row, ROW))
    assert len(found) == 1
    assert [(entry.line, entry.kind) for entry in report.entries if entry.line] == [(2, Kind.SKIPPED)]
    assert BAD_ROWS[row] in report.entries[0].reason


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("confidence", "1.5"),
        ("confidence", "high"),
        ("confidence", "-0.1"),
        ("confidence", "NaN"),
        ("confidence", "1e-9"),
        ("mapping_date", "2026-02-30"),
        ("mapping_date", "yesterday"),
        ("author_id", "orcid:0000-0002-1825-0098"),
        ("author_id", "me"),
    ],
)
def test_a_bad_value_is_left_out_and_the_mapping_kept(column: str, value: str) -> None:
    (found,), report = mappings(table(f"{ROW} {value}", columns=f"subject_id predicate_id object_id mapping_justification {column}"))
    kept = (found.confidence, found.date, found.authors) != (None, None, ())
    assert [(entry.line, entry.kind) for entry in report.entries] == ([] if kept else [(2, Kind.ALTERED)])
    assert kept == (value == "1e-9")


def test_a_modifier_that_sssom_does_not_have_is_no_positive_mapping() -> None:
    found, report = mappings(
        table(
            "MONDO:0002050 skos:exactMatch mesh:D003866 _ Maybe",
            columns="subject_id predicate_id object_id mapping_justification predicate_modifier",
        )
    )
    assert found == []
    assert report.entries[0].kind == Kind.SKIPPED


def test_a_missing_justification_is_told_once() -> None:
    found, report = mappings(table(*["MONDO:0002050 skos:exactMatch mesh:D003866 _"] * 3))
    assert len(found) == 3
    assert [entry.reason[:2] for entry in report.entries] == ["3 "]


HEADS = {
    "no YAML": "#curie_map: [\n",
    "a list": "#- a\n",
    "nested too deep": "#" + "[" * 5000 + "\n",
    "too long": "#a: " + "x" * (MAX_HEADER + 1) + "\n",
    "an escape of no character": '#a: "\\UFFFFFFFF"\n',
    "an object": "#a: !!python/object/apply:os.system [x]\n#b: ]\n",
    "aliases in a circle": "#a: &a [*a]\n",
}


@pytest.mark.parametrize("head", HEADS)
def test_a_bad_header_is_reported_and_the_rows_are_read(head: str) -> None:
    found, report = mappings(table(ROW, head=HEADS[head]))
    assert len(found) == 1
    assert [entry.kind for entry in report.entries] == [Kind.SKIPPED]


@pytest.mark.parametrize("text", ["", "#a: b\n", "subject_id\tobject_id\n", "# Title\n\nWords\n", "\x1f\x8b", '{"mappings": []}'])
def test_what_is_no_table_is_reported(text: str) -> None:
    found, report = mappings(text)
    assert found == []
    assert Kind.SKIPPED in [entry.kind for entry in report.entries]


def test_quotation_marks_that_do_not_pair_off_take_no_other_line_with_them() -> None:
    columns = "subject_id predicate_id object_id mapping_justification subject_label"
    found, report = mappings(table(f'{ROW} "open', ROW, columns=columns))
    assert [row.subject_label for row in found] == ['"open', None]
    assert [(entry.line, entry.kind) for entry in report.entries] == [(2, Kind.SUSPICIOUS)]


def test_many_foreign_prefixes_are_counted_in_bounded_memory() -> None:
    found, report = mappings(table(*(f"p{number}:1 skos:exactMatch q:1 _" for number in range(3000))))
    assert found == []
    assert len(report.entries) < 1100


@settings(max_examples=60, deadline=None, derandomize=True)
@given(st.lists(st.tuples(*[st.text(max_size=20)] * 8), max_size=4), st.text(max_size=60))
def test_any_cells_make_valid_triples_or_a_report(rows: list[tuple[str, ...]], head: str) -> None:
    names = (*COLUMNS_READ, "mapping_justification", "confidence", "mapping_date", "author_id", "subject_label")
    start = ("MONDO:0002050", "skos:exactMatch", "mesh:D003866")
    text = "".join(f"#{line}\n" for line in head.splitlines()) + "\n".join("\t".join(row) for row in [names, *rows])
    text += "".join("\n" + "\t".join((*start, *row[3:])) for row in rows) + "\n"
    found, _ = mappings(text.encode("utf-8", "surrogatepass"))
    written = "".join(lines(triple for row in found for triple in record_triples(row, Iris())))
    Store().load(written.encode(), format=RdfFormat.N_TRIPLES)


@settings(max_examples=60, deadline=None, derandomize=True)
@given(st.binary(max_size=300))
def test_any_bytes_are_read_without_an_exception(data: bytes) -> None:
    mappings(data)
    mappings(table(ROW).encode() + data)


# Triples.


def test_a_negative_mapping_has_a_record_and_denies_both_directions() -> None:
    negative = Mapping(DEPRESSION, EXACT, DEPRESSIVE_DISORDER, is_negative=True)
    record = Graph().parse(data="".join(lines(record_triples(negative, Iris()))), format="nt")
    assert list(record.objects(None, SSSOM.predicate_modifier)) == [SSSOM.NegatedPredicate]
    assert len(list(denied_triples(negative))) == 2


def test_a_predicate_that_is_no_match_is_kept_in_the_record_only() -> None:
    same = Mapping(DEPRESSION, "http://www.w3.org/2002/07/owl#sameAs", DEPRESSIVE_DISORDER)
    assert match_triple(same) is None
    assert any("sameAs" in o for _, _, o in record_triples(same, Iris()))
    assert all("sameAs" not in p for _, p, _ in record_triples(same, Iris()))


def test_equal_mappings_have_one_record_and_others_their_own() -> None:
    mapping = one(ROW)
    assert list(record_triples(mapping, Iris())) == list(record_triples(one(ROW), Iris()))
    subjects = {s for row in (mapping, one(ROW.replace("Manual", "Other"))) for s, _, _ in record_triples(row, Iris())}
    assert len(subjects) == 2


def test_confidence_is_a_decimal_in_canonical_form() -> None:
    written = list(record_triples(one(f"{ROW} 0.90", columns="subject_id predicate_id object_id mapping_justification confidence"), Iris()))
    assert '"0.9"^^<http://www.w3.org/2001/XMLSchema#decimal>' in [o for _, _, o in written]


def test_no_spelling_that_aliases_link_is_a_canonical_iri() -> None:
    spaces = {row.iri_prefix for row in VOCABULARIES.values()}
    assert spaces.isdisjoint(alias.iri_prefix for row in VOCABULARIES.values() for alias in row.aliases)


# Candidates.


def paper_with(*annotations: tuple[str, str, Reference]) -> Paper:
    found = tuple(Annotation(text, Evidence.FULL_TEXT, kind, references=(reference,)) for text, kind, reference in annotations)
    return Paper((Source(samples.SHA256),), annotations=found)


ZINC_CID, ZINC_MESH = Reference("PUBCHEM.COMPOUND", "23994"), Reference("MESH", "D015032")


def test_one_text_for_concepts_of_two_vocabularies_is_a_candidate() -> None:
    (found,) = candidates(paper_with(("zinc", "chemical", ZINC_CID), ("Zinc", "chemical", ZINC_MESH)))
    assert (found.subject, found.object, found.match_strings) == (ZINC_MESH, ZINC_CID, ("zinc",))
    assert (found.predicate, found.justification) == (str(SKOS.closeMatch), "https://w3id.org/semapv/vocab/LexicalMatching")


def test_composed_and_decomposed_letters_are_one_text() -> None:
    text = "séneçol"
    forms = [unicodedata.normalize(form, text) for form in ("NFC", "NFD")]
    assert len(list(candidates(paper_with((forms[0], "chemical", ZINC_CID), (forms[1], "chemical", ZINC_MESH))))) == 1


@pytest.mark.parametrize(
    "annotations",
    [
        (("zinc", "chemical", ZINC_CID), ("zinc", "disease", ZINC_MESH)),
        (("zinc", "chemical", ZINC_CID), ("zinc ion", "chemical", ZINC_MESH)),
        (("zinc", "chemical", ZINC_MESH), ("zinc", "chemical", Reference("MESH", "D000001"))),
        (("", "chemical", ZINC_CID), ("", "chemical", ZINC_MESH)),
    ],
)
def test_other_pairs_are_no_candidates(annotations: tuple[tuple[str, str, Reference], ...]) -> None:
    assert list(candidates(paper_with(*annotations))) == []


def test_a_text_for_very_many_concepts_makes_no_candidates() -> None:
    many = [("x", "chemical", Reference(prefix, f"{start}{number:06}")) for prefix, start in (("MESH", "D"),) for number in range(1, 3000)]
    assert list(candidates(paper_with(("x", "chemical", ZINC_CID), *many))) == []


# Looking up sorted lines.


@settings(max_examples=80, deadline=None, derandomize=True)
@given(st.sets(st.binary(max_size=6).map(lambda line: line.replace(b"\n", b"")), max_size=12), st.binary(min_size=1, max_size=6))
def test_sorted_lines_hold_what_a_scan_finds(tmp_path_factory: pytest.TempPathFactory, content: set[bytes], start: bytes) -> None:
    path = tmp_path_factory.mktemp("lines") / "a"
    start = start.replace(b"\n", b"x")
    path.write_bytes(b"".join(sorted(line + b"\n" for line in content)))
    found = SortedLines(path)
    assert found.holds(start) == any(line.startswith(start) for line in content)
    found.close()


# Releases.


@pytest.fixture(scope="module")
def mapped(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A release of the seeds with the small samples; one denies what another states only in a release of its own."""
    data = tmp_path_factory.mktemp("mapped") / "data"
    done = litlod("build", SEEDS, "--data", data, "--mappings", SAMPLES / "small.sssom.tsv", "--mappings", SAMPLES / "external.sssom.tsv")
    assert done.exit_code == 0, done.stderr
    return data


def store(data: Path) -> Store:
    return Store.read_only(str(DataDirectory(data).current() / "store"))


def rows(data: Path, query: str) -> list[tuple[str, ...]]:
    found = store(data).query(query)
    assert isinstance(found, QuerySolutions)
    return [tuple(value.value for value in row if value is not None and hasattr(value, "value")) for row in found]


def matched(data: Path, predicate: str = "exactMatch") -> set[tuple[str, ...]]:
    """The pairs of canonical IRIs of Mondo and MeSH that a match joins."""
    found = rows(data, f"SELECT ?s ?o WHERE {{ ?s <{SKOS}{predicate}> ?o }}")
    return {pair for pair in found if "MONDO_" in pair[0] and pair[1].startswith("http://id.nlm.nih.gov/mesh/")}


def test_a_mapping_joins_the_canonical_iris_once(mapped: Path) -> None:
    assert matched(mapped) == {(str(MONDO_IRI), str(MESH_IRI))}


def test_a_release_with_mappings_is_whole(mapped: Path) -> None:
    done = litlod("verify", "--deep", "--data", mapped)
    assert done.exit_code == 0, done.stderr


def test_each_record_names_its_set_and_a_set_its_license(mapped: Path) -> None:
    query = f"SELECT ?set ?license WHERE {{ ?m <{SSSOM}mapping_source> ?set . ?set a <{SSSOM}MappingSet> ; <{SSSOM}license> ?license }}"
    assert set(rows(mapped, query)) == {
        ("https://example.org/small.sssom.tsv", "https://creativecommons.org/publicdomain/zero/1.0/"),
        ("https://example.org/external.sssom.tsv", "https://creativecommons.org/licenses/by/4.0/"),
    }


def test_no_owl_same_as_and_no_mesh_of_identifiers_org_but_as_an_alias(mapped: Path) -> None:
    triples = list(store(mapped))
    assert not [quad for quad in triples if quad.predicate.value.endswith("owl#sameAs")]
    foreign = [quad for quad in triples if "identifiers.org/mesh/" in str(quad.subject) or "identifiers.org/mesh/" in str(quad.object)]
    assert {quad.predicate.value for quad in foreign if isinstance(quad.object, NamedNode)} == {EXACT}
    assert {str(quad.subject)[1:28] for quad in foreign if isinstance(quad.object, NamedNode)} == {"http://id.nlm.nih.gov/mesh/"}


def test_candidates_have_records_and_join_nothing(mapped: Path) -> None:
    query = f"SELECT ?s ?o WHERE {{ ?m <{SSSOM}subject_id> ?s ; <{SSSOM}object_id> ?o ; <{SSSOM}mapping_tool> 'LitLOD' }}"
    assert (concept_iri(ZINC_MESH), concept_iri(ZINC_CID)) in rows(mapped, query)
    assert matched(mapped, "closeMatch") == set()


def test_a_match_that_another_set_denies_is_not_stated_and_both_records_are_kept(tmp_path: Path) -> None:
    data = tmp_path / "data"
    done = litlod("build", SEEDS, "--data", data, "--mappings", SAMPLES / "small.sssom.tsv", "--mappings", SAMPLES / "denying.sssom.tsv")
    assert done.exit_code == 0, done.stderr
    assert matched(data) == set()
    assert len(rows(data, f"SELECT ?m WHERE {{ ?m <{SSSOM}mapping_source> ?s ; <{SSSOM}predicate_id> <{EXACT}> }}")) == 3
    assert "states what another one denies" in (DataDirectory(data).current() / "report.jsonl").read_text(encoding="utf-8")


def test_mappings_of_concepts_that_the_release_lacks_are_left_out_unless_all_are_wanted(tmp_path: Path) -> None:
    other = tmp_path / "other.sssom.tsv"
    other.write_text(table("MONDO:0000001 skos:exactMatch mesh:D004194 semapv:ManualMappingCuration"), encoding="utf-8")
    arguments = ("build", SEEDS, "--mappings", other)
    assert litlod(*arguments, "--data", tmp_path / "a").exit_code == 0
    assert litlod(*arguments, "--data", tmp_path / "b", "--all-concepts").exit_code == 0
    assert (len(matched(tmp_path / "a")), len(matched(tmp_path / "b"))) == (0, 1)


def test_the_order_and_packing_of_files_change_no_triple(mapped: Path, tmp_path: Path) -> None:
    packed = tmp_path / "small.sssom.tsv.gz"
    packed.write_bytes(gzip.compress((SAMPLES / "small.sssom.tsv").read_bytes()))
    data = tmp_path / "data"
    assert litlod("build", SEEDS, "--data", data, "--mappings", SAMPLES / "external.sssom.tsv", "--mappings", packed).exit_code == 0
    names = ("dumps/mappings.nt.zst", "dumps/mappings.ttl.gz")
    first, second = ([(DataDirectory(folder).current() / name).read_bytes() for name in names] for folder in (mapped, data))
    assert first == second


def test_other_metadata_beside_a_table_is_another_release(tmp_path: Path) -> None:
    ids = []
    for text in (None, "curie_map: {m: 'http://purl.obolibrary.org/obo/MONDO_'}\n"):
        for name in ("external.sssom.tsv", "external.sssom.yml"):
            shutil.copy(SAMPLES / name, tmp_path / name)
        if text is not None:
            (tmp_path / "external.sssom.yml").write_text(text, encoding="utf-8")
        ids.append(litlod("build", SEEDS, "--data", tmp_path / "data", "--mappings", tmp_path / "external.sssom.tsv").text)
    assert len(set(ids)) == 2


def test_a_cut_file_is_reported_and_read_as_far_as_it_goes(tmp_path: Path) -> None:
    cut = tmp_path / "cut.sssom.tsv.gz"
    content = gzip.compress((SAMPLES / "small.sssom.tsv").read_bytes() * 3)
    cut.write_bytes(content[:-20])
    done = litlod("build", SEEDS, "--data", tmp_path / "data", "--mappings", cut)
    assert done.exit_code == 0
    assert "cannot be read further" in done.stderr


def test_a_mapping_file_that_is_not_there_is_exit_code_3(tmp_path: Path) -> None:
    assert litlod("build", SEEDS, "--data", tmp_path / "data", "--mappings", tmp_path / "none.tsv").exit_code == 3


# Describing.


def test_linksets_count_the_links_to_each_graph(mapped: Path) -> None:
    void = Graph().parse(DataDirectory(mapped).current() / "metadata.ttl")
    held = store(mapped)
    linksets = list(void.subjects(RDF.type, VOID.Linkset))
    assert linksets
    for linkset in linksets:
        target, source = void.value(linkset, VOID.objectsTarget), void.value(linkset, VOID.subjectsTarget)
        spaces = tuple(str(space) for space in void.objects(target, VOID.uriSpace))
        starts = tuple(str(space) for space in void.objects(source, VOID.uriSpace) if str(space) != Iris().base) or ("http",)
        predicate = NamedNode(str(void.value(linkset, VOID.linkPredicate)))
        quads = held.quads_for_pattern(None, predicate, None)
        links = [quad for quad in quads if str(quad.object)[1:].startswith(spaces) and str(quad.subject)[1:].startswith(starts)]
        assert void.value(linkset, VOID.triples) == Literal(len(links))
    titles = {str(void.value(void.value(linkset, VOID.objectsTarget), DCTERMS.title)) for linkset in linksets}
    assert {"identifiers.org", "UniProt", "PubChemRDF", "Medical Subject Headings"} <= titles


def test_the_example_finds_papers_that_are_tagged_with_a_match_only(mapped: Path) -> None:
    examples = Graph().parse(data="".join(example_lines(Iris().base)), format="nt")
    query = str(examples.value(URIRef(f"{Iris().examples()}/004"), URIRef("http://www.w3.org/ns/shacl#select")))
    assert {concept for _, concept in rows(mapped, query)} == {str(MONDO_IRI), str(MESH_IRI)}


# Writing.


def written(data: Path) -> tuple[dict[str, object], list[dict[str, str]]]:
    """The header and the rows of the table that the command writes."""
    done = litlod("mappings", "--data", data)
    assert done.exit_code == 0, done.stderr
    head = [line.removeprefix("# ") for line in done.text.splitlines() if line.startswith("# ")]
    body = [line for line in done.text.splitlines() if not line.startswith("# ")]
    return yaml.safe_load("\n".join(head)), list(csv.DictReader(body, delimiter="\t"))


def test_the_table_has_a_header_that_explains_every_prefix(mapped: Path) -> None:
    head, found = written(mapped)
    prefixes = head["curie_map"]
    assert isinstance(prefixes, dict) and {"mapping_set_id", "license"} <= head.keys()
    curies = [row[name] for row in found for name in COLUMNS if name.endswith("_id") or name in ("mapping_justification", "mapping_source")]
    assert {curie.partition(":")[0] for curie in curies if curie} <= prefixes.keys()


def test_the_table_has_all_columns_and_a_justification_for_each_mapping(mapped: Path) -> None:
    found = written(mapped)[1]
    assert tuple(found[0]) == COLUMNS
    assert all(row["mapping_justification"].startswith("semapv:") for row in found)
    assert [row["predicate_modifier"] for row in found if row["subject_id"] == "MONDO:0005090"] == ["Not"]


def test_what_is_written_reads_as_what_was_read(mapped: Path) -> None:
    text = litlod("mappings", "--data", mapped).stdout
    found, report = mappings(text)
    assert report.entries == []
    expected = mappings((SAMPLES / "small.sssom.tsv").read_bytes())[0]
    again = {(row.subject, row.predicate, row.object, row.is_negative, row.authors, row.date, row.object_label) for row in found}
    assert {(row.subject, row.predicate, row.object, row.is_negative, row.authors, row.date, row.object_label) for row in expected} <= again


def test_the_table_can_go_to_a_file(mapped: Path, tmp_path: Path) -> None:
    assert litlod("mappings", "--data", mapped, "-o", tmp_path / "a.tsv").exit_code == 0
    assert (tmp_path / "a.tsv").read_bytes() == litlod("mappings", "--data", mapped).stdout


# Against files that others publish.


@needs_shared
def test_the_number_of_joined_mesh_diseases_is_that_of_an_independent_join(tmp_path: Path) -> None:
    data = tmp_path / "data"
    done = litlod("build", SEEDS / "004_eea1da465da0ce5c.txt", "--data", data, "--mappings", MONDO_MESH)
    assert done.exit_code == 0, done.stderr
    query = "SELECT DISTINCT ?d WHERE { ?p <https://w3id.org/litlod/ontology#mentionsDisease> ?d }"
    diseases = {iri.rpartition("/")[2] for (iri,) in rows(data, query) if "/mesh/" in iri}
    with MONDO_MESH.open(encoding="utf-8") as file:
        table_rows = csv.DictReader((line for line in file if not line.startswith("#")), delimiter="\t")
        joined = {row["object_id"].removeprefix("mesh:") for row in table_rows} & diseases
    assert (len(joined), len(diseases)) == (19, 35)
    assert {pair[1].rpartition("/")[2] for pair in matched(data)} & diseases == joined
    assert (str(MONDO_IRI), str(MESH_IRI)) in matched(data)


@needs_shared
def test_published_sets_are_read_without_an_error() -> None:
    for path, expected in ((MONDO_MESH, 8181), (BIOMAPPINGS, None)):
        found, report = mappings(path.read_bytes())
        assert expected is None or len(found) == expected
        assert {entry.kind for entry in report.entries} <= {Kind.EXCLUDED}
        assert {row.predicate for row in found} <= MATCHES.keys() | {"https://w3id.org/debio/debio#0000003"} or path == BIOMAPPINGS
