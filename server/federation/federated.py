"""A query whose SERVICE clauses are replaced by what other endpoints answered: its value is the same (SPARQL 1.1 Federated Query §2.4)."""

import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace

from rdfgen.iris import digest
from server.config import Config
from server.engine import gate
from server.engine.query import BadQuery, Busy, Client, Query, QueryFailed, QueryTimeout, RefusedQuery, RemoteFailed, RemoteTimeout
from server.engine.tokens import Kind, tokens
from server.federation.bindings import Binder, Change, binder, patterns, spliced
from server.federation.clauses import Clause, allowed_here, clauses, dataset, declarations, is_service
from server.federation.client import Terms, asked
from server.federation.groups import Bracketed, bracketed, in_scope, variables
from server.federation.terms import Row, Solutions, data_block, solutions, together

# Evaluates a query on our own data within some seconds; its answer in JSON.
Local = Callable[[Query, float], bytes]
_SHORTEST = 0.05


@dataclass(frozen=True, slots=True)
class Federated:
    """A query without SERVICE, the seconds that are left for it, and what is to be said about endpoints that failed."""

    query: Query
    timeout: float | None
    notes: tuple[str, ...] = ()
    is_federated: bool = False


@dataclass(slots=True)
class _Task:
    """A query on its way: its text and tokens, what is replaced in it so far, and when its time is up."""

    asked: Query
    query: Bracketed
    client: Client
    end: float
    changes: list[Change] = field(default_factory=list)
    answered: dict[int, frozenset[str]] = field(default_factory=dict)

    @property
    def text(self) -> str:
        return self.asked.text


class _Unbindable(Exception):
    """A value here cannot be named in a query."""


