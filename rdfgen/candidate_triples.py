"""From a Paper to mappings that its mentions suggest: one text, two vocabularies. They are candidates and join nothing."""

import unicodedata
from collections import defaultdict
from collections.abc import Iterator
from itertools import combinations

from rdfgen.iris import Iris
from rdfgen.mapping_model import Mapping
from rdfgen.mapping_triples import LEXICAL_MATCHING, record_triples
from rdfgen.model import Annotation, Paper, Reference
from rdfgen.namespaces import expand
from rdfgen.ntriples import Triple

_CLOSE_MATCH = expand("skos:closeMatch")
# A text that stands for more concepts than this says nothing about any two of them.
_MOST = 8


def candidate_triples(paper: Paper, iris: Iris) -> Iterator[Triple]:
    """The records of the candidates of one paper."""
    for mapping in candidates(paper):
        yield from record_triples(mapping, iris)


def candidates(paper: Paper) -> Iterator[Mapping]:
    """Pairs of concepts of one entity type and two vocabularies that the paper mentions by the same text."""
    named = [annotation for annotation in paper.annotations if _is_plain(annotation)]
    vocabularies = {(annotation.entity_type, annotation.references[0].prefix) for annotation in named}
    if len(vocabularies) == len({entity_type for entity_type, _ in vocabularies}):
        return
    found: dict[tuple[str | None, str], set[Reference]] = defaultdict(set)
    for annotation in named:
        found[annotation.entity_type, _folded(annotation.text)].add(annotation.references[0])
    for (_, text), references in found.items():
        yield from _pairs(text, sorted(references))


def _pairs(text: str, references: list[Reference]) -> Iterator[Mapping]:
    if len(references) <= _MOST:
        for one, other in combinations(references, 2):
            if one.prefix != other.prefix:
                yield Mapping(one, _CLOSE_MATCH, other, LEXICAL_MATCHING, tool="LitLOD", match_strings=(text,))


def _is_plain(annotation: Annotation) -> bool:
    """Whether the mention says of one text that it is one concept."""
    return annotation.entity_type is not None and len(annotation.references) == 1 and bool(annotation.text.strip())


def _folded(text: str) -> str:
    return unicodedata.normalize("NFC", text.strip().casefold())
