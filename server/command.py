"""`litlod serve`: the web application under gunicorn."""

import math
import socket
import struct
from dataclasses import fields
from pathlib import Path

import click
from flask import Flask
from gunicorn.app.base import BaseApplication

from rdfgen.errors import InputError
from rdfgen.release.directory import DataDirectory
from rdfgen.release.manifest import read_manifest
from server import create_app
from server.config import Config, read_config
from server.services import Services


def _options(command: click.Command) -> click.Command:
    """One option a setting of Config."""
    for row in fields(Config):
        flag = "--" + row.name.replace("_", "-")
        text = f"{row.metadata['help']} [default: {row.default}; env: LITLOD_{row.name.upper()}]"
        command.params.append(click.Option([flag], type=type(row.default), default=None, help=text))
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
    listener = _listener(config)
    url = f"http://{_printable_host(config.host)}:{listener.getsockname()[1]}/"
    click.echo(f"LitLOD serves release {folder.name} ({read_manifest(folder).graphs['']} triples) at {url} (Ctrl-C stops it)", err=True)
    _Server(config, listener).run()


def _printable_host(host: str) -> str:
    return f"[{host}]" if ":" in host else host


def _listener(config: Config) -> socket.socket:
    """The listening socket; InputError if the address is taken or not ours."""
    family = socket.AF_INET6 if ":" in config.host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    # Connections inherit both.
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_SNDTIMEO, _timeval(config.send_timeout))
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVTIMEO, _timeval(config.receive_timeout))
    try:
        listener.bind((config.host, config.port))
        listener.listen(128)
    except OSError as error:
        raise InputError(f"{config.host}:{config.port}: error: {error.strerror}; choose another --port or --host") from error
    return listener


def _timeval(seconds: float) -> bytes:
    """A C `struct timeval`; of none at all the system would make no limit."""
    fraction, whole = math.modf(seconds)
    return struct.pack("@ll", int(whole), max(int(fraction * 1e6), 1))


class _Server(BaseApplication):  # type: ignore[misc]  # gunicorn has no types
    """One gunicorn worker process with threads: the pool of query processes belongs to it."""

    def __init__(self, config: Config, listener: socket.socket) -> None:
        self._config = config
        self._listener = listener
        super().__init__()

    def load_config(self) -> None:
        settings = {
            "bind": f"fd://{self._listener.fileno()}",
            "worker_class": "gthread",
            "workers": 1,
            "threads": self._config.threads,
            "keepalive": 5,
            "graceful_timeout": 5,
            "sendfile": False,  # It would wait without end for a client that does not read.
            "limit_request_line": 8190,
            "loglevel": "warning",
            "worker_exit": _worker_exit,
        }
        for name, value in settings.items():
            self.cfg.set(name, value)

    def load(self) -> Flask:
        return create_app(self._config)


def _worker_exit(_server: object, worker: object) -> None:
    """End the query processes with the web process."""
    app = getattr(worker, "wsgi", None)
    if isinstance(app, Flask):
        found = app.extensions["litlod"]
        assert isinstance(found, Services)
        found.pool.close()
