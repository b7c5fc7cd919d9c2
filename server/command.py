"""`litlod serve`: the web application under gunicorn."""

import math
import resource
import socket
import struct
from dataclasses import fields, replace
from pathlib import Path

import click
from flask import Flask
from gunicorn.app.base import BaseApplication

from rdfgen.errors import InputError
from rdfgen.release.directory import DataDirectory
from rdfgen.release.manifest import read_manifest
from server import create_app
from server.config import Config, default_text, read_config
from server.limiting import check_limits
from server.log import check_log
from server.services import Services
from server.web_process import WebProcess, note_replayed

# What is not a query, such as a download, gets so much more time when the server is told to stop.
_GRACE_SECONDS = 3
_MOST_CONNECTIONS = 4_000


def _options(command: click.Command) -> click.Command:
    """One option a setting of Config, secrets excepted."""
    for row in fields(Config):
        flag = "--" + row.name.replace("_", "-")
        if row.metadata.get("secret"):
            continue  # The arguments of a process can be read by others.
        text = f"{row.metadata['help']} [default: {default_text(row)}; env: LITLOD_{row.name.upper()}]"
        kind = str if isinstance(row.default, tuple) else type(row.default)
        command.params.append(click.Option([flag], type=kind, default=None, help=text))
    return command


@_options
@click.command()
@click.option("--config", "config_file", type=click.Path(dir_okay=False), help="TOML file with settings; the environment and options win.")
def serve(config_file: str | None, **flags: object) -> None:
    """Serve the current release over HTTP.

    A release that `litlod build` publishes later is taken up without a restart. Stop with Ctrl-C.
    """
    config = read_config(flags, config_file)
    folder = DataDirectory(Path(config.data)).current()
    check_limits(config)
    check_log(config)
    listeners = _listeners(config)
    url = _url(config.host, listeners[0])
    click.echo(f"LitLOD serves release {folder.name} ({read_manifest(folder).graphs['']} triples) at {url} (Ctrl-C stops it)", err=True)
    if config.operator_host:
        click.echo(f"Operators are served at {_url(config.operator_host, listeners[1])}", err=True)
        host, port = listeners[1].getsockname()[:2]
        config = replace(config, operator_host=host, operator_port=port)
    _Server(config, listeners).run()


def _url(host: str, listener: socket.socket) -> str:
    return f"http://{f'[{host}]' if ':' in host else host}:{listener.getsockname()[1]}/"


def _listeners(config: Config) -> list[socket.socket]:
    """The listening socket for the public, and the one for operators if they have an address."""
    public = _listener(config, config.host, config.port, "--port or --host")
    if not config.operator_host:
        return [public]
    return [public, _listener(config, config.operator_host, config.operator_port, "--operator-port or --operator-host")]


def _listener(config: Config, host: str, port: int, options: str) -> socket.socket:
    """The listening socket; InputError if the address is taken or not ours, with the options that choose another."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    # Connections inherit both.
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_SNDTIMEO, _timeval(config.send_timeout))
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVTIMEO, _timeval(config.receive_timeout))
    try:
        listener.bind((host, port))
        listener.listen(128)
    except OSError as error:
        raise InputError(f"{host}:{port}: error: {error.strerror}; choose another {options}") from error
    return listener


def _timeval(seconds: float) -> bytes:
    """A C `struct timeval`; of none at all the system would make no limit."""
    fraction, whole = math.modf(seconds)
    return struct.pack("@ll", int(whole), max(int(fraction * 1e6), 1))


class _Server(BaseApplication):  # type: ignore[misc]  # gunicorn has no types
    """One gunicorn worker process with threads: the pool of query processes belongs to it."""

    def __init__(self, config: Config, listeners: list[socket.socket]) -> None:
        self._config = config
        self._listeners = listeners
        super().__init__()

    def load_config(self) -> None:
        settings = {
            "bind": [f"fd://{listener.fileno()}" for listener in self._listeners],
            "worker_class": WebProcess,
            "workers": 1,
            "threads": self._config.threads,
            "worker_connections": _connections(self._config.threads),
            "keepalive": 5,
            "graceful_timeout": math.ceil(self._config.drain_timeout) + _GRACE_SECONDS,
            "sendfile": False,  # It would wait without end for a client that does not read.
            "limit_request_line": 8190,
            "forwarded_allow_ips": "",  # server.application sees to proxies
            "loglevel": "warning",
            "worker_exit": _worker_exit,
            "post_request": note_replayed,
        }
        for name, value in settings.items():
            self.cfg.set(name, value)

    def load(self) -> Flask:
        return create_app(self._config)


def _connections(threads: int) -> int:
    """The most connections at a time: half of the files that the process may have open, the other half being for the rest."""
    return max(threads + 1, min(_MOST_CONNECTIONS, resource.getrlimit(resource.RLIMIT_NOFILE)[0] // 2))


def _worker_exit(_server: object, worker: object) -> None:
    """End the query processes with the web process."""
    app = getattr(worker, "wsgi", None)
    if isinstance(app, Flask):
        found = app.extensions["litlod"]
        assert isinstance(found, Services)
        found.pool.close()
