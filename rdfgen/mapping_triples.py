"""From a Mapping to triples: the match itself, and the record of who states it, in the terms of SSSOM.

Each property of a record is the SSSOM slot of that name (https://w3id.org/sssom/). A candidate or negative mapping has
a record and no match.
"""

from collections.abc import Iterator

from rdfgen.iris import Iris, concept_iri, digest
from rdfgen.mapping_model import Mapping, MappingSet
from rdfgen.namespaces import expand
from rdfgen.ntriples import Triple, date, iri, literal, number, term
from rdfgen.terms import A

# The predicates that are stated as triples -> what holds in the other direction then.
MATCHES: dict[str, str] = {
    expand(f"skos:{name}Match"): expand(f"skos:{inverse}Match")
    for name, inverse in (("exact", "exact"), ("close", "close"), ("broad", "narrow"), ("narrow", "broad"), ("related", "related"))
}
LEXICAL_MATCHING = expand("semapv:LexicalMatching")
NEGATED = term("sssom:NegatedPredicate")
MAPPING, MAPPING_SET = term("sssom:Mapping"), term("sssom:MappingSet")


def match_triple(mapping: Mapping) -> Triple | None:
    """The mapping as one triple that joins two concepts, or None where its predicate is none of SKOS's matches."""
    if mapping.predicate not in MATCHES:
        return None
    return iri(concept_iri(mapping.subject)), iri(mapping.predicate), iri(concept_iri(mapping.object))


def denied_triples(mapping: Mapping) -> Iterator[Triple]:
    """The triples that a negative mapping says are wrong, in both directions."""
    found = match_triple(mapping)
    if found is not None:
        yield found
        yield found[2], iri(MATCHES[mapping.predicate]), found[0]


def record_triples(mapping: Mapping, iris: Iris) -> Iterator[Triple]:
    """The record of one mapping."""
    stated = sorted({(slot, value) for slot, value in _slots(mapping, iris) if value})
    s = iri(iris.mapping(digest(*(f"{slot} {value}" for slot, value in stated))))
    yield s, A, MAPPING
    for slot, value in stated:
        yield s, slot, value


def set_triples(source: MappingSet, iris: Iris) -> Iterator[Triple]:
    """What is known of the set that mappings are from."""
    s = iri(set_iri(source, iris))
    yield s, A, MAPPING_SET
    if source.version:
        yield s, term("sssom:mapping_set_version"), literal(source.version)
    if source.title:
        yield s, term("sssom:mapping_set_title"), literal(source.title)
    if source.license:
        yield s, term("sssom:license"), iri(source.license)


def set_iri(source: MappingSet, iris: Iris) -> str:
    """The set's own IRI, or one of ours for a set without."""
    return source.iri or iris.mapping_set(source.sha256)


def _slots(mapping: Mapping, iris: Iris) -> Iterator[tuple[str, str]]:
    yield term("sssom:subject_id"), iri(concept_iri(mapping.subject))
    yield term("sssom:predicate_id"), iri(mapping.predicate)
    yield term("sssom:object_id"), iri(concept_iri(mapping.object))
    yield term("sssom:predicate_modifier"), NEGATED if mapping.is_negative else ""
    yield term("sssom:mapping_justification"), iri(mapping.justification) if mapping.justification else ""
    yield term("sssom:confidence"), number(mapping.confidence) if mapping.confidence else ""
    yield term("sssom:mapping_source"), iri(set_iri(mapping.source, iris)) if mapping.source else ""
    yield term("sssom:mapping_date"), date(mapping.date) if mapping.date else ""
    for slot, texts in (
        ("subject_label", (mapping.subject_label,)),
        ("object_label", (mapping.object_label,)),
        ("mapping_tool", (mapping.tool,)),
        ("match_string", mapping.match_strings),
    ):
        yield from ((term(f"sssom:{slot}"), literal(text)) for text in texts if text)
    yield from ((term("sssom:author_id"), iri(author)) for author in mapping.authors)
