"""A query worker: one process, one read-only store, one query at a time, results streamed as frames."""

import logging
import re
import socket

import msgspec
from pyoxigraph import BlankNode, DefaultGraph, NamedNode, QueryBoolean, QuerySolutions, QueryTriples, Store

from rdfgen.formats import FORMATS, RESULT_FORMATS
from server.engine import isolation
from server.engine.query import BadQuery, NotAcceptable, NotExpressible, Query, QueryError, QueryFailed, StoreFailed
from server.engine.tokens import Kind, Token, tokens
from server.engine.wellformed import WellFormed
from server.engine.wire import Frame, framed, reader, receive

log = logging.getLogger(__name__)

_BLOCK = 64 << 10
# How the messages of RocksDB begin (rocksdb::Status::ToString); Oxigraph passes them on as RuntimeError and OSError.
STORE_FAULTS = ("Corruption:", "IO error:")
_NO_RDF_12 = "JSON-LD does not support RDF 1.2"
_XML = ("xml", "rdfxml")

Results = QuerySolutions | QueryBoolean | QueryTriples


class _Frames:
    """Gathers what Oxigraph writes, 8 KiB at a time, into larger frames; the head goes with the first."""

    def __init__(self, connection: socket.socket, head: bytes) -> None:
        self._connection = connection
        self._head = framed(Frame.HEAD, head)
        self._buffer = bytearray()

    def write(self, data: bytes) -> int:
        """Take some bytes; Oxigraph needs nothing else of a file."""
        self._buffer += data
        if len(self._buffer) >= _BLOCK:
            self._send(Frame.DATA)
        return len(data)

    def flush(self) -> None:
        """Oxigraph asks for it now and then; what is held goes when there is enough of it."""

    def end(self) -> None:
        """Send what is held as the last."""
        self._send(Frame.LAST)

    def _send(self, frame: Frame) -> None:
        self._connection.sendall(self._head + framed(frame, self._buffer))
        self._head = b""
        self._buffer.clear()


def run(connection: socket.socket, store_path: str, memory: int) -> None:
    """Answer queries until the other side is gone."""
    try:
        store, scratch = _isolated(store_path, memory)
    except QueryError as error:
        _report(error, connection)
        return
    source = reader(connection)
    while True:
        try:
            _, payload = receive(source)
        except (EOFError, OSError):
            return
        _answer(store, scratch, Query.from_json(payload), connection)


def _isolated(store_path: str, memory: int) -> tuple[Store, Store]:
    """The store and an empty one, opened by a process that can harm nobody from then on; QueryFailed if that cannot be."""
    isolation.die_first()
    is_filtered = isolation.forbid_connections()
    try:
        stores = Store.read_only(store_path), Store()
    except (OSError, RuntimeError) as error:
        raise _store_fault(error) from error
    isolation.limit_memory(memory)
    try:
        if not is_filtered:
            isolation.forbid_files()
    except isolation.NotIsolated as error:
        log.error("nothing on this system keeps a query process from opening connections")
        raise QueryFailed("no query can be evaluated safely here; the operator's log says why") from error
    return stores


def _answer(store: Store, scratch: Store, query: Query, connection: socket.socket) -> None:
    try:
        if query.dumped_graph is not None:
            _send_graph(store, query.dumped_graph, query.graph, connection)
        else:
            _send_results(_results(store, query, in_order_of_appearance(query.text, scratch) or query.text), query, connection)
    except QueryError as error:
        _report(error, connection)
    except (SyntaxError, ValueError, RuntimeError, OSError) as error:
        _report(_blamed(error), connection)


def _report(error: QueryError, connection: socket.socket) -> None:
    connection.sendall(framed(Frame.ERROR, msgspec.json.encode({"error": type(error).__name__, "message": _printable(str(error))})))


def _printable(text: str) -> str:
    return text.encode(errors="replace").decode()


def _blamed(error: Exception) -> QueryError:
    """What Oxigraph raised as the fault of the store where RocksDB says so, else of the query, whatever its type."""
    message = error.msg if isinstance(error, SyntaxError) else str(error)
    if message.startswith(_NO_RDF_12):
        return NotExpressible("the answer holds triple terms, which JSON-LD has no way to write; ask for another format")
    return _store_fault(error) if message.startswith(STORE_FAULTS) else BadQuery(message)


