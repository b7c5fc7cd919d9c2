"""The head of a paper page: title, authors, and the line of source, identifiers, journal and date."""

import re
from dataclasses import dataclass, field

from rdfgen.dates import looks_like_date, partial_date
from rdfgen.identifiers import doi_reference, plain, reference, split_prefix
from rdfgen.model import Author, Reference
from rdfgen.readers.page.authors import authors
from rdfgen.readers.page.sections import Section, is_rule
from rdfgen.report import Report

_TITLE = re.compile(r"#(?!#)(.*)$")
_AUTHORS = re.compile(r"(?:\*\*\s?authors?\s?:?\s?\*\*\s?:?|[*_]?authors?\s?:[*_]?)(.*)$", re.IGNORECASE)
_LABEL = re.compile(r"[*_]{0,2}(journal|published|publication date|date|source)\s?:[*_]{0,2}", re.IGNORECASE)
_DOT_ALONE = re.compile(r"(?<!\S)[·•∙⋅|](?!\S)")
_DOT = re.compile(r"[·•∙⋅]")
_FULL_DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_DOI_LABEL = re.compile(r"dois?(?::|\s|$)", re.IGNORECASE)
_BETWEEN_DOIS = re.compile(r"\s|[,;](?=(?:doi:)?(?:https?://(?:dx\.|www\.)?doi\.org/)?10\.\d{4,9}/)", re.IGNORECASE)
_BESIDE_DOIS = frozenset({"", "and", "&", "doi", "doi:", "dois", "dois:"})
_PREPRINT_SERVERS = frozenset(
    {"arxiv", "biorxiv", "chemrxiv", "medrxiv", "osf preprints", "preprint", "preprints.org", "psyarxiv", "research square", "ssrn"}
)
_SOURCE_NAMES = frozenset({"pmc", "pubmed", "pubmed central", "europe pmc", "europepmc", "crossref", "openalex"}) | _PREPRINT_SERVERS
_PAPER_PREFIXES = frozenset({"PMID", "PMCID", "arXiv"})
_NO_VALUE = frozenset({"n.d.", "n/a", "none", "unknown"})
_BARE_IDENTIFIERS = {"arxiv": "arXiv", "pubmed": "PMID"}


@dataclass(slots=True)
class Head:
    """What the lines above the first section say; filled in line by line."""

    title: str | None = None
    authors: list[Author] = field(default_factory=list)
    identifiers: list[Reference] = field(default_factory=list)
    source_name: str | None = None
    journal: str | None = None
    issued: str | None = None
    publication_type: str | None = None


def read_head(section: Section, report: Report) -> Head:
    """What the head of a page says; a last value that the page's end may have cut is reported, not taken."""
    head = Head()
    lines = [line.strip() for line in section.lines]
    if section.is_cut:
        lines[-1] = _certain_part(lines[-1], len(lines), report)
    number = 0
    while number < len(lines):
        number = _read_line(lines, number, head, report)
    if head.title is None:
        report.suspect(1, "the page has no title")
    return head


def _certain_part(line: str, number: int, report: Report) -> str:
    """A cut line up to its last separator; a title and a whole date are taken to the end."""
    if _TITLE.match(line):
        return line
    is_meta = not _AUTHORS.match(line) and _DOT.search(line)
    end = max((match.end() for match in re.finditer(_DOT if is_meta else "[,;]", line)), default=0)
    last = line[end:].strip()
    if not last or (_FULL_DATE.fullmatch(last) and partial_date(last)):
        return line
    report.skip(number, "the page ends within this", last)
    return line[:end]


def _read_line(lines: list[str], number: int, head: Head, report: Report) -> int:
    """Take in the line with this index and the lines that continue it; the index of the line after them."""
    line = lines[number]
    title, names = _TITLE.match(line), _AUTHORS.match(line)
    if names:
        text, following = _paragraph(names[1], lines, number + 1)
        head.authors.extend(authors(text, number + 1, report))
        return following
    if title and head.title is None:
        head.title = title[1].strip() or None
    elif line and not is_rule(line):
        _read_meta(line, number + 1, head, report)
    return number + 1


def _paragraph(text: str, lines: list[str], number: int) -> tuple[str, int]:
    """A list of authors with the lines that continue it, and the index of the line after them."""
    texts = [text.strip()]
    while number < len(lines) and lines[number] and not _DOT_ALONE.search(lines[number]) and lines[number][0] not in "#*":
        is_open = not texts[-1] or texts[-1].endswith((",", ";"))
        if not is_open and ("," not in lines[number] or ":" in lines[number]):
            break
        texts.append(lines[number])
        number += 1
    return " ".join(texts), number


