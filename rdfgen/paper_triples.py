"""From a Paper to triples about the paper itself; those about its parts follow them."""

from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache

from rdfgen.entity_types import ENTITY_TYPES
from rdfgen.iris import Iris, concept_iri, page_url, pair_iri, part
from rdfgen.model import Evidence, Heading, Paper, Participant
from rdfgen.ntriples import Triple, date, integer, iri, literal, term
from rdfgen.paper_parts import PaperPart, has_journal, part_triples, parts, source_name
from rdfgen.terms import EXACT_MATCH, HAS_PART, IS_PART_OF, TITLE, A, own

_DEFAULT_TYPE = "JournalArticle"
_SEE_ALSO, _PAGE, _HAS_FORMAT = term("rdfs:seeAlso"), term("foaf:page"), term("dcterms:hasFormat")
_ISSUED, _ABSTRACT, _TYPE, _LANGUAGE = term("dcterms:issued"), term("dcterms:abstract"), term("dcterms:type"), term("dcterms:language")
_CREATOR, _AUTHOR_LIST, _DERIVED_FROM = term("dcterms:creator"), term("bibo:authorList"), term("prov:wasDerivedFrom")
_VOLUME, _ISSUE, _PAGES = term("bibo:volume"), term("bibo:issue"), term("bibo:pages")
_ABOUT, _MENTIONS, _KEYWORDS, _FUNDING = term("schema:about"), term("schema:mentions"), term("schema:keywords"), term("schema:funding")
_SUBJECT_TERM, _PRIMARY_SUBJECT_TERM = term("fabio:hasSubjectTerm"), term("fabio:hasPrimarySubjectTerm")
_CITES = term("cito:cites")

_LITERAL_IDENTIFIERS = {
    "DOI": term("bibo:doi"),
    "PMID": term("bibo:pmid"),
    "PMCID": term("fabio:hasPubMedCentralId"),
    "arXiv": term("fabio:hasArXivId"),
}


def _existing(name: str) -> Callable[[str], str]:
    """A predicate that is the same whatever the base IRI."""
    return lambda _base: term(name)


# What another publication is to the paper -> the predicate, which for our own depends on the base IRI.
LINKS: dict[str, Callable[[str], str]] = {
    "retracted_by": lambda base: own(base, "retractedBy"),
    "retracts": _existing("cito:retracts"),
    "partially_retracted_by": _existing("cito:isCorrectedBy"),
    "partially_retracts": _existing("cito:corrects"),
    "corrected_by": _existing("cito:isCorrectedBy"),
    "corrects": _existing("cito:corrects"),
    "concern_in": _existing("cito:isQualifiedBy"),
    "concern_for": _existing("cito:qualifies"),
    "updated_by": _existing("cito:isUpdatedBy"),
    "updates": _existing("cito:updates"),
    "commented_by": _existing("cito:isDiscussedBy"),
    "comments_on": _existing("cito:discusses"),
    "republished_in": _existing("dcterms:hasVersion"),
    "republished_from": _existing("dcterms:isVersionOf"),
    "related": _existing("dcterms:relation"),
}


def paper_triples(paper: Paper, iris: Iris) -> Iterator[Triple]:
    """The paper itself and its parts; the parts follow the paper."""
    subject, base = iris.paper(paper), iris.base
    s = iri(subject)
    yield s, A, term(f"fabio:{paper.publication_type or _DEFAULT_TYPE}")
    yield s, A, term("schema:ScholarlyArticle")
    if paper.title is not None:
        yield s, TITLE, literal(paper.title)
    yield from _identifier_triples(paper, s)
    yield from _description_triples(paper, s)
    yield from _own_description_triples(paper, s, base)
    yield from _index_triples(paper, s)
    yield from _concept_links(paper, s, base)
    yield from _publication_links(paper, s, base)
    found = tuple(parts(paper, subject, base))
    yield from _part_links(paper, found, subject)
    yield from part_triples(paper, found, subject, base)


def _identifier_triples(paper: Paper, s: str) -> Iterator[Triple]:
    for found in paper.identifiers:
        yield s, _LITERAL_IDENTIFIERS[found.prefix], literal(found.identifier)
    for found in paper.identifiers:
        yield s, EXACT_MATCH, iri(concept_iri(found))
    for page in filter(None, map(page_url, paper.identifiers)):
        yield s, _SEE_ALSO, iri(page)
    for source in paper.sources:
        if source.url is not None:
            yield s, _PAGE, iri(source.url)
    if paper.full_text_url is not None:
        yield s, _HAS_FORMAT, iri(paper.full_text_url)


