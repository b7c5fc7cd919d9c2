"""From a Paper to its triples: the only place that chooses a predicate.

`PARTS` names the parts of a release and what makes each. Triples of one subject stand together, in an order that
depends on nothing but the paper. Triples about things that papers share (concepts, tools, sites) repeat from paper
to paper; whoever collects them keeps one of each.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from rdfgen import provenance
from rdfgen.entity_types import ENTITY_TYPES
from rdfgen.iris import Iris, alias_iris, concept_iri, digest, page_url, part, site_iri
from rdfgen.model import Annotation, Author, ConceptName, Evidence, Paper, Reference
from rdfgen.ntriples import Triple, date, integer, iri, literal, term

_A = term("rdf:type")
_VALUE = term("rdf:value")
_FIRST, _REST, _NIL = term("rdf:first"), term("rdf:rest"), term("rdf:nil")
_LABEL, _ALT_LABEL, _SEE_ALSO = term("rdfs:label"), term("skos:altLabel"), term("rdfs:seeAlso")
_EXACT_MATCH = term("skos:exactMatch")
_TITLE, _ISSUED, _ABSTRACT = term("dcterms:title"), term("dcterms:issued"), term("dcterms:abstract")
_CREATOR, _HAS_PART, _IS_PART_OF = term("dcterms:creator"), term("dcterms:hasPart"), term("dcterms:isPartOf")
_IDENTIFIER, _DESCRIPTION, _HAS_FORMAT = term("dcterms:identifier"), term("dcterms:description"), term("dcterms:hasFormat")
_AUTHOR_LIST = term("bibo:authorList")
_PERSON, _NAME, _PAGE = term("foaf:Person"), term("foaf:name"), term("foaf:page")
_ABOUT, _MENTIONS = term("schema:about"), term("schema:mentions")
_CONTRIBUTION = term("deo:Contribution")
_ANNOTATION, _TEXTUAL_BODY = term("oa:Annotation"), term("oa:TextualBody")
_HAS_BODY, _HAS_TARGET = term("oa:hasBody"), term("oa:hasTarget")
_DERIVED_FROM, _ATTRIBUTED_TO = term("prov:wasDerivedFrom"), term("prov:wasAttributedTo")
_GENERATED_BY, _ENTITY, _AGENT = term("prov:wasGeneratedBy"), term("prov:Entity"), term("prov:Agent")

_LITERAL_IDENTIFIERS = {
    "DOI": term("bibo:doi"),
    "PMID": term("bibo:pmid"),
    "PMCID": term("fabio:hasPubMedCentralId"),
    "arXiv": term("fabio:hasArXivId"),
}


@lru_cache(maxsize=1024)
def _own(base: str, name: str) -> str:
    """A term of our vocabulary, remembered because every mention needs several."""
    return iri(Iris(base).term(name))


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a release. `is_shared` says that papers repeat its triples."""

    name: str
    triples: Callable[[Paper, Iris], Iterator[Triple]]
    is_shared: bool = False


def paper_triples(paper: Paper, iris: Iris) -> Iterator[Triple]:
    """The paper itself and its parts; the parts follow the paper."""
    subject = iris.paper(paper)
    s = iri(subject)
    yield s, _A, term(f"fabio:{paper.publication_type}")
    yield s, _A, term("schema:ScholarlyArticle")
    if paper.title is not None:
        yield s, _TITLE, literal(paper.title)
    yield from _identifier_triples(paper, s)
    yield from _description_triples(paper, subject, iris)
    yield from _concept_links(paper, s, iris)
    yield from ((s, _CREATOR, iri(part(subject, f"author-{number}"))) for number in range(1, len(paper.authors) + 1))
    if paper.authors:
        yield s, _AUTHOR_LIST, iri(part(subject, "authors-1"))
    source = iri(part(subject, "source"))
    yield s, _DERIVED_FROM, source
    yield from _author_triples(paper.authors, subject, iris)
    yield from _journal_triples(paper, subject)
    yield from _statement_triples(paper, subject, iris)
    yield source, _A, _ENTITY
    yield source, term("schema:sha256"), literal(paper.source.sha256)


