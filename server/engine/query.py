"""What goes into the engine and what can go wrong there."""

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass


@dataclass(frozen=True, slots=True)
class Query:
    """A SPARQL query and its dataset (SPARQL 1.1 Protocol §2.1.4), and the formats its answer may have.

    `results` names a row of RESULT_FORMATS and `graph` one of FORMATS; None where the client accepts none of them.
    """

    text: str
    results: str | None = "json"
    graph: str | None = "ttl"
    default_graphs: tuple[str, ...] = ()
    named_graphs: tuple[str, ...] = ()

    def to_json(self) -> bytes:
        """The query for the way to a worker."""
        return json.dumps(asdict(self)).encode()

    @classmethod
    def from_json(cls, content: bytes) -> "Query":
        """The query that went that way.

        >>> Query.from_json(Query("ASK {}", named_graphs=("http://x/",)).to_json()).named_graphs
        ('http://x/',)
        """
        found = json.loads(content)
        return cls(**found | {name: tuple(found[name]) for name in ("default_graphs", "named_graphs")})


def never() -> bool:
    """Said of a client that cannot be watched: it does not leave."""
    return False


@dataclass(frozen=True, slots=True)
class Client:
    """Who asks: `name` tells those apart who get a fair share each, `has_left` is asked again and again."""

    name: str = ""
    has_left: Callable[[], bool] = never


class QueryError(Exception):
    """A query has no answer; the message is for its author."""


class RefusedQuery(QueryError):
    """The gate does not let the query in: it asks for something that is not done here."""


class TooLargeQuery(QueryError):
    """The gate does not let the query in: it is longer than the limit."""


class BadQuery(QueryError):
    """The query is no SPARQL query, or one that cannot be evaluated."""


class NotAcceptable(QueryError):
    """The client accepts no format that this form of query can be answered in."""


class QueryTimeout(QueryError):
    """The query ran to its deadline and was killed."""


class QueryFailed(QueryError):
    """The server could not do it: the query's process died or could not start, or the store cannot be read."""


class Busy(QueryError):
    """No process came free in time."""


# What a worker reports: the name of the class goes over the wire.
REPORTED: dict[str, type[QueryError]] = {kind.__name__: kind for kind in (BadQuery, NotAcceptable, QueryFailed)}
