"""The parent of the query workers: a small process without threads that forks and kills them on request.

Forking a process that has threads is not safe, and the web process has some; so it starts this one once
(`python -m server.engine.zygote FD`) and asks over a Unix socket. When the web process is gone, for whatever
reason, so are all workers. A signal meant for the web process alone (SIGTERM to a whole service) does not end it.
"""

import os
import select
import signal
import socket
import sys
import time
from collections.abc import Callable
from typing import NamedTuple

import msgspec

from server.engine import isolation, worker

_MESSAGE_BYTES = 16 << 10
_MOST_GONE = 100
_NICENESS = 5
_DYING_SECONDS = 0.2


class Request(msgspec.Struct, frozen=True):
    """Either the store and the memory limit of a worker to start, or the pid of one that is meant."""

    store: str = ""
    memory: int = 0
    kill: int = 0
    slow: int = 0
    bury: int = 0


class _Children(NamedTuple):
    """The pids that live, and the last ones that are gone with the signals that ended them."""

    alive: set[int]
    gone: dict[int, int]


def main(descriptor: int) -> None:
    """Serve requests from the socket with that file descriptor until its other end is closed."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    wake_up, woken = os.pipe()
    os.set_blocking(woken, False)
    os.set_blocking(wake_up, False)
    signal.set_wakeup_fd(woken)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    children = _Children(set(), {})
    isolation.warn_without_filter()
    try:
        with socket.socket(fileno=descriptor) as control:
            _serve(control, children, (wake_up, woken))
    finally:
        for pid in children.alive:
            os.kill(pid, signal.SIGKILL)


def _serve(control: socket.socket, children: _Children, pipe: tuple[int, int]) -> None:
    wake_up, _ = pipe
    while True:
        ready, _, _ = select.select([control.fileno(), wake_up], [], [])
        if wake_up in ready:
            os.read(wake_up, 4096)
        _reap(children)
        if control.fileno() in ready and not _serve_one(control, children, pipe):
            return


def _serve_one(control: socket.socket, children: _Children, inherited: tuple[int, int]) -> bool:
    message, descriptors, _, _ = socket.recv_fds(control, _MESSAGE_BYTES, 1)
    if not message:
        return False
    request = msgspec.json.decode(message, type=Request)
    reply = _told(request, children)
    if reply is None:
        pid = _forked(request, descriptors[0], (control.fileno(), *inherited))
        children.alive.add(pid)
        reply = {"pid": pid, "session": os.getsid(0)}
    control.sendall(msgspec.json.encode(reply))
    return True


def _told(request: Request, children: _Children) -> dict[str, int] | None:
    """What is done to a worker that lives already; None where one is to be started."""
    for name, action in _ACTIONS.items():
        if pid := getattr(request, name):
            known = pid in children.alive
            if known:
                action(pid, children)
            return {"known": int(known), "signal": children.gone.get(pid, 0)}
    return None


def _kill(pid: int, _: _Children) -> None:
    os.kill(pid, signal.SIGKILL)


def _slow(pid: int, _: _Children) -> None:
    os.setpriority(os.PRIO_PROCESS, pid, _NICENESS)


def _bury(pid: int, children: _Children) -> None:
    """Wait for the end of one that dies by itself, not for long; then kill it."""
    end = time.monotonic() + _DYING_SECONDS
    while pid in children.alive and time.monotonic() < end:
        time.sleep(0.001)
        _reap(children)
    if pid in children.alive:
        os.kill(pid, signal.SIGKILL)


_ACTIONS: dict[str, Callable[[int, _Children], None]] = {"kill": _kill, "slow": _slow, "bury": _bury}


def _forked(request: Request, descriptor: int, inherited: tuple[int, ...]) -> int:
    parent = os.getpid()
    pid = os.fork()
    if pid == 0:
        _become_worker(request, descriptor, parent, inherited)
    os.close(descriptor)
    return pid


def _become_worker(request: Request, descriptor: int, parent: int, inherited: tuple[int, ...]) -> None:
    """Never returns: a worker must not run what is left of the zygote."""
    status = 1
    try:
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        isolation.die_with_parent(parent)
        for handle in inherited:
            os.close(handle)
        worker.run(socket.socket(fileno=descriptor), request.store, request.memory)
        status = 0
    except MemoryError:
        os.abort()  # as the engine does when its memory runs out
    finally:
        os._exit(status)


def _reap(children: _Children) -> None:
    while children.alive:
        pid, status = os.waitpid(-1, os.WNOHANG)
        if pid == 0:
            return
        children.alive.discard(pid)
        children.gone[pid] = os.WTERMSIG(status) if os.WIFSIGNALED(status) else 0
        while len(children.gone) > _MOST_GONE:
            del children.gone[next(iter(children.gone))]


if __name__ == "__main__":
    main(int(sys.argv[1]))
