"""The layout of a paper page: its head, its sections under `## `, and the `Source:` line that closes it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from rdfgen.identifiers import plain
from rdfgen.report import Report

_HEADING = re.compile(r" {0,3}##(?!#)(.*)$")
_RULE = re.compile(r"-{3,}|\*{3,}|_{3,}")
_SOURCE = re.compile(r"[*_]{0,2}source\s?[*_]{0,2}:[*_]{0,2}(.*)$", re.IGNORECASE)
_PARAGRAPH_END = re.compile(r"\n(?:[^\S\n]*\n)+")
_SECTION_KEYS = {
    "tldr": "summary",
    "contribution": "contribution",
    "contributions": "contribution",
    "keyfinding": "key_findings",
    "keyfindings": "key_findings",
    "abstract": "abstract",
    "linkedentities": "linked",
    "fulltextentities": "entities",
    "fulltext": "full_text",
    "figures": "figures",
    "references": "references",
}


@dataclass(slots=True)
class Section:
    """One section: its key, the number of its first line, its lines; `is_cut` if the page ends within its last line."""

    key: str
    first: int
    lines: list[str] = field(default_factory=list)
    is_cut: bool = False

    def numbered(self) -> Iterator[tuple[int, str]]:
        """The lines with their numbers on the page."""
        return enumerate(self.lines, self.first)

    def paragraphs(self) -> tuple[str, ...]:
        """The blocks of text between blank lines."""
        return tuple(block.strip() for block in _PARAGRAPH_END.split("\n".join(self.lines)) if block.strip())

    def text(self) -> str | None:
        """All paragraphs, or None where there are none."""
        return "\n\n".join(self.paragraphs()) or None


@dataclass(slots=True)
class Layout:
    """The parts of a page. `source` is what stands behind `Source:`, None where nothing closes the page.

    `ends_in_line` says that no line end follows the last line, so that it may be cut.
    """

    head: Section
    sections: dict[str, Section]
    source: str | None
    source_line: int
    ends_in_line: bool

    def section(self, key: str) -> Section:
        """The section, empty where the page has none."""
        return self.sections.get(key) or Section(key, 0)


def is_rule(line: str) -> bool:
    """Whether the line is a horizontal rule."""
    return _RULE.fullmatch(line.strip()) is not None


def layout(found: list[str], report: Report) -> Layout:
    """The layout of a page with these lines; what no section of ours takes is reported."""
    ends_in_line = bool(found[-1].strip())
    body, source, source_line = _without_source(found, report)
    starts = [number for number, line in enumerate(body) if _HEADING.match(line)]
    first = starts[0] if starts else len(body)
    page = Layout(Section("head", 1, body[:first]), {}, source, source_line, ends_in_line)
    last = page.head
    for start, end in zip(starts, [*starts[1:], len(body)], strict=False):
        last = _add_section(page.sections, body[start:end], start + 1, report)
    last.is_cut = source is None and ends_in_line and len(body) == len(found)
    return page


def _section_key(heading: str) -> str | None:
    return _SECTION_KEYS.get(re.sub(r"[\W_]+", "", plain(heading).casefold()))


def _add_section(sections: dict[str, Section], lines: list[str], number: int, report: Report) -> Section:
    """The section whose heading is the first of the lines and has that number."""
    heading = (_HEADING.fullmatch(lines[0]) or [""])[1].strip()
    key = _section_key(heading)
    if key is None:
        report.skip(number, "a section that no field of ours takes", heading)
        section = Section("", number + 1, lines[1:])
        for line_number, line in section.numbered():
            if line.strip() and not is_rule(line):
                report.skip(line_number, "text of a section that no field of ours takes", line)
        return section
    if key in sections:
        report.suspect(number, "a section that stands twice; both are taken", heading)
        known = sections[key]
        known.lines += [""] * (number + 1 - known.first - len(known.lines)) + lines[1:]
        return known
    sections[key] = Section(key, number + 1, lines[1:])
    return sections[key]


def _without_source(found: list[str], report: Report) -> tuple[list[str], str | None, int]:
    """The lines above the closing rule, what stands behind `Source:` there, and the number of that line."""
    number, above = _closing(found), 0
    if number is None:
        return _without_cut_source(found, report), None, 0
    for rest, line in enumerate(found[number + 1 :], number + 2):
        if line.strip():
            report.skip(rest, "text below the closing 'Source:' line", line)
    above = _last_text(found, number)
    if above < 0 or not is_rule(found[above]):
        report.suspect(number + 1, "no '---' above the closing 'Source:' line", found[number])
        above = number
    match = _SOURCE.match(found[number].strip())
    return found[:above], match[1].strip() if match else "", number + 1


def _closing(found: list[str]) -> int | None:
    """The index of the `Source:` line that closes the page: the last below a rule, or the page's last line."""
    last = _last_text(found, len(found))
    for number in range(last, -1, -1):
        heading = _HEADING.match(found[number])
        if heading and _section_key(heading[1]):
            return None
        if _SOURCE.match(found[number].strip()):
            above = _last_text(found, number)
            if (above >= 0 and is_rule(found[above])) or (number == last and "://" in found[number]):
                return number
    return None


def _last_text(found: list[str], end: int) -> int:
    """The index of the last line before `end` that is not blank, or -1."""
    return next((number for number in range(end - 1, -1, -1) if found[number].strip()), -1)


def _without_cut_source(found: list[str], report: Report) -> list[str]:
    """The lines without a beginning of the closing lines, or of a heading, that the page's end has cut."""
    last = _last_text(found, len(found))
    text = found[last].strip() if last >= 0 else ""
    report.suspect(last + 1, "no closing 'Source:' line below '---': the page may be cut, perhaps within this line", text)
    above = _last_text(found, last)
    if above >= 0 and is_rule(found[above]) and "source:".startswith(text.casefold()):
        return found[:above]
    is_start = (last == len(found) - 1 and text.strip("#") == "") or text.strip("-") == ""
    return found[:last] if last >= 0 and is_start else found
