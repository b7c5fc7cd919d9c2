"""From a Paper to triples about its parts: authors, journal, statements, sections, figures, grants and sources."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import count

from rdfgen.annotation_triples import TEXT
from rdfgen.iris import concept_iri, part, site_iri
from rdfgen.model import Author, Figure, Paper, Section
from rdfgen.ntriples import Triple, date, integer, iri, literal, term
from rdfgen.sections import SECTIONS
from rdfgen.terms import DESCRIPTION, EXACT_MATCH, IDENTIFIER, IS_PART_OF, LABEL, NAME, TITLE, VALUE, A, own

_FIRST, _REST, _NIL = term("rdf:first"), term("rdf:rest"), term("rdf:nil")
_PERSON, _GROUP, _ORGANIZATION = term("foaf:Person"), term("foaf:Group"), term("foaf:Organization")
_JOURNAL, _ABBREVIATION = term("fabio:Journal"), term("fabio:hasNLMJournalTitleAbbreviation")
_ISSN, _NLM_ID = term("prism:issn"), term("fabio:hasNationalLibraryOfMedicineJournalId")
_CONTRIBUTION, _ATTRIBUTED_TO = term("deo:Contribution"), term("prov:wasAttributedTo")
_SECTION, _FIGURE, _TABLE = term("doco:Section"), term("doco:Figure"), term("doco:Table")
_GRANT, _NUMBER, _FUNDER = term("schema:Grant"), term("schema:identifier"), term("schema:funder")
_ENTITY, _SHA256, _FORMAT, _MODIFIED = term("prov:Entity"), term("schema:sha256"), term("dcterms:format"), term("dcterms:modified")
_SECTION_CLASSES = {row.key: term(row.term) for row in SECTIONS.values()}
# Paper pages are known by the `foaf:page` that they are at.
_UNSAID_FORMAT = "paper-page"


@dataclass(frozen=True, slots=True)
class PaperPart:
    """Something that a paper has as a part: its fragment, and predicates with objects."""

    fragment: str
    description: tuple[tuple[str, str], ...]


def source_name(number: int) -> str:
    """The fragment of a source, counted from 1."""
    return "source" if number == 1 else f"source-{number}"


def has_journal(paper: Paper) -> bool:
    """Whether the sources say anything of the journal."""
    journal = paper.journal
    return journal is not None and bool(journal.title or journal.abbreviation or journal.issns or journal.nlm_id)


def parts(paper: Paper, subject: str, base: str) -> Iterator[PaperPart]:
    """What the paper has as parts, in a fixed order."""
    yield from _statements(paper, base)
    yield from _places(paper, subject, base)
    position = own(base, "position")
    for number, section in enumerate(paper.sections, 1):
        yield PaperPart(f"section-{number}", (*_section(section), (position, integer(number))))
    numbers = {False: count(1), True: count(1)}
    for figure in paper.figures:
        number = next(numbers[figure.is_table])
        yield PaperPart(f"{'table' if figure.is_table else 'figure'}-{number}", (*_figure(figure), (position, integer(number))))


def part_triples(paper: Paper, found: Iterable[PaperPart], subject: str, base: str) -> Iterator[Triple]:
    """Everything that has its own node below the paper; `found` are its `parts`."""
    yield from _author_triples(paper.authors, subject, base)
    yield from _journal_triples(paper, subject)
    for row in found:
        s = iri(part(subject, row.fragment))
        for predicate, value in row.description:
            yield s, predicate, value
    yield from _grant_triples(paper, subject)
    yield from _source_triples(paper, subject)


def _statements(paper: Paper, base: str) -> Iterator[PaperPart]:
    """What the page's site, not the authors, says about the paper."""
    by = ((_ATTRIBUTED_TO, iri(site_iri(paper.statements_url))),) if paper.statements_url is not None else ()
    if paper.summary is not None:
        yield PaperPart("tldr", ((A, own(base, "Summary")), (VALUE, literal(paper.summary)), *by))
    if paper.contribution is not None:
        yield PaperPart("contribution", ((A, _CONTRIBUTION), (VALUE, literal(paper.contribution)), *by))
    for number, finding in enumerate(paper.key_findings, 1):
        kind, position = own(base, "KeyFinding"), own(base, "position")
        yield PaperPart(f"finding-{number}", ((A, kind), (VALUE, literal(finding)), (position, integer(number)), *by))


