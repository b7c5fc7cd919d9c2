"""SPARQL 1.1 Protocol §2.1: from an HTTP request to a query."""

from dataclasses import dataclass

from flask import Request
from werkzeug.datastructures import MultiDict

from rdfgen.formats import FORMATS, RESULT_FORMATS
from server.config import truth
from server.conneg import HTML, accepted, named, offered
from server.engine.query import Query
from server.problems import Problem

FORM_TYPE = "application/x-www-form-urlencoded"
QUERY_TYPE = "application/sparql-query"
UPDATE_TYPE = "application/sparql-update"


@dataclass(frozen=True, slots=True)
class Asked:
    """A query, and whether it is wanted as a page if its answer is a table (SELECT, ASK) or RDF (CONSTRUCT, DESCRIBE);
    `normalizes` is whether its IRIs are to be rewritten in our spelling, `timeout` how many seconds it may take; None where the client
    leaves that to us.
    """

    query: Query
    table_as_page: bool
    graph_as_page: bool
    normalizes: bool | None = None
    timeout: float | None = None

    def as_page(self, form: str) -> bool:
        """Whether an answer of that form is wanted as a page."""
        return self.graph_as_page if form == "CONSTRUCT" else self.table_as_page


def query_of(request: Request) -> Asked | None:
    """The query of a request; None for a GET without one.

    Raises Problem for a request that is none of the three forms of the query operation.
    """
    parameters = request.form if request.method == "POST" and request.mimetype == FORM_TYPE else request.args
    texts = _texts(request, parameters.getlist("query"))
    if "update" in parameters:
        raise Problem(403, "Not allowed here", "this endpoint is read-only: it takes SPARQL queries, no updates")
    if len(texts) > 1:
        raise Problem(400, "Bad request", "more than one query: send exactly one")
    if not texts:
        if request.method == "POST":
            raise Problem(
                400, "Bad request", "no query: send it as the form field 'query', or as the body with type application/sparql-query"
            )
        return None
    results, graph = _formats(request, parameters.get("format") or request.args.get("format"))
    query = Query(
        text=texts[0],
        results="json" if results == HTML else results,
        graph="ttl" if graph == HTML else graph,
        default_graphs=tuple(parameters.getlist("default-graph-uri")),
        named_graphs=tuple(parameters.getlist("named-graph-uri")),
    )
    return Asked(query, results == HTML, graph == HTML, _truth("normalize-iris", parameters, request))


def _truth(name: str, parameters: MultiDict[str, str], request: Request) -> bool | None:
    """A yes-or-no parameter, None where it is not given or empty."""
    text = parameters.get(name) or request.args.get(name)
    if not text:
        return None
    try:
        return truth(text)
    except ValueError as error:
        raise Problem(400, "Bad request", f"{name}: {error}") from error


def _texts(request: Request, found: list[str]) -> list[str]:
    if request.method != "POST" or request.mimetype == FORM_TYPE:
        return found
    if request.mimetype == UPDATE_TYPE:
        raise Problem(403, "Not allowed here", "this endpoint is read-only: it takes SPARQL queries, no updates")
    if request.mimetype != QUERY_TYPE:
        raise Problem(
            415, "Unsupported media type", f"send a query as {FORM_TYPE} or {QUERY_TYPE}, not {request.mimetype or 'without a type'}"
        )
    try:
        return [*found, request.get_data().decode("utf-8")]
    except UnicodeDecodeError as error:
        raise Problem(400, "Bad request", f"the query is not UTF-8: {error}") from error


def _formats(request: Request, name: str | None) -> tuple[str | None, str | None]:
    """The formats for the two kinds of answers, or HTML; 406 if there is nothing for either."""
    if name:
        results, graph = named(RESULT_FORMATS, name), named(FORMATS, name)
        if results is None and graph is None:
            raise not_acceptable(f"unknown format {name!r}")
    else:
        results = accepted(RESULT_FORMATS, request.accept_mimetypes, with_html=True)
        graph = accepted(FORMATS, request.accept_mimetypes, with_html=True)
        if results is None and graph is None:
            raise not_acceptable(f"nothing in the Accept header {request.headers.get('Accept', '')!r} can be had")
    return results, graph


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
