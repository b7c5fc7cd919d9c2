"""The search index of a release: how text is folded, what is in it, that it is the same each time and counted by verify."""

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from rdfgen.iris import Iris
from rdfgen.release.manifest import software_versions
from rdfgen.release.verify import problems
from rdfgen.search.check import index_problems, opened_index
from rdfgen.search.folding import key, short_key, tokens
from rdfgen.search.index import INDEX, write_index
from rdfgen.search.things import Field
from server.search.asked import asked
from server.search.ranking import MOST, Match, found

ONTOLOGY = "https://w3id.org/litlod/ontology#"
GENE = "http://identifiers.org/ncbigene/"
PAPER = "https://w3id.org/litlod/paper/PMC"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("IL-6", "IL6"),
        ("IL-6", "il 6"),
        ("TNF-α", "TNF alpha"),
        ("TNFα", "tnf-ALPHA"),
        ("β-catenin", "beta catenin"),
        ("Sjögren", "Sjogren"),
        ("ＴＮＦ", "TNF"),
        ("5′-UTR", "5'utr"),
        ("Straße", "STRASSE"),
        ("µ-opioid", "μ opioid"),
        ("Ménière", "Me\u0301nie\u0300re"),
        ("non‑small", "non-small"),
    ],
)
def test_spellings_of_a_name_have_one_key(one: str, other: str) -> None:
    assert key(one) == key(other) != ""


def test_a_greek_letter_at_the_end_may_be_a_latin_one() -> None:
    assert [short_key(name) for name in ("TNF-α", "GSK-3β", "IFN gamma")] == [key("TNFa"), key("GSK3B"), key("IFNG")]


@pytest.mark.parametrize("text", ["", " ", "\0", "😀", "-)", "\ud800", "\u202e", "½" * 3, "a" * 100_000, "α" * 10_000])
def test_folding_takes_any_text(text: str) -> None:
    assert all(token.isalnum() for token in tokens(text))
    assert len(key(text)) <= 200


def test_each_character_of_a_script_without_spaces_is_a_word() -> None:
    assert tokens("抑うつ状態") == ["抑", "う", "つ", "状", "態"]