def _identifier_triples(paper: Paper, s: str) -> Iterator[Triple]:
    for found in paper.identifiers:
        yield s, _LITERAL_IDENTIFIERS[found.prefix], literal(found.identifier)
    for found in paper.identifiers:
        yield s, _EXACT_MATCH, iri(concept_iri(found))
    for page in filter(None, map(page_url, paper.identifiers)):
        yield s, _SEE_ALSO, iri(page)
    if paper.source.url is not None:
        yield s, _PAGE, iri(paper.source.url)
    if paper.full_text_url is not None:
        yield s, _HAS_FORMAT, iri(paper.full_text_url)


def _description_triples(paper: Paper, subject: str, iris: Iris) -> Iterator[Triple]:
    s = iri(subject)
    if paper.issued is not None:
        yield s, _ISSUED, date(paper.issued)
    if paper.abstract:
        yield s, _ABSTRACT, literal("\n\n".join(paper.abstract))
    if paper.figure_count is not None:
        yield s, _own(iris.base, "figureCount"), integer(paper.figure_count)
    if paper.reference_count is not None:
        yield s, _own(iris.base, "referenceCount"), integer(paper.reference_count)
    if paper.journal is not None:
        yield s, _IS_PART_OF, iri(part(subject, "journal"))
    yield from ((s, _HAS_PART, iri(part(subject, name))) for name, *_ in _statements(paper, iris.base))


def _concept_links(paper: Paper, s: str, iris: Iris) -> Iterator[Triple]:
    """What the paper is about and mentions: one triple a concept and predicate."""
    links: set[tuple[str, str]] = set()
    for annotation in paper.annotations:
        row = ENTITY_TYPES[annotation.entity_type] if annotation.entity_type is not None else None
        for reference in annotation.references:
            concept = iri(concept_iri(reference))
            if annotation.evidence is Evidence.LINKED:
                links.add((_ABOUT, concept))
            links.add((_MENTIONS, concept))
            if row is not None:
                links.add((_own(iris.base, row.mention_property), concept))
    for predicate, concept in sorted(links):
        yield s, predicate, concept


def _author_triples(authors: tuple[Author, ...], subject: str, iris: Iris) -> Iterator[Triple]:
    position = _own(iris.base, "position")
    for number, author in enumerate(authors, 1):
        s = iri(part(subject, f"author-{number}"))
        yield s, _A, _PERSON
        yield s, _NAME, literal(author.name)
        yield s, position, integer(number)
        if author.orcid is not None:
            yield s, _EXACT_MATCH, iri(concept_iri(author.orcid))
    for number in range(1, len(authors) + 1):
        cell = iri(part(subject, f"authors-{number}"))
        yield cell, _FIRST, iri(part(subject, f"author-{number}"))
        yield cell, _REST, _NIL if number == len(authors) else iri(part(subject, f"authors-{number + 1}"))


def _journal_triples(paper: Paper, subject: str) -> Iterator[Triple]:
    if paper.journal is not None:
        s = iri(part(subject, "journal"))
        yield s, _A, term("fabio:Journal")
        yield s, _TITLE, literal(paper.journal)


def _statements(paper: Paper, base: str) -> Iterator[tuple[str, str, str, int | None]]:
    """Fragment, class, text and position of each statement that the page's site makes about the paper."""
    if paper.summary is not None:
        yield "tldr", _own(base, "Summary"), paper.summary, None
    if paper.contribution is not None:
        yield "contribution", _CONTRIBUTION, paper.contribution, None
    for number, finding in enumerate(paper.key_findings, 1):
        yield f"finding-{number}", _own(base, "KeyFinding"), finding, number


def _statement_triples(paper: Paper, subject: str, iris: Iris) -> Iterator[Triple]:
    for fragment, kind, text, position in _statements(paper, iris.base):
        s = iri(part(subject, fragment))
        yield s, _A, kind
        yield s, _VALUE, literal(text)
        if position is not None:
            yield s, _own(iris.base, "position"), integer(position)
        if paper.source.url is not None:
            yield s, _ATTRIBUTED_TO, iri(site_iri(paper.source.url))


