"""What reference data say about concepts, as plain facts that readers yield; no RDF here."""

from collections.abc import Mapping
from enum import IntEnum
from typing import NamedTuple

from rdfgen.vocabularies import VOCABULARIES

# Identifiers by the prefix of their vocabulary.
Identifiers = Mapping[str, frozenset[str]]


class Kind(IntEnum):
    """What a fact says of its node. The value is a text, or for the kinds in LINKS and PARTS another node."""

    CLASS = 0
    LABEL = 1
    SYNONYM = 2
    DESCRIPTION = 3
    RANK = 4
    OBSOLETE = 5
    BROADER = 6
    REPLACED_BY = 7
    MAPPED_TO = 8
    DESCRIPTOR = 9
    TAXON = 10
    PART = 11
    MAIN_PART = 12
    BRANCH = 13  # the letter of a branch of MeSH's tree that the record is in


# Where a release goes on from a concept that it has to another one that it takes in as well.
LINKS = (Kind.BROADER, Kind.REPLACED_BY, Kind.MAPPED_TO, Kind.DESCRIPTOR, Kind.TAXON)
# The names of parts are synonyms of the whole; what describes the main part describes the whole.
PARTS = (Kind.PART, Kind.MAIN_PART)


class Fact(NamedTuple):
    """One statement. A node is a concept's CURIE, or what a reader calls a part that is no concept itself."""

    node: str
    kind: Kind
    value: str = ""


def node(prefix: str, identifier: str) -> str | None:
    """The CURIE of a record, or None where the vocabulary accepts no such identifier.

    >>> node("MONDO", "0002050"), node("MONDO", "2050")
    ('MONDO:0002050', None)
    """
    return f"{prefix}:{identifier}" if VOCABULARIES[prefix].accepts(identifier) else None


def is_listed(identifiers: Identifiers | None, prefix: str, identifier: str) -> bool:
    """Whether an identifier is among those asked for; None asks for all."""
    return identifiers is None or identifier in identifiers.get(prefix, frozenset())