@dataclass(slots=True)
class Federation:
    """One instance an application: its settings, and how many requests to others it makes at a time.

    `genid` makes an IRI of a blank node's name (RDF 1.1 Concepts §3.5), `local` answers queries on our own data.
    """

    config: Config
    genid: Callable[[str], str]
    local: Callable[[Query, Client, float], bytes]
    _waiting: Counter[str] = field(default_factory=Counter)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _terms: Terms = field(init=False)

    def __post_init__(self) -> None:
        hosts = frozenset(host.casefold() for host in self.config.service_private_hosts)
        self._terms = Terms(frozenset(self.config.service_endpoints), hosts, self.config.service_max_bytes)

    def federated(self, query: Query, client: Client, timeout: float | None) -> Federated:
        """The query with the answers of endpoints in the place of its SERVICE clauses; itself if it has none.

        Raises RefusedQuery for an endpoint that is not listed, RemoteFailed where one does not answer.
        """
        if not self.config.service_endpoints or "service" not in query.text.casefold():
            return Federated(query, timeout)
        found = bracketed([token for token in tokens(query.text) if token.kind is not Kind.COMMENT])
        wanted = clauses(found, self.config.service_endpoints) if any(map(is_service, found.found)) else []
        self._check_rest(query.text, found, wanted)
        if not wanted:
            return Federated(query, timeout)
        end = time.monotonic() + min(timeout or self.config.query_timeout, self.config.query_timeout)
        task = _Task(query, found, client, end)
        with self._slot(client.name):
            notes = tuple(note for number, clause in enumerate(wanted) for note in self._replaced(task, number, clause))
        left = task.end - time.monotonic()
        if left < _SHORTEST:
            raise RemoteTimeout("other endpoints took all the time that the query has")
        return Federated(replace(query, text=spliced(task.text, 0, len(task.text), task.changes)), left, notes, True)

    def _check_rest(self, text: str, found: Bracketed, wanted: list[Clause]) -> None:
        """Raise RefusedQuery if anything like SERVICE is left when the clauses are gone; answers hold nothing but terms."""
        rest = spliced(text, 0, len(text), [Change(*_extent(found, clause), "{}") for clause in wanted])
        try:
            gate.check(rest, replace(self.config, service_endpoints=()))
        except RefusedQuery as error:
            hint = "write it with white space around it, as SERVICE <endpoint> { … }"
            raise RefusedQuery(
                f"SERVICE is not allowed here in this form; {hint}; {allowed_here(self.config.service_endpoints)}"
            ) from error

    @contextmanager
    def _slot(self, name: str) -> Iterator[None]:
        """One of the places for queries that wait for others, of which a client may have half."""
        most = self.config.service_requests
        with self._lock:
            if self._waiting.total() >= most:
                raise Busy(f"{most} other queries with SERVICE are waiting for their endpoints (service_requests); try again soon")
            if self._waiting[name] >= (most + 1) // 2:
                raise Busy(
                    f"{self._waiting[name]} queries of yours with SERVICE are waiting for their endpoints; try again when they are done"
                )
            self._waiting[name] += 1
        try:
            yield
        finally:
            with self._lock:
                self._waiting[name] -= 1
                self._waiting += Counter()  # forgets those who wait no more

    def _replaced(self, task: _Task, number: int, clause: Clause) -> Iterator[str]:
        """Put the clause's answer in its place; yields a note if there is none, and the clause is SILENT."""
        start, end = _extent(task.query, clause)
        try:
            found = self._solutions(task, number, clause)
        except RemoteFailed as error:
            message = f"SERVICE <{clause.endpoint}>: {error}"
            if not clause.is_silent:
                raise type(error)(message) from error
            yield message
            found = _nothing_known(task.query, clause)
        task.answered[clause.first] = frozenset(
            name for column, name in enumerate(found.variables) if all(row[column] is not None for row in found.rows)
        )
        task.changes.append(Change(start, end, _in_place(data_block(found), task.text[start:end])))

    def _solutions(self, task: _Task, number: int, clause: Clause) -> Solutions:
        """The clause's solutions; where others bind its variables to some values only, those with these values."""
        deadline = min(time.monotonic() + self.config.service_timeout, task.end)
        around = binder(task.text, task.query, clause, task.changes, task.answered)
        rows = self._bindings(task, around, deadline) if around is not None else None
        if rows == []:
            return replace(_nothing_known(task.query, clause), rows=[])
        wanted = patterns(task.text, task.query, clause, around.shared if around else (), rows)
        names = variables(task.query.found[clause.opening : clause.closing])
        parts = [Solutions(_columns(task.query, clause), [])]  # An endpoint may leave out columns without values.
        left = self.config.service_max_rows
        for pattern in wanted:
            text = f"{declarations(task.query)}SELECT * WHERE {{{pattern}}}"
            parts.append(self._asked(task, clause, text, names, (deadline, left, number)))
            left -= len(parts[-1].rows)
        return together(parts)

    def _asked(self, task: _Task, clause: Clause, text: str, names: Sequence[str], limits: tuple[float, int, int]) -> Solutions:
        deadline, most_rows, number = limits
        reply = asked(clause.endpoint, text, self._terms, deadline, task.client.has_left)
        found = solutions(reply.content, names, lambda label: self.genid(digest(clause.endpoint, text, str(number), label)), most_rows)
        if reply.cut_at is not None and len(found.rows) >= reply.cut_at:
            raise RemoteFailed(f"it cuts its answers at {reply.cut_at} solutions; ask for fewer in the SERVICE clause")
        return found

    def _bindings(self, task: _Task, around: Binder, deadline: float) -> list[Row] | None:
        """The values that are wanted; None if there are too many, or some that cannot be sent."""
        most = self.config.service_bindings
        names = " ".join(f"?{name}" for name in around.shared)
        head = f"{declarations(task.query)}SELECT DISTINCT {names} {dataset(task.query)}WHERE {{{around.pattern}\n}} LIMIT {most + 1}"
        try:
            content = self.local(replace(task.asked, text=head, results="json"), task.client, (deadline - time.monotonic()) / 2)
            rows = solutions(content, around.shared, _unbindable, most).rows
        except (BadQuery, QueryTimeout, QueryFailed, RemoteFailed, _Unbindable):
            return None
        return None if any(None in row for row in rows) else rows


def _unbindable(_label: str) -> str:
    raise _Unbindable


def _extent(query: Bracketed, clause: Clause) -> tuple[int, int]:
    return query.found[clause.first].start, query.found[clause.closing].start + 1


def _in_place(block: str, replaced: str) -> str:
    """The block and as many lines as the text that it replaces, so that the places in messages about the rest stay right."""
    *lines, last = replaced.split("\n")
    return block + "\n" * len(lines) + " " * len(last) if lines else block


def _nothing_known(query: Bracketed, clause: Clause) -> Solutions:
    """One solution without values."""
    names = _columns(query, clause)
    return Solutions(names, [(None,) * len(names)])


def _columns(query: Bracketed, clause: Clause) -> tuple[str, ...]:
    """The variables in the clause's scope in the order in which they appear; none where tokens do not tell."""
    scope = in_scope(query, clause.opening) or frozenset()
    return tuple(name for name in variables(query.found[clause.opening : clause.closing]) if name in scope)