def write_parts(folder: Path) -> Path:
    """The parts of two papers that mention genes: one with a label, one without."""
    folder.mkdir()
    kind, label = "<http://www.w3.org/1999/02/22-rdf-syntax-ns#type>", "<http://www.w3.org/2000/01/rdf-schema#label>"
    concepts = [
        f'<{GENE}1> <http://purl.org/dc/terms/identifier> "NCBIGene:1" .',
        f"<{GENE}1> {kind} <{ONTOLOGY}Gene> .",
        f'<{GENE}1> {label} "TNF" .',
        f'<{GENE}1> <http://www.w3.org/2004/02/skos/core#altLabel> "TNF-\\u03B1 \\"x\\""@en .',
        f'<{GENE}2> <http://purl.org/dc/terms/identifier> "NCBIGene:2" .',
        f"<{GENE}2> {kind} <{ONTOLOGY}Gene> .",
    ]
    papers, annotations = [], []
    for number in (1, 2):
        papers += [
            f"<{PAPER}{number}> {kind} <https://schema.org/ScholarlyArticle> .",
            f'<{PAPER}{number}> <http://purl.org/dc/terms/title> "Title {number}" .',
            f'<{PAPER}{number}> <http://purl.org/dc/terms/issued> "200{number}"^^<http://www.w3.org/2001/XMLSchema#gYear> .',
            f"<{PAPER}{number}> <https://schema.org/mentions> <{GENE}2> .",
            f'<{PAPER}{number}#journal> <http://purl.org/dc/terms/title> "No paper" .',
        ]
        for place, text in enumerate(("seen", "seen", "once") if number == 1 else ("seen",)):
            annotations += [
                f"<{PAPER}{number}#mention-{place}> <http://www.w3.org/ns/oa#hasBody> <{GENE}2> .",
                f'<{PAPER}{number}#mention-{place}> <{ONTOLOGY}surfaceForm> "{text}" .',
            ]
    for name, rows in (("concepts", concepts), ("papers", papers), ("annotations", annotations)):
        (folder / f"{name}.nt").write_text("".join(f"{row}\n" for row in rows), encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Iterator[sqlite3.Connection]:
    folder = tmp_path_factory.mktemp("index")
    write_index(write_parts(folder / "parts"), folder / INDEX, Iris())
    assert not (folder / "parts" / "search-work.sqlite").exists()
    with closing(opened_index(folder)) as connection:
        yield connection


def test_concepts_of_most_papers_come_first_and_then_new_papers(index: sqlite3.Connection) -> None:
    rows = index.execute("SELECT iri, label, is_official, papers, year FROM thing ORDER BY id").fetchall()
    assert rows == [
        (f"{GENE}2", "seen", 0, 2, None),
        (f"{GENE}1", "TNF", 1, 0, None),
        (f"{PAPER}2", "Title 2", 1, 0, 2002),
        (f"{PAPER}1", "Title 1", 1, 0, 2001),
    ]


def test_surface_forms_are_counted_and_are_no_labels(index: sqlite3.Connection) -> None:
    query = "SELECT field, coalesce(text, 'seen'), count FROM name WHERE thing = 1 AND field < 10 ORDER BY field, id"
    assert index.execute(query).fetchall() == [
        (Field.SURFACE, "seen", 3),
        (Field.SURFACE, "once", 1),
        (Field.IDENTIFIER, "NCBIGene:2", None),
    ]


def test_escapes_and_languages_of_literals_are_read(index: sqlite3.Connection) -> None:
    assert index.execute("SELECT text FROM name WHERE field = 1").fetchall() == [('TNF-α "x"',)]


def test_the_index_is_the_same_each_time(tmp_path: Path) -> None:
    contents = []
    for name in ("one", "two"):
        parts = write_parts(tmp_path / name)
        write_index(parts, tmp_path / f"{name}.sqlite", Iris())
        contents.append((tmp_path / f"{name}.sqlite").read_bytes())
    assert contents[0] == contents[1]


def test_what_the_bytes_depend_on_is_in_the_manifest() -> None:
    assert software_versions()["sqlite"] == sqlite3.sqlite_version


def test_a_release_has_an_index_that_verify_counts(seeds_release: Path) -> None:
    folder = (seeds_release / "current").resolve()
    assert list(problems(folder)) == []
    assert list(index_problems(folder, 2)) == []
    assert "holds 2 papers, and the manifest says 3" in next(index_problems(folder, 3))


def test_an_index_that_lacks_something_or_is_none_is_told(seeds_release: Path, tmp_path: Path) -> None:
    shutil.copyfile(seeds_release / "current" / INDEX, tmp_path / INDEX)
    with closing(sqlite3.connect(tmp_path / INDEX)) as connection, connection:
        connection.execute("DELETE FROM name WHERE id = 1")
    assert len(list(index_problems(tmp_path, 2))) == 1
    (tmp_path / INDEX).write_bytes(b"no database, by any means" * 100)
    assert "cannot be read" in next(index_problems(tmp_path, 2))
    (tmp_path / INDEX).unlink()
    assert "cannot be read" in next(index_problems(tmp_path, 2))


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> Iterator[sqlite3.Connection]:
    """The index of 25,000 papers, 100 of each year, whose titles share words."""
    folder = tmp_path_factory.mktemp("many")
    kind = "<http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <https://schema.org/ScholarlyArticle>"
    with open(folder / "papers.nt", "w", encoding="utf-8") as file:
        for number in range(1, 25_001):
            words = "common" + " often" * (number % 10 == 0) + f" only{'abcdefghij'[number % 10]}"
            file.write(f'<{PAPER}{number}> {kind} .\n<{PAPER}{number}> <http://purl.org/dc/terms/title> "{words}" .\n')
            file.write(f'<{PAPER}{number}> <http://purl.org/dc/terms/issued> "{1800 + number % 250}" .\n')
    for name in ("concepts", "annotations"):
        (folder / f"{name}.nt").touch()
    write_index(folder, folder / INDEX, Iris())
    with closing(opened_index(folder)) as connection:
        yield connection


def test_of_too_many_results_the_first_are_given_and_that_is_said(many: sqlite3.Connection) -> None:
    result = found(many, asked("common"))
    assert (len(result.things), result.is_cut) == (MOST, True)
    assert list(result.things) == list(range(1, MOST + 1))
    assert set(result.things.values()) == {Match.TEXT}


def test_filters_reach_what_is_behind_the_first_results(many: sqlite3.Connection) -> None:
    result = found(many, asked("common", year="1800"))
    assert (len(result.things), result.is_cut) == (100, False)
    assert not set(result.things) & set(found(many, asked("common")).things)
    assert found(many, asked("common", "gene")).things == {}
    assert found(many, asked("common", "paper", "1800")) == result
    assert found(many, asked("common", "gene", "1800")).things == {}


def test_as_many_results_as_there_may_be_are_all_there_are(many: sqlite3.Connection) -> None:
    result = found(many, asked("often", year="1810"))
    assert (len(result.things), result.is_cut) == (100, False)
    assert found(many, asked("often")).is_cut


def test_a_word_that_is_nowhere_is_replaced_by_the_nearest_frequent_one(many: sqlite3.Connection) -> None:
    assert found(many, asked("comon")).corrected == "common"
    assert found(many, asked("commono")).corrected == "common"  # and not the beginning of "common often"
    assert found(many, asked("comon", year="1700")).corrected is None
    assert found(many, asked("com")).corrected is None
