"""What the elements of a parsed XML record say as text, and at which line of the file they say it."""

import re
from collections.abc import Hashable, Iterable
from dataclasses import dataclass
from typing import TypeVar

from lxml.etree import _Element

from rdfgen.report import Report

_Value = TypeVar("_Value", bound=Hashable)

_SPACES = re.compile(r"[ \t\r\n]{2,}|[\t\r\n]")
# Elements that start on a line of their own, so that their text is a word apart from what stands before and after.
_BLOCKS = frozenset(
    {"p", "title", "label", "sec", "list", "list-item", "def-list", "def-item", "disp-quote", "disp-formula", "break", "tr", "td", "th"}
)
# Parts of an address that need no space or comma between them in XML.
_APART = frozenset({"institution", "institution-wrap", "addr-line", "city", "state", "postal-code", "country"})
# MathML repeats its formula in these, as does JATS in `tex-math`.
NOT_TEXT = frozenset({"annotation", "annotation-xml", "tex-math"})


@dataclass(frozen=True, slots=True)
class Notes:
    """The report on one record, which starts at `first_line` of the file and is named in each line."""

    report: Report
    first_line: int
    record: str

    def skip(self, element: _Element, reason: str, text: str = "") -> None:
        """Note what did not make it."""
        self.report.skip(self._line(element), f"{self.record}: {reason}", text)

    def unresolve(self, element: _Element, reason: str, text: str = "") -> None:
        """Note what has no concept."""
        self.report.unresolve(self._line(element), f"{self.record}: {reason}", text)

    def suspect(self, element: _Element, reason: str, text: str = "") -> None:
        """Note what was kept, or left out for good reason, but is likely wrong or missed."""
        self.report.suspect(self._line(element), f"{self.record}: {reason}", text)

    def repeat(self, element: _Element, reason: str, text: str = "") -> None:
        """Note what says nothing new."""
        self.report.repeat(self._line(element), f"{self.record}: {reason}", text)

    def _line(self, element: _Element) -> int:
        line = element.sourceline
        return self.first_line + (line - 1 if isinstance(line, int) else 0)


def collapsed(text: str) -> str:
    r"""The text with each run of XML white space as one space; other spaces, such as no-break ones, are the author's.

    >>> collapsed(" 5\u00a0mg\n\t of it ")
    '5\xa0mg of it'
    """
    # Most texts have none of these, and looking for them is ten times faster than a regular expression.
    if "  " in text or "\n" in text or "\t" in text or "\r" in text:
        text = _SPACES.sub(" ", text)
    return text.strip(" ")


def text_of(element: _Element | None, left_out: frozenset[str] = NOT_TEXT) -> str | None:
    """All text in the element without its markup, collapsed; None where there is none. `left_out` are local names.

    >>> from lxml.etree import fromstring
    >>> text_of(fromstring("<t>H<sub>2</sub>O, <p>one</p><p>two</p></t>"))
    'H2O, one two'
    """
    if element is None:
        return None
    if not len(element):
        return collapsed(element.text or "") or None
    pieces: list[str] = []
    _collect(element, left_out, pieces)
    return collapsed("".join(pieces)) or None


def _collect(element: _Element, left_out: frozenset[str], pieces: list[str]) -> None:
    """Add the texts in the element; no deeper than the parser allows, which is 256."""
    before = element.text or ""
    pieces.append(before)
    for child in element:
        name = local_name(child)
        is_block = name in _BLOCKS
        if name not in left_out:
            pieces.append(" " if is_block or (name in _APART and not before) else "")
            _collect(child, left_out, pieces)
            pieces.append(" " if is_block else "")
        before = child.tail or ""
        pieces.append(before)


def texts_of(elements: Iterable[_Element], left_out: frozenset[str] = NOT_TEXT) -> tuple[str, ...]:
    """The texts of those elements that have one, each once."""
    return tuple(dict.fromkeys(text for element in elements if (text := text_of(element, left_out)) is not None))


def distinct(values: Iterable[tuple[_Element, _Value | None]], what: str, notes: Notes) -> tuple[_Value, ...]:
    """The values, each once, with a note on each that says nothing new; None is no value."""
    found: dict[_Value, None] = {}
    for element, value in values:
        if value is not None and value in found:
            notes.repeat(element, f"the same {what} twice; one stands for both", text_of(element) or "")
        elif value is not None:
            found[value] = None
    return tuple(found)


def child_text(element: _Element | None, path: str) -> str | None:
    """The text of the first element at that path below, or None."""
    return text_of(element.find(path)) if element is not None else None


def local_name(element: _Element) -> str:
    """The element's name without its namespace."""
    return element.tag.rpartition("}")[2]


def without_namespace(root: _Element) -> _Element:
    """The element, after it and all in it of the same namespace were taken out of that namespace.

    >>> from lxml.etree import fromstring
    >>> [child.tag for child in without_namespace(fromstring('<article xmlns="urn:jats"><front/></article>'))]
    ['front']
    """
    namespace = root.tag.rpartition("}")[0]
    if namespace:
        for element in list(root.iter(f"{namespace}}}*")):
            element.tag = local_name(element)
    return root
