"""Entity items on paper pages, read from their closing identifier backwards.

Names hold commas, brackets and slashes of every kind, so a list is never simply split on commas: what ends an item
is `[NCBI Gene 14812]`, `(MESH:D003866)`, `(-)` and the like, perhaps followed by `{aka …}`.
"""

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from rdfgen.identifiers import bare_reference, may_have_prefix, plain, reference, split_prefix

_GROUP = re.compile(r"([(\[])(?![(\[]|$)([^()\[\]]*)([)\]]?)")
_BOUNDARY = re.compile(r"\s*+(?:[,;{]|\.?+\s*+$)")
# What may follow an item as if the list were a sentence.
_PERIOD = re.compile(r"\.(?=[\s,;]|$)")
_BOUNDARY_OF_CUT = re.compile(r"\s*+[,;{]")
_ID_SEPARATOR = re.compile(r"[;,|+]")
_UNCLOSED_ID = re.compile(r"[^,{]*")
_HAS_SEPARATOR = re.compile(r"[\s:#_]")
_CURIE = re.compile(r"[A-Za-z][\w.]*:\S*\d\S*", re.ASCII)
# One word with a digit: an identifier, right or wrong, if a prefix stands before it.
_NUMBERED = re.compile(r"\S*\d\S*")
_LONGEST_ID = 200
_BRACE = re.compile("[{}]")
_AKA = re.compile(r"aka\b[:\s]*+", re.IGNORECASE)
_BETWEEN_ITEMS = re.compile(r"[()\[\]{}]|[,;]\s")
# A separator that no bracket can enclose, or that may stand outside because one closes before it.
_OUTSIDE = re.compile(r"(?:^|[)\]}])[^()\[\]{}]*[,;]\s")
_COMMA = re.compile(r",\s")
_BRACKET_OR_SEMICOLON = re.compile(r"[()\[\]{};]")
_BETWEEN_ALIASES = re.compile(r"[()\[\]{}]|,\s|;")
_SPACES = "".join(char for char in map(chr, range(0x3001)) if char.isspace())
_EDGES = _SPACES + ",;"
# What stands where an identifier would, to say that there is none; PubTator prints "-" and "None".
NO_IDENTIFIER = frozenset({"", "-", "–", "—", "−", "-1", "none", "null", "nan", "n/a"})
# Words that are prefixes of ours but also stand before a number in plain text: "(gene 5)", "(SNP 309)".
_COMMON_WORDS = frozenset({"gene", "snp"})


@dataclass(frozen=True, slots=True)
class Item:
    """One entity as printed: the text before its identifiers, these as written, its aliases.

    `closed` is False where no identifier closes the item, `is_cut` True where the page ends within it; `unread` is
    what follows the identifiers in braces and is no list of aliases, or one that has no end.
    """

    text: str
    identifiers: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()
    closed: bool = True
    is_cut: bool = False
    unread: str = ""


@dataclass(slots=True)
class _Closing:
    """What ends an item, where it stands, and whether it can be nothing else."""

    start: int
    end: int
    identifiers: list[str]
    is_certain: bool


def items(text: str, *, by_comma: bool = False, is_cut: bool = False) -> list[Item]:
    """The items of one list, in order; time grows in proportion to the length of the text.

    `by_comma` says that labels hold no comma outside brackets, `is_cut` that the text may have been longer.

    >>> [(item.text, item.identifiers) for item in items("diabetes mellitus, type 2 (MESH:D003924), CP (-)")]
    [('diabetes mellitus, type 2', ('MESH:D003924',)), ('CP', ())]
    >>> [(item.text, item.identifiers) for item in items("IL6, H2-K1 (K1, K region) [NCBI Gene 14972]", by_comma=True)]
    [('IL6', ()), ('H2-K1 (K1, K region)', ('NCBI Gene 14972',))]
    """
    found: list[Item] = []
    position = 0
    closings = _closings(text, by_comma, is_cut)
    braces = _Braces.of(text, closings)
    for closing in closings:
        if closing.start < position:
            continue
        between = text[position : closing.start]
        position, aliases, unread = braces.aliases(closing)
        period = _PERIOD.match(text, position)
        position = period.end() if period else position
        *before, label = _pieces(_trimmed(between)) if by_comma else [_trimmed(between)]
        found.extend(Item(other, closed=False) for other in before if other)
        found.append(Item(label, tuple(closing.identifiers), aliases, unread=unread))
    return found + list(_unclosed(text[position:], by_comma, is_cut))


