"""Puts the web application together: services, blueprints, error documents, headers."""

from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit, urlunsplit

from flask import Flask, Response, redirect, request
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.routing import RequestRedirect
from werkzeug.wrappers import Response as BaseResponse

from rdfgen.formats import FORMATS, RESULT_FORMATS
from rdfgen.release.directory import DataDirectory
from server import faults, problems
from server.blueprints import BLUEPRINTS, OPERATOR_BLUEPRINTS
from server.blueprints.metrics import METERS
from server.blueprints.resource import SUFFIX
from server.cache import Cache
from server.compression import compressed
from server.config import Config
from server.disk import DiskCache
from server.downloads import DOWNLOADS, Downloads
from server.engine.limits import limits_of
from server.engine.pool import Pool
from server.engine.query import QueryError
from server.federation.federated import Federation
from server.framing import framed
from server.keeping import Answers
from server.limiting import limit_requests
from server.local import local_path, quoted
from server.log import LOG, log_of
from server.meters import Meters
from server.observed import Observed, Recorder
from server.operators import guard, is_for_operators
from server.problems import Problem
from server.published import Published
from server.record import record_of
from server.repeats import REPEATS, Repeats
from server.replay import Replay
from server.replay import Response as Kept
from server.services import Services

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

_HEADERS = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Expose-Headers": (
        "Accept-Post, Accept-Ranges, Allow, Cache-Status, Content-Disposition, Content-Location, Content-Range, ETag, Link, Location, "
        "Repr-Digest, Retry-After, "
        "X-LitLOD-Answered-By, X-LitLOD-Next-Offset, X-LitLOD-Note, X-LitLOD-Rewritten, X-LitLOD-Row-Limit, X-LitLOD-Timeout, "
        "X-RateLimit-Limit, X-RateLimit-Remaining, X-RateLimit-Reset, X-Request-ID"
    ),
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}
_PREFLIGHT = {
    "Access-Control-Allow-Methods": "GET, HEAD, POST, OPTIONS",
    "Access-Control-Allow-Headers": (
        "Accept, Accept-Language, Authorization, Cache-Control, Content-Type, If-Modified-Since, If-None-Match, If-Range, Range, "
        "X-Request-ID, X-Requested-With"
    ),
    "Access-Control-Max-Age": "86400",
}
# The current release may be another one soon: whoever keeps an answer asks with its ETag whether it still holds (RFC 9111 §5.2.2.2).
_TO_ASK_AGAIN = "public, max-age=0, must-revalidate"
_FOR_EVER = "public, max-age=31536000, immutable"
_NOT_TO_KEEP = "no-store"
# The request headers that ask for a part of something, or for nothing if it is still the same (RFC 9110 §13).
_CONDITIONS = ("HTTP_IF_MATCH", "HTTP_IF_NONE_MATCH", "HTTP_IF_MODIFIED_SINCE", "HTTP_IF_UNMODIFIED_SINCE", "HTTP_RANGE")
# A form adds field names and percent-encoding, at most three bytes for one, to the query.
_FORM_OVERHEAD = 3


