"""What can be found: papers and concepts, from the triples of a release."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import IntEnum

from rdfgen.entity_types import ENTITY_TYPES
from rdfgen.iris import Iris
from rdfgen.ntriples import iri, term
from rdfgen.search.statements import Subject, subjects
from rdfgen.terms import DESCRIPTION, IDENTIFIER, LABEL, TITLE, A

PAPER = "paper"
# Concepts without a type are those by which an index describes papers.
HEADING = "heading"
KINDS = (PAPER, *ENTITY_TYPES, HEADING)

_ARTICLE = term("schema:ScholarlyArticle")[1:-1]
_ALT_LABEL, _ISSUED, _ABSTRACT = term("skos:altLabel"), term("dcterms:issued"), term("dcterms:abstract")
_MENTIONS, _HAS_BODY = term("schema:mentions"), term("oa:hasBody")
# What identifies a paper, the first that there is to be shown, and what stands before it then.
_PAPER_IDENTIFIERS = {term("fabio:hasPubMedCentralId"): "", term("bibo:pmid"): "PMID:", term("bibo:doi"): "DOI:"}


class Field(IntEnum):
    """What a name is to a thing. Surface forms are words of papers that stand for a concept there, and no labels of it."""

    LABEL = 0
    SYNONYM = 1
    SURFACE = 2
    IDENTIFIER = 3


@dataclass(frozen=True, slots=True)
class Thing:
    """A paper or concept; `identifier` is the one to show, `names` are all others, `text` is an abstract."""

    iri: str
    kinds: tuple[str, ...]
    label: str | None
    identifier: str | None
    year: int | None
    names: tuple[tuple[Field, str], ...]
    text: str = ""


@dataclass(frozen=True, slots=True)
class Mention:
    """A text that stands for some concepts at one place of a paper."""

    concepts: tuple[str, ...]
    text: str


def papers(lines: Iterable[bytes]) -> Iterator[tuple[Thing, list[str]]]:
    """The papers of a release's part, and the concepts that each mentions."""
    for found in subjects(lines):
        if _ARTICLE in found.iris(A):
            yield _paper(found), found.iris(_MENTIONS)


def _paper(found: Subject) -> Thing:
    titles = found.texts(TITLE)
    identifiers = [(before, identifier) for predicate, before in _PAPER_IDENTIFIERS.items() for identifier in found.texts(predicate)]
    names = [(Field.LABEL, title) for title in titles] + [(Field.IDENTIFIER, identifier) for _, identifier in identifiers]
    year = next((int(date[:4]) for date in found.texts(_ISSUED) if date[:4].isdecimal()), None)
    shown = next((before + identifier for before, identifier in identifiers), None)
    abstract = "\n\n".join(found.texts(_ABSTRACT))
    return Thing(found.iri, (PAPER,), next(iter(titles), None), shown, year, tuple(names), abstract)


def concepts(lines: Iterable[bytes], iris: Iris) -> Iterator[Thing]:
    """The concepts of a release's part: those with an identifier."""
    types = {iris.term(row.ontology_class): row.key for row in ENTITY_TYPES.values()}
    for found in subjects(lines):
        identifiers = found.texts(IDENTIFIER)
        if identifiers:
            kinds = tuple(types[name] for name in found.iris(A) if name in types) or (HEADING,)
            yield _concept(found, kinds, identifiers)


def _concept(found: Subject, kinds: tuple[str, ...], identifiers: list[str]) -> Thing:
    labels, synonyms = found.texts(LABEL), found.texts(_ALT_LABEL)
    if any(kind in ENTITY_TYPES and ENTITY_TYPES[kind].names_are_official for kind in kinds):
        synonyms += found.texts(DESCRIPTION)  # their full names
    fields = ((Field.LABEL, labels), (Field.SYNONYM, synonyms), (Field.IDENTIFIER, identifiers))
    names = tuple((field, text) for field, texts in fields for text in dict.fromkeys(texts))
    return Thing(found.iri, kinds, next(iter(labels), None), identifiers[0], None, names)


def mentions(lines: Iterable[bytes], iris: Iris) -> Iterator[Mention]:
    """The mentions of a release's part that stand for a concept and have words."""
    surface_form = iri(iris.term("surfaceForm"))
    for found in subjects(lines):
        bodies = tuple(body for body in found.iris(_HAS_BODY) if not body.startswith(iris.base))
        texts = found.texts(surface_form) if bodies else ()
        yield from (Mention(bodies, text) for text in texts)
