"""Identifiers of papers and people in XML: each word for a kind of identifier, what is valid, and which one stands first."""

import re
from collections.abc import Iterable
from typing import NamedTuple

from lxml.etree import _Element

from rdfgen.identifiers import doi_reference, orcid_reference
from rdfgen.model import Reference
from rdfgen.readers.xml.text import Notes, text_of
from rdfgen.vocabularies import VOCABULARIES

# In the order in which one of several identifiers of a cited work is chosen.
_PREFIXES = {"pmid": "PMID", "pubmed": "PMID", "pmc": "PMCID", "pmcid": "PMCID", "doi": "DOI"}
_ORDER = ("PMID", "PMCID", "DOI")
_VERSION = re.compile(r"(?<=\d)\.\d{1,3}$", re.ASCII)
_ORCID = re.compile(r"(\d{4})-?(\d{4})-?(\d{4})-?(\d{3}[\dXx])$", re.ASCII)
_ISSN = re.compile(r"(\d{4})-?(\d{3}[\dX])", re.ASCII)


class Stated(NamedTuple):
    """An identifier where a record states it, and the prefix of the vocabulary that it should be of."""

    element: _Element
    prefix: str
    text: str


def prefix_of(kind: str | None) -> str | None:
    """The prefix of the vocabulary that a source means by its word for a kind of identifier, or None.

    >>> prefix_of("pubmed"), prefix_of("pii")
    ('PMID', None)
    """
    return _PREFIXES.get(kind or "")


def paper_reference(prefix: str, text: str) -> Reference | None:
    """The identifier of a paper in that vocabulary, or None where the text is none.

    >>> paper_reference("PMCID", "3166277"), paper_reference("PMID", "n/a")
    (Reference(prefix='PMCID', identifier='PMC3166277'), None)
    """
    if prefix == "DOI":
        return doi_reference(text)
    identifier = VOCABULARIES[prefix].identifier(_VERSION.sub("", text) if prefix == "PMCID" else text)
    return Reference(prefix, identifier) if identifier is not None else None


def own_identifiers(stated: Iterable[Stated], notes: Notes) -> tuple[Reference, ...]:
    """The paper's own identifiers, one of each kind: the surest are stated first."""
    found: dict[str, Reference] = {}
    for element, prefix, text in stated:
        one = paper_reference(prefix, text)
        if one is None:
            notes.skip(element, f"not a valid identifier of {prefix}", text)
        elif found.setdefault(prefix, one).identifier.casefold() != one.identifier.casefold():
            notes.suspect(element, f"a second {prefix} beside {found[prefix].identifier}, which is the one kept", text)
    return tuple(found.values())


def cited_identifier(stated: Iterable[Stated], notes: Notes) -> Reference | None:
    """The one identifier by which a cited work is best known, of those that are valid; None where there is none."""
    found: dict[str, Reference] = {}
    for element, prefix, text in stated:
        one = paper_reference(prefix, text)
        if one is not None:
            found.setdefault(prefix, one)
        elif text:
            notes.suspect(element, f"a reference with an invalid identifier of {prefix}, which is left out", text)
    return next((found[prefix] for prefix in _ORDER if prefix in found), None)


def orcid(element: _Element, notes: Notes) -> Reference | None:
    """The ORCID iD that an element holds, with or without hyphens; one that is none is reported."""
    text = text_of(element) or ""
    match = _ORCID.search(text.rstrip("/"))
    found = orcid_reference("-".join(match.groups())) if match is not None else None
    if found is None:
        notes.skip(element, "not a valid ORCID iD", text)
    return found


def issns(elements: Iterable[_Element], notes: Notes) -> tuple[str, ...]:
    """The ISSNs that the elements hold, each once, as `1234-567X`; one that is none is reported."""
    found: dict[str, None] = {}
    for element in elements:
        text = text_of(element)
        match = _ISSN.fullmatch(text.upper()) if text is not None else None
        if match is not None:
            found[f"{match[1]}-{match[2]}"] = None
        elif text is not None:
            notes.skip(element, "not a valid ISSN", text)
    return tuple(found)
