"""Building a release: inputs to shards, shards to parts, parts to dumps and store, and all of it published at once."""

import json
import logging
import shutil
import traceback
from collections.abc import Iterator
from contextlib import ExitStack, closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from rdfgen.assembly import write_parts
from rdfgen.cache import Cache, Work
from rdfgen.concepts.enriching import ReferenceData, enrich
from rdfgen.concepts.sources import NamedFile, Source, source
from rdfgen.convert import Progress, converted
from rdfgen.errors import LitlodError
from rdfgen.iris import Iris
from rdfgen.mappings.part import Destination, write_part
from rdfgen.reading import chunks
from rdfgen.release.building import Building, graph_counts
from rdfgen.release.describing import add_metadata
from rdfgen.release.directory import DataDirectory
from rdfgen.release.dumps import TRIPLE_DUMPS
from rdfgen.release.examples import example_lines
from rdfgen.release.foreign import ontology_lines
from rdfgen.release.inputs import Inputs, distinct_inputs
from rdfgen.release.inspection import REPORT, insist_valid, inspect, refusal, write_lists
from rdfgen.release.manifest import Manifest, listed_files, read_manifest, release_id, software_versions
from rdfgen.release.trouble import told_with_cure
from rdfgen.release.validation_shacl import insist_on_validator, parts_of, validated
from rdfgen.release.verify import problems
from rdfgen.report import Totals, opened_report, read_entries
from rdfgen.search.index import INDEX, write_index
from rdfgen.shards import Options, Shard
from rdfgen.triples import PARTS

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Request:
    """What to build: `inputs` are (path as the user gave it, where its bytes are); at most `cache_size` bytes of what was
    made on the way are kept for the next build. `issued` is the date that the release says it is from, "" for none;
    under `require_valid` nothing is published that is not valid, which needs a SHACL validator.
    """

    inputs: list[tuple[str, str]]
    includes: list[str]
    data: DataDirectory
    options: Options
    jobs: int
    progress: Progress
    cache_size: int
    force: bool = False
    strict: bool = False
    mappings: tuple[str, ...] = ()
    concepts: tuple[NamedFile, ...] = ()
    all_concepts: bool = False
    issued: str = ""
    dumps: tuple[str, ...] = TRIPLE_DUMPS
    require_valid: bool = False

    @property
    def iris(self) -> Iris:
        """The IRIs of the release."""
        return Iris(self.options.base)

    @property
    def settings(self) -> dict[str, str | bool]:
        """What the contents of the release depend on besides the inputs and the base."""
        all_concepts = self.all_concepts and bool(self.concepts or self.mappings)
        settings: dict[str, str | bool] = {"without_retracted": self.options.without_retracted, "all_concepts": all_concepts}
        if self.dumps != TRIPLE_DUMPS:
            settings["dumps"] = ",".join(sorted(self.dumps))
        return settings | ({"issued": self.issued} if self.issued else {})


@dataclass(slots=True)
class Result:
    """The release that is current now, whether it had been there already, and what the report says of the inputs."""

    manifest: Manifest
    is_new: bool
    totals: Totals


def build(request: Request) -> Result:
    """Make and publish the release of the request, or publish it again if it is there already.

    Raises LitlodError if nothing can be read, and under `strict` if anything was skipped; then nothing changes.
    """
    if request.require_valid:
        insist_on_validator()
    inputs = distinct_inputs(request.inputs, request.includes, list(request.mappings), list(request.concepts))
    name = release_id(inputs.rows, {"base": request.options.base, **request.settings}, software_versions())
    with request.data.locked(), told_with_cure(request.data.root):
        if not request.force and _is_there(request.data, name):
            return _published_again(request, name)
        try:
            return _newly_published(request, name, inputs)
        finally:
            Cache(request.data.cache).trim(request.cache_size)


def _is_there(data: DataDirectory, name: str) -> bool:
    """Whether the release was built before and is whole still."""
    if name not in data.release_ids():
        return False
    damage = list(problems(data.path(name)))
    for problem in damage:
        log.warning("%s", problem)
    return not damage


def _newly_published(request: Request, name: str, inputs: Inputs) -> Result:
    folder = request.data.new_building(name)
    try:
        result = _built(request, name, inputs, folder)
    except BaseException as error:  # whatever it is, Ctrl-C too: nothing half-built stays
        traceback.clear_frames(error.__traceback__)  # closes the store, which would go on writing files
        shutil.rmtree(folder, ignore_errors=True)
        raise
    request.data.publish(request.data.complete(folder, name))
    return result


def _published_again(request: Request, name: str) -> Result:
    request.data.clean()
    folder = request.data.path(name)
    manifest = read_manifest(folder)
    totals = Totals()
    totals.add(manifest.counts, read_entries(folder / REPORT))
    _insist(totals, request)
    if request.require_valid:
        insist_valid(totals)
        _insist_shapes(folder, request, parts_of(manifest))
    request.data.publish(folder)
    return Result(manifest, False, totals)


