"""Partitions are counted exactly as SPARQL counts them, whatever is said of papers elsewhere, and in flat memory."""

from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import pyoxigraph
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyoxigraph import Quad, RdfFormat, Store

from rdfgen.release.distinct import Distinct
from rdfgen.release.partitions import added_partitions, graph_partitions
from rdfgen.release.recount import partition_problems, recounted
from rdfgen.release.statistics import read_statistics
from rdfgen.release.stored import Terms, datatype, stored
from tests.running import litlod

PAPERS = "http://x/paper/"
TYPE = "<http://www.w3.org/1999/02/22-rdf-syntax-ns#type>"
XSD = "http://www.w3.org/2001/XMLSchema#"
CLASSES = [f"<http://x/C{number}>" for number in range(3)]
NODES = ["<http://x/c1>", "<http://x/c2>", "_:b", *CLASSES]
LITERALS = [
    *('"1"', '"a"', '"a"@en', '"a"@EN-gb', '"a@en"', r'"x\"^^<http://y>"', '"a"@en--ltr', '""'),
    *(
        f'"{text}"^^<{XSD}{name}>'
        for name in ("integer", "int", "unsignedByte", "decimal", "double", "string")
        for text in ("1", "01", "x")
    ),
    *(f'"{text}"^^<{XSD}{name}>' for name in ("date", "gYear", "boolean") for text in ("2026", "2026-02-30", "true", "1")),
    f'"2026-02-01T24:00:00Z"^^<{XSD}dateTime>',
]
PREDICATES = ["<http://x/p>", "<http://x/q>"]


def papers_parts(number: int) -> list[str]:
    return [f"<{PAPERS}{number}>", f"<{PAPERS}{number}#a>", f"<{PAPERS}{number}#b>"]


ALL_PARTS = [node for number in (1, 2, 3) for node in papers_parts(number)]
values = st.sampled_from([*NODES, *ALL_PARTS, *LITERALS])


def statements(subjects: Sequence[str]) -> st.SearchStrategy[list[str]]:
    """N-Triples lines about these subjects."""
    subject = st.sampled_from(list(subjects))
    about = st.tuples(subject, st.sampled_from(PREDICATES), values) | st.tuples(
        subject, st.just(TYPE), st.sampled_from([*CLASSES, "_:b", *LITERALS[:2]])
    )
    return st.lists(about.map(lambda row: f"{' '.join(row)} .\n"), max_size=8)


foreign = statements([*NODES, *ALL_PARTS])
papers = st.tuples(*(st.tuples(*(statements(papers_parts(number)) for _ in range(3))) for number in (1, 2, 3)))


def taken(lines: list[str], store: Store) -> list[str]:
    """Those lines that are new to the store, which gets them, the lines of one subject together."""
    new = []
    for line in sorted(lines):
        before = len(store)
        store.extend(parsed(line))
        new += [line] * (len(store) - before)
    return new


def parsed(line: str) -> list[Quad]:
    return list(pyoxigraph.parse(line, format=RdfFormat.N_TRIPLES))


@given(papers, foreign, foreign)
def test_partitions_are_those_that_sparql_counts(found: tuple[tuple[list[str], ...], ...], others: list[str], added: list[str]) -> None:
    store = Store()
    texts = {"papers": "", "annotations": "", "relations": ""}
    for number, (paper, *rest) in enumerate(found, 1):
        own = [f"<{PAPERS}{number}> {TYPE} {CLASSES[0]} .\n", *paper]
        for name, lines in zip(texts, (own, *rest), strict=True):
            texts[name] += "".join(taken(distributed(lines, rest, name), store))
    texts["included"] = "".join(taken(others, store))
    with TemporaryDirectory() as name:
        folder = Path(name)
        paths = {part: folder / f"{part}.nt" for part in texts}
        for part, path in paths.items():
            path.write_text(texts[part], encoding="utf-8")
        more = [line for line in dict.fromkeys(added) if not all(quad in store for quad in parsed(line))]
        terms = Terms(store, types_in(more))
        counted = graph_partitions(paths, PAPERS, terms, folder) + added_partitions(canonical(more), terms)
    for line in more:
        store.extend(parsed(line))
    assert counted == recounted(store)