def _description_triples(paper: Paper, s: str) -> Iterator[Triple]:
    if paper.issued is not None:
        yield s, _ISSUED, date(paper.issued)
    if paper.abstract:
        yield s, _ABSTRACT, literal("\n\n".join(paper.abstract))
    for predicate, text in ((_VOLUME, paper.volume), (_ISSUE, paper.issue), (_PAGES, paper.pages)):
        if text is not None:
            yield s, predicate, literal(text)
    for predicate, texts in ((_LANGUAGE, paper.languages), (_KEYWORDS, paper.keywords)):
        for text in texts:
            yield s, predicate, literal(text)


def _own_description_triples(paper: Paper, s: str, base: str) -> Iterator[Triple]:
    counts = (("figureCount", paper.figure_count), ("tableCount", paper.table_count), ("referenceCount", paper.reference_count))
    for name, value in counts:
        if value is not None:
            yield s, own(base, name), integer(value)
    if paper.is_retracted:
        yield s, own(base, "publicationStatus"), own(base, "Retracted")


def _index_triples(paper: Paper, s: str) -> Iterator[Triple]:
    """What an index says of the kind and the subjects of the paper."""
    for kind in paper.publication_types:
        yield s, _TYPE, iri(concept_iri(kind.reference))
    subject_terms = [found for heading in paper.headings for found in _subject_terms(heading)]
    yield from ((s, _SUBJECT_TERM, subject_term) for subject_term, _ in subject_terms)
    yield from ((s, _PRIMARY_SUBJECT_TERM, subject_term) for subject_term, is_major in subject_terms if is_major)


def _subject_terms(heading: Heading) -> Iterator[tuple[str, bool]]:
    """The descriptor and its pairs with qualifiers, each with whether it is a major topic."""
    descriptor = heading.descriptor.reference
    yield iri(concept_iri(descriptor)), heading.is_major
    for identifier, _, is_major in heading.qualifiers:
        yield iri(pair_iri(descriptor, identifier)), is_major


def _concept_links(paper: Paper, s: str, base: str) -> Iterator[Triple]:
    """What the paper is about and mentions: one triple a concept and predicate."""
    links: set[tuple[str, str]] = set()
    for annotation in paper.annotations:
        typed = _mention_property(annotation.entity_type, base)
        for reference in annotation.references:
            concept = iri(concept_iri(reference))
            links.add((typed, concept))
            links.add((_MENTIONS, concept))
            if annotation.evidence is Evidence.LINKED:
                links.add((_ABOUT, concept))
    for side in _participants(paper):
        typed = _mention_property(side.entity_type, base)
        links.update((predicate, iri(concept_iri(reference))) for reference in side.references for predicate in (typed, _MENTIONS))
    links.update((_ABOUT, iri(concept_iri(heading.descriptor.reference))) for heading in paper.headings if heading.is_major)
    for predicate, concept in sorted(links):
        yield s, predicate, concept


@lru_cache(maxsize=1024)
def _mention_property(entity_type: str | None, base: str) -> str:
    return _MENTIONS if entity_type is None else own(base, ENTITY_TYPES[entity_type].mention_property)


def _participants(paper: Paper) -> Iterator[Participant]:
    for relation in paper.relations:
        yield relation.subject
        yield relation.object


def _publication_links(paper: Paper, s: str, base: str) -> Iterator[Triple]:
    """Links to other publications by the IRIs that our papers have as exact matches, so that both meet in one hop."""
    for found in paper.cited:
        yield s, _CITES, iri(concept_iri(found))
    for link in paper.links:
        yield s, LINKS[link.kind](base), iri(concept_iri(link.reference))


def _part_links(paper: Paper, found: Iterable[PaperPart], subject: str) -> Iterator[Triple]:
    s = iri(subject)
    if has_journal(paper):
        yield s, IS_PART_OF, iri(part(subject, "journal"))
    for row in found:
        yield s, HAS_PART, iri(part(subject, row.fragment))
    for number in range(1, len(paper.authors) + 1):
        yield s, _CREATOR, iri(part(subject, f"author-{number}"))
    if paper.authors:
        yield s, _AUTHOR_LIST, iri(part(subject, "authors-1"))
    for number in range(1, len(paper.grants) + 1):
        yield s, _FUNDING, iri(part(subject, f"grant-{number}"))
    for number in range(1, len(paper.sources) + 1):
        yield s, _DERIVED_FROM, iri(part(subject, source_name(number)))
