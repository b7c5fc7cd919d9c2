"""Which format a client gets: `?format=` before the Accept header (RFC 9110 §12.5.1), or none, which is a 406."""

from collections.abc import Iterable, Mapping
from typing import Protocol

from werkzeug.datastructures import MIMEAccept

HTML = "html"
_HTML_TYPES = ("text/html", "application/xhtml+xml")
# A quality, and how much of the media type is named by the range that gives it.
_Rank = tuple[float, int]
_REFUSED: _Rank = (0, 2)


class Row(Protocol):
    """What negotiation needs of a row of a formats table."""

    @property
    def names(self) -> tuple[str, ...]:
        """Further short names."""

    @property
    def media_types(self) -> tuple[str, ...]:
        """The media types that stand for the format, its own first."""


def named(table: Mapping[str, Row], name: str) -> str | None:
    """The row that a short name or a media type stands for.

    >>> from rdfgen.formats import FORMATS
    >>> named(FORMATS, "turtle"), named(FORMATS, "text/turtle"), named(FORMATS, "pdf")
    ('ttl', 'ttl', None)
    """
    wanted = name.strip().casefold().replace(" ", "+")
    if wanted == HTML or wanted in _HTML_TYPES:
        return HTML
    return next((key for key, row in table.items() if wanted in (key, *row.names, *row.media_types)), None)


def accepted(table: Mapping[str, Row], accept: MIMEAccept, with_html: bool = False) -> str | None:
    """The row that the Accept header likes best, the table's first among equals.

    HTML and the further media types of a row count only if the header names them: a wildcard stands for the rest.

    >>> from rdfgen.formats import FORMATS
    >>> accepted(FORMATS, MIMEAccept([("application/rdf+xml", 1), ("text/turtle", 0.5)]))
    'rdfxml'
    """
    if not accept:
        return next(iter(table))
    ranges = _ranges(accept)
    ranks = {key: _rank(row.media_types, ranges) for key, row in table.items()}
    if with_html:
        ranks[HTML] = _html_rank(ranges)
    best = max(ranks, key=lambda key: ranks[key])
    return best if ranks[best] > _REFUSED else None


def _ranges(accept: MIMEAccept) -> dict[str, float]:
    """The header's media ranges and their qualities; what has other parameters is no other format to us.

    >>> _ranges(MIMEAccept([("text/turtle;charset=utf-8", 0.5), ("*/*", 0.1)]))
    {'text/turtle': 0.5, '*/*': 0.1}
    """
    found: dict[str, float] = {}
    for text, quality in accept:
        name = text.partition(";")[0].strip().casefold()
        found[name] = max(quality, found.get(name, 0))
    return found


def _rank(media_types: tuple[str, ...], ranges: Mapping[str, float]) -> _Rank:
    """That of the most specific range for a format's own media type, or of a further one that is named."""
    own, *further = media_types
    general = (own, own.partition("/")[0] + "/*", "*/*")
    found = next(((ranges[name], 2 - place) for place, name in enumerate(general) if name in ranges), _REFUSED)
    return max([found, *((ranges[name], 2) for name in further if name in ranges)])


def _html_rank(ranges: Mapping[str, float]) -> _Rank:
    return max(ranges.get(name, 0) for name in _HTML_TYPES), 2


def prefers_html(accept: MIMEAccept) -> bool:
    """Whether a page is liked better than JSON, for things that have no other forms.

    >>> prefers_html(MIMEAccept([("text/html", 1), ("*/*", 0.8)])), prefers_html(MIMEAccept([("*/*", 1)]))
    (True, False)
    """
    ranges = _ranges(accept)
    return _html_rank(ranges) > max(_REFUSED, _rank(("application/json", "application/problem+json"), ranges))


def prefers_text(accept: MIMEAccept) -> bool:
    """Whether text can be read and no JSON.

    >>> prefers_text(MIMEAccept([("text/csv", 1)])), prefers_text(MIMEAccept([("text/csv", 1), ("*/*", 0.1)]))
    (True, False)
    """
    ranges = _ranges(accept)
    reads_text = any(name.startswith("text/") and quality for name, quality in ranges.items())
    return reads_text and _rank(("application/json", "application/problem+json"), ranges) <= _REFUSED


def offered(tables: Iterable[Mapping[str, Row]], with_html: bool = False) -> str:
    """The media types of all formats, for the text of a 406."""
    types = [row.media_types[0] for table in tables for row in table.values()]
    return ", ".join([*types, _HTML_TYPES[0]] if with_html else types)
