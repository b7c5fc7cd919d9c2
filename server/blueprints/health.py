"""/health: whether a release can be served."""

from flask import Blueprint, Response, jsonify

from server.services import services

blueprint = Blueprint("health", __name__)


@blueprint.get("/health")
def health() -> Response:
    """200 with the release's id; without a release the error handler makes it a 503."""
    release = services().published.release()
    response = jsonify(status="ok", release=release.id, triples=release.manifest.graphs[""])
    response.headers["Cache-Control"] = "no-store"
    return response
