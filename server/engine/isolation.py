"""What a query worker gives up before it sees a query: life without its parent, memory without end, connections, other programs."""

import contextlib
import ctypes
import logging
import os
import platform
import resource
import signal
import socket
import struct
import sys

log = logging.getLogger(__name__)

# Numbers from the kernel's syscall tables; <linux/audit.h> for the architectures.
_FORBIDDEN: dict[str, tuple[int, tuple[int, ...]]] = {
    # machine: architecture, (socket, connect, execve, execveat, ptrace, io_uring_setup)
    "x86_64": (0xC000003E, (41, 42, 59, 322, 101, 425)),
    "aarch64": (0xC00000B7, (198, 203, 221, 281, 117, 425)),
}
_PR_SET_PDEATHSIG, _PR_SET_SECCOMP, _PR_SET_NO_NEW_PRIVS, _SECCOMP_MODE_FILTER = 1, 22, 38, 2
_LOAD, _JUMP_IF_EQUAL, _JUMP_IF_GREATER_OR_EQUAL, _RETURN = 0x20, 0x15, 0x35, 0x06
_ALLOW, _REFUSE = 0x7FFF0000, 0x00050000 | 13  # SECCOMP_RET_ERRNO with EACCES
_X32_BIT = 0x40000000
_PR_GET_SECCOMP = 21
_CLONE_NEWUSER, _CLONE_NEWNET = 0x10000000, 0x40000000
_OOM_SCORE = "1000"  # the most


class NotIsolated(Exception):
    """The system offers nothing that keeps a process from opening connections."""


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("instructions", ctypes.c_char_p))


def die_with_parent(parent: int) -> None:
    """Have the kernel kill this process when that parent ends, which must have no threads (prctl(2)); Linux only."""
    if sys.platform != "linux":
        return
    _prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:  # It ended before the call above.
        os.kill(os.getpid(), signal.SIGKILL)


def _prctl(option: int, argument: int, pointer: int | None = None) -> bool:
    return _prctl_result(option, argument, pointer) == 0


def _prctl_result(option: int, argument: int, pointer: int | None = None) -> int:
    prctl = ctypes.CDLL(None).prctl
    prctl.argtypes = (ctypes.c_int, ctypes.c_ulong, ctypes.c_void_p, ctypes.c_ulong, ctypes.c_ulong)
    return int(prctl(option, argument, pointer, 0, 0))


def limit_memory(mebibytes: int) -> None:
    """Let this process use that much address space beyond what it has now; past it, it aborts."""
    if sys.platform != "linux":
        return
    with open("/proc/self/statm", encoding="ascii") as file:
        used = int(file.read().split()[0]) * resource.getpagesize()
    limit = used + (mebibytes << 20)
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def die_first() -> None:
    """Have the kernel take this process before others where the machine's memory runs out; Linux only."""
    with contextlib.suppress(OSError), open("/proc/self/oom_score_adj", "w", encoding="ascii") as file:
        file.write(_OOM_SCORE)


def forbid_connections() -> bool:
    """Take from this process and the threads that it starts later, for good, the means to open a connection or start a program.

    On Linux by a seccomp filter (seccomp(2)). Where that cannot be had, False: then the network is taken from the
    process if the system lets us (unshare(2)), and `forbid_files` must be called when all files are open.
    """
    if sys.platform == "linux" and platform.machine() in _FORBIDDEN and _filter_system_calls(*_FORBIDDEN[platform.machine()]):
        return True
    if sys.platform == "linux":
        unshare = ctypes.CDLL(None).unshare
        if unshare(_CLONE_NEWNET) != 0:
            unshare(_CLONE_NEWUSER | _CLONE_NEWNET)
    return False


def forbid_files() -> None:
    """Let this process open no further file or connection, whatever it is; raises NotIsolated if one can be opened all the same."""
    lowest_free = os.dup(0)
    os.close(lowest_free)
    resource.setrlimit(resource.RLIMIT_NOFILE, (lowest_free, lowest_free))
    try:
        socket.socket().close()
    except OSError:
        return
    raise NotIsolated


def warn_without_filter() -> None:
    """Log it where workers must do without the filter. The kernel says 2 where systemd or a container has set one already."""
    if not (sys.platform == "linux" and platform.machine() in _FORBIDDEN and _prctl_result(_PR_GET_SECCOMP, 0) >= 0):
        log.warning("this system has no seccomp filters: query processes are kept from connecting by allowing them no new file descriptors")


def _filter_system_calls(architecture: int, forbidden: tuple[int, ...]) -> bool:
    count = len(forbidden)
    code = [
        _instruction(_LOAD, 0, 0, 4),
        _instruction(_JUMP_IF_EQUAL, 0, count + 3, architecture),
        _instruction(_LOAD, 0, 0, 0),
        _instruction(_JUMP_IF_GREATER_OR_EQUAL, count + 1, 0, _X32_BIT),
        *(_instruction(_JUMP_IF_EQUAL, count - number, 0, call) for number, call in enumerate(forbidden)),
        _instruction(_RETURN, 0, 0, _ALLOW),
        _instruction(_RETURN, 0, 0, _REFUSE),
    ]
    program = _Program(len(code), b"".join(code))
    return _prctl(_PR_SET_NO_NEW_PRIVS, 1) and _prctl(_PR_SET_SECCOMP, _SECCOMP_MODE_FILTER, ctypes.addressof(program))


def _instruction(code: int, if_true: int, if_false: int, operand: int) -> bytes:
    return struct.pack("=HBBI", code, if_true, if_false, operand)