def _unclosed(text: str, by_comma: bool, is_cut: bool) -> Iterator[Item]:
    """The items behind the last identifier, which only commas separate."""
    pieces = _pieces(text.lstrip(_EDGES), open_at_end=by_comma or is_cut)
    for number, piece in enumerate(pieces, 1):
        if piece:
            yield Item(piece, closed=False, is_cut=is_cut and number == len(pieces))


def _trimmed(text: str) -> str:
    """The text without separators and without brackets that open at its end, as in `zinc ((MESH:D015032))`."""
    return text.strip(_EDGES).rstrip("([" + _EDGES)


def _pieces(text: str, separators: re.Pattern[str] = _BETWEEN_ITEMS, open_at_end: bool = True) -> list[str]:
    """The text split where no bracket is open; `open_at_end` says that a bracket without an end encloses the rest."""
    if open_at_end and separators is _BETWEEN_ITEMS and _OUTSIDE.search(text) is None:
        return [text.strip(_EDGES)]
    commas: list[re.Match[str]] = []
    opened: list[int] = []
    for match in separators.finditer(text):
        if match[0] in "([{":
            opened.append(len(commas))
        elif match[0] not in ")]}":
            commas.append(match)
        elif opened:
            del commas[opened.pop() :]
    if open_at_end and opened:
        del commas[opened[0] :]
    starts = [0, *(comma.end() for comma in commas)]
    ends = [*(comma.start() for comma in commas), len(text)]
    return [text[start:end].strip(_EDGES) for start, end in zip(starts, ends, strict=True)]


def _closings(text: str, by_comma: bool, is_cut: bool) -> list[_Closing]:
    """All places that end an item. Where brackets `[…]` end those with names, a doubtful `(…)` is part of a name."""
    groups = [(group, _certain(group)) for group in _GROUP.finditer(text)]
    brackets = by_comma and any(closing and group[1] == "[" for group, closing in groups)
    boundary = _BOUNDARY_OF_CUT if is_cut else _BOUNDARY
    found: list[_Closing] = []
    for group, certain in groups:
        closing = certain
        if closing is None and group[3] and boundary.match(text, group.end()):
            closing = _doubtful(group, brackets)
        if closing and found and not text[found[-1].end : closing.start].strip(" ()[]"):
            found[-1].identifiers += closing.identifiers
            found[-1].end = closing.end
        elif closing:
            found.append(closing)
    return found


def _certain(group: re.Match[str]) -> _Closing | None:
    """The closing that a group is whatever follows it: a known prefix that can be nothing else."""
    bracket, content, end_bracket = group.groups()
    start, end = group.span()
    if not end_bracket and may_have_prefix(content):
        content = _UNCLOSED_ID.match(content)[0]  # type: ignore[index]  # matches any text
        end = start + 1 + len(content)
        if end == len(group.string):
            return None
    tokens = _certain_tokens(content, bracket == "[", bool(end_bracket))
    return _Closing(start, end, list(tokens), True) if tokens else None


