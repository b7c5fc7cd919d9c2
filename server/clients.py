"""Who sends a request, and whether they still wait for its answer."""

import socket

from flask import Request

from server.engine.query import Client, never


def client_of(request: Request) -> Client:
    """The client of a request, told from others by its address; one whose socket the server hands out can be watched."""
    connection = request.environ.get("gunicorn.socket")
    if not isinstance(connection, socket.socket):
        return Client(request.remote_addr or "", never)
    return Client(request.remote_addr or "", lambda: _has_closed(connection))


def _has_closed(connection: socket.socket) -> bool:
    try:
        return connection.recv(1, socket.MSG_PEEK | socket.MSG_DONTWAIT) == b""
    except BlockingIOError:
        return False
    except OSError:
        return True
