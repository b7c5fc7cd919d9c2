"""What a service says about itself: read once, for all checks."""

from collections.abc import Iterator
from dataclasses import dataclass

from pyoxigraph import Literal, NamedNode, Store

from rdfgen.namespaces import expand
from server.checking.site import RDF, Reply, Site

_TYPE = NamedNode(expand("rdf:type"))


@dataclass(frozen=True, slots=True)
class Descriptions:
    """The service description and the VoID document, with the replies that they came in."""

    service_reply: Reply
    void_reply: Reply
    service: Store
    void: Store

    @property
    def any_void(self) -> Store:
        """The VoID document or, failing that, what the service description says."""
        return self.void if len(self.void) else self.service

    def base(self) -> str:
        """How the IRIs of the dataset that has an endpoint begin."""
        datasets = [quad.subject for quad in self.any_void.quads_for_pattern(None, NamedNode(expand("void:sparqlEndpoint")), None)]
        spaces = (quad for node in datasets for quad in self.any_void.quads_for_pattern(node, NamedNode(expand("void:uriSpace")), None))
        return next((quad.object.value for quad in spaces if isinstance(quad.object, Literal)), "")

    def example(self) -> str:
        """The IRI of an example resource."""
        quads = self.any_void.quads_for_pattern(None, NamedNode(expand("void:exampleResource")), None)
        return next((quad.object.value for quad in quads if isinstance(quad.object, NamedNode)), "")


def descriptions(site: Site) -> Descriptions:
    """Those of a site."""
    service, void = site.get(site.url, RDF), site.get(site.at("/.well-known/void"), RDF)
    return Descriptions(service, void, service.graph(), void.graph())


def values(graph: Store, classes: tuple[str, ...], predicates: tuple[str, ...]) -> Iterator[str]:
    """The texts of these properties of things of these classes."""
    for name in classes:
        for typed in graph.quads_for_pattern(None, _TYPE, NamedNode(expand(name))):
            for predicate in predicates:
                quads = graph.quads_for_pattern(typed.subject, NamedNode(expand(predicate)), None)
                yield from (quad.object.value for quad in quads if isinstance(quad.object, NamedNode | Literal))
