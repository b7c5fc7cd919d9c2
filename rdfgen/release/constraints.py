"""What the shapes ask of one thing's own triples, as patterns of N-Triples text: the constraints that are cheap enough for all data.

What looks from one thing at another (classes of values, paths, counts of links) is left to a SHACL validator.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from importlib.resources import files

from pyoxigraph import BlankNode, Literal, NamedNode, RdfFormat, Store

from rdfgen.iris import DEFAULT_BASE
from rdfgen.namespaces import PREFIXES, expand

_SH, _XSD = "http://www.w3.org/ns/shacl#", PREFIXES["xsd"]
_TEXT = r'[^"\\]|\\.'
Node = NamedNode | BlankNode


@dataclass(frozen=True, slots=True)
class Constraint:
    """How often a thing may have a predicate, what its values look like in N-Triples, and the words of the shape.

    `least` and `most` are None where nothing is said.
    """

    predicate: bytes
    least: int
    most: int | None
    value: re.Pattern[bytes] | None
    message: str


def constraints(base: str) -> dict[bytes, tuple[Constraint, ...]]:
    """The constraints by class, both as N-Triples terms.

    >>> sorted(row.message for row in constraints(DEFAULT_BASE)[b"<http://www.w3.org/ns/prov#Activity>"] if row.least)
    ['An activity must be associated with a prov:SoftwareAgent.']
    """
    shapes = Store()
    text = (files("ontology") / "shapes.ttl").read_text(encoding="utf-8").replace(DEFAULT_BASE, base)
    shapes.load(text.encode(), format=RdfFormat.TURTLE)
    found: dict[bytes, list[Constraint]] = {}
    for quad in sorted(shapes.quads_for_pattern(None, NamedNode(_SH + "targetClass"), None), key=str):
        assert isinstance(quad.subject, NamedNode | BlankNode)
        found.setdefault(str(quad.object).encode(), []).extend(_constraints(shapes, quad.subject))
    return {name: tuple(sorted(rows, key=lambda row: (row.predicate, row.message))) for name, rows in found.items()}


def _constraints(shapes: Store, shape: Node) -> Iterator[Constraint]:
    for node in _values(shapes, shape, "property"):
        path = next(iter(_values(shapes, node, "path")), None)
        if isinstance(node, BlankNode) and isinstance(path, NamedNode):
            value = _value_pattern(shapes, node)
            yield Constraint(
                str(path).encode(),
                _number(shapes, node, "minCount") or 0,
                _number(shapes, node, "maxCount"),
                re.compile(rb"(?:" + value.encode() + rb") \.\n", re.DOTALL) if value else None,
                next((found.value for found in _values(shapes, node, "message") if isinstance(found, Literal)), ""),
            )


def _values(shapes: Store, node: object, name: str) -> list[NamedNode | BlankNode | Literal]:
    if not isinstance(node, NamedNode | BlankNode):
        return []
    quads = shapes.quads_for_pattern(node, NamedNode(_SH + name), None)
    return [quad.object for quad in quads if isinstance(quad.object, NamedNode | BlankNode | Literal)]


def _number(shapes: Store, node: Node, name: str) -> int | None:
    return next((int(found.value) for found in _values(shapes, node, name) if isinstance(found, Literal)), None)


def _value_pattern(shapes: Store, node: Node) -> str | None:
    """One pattern for what the node says of values; None if that is nothing that their text shows."""
    for branches in _values(shapes, node, "or"):
        patterns = [_value_pattern(shapes, branch) for branch in _listed(shapes, branches) if isinstance(branch, NamedNode | BlankNode)]
        return "|".join(f"(?:{pattern})" for pattern in patterns if pattern) if all(patterns) else None
    for members in _values(shapes, node, "in"):
        return "|".join(re.escape(str(member)) for member in _listed(shapes, members))
    pattern = next((found.value for found in _values(shapes, node, "pattern") if isinstance(found, Literal)), None)
    for datatype in _values(shapes, node, "datatype"):
        return _literal_pattern(str(datatype), pattern, bool(_number(shapes, node, "minLength")))
    if any(str(kind) == f"<{_SH}IRI>" for kind in _values(shapes, node, "nodeKind")):
        return f"<{_inside(pattern, '[^>]*')}>"
    return None


def _literal_pattern(datatype: str, pattern: str | None, is_some: bool) -> str:
    end = "" if datatype == f"<{_XSD}string>" else re.escape(f"^^{datatype}")
    text = f"(?:{_TEXT}){'+' if is_some else '*'}+"
    return f'"{_inside(pattern, text)}"{end}'


def _inside(pattern: str | None, everything: str) -> str:
    """A pattern of the shapes, which may stand anywhere in a text, as one of the whole text."""
    if pattern is None:
        return everything
    begin, end = ("" if pattern.startswith("^") else ".*", "" if pattern.endswith("$") else ".*")
    return f"{begin}(?:{pattern.removeprefix('^').removesuffix('$')}){end}"


def _listed(shapes: Store, head: object) -> Iterator[NamedNode | BlankNode | Literal]:
    """The members of an RDF list."""
    while isinstance(head, BlankNode):
        (first,) = (quad.object for quad in shapes.quads_for_pattern(head, NamedNode(expand("rdf:first")), None))
        assert isinstance(first, NamedNode | BlankNode | Literal)
        yield first
        (head,) = (quad.object for quad in shapes.quads_for_pattern(head, NamedNode(expand("rdf:rest")), None))


def merged(rows: Iterable[Constraint]) -> dict[bytes, tuple[Constraint, ...]]:
    """The constraints by predicate."""
    found: dict[bytes, tuple[Constraint, ...]] = {}
    for row in rows:
        found[row.predicate] = (*found.get(row.predicate, ()), row)
    return found
