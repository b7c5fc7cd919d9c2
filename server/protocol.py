"""SPARQL 1.1 Protocol §2.1: from an HTTP request to a query."""

from flask import Request

from rdfgen.formats import FORMATS, RESULT_FORMATS
from server.conneg import HTML, accepted, named, offered
from server.engine.query import Query
from server.problems import Problem

FORM_TYPE = "application/x-www-form-urlencoded"
QUERY_TYPE = "application/sparql-query"
UPDATE_TYPE = "application/sparql-update"


def query_of(request: Request) -> tuple[Query, bool] | None:
    """The query of a request and whether its answer is wanted as a page; None for a GET without one.

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
    results, graph, as_page = _formats(request, parameters.get("format") or request.args.get("format"))
    query = Query(
        text=texts[0],
        results=results,
        graph=graph,
        default_graphs=tuple(parameters.getlist("default-graph-uri")),
        named_graphs=tuple(parameters.getlist("named-graph-uri")),
    )
    return query, as_page


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


def _formats(request: Request, name: str | None) -> tuple[str | None, str | None, bool]:
    """The formats for the two kinds of answers, and whether a page is wanted instead; 406 if there is nothing."""
    if name:
        results, graph = named(RESULT_FORMATS, name), named(FORMATS, name)
        if results is None and graph is None:
            raise not_acceptable(f"unknown format {name!r}")
    else:
        results = accepted(RESULT_FORMATS, request.accept_mimetypes, with_html=True)
        graph = accepted(FORMATS, request.accept_mimetypes, with_html=True)
        if results is None and graph is None:
            raise not_acceptable(f"nothing in the Accept header {request.headers.get('Accept', '')!r} can be had")
    if HTML in (results, graph):
        return "json", "ttl", True
    return results, graph, False


def not_acceptable(reason: str) -> Problem:
    """The 406 that names what there is."""
    return Problem(406, "Not acceptable", f"{reason}; there is: {offered((RESULT_FORMATS, FORMATS), with_html=True)}")
