"""The checks that every triple of a release passes on its way: terms well formed, IRIs as their vocabularies write them,
each thing with what its class asks for. They are cheap, so that they are always on.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping

from rdfgen.namespaces import PREFIXES, expand
from rdfgen.ntriples import term
from rdfgen.release.constraints import Constraint, constraints, merged
from rdfgen.vocabularies import VOCABULARIES

# A predicate and a value, with the end of the line: b'"text" .\n'.
Row = tuple[bytes, bytes]
# The line, counted from 1, that something stands in, what is wrong, and with what.
Fault = tuple[int, str, str]

TYPE = term("rdf:type").encode()
_SAME_AS = b"<http://www.w3.org/2002/07/owl#sameAs>"
# The parts whose things are records of vocabularies; in the others there are pages, which may have any address.
_RECORD_PARTS = frozenset({"concepts", "mappings"})
_ADDRESSES = frozenset(
    expand(name).join("<>").encode()
    for name in (
        *("foaf:page", "foaf:homepage", "rdfs:seeAlso", "dcterms:hasFormat", "prov:wasDerivedFrom", "prov:wasAttributedTo"),
        *("prov:used", "dcterms:license", "sssom:license"),
    )
)
# How many values, and combinations of classes or predicates, are remembered as right; long combinations hardly come again.
_MOST_VALUES, _MOST_FORMS, _LONGEST_FORM = 1 << 15, 1 << 12, 20

_XSD = re.escape(PREFIXES["xsd"])
_DAY = r"(?:(?:0[13578]|1[02])-(?:0[1-9]|[12]\d|3[01])|(?:0[469]|11)-(?:0[1-9]|[12]\d|30)|02-(?:0[1-9]|[12]\d))"
_TIME = r"T\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)?"
# Datatype -> the forms that a value may be written in.
_LEXICAL = {
    "integer": r"[+-]?\d+",
    "nonNegativeInteger": r"\+?\d+|-0+",
    "decimal": r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)",
    "boolean": "true|false|1|0",
    "date": rf"\d{{4}}-{_DAY}",
    "gYearMonth": r"\d{4}-(?:0[1-9]|1[0-2])",
    "gYear": r"\d{4}",
    "dateTime": rf"\d{{4}}-{_DAY}{_TIME}",
    "anyURI": r"[^\s\"\\<>]*",
}
_PLAIN = r'(?:[^"\\\x00-\x1f\x7f]|\\[tnr"\\]|\\u007F)*+'  # XML 1.0 can say U+007F, and no other control characters.
_TAG = r"@[A-Za-z]{1,8}(?:-[A-Za-z0-9]{1,8})*(?:--(?:ltr|rtl))?"
_FURTHER = rf"\^\^<(?!{_XSD}(?:{'|'.join(_LEXICAL)})>)[^>]*>"
_LITERAL = "|".join([rf'"{_PLAIN}"(?:{_TAG}|{_FURTHER})?', *(rf'"(?:{form})"\^\^<{_XSD}{name}>' for name, form in _LEXICAL.items())])
# RFC 3987, as far as N-Triples restricts it (RDF 1.1 N-Triples §7, IRIREF), and absolute.
_IRI = r'<[A-Za-z][A-Za-z0-9+.-]*:[^\x00-\x20<>"{}|^`\\]*>'
_BLANK = r"_:[^\s<>\"]+"
_NODE = re.compile(rf"(?:{_IRI}|{_BLANK})".encode(), re.DOTALL)
_PREDICATE = re.compile(_IRI.encode(), re.DOTALL)
_VALUE = re.compile(rf"(?:{_LITERAL}|{_IRI}|{_BLANK}) \.\n".encode(), re.DOTALL)
_CONTROL = re.compile(rb"\\(?:[bf]|u00[01][0-9A-F])")
# MeSH has records of a descriptor with a qualifier too, and its terms below the same address.
_FURTHER_PATTERNS = {"MESH": r"D\d{6,9}Q\d{6,9}|vocab#\w*"}
_RECORD = re.compile(
    "|".join(
        rf"<{re.escape(row.iri_prefix)}(?!(?:{'|'.join(filter(None, (row.pattern, _FURTHER_PATTERNS.get(row.prefix), '')))})>|>)"
        for row in VOCABULARIES.values()
    ).encode()
)
_NO_RECORD = "an IRI that does not have the form of its vocabulary"
_ALIAS = re.compile("|".join(f"<{re.escape(alias.iri_prefix)}[^>]" for row in VOCABULARIES.values() for alias in row.aliases).encode())


def things(lines: Iterable[bytes]) -> Iterator[tuple[int, bytes, list[Row]]]:
    r"""What stands together about one thing each, and the line, counted from 1, where that begins.

    >>> list(things([b"<a:a> <b:b> <c:c> .\n", b"<a:a> <b:b> <d:d> .\n"]))
    [(1, b'<a:a>', [(b'<b:b>', b'<c:c> .\n'), (b'<b:b>', b'<d:d> .\n')])]
    """
    subject, rows, number = b"", list[Row](), 0
    for number, line in enumerate(lines, 1):
        found, predicate, value = line.split(b" ", 2)
        if found != subject:
            if rows:
                yield number - len(rows), subject, rows
            subject, rows = found, []
        rows.append((predicate, value))
    if rows:
        yield number + 1 - len(rows), subject, rows


class Checks:
    """The checks of one release; what was found right is remembered, as far as that is bounded."""

    def __init__(self, base: str) -> None:
        self._constraints = constraints(base)
        self._plans: dict[tuple[bytes, ...], dict[bytes, tuple[Constraint, ...]]] = {}
        self._right: set[bytes] = set()
        self._forms: dict[tuple[bytes, ...], list[str]] = {}

    def faults(self, part: str, line: int, subject: bytes, rows: list[Row]) -> Iterator[Fault]:
        """What is wrong with a thing that begins in that line of a part."""
        if _NODE.fullmatch(subject) is None:
            yield line, "a subject that is no IRI or blank node", _text(subject)
        if part in _RECORD_PARTS:
            yield from _record_faults(line, subject)
        yield from self._class_faults(line, subject, rows)
        for number, (predicate, value) in enumerate(rows, line):
            if value not in self._right:
                yield from self._value_faults(number, predicate, value)

    def _class_faults(self, line: int, subject: bytes, rows: list[Row]) -> Iterator[Fault]:
        """What is not as the thing's classes ask."""
        types = tuple(value for predicate, value in rows if predicate == TYPE)
        plan = self._plan(types)
        for number, (predicate, value) in enumerate(rows, line):
            for constraint in plan.get(predicate, ()):
                if constraint.value is not None and constraint.value.fullmatch(value) is None:
                    yield number, constraint.message, _text(subject)
        form = (*types, *(predicate for predicate, _ in rows))
        messages = self._forms.get(form)
        if messages is None:
            messages = list(_count_messages(plan, Counter(predicate for predicate, _ in rows)))
            if len(self._forms) < _MOST_FORMS and len(rows) <= _LONGEST_FORM:
                self._forms[form] = messages
        yield from ((line, message, _text(subject)) for message in messages)

    def _plan(self, types: tuple[bytes, ...]) -> dict[bytes, tuple[Constraint, ...]]:
        found = self._plans.get(types)
        if found is None:
            rows = (row for value in types for row in self._constraints.get(value[:-3], ()))
            found = merged(rows)
            if len(self._plans) < _MOST_FORMS:
                self._plans[types] = found
        return found

    def _value_faults(self, line: int, predicate: bytes, value: bytes) -> Iterator[Fault]:
        if _VALUE.fullmatch(value) is None:
            yield line, _reason(value), _text(value[:-3])
        elif value[:1] == b"<" and predicate not in _ADDRESSES:
            if _RECORD.match(value) is not None:
                yield line, _NO_RECORD, _text(value[:-3])
                return
            if len(self._right) >= _MOST_VALUES:
                self._right.clear()
            self._right.add(value)


def _count_messages(plan: Mapping[bytes, tuple[Constraint, ...]], counts: Counter[bytes]) -> Iterator[str]:
    """What a thing that has predicates so often has too often or not often enough."""
    if counts[_SAME_AS]:
        yield "owl:sameAs, which is never said here"
    if not all(map(_PREDICATE.fullmatch, counts)):
        yield "a predicate that is no absolute IRI"
    for row in (row for rows in plan.values() for row in rows):
        if not row.least <= counts[row.predicate] <= (row.most if row.most is not None else counts[row.predicate]):
            yield row.message


def _record_faults(line: int, subject: bytes) -> Iterator[Fault]:
    if _RECORD.match(subject) is not None:
        yield line, _NO_RECORD, _text(subject)
    if _ALIAS.match(subject) is not None:
        yield line, "a thing that goes by an IRI of others than its owner", _text(subject)


def _reason(value: bytes) -> str:
    """What is wrong with a value that is not well formed."""
    if value[:1] == b"<":
        return "a value that is no absolute IRI"
    if _CONTROL.search(value) is not None:
        return "a control character in a text"
    return "a text whose datatype or language tag does not fit it"


def _text(term: bytes) -> str:
    return term.decode(errors="replace")