def _store_fault(error: Exception) -> StoreFailed:
    log.error("the store cannot be read: %s", error)  # The message has paths of this machine.
    return StoreFailed("the store cannot be read; the operator's log says why")


def _send_results(results: Results, query: Query, connection: socket.socket) -> None:
    name = query.graph if isinstance(results, QueryTriples) else query.results
    if name is None:
        raise NotAcceptable(_form(results))
    frames = _Frames(connection, f"{_form(results)} {name}".encode())
    _serialize(results, name, frames)
    frames.end()


def _send_graph(store: Store, graph: str, name: str | None, connection: socket.socket) -> None:
    """All triples of one graph, as they come from the store: nothing of it is held."""
    if name is None:
        raise NotAcceptable("CONSTRUCT")
    frames = _Frames(connection, f"CONSTRUCT {name}".encode())
    store.dump(
        _guarded(name, frames),  # type: ignore[arg-type]  # write() is enough
        FORMATS[name].syntax,
        from_graph=NamedNode(graph) if graph else DefaultGraph(),
    )
    frames.end()


def _guarded(name: str, frames: _Frames) -> WellFormed | _Frames:
    return WellFormed(frames) if name in _XML else frames


def _results(store: Store, query: Query, text: str) -> Results:
    if not query.default_graphs and not query.named_graphs:
        return store.query(text)
    default: list[NamedNode | BlankNode | DefaultGraph] = [NamedNode(name) for name in query.default_graphs]
    return store.query(text, default_graph=default, named_graphs=[NamedNode(name) for name in query.named_graphs])


def in_order_of_appearance(text: str, scratch: Store) -> str | None:
    """The query with the `*` of its outer SELECT written out in the order in which its variables appear.

    Oxigraph sorts them by name; it says which they are when it is asked on an empty store. None if there is no such
    `*`, if they are in that order anyway, or if this is no query.

    >>> in_order_of_appearance("SELECT * { ?s ?p ?o }", Store())
    'SELECT ?s ?p ?o { ?s ?p ?o }'
    """
    if "*" not in text:
        return None
    found = [token for token in tokens(text) if token.kind is not Kind.COMMENT]
    star = _star(found)
    appearing = list(dict.fromkeys(token.text[1:] for token in found if token.kind is Kind.VARIABLE))
    if star is None or appearing == sorted(appearing):
        return None
    try:
        empty = scratch.query(text)
    except (SyntaxError, ValueError, RuntimeError, OSError):
        return None  # The same comes of the store itself, and is reported then.
    variables = [variable.value for variable in empty.variables] if isinstance(empty, QuerySolutions) else []
    ordered = [name for name in appearing if name in variables]
    if sorted(ordered) != sorted(variables) or ordered == variables:
        return None
    return text[: star.start] + " ".join(f"?{name}" for name in ordered) + text[star.start + 1 :]


def _star(found: list[Token]) -> Token | None:
    """The `*` of the outer SELECT."""
    select = next((number for number, token in enumerate(found) if token.kind is Kind.WORD and token.text.upper() == "SELECT"), len(found))
    behind = (token for token in found[select + 1 : select + 3] if not re.fullmatch("DISTINCT|REDUCED", token.text, re.IGNORECASE))
    first = next(behind, None)
    return first if first is not None and first.text == "*" else None


def _form(results: Results) -> str:
    return {QuerySolutions: "SELECT", QueryBoolean: "ASK", QueryTriples: "CONSTRUCT"}[type(results)]


def _serialize(results: Results, name: str, frames: _Frames) -> None:
    target = _guarded(name, frames)
    if isinstance(results, QueryTriples):
        results.serialize(target, format=FORMATS[name].syntax)  # type: ignore[arg-type]  # write() is enough
    else:
        results.serialize(target, format=RESULT_FORMATS[name].syntax)  # type: ignore[arg-type]  # write() is enough
