"""Dialects: the same triples, with the IRIs of concepts as another graph spells them."""

import io
import re
from pathlib import Path

import pyoxigraph
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyoxigraph import NamedNode, RdfFormat

from rdfgen.dialects import DIALECTS, respelled, speaking
from rdfgen.formats import FORMATS, Format
from rdfgen.iris import Iris, concept_reference
from rdfgen.namespaces import expand
from rdfgen.vocabularies import VOCABULARIES
from tests.running import ROOT, SEEDS, litlod, page_text
from tests.samples import all_papers, ntriples

NAMES = pytest.mark.parametrize("name", DIALECTS)
EXACT_MATCH = f"<{expand('skos:exactMatch')}>"
PAGES = {f"<{expand(name)}>" for name in ("foaf:page", "dcterms:hasFormat", "rdfs:seeAlso")}
TERM = r'<[^>]*>|_:\S+|"(?:[^"\\]|\\.)*"(?:@\S+|\^\^<[^>]*>)?'
TRIPLE = re.compile(rf"({TERM}) ({TERM}) ({TERM}) \.\n")
SAMPLES = ntriples(all_papers())


def spellings(name: str) -> dict[str, tuple[str, str]]:
    """Vocabulary -> its prefix here and in the dialect, worked out from the table by itself."""
    target = DIALECTS[name].target
    return {
        row.prefix: (row.iri_prefix, prefixes[0])
        for row in VOCABULARIES.values()
        if (prefixes := [alias.iri_prefix for alias in row.aliases if alias.target == target])
    }


def spoken(text: str, name: str) -> str:
    return respelled(text.encode(), DIALECTS[name]).decode()


def triples(text: str) -> list[tuple[str, str, str]]:
    found = [match.groups() for match in TRIPLE.finditer(text)]
    assert len(found) == text.count("\n")
    return [(s, p, o) for s, p, o in found]


def is_canonical(term: str, name: str) -> bool:
    reference = concept_reference(term[1:-1]) if term.startswith("<") else None
    return reference is not None and reference.prefix in spellings(name)


def test_there_is_a_dialect_for_every_graph_that_has_an_alias() -> None:
    assert {dialect.target for dialect in DIALECTS.values()} == {alias.target for row in VOCABULARIES.values() for alias in row.aliases}
    assert all(re.fullmatch(r"[a-z.-]+", name) for name in DIALECTS)


@NAMES
def test_no_two_spellings_of_a_dialect_have_one_prefix(name: str) -> None:
    prefixes = [prefix for pair in spellings(name).values() for prefix in pair]
    assert len(DIALECTS[name].other) == len(set(prefixes)) == len(prefixes)
    assert DIALECTS[name].vocabularies == tuple(spellings(name))


@NAMES
def test_a_dialect_is_as_many_distinct_triples_that_parse(name: str) -> None:
    before, after = SAMPLES, spoken(SAMPLES, name)
    assert len(set(triples(after))) == len(triples(after)) == len(triples(before))
    assert len(set(pyoxigraph.parse(after, format=RdfFormat.N_TRIPLES))) == len(set(pyoxigraph.parse(before, format=RdfFormat.N_TRIPLES)))
    assert before != after


@NAMES
def test_a_canonical_iri_with_another_spelling_is_left_as_what_that_matches_only(name: str) -> None:
    after = triples(spoken(SAMPLES, name))
    left = {(s, p, o) for s, p, o in after if is_canonical(s, name) or (is_canonical(o, name) and p not in PAGES)}
    assert left
    assert {p for _, p, _ in left} == {EXACT_MATCH}
    assert not any(is_canonical(s, name) for s, _, _ in left)
    assert all(s != o for s, _, o in after)


@NAMES
def test_vocabularies_without_another_spelling_and_our_own_iris_stay(name: str) -> None:
    known = set(DIALECTS[name].other)
    for before, after in zip(triples(SAMPLES), triples(spoken(SAMPLES, name)), strict=True):
        for one, other in zip(before, after, strict=True):
            assert one == other or any(one.encode().startswith(b"<" + prefix) for prefix in known)
        assert before[1] == after[1]
        assert not before[0].startswith(f"<{Iris().base}") or before[0] == after[0]


@NAMES
def test_every_record_is_spelled_by_the_table_and_back(name: str) -> None:
    examples = {"MONDO": "0002050", "MESH": "D003866", "dbSNP": "rs1", "Cellosaurus": "CVCL_0030", "OMIM": "300082"}
    for prefix, (here, there) in spellings(name).items():
        identifier = examples.get(prefix, "213")
        line = f"<{here}{identifier}> <x:p> <{here}{identifier}> .\n"
        assert spoken(line, name) == f"<{there}{identifier}> <x:p> <{there}{identifier}> .\n"
        assert spoken(spoken(line, name), name) == line


@NAMES
def test_a_dialect_twice_is_the_first_triples(name: str) -> None:
    assert spoken(spoken(SAMPLES, name), name) == SAMPLES


