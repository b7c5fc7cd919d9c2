"""The description of the dataset and our ontology, in every RDF format and as pages."""

from flask import Blueprint, Response, redirect, request
from pyoxigraph import NamedNode, Quad, parse
from werkzeug.wrappers import Response as BaseResponse

from rdfgen.formats import FORMATS
from rdfgen.release.foreign import ontology_lines
from server.blueprints.resource import FORMS, SUFFIX
from server.conneg import HTML
from server.documents import described, linked, page, rdf_response
from server.problems import Problem
from server.protocol import negotiated
from server.published import Release
from server.services import services

blueprint = Blueprint("metadata", __name__)


@blueprint.get("/.well-known/void")
def void() -> Response:
    """The VoID description of the current release; never a redirect."""
    release = services().published.release()
    form = negotiated(request)
    quads = list(parse(path=str(release.folder / "metadata.ttl")))
    if form != HTML:
        return rdf_response(quads, FORMATS[form], release)
    return page("thing.html", release, iri=release.iris.dataset(), quads=quads)


@blueprint.get("/dataset")
def dataset() -> BaseResponse:
    """The dataset's own IRI leads to its description."""
    return redirect("/.well-known/void", 303)


@blueprint.get("/.well-known/sparql-examples")
@blueprint.get("/.well-known/sparql-examples/<name>")
def examples(name: str | None = None) -> Response:
    """The graph of example queries, or one of them."""
    release = services().published.release()
    graph = release.iris.examples()
    example = None if name is None else NamedNode(f"{graph}/{name}")
    quads = list(release.store.quads_for_pattern(example, None, None, NamedNode(graph)))
    if not quads:
        raise Problem(404, "Not found", f"there is no example query {name!r}; /.well-known/sparql-examples has all of them")
    form = negotiated(request)
    if form != HTML:
        return rdf_response([Quad(quad.subject, quad.predicate, quad.object) for quad in quads], FORMATS[form], release)
    return page("thing.html", release, iri=graph if example is None else example.value, quads=quads)


@blueprint.get("/ontology/<name>")
def ontology_version(name: str) -> BaseResponse:
    """The version of our vocabulary that this release has leads to the vocabulary; with a suffix it is a document."""
    release = services().published.release()
    start = release.iris.below("ontology/")
    version = (linked(release.store, release.iris.ontology(), "owl:versionIRI") or "").removeprefix(start)
    if name == version:
        return redirect("/ontology", 303)
    stem, _, suffix = name.rpartition(".")
    if stem == version and suffix in FORMS:
        return _ontology_document(FORMS[suffix], release)
    forms = ", ".join(f"{version}.{form}" for form in SUFFIX.values())
    there = f"this release has version {version}, at {start}{version} and, by form, {forms}"
    raise Problem(404, "Not found", f"there is no version or form {name!r} of the ontology here; {there}")


@blueprint.get("/ontology")
@blueprint.get("/ontology.<suffix>")
def ontology(suffix: str | None = None) -> Response:
    """Our vocabulary; its terms are fragments of this document's IRI."""
    if suffix is not None and suffix not in FORMS:
        raise Problem(404, "Not found", f"no such form of the ontology: {suffix}")
    return _ontology_document(FORMS[suffix] if suffix else negotiated(request), services().published.release())


def _ontology_document(form: str, release: Release) -> Response:
    text = "".join(ontology_lines(release.iris.base))
    response = rdf_response(text, FORMATS[form], release) if form != HTML else _ontology_page(text, release)
    response.headers["Link"] = _ontology_links(release.iris.ontology())
    return response


def _ontology_page(text: str, release: Release) -> Response:
    found = described(parse(text, format=FORMATS["nt"].syntax))
    terms = sorted({subject for subject, _ in found.values if subject.startswith(release.iris.term(""))})
    return page("ontology.html", release, found=found, terms=terms, iri=NamedNode(release.iris.ontology()).value)


def _ontology_links(iri: str) -> str:
    """Its IRI, and where each of its forms is."""
    forms = {SUFFIX[name]: row.media_types[0] for name, row in FORMATS.items()} | {HTML: "text/html"}
    links = [f'</ontology.{suffix}>; rel="alternate"; type="{media_type}"' for suffix, media_type in forms.items()]
    return ", ".join([*links, f'<{iri}>; rel="canonical"'])
