"""/dumps/concept/MONDO:0002050.ttl: everything about one concept as a file."""

import re
import tempfile
from typing import BinaryIO, cast

from flask import Blueprint, Response, redirect, request
from werkzeug.wrappers import Response as BaseResponse

from rdfgen.formats import FORMATS, Format, compressed
from rdfgen.identifiers import reference
from rdfgen.iris import concept_iri
from rdfgen.model import Reference
from rdfgen.namespaces import expand
from rdfgen.release.dumps import PACKINGS
from server.answering import answered
from server.attachments import content_disposition
from server.blueprints.resource import FORMS, SUFFIX
from server.clients import client_of
from server.engine.query import Query
from server.problems import Problem
from server.published import Release
from server.sending import attach, check_room
from server.services import services

blueprint = Blueprint("concept_files", __name__)

LARGEST = 256 << 20
_FILE_NAME = re.compile(r"(.+?)\.([a-z]+(?:\.[a-z]+)?)", re.ASCII)
# What is said of a paper itself, so that it can be cited and joined.
_OF_PAPERS = (
    *("rdf:type", "dcterms:title", "dcterms:issued", "dcterms:isPartOf", "skos:exactMatch", "bibo:doi", "bibo:pmid"),
    *("fabio:hasPubMedCentralId", "foaf:page"),
)
# Each pattern, and statements that lead to the concept itself, once: CONSTRUCT would repeat them.
_PATTERNS = (
    "<CONCEPT> ?p ?o BIND(<CONCEPT> AS ?s)",
    "?s ?p <CONCEPT> BIND(<CONCEPT> AS ?o)",
    "?s <oa:hasBody> <CONCEPT> . ?s ?p ?o FILTER(?o != <CONCEPT>)",
    "?mention <oa:hasBody> <CONCEPT> . ?mention <oa:hasTarget> ?s . ?s <oa:hasSource> ?text . ?s ?p ?o",
    "?mention <oa:hasBody> <CONCEPT> . ?mention <oa:hasTarget> ?place . ?place <oa:hasSelector> ?s . ?s ?p ?o",
    "?s <schema:mentions> <CONCEPT> . ?s ?p ?o FILTER(?p IN (OF_PAPERS))",
    *(f"?s <{name}> <CONCEPT> . ?s ?p ?o FILTER(?o != <CONCEPT>)" for name in ("biolink:subject", "biolink:object")),
    *(f"?s <{name}> <CONCEPT> . ?s ?p ?o FILTER(?o != <CONCEPT>)" for name in ("sssom:subject_id", "sssom:object_id")),
)


@blueprint.get("/dumps/concept/<file_name>")
def concept_file(file_name: str) -> BaseResponse:
    """The concept, all that leads to it, its mentions with their places, the papers, relations and mappings, as one file.

    It is made before it is sent, so that a slow client keeps no query process; the limits are those of queries.
    """
    release = services().published.release()
    name, suffix = _parts(file_name)
    row, packing = _form(suffix)
    found = _concept(name, release)
    if str(found) != name:
        return redirect(f"/dumps/concept/{found}.{suffix}", 301)
    response = Response(content_type=PACKINGS.get(packing, row.content_type), direct_passthrough=True)
    response.headers["Content-Disposition"] = content_disposition(file_name.replace(":", "_"))
    response.headers["Link"] = f'<{release.iris.concept_document(found)}>; rel="describedby", <{concept_iri(found)}>; rel="describes"'
    response.set_etag(f"{release.id}-{file_name}", weak=True)
    if request.if_none_match.contains_weak(response.get_etag()[0] or ""):
        response.status_code = 304
    elif request.method == "GET":
        check_room()
        file, length = _written(found, row, file_name, release)
        attach(response, file, 0, length)
    return response


def _parts(file_name: str) -> tuple[str, str]:
    """The CURIE and the suffix, which says format and compression.

    >>> _parts("PUBCHEM.COMPOUND:23994.ttl.gz")
    ('PUBCHEM.COMPOUND:23994', 'ttl.gz')
    """
    match = _FILE_NAME.fullmatch(file_name)
    return (match[1], match[2]) if match else (file_name, "")


def _form(suffix: str) -> tuple[Format, str]:
    """The format and the compression, "" for none, that a suffix such as ttl.gz stands for."""
    form, _, packing = suffix.partition(".")
    if form not in FORMS or FORMS[form] not in FORMATS or packing not in ("", *PACKINGS):
        there = ", ".join(SUFFIX[name] for name in FORMATS)
        raise Problem(404, "Not found", f"no such form: {suffix!r}; there is: {there}, each also with .gz or .zst")
    return FORMATS[FORMS[form]], packing


def _concept(name: str, release: Release) -> Reference:
    found = reference(name)
    if found is None:
        raise Problem(404, "Not found", f"{name!r} is no identifier of a vocabulary known here; write it like MONDO:0002050")
    if not release.holds(concept_iri(found)):
        raise Problem(404, "Not found", f"no paper in this release mentions {found} <{concept_iri(found)}>")
    return found


def concept_query(found: Reference) -> str:
    """The query for all about a concept, whose IRI is made of what its vocabulary's pattern accepts."""
    text = " UNION ".join(f"{{ {pattern} }}" for pattern in _PATTERNS)
    for prefixed in {word[1:-1] for word in text.split() if word.startswith("<") and word.endswith(">") and ":" in word}:
        text = text.replace(f"<{prefixed}>", f"<{expand(prefixed)}>")
    of_papers = ", ".join(f"<{expand(name)}>" for name in _OF_PAPERS)
    text = text.replace("<CONCEPT>", f"<{concept_iri(found)}>").replace("OF_PAPERS", of_papers)
    return f"CONSTRUCT {{ ?s ?p ?o }} WHERE {{ {text} }}"


def _written(found: Reference, row: Format, name: str, release: Release) -> tuple[BinaryIO, int]:
    """The answer in a file that has no name, and its length."""
    query = Query(concept_query(found), results=None, graph=row.name)
    answer = answered(query, client_of(request), None, "").answer
    file = cast(BinaryIO, tempfile.TemporaryFile(prefix="litlod-"))  # noqa: SIM115  # closed when it has been sent
    try:
        with compressed(file, name) as target:
            for block in answer:
                target.write(block)
                if file.tell() > LARGEST:
                    raise Problem(403, "Too large to be sent whole", f"more than {LARGEST} bytes; /dumps/ has all there is")
        file.flush()
        return file, file.tell()
    except BaseException:  # whatever it is, the space must be given back
        file.close()
        raise
    finally:
        answer.close()
