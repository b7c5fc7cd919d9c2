"""The vocabulary under an OWL 2 RL reasoner: consistent with the data, without empty classes, joined to other vocabularies."""

import re
from collections.abc import Iterable
from functools import cache

import owlrl
import pytest
from owlrl.Namespaces import ERRNS
from rdflib import OWL, RDF, RDFS, SKOS, Graph, Literal, URIRef
from rdflib.namespace import Namespace
from rdflib.term import Node

from rdfgen.entity_types import ENTITY_TYPES, EntityType
from rdfgen.iris import Iris
from tests import samples

LITLOD = Namespace(Iris().term(""))
BIOLINK = Namespace("https://w3id.org/biolink/vocab/")
SCHEMA = Namespace("https://schema.org/")
OA = Namespace("http://www.w3.org/ns/oa#")
SIO = Namespace("http://semanticscience.org/resource/")
CITO = Namespace("http://purl.org/spar/cito/")
EXAMPLE = Namespace("https://example.org/")
ENTITIES = pytest.mark.parametrize("row", ENTITY_TYPES.values(), ids=ENTITY_TYPES)

# The axioms of the vocabulary; each is in OWL 2 RL where both sides are names.
AXIOMS = {RDF.type, RDFS.subClassOf, RDFS.subPropertyOf, RDFS.domain, RDFS.range, OWL.disjointWith}


@cache
def ontology() -> Graph:
    return Graph().parse(samples.ROOT / "ontology" / "litlod.ttl")


@cache
def reasoned() -> Graph:
    """The vocabulary and the release of all sample papers, and what follows from them."""
    return closed(ontology() + samples.release_graph())


def closed(graph: Graph) -> Graph:
    owlrl.DeductiveClosure(owlrl.OWLRL_Semantics).expand(graph)
    return graph


def following(triples: Iterable[tuple[Node, Node, Node]]) -> Graph:
    """What follows from the vocabulary and these triples."""
    graph = Graph() + ontology()
    for triple in triples:
        graph.add(triple)
    return closed(graph)


def contradictions(graph: Graph) -> list[str]:
    members = [f"{member} is in owl:Nothing" for member in graph.subjects(RDF.type, OWL.Nothing)]
    return sorted([*map(str, graph.objects(None, ERRNS.error)), *members])


def own_classes() -> list[str]:
    return sorted(str(term).removeprefix(LITLOD) for term in ontology().subjects(RDF.type, OWL.Class) if str(term).startswith(LITLOD))


def test_the_vocabulary_and_a_release_contradict_each_other_nowhere() -> None:
    assert len(reasoned()) > len(ontology())
    assert contradictions(reasoned()) == []


def test_every_class_can_have_members() -> None:
    classes = set(ontology().subjects(RDF.type, OWL.Class))
    assert len(classes) > 10
    found = following((EXAMPLE[str(number)], RDF.type, kind) for number, kind in enumerate(sorted(classes, key=str)))
    assert contradictions(found) == []
    assert set(found.subjects(RDFS.subClassOf, OWL.Nothing)) <= {OWL.Nothing}


def test_every_property_can_be_used() -> None:
    properties = sorted(ontology().subjects(RDF.type, OWL.ObjectProperty), key=str)
    found = following((EXAMPLE[f"{number}-s"], term, EXAMPLE[f"{number}-o"]) for number, term in enumerate(properties))
    assert contradictions(found) == []


def test_nothing_is_taken_to_be_something_else() -> None:
    same = [(one, other) for one, other in reasoned().subject_objects(OWL.sameAs) if one != other and not isinstance(one, Literal)]
    assert same == []


def test_the_vocabulary_is_made_of_axioms_between_names() -> None:
    annotations = {term for term in set(ontology().predicates()) if term not in AXIOMS}
    logical = {term for term in annotations if str(term).startswith(str(OWL))} - {OWL.versionInfo, OWL.versionIRI}
    assert logical == set()
    assert all(isinstance(node, (URIRef, Literal)) for triple in ontology() for node in triple)


# That the reasoner would notice.


@pytest.mark.parametrize("kind", [SCHEMA.ScholarlyArticle, OA.Annotation, BIOLINK.Association])
def test_a_thing_of_ours_that_is_a_paper_annotation_or_relation_too_is_a_contradiction(kind: URIRef) -> None:
    found = following((EXAMPLE[own], RDF.type, parent) for own in own_classes() for parent in (LITLOD[own], kind))
    assert named_in(contradictions(found)) == set(own_classes())


def test_a_paper_that_mentions_a_mention_is_a_contradiction() -> None:
    properties = {row.mention_property for row in ENTITY_TYPES.values()}
    mentions = [(EXAMPLE.paper, LITLOD[name], EXAMPLE[name]) for name in sorted(properties)]
    assert contradictions(following(mentions)) == []
    assert named_in(contradictions(following([*mentions, *((node, RDF.type, OA.Annotation) for _, _, node in mentions)]))) == properties


def named_in(messages: list[str]) -> set[str]:
    """The example things that contradictions are about."""
    return {name for text in messages for name in re.findall(rf"{EXAMPLE}(\w+)", text)}


def test_one_record_may_be_of_two_types() -> None:
    both = [(EXAMPLE.calcium, RDF.type, LITLOD.Chemical), (EXAMPLE.calcium, RDF.type, LITLOD.Disease)]
    assert contradictions(following(both)) == []


# What others can ask for in their own words.


@ENTITIES
@pytest.mark.parametrize("term", [SCHEMA.mentions, SIO.SIO_000628, BIOLINK.mentions])
def test_a_typed_mention_is_a_mention_in_the_words_of_others(row: EntityType, term: URIRef) -> None:
    stated = set(reasoned().subject_objects(LITLOD[row.mention_property]))
    assert stated and stated <= set(reasoned().subject_objects(term))


@ENTITIES
def test_a_concept_has_a_class_of_biolink(row: EntityType) -> None:
    (parent,) = ontology().objects(LITLOD[row.ontology_class], RDFS.subClassOf)
    members = set(reasoned().subjects(RDF.type, LITLOD[row.ontology_class]))
    assert str(parent).startswith(BIOLINK)
    assert members and members <= set(reasoned().subjects(RDF.type, parent))


def test_a_retraction_is_found_by_the_term_of_cito() -> None:
    stated = set(reasoned().subject_objects(LITLOD.retractedBy))
    assert stated and stated <= set(reasoned().subject_objects(CITO.isRetractedBy))


@pytest.mark.parametrize("own", own_classes())
def test_every_class_is_aligned_with_one_of_another_vocabulary(own: str) -> None:
    aligned = [node for term in (RDFS.subClassOf, SKOS.closeMatch) for node in ontology().objects(LITLOD[own], term)]
    assert [node for node in aligned if not str(node).startswith(LITLOD)]
