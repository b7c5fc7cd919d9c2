"""Dates in PubMed XML: in parts, or as the words that a journal prints on its issue."""

import re
from functools import lru_cache
from itertools import takewhile

from lxml.etree import _Element

from rdfgen.dates import date_of_parts, partial_date
from rdfgen.readers.xml.text import Notes, child_text, text_of

_YEAR = re.compile(r"(?<!\d)[12]\d{3}(?!\d)", re.ASCII)
_MONTH = re.compile(r"\b(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*", re.IGNORECASE)


def date_of(element: _Element | None, notes: Notes) -> str | None:
    """The date in an element such as PubDate, in ISO 8601 with its own precision; one that cannot be is reported."""
    if element is None:
        return None
    parts = tuple(takewhile(bool, (child_text(element, name) or "" for name in ("Year", "Month", "Day"))))
    words = child_text(element, "MedlineDate")
    found = _remembered(parts) if element.find("Year") is not None else date_of_words(words or "")
    if found is None:
        notes.skip(element, "not a possible date", " ".join(parts) or words or "")
    return found


_remembered = lru_cache(maxsize=1 << 12)(date_of_parts)


@lru_cache(maxsize=1 << 12)
def date_of_words(text: str) -> str | None:
    """What all days in a period have in common; of several years the first, in which the issue began.

    >>> date_of_words("2000 Nov 15-30"), date_of_words("2000 Jan-Feb"), date_of_words("1998 Dec-1999 Jan"), date_of_words("2009-10")
    ('2000-11', '2000', '1998', '2009')
    """
    years, months = _YEAR.findall(text), {month.casefold() for month in _MONTH.findall(text)}
    if not years:
        return None
    whole = partial_date(text) if months else None
    if whole is not None:
        return whole
    return partial_date(f"{years[0]} {months.pop()}") if len(months) == 1 and len(set(years)) == 1 else str(years[0])


def revision_date(citation: _Element) -> str | None:
    """When the record was last changed, or finished; None where it does not say so."""
    for name in ("DateRevised", "DateCompleted"):
        date = citation.find(name)
        if date is not None:
            return _remembered(tuple(text_of(part) or "" for part in date if part.tag in ("Year", "Month", "Day")))
    return None