def _insist(totals: Totals, request: Request) -> None:
    """Raise LitlodError, the first errors shown, if the inputs are not good enough to be published."""
    if request.strict and totals.errors:
        problem = f"{totals.errors} things could not be converted as they are (--strict)"
    elif not totals.counts["papers"] and not request.includes:
        problem = "no input holds a paper"
    else:
        return
    for entry in totals.shown:
        log.warning("%s", entry)
    raise LitlodError(f"{problem}; the current release stays as it is")


def _built(request: Request, name: str, inputs: Inputs, folder: Path) -> Result:
    building = Building(folder, request.iris, request.dumps)
    totals, example = _add_papers(building, request, inputs)
    _insist(totals, request)
    write_index(building.work, folder / INDEX, request.iris)
    building.add_foreign_part("ontology", building.work_file("ontology", ontology_lines(request.iris.base)))
    examples = building.work_file("examples", example_lines(request.iris.base))
    building.add_foreign_part("examples", examples)
    building.copy_to_graph(examples, request.iris.examples())
    if request.includes:
        building.add_included(inputs.paths("include"))
    add_metadata(building, name, inputs.sums(), example, request.issued or None)
    graphs = graph_counts(building.store)
    if graphs[""] != building.statistics.triples:
        raise LitlodError(f"the store holds {graphs['']} triples where the dumps hold {building.statistics.triples}; nothing was published")
    _check(building, request, totals)
    building.finish_dumps(name)
    building.close()
    manifest = Manifest(
        release=name,
        base=request.options.base,
        settings=request.settings,
        built=datetime.now(UTC).isoformat(timespec="seconds"),
        inputs=inputs.rows,
        software=software_versions(),
        graphs=graphs,
        counts=dict(totals.counts),
        files=listed_files(folder, building.dumps),
    )
    manifest.write(folder)
    return Result(manifest, True, totals)


def _check(building: Building, request: Request, totals: Totals) -> None:
    """Check the whole release, count what is good and bad in it, and list what it has."""
    inspect(building, totals)
    _insist(totals, request)
    if request.require_valid:
        insist_valid(totals)
        _insist_shapes(building.folder, request, building.parts())
    write_lists(building)


def _insist_shapes(folder: Path, request: Request, parts: dict[str, int]) -> None:
    """Raise LitlodError if a SHACL validator finds something."""
    found = validated(folder, request.options.base, parts).problems
    if found:
        raise LitlodError(refusal(len(found), iter(found)))


def _add_papers(building: Building, request: Request, inputs: Inputs) -> tuple[Totals, str | None]:
    """Convert all inputs and add their parts; returns the totals of the report and one paper's IRI."""
    cache = request.data.cache if request.cache_size else None
    work = Work(building.work, cache, json.dumps(software_versions()))
    sources = [source(file) for file in inputs.concept_files()]
    planned = chunks(inputs.papers, work)
    examples: list[str] = []
    with ExitStack() as stack:
        totals = Totals(stack.enter_context(opened_report(building.folder / REPORT)))
        totals.add({}, inputs.entries)
        made = converted(planned, request.options, work, request.jobs, totals, request.progress)
        shards = _noted(stack.enter_context(closing(made)), examples)
        _write_parts(shards, building)
        _enrich_concepts(building, request, sources, totals)
        _merge_mappings(building, request, inputs, totals)
    for name in PARTS:
        building.add_part(name, building.part_file(name))
    return totals, next(iter(examples), None)


def _write_parts(shards: Iterator[Shard], building: Building) -> None:
    with ExitStack() as stack:
        targets = {name: stack.enter_context(open(building.part_file(name), "wb")) for name in PARTS}
        write_parts(shards, targets, building.work)


def _enrich_concepts(building: Building, request: Request, sources: list[Source], totals: Totals) -> None:
    """Put what authorities say of concepts to the concepts of the papers."""
    if sources:
        enrich(ReferenceData(sources, request.options.base, request.all_concepts), building.work, totals.drain)


def _merge_mappings(building: Building, request: Request, inputs: Inputs, totals: Totals) -> None:
    """Put the mappings of files to the candidates that the papers suggest."""
    candidates = building.part_file("mappings").rename(building.work / "candidates.nt")
    concepts = building.part_file("concepts")
    place = Destination(request.iris, building.work, None if request.all_concepts else concepts, (concepts, building.part_file("aliases")))
    write_part(inputs.mapping_files(), candidates, building.part_file("mappings"), place, totals.drain)


def _noted(shards: Iterator[Shard], examples: list[str]) -> Iterator[Shard]:
    """The shards, and the first paper's IRI put down as an example."""
    for shard in shards:
        if not examples and shard.example is not None:
            examples.append(shard.example)
        yield shard
