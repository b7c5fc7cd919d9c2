"""From the relations of a Paper to triples: associations in Biolink's sense (https://w3id.org/biolink/)."""

from collections.abc import Iterator

from rdfgen.iris import Iris, concept_iri, digest, part
from rdfgen.model import Paper, Participant, Relation
from rdfgen.ntriples import Triple, boolean, iri, literal, number, term
from rdfgen.relation_types import RELATION_TYPES
from rdfgen.terms import GENERATED_BY, A, activity, own

_ASSOCIATION, _PUBLICATIONS = term("biolink:Association"), term("biolink:publications")
_SUBJECT, _OBJECT = term("biolink:subject"), term("biolink:object")


def relation_triples(paper: Paper, iris: Iris) -> Iterator[Triple]:
    """Every relation with both sides, its type, the paper and who says so."""
    subject, base = iris.paper(paper), iris.base
    publication = iri(subject)
    for relation in paper.relations:
        s = iri(part(subject, f"relation-{relation_key(relation)}"))
        yield s, A, _ASSOCIATION
        yield from _participant_triples(relation.subject, s, _SUBJECT, own(base, "subjectText"))
        yield from _participant_triples(relation.object, s, _OBJECT, own(base, "objectText"))
        if relation.relation_type is not None:
            yield s, own(base, "relationType"), own(base, RELATION_TYPES[relation.relation_type].ontology_term)
        yield s, _PUBLICATIONS, publication
        yield s, GENERATED_BY, activity(base, relation.tool)
        yield from _further_triples(relation, s, base)


def relation_key(relation: Relation) -> str:
    """Twelve hexadecimal digits that are the same for the same relation: they depend on type, tool and both sides."""
    sides = (field for side in (relation.subject, relation.object) for field in (side.text, *map(str, side.references), ""))
    return digest(relation.relation_type or "", relation.source_type or "", relation.tool, *sides)


def _participant_triples(side: Participant, s: str, predicate: str, text_predicate: str) -> Iterator[Triple]:
    """The concepts of one side, or the text where there are none."""
    for found in side.references:
        yield s, predicate, iri(concept_iri(found))
    if side.text and not side.references:
        yield s, text_predicate, literal(side.text)


def _further_triples(relation: Relation, s: str, base: str) -> Iterator[Triple]:
    if relation.source_type is not None:
        yield s, own(base, "sourceType"), literal(relation.source_type)
    if relation.novel is not None:
        yield s, own(base, "novel"), boolean(relation.novel)
    if relation.score is not None:
        yield s, own(base, "score"), number(relation.score)
