"""From a Paper to its triples: the parts of a release and what makes each.

The modules `paper_triples`, `paper_parts`, `annotation_triples`, `relation_triples`, `concept_triples` and
`mapping_triples` are the only ones that choose a predicate. Triples of one subject stand together, in an order that
depends on nothing but the paper. Triples about things that papers share (concepts, tools, sites) repeat from paper to
paper; whoever collects them keeps one of each.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from rdfgen import provenance
from rdfgen.annotation_triples import annotation_key, annotation_triples
from rdfgen.candidate_triples import candidate_triples
from rdfgen.concept_triples import alias_triples, concept_triples
from rdfgen.iris import Iris, site_iri
from rdfgen.model import Paper
from rdfgen.ntriples import Triple, iri, term
from rdfgen.paper_triples import LINKS, paper_triples
from rdfgen.relation_triples import relation_key, relation_triples
from rdfgen.terms import A

__all__ = ["LINKS", "PARTS", "Part", "annotation_key", "provenance_triples", "relation_key"]


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a release. `is_shared` says that papers repeat its triples, `is_distinct` that a paper has none twice."""

    name: str
    triples: Callable[[Paper, Iris], Iterator[Triple]]
    is_shared: bool = False
    is_distinct: bool = False


def provenance_triples(paper: Paper, iris: Iris) -> Iterator[Triple]:
    """The site that made statements about the paper and the tools that annotated it."""
    if paper.statements_url is not None:
        yield iri(site_iri(paper.statements_url)), A, term("prov:Agent")
    tools = dict.fromkeys(annotation.tool for annotation in paper.annotations)
    tools.update(dict.fromkeys(relation.tool for relation in paper.relations))
    for tool in tools:
        yield from provenance.tool_triples(tool, iris)


PARTS: dict[str, Part] = {
    row.name: row
    for row in (
        Part("papers", paper_triples),
        Part("annotations", annotation_triples, is_distinct=True),
        Part("relations", relation_triples),
        Part("concepts", concept_triples, is_shared=True),
        Part("aliases", alias_triples, is_shared=True),
        Part("mappings", candidate_triples, is_shared=True),
        Part("provenance", provenance_triples, is_shared=True),
    )
}
