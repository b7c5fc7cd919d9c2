"""From a Paper to triples about the concepts that it speaks of, which papers share."""

from collections.abc import Iterator
from functools import lru_cache

from rdfgen.entity_types import ENTITY_TYPES
from rdfgen.iris import Iris, alias_iris, concept_iri, pair_iri
from rdfgen.model import ConceptName, Heading, Paper, Reference
from rdfgen.ntriples import Triple, iri, literal, term
from rdfgen.terms import DESCRIPTION, EXACT_MATCH, IDENTIFIER, LABEL, A, own

_ALT_LABEL = term("skos:altLabel")


def concept_triples(paper: Paper, iris: Iris) -> Iterator[Triple]:
    """The concepts that the paper speaks of, with labels only where their authority gave them."""
    for annotation in paper.annotations:
        for reference in annotation.references:
            yield from _concept(reference, annotation.entity_type, annotation.name, iris.base)
        if annotation.variant is not None:
            for gene in annotation.variant.genes:
                yield from _concept(gene, "gene", None, iris.base)
    for relation in paper.relations:
        for side in (relation.subject, relation.object):
            for reference in side.references:
                yield from _concept(reference, side.entity_type, None, iris.base)
    yield from _indexed_triples(paper, iris.base)


def _indexed_triples(paper: Paper, base: str) -> Iterator[Triple]:
    """The terms by which an index describes the paper, which come with their official labels."""
    for kind in paper.publication_types:
        yield from _concept(kind.reference, None, ConceptName(kind.label), base)
    for heading in paper.headings:
        yield from _concept(heading.descriptor.reference, None, ConceptName(heading.descriptor.label), base)
        yield from _pair_triples(heading)


def _pair_triples(heading: Heading) -> Iterator[Triple]:
    descriptor = heading.descriptor
    for identifier, name, _ in heading.qualifiers:
        s = iri(pair_iri(descriptor.reference, identifier))
        yield s, IDENTIFIER, literal(f"{descriptor.reference}{identifier}")
        if descriptor.label and name:
            yield s, LABEL, literal(f"{descriptor.label}/{name}")


@lru_cache(maxsize=1 << 14)
def _concept(reference: Reference, entity_type: str | None, name: ConceptName | None, base: str) -> tuple[Triple, ...]:
    """One concept's triples, remembered because papers share concepts."""
    s = iri(concept_iri(reference))
    found = [(s, IDENTIFIER, literal(str(reference)))]
    if entity_type is not None:
        found.insert(0, (s, A, own(base, ENTITY_TYPES[entity_type].ontology_class)))
    if name is not None:
        single = ((LABEL, name.label), (DESCRIPTION, name.full_name), (own(base, "taxonomicRank"), name.rank))
        found += [(s, predicate, literal(text)) for predicate, text in single if text]
        found += [(s, _ALT_LABEL, literal(text)) for text in name.synonyms]
    return tuple(found)


def alias_triples(paper: Paper, _iris: Iris) -> Iterator[Triple]:
    """The other spellings of the IRIs of the concepts that the paper speaks of."""
    for reference in dict.fromkeys(_references(paper)):
        yield from _aliases(reference)


def _references(paper: Paper) -> Iterator[Reference]:
    for annotation in paper.annotations:
        yield from annotation.references
        if annotation.variant is not None:
            yield from annotation.variant.genes
    for relation in paper.relations:
        yield from relation.subject.references
        yield from relation.object.references
    yield from (kind.reference for kind in paper.publication_types)
    yield from (heading.descriptor.reference for heading in paper.headings)


@lru_cache(maxsize=1 << 14)
def _aliases(reference: Reference) -> tuple[Triple, ...]:
    return tuple((iri(concept_iri(reference)), EXACT_MATCH, iri(alias)) for alias in alias_iris(reference))
