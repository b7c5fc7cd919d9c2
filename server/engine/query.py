"""What goes into the engine and what can go wrong there."""

from collections.abc import Callable
from dataclasses import dataclass

import msgspec


@dataclass(frozen=True, slots=True)
class Query:
    """A SPARQL query and its dataset (SPARQL 1.1 Protocol §2.1.4), and the formats its answer may have.

    `results` names a row of RESULT_FORMATS and `graph` one of FORMATS; None where the client accepts none of them.
    With `dumped_graph`, the name of a graph or "" for the default graph, all of that graph is wanted and the text is not looked at.
    """

    text: str
    results: str | None = "json"
    graph: str | None = "ttl"
    default_graphs: tuple[str, ...] = ()
    named_graphs: tuple[str, ...] = ()
    dumped_graph: str | None = None

    def to_json(self) -> bytes:
        """The query for the way to a worker; BadQuery for text that is none."""
        try:
            return msgspec.json.encode(self)
        except UnicodeEncodeError as error:
            raise BadQuery(f"the query holds half a character: {error.reason}") from error

    @classmethod
    def from_json(cls, content: bytes) -> "Query":
        """The query that went that way.

        >>> Query.from_json(Query("ASK {}", named_graphs=("http://x/",)).to_json()).named_graphs
        ('http://x/',)
        """
        return msgspec.json.decode(content, type=cls)


def never() -> bool:
    """Said of a client that cannot be watched: it does not leave."""
    return False


def untold(outcome: str, waited: float, ran: float) -> None:
    """What becomes of how a query went that nobody asks about."""


@dataclass(frozen=True, slots=True)
class Client:
    """Who asks: `name` tells those apart who get a fair share each, `has_left` is asked again and again; `id` is the
    request's, by which operators know its query. `told` is called once for each query: how it ended, and for how many seconds
    it waited and ran; it must be quick.
    """

    name: str = ""
    has_left: Callable[[], bool] = never
    id: str = ""
    told: Callable[[str, float, float], None] = untold


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


class NotExpressible(QueryError):
    """The answer holds what its format has no way to say."""


class QueryTimeout(QueryError):
    """The query ran to its deadline and was killed."""


class QueryCancelled(QueryError):
    """The query was stopped by the operator, or its client has left."""


class QueryFailed(QueryError):
    """The server could not do it: the query's process died or could not start, or the store cannot be read."""


class StoreFailed(QueryFailed):
    """The query met damage in the store."""


class RemoteFailed(QueryError):
    """An endpoint that the query names in SERVICE did not answer as it should."""


class RemoteTimeout(RemoteFailed):
    """An endpoint that the query names in SERVICE did not answer in time."""


class Busy(QueryError):
    """No process is free for the query now, or came free in time."""


# What a worker reports: the name of the class goes over the wire.
REPORTED: dict[str, type[QueryError]] = {
    kind.__name__: kind for kind in (BadQuery, NotAcceptable, NotExpressible, QueryFailed, StoreFailed)
}
