"""What a paper says, as frozen values: readers make them, `triples` reads them; no files and no RDF here."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum


class Evidence(StrEnum):
    """How a concept came to be attached to a paper; the values are terms of our ontology."""

    LINKED = "LinkedEntity"
    FULL_TEXT = "FullTextMention"


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
    """A name exactly as the source prints it; authors are never merged by name."""

    name: str
    orcid: Reference | None = None


@dataclass(frozen=True, slots=True)
class ConceptName:
    """What the authority of a concept calls it: never the words of a text that mentions it."""

    label: str
    full_name: str | None = None
    synonyms: tuple[str, ...] = ()
    rank: str | None = None


@dataclass(frozen=True, slots=True)
class Annotation:
    """One statement that a paper mentions something, resolved to concepts or not.

    `source_type` is the source's own word where it is no entity type of ours, `unrecognized` the identifiers
    that no vocabulary accepts, `name` what an authority calls the one concept of `references`.
    """

    text: str
    evidence: Evidence
    entity_type: str | None = None
    source_type: str | None = None
    references: tuple[Reference, ...] = ()
    unrecognized: tuple[str, ...] = ()
    name: ConceptName | None = None
    tool: str = "paper-page"


@dataclass(frozen=True, slots=True)
class Source:
    """The document a paper was read from: the SHA-256 of its bytes and, where it says so, its web address."""

    sha256: str
    url: str | None = None


@dataclass(frozen=True, slots=True)
class Paper:
    """All that one source says of one paper; what it does not say is None or empty.

    `issued` is an ISO 8601 date of the source's own precision: `2026`, `2026-02` or `2026-02-01`.
    """

    source: Source
    identifiers: tuple[Reference, ...] = ()
    title: str | None = None
    authors: tuple[Author, ...] = ()
    publication_type: str = "JournalArticle"
    journal: str | None = None
    issued: str | None = None
    abstract: tuple[str, ...] = ()
    summary: str | None = None
    contribution: str | None = None
    key_findings: tuple[str, ...] = ()
    annotations: tuple[Annotation, ...] = ()
    figure_count: int | None = None
    reference_count: int | None = None
    full_text_url: str | None = None

    def identifiers_of(self, prefix: str) -> Iterator[Reference]:
        """The paper's identifiers in one vocabulary, in the order of the source."""
        return (reference for reference in self.identifiers if reference.prefix == prefix)
