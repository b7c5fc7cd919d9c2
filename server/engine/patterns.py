"""Where each term of a query stands: as a subject, in a path, as an object, in a table of VALUES, or in an expression."""

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum
from typing import NamedTuple

from rdfgen.namespaces import expand
from server.engine.tokens import Kind, Token


class Spot(Enum):
    """The kinds of places; ASIDE are the terms that nothing is matched with: of templates, functions, datatypes; FOREIGN those
    of other endpoints and these themselves.
    """

    SUBJECT = "subject"
    STEP = "step"
    OBJECT = "object"
    CELL = "cell"
    EXPRESSION = "expression"
    GRAPH = "graph"
    ELSEWHERE = "elsewhere"
    ASIDE = "aside"
    FOREIGN = "foreign"


@dataclass(slots=True)
class Verb:
    """A predicate or path: its predicates, whether it leads back anywhere, and whether it may be anything else: a variable, a negation."""

    steps: list[str] = field(default_factory=list)
    has_inverse: bool = False
    is_open: bool = False


class Place(NamedTuple):
    """Where a term stands: with which verbs, or with the values of which variables it is put in relation."""

    spot: Spot
    verbs: list[Verb] = []  # noqa: RUF012  # never changed
    variables: list[str] = []  # noqa: RUF012  # never changed


class _State(Enum):
    """What comes next in a group; CONDITION is one expression, OUTSIDE are the clauses around patterns, such as SELECT."""

    SUBJECT = "subject"
    VERB = "verb"
    BEHIND_VERB = "behind verb"
    OBJECT = "object"
    BEHIND_OBJECT = "behind object"
    CONDITION = "condition"
    OUTSIDE = "outside"
    GRAPH = "graph"
    SERVICE = "service"


class _Inside(Enum):
    """What a bracket holds."""

    GROUP = "group"
    PATH = "path"
    LIST = "list"
    EXPRESSION = "expression"
    HEADER = "header"
    TABLE = "table"
    ROW = "row"
    TEMPLATE = "template"
    SERVICE = "service"


@dataclass(slots=True)
class _Frame:
    """An open bracket: what comes next in it, the verbs of its subject, and the variables of its table or expression."""

    inside: _Inside
    state: _State = _State.SUBJECT
    verbs: list[Verb] = field(default_factory=list)
    variables: list[str] = field(default_factory=list)
    compared: str = ""
    column: int = 0


# So many variables of one expression count; an IRI beside them may be in relation to still others.
MOST_VARIABLES = 20
_TYPE = expand("rdf:type")
_MEMBER = Place(Spot.OBJECT, [Verb([expand("rdf:first")])])
_TERMS = frozenset({Kind.VARIABLE, Kind.IRI, Kind.NAME, Kind.STRING})
_EDGE = Token(Kind.OTHER, "", 0)
_ASIDE, _FOREIGN, _ELSEWHERE, _GRAPH, _STEP = map(Place, (Spot.ASIDE, Spot.FOREIGN, Spot.ELSEWHERE, Spot.GRAPH, Spot.STEP))
_UNREAD = {_Inside.TEMPLATE: _ASIDE, _Inside.SERVICE: _FOREIGN}
_BRACES = {"VALUES": _Inside.TABLE, "CONSTRUCT": _Inside.TEMPLATE, "SERVICE": _Inside.SERVICE}
_KEYWORDS: dict[str, _State] = {
    **dict.fromkeys(("HAVING", "GROUP", "ORDER", "SELECT", "LIMIT", "OFFSET", "DESCRIBE"), _State.OUTSIDE),
    **dict.fromkeys(("FILTER", "BIND"), _State.CONDITION),
    **dict.fromkeys(("OPTIONAL", "UNION", "MINUS", "WHERE"), _State.SUBJECT),
    **dict.fromkeys(("GRAPH", "FROM", "NAMED"), _State.GRAPH),
    "SERVICE": _State.SERVICE,
}
_PUNCTUATION: dict[str, _State] = {".": _State.SUBJECT, ",": _State.OBJECT, "/": _State.VERB, "|": _State.VERB}
# The state of a group behind a list or a node in brackets, by the state before it.
_BEHIND_NODE = {_State.SUBJECT: _State.VERB, _State.BEHIND_VERB: _State.BEHIND_OBJECT, _State.OBJECT: _State.BEHIND_OBJECT}


