"""Things by their identifiers, however these are spelled: PMCID, PMID, DOI, CURIE, IRI, the address of a page."""

import sqlite3
from collections.abc import Iterator

from rdfgen.identifiers import doi_reference, reference
from rdfgen.iris import concept_iri, key_reference
from rdfgen.model import Reference
from rdfgen.search.folding import key
from rdfgen.search.things import Field
from rdfgen.spellings import canonical, path_below
from server.published import Release

_LONGEST = 2_000
_IRI = "SELECT id FROM thing WHERE iri = ?"
_PAPER = f"""
SELECT thing.id, name.text FROM name JOIN thing ON thing.id = name.thing
WHERE name.key = ? AND name.field = {int(Field.IDENTIFIER)} AND thing.kinds = 'paper' ORDER BY thing.id
"""  # noqa: S608  # constant
_SUFFIXES = (".html", ".ttl", ".nt", ".jsonld", ".rdf")


def identified(index: sqlite3.Connection, text: str, release: Release) -> list[int]:
    """The numbers of the things that the text names by identifier, in the order of the index."""
    asked = text.strip().removeprefix("<").removesuffix(">").strip()
    if not asked or len(asked) > _LONGEST:
        return []
    return sorted({thing for iri in _iris(asked, release) for (thing,) in index.execute(_IRI, (iri,))} | set(_papers(index, asked)))


def _iris(asked: str, release: Release) -> Iterator[str]:
    """The IRIs that the text may be."""
    yield asked
    path = path_below(asked, release.iris.base)
    path = asked.lstrip("/") if path is None and asked.lstrip("/").startswith(("paper/", "concept/")) else path
    if path is not None:
        stem = next((path.removesuffix(suffix) for suffix in _SUFFIXES if path.endswith(suffix)), path)
        yield from (release.iris.below(path), release.iris.below(stem))
        asked = stem.removeprefix("concept/")
    yield from (concept_iri(found) for found in _references(asked))


def _papers(index: sqlite3.Connection, asked: str) -> Iterator[int]:
    """The papers that have an identifier that the text may be; keys of different DOIs may be the same."""
    for found in _references(asked):
        rows = index.execute(_PAPER, (key(found.identifier),))
        yield from (thing for thing, text in rows if text.casefold() == found.identifier.casefold())


def _references(asked: str) -> Iterator[Reference]:
    """The records that the text may name; a number alone is one of PubMed."""
    spelled = canonical(asked)
    readings = (spelled.reference if spelled is not None else None, reference(asked), doi_reference(asked), key_reference(asked))
    yield from dict.fromkeys(found for found in readings if found is not None)
