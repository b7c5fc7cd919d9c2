"""From the types, identifiers and places that annotation formats print to annotations, and what is doubtful about them."""

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from operator import attrgetter

from rdfgen.entity_types import ENTITY_TYPES, EntityType, entity_type_named, folded
from rdfgen.identifiers import plain, reference
from rdfgen.model import Annotation, Evidence, Location, Participant, Reference, Variant
from rdfgen.report import Report
from rdfgen.vocabularies import VOCABULARIES

_SEPARATORS = re.compile(r"[;,|+]")
# What has nothing in it to take apart; most identifiers are so.
_ONE_IDENTIFIER = re.compile(r"(?:[A-Za-z]{1,12}:)?[A-Za-z0-9_]{1,20}", re.ASCII)
_NO_IDENTIFIER = frozenset({"", "-", "-1", "none", "null"})
_TAXON_SUFFIX = re.compile(r"\(tax:\d+\)$", re.IGNORECASE)
_RS_NUMBERS = re.compile(r"rs[#:]*\s*(\d+(?:[|,;]\s*(?:rs[#:]*\s*)?\d+)*)", re.IGNORECASE)
_RS_ONLY = re.compile(r"(?:rs\d+[|,;+\s]*)+", re.IGNORECASE)
_HGVS = re.compile(r"(?:HGVS:)?([cgmnpr]\.\S+)")
_TYPE_MARK = re.compile("[|@]")
_SHORT = 200
_VARIANT_MARKS = re.compile(r"tmvar:|hgvs:|\|(?:sub|del|ins|dup|indel|fs|allele)\||rs#|correspondinggene", re.IGNORECASE)
# So many passages are looked at for a place; they hardly ever overlap.
_FEW = 8


@dataclass(frozen=True, slots=True)
class Identified:
    """What an identifier column or infon stands for; all empty means that the source knows no identifier."""

    references: tuple[Reference, ...] = ()
    unrecognized: tuple[str, ...] = ()
    variant: Variant | None = None


@dataclass(frozen=True, slots=True)
class Passage:
    """A stretch of a document's text and where it starts, in Unicode code points; `section` is a key of `sections.SECTIONS`."""

    offset: int
    text: str
    section: str | None = None


def type_named(word: str) -> tuple[str | None, str | None]:
    """Our entity type for a source's word, and the word itself where it says more, or something else.

    >>> type_named("Gene"), type_named("ProteinMutation"), type_named("Gadget")
    (('gene', None), ('variant', 'ProteinMutation'), (None, 'Gadget'))
    """
    return (_remembered_type if len(word) <= _SHORT else _type_named)(word)


def _type_named(word: str) -> tuple[str | None, str | None]:
    row = entity_type_named(word)
    if row is None:
        return None, word.strip() or None
    return row.key, word.strip() if folded(word) in row.narrower_names else None


_remembered_type = lru_cache(maxsize=1 << 10)(_type_named)


def identified(text: str, entity_type: str | None) -> Identified:
    """What the identifiers of a mention stand for; several are separated by `;`, `,`, `|` or `+`.

    >>> identified("D003110|D009369", "disease").references
    (Reference(prefix='MESH', identifier='D003110'), Reference(prefix='MESH', identifier='D009369'))
    >>> found = identified("tmVar:p|SUB|V|600|E;HGVS:p.V600E;CorrespondingGene:673;RS#:113488022", "variant")
    >>> found.references, found.variant.hgvs, found.variant.genes
    ((Reference(prefix='dbSNP', identifier='rs113488022'),), ('p.V600E',), (Reference(prefix='NCBIGene', identifier='673'),))
    >>> identified("-", "chemical")
    Identified(references=(), unrecognized=(), variant=None)
    """
    return (_remembered if len(text) <= _SHORT else _identified)(text, entity_type)


