"""From the annotations of a Paper to triples: mentions as Web Annotations (https://www.w3.org/TR/annotation-vocab/)."""

from collections.abc import Iterable, Iterator

from rdfgen.entity_types import ENTITY_TYPES
from rdfgen.iris import Iris, concept_iri, digest, part
from rdfgen.model import Annotation, Location, Paper, Variant
from rdfgen.ntriples import Triple, count, iri, literal, number, term
from rdfgen.terms import GENERATED_BY, IS_PART_OF, VALUE, A, activity, own

_ANNOTATION, _TEXTUAL_BODY = term("oa:Annotation"), term("oa:TextualBody")
_HAS_BODY, _HAS_TARGET = term("oa:hasBody"), term("oa:hasTarget")
_SPECIFIC_RESOURCE, _HAS_SOURCE, _HAS_SELECTOR = term("oa:SpecificResource"), term("oa:hasSource"), term("oa:hasSelector")
_POSITION_SELECTOR, _START, _END = term("oa:TextPositionSelector"), term("oa:start"), term("oa:end")
_QUOTE_SELECTOR, _EXACT = term("oa:TextQuoteSelector"), term("oa:exact")

# The fragment of the text in which locations count.
TEXT = "text"


def annotation_triples(paper: Paper, iris: Iris) -> Iterator[Triple]:
    """Every mention with what it is resolved to, where it stands and who says so."""
    subject, base = iris.paper(paper), iris.base
    target, evidence, surface_form, entity_type = iri(subject), own(base, "evidence"), own(base, "surfaceForm"), own(base, "entityType")
    for key, annotation in _distinct(paper.annotations):
        mention = part(subject, f"mention-{key}")
        s = iri(mention)
        yield s, A, _ANNOTATION
        for found in annotation.references:
            yield s, _HAS_BODY, iri(concept_iri(found))
        yield s, _HAS_TARGET, iri(_target(mention, 1)) if annotation.locations else target
        yield s, evidence, own(base, annotation.evidence)
        if annotation.text:
            yield s, surface_form, literal(annotation.text)
        if annotation.entity_type is not None:
            yield s, entity_type, own(base, ENTITY_TYPES[annotation.entity_type].ontology_class)
        yield s, GENERATED_BY, activity(base, annotation.tool)
        if _says_more(annotation):
            yield from _further_triples(annotation, s, mention, base)
        if annotation.unrecognized or not annotation.references:
            yield from _unresolved_triples(annotation, s, iri(f"{mention}-text"), base)
        for place, location in enumerate(annotation.locations, 1):
            yield from _target_triples(location, location.exact or annotation.text, _target(mention, place), subject)


def _distinct(annotations: Iterable[Annotation]) -> Iterator[tuple[str, Annotation]]:
    """The annotations with their keys, each key once."""
    seen: set[str] = set()
    for annotation in annotations:
        key = annotation_key(annotation)
        if key not in seen:
            seen.add(key)
            yield key, annotation


def annotation_key(annotation: Annotation) -> str:
    """Twelve hexadecimal digits that are the same for the same mention, in whatever source and release.

    They depend on type, evidence, tool, surface form, identifiers, the notation of a variant and the places.
    """
    kind = (annotation.entity_type or "", annotation.source_type or "", annotation.evidence, annotation.tool)
    named = (*kind, annotation.text, *map(str, annotation.references), "", *annotation.unrecognized)
    if not annotation.locations and annotation.variant is None:
        return digest(*named)
    notation = annotation.variant.notation if annotation.variant is not None else ""
    return digest(*named, "", notation, *(f"{location.start}-{location.end}" for location in annotation.locations))


def _says_more(annotation: Annotation) -> bool:
    """Whether `_further_triples` has anything to say, which is dearer to find out."""
    more = annotation.source_type or annotation.locations or annotation.variant or annotation.score or annotation.note
    return bool(more or annotation.registry_number)


def _further_triples(annotation: Annotation, s: str, mention: str, base: str) -> Iterator[Triple]:
    """What only some sources say of a mention."""
    for place in range(2, len(annotation.locations) + 1):
        yield s, _HAS_TARGET, iri(_target(mention, place))
    if annotation.source_type is not None:
        yield s, own(base, "sourceType"), literal(annotation.source_type)
    if annotation.variant is not None:
        yield from _variant_triples(annotation.variant, s, base)
    if annotation.score is not None:
        yield s, own(base, "score"), number(annotation.score)
    if annotation.note is not None:
        yield s, own(base, "note"), literal(annotation.note)
    if annotation.registry_number is not None:
        yield s, own(base, "registryNumber"), literal(annotation.registry_number)


def _variant_triples(variant: Variant, s: str, base: str) -> Iterator[Triple]:
    if variant.notation:
        yield s, own(base, "variantNotation"), literal(variant.notation)
    for name in variant.hgvs:
        yield s, own(base, "hgvs"), literal(name)
    for gene in variant.genes:
        yield s, own(base, "correspondingGene"), iri(concept_iri(gene))


def _unresolved_triples(annotation: Annotation, s: str, body: str, base: str) -> Iterator[Triple]:
    """The identifiers that no vocabulary accepts and, where no concept is left, the text as the body."""
    for text in annotation.unrecognized:
        yield s, own(base, "unrecognizedIdentifier"), literal(text)
    if annotation.references:
        return
    yield s, own(base, "resolution"), own(base, "Unresolved")
    yield s, _HAS_BODY, body
    yield body, A, _TEXTUAL_BODY
    yield body, VALUE, literal(_body_text(annotation))


def _body_text(annotation: Annotation) -> str:
    """The words for a mention without a concept: its own or, where the source prints none, all else that it says."""
    notation = annotation.variant.notation if annotation.variant is not None else ""
    return annotation.text or ", ".join(annotation.unrecognized) or notation


def _target(mention: str, number: int) -> str:
    """The IRI of the place where a mention, or the piece of it with this number, stands."""
    return f"{mention}-at" if number == 1 else f"{mention}-at-{number}"


def _target_triples(location: Location, exact: str, target: str, subject: str) -> Iterator[Triple]:
    """A place: positions count from the start of the document's text, which is therefore the source, and not the section."""
    s = iri(target)
    yield s, A, _SPECIFIC_RESOURCE
    yield s, _HAS_SOURCE, iri(part(subject, TEXT))
    if location.section is not None:
        yield s, IS_PART_OF, iri(part(subject, location.section))
    yield from _selector_triples(location, exact, target)


def _selector_triples(location: Location, exact: str, target: str) -> Iterator[Triple]:
    node, position, quote = iri(target), iri(f"{target}-position"), iri(f"{target}-quote")
    yield node, _HAS_SELECTOR, position
    if exact:
        yield node, _HAS_SELECTOR, quote
    yield position, A, _POSITION_SELECTOR
    yield position, _START, count(location.start)
    yield position, _END, count(location.end)
    if exact:
        yield quote, A, _QUOTE_SELECTOR
        yield quote, _EXACT, literal(exact)
