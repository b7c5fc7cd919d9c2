"""The tokens of a query, parted where they touch, what its prologue declares, and the IRIs that tokens stand for."""

import re
from collections.abc import Iterator
from itertools import pairwise
from typing import NamedTuple
from urllib.parse import urljoin

from server.engine.tokens import Kind, Token, tokens


class Prologue(NamedTuple):
    """The last base, the prefixes, and the numbers of the tokens that declare them."""

    base: str
    prefixes: dict[str, str]
    declared: frozenset[int]


_ESCAPE = re.compile(r"\\u([0-9A-Fa-f]{4})|\\U([0-9A-Fa-f]{8})")
_ABSOLUTE = re.compile("[A-Za-z][A-Za-z0-9+.-]*:")
_LONGEST_BASE = 200
# A number, full stop or minus that touches what is behind it, and a word; a name is what is left (SPARQL 1.1 Query §19.8).
_TOUCHING = re.compile(r"(?:[0-9]++(?:\.[0-9]++)?+|\.[0-9]++)(?:[eE][+-]?[0-9]++)?+|[.-]|[^\W\d][\w-]*+|.", re.DOTALL)
_LED = re.compile(r"[0-9.-]")


def scanned(text: str) -> Iterator[Token]:
    """The tokens of a query without comments, numbers and full stops apart from what they touch.

    >>> [token.text for token in scanned("?o.m:D003866 1.GRAPH true.")]
    ['?o', '.', 'm:D003866', '1', '.', 'GRAPH', 'true', '.']
    """
    for token in tokens(text):
        if token.kind in (Kind.WORD, Kind.NAME) and (_LED.match(token.text) or (token.kind is Kind.WORD and "." in token.text)):
            yield from _parted(token)
        elif token.kind is not Kind.COMMENT:
            yield token


def _parted(token: Token) -> Iterator[Token]:
    position = 0
    while position < len(token.text):
        if token.kind is Kind.NAME and not _LED.match(token.text, position):
            yield Token(Kind.NAME, token.text[position:], token.start + position)
            return
        match = _TOUCHING.match(token.text, position)
        assert match is not None
        yield Token(Kind.OTHER if match[0] in ".-" else Kind.WORD, match[0], token.start + position)
        position = match.end()


def prologue_of(found: list[Token]) -> Prologue:
    """What the query declares, and the numbers of the tokens that do so."""
    base, prefixes, declared = "", dict[str, str](), set[int]()
    for number, (word, token) in enumerate(pairwise(found)):
        if word.kind is not Kind.WORD:
            continue
        if word.text.upper() == "BASE" and token.kind is Kind.IRI:
            base = _resolved(decoded(token.text[1:-1]), base) or ""
            declared.add(number + 1)
        elif word.text.upper() == "PREFIX" and token.text.endswith(":") and number + 2 < len(found) and found[number + 2].kind is Kind.IRI:
            prefixes[token.text[:-1]] = _resolved(decoded(found[number + 2].text[1:-1]), base) or ""
            declared |= {number + 1, number + 2}
    return Prologue(base, prefixes, frozenset(declared))


def iri_of(token: Token, prologue: Prologue) -> str | None:
    """The IRI that the token stands for, or None."""
    if token.kind is Kind.IRI:
        return _resolved(decoded(token.text[1:-1]), prologue.base)
    if token.kind is Kind.NAME:
        prefix, _, local = token.text.partition(":")
        namespace = prologue.prefixes.get(prefix)
        return namespace + local.replace("\\", "") if namespace else None
    return None


def decoded(text: str) -> str:
    """The text with the characters of its numeric escapes."""
    return _ESCAPE.sub(_character, text)


def _character(escape: re.Match[str]) -> str:
    """The character of an escape; U+FFFD for what is none."""
    code = int(escape[1] or escape[2], 16)
    return chr(code) if code < 0x110000 and not 0xD800 <= code < 0xE000 else "\ufffd"


def _resolved(iri: str, base: str) -> str | None:
    """The IRI, resolved against the base if it is relative; None where that is not to be had.

    Long bases do not count: they would grow from BASE to BASE, and each IRI would cost as much.
    """
    if _ABSOLUTE.match(iri):
        return iri
    try:
        return urljoin(base, iri) if 0 < len(base) <= _LONGEST_BASE else None
    except ValueError:
        return None
