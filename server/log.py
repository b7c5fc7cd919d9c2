"""The log of requests and queries: one JSON object a line, with as little about people as the settings ask for."""

import hashlib
import json
import logging
import re
import secrets
import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from logging.handlers import WatchedFileHandler
from urllib.parse import parse_qs

from rdfgen.errors import InputError
from server.clients import client_name
from server.config import Config
from server.record import Record

# A User-Agent is of the first kind whose pattern is found in it.
_AGENTS: dict[str, re.Pattern[str]] = {
    kind: re.compile(pattern, re.IGNORECASE)
    for kind, pattern in {
        "none": r"^$",
        "bot": r"bot\b|crawl|spider|slurp|archiver",
        "monitor": r"prometheus|monitor|uptime|health|check_http|kube-probe",
        "javascript": r"comunica|node|axios|undici|deno",
        "python": r"python|rdflib|sparqlwrapper|aiohttp|httpx",
        "java": r"java|jena|rdf4j|apache-httpclient|okhttp",
        "r": r"libcurl.*\br|httr|\br \(",
        "command line": r"^curl|^wget|httpie|roqet|rasqal|raptor",
        "engine": r"oxigraph|virtuoso|qlever|graphdb|blazegraph|fuseki|stardog",
        "browser": r"^mozilla/",
    }.items()
}
_COMPLETION = "ac=1"
LOG = "litlod-log"

_Hash = Callable[[str], str]


@dataclass(frozen=True, slots=True)
class Log:
    """Where the lines of requests go; threads may share it."""

    config: Config
    handler: logging.Handler
    hashed: _Hash

    def write(self, record: Record) -> None:
        """The line of a request, if the settings want it."""
        if self.config.access_log or record.is_query:
            text = json.dumps(_line(record, self.config, self.hashed))
            self.handler.handle(logging.LogRecord("litlod", logging.INFO, "", 0, text, None, None))

    def close(self) -> None:
        """Close the file."""
        self.handler.close()


def log_of(config: Config) -> Log | None:
    """The log, if the settings want any."""
    if not config.access_log and config.query_log == "off":
        return None
    return Log(config, _handler(config.log_file), _keyed_hash(secrets.token_bytes(32)))


def check_log(config: Config) -> None:
    """Raises InputError if the log's file cannot be written."""
    if config.log_file:
        _handler(config.log_file).close()


def _handler(path: str) -> logging.Handler:
    """Writes to the end of the file, whatever another program makes of it meanwhile, and to a new one when it has been moved away."""
    if not path:
        return logging.StreamHandler(sys.stderr)
    try:
        return WatchedFileHandler(path, encoding="ascii")
    except OSError as error:
        raise InputError(f"{path}: error: {error.strerror}; choose another log_file") from error


def _line(record: Record, config: Config, hashed: _Hash) -> dict[str, object]:
    line: dict[str, object] = {
        "time": datetime.now(UTC).isoformat(timespec="milliseconds"),
        "id": record.id,
        "client": _CLIENTS[config.log_clients](record.address, hashed),
        "method": record.method,
        "path": record.path.encode("latin-1", "replace").decode("utf-8", "replace"),  # PEP 3333
        "status": record.status,
        "bytes": record.bytes,
        "ms": _milliseconds(record.seconds),
        "whole": record.is_whole,
        "agent": agent_kind(record.agent),
    }
    return line | _query(record, config.query_log, hashed) if record.is_query else line


_CLIENTS: dict[str, Callable[[str, _Hash], str | None]] = {
    "full": lambda address, _: address,
    "hashed": lambda address, hashed: hashed(client_name(address)),
    "off": lambda *_: None,
}


def _query(record: Record, kind: str, hashed: _Hash) -> dict[str, object]:
    """What is said about a query; its text only where that is wanted."""
    line: dict[str, object] = {
        "form": record.form or None,
        "outcome": record.ended(),
        "answered_by": record.origin or None,
        "waited_ms": _milliseconds(record.waited),
        "ran_ms": _milliseconds(record.ran),
        "completion": _COMPLETION in record.query_string.split("&"),
    }
    if kind == "off":
        return line
    text = _text(record)
    return line | ({"query": text} if kind == "full" else {"query_hash": hashed(text)})


def _text(record: Record) -> str:
    """The query; of a request that was answered from memory nobody has read it yet."""
    if record.text is not None:
        return record.text
    return parse_qs(record.query_string, keep_blank_values=True).get("query", [""])[0]


@lru_cache(maxsize=1024)
def agent_kind(agent: str) -> str:
    """What kind of program a User-Agent says that it is.

    >>> agent_kind("Mozilla/5.0 (X11; Linux x86_64) Gecko/20100101"), agent_kind("curl/8.5.0"), agent_kind("x")
    ('browser', 'command line', 'other')
    """
    return next((kind for kind, pattern in _AGENTS.items() if pattern.search(agent)), "other")


def _keyed_hash(key: bytes) -> _Hash:
    """A hash that nobody can compute who has not the key, which dies with the process: guessing what was hashed is of no use."""
    return lambda text: hashlib.blake2b(text.encode("utf-8", "surrogatepass"), key=key, digest_size=12).hexdigest()


def _milliseconds(seconds: float) -> float:
    return round(seconds * 1000, 3)
