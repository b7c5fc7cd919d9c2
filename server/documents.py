"""Descriptions of single things, looked up in the release's store at bounded cost, and RDF responses."""

import io
from collections import Counter, deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice

import pyoxigraph
from flask import Response, render_template
from pyoxigraph import DefaultGraph, Literal, NamedNode, Quad, RdfFormat, Store

from rdfgen.annotation_triples import TEXT
from rdfgen.formats import Format, write_quads
from rdfgen.iris import concept_reference, part
from rdfgen.namespaces import expand, output_prefixes
from server.published import Release

PAGE_SIZE = 1_000
# What any one look-up goes through at most.
COUNT_LIMIT = 100_000
SAMPLE_SIZE = 1_000

_DEFAULT = DefaultGraph()
_EXACT_MATCH = NamedNode(expand("skos:exactMatch"))
_TARGET, _SOURCE = NamedNode(expand("oa:hasTarget")), NamedNode(expand("oa:hasSource"))
_INVERSE = (_TARGET, NamedNode(expand("biolink:publications")), NamedNode(expand("prov:wasAssociatedWith")))


def rdf_response(content: str | Iterable[Quad], row: Format, release: Release) -> Response:
    """A response with these quads, or this N-Triples text, in that format; its ETag is that of the release."""
    quads = pyoxigraph.parse(content, format=RdfFormat.N_TRIPLES) if isinstance(content, str) else content
    target = io.BytesIO()
    write_quads(quads, target, row, output_prefixes(release.iris.base))
    response = Response(target.getvalue(), headers={"Vary": "Accept"}, content_type=row.content_type)
    response.set_etag(f"{release.id}-{row.name}")
    return response


def page(template: str, release: Release, **values: object) -> Response:
    """A page with the release and these values in its template; its ETag is that of its text."""
    body = render_template(template, release=release, **values)
    response = Response(body, headers={"Vary": "Accept"}, content_type="text/html; charset=utf-8")
    response.add_etag()
    return response


def description(store: Store, iri: str) -> Iterator[Quad]:
    """All that is said about a thing and its parts, and about annotations and relations of it."""
    seen, waiting = {iri}, deque([iri])
    while waiting:
        subject = NamedNode(waiting.popleft())
        found = list(store.quads_for_pattern(subject, None, None, _DEFAULT))
        yield from found
        linked: list[object] = [quad.object for quad in found]
        for name in _inverse(subject, iri, found):
            linked += [quad.subject for quad in store.quads_for_pattern(None, name, subject, _DEFAULT)]
        for node in linked:
            if isinstance(node, NamedNode) and node.value.startswith(iri + "#") and node.value not in seen:
                seen.add(node.value)
                waiting.append(node.value)


def _inverse(subject: NamedNode, iri: str, found: Iterable[Quad]) -> tuple[NamedNode, ...]:
    """By what else the description of a thing is linked to it or to one of its parts.

    An annotation that says where it stands has its target in the text: the text is a part of the paper, places name
    the text, and annotations name their places.
    """
    if subject.value == iri:
        return _INVERSE
    if subject.value == part(iri, TEXT):
        return (_SOURCE,)
    return (_TARGET,) if any(quad.predicate == _SOURCE for quad in found) else ()


def papers_with(store: Store, identifier: str, space: str) -> list[str]:
    """The papers below `space` that are an exact match of an identifier's IRI, sorted; at most SAMPLE_SIZE are looked at."""
    quads = store.quads_for_pattern(None, _EXACT_MATCH, NamedNode(identifier), _DEFAULT)
    found = (quad.subject.value for quad in islice(quads, SAMPLE_SIZE) if isinstance(quad.subject, NamedNode))
    return sorted(iri for iri in found if iri.startswith(space) and "#" not in iri)


def linked(store: Store, iri: str, predicate: str) -> str | None:
    """The first thing that the predicate links a thing to, by code point."""
    quads = store.quads_for_pattern(NamedNode(iri), NamedNode(expand(predicate)), None, _DEFAULT)
    return min((quad.object.value for quad in quads if isinstance(quad.object, NamedNode)), default=None)


