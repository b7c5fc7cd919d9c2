"""Every setting of the server, with its default and help; TOML file < environment LITLOD_* < command-line flag."""

import logging
import math
import os
import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import Field, dataclass, field, fields
from difflib import get_close_matches
from pathlib import Path
from urllib.parse import urlsplit

from rdfgen.errors import InputError, UsageError
from rdfgen.web import is_web_address

log = logging.getLogger(__name__)

_PROCESSORS = os.cpu_count() or 1


@dataclass(frozen=True, slots=True)
class Config:
    """One field a setting."""

    data: str = field(default="data", metadata={"help": "Data directory with the releases that `litlod build` makes."})
    host: str = field(default="127.0.0.1", metadata={"help": "Address to listen on; 0.0.0.0 is the whole network."})
    port: int = field(default=8000, metadata={"help": "Port to listen on; 0 takes any that is free."})
    threads: int = field(
        default=max(64, 4 * _PROCESSORS),
        metadata={"help": "Requests answered at the same time; queries take at most workers + max_queue of them, and leave 4 to the rest."},
    )
    workers: int = field(
        default=2 * _PROCESSORS + 2,
        metadata={"help": "Query processes: SPARQL queries evaluated at the same time; long ones give way to short ones."},
    )
    ready_workers: int = field(
        default=2, metadata={"help": "Query processes that are kept ready before anybody asks; more are started when they are needed."}
    )
    query_timeout: float = field(
        default=30.0,
        metadata={"help": "Seconds, from when a query has a process, after which that is killed, reading its result included."},
    )
    queue_timeout: float = field(default=5.0, metadata={"help": "Seconds that a query waits for a free process before it gets 503."})
    max_queue: int = field(
        default=32, metadata={"help": "Queries that may wait for a free process; more get 503 at once. Each holds one of the threads."}
    )
    max_queue_per_client: int = field(
        default=16,
        metadata={"help": "Queries of one client that may wait; clients take turns. Behind a proxy, it must tell who they are."},
    )
    drain_timeout: float = field(
        default=10.0, metadata={"help": "Seconds that running queries get to finish when the server is told to stop (SIGTERM)."}
    )
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
    max_query_patterns: int = field(
        default=100,
        metadata={
            "help": "Triple patterns joined in one group, or as many as take the planner as long: about half a second for 100, "
            "and 16 times as long for twice as many. UNION branches and small OPTIONAL groups take little of it."
        },
    )
    max_query_branches: int = field(
        default=500,
        metadata={
            "help": "UNION, OPTIONAL, FILTER, AS and the like, operators such as || and + in expressions, | in paths, IRIs of DESCRIBE: "
            "planning slows down with their square, and some thousands crash the engine. Items of VALUES and IN are not counted."
        },
    )
    max_query_path: int = field(
        default=20,
        metadata={"help": "Steps (/) of one property path; those of a repeated or alternative path double the time of planning, each."},
    )
    max_query_variables: int = field(
        default=1000, metadata={"help": "Different variables of a query; tens of thousands would stall the engine for seconds."}
    )
    max_query_prefix: int = field(
        default=2000, metadata={"help": "Longest IRI of PREFIX or BASE, in characters; each name that uses it becomes as long."}
    )
    max_rows: int = field(
        default=0, metadata={"help": "Most rows of one answer, 0 for no limit; the answer says so and where the next ones are."}
    )
    max_graph_triples: int = field(
        default=2_000_000, metadata={"help": "Largest graph that /graph sends whole; query_timeout must be enough for it."}
    )
    max_downloads: int = field(
        default=256, metadata={"help": "Dump files sent at the same time; more get 503. They hold a connection each, but no thread."}
    )
    cache_memory: int = field(
        default=64, metadata={"help": "MiB of memory for answers that are kept until the release changes; 0 keeps none."}
    )
    cache_disk: int = field(
        default=0,
        metadata={"help": "MiB of answers that are kept in files below the data directory, where they outlive a restart; 0 keeps none."},
    )
    normalize_iris: bool = field(
        default=False, metadata={"help": "Whether queries that do not say normalize-iris get IRIs in other spellings rewritten."}
    )
    service_endpoints: tuple[str, ...] = field(
        default=(), metadata={"help": "SPARQL endpoints that SERVICE may ask, separated by commas; without any, SERVICE is refused."}
    )
    service_private_hosts: tuple[str, ...] = field(
        default=(),
        metadata={"help": "Hosts of service_endpoints that may have a private address; an address written there itself is allowed anyway."},
    )
    service_timeout: float = field(default=20.0, metadata={"help": "Seconds for each SERVICE clause, within those of its query."})
    service_max_bytes: int = field(
        default=16 << 20, metadata={"help": "Largest answer to a SERVICE clause; it takes about ten times as much memory when it is read."}
    )
    service_max_rows: int = field(default=100_000, metadata={"help": "Most solutions of a SERVICE clause."})
    service_bindings: int = field(
        default=1_000, metadata={"help": "Most values found here that are sent with a SERVICE clause; if there are more, none are sent."}
    )
    service_requests: int = field(
        default=4, metadata={"help": "Queries that wait for other endpoints at the same time; each holds one of the threads."}
    )
    trusted_proxies: int = field(
        default=0,
        metadata={"help": "Reverse proxies in front, whose X-Forwarded-For tells the client's address; with 0 anybody could make that up."},
    )
    rate_limit: str = field(
        default="", metadata={"help": "Requests that one client may send, such as 60/minute; more get 429. Needs the extra 'limits'."}
    )
    access_log: bool = field(
        default=False, metadata={"help": "Whether each request is logged, as a line of JSON; what was asked in a query is not in it."}
    )
    query_log: str = field(
        default="off",
        metadata={
            "help": "How queries are logged: off, full, or hashed, which shows only that two are the same until the server stops.",
            "choices": ("off", "full", "hashed"),
        },
    )
    log_clients: str = field(
        default="hashed",
        metadata={"help": "How the log tells clients: full (their addresses), hashed or off.", "choices": ("full", "hashed", "off")},
    )
    log_file: str = field(default="", metadata={"help": "File for the log; without one it goes to the standard error output."})
    operator_host: str = field(
        default="", metadata={"help": "Address for operators (/metrics, /operator); these paths are not there at any other."}
    )
    operator_port: int = field(default=8001, metadata={"help": "Port at operator_host; 0 takes any that is free."})
    operator_token: str = field(
        default="",
        metadata={
            "help": "Secret of 16 characters or more that operators send as Authorization: Bearer; never an option, others could read it.",
            "secret": True,
        },
        repr=False,
    )

    @property
    def has_operators(self) -> bool:
        """Whether there is a way to the operators' part."""
        return bool(self.operator_host or self.operator_token)


