"""What a paper says, as frozen values: readers make them, `triples` reads them; no files and no RDF here."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum


class Evidence(StrEnum):
    """How a concept came to be attached to a paper; the values are terms of our ontology."""

    LINKED = "LinkedEntity"
    FULL_TEXT = "FullTextMention"
    INDEX_TERM = "IndexTerm"


@dataclass(frozen=True, slots=True, order=True)
class Reference:
    """One record of one vocabulary: the prefix of a row in `vocabularies.VOCABULARIES` and an identifier that fits its pattern.

    >>> str(Reference("MONDO", "0002050"))
    'MONDO:0002050'
    """

    prefix: str
    identifier: str

    def __str__(self) -> str:
        return f"{self.prefix}:{self.identifier}"


@dataclass(frozen=True, slots=True)
class Author:
    """A name exactly as the source prints it; authors are never merged by name. A group is a consortium or committee."""

    name: str
    orcid: Reference | None = None
    affiliations: tuple[str, ...] = ()
    is_group: bool = False


@dataclass(frozen=True, slots=True)
class Journal:
    """The journal as its source names it: ISSNs as `1234-567X`, `nlm_id` the NLM's catalogue number."""

    title: str | None = None
    abbreviation: str | None = None
    issns: tuple[str, ...] = ()
    nlm_id: str | None = None


@dataclass(frozen=True, slots=True)
class ConceptName:
    """What the authority of a concept calls it: never the words of a text that mentions it."""

    label: str
    full_name: str | None = None
    synonyms: tuple[str, ...] = ()
    rank: str | None = None


@dataclass(frozen=True, slots=True)
class Location:
    """Where a mention stands: Unicode code points from the start of the document's text, the end not included, as BioC
    and PubTator count. `section` is a key of `sections.SECTIONS`, `exact` the text there where it is not the mention's.
    """

    start: int
    end: int
    section: str | None = None
    exact: str | None = None


@dataclass(frozen=True, slots=True)
class Variant:
    """What a source says of a sequence variant besides its dbSNP number: `notation` is the source's own, as a whole."""

    notation: str
    hgvs: tuple[str, ...] = ()
    genes: tuple[Reference, ...] = ()


@dataclass(frozen=True, slots=True)
class Annotation:
    """One statement that a paper mentions something, resolved to concepts or not.

    `source_type` is the source's own word for the type where our type says less or nothing, `unrecognized` the
    identifiers that no vocabulary accepts, `name` what an authority calls the one concept of `references`. Several
    locations are the pieces of one mention that is interrupted. `score` is a number as printed, `note` free text of
    the source, `registry_number` the number by which an index knows a substance.
    """

    text: str
    evidence: Evidence
    entity_type: str | None = None
    source_type: str | None = None
    references: tuple[Reference, ...] = ()
    unrecognized: tuple[str, ...] = ()
    name: ConceptName | None = None
    tool: str = "paper-page"
    locations: tuple[Location, ...] = ()
    variant: Variant | None = None
    score: str | None = None
    note: str | None = None
    registry_number: str | None = None


@dataclass(frozen=True, slots=True)
class Participant:
    """One side of a relation: its concepts and, where there are none, the text that the source names it by."""

    entity_type: str | None = None
    references: tuple[Reference, ...] = ()
    text: str = ""


@dataclass(frozen=True, slots=True)
class Relation:
    """One statement that two things are related: `relation_type` is a key of `relation_types.RELATION_TYPES`, or else
    `source_type` has the source's own word. `novel` says whether the paper claims it as new, `score` is as printed.
    """

    relation_type: str | None
    subject: Participant
    object: Participant
    tool: str
    source_type: str | None = None
    novel: bool | None = None
    score: str | None = None


@dataclass(frozen=True, slots=True)
class Term:
    """A record of a controlled vocabulary with its official label."""

    reference: Reference
    label: str


@dataclass(frozen=True, slots=True)
class Heading:
    """A subject heading that an index gives a paper: a MeSH descriptor and its qualifiers, each a major topic or not."""

    descriptor: Term
    is_major: bool = False
    qualifiers: tuple[tuple[str, str, bool], ...] = ()


@dataclass(frozen=True, slots=True)
class Section:
    """A section of the body: `kind` is a key of `sections.SECTIONS`, None where the source does not say."""

    kind: str | None
    title: str | None


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure or table: its label ("Figure 1") and caption, either of which may be missing."""

    label: str | None
    caption: str | None
    is_table: bool = False


@dataclass(frozen=True, slots=True)
class Grant:
    """Money behind a paper: the grant's number, and who gave it."""

    number: str | None
    agency: str | None


@dataclass(frozen=True, slots=True)
class Link:
    """A statement that another publication corrects, retracts … this one or the reverse: `kind` is a key of `triples.LINKS`."""

    kind: str
    reference: Reference


@dataclass(frozen=True, slots=True)
class Source:
    """The document a paper was read from: the SHA-256 of its bytes and, where it says so, its web address.

    Where a file holds many documents, the bytes are those of one. `format` is a key of `readers.READERS`, `record` what
    the file calls the document, `revised` the ISO 8601 date of the last change.
    """

    sha256: str
    url: str | None = None
    format: str = "paper-page"
    record: str | None = None
    revised: str | None = None


@dataclass(frozen=True, slots=True)
class Paper:
    """All that one or, once merged, several sources say of one paper; what they do not say is None or empty.

    `issued` is an ISO 8601 date of the source's own precision: `2026`, `2026-02` or `2026-02-01`. `publication_type` is
    a class of FaBiO. `statements_url` is the page that summary, contribution and key findings are from. `cited` are
    works in the list of references, each by one identifier. `is_link` says that the source is a mere list of
    identifiers that belong together, which is no reason to publish a paper.
    """

    sources: tuple[Source, ...]
    identifiers: tuple[Reference, ...] = ()
    title: str | None = None
    authors: tuple[Author, ...] = ()
    publication_type: str | None = None
    publication_types: tuple[Term, ...] = ()
    is_retracted: bool = False
    journal: Journal | None = None
    volume: str | None = None
    issue: str | None = None
    pages: str | None = None
    languages: tuple[str, ...] = ()
    issued: str | None = None
    abstract: tuple[str, ...] = ()
    keywords: tuple[str, ...] = ()
    headings: tuple[Heading, ...] = ()
    grants: tuple[Grant, ...] = ()
    summary: str | None = None
    contribution: str | None = None
    key_findings: tuple[str, ...] = ()
    statements_url: str | None = None
    sections: tuple[Section, ...] = ()
    figures: tuple[Figure, ...] = ()
    annotations: tuple[Annotation, ...] = ()
    relations: tuple[Relation, ...] = ()
    cited: tuple[Reference, ...] = ()
    links: tuple[Link, ...] = ()
    figure_count: int | None = None
    table_count: int | None = None
    reference_count: int | None = None
    full_text_url: str | None = None
    is_link: bool = False

    def identifiers_of(self, prefix: str) -> Iterator[Reference]:
        """The paper's identifiers in one vocabulary, in the order of the source."""
        return (reference for reference in self.identifiers if reference.prefix == prefix)
