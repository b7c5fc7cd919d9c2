"""The query processes as the web process sees them, and the parent through which it starts and kills them."""

import contextlib
import logging
import os
import select
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from io import BufferedReader
from pathlib import Path

import msgspec

from server.engine.query import QueryFailed
from server.engine.wire import Frame, reader, receive

log = logging.getLogger(__name__)

_LONGEST_LINE = 1_000
_PATIENCE = 10.0  # Seconds after which a parent that does not reply is taken for gone.


@dataclass(eq=False, slots=True)
class Worker:
    """One worker process. `session` is its zygote's pid, by which its own is told from one that was given anew;
    `idle_since` tells how long it has waited, `is_nice` that it gives way to others and so is not used again.
    """

    pid: int
    session: int
    connection: socket.socket
    store: str
    idle_since: float = 0.0
    is_nice: bool = False
    _reader: BufferedReader = field(init=False)

    def __post_init__(self) -> None:
        self._reader = reader(self.connection)

    def receive(self) -> tuple[Frame, bytes]:
        """Its next frame; EOFError or OSError if it is gone."""
        return receive(self._reader)

    def died(self) -> bool:
        """Whether an idle worker is gone: only then is there anything to read from it."""
        poll = select.poll()
        poll.register(self.connection, select.POLLIN)
        return bool(poll.poll(0))

    def close(self) -> None:
        """Give up the connection; only for the one who reads from it, or when nobody does."""
        self._reader.close()
        self.connection.close()


class Zygote:
    """Starts and kills workers through a process of its own; that process is started when first needed."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._control: socket.socket | None = None
        self._is_closed = False

    def spawn(self, store: str, memory: int) -> Worker:
        """A new worker on that store, which may still be opening it; QueryFailed if none can be started."""
        request: dict[str, object] = {"store": store, "memory": memory}
        with contextlib.ExitStack() as on_failure:
            try:
                ours, theirs = socket.socketpair()
                on_failure.enter_context(ours)
                with theirs, self._lock:
                    reply = self._ask(request, [theirs.fileno()]) or self._ask(request, [theirs.fileno()])
            except OSError as error:
                raise QueryFailed(f"no query process can be started: {error.strerror}") from error
            if not reply:
                raise QueryFailed("no query process can be started")
            on_failure.pop_all()
        return Worker(reply["pid"], reply["session"], ours, store)

    def kill(self, worker: Worker) -> None:
        """Kill a worker at once, whatever it does; whoever reads from it sees the end."""
        with contextlib.suppress(OSError):
            worker.connection.shutdown(socket.SHUT_RDWR)
        if not self._told({"kill": worker.pid}).get("known"):
            _kill_orphan(worker)

    def give_way(self, worker: Worker) -> None:
        """Let a worker run only when no other process wants the processor, or nearly so."""
        worker.is_nice = True
        self._told({"slow": worker.pid})

    def cause_of_death(self, worker: Worker) -> int:
        """The signal that ended a worker whose connection is closed; 0 if there was none or nobody knows. It is dead then."""
        return self._told({"bury": worker.pid}).get("signal", 0)

    def close(self) -> None:
        """Kill all workers and their parent; there will be no other."""
        with self._lock:
            self._is_closed = True
            self._stop()

    def _told(self, request: dict[str, object]) -> Mapping[str, int]:
        """The reply of the present parent; nothing if there is none."""
        with self._lock:
            return (self._ask(request, []) if self._control is not None else None) or {}

    def _ask(self, request: dict[str, object], descriptors: list[int]) -> dict[str, int] | None:
        """The parent's reply, or None if it is gone; then the next request starts a new one."""
        if self._is_closed:
            return None
        control = self._control or self._start()
        try:
            socket.send_fds(control, [msgspec.json.encode(request)], descriptors)
            reply = control.recv(4096)
        except OSError:
            reply = b""
        if reply:
            return msgspec.json.decode(reply, type=dict[str, int])
        log.warning("the parent of the query processes is gone; a new one will be started")
        self._stop()
        return None

    def _start(self) -> socket.socket:
        ours, theirs = socket.socketpair()
        with contextlib.ExitStack() as on_failure, theirs:
            on_failure.enter_context(ours)
            ours.settimeout(_PATIENCE)
            paths = [str(Path(__file__).resolve().parents[2]), os.environ.get("PYTHONPATH")]
            environment = os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, paths))}
            command = [sys.executable, "-P", "-m", "server.engine.zygote", str(theirs.fileno())]
            self._process = subprocess.Popen(  # noqa: S603
                command, pass_fds=[theirs.fileno()], start_new_session=True, env=environment, stderr=subprocess.PIPE
            )
            on_failure.pop_all()
        threading.Thread(target=_log_lines, args=(self._process,), name="query-stderr", daemon=True).start()
        self._control = ours
        return ours

    def _stop(self) -> None:
        if self._control is not None:
            self._control.close()
        if self._process is not None:
            try:
                self._process.wait(1)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
        self._control = self._process = None


def _log_lines(process: subprocess.Popen[bytes]) -> None:
    """What the query processes say (the allocator's last words, RocksDB's complaints) goes to the log, a line each."""
    assert process.stderr is not None
    with process.stderr:
        while line := process.stderr.readline(_LONGEST_LINE):
            if text := line.decode("utf-8", "replace").strip():
                log.warning("query process: %s", text)


def _kill_orphan(worker: Worker) -> None:
    """Kill a worker that the present zygote knows nothing of, if it still runs."""
    with contextlib.suppress(ProcessLookupError):
        if os.getsid(worker.pid) == worker.session:
            os.kill(worker.pid, signal.SIGKILL)
