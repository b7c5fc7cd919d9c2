"""Links in pages: IRIs that this site answers for are reached by their path, whatever host it is served from."""

from urllib.parse import quote

from rdfgen.entity_types import ENTITY_TYPES
from rdfgen.iris import Iris, concept_reference

_CONCEPT_PREFIXES = frozenset(prefix for row in ENTITY_TYPES.values() for prefix in row.vocabularies)


def local_path(iri: str, base: str) -> str:
    """The path here of a paper, term or other thing of ours, or of our document about a concept; else the IRI itself.

    >>> local_path("https://w3id.org/litlod/paper/PMC1#tldr", "https://w3id.org/litlod/")
    '/paper/PMC1#tldr'
    >>> local_path("http://id.nlm.nih.gov/mesh/D003866", "https://w3id.org/litlod/")
    '/concept/MESH:D003866'
    >>> local_path("https://doi.org/10.1/x", "https://w3id.org/litlod/")
    'https://doi.org/10.1/x'

    What would lead to another host as a path stays as it is.

    >>> local_path("https://w3id.org/litlod//evil.example/", "https://w3id.org/litlod/")
    'https://w3id.org/litlod//evil.example/'
    """
    reference = concept_reference(iri)
    if reference is not None and reference.prefix in _CONCEPT_PREFIXES:
        iri = Iris(base).concept_document(reference)
    path = iri.removeprefix(base)
    return "/" + path if iri.startswith(base) and not path.startswith(("/", "\\")) else iri


def quoted(text: str) -> str:
    """The text as a value in a query string.

    >>> quoted("SELECT * { ?s a <x> }")
    'SELECT%20%2A%20%7B%20%3Fs%20a%20%3Cx%3E%20%7D'
    """
    return quote(text, safe="")
