"""What a query worker gives up before it sees a query: life without its parent, memory without end, connections, other programs."""

import ctypes
import os
import platform
import resource
import signal
import struct
import sys

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
    prctl = ctypes.CDLL(None).prctl
    prctl.argtypes = (ctypes.c_int, ctypes.c_ulong, ctypes.c_void_p, ctypes.c_ulong, ctypes.c_ulong)
    return bool(prctl(option, argument, pointer, 0, 0) == 0)


def limit_memory(mebibytes: int) -> None:
    """Let this process use that much address space beyond what it has now; past it, it aborts."""
    if sys.platform != "linux":
        return
    with open("/proc/self/statm", encoding="ascii") as file:
        used = int(file.read().split()[0]) * resource.getpagesize()
    limit = used + (mebibytes << 20)
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def forbid_connections() -> None:
    """Take from this process, for good, the means to open a connection or start a program.

    On Linux by a seccomp filter (seccomp(2)); elsewhere by allowing no further file descriptors.
    """
    if sys.platform == "linux" and platform.machine() in _FORBIDDEN and _filter_system_calls(*_FORBIDDEN[platform.machine()]):
        return
    highest = max(int(name) for name in os.listdir("/dev/fd"))
    resource.setrlimit(resource.RLIMIT_NOFILE, (highest, highest))


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
