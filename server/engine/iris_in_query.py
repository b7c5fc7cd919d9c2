"""The IRIs that a query names, prefixed names among them, what they are used as, and rewriting them by tokens."""

import re
from collections.abc import Callable, Iterator
from enum import Enum
from itertools import pairwise
from typing import NamedTuple
from urllib.parse import urljoin

from rdfgen.namespaces import expand
from server.engine.tokens import Kind, Token, tokens


class Role(Enum):
    """What an IRI is used as in a pattern, as far as its neighbours tell."""

    PREDICATE = "predicate"
    CLASS = "class"
    NODE = "node"


class Named(NamedTuple):
    """An IRI in a query: where it stands, its role, the predicate right before it, if there is one, and whether it may be
    the object of some other predicate: of a variable, a path, or one further before.
    """

    start: int
    end: int
    iri: str
    role: Role
    predicate: str | None
    is_any_object: bool = False


class _Prologue(NamedTuple):
    base: str
    prefixes: dict[str, str]
    declared: frozenset[int]


_TYPE = expand("rdf:type")
_ESCAPE = re.compile(r"\\u([0-9A-Fa-f]{4})|\\U([0-9A-Fa-f]{8})")
_ABSOLUTE = re.compile("[A-Za-z][A-Za-z0-9+.-]*:")
_LONGEST_BASE = 200
_EDGE = Token(Kind.OTHER, "", 0)
_TERMS = frozenset({Kind.VARIABLE, Kind.IRI, Kind.NAME, Kind.STRING})
# What can stand before and behind a predicate, other than terms; a predicate that begins a group has a path operator behind it.
_BEFORE_PREDICATE = frozenset({";", "[", "]", ")", "/", "|", "^", "!"})
_PATH_OPERATORS = frozenset({"/", "|", "*", "+", "?"})
_PATH_STEPS = frozenset({"/", "|", "^", "!"})
_PATH_ENDS = frozenset({",", ")", "*", "+", "?"})
_BEHIND_PREDICATE = _PATH_OPERATORS | {"[", "(", ")"}
# These are followed by graphs and endpoints; these by braces in which there are no patterns of this endpoint's data.
_NOT_NODES = frozenset({"FROM", "NAMED", "GRAPH", "SERVICE", "SILENT"})
_BLOCKS = frozenset({"CONSTRUCT", "VALUES", "SERVICE"})


def named_iris(text: str) -> Iterator[Named]:
    """The IRIs of a query in its order, without those of PREFIX, BASE, FROM, GRAPH and SERVICE.

    >>> [found.iri for found in named_iris("PREFIX ex: <http://x/> ASK { ?s a ex:T ; <http://y/p> 'http://z/' } # <http://z/>")]
    ['http://x/T', 'http://y/p']
    """
    found = [token for token in tokens(text) if token.kind is not Kind.COMMENT]
    prologue = _prologue(found)
    blocks = _blocks(found)
    for number, (token, block) in enumerate(zip(found, blocks, strict=True)):
        before, behind = (found[number - 1] if number else _EDGE), (found[number + 1] if number + 1 < len(found) else _EDGE)
        if number in prologue.declared or block == "SERVICE" or before.text.upper() in _NOT_NODES:
            continue
        iri = _iri(token, prologue)
        if iri is not None:
            datatype = before.text == "^" and number > 1 and found[number - 2].text == "^"
            predicate = _predicate(before, prologue)
            role = Role.NODE if block or datatype else _role(before, behind, predicate)
            is_any_object = not block and role is Role.NODE and _is_any_object(found[number - 2] if number > 1 else _EDGE, before, behind)
            yield Named(token.start, token.start + len(token.text), iri, role, None if is_any_object else predicate, is_any_object)


