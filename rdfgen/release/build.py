"""Building a release: inputs to shards, shards to parts, parts to dumps and store, and all of it published at once."""

import gc
import logging
import os
import shutil
import traceback
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import pyoxigraph
from pyoxigraph import NamedNode, Quad, RdfFormat, Store

from rdfgen.assembly import write_shared, write_unshared
from rdfgen.convert import Chunk, Shard, chunks, converted, file_sha256
from rdfgen.errors import InputError, LitlodError
from rdfgen.iris import Iris
from rdfgen.namespaces import output_prefixes
from rdfgen.release.directory import DataDirectory
from rdfgen.release.dumps import QUAD_DUMPS, TRIPLE_DUMPS, write_checksums, write_dumps
from rdfgen.release.foreign import example_lines, load_included, ontology_lines
from rdfgen.release.manifest import Input, Manifest, listed_files, read_manifest, release_id, software_versions
from rdfgen.release.metadata import Description, metadata_lines
from rdfgen.release.statistics import Statistics
from rdfgen.report import Entry, Report, Totals, opened_report, read_entries
from rdfgen.triples import PARTS

log = logging.getLogger(__name__)

Track = Callable[[Iterator[Shard], list[Chunk]], Iterator[Shard]]


@dataclass(frozen=True, slots=True)
class Request:
    """What to build: `inputs` are (path as the user gave it, where its bytes are); `track` watches the shards pass."""

    inputs: list[tuple[str, str]]
    includes: list[str]
    data: DataDirectory
    iris: Iris
    jobs: int
    track: Track
    force: bool = False
    strict: bool = False


@dataclass(slots=True)
class Result:
    """The release that is current now, whether it had been there already, and what the report says of the inputs."""

    manifest: Manifest
    is_new: bool
    totals: Totals


@dataclass(slots=True)
class _Building:
    """A release on its way: its folder, its store, and what is counted so far."""

    folder: Path
    store: Store
    iris: Iris
    statistics: Statistics = field(default_factory=Statistics)
    dumps: dict[str, tuple[str, int]] = field(default_factory=dict)

    @property
    def work(self) -> Path:
        return self.folder / "work"

    def add_part(self, name: str, lines: Path) -> None:
        """Take a file of distinct N-Triples without blank nodes, which loading in bulk would rename."""
        if self.count(name, lines):
            self.store.bulk_load(path=str(lines), format=RdfFormat.N_TRIPLES)

    def add_foreign_part(self, name: str, lines: Path) -> None:
        """Take a small file of distinct N-Triples, its blank nodes as they are."""
        if self.count(name, lines):
            self.store.bulk_extend(pyoxigraph.parse(path=str(lines), format=RdfFormat.N_TRIPLES))

    def copy_to_graph(self, lines: Path, graph: str) -> None:
        """Repeat the triples of a small file in a named graph."""
        quads = pyoxigraph.parse(path=str(lines), format=RdfFormat.N_TRIPLES)
        self.store.bulk_extend(Quad(quad.subject, quad.predicate, quad.object, NamedNode(graph)) for quad in quads)

    def count(self, name: str, lines: Path) -> int:
        """Take a file of distinct N-Triples into dumps and statistics only; returns how many there are."""
        counts = Statistics()
        with open(lines, "rb") as file:
            for _ in counts.counted(file):
                pass
        self.statistics = self.statistics + counts
        self.add_dumps(name, lines, TRIPLE_DUMPS, counts.triples)
        return counts.triples

    def add_dumps(self, name: str, lines: Path, extensions: tuple[str, ...], count: int) -> None:
        """Write a part's dumps and remember how many triples each holds."""
        log.info("part %s: %d triples", name, count)
        for file in write_dumps(lines, self.folder / "dumps", name, extensions, output_prefixes(self.iris.base)):
            self.dumps[f"dumps/{file}"] = (name, count)

    def file(self, name: str, lines: list[str], append: bool = False) -> Path:
        """A work file with these lines, behind those that it holds already if `append` says so."""
        path = self.work / f"{name}.nt"
        with open(path, "a" if append else "w", encoding="utf-8", newline="\n") as file:
            file.writelines(lines)
        return path


