"""Which addresses may be connected to for a host: none that is private, unless the operator listed it."""

import queue
import socket
import threading
import time
from collections.abc import Iterable
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address

from server.engine.query import RemoteFailed, RemoteTimeout

Address = IPv4Address | IPv6Address

_NAT64 = IPv6Network("64:ff9b::/96")  # RFC 6052; a gateway connects to the IPv4 address in it, as for 6to4


def addresses_of(host: str, port: int, private_hosts: frozenset[str], deadline: float) -> list[str]:
    """The addresses of a host, looked up once; RemoteFailed if there is none, or one that must not be connected to."""
    found = list(dict.fromkeys(str(row[4][0]) for row in _looked_up(host, port, deadline)))
    if not found:
        raise RemoteFailed(f"the host {host} has no address")
    if not all(is_allowed(host, address, private_hosts) for address in found):
        raise RemoteFailed(
            f"the host {host} has an address in a private network; the operator of this endpoint has not listed it (service_private_hosts)"
        )
    return found


def is_allowed(host: str, address: str, private_hosts: Iterable[str] = ()) -> bool:
    """Whether to connect to that address of a host: it is public, or the operator wrote the address itself, or the host's name.

    >>> is_allowed("x.example", "9.9.9.9"), is_allowed("x.example", "10.0.0.1"), is_allowed("10.0.0.1", "10.0.0.1")
    (True, False, True)
    """
    try:
        parsed = ip_address(address)
    except ValueError:  # with a zone: link-local
        return False
    if parsed.is_multicast or parsed.is_unspecified:
        return False
    return is_public(parsed) or host.casefold() in private_hosts or _is_literal(host, parsed)


def is_public(address: Address) -> bool:
    """Whether anybody can reach the address, and not only from here; so must what is embedded in it.

    >>> [is_public(ip_address(text)) for text in ("8.8.8.8", "100.64.0.1", "::ffff:8.8.8.8", "2002:7f00:1::", "64:ff9b::a00:1")]
    [True, False, False, False, False]
    """
    if isinstance(address, IPv6Address) and address in _NAT64:
        return is_public(IPv4Address(int(address) & 0xFFFFFFFF))
    if not address.is_global or address.is_multicast or address.is_reserved:
        return False
    if isinstance(address, IPv4Address):
        return True
    return not address.is_site_local and (address.sixtofour is None or is_public(address.sixtofour))


def _is_literal(host: str, address: Address) -> bool:
    """Whether the host is that address, or `localhost` for one of this machine."""
    if host.casefold() == "localhost":
        return address.is_loopback
    try:
        return ip_address(host) == address
    except ValueError:
        return False


def _looked_up(host: str, port: int, deadline: float) -> list[tuple[object, object, object, str, tuple[object, ...]]]:
    """What the system's resolver says, which takes no time limit: a thread waits for it."""
    replies: queue.SimpleQueue[list[tuple[object, object, object, str, tuple[object, ...]]] | OSError] = queue.SimpleQueue()

    def look_up() -> None:
        try:
            replies.put(list(socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)))
        except (OSError, UnicodeError) as error:
            replies.put(error if isinstance(error, OSError) else OSError(str(error)))

    threading.Thread(target=look_up, name="resolver", daemon=True).start()
    try:
        reply = replies.get(timeout=max(deadline - time.monotonic(), 0.001))
    except queue.Empty as error:
        raise RemoteTimeout(f"the address of the host {host} was not found in time") from error
    if isinstance(reply, OSError):
        raise RemoteFailed(f"the address of the host {host} cannot be found")
    return reply
