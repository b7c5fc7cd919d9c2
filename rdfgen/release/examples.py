"""The example queries and the prefixes that editors fill in, in the form that SIB's SPARQL examples have.

https://github.com/sib-swiss/sparql-examples
"""

from collections.abc import Iterator
from importlib.resources import files

from rdfgen.iris import Iris, part
from rdfgen.namespaces import output_prefixes
from rdfgen.ntriples import Triple, iri, lines, literal, term
from rdfgen.release.foreign import package_lines
from rdfgen.terms import LABEL, A


def example_lines(base: str) -> list[str]:
    """Queries and prefixes as sorted N-Triples lines."""
    folder = files("ontology") / "examples"
    texts = [entry.read_text(encoding="utf-8") for entry in folder.iterdir() if entry.name.endswith(".ttl")]
    return sorted([*package_lines("example", sorted(texts), base), *lines(_prefix_triples(Iris(base)))])


def _prefix_triples(iris: Iris) -> Iterator[Triple]:
    """Our prefixes (SHACL §5.2.1)."""
    prefixes = f"{iris.examples()}/prefixes"
    yield iri(prefixes), A, term("owl:Ontology")
    yield iri(prefixes), LABEL, literal("Prefixes of the example queries")
    for name, namespace in output_prefixes(iris.base).items():
        declaration = iri(part(prefixes, name))
        yield iri(prefixes), term("sh:declare"), declaration
        yield declaration, A, term("sh:PrefixDeclaration")
        yield declaration, term("sh:prefix"), literal(name)
        yield declaration, term("sh:namespace"), f"{literal(namespace)}^^{term('xsd:anyURI')}"
