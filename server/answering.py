"""From a query that passed the gate to its answer, by the shortest way that there is."""

from server.engine.pool import Answer
from server.engine.query import Client, Query
from server.services import services


def answered(query: Query, client: Client, timeout: float | None) -> Answer:
    """The answer, its first block there; raises a QueryError that says why there is none."""
    return services().pool.answer(query, client, timeout)
