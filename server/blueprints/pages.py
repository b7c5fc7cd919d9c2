"""The home page."""

from ipaddress import ip_address
from urllib.parse import urlsplit

from flask import Blueprint, Response, request

from rdfgen.entity_types import ENTITY_TYPES
from rdfgen.namespaces import expand
from server.dataset import catalogue_json, embedded
from server.documents import linked, page
from server.examples import first_steps
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
    return page(
        "home.html",
        release,
        counts=counts,
        examples=first_steps(release),
        here=_here(release.iris.base),
        paper=paper,
        json=embedded(catalogue_json(release)),
        concept=linked(release.store, paper, "schema:mentions") if paper else None,
    )


def _here(base: str) -> str:
    """The address for commands to copy: this request's if nobody else can own its host, else the base of our IRIs."""
    name = urlsplit(request.url_root).hostname or ""
    return request.url_root if name in ("localhost", urlsplit(base).hostname) or _is_address(name) else base


def _is_address(name: str) -> bool:
    try:
        ip_address(name)
    except ValueError:
        return False
    return True
