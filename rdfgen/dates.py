"""Dates of whatever precision a source states: never a made-up day or month."""

import re
from collections.abc import Iterable
from datetime import date
from itertools import takewhile

_MONTHS = ("january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november", "december")
_MONTH = r"(?P<month>[A-Za-z]{3,9})\.?"
_YEAR = r"(?P<year>[12]\d{3})"
_DAY = r"(?P<day>\d{1,2})"
_FORMS = tuple(
    re.compile(form, re.ASCII)
    for form in (
        rf"{_YEAR}(?:[-/.](?P<month>\d{{1,2}})(?:[-/.]{_DAY})?)?",
        rf"{_YEAR}[ -]{_MONTH}(?:[ -]{_DAY})?",
        rf"(?:{_DAY} )?{_MONTH},? {_YEAR}",
        rf"{_MONTH} {_DAY},? {_YEAR}",
    )
)
_TIME_OF_DAY = re.compile(r"[T ]\d{1,2}:\d{2}\S*$", re.ASCII)
_LIKELY = re.compile(r"\d{2,4}[-/.]\d{1,2}(?:[-/.]\d{1,4})?(?:[T ].*)?|\d{4}|0000.*", re.ASCII)
_SEASONS = frozenset({"spring", "summer", "autumn", "fall", "winter"})
_LONGEST = 40
_PART = re.compile(r"\s*(?:[A-Za-z]{3,9}\.?|\d{1,4})\s*", re.ASCII)


def partial_date(text: str) -> str | None:
    """The date in the text in ISO 8601 with the text's own precision, or None if it is no date or an impossible one.

    >>> partial_date("2026 Feb"), partial_date("2026-2-1"), partial_date("2026"), partial_date("2026-02-30")
    ('2026-02', '2026-02-01', '2026', None)
    """
    if len(text) > _LONGEST:
        return None
    text = _TIME_OF_DAY.sub("", text.strip())
    for form in _FORMS:
        match = form.fullmatch(text)
        if match is not None:
            return _iso(match["year"], match["month"], match["day"])
    return None


def date_of_parts(parts: Iterable[str]) -> str | None:
    """The date that year, month and day make, as far as each is one; None without a year, or if there is no such day.

    >>> date_of_parts(["2018", "May", "7"]), date_of_parts(["2001", "2-3"]), date_of_parts(["2001", "Feb", "30"])
    ('2018-05-07', '2001', None)
    """
    whole = "-".join(takewhile(_PART.fullmatch, parts))
    return partial_date(whole) if whole else None


def looks_like_date(text: str) -> bool:
    """Whether the text is likely meant as a date, possible or not: numbers in such an order, or a year with months or seasons.

    >>> looks_like_date("2026-13-45"), looks_like_date("2026 Jan-Feb"), looks_like_date("Nutrients")
    (True, True, False)
    """
    if len(text) > _LONGEST:
        return False
    if _LIKELY.fullmatch(text.strip()):
        return True
    words = [word for word in re.split(r"[\s,./–-]+", text.casefold()) if word]
    years = [word for word in words if re.fullmatch(r"\d{4}", word, re.ASCII)]
    return bool(years) and all(word.isdigit() or word in _SEASONS or _month_number(word) for word in words)


def _iso(year: str, month: str | None, day: str | None) -> str | None:
    if month is None:
        return year
    number = int(month) if month.isdigit() else _month_number(month)
    if number is None or not 1 <= number <= 12:
        return None
    if day is None:
        return f"{year}-{number:02}"
    try:
        return date(int(year), number, int(day)).isoformat()
    except ValueError:
        return None


def _month_number(name: str) -> int | None:
    """The month that the name, or at least its first three letters, stand for in English."""
    wanted = name.rstrip(".").casefold()
    return next((number for number, month in enumerate(_MONTHS, 1) if month.startswith(wanted)), None)
