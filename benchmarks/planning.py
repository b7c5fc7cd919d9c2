"""How long pyoxigraph takes to parse and plan what the gate lets in, and how much would stall it: `python -m benchmarks.planning`.

Prints the table of docs/limits.md. Each query runs in a process of its own, on an empty store; times are processor time.
"""

import multiprocessing
import resource
import time
from collections.abc import Callable, Iterator
from multiprocessing.connection import Connection

from pyoxigraph import Store

from tests.stalling import STALLING, largest

_STALL_SECONDS = 1
_MOST_SECONDS = 20
_MOST_BYTES = 1_000_000


def main() -> None:
    """Print a row for each construct."""
    print("| construct | limit | lets in | planned in | stalls or crashes from |")
    print("|---|---|---|---|---|")
    for name, (limit, query) in STALLING.items():
        number = largest(query)
        print(f"| {name} | `max_query_{limit}` | {number:,} | {_said(_planned(query(number)))} | {_breaking(query, number)} |", flush=True)


def _breaking(query: Callable[[int], str], start: int) -> str:
    """The first of some sizes, each twice the one before, that takes too long."""
    for number in _doubled(start):
        text = query(number)
        if len(text) > _MOST_BYTES:
            return f"more than {number // 2:,}"
        seconds = _planned(text)
        if seconds is None or seconds > _STALL_SECONDS:
            return f"{number:,}: {_said(seconds)}"
    raise AssertionError


def _doubled(number: int) -> Iterator[int]:
    while True:
        number *= 2
        yield number


def _said(seconds: float | None) -> str:
    if seconds is None:
        return "crash"
    return f"> {_MOST_SECONDS} s" if seconds >= _MOST_SECONDS else f"{seconds:.2f} s"


def _planned(text: str) -> float | None:
    """The seconds of processor time that the query takes; None if it crashes the process."""
    receiver, sender = multiprocessing.Pipe(duplex=False)
    process = multiprocessing.get_context("fork").Process(target=_plan, args=(text, sender))
    process.start()
    sender.close()
    try:
        seconds: float = receiver.recv()
        return seconds
    except EOFError:
        process.join()
        return float(_MOST_SECONDS) if process.exitcode in (-24, -9) else None  # SIGXCPU, SIGKILL
    finally:
        process.join()


def _plan(text: str, sender: Connection) -> None:
    resource.setrlimit(resource.RLIMIT_CPU, (_MOST_SECONDS, _MOST_SECONDS + 1))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    begin = time.process_time()
    Store().query(text)
    sender.send(time.process_time() - begin)


if __name__ == "__main__":
    main()
