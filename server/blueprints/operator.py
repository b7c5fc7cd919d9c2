"""/operator/: what operators see and do while the server runs."""

from dataclasses import asdict

from flask import Blueprint, Response, current_app, jsonify

from server.problems import Problem
from server.repeats import REPEATS
from server.services import services

blueprint = Blueprint("operator", __name__, url_prefix="/operator")


@blueprint.get("/queries")
def queries() -> Response:
    """The queries that are being evaluated, the longest first."""
    found = services().pool
    rows = [asdict(row) | {"seconds": round(row.seconds, 3)} for row in found.running()]
    return _said(queries=rows, waiting=found.snapshot().waiting)


@blueprint.delete("/queries/<id>")
def cancel(id: str) -> Response:
    """Stop a query, running or waiting."""
    if not services().pool.cancel(id):
        raise Problem(404, "Not found", f"no query {id!r} is running or waiting")
    return _said(cancelled=id)


@blueprint.post("/cache/clear")
def clear() -> Response:
    """Forget all answers that are kept in memory."""
    found = services()
    size = found.answers.usage().bytes + found.responses.usage().bytes
    found.answers.clear()
    found.responses.clear()
    current_app.extensions[REPEATS].cache.clear()
    return _said(cleared_bytes=size)


def _said(**members: object) -> Response:
    response = jsonify(members)
    response.headers["Cache-Control"] = "no-store"
    return response
