"""Reader of Markdown paper pages: a head, sections under `## `, and a closing `Source:` line."""

import hashlib
import re
from collections.abc import Iterator
from typing import BinaryIO

from rdfgen.iris import web_iri
from rdfgen.model import Annotation, Evidence, Journal, Paper, Source
from rdfgen.readers.page import entities as page_entities
from rdfgen.readers.page.addresses import addresses, identifiers_in, part_addresses, source_address
from rdfgen.readers.page.head import Head, add_identifier, read_head
from rdfgen.readers.page.sections import Layout, Section, is_rule, layout
from rdfgen.readers.text import decoded, lines
from rdfgen.report import Kind, Report

MAX_PAGE_BYTES = 16 << 20
# So many lines that no page has, and nothing that pages have, are another kind of document.
_UNREAD_LINES = 3

_PAGE_START = re.compile(r"#{1,2}\s|[*_]{0,2}authors?\s?[*_]{0,2}:", re.IGNORECASE)
_AUTHORS_LINE = re.compile(r"^\*\*\s?authors?\b", re.IGNORECASE | re.MULTILINE)
_BULLET = re.compile(r"\s*(?:[-*+•–]|\d{1,3}[.)])(?:\s+|$)")
_COUNTS = {
    key: re.compile(rf"\s*(\d{{1,3}}(?:,\d{{3}})+|\d{{1,9}})\s{{1,9}}{word}s?\b", re.IGNORECASE)
    for key, word in (("figures", "figure"), ("references", "reference"))
}


def recognises(head: bytes) -> bool:
    """Whether the first bytes are those of a paper page: a heading or the line of authors."""
    text = decoded(head).lstrip()
    return _PAGE_START.match(text) is not None or _AUTHORS_LINE.search(text) is not None


def read(stream: BinaryIO, report: Report) -> Iterator[Paper]:
    """The one paper of a page, whatever is missing; nothing only if the text is no page, or larger than MAX_PAGE_BYTES.

    >>> import io
    >>> [paper.title for paper in read(io.BytesIO(b"# Zinc and mood"), Report("page.txt"))]
    ['Zinc and mood']
    """
    data = stream.read(MAX_PAGE_BYTES + 1)
    if len(data) > MAX_PAGE_BYTES:
        report.skip(0, f"a paper page of more than {MAX_PAGE_BYTES} bytes; split it into one file a paper")
        return
    doubts = Report(report.path)
    paper = _paper(layout(lines(data, doubts), doubts), hashlib.sha256(data).hexdigest(), doubts)
    if paper is None:
        title = decoded(data).strip().partition("\n")[0]
        report.skip(1, "text that is no paper page: it has no authors, identifiers, sections that papers have, or source", title)
        return
    report.entries += doubts.entries
    yield paper


def _paper(page: Layout, sha256: str, report: Report) -> Paper | None:
    """The paper; None for text that starts with a heading like a page but goes on as no page does."""
    head = read_head(page.head, report)
    source = Source(sha256, source_address(page, report))
    _add_identifiers_of_addresses(page, head, source.url, report)
    _report_unread_text(page, report)
    if not (head.identifiers or head.authors or source.url or page.sections):
        if sum(entry.kind is Kind.SKIPPED for entry in report.entries) >= _UNREAD_LINES:
            return None
        report.suspect(1, "no authors, identifiers, sections or source: is this a paper?", head.title or "")
    return Paper(
        sources=(source,),
        identifiers=tuple(head.identifiers),
        title=head.title,
        authors=tuple(head.authors),
        publication_type=head.publication_type,
        journal=Journal(head.journal) if head.journal is not None else None,
        issued=head.issued,
        abstract=page.section("abstract").paragraphs(),
        summary=page.section("summary").text(),
        contribution=page.section("contribution").text(),
        key_findings=tuple(_findings(page.section("key_findings"), report)),
        annotations=tuple(_annotations(page, report)),
        figure_count=_count(page.section("figures"), report),
        reference_count=_count(page.section("references"), report),
        statements_url=source.url,
        full_text_url=next(filter(None, map(web_iri, part_addresses(page))), None),
    )


def _findings(section: Section, report: Report) -> Iterator[str]:
    """One finding a bullet, with the lines that continue it, or a paragraph outside the bullets."""
    finding: list[str] = []
    after_blank = False
    for number, line in section.numbered():
        bullet = _BULLET.match(line)
        if bullet or (after_blank and line[:1].strip()):
            yield from filter(None, [" ".join(finding)])
            finding = []
        text = (line[bullet.end() :] if bullet else line).strip()
        if bullet and not text:
            report.skip(number, "an empty key finding", line)
        if text and not is_rule(text):
            finding.append(text)
        after_blank = not line.strip()
    yield from filter(None, [" ".join(finding)])


def _annotations(page: Layout, report: Report) -> Iterator[Annotation]:
    for key, evidence in (("linked", Evidence.LINKED), ("entities", Evidence.FULL_TEXT)):
        yield from page_entities.annotations(page.section(key), evidence, report)


def _count(section: Section, report: Report) -> int | None:
    """The count that the section states; a section without one says nothing, which is not zero."""
    matches = [match for line in section.lines if (match := _COUNTS[section.key].match(line))]
    if matches:
        return int(matches[0][1].replace(",", ""))
    text = section.text()
    if text is not None:
        report.skip(section.first, f"no count at the start of the section on {section.key}", text)
    return None


def _report_unread_text(page: Layout, report: Report) -> None:
    """Report the lines of the sections about other files that say neither an address nor a count."""
    for key in ("full_text", "figures", "references"):
        for number, line in page.section(key).numbered():
            is_read = addresses(line) or (key in _COUNTS and _COUNTS[key].match(line)) or is_rule(line)
            if line.strip() and not is_read:
                report.skip(number, "text that no field of ours takes", line)


def _add_identifiers_of_addresses(page: Layout, head: Head, source_url: str | None, report: Report) -> None:
    """Add the identifiers in the page's own address; failing that, the PMC id in the addresses of its parts."""
    for identifier in identifiers_in(source_url or ""):
        add_identifier(head.identifiers, identifier, page.source_line, report)
    for address in part_addresses(page):
        for identifier in identifiers_in(address):
            known = [other for other in head.identifiers if other.prefix == identifier.prefix]
            if identifier.prefix == "PMCID" and not known:
                head.identifiers.append(identifier)
            elif identifier.prefix == "PMCID" and identifier not in known:
                report.suspect(page.source_line, "an address of a part of the page names another PMC id", address)
