"""What is refused before the parser sees it: what would crash or stall it, and what is not done here."""

from itertools import chain, pairwise

from server.config import Config
from server.engine.query import BadQuery, RefusedQuery, TooLargeQuery
from server.engine.tokens import Kind, Token, is_update, tokens


def check(text: str, config: Config) -> None:
    """Raise a QueryError that names the limit or the rule if the query must not reach the engine."""
    size = len(text.encode("utf-8", "surrogatepass"))
    if size > config.max_query_bytes:
        raise TooLargeQuery(f"the query has {size} bytes; the limit here is {config.max_query_bytes} (max_query_bytes)")
    found = [token for token in tokens(text) if token.kind is not Kind.COMMENT]
    depth = _depth(found)
    if depth > config.max_query_depth:
        raise BadQuery(f"the query nests brackets {depth} deep; the limit here is {config.max_query_depth} (max_query_depth)")
    if is_update(found):
        raise RefusedQuery("this endpoint is read-only: it takes SPARQL queries, no updates")
    if _asks_others(found):
        raise RefusedQuery("this endpoint sends no requests to others: SERVICE is not allowed here; send the query from your side instead")


def _asks_others(found: list[Token]) -> bool:
    """Whether the query holds SERVICE; Oxigraph wants no space around it, nor around SILENT: `1SERVICE:x` is a request to `:x`."""
    declared = {name.text for word, name in pairwise(found) if word.text.upper() == "PREFIX"}
    names = (token.text for token in found if token.kind is Kind.NAME and token.text.partition(":")[0] + ":" not in declared)
    words = (token.text for token in found if token.kind is Kind.WORD)
    return any("SERVICE" in text.partition(":")[0].upper() for text in chain(words, names))


def _depth(found: list[Token]) -> int:
    depth = deepest = 0
    for token in found:
        if token.kind is Kind.OPEN:
            depth += 1
            deepest = max(deepest, depth)
        elif token.kind is Kind.CLOSE:
            depth = max(depth - 1, 0)
    return deepest
