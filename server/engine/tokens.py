"""A scanner for SPARQL tokens that takes time in proportion to the length of the text, whatever the text."""

import re
from collections.abc import Iterator
from enum import Enum
from typing import NamedTuple


class Kind(Enum):
    """What a token is, as far as anybody here needs to know."""

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


_KINDS = {kind.value: kind for kind in Kind}
# SPARQL 1.1 Query §19.8. Every repetition is possessive, and what one alternative has read in vain the next one takes whole,
# so that nothing is scanned again and again. Numbers and full stops go with the words they touch.
_TOKEN = re.compile(
    r"""
    (?P<space>\s++)
  | (?P<comment>\#[^\r\n]*+)
  | (?P<iri><(?>[^\x00-\x20<>"{}|^`\\]|\\u[0-9A-Fa-f]{4}|\\U[0-9A-Fa-f]{8})*+>)
  | (?P<string>"{3}(?>[^"\\]|\\.|"(?!""))*+"{3} | '{3}(?>[^'\\]|\\.|'(?!''))*+'{3}
             | "(?>[^"\\\r\n]|\\.)*+" | '(?>[^'\\\r\n]|\\.)*+')
  | (?P<variable>[?$]\w++)
  | (?P<name>(?>[\w.-]*+:)(?>[\w:-]|\.(?=[\w:-])|%[0-9A-Fa-f]{2}|\\[_~.!$&'()*+,;=/?\#@%-])*+)
  | (?P<word>[\w.-]++)
  | (?P<open>[{(\[])
  | (?P<close>[})\]])
  | (?P<other>@\w++(?>-\w++)*+ | .)
    """,
    re.VERBOSE | re.DOTALL,
)


def tokens(text: str) -> Iterator[Token]:
    """The tokens of a query, white space left out; they end where no query can go on: at a quote without a partner or a stray backslash.

    >>> [token.text for token in tokens("SELECT * { ?s ex:p 'a b' } # done")]
    ['SELECT', '*', '{', '?s', 'ex:p', "'a b'", '}', '# done']
    """
    for match in _TOKEN.finditer(text):
        group = match.lastgroup
        assert group is not None
        if group == "other" and match[0] in "\"'\\":
            return
        if group != "space":
            yield Token(_KINDS[group], match[0], match.start())


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
