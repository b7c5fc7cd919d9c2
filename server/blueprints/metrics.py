"""/metrics: numbers for Prometheus, for operators."""

from flask import Blueprint, Response, current_app, request
from prometheus_client.exposition import choose_encoder

from server.meters import Meters

blueprint = Blueprint("metrics", __name__)
METERS = "litlod-meters"


@blueprint.get("/metrics")
def metrics() -> Response:
    """All of them, as text or as OpenMetrics."""
    meters = current_app.extensions[METERS]
    assert isinstance(meters, Meters)
    encode, content_type = choose_encoder(request.headers.get("Accept", ""))
    return Response(encode(meters.registry), content_type=content_type, headers={"Cache-Control": "no-store", "Vary": "Accept"})