def read_config(flags: Mapping[str, object], path: str | None = None, environment: Mapping[str, str] = os.environ) -> Config:
    """The settings of a TOML file, the environment and flags, the later ones first; flags that are None say nothing.

    Raises UsageError for a name or value that makes no sense, InputError for a file that cannot be read. A variable LITLOD_* that is
    no setting may be meant for others: it is a warning.
    """
    found: dict[str, object] = _file_settings(path) if path else {}
    _warn_of_unknown(environment)
    found |= {name: environment[variable] for variable, name in _VARIABLES.items() if variable in environment}
    found |= {name: value for name, value in flags.items() if value is not None}
    return Config(**{name: _converted(name, value) for name, value in found.items()})  # type: ignore[arg-type]  # by _TYPES


def default_text(row: "Field[object]") -> str:
    """The default of a setting as manuals show it.

    >>> [default_text(row) for row in fields(Config) if row.name in ("host", "query_timeout", "log_file", "service_endpoints")]
    ['127.0.0.1', '30', 'none', 'none']
    """
    if isinstance(row.default, tuple):
        return ",".join(row.default) or "none"
    return f"{row.default:g}" if isinstance(row.default, float) else str(row.default) or "none"


def truth(text: str) -> bool:
    """The truth value that the text is; ValueError if it is none.

    >>> truth("true"), truth("0")
    (True, False)
    """
    if text.casefold() not in _TRUTHS:
        raise ValueError(f"{text!r} is neither true nor false")
    return _TRUTHS[text.casefold()]


def listed(text: str) -> tuple[str, ...]:
    """The parts between commas, without white space around them.

    >>> listed("a, b,"), listed("")
    (('a', 'b'), ())
    """
    return tuple(part.strip() for part in text.split(",") if part.strip())


def is_endpoint(url: str) -> bool:
    """Whether a request can be sent to that address: http or https, and no credentials in it.

    >>> is_endpoint("https://x.example/sparql"), is_endpoint("https://me:secret@x.example/"), is_endpoint("file:///etc")
    (True, False, False)
    """
    return is_web_address(url) and "@" not in urlsplit(url).netloc


