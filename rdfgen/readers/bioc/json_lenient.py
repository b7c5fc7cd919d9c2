"""BioC-JSON whose values have other types than they should: all that can be kept is kept, the rest is reported."""

import json
from collections.abc import Iterator
from dataclasses import dataclass

import msgspec

from rdfgen.readers.bioc.model import Document, Infon, Infons, Link, Mention, Node, Place, Scalar, Sentence, Stretch, words
from rdfgen.readers.text import clean, faithful
from rdfgen.report import Report

_DECODER = json.JSONDecoder(strict=False)
_LONGEST_NUMBER = 18

Members = dict[str, object]


def forgiven(data: bytes, line: int, report: Report) -> Document | None:
    """The document in the bytes, or None with a line in the report.

    >>> forgiven(b'{"id": 7, "passages": [{"offset": "0", "text": null}]}', 1, Report("x.json")).passages[0].offset
    0
    """
    try:
        value: object = _DECODER.decode(clean(data, line, report))
    except (ValueError, RecursionError) as error:
        report.skip(line, f"malformed JSON, so this document is left out: {error}", repr(data[:80]))
        return None
    return _Reading(line, report).document(value)


@dataclass(frozen=True, slots=True)
class _Reading:
    """The reading of one document: where it starts, and where to report what has the wrong type."""

    line: int
    report: Report

    def document(self, value: object) -> Document:
        """The document that the value is, whatever types its members have."""
        members = self._members(value)
        has_passages = members.get("passages") is not None
        return Document(
            id=self._name(members.get("id")),
            infons=self._infons(members),
            passages=[self._passage(one) for one in self._objects(members, "passages")] if has_passages else None,
            annotations=self._mentions(members),
            relations=self._links(members),
            underscore_id=self._text(members, "_id"),
            pmid=self._name(members.get("pmid")),
            pmcid=self._name(members.get("pmcid")),
            date=self._text(members, "date"),
            journal=self._text(members, "journal"),
            authors=self._authors(members.get("authors")),
            relations_display=msgspec.Raw(b"[]" if "relations_display" in members else b""),
        )

    def _passage(self, members: Members) -> Stretch:
        return Stretch(
            offset=self._offset(members),
            infons=self._infons(members),
            text=self._text(members, "text"),
            sentences=[self._sentence(one) for one in self._objects(members, "sentences")],
            annotations=self._mentions(members),
            relations=self._links(members),
        )

    def _sentence(self, members: Members) -> Sentence:
        text = self._text(members, "text")
        return Sentence(self._offset(members), self._infons(members), text, self._mentions(members), self._links(members))

    def _offset(self, members: Members) -> int:
        return self._number(members.get("offset", 0), "an offset") or 0

    def _mentions(self, members: Members) -> list[Mention]:
        return [self._mention(one) for one in self._objects(members, "annotations")]

    def _mention(self, members: Members) -> Mention:
        places = filter(None, map(self._place, self._objects(members, "locations")))
        return Mention(self._name(members.get("id")), self._infons(members), self._text(members, "text"), list(places))

    def _place(self, members: Members) -> Place | None:
        offset = self._number(members.get("offset"), "the offset of a location")
        length = self._number(members.get("length"), "the length of a location")
        return Place(offset, length) if offset is not None and length is not None else None

    def _links(self, members: Members) -> list[Link]:
        return [self._link(one) for one in self._objects(members, "relations")]

    def _link(self, members: Members) -> Link:
        nodes = [Node(words(self._name(one.get("refid"))), self._text(one, "role")) for one in self._objects(members, "nodes")]
        return Link(self._name(members.get("id")), self._infons(members), nodes)

    def _authors(self, value: object) -> list[str]:
        return [self._clean(one) for one in value if isinstance(one, str)] if isinstance(value, list) else []

    def _members(self, value: object) -> Members:
        return value if isinstance(value, dict) else {}

    def _objects(self, members: Members, key: str) -> Iterator[Members]:
        """The objects in a list; one that stands alone is a list of one."""
        value = members.get(key)
        found = value if isinstance(value, list) else [] if value is None else [value]
        for one in found:
            if isinstance(one, dict):
                yield one
            else:
                self.report.skip(self.line, f"one of the {key} is no object, so it is left out", self._clean(repr(one)[:80]))

    def _infons(self, members: Members) -> Infons:
        value = members.get("infons")
        if isinstance(value, dict):
            return {self._clean(key): self._infon(one) for key, one in value.items()}
        if value is not None:
            self.report.alter(self.line, "infons that are no object are left out", self._clean(repr(value)[:80]))
        return {}

    def _infon(self, value: object) -> Infon:
        if isinstance(value, dict):
            return {self._clean(key): self._scalars(one) for key, one in value.items()}
        return self._scalars(value)

    def _scalars(self, value: object) -> Scalar | list[Scalar]:
        return [self._scalar(one) for one in value] if isinstance(value, list) else self._scalar(value)

    def _scalar(self, value: object) -> Scalar:
        if isinstance(value, str):
            return self._clean(value)
        return value if isinstance(value, int | float) else None

    def _name(self, value: object) -> str | int | None:
        """An identifier of the file's own, which may be a number."""
        found = self._scalar(value)
        return words(found) if isinstance(found, float) else found

    def _text(self, members: Members, key: str) -> str | None:
        value = self._scalar(members.get(key))
        if isinstance(value, str) or members.get(key) is None:
            return value if isinstance(value, str) else None
        self.report.alter(self.line, f"the {key} is no text, so it is left out", self._clean(repr(members.get(key))[:80]))
        return None

    def _number(self, value: object, what: str) -> int | None:
        """The whole number that the value is, or that stands in it as text."""
        digits = words(self._scalar(value)).removeprefix("+")
        if digits.removeprefix("-").isdecimal() and digits.isascii() and len(digits) <= _LONGEST_NUMBER:
            return int(digits)
        self.report.alter(self.line, f"{what} is no whole number; what stands there is kept without it", self._clean(repr(value)[:80]))
        return None

    def _clean(self, text: str) -> str:
        return faithful(text, self.line, self.report)
