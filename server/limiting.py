"""At most so many requests of each client, where the operator sets a limit: by Flask-Limiter, which is an extra."""

import importlib
import logging
import math
import time
from types import ModuleType
from typing import TYPE_CHECKING

from flask import Flask, Response, request

from rdfgen.errors import UsageError
from server import problems
from server.clients import client_name
from server.config import Config
from server.problems import Problem

if TYPE_CHECKING:
    from flask_limiter import RequestLimit

_FREE = "/health"
# Flask-Limiter passes over requests that have no endpoint, which are those that get 404, 405 or 308; with this each has one.
_ANY_ENDPOINT = "any"


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
    """Answer 429 to clients who send more than the settings allow, and tell all in headers how many they have left.

    Each request counts, whatever it gets, but for those about health and those that ask what may be asked (CORS preflights).
    """
    if not config.rate_limit:
        return
    limiter = _extra("flask_limiter").Limiter(
        _client,
        application_limits=[config.rate_limit],
        request_identifier=lambda: _ANY_ENDPOINT,
        storage_uri="memory://",
        strategy="fixed-window",
    )
    limiter.logger.setLevel(logging.CRITICAL)  # It would log the addresses of those whom it refuses.
    limiter.request_filter(_is_free)
    limiter.init_app(app)
    app.after_request(lambda response: _told(response, limiter.current_limit))
    app.register_error_handler(429, _too_many)


def _is_free() -> bool:
    return request.method == "OPTIONS" or f"{request.path}/".startswith(f"{_FREE}/")


def _client() -> str:
    return client_name(request.remote_addr or "")


def _told(response: Response, limit: "RequestLimit | None") -> Response:
    """The response with what the client has left; who has nothing left is told when to come again (RFC 6585 §4)."""
    if limit is None:
        return response
    response.headers["X-RateLimit-Limit"] = str(limit.limit.amount)
    response.headers["X-RateLimit-Remaining"] = str(limit.remaining)
    response.headers["X-RateLimit-Reset"] = str(limit.reset_at)
    if limit.breached:
        response.headers["Retry-After"] = str(max(math.ceil(limit.window[0] - time.time()), 1))
    return response


def _too_many(error: Exception) -> Response:
    detail = f"more than {getattr(error, 'description', '')} from your address (rate_limit); wait as long as Retry-After says"
    return problems.answer(Problem(429, "Too many requests", detail))


def _extra(name: str) -> ModuleType:
    """A module of the extra, loaded only where it is wanted, since it is large."""
    try:
        return importlib.import_module(name)
    except ImportError as error:
        raise UsageError(f"setting 'rate_limit' needs {error.name}, which is not installed: pip install 'litlod[limits]'") from error
