"""Proof that the contents of a release agree: dumps = store, statistics = store, linksets = dumps, papers = manifest."""

import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from hashlib import blake2b
from itertools import chain, zip_longest
from pathlib import Path

import pyoxigraph
from pyoxigraph import DefaultGraph, NamedNode, Quad, Store

from rdfgen.formats import FORMATS, format_of_file
from rdfgen.iris import Iris
from rdfgen.ntriples import lines, term
from rdfgen.release.building import graph_counts
from rdfgen.release.dumps import GRAPHS, QUAD_DUMPS, TRIPLE_DUMPS, WHOLE
from rdfgen.release.linksets import LINK_PARTS, linkset_triples, linksets
from rdfgen.release.manifest import MANIFEST, File, Manifest
from rdfgen.release.recount import partition_problems
from rdfgen.release.statistics import graph_statistics, read_statistics
from rdfgen.sources import DECOMPRESSION_ERRORS, opened

_PAPER_TYPE = f" {term('rdf:type')} {term('schema:ScholarlyArticle')} .\n".encode()
_LINKSET = f" {term('rdf:type')} {term('void:Linkset')} ."


def content_problems(folder: Path, manifest: Manifest) -> Iterator[str]:
    """What does not agree in a release whose files are those that were built; takes temporary space of about the size of its store."""
    yield from _paper_problems(folder, manifest)
    store = Store.read_only(str(folder / "store"))
    with tempfile.TemporaryDirectory(prefix="litlod-verify-") as scratch:
        yield from _dump_problems(folder, manifest, store, Path(scratch))
    yield from _count_problems(folder, manifest, store)
    yield from _linkset_problems(folder, manifest)


def _paper_problems(folder: Path, manifest: Manifest) -> Iterator[str]:
    with opened(folder / "dumps" / f"papers.{TRIPLE_DUMPS[0]}") as dump:
        papers = sum(line.endswith(_PAPER_TYPE) for line in dump)
    if papers != manifest.counts.get("papers", 0):
        yield f"{folder / MANIFEST}: error: {manifest.counts.get('papers', 0)} papers, and the dump of papers holds {papers}"


def _dump_problems(folder: Path, manifest: Manifest, store: Store, scratch: Path) -> Iterator[str]:
    """Loads the N-Triples dumps into a store of their own, compares it with the release's, and Turtle with N-Triples."""
    loaded = Store(str(scratch))
    lacking: list[str] = []
    for part, (first, *others) in _by_part(manifest).items():
        if part == WHOLE:
            yield from _whole_problems(folder, first, manifest)
        else:
            yield from _load_dump(folder, first, loaded, _checked(folder / first.path, store, lacking))
        for file in others:
            yield from _twin_problems(folder / first.path, folder / file.path)
    _copy_graphs(manifest, loaded, store)
    if len(loaded) != len(store):
        yield f"{folder}: error: the dumps hold {len(loaded)} triples and the store {len(store)}"
    if lacking:
        yield f"{folder}: error: a triple of the dumps is not in the store: {lacking[0]}"


def _by_part(manifest: Manifest) -> dict[str, list[File]]:
    """The dumps of each part, the one in N-Triples, or of named graphs in N-Quads, first."""
    found: dict[str, list[File]] = {}
    for file in sorted(manifest.dumps(), key=lambda file: (not file.path.endswith(_FIRST), file.path)):
        found.setdefault(file.part or "", []).append(file)
    return found


_FIRST = (f".{TRIPLE_DUMPS[0]}", f"{GRAPHS}.{QUAD_DUMPS[0]}")


def _whole_problems(folder: Path, whole: File, manifest: Manifest) -> Iterator[str]:
    """Compares the whole with the parts, whatever the order of their lines."""
    parts = [file for file in manifest.dumps() if file.path.endswith(_FIRST[0]) and file is not whole]
    try:
        found, expected = _digest([folder / whole.path]), _digest([folder / file.path for file in parts])
    except DECOMPRESSION_ERRORS as error:
        yield f"{folder / whole.path}: error: it, or a part, cannot be read: {error}"
        return
    if found != expected or found[0] != whole.triples:
        yield f"{folder / whole.path}: error: {found[0]} triples, which are not those of all parts together ({expected[0]})"


def _digest(paths: list[Path]) -> tuple[int, int]:
    """The number of lines, and a number that stands for them in any order."""
    count = total = 0
    for path in paths:
        with opened(path) as dump:
            for line in dump:
                count += 1
                total += int.from_bytes(blake2b(line, digest_size=16).digest())
    return count, total % (1 << 128)


