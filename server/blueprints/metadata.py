"""The description of the dataset and our ontology, in every RDF format and as pages."""

from flask import Blueprint, Response, redirect, request
from pyoxigraph import NamedNode, Quad, parse
from werkzeug.wrappers import Response as BaseResponse

from rdfgen.formats import FORMATS
from rdfgen.ntriples import lines
from rdfgen.release.foreign import ontology_lines
from rdfgen.release.licences import SUMMARY, TERMS, document_triples, licence
from server.blueprints.resource import FORMS, SUFFIX
from server.conneg import HTML
from server.dataset import dataset_json, dataset_quads, dumps, embedded, issued, parts
from server.documents import described, linked, page, rdf_response
from server.problems import Problem
from server.protocol import negotiated
from server.published import Release
from server.services import services
from server.signposting import Thing, link_header

blueprint = Blueprint("metadata", __name__)


@blueprint.get("/.well-known/void")
@blueprint.get("/dataset")
@blueprint.get("/dataset.<suffix>")
def dataset(suffix: str | None = None) -> Response:
    """The description of the dataset, at its own address and where tools look for it; never a redirect."""
    if suffix is not None and suffix not in FORMS:
        raise Problem(404, "Not found", f"no such form of the description: {suffix}")
    release = services().published.release()
    form = FORMS[suffix] if suffix else negotiated(request)
    quads = dataset_quads(release)
    if form != HTML:
        response = rdf_response(quads, FORMATS[form], release)
        response.add_etag(overwrite=True)  # It has more than the release's own statements.
    else:
        found, document = described(quads), embedded(dataset_json(release))
        iri = release.iris.dataset()
        response = page("dataset.html", release, iri=iri, found=found, parts=parts(release), issued=issued(release), json=document)
    response.headers["Link"] = _dataset_links(release)
    return response


def _dataset_links(release: Release) -> str:
    """Its forms, its terms of use, and what it is (https://signposting.org/FAIR/)."""
    described_by = [f'</dataset.{SUFFIX[name]}>; rel="describedby"; type="{row.media_types[0]}"' for name, row in FORMATS.items()]
    own = [
        f'<{release.iris.dataset()}>; rel="cite-as"',
        f'<{release.iris.licences()}>; rel="license"',
        '<https://schema.org/Dataset>; rel="type"',
    ]
    items = [f'</dumps/{release.id}/{dump.name}>; rel="item"; type="{dump.media_types[1]}"' for dump in dumps(release)]
    return ", ".join([*own, *described_by, *items])


@blueprint.get("/licences")
@blueprint.get("/licences.<suffix>")
def licences(suffix: str | None = None) -> Response:
    """Whose the contents are, and on what terms."""
    if suffix is not None and suffix not in FORMS:
        raise Problem(404, "Not found", f"no such form of the terms of use: {suffix}")
    release = services().published.release()
    form = FORMS[suffix] if suffix else negotiated(request)
    if form != HTML:
        return rdf_response("".join(lines(document_triples(release.iris))), FORMATS[form], release)
    return page("licences.html", release, terms=TERMS, summary=SUMMARY)


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
    about = Thing(release.iris.ontology(), "/ontology", ("DefinedTermSet",), licence=licence("ontology"))
    response.headers["Link"] = link_header(about, form, release)
    return response


def _ontology_page(text: str, release: Release) -> Response:
    found = described(parse(text, format=FORMATS["nt"].syntax))
    terms = sorted({subject for subject, _ in found.values if subject.startswith(release.iris.term(""))})
    return page("ontology.html", release, found=found, terms=terms, iri=NamedNode(release.iris.ontology()).value)
