"""Proof that a release is whole: manifest = files, dumps = store, statistics = store, VoID = statistics."""

import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from itertools import chain, zip_longest
from pathlib import Path

import pyoxigraph
from pyoxigraph import DefaultGraph, NamedNode, Quad, Store

from rdfgen.formats import FORMATS
from rdfgen.iris import Iris
from rdfgen.namespaces import expand
from rdfgen.ntriples import lines, term
from rdfgen.release.building import graph_counts
from rdfgen.release.dumps import CHECKSUMS, QUAD_DUMPS, TRIPLE_DUMPS
from rdfgen.release.linksets import LINK_PARTS, linkset_triples, linksets
from rdfgen.release.manifest import MANIFEST, File, Manifest, listed_files, read_manifest, release_id
from rdfgen.release.statistics import read_statistics
from rdfgen.sources import DECOMPRESSION_ERRORS, opened

_PAPER_TYPE = f" {term('rdf:type')} {term('schema:ScholarlyArticle')} .\n".encode()
_LINKSET = f" {term('rdf:type')} {term('void:Linkset')} ."


def problems(folder: Path) -> Iterator[str]:
    """What is wrong with the release in that folder, one sentence a fault; nothing if it is whole."""
    manifest = read_manifest(folder)
    damaged = list(_file_problems(folder, manifest))
    yield from damaged
    if damaged:
        return
    yield from _manifest_problems(folder, manifest)
    yield from _checksum_problems(folder, manifest)
    store = Store.read_only(str(folder / "store"))
    with tempfile.TemporaryDirectory(prefix="litlod-verify-") as scratch:
        yield from _dump_problems(folder, manifest, store, Path(scratch))
    yield from _count_problems(folder, manifest, store)
    yield from _void_problems(folder, manifest)
    yield from _linkset_problems(folder, manifest)


def _file_problems(folder: Path, manifest: Manifest) -> Iterator[str]:
    there = {file.path: file for file in listed_files(folder, {})}
    for file in manifest.files:
        found = there.pop(file.path, None)
        if found is None:
            yield f"{folder / file.path}: error: the file is missing"
        elif (found.bytes, found.sha256) != (file.bytes, file.sha256):
            yield f"{folder / file.path}: error: the file is not the one that was built (checksum or size differs)"
    yield from (f"{folder / name}: error: the manifest does not list the file" for name in there)


def _manifest_problems(folder: Path, manifest: Manifest) -> Iterator[str]:
    """Compares what the manifest says of the whole with the folder's name, the inputs and the dump of papers."""
    if (
        not folder.name.partition(".")[0]
        == manifest.release
        == release_id(manifest.inputs, {"base": manifest.base, **manifest.settings}, manifest.software)
    ):
        yield f"{folder / MANIFEST}: error: the release is not the one that these inputs, this base and this software make"
    with opened(folder / "dumps" / f"papers.{TRIPLE_DUMPS[0]}") as lines:
        papers = sum(line.endswith(_PAPER_TYPE) for line in lines)
    if papers != manifest.counts.get("papers", 0):
        yield f"{folder / MANIFEST}: error: {manifest.counts.get('papers', 0)} papers, and the dump of papers holds {papers}"


def _checksum_problems(folder: Path, manifest: Manifest) -> Iterator[str]:
    text = (folder / "dumps" / CHECKSUMS).read_text(encoding="utf-8")
    expected = "".join(f"{file.sha256}  {Path(file.path).name}\n" for file in sorted(manifest.dumps(), key=lambda file: file.path))
    if text != expected:
        yield f"{folder / 'dumps' / CHECKSUMS}: error: the sums are not those of the dumps"


def _dump_problems(folder: Path, manifest: Manifest, store: Store, scratch: Path) -> Iterator[str]:
    """Loads the N-Triples dumps into a store of their own, compares it with the release's, and Turtle with N-Triples."""
    loaded = Store(str(scratch))
    lacking: list[str] = []
    for file in manifest.dumps():
        twin = _TWINS.get(file.path.split(".")[-2])
        if twin is not None:
            yield from _load_dump(folder, file, loaded, _checked(folder / file.path, store, lacking))
            yield from _twin_problems(folder / file.path, folder / f"{file.path.partition('.')[0]}.{twin}")
    _copy_graphs(manifest, loaded, store)
    if len(loaded) != len(store):
        yield f"{folder}: error: the dumps hold {len(loaded)} triples and the store {len(store)}"
    if lacking:
        yield f"{folder}: error: a triple of the dumps is not in the store: {lacking[0]}"


# The form of a part that is loaded -> the extension of the file that holds the same in the other form.
_TWINS = {form.split(".")[0]: twin for form, twin in (TRIPLE_DUMPS, QUAD_DUMPS)}


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
        yield from pyoxigraph.parse(stream, format=FORMATS[path.name.split(".")[-2]].syntax)


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
    if statistics.triples != counted[""]:
        yield f"{folder / 'statistics.json'}: error: {statistics.triples} triples, and the store holds {counted['']}"


def _void_problems(folder: Path, manifest: Manifest) -> Iterator[str]:
    """Compares metadata.ttl with the statistics: triples in all, and of each class and property partition."""
    statistics = read_statistics(folder / "statistics.json")
    path = folder / "metadata.ttl"
    graph = Store()
    graph.load(path=str(path))
    total = _values(graph, NamedNode(Iris(manifest.base).dataset()), "void:triples")
    if total != [str(statistics.triples)]:
        yield f"{path}: error: void:triples is {total}, and the store holds {statistics.triples}"
    for key, count, expected in (
        ("void:property", "void:triples", statistics.predicates),
        ("void:class", "void:entities", statistics.classes),
    ):
        nodes = graph.quads_for_pattern(None, NamedNode(expand(key)), None)
        found = {str(quad.object)[1:-1]: _values(graph, quad.subject, count) for quad in nodes}
        if found != {name: [str(number)] for name, number in expected.items()}:
            yield f"{path}: error: the partitions by {key} are not those of the statistics"


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


def _values(graph: Store, subject: pyoxigraph.NamedNode | pyoxigraph.BlankNode | pyoxigraph.Triple, name: str) -> list[str]:
    quads = graph.quads_for_pattern(subject, NamedNode(expand(name)), None)
    return [quad.object.value for quad in quads if isinstance(quad.object, pyoxigraph.Literal)]