def placed(found: list[Token], iri: Callable[[Token], str | None]) -> list[Place | None]:
    """For each token of a query without prologue and comments where it stands; None for what is no term.

    It is for queries that the engine takes. For others, too, it takes time in proportion to their length.
    """
    walk = _Walk(found, iri)
    return [walk.place(number, token) for number, token in enumerate(found)]


class _Walk:
    """Goes through the tokens with a stack of open brackets."""

    def __init__(self, found: list[Token], iri: Callable[[Token], str | None]) -> None:
        self._found = found
        self._iri = iri
        self._stack = [_Frame(_Inside.GROUP, _State.OUTSIDE)]
        self._pending = ""
        self._header: list[str] = []

    def place(self, number: int, token: Token) -> Place | None:
        """Where this token stands, which is the one behind the last that was asked for."""
        top = self._stack[-1]
        if token.kind is Kind.OPEN:
            self._stack.append(self._opened(token.text, top, number))
        elif token.kind is Kind.CLOSE:
            self._close(top)
        elif token.kind in _TERMS:
            return self._term(number, token, top)
        elif token.kind is Kind.WORD:
            return self._word(number, token, top)
        else:
            _punctuate(token.text, top)
        return None

    def _at(self, number: int) -> Token:
        return self._found[number] if 0 <= number < len(self._found) else _EDGE

    def _opened(self, bracket: str, top: _Frame, number: int) -> _Frame:
        if top.inside in _UNREAD:
            return _Frame(top.inside)
        if bracket == "{":
            return self._opened_group(top)
        if self._pending == "VALUES":
            self._header = []
            return _Frame(_Inside.HEADER)
        if top.inside is _Inside.TABLE:
            return _Frame(_Inside.ROW, variables=top.variables)
        if top.inside is _Inside.EXPRESSION or top.state in (_State.OUTSIDE, _State.CONDITION):
            return self._opened_expression(top, number)
        if bracket == "(" and top.state is _State.VERB:
            return _Frame(_Inside.PATH, _State.VERB, top.verbs)
        if top.state is _State.SUBJECT:
            top.verbs = [Verb()]
        top.state = _BEHIND_NODE.get(top.state, top.state)
        return _Frame(_Inside.LIST) if bracket == "(" else _Frame(_Inside.GROUP, _State.VERB, [Verb()])

    def _opened_group(self, top: _Frame) -> _Frame:
        pending, self._pending = self._pending, ""
        top.state = _State.OUTSIDE if len(self._stack) == 1 else _State.SUBJECT
        return _Frame(_BRACES.get(pending, _Inside.GROUP), variables=self._header if pending == "VALUES" else [])

    def _opened_expression(self, top: _Frame, number: int) -> _Frame:
        """One in another shares its variables; the values of IN are compared with the variable before it."""
        frame = _Frame(_Inside.EXPRESSION, _State.OUTSIDE)
        if top.inside is _Inside.EXPRESSION:
            frame.variables = top.variables
        if self._at(number - 1).text.upper() == "IN":
            variable = self._at(number - 2)
            frame.compared = variable.text[1:] if variable.kind is Kind.VARIABLE else ""
        return frame

    def _close(self, top: _Frame) -> None:
        if len(self._stack) == 1:
            return
        self._stack.pop()
        if top.inside is _Inside.PATH:
            self._stack[-1].state = _State.BEHIND_VERB
        elif top.inside is _Inside.EXPRESSION and self._stack[-1].state is _State.CONDITION:
            self._stack[-1].state = _State.SUBJECT

    def _word(self, number: int, token: Token, top: _Frame) -> Place | None:
        word = token.text.upper()
        if token.text[0].isdigit() or word in ("TRUE", "FALSE", "UNDEF"):
            return self._term(number, token, top)
        if token.text == "a" and top.state is _State.VERB:
            return _step(_TYPE, top)
        if top.inside is _Inside.GROUP:
            self._pending = _pending(word, self._pending)
            top.state = _KEYWORDS.get(word, top.state)
            self._header = [] if word == "VALUES" else self._header
        return None

    def _term(self, number: int, token: Token, top: _Frame) -> Place:
        if number > 0 and self._at(number - 1).text == "^" and self._at(number - 2).text == "^":
            return _ASIDE
        if token.kind is Kind.VARIABLE and (self._pending == "VALUES" or top.inside is _Inside.HEADER):
            self._header.append(token.text[1:])
            return _ASIDE
        if top.inside in _UNREAD or top.inside is _Inside.LIST:
            return _UNREAD.get(top.inside, _MEMBER)
        if top.inside in (_Inside.TABLE, _Inside.ROW):
            return _cell(top)
        if top.inside is _Inside.EXPRESSION:
            return self._in_expression(number, token, top)
        return self._in_group(token, top)

    def _in_group(self, token: Token, top: _Frame) -> Place:
        if top.state is _State.VERB:
            return _step(self._iri(token), top)
        if top.state in (_State.GRAPH, _State.SERVICE):
            place = _GRAPH if top.state is _State.GRAPH else _FOREIGN
            top.state = _State.OUTSIDE if len(self._stack) == 1 else _State.SUBJECT
            return place
        if top.state is _State.SUBJECT:
            top.verbs, top.state = [Verb()], _State.VERB
            return Place(Spot.SUBJECT, top.verbs)
        if top.state in (_State.BEHIND_VERB, _State.OBJECT):
            top.state = _State.BEHIND_OBJECT
            return Place(Spot.OBJECT, top.verbs[-1:])
        return _ASIDE if top.state is _State.CONDITION else _ELSEWHERE

    def _in_expression(self, number: int, token: Token, top: _Frame) -> Place:
        if token.kind is Kind.VARIABLE:
            if len(top.variables) < MOST_VARIABLES:
                top.variables.append(token.text[1:])
            return _ASIDE
        if self._at(number + 1).text == "(":
            return _ASIDE  # a function
        compared = top.compared or self._compared(number)
        return Place(Spot.CELL, variables=[compared]) if compared else Place(Spot.EXPRESSION, variables=top.variables)

    def _compared(self, number: int) -> str:
        """The variable that the term of an expression is compared with or bound to: `?x = <a:b>`, `<a:b> AS ?x`, `sameTerm(?x, <a:b>)`."""
        before, behind = self._at(number - 1).text, self._at(number + 1).text
        other = _EDGE
        if before == "=":
            other = self._at(number - 2)
        elif behind == "=" or behind.upper() == "AS":
            other = self._at(number + 2)
        elif before == "," and self._at(number - 4).text.upper() == "SAMETERM":
            other = self._at(number - 2)
        return other.text[1:] if other.kind is Kind.VARIABLE else ""


