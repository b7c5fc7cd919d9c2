"""Whose each part of a release is, and on what terms: the one table behind VoID, DCAT, pages and docs/data-licences.md."""

from collections.abc import Iterator
from dataclasses import dataclass

from rdfgen.iris import Iris
from rdfgen.ntriples import Triple, iri, literal, term
from rdfgen.terms import TITLE, A

CC0 = "https://creativecommons.org/publicdomain/zero/1.0/"
CC_BY = "https://creativecommons.org/licenses/by/4.0/"

_PAPERS, _CONCEPTS = ("papers",), ("concepts",)
_FOUND = ("annotations", "relations")


@dataclass(frozen=True, slots=True)
class Terms:
    """One kind of content: who it comes from, on what terms, which parts have it; `licence` only where one covers it all."""

    content: str
    origin: str
    terms: str
    parts: tuple[str, ...]
    licence: str | None = None


TERMS: tuple[Terms, ...] = (
    Terms("titles, authors, journals, dates, identifiers", "bibliographic facts", "not restricted in most countries", _PAPERS),
    Terms(
        "abstracts, captions of figures and tables",
        "the publishers, by way of the papers' sources",
        "the licence of each paper, which is not known here; many open-access papers are CC BY",
        _PAPERS,
    ),
    Terms("summaries, contributions, key findings", "the site whose page was read (`prov:wasAttributedTo`)", "that site's terms", _PAPERS),
    Terms("annotations and relations of PubTator3", "NCBI", "public domain (U.S. Government)", _FOUND),
    Terms("annotations and relations of other files", "whoever made the file", "that file's terms, which are not known here", _FOUND),
    Terms("identifiers and names of genes and taxa", "NCBI", "public domain (U.S. Government)", _CONCEPTS),
    Terms(
        "MeSH identifiers, headings and their labels",
        "National Library of Medicine",
        "public domain, with NLM's conditions for MeSH",
        _CONCEPTS,
    ),
    Terms("Mondo identifiers, names and hierarchy", "Mondo Disease Ontology", "CC BY 4.0", _CONCEPTS, CC_BY),
    Terms("PubChem, dbSNP identifiers and names", "NCBI", "public domain (U.S. Government)", _CONCEPTS),
    Terms("OMIM identifiers", "OMIM", "identifiers only; OMIM's own terms cover its content", _CONCEPTS),
    Terms("Cellosaurus identifiers and names", "SIB Cellosaurus", "CC BY 4.0", _CONCEPTS, CC_BY),
    Terms("mappings of files", "whoever made the set", "the set's licence, where it states one (`sssom:license`)", ("mappings",)),
    Terms("candidates for mappings", "LitLOD", "CC0 1.0", ("mappings",), CC0),
    Terms(
        "links, vocabulary, metadata",
        "LitLOD",
        "CC0 1.0",
        ("aliases", "provenance", "ontology", "examples", "metadata"),
        CC0,
    ),
    Terms("what `--include` adds", "its owner", "its owner's terms, which are not known here", ("included", "included-graphs")),
)


SUMMARY = (
    "No single licence covers the whole dataset. Titles, abstracts and names belong to the publishers and databases they come from, "
    "under the terms stated there; the statements about them are dedicated to the public domain (CC0 1.0)."
)


def licence(name: str) -> str | None:
    """The licence of a part, if there is one that covers all that the part holds.

    >>> licence("ontology") == CC0, licence("concepts")
    (True, None)
    """
    found = {row.licence for row in TERMS if name in row.parts}
    return found.pop() if len(found) == 1 else None


def rights(name: str) -> str:
    """The terms of a part in words.

    >>> rights("ontology")
    'links, vocabulary, metadata: LitLOD, CC0 1.0.'
    """
    rows = (f"{row.content}: {row.origin}, {row.terms}" for row in TERMS if name in row.parts)
    text = "; ".join(rows).replace("`", "")
    return f"{text}." if text else SUMMARY


def rights_triples(node: str, name: str) -> Iterator[Triple]:
    """The terms of a part, or of one file of it."""
    found = licence(name)
    if found is not None:
        yield node, term("dcterms:license"), iri(found)
    yield node, term("dcterms:rights"), literal(rights(name))


def document_triples(iris: Iris) -> Iterator[Triple]:
    """The document that says which terms apply to what: no single licence covers the whole."""
    document = iri(iris.licences())
    yield document, A, term("dcterms:LicenseDocument")
    yield document, TITLE, literal("Terms of use, by the origin of the content")
    yield document, term("dcterms:description"), literal(SUMMARY)
