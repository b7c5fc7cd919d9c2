"""What goes into the engine and what can go wrong there."""

from dataclasses import dataclass


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
    """The query's process died: it needed too much memory or brought the engine down."""


class Busy(QueryError):
    """No process came free in time."""
