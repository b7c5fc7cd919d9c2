"""The service description (https://www.w3.org/TR/sparql11-service-description/) from the formats tables and the release."""

from collections.abc import Iterator

from rdfgen.ntriples import Triple, integer, iri, term
from rdfgen.release.service import service_triples
from server.config import Config
from server.published import Release

# No row of answers is left out without saying so; this says it beforehand (https://www.w3.org/ns/hydra/core#hydra:limit).
_ROW_LIMIT = "http://www.w3.org/ns/hydra/core#limit"


def service_description(release: Release, config: Config) -> Iterator[Triple]:
    """What the endpoint is, speaks, writes and holds, and what its operator has set."""
    yield from service_triples(release.iris, release.manifest.graphs)
    yield from _settings(iri(release.iris.endpoint()), config)


def _settings(service: str, config: Config) -> Iterator[Triple]:
    if config.service_endpoints:
        yield service, term("sd:feature"), term("sd:BasicFederatedQuery")
    if config.max_rows:
        yield service, iri(_ROW_LIMIT), integer(config.max_rows)
