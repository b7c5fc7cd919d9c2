"""The elements of a group of patterns, and which variables have a value in every solution: as far as tokens tell."""

from typing import NamedTuple

from server.engine.tokens import Kind, Token

# What begins an element; anything else begins triple patterns.
_KEYWORDS = frozenset({"OPTIONAL", "MINUS", "GRAPH", "SERVICE", "FILTER", "BIND", "VALUES", "LATERAL"})
TRIPLES, GROUP = "TRIPLES", "GROUP"
# What is joined with the other elements, wherever it stands among them; a FILTER is of the whole group.
JOINED = frozenset({TRIPLES, GROUP, "VALUES", "GRAPH", "SERVICE", "FILTER"})
_LONGEST_HEAD = 5  # FILTER NOT EXISTS {, SERVICE SILENT <x> {


class Element(NamedTuple):
    """An element: its kind, its first token, the one behind its last, and the opening braces of the groups that it is made of."""

    kind: str
    first: int
    end: int
    groups: tuple[int, ...] = ()


class Bracketed(NamedTuple):
    """The tokens of a query without comments, and for each opening bracket the one that closes it."""

    found: list[Token]
    closing: dict[int, int]


def bracketed(found: list[Token]) -> Bracketed:
    """The tokens with their brackets paired; those that have no partner of their kind are left out."""
    closing: dict[int, int] = {}
    opened: list[int] = []
    for number, token in enumerate(found):
        if token.kind is Kind.OPEN:
            opened.append(number)
        elif token.kind is Kind.CLOSE and opened:
            start = opened.pop()
            if found[start].text + token.text in ("{}", "()", "[]"):
                closing[start] = number
    return Bracketed(found, closing)


def elements(query: Bracketed, opening: int) -> list[Element] | None:
    """The elements of the group with that opening brace; None if it is a subquery, or holds what is not understood."""
    end = query.closing.get(opening)
    if end is None or query.found[opening + 1].text.upper() == "SELECT":
        return None
    rows: list[Element] = []
    number = opening + 1
    while number < end:
        if query.found[number].text == ".":
            number += 1
            continue
        element = _element(query, number, end)
        if element is None or element.end > end:
            return None
        rows.append(element)
        number = element.end
    return rows


def certain(query: Bracketed, opening: int) -> frozenset[str]:
    """The variables that have a value in every solution of a group; some may be missing.

    >>> from server.engine.tokens import tokens
    >>> query = bracketed(list(tokens("{ ?a ex:p ?b { ?c ex:p ?d } UNION { ?d ex:p ?e } OPTIONAL { ?f ex:p 1 } }")))
    >>> sorted(certain(query, 0))
    ['a', 'b', 'd']
    """
    return certain_in(query, elements(query, opening) or [])


def certain_in(query: Bracketed, rows: list[Element]) -> frozenset[str]:
    """The same of some elements."""
    return frozenset().union(*(_certain(query, row) for row in rows))


def in_scope(query: Bracketed, opening: int) -> frozenset[str] | None:
    """The variables in scope in a group or subquery (SPARQL 1.1 Query §18.2.1); None if it holds what is not understood.

    >>> from server.engine.tokens import tokens
    >>> query = bracketed(list(tokens("{ ?a ex:p 1 OPTIONAL { ?a ex:p ?b } FILTER(?c > 1) { SELECT (COUNT(?d) AS ?e) {} } }")))
    >>> sorted(in_scope(query, 0))
    ['a', 'b', 'e']
    """
    if query.found[opening + 1].text.upper() == "SELECT":
        return _scope_of_subquery(query, opening)
    rows = elements(query, opening)
    scopes = [_scope(query, row) for row in rows or ()]
    known = [scope for scope in scopes if scope is not None]
    return frozenset().union(*known) if rows is not None and len(known) == len(scopes) else None


def _scope_of_subquery(query: Bracketed, opening: int) -> frozenset[str] | None:
    """The projected variables; with SELECT *, those of its group, and of the values behind that."""
    if not any(token.text == "*" for token in query.found[opening + 2 : opening + 4]):  # DISTINCT may be between
        return frozenset(_projected(query, opening))
    where = next((number for number in range(opening + 2, len(query.found)) if query.found[number].text == "{"), len(query.found))
    inner = in_scope(query, where) if where in query.closing else None
    if inner is None:
        return None
    behind = query.found[query.closing[where] : query.closing[opening]]
    table = next((number for number, token in enumerate(behind) if token.text.upper() == "VALUES"), len(behind))
    return inner | _variables(behind[table:])


