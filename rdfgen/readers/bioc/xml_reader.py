"""Reader of BioC-XML: PubTator's exports, the PMC full texts of BioC, GNorm2, tmVar and others."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from lxml import etree

from rdfgen.model import Paper
from rdfgen.readers.bioc import document as bioc
from rdfgen.readers.bioc.model import Document, Infons, Link, Mention, Node, Origin, Place, Sentence, Stretch, words
from rdfgen.readers.text import decoded
from rdfgen.readers.xml.records import parsed, records, root_name
from rdfgen.report import Report

# Other formats have a `collection` or `document` too, MARC for one.
_TELL_TALES = {
    "collection": re.compile(r"<(?:[\w.-]+:)?(?:source|document|infon|passage)[\s/>]"),
    "document": re.compile(r"<(?:[\w.-]+:)?(?:infon|passage)[\s/>]"),
}
Parts = dict[str, list[etree._Element]]

_WHOLE = re.compile(r"\s*[+-]?\d{1,18}\s*", re.ASCII)


def recognises(head: bytes) -> bool:
    """Whether the first bytes are those of a BioC collection or document.

    >>> recognises(b"<collection><source>PubTator</source>"), recognises(b"<collection><record>")
    (True, False)
    """
    name = root_name(head)
    return name in _TELL_TALES and _TELL_TALES[name].search(decoded(head)) is not None


def read(stream: BinaryIO, report: Report) -> Iterator[Paper]:
    """One paper a document; a damaged document costs no other.

    >>> import io
    >>> file = io.BytesIO(b"<collection><document><id>7</id><passage/></document></collection>")
    >>> [str(paper.identifiers[0]) for paper in read(file, Report("x.xml"))]
    ['PMID:7']
    """
    source = ""
    for line, data in records(stream, ("source", "document"), report):
        element = parsed(data, line, report)
        if element is None:
            continue
        if _name(element) == "source":
            source = _text(element)
        else:
            document = _Reading(line, report).document(element)
            yield bioc.paper(document, Origin(line, data, "bioc-xml", source), report)


def _name(element: etree._Element) -> str:
    return str(element.tag).rpartition("}")[2] if isinstance(element.tag, str) else ""


def _text(element: etree._Element) -> str:
    return "".join(map(str, element.itertext())) if len(element) else element.text or ""


def _parts(element: etree._Element) -> Parts:
    """The children of an element by their names."""
    found: Parts = {}
    for child in element:
        found.setdefault(_name(child), []).append(child)
    return found


@dataclass(frozen=True, slots=True)
class _Reading:
    """The reading of one document: where it starts, and where to report what has no number."""

    line: int
    report: Report

    def document(self, element: etree._Element) -> Document:
        """The document of the element."""
        parts = _parts(element)
        return Document(
            id=_first(parts, "id"),
            infons=_infons(parts),
            passages=[self._passage(_parts(one)) for one in parts.get("passage", ())],
            annotations=self._mentions(parts),
            relations=self._links(parts),
        )

    def _passage(self, parts: Parts) -> Stretch:
        return Stretch(
            offset=self._offset(parts),
            infons=_infons(parts),
            text=_first(parts, "text"),
            sentences=[self._sentence(_parts(one)) for one in parts.get("sentence", ())],
            annotations=self._mentions(parts),
            relations=self._links(parts),
        )

    def _sentence(self, parts: Parts) -> Sentence:
        return Sentence(self._offset(parts), _infons(parts), _first(parts, "text"), self._mentions(parts), self._links(parts))

    def _offset(self, parts: Parts) -> int:
        return self._number(_first(parts, "offset"), "an offset") or 0

    def _mentions(self, parts: Parts) -> list[Mention]:
        return [self._mention(one, _parts(one)) for one in parts.get("annotation", ())]

    def _mention(self, element: etree._Element, parts: Parts) -> Mention:
        places = filter(None, map(self._place, parts.get("location", ())))
        return Mention(_attribute(element, "id"), _infons(parts), _first(parts, "text"), list(places))

    def _place(self, element: etree._Element) -> Place | None:
        offset = self._number(_attribute(element, "offset"), "the offset of a location")
        length = self._number(_attribute(element, "length"), "the length of a location")
        return Place(offset, length) if offset is not None and length is not None else None

    def _links(self, parts: Parts) -> list[Link]:
        return [self._link(one, _parts(one)) for one in parts.get("relation", ())]

    def _link(self, element: etree._Element, parts: Parts) -> Link:
        nodes = [Node(_attribute(one, "refid") or "", _attribute(one, "role")) for one in parts.get("node", ())]
        return Link(_attribute(element, "id"), _infons(parts), nodes)

    def _number(self, text: str | None, what: str) -> int | None:
        if text is not None and _WHOLE.fullmatch(text) is not None:
            return int(text)
        self.report.alter(self.line, f"{what} is no whole number; what stands there is kept without it", text or "")
        return None


def _first(parts: Parts, name: str) -> str | None:
    found = parts.get(name)
    return _text(found[0]) if found is not None else None


def _attribute(element: etree._Element, name: str) -> str | None:
    value = element.get(name)
    return None if value is None else str(value)


def _infons(parts: Parts) -> Infons:
    """The infons; where a key comes twice, the values are joined as those of a list."""
    found: Infons = {}
    for element in parts.get("infon", ()):
        key, value = _attribute(element, "key") or "", _text(element)
        if found.get(key, value) != value:
            value = f"{words(found[key])};{value}"
        found[key] = value
    return found
