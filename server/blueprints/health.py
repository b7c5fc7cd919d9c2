"""/health: whether the server runs, and whether it can answer queries."""

from flask import Blueprint, Response, jsonify

from server.engine.query import Busy, Client, Query
from server.problems import RETRY_AFTER_SECONDS
from server.services import services

blueprint = Blueprint("health", __name__)

_SECONDS = 2.0
_PROBE = Query("ASK {}")


@blueprint.get("/health")
def health() -> Response:
    """200 with the release's id; 503 without a release or when it cannot be read, which the error handler says, when a query met
    damage in its store, or while the server is stopping.
    """
    release = services().published.release()
    if services().pool.is_draining:
        return _stopping()
    if services().published.is_faulty():
        return _state(503, status="damaged", release=release.id)
    return _state(200, status="ok", release=release.id, triples=release.manifest.graphs[""])


@blueprint.get("/health/live")
def live() -> Response:
    """200 from a process that answers requests, whatever else; one that does not should be started anew."""
    return _state(200, status="ok")


@blueprint.get("/health/ready")
def ready() -> Response:
    """200 if queries are answered, or wait because all processes are busy; else 503, and no requests should come."""
    release = services().published.release()
    pool = services().pool
    if pool.is_draining:
        return _stopping()
    if services().published.is_faulty():
        return _state(503, status="damaged", release=release.id)
    try:
        pool.answer(_PROBE, Client("/health/ready"), _SECONDS).close()
    except Busy:
        return _state(200, status="busy", release=release.id)
    return _state(200, status="ok", release=release.id)


def _stopping() -> Response:
    response = _state(503, status="stopping")
    response.headers["Retry-After"] = str(RETRY_AFTER_SECONDS)
    return response


def _state(code: int, /, **members: object) -> Response:
    response = jsonify(members)
    response.status_code = code
    response.headers["Cache-Control"] = "no-store"
    return response
