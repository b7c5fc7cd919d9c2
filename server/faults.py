"""Damage that a query or a look-up meets in the store: told to the client as a 503, and noted for /health."""

import logging

from flask import Flask, Response

from rdfgen.errors import DamagedRelease
from server import problems
from server.engine.query import StoreFailed
from server.engine.worker import STORE_FAULTS
from server.services import services

log = logging.getLogger(__name__)


def register(app: Flask) -> None:
    """Make the application take what RocksDB says of damage for what it is."""
    app.register_error_handler(StoreFailed, _met_by_query)
    for kind in (OSError, RuntimeError):
        app.register_error_handler(kind, _met_by_look_up)


def _met_by_query(error: StoreFailed) -> Response:
    services().published.mark_faulty()
    return problems.answer(error)


def _met_by_look_up(error: OSError | RuntimeError) -> Response:
    """Any other error of these kinds is none of the store, and goes on."""
    if not str(error).startswith(STORE_FAULTS):
        raise error
    log.error("the store cannot be read: %s", error)  # The message has paths of this machine.
    services().published.mark_faulty()
    return problems.answer(DamagedRelease("the store cannot be read; the operator's log says why"))
