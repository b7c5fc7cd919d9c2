"""Dereferencing of other things of ours: releases, tools, and the records of mappings."""

from flask import Blueprint, Response, request

from rdfgen.formats import FORMATS
from server.absent import absent_thing
from server.conneg import HTML
from server.documents import description, page, rdf_response
from server.problems import Problem
from server.protocol import negotiated
from server.published import Release
from server.services import services
from server.signposting import FORMS, Thing, document_quads, link_header

blueprint = Blueprint("things", __name__)

# Area of our addresses -> what a machine should take the things there for, by types of schema.org.
_AREAS = {
    "tool": ("SoftwareApplication",),
    "mapping": ("DefinedTerm",),
    "mapping-set": ("Dataset",),
}


@blueprint.get("/release/<name>")
def kept_release(name: str) -> Response:
    """What a release that is still kept says about itself, the current one or another."""
    published = services().published
    stem, form = _stem_and_form(name)
    release = published.kept(name) or published.kept(stem)
    if release is None:
        there = {f"Release {name}": f"/release/{name}" for name in published.kept_ids()}
        raise Problem(404, "Not found", f"there is no release {name!r} here, or not any more", links=there)
    return _document(f"release/{release.id}", form, ("Dataset",), release)


@blueprint.get("/<any(tool, mapping, 'mapping-set'):area>/<name>")
def thing(area: str, name: str) -> Response:
    """What is said about a tool or a mapping; a name that ends like a suffix comes before the suffix."""
    release = services().published.release()
    stem, form = _stem_and_form(name)
    if form is None or release.holds(release.iris.below(f"{area}/{name}")):
        stem, form = name, None
    return _document(f"{area}/{stem}", form, _AREAS[area], release)


def _stem_and_form(name: str) -> tuple[str, str | None]:
    stem, _, suffix = name.rpartition(".")
    return (stem, FORMS[suffix]) if stem and suffix in FORMS else (name, None)


def _document(path: str, form: str | None, types: tuple[str, ...], release: Release) -> Response:
    iri = release.iris.below(path)
    if not release.holds(iri):
        raise absent_thing(iri, release)
    form = form or negotiated(request)
    quads = list(description(release.store, iri))
    if form != HTML:
        response = rdf_response([*quads, *document_quads(f"{iri}.html", iri, release)], FORMATS[form], release)
    else:
        response = page("thing.html", release, iri=iri, quads=quads)
    response.headers["Link"] = link_header(Thing(iri, "/" + iri.removeprefix(release.iris.base), types), form, release)
    return response
