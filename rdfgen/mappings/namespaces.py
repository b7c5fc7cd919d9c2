"""From the CURIEs and IRIs of mapping files to the records of our vocabularies, whatever namespace a file gives them."""

import re
from collections.abc import Mapping

from rdfgen.identifiers import orcid_reference
from rdfgen.iris import concept_iri, web_iri
from rdfgen.namespaces import PREFIXES
from rdfgen.vocabularies import VOCABULARIES, Vocabulary

# SSSOM's built-in prefixes, which no file may give another meaning.
_BUILT_IN = {name: PREFIXES[name] for name in ("owl", "rdf", "rdfs", "skos", "sssom", "semapv", "xsd")}
_USUAL = {"orcid": "https://orcid.org/", "oboInOwl": "http://www.geneontology.org/formats/oboInOwl#"}
_LINK = re.compile(r"https?://(?:www\.)?", re.IGNORECASE)
_MAPPED = tuple(row for row in VOCABULARIES.values() if row.is_concept or row.is_mapped)
_BY_NAME = {name.casefold(): row for row in _MAPPED for name in (row.prefix, row.bioregistry)}


def _spaces(row: Vocabulary) -> tuple[str, ...]:
    """The namespaces in which a vocabulary's identifiers are met."""
    registries = [
        f"{site}/{name}{separator}"
        for site in ("https://identifiers.org", "https://bioregistry.io")
        for name in dict.fromkeys((row.bioregistry, row.prefix))
        for separator in ":/"
    ]
    return (row.iri_prefix, *(alias.iri_prefix for alias in row.aliases), *([row.page_prefix] if row.page_prefix else []), *registries)


# The longest first, without what differs in no more than the way to the server.
_SPACES = sorted({(_LINK.sub("", space, 1), row.prefix) for row in _MAPPED for space in _spaces(row)}, key=lambda row: (-len(row[0]), row))
_STARTS = tuple(space for space, _ in _SPACES)


def expanded(text: str, prefixes: Mapping[str, str]) -> str | None:
    """The IRI that a CURIE of a file stands for, an IRI as it is, and None for a prefix that nobody explains.

    >>> expanded("mesh:D003866", {"mesh": "http://identifiers.org/mesh/"}), expanded("x:1", {})
    ('http://identifiers.org/mesh/D003866', None)
    """
    text = text.removeprefix("<").removesuffix(">")
    prefix, _, local = text.partition(":")
    if local.startswith("//"):
        return text
    space = _BUILT_IN.get(prefix) or prefixes.get(prefix) or _USUAL.get(prefix)
    return None if space is None or not local else space + local


def valid_iri(text: str, prefixes: Mapping[str, str]) -> str | None:
    """The IRI that the text stands for if it is valid as it is written, else None.

    >>> valid_iri("semapv:LexicalMatching", {})
    'https://w3id.org/semapv/vocab/LexicalMatching'
    """
    found = expanded(text, prefixes)
    return found if found is not None and web_iri(found) == found else None


def author_iri(text: str, prefixes: Mapping[str, str]) -> str | None:
    """The IRI of a person or a group; an ORCID iD must have the right check digit."""
    found = valid_iri(text, prefixes)
    if found is None or "orcid.org/" not in found:
        return found
    reference = orcid_reference(found)
    return None if reference is None else concept_iri(reference)


def notation(text: str, prefixes: Mapping[str, str]) -> tuple[Vocabulary, str] | None:
    """The vocabulary of ours that the text is of, and what it writes for the identifier; None for other vocabularies.

    A prefix that the file explains means what the file says; one that it does not, what everybody means.

    >>> row, rest = notation("mesh:D003866", {"mesh": "https://meshb.nlm.nih.gov/record/ui?ui="})
    >>> row.identifier(rest)
    'D003866'
    >>> notation("mesh:D003866", {"mesh": "http://example.org/mesh/"}) is None
    True
    """
    found = expanded(text, prefixes)
    if found is None:
        prefix, _, local = text.partition(":")
        row = _BY_NAME.get(prefix.casefold())
        return None if row is None else (row, local)
    address = _LINK.sub("", found, 1)
    if not address.startswith(_STARTS):
        return None
    space, name = next(row for row in _SPACES if address.startswith(row[0]))
    return VOCABULARIES[name], address[len(space) :]


def prefix_of(text: str) -> str:
    """What names the vocabulary of a CURIE or IRI in a report.

    >>> prefix_of("agrovoc:c_1"), prefix_of("http://example.org/a#b"), prefix_of("x")
    ('agrovoc', 'http://example.org/a#', '')
    """
    if "://" not in text:
        return text[:80].rpartition(":")[0].partition(":")[0]
    return text[: max(text.rfind("/"), text.rfind("#")) + 1][:80]
