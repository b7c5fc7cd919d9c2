"""How large a query is by what makes planning it slow, counted on its tokens: rather a little too much than too little."""

import re
from dataclasses import dataclass, field
from enum import Enum
from math import isqrt
from typing import NamedTuple

from server.engine.tokens import Kind, Token


class Measures(NamedTuple):
    """What the gate limits; `work` is what planning takes, as the fourth power of the number of patterns in a single group."""

    depth: int
    work: int
    branches: int
    path: int
    variables: int
    prefix: int

    @property
    def patterns(self) -> int:
        """The number of patterns in a single group that planning would take as long for.

        >>> Measures(1, 81, 0, 0, 0, 0).patterns, Measures(1, 82, 0, 0, 0, 0).patterns
        (3, 4)
        """
        root = isqrt(isqrt(self.work))
        return root + (root**4 < self.work)


class _Inside(Enum):
    """What a bracket holds; nothing is counted in DATA."""

    GROUP = "group"
    LIST = "list"
    EXPRESSION = "expression"
    DATA = "data"


@dataclass(slots=True)
class _Scope:
    """Patterns that are joined with each other: how many take part, and how many there are in all below them."""

    joined: int = 0
    size: int = 0
    has_options: bool = False

    def add(self, number: int) -> None:
        self.joined += number
        self.size += number

    @property
    def work(self) -> int:
        return (self.joined * self.size) ** 2


@dataclass(slots=True)
class _Frame:
    """An open bracket. `role` is the word before a group; `position` counts subject, verb and object; `is_fresh` is at a new pattern."""

    inside: _Inside
    scope: _Scope
    role: str = ""
    position: int = 0
    is_fresh: bool = True
    is_outside: bool = False
    columns: int = 0


_NO_TOKEN = Token(Kind.OTHER, "", 0)
_TERMS = frozenset({Kind.VARIABLE, Kind.IRI, Kind.NAME, Kind.STRING})
_OPERANDS = _TERMS | {Kind.WORD, Kind.CLOSE}
_STEPS = frozenset({"/", "|", "^", "!"})
# Words before a term that is no part of a pattern.
_NAMING = frozenset({"GRAPH", "SERVICE", "SILENT", "AS", "VALUES", "FROM", "NAMED"})
# Words behind which there are no patterns before the next brace.
_HEADS = frozenset({"SELECT", "ASK", "DESCRIBE", "GROUP", "ORDER", "HAVING", "LIMIT", "OFFSET", "BY"})
_ROLES = frozenset({"OPTIONAL", "MINUS", "EXISTS", "UNION", "SERVICE", "VALUES", "CONSTRUCT"})
_PLANNED_ALONE = _ROLES | {"SELECT"}
# Each makes the plan one deeper. Oxigraph wants no space between words, so that they may be glued to others.
_CLAUSE = re.compile("UNION|OPTIONAL|MINUS|FILTER|EXISTS|VALUES|GRAPH|SELECT|LATERAL|HAVING|SERVICE")
_OPERATORS = frozenset({"||", "&&", "*", "/", "!"})
_SIGNS = frozenset({"+", "-"})
# So many items of lists in filters, which Oxigraph copies into the branches of unions, count as one more branch each.
_ITEMS = 1_000


def measures(found: list[Token]) -> Measures:
    """The measures of a query without its comments.

    >>> from server.engine.tokens import tokens
    >>> measures(list(tokens("SELECT * { ?s ex:p ?o , 1 ; ex:q/ex:r [] FILTER(?o > 1 && ?s != ?o) }")))
    Measures(depth=2, work=256, branches=3, path=1, variables=2, prefix=0)
    """
    walk = _Walk()
    for token in found:
        walk.take(token)
    variables = len({token.text[1:] for token in found if token.kind is Kind.VARIABLE})
    branches = walk.branches + walk.unions * walk.items // _ITEMS
    return Measures(walk.deepest, walk.ended(), branches, walk.longest, variables, _prefix(found))


