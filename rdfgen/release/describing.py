"""Describing a release on its way: what is counted of it, and the part and the graph that say so."""

from collections.abc import Iterator
from contextlib import ExitStack
from functools import cache
from itertools import chain

from pyoxigraph import NamedNode

from rdfgen.namespaces import output_prefixes
from rdfgen.release.building import Building, graph_counts
from rdfgen.release.catalogue import Dump
from rdfgen.release.dumps import WHOLE, whole_names, write_dumps
from rdfgen.release.foreign import ontology_lines
from rdfgen.release.linksets import LINK_PARTS, Linkset, linksets
from rdfgen.release.metadata import Description, Found, described_nodes, label_lines, metadata
from rdfgen.release.partitions import added_partitions, graph_partitions
from rdfgen.release.statistics import graph_statistics
from rdfgen.release.stored import Terms
from rdfgen.sources import file_sha256


def add_metadata(building: Building, name: str, inputs: tuple[str, ...], example: str | None, issued: str | None) -> None:
    """Describe the release, which has all its other parts; the description's own triples are counted in it."""
    description = _description(building, name, inputs, example, issued)
    found = _found(building, description)
    building.add_foreign_part("metadata", building.work_file("metadata", found.lines))
    building.statistics.partitions = found.statistics.partitions
    assert building.statistics == found.statistics
    whole = building.work_file("metadata-graph", found.graph)
    building.copy_to_graph(whole, building.iris.void())
    write_dumps(whole, building.folder, "metadata", ("ttl",), output_prefixes(building.iris.base))
    building.statistics.graphs = graph_statistics(building.store)
    building.statistics.write(building.folder / "statistics.json")


def _description(building: Building, name: str, inputs: tuple[str, ...], example: str | None, issued: str | None) -> Description:
    own = [Dump(f"metadata.{extension}", "metadata") for extension in building.extensions]
    own += [Dump(name, WHOLE) for name in whole_names(building.extensions)]
    return Description(
        building.iris,
        name,
        tuple(sorted([*_dumps(building), *own], key=lambda dump: dump.name)),
        inputs,
        example,
        _linksets(building),
        tuple(sorted({part: count for part, count in building.dumps.values() if part in building.lines}.items())),
        {building.iris.void(): 0} | graph_counts(building.store),
        issued,
        label_lines(ontology_lines(building.iris.base)),
        frozenset(f"{quad.triple} .\n" for quad in building.store.quads_for_pattern(None, None, None, NamedNode(building.iris.void()))),
    )


def _dumps(building: Building) -> Iterator[Dump]:
    for path, (part, _) in building.dumps.items():
        file = building.folder / path
        yield Dump(path.removeprefix("dumps/"), part, file.stat().st_size, file_sha256(file))


def _linksets(building: Building) -> tuple[Linkset, ...]:
    with ExitStack() as stack:
        return linksets(chain.from_iterable(stack.enter_context(open(building.part_file(name), "rb")) for name in LINK_PARTS))


def _found(building: Building, description: Description) -> Found:
    terms = Terms(building.store, described_nodes(description))
    data = building.statistics
    data.partitions = graph_partitions(building.lines, building.iris.below("paper/"), terms, building.work)

    @cache
    def is_new(line: str) -> bool:
        return not building.holds(line)

    return metadata(description, data, is_new, lambda lines: added_partitions(lines, terms))
