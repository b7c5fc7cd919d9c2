"""What is refused before the parser sees it: what would crash or stall it, and what is not done here."""

from itertools import pairwise

from server.config import Config
from server.engine.measures import Measures, measures
from server.engine.query import BadQuery, RefusedQuery, TooLargeQuery
from server.engine.tokens import Kind, Token, is_update, tokens

_NO_TOKEN = Token(Kind.OTHER, "", 0)
# What each setting limits: how to say how much of it a query has.
_SAYINGS = {
    "max_query_depth": "nests brackets {} deep",
    "max_query_patterns": "joins triple patterns that take as long to plan as {} in one group",
    "max_query_branches": "has {} clauses and operators, such as UNION, OPTIONAL, FILTER, || and +",
    "max_query_path": "has a property path of {} steps",
    "max_query_variables": "has {} variables",
    "max_query_prefix": "declares a PREFIX or BASE of {} characters",
}


def check(text: str, config: Config) -> None:
    """Raise a QueryError that names the limit or the rule if the query must not reach the engine."""
    size = len(text.encode("utf-8", "surrogatepass"))
    if size > config.max_query_bytes:
        raise TooLargeQuery(f"the query has {size} bytes; the limit here is {config.max_query_bytes} (max_query_bytes)")
    found = [token for token in tokens(text) if token.kind is not Kind.COMMENT]
    _check_size(measures(found), config)
    if is_update(found):
        raise RefusedQuery("this endpoint is read-only: it takes SPARQL queries, no updates")
    if not config.service_endpoints and _asks_others(text, found):
        raise RefusedQuery("this endpoint sends no requests to others: SERVICE is not allowed here; send the query from your side instead")


def _check_size(measured: Measures, config: Config) -> None:
    rows = (
        ("max_query_path", measured.path, config.max_query_path),
        ("max_query_depth", measured.depth, config.max_query_depth),
        ("max_query_patterns", measured.patterns, config.max_query_patterns),
        ("max_query_branches", measured.branches, config.max_query_branches),
        ("max_query_variables", measured.variables, config.max_query_variables),
        ("max_query_prefix", measured.prefix, config.max_query_prefix),
    )
    for name, value, limit in rows:
        if value > limit:
            raise BadQuery(f"the query {_SAYINGS[name].format(value)}; the limit here is {limit} ({name})")


def _asks_others(text: str, found: list[Token]) -> bool:
    """Whether the query holds SERVICE; Oxigraph wants no space around it, nor around SILENT: `1SERVICE:x` is a request to `:x`."""
    if "service" not in text.casefold():
        return False
    declared = {name.text for word, name in pairwise(found) if word.text.upper() == "PREFIX"}
    followed = zip([_NO_TOKEN, *found], found, [*found[1:], _NO_TOKEN], strict=False)
    return any(_is_service(before, token, behind, declared) for before, token, behind in followed)


def _is_service(before: Token, token: Token, behind: Token, declared: set[str]) -> bool:
    """Whether a token is the keyword, perhaps with others around it, or the keyword with a name behind it.

    A prefix may hold the word as well; then what it names must not stand before a group, as the endpoint of a SERVICE does.
    """
    prefix, colon, _ = token.text.partition(":")
    if "SERVICE" not in prefix.upper() or token.kind not in (Kind.WORD, Kind.NAME):
        return False
    return not colon or prefix + ":" not in declared or (behind.text == "{" and before.text.upper() != "GRAPH")
