"""Words that may be meant: those of the index that are one letter away from what was typed."""

import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from string import ascii_lowercase

from server.search.asked import Asked, asked

# Shorter words are one letter away from too many others; of longer ones there would be too much to try.
_SHORTEST, _LONGEST = 4, 30


def corrected(index: sqlite3.Connection, search: Asked) -> Asked | None:
    """The search with every unknown word replaced by the most frequent one that is an edit away; None if that is no other search."""
    phrases = tuple(tuple(_meant(index, token) or token for token in phrase) for phrase in search.phrases)
    if phrases == search.phrases:
        return None
    text = " ".join(" ".join(phrase) for phrase in phrases)
    return replace(asked(text), phrases=phrases, kind=search.kind, year=search.year)


def _meant(index: sqlite3.Connection, token: str) -> str | None:
    """The word for one that the index does not have; None where it has it, or no other that is near."""
    if not _SHORTEST <= len(token) <= _LONGEST or not token.isalpha() or _things(index, [token]):
        return None
    return next(iter(_things(index, sorted(set(_edits(token))))), None)


def _things(index: sqlite3.Connection, tokens: list[str]) -> list[str]:
    """Those words that the index has, the one that is in most things first."""
    places = ", ".join("?" * len(tokens))
    query = f"SELECT word FROM word WHERE word IN ({places}) ORDER BY things DESC, word"  # noqa: S608  # question marks
    return [row[0] for row in index.execute(query, tokens)]


def _edits(token: str) -> Iterator[str]:
    """The words that a letter left out, put in, replaced, or exchanged with its neighbour makes of one.

    >>> {"aspirin", "zinc"} & {*_edits("asprin"), *_edits("zicn")} == {"aspirin", "zinc"}
    True
    """
    for place in range(len(token) + 1):
        head, tail = token[:place], token[place:]
        yield from (head + letter + tail for letter in ascii_lowercase)
        if tail:
            yield head + tail[1:]
            yield from (head + letter + tail[1:] for letter in ascii_lowercase)
        if len(tail) > 1:
            yield head + tail[1] + tail[0] + tail[2:]