def rewritten(text: str, replacement: Callable[[Named], str | None]) -> tuple[str, dict[str, str]]:
    """The query with IRIs replaced where there is a replacement, and what was replaced by what, in the query's order.

    >>> rewritten("ASK { <a:1> ?p '<a:1>' }", lambda found: "b:1")
    ("ASK { <b:1> ?p '<a:1>' }", {'a:1': 'b:1'})
    """
    pieces: list[str] = []
    changes: dict[str, str] = {}
    position = 0
    for found in named_iris(text):
        new = replacement(found)
        if new is not None:
            pieces += [text[position : found.start], f"<{new}>"]
            position = found.end
            changes[found.iri] = new
    return "".join([*pieces, text[position:]]), changes


def _prologue(found: list[Token]) -> _Prologue:
    """What the query declares, and the numbers of the tokens that do so."""
    base, prefixes, declared = "", dict[str, str](), set[int]()
    for number, (word, token) in enumerate(pairwise(found)):
        if word.kind is not Kind.WORD:
            continue
        if word.text.upper() == "BASE" and token.kind is Kind.IRI:
            base = _resolved(_decoded(token), base) or ""
            declared.add(number + 1)
        elif word.text.upper() == "PREFIX" and token.text.endswith(":") and number + 2 < len(found) and found[number + 2].kind is Kind.IRI:
            prefixes[token.text[:-1]] = _resolved(_decoded(found[number + 2]), base) or ""
            declared |= {number + 1, number + 2}
    return _Prologue(base, prefixes, frozenset(declared))


def _blocks(found: list[Token]) -> Iterator[str]:
    """For each token the word of _BLOCKS in whose braces it stands, or ""."""
    pending = inside = ""
    depth = 0
    for token in found:
        yield inside
        if inside:
            depth += (token.text == "{") - (token.text == "}")
            inside = inside if depth else ""
        elif token.kind is Kind.WORD:
            pending = _pending(token.text.upper(), pending)
        elif token.text == "{":
            inside, pending, depth = pending, "", 1


def _pending(word: str, pending: str) -> str:
    """The word whose braces come next: CONSTRUCT may have none of its own."""
    if word in _BLOCKS:
        return word
    return "" if word in ("WHERE", "FROM") else pending


def _iri(token: Token, prologue: _Prologue) -> str | None:
    """The IRI that the token stands for, or None."""
    if token.kind is Kind.IRI:
        return _resolved(_decoded(token), prologue.base)
    if token.kind is Kind.NAME:
        prefix, _, local = token.text.partition(":")
        namespace = prologue.prefixes.get(prefix)
        return namespace + local.replace("\\", "") if namespace else None
    return None


def _decoded(token: Token) -> str:
    return _ESCAPE.sub(_character, token.text[1:-1])


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


def _predicate(before: Token, prologue: _Prologue) -> str | None:
    """The predicate that the token before an IRI is, if this is its object."""
    if before.kind is Kind.WORD and before.text == "a":
        return _TYPE
    return _iri(before, prologue)


def _is_any_object(earlier: Token, before: Token, behind: Token) -> bool:
    """Whether a node may be the object of more than the one predicate before it, by the two tokens before it and the one behind.

    Before it stand a variable, a comma, the end of a path, or the last step of one; behind it an inverse path.
    """
    is_step = before.kind in (Kind.IRI, Kind.NAME) and earlier.text in _PATH_STEPS
    return before.kind is Kind.VARIABLE or before.text in _PATH_ENDS or is_step or behind.text == "^"


def _role(before: Token, behind: Token, predicate: str | None) -> Role:
    if predicate == _TYPE:
        return Role.CLASS
    led = before.kind in _TERMS or before.text in _BEFORE_PREDICATE or (before.text == "(" and behind.text in _PATH_OPERATORS)
    followed = behind.kind in _TERMS or behind.text in _BEHIND_PREDICATE or _is_literal(behind)
    return Role.PREDICATE if led and followed else Role.NODE


def _is_literal(token: Token) -> bool:
    """Whether the word is a number or a truth value."""
    return token.kind is Kind.WORD and (token.text[0].isdigit() or token.text.lower() in ("true", "false"))
