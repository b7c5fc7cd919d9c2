"""Records to shards: the records of each paper, whatever chunks they are in, become one paper's triples."""

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from functools import partial
from itertools import accumulate, islice
from pathlib import Path
from typing import BinaryIO

from rdfgen.cache import Work, made
from rdfgen.formats import compressed
from rdfgen.iris import Iris
from rdfgen.linking import components
from rdfgen.merging import Record, merged_papers
from rdfgen.model import Paper
from rdfgen.ntriples import lines
from rdfgen.reading import Chunk
from rdfgen.records import opened_records, read_links, record_count
from rdfgen.report import Entry, Kind, Report
from rdfgen.triples import PARTS

_SHARD_BYTES = 1 << 20
_SHARD_PAPERS = 20_000
_LINES = 10_000

# The numbers of chunk and record of each of a paper's records.
Group = tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class Options:
    """What is made of papers: IRIs below `base`, and whether retracted papers are left out."""

    base: str
    without_retracted: bool = False


@dataclass(frozen=True, slots=True)
class ShardTask:
    """The records of some papers; `chunks` has the folder and the inputs' paths of each chunk that they are in."""

    groups: tuple[Group, ...]
    chunks: Mapping[int, tuple[str, tuple[str, ...]]]
    folder: str
    options: Options


@dataclass(slots=True)
class Shard:
    """What became of some records: triples in a folder, the first paper's IRI, counts, and the report's entries."""

    folder: str
    records: int = 0
    example: str | None = None
    counts: Counter[str] = field(default_factory=Counter)
    entries: list[Entry] = field(default_factory=list)

    def path(self, part: str) -> Path:
        """The shard's N-Triples file of one part; shared parts are sorted and hold no line twice."""
        return Path(self.folder) / f"{part}.nt.zst"


def shard_tasks(planned: list[Chunk], options: Options, work: Work) -> Iterator[ShardTask]:
    """The papers in groups that make one shard each, in the order of the first record of each paper."""
    starts = [0, *accumulate(record_count(chunk.folder) for chunk in planned)]
    links = ((starts[number] + record, key) for number, chunk in enumerate(planned) for record, key in read_links(Path(chunk.folder)))
    plan = _Plan(planned, options, work)
    chunk = 0
    for members in components(starts[-1], links, work.folder):
        if members[0] >= starts[chunk + 1]:
            yield from plan.task()
        group = tuple(_places(members, starts, chunk))
        chunk = group[0][0]
        plan.add(group, sum(opened_records(planned[number].folder).size(record) for number, record in group))
        if plan.is_full():
            yield from plan.task()
    yield from plan.task()


def _places(members: list[int], starts: list[int], chunk: int) -> Iterator[tuple[int, int]]:
    """The numbers of chunk and record that sorted numbers of records stand for, none before that chunk."""
    for number in members:
        while number >= starts[chunk + 1]:
            chunk += 1
        yield chunk, number - starts[chunk]


class _Plan:
    """Groups of records until they are enough for a shard."""

    def __init__(self, planned: list[Chunk], options: Options, work: Work) -> None:
        self._planned, self._options, self._work = planned, options, work
        self._groups: list[Group] = []
        self._bytes = 0
        self._number = 0

    def add(self, group: Group, size: int) -> None:
        """Take the records of one paper."""
        self._groups.append(group)
        self._bytes += size

    def is_full(self) -> bool:
        """Whether these are enough."""
        return self._bytes >= _SHARD_BYTES or len(self._groups) >= _SHARD_PAPERS

    def task(self) -> Iterator[ShardTask]:
        """The task for the groups so far, if there are any; then it begins anew."""
        if not self._groups:
            return
        used = {number: self._planned[number] for number in sorted({number for group in self._groups for number, _ in group})}
        folder = self._work.place("shards", self._number, self._content(used))
        yield ShardTask(tuple(self._groups), {number: (chunk.folder, chunk.paths) for number, chunk in used.items()}, folder, self._options)
        self._groups, self._bytes, self._number = [], 0, self._number + 1

    def _content(self, used: Mapping[int, Chunk]) -> Iterator[str]:
        """What the shard depends on. Paths are in it because the report of what was merged names them."""
        place = {number: str(local) for local, number in enumerate(used)}
        yield repr(self._options)
        for chunk in used.values():
            yield chunk.folder
            yield from chunk.paths
        for group in self._groups:
            yield " ".join(f"{place[number]}.{record}" for number, record in group)


def write_shard(task: ShardTask) -> Shard:
    """Make the triples of one shard, or find them made."""
    made(Path(task.folder), partial(_write_into, task))
    summary = json.loads((Path(task.folder) / "summary.json").read_text(encoding="utf-8"))
    entries = [Entry(path, line, Kind(kind), reason, text) for path, line, kind, reason, text in summary["entries"]]
    return Shard(task.folder, sum(map(len, task.groups)), summary["example"], Counter(summary["counts"]), entries)


def _write_into(task: ShardTask, folder: Path) -> None:
    iris, shard = Iris(task.options.base), Shard(str(folder))
    shared: dict[str, set[str]] = {name: set() for name, part in PARTS.items() if part.is_shared}
    with ExitStack() as stack:
        files = {name: stack.enter_context(_part_file(shard, name)) for name in PARTS if name not in shared}
        for paper in _papers(task, shard):
            shard.example = shard.example or iris.paper(paper)
            shard.counts.update(papers=1, annotations=len(paper.annotations), relations=len(paper.relations))
            _write_paper(paper, iris, files, shared)
    for name, collected in shared.items():
        with _part_file(shard, name) as file:
            file.write("".join(sorted(collected)).encode())
    summary = {"example": shard.example, "counts": shard.counts, "entries": shard.entries}
    (folder / "summary.json").write_text(json.dumps(summary), encoding="utf-8")


@contextmanager
def _part_file(shard: Shard, name: str) -> Iterator[BinaryIO]:
    path = shard.path(name)
    with open(path, "wb") as file, compressed(file, path.name, level=1) as stream:
        yield stream


def _papers(task: ShardTask, shard: Shard) -> Iterator[Paper]:
    """The papers of the task, merged; what is doubtful or left out goes to the shard's entries."""
    reports: dict[str, Report] = {}

    def report(path: str) -> Report:
        return reports.setdefault(path, Report(path))

    for group in task.groups:
        records = [_record(task, *place) for place in group]
        for paper in merged_papers(records, report):
            if task.options.without_retracted and _is_retracted(paper):
                iri = Iris(task.options.base).paper(paper)
                report(records[0].path).exclude(0, "a retracted paper (--without-retracted)", iri)
            else:
                yield paper
    shard.entries += [entry for report in reports.values() for entry in report.entries]


def _record(task: ShardTask, chunk: int, number: int) -> Record:
    folder, paths = task.chunks[chunk]
    records = opened_records(folder)
    return Record(records.paper(number), paths[records.source(number)])


def _is_retracted(paper: Paper) -> bool:
    return paper.is_retracted or any(link.kind == "retracted_by" for link in paper.links)


def _write_paper(paper: Paper, iris: Iris, files: Mapping[str, BinaryIO], shared: Mapping[str, set[str]]) -> None:
    for name, part in PARTS.items():
        found = lines(part.triples(paper, iris))
        if name in shared:
            shared[name].update(found)
        elif part.is_distinct:
            while block := "".join(islice(found, _LINES)):
                files[name].write(block.encode())
        else:
            files[name].write("".join(dict.fromkeys(found)).encode())