def _pending(word: str, pending: str) -> str:
    """The word whose braces come next: CONSTRUCT may have none of its own."""
    if word in ("CONSTRUCT", "VALUES", "SERVICE"):
        return word
    return "" if word in ("WHERE", "FROM") else pending


def _step(iri: str | None, top: _Frame) -> Place:
    """A predicate of the path that is being read; without an IRI it is a variable."""
    if not top.verbs:
        top.verbs.append(Verb())
    if iri is None:
        top.verbs[-1].is_open = True
    else:
        top.verbs[-1].steps.append(iri)
    top.state = _State.BEHIND_VERB
    return _STEP


def _cell(top: _Frame) -> Place:
    """A value of a table, with the variable of its column."""
    column, top.column = top.column, top.column + (top.inside is _Inside.ROW)
    return Place(Spot.CELL, variables=top.variables[column : column + 1])


def _punctuate(mark: str, top: _Frame) -> None:
    if top.inside not in (_Inside.GROUP, _Inside.PATH) or top.state is _State.OUTSIDE:
        return
    if mark == ";":
        top.verbs.append(Verb())
        top.state = _State.VERB
    elif mark in _PUNCTUATION:
        top.state = _PUNCTUATION[mark]
    elif top.state is _State.VERB and top.verbs:
        top.verbs[-1].has_inverse |= mark == "^"
        top.verbs[-1].is_open |= mark == "!"