def test_the_first_of_two_spellings_of_one_graph_is_taken_and_the_other_stays_a_match() -> None:
    mondo = "<http://purl.obolibrary.org/obo/MONDO_0002050>"
    text = "".join(f"{mondo} {EXACT_MATCH} <{alias.iri_prefix}0002050> .\n" for alias in VOCABULARIES["MONDO"].aliases)
    first = "<http://identifiers.org/mondo/0002050>"
    other = "<https://identifiers.org/mondo:0002050>"
    assert spoken(text, "identifiers.org") == f"{first} {EXACT_MATCH} {mondo} .\n{first} {EXACT_MATCH} {other} .\n"


@pytest.mark.parametrize(
    "line",
    [
        '<x:s> <x:p> "<http://id.nlm.nih.gov/mesh/D003866>" .',
        '<x:s> <x:p> "a <http://id.nlm.nih.gov/mesh/D003866> <http://id.nlm.nih.gov/mesh/D003866> ." .',
        '<x:s> <x:p> "\\" <http://id.nlm.nih.gov/mesh/D003866> ."@en .',
        '<x:s> <x:p> "1"^^<http://id.nlm.nih.gov/mesh/D003866> .',
        "<x:s> <http://id.nlm.nih.gov/mesh/D003866> <x:o> .",
        "<x:s> <x:p> <http://id.nlm.nih.gov/mesh/D003866Q000188> .",
        "<x:s> <x:p> <http://id.nlm.nih.gov/mesh/vocab#Descriptor> .",
        "<x:s> <x:p> <https://id.nlm.nih.gov/mesh/D003866> .",
        "<x:s> <x:p> <x:http://id.nlm.nih.gov/mesh/D003866> .",
        "<x:s> <http://xmlns.com/foaf/0.1/page> <https://omim.org/entry/300082> .",
        "<x:s> <http://xmlns.com/foaf/0.1/page> <http://identifiers.org/mim/300082> .",
        "<http://id.nlm.nih.gov/mesh/D003866>",
        " ",
        "",
    ],
)
def test_what_is_no_record_stays(line: str) -> None:
    assert spoken(line, "identifiers.org") == line


@given(st.lists(st.integers(0, len(SAMPLES[:3_000].encode()))))
def test_pieces_of_any_size_are_put_together_to_lines(cuts: list[int]) -> None:
    data = SAMPLES[:3_000].encode()
    ends = [*sorted(cuts), len(data)]
    written = io.BytesIO()
    with speaking(DIALECTS["uniprot"], written) as target:
        for start, end in zip([0, *ends], ends, strict=False):
            target.write(data[start:end])
    assert written.getvalue() == respelled(data, DIALECTS["uniprot"])


# The command


@NAMES
def test_the_command_writes_the_dialect_of_what_it_would_write(name: str) -> None:
    plain = litlod("convert", SEEDS, "--jobs", "1")
    done = litlod("convert", SEEDS, "--jobs", "1", "--dialect", name)
    assert (done.exit_code, done.text) == (0, spoken(plain.text, name))


@pytest.mark.parametrize("row", FORMATS.values(), ids=FORMATS)
def test_every_format_is_made_of_the_dialect(row: Format, tmp_path: Path) -> None:
    page = tmp_path / "page.txt"
    page.write_text(page_text(1), encoding="utf-8")
    done = litlod("convert", page, "--jobs", "1", "--dialect", "identifiers.org", "-f", row.name)
    expected = litlod("convert", page, "--jobs", "1", "--dialect", "identifiers.org").stdout
    found = {quad.triple for quad in pyoxigraph.parse(done.stdout, format=row.syntax)}
    assert found == {quad.triple for quad in pyoxigraph.parse(expected, format=RdfFormat.N_TRIPLES)}
    assert NamedNode("http://identifiers.org/mesh/D015041") in {triple.subject for triple in found}


def test_a_mention_that_looks_like_an_iri_is_untouched(tmp_path: Path) -> None:

    text = f"<{VOCABULARIES['MESH'].iri_prefix}D015032> is zinc"
    page = tmp_path / "a.pubtator"
    page.write_text(f"1|t|{text}\n1\t0\t{len(text) - 8}\t{text[:-8]}\tChemical\tD015032\n", encoding="utf-8")
    done = litlod("convert", page, "--jobs", "1", "--dialect", "identifiers.org")
    assert done.text.count(f'"{text}"') == 1
    assert done.text.count(f'"{text[:-8]}"') >= 1
    assert "> <http://identifiers.org/mesh/D015032> ." in done.text


def test_the_help_names_every_dialect_and_another_is_a_usage_error() -> None:
    text = re.sub(r"\s+", "", litlod("convert", "--help").text)
    assert all(name in text for name in DIALECTS)
    assert litlod("convert", SEEDS, "--dialect", "klingon").exit_code == 2


def test_the_documentation_names_every_dialect() -> None:
    section = (ROOT / "docs" / "iris.md").read_text(encoding="utf-8").partition("## Dialects")[2]
    assert [name for name in DIALECTS if f"`{name}`" not in section] == []
