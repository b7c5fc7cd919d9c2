"""Parses one XML record, alone or with what it lacks: valid characters, entities that HTML knows, prefixes of namespaces."""

import html.entities
import re
from collections import Counter
from functools import partial

from lxml import etree

from rdfgen.readers.text import clean
from rdfgen.report import Report

_REFERENCE = re.compile(
    r"<!\[CDATA\[(?>.*?\]\]>|.*)|<!--(?>.*?-->|.*)|&(?:#0*(\d{1,9}|[xX]0*[0-9A-Fa-f]{1,8})|([A-Za-z_][\w.:-]*+));", re.DOTALL
)
_XML_ENTITIES = frozenset({"amp", "lt", "gt", "quot", "apos"})
_MARKUP = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}
_PREFIX = re.compile(r"[<\s]/?([A-Za-z_][\w.-]*+):[A-Za-z_]", re.ASCII)
_NAMESPACES = {
    "ali": "http://www.niso.org/schemas/ali/1.0/",
    "mml": "http://www.w3.org/1998/Math/MathML",
    "xlink": "http://www.w3.org/1999/xlink",
    "xsi": "http://www.w3.org/2001/XMLSchema-instance",
}
_NO_CHARACTER = "a reference to a character that XML cannot carry was replaced by U+FFFD"
_NO_ENTITY = "an entity that is not expanded, because only a DTD could explain it; it stays as it is written"


def element(record: bytes) -> etree._Element:
    """The element of a record that is well-formed alone; nothing outside of it is read or fetched."""
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    return etree.fromstring(record, parser)


def repaired(record: bytes, line: int, report: Report) -> etree._Element | None:
    """The element once characters, entities and prefixes are mended; None, with a line in the report, if that is not enough."""
    text = _with_references(clean(record, line, report), line, report)
    try:
        return _with_prefixes(text)
    except etree.XMLSyntaxError as error:
        reason = (error.msg or "").partition(", line ")[0].strip()
        report.skip(line + (error.lineno or 1) - 1, f"not well-formed XML, so this record is left out: {reason}", text[:80])
        return None


def _with_references(text: str, line: int, report: Report) -> str:
    """The text with references that stand for characters; what cannot be one is reported, each kind once a record."""
    found: Counter[tuple[str, str]] = Counter()
    text = _REFERENCE.sub(partial(_resolved, found=found), text)
    for (reason, reference), count in found.items():
        report.alter(line, reason, reference if count == 1 else f"{reference} ({count} times)")
    return text


def _resolved(match: re.Match[str], found: Counter[tuple[str, str]]) -> str:
    number, name = match[1], match[2]
    if number is not None:
        return _character(match[0], number, found)
    if name is None or name in _XML_ENTITIES:
        return match[0]
    known = html.entities.html5.get(f"{name};")
    if known is not None:
        return "".join(_MARKUP.get(character, character) for character in known)
    found[_NO_ENTITY, match[0]] += 1
    return f"&amp;{name};"


def _character(reference: str, number: str, found: Counter[tuple[str, str]]) -> str:
    code = int(number[1:], 16) if number[0] in "xX" else int(number)
    if code in (9, 10, 13) or 0x20 <= code < 0xD800 or 0xE000 <= code <= 0xFFFD or 0x10000 <= code <= 0x10FFFF:
        return reference
    found[_NO_CHARACTER, reference] += 1
    return "\ufffd"


def _with_prefixes(text: str) -> etree._Element:
    """The element, where need be with prefixes of namespaces that were declared outside of it."""
    try:
        return element(text.encode())
    except etree.XMLSyntaxError as error:
        if "amespace prefix" not in str(error.msg):
            raise
    prefixes = sorted(set(_PREFIX.findall(text)) - {"xml", "xmlns"})
    declared = " ".join(f'xmlns:{prefix}="{_NAMESPACES.get(prefix, f"urn:prefix:{prefix}")}"' for prefix in prefixes)
    return element(f"<records {declared}>{text}</records>".encode())[0]
