"""Who sends a request, by which name they are counted, and whether they still wait for its answer."""

import ipaddress
import socket
from functools import lru_cache

from flask import Request

from server.engine.query import Client, never
from server.record import record_of

# What a site or a household has at least, so that none of them is many clients (RFC 6177 §2).
_IPV6_PREFIX = 64
_LONGEST = 64


def client_of(request: Request) -> Client:
    """The client of a request, told from others by its address; one whose socket the server hands out can be watched."""
    connection = request.environ.get("gunicorn.socket")
    record = record_of(request.environ)
    has_left = (lambda: _has_closed(connection)) if isinstance(connection, socket.socket) else never
    return Client(client_name(record.address), has_left, record.id, record.told)


@lru_cache(maxsize=4096)
def client_name(address: str) -> str:
    """The address, or for one of IPv6 the network that it belongs to; what is no address, as some proxies send, is a name too.

    >>> client_name("192.0.2.1"), client_name("2001:db8:1:2:3::4"), client_name("::ffff:192.0.2.1"), client_name("unknown")
    ('192.0.2.1', '2001:db8:1:2::/64', '192.0.2.1', 'unknown')
    """
    try:
        found = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return address[:_LONGEST]
    if isinstance(found, ipaddress.IPv4Address):
        return str(found)
    if found.ipv4_mapped is not None:
        return str(found.ipv4_mapped)
    return str(ipaddress.ip_network((found, _IPV6_PREFIX), strict=False))


def _has_closed(connection: socket.socket) -> bool:
    try:
        return connection.recv(1, socket.MSG_PEEK | socket.MSG_DONTWAIT) == b""
    except BlockingIOError:
        return False
    except OSError:
        return True
