"""/graph: reading the SPARQL 1.1 Graph Store HTTP Protocol, in every RDF format."""

from flask import Blueprint, Response, request

from rdfgen.formats import FORMATS
from rdfgen.iris import digest
from server.clients import client_of
from server.conneg import accepted, named
from server.engine.query import Query
from server.parameters import Parameters, only, parameters_of
from server.problems import Problem
from server.protocol import not_acceptable
from server.published import Release
from server.services import services

blueprint = Blueprint("graph_store", __name__)


@blueprint.get("/graph")
def graph() -> Response:
    """One whole graph, streamed (§5.2): the default graph by `?default`, another by `?graph=` and its IRI."""
    parameters = parameters_of(request)
    release = services().published.release()
    name = _graph_name(parameters, release)
    _check_size(name, release)
    form = _form(parameters)
    headers = {"Vary": "Accept", "ETag": f'"{release.id}-graph-{digest(name)}-{form}"'}
    if request.if_none_match.contains_weak(headers["ETag"].strip('"')):
        return Response(status=304, headers=headers)  # The store need not be read.
    if request.method == "HEAD":
        return Response(content_type=FORMATS[form].content_type, headers=headers)
    answer = services().pool.answer(Query("", None, form, dumped_graph=name), client_of(request))
    if services().published.release().id != release.id:
        del headers["ETag"]  # Releases have just been switched: nobody knows which one this is.
    return Response(answer, content_type=FORMATS[form].content_type, headers=headers)


def _graph_name(parameters: Parameters, release: Release) -> str:
    """The graph asked for, "" for the default graph; Problem where it is none or not just one (§4)."""
    names = parameters.getlist("graph")
    if len(names) + ("default" in parameters) != 1:
        raise Problem(400, "Bad request", f"say which graph: ?default, or ?graph= with the IRI of one; {_there_is(release)}")
    if names and (not names[0] or names[0] not in release.manifest.graphs):
        raise Problem(404, "Not found", f"this release has no graph <{names[0]}>; {_there_is(release)}")
    return names[0] if names else ""


def _there_is(release: Release) -> str:
    found = [f"<{name}>" for name in release.manifest.graphs if name and not name.startswith("_:")]
    return f"there is: {', '.join(['the default graph', *found])}"


def _check_size(name: str, release: Release) -> None:
    """Problem for a graph that could not be sent within a query's time."""
    limit, triples = services().config.max_graph_triples, release.manifest.graphs[name]
    if triples > limit:
        detail = f"this graph has {triples} triples; more than {limit} (max_graph_triples) come as files: /dumps/ lists them"
        raise Problem(403, "Too large to be sent whole", detail, {"Link": '</dumps/>; rel="alternate"'})


def _form(parameters: Parameters) -> str:
    name = only(parameters, "format")
    form = named(FORMATS, name) if name else accepted(FORMATS, request.accept_mimetypes)
    if form not in FORMATS:
        raise not_acceptable("a graph is RDF")
    return form
