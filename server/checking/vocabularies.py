"""Which namespaces are registered in Linked Open Vocabularies, and which other public endpoints use.

Nobody is asked: these are the ones that a service of this field can meet, as of November 2026. What is in neither list
counts as unknown, so that a score is rather too low than too high.
"""

LOV = (
    "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "http://www.w3.org/2000/01/rdf-schema#",
    "http://www.w3.org/2002/07/owl#",
    "http://www.w3.org/2004/02/skos/core#",
    "http://purl.org/dc/terms/",
    "http://purl.org/dc/elements/1.1/",
    "http://www.w3.org/ns/dcat#",
    "http://xmlns.com/foaf/0.1/",
    "http://schema.org/",
    "http://purl.org/ontology/bibo/",
    "http://purl.org/spar/fabio/",
    "http://purl.org/spar/deo/",
    "http://purl.org/spar/doco/",
    "http://purl.org/spar/cito/",
    "http://www.w3.org/ns/oa#",
    "http://www.w3.org/ns/prov#",
    "http://rdfs.org/ns/void#",
    "http://www.w3.org/ns/sparql-service-description#",
    "http://www.w3.org/ns/shacl#",
    "http://spdx.org/rdf/terms#",
    "http://purl.org/vocab/vann/",
    "http://purl.org/pav/",
)
# Of the endpoints of SIB and DBCLS, which Umaka watches.
ELSEWHERE = (
    *LOV,
    "https://schema.org/",
    "http://ldf.fi/void-ext#",
    "https://purl.expasy.org/sparql-examples/ontology#",
    "http://prismstandard.org/namespaces/basic/3.0/",
)


def is_in(namespace: str, table: tuple[str, ...]) -> bool:
    """Whether a namespace is one of the table's or below one.

    >>> is_in("http://purl.org/dc/terms/", LOV), is_in("https://w3id.org/litlod/ontology#", ELSEWHERE)
    (True, False)
    """
    return namespace.startswith(table)
