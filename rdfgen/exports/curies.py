"""Compact identifiers as Biolink has them, and what it calls our classes, predicates and sources (Biolink Model 4)."""

from functools import cache
from urllib.parse import unquote

from rdfgen.iris import concept_reference, key_reference
from rdfgen.namespaces import expand
from rdfgen.release.foreign import ontology_lines

# Our vocabularies that Biolink writes otherwise; those that it lacks keep our prefix.
_PREFIXES = {"dbSNP": "DBSNP", "DOI": "doi"}
# Our tools that are in the registry of information resources (https://w3id.org/information-resource-registry/).
_SOURCES = {"pubtator3": "infores:pubtator", "medline": "infores:pubmed", "mesh": "infores:mesh"}
# The vocabularies whose hierarchies we take, by our prefix, in that registry.
AUTHORITIES = {"MONDO": "infores:mondo", "MESH": "infores:mesh", "NCBIGene": "infores:ncbi-gene", "NCBITaxon": "infores:ncbi-taxonomy"}
_ALIGNMENTS = (expand("rdfs:subClassOf"), expand("skos:closeMatch"), expand("skos:broadMatch"))
NAMED_THING = "biolink:NamedThing"


def concept_curie(iri: str) -> str | None:
    """The compact identifier of a concept, or None for what is no concept.

    >>> concept_curie("http://purl.obolibrary.org/obo/MONDO_0002050"), concept_curie("http://identifiers.org/dbsnp/rs1")
    ('MONDO:0002050', 'DBSNP:rs1')
    """
    found = concept_reference(iri)
    return None if found is None else f"{_PREFIXES.get(found.prefix, found.prefix)}:{found.identifier}"


def paper_curie(iri: str, base: str) -> str:
    """The compact identifier that a paper is named by; one that has none, and so is named by a hash, keeps its IRI.

    >>> paper_curie("https://w3id.org/litlod/paper/DOI/10.1002/x%3C1", "https://w3id.org/litlod/")
    'doi:10.1002/x<1'
    """
    found = key_reference(unquote(iri.removeprefix(f"{base}paper/")))
    return iri if found is None else f"{_PREFIXES.get(found.prefix, found.prefix)}:{found.identifier}"


def knowledge_source(activity: str) -> str:
    """Who says so, by the IRI of the activity: an information resource where that is registered, else the tool's IRI.

    >>> knowledge_source("https://w3id.org/litlod/tool/pubtator3#activity")
    'infores:pubtator'
    """
    tool = activity.partition("#")[0]
    return _SOURCES.get(tool.rpartition("/")[2], tool)


@cache
def biolink_terms(base: str) -> dict[str, str]:
    """Term of our ontology -> the term of Biolink that it is aligned with there, which is a class or predicate."""
    start, found = f"<{expand('biolink:')}", dict[str, str]()
    for line in ontology_lines(base):
        subject, predicate, value = line.split(" ", 2)
        if predicate[1:-1] in _ALIGNMENTS and value.startswith(start):
            found.setdefault(subject[1:-1], "biolink:" + value.split(">")[0].removeprefix(start))
    return found
