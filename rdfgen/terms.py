"""Terms that several parts of a release use, as N-Triples text, and the terms of our own vocabulary."""

from functools import lru_cache

from rdfgen.iris import Iris, part
from rdfgen.ntriples import iri, term

A = term("rdf:type")
VALUE = term("rdf:value")
LABEL = term("rdfs:label")
EXACT_MATCH = term("skos:exactMatch")
TITLE, IDENTIFIER, DESCRIPTION = term("dcterms:title"), term("dcterms:identifier"), term("dcterms:description")
HAS_PART, IS_PART_OF = term("dcterms:hasPart"), term("dcterms:isPartOf")
NAME = term("foaf:name")
GENERATED_BY = term("prov:wasGeneratedBy")


@lru_cache(maxsize=1024)
def own(base: str, name: str) -> str:
    """A term of our vocabulary, remembered because every mention needs several."""
    return iri(Iris(base).term(name))


@lru_cache(maxsize=1024)
def activity(base: str, tool: str) -> str:
    """The activity in which a tool made all of its statements."""
    return iri(part(Iris(base).tool(tool), "activity"))
