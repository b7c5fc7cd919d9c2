"""What a mapping between two vocabularies says, as frozen values, whoever states it."""

from dataclasses import dataclass

from rdfgen.model import Reference


@dataclass(frozen=True, slots=True)
class MappingSet:
    """The set that a mapping is from: `iri` and `license` are valid IRIs; `sha256` is the sum of its file."""

    sha256: str
    iri: str | None = None
    version: str | None = None
    title: str | None = None
    license: str | None = None


@dataclass(frozen=True, slots=True)
class Mapping:
    """One row of a set. `predicate`, `justification` and `authors` are valid IRIs, `confidence` is a decimal of 0 to 1 as
    text; `is_negative` says that the predicate does not hold; `match_strings` are the words that two concepts share.
    """

    subject: Reference
    predicate: str
    object: Reference
    justification: str | None = None
    is_negative: bool = False
    confidence: str | None = None
    source: MappingSet | None = None
    subject_label: str | None = None
    object_label: str | None = None
    authors: tuple[str, ...] = ()
    date: str | None = None
    tool: str | None = None
    match_strings: tuple[str, ...] = ()
