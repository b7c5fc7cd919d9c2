"""How queries end that get no answer, and what their authors are told."""

import signal

from server.engine.limits import Limits
from server.engine.query import BadQuery, Busy, NotAcceptable, QueryCancelled, QueryError, QueryFailed, QueryTimeout
from server.engine.runs import End, Refusal, Run

_AGAIN = "try again in a few seconds"
_REFUSALS: dict[Refusal, tuple[type[QueryError], str]] = {
    Refusal.QUEUE_FULL: (Busy, "{queue} queries wait for a free query process already, the most that may (max_queue, threads); " + _AGAIN),
    Refusal.CLIENT_FULL: (
        Busy,
        "{queue_per_client} queries from your address wait for a free query process already, the most that may (max_queue_per_client);"
        " await answers before you send more",
    ),
    Refusal.WAITED: (
        Busy,
        "all {size} query processes are busy (workers), or the {per_client} that one client may have, and none came free"
        " in {queue_timeout:g} s (queue_timeout); " + _AGAIN,
    ),
    Refusal.DRAINING: (Busy, "the server is shutting down; " + _AGAIN),
    Refusal.LEFT: (QueryCancelled, "the client has left"),
    Refusal.CANCELLED: (QueryCancelled, "the operator has cancelled the query"),
}
_KILLS: dict[End, tuple[type[QueryError], str]] = {
    End.DEADLINE: (QueryTimeout, "the query was stopped after {seconds:g} s, {whose} ({name})"),
    End.LEFT: (QueryCancelled, "the client has left"),
    End.CANCELLED: (QueryCancelled, "the operator has cancelled the query"),
    End.DRAINED: (QueryCancelled, "the query was stopped because the server is shutting down; " + _AGAIN),
    End.MEMORY: (QueryFailed, "the query was stopped because it needed more than {memory} MiB of memory, the limit here (worker_memory)"),
    End.CRASHED: (QueryFailed, "the query brought the engine down; a simpler one may not"),
}
_WHOSE = {"query_timeout": "the limit here", "timeout": "the limit that the request set"}
# The engine aborts when the process may have no more memory; the kernel kills when the machine has none.
_WANT_OF_MEMORY = (signal.SIGABRT, signal.SIGKILL)


def end_by(error: BaseException) -> End:
    """The end of a query whose evaluation raised that."""
    return End.REJECTED if isinstance(error, BadQuery | NotAcceptable) else End.FAILED


def end_by_signal(number: int) -> End:
    """The end of a query whose process was ended by that signal, or by none."""
    return End.MEMORY if number in _WANT_OF_MEMORY else End.CRASHED


def end_due(run: Run, now: float) -> End | None:
    """The end that a running query must come to now."""
    if run.is_late(now):
        return End.DEADLINE
    return End.LEFT if run.client.has_left() else None


def killed(run: Run, end: End, limits: Limits) -> QueryError:
    """What the author of a query is told that came to that end."""
    kind, text = _KILLS.get(end, (QueryFailed, "the query has no process any more"))
    return kind(text.format(seconds=run.limit, whose=_WHOSE[run.limit_name], name=run.limit_name, memory=limits.memory))


def refused(refusal: Refusal, limits: Limits) -> QueryError:
    """What the author of a query is told that was not let in."""
    kind, text = _REFUSALS[refusal]
    return kind(
        text.format(
            queue=limits.queue,
            queue_per_client=limits.queue_per_client,
            size=limits.size,
            per_client=limits.per_client,
            queue_timeout=limits.queue_timeout,
        )
    )
