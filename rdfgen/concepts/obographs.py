"""Ontologies as obographs JSON (https://github.com/geneontology/obographs), and what of them concerns our vocabularies.

The file is decoded as a whole, which takes about twice its size in memory: Mondo has some 100 MB.
"""

from collections.abc import Iterator
from typing import BinaryIO, TypeVar

import msgspec
from msgspec import Raw, Struct, field

from rdfgen.concepts.facts import Fact, Identifiers, Kind
from rdfgen.iris import concept_reference
from rdfgen.readers.text import faithful
from rdfgen.report import Report

_MOST_BYTES = 1 << 30
_REPLACED_BY = "http://purl.obolibrary.org/obo/IAO_0100001"
_PREFIXES = frozenset({"MONDO", "NCBITaxon"})


class _Graph(Struct):
    nodes: list[Raw] = field(default_factory=list)
    edges: list[Raw] = field(default_factory=list)


class _Document(Struct):
    graphs: list[_Graph]


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


_Decoded = TypeVar("_Decoded", _Node, _Edge)


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
        for raw in graph.nodes:
            found = _decoded(raw, _Node, report)
            if found is not None and (subject := _node(found.id)) is not None:
                yield from _facts(subject, found, report)
        for raw in graph.edges:
            edge = _decoded(raw, _Edge, report)
            if edge is not None and edge.pred == "is_a":
                yield from _link(_node(edge.sub), Kind.BROADER, edge.obj)


def _graphs(stream: BinaryIO, report: Report) -> list[_Graph]:
    data = stream.read(_MOST_BYTES + 1)
    if len(data) > _MOST_BYTES:
        report.skip(0, f"more than {_MOST_BYTES} bytes of JSON; give the OBO file instead")
        return []
    try:
        return msgspec.json.decode(data.removeprefix(b"\xef\xbb\xbf"), type=_Document).graphs
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        report.skip(0, f"no obographs JSON: {error}")
        return []


def _decoded(raw: Raw, kind: type[_Decoded], report: Report) -> _Decoded | None:
    try:
        return msgspec.json.decode(raw, type=kind)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        report.skip(0, f"a node or edge that is none: {error}", bytes(memoryview(raw)[:200]).decode(errors="replace"))
        return None


def _node(iri: str) -> str | None:
    reference = concept_reference(iri)
    return str(reference) if reference is not None and reference.prefix in _PREFIXES else None


def _link(subject: str | None, kind: Kind, target_iri: str) -> Iterator[Fact]:
    target = _node(target_iri)
    if subject is not None and target is not None and target != subject:
        yield Fact(subject, kind, target)


def _facts(subject: str, found: _Node, report: Report) -> Iterator[Fact]:
    texts = [(Kind.LABEL, found.lbl or ""), (Kind.DESCRIPTION, found.meta.definition.val)]
    texts += [(Kind.SYNONYM, synonym.val) for synonym in found.meta.synonyms if synonym.pred == "hasExactSynonym"]
    for kind, text in texts:
        if text.strip():
            yield Fact(subject, kind, faithful(text, 0, report).strip())
    if found.meta.deprecated:
        yield Fact(subject, Kind.OBSOLETE)
    for value in found.meta.values:
        if value.pred == _REPLACED_BY:
            yield from _link(subject, Kind.REPLACED_BY, _replacement_iri(value.val))


def _replacement_iri(value: str) -> str:
    """The replacement's IRI, which some ontologies write as a CURIE."""
    return value if "/" in value else "http://purl.obolibrary.org/obo/" + value.replace(":", "_")