def _load_dump(folder: Path, file: File, loaded: Store, quads: Iterator[Quad]) -> Iterator[str]:
    path = folder / file.path
    before = len(loaded)
    try:
        loaded.bulk_extend(quads)
    except (SyntaxError, *DECOMPRESSION_ERRORS) as error:
        yield f"{path}: error: the dump does not parse: {error}"
    if len(loaded) - before != file.triples:
        yield f"{path}: error: the dump adds {len(loaded) - before} triples and the manifest says {file.triples}"


def _quads(path: Path) -> Iterator[Quad]:
    with opened(path) as stream:
        yield from pyoxigraph.parse(stream, format=_syntax(path))


def _syntax(path: Path) -> pyoxigraph.RdfFormat:
    row = format_of_file(path.name)
    assert row is not None
    return row.syntax


def _checked(path: Path, store: Store, lacking: list[str]) -> Iterator[Quad]:
    """The quads of a dump; the first that the store lacks is put on the list."""
    for quad in _quads(path):
        if not lacking and quad not in store:
            lacking.append(str(quad))
        yield quad


def _twin_problems(path: Path, twin: Path) -> Iterator[str]:
    """Both forms of a part have the same quads in the same order."""
    try:
        for number, (one, other) in enumerate(zip_longest(_quads(path), _quads(twin)), 1):
            if one != other:
                yield f"{twin}: error: triple {number} is {other}, and in {path.name} it is {one}"
                return
    except (SyntaxError, *DECOMPRESSION_ERRORS) as error:
        yield f"{twin}: error: the dump does not parse: {error}"


def _copy_graphs(manifest: Manifest, loaded: Store, store: Store) -> None:
    """Give the loaded dumps the two named graphs that repeat what the default graph says (VoID and examples)."""
    iris = Iris(manifest.base)
    for graph in (NamedNode(iris.void()), NamedNode(iris.examples())):
        for quad in store.quads_for_pattern(None, None, None, graph):
            if Quad(quad.subject, quad.predicate, quad.object, DefaultGraph()) in loaded:
                loaded.add(quad)


def _count_problems(folder: Path, manifest: Manifest, store: Store) -> Iterator[str]:
    statistics = read_statistics(folder / "statistics.json")
    counted = graph_counts(store)
    if counted != manifest.graphs:
        yield f"{folder}: error: the graphs hold {counted} triples and the manifest says {manifest.graphs}"
    checks = (
        ("predicate", statistics.predicates, "SELECT ?k (COUNT(*) AS ?n) WHERE { ?s ?k ?o } GROUP BY ?k"),
        ("class", statistics.classes, "SELECT ?k (COUNT(*) AS ?n) WHERE { ?s a ?k FILTER(isIRI(?k)) } GROUP BY ?k"),
    )
    for what, expected, query in checks:
        found = {row["k"].value: int(row["n"].value) for row in store.query(query)}  # type: ignore[union-attr]  # SELECT
        if found != dict(expected):
            yield f"{folder / 'statistics.json'}: error: the counts by {what} are not the store's"
    if statistics.graphs is not None and statistics.graphs != graph_statistics(store):
        yield f"{folder / 'statistics.json'}: error: the counts of the named graphs are not the store's"
    if statistics.triples != counted[""]:
        yield f"{folder / 'statistics.json'}: error: {statistics.triples} triples, and the store holds {counted['']}"
    yield from partition_problems(folder, statistics.partitions, store)


def _linkset_problems(folder: Path, manifest: Manifest) -> Iterator[str]:
    """Compares what metadata.ttl says of linksets with the links in the dumps."""
    path = folder / "metadata.ttl"
    with ExitStack() as stack:
        dumps = [stack.enter_context(opened(folder / "dumps" / f"{name}.{TRIPLE_DUMPS[0]}")) for name in LINK_PARTS]
        expected = set(lines(linkset_triples(linksets(chain.from_iterable(dumps)), Iris(manifest.base))))
    stated = {f"{quad.triple} .\n" for quad in pyoxigraph.parse(path=str(path), format=FORMATS["ttl"].syntax)}
    if not expected <= stated:
        yield f"{path}: error: the linksets are not those of the dumps: {min(expected - stated).strip()}"
    if sum(_LINKSET in line for line in stated) != sum(_LINKSET in line for line in expected):
        yield f"{path}: error: it has linksets that the dumps do not have"