def _identified(text: str, entity_type: str | None) -> Identified:
    text = plain(text)
    if text.casefold() in _NO_IDENTIFIER:
        return Identified()
    row = ENTITY_TYPES[entity_type] if entity_type is not None else None
    number_vocabulary = row.number_vocabulary if row is not None else None
    if entity_type != "variant" and _ONE_IDENTIFIER.fullmatch(text) is not None:
        only = _concept(text, number_vocabulary)
        return Identified((only,)) if only is not None else Identified((), (text,))
    if entity_type == "variant" or _VARIANT_MARKS.search(text):
        return _identified_variant(text)
    found: dict[Reference, None] = {}
    unrecognized: dict[str, None] = {}
    for token in _tokens(text):
        one = _concept(token, number_vocabulary)
        if one is None:
            unrecognized[token] = None
        else:
            found[one] = None
    return Identified(tuple(found), tuple(unrecognized))


def _concept(text: str, number_vocabulary: str | None) -> Reference | None:
    """The concept that an identifier stands for; that of a paper or person is none."""
    found = reference(text, number_vocabulary)
    return found if found is not None and VOCABULARIES[found.prefix].is_concept else None


# Long texts are not remembered, so that what is remembered stays small.
_remembered = lru_cache(maxsize=1 << 16)(_identified)


def _tokens(text: str) -> Iterator[str]:
    for token in _SEPARATORS.split(text):
        token = _TAXON_SUFFIX.sub("", token.strip().lstrip("*").strip())
        if token.casefold() not in _NO_IDENTIFIER:
            yield token


def _identified_variant(text: str) -> Identified:
    """The dbSNP numbers of a tmVar identifier, and the rest of what it says."""
    if _RS_ONLY.fullmatch(text):
        return Identified(_rs_references(text))
    rs, genes, hgvs = [], [], []
    for part in text.removeprefix("tmVar:").split(";"):
        key, _, value = part.strip().partition(":")
        if _RS_NUMBERS.fullmatch(part.strip()):
            rs.append(part)
        elif key.casefold() == "correspondinggene":
            genes += [found for number in re.split(r"[,|]", value) if (found := reference(number, "NCBIGene")) is not None]
        elif match := _HGVS.fullmatch(part.strip()):
            hgvs.append(match[1])
    unique = (tuple(dict.fromkeys(hgvs)), tuple(dict.fromkeys(genes)))
    return Identified(_rs_references(" ".join(rs)), (), Variant(text, *unique))


def _rs_references(text: str) -> tuple[Reference, ...]:
    numbers = (reference(number, "dbSNP") for number in re.findall(r"\d+", text))
    return tuple(dict.fromkeys(found for found in numbers if found is not None))


def typed(text: str) -> tuple[str | None, str]:
    """The entity type that stands before the first `|` or `@`, if it is one, and the identifier.

    >>> typed("Gene@1956"), typed("DNAMutation|c|SUB|A|1|G"), typed("p|SUB|V||M")
    (('gene', '1956'), ('variant', 'c|SUB|A|1|G'), (None, 'p|SUB|V||M'))
    """
    mark = _TYPE_MARK.search(text)
    row = entity_type_named(text[: mark.start()]) if mark is not None else None
    return (row.key, text[mark.end() :]) if mark is not None and row is not None else (None, text)


def participant(text: str, entity_type: str | None = None) -> Participant:
    """One side of a relation as printed, with or without its type: `Chemical|MESH:D016190`, `Gene@1956`, `D003866`.

    The type stands before the first `|`; what a variant's identifier has after that is part of the identifier.

    >>> participant("Chemical|MESH:D016190").references
    (Reference(prefix='MESH', identifier='D016190'),)
    """
    named, identifier = typed(text)
    key = named or entity_type
    found = identified(identifier, key)
    is_known = key is not None or not (found.variant is not None)
    return Participant(key if is_known else "variant", found.references, "" if found.references else plain(identifier))


