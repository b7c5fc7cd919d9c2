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


# SPARQL 1.1 Query §19.8. Every repetition is possessive, so that nothing is ever scanned twice.
_TOKEN = re.compile(
    r"""
    (?P<space>\s++)
  | (?P<comment>\#[^\r\n]*+)
  | (?P<iri><[^\x00-\x20<>"{}|^`\\]*+>)
  | (?P<string>"{3}(?>[^"\\]|\\.|"(?!""))*+"{3} | '{3}(?>[^'\\]|\\.|'(?!''))*+'{3}
             | "(?>[^"\\\r\n]|\\.)*+" | '(?>[^'\\\r\n]|\\.)*+')
  | (?P<variable>[?$]\w++)
  | (?P<name>(?>[\w.-]*+:)(?>[\w:-]|\.(?=[\w:-])|%[0-9A-Fa-f]{2}|\\.)*+ | @\w++(?>-\w++)*+)
  | (?P<word>\w++)
  | (?P<open>[{(\[])
  | (?P<close>[})\]])
  | (?P<other>.)
    """,
    re.VERBOSE | re.DOTALL,
)


def tokens(text: str) -> Iterator[Token]:
    """The tokens of a query, white space left out; they end at a quote that opens a string without an end.

    >>> [token.text for token in tokens("SELECT * { ?s ex:p 'a b' } # done")]
    ['SELECT', '*', '{', '?s', 'ex:p', "'a b'", '}', '# done']
    """
    for match in _TOKEN.finditer(text):
        group = match.lastgroup
        assert group is not None
        if group == "other" and match[0] in "\"'":
            return
        if group != "space":
            yield Token(Kind(group), match[0], match.start())


_FORMS = frozenset({"SELECT", "ASK", "CONSTRUCT", "DESCRIBE"})
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
