"""Terms of OBO ontologies by their IRIs, as obographs and OWL name them: those of our vocabularies, and what is said of them."""

from collections.abc import Iterator

from rdfgen.concepts.facts import Fact, Kind
from rdfgen.iris import concept_reference
from rdfgen.vocabularies import VOCABULARIES

OBO = "http://purl.obolibrary.org/obo/"
OBO_IN_OWL = "http://www.geneontology.org/formats/oboInOwl#"
DEFINITION = f"{OBO}IAO_0000115"
REPLACED_BY = f"{OBO}IAO_0100001"
ALTERNATIVE_IDENTIFIER = f"{OBO_IN_OWL}hasAlternativeId"
EXACT_SYNONYM = f"{OBO_IN_OWL}hasExactSynonym"

_PREFIXES = ("MONDO", "NCBITaxon")


def term_node(iri: str) -> str | None:
    """The record of ours that an IRI names; None for one of another ontology.

    >>> term_node("http://purl.obolibrary.org/obo/MONDO_0002050"), term_node("http://purl.obolibrary.org/obo/HP_0000001")
    ('MONDO:0002050', None)
    """
    reference = concept_reference(iri)
    return str(reference) if reference is not None and reference.prefix in _PREFIXES else None


def is_malformed(iri: str) -> bool:
    """Whether an IRI has a number where those of our vocabularies have one, but none that they accept.

    >>> is_malformed("http://purl.obolibrary.org/obo/MONDO_12"), is_malformed("http://purl.obolibrary.org/obo/NCBITaxon_Union_1")
    (True, False)
    """
    prefixes = [VOCABULARIES[prefix].iri_prefix for prefix in _PREFIXES]
    return term_node(iri) is None and any(iri.startswith(prefix) and iri[len(prefix) :][:1].isdecimal() for prefix in prefixes)


def term_link(subject: str, kind: Kind, target: str) -> Iterator[Fact]:
    """The fact that leads from one record to another; none to itself or to another ontology.

    >>> list(term_link("MONDO:0000004", Kind.REPLACED_BY, "http://purl.obolibrary.org/obo/MONDO_0000003"))
    [Fact(node='MONDO:0000004', kind=<Kind.REPLACED_BY: 7>, value='MONDO:0000003')]
    """
    node = term_node(target)
    if node is not None and node != subject:
        yield Fact(subject, kind, node)


def merged_term(subject: str, other: str) -> Iterator[Fact]:
    """The facts about an identifier that was merged into a record.

    >>> [(fact.node, fact.kind.name) for fact in merged_term("MONDO:0000003", named_iri("MONDO:0000005"))]
    [('MONDO:0000005', 'OBSOLETE'), ('MONDO:0000005', 'REPLACED_BY')]
    """
    node = term_node(other)
    if node is not None and node != subject:
        yield Fact(node, Kind.OBSOLETE)
        yield Fact(node, Kind.REPLACED_BY, subject)


def named_iri(text: str) -> str:
    """The IRI that a text names, which some ontologies write as a CURIE.

    >>> named_iri("MONDO:0000003")
    'http://purl.obolibrary.org/obo/MONDO_0000003'
    """
    return text if "/" in text else OBO + text.replace(":", "_")