@lru_cache(maxsize=1 << 16)
def _certain_tokens(content: str, is_square: bool, is_closed: bool) -> tuple[str, ...]:
    """The identifiers in brackets if their first can be nothing else; remembered, for papers share their concepts."""
    tokens = tuple(_tokens(content)) if may_have_prefix(content) else ()
    first = plain(tokens[0]) if tokens else ""
    if reference(first) is None and not (is_square and is_closed and split_prefix(first)):
        return ()
    is_unmistakable = ":" in first or len(first.split()) > 2 or (is_square and _HAS_SEPARATOR.search(first))
    return tokens if is_unmistakable else ()


def _doubtful(group: re.Match[str], brackets: bool) -> _Closing | None:
    """The closing that a group is only before a comma, an alias list or the end of the text."""
    if plain(group[2]).casefold() in NO_IDENTIFIER:
        return _Closing(group.start(), group.end(), [], False)
    tokens = _tokens(group[2])
    if not tokens or (brackets and group[1] == "(" and ":" not in tokens[0]):
        return None
    return _Closing(group.start(), group.end(), tokens, False) if _is_identifier(plain(tokens[0])) else None


def _is_identifier(token: str) -> bool:
    if len(token) > _LONGEST_ID:
        return False
    prefixed = split_prefix(token)
    if prefixed is None:
        return _CURIE.fullmatch(token) is not None or bare_reference(token) is not None
    return ":" in token or (_NUMBERED.fullmatch(prefixed[1]) is not None and token.split()[0].casefold() not in _COMMON_WORDS)


def _tokens(content: str) -> list[str]:
    if _ID_SEPARATOR.search(content) is None:
        return [] if plain(content).casefold() in NO_IDENTIFIER else [content.strip()]
    tokens = (token.strip() for token in _ID_SEPARATOR.split(content))
    return [token for token in tokens if plain(token).casefold() not in NO_IDENTIFIER]


@dataclass(frozen=True, slots=True)
class _Braces:
    """The braces of a text: the end of each pair by its start, and where no pair of aliases may reach across."""

    text: str
    ends: dict[int, int]
    barriers: list[int]

    @classmethod
    def of(cls, text: str, closings: list[_Closing]) -> "_Braces":
        ends: dict[int, int] = {}
        opened: list[int] = []
        for brace in _BRACE.finditer(text):
            if brace[0] == "{":
                opened.append(brace.start())
            elif opened:
                ends[opened.pop()] = brace.start()
        return cls(text, ends, [closing.start for closing in closings if closing.is_certain])

    def aliases(self, closing: _Closing) -> tuple[int, tuple[str, ...], str]:
        """Where the item with that closing ends, its aliases, and text in braces that is no whole list of them."""
        position = _skipped(self.text, closing.end, ")]")
        start = _skipped(self.text, position, _SPACES)
        if not self.text.startswith("{", start):
            return position, (), ""
        number = bisect_right(self.barriers, start)
        following = self.barriers[number] if number < len(self.barriers) else len(self.text)
        end = self.ends.get(start, following + 1)
        if end > following:
            end = self._cut_end(start, following)
            return end, (), self.text[start:end].strip()
        aka = _AKA.match(self.text[start + 1 : end].lstrip())
        if aka is None:
            return end + 1, (), self.text[start : end + 1]
        content = self.text[start + 1 : end].lstrip()[aka.end() :]
        is_plain = _BRACKET_OR_SEMICOLON.search(content) is None
        aliases = _COMMA.split(content) if is_plain else _pieces(content, _BETWEEN_ALIASES, open_at_end=False)
        return end + 1, tuple(filter(None, (alias.strip(_EDGES) for alias in aliases))), ""

    def _cut_end(self, start: int, following: int) -> int:
        """Where an alias list without an end stops: before the words that the next item starts with."""
        if following == len(self.text):
            return following
        name = self.text.find(" (", start, following)
        return max(start + 1, self.text.rfind(", ", start, following if name < 0 else name))


def _skipped(text: str, position: int, chars: str) -> int:
    """The first position from this one on where none of the characters stands."""
    while position < len(text) and text[position] in chars:
        position += 1
    return position
