"""A query worker: one process, one read-only store, one query at a time, results streamed as frames."""

import logging
import re
import socket

from pyoxigraph import BlankNode, DefaultGraph, NamedNode, QueryBoolean, QuerySolutions, QueryTriples, Store

from rdfgen.formats import FORMATS, RESULT_FORMATS
from server.engine import isolation
from server.engine.query import BadQuery, NotAcceptable, Query, QueryError, QueryFailed
from server.engine.tokens import Kind, tokens
from server.engine.wire import Frame, receive, send, send_json

log = logging.getLogger(__name__)

_BLOCK = 64 << 10
# How the messages of RocksDB begin (rocksdb::Status::ToString); Oxigraph passes them on as RuntimeError and OSError.
_STORE_FAULTS = ("Corruption:", "IO error:")

Results = QuerySolutions | QueryBoolean | QueryTriples


class _Frames:
    """Gathers what Oxigraph writes, 8 KiB at a time, into larger DATA frames."""

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection
        self._buffer = bytearray()

    def write(self, data: bytes) -> int:
        """Take some bytes; Oxigraph needs nothing else of a file."""
        self._buffer += data
        if len(self._buffer) >= _BLOCK:
            self.flush()
        return len(data)

    def flush(self) -> None:
        """Send what is held."""
        if self._buffer:
            send(self._connection, Frame.DATA, bytes(self._buffer))
            self._buffer.clear()


def run(connection: socket.socket, store_path: str, memory: int) -> None:
    """Answer queries until the other side is gone."""
    try:
        store = Store.read_only(store_path)
    except (OSError, RuntimeError) as error:
        _report(_store_fault(error), connection)
        return
    isolation.limit_memory(memory)
    isolation.forbid_connections()
    while True:
        try:
            _, payload = receive(connection)
        except (EOFError, OSError):
            return
        _answer(store, Query.from_json(payload), connection)


def _answer(store: Store, query: Query, connection: socket.socket) -> None:
    try:
        _send_results(_evaluated(store, query), query, connection)
    except QueryError as error:
        _report(error, connection)
    except (SyntaxError, ValueError, RuntimeError, OSError) as error:
        _report(_blamed(error), connection)


def _report(error: QueryError, connection: socket.socket) -> None:
    send_json(connection, Frame.ERROR, {"error": type(error).__name__, "message": str(error)})


def _blamed(error: Exception) -> QueryError:
    """What Oxigraph raised as the fault of the store where RocksDB says so, else of the query, whatever its type."""
    message = error.msg if isinstance(error, SyntaxError) else str(error)
    return _store_fault(error) if message.startswith(_STORE_FAULTS) else BadQuery(message)


def _store_fault(error: Exception) -> QueryFailed:
    log.error("the store cannot be read: %s", error)  # The message has paths of this machine.
    return QueryFailed("the store cannot be read; the operator's log says why")


def _send_results(results: Results, query: Query, connection: socket.socket) -> None:
    name = query.graph if isinstance(results, QueryTriples) else query.results
    if name is None:
        raise NotAcceptable(_form(results))
    send_json(connection, Frame.HEAD, {"form": _form(results), "format": name})
    frames = _Frames(connection)
    _serialize(results, name, frames)
    frames.flush()
    send(connection, Frame.END)


def _evaluated(store: Store, query: Query) -> Results:
    results = _results(store, query, query.text)
    if isinstance(results, QuerySolutions):
        ordered = in_order_of_appearance(query.text, [variable.value for variable in results.variables])
        if ordered is not None:
            return _results(store, query, ordered)
    return results


def _results(store: Store, query: Query, text: str) -> Results:
    if not query.default_graphs and not query.named_graphs:
        return store.query(text)
    default: list[NamedNode | BlankNode | DefaultGraph] = [NamedNode(name) for name in query.default_graphs]
    return store.query(text, default_graph=default, named_graphs=[NamedNode(name) for name in query.named_graphs])


def in_order_of_appearance(text: str, variables: list[str]) -> str | None:
    """The query with the `*` of its outer SELECT written out in the order in which its variables appear.

    Oxigraph sorts them by name. None if there is no such `*`, or if they are in that order anyway.

    >>> in_order_of_appearance("SELECT * { ?s ?p ?o }", ["o", "p", "s"])
    'SELECT ?s ?p ?o { ?s ?p ?o }'
    """
    found = [token for token in tokens(text) if token.kind is not Kind.COMMENT]
    select = next((number for number, token in enumerate(found) if token.kind is Kind.WORD and token.text.upper() == "SELECT"), None)
    if select is None:
        return None
    star = next(
        (token for token in found[select + 1 : select + 3] if not re.fullmatch("DISTINCT|REDUCED", token.text, re.IGNORECASE)), None
    )
    if star is None or star.text != "*":
        return None
    appearing = dict.fromkeys(token.text[1:] for token in found if token.kind is Kind.VARIABLE)
    ordered = [name for name in appearing if name in variables]
    if sorted(ordered) != sorted(variables) or ordered == variables:
        return None
    return text[: star.start] + " ".join(f"?{name}" for name in ordered) + text[star.start + 1 :]


def _form(results: Results) -> str:
    return {QuerySolutions: "SELECT", QueryBoolean: "ASK", QueryTriples: "CONSTRUCT"}[type(results)]


def _serialize(results: Results, name: str, frames: _Frames) -> None:
    if isinstance(results, QueryTriples):
        results.serialize(frames, format=FORMATS[name].syntax)  # type: ignore[arg-type]  # write() is enough
    else:
        results.serialize(frames, format=RESULT_FORMATS[name].syntax)  # type: ignore[arg-type]  # write() is enough
