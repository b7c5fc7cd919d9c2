"""Runs tasks in worker processes, in order, and again where a worker dies."""

import multiprocessing
import os
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from itertools import islice
from multiprocessing.connection import wait
from typing import TypeVar

from rdfgen.errors import LitlodError

_MAX_DEATHS = 3

Task = TypeVar("Task")
Result = TypeVar("Result")


def mapped(function: Callable[[Task], Result], tasks: Iterable[Task], jobs: int) -> Iterator[Result]:
    """As `map`, with that many processes; only a few tasks are taken ahead. A task must bear to be killed and run again.

    When the iterator is closed, the processes are gone.
    """
    if jobs <= 1:
        yield from map(function, tasks)
        return
    waiting: deque[Task] = deque()
    rest = iter(tasks)
    deaths = 0
    while True:
        try:
            yield from _in_one_pool(function, waiting, rest, jobs)
            return
        except BrokenProcessPool as error:
            deaths += 1
            if deaths > _MAX_DEATHS:
                raise LitlodError(f"worker processes died {deaths} times: is there enough memory? try --jobs 1") from error


def _in_one_pool(function: Callable[[Task], Result], waiting: deque[Task], rest: Iterator[Task], jobs: int) -> Iterator[Result]:
    """Takes a task from `waiting` only when its result is there, so that whoever is left can be tried again."""
    context = multiprocessing.get_context("forkserver" if "forkserver" in multiprocessing.get_all_start_methods() else "spawn")
    others = set(multiprocessing.active_children())
    with ProcessPoolExecutor(jobs, mp_context=context, initializer=_die_with_parent) as pool:
        running: deque[Future[Result]] = deque()
        try:
            while True:
                waiting.extend(islice(rest, max(0, 2 * jobs - len(waiting))))
                running.extend(_submitted(pool, function, task) for task in islice(waiting, len(running), None))
                if not waiting:
                    return
                result = running.popleft().result()
                waiting.popleft()
                yield result
        except BaseException:  # Ctrl-C too, and that nobody wants more results
            # The pool waits for its workers whatever they are doing, and does not end one that was starting when another died.
            for worker in set(multiprocessing.active_children()) - others:
                worker.kill()
            raise


def _submitted(pool: ProcessPoolExecutor, function: Callable[[Task], Result], task: Task) -> Future[Result]:
    try:
        return pool.submit(function, task)
    except (OSError, EOFError) as error:  # a worker died while it was starting
        raise BrokenProcessPool(str(error)) from error


def _die_with_parent() -> None:
    """End this worker when the process that it works for is gone, killed even; nobody else would tell it."""
    threading.Thread(target=_die_after_parent, name="parent-watch", daemon=True).start()


def _die_after_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        wait([parent.sentinel])
        os._exit(1)
