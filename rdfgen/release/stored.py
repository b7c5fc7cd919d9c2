"""What the store makes of terms: it rewrites numbers, truth values and times in one form of each value.

SPARQL sees what the store makes of them, and so counts for VoID must be of that.
"""

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache

import pyoxigraph
from pyoxigraph import DefaultGraph, NamedNode, Quad, RdfFormat, Store

from rdfgen.namespaces import PREFIXES, expand
from rdfgen.release.distinct import Sketch

Classes = tuple[bytes, ...]

_XSD = PREFIXES["xsd"]
_TYPE = NamedNode(expand("rdf:type"))
_ANY = NamedNode("urn:x")
_INTEGER = f"<{_XSD}integer>".encode()
STRING = f"{_XSD}string".encode()
_LANGUAGE, _DIRECTED_LANGUAGE = expand("rdf:langString").encode(), expand("rdf:dirLangString").encode()
# Every form that is the same after the store as before, or whose change is known; the store itself is asked about others.
_WHOLE_NUMBER = re.compile(rb'"(?:0|-?[1-9]\d{0,17})"')
_WHOLE_NUMBERS = frozenset(f"^^<{_XSD}{name}>".encode() for name in ("integer", "int", "long", "nonNegativeInteger"))
_DATE = re.compile(rb'"[12]\d{3}(?:-\d\d){0,2}"')
_DATES = frozenset(f"^^<{_XSD}{name}>".encode() for name in ("date", "gYear", "gYearMonth"))
_LANGUAGE_TAG = re.compile(rb"@[a-z]{2,3}")
_UNCHANGED = frozenset(f"^^<{_XSD}{name}>".encode() for name in ("anyURI", "hexBinary"))


def stored(literal: bytes) -> bytes:
    """A literal of an N-Triples line as the store gives it back.

    >>> stored(b'"05"^^<http://www.w3.org/2001/XMLSchema#int>')
    b'"5"^^<http://www.w3.org/2001/XMLSchema#integer>'
    """
    end = literal.rfind(b'"') + 1
    text, kind = literal[:end], literal[end:]
    if not kind or kind in _UNCHANGED or _LANGUAGE_TAG.fullmatch(kind):
        return literal
    if kind in _WHOLE_NUMBERS and _WHOLE_NUMBER.fullmatch(text):
        return text + b"^^" + _INTEGER
    if kind in _DATES and _DATE.fullmatch(text):
        return literal
    return _through_a_store(literal)


@lru_cache(maxsize=1 << 16)
def _through_a_store(literal: bytes) -> bytes:
    store = Store()
    store.add(Quad(_ANY, _ANY, node(literal)))
    (quad,) = store
    return str(quad.object).encode()


def datatype(literal: bytes) -> bytes:
    """The datatype of a literal as SPARQL says it.

    >>> datatype(b'"a"@en'), datatype(b'"a@en"')
    (b'http://www.w3.org/1999/02/22-rdf-syntax-ns#langString', b'http://www.w3.org/2001/XMLSchema#string')
    """
    rest = literal[literal.rfind(b'"') + 1 :]
    if not rest:
        return STRING
    if rest.startswith(b"^^"):
        return rest[3:-1]
    return _DIRECTED_LANGUAGE if b"--" in rest else _LANGUAGE


_Node = pyoxigraph.NamedNode | pyoxigraph.BlankNode | pyoxigraph.Literal | pyoxigraph.Triple


def node(term: bytes) -> _Node:
    """The object that stands for an N-Triples term."""
    (quad,) = pyoxigraph.parse(b"<urn:x> <urn:x> " + term + b" .", format=RdfFormat.N_TRIPLES)
    found: _Node = quad.object
    return found


class Terms:
    """What the default graph of a store, and nodes that will be added to it, say of a term."""

    def __init__(self, store: Store, added: Mapping[bytes, Classes]) -> None:
        self._store, self.added = store, added
        # What may have a class, once that is known: most terms have none, and need not be looked up.
        self._candidates: Sketch | None = None
        self._papers = b""
        self.classes = lru_cache(maxsize=1 << 17)(self._classes)
        self.is_subject = lru_cache(maxsize=1 << 17)(self._is_subject)
        self.is_object = lru_cache(maxsize=1 << 17)(self._is_object)

    def _classes(self, term: bytes) -> Classes:
        """The IRIs of the classes that a node is a member of, sorted."""
        if term[:2] == b"<<" or term[:1] == b'"' or not self._may_have_class(term):
            return ()
        quads = self._store.quads_for_pattern(node(term), _TYPE, None, DefaultGraph())  # type: ignore[arg-type]  # no literal
        found = {quad.object.value.encode() for quad in quads if isinstance(quad.object, NamedNode)}
        return tuple(sorted(found.union(self.added.get(term, ()))))

    def only(self, candidates: Sketch, papers: bytes) -> None:
        """Nothing has a class but these, what will be added, and nodes that begin with `papers`."""
        for term in self.added:
            candidates.add(term)
        self._candidates, self._papers = candidates, papers

    def _may_have_class(self, term: bytes) -> bool:
        return self._candidates is None or term in self._candidates or term.startswith(self._papers)

    def _is_subject(self, term: bytes) -> bool:
        return any(True for _ in self._store.quads_for_pattern(node(term), None, None, DefaultGraph()))  # type: ignore[arg-type]  # no literal

    def _is_object(self, term: bytes) -> bool:
        return any(True for _ in self._quads_of(term))

    def subjects_of(self, term: bytes) -> Iterator[bytes]:
        """The nodes that something leads from to that term."""
        return (str(quad.subject).encode() for quad in self._quads_of(term))

    def _quads_of(self, term: bytes) -> Iterator[Quad]:
        return self._store.quads_for_pattern(None, None, node(term), DefaultGraph())
