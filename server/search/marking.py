"""Which words of a text a search is about, and the part of a long text that has most of them."""

from collections.abc import Iterator
from dataclasses import dataclass

from rdfgen.search.folding import words
from server.search.asked import Asked

SNIPPET = 240
_BEFORE = 60
_LONGEST = 20_000


@dataclass(frozen=True, slots=True)
class Marked:
    """A text with where the words of the search start and end in it, counted in characters."""

    text: str
    marks: tuple[tuple[int, int], ...]

    @property
    def pieces(self) -> Iterator[tuple[str, bool]]:
        """The text in pieces, and whether each is such a word."""
        place = 0
        for start, end in self.marks:
            yield self.text[place:start], False
            yield self.text[start:end], True
            place = end
        yield self.text[place:], False


def marked(text: str, search: Asked) -> Marked:
    """The text with its words of the search.

    >>> from server.search.asked import asked
    >>> marked("Zinc & IL-6", asked("il6")).marks
    ((7, 9), (10, 11))
    """
    wanted = {token for phrase in search.phrases for token in phrase}
    prefix = search.phrases[-1][-1] if search.last_is_prefix else None
    found = words(text[:_LONGEST])
    return Marked(text, tuple((start, end) for start, end, tokens in found if any(_is_meant(token, wanted, prefix) for token in tokens)))


def _is_meant(token: str, wanted: set[str], prefix: str | None) -> bool:
    return token in wanted or (prefix is not None and token.startswith(prefix))


def snippet(text: str, search: Asked) -> Marked | None:
    """The part of a text around the first of the words, or None where it has none of them."""
    whole = marked(text, search)
    if not whole.marks:
        return None
    start = _word_start(text, max(0, whole.marks[0][0] - _BEFORE))
    end = start + SNIPPET
    shown = text[start:end]
    shown = shown if end >= len(text) else shown.rpartition(" ")[0] or shown
    before, after = "… " if start else "", " …" if start + len(shown) < len(text) else ""
    shift = len(before) - start
    inside = ((first + shift, last + shift) for first, last in whole.marks if first >= start and last <= start + len(shown))
    return Marked(f"{before}{shown}{after}", tuple(inside))


def _word_start(text: str, place: int) -> int:
    """Where the first word at or after the place starts, if there is one soon."""
    space = text.find(" ", place, place + _BEFORE) if place else -1
    return space + 1 if space >= 0 else place