@dataclass(slots=True)
class Mentions:
    """The annotations of one document; what is doubtful about each goes to the report. `record` names the document there.

    Where the passages are not all of its text, places from `known_to` on are not checked.
    """

    report: Report
    tool: str
    record: str
    passages: Sequence[Passage] = ()
    known_to: int | None = None
    _by_offset: list[Passage] = field(default_factory=list)
    _found: dict[tuple[object, ...], Annotation] = field(default_factory=dict)

    def annotations(self) -> tuple[Annotation, ...]:
        """All of them, each once, in the order in which they came."""
        return tuple(self._found.values())

    def add(
        self,
        line: int,
        text: str,
        type_word: str,
        identifier: str,
        spans: Sequence[tuple[int, int]] = (),
        score: str | None = None,
        note: str | None = None,
        evidence: Evidence = Evidence.FULL_TEXT,
        tool: str | None = None,
        rs_numbers: tuple[Reference, ...] = (),
    ) -> Annotation:
        """Take one mention: what is printed of it, and `spans` of code points in the document, the end not included.

        `rs_numbers` are those that the source prints beside the identifier; they count where the identifier has none.
        """
        entity_type, source_type = type_named(type_word)
        found = identified(identifier, entity_type)
        if entity_type is None and found.variant is not None:
            entity_type = "variant"
        tool, references = tool or self.tool, found.references or rs_numbers
        annotation = Annotation(
            text=text,
            evidence=evidence,
            entity_type=entity_type,
            source_type=source_type,
            references=references,
            unrecognized=found.unrecognized,
            tool=tool,
            locations=tuple(self._location(line, text, start, end, len(spans)) for start, end in spans),
            variant=found.variant,
            score=score,
            note=note or None,
        )
        if not references or source_type is not None or found.unrecognized or not _are_expected(references, entity_type):
            self._doubt(line, annotation, type_word)
        key = (text, type_word, tool, evidence, references, found.unrecognized, found.variant, tuple(spans))
        if self._found.setdefault(key, annotation) is not annotation:
            self.report.repeat(line, f"{self.record}: the same annotation twice; one stands for both", text)
        return annotation

    def _doubt(self, line: int, annotation: Annotation, type_word: str) -> None:
        if annotation.entity_type is None:
            self.report.suspect(line, f"{self.record}: an entity type that is not in our table; kept without a class", type_word)
        for token in annotation.unrecognized:
            what = f"{self.record}: an identifier that no vocabulary accepts; the mention keeps it as text"
            self.report.suspect(line, what, f"{annotation.text} ({token})")
        if not annotation.references and not annotation.unrecognized:
            what = "a variant without a number of dbSNP" if annotation.variant is not None else "a mention without an identifier"
            self.report.unresolve(line, f"{self.record}: {what}", annotation.text)
        row = ENTITY_TYPES[annotation.entity_type] if annotation.entity_type is not None else None
        for one in annotation.references:
            if row is not None and one.prefix not in row.vocabularies:
                what = f"{self.record}: {_article(row)} with an identifier of {one.prefix}"
                self.report.suspect(line, what, f"{annotation.text} ({one})")

    def _location(self, line: int, text: str, start: int, end: int, pieces: int) -> Location:
        """The place of one piece, checked against the passage that it is in."""
        passage = self._passage(start, end)
        if passage is None:
            if self.passages and (self.known_to is None or start < self.known_to):
                self.report.suspect(line, f"{self.record}: an offset outside the text: {start} to {end}", text)
            return Location(start, end)
        stands_there = passage.text[start - passage.offset : end - passage.offset]
        if stands_there != text and (pieces == 1 or stands_there.strip() not in text):
            what = f"{self.record}: an offset that does not match its text: {start} to {end} is {stands_there[:80]!r}"
            self.report.suspect(line, what, text)
        return Location(start, end, passage.section, stands_there if pieces > 1 and stands_there else None)

    def _passage(self, start: int, end: int) -> Passage | None:
        for one in self._passages_near(start) if start <= end else ():
            if one.offset <= start and end <= one.offset + len(one.text):
                return one
        return None

    def _passages_near(self, start: int) -> Sequence[Passage]:
        """Those that may have the place: of many passages only the last few that start before it."""
        if len(self.passages) <= _FEW:
            return self.passages
        if len(self._by_offset) != len(self.passages):
            self._by_offset = sorted(self.passages, key=_offset)
        last = bisect_right(self._by_offset, start, key=_offset)
        return self._by_offset[max(0, last - _FEW) : last]


def _are_expected(references: tuple[Reference, ...], entity_type: str | None) -> bool:
    """Whether all identifiers are of vocabularies that go with the type."""
    expected = ENTITY_TYPES[entity_type].vocabularies if entity_type is not None else ()
    return all(one.prefix in expected for one in references)


_offset = attrgetter("offset")


def _article(row: EntityType) -> str:
    return f"a {row.key.replace('_', ' ')}"
