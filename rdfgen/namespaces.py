"""Prefixes as printed in Turtle and offered in the editor."""

from rdfgen.vocabularies import VOCABULARIES

PREFIXES: dict[str, str] = {
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
    "owl": "http://www.w3.org/2002/07/owl#",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "dcterms": "http://purl.org/dc/terms/",
    "dcat": "http://www.w3.org/ns/dcat#",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "schema": "https://schema.org/",
    "bibo": "http://purl.org/ontology/bibo/",
    "fabio": "http://purl.org/spar/fabio/",
    "deo": "http://purl.org/spar/deo/",
    "doco": "http://purl.org/spar/doco/",
    "cito": "http://purl.org/spar/cito/",
    "prism": "http://prismstandard.org/namespaces/basic/3.0/",
    "biolink": "https://w3id.org/biolink/vocab/",
    "oa": "http://www.w3.org/ns/oa#",
    "sssom": "https://w3id.org/sssom/",
    "semapv": "https://w3id.org/semapv/vocab/",
    "prov": "http://www.w3.org/ns/prov#",
    "void": "http://rdfs.org/ns/void#",
    "void-ext": "http://ldf.fi/void-ext#",
    "spdx": "http://spdx.org/rdf/terms#",
    "sd": "http://www.w3.org/ns/sparql-service-description#",
    "sh": "http://www.w3.org/ns/shacl#",
    "spex": "https://purl.expasy.org/sparql-examples/ontology#",
}

# Terms of MeSH RDF, which have no prefix in documents because theirs would start like that of MeSH records.
MESH_TERMS = "http://id.nlm.nih.gov/mesh/vocab#"

_CONCEPT_PREFIXES = {row.turtle_prefix: row.iri_prefix for row in VOCABULARIES.values() if row.turtle_prefix}


def expand(name: str) -> str:
    """The IRI of a prefixed name.

    >>> expand("dcterms:title")
    'http://purl.org/dc/terms/title'
    """
    prefix, _, local = name.partition(":")
    return PREFIXES[prefix] + local


def output_prefixes(base: str) -> dict[str, str]:
    """All prefixes for documents of a site with this base IRI, our vocabulary's among them."""
    return {"litlod": f"{base}ontology#"} | PREFIXES | _CONCEPT_PREFIXES
