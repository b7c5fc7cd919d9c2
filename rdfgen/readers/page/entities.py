"""The entity lists of paper pages: one line a type, its items turned into annotations."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from rdfgen.entity_types import EntityType, entity_type_named
from rdfgen.identifiers import bare_reference, plain, reference
from rdfgen.model import Annotation, ConceptName, Evidence, Reference
from rdfgen.readers.page.items import NO_IDENTIFIER, Item, items
from rdfgen.readers.page.names import gene_name, species_name
from rdfgen.readers.page.sections import Section, is_rule
from rdfgen.report import Report
from rdfgen.vocabularies import VOCABULARIES

_BOLD_TYPE = re.compile(r"\s*(?:[-*+•–]\s+|-)?\*\*([^*]{0,80})\*\*(\s?:)?(.*)$")
_PLAIN_TYPE = re.compile(r"\s*(?:[-*+•–]\s+)?#{0,6}\s?([^\W\d_][\w -]{0,30})(?::(.*))?$")
_BULLET = re.compile(r"(\s*)[-*+•–]\s+(.*)$")
_ID_SEPARATOR = re.compile(r"[;,|+]")
_SPACED_PREFIX = re.compile(r"(?<=^rs)\s+", re.IGNORECASE)


@dataclass(slots=True)
class _List:
    """One printed list: the number of its line, the type of its items, the source's word for a type that is not ours."""

    line: int
    row: EntityType | None
    source_type: str | None
    texts: list[str] = field(default_factory=list)

    def text(self) -> str:
        return " ".join(filter(None, self.texts))

    def items(self, is_cut: bool) -> list[Item]:
        """The items; those that authorities name, and variants, have no comma outside brackets."""
        by_comma = self.row is not None and (self.row.names_are_official or self.row.key == "variant")
        return items(self.text(), by_comma=by_comma, is_cut=is_cut)


def annotations(section: Section, evidence: Evidence, report: Report) -> Iterator[Annotation]:
    """The annotations of one section, each once."""
    seen: set[object] = set()
    lists = list(_lists(section, report))
    for number, found in enumerate(lists, 1):
        if plain(found.text()).strip(" .*_").casefold() in NO_IDENTIFIER:
            report.suspect(found.line, "a list of entities that is empty", found.text())
            continue
        for item in found.items(section.is_cut and number == len(lists)):
            annotation = _annotation(item, found, evidence, report)
            if annotation is None:
                continue
            key = (annotation.text, annotation.entity_type, annotation.source_type, annotation.references, annotation.unrecognized)
            if key in seen:
                report.suspect(found.line, "an entity that stands twice", " ".join((item.text, *item.aliases)))
            else:
                seen.add(key)
                yield annotation


def _lists(section: Section, report: Report) -> Iterator[_List]:
    """The lists, each with the lines that continue it; bullets below a type without a text of its own are its lists."""
    current: _List | None = None
    goes_on = False
    for number, line in section.numbered():
        opened = _typed_list(number, line, report) or _bulleted_list(number, line, current, report)
        if opened:
            if current and (current.text() or opened.row != current.row):
                yield current
            current = opened
        elif line.strip() and current and goes_on:
            current.texts.append(line.strip())
        elif line.strip() and not is_rule(line):
            report.skip(number, "a line that is no list of entities", line)
        goes_on = opened is not None or (goes_on and bool(line.strip()))
    if current:
        yield current


def _typed_list(number: int, line: str, report: Report) -> _List | None:
    """The list that a line opens with the name of a type: `- **Genes:** …`, or plainly if it is a type of ours."""
    bold = _BOLD_TYPE.match(line)
    if bold:
        word, text, is_type = bold[1].strip(" :"), bold[3].strip(), bold[2] or bold[1].rstrip().endswith(":")
    else:
        match = _PLAIN_TYPE.match(line)
        word, text, is_type = (match[1].strip(), (match[2] or "").strip(), None) if match else ("", "", None)
    row = entity_type_named(plain(word))
    if row is None and not is_type:
        return None
    if row is None:
        report.suspect(number, "an entity type that is not in our table; its items are kept without a class", word)
    return _List(number, row, None if row else word or None, [text])


