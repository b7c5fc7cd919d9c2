"""/dumps/: the files of all releases that are kept, with sizes, checksums and range requests, and a feed of the releases."""

import base64
import re
from pathlib import Path
from typing import BinaryIO

from flask import Blueprint, Response, jsonify, redirect, request
from werkzeug.wrappers import Response as BaseResponse

from rdfgen.errors import DamagedRelease
from rdfgen.release.dumps import INDEX, file_media_type
from rdfgen.release.licences import licence, rights
from rdfgen.release.manifest import File
from server.conneg import prefers_html
from server.documents import page
from server.feed import MEDIA_TYPE, feed
from server.problems import Problem
from server.sending import attach
from server.services import services
from server.shelf import Shelved, shelved, shelved_release

blueprint = Blueprint("dumps", __name__)

_ONE_RANGE = re.compile(r"bytes=(?:\d+-\d*|-\d+)", re.ASCII)


@blueprint.get("/dumps/")
def listing() -> Response:
    """Every file of every release that is kept; JSON unless a page is asked for. `release` and `files` are the current one's."""
    release = services().published.release()
    releases = shelved(services().published)
    if prefers_html(request.accept_mimetypes):
        return page("dumps.html", release, releases=releases, rights=rights)
    rows = [_release_row(row) for row in releases]
    files = next((row["files"] for row in rows if row["current"]), [])
    response = jsonify(release=release.id, files=files, releases=rows)
    response.headers["Vary"] = "Accept"
    response.add_etag()
    return response


def _release_row(row: Shelved) -> dict[str, object]:
    return {
        "id": row.id,
        "iri": row.iri,
        "url": f"/dumps/{row.id}/",
        "current": row.is_current,
        "built": row.manifest.built,
        "papers": row.manifest.counts.get("papers", 0),
        "triples": row.manifest.graphs[""],
        "files": [_file_row(row.id, name, file) for name, file in row.files.items()],
    }


def _file_row(release_id: str, name: str, row: File) -> dict[str, object]:
    terms = {"licence": licence(row.part), "rights": rights(row.part)} if row.part is not None else {}
    return {
        "name": name,
        "url": f"/dumps/{release_id}/{name}",
        "part": row.part,
        "media_type": file_media_type(name),
        "bytes": row.bytes,
        "triples": row.triples,
        "sha256": row.sha256,
        **terms,
    }


@blueprint.get("/dumps/feed.atom")
def atom() -> Response:
    """The releases as a feed."""
    response = Response(feed(shelved(services().published), services().published.release().iris.base), content_type=MEDIA_TYPE)
    response.add_etag()
    return response


@blueprint.get("/dumps/latest/")
@blueprint.get("/dumps/latest/<name>")
def latest(name: str = "") -> BaseResponse:
    """307 to the file of the current release, so that a download that is resumed later never mixes two releases."""
    release = _current()
    if name and name not in release.files:
        raise _no_file(release, name)
    return redirect(f"/dumps/{release.id}/{name}", 307)


@blueprint.get("/dumps/<name>")
def current_file(name: str) -> BaseResponse:
    """One file of the current release. A range of it is sent only to who says by If-Range of which file: the next release has another."""
    if shelved_release(services().published, name) is not None:
        return redirect(f"/dumps/{name}/", 308)
    if "If-Range" not in request.headers:
        request.environ.pop("HTTP_RANGE", None)
    release = _current()
    response = _file(release, name)
    response.headers["Content-Location"] = f"/dumps/{release.id}/{name}"
    return response


@blueprint.get("/dumps/<release_id>/")
@blueprint.get("/dumps/<release_id>/<name>")
def file(release_id: str, name: str = INDEX) -> Response:
    """One file of a release that is kept, whole or in ranges (RFC 9110 §14); the ETag is its checksum."""
    release = shelved_release(services().published, release_id)
    if release is None:
        there = ", ".join(services().published.kept_ids())
        detail = f"there is no release {release_id!r} here, or not any more; there is: {there}; /dumps/latest/ is the current one"
        raise Problem(404, "Not found", detail)
    return _file(release, name)


def _current() -> Shelved:
    found = shelved_release(services().published, services().published.release().id)
    if found is None:
        raise Problem(404, "Not found", "the release was removed just now; ask again")
    return found


def _no_file(release: Shelved, name: str) -> Problem:
    there = ", ".join(release.files)
    return Problem(404, "Not found", f"release {release.id} has no file {name!r} to download; there is: {there}")


def _file(release: Shelved, name: str) -> Response:
    row = release.files.get(name)
    if row is None:
        raise _no_file(release, name)
    path = release.folder / row.path
    response = _head(path, row, name)
    if request.method == "GET" and response.status_code in (200, 206):
        attach(response, _opened(path), response.content_range.start or 0, response.content_length or 0)
    return response


def _opened(path: Path) -> BinaryIO:
    try:
        return open(path, "rb")
    except OSError as error:
        raise DamagedRelease(f"{path.name}: {error.strerror}; the operator's log says more") from error


def _head(path: Path, row: File, name: str) -> Response:
    """The response without its body: status and headers as the request's conditions have it (RFC 9110 §13.2.2)."""
    try:
        state = path.stat()
    except OSError as error:
        raise DamagedRelease(f"{name}: {error.strerror}; the operator's log says more") from error
    response = Response(content_type=file_media_type(name, with_charset=True), direct_passthrough=True)
    response.content_length = state.st_size
    response.last_modified = state.st_mtime  # type: ignore[assignment]  # a time of either kind will do
    response.set_etag(row.sha256)
    response.headers["Repr-Digest"] = f"sha-256=:{base64.b64encode(bytes.fromhex(row.sha256)).decode()}:"
    if not _ONE_RANGE.fullmatch(request.headers.get("Range", "bytes=0-")) or _is_decided(row.sha256):
        request.environ.pop("HTTP_RANGE", None)  # RFC 9110 §14.2: what is not understood is ignored
    response.make_conditional(request, accept_ranges=True, complete_length=state.st_size)
    response.headers["Accept-Ranges"] = "bytes"
    return response


def _is_decided(tag: str) -> bool:
    """Whether a condition says already that nothing is sent, whatever the range."""
    return request.if_none_match.contains_weak(tag) or ("If-Match" in request.headers and not request.if_match.contains(tag))
