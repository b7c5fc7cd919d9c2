"""A release on its way: each part goes into dumps, statistics and store, so that these cannot differ."""

import gc
import logging
import shutil
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

import pyoxigraph
from pyoxigraph import BlankNode, NamedNode, Quad, RdfFormat, Store

from rdfgen.iris import Iris
from rdfgen.namespaces import output_prefixes
from rdfgen.release.dump_index import write_index
from rdfgen.release.dumps import (
    DESCRIPTION,
    DUMPS,
    GRAPHS,
    QUAD_DUMPS,
    TRIPLE_DUMPS,
    WHOLE,
    types_first,
    write_checksums,
    write_dumps,
    write_whole,
)
from rdfgen.release.foreign import load_included
from rdfgen.release.statistics import Statistics

log = logging.getLogger(__name__)


@dataclass(slots=True)
class Building:
    """The folder, the store, and what is counted so far; `dumps` gives part and number of triples by path, `lines` the
    N-Triples of each part of the default graph; `extensions` are the forms of dumps.
    """

    folder: Path
    iris: Iris
    extensions: tuple[str, ...] = TRIPLE_DUMPS
    store: Store = field(init=False)
    statistics: Statistics = field(default_factory=Statistics)
    dumps: dict[str, tuple[str, int]] = field(default_factory=dict)
    lines: dict[str, Path] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.work.mkdir()
        (self.folder / "dumps").mkdir()
        self.store = Store(str(self.folder / "store"))

    @property
    def work(self) -> Path:
        """The folder of files that are not part of the release."""
        return self.folder / "work"

    def part_file(self, name: str) -> Path:
        """The work file of a part's N-Triples."""
        return self.work / f"{name}.nt"

    def add_part(self, name: str, lines: Path) -> None:
        """Take a file of distinct N-Triples without blank nodes, which loading in bulk would rename."""
        if self._count(name, lines):
            self.store.bulk_load(path=str(lines), format=RdfFormat.N_TRIPLES)

    def add_foreign_part(self, name: str, lines: Path) -> None:
        """Take a small file of distinct N-Triples, its blank nodes as they are."""
        if self._count(name, lines):
            self.store.bulk_extend(pyoxigraph.parse(path=str(lines), format=RdfFormat.N_TRIPLES))

    def add_included(self, paths: list[str]) -> None:
        """Take what is new in RDF files, their named graphs included."""
        triples, quads = self.work / "included.nt", self.work / "included.nq"
        load_included(paths, self.store, triples, quads)
        self._count("included", triples)
        if quads.stat().st_size:
            with open(quads, "rb") as file:
                self._write_dumps(GRAPHS, quads, QUAD_DUMPS, sum(1 for _ in file))

    def copy_to_graph(self, lines: Path, graph: str) -> None:
        """Repeat the triples of a small file in a named graph."""
        quads = pyoxigraph.parse(path=str(lines), format=RdfFormat.N_TRIPLES)
        self.store.bulk_extend(Quad(quad.subject, quad.predicate, quad.object, NamedNode(graph)) for quad in quads)

    def work_file(self, name: str, lines: Iterable[str]) -> Path:
        """A work file with these lines."""
        path = self.work / f"{name}.nt"
        with open(path, "w", encoding="utf-8", newline="\n") as file:
            file.writelines(lines)
        return path

    def holds(self, line: str) -> bool:
        """Whether the default graph has the triple of an N-Triples line."""
        (quad,) = pyoxigraph.parse(line, format=RdfFormat.N_TRIPLES)
        return quad in self.store

    def parts(self) -> dict[str, int]:
        """The number of triples of each part of the default graph."""
        return {name: count for name, count in self.dumps.values() if name in self.lines}

    def close(self) -> None:
        """Close the store and remove what is not part of a release."""
        self.store.flush()
        del self.store
        gc.collect()
        shutil.rmtree(self.work)
        for name in ("LOG", "LOCK"):
            (self.folder / "store" / name).unlink(missing_ok=True)

    def finish_dumps(self, release: str) -> None:
        """Put the whole together, and beside the dumps what makes their folder complete on its own; nothing can be added then."""
        folder = self.folder / DUMPS
        for name in write_whole(folder, self.lines, self.extensions):
            self.dumps[f"{DUMPS}/{name}"] = (WHOLE, self.statistics.triples)
        shutil.copyfile(self.folder / "metadata.ttl", folder / DESCRIPTION)
        write_index(folder, release, self.iris, {Path(path).name: row for path, row in self.dumps.items()})
        write_checksums(folder)

    def _count(self, name: str, lines: Path) -> int:
        """Take a file of distinct N-Triples into dumps and statistics; returns how many there are."""
        counts = Statistics()
        self.lines[name] = lines
        with open(lines, "rb") as file:
            for line in file:
                counts.add(line)
        self.statistics = self.statistics + counts
        ordered = self.work / f"{name}-dump.nt"
        with open(lines, "rb") as source, open(ordered, "wb") as target:
            target.writelines(types_first(source))
        self._write_dumps(name, ordered, self.extensions, counts.triples)
        ordered.unlink()
        return counts.triples

    def _write_dumps(self, name: str, lines: Path, extensions: tuple[str, ...], count: int) -> None:
        log.info("part %s: %d triples", name, count)
        for file in write_dumps(lines, self.folder / "dumps", name, extensions, output_prefixes(self.iris.base)):
            self.dumps[f"dumps/{file}"] = (name, count)


def graph_counts(store: Store) -> dict[str, int]:
    """The number of triples in each graph of a store; "" is the default graph."""
    graphs = {_graph_name(graph): sum(1 for _ in store.quads_for_pattern(None, None, None, graph)) for graph in store.named_graphs()}
    return {"": len(store) - sum(graphs.values())} | dict(sorted(graphs.items()))


def _graph_name(graph: NamedNode | BlankNode) -> str:
    """The IRI, or the label with its `_:`."""
    return graph.value if isinstance(graph, NamedNode) else str(graph)