def create_app(config: Config) -> Flask:
    """The application for the data directory of the configuration; query processes start with the first query."""
    app = Flask("server")
    app.config["MAX_CONTENT_LENGTH"] = config.max_query_bytes * _FORM_OVERHEAD + 10_000
    app.config["MAX_FORM_MEMORY_SIZE"] = app.config["MAX_CONTENT_LENGTH"]
    published = Published(DataDirectory(Path(config.data)))
    pool = Pool(published.store_path, limits_of(config))
    half_of_cache = (config.cache_memory << 20) // 2
    for_responses = 0 if config.rate_limit else half_of_cache  # Responses that are sent again pass no limit.
    responses = Cache[Kept](for_responses - for_responses // 4)
    disk = DiskCache(published.data.cache / "answers", config.cache_disk << 20)
    answers = Answers(Cache(half_of_cache), disk)
    services = Services(config, published, pool, answers, responses, _federation(config, published, pool))
    app.extensions["litlod"] = services
    app.extensions[DOWNLOADS] = Downloads(config.max_downloads)
    replay = Replay(app.wsgi_app, services.responses, published.name)
    recorders = _recorders(app, services)
    app.extensions[REPEATS] = Repeats(Cache(for_responses // 4), published.name, recorders)
    app.wsgi_app = _behind_proxies(Observed(replay, recorders), config)  # type: ignore[method-assign,assignment]
    app.jinja_env.filters["local"] = local_path
    app.jinja_env.filters["quoted"] = quoted
    app.jinja_env.globals |= {"FORMATS": FORMATS, "RESULT_FORMATS": RESULT_FORMATS, "SUFFIX": SUFFIX}
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    for blueprint in (*BLUEPRINTS, *(OPERATOR_BLUEPRINTS if config.has_operators else ())):
        app.register_blueprint(blueprint)
    problems.register(app)
    faults.register(app)
    app.before_request(_note_route)
    limit_requests(app, config)
    guard(app, config)
    app.before_request(_check_head)
    app.before_request(_usual_path)
    app.after_request(_finished)
    return app


def _federation(config: Config, published: Published, pool: Pool) -> Federation:
    """What asks other endpoints, with what it needs of ours."""

    def genid(name: str) -> str:
        return published.release().iris.below(f".well-known/genid/{name}")

    return Federation(config, genid, lambda query, client, seconds: b"".join(pool.answer(query, client, seconds)))


def _recorders(app: Flask, services: Services) -> list[Recorder]:
    """Those who look at each request that is over."""
    found: list[Recorder] = []
    log = log_of(services.config)
    if log:
        app.extensions[LOG] = log
        found.append(log.write)
    if services.config.has_operators:
        app.extensions[METERS] = meters = Meters(services)
        found.append(meters.record)
    return found


def _behind_proxies(app: "WSGIApplication", config: Config) -> "WSGIApplication":
    """The application with the client's address and scheme as the last proxies tell them that the operator trusts."""
    number = config.trusted_proxies
    return ProxyFix(app, x_for=number, x_proto=number, x_host=0) if number else app


def _note_route() -> None:
    record_of(request.environ).route = request.url_rule.rule if request.url_rule else ""


def _check_head() -> None:
    """A request of HTTP/1.1 names the host (RFC 9112 §3.2), and is sent in no coding but chunks (§6.1): gunicorn decodes no other."""
    if request.environ.get("SERVER_PROTOCOL") == "HTTP/1.1" and "HTTP_HOST" not in request.environ:
        raise Problem(400, "Bad request", "the request has no Host header")
    codings = {name.strip().casefold() for name in request.headers.get("Transfer-Encoding", "").split(",")}
    if codings - {"", "chunked", "identity"}:
        raise Problem(501, "Not implemented", "send the request without a transfer coding other than chunked", {"Connection": "close"})


def _usual_path() -> BaseResponse | None:
    """The router's redirect to the usual form of a path, without the host, which is whatever the client says (RFC 9110 §10.2.2)."""
    error = request.routing_exception
    if not isinstance(error, RequestRedirect):
        return None
    parts = urlsplit(error.new_url)
    path = "/" + parts.path.lstrip("/\\")  # Two slashes would begin a host.
    return redirect(urlunsplit(("", "", path, parts.query, "")), error.code)


def _finished(response: Response) -> Response:
    """The response as it is sent: compressed, a 304 where that is enough, with its length for those who need it, with its headers."""
    try:
        response = framed(_conditional(compressed(response, request)), request)
    except (Problem, QueryError) as error:
        response.close()
        response = problems.answer(error)
    return _with_headers(response)


def _with_headers(response: Response) -> Response:
    there = {name.casefold() for name in response.headers.keys()}  # noqa: SIM118  # iterating Headers gives pairs
    response.headers.extend([(name, value) for name, value in _HEADERS.items() if name.casefold() not in there])
    if is_for_operators(request.path):
        del response.headers["Access-Control-Allow-Origin"]
    response.headers.setdefault("Cache-Control", _NOT_TO_KEEP if response.status_code >= 400 else _TO_ASK_AGAIN)
    if request.endpoint == "dumps.file" and (request.view_args or {}).get("release_id") and response.status_code < 400:
        response.headers["Cache-Control"] = _FOR_EVER
    if "Allow" in response.headers and response.status_code == 200:
        response.headers.update(_PREFLIGHT)
    return response


def _conditional(response: Response) -> Response:
    """A 304 for a client that has this text already, a Problem where it wants none but another; files see to ranges themselves."""
    is_asked = any(name in request.environ for name in _CONDITIONS)
    if is_asked and "ETag" in response.headers and not response.direct_passthrough:
        response.automatically_set_content_length = response.is_sequence  # Else a stream would be read to its end here.
        response.make_conditional(request)
    if response.status_code == HTTPStatus.PRECONDITION_FAILED and response.mimetype != problems.PROBLEM_TYPE:
        raise Problem(412, "Precondition failed", "what is here now is not what the request's conditions ask for")
    return response
