"""Single look-ups in a release's store that tell whether a term stands somewhere; each is of constant cost."""

from pyoxigraph import Literal, NamedNode

from server.engine.iris_in_query import Use
from server.published import Release


def holds(release: Release, subject: str | None, predicate: str | None, value: str | Literal | None) -> bool:
    """Whether there is any such triple, in whatever graph; None stands for any term."""
    try:
        first, second = (NamedNode(iri) if iri is not None else None for iri in (subject, predicate))
        third = NamedNode(value) if isinstance(value, str) else value
    except ValueError:  # no IRI
        return False
    return next(release.store.quads_for_pattern(first, second, third), None) is not None


def is_said(iri: str, release: Release) -> bool:
    """Whether the release says anything about a thing, or links to it."""
    return holds(release, iri, None, None) or holds(release, None, None, iri)


def is_used_so(iri: str, use: Use, release: Release) -> bool:
    """Whether the release itself has an IRI where the query looks for it."""
    if use.is_subject and holds(release, iri, None, None):
        return True
    predicates = (None,) if use.predicates is None else use.predicates
    return any(holds(release, None, predicate, iri) for predicate in predicates)


def has_iris(use: Use, release: Release) -> bool:
    """Whether IRIs stand there, as far as one triple of each predicate tells; anywhere else than as objects nothing else does."""
    firsts = (next(release.store.quads_for_pattern(None, node, None), None) for node in _nodes(use.predicates or ()))
    return use.is_subject or any(quad is not None and isinstance(quad.object, NamedNode) for quad in firsts)


def _nodes(iris: tuple[str, ...]) -> list[NamedNode]:
    """The predicates, without those that are no IRIs."""
    found = []
    for iri in iris:
        try:
            found.append(NamedNode(iri))
        except ValueError:
            continue
    return found