def _places(paper: Paper, subject: str, base: str) -> Iterator[PaperPart]:
    """The text in which locations count, and each section that mentions stand in."""
    used = {location.section for annotation in paper.annotations for location in annotation.locations}
    of_paper = (IS_PART_OF, iri(subject))
    if used:
        yield PaperPart(TEXT, ((A, own(base, "DocumentText")), of_paper))
    yield from (PaperPart(key, ((A, kind), of_paper)) for key, kind in _SECTION_CLASSES.items() if key in used)


def _section(section: Section) -> Iterator[tuple[str, str]]:
    yield A, _SECTION
    if section.kind is not None and _SECTION_CLASSES[section.kind] != _SECTION:
        yield A, _SECTION_CLASSES[section.kind]
    if section.title is not None:
        yield TITLE, literal(section.title)


def _figure(figure: Figure) -> Iterator[tuple[str, str]]:
    yield A, _TABLE if figure.is_table else _FIGURE
    for predicate, text in ((LABEL, figure.label), (DESCRIPTION, figure.caption)):
        if text is not None:
            yield predicate, literal(text)


def _author_triples(authors: tuple[Author, ...], subject: str, base: str) -> Iterator[Triple]:
    position, affiliation = own(base, "position"), own(base, "affiliation")
    for number, author in enumerate(authors, 1):
        s = iri(part(subject, f"author-{number}"))
        yield s, A, _GROUP if author.is_group else _PERSON
        yield s, NAME, literal(author.name)
        yield s, position, integer(number)
        if author.orcid is not None:
            yield s, EXACT_MATCH, iri(concept_iri(author.orcid))
        for text in author.affiliations:
            yield s, affiliation, literal(text)
    for number in range(1, len(authors) + 1):
        cell = iri(part(subject, f"authors-{number}"))
        yield cell, _FIRST, iri(part(subject, f"author-{number}"))
        yield cell, _REST, _NIL if number == len(authors) else iri(part(subject, f"authors-{number + 1}"))


def _journal_triples(paper: Paper, subject: str) -> Iterator[Triple]:
    journal = paper.journal
    if journal is None or not has_journal(paper):
        return
    s = iri(part(subject, "journal"))
    yield s, A, _JOURNAL
    for predicate, text in ((TITLE, journal.title), (_ABBREVIATION, journal.abbreviation), (_NLM_ID, journal.nlm_id)):
        if text:
            yield s, predicate, literal(text)
    for issn in journal.issns:
        yield s, _ISSN, literal(issn)


def _grant_triples(paper: Paper, subject: str) -> Iterator[Triple]:
    for number, grant in enumerate(paper.grants, 1):
        s, funder = iri(part(subject, f"grant-{number}")), iri(part(subject, f"grant-{number}-funder"))
        yield s, A, _GRANT
        if grant.number is not None:
            yield s, _NUMBER, literal(grant.number)
        if grant.agency is not None:
            yield s, _FUNDER, funder
            yield funder, A, _ORGANIZATION
            yield funder, NAME, literal(grant.agency)


def _source_triples(paper: Paper, subject: str) -> Iterator[Triple]:
    for number, source in enumerate(paper.sources, 1):
        s = iri(part(subject, source_name(number)))
        yield s, A, _ENTITY
        yield s, _SHA256, literal(source.sha256)
        if source.format != _UNSAID_FORMAT:
            yield s, _FORMAT, literal(source.format)
        if source.record is not None:
            yield s, IDENTIFIER, literal(source.record)
        if source.revised is not None:
            yield s, _MODIFIED, date(source.revised)
