"""The SERVICE clauses of a query, found by its tokens, and who is asked in them."""

from collections.abc import Iterable
from itertools import pairwise
from typing import NamedTuple

from server.engine.query import BadQuery, RefusedQuery
from server.engine.tokens import Kind, Token
from server.federation.groups import Bracketed

MOST_CLAUSES = 20


class Clause(NamedTuple):
    """A clause: its first token, its braces, whether it is SILENT, and the endpoint."""

    first: int
    opening: int
    closing: int
    is_silent: bool
    endpoint: str


def clauses(query: Bracketed, endpoints: Iterable[str]) -> list[Clause]:
    """The outermost clauses, all of which, and all within them, ask listed endpoints; else RefusedQuery.

    >>> from server.engine.tokens import tokens
    >>> from server.federation.groups import bracketed
    >>> found = bracketed(list(tokens("PREFIX x: <http://x/> ASK { SERVICE SILENT x:sparql { ?s ?p ?o } }")))
    >>> [(clause.endpoint, clause.is_silent) for clause in clauses(found, ["http://x/sparql"])]
    [('http://x/sparql', True)]
    """
    prefixes = _prefixes(query.found)
    allowed = frozenset(endpoints)
    every = [_clause(query, number, prefixes) for number, token in enumerate(query.found) if is_service(token)]
    if len(every) > MOST_CLAUSES:
        raise BadQuery(f"the query has {len(every)} SERVICE clauses; the limit here is {MOST_CLAUSES}")
    for clause in every:
        if clause.endpoint not in allowed:
            raise RefusedQuery(f"SERVICE <{clause.endpoint[:200]}> is not allowed here; {allowed_here(allowed)}")
    outermost: list[Clause] = []
    for clause in every:
        if not outermost or clause.first > outermost[-1].closing:
            outermost.append(clause)
    return outermost


def allowed_here(endpoints: Iterable[str]) -> str:
    """Who may be asked, for a refusal.

    >>> allowed_here(["http://x/sparql"])
    'endpoints that are allowed: http://x/sparql'
    """
    return f"endpoints that are allowed: {', '.join(sorted(endpoints)) or 'none'}"


def is_service(token: Token) -> bool:
    """Whether the token is the keyword."""
    return token.kind is Kind.WORD and token.text.upper() == "SERVICE"


def declarations(query: Bracketed) -> str:
    """The PREFIX and BASE declarations of a query as one line.

    >>> from server.engine.tokens import tokens
    >>> declarations(Bracketed(list(tokens("BASE <http://x/> PREFIX : <y> SELECT * {}")), {}))
    'BASE <http://x/> PREFIX : <y> '
    """
    pieces: list[str] = []
    number = 0
    while number < len(query.found):
        length = {"PREFIX": 3, "BASE": 2, "VERSION": 2}.get(query.found[number].text.upper())
        if length is None:
            break
        if length == 3 or query.found[number].text.upper() == "BASE":
            pieces += [token.text + " " for token in query.found[number : number + length]]
        number += length
    return "".join(pieces)


def dataset(query: Bracketed) -> str:
    """The FROM clauses of a query as one line.

    >>> from server.engine.tokens import tokens
    >>> dataset(Bracketed(list(tokens("SELECT * FROM <http://x/> FROM NAMED ex:y { FROM <http://z/> }")), {}))
    'FROM <http://x/> FROM NAMED ex:y '
    """
    pieces: list[str] = []
    for number, token in enumerate(query.found):
        if token.text == "{":
            if number and query.found[number - 1].text.upper() == "CONSTRUCT":
                return dataset(Bracketed(query.found[query.closing.get(number, number) + 1 :], {}))
            break
        if token.kind is Kind.WORD and token.text.upper() == "FROM":
            length = 3 if query.found[number + 1 : number + 2] and query.found[number + 1].text.upper() == "NAMED" else 2
            pieces += [part.text + " " for part in query.found[number : number + length]]
    return "".join(pieces)


def _clause(query: Bracketed, number: int, prefixes: dict[str, str]) -> Clause:
    found = query.found
    behind = number + 1
    is_silent = behind < len(found) and found[behind].text.upper() == "SILENT"
    behind += is_silent
    endpoint = _endpoint(found[behind], prefixes) if behind < len(found) else ""
    closing = query.closing.get(behind + 1)
    if closing is None or found[behind + 1].text != "{":
        raise BadQuery("SERVICE is not followed by an endpoint and a group in braces")
    return Clause(number, behind + 1, closing, is_silent, endpoint)


def _endpoint(token: Token, prefixes: dict[str, str]) -> str:
    if token.kind is Kind.VARIABLE:
        raise RefusedQuery(f"SERVICE {token.text[:100]}: an endpoint that is a variable is not allowed here; write its IRI")
    if token.kind is Kind.IRI:
        return token.text[1:-1]
    if token.kind is Kind.NAME:
        prefix, _, local = token.text.partition(":")
        return prefixes.get(prefix, "") + local.replace("\\", "")
    raise BadQuery("SERVICE is not followed by an endpoint and a group in braces")


def _prefixes(found: list[Token]) -> dict[str, str]:
    return {
        name.text[:-1]: found[number + 2].text[1:-1]
        for number, (word, name) in enumerate(pairwise(found))
        if word.text.upper() == "PREFIX" and name.text.endswith(":") and number + 2 < len(found) and found[number + 2].kind is Kind.IRI
    }
