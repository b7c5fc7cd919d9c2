"""From facts about a concept to its triples; the predicates of reference data are chosen here."""

from collections.abc import Iterable, Iterator, Sequence

from rdfgen.concepts.facts import LINKS, Fact, Kind
from rdfgen.entity_types import ENTITY_TYPES
from rdfgen.iris import alias_iris, concept_iri, concept_reference, pair_iri
from rdfgen.model import Reference
from rdfgen.namespaces import MESH_TERMS
from rdfgen.ntriples import Triple, boolean, iri, literal, term
from rdfgen.terms import DESCRIPTION, EXACT_MATCH, IDENTIFIER, LABEL, A, own
from rdfgen.vocabularies import VOCABULARIES

_PREFERRED_LABEL, _ALT_LABEL = term("skos:prefLabel"), term("skos:altLabel")
_BROADER_DESCRIPTOR = iri(f"{MESH_TERMS}broaderDescriptor")
_NAMES = (Kind.LABEL, Kind.SYNONYM)
_LINK = {
    Kind.BROADER: term("rdfs:subClassOf"),
    Kind.REPLACED_BY: term("dcterms:isReplacedBy"),
    Kind.MAPPED_TO: iri(f"{MESH_TERMS}preferredMappedTo"),
    Kind.DESCRIPTOR: iri(f"{MESH_TERMS}hasDescriptor"),
    Kind.TAXON: term("biolink:in_taxon"),
}
_DEPRECATED = term("owl:deprecated")


def _only_types() -> dict[str, str]:
    """The class of the concepts of each vocabulary that is for one type of entity only."""
    types = {prefix: [row for row in ENTITY_TYPES.values() if prefix in row.vocabularies] for prefix in VOCABULARIES}
    return {prefix: rows[0].ontology_class for prefix, rows in types.items() if len(rows) == 1}


_CLASSES = _only_types()


def node_iri(node: str) -> str | None:
    """The IRI of a concept, or of a MeSH descriptor with a qualifier; None for what is a part and no concept.

    >>> node_iri("MESH:D003866Q000188"), node_iri("MESH:T000001")
    ('http://id.nlm.nih.gov/mesh/D003866Q000188', None)
    """
    prefix, _, identifier = node.partition(":")
    descriptor, separator, qualifier = identifier.partition("Q")
    if prefix == "MESH" and separator and qualifier.isdecimal() and VOCABULARIES[prefix].accepts(descriptor):
        return pair_iri(Reference(prefix, descriptor), f"Q{qualifier}")
    reference = _reference(node)
    return None if reference is None else concept_iri(reference)


def iri_node(text: str) -> str | None:
    """The node whose IRI this is, or None.

    >>> iri_node("http://identifiers.org/ncbigene/213"), iri_node("http://id.nlm.nih.gov/mesh/D003866Q000188")
    ('NCBIGene:213', 'MESH:D003866Q000188')
    """
    reference = concept_reference(text)
    if reference is not None:
        return str(reference)
    node = "MESH:" + text.removeprefix(VOCABULARIES["MESH"].iri_prefix)
    return node if node_iri(node) == text else None


def subject(node: str) -> str | None:
    """The term for a node, which ends in `>`, so that terms sort as the lines that start with them do."""
    found = node_iri(node)
    return None if found is None else iri(found)


def _reference(node: str) -> Reference | None:
    prefix, _, identifier = node.partition(":")
    row = VOCABULARIES.get(prefix)
    return Reference(prefix, identifier) if row is not None and row.is_concept and row.accepts(identifier) else None


def known_triples(node: str, facts: Sequence[Fact], base: str) -> Iterator[Triple]:
    """What reference data say of a concept; of several labels the first in order is the label, the others are synonyms."""
    s = iri(node_iri(node) or "")
    yield s, IDENTIFIER, literal(node)
    for name in _classes(node, facts):
        yield s, A, own(base, name)
    label = _label(facts)
    if label is not None:
        yield s, LABEL, literal(label)
        yield s, _PREFERRED_LABEL, literal(label)
    for fact in facts:
        if fact.kind in _NAMES:
            if fact.value != label:
                yield s, _ALT_LABEL, literal(fact.value)
        elif fact.kind in LINKS:
            yield from _link(s, fact)
        else:
            yield from _attribute(s, fact, base)


def _label(facts: Iterable[Fact]) -> str | None:
    return min((fact.value for fact in facts if fact.kind is Kind.LABEL), default=None)


def _classes(node: str, facts: Iterable[Fact]) -> set[str]:
    """The class of the vocabulary; in one for several types, those of the papers, here or at what leads here."""
    reference = _reference(node)
    if reference is None:
        return set()
    only = _CLASSES.get(reference.prefix)
    return {only} if only is not None else {fact.value for fact in facts if fact.kind is Kind.CLASS}


def _link(s: str, fact: Fact) -> Iterator[Triple]:
    target = node_iri(fact.value)
    is_mesh = fact.node.startswith("MESH:") and fact.kind is Kind.BROADER
    if target is not None:
        yield s, _BROADER_DESCRIPTOR if is_mesh else _LINK[fact.kind], iri(target)


def _attribute(s: str, fact: Fact, base: str) -> Iterator[Triple]:
    if fact.kind is Kind.DESCRIPTION:
        yield s, DESCRIPTION, literal(fact.value)
    elif fact.kind is Kind.RANK:
        yield s, own(base, "taxonomicRank"), literal(fact.value)
    elif fact.kind is Kind.OBSOLETE:
        yield s, _DEPRECATED, boolean(True)


def overruled(facts: Iterable[Fact], base: str) -> frozenset[str]:
    """The predicates whose values in papers give way to what reference data say."""
    predicates = {Kind.LABEL: LABEL, Kind.DESCRIPTION: DESCRIPTION, Kind.RANK: own(base, "taxonomicRank")}
    return frozenset(predicates[fact.kind] for fact in facts if fact.kind in predicates)


def label_as_synonym(node: str, facts: Iterable[Fact]) -> Iterator[Triple]:
    """What a paper must not say either: that the label is a synonym."""
    label = _label(facts)
    if label is not None:
        yield iri(node_iri(node) or ""), _ALT_LABEL, literal(label)


def node_aliases(node: str) -> Iterator[Triple]:
    """The other spellings of a concept's IRI."""
    reference = _reference(node)
    if reference is not None:
        yield from ((iri(concept_iri(reference)), EXACT_MATCH, iri(alias)) for alias in alias_iris(reference))