def _bulleted_list(number: int, line: str, current: _List | None, report: Report) -> _List | None:
    bullet = _BULLET.match(line)
    if bullet is None:
        return None
    if current is not None and (bullet[1] or not current.texts[0]):
        texts = [""] if not current.texts[0] else []
        return _List(number, current.row, current.source_type, [*texts, bullet[2].strip()])
    report.suspect(number, "a list of entities without a type", bullet[2])
    return _List(number, None, None, [bullet[2].strip()])


def _annotation(item: Item, found: _List, evidence: Evidence, report: Report) -> Annotation | None:
    """The item's annotation, or None where the item is cut or says nothing."""
    if item.is_cut or not (item.text or item.identifiers):
        report.skip(found.line, "an entity that is cut" if item.is_cut else "brackets without an entity", item.text)
        return None
    references, unrecognized = _references(item, found, report)
    name = _name(item, found.row)
    text = name.label if name else item.text
    if name and (len(references) != 1 or found.row is None or references[0].prefix != found.row.vocabularies[0]):
        name = None
    if not (references or unrecognized):
        report.unresolve(found.line, "a mention without an identifier", item.text)
    if name is None and (item.aliases or (references and text != item.text)):
        report.skip(found.line, "names without one concept that they name", " ".join((item.text, *item.aliases)))
    _report_doubts(item, found.line, report)
    key = found.row.key if found.row else None
    return Annotation(text, evidence, key, found.source_type, references, unrecognized, name)


def _references(item: Item, found: _List, report: Report) -> tuple[tuple[Reference, ...], tuple[str, ...]]:
    """The item's identifiers as References, each once, and those that no vocabulary of concepts accepts."""
    references: dict[Reference, None] = {}
    unrecognized: dict[str, None] = {}
    vocabulary: str | None = None
    for token in item.identifiers:
        one = reference(token, vocabulary) if vocabulary else reference(token)
        if one is None or not VOCABULARIES[one.prefix].is_concept:
            unrecognized[token] = None
            report.skip(found.line, "an identifier that no vocabulary accepts; the mention keeps it as text", f"{item.text} ({token})")
            continue
        vocabulary = one.prefix
        references[one] = None
        if found.row is not None and one.prefix not in found.row.vocabularies:
            report.suspect(found.line, f"a {found.row.key} with an identifier of {one.prefix}", f"{item.text} ({token})")
    return (tuple(references) if item.closed else _own_references(item.text, found.row)), tuple(unrecognized)


def _own_references(text: str, row: EntityType | None) -> tuple[Reference, ...]:
    """The References that the text itself is, as with `rs1006737`; none where it holds anything else.

    >>> _own_references("rs12;RS 013", None)
    (Reference(prefix='dbSNP', identifier='rs12'), Reference(prefix='dbSNP', identifier='rs13'))
    """
    tokens = [plain(token) for token in _ID_SEPARATOR.split(text)]
    found = [reference(token) if ":" in token else bare_reference(_SPACED_PREFIX.sub("", token)) for token in tokens]
    known = [one for one in found if one is not None and VOCABULARIES[one.prefix].is_concept]
    if len(known) != len(found) or (row is not None and any(one.prefix not in row.vocabularies for one in known)):
        return ()
    return tuple(dict.fromkeys(known))


def _report_doubts(item: Item, line: int, report: Report) -> None:
    if item.unread:
        report.skip(line, "text in braces that is not a whole list of aliases", f"{item.text} {item.unread}")
    if item.text.count("(") != item.text.count(")") or item.text.count("[") != item.text.count("]"):
        report.suspect(line, "brackets that do not balance; the text is kept as it stands", item.text)
    if not item.text:
        report.suspect(line, "an identifier without a name before it", " ".join(item.identifiers))


def _name(item: Item, row: EntityType | None) -> ConceptName | None:
    """What the authority calls the item's concept, where such names on pages are the authority's own."""
    if row is None or not row.names_are_official or not item.text or item.text.startswith("("):
        return None
    name = species_name(item.text) if row.key == "species" else gene_name(item.text)
    return ConceptName(name.label, name.full_name, name.synonyms + item.aliases, name.rank)
