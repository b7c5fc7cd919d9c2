"""Mapping files to the part of a release: sorted distinct N-Triples, in flat memory however many mappings there are."""

import heapq
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, closing
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from rdfgen.iris import Iris, concept_iri
from rdfgen.mapping_model import Mapping
from rdfgen.mapping_triples import denied_triples, match_triple, record_triples, set_triples
from rdfgen.mappings.lookup import SortedLines
from rdfgen.mappings.reader import read
from rdfgen.ntriples import iri, lines
from rdfgen.report import Report
from rdfgen.sources import in_utf8, opened, salvaged

_RUN = 100_000
# A line that ends like this sorts before the triple that it denies.
_DENIED, _STATED = b" !\n", b" .\n"


@dataclass(frozen=True, slots=True)
class MappingFile:
    """An SSSOM file as the user named it, its checksum, and the file of its metadata where that is another."""

    path: str
    sha256: str
    header: str | None = None


@dataclass(frozen=True, slots=True)
class Destination:
    """Where mappings go: `concepts` and `known` are sorted files of N-Triples, of the concepts of the release (None takes
    mappings of all concepts) and of matches that are stated already; `work` is a folder for the work.
    """

    iris: Iris
    work: Path
    concepts: Path | None
    known: tuple[Path, ...] = ()


def write_part(files: Iterable[MappingFile], candidates: Path, target: Path, place: Destination, add: Callable[[Report], None]) -> None:
    """Write the mappings of all files and the lines of the file of candidates to the target.

    A match that any set denies is not stated. `add` takes what there is to report, now and then.
    """
    runs = [candidates]
    for mapping_file in files:
        report = Report(mapping_file.path, drain=add)
        found = _file_lines(mapping_file, report, place)
        while run := sorted(set(islice(found, _RUN))):
            runs.append(place.work / f"mappings-{len(runs)}.run")
            runs[-1].write_bytes("".join(run).encode())
        add(report)
    report = Report("mappings", drain=add)
    with open(target, "wb") as file:
        file.writelines(_undenied(_merged(runs), place.known, report))
    add(report)


def _file_lines(mapping_file: MappingFile, report: Report, place: Destination) -> Iterator[str]:
    """What one file says, with lines for what it denies."""
    left_out, sources = 0, set()
    with ExitStack() as stack:
        concepts = None if place.concepts is None else stack.enter_context(closing(SortedLines(place.concepts)))
        for mapping in _mappings(mapping_file, report):
            if concepts is not None and not _is_used(mapping, concepts):
                left_out += 1
                continue
            if mapping.source is not None and mapping.source not in sources:
                sources.add(mapping.source)
                yield from lines(set_triples(mapping.source, place.iris))
            yield from _mapping_lines(mapping, place.iris)
    if left_out:
        report.exclude(0, f"{left_out} mappings between concepts that the release does not hold")


def _mappings(mapping_file: MappingFile, report: Report) -> Iterator[Mapping]:
    external = None
    if mapping_file.header is not None:
        with opened(mapping_file.header) as stream:
            external = salvaged(stream, lambda error: report.skip(0, f"its header cannot be read further: {error}")).read(1 << 20)
    with opened(mapping_file.path) as stream:
        readable = in_utf8(salvaged(stream, lambda error: report.skip(0, f"cannot be read further; what came before is kept: {error}")))
        yield from read(readable, report, mapping_file.sha256, None if external is None else external.decode("utf-8", "replace"))


def _is_used(mapping: Mapping, concepts: SortedLines) -> bool:
    return any(concepts.holds(f"{iri(concept_iri(side))} ".encode()) for side in (mapping.subject, mapping.object))


def _mapping_lines(mapping: Mapping, iris: Iris) -> Iterator[str]:
    yield from lines(record_triples(mapping, iris))
    match = match_triple(mapping)
    if mapping.is_negative:
        yield from (f"{' '.join(triple)}{_DENIED.decode()}" for triple in denied_triples(mapping))
    elif match is not None and mapping.subject != mapping.object:
        yield from lines([match])


def _merged(runs: list[Path]) -> Iterator[bytes]:
    """The lines of sorted files in order, each once."""
    with ExitStack() as stack:
        last = b""
        for line in heapq.merge(*(stack.enter_context(open(path, "rb")) for path in runs)):
            if line != last:
                yield line
                last = line


def _undenied(merged: Iterable[bytes], known: tuple[Path, ...], report: Report) -> Iterator[bytes]:
    """The triples that are neither denied nor known."""
    denied = b""
    with ExitStack() as stack:
        parts = [stack.enter_context(closing(SortedLines(path))) for path in known]
        for line in merged:
            if line.endswith(_DENIED):
                denied = line.removesuffix(_DENIED) + _STATED
            elif line == denied:
                report.suspect(
                    0, "one set of mappings states what another one denies; both records are kept, the match is not", line.decode()
                )
            elif not any(part.holds(line) for part in parts):
                yield line
