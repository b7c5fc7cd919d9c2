"""Ontologies as obographs JSON (https://github.com/geneontology/obographs), and what of them concerns our vocabularies.

The file is decoded as a whole, which takes about twice its size in memory: Mondo has some 100 MB.
"""

from collections.abc import Iterator
from typing import BinaryIO, TypeVar

import msgspec
from msgspec import Raw, Struct, field

from rdfgen.concepts.facts import Fact, Identifiers, Kind
from rdfgen.concepts.ontology_terms import ALTERNATIVE_IDENTIFIER, REPLACED_BY, is_malformed, merged_term, named_iri, term_link, term_node
from rdfgen.readers.text import faithful
from rdfgen.report import Report

_MOST_BYTES = 1 << 30


class _Document(Struct):
    graphs: list[Raw]


class _Graph(Struct):
    nodes: list[Raw] | None = None
    edges: list[Raw] | None = None


class _Text(Struct):
    val: str = ""
    pred: str = ""


class _Meta(Struct):
    definition: _Text = field(default_factory=_Text)
    synonyms: list[_Text] = field(default_factory=list)
    values: list[_Text] = field(default_factory=list, name="basicPropertyValues")
    deprecated: bool = False


class _Node(Struct):
    id: str
    lbl: str | None = None
    meta: _Meta = field(default_factory=_Meta)


class _Edge(Struct):
    sub: str
    pred: str
    obj: str


_WORDS: dict[type, str] = {_Graph: "graph", _Node: "node", _Edge: "edge"}
_Decoded = TypeVar("_Decoded", _Graph, _Node, _Edge)


def recognises(head: bytes) -> bool:
    """Whether the file starts as a document of graphs does.

    >>> recognises(b'{ "graphs" : [ { "id": 1'), recognises(b'{"documents": []}')
    (True, False)
    """
    return head.lstrip(b"\xef\xbb\xbf \r\n\t").startswith(b"{") and b'"graphs"' in head[:1000]


def read(stream: BinaryIO, report: Report, _wanted: Identifiers | None) -> Iterator[Fact]:
    """The facts about the terms of our vocabularies; terms of other ontologies are left out on purpose.

    >>> import io
    >>> text = b'{"graphs": [{"nodes": [{"id": "http://purl.obolibrary.org/obo/MONDO_0002050", "lbl": "depressive disorder"}]}]}'
    >>> list(read(io.BytesIO(text), Report("mondo.json"), None))
    [Fact(node='MONDO:0002050', kind=<Kind.LABEL: 1>, value='depressive disorder')]
    """
    for graph in _graphs(stream, report):
        for raw in graph.nodes or ():
            found = _decoded(raw, _Node, report)
            if found is not None:
                yield from _facts(found, report)
        for raw in graph.edges or ():
            edge = _decoded(raw, _Edge, report)
            if edge is not None and edge.pred == "is_a" and (subject := term_node(edge.sub)) is not None:
                yield from term_link(subject, Kind.BROADER, edge.obj)


def _graphs(stream: BinaryIO, report: Report) -> Iterator[_Graph]:
    """The graphs; one that is none costs no other."""
    data = stream.read(_MOST_BYTES + 1)
    if len(data) > _MOST_BYTES:
        report.skip(0, f"more than {_MOST_BYTES} bytes of JSON; give the OBO or the OWL file instead")
        return
    try:
        graphs = msgspec.json.decode(data.removeprefix(b"\xef\xbb\xbf"), type=_Document).graphs
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        report.skip(0, f"no obographs JSON: {error}")
        return
    yield from (graph for raw in graphs if (graph := _decoded(raw, _Graph, report)) is not None)


def _decoded(raw: Raw, kind: type[_Decoded], report: Report) -> _Decoded | None:
    try:
        return msgspec.json.decode(raw, type=kind)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        report.skip(0, f"a {_WORDS[kind]} that is none: {error}", bytes(memoryview(raw)[:200]).decode(errors="replace"))
        return None


def _facts(found: _Node, report: Report) -> Iterator[Fact]:
    subject = term_node(found.id)
    if subject is not None:
        yield from _texts(subject, found, report)
        yield from _status(subject, found.meta)
    elif is_malformed(found.id):
        report.skip(0, "no identifier of its vocabulary", found.id)


def _texts(subject: str, found: _Node, report: Report) -> Iterator[Fact]:
    texts = [(Kind.LABEL, found.lbl or ""), (Kind.DESCRIPTION, found.meta.definition.val)]
    texts += [(Kind.SYNONYM, synonym.val) for synonym in found.meta.synonyms if synonym.pred == "hasExactSynonym"]
    for kind, text in texts:
        if text.strip():
            yield Fact(subject, kind, faithful(text, 0, report).strip())


def _status(subject: str, meta: _Meta) -> Iterator[Fact]:
    """Whether the record is obsolete, what replaces it, and what it replaces."""
    if meta.deprecated:
        yield Fact(subject, Kind.OBSOLETE)
    for value in meta.values:
        if value.pred == REPLACED_BY:
            yield from term_link(subject, Kind.REPLACED_BY, named_iri(value.val))
        elif value.pred == ALTERNATIVE_IDENTIFIER:
            yield from merged_term(subject, named_iri(value.val))