def _scope(query: Bracketed, element: Element) -> frozenset[str] | None:
    if element.kind in ("FILTER", "MINUS"):
        return frozenset()
    if element.kind == "BIND":
        return _variables(query.found[element.end - 2 : element.end])
    if element.kind in (TRIPLES, "VALUES"):
        return _variables(query.found[element.first : element.end])
    names = _variables(query.found[element.first : element.groups[0]]) if element.groups else None
    for opening in element.groups:
        inner = in_scope(query, opening)
        names = names | inner if names is not None and inner is not None else None
    return names


def offered(query: Bracketed, rows: list[Element]) -> frozenset[str]:
    """The variables that may well have a value: those of `certain_in`, of BIND and of subqueries."""
    names = set(certain_in(query, rows))
    for row in rows:
        if row.kind == "BIND":
            names |= _variables(query.found[row.end - 2 : row.end])
        if row.kind == GROUP and query.found[row.groups[0] + 1].text.upper() == "SELECT":
            names |= _projected(query, row.groups[0])
    return frozenset(names)


def variables(found: list[Token]) -> list[str]:
    """The variables in the order in which they appear."""
    return list(dict.fromkeys(token.text[1:] for token in found if token.kind is Kind.VARIABLE))


def _variables(found: list[Token]) -> frozenset[str]:
    return frozenset(variables(found))


def _element(query: Bracketed, number: int, end: int) -> Element | None:
    token = query.found[number]
    if token.text == "{":
        return _union(query, number)
    kind = token.text.upper()
    if token.kind is not Kind.WORD or kind not in _KEYWORDS:
        return _triples(query, number, end)
    opening = _bracket(query, number)
    closing = query.closing.get(opening) if opening is not None else None
    if opening is None or closing is None:
        return None
    if kind == "VALUES" and query.found[opening].text == "(":
        opening = closing + 1
        closing = query.closing.get(opening)
        if closing is None or query.found[opening].text != "{":
            return None
    return Element(kind, number, closing + 1, (opening,) if query.found[opening].text == "{" else ())


def _bracket(query: Bracketed, number: int) -> int | None:
    """The next opening bracket."""
    head = range(number + 1, min(number + _LONGEST_HEAD, len(query.found)))
    return next((index for index in head if query.found[index].kind is Kind.OPEN), None)


def _union(query: Bracketed, number: int) -> Element | None:
    groups: list[int] = []
    end = number
    while True:
        closing = query.closing.get(end)
        if closing is None or query.found[end].text != "{":
            return None
        groups.append(end)
        end = closing + 1
        if end >= len(query.found) or query.found[end].text.upper() != "UNION":
            return Element(GROUP, number, end, tuple(groups))
        end += 1


def _triples(query: Bracketed, number: int, end: int) -> Element | None:
    """Triple patterns up to the next keyword; annotations in braces are not understood."""
    first = number
    while number < end:
        token = query.found[number]
        if (token.text == "{" and query.found[number + 1].text == "|") or _hides_keyword(token):
            return None
        if token.text == "{" or (token.kind is Kind.WORD and token.text.upper() in _KEYWORDS):
            break
        number = query.closing.get(number, number) + 1
    return Element(TRIPLES, first, number)


def _hides_keyword(token: Token) -> bool:
    """Whether a keyword may be glued to what the token begins or ends with, as Oxigraph allows: `1FILTER(?x)`, `FILTER:f(?x)`."""
    word = token.text.partition(":")[0].upper()
    if token.kind not in (Kind.WORD, Kind.NAME) or (token.kind is Kind.WORD and word in _KEYWORDS):
        return False
    return word.endswith(tuple(_KEYWORDS))


def _certain(query: Bracketed, element: Element) -> frozenset[str]:
    if element.kind == TRIPLES:
        return _variables(query.found[element.first : element.end])
    if element.kind == "VALUES":
        return _of_table(query.found[element.first : element.end])
    if element.kind in (GROUP, "GRAPH"):
        return frozenset.intersection(*(certain(query, opening) for opening in element.groups))
    return frozenset()


def _of_table(found: list[Token]) -> frozenset[str]:
    return frozenset() if any(token.text.upper() == "UNDEF" for token in found) else _variables(found)


def _projected(query: Bracketed, opening: int) -> set[str]:
    """The variables of the SELECT clause behind an opening brace, the arguments of expressions left out."""
    names: set[str] = set()
    number = opening + 2
    while number < len(query.found) and query.found[number].text not in "{}" and query.found[number].text.upper() != "WHERE":
        end = query.closing.get(number, number)
        names |= _variables(query.found[max(number, end - 1) : end + 1])
        number = end + 1
    return names