REPORT = "report.jsonl"


def build(request: Request) -> Result:
    """Make and publish the release of the request, or publish it again if it is there already.

    Raises LitlodError if nothing can be read, and under `strict` if anything was skipped; then nothing changes.
    """
    inputs, located, doubles = _distinct_inputs(request)
    name = release_id(inputs, request.iris.base, software_versions())
    with request.data.locked():
        if name in request.data.release_ids() and not request.force:
            return _published_again(request, name)
        building = request.data.new_building(name)
        try:
            result = _built(request, name, inputs, located, doubles, building)
        except BaseException as error:
            traceback.clear_frames(error.__traceback__)  # closes the store, which would go on writing files
            shutil.rmtree(building, ignore_errors=True)
            raise
        request.data.complete(building, name)
        request.data.publish(name)
        return result


def _published_again(request: Request, name: str) -> Result:
    manifest = read_manifest(request.data.path(name))
    totals = Totals()
    totals.add(manifest.counts, read_entries(request.data.path(name) / REPORT))
    if request.strict and totals.errors:
        raise LitlodError(_strict_message(totals))
    request.data.publish(name)
    return Result(manifest, False, totals)


def _distinct_inputs(request: Request) -> tuple[list[Input], list[tuple[str, str]], list[Entry]]:
    """The inputs in the order of their checksums, each content once, the paper files among them, and entries for what was left out."""
    found: dict[str, tuple[Input, str]] = {}
    entries: list[Entry] = []
    for path, location in request.inputs:
        sha256 = _sha256(path, location)
        if sha256 in found:
            report = Report(path)
            report.suspect(0, f"the same bytes as {found[sha256][0].path}, which stands for both")
            entries += report.entries
        else:
            found[sha256] = Input(path, "paper", sha256), location
    papers = [found[key] for key in sorted(found)]
    includes = {_sha256(path, path): path for path in reversed(request.includes)}
    included = [Input(path, "include", sha256) for sha256, path in sorted(includes.items())]
    return [row for row, _ in papers] + included, [(row.path, location) for row, location in papers], entries


def _sha256(path: str, location: str) -> str:
    try:
        return file_sha256(location)
    except OSError as error:
        raise InputError(f"{path}: error: cannot be read: {error.strerror}") from error


def _built(request: Request, name: str, inputs: list[Input], located: list[tuple[str, str]], doubles: list[Entry], folder: Path) -> Result:
    building = _new_building(folder, request.iris)
    totals, example = _add_papers(building, request, located, doubles)
    if request.strict and totals.errors:
        raise LitlodError(_strict_message(totals))
    if not totals.counts["papers"] and not request.includes:
        raise LitlodError("no input holds a paper; the current release stays as it is")
    building.add_foreign_part("ontology", building.file("ontology", ontology_lines(request.iris.base)))
    examples = building.file("examples", example_lines(request.iris.base))
    building.add_foreign_part("examples", examples)
    building.copy_to_graph(examples, request.iris.examples())
    _add_included(building, [row.path for row in inputs if row.role == "include"])
    _add_metadata(building, name, inputs, example)
    graphs = _graph_counts(building.store)
    if graphs[""] != building.statistics.triples:
        raise LitlodError(f"the store holds {graphs['']} triples where the dumps hold {building.statistics.triples}; nothing was published")
    _close(building)
    manifest = Manifest(
        release=name,
        base=request.iris.base,
        built=datetime.now(UTC).isoformat(timespec="seconds"),
        inputs=inputs,
        software=software_versions(),
        graphs=graphs,
        counts=dict(totals.counts),
        files=listed_files(folder, building.dumps),
    )
    manifest.write(folder)
    return Result(manifest, True, totals)


