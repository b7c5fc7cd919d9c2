"""The endpoint as a service, from the formats tables: SPARQL service description and DCAT's data service.

https://www.w3.org/TR/sparql11-service-description/, https://www.w3.org/TR/vocab-dcat-3/#Class:Data_Service
"""

from collections.abc import Iterator, Mapping

from rdfgen.formats import FORMATS, RESULT_FORMATS
from rdfgen.iris import Iris, digest, part
from rdfgen.ntriples import Triple, integer, iri, literal, term
from rdfgen.terms import TITLE, A

_LANGUAGES = ("sd:SPARQL10Query", "sd:SPARQL11Query")
_ENTAILMENT = "http://www.w3.org/ns/entailment/Simple"
_PROTOCOL = "http://www.w3.org/TR/sparql11-protocol/"


def service_triples(iris: Iris, graphs: Mapping[str, int]) -> Iterator[Triple]:
    """What the endpoint is, speaks, writes and holds; `graphs` has the triples by graph, "" being the default graph."""
    endpoint = iris.endpoint()
    service, dataset, default = iri(endpoint), iri(part(endpoint, "dataset")), iri(part(endpoint, "default-graph"))
    yield service, A, term("sd:Service")
    yield service, term("sd:endpoint"), service
    yield from ((service, term("sd:supportedLanguage"), term(name)) for name in _LANGUAGES)
    formats = [row.iri for row in RESULT_FORMATS.values()] + [row.iri for row in FORMATS.values()]
    yield from ((service, term("sd:resultFormat"), iri(name)) for name in formats)
    yield service, term("sd:defaultEntailmentRegime"), iri(_ENTAILMENT)
    yield service, term("sd:defaultDataset"), dataset
    yield dataset, A, term("sd:Dataset")
    yield dataset, term("sd:defaultGraph"), default
    yield default, A, term("sd:Graph")
    yield default, term("void:triples"), integer(graphs.get("", 0))
    for name, triples in graphs.items():
        if name and not name.startswith("_:"):
            yield from _named_graph(dataset, name, triples, endpoint)


def _named_graph(dataset: str, name: str, triples: int, endpoint: str) -> Iterator[Triple]:
    node, graph = iri(part(endpoint, f"named-graph-{digest(name)}")), iri(part(endpoint, f"graph-{digest(name)}"))
    yield dataset, term("sd:namedGraph"), node
    yield node, A, term("sd:NamedGraph")
    yield node, term("sd:name"), iri(name)
    yield node, term("sd:graph"), graph
    yield graph, A, term("sd:Graph")
    yield graph, term("void:triples"), integer(triples)


def data_service_triples(iris: Iris) -> Iterator[Triple]:
    """The endpoint as catalogues name it; it describes itself at its own address."""
    service = iri(iris.endpoint())
    yield service, A, term("dcat:DataService")
    yield service, TITLE, literal("SPARQL endpoint of LitLOD")
    yield service, term("dcat:endpointURL"), service
    yield service, term("dcat:endpointDescription"), service
    yield service, term("dcat:servesDataset"), iri(iris.dataset())
    yield service, term("dcterms:conformsTo"), iri(_PROTOCOL)
    yield service, term("dcterms:license"), iri(iris.licences())
    yield service, term("dcterms:publisher"), iri(iris.base)
