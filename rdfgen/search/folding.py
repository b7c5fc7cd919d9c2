"""How texts are compared in searches: case, accents, Greek letters, hyphens and compatibility forms make no difference."""

import re
import unicodedata
from collections.abc import Iterator

GREEK = {
    chr(code): name
    for code, name in zip(
        (*range(0x3B1, 0x3C2), *range(0x3C3, 0x3CA)),
        (
            *("alpha", "beta", "gamma", "delta", "epsilon", "zeta", "eta", "theta", "iota", "kappa", "lambda", "mu", "nu", "xi"),
            *("omicron", "pi", "rho", "sigma", "tau", "upsilon", "phi", "chi", "psi", "omega"),
        ),
        strict=True,
    )
}
# What people write for the letters that names of proteins end in.
_SHORT_GREEK = {"alpha": "a", "beta": "b", "gamma": "g", "delta": "d", "epsilon": "e", "kappa": "k"}
LONGEST_KEY = 200

_LETTER = re.compile(f"[{''.join(GREEK)}]")
_ASCII_PIECE = re.compile("[a-z]+|[0-9]+")
# Scripts that are written without spaces: each character is a word, so that any part of a text is found.
_UNSPACED = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003134f"
_PIECE = re.compile(rf"[a-z]+|[0-9]+|[{_UNSPACED}]|[^\W_0-9a-z{_UNSPACED}]+")
_WORD = re.compile(r"[^\W_]+")


def tokens(text: str) -> list[str]:
    """The words of a text as they are indexed; a number is a word of its own, wherever it stands.

    >>> tokens("IL-6"), tokens("il6"), tokens("TNFα′"), tokens("Sjögren’s")
    (['il', '6'], ['il', '6'], ['tnf', 'alpha'], ['sjogren', 's'])
    """
    if text.isascii():
        return _ASCII_PIECE.findall(text.lower())
    return _PIECE.findall(_plain(text))


def _plain(text: str) -> str:
    """The text in compatibility form, without case and accents, Greek letters by their names."""
    folded = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", text).casefold())
    bare = "".join(char for char in folded if not unicodedata.combining(char))
    return _LETTER.sub(lambda match: f" {GREEK[match[0]]} ", bare)


def key(text: str) -> str:
    """What two names have in common that are the same but for case, accents, Greek letters, spaces and signs.

    >>> key("TNF-α") == key("tnf alpha") == key("TNFα")
    True
    """
    return "".join(tokens(text))[:LONGEST_KEY]


def short_key(text: str) -> str | None:
    """The key with a Latin letter where a Greek one, or its name, ends a name or stands before a number; None without any.

    >>> short_key("TNF-α"), short_key("PPAR gamma 2"), short_key("alpha-synuclein"), short_key("zinc")
    ('tnfa', 'pparg2', None, None)
    """
    found = tokens(text)
    if len(found) < 2:  # a Greek letter by itself is no name
        return None
    short = [found[0], *(_shortened(found, place) for place in range(1, len(found)))]
    return None if short == found else "".join(short)[:LONGEST_KEY]


def _shortened(found: list[str], place: int) -> str:
    ends = place + 1 == len(found) or found[place + 1].isdecimal()
    return _SHORT_GREEK.get(found[place], found[place]) if ends else found[place]


def words(text: str) -> Iterator[tuple[int, int, list[str]]]:
    """The words of a text as it is printed: where each starts and ends, and its tokens.

    >>> list(words("β-cell"))
    [(0, 1, ['beta']), (2, 6, ['cell'])]
    """
    return ((match.start(), match.end(), tokens(match[0])) for match in _WORD.finditer(text))