def says(store: Store, subject: str, predicate: str, value: str) -> bool:
    """Whether that one triple is there."""
    return Quad(NamedNode(subject), NamedNode(expand(predicate)), NamedNode(value), _DEFAULT) in store


@dataclass(frozen=True, slots=True)
class PapersPage:
    """Some of the papers that mention a concept, in the store's own order, which lasts as long as the release."""

    number: int
    papers: list[str]
    next: int | None


def papers_page(store: Store, concept: str, number: int) -> PapersPage | None:
    """One page of them, counted from 1; None for those behind COUNT_LIMIT papers, which would take too long to reach."""
    start = (number - 1) * PAGE_SIZE
    if start >= COUNT_LIMIT:
        return None
    found = list(islice(_papers(store, concept), start, start + PAGE_SIZE + 1))
    has_next = len(found) > PAGE_SIZE and start + PAGE_SIZE < COUNT_LIMIT
    return PapersPage(number, found[:PAGE_SIZE], number + 1 if has_next else None)


def paper_count(store: Store, concept: str) -> tuple[int, bool]:
    """How many papers mention a concept, and whether there are more, which are not counted."""
    found = sum(1 for _ in islice(_papers(store, concept), COUNT_LIMIT + 1))
    return min(found, COUNT_LIMIT), found > COUNT_LIMIT


def _papers(store: Store, concept: str) -> Iterator[str]:
    quads = store.quads_for_pattern(None, NamedNode(expand("schema:mentions")), NamedNode(concept), _DEFAULT)
    return (quad.subject.value for quad in quads if isinstance(quad.subject, NamedNode))


@dataclass(frozen=True, slots=True)
class Description:
    """Quads by subject and predicate, for templates."""

    values: dict[tuple[str, str], list[str]]

    def all(self, subject: str, name: str) -> list[str]:
        """The values of a property, given by its prefixed name or IRI, in the order of the store."""
        return self.values.get((subject, name if "://" in name else expand(name)), [])

    def one(self, subject: str, name: str) -> str | None:
        """The first value of a property."""
        return next(iter(self.all(subject, name)), None)

    def listed(self, subject: str, name: str, position: str) -> list[str]:
        """The values of a property, ordered by their position."""
        return sorted(self.all(subject, name), key=lambda value: int(self.one(value, position) or 0))


def described(quads: Iterable[Quad]) -> Description:
    """The quads as a Description."""
    values: dict[tuple[str, str], list[str]] = {}
    for quad in quads:
        if isinstance(quad.subject, NamedNode) and isinstance(quad.object, NamedNode | Literal):
            values.setdefault((quad.subject.value, quad.predicate.value), []).append(quad.object.value)
    return Description(values)


def label(store: Store, iri: str) -> tuple[str, bool]:
    """What to call a thing, and whether an authority calls it so.

    For a concept without a label of its own this is the most frequent text of its first SAMPLE_SIZE mentions in the
    store, the first by code point among equals; failing that, its identifier.
    """
    node = NamedNode(iri)
    for name in ("rdfs:label", "dcterms:title"):
        found = sorted(literals(store, node, name))
        if found:
            return found[0], True
    surface = _most_frequent_text(store, node)
    if surface is not None:
        return surface, False
    reference = concept_reference(iri)
    return (str(reference) if reference else iri), False


def literals(store: Store, node: NamedNode, name: str) -> Iterator[str]:
    """The texts of a property of a thing, in the default graph."""
    quads = store.quads_for_pattern(node, NamedNode(expand(name)), None, _DEFAULT)
    return (quad.object.value for quad in quads if isinstance(quad.object, Literal))


def _most_frequent_text(store: Store, concept: NamedNode) -> str | None:
    annotations = islice(store.quads_for_pattern(None, NamedNode(expand("oa:hasBody")), concept, _DEFAULT), SAMPLE_SIZE)
    texts: Counter[str] = Counter()
    for quad in annotations:
        for other in store.quads_for_pattern(quad.subject, None, None, _DEFAULT):
            if other.predicate.value.endswith("#surfaceForm") and isinstance(other.object, Literal):
                texts[other.object.value] += 1
    return min(texts, key=lambda text: (-texts[text], text)) if texts else None
