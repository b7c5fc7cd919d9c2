"""Who may use what is for operators: /metrics and everything below /operator/."""

import hmac
import socket
from ipaddress import ip_address

from flask import Flask, Request, request
from werkzeug.exceptions import NotFound

from server.config import Config
from server.problems import Problem

_PATHS = ("/metrics", "/operator/")


def guard(app: Flask, config: Config) -> None:
    """Let only operators have the paths that are for them; for others these do not exist."""

    def check() -> None:
        if is_for_operators(request.path):
            _check(request, config)

    app.before_request(check)


def is_for_operators(path: str) -> bool:
    """Whether a path is not for the public.

    >>> is_for_operators("/operator/queries"), is_for_operators("/sparql")
    (True, False)
    """
    return path.startswith(_PATHS)


def _check(request: Request, config: Config) -> None:
    """Raises what the request gets that is no operator's: it must come in at their address, with their secret, as far as there are any.

    Pages of other sites may send requests from an operator's browser, which say so; they are refused.
    """
    if not config.has_operators or (config.operator_host and not _came_in_at(request, config.operator_host, config.operator_port)):
        raise NotFound
    if config.operator_token and not _has_token(request.headers.get("Authorization", ""), config.operator_token):
        raise Problem(401, "Not authorised", "this is for operators: send Authorization: Bearer TOKEN", {"WWW-Authenticate": "Bearer"})
    if "Origin" in request.headers or request.headers.get("Sec-Fetch-Site", "none") not in ("none", "same-origin"):
        raise Problem(403, "Not allowed here", "operators' requests do not come from web pages")


def _has_token(authorization: str, token: str) -> bool:
    scheme, _, given = authorization.partition(" ")
    return scheme.casefold() == "bearer" and hmac.compare_digest(given.strip().encode("utf-8", "replace"), token.encode())


def _came_in_at(request: Request, host: str, port: int) -> bool:
    """Whether the connection's own end has that address; headers, which anybody can write, are not asked."""
    connection = request.environ.get("gunicorn.socket")
    if not isinstance(connection, socket.socket):
        return False
    here = connection.getsockname()
    return bool(here[1] == port and (ip_address(host).is_unspecified or here[0] == host))
