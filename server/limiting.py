"""At most so many requests of each client, where the operator sets a limit: by Flask-Limiter, which is an extra."""

import importlib
from types import ModuleType

from flask import Flask, Response, request

from rdfgen.errors import UsageError
from server import problems
from server.clients import client_name
from server.config import Config
from server.problems import Problem

_FREE = ("/health", "/metrics", "/operator/", "/static/")


def check_limits(config: Config) -> None:
    """Raises UsageError for a limit that cannot be read, or that needs what is not installed."""
    if not config.rate_limit:
        return
    _extra("flask_limiter")
    try:
        _extra("limits").parse_many(config.rate_limit)
    except ValueError as error:
        raise UsageError(
            f"setting 'rate_limit': {config.rate_limit!r} is no limit; write it like 60/minute or 10/second;1000/hour"
        ) from error


def limit_requests(app: Flask, config: Config) -> None:
    """Answer 429 to clients who send more than the settings allow, and tell all in headers how many they have left."""
    if not config.rate_limit:
        return
    limiter = _extra("flask_limiter").Limiter(
        _client, application_limits=[config.rate_limit], headers_enabled=True, storage_uri="memory://", strategy="fixed-window"
    )
    limiter.request_filter(lambda: request.path.startswith(_FREE))
    limiter.init_app(app)
    app.register_error_handler(429, _too_many)


def _client() -> str:
    return client_name(request.remote_addr or "")


def _too_many(error: Exception) -> Response:
    detail = f"more than {getattr(error, 'description', '')} from your address (rate_limit); wait as long as Retry-After says"
    return problems.answer(Problem(429, "Too many requests", detail))


def _extra(name: str) -> ModuleType:
    """A module of the extra, loaded only where it is wanted, since it is large."""
    try:
        return importlib.import_module(name)
    except ImportError as error:
        raise UsageError(f"setting 'rate_limit' needs {error.name}, which is not installed: pip install 'litlod[limits]'") from error
