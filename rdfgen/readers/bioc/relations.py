"""The relations of a BioC document, in each of the ways in which tools print them."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from rdfgen.entity_types import entity_type_named
from rdfgen.identifiers import plain
from rdfgen.model import Annotation, Participant, Relation
from rdfgen.readers.bioc.mentions import identifier_of, rs_numbers, score, tool_of
from rdfgen.readers.bioc.model import Infon, Infons, Link, Mention, Node, infon, words
from rdfgen.readers.mentions import identified, participant, type_named
from rdfgen.relation_types import relation_type
from rdfgen.report import Report

_NO_INFONS: Infons = {}
_TOKEN_END = re.compile(r"\s*[;,|+]\s*")
_NOVEL = {"novel": True, "yes": True, "true": True, "no": False, "false": False, "not novel": False}
# Where a named side stands: those below _UNNAMED come before a side without a role, those above after it.
_UNNAMED = 3
_RANKS = {"subject": 0, "arg1": 0, "role1": 0, "source": 0, "agent": 0, "cause": 0, "chemical": 1, "theme": 2}
_RANKS |= {"object": 4, "arg2": 4, "role2": 4, "target": 4, "disease": 4}


Taken = tuple[Mention, Annotation]


@dataclass(frozen=True, slots=True)
class Mentioned:
    """The annotations that relations refer to by their ids; an id that several have is `ambiguous`."""

    by_id: dict[str, Annotation]
    ambiguous: frozenset[str]
    taken: list[Taken]


def mentioned(taken: list[Taken]) -> Mentioned:
    """The annotations of a document by their ids; of several with one id the first counts."""
    by_id: dict[str, Annotation] = {}
    pairs = [(key, annotation) for mention, annotation in taken if (key := words(mention.id))]
    ambiguous = {key for key, one in pairs if _differs(by_id.setdefault(key, one), one)}
    return Mentioned(by_id, frozenset(ambiguous), taken)


def _differs(one: Annotation, other: Annotation) -> bool:
    return one is not other and (one.text, one.references, one.entity_type) != (other.text, other.references, other.entity_type)


def _types(taken: list[Taken]) -> dict[str, str]:
    """The entity type of each identifier; no relation that is printed without types has a species."""
    found: dict[str, str] = {}
    for mention, annotation in taken:
        identifier = identifier_of(mention.infons or _NO_INFONS)
        for token in (identifier, *_TOKEN_END.split(identifier)) if annotation.entity_type is not None else ():
            if found.get(token, "species") == "species":
                found[token] = annotation.entity_type or ""
    return found


@dataclass(slots=True)
class Relations:
    """The relations of one document, each once; `record` names the document in the report."""

    report: Report
    tool: str
    record: str
    line: int
    mentioned: Mentioned
    _types: dict[str, str] | None = None
    _found: dict[Relation, None] = field(default_factory=dict)

    def relations(self) -> tuple[Relation, ...]:
        """All of them, in the order in which they came."""
        return tuple(self._found)

    def add(self, link: Link, near: Mapping[str, Annotation]) -> None:
        """Take one relation; `near` are the annotations of its own passage or sentence by their ids."""
        infons = link.infons or _NO_INFONS
        sides = self._sides(link, infons, near)
        if sides is None:
            return
        word = infon(infons, "type", "relation", "relation type", "relation_type", "Type")
        kind = relation_type(word)
        if kind is None:
            self.report.suspect(self.line, f"{self.record}: a relation type that is not in our table; kept as it is named", word)
        self._keep(
            Relation(
                relation_type=kind,
                subject=sides[0],
                object=sides[1],
                tool=tool_of(infons) or self.tool,
                source_type=word or None if kind is None else None,
                novel=_novel(infons.get("novel")),
                score=score(infons, self.report, self.line),
            ),
            link,
        )

    def _keep(self, relation: Relation, link: Link) -> None:
        if relation in self._found:
            self.report.repeat(self.line, f"{self.record}: the same relation twice; one stands for both", words(link.id))
        self._found[relation] = None

    def _sides(self, link: Link, infons: Infons, near: Mapping[str, Annotation]) -> tuple[Participant, Participant] | None:
        """The two sides, or None with a line in the report."""
        found = self._named_sides(infons)
        if found is None:
            found = self._sides_of_nodes(link, near)
        if found is None:
            return None
        if len(found) == 2 and all(one.references or one.text not in ("", "-") for one in found):
            return found[0], found[1]
        self.report.skip(self.line, f"{self.record}: a relation with a side that names nothing", words(link.id))
        return None

    def _named_sides(self, infons: Infons) -> list[Participant] | None:
        """The sides that infons name: two roles, two entities, or two infons that are named for entity types (BC5CDR)."""
        if "role1" in infons and "role2" in infons:
            return [_role(infons["role1"]), _role(infons["role2"])]
        if "entity1" in infons and "entity2" in infons:
            return [self._entity(words(infons[key])) for key in ("entity1", "entity2")]
        typed = [(row.key, words(value)) for key, value in infons.items() if (row := entity_type_named(key)) is not None]
        return [participant(text, key) for key, text in typed] if len(typed) == 2 else None

    def _entity(self, text: str) -> Participant:
        found = participant(text, self._type_of(text))
        if not found.references:
            self.report.suspect(self.line, f"{self.record}: a relation's side that is no concept; it stays as text", text)
        return found

    def _type_of(self, text: str) -> str | None:
        """The entity type under which the document mentions one of the identifiers."""
        if self._types is None:
            self._types = _types(self.mentioned.taken)
        known = (self._types.get(token) for token in (text, *_TOKEN_END.split(text)))
        return next(filter(None, known), None)

    def _sides_of_nodes(self, link: Link, near: Mapping[str, Annotation]) -> list[Participant] | None:
        nodes = sorted(link.nodes or (), key=_rank)
        if len(nodes) != 2:
            what = f"{self.record}: a relation with {len(nodes)} sides, where we know two; it is left out"
            self.report.skip(self.line, what, words(link.id))
            return None
        found = [self._annotation(node, near) for node in nodes]
        unknown = [node.refid for node, one in zip(nodes, found, strict=True) if one is None]
        if unknown:
            what = f"{self.record}: a relation between what are no annotations of the document ({', '.join(unknown)[:80]}); it is left out"
            self.report.skip(self.line, what, words(link.id))
            return None
        return [_participant(one) for one in found if one is not None]

    def _annotation(self, node: Node, near: Mapping[str, Annotation]) -> Annotation | None:
        refid = node.refid.strip()
        if refid in near:
            return near[refid]
        if refid in self.mentioned.ambiguous:
            self.report.suspect(
                self.line, f"{self.record}: a relation that refers to an id of several annotations; the first counts", refid
            )
        return self.mentioned.by_id.get(refid)


def _novel(value: Infon) -> bool | None:
    return value if isinstance(value, bool) else _NOVEL.get(words(value).casefold())


def _rank(node: Node) -> int:
    return _RANKS.get((node.role or "").strip().casefold(), _UNNAMED)


def _participant(annotation: Annotation) -> Participant:
    return Participant(annotation.entity_type, annotation.references, "" if annotation.references else annotation.text)


def _role(value: Infon) -> Participant:
    """A side as PubTator3 prints it: an object in JSON, `Chemical|MESH:D016190` in XML."""
    if not isinstance(value, dict):
        return participant(words(value))
    infons: Infons = dict(value.items())
    entity_type = type_named(infon(infons, "type", "biotype"))[0]
    text = plain(identifier_of(infons))
    found = identified(text, entity_type)
    if entity_type is None and found.variant is not None:
        entity_type = "variant"
    references = found.references or rs_numbers(infons)
    name = text if text not in ("", "-") else infon(infons, "name")
    return Participant(entity_type, references, "" if references else name)
