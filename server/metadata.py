"""The service description (https://www.w3.org/TR/sparql11-service-description/) from the formats tables and the release."""

from collections.abc import Iterator

from rdfgen.formats import FORMATS, RESULT_FORMATS
from rdfgen.iris import digest, part
from rdfgen.ntriples import Triple, integer, iri, term
from server.published import Release

_LANGUAGES = ("sd:SPARQL10Query", "sd:SPARQL11Query")


def service_description(release: Release) -> Iterator[Triple]:
    """What the endpoint is, speaks, writes and holds."""
    iris = release.iris
    endpoint = iris.endpoint()
    service, dataset, default = iri(endpoint), iri(part(endpoint, "dataset")), iri(part(endpoint, "default-graph"))
    a = term("rdf:type")
    yield service, a, term("sd:Service")
    yield service, term("sd:endpoint"), service
    yield from ((service, term("sd:supportedLanguage"), term(name)) for name in _LANGUAGES)
    yield from ((service, term("sd:resultFormat"), iri(row.syntax.iri)) for row in RESULT_FORMATS.values())
    yield from ((service, term("sd:resultFormat"), iri(row.syntax.iri)) for row in FORMATS.values())
    yield service, term("sd:defaultDataset"), dataset
    yield dataset, a, term("sd:Dataset")
    yield dataset, term("sd:defaultGraph"), default
    yield default, a, term("sd:Graph")
    yield default, term("void:triples"), integer(release.manifest.graphs[""])
    for name, triples in release.manifest.graphs.items():
        if name and not name.startswith("_:"):
            yield from _named_graph(dataset, name, triples, endpoint)


def _named_graph(dataset: str, name: str, triples: int, endpoint: str) -> Iterator[Triple]:
    node, graph = iri(part(endpoint, f"named-graph-{digest(name)}")), iri(part(endpoint, f"graph-{digest(name)}"))
    yield dataset, term("sd:namedGraph"), node
    yield node, term("rdf:type"), term("sd:NamedGraph")
    yield node, term("sd:name"), iri(name)
    yield node, term("sd:graph"), graph
    yield graph, term("rdf:type"), term("sd:Graph")
    yield graph, term("void:triples"), integer(triples)
