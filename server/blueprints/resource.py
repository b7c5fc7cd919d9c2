"""Dereferencing: papers (303 to a document), and our documents about concepts."""

from collections.abc import Iterator

from flask import Blueprint, Response, redirect, request
from pyoxigraph import NamedNode, Quad
from werkzeug.wrappers import Response as BaseResponse

from rdfgen.formats import FORMATS
from rdfgen.identifiers import reference
from rdfgen.iris import alias_iris, concept_iri, key_reference, page_url
from rdfgen.model import Reference
from rdfgen.namespaces import expand
from server.absent import absent_concept, absent_paper, paper_known_as
from server.conneg import HTML
from server.documents import (
    SAMPLE_SIZE,
    Description,
    PapersPage,
    described,
    description,
    label,
    page,
    paper_count,
    papers_page,
    papers_with,
    rdf_response,
    says,
)
from server.problems import Problem
from server.protocol import negotiated
from server.published import Release
from server.services import services
from server.signposting import FORMS, SUFFIX, Thing, document_quads, link_header, orcids

__all__ = ["FORMS", "SUFFIX", "blueprint"]

blueprint = Blueprint("resource", __name__)

_PAPER_TYPES = ("ScholarlyArticle",)
_CONCEPT_TYPES = ("DefinedTerm",)


@blueprint.get("/paper/<path:name>")
def paper(name: str) -> BaseResponse:
    """A paper's document where the name has a suffix; else 303 to the one that the client likes best."""
    release = services().published.release()
    stem, form = _stem_and_form(name, release)
    iri = release.iris.below(f"paper/{stem}")
    if not release.holds(iri):
        return _to_canonical(stem, form, release)
    if form is None:
        return _see_other(iri, release)
    return _paper_document(iri, form, release)


def _stem_and_form(name: str, release: Release) -> tuple[str, str | None]:
    """The name without its suffix and the form that this asks for; a thing whose own name ends so comes first."""
    stem, _, suffix = name.rpartition(".")
    if not stem or suffix not in FORMS or release.holds(release.iris.below(f"paper/{name}")):
        return name, None
    return stem, FORMS[suffix]


def _to_canonical(stem: str, form: str | None, release: Release) -> BaseResponse:
    """303 to the paper with that identifier where it goes by another name here: by a PMCID, say, that was found out later."""
    found = key_reference(stem)
    known = papers_with(release.store, concept_iri(found), release.iris.below("paper/")) if found is not None else []
    name = known[0] if known else paper_known_as(stem, release)
    if name is None:
        raise absent_paper(stem, release, services().published.data.root)
    suffix = f".{SUFFIX[form]}" if form is not None else ""
    return redirect(f"/{name.removeprefix(release.iris.base)}{suffix}", 303)


def _see_other(iri: str, release: Release) -> BaseResponse:
    form = negotiated(request)
    address = f"{iri}.{SUFFIX[form]}"
    if release.holds(address):  # Another paper's own name: a DOI may end in a suffix.
        response: BaseResponse = _paper_document(iri, form, release)
    else:
        response = redirect(f"/{address.removeprefix(release.iris.base)}", 303)
        response.headers["Link"] = link_header(_paper(iri, release), None, release)
    response.headers["Vary"] = "Accept"
    return response


def _paper(iri: str, release: Release, found: Description | None = None) -> Thing:
    """The paper for links; `found` is what is said of it, which names its authors."""
    creators = found.all(iri, "dcterms:creator") if found is not None else []
    authors = orcids(name for creator in creators for name in found.all(creator, "skos:exactMatch")) if found is not None else ()
    return Thing(iri, "/" + iri.removeprefix(release.iris.base), _PAPER_TYPES, authors)


def _paper_document(iri: str, form: str, release: Release) -> Response:
    quads = list(description(release.store, iri))
    found = described(quads)
    if form != HTML:
        response = rdf_response([*quads, *document_quads(f"{iri}.html", iri, release)], FORMATS[form], release)
    else:
        parts = found.listed(iri, "dcterms:hasPart", release.iris.term("position"))
        findings = [node for node in parts if "#finding-" in node]
        rows = _mention_rows(quads, release)
        response = page("paper.html", release, iri=iri, found=found, findings=findings, mentions=rows)
    response.headers["Link"] = link_header(_paper(iri, release, found), form, release)
    return response


