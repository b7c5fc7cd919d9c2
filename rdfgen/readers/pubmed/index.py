"""What NLM's index says that a paper is and is about: types, subject headings, substances."""

import re
from collections.abc import Iterator
from functools import lru_cache
from itertools import chain

from lxml.etree import _Element

from rdfgen.model import Annotation, ConceptName, Evidence, Heading, Reference, Term
from rdfgen.readers.xml.text import Notes, child_text, distinct, text_of
from rdfgen.vocabularies import VOCABULARIES

RETRACTED = "D016441"

# The first row that is among a record's types decides.
_CLASSES = (
    ("D000076942", "Preprint"),
    ("D016454", "ReviewArticle"),
    ("D000078182", "ReviewArticle"),
    ("D016421", "Editorial"),
    ("D016422", "Letter"),
    ("D016428", "JournalArticle"),
)
_TOOL = "medline"
_QUALIFIER = re.compile(r"Q\d{6,9}", re.ASCII)


def publication_types(elements: Iterator[_Element], notes: Notes) -> tuple[Term, ...]:
    """The publication types, each a record of MeSH."""
    return distinct(((element, _term(element, "publication type", notes)) for element in elements), "publication type", notes)


def publication_class(types: tuple[Term, ...]) -> str | None:
    """The class of FaBiO for a paper of those types, or None where they do not say."""
    identifiers = {term.reference.identifier for term in types}
    return next((name for identifier, name in _CLASSES if identifier in identifiers), None)


def headings(citation: _Element, notes: Notes) -> tuple[Heading, ...]:
    """The subject headings, then the supplementary concepts that the index adds to them."""
    elements = citation.iterfind("MeshHeadingList/MeshHeading")
    supplements = citation.iterfind("SupplMeshList/SupplMeshName")
    found = chain(((one, _heading(one, notes)) for one in elements), ((one, _supplement(one, notes)) for one in supplements))
    return distinct(found, "subject heading", notes)


def _heading(element: _Element, notes: Notes) -> Heading | None:
    descriptor = element.find("DescriptorName")
    if descriptor is None:
        notes.skip(element, "a subject heading without a descriptor")
        return None
    term = _term(descriptor, "subject heading", notes)
    qualifiers = tuple(_qualifiers(element, notes))
    return Heading(term, any(map(_is_major, element)), qualifiers) if term is not None else None


def _qualifiers(element: _Element, notes: Notes) -> Iterator[tuple[str, str, bool]]:
    for one in element.iterfind("QualifierName"):
        identifier, label = one.get("UI", "").strip(), text_of(one)
        if _QUALIFIER.fullmatch(identifier) and label is not None:
            yield identifier, label, _is_major(one)
        else:
            notes.skip(one, "a qualifier without a valid identifier and name of MeSH", f"{label} ({identifier})")


def _supplement(element: _Element, notes: Notes) -> Heading | None:
    term = _term(element, "supplementary concept", notes)
    return Heading(term) if term is not None else None


def _is_major(element: _Element) -> bool:
    return element.get("MajorTopicYN") == "Y"


def _term(element: _Element, what: str, notes: Notes) -> Term | None:
    reference = _mesh_reference(element.get("UI", ""))
    label = text_of(element)
    if reference is not None and label is not None:
        return Term(reference, label)
    notes.skip(element, f"a {what} without a valid identifier and name of MeSH", f"{label} ({element.get('UI')})")
    return None


@lru_cache(maxsize=1 << 16)
def _mesh_reference(stated: str) -> Reference | None:
    identifier = VOCABULARIES["MESH"].identifier(stated)
    return Reference("MESH", identifier) if identifier is not None else None


def substances(chemical_list: _Element | None, notes: Notes) -> tuple[Annotation, ...]:
    """The substances that the index gives, each once; the names are NLM's own."""
    elements = chemical_list.iterfind("Chemical") if chemical_list is not None else ()
    return distinct(((element, _substance(element, notes)) for element in elements), "substance", notes)


def _substance(element: _Element, notes: Notes) -> Annotation | None:
    name = element.find("NameOfSubstance")
    label = text_of(name)
    if name is None or label is None:
        notes.skip(element, "a substance without a name", child_text(element, "RegistryNumber") or "")
        return None
    reference = _mesh_reference(name.get("UI", ""))
    if reference is None:
        notes.unresolve(element, "a substance without an identifier of MeSH", label)
    number = child_text(element, "RegistryNumber")
    return Annotation(
        text=label,
        evidence=Evidence.INDEX_TERM,
        entity_type="chemical",
        references=(reference,) if reference is not None else (),
        unrecognized=_unrecognized(name) if reference is None else (),
        name=ConceptName(label) if reference is not None else None,
        tool=_TOOL,
        registry_number=number if number != "0" else None,
    )


def _unrecognized(name: _Element) -> tuple[str, ...]:
    stated = name.get("UI", "").strip()
    return (stated,) if stated else ()