def annotation_triples(paper: Paper, iris: Iris) -> Iterator[Triple]:
    """Every mention as a Web Annotation (https://www.w3.org/TR/annotation-vocab/) of the paper."""
    subject, base = iris.paper(paper), iris.base
    target, evidence, surface_form, entity_type = iri(subject), _own(base, "evidence"), _own(base, "surfaceForm"), _own(base, "entityType")
    for annotation in paper.annotations:
        fragment = f"mention-{_annotation_digest(annotation)}"
        s = iri(part(subject, fragment))
        yield s, _A, _ANNOTATION
        for found in annotation.references:
            yield s, _HAS_BODY, iri(concept_iri(found))
        yield s, _HAS_TARGET, target
        yield s, evidence, _own(base, annotation.evidence)
        if annotation.text:
            yield s, surface_form, literal(annotation.text)
        if annotation.entity_type is not None:
            yield s, entity_type, _own(base, ENTITY_TYPES[annotation.entity_type].ontology_class)
        yield s, _GENERATED_BY, _activity(base, annotation.tool)
        if annotation.source_type is not None:
            yield s, _own(base, "sourceType"), literal(annotation.source_type)
        if annotation.unrecognized or not annotation.references:
            yield from _unresolved_triples(annotation, s, iri(part(subject, f"{fragment}-text")), base)


@lru_cache(maxsize=1024)
def _activity(base: str, tool: str) -> str:
    return iri(part(Iris(base).tool(tool), "activity"))


def _unresolved_triples(annotation: Annotation, s: str, body: str, base: str) -> Iterator[Triple]:
    """The identifiers that no vocabulary accepts and, where no concept is left, the text as the body."""
    for text in annotation.unrecognized:
        yield s, _own(base, "unrecognizedIdentifier"), literal(text)
    if annotation.references:
        return
    yield s, _own(base, "resolution"), _own(base, "Unresolved")
    yield s, _HAS_BODY, body
    yield body, _A, _TEXTUAL_BODY
    yield body, _VALUE, literal(annotation.text or ", ".join(annotation.unrecognized))


def _annotation_digest(annotation: Annotation) -> str:
    """Stable across runs: it depends on type, evidence, tool, surface form and identifiers only."""
    kind = (annotation.entity_type or "", annotation.source_type or "", annotation.evidence, annotation.tool)
    return digest(*kind, annotation.text, *map(str, annotation.references), "", *annotation.unrecognized)


def concept_triples(paper: Paper, iris: Iris) -> Iterator[Triple]:
    """The concepts that the paper mentions, with labels only where their authority gave them."""
    for annotation in paper.annotations:
        for reference in annotation.references:
            yield from _concept(reference, annotation.entity_type, annotation.name, iris.base)


@lru_cache(maxsize=1 << 16)
def _concept(reference: Reference, entity_type: str | None, name: ConceptName | None, base: str) -> tuple[Triple, ...]:
    """One concept's triples, remembered because papers share concepts."""
    s = iri(concept_iri(reference))
    found = [(s, _IDENTIFIER, literal(str(reference)))]
    if entity_type is not None:
        found.insert(0, (s, _A, _own(base, ENTITY_TYPES[entity_type].ontology_class)))
    if name is not None:
        single = ((_LABEL, name.label), (_DESCRIPTION, name.full_name), (_own(base, "taxonomicRank"), name.rank))
        found += [(s, predicate, literal(text)) for predicate, text in single if text]
        found += [(s, _ALT_LABEL, literal(text)) for text in name.synonyms]
    return tuple(found)


def alias_triples(paper: Paper, _iris: Iris) -> Iterator[Triple]:
    """The other spellings of the IRIs of the concepts that the paper mentions."""
    references: dict[Reference, None] = {found: None for annotation in paper.annotations for found in annotation.references}
    for reference in references:
        yield from _aliases(reference)


@lru_cache(maxsize=1 << 16)
def _aliases(reference: Reference) -> tuple[Triple, ...]:
    return tuple((iri(concept_iri(reference)), _EXACT_MATCH, iri(alias)) for alias in alias_iris(reference))


def provenance_triples(paper: Paper, iris: Iris) -> Iterator[Triple]:
    """The site that published the paper's page and the tools that annotated the paper."""
    if paper.source.url is not None:
        yield iri(site_iri(paper.source.url)), _A, _AGENT
    for tool in dict.fromkeys(annotation.tool for annotation in paper.annotations):
        yield from provenance.tool_triples(tool, iris)


PARTS: dict[str, Part] = {
    row.name: row
    for row in (
        Part("papers", paper_triples),
        Part("annotations", annotation_triples),
        Part("concepts", concept_triples, is_shared=True),
        Part("aliases", alias_triples, is_shared=True),
        Part("provenance", provenance_triples, is_shared=True),
    )
}