def distributed(lines: Sequence[str], rest: Sequence[list[str]], name: str) -> list[str]:
    """A paper's types of a node stand in one part, as the generator has it: those elsewhere are left out."""
    return list(lines) if name == "papers" else [line for line in lines if TYPE not in line]


def canonical(lines: list[str]) -> list[str]:
    """Each triple once, as the store sees it."""
    seen = Store()
    return [line for line in lines if not grown(seen, line)]


def grown(store: Store, line: str) -> bool:
    before = len(store)
    store.extend(parsed(line))
    return len(store) == before


def types_in(lines: list[str]) -> dict[bytes, tuple[bytes, ...]]:
    found: dict[bytes, set[bytes]] = {}
    for line in lines:
        subject, predicate, value = line.split(" ", 2)
        if predicate == TYPE and value.startswith("<"):
            found.setdefault(subject.encode(), set()).add(value[1 : value.index(">")].encode())
    return {subject: tuple(sorted(classes)) for subject, classes in found.items()}


@pytest.mark.parametrize("literal", LITERALS)
def test_a_literal_is_what_the_store_makes_of_it(literal: str) -> None:
    store = Store()
    store.load(f"<http://x/s> <http://x/p> {literal} .".encode(), format=RdfFormat.N_TRIPLES)
    (quad,) = store
    found = stored(literal.encode())
    assert found.decode() == str(quad.object)
    assert datatype(found).decode() == quad.object.datatype.value


@pytest.mark.parametrize("held", [1, 10, 10_000])
def test_distinct_terms_are_counted_whatever_is_held_in_memory(held: int, tmp_path: Path) -> None:
    count = Distinct(tmp_path / "d", held)
    for start in range(0, 3_000, 7):
        count.add(str(number % 1_234).encode() for number in range(start, start + 20))
    assert count.count() == count.count() == 1_234


def test_a_wrong_partition_in_the_statistics_is_found(seeds_release: Path) -> None:
    store = Store.read_only(str(seeds_release / "current" / "store"))
    stated = read_statistics(seeds_release / "current" / "statistics.json").partitions
    assert stated is not None
    assert list(partition_problems(seeds_release, stated, store)) == []
    stated.links[next(iter(stated.links))] += 1
    (problem,) = partition_problems(seeds_release, stated, store)
    assert "partitions' links are not the store's" in problem


def test_statistics_survive_the_way_to_json_and_back(seeds_release: Path, tmp_path: Path) -> None:
    statistics = read_statistics(seeds_release / "current" / "statistics.json")
    statistics.write(tmp_path / "again.json")
    assert read_statistics(tmp_path / "again.json") == statistics


def test_what_is_included_about_papers_is_counted_in_their_partitions(tmp_path: Path) -> None:
    source = tmp_path / "a.pubtator"
    source.write_text("1|t|low mood\n1\t0\t8\tlow mood\tDisease\tMESH:D003866\n", encoding="utf-8")
    extra = tmp_path / "extra.ttl"
    paper = "https://w3id.org/litlod/paper/PMID1"
    extra.write_text(f"<{paper}> a <http://x/Mine> . <http://x/list> <http://x/has> <{paper}>, <{paper}#text> .", encoding="utf-8")
    assert litlod("build", source, "--include", extra, "--data", tmp_path / "data", "--jobs", "1").exit_code == 0
    folder = tmp_path / "data" / "current"
    stated = read_statistics(folder / "statistics.json").partitions
    assert stated == recounted(Store.read_only(str(folder / "store")))
    assert stated is not None and stated.properties["http://x/Mine", "http://purl.org/dc/terms/title"] == 1
