"""Which predicate or class of a release is meant by one that it does not use."""

from collections.abc import Collection
from difflib import get_close_matches
from itertools import islice

from rdfgen.namespaces import expand, output_prefixes

# Comparing names takes time in proportion to how many and how long they are.
_MOST_NAMES = 2_000
_LONGEST_NAME = 80
_LIKENESS = 0.75

_DC = "http://purl.org/dc/elements/1.1/"
_SKOS = "http://www.w3.org/2004/02/skos/core#"
_SIO = "http://semanticscience.org/resource/"
# What others say -> what is said here; `litlod:` is the release's own vocabulary.
_USUAL: dict[str, tuple[str, ...]] = {
    _DC + "subject": ("schema:about",),
    expand("dcterms:subject"): ("schema:about",),
    expand("foaf:topic"): ("schema:about",),
    expand("foaf:primaryTopic"): ("schema:about",),
    expand("biolink:mentions"): ("schema:mentions",),
    _SIO + "SIO_000628": ("schema:mentions",),
    _DC + "creator": ("dcterms:creator",),
    expand("schema:author"): ("dcterms:creator",),
    expand("foaf:maker"): ("dcterms:creator",),
    expand("schema:name"): ("rdfs:label", "dcterms:title"),
    expand("schema:headline"): ("dcterms:title",),
    _SKOS + "prefLabel": ("rdfs:label",),
    _DC + "title": ("dcterms:title",),
    _DC + "date": ("dcterms:issued",),
    _DC + "identifier": ("dcterms:identifier",),
    expand("dcterms:date"): ("dcterms:issued",),
    expand("schema:datePublished"): ("dcterms:issued",),
    expand("prism:publicationDate"): ("dcterms:issued",),
    expand("fabio:hasPublicationYear"): ("dcterms:issued",),
    expand("schema:abstract"): ("dcterms:abstract",),
    expand("bibo:abstract"): ("dcterms:abstract",),
    expand("schema:isPartOf"): ("dcterms:isPartOf",),
    expand("schema:hasPart"): ("dcterms:hasPart",),
    expand("prism:doi"): ("bibo:doi",),
    expand("fabio:hasPubMedId"): ("bibo:pmid",),
    expand("schema:citation"): ("cito:cites",),
    expand("bibo:cites"): ("cito:cites",),
    expand("dcterms:references"): ("cito:cites",),
    expand("owl:sameAs"): ("skos:exactMatch",),
    expand("schema:sameAs"): ("skos:exactMatch",),
    expand("bibo:Article"): ("schema:ScholarlyArticle",),
    expand("bibo:AcademicArticle"): ("schema:ScholarlyArticle",),
    expand("schema:Article"): ("schema:ScholarlyArticle",),
    expand("fabio:ResearchPaper"): ("schema:ScholarlyArticle",),
    expand("biolink:Article"): ("schema:ScholarlyArticle",),
    expand("schema:Person"): ("foaf:Person",),
    expand("biolink:ChemicalEntity"): ("litlod:Chemical",),
    expand("biolink:SmallMolecule"): ("litlod:Chemical",),
    expand("biolink:OrganismTaxon"): ("litlod:Species",),
    expand("biolink:SequenceVariant"): ("litlod:Variant",),
    expand("biolink:CellLine"): ("litlod:CellLine",),
}
_SCHEMA = ("http://schema.org/", expand("schema:"))


def suggestion(iri: str, used: Collection[str], base: str) -> str | None:
    """The term among those used that is meant: by usage, by the same name elsewhere, or by a name much alike.

    >>> suggestion("http://purl.org/dc/terms/subject", ["https://schema.org/about"], "https://w3id.org/litlod/")
    'https://schema.org/about'
    >>> suggestion("http://purl.org/dc/terms/tilte", ["http://purl.org/dc/terms/title"], "https://w3id.org/litlod/")
    'http://purl.org/dc/terms/title'
    """
    iri = iri.replace(*_SCHEMA, 1) if iri.startswith(_SCHEMA[0]) else iri
    if iri in used:
        return iri
    prefixes = output_prefixes(base)
    usual = (prefixes[name.partition(":")[0]] + name.partition(":")[2] for name in _USUAL.get(iri, ()))
    return next((term for term in usual if term in used), None) or _alike(iri, used)


def abbreviated(iri: str, base: str) -> str:
    """The prefixed name of a term by the prefixes printed here, or else its IRI.

    >>> abbreviated("https://schema.org/about", "https://w3id.org/litlod/")
    'schema:about'
    """
    namespace, name = _split(iri)
    prefix = next((prefix for prefix, start in output_prefixes(base).items() if start == namespace), None)
    return f"{prefix}:{name}" if prefix else iri


def _alike(iri: str, used: Collection[str]) -> str | None:
    """The term with the same name, or the one most like it; in the same namespace if there is one, else the first by code point."""
    namespace, name = _split(iri)
    if not name or len(name) > _LONGEST_NAME:
        return None
    names: dict[str, list[str]] = {}
    for term in islice(sorted(used, key=lambda term: (not term.startswith(namespace), term)), _MOST_NAMES):
        names.setdefault(_split(term)[1].casefold()[:_LONGEST_NAME], []).append(term)
    close = get_close_matches(name.casefold(), names, 1, _LIKENESS)
    return names[close[0]][0] if close else None


def _split(iri: str) -> tuple[str, str]:
    """A term's namespace and its name there."""
    start = max(iri.rfind("#"), iri.rfind("/")) + 1
    return iri[:start], iri[start:]
