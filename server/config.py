"""Every setting of the server, with its default and help; TOML file < environment LITLOD_* < command-line flag."""

import math
import os
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path

from rdfgen.errors import InputError, UsageError


@dataclass(frozen=True, slots=True)
class Config:
    """One field a setting."""

    data: str = field(default="data", metadata={"help": "Data directory with the releases that `litlod build` makes."})
    host: str = field(default="127.0.0.1", metadata={"help": "Address to listen on; 0.0.0.0 is the whole network."})
    port: int = field(default=8000, metadata={"help": "Port to listen on; 0 takes any that is free."})
    threads: int = field(default=16, metadata={"help": "Requests answered at the same time."})
    workers: int = field(default=os.cpu_count() or 1, metadata={"help": "Query processes: SPARQL queries evaluated at the same time."})
    query_timeout: float = field(
        default=30.0, metadata={"help": "Seconds after which a query's process is killed, reading its result included."}
    )
    queue_timeout: float = field(default=5.0, metadata={"help": "Seconds that a query waits for a free process before it gets 503."})
    send_timeout: float = field(
        default=30.0, metadata={"help": "Seconds that a client may leave what is sent to it unread before it is cut off."}
    )
    receive_timeout: float = field(
        default=10.0, metadata={"help": "Seconds that a client may leave a request unfinished without sending more of it."}
    )
    worker_memory: int = field(default=2048, metadata={"help": "MiB that a query process may use beyond what it starts with."})
    max_query_bytes: int = field(
        default=250_000, metadata={"help": "Longest query; longer ones get 413. Large VALUES lists of federated queries need room."}
    )
    max_query_depth: int = field(
        default=100, metadata={"help": "Deepest nesting of brackets in a query; thousands of levels would crash the engine."}
    )
    normalize_iris: bool = field(
        default=False, metadata={"help": "Whether queries that do not say normalize-iris get IRIs in other spellings rewritten."}
    )


def read_config(flags: Mapping[str, object], path: str | None = None, environment: Mapping[str, str] = os.environ) -> Config:
    """The settings of a TOML file, the environment and flags, the later ones first; flags that are None say nothing.

    Raises UsageError for a name or value that makes no sense, InputError for a file that cannot be read.
    """
    found: dict[str, object] = _file_settings(path) if path else {}
    for name in _TYPES:
        if f"LITLOD_{name.upper()}" in environment:
            found[name] = environment[f"LITLOD_{name.upper()}"]
    found |= {name: value for name, value in flags.items() if value is not None}
    return Config(**{name: _converted(name, value) for name, value in found.items()})  # type: ignore[arg-type]  # by _TYPES


def truth(text: str) -> bool:
    """The truth value that the text is; ValueError if it is none.

    >>> truth("true"), truth("0")
    (True, False)
    """
    if text.casefold() not in _TRUTHS:
        raise ValueError(f"{text!r} is neither true nor false")
    return _TRUTHS[text.casefold()]


_TRUTHS = {"true": True, "1": True, "yes": True, "on": True, "false": False, "0": False, "no": False, "off": False}
_CONVERTERS: dict[type, Callable[[str], int | float | str]] = {int: int, float: float, str: str, bool: truth}
_TYPES: dict[str, Callable[[str], int | float | str]] = {row.name: _CONVERTERS[type(row.default)] for row in fields(Config)}


def _is_positive(value: float) -> bool:
    return 0 < value < math.inf


_IN_RANGE: dict[str, Callable[[float], bool]] = {
    "port": lambda value: 0 <= value <= 65535,
    "send_timeout": lambda value: 0 < value <= 86_400,  # Sockets take no time of any length.
    "receive_timeout": lambda value: 0 < value <= 86_400,
}


def _file_settings(path: str) -> dict[str, object]:
    try:
        return tomllib.loads(Path(path).read_text(encoding="utf-8"))
    except OSError as error:
        raise InputError(f"{path}: error: {error.strerror}") from error
    except tomllib.TOMLDecodeError as error:
        raise UsageError(f"{path}: error: not TOML: {error}") from error


def _converted(name: str, value: object) -> object:
    if name not in _TYPES:
        raise UsageError(f"unknown setting {name!r}: choose from {', '.join(_TYPES)}")
    try:
        converted = _TYPES[name](str(value))
    except ValueError as error:
        raise UsageError(f"setting {name!r}: {value!r} is no {type(getattr(Config(), name)).__name__}") from error
    if not isinstance(converted, str | bool) and not _IN_RANGE.get(name, _is_positive)(converted):
        raise UsageError(f"setting {name!r}: {value!r} is out of range; --help says what it is for")
    return converted
