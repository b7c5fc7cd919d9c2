"""Puts the web application together: services, blueprints, error documents, headers."""

from pathlib import Path

from flask import Flask, Response, request

from rdfgen.formats import FORMATS, RESULT_FORMATS
from rdfgen.release.directory import DataDirectory
from server import problems
from server.blueprints import BLUEPRINTS
from server.blueprints.resource import SUFFIX
from server.config import Config
from server.engine.pool import Pool
from server.local import local_path, quoted
from server.published import Published
from server.services import Services

_HEADERS = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Expose-Headers": "Content-Location, ETag, Link, Location, Retry-After, X-LitLOD-Note, X-LitLOD-Rewritten",
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}
_PREFLIGHT = {
    "Access-Control-Allow-Methods": "GET, HEAD, POST, OPTIONS",
    "Access-Control-Allow-Headers": "Accept, Content-Type, If-None-Match, Range",
    "Access-Control-Max-Age": "86400",
}
# A form adds field names and percent-encoding, at most three bytes for one, to the query.
_FORM_OVERHEAD = 3


def create_app(config: Config) -> Flask:
    """The application for the data directory of the configuration; query processes start with the first query."""
    app = Flask("server")
    app.config["MAX_CONTENT_LENGTH"] = config.max_query_bytes * _FORM_OVERHEAD + 10_000
    app.config["MAX_FORM_MEMORY_SIZE"] = app.config["MAX_CONTENT_LENGTH"]
    published = Published(DataDirectory(Path(config.data)))
    pool = Pool(published.store_path, config.workers, config.worker_memory, config.query_timeout, config.queue_timeout)
    app.extensions["litlod"] = Services(config, published, pool)
    app.jinja_env.filters["local"] = local_path
    app.jinja_env.filters["quoted"] = quoted
    app.jinja_env.globals |= {"FORMATS": FORMATS, "RESULT_FORMATS": RESULT_FORMATS, "SUFFIX": SUFFIX}
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
    problems.register(app)
    app.after_request(_with_headers)
    app.after_request(_conditional)
    return app


def _with_headers(response: Response) -> Response:
    for name, value in _HEADERS.items():
        response.headers.setdefault(name, value)
    if "Allow" in response.headers and response.status_code == 200:
        response.headers.update(_PREFLIGHT)
    return response


def _conditional(response: Response) -> Response:
    """A 304 for a client that has this text already; files see to it themselves, with their ranges."""
    if "ETag" in response.headers and not response.direct_passthrough:
        response.make_conditional(request)
    return response
