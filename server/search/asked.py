"""What somebody looks for: phrases of words in the form of the index, and the FTS5 expression for them.

No character of the text reaches the syntax of FTS5: an expression holds nothing of it but letters and digits, in quotes.
"""

from dataclasses import dataclass

from rdfgen.search.folding import key, short_key, tokens
from rdfgen.search.index import KIND
from rdfgen.search.things import KINDS, PAPER
from server.problems import Problem

MOST_CHARACTERS = 200
MOST_WORDS = 20
# Shorter beginnings of words are in too many things to be of use.
_SHORTEST_PREFIX = 2
_TEXT_COLUMNS = "{label synonyms surfaces abstract}"


@dataclass(frozen=True, slots=True)
class Asked:
    """A search: `phrases` are the words, of which `il-6` is two that stand together, `keys` stand for names that are the same
    as the text; "" and None filter nothing.
    """

    text: str
    phrases: tuple[tuple[str, ...], ...]
    keys: tuple[str, ...]
    kind: str = ""
    year: int | None = None

    @property
    def last_is_prefix(self) -> bool:
        """Whether the last word may be the beginning of a longer one; numbers are not."""
        last = self.phrases[-1][-1] if self.phrases else ""
        return last.isalpha() and len(last) >= _SHORTEST_PREFIX and not self.text[-1:].isspace()

    @property
    def expression(self) -> str:
        """The search in the syntax of FTS5: all phrases, and the type, unless it is that of papers: these are the last things."""
        quoted = [f'"{" ".join(phrase)}"' for phrase in self.phrases]
        if self.last_is_prefix:
            quoted[-1] += " *"
        facet = "" if self.kind in ("", PAPER) else f' AND facets : "{KIND}{self.kind.replace("_", "")}"'
        return f"{_TEXT_COLUMNS} : ({' AND '.join(quoted)}){facet}"


def asked(text: str, kind: str = "", year: str = "") -> Asked:
    """The search for a text; Problem where it is too long or a filter makes no sense.

    >>> asked("IL-6 depr", "gene", "2020").expression
    '{label synonyms surfaces abstract} : ("il 6" AND "depr" *) AND facets : "0kindgene"'
    >>> asked('" OR NEAR(a b) *').expression
    '{label synonyms surfaces abstract} : ("or" AND "near a" AND "b")'
    """
    check_length(text)
    check_kind(kind)
    if year and not (len(year) == 4 and year.isascii() and year.isdecimal()):  # digits of a year
        raise Problem(400, "Bad request", f"year: {year[:50]!r} is none; write it like 2024")
    phrases = tuple(tuple(found) for word in text.split() if (found := tokens(word)))
    if sum(map(len, phrases)) > MOST_WORDS:
        raise Problem(400, "Bad request", f"q has more than {MOST_WORDS} words; numbers and scripts without spaces count by the piece")
    keys = tuple(dict.fromkeys(filter(None, (key(text), short_key(text)))))
    return Asked(text, phrases, keys, kind, int(year) if year else None)


def check_length(text: str) -> None:
    """Problem for a text that is too long to look for."""
    if len(text) > MOST_CHARACTERS:
        raise Problem(400, "Bad request", f"q has {len(text)} characters; at most {MOST_CHARACTERS} can be looked for")


def check_kind(kind: str) -> None:
    """Problem for what is no type of thing."""
    if kind and kind not in KINDS:
        raise Problem(400, "Bad request", f"type: {kind[:50]!r} is none of {', '.join(KINDS)}")