_TRUTHS = {"true": True, "1": True, "yes": True, "on": True, "false": False, "0": False, "no": False, "off": False}
_Setting = int | float | str | tuple[str, ...]
_CONVERTERS: dict[type, Callable[[str], _Setting]] = {int: int, float: float, str: str, bool: truth, tuple: listed}
_TYPES: dict[str, Callable[[str], _Setting]] = {row.name: _CONVERTERS[type(row.default)] for row in fields(Config)}
_VARIABLES = {f"LITLOD_{name.upper()}": name for name in _TYPES}


def _is_positive(value: float) -> bool:
    return 0 < value < math.inf


_IN_RANGE: dict[str, Callable[[float], bool]] = {
    "port": lambda value: 0 <= value <= 65535,
    "cache_memory": lambda value: 0 <= value < math.inf,
    "cache_disk": lambda value: 0 <= value < math.inf,
    "drain_timeout": lambda value: 0 <= value <= 86_400,
    "max_queue": lambda value: value >= 0,
    "ready_workers": lambda value: value >= 0,
    "max_rows": lambda value: value >= 0,
    "trusted_proxies": lambda value: 0 <= value <= 20,
    "operator_port": lambda value: 0 <= value <= 65535,
    "send_timeout": lambda value: 0 < value <= 86_400,  # Sockets take no time of any length.
    "receive_timeout": lambda value: 0 < value <= 86_400,
}


_SHORTEST_SECRET = 16
_SECRET = re.compile(rf"[!-~]{{{_SHORTEST_SECRET},}}")
_PARTS: dict[str, Callable[[str], bool]] = {"service_endpoints": is_endpoint}


def _file_settings(path: str) -> dict[str, object]:
    try:
        return tomllib.loads(Path(path).read_text(encoding="utf-8"))
    except OSError as error:
        raise InputError(f"{path}: error: {error.strerror}") from error
    except tomllib.TOMLDecodeError as error:
        raise UsageError(f"{path}: error: not TOML: {error}") from error


def _warn_of_unknown(environment: Mapping[str, str]) -> None:
    for name in sorted(environment):
        if name.startswith("LITLOD_") and name not in _VARIABLES:
            near = get_close_matches(name.removeprefix("LITLOD_").casefold(), _TYPES, 1)
            cure = f"is LITLOD_{near[0].upper()} meant?" if near else "litlod serve --help has all"
            log.warning("%s: warning: no setting has this name; %s", name, cure)


def _converted(name: str, value: object) -> object:
    if name not in _TYPES:
        raise UsageError(f"unknown setting {name!r}: choose from {', '.join(_TYPES)}")
    try:
        converted = tuple(map(str, value)) if isinstance(value, list | tuple) else _TYPES[name](str(value))
    except ValueError as error:
        raise UsageError(f"setting {name!r}: {value!r} is no {type(getattr(Config(), name)).__name__}") from error
    if isinstance(converted, str):
        return _checked_text(name, converted)
    if isinstance(converted, tuple):
        return _checked_list(name, converted)
    if not isinstance(converted, bool) and not _IN_RANGE.get(name, _is_positive)(converted):
        raise UsageError(f"setting {name!r}: {value!r} is out of range; --help says what it is for")
    return converted


def _checked_text(name: str, text: str) -> str:
    """A setting that is text; one that is a secret is not shown."""
    choices = next(row for row in fields(Config) if row.name == name).metadata.get("choices")
    if choices and text not in choices:
        raise UsageError(f"setting {name!r}: {text!r} is none of {', '.join(choices)}")
    if name == "operator_token" and text and not _SECRET.fullmatch(text):
        raise UsageError(f"setting {name!r}: {_SHORTEST_SECRET} or more visible ASCII characters, such as `openssl rand -hex 24` makes")
    return text


def _checked_list(name: str, values: tuple[str, ...]) -> tuple[str, ...]:
    """A setting that is a list; a list for one that is none has no converter for its parts."""
    if _TYPES[name] is not listed:
        raise UsageError(f"setting {name!r}: takes one value, not a list")
    for value in values:
        if not _PARTS.get(name, bool)(value):
            raise UsageError(f"setting {name!r}: {value!r} is none; --help says what it is for")
    return values
