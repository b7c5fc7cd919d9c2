"""A scanner for SPARQL tokens that takes time in proportion to the length of the text, whatever the text."""

import re
from collections.abc import Iterator
from enum import Enum
from itertools import accumulate
from typing import NamedTuple


class Kind(Enum):
    """What a token is, as far as anybody here needs to know; numbers are words."""

    COMMENT = "comment"
    IRI = "iri"
    STRING = "string"
    VARIABLE = "variable"
    NAME = "name"
    WORD = "word"
    OPEN = "open"
    CLOSE = "close"
    OTHER = "other"


class Token(NamedTuple):
    """A token and where it starts."""

    kind: Kind
    text: str
    start: int


# SPARQL 1.1 Query §19.8, and the bars and ampersands of expressions as one token. Every repetition is possessive, and what one
# alternative has read in vain the next one takes whole, so that nothing is scanned again and again.
_LETTERS = (
    r"A-Za-z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u02ff\u0370-\u037d\u037f-\u1fff\u200c\u200d\u2070-\u218f\u2c00-\u2fef\u3001-\ud7ff"
    r"\uf900-\ufdcf\ufdf0-\ufffd\U00010000-\U000effff"
)
_IN_NAMES = _LETTERS + r"_0-9\u00b7\u0300-\u036f\u203f\u2040"
_ESCAPES = r"%[0-9A-Fa-f]{2}|\\[_~.!$&'()*+,;=/?\#@%-]"
_LOCAL = rf"(?>(?>[{_LETTERS}_:0-9]|{_ESCAPES})(?>[{_IN_NAMES}:-]|\.++(?=[{_IN_NAMES}:-]|{_ESCAPES})|{_ESCAPES})*+)?+"
_TOKEN = re.compile(
    rf"""
    [\x20\t\r\n]*+
    (?>
    (?P<variable>[?$][{_LETTERS}_0-9](?>[{_IN_NAMES}])*+)
  | (?P<name>(?>[{_LETTERS}][{_IN_NAMES}-]*+)?+:{_LOCAL} | _:[{_LETTERS}_0-9](?>[{_IN_NAMES}-]|\.++(?=[{_IN_NAMES}-]))*+)
  | (?P<dotted>[{_LETTERS}][{_IN_NAMES}-]*+\.[{_IN_NAMES}.-]*+(?>:{_LOCAL})?+)
  | (?P<word>[{_LETTERS}_][{_IN_NAMES}-]*+
           | (?>[0-9]++(?>\.[0-9]++|\.(?=[eE][+-]?[0-9]))?+|\.[0-9]++)(?>[eE][+-]?[0-9]++)?+)
  | (?P<open>[{{(\[])
  | (?P<close>[}})\]])
  | (?P<iri><(?>[^\x00-\x20<>"{{}}|^`\\]|\\u[0-9A-Fa-f]{{4}}|\\U[0-9A-Fa-f]{{8}})*+>)
  | (?P<string>"{{3}}(?>[^"\\]|\\.|"(?!""))*+"{{3}} | '{{3}}(?>[^'\\]|\\.|'(?!''))*+'{{3}}
             | "(?>[^"\\\r\n]|\\.)*+" | '(?>[^'\\\r\n]|\\.)*+')
  | (?P<comment>\#[^\r\n]*+)
  | (?P<other>@[A-Za-z]++(?>-{{1,2}}[A-Za-z0-9]++)*+ | \|\| | && | .)
    )
    """,
    re.VERBOSE | re.DOTALL,
)
_INDEX = _TOKEN.groupindex
_DOTTED, _IRI, _OTHER = _INDEX["dotted"], _INDEX["iri"], _INDEX["other"]
_KINDS = {number: Kind(name) for name, number in _INDEX.items() if name != "dotted"}
_ENDS_OPERAND = frozenset({Kind.VARIABLE, Kind.NAME, Kind.STRING, Kind.WORD, Kind.CLOSE})
_START = Token(Kind.OTHER, "", 0)
_PIECES = re.compile(r"\.|[^.]++")
_SPACE = "\x20\t\r\n"
_DEAD_ENDS = frozenset({'"', "'", "\\"})


