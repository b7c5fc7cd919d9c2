"""Which format a client gets: `?format=` before the Accept header (RFC 9110 §12.5.1), or none, which is a 406."""

from collections.abc import Iterable, Mapping
from typing import Protocol

from werkzeug.datastructures import MIMEAccept

HTML = "html"
_HTML_TYPES = ("text/html", "application/xhtml+xml")


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
    explicit = {media_type.casefold() for media_type, _ in accept}
    offers = {row.media_types[0]: key for key, row in table.items()}
    offers |= {media_type: key for key, row in table.items() for media_type in row.media_types[1:] if media_type in explicit}
    if with_html:
        offers |= dict.fromkeys(explicit.intersection(_HTML_TYPES), HTML)
    if not accept:
        return next(iter(table))
    best = accept.best_match(offers)
    return None if best is None else offers[best]


def prefers_html(accept: MIMEAccept) -> bool:
    """Whether a page is liked better than JSON, for things that have no other forms.

    >>> prefers_html(MIMEAccept([("text/html", 1), ("*/*", 0.8)])), prefers_html(MIMEAccept([("*/*", 1)]))
    (True, False)
    """
    return accept.best_match(["application/json", "application/problem+json", *_HTML_TYPES]) in _HTML_TYPES


def offered(tables: Iterable[Mapping[str, Row]], with_html: bool = False) -> str:
    """The media types of all formats, for the text of a 406."""
    types = [row.media_types[0] for table in tables for row in table.values()]
    return ", ".join([*types, _HTML_TYPES[0]] if with_html else types)