def _mention_rows(quads: list[Quad], release: Release) -> dict[str, list[dict[str, object]]]:
    """The paper's mentions by entity type: text, concepts and evidence of each; those that differ only in place are one."""
    found, term = described(quads), release.iris.term
    groups: dict[str, dict[str, dict[str, object]]] = {}
    for annotation in sorted({subject for subject, name in found.values if name == expand("oa:hasTarget")}):
        unresolved = bool(found.all(annotation, term("resolution")))
        row: dict[str, object] = {
            "text": found.one(annotation, term("surfaceForm")) or "",
            "concepts": [] if unresolved else found.all(annotation, "oa:hasBody"),
            "linked": found.one(annotation, term("evidence")) == term("LinkedEntity"),
        }
        kind = (found.one(annotation, term("entityType")) or term("other")).partition("#")[2]
        groups.setdefault(kind, {}).setdefault(repr(row), row)
    return {kind: sorted(rows.values(), key=_order_of_row) for kind, rows in sorted(groups.items())}


def _order_of_row(row: dict[str, object]) -> tuple[bool, str]:
    """What the source links itself comes first."""
    return not row["linked"], str(row["text"]).casefold()


@blueprint.get("/concept/<path:name>")
def concept(name: str) -> BaseResponse:
    """Our document about a concept that somebody else owns; other spellings of its CURIE lead to it."""
    release = services().published.release()
    stem, _, suffix = name.rpartition(".")
    form = FORMS.get(suffix) if stem else None
    found = reference(stem if form else name)
    if found is None or not release.holds(concept_iri(found)):
        raise absent_concept(stem if form else name, release)
    if str(found) != (stem if form else name):
        query = request.query_string.decode(errors="replace")
        return redirect(f"/concept/{found}" + (f".{suffix}" if form else "") + (f"?{query}" if query else ""), 301)
    return _concept_document(found, form or negotiated(request), release)


def _concept_document(found: Reference, form: str, release: Release) -> Response:
    papers = papers_page(release.store, concept_iri(found), max(request.args.get("page", 1, int), 1))
    if papers is None:
        raise Problem(404, "Not found", "so many pages cannot be gone through here; /sparql gives all papers")
    document = release.iris.concept_document(found)
    if form != HTML:
        response = rdf_response(_concept_quads(found, papers.papers, release), FORMATS[form], release)
    else:
        response = _concept_page(found, papers, release)
    about = Thing(document, f"/concept/{found}", _CONCEPT_TYPES, describes=concept_iri(found))
    links = [link_header(about, form, release)]
    if papers.next is not None:
        links.append(f'</concept/{found}.{SUFFIX[form]}?page={papers.next}>; rel="next"')
    response.headers["Link"] = ", ".join(links)
    response.headers["Content-Location"] = f"/concept/{found}.{SUFFIX[form]}"
    response.headers["Vary"] = "Accept"
    return response


def _concept_quads(found: Reference, papers: list[str], release: Release) -> Iterator[Quad]:
    """What is said of the concept, which papers mention it, and what the document is about."""
    concept_node = NamedNode(concept_iri(found))
    yield from description(release.store, concept_node.value)
    yield from document_quads(release.iris.concept_document(found), concept_node.value, release)
    for name in papers:
        yield from release.store.quads_for_pattern(NamedNode(name), None, concept_node)


def _concept_page(found: Reference, shown: PapersPage, release: Release) -> Response:
    iri, store = concept_iri(found), release.store
    name, official = label(store, iri)
    papers = [(paper_iri, label(store, paper_iri)[0], says(store, paper_iri, "schema:about", iri)) for paper_iri in shown.papers]
    return page(
        "concept.html",
        release,
        iri=iri,
        reference=found,
        name=name,
        official=official,
        found=described(description(store, iri)),
        aliases=alias_iris(found),
        page_url=page_url(found),
        papers=papers,
        count=paper_count(store, iri),
        sample=SAMPLE_SIZE,
        shown=shown,
    )