def _prefix(found: list[Token]) -> int:
    """The length of the longest IRI that PREFIX or BASE declares, without its brackets; `PREFIX:<a:>` is one token less."""
    longest = 0
    for number, token in enumerate(found):
        if token.kind is Kind.IRI and len(token.text) > longest + 2:
            word, name = (earlier.text.upper() for earlier in ([_NO_TOKEN] * 2 + found[max(number - 2, 0) : number])[-2:])
            longest = len(token.text) - 2 if word == "PREFIX" or name == "BASE" or name.startswith("PREFIX") else longest
    return longest


@dataclass(slots=True)
class _Walk:
    """Goes through the tokens with a stack of open brackets."""

    branches: int = 0
    unions: int = 0
    items: int = 0
    deepest: int = 0
    longest: int = 0
    _steps: int = 0
    _work: int = 0
    _role: str = ""
    _earlier: Token = _NO_TOKEN
    _before: Token = _NO_TOKEN
    _pending: _Frame | None = None
    _stack: list[_Frame] = field(default_factory=lambda: [_Frame(_Inside.GROUP, _Scope(), is_outside=True)])

    def take(self, token: Token) -> None:
        """Count the next token."""
        top = self._stack[-1]
        if self._pending is not None:
            self._settle(token)
        if token.kind is Kind.OPEN:
            self._open(token.text, top)
        elif token.kind is Kind.CLOSE:
            self._close(top)
        elif token.kind is Kind.WORD and not _is_value(token.text):
            self._word(token.text.upper(), top)
        elif top.inside is _Inside.EXPRESSION:
            self._in_expression(token)
        elif top.inside is not _Inside.DATA:
            self._in_patterns(token, top)
        elif token.kind is Kind.VARIABLE:
            self._stack[-2 if len(self._stack) > 1 else -1].columns += 1
        self._earlier, self._before = self._before, token

    def ended(self) -> int:
        """The work of planning it all, brackets that nobody closed included."""
        if self._pending is not None:
            self._settle(_NO_TOKEN)
        return self._work + sum(scope.work for scope in {id(frame.scope): frame.scope for frame in self._stack}.values())

    def _open(self, bracket: str, top: _Frame) -> None:
        self._stack.append(self._opened(bracket, top))
        self.deepest = max(self.deepest, len(self._stack) - 1)

    def _opened(self, bracket: str, top: _Frame) -> _Frame:
        if bracket == "{":
            return self._opened_group(top)
        if top.inside is _Inside.DATA or self._before.text == "<" or self._role == "VALUES":
            return _Frame(_Inside.DATA, top.scope)
        if bracket == "(" and self._opens_expression(top):
            return _Frame(_Inside.EXPRESSION, top.scope)
        is_path = bracket == "(" and (top.position == 1 or self._before.text in _STEPS)
        if not is_path:
            self._term(top)
        if bracket == "[":
            return _Frame(_Inside.GROUP, top.scope, "list", position=1)
        return _Frame(_Inside.LIST, top.scope, "path" if is_path else "list", 1 if is_path else 2, is_fresh=not is_path)

    def _opens_expression(self, top: _Frame) -> bool:
        if top.inside is _Inside.EXPRESSION or top.is_outside:
            return True
        is_word = self._before.kind is Kind.WORD and self._before.text != "a" and not _is_value(self._before.text)
        return is_word or self._earlier.text.upper() == "FILTER"

    def _opened_group(self, top: _Frame) -> _Frame:
        role, self._role, self._steps = self._role, "", 0
        top.is_outside = top.is_outside and len(self._stack) == 1
        if role == "VALUES":
            top.scope.joined += 1
            top.scope.size += max(top.columns, 1)
            top.columns = 0
        data = role in ("VALUES", "CONSTRUCT") or top.inside is _Inside.DATA
        return _Frame(_Inside.DATA if data else _Inside.GROUP, _Scope(), role)

    def _close(self, top: _Frame) -> None:
        if len(self._stack) == 1:
            return
        self._stack.pop()
        parent = self._stack[-1]
        self._steps = self._steps if top.role == "path" else 0
        if top.inside is _Inside.GROUP and top.role != "list":
            self._pending = top
        elif top.role == "path":
            parent.position = 2
        elif top.inside is not _Inside.LIST and parent.inside is _Inside.GROUP and top.role != "list":
            parent.is_fresh, parent.position = True, 0
            self.branches += parent.is_outside  # as in HAVING (?a) (?b) (?c)

    def _settle(self, token: Token) -> None:
        """Add the group that has just been closed to the one around it, now that it shows whether it is a branch of UNION."""
        group, self._pending = self._pending, None
        assert group is not None
        parent, scope = self._stack[-1], group.scope
        parent.is_fresh, parent.position = True, 0
        is_branch = group.role == "UNION" or token.text.upper() == "UNION"
        if is_branch or group.role in _PLANNED_ALONE or parent.inside is not _Inside.GROUP:
            self._work += scope.work
            _add(parent.scope, group, is_branch)
        else:
            parent.scope.joined += scope.joined
            parent.scope.size += scope.size
            parent.scope.has_options |= scope.has_options

    def _word(self, word: str, top: _Frame) -> None:
        self.branches += word == "AS" or _CLAUSE.search(word) is not None
        self.unions += word == "UNION"
        if top.inside is _Inside.EXPRESSION:
            self._role = "EXISTS" if word.endswith("EXISTS") else ""
            return
        top.is_fresh, top.position, self._steps = True, 0, 0
        top.is_outside |= word in _HEADS
        top.role = "SELECT" if word == "SELECT" and len(self._stack) > 1 else top.role
        top.scope.size += word == "BIND"
        if word != "SILENT":
            self._role = word if word in _ROLES else ""

    def _in_expression(self, token: Token) -> None:
        text = token.text
        if text == ",":
            self.items += 1
        elif text in _OPERATORS:
            self.branches += self._before.kind is not Kind.OPEN or text == "!"
        elif text in _SIGNS:
            self.branches += self._before.kind in _OPERANDS
        elif text == "=" and self._before.text == "!":
            self.branches -= 1

    def _in_patterns(self, token: Token, top: _Frame) -> None:
        if token.kind in _TERMS or token.kind is Kind.WORD:
            if top.is_outside:  # as in DESCRIBE <a> <b> <c>
                self.branches += token.kind in (Kind.IRI, Kind.NAME) and self._before.kind in _TERMS and self._earlier.kind in _TERMS
            elif self._before.text.upper() not in _NAMING:
                self._term(top)
        elif token.text in _PUNCTUATION:
            top.position = _PUNCTUATION[token.text]
            top.is_fresh, self._steps = True, 0
        else:
            self._sign(token.text, top)

    def _term(self, top: _Frame) -> None:
        if top.inside is _Inside.LIST:
            top.scope.add(2 if top.is_fresh or self._before.kind in _OPERANDS else 0)
            top.is_fresh = False
            return
        if top.is_fresh:
            top.scope.add(1)
            top.is_fresh = False
        if top.position < 2:
            top.position += 1

    def _sign(self, sign: str, top: _Frame) -> None:
        if sign == "/":
            top.scope.add(1)
            self._steps += 1
            self.longest = max(self.longest, self._steps)
        elif sign in ("|", "||"):
            self.branches += len(sign)
            top.scope.add(self._before.text == "{")
            top.position = 1 if self._before.text == "{" else top.position
        elif sign == "~" or (sign == "<" and self._before.text == "<"):
            top.scope.add(1)


_PUNCTUATION = {".": 0, ";": 1, ",": 2}


def _add(scope: _Scope, group: _Frame, is_branch: bool) -> None:
    """What a group that is planned on its own adds to the planning of the one around it; options in options are looked at again."""
    if group.role in ("EXISTS", "MINUS"):
        return
    scope.size += group.scope.size + is_branch
    if group.role == "OPTIONAL":
        scope.joined += max(group.scope.joined, 1) if group.scope.has_options else 1
        scope.has_options = True
    elif not (is_branch and group.role == "UNION"):
        scope.joined += 1


def _is_value(word: str) -> bool:
    """Whether it is `a`, a number or a truth value.

    >>> [_is_value(word) for word in ("a", "1.5", ".5", "true", "A", "FILTER")]
    [True, True, True, True, False, False]
    """
    return word[0] in "0123456789." or word == "a" or word in ("true", "false") or (len(word) < 6 and word.lower() in ("true", "false"))
