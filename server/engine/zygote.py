"""The parent of the query workers: a small process without threads that forks and kills them on request.

Forking a process that has threads is not safe, and the web process has some; so it starts this one once
(`python -m server.engine.zygote FD`) and asks over a Unix socket. When the web process is gone, for whatever
reason, so are all workers.
"""

import json
import os
import select
import signal
import socket
import sys

from server.engine import isolation, worker

_MESSAGE_BYTES = 16 << 10


def main(descriptor: int) -> None:
    """Serve requests from the socket with that file descriptor until its other end is closed."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    wake_up, woken = os.pipe()
    os.set_blocking(woken, False)
    os.set_blocking(wake_up, False)
    signal.set_wakeup_fd(woken)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    children: set[int] = set()
    try:
        with socket.socket(fileno=descriptor) as control:
            _serve(control, children, (wake_up, woken))
    finally:
        for pid in children:
            os.kill(pid, signal.SIGKILL)


def _serve(control: socket.socket, children: set[int], pipe: tuple[int, int]) -> None:
    wake_up, _ = pipe
    while True:
        ready, _, _ = select.select([control.fileno(), wake_up], [], [])
        if wake_up in ready:
            os.read(wake_up, 4096)
            _reap(children)
        if control.fileno() in ready and not _serve_one(control, children, pipe):
            return


def _serve_one(control: socket.socket, children: set[int], inherited: tuple[int, int]) -> bool:
    message, descriptors, _, _ = socket.recv_fds(control, _MESSAGE_BYTES, 1)
    if not message:
        return False
    request = json.loads(message)
    if "kill" in request:
        known = request["kill"] in children
        if known:
            os.kill(request["kill"], signal.SIGKILL)
        control.sendall(json.dumps({"killed": known}).encode())
        return True
    parent = os.getpid()
    pid = os.fork()
    if pid == 0:
        _become_worker(request, descriptors[0], parent, (control.fileno(), *inherited))
    os.close(descriptors[0])
    children.add(pid)
    control.sendall(json.dumps({"pid": pid, "session": os.getsid(0)}).encode())
    return True


def _become_worker(request: dict[str, str | int], descriptor: int, parent: int, inherited: tuple[int, ...]) -> None:
    """Never returns: a worker must not run what is left of the zygote."""
    status = 1
    try:
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        isolation.die_with_parent(parent)
        for handle in inherited:
            os.close(handle)
        worker.run(socket.socket(fileno=descriptor), str(request["store"]), int(request["memory"]))
        status = 0
    finally:
        os._exit(status)


def _reap(children: set[int]) -> None:
    while children:
        pid, _ = os.waitpid(-1, os.WNOHANG)
        if pid == 0:
            return
        children.discard(pid)


if __name__ == "__main__":
    main(int(sys.argv[1]))
