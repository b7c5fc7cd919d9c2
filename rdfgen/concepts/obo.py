"""Ontologies in the OBO format 1.4, and what of them concerns our vocabularies: Mondo, NCBI Taxonomy, Cellosaurus."""

import re
from collections.abc import Callable, Iterator
from typing import BinaryIO

from rdfgen.concepts.facts import Fact, Identifiers, Kind, node
from rdfgen.readers.text import decoded, numbered_lines
from rdfgen.report import Report

# What may follow a value: qualifiers in braces, and a comment (OBO 1.4 §2.3).
_MODIFIERS = re.compile(r"\s+(?:\{[^{}]*\}\s*)?(?:!.*)?$|\s*\{[^{}]*\}\s*$")
_QUOTED = re.compile(r'"(?P<text>[^"\\]*(?:\\.[^"\\]*)*)"\s*(?P<scope>[A-Z]*)')
_ESCAPE = re.compile(r"\\(.)")
_ESCAPES = {"n": "\n", "t": "\t", "W": " "}
# Cellosaurus calls all of its synonyms related ones.
_SYNONYM_SCOPES = {"MONDO": ("EXACT",), "NCBITaxon": ("EXACT",), "Cellosaurus": ("EXACT", "RELATED")}

_Facts = Callable[[str, str], Iterator[Fact] | None]


def recognises(head: bytes) -> bool:
    r"""Whether the file starts with the header of the OBO format.

    >>> recognises(b"format-version: 1.2\nontology: mondo\n"), recognises(b"[Term]\n")
    (True, False)
    """
    return re.match(r"(?:[a-z-]+: [^\n]*\n){0,20}?format-version: 1\.", decoded(head).lstrip().replace("\r", "")) is not None


def read(stream: BinaryIO, report: Report, _wanted: Identifiers | None) -> Iterator[Fact]:
    r"""The facts about the terms of our vocabularies; terms of other ontologies are left out on purpose.

    >>> import io
    >>> terms = b"format-version: 1.2\n\n[Term]\nid: MONDO:0002050\nname: depressive disorder\nis_a: MONDO:0002025 ! x\n"
    >>> [(fact.node, fact.value) for fact in read(io.BytesIO(terms), Report("mondo.obo"), None)]
    [('MONDO:0002050', 'depressive disorder'), ('MONDO:0002050', 'MONDO:0002025')]
    """
    is_term, subject = False, None
    for number, line, _ in numbered_lines(stream, report):
        if line.startswith("["):
            is_term, subject = line.rstrip() == "[Term]", None
            continue
        tag, _, value = line.partition(":")
        if is_term and tag == "id":
            subject = _node(value, number, report)
        elif subject is not None and tag in _TAGS:
            found = _TAGS[tag](subject, value.strip())
            if found is None:
                report.skip(number, f"{tag} without the text or identifier that it must have", value)
            yield from found or ()


def _node(value: str, number: int, report: Report) -> str | None:
    """The record of ours that the identifier names; None for one of another ontology."""
    text = _MODIFIERS.sub("", value).strip()
    found = _record(text)
    if found is None and text.startswith(("MONDO:", "NCBITaxon:", "CVCL_")):
        report.skip(number, "no identifier of its vocabulary", text)
    return found


def _record(text: str) -> str | None:
    """The node that an identifier of an OBO file stands for.

    >>> _record("CVCL_0030"), _record("MONDO:0000001"), _record("HP:0000001")
    ('Cellosaurus:CVCL_0030', 'MONDO:0000001', None)
    """
    prefix, separator, identifier = text.partition(":")
    if not separator:
        return node("Cellosaurus", text)
    return node(prefix, identifier) if prefix in ("MONDO", "NCBITaxon") else None


def _name(subject: str, value: str) -> Iterator[Fact] | None:
    text = _MODIFIERS.sub("", value).strip()
    return iter((Fact(subject, Kind.LABEL, _unescaped(text)),)) if text else None


def _definition(subject: str, value: str) -> Iterator[Fact] | None:
    match = _QUOTED.match(value)
    return iter((Fact(subject, Kind.DESCRIPTION, _unescaped(match["text"])),)) if match is not None and match["text"].strip() else None


def _synonym(subject: str, value: str) -> Iterator[Fact] | None:
    match = _QUOTED.match(value)
    if match is None or not match["text"].strip():
        return None
    accepted = _SYNONYM_SCOPES[subject.partition(":")[0]]
    return iter((Fact(subject, Kind.SYNONYM, _unescaped(match["text"])),) if (match["scope"] or "RELATED") in accepted else ())


def _parent(subject: str, value: str) -> Iterator[Fact] | None:
    return _link(subject, Kind.BROADER, value)


def _replacement(subject: str, value: str) -> Iterator[Fact] | None:
    return _link(subject, Kind.REPLACED_BY, value)


def _link(subject: str, kind: Kind, value: str) -> Iterator[Fact] | None:
    if not value:
        return None
    target = _record(value.split()[0])
    return iter(() if target is None or target == subject else (Fact(subject, kind, target),))


def _obsolete(subject: str, value: str) -> Iterator[Fact] | None:
    return iter((Fact(subject, Kind.OBSOLETE),) if value.split()[:1] == ["true"] else ())


def _other_identifier(subject: str, value: str) -> Iterator[Fact] | None:
    """An identifier that was merged into this one."""
    other = _record(value.split()[0]) if value else None
    facts = (Fact(other, Kind.OBSOLETE), Fact(other, Kind.REPLACED_BY, subject)) if other is not None and other != subject else ()
    return iter(facts) if value else None


def _unescaped(text: str) -> str:
    return _ESCAPE.sub(lambda match: _ESCAPES.get(match[1], match[1]), text).strip()


_TAGS: dict[str, _Facts] = {
    "name": _name,
    "def": _definition,
    "synonym": _synonym,
    "is_a": _parent,
    "is_obsolete": _obsolete,
    "replaced_by": _replacement,
    "alt_id": _other_identifier,
}
