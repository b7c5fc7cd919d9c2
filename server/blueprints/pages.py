"""The home page."""

from flask import Blueprint, Response, render_template, request

from rdfgen.entity_types import ENTITY_TYPES
from rdfgen.namespaces import expand
from server.documents import example_queries, linked
from server.services import services

blueprint = Blueprint("pages", __name__)


@blueprint.get("/")
def home() -> Response:
    """What this is, what it holds, and how to query and download it."""
    release = services().published.release()
    classes = release.statistics.classes
    counts = {"papers": classes[expand("schema:ScholarlyArticle")], "mentions": classes[expand("oa:Annotation")]}
    counts |= {row.plural: classes[release.iris.term(row.ontology_class)] for row in ENTITY_TYPES.values()}
    paper = linked(release.store, release.iris.dataset(), "void:exampleResource")
    body = render_template(
        "home.html",
        release=release,
        counts=counts,
        examples=example_queries(release),
        here=request.url_root,
        paper=paper,
        concept=linked(release.store, paper, "schema:mentions") if paper else None,
    )
    return Response(body, content_type="text/html; charset=utf-8")
