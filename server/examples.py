"""The release's example queries, for pages."""

from collections.abc import Collection
from dataclasses import dataclass

from pyoxigraph import Literal, NamedNode

from rdfgen.namespaces import expand
from server.documents import literals
from server.published import Release

# The properties that hold the text of a query, by its form.
_TEXTS = tuple(NamedNode(expand(name)) for name in ("sh:select", "sh:ask", "sh:construct", "spex:describe"))
_FIRST = "first steps"
_FEDERATES = NamedNode(expand("spex:federatesWith"))


@dataclass(frozen=True, slots=True)
class Example:
    """What the query answers, its text, its keywords, and the endpoints that it asks by SERVICE."""

    title: str
    query: str
    keywords: tuple[str, ...]
    federates: tuple[str, ...]

    def asks_only(self, endpoints: Collection[str]) -> bool:
        """Whether those are all that it asks."""
        return set(self.federates) <= set(endpoints)


def example_queries(release: Release) -> list[Example]:
    """All examples, in the order of their IRIs."""
    graph = NamedNode(release.iris.examples())
    found: dict[NamedNode, str] = {}
    for name in _TEXTS:
        for quad in release.store.quads_for_pattern(None, name, None, graph):
            if isinstance(quad.subject, NamedNode) and isinstance(quad.object, Literal):
                found[quad.subject] = quad.object.value
    return [_example(release, node, found[node]) for node in sorted(found, key=lambda node: node.value)]


def _example(release: Release, node: NamedNode, text: str) -> Example:
    endpoints = (quad.object for quad in release.store.quads_for_pattern(node, _FEDERATES, None))
    return Example(
        title=next(literals(release.store, node, "rdfs:comment"), ""),
        query=text,
        keywords=tuple(sorted(literals(release.store, node, "schema:keywords"))),
        federates=tuple(sorted({endpoint.value for endpoint in endpoints if isinstance(endpoint, NamedNode)})),
    )


def first_steps(release: Release) -> list[Example]:
    """Those to begin with."""
    return [example for example in example_queries(release) if _FIRST in example.keywords]


def by_keyword(release: Release) -> dict[str, list[Example]]:
    """All examples under each of their keywords, those to begin with first."""
    examples = example_queries(release)
    keywords = sorted({word for example in examples for word in example.keywords}, key=lambda word: (word != _FIRST, word.casefold()))
    return {word: [example for example in examples if word in example.keywords] for word in keywords}
