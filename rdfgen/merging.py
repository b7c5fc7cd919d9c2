"""The same paper from several sources is one paper: who is believed about what, and what is never guessed."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from operator import attrgetter
from typing import TypeVar

from rdfgen.iris import paper_key
from rdfgen.linking import Components
from rdfgen.model import Annotation, Journal, Paper, Reference, Relation
from rdfgen.report import Report
from rdfgen.triples import annotation_key, relation_key

# Formats by how far their metadata are believed: the index first, then the publisher's own text, then what others copied.
AUTHORITY = (
    "pubmed",
    "jats",
    "paper-page",
    "bioc-json",
    "bioc-xml",
    "pubtator",
    "pubtator-bulk",
    "pubtator-relations",
    "pmc-ids",
)
_RANK = {name: rank for rank, name in enumerate(AUTHORITY)}
# What the first source that says anything of it says, field by field; fields of one tuple come from one source together.
_FIRST = (
    ("title",),
    ("authors",),
    ("publication_type",),
    ("publication_types",),
    ("volume", "issue", "pages"),
    ("languages",),
    ("issued",),
    ("abstract",),
    ("keywords",),
    ("headings",),
    ("grants",),
    ("summary", "contribution", "key_findings", "statements_url"),
    ("sections",),
    ("figures",),
    ("cited", "reference_count"),
    ("figure_count",),
    ("table_count",),
    ("full_text_url",),
)
_UNIQUE = ("PMCID", "PMID")
_RIVALS_SHOWN = 3
# More annotations or relations no paper has; they would only take memory.
MAX_ITEMS = 100_000
# Formats of which a newer version of a record replaces the older.
_VERSIONED = frozenset({"pubmed"})

Item = TypeVar("Item")


@dataclass(frozen=True, slots=True)
class Record:
    """A paper as one source has it, and that source's path."""

    paper: Paper
    path: str


def merged_papers(records: Sequence[Record], reports: Callable[[str], Report]) -> Iterator[Paper]:
    """The papers that connected records stand for: mostly one; more where the identifiers contradict each other.

    An identifier that would make one paper of two PMIDs or two PMCIDs joins nothing, and neither gets it. Records that
    only link are no paper. `reports` gives the report for a path.
    """
    if len(records) == 1:
        if not records[0].paper.is_link:
            yield _bounded(records[0], reports)
        return
    for group in _groups(records, reports):
        if not all(record.paper.is_link for record in group):
            yield _merged(_newest(sorted(group, key=_believed), reports), reports)


def _bounded(record: Record, reports: Callable[[str], Report]) -> Paper:
    """The paper, with no more than MAX_ITEMS annotations and relations."""
    paper = record.paper
    if max(len(paper.annotations), len(paper.relations)) <= MAX_ITEMS:
        return paper
    return replace(paper, annotations=_annotations([record], reports), relations=_relations([record], reports))


def _believed(record: Record) -> tuple[int, str, str, str]:
    """The order of belief: by format, then the one that was revised last, then by content."""
    source = record.paper.sources[0]
    revised = "".join(chr(ord("9") - int(digit)) for digit in source.revised or "" if digit.isdigit())
    return _RANK.get(source.format, len(_RANK)), revised or "z", source.sha256, source.record or ""


def _newest(records: Sequence[Record], reports: Callable[[str], Report]) -> list[Record]:
    """The records; of those that a newer version of the same format replaces only the links, as nobody takes them back."""
    kept: dict[str, Record] = {}
    result = []
    for record in records:
        source = record.paper.sources[0]
        if source.format not in _VERSIONED or record.paper.is_link or kept.setdefault(source.format, record) is record:
            result.append(record)
            continue
        paper = record.paper
        reason = f"an older or equal version of a record in {kept[source.format].path!r}, which replaces it"
        reports(record.path).repeat(0, reason, source.record or "")
        links = Paper(paper.sources, paper.identifiers, is_retracted=paper.is_retracted, links=paper.links, is_link=True)
        result.append(replace(record, paper=links))
    return result


def _groups(records: Sequence[Record], reports: Callable[[str], Report]) -> Iterator[list[Record]]:
    """The records in sets that do not contradict themselves."""
    if not _is_in_conflict(records):
        yield list(records)
        return
    contested = _contested(records)
    for group in _connected([_without(record, contested, reports) for record in records]):
        if _is_in_conflict(group):
            yield from _by_name(group, reports)
        else:
            yield group


def _is_in_conflict(records: Iterable[Record]) -> bool:
    """Whether the records hold more than one PMID or PMCID."""
    found = {one for record in records for one in record.paper.identifiers if one.prefix in _UNIQUE}
    return len(found) > len({one.prefix for one in found})


def _key(reference: Reference) -> str:
    return str(reference).lower()


def _contested(records: Iterable[Record]) -> dict[str, list[str]]:
    """The identifiers that come with more than one PMID or PMCID, and these."""
    beside: defaultdict[str, set[Reference]] = defaultdict(set)
    for record in records:
        unique = [one for one in record.paper.identifiers if one.prefix in _UNIQUE]
        for one in record.paper.identifiers:
            beside[_key(one)].update(unique)
    contested = {}
    for key, found in beside.items():
        rivals = [sorted(str(one) for one in found if one.prefix == prefix) for prefix in _UNIQUE]
        if any(len(names) > 1 for names in rivals):
            contested[key] = max(rivals, key=len)
    return contested


