"""A BioC document as both of its notations say it; msgspec decodes JSON into these classes, and checks the types."""

import re
from collections.abc import Iterator
from typing import NamedTuple

import msgspec

Scalar = str | int | float | bool | None
Infon = Scalar | list[Scalar] | dict[str, Scalar | list[Scalar]]
Infons = dict[str, Infon]

_NOTHING: Infons = {}
_DOUBTFUL = re.compile(r"[^a-z0-9]+")
_LONGEST_TOOL = 60


class Place(msgspec.Struct, gc=False):
    """A stretch of the document's text in Unicode code points."""

    offset: int
    length: int


class Node(msgspec.Struct, gc=False):
    """One side of a relation: the id of an annotation."""

    refid: str
    role: str | None = None


class Mention(msgspec.Struct):
    """An annotation as printed."""

    id: str | int | None = None
    infons: Infons | None = None
    text: str | None = None
    locations: list[Place] | None = None


class Link(msgspec.Struct):
    """A relation as printed."""

    id: str | int | None = None
    infons: Infons | None = None
    nodes: list[Node] | None = None


class Sentence(msgspec.Struct):
    """A sentence, which has annotations and relations of its own."""

    offset: int = 0
    infons: Infons | None = None
    text: str | None = None
    annotations: list[Mention] | None = None
    relations: list[Link] | None = None


class Stretch(msgspec.Struct):
    """A passage: its text, or sentences that have it."""

    offset: int = 0
    infons: Infons | None = None
    text: str | None = None
    sentences: list[Sentence] | None = None
    annotations: list[Mention] | None = None
    relations: list[Link] | None = None


class Document(msgspec.Struct):
    """A document; the fields after `relations` are PubTator3's, and only in JSON."""

    id: str | int | None = None
    infons: Infons | None = None
    passages: list[Stretch] | None = None
    annotations: list[Mention] | None = None
    relations: list[Link] | None = None
    underscore_id: str | None = msgspec.field(default=None, name="_id")
    pmid: str | int | None = None
    pmcid: str | int | None = None
    date: str | None = None
    journal: str | None = None
    authors: list[str] | None = None
    relations_display: msgspec.Raw = msgspec.field(default_factory=msgspec.Raw)


class Origin(NamedTuple):
    """Where a document was read: its line, its bytes, the reader, and what its collection says of its source."""

    line: int
    data: bytes
    format: str
    source: str = ""


def scopes(document: Document) -> Iterator[Document | Stretch | Sentence]:
    """All that may have annotations and relations: the passages with their sentences, then the document itself.

    >>> len(list(scopes(Document(passages=[Stretch(sentences=[Sentence()])]))))
    3
    """
    for passage in document.passages or ():
        yield passage
        yield from passage.sentences or ()
    yield document


def infon(infons: Infons | None, *keys: str) -> str:
    """The value of the first of the keys that has one, as text; "" where none has.

    >>> infon({"year": 2012, "rsids": ["rs1", 2]}, "date", "year"), infon({"rsids": ["rs1", 2]}, "rsids")
    ('2012', 'rs1;2')
    """
    for key in keys:
        text = words((infons or _NOTHING).get(key))
        if text:
            return text
    return ""


def words(value: Infon) -> str:
    """The value of an infon as text; several are joined by `;`, what is no text or number is "".

    >>> words([108909, None, " a "]), words(True), words(2.0)
    ('108909;a', '', '2')
    """
    if isinstance(value, str):
        return value.strip()
    if isinstance(value, list):
        return ";".join(filter(None, map(words, value)))
    if isinstance(value, float):
        return f"{value:.0f}" if value.is_integer() else repr(value)
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else ""


def tool_named(name: str) -> str:
    """The key of a tool by the name that a source gives it.

    >>> tool_named("BioC-API"), tool_named("  ")
    ('bioc-api', 'bioc-file')
    """
    return _DOUBTFUL.sub("-", name.casefold()[:_LONGEST_TOOL]).strip("-") or "bioc-file"