def tokens(text: str) -> Iterator[Token]:
    """The tokens of a query, white space left out; they end where no query can go on: at a quote without a partner or a stray backslash.

    >>> [token.text for token in tokens("SELECT * { ?s ex:p 'a b' } # done")]
    ['SELECT', '*', '{', '?s', 'ex:p', "'a b'", '}', '# done']
    >>> [token.text for token in tokens("?o.m:D003866 1.GRAPH 1.5e3 a.b:c.")]
    ['?o', '.', 'm:D003866', '1', '.', 'GRAPH', '1.5e3', 'a.b:c', '.']
    """
    text = text.rstrip(_SPACE)
    last, position = _START, 0
    while position < len(text):
        for found in _TOKEN.finditer(text, position):
            position = found.end()
            number = found.lastindex
            assert number is not None
            token = Token(_KINDS.get(number, Kind.NAME), found[number], found.start(number))
            if number == _DOTTED:
                *parts, last = _parted(token)
                yield from parts
            elif number == _IRI and _is_comparison(last, token):
                last, position = Token(Kind.OTHER, "<", token.start), token.start + 1
                yield last
                break
            elif number == _OTHER and token.text in _DEAD_ENDS:
                return
            else:
                last = token
            yield last
        else:
            return


def _parted(token: Token) -> Iterator[Token]:
    """A run of letters and full stops as the name that it is, or as the words and full stops before a name and the name."""
    prefix, colon, local = token.text.partition(":")
    if colon and not prefix.endswith("."):
        yield token
        return
    start = token.start
    for piece in _PIECES.findall(prefix):
        yield Token(Kind.OTHER if piece == "." else Kind.WORD, piece, start)
        start += len(piece)
    if colon:
        yield Token(Kind.NAME, colon + local, start)


def _is_comparison(last: Token, token: Token) -> bool:
    """Whether Oxigraph may read `?a<?b&&?c>` or `?a<?b)?c#>` as less-than and what follows, which the longest match makes an IRI."""
    if last.kind not in _ENDS_OPERAND or (")" not in token.text and "&&" not in token.text):
        return False
    depths = accumulate((character == "(") - (character == ")") for character in token.text)
    return "&&" in token.text or min(depths) < 0


def matching(found: list[Token], index: int) -> int | None:
    """The index of the bracket that closes the one at `index`; None if nothing does, or if brackets of another kind are in between.

    >>> matching(list(tokens("SERVICE ex:a { ?s ex:p [ ex:q ?o ] } }")), 2)
    9
    """
    awaited: list[str] = []
    for number in range(index, len(found)):
        token = found[number]
        if token.kind is Kind.OPEN:
            awaited.append(_CLOSING[token.text])
        elif token.kind is Kind.CLOSE and token.text != awaited.pop():
            return None
        if not awaited:
            return number
    return None


_CLOSING = {"{": "}", "(": ")", "[": "]"}
_UPDATES = frozenset({"INSERT", "DELETE", "LOAD", "CLEAR", "DROP", "CREATE", "ADD", "MOVE", "COPY", "WITH"})
_PROLOGUE = frozenset({"PREFIX", "BASE", "VERSION"})


def keyword(found: list[Token]) -> str:
    """The first keyword behind the prologue, in upper case: SELECT, INSERT and so on; "" if there is none.

    >>> keyword(list(tokens("PREFIX ask: <http://x/> select * {}")))
    'SELECT'
    """
    words = (token.text.upper() for token in found if token.kind is Kind.WORD)
    return next((word for word in words if word not in _PROLOGUE), "")


def is_update(found: list[Token]) -> bool:
    """Whether this is an update and no query."""
    return keyword(found) in _UPDATES