def _without(record: Record, contested: dict[str, list[str]], reports: Callable[[str], Report]) -> Record:
    """The record without the identifiers that are contested, as long as it has another."""
    kept = tuple(one for one in record.paper.identifiers if _key(one) not in contested)
    if not kept:
        name = paper_key(record.paper)
        kept = tuple(one for one in record.paper.identifiers if paper_key(replace(record.paper, identifiers=(one,))) == name)
    for one in record.paper.identifiers:
        if one not in kept:
            rivals = " and ".join(contested[_key(one)][:_RIVALS_SHOWN])
            reason = f"an identifier that sources give to different papers, {rivals}: it is given to neither"
            reports(record.path).skip(0, reason, str(one))
    return replace(record, paper=replace(record.paper, identifiers=kept or record.paper.identifiers))


def _connected(records: Sequence[Record]) -> list[list[Record]]:
    """The records in sets that have identifiers in common."""
    first: dict[str, int] = {}
    sets = Components(len(records))
    for number, record in enumerate(records):
        for key in [_key(one) for one in record.paper.identifiers] or [paper_key(record.paper)]:
            sets.join(first.setdefault(key, number), number)
    return [[records[number] for number in numbers] for numbers in sets]


def _by_name(records: Iterable[Record], reports: Callable[[str], Report]) -> list[list[Record]]:
    """The records that a chain of identifiers connects to more than one PMID or PMCID: only equal names are one paper.

    An identifier that several of them have stays with the one that is named by it.
    """
    named: dict[str, list[Record]] = {}
    owners: defaultdict[str, set[str]] = defaultdict(set)
    for record in records:
        name = paper_key(record.paper)
        named.setdefault(name, []).append(record)
        for one in record.paper.identifiers:
            owners[_key(one)].add(name)
        reason = "its identifiers lead, over other sources, to different papers; it is merged with none of another name"
        reports(record.path).suspect(0, reason, " ".join(map(str, record.paper.identifiers)))
    shared = {key: sorted(names) for key, names in owners.items() if len(names) > 1}
    return [[_without(record, shared, reports) for record in group] for group in named.values()]


def _merged(records: Sequence[Record], reports: Callable[[str], Report]) -> Paper:
    """One paper of records in the order of belief."""
    papers = [record.paper for record in records]
    fields: dict[str, object] = {}
    for names in _FIRST:
        said = next((paper for paper in papers if any(getattr(paper, name) not in (None, ()) for name in names)), papers[0])
        fields |= {name: getattr(said, name) for name in names}
    paper = replace(
        papers[0],
        sources=_distinct(paper.sources for paper in papers),
        identifiers=_identifiers(records, reports),
        journal=_journal([paper.journal for paper in papers if paper.journal is not None]),
        is_retracted=any(paper.is_retracted for paper in papers),
        annotations=_annotations(records, reports),
        relations=_relations(records, reports),
        links=_distinct(paper.links for paper in papers),
        is_link=False,
    )
    return replace(paper, **fields)  # type: ignore[arg-type]  # the values of the fields of those names


def _distinct(lists: Iterable[Iterable[Item]]) -> tuple[Item, ...]:
    return tuple(dict.fromkeys(item for items in lists for item in items))


def _identifiers(records: Sequence[Record], reports: Callable[[str], Report]) -> tuple[Reference, ...]:
    """Each identifier once, DOIs without regard to case; a second DOI is kept, and reported."""
    found: dict[str, Reference] = {}
    for record in records:
        for one in record.paper.identifiers:
            rivals = [other for other in found.values() if other.prefix == one.prefix and _key(other) != _key(one)]
            if rivals and _key(one) not in found and one not in records[0].paper.identifiers:
                reports(record.path).suspect(0, f"another {one.prefix} for a paper that has {rivals[0]}; both are kept", str(one))
            found.setdefault(_key(one), one)
    return tuple(found.values())


def _journal(journals: Sequence[Journal]) -> Journal | None:
    if not journals:
        return None
    first = partial(_first_said, journals)
    return Journal(
        title=first("title"),
        abbreviation=first("abbreviation"),
        issns=_distinct(journal.issns for journal in journals),
        nlm_id=first("nlm_id"),
    )


def _first_said(journals: Sequence[Journal], name: str) -> str | None:
    return next(filter(None, map(attrgetter(name), journals)), None)


def _annotations(records: Sequence[Record], reports: Callable[[str], Report]) -> tuple[Annotation, ...]:
    """All annotations, those of every tool; the same one of two sources is kept once, as the first has it."""
    items = ((record, annotation_key(one), one, one.text) for record in records for one in record.paper.annotations)
    return tuple(_once(items, "annotation", reports))


def _relations(records: Sequence[Record], reports: Callable[[str], Report]) -> tuple[Relation, ...]:
    items = ((record, relation_key(one), one, one.relation_type or "") for record in records for one in record.paper.relations)
    return tuple(_once(items, "relation", reports))


def _once(items: Iterable[tuple[Record, str, Item, str]], what: str, reports: Callable[[str], Report]) -> Iterator[Item]:
    """Each item once by its key, MAX_ITEMS at most; `items` are record, key, item and what the report shows of it."""
    first: dict[str, Record] = {}
    for record, key, item, text in items:
        name = record.paper.sources[0].record or paper_key(record.paper)
        if key in first:
            reports(record.path).repeat(0, f"{name}: the same {what} as in {first[key].path!r}; one stands for both", text)
        elif len(first) >= MAX_ITEMS:
            reports(record.path).skip(0, f"{name}: more than {MAX_ITEMS} of one paper; this {what} is left out", text)
        else:
            first[key] = record
            yield item