def _new_building(folder: Path, iris: Iris) -> _Building:
    (folder / "work").mkdir()
    (folder / "dumps").mkdir()
    return _Building(folder, Store(str(folder / "store")), iris)


def _add_papers(building: _Building, request: Request, located: list[tuple[str, str]], doubles: list[Entry]) -> tuple[Totals, str | None]:
    """Convert all inputs and add their parts; returns the totals of the report and one paper's IRI."""
    planned = chunks(located, building.work, request.iris.base)
    shared: dict[str, list[Path]] = {name: [] for name, part in PARTS.items() if part.is_shared}
    example: str | None = None
    with opened_report(building.folder / REPORT) as file:
        totals = Totals(file)
        totals.add({}, doubles)
        for shard in request.track(converted(planned, request.jobs), planned):
            totals.add(shard.counts, shard.entries)
            example = min(filter(None, [example, *(span.paper for span in shard.spans)]), default=None)
            _take_shard(building, shard, shared)
    for name in PARTS:
        lines = building.file(name, [], append=True)
        if name in shared:
            with open(lines, "wb") as target:
                write_shared(shared[name], target)
        building.add_part(name, lines)
    return totals, example


def _take_shard(building: _Building, shard: Shard, shared: dict[str, list[Path]]) -> None:
    for name in PARTS:
        if name in shared:
            shared[name].append(shard.path(name))
            continue
        with open(building.work / f"{name}.nt", "ab") as file:
            write_unshared(shard, name, file)
        os.unlink(shard.path(name))


def _add_included(building: _Building, includes: list[str]) -> None:
    if not includes:
        return
    triples, quads = building.work / "included.nt", building.work / "included.nq"
    load_included(includes, building.store, triples, quads)
    building.count("included", triples)
    if quads.stat().st_size:
        with open(quads, "rb") as file:
            building.add_dumps("included-graphs", quads, QUAD_DUMPS, sum(1 for _ in file))


def _add_metadata(building: _Building, name: str, inputs: list[Input], example: str | None) -> None:
    """Describe the release; the description's own triples are counted in it."""
    own = [f"metadata.{extension}" for extension in TRIPLE_DUMPS]
    dumps = sorted([path.removeprefix("dumps/") for path in building.dumps] + own)
    description = Description(
        building.iris, name, tuple(dumps), tuple(sorted(row.sha256 for row in inputs if row.role == "include")), example
    )
    lines, total = metadata_lines(description, building.statistics, lambda line: not _holds(building.store, line))
    new = [line for line in lines if not _holds(building.store, line)]
    building.add_foreign_part("metadata", building.file("metadata", new))
    assert building.statistics == total
    whole = building.file("metadata-graph", lines)
    building.copy_to_graph(whole, building.iris.void())
    write_dumps(whole, building.folder, "metadata", ("ttl",), output_prefixes(building.iris.base))
    building.statistics.write(building.folder / "statistics.json")


def _holds(store: Store, line: str) -> bool:
    (quad,) = pyoxigraph.parse(line, format=RdfFormat.N_TRIPLES)
    return quad in store


def _graph_counts(store: Store) -> dict[str, int]:
    """The number of triples in each graph of the store; "" is the default graph."""
    graphs = {str(graph)[1:-1]: sum(1 for _ in store.quads_for_pattern(None, None, None, graph)) for graph in store.named_graphs()}
    return {"": len(store) - sum(graphs.values())} | dict(sorted(graphs.items()))


def _close(building: _Building) -> None:
    """Close the store and remove what is not part of a release."""
    building.store.flush()
    del building.store
    gc.collect()
    shutil.rmtree(building.work)
    for name in ("LOG", "LOCK"):
        (building.folder / "store" / name).unlink(missing_ok=True)
    write_checksums(building.folder / "dumps")


def _strict_message(totals: Totals) -> str:
    return f"{totals.errors} things could not be converted as they are (--strict); the current release stays as it is"