def _read_meta(line: str, number: int, head: Head, report: Report) -> None:
    parts = _DOT_ALONE.split(line)
    fields = [text.strip() for text in (parts if len(parts) > 1 else _DOT.split(line))]
    unnamed = [text for text in fields if text and not _read_field(text, number, head, report)]
    if len(unnamed) > 1 and head.source_name is None and head.journal is None and fields[0] == unnamed[0]:
        head.source_name = unnamed.pop(0)
        report.suspect(number, "taken for the name of the page's source", head.source_name)
    if unnamed and len(fields) > 1 and head.journal is None and _may_be_journal(unnamed[0]):
        _take_journal(unnamed.pop(0), head)
    for text in unnamed:
        report.skip(number, "not understood in the head of the page", text)


def _may_be_journal(text: str) -> bool:
    return re.search(r"[A-Za-z\u0080-\U0010ffff]", text) is not None and text.casefold() not in _NO_VALUE


def _take_journal(text: str, head: Head) -> None:
    head.journal = text
    if plain(text).casefold() in _PREPRINT_SERVERS:
        head.publication_type = "Preprint"


def _read_field(text: str, line: int, head: Head, report: Report) -> bool:
    """Take a field in by its shape, whatever its position; False if it may be the journal."""
    label = _LABEL.match(text)
    value = text[label.end() :].strip() if label else text
    key = plain(value).casefold()
    if label and label[1].casefold() == "journal" and value and head.journal is None:
        _take_journal(value, head)
        return True
    if key.rstrip(":") in _SOURCE_NAMES and head.source_name is None:
        head.source_name = key.rstrip(":")
        if head.source_name in _PREPRINT_SERVERS:
            head.publication_type = "Preprint"
        return True
    return _read_identifier(value.lstrip("*_"), line, head, report) or _read_date(value, line, head, report)


def _read_identifier(text: str, line: int, head: Head, report: Report) -> bool:
    key = plain(text).casefold()
    if _DOI_LABEL.match(key) or key.startswith("10.") or "doi.org/10." in key:
        _read_dois(text, line, head, report)
        return True
    found = reference(text, _BARE_IDENTIFIERS.get(head.source_name or ""))
    if found is not None and found.prefix in _PAPER_PREFIXES and not partial_date(key):
        add_identifier(head.identifiers, found, line, report)
        return True
    prefixed = split_prefix(plain(text))
    if prefixed is not None and prefixed[0].prefix in _PAPER_PREFIXES and ":" in plain(text):
        report.skip(line, f"not a {prefixed[0].prefix}: it does not fit {prefixed[0].pattern}", text)
        return True
    return False


def _read_dois(text: str, line: int, head: Head, report: Report) -> None:
    """Take in the DOIs of a field; anything else in it makes it unclear where a DOI ends, so none is taken then."""
    label = _DOI_LABEL.match(text)
    pieces = [piece.strip(",;*_") for piece in _BETWEEN_DOIS.split(text[label.end() :] if label else text)]
    pieces = [piece for piece in pieces if plain(piece).casefold() not in _BESIDE_DOIS]
    found = [doi_reference(piece) for piece in pieces]
    if None in found or not found:
        report.skip(line, "not a DOI: it must start with 10., digits and a slash, and hold no space", text)
        return
    for one in found:
        if one is not None:
            add_identifier(head.identifiers, one, line, report)


def _read_date(text: str, line: int, head: Head, report: Report) -> bool:
    found = partial_date(plain(text))
    if found is None and not looks_like_date(plain(text)):
        return False
    if found is None:
        report.skip(line, "not a date that can be read", text)
    elif head.issued is None or len(found) > len(head.issued) >= len("2026"):
        if head.issued is not None:
            report.skip(line, "a second date, less precise than the one that is taken", head.issued)
        head.issued = found
    else:
        report.skip(line, "a second date", text)
    return True


def add_identifier(identifiers: list[Reference], found: Reference, line: int, report: Report) -> None:
    """Add an identifier unless it is there already, DOIs in whatever case; a second of its kind is reported."""
    others = [str(known).casefold() for known in identifiers if known.prefix == found.prefix]
    if str(found).casefold() in others:
        return
    if others:
        report.suspect(line, f"a second {found.prefix} for one paper", found.identifier)
    identifiers.append(found)
