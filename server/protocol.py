"""SPARQL 1.1 Protocol §2.1: from an HTTP request to a query."""

import math
import re
from dataclasses import dataclass, field
from functools import lru_cache

from flask import Request
from werkzeug.datastructures import MIMEAccept
from werkzeug.http import parse_accept_header

from rdfgen.formats import FORMATS, RESULT_FORMATS
from server.attachments import content_disposition
from server.config import truth
from server.conneg import HTML, accepted, named, offered
from server.engine.query import Query
from server.parameters import FORM_TYPE, Parameters, body_text, only, parameters_of
from server.problems import Problem
from server.services import services

QUERY_TYPE = "application/sparql-query"
UPDATE_TYPE = "application/sparql-update"
TIMEOUT_HEADER = "X-LitLOD-Timeout"


@dataclass(frozen=True, slots=True)
class Asked:
    """A query, and whether it is wanted as a page if its answer is a table (SELECT, ASK) or RDF (CONSTRUCT, DESCRIBE);
    `normalizes` is whether its IRIs are to be rewritten in our spelling, `timeout` how many seconds it may take; None where the client
    leaves that to us. `offset` is how many rows to skip where the operator limits them; `headers` go with the answer.
    """

    query: Query
    table_as_page: bool
    graph_as_page: bool
    normalizes: bool | None = None
    timeout: float | None = None
    offset: int = 0
    headers: dict[str, str] = field(default_factory=dict)

    def as_page(self, form: str) -> bool:
        """Whether an answer of that form is wanted as a page."""
        return self.graph_as_page if form == "CONSTRUCT" else self.table_as_page


def query_of(request: Request) -> Asked | None:
    """The query of a request; None for a GET without one.

    Raises Problem for a request that is none of the three forms of the query operation.
    """
    parameters = parameters_of(request)
    text = _text(request, parameters)
    if text is None:
        return None
    results, graph = _formats(request, list(filter(None, parameters.getlist("format"))))
    query = Query(
        text=text,
        results="json" if results == HTML else results,
        graph="ttl" if graph == HTML else graph,
        default_graphs=tuple(parameters.getlist("default-graph-uri")),
        named_graphs=tuple(parameters.getlist("named-graph-uri")),
    )
    timeout, headers = _timeout(parameters, services().config.query_timeout)
    file_name = only(parameters, "download")
    if file_name is not None:
        headers["Content-Disposition"] = content_disposition(file_name)
    return Asked(query, results == HTML, graph == HTML, _truth("normalize-iris", parameters), timeout, _offset(parameters), headers)


def _text(request: Request, parameters: Parameters) -> str | None:
    """The one query there is; None for a GET without one."""
    texts = parameters.getlist("query") + _bodies(request)
    if "update" in parameters and texts:
        raise Problem(400, "Bad request", "both a query and an update: send exactly one query")
    if "update" in parameters:
        raise _update()
    if len(texts) > 1:
        raise Problem(400, "Bad request", "more than one query: send exactly one")
    if not texts and request.method == "POST":
        raise Problem(400, "Bad request", f"no query: send it as the form field 'query', or as the body with type {QUERY_TYPE}")
    return texts[0] if texts else None


def _bodies(request: Request) -> list[str]:
    """The query that is the body, if the body is one."""
    if request.method != "POST" or request.mimetype == FORM_TYPE:
        return []
    if request.mimetype == UPDATE_TYPE:
        raise _update()
    if request.mimetype != QUERY_TYPE:
        raise Problem(
            415,
            "Unsupported media type",
            f"send a query as {FORM_TYPE} or {QUERY_TYPE}, not {request.mimetype or 'without a type'}",
            {"Accept-Post": f"{FORM_TYPE}, {QUERY_TYPE}"},
        )
    return [body_text(request)]


def _update() -> Problem:
    return Problem(403, "Not allowed here", "this endpoint is read-only: it takes SPARQL queries, no updates")


def _truth(name: str, parameters: Parameters) -> bool | None:
    """A yes-or-no parameter, None where it is not given or empty."""
    text = only(parameters, name)
    if text is None:
        return None
    try:
        return truth(text)
    except ValueError as error:
        raise Problem(400, "Bad request", f"{name}: {error}") from error


def _timeout(parameters: Parameters, limit: float) -> tuple[float | None, dict[str, str]]:
    """The seconds that the client gives the query, at most the limit here; a header tells who asked for more."""
    text = only(parameters, "timeout")
    if text is None:
        return None, {}
    seconds = float(text) if _DECIMAL.fullmatch(text) else 0
    if not 0 < seconds < math.inf:
        raise Problem(400, "Bad request", f"timeout: {text[:50]!r} is no number of seconds; write it like 10 or 2.5")
    return min(seconds, limit), {TIMEOUT_HEADER: f"{limit:g}"} if seconds > limit else {}


def _offset(parameters: Parameters) -> int:
    text = only(parameters, "offset") or "0"
    if not _NUMBER.fullmatch(text):
        raise Problem(400, "Bad request", f"offset: {text[:50]!r} is no number of rows")
    return int(text)


_DECIMAL = re.compile(r"\d{1,12}(?:\.\d{0,12})?|\.\d{1,12}", re.ASCII)
_NUMBER = re.compile(r"\d{1,15}", re.ASCII)


def _formats(request: Request, names: list[str]) -> tuple[str | None, str | None]:
    """The formats for the two kinds of answers, or HTML; 406 if there is nothing for either.

    Of several names the first that is known counts: SPARQLWrapper sends all that a server may know a format by.
    """
    if names:
        known = ((named(RESULT_FORMATS, name), named(FORMATS, name)) for name in names)
        results, graph = next((found for found in known if found != (None, None)), (None, None))
        if results is None and graph is None:
            raise not_acceptable(f"unknown format {names[0]!r}")
    else:
        header = request.headers.get("Accept", "")
        results, graph = (_remembered_formats if len(header) <= _SHORT else _accepted_formats)(header)
        if results is None and graph is None:
            raise not_acceptable(f"nothing in the Accept header {header!r} can be had")
    return results, graph


def _accepted_formats(header: str) -> tuple[str | None, str | None]:
    accept = parse_accept_header(header, MIMEAccept)
    return accepted(RESULT_FORMATS, accept, with_html=True), accepted(FORMATS, accept, with_html=True)


# A client sends the same header each time; long ones are not remembered, so that what is remembered stays small.
_SHORT = 500
_remembered_formats = lru_cache(maxsize=1 << 10)(_accepted_formats)


def negotiated(request: Request) -> str:
    """The form of a description that `?format=` or the Accept header asks for; HTML is served only to those who name it."""
    name = request.args.get("format")
    form = named(FORMATS, name) if name else accepted(FORMATS, request.accept_mimetypes, with_html=True)
    if form is None:
        raise not_acceptable("descriptions are RDF or HTML")
    return form


def not_acceptable(reason: str) -> Problem:
    """The 406 that names what there is."""
    return Problem(406, "Not acceptable", f"{reason}; there is: {offered((RESULT_FORMATS, FORMATS), with_html=True)}")
