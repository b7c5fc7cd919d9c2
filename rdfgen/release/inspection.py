"""One look at every triple of a release on its way: its faults go to the report, its numbers into the quality report."""

from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import chain, islice
from pathlib import Path

from rdfgen.errors import LitlodError
from rdfgen.release.building import Building
from rdfgen.release.dumps import TRIPLE_DUMPS
from rdfgen.release.names import CONCEPTS, PAPERS, concept_names, paper_names, write_names
from rdfgen.release.quality import QUALITY, Counting, Quality
from rdfgen.release.validation import TYPE, Checks, Row, things
from rdfgen.report import SHOWN, Entry, Kind, Totals, continued_report
from rdfgen.report_page import write_page
from rdfgen.sources import opened

REPORT = "report.jsonl"
REPORT_PAGE = "report.html"

_TEXT_LIMIT = 200
# What --include adds is whoever's it is, and as it is.
_NOT_OURS = frozenset({"included"})


def inspect(building: Building, totals: Totals) -> None:
    """Check and count every part; faults go to the report and the totals, the numbers to the quality report."""
    with continued_report(building.folder / REPORT) as file:
        totals.file = file
        quality = inspected(building, totals)
    totals.file = None
    quality.write(building.folder / QUALITY)
    write_page(totals, building.folder / REPORT_PAGE, REPORT, quality.measures())


def inspected(building: Building, totals: Totals) -> Quality:
    """The numbers of all parts; faults are added to the totals, with their places in the dumps."""
    counting, checks = Counting(building.iris.base), Checks(building.iris.base)
    parts = sorted((name for name in building.lines if name not in _NOT_OURS), key=lambda name: name != "mappings")
    faults: Counter[str] = Counter()
    totals.add({}, chain.from_iterable(_entries(name, building.lines[name], checks, counting, faults) for name in parts))
    return counting.result(totals, faults)


def _entries(part: str, path: Path, checks: Checks, counting: Counting, faults: Counter[str]) -> Iterator[Entry]:
    with open(path, "rb") as lines:
        for subject, rows, entries in _looked_at(part, lines, checks):
            counting.add(part, subject, rows)
            for entry in entries:
                faults[entry.reason] += 1
                yield entry


def _looked_at(part: str, lines: Iterable[bytes], checks: Checks) -> Iterator[tuple[bytes, list[Row], Iterator[Entry]]]:
    """Each thing of a part, and what is wrong with it."""
    dump = _dump(part)
    for first, subject, rows in things(lines):
        rows.sort(key=_is_no_type)  # As the dumps have them.
        faults = checks.faults(part, first, subject, rows)
        yield subject, rows, (Entry(dump, line, Kind.INVALID, reason, text[:_TEXT_LIMIT]) for line, reason, text in faults)


def _is_no_type(row: Row) -> bool:
    return row[0] != TYPE


def _dump(part: str) -> str:
    return f"dumps/{part}.{TRIPLE_DUMPS[0]}"


def faults_of(folder: Path, base: str, parts: Iterable[str]) -> Iterator[Entry]:
    """The faults of a release that is there already, whose dumps are of these parts."""
    checks = Checks(base)
    for part in sorted(set(parts) - _NOT_OURS):
        with opened(folder / _dump(part)) as lines:
            yield from (entry for _, _, entries in _looked_at(part, lines, checks) for entry in entries)


def write_lists(building: Building) -> None:
    """Write the names of all papers and concepts."""
    with open(building.lines["papers"], "rb") as lines:
        write_names(building.folder, PAPERS, paper_names(lines, building.iris.base), building.work)
    with open(building.lines["concepts"], "rb") as lines:
        write_names(building.folder, CONCEPTS, concept_names(lines), building.work)


def insist_valid(totals: Totals) -> None:
    """Raise LitlodError, the first faults said, if the checks found any."""
    number = totals.kinds[Kind.INVALID]
    if number:
        entries = (entry for group in totals.groups.values() if group.kind is Kind.INVALID for entry in group.examples)
        raise LitlodError(refusal(number, map(str, entries)))


def refusal(number: int, problems: Iterator[str]) -> str:
    """The words for a release that is not published, with the first problems."""
    shown = "\n".join(islice(problems, SHOWN))
    return f"{number} things in the release are not valid (--require-valid); the current release stays as it is:\n{shown}"
