"""Whether a release is whole: its files are those that the manifest lists, and what they count is the same."""

from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

import pyoxigraph
from pyoxigraph import NamedNode, Store

from rdfgen.errors import ReleaseError
from rdfgen.iris import Iris
from rdfgen.namespaces import expand
from rdfgen.release.dumps import CHECKSUMS, DESCRIPTION, DUMPS, checksum_lines
from rdfgen.release.manifest import MANIFEST, MANIFEST_SUM, NOT_LISTED, Manifest, read_manifest, release_id
from rdfgen.release.proof import content_problems
from rdfgen.release.statistics import read_statistics
from rdfgen.search.check import index_problems
from rdfgen.search.index import INDEX
from rdfgen.sources import file_sha256


def problems(folder: Path, deep: bool = False) -> Iterator[str]:
    """What is wrong with the release in that folder, one sentence a fault; nothing if it is whole.

    Every byte of it is under a checksum. `deep` proves besides that the parts agree: dumps, store, statistics, linksets.
    """
    damaged = False
    for problem in _file_problems(folder):
        damaged = True
        yield problem
    if damaged:
        return
    manifest = read_manifest(folder)
    yield from _manifest_problems(folder, manifest)
    yield from _checksum_problems(folder, manifest)
    yield from _count_problems(folder, manifest)
    yield from _void_problems(folder, manifest)
    if any(file.path == INDEX for file in manifest.files):  # Earlier releases have none.
        yield from index_problems(folder, manifest.counts.get("papers", 0))
    if deep:
        yield from content_problems(folder, manifest)


def _file_problems(folder: Path) -> Iterator[str]:
    yield from _manifest_sum_problems(folder)
    try:
        manifest = read_manifest(folder)
    except ReleaseError as error:
        yield str(error)
        return
    there = set(_names(folder))
    for file in manifest.files:
        there.discard(file.path)
        if (problem := _file_problem(folder / file.path, file.bytes, file.sha256)) is not None:
            yield problem
    yield from (f"{folder / name}: error: the manifest does not list the file" for name in sorted(there))


def _manifest_sum_problems(folder: Path) -> Iterator[str]:
    try:
        expected = f"{sha256((folder / MANIFEST).read_bytes()).hexdigest()}  {MANIFEST}\n".encode()
    except OSError:
        return  # Whoever reads the manifest will tell.
    try:
        if (folder / MANIFEST_SUM).read_bytes() != expected:
            yield f"{folder / MANIFEST}: error: the file is not the one that was built, or the checksum in {MANIFEST_SUM} is not"
    except OSError as error:
        yield f"{folder / MANIFEST_SUM}: error: {error.strerror}; without it nobody can tell whether the manifest is damaged"


def _names(folder: Path) -> Iterator[str]:
    """The paths of all that is below the folder but folders, and of links."""
    for path in folder.rglob("*"):
        name = str(path.relative_to(folder))
        if name not in NOT_LISTED and (path.is_symlink() or not path.is_dir()):
            yield name


def _file_problem(path: Path, size: int, checksum: str) -> str | None:
    try:
        found = path.stat().st_size
        if found != size:
            return f"{path}: error: the file has {found} bytes where {size} were built"
        if file_sha256(path) != checksum:
            return f"{path}: error: the file is not the one that was built (its checksum differs)"
    except FileNotFoundError:
        return f"{path}: error: the file is missing"
    except OSError as error:
        return f"{path}: error: the file cannot be read: {error.strerror}"
    return None


def _manifest_problems(folder: Path, manifest: Manifest) -> Iterator[str]:
    """Compares what the manifest says of the whole with the folder's name and the inputs."""
    made = release_id(manifest.inputs, {"base": manifest.base, **manifest.settings}, manifest.software)
    if not folder.name.partition(".")[0] == manifest.release == made:
        yield f"{folder / MANIFEST}: error: the release is not the one that these inputs, this base and this software make"


def _checksum_problems(folder: Path, manifest: Manifest) -> Iterator[str]:
    text = (folder / "dumps" / CHECKSUMS).read_text(encoding="utf-8")
    names = {file.path.removeprefix(f"{DUMPS}/"): file.sha256 for file in manifest.files if file.path.startswith(f"{DUMPS}/")}
    del names[CHECKSUMS]
    if text != checksum_lines(names):
        yield f"{folder / DUMPS / CHECKSUMS}: error: the sums are not those of the dumps"
    if names.get(DESCRIPTION) not in {file.sha256 for file in manifest.files if file.path == "metadata.ttl"}:
        yield f"{folder / DUMPS / DESCRIPTION}: error: not the same as metadata.ttl"


def _count_problems(folder: Path, manifest: Manifest) -> Iterator[str]:
    statistics = read_statistics(folder / "statistics.json")
    if statistics.triples != manifest.graphs[""]:
        yield f"{folder / 'statistics.json'}: error: {statistics.triples} triples, and the manifest says {manifest.graphs['']}"


def _void_problems(folder: Path, manifest: Manifest) -> Iterator[str]:
    """Compares metadata.ttl with the statistics: triples in all, and of each class and property partition."""
    statistics = read_statistics(folder / "statistics.json")
    path = folder / "metadata.ttl"
    graph = Store()
    graph.load(path=str(path))
    total = _values(graph, NamedNode(Iris(manifest.base).dataset()), "void:triples")
    if total != [str(statistics.triples)]:
        yield f"{path}: error: void:triples is {total}, and the store holds {statistics.triples}"
    for link, key, count, expected in (
        ("void:propertyPartition", "void:property", "void:triples", statistics.predicates),
        ("void:classPartition", "void:class", "void:entities", statistics.classes),
    ):
        nodes = [quad.object for quad in graph.quads_for_pattern(NamedNode(Iris(manifest.base).dataset()), NamedNode(expand(link)), None)]
        rows = (quad for node in nodes for quad in graph.quads_for_pattern(node, NamedNode(expand(key)), None))  # type: ignore[arg-type]  # IRIs
        found = {str(quad.object)[1:-1]: _values(graph, quad.subject, count) for quad in rows}
        if found != {name: [str(number)] for name, number in expected.items()}:
            yield f"{path}: error: the partitions by {key} are not those of the statistics"


def _values(graph: Store, subject: pyoxigraph.NamedNode | pyoxigraph.BlankNode | pyoxigraph.Triple, name: str) -> list[str]:
    quads = graph.quads_for_pattern(subject, NamedNode(expand(name)), None)
    return [quad.object.value for quad in quads if isinstance(quad.object, pyoxigraph.Literal)]
