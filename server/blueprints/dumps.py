"""/dumps/: the files of the release, with sizes, checksums and range requests."""

import re

from flask import Blueprint, Response, jsonify, request, send_file

from rdfgen.release.dumps import CHECKSUMS
from rdfgen.release.manifest import File
from server.conneg import prefers_html
from server.documents import page
from server.problems import Problem
from server.published import Release
from server.services import services

blueprint = Blueprint("dumps", __name__)

_ONE_RANGE = re.compile(r"bytes=(?:\d+-\d*|-\d+)", re.ASCII)

_CONTENT_TYPES = {"gz": "application/gzip", "zst": "application/zstd"}


@blueprint.get("/dumps/")
def listing() -> Response:
    """Every dump with its part, size, number of triples and checksum; JSON unless a page is asked for."""
    release = services().published.release()
    files = _files(release)
    if prefers_html(request.accept_mimetypes):
        return page("dumps.html", release, files=files)
    rows = [
        {
            "name": name,
            "url": f"/dumps/{release.id}/{name}",
            "part": row.part,
            "bytes": row.bytes,
            "triples": row.triples,
            "sha256": row.sha256,
        }
        for name, row in files.items()
    ]
    response = jsonify(release=release.id, files=rows)
    response.headers["Vary"] = "Accept"
    return response


@blueprint.get("/dumps/<name>")
@blueprint.get("/dumps/<release_id>/<name>")
def file(name: str, release_id: str | None = None) -> Response:
    """One file of the current release, whole or in ranges (RFC 9110 §14); the ETag is its checksum."""
    release = services().published.release()
    if release_id not in (None, release.id):
        raise Problem(404, "Not found", f"release {release_id} is not the current one, which is {release.id}")
    row = _files(release).get(name)
    if row is None:
        raise Problem(404, "Not found", f"release {release.id} has no dump {name!r}; /dumps/ lists them")
    content_type = _CONTENT_TYPES.get(name.rpartition(".")[2], "text/plain")
    if not _ONE_RANGE.fullmatch(request.headers.get("Range", "bytes=0-")):
        del request.environ["HTTP_RANGE"]  # RFC 9110 §14.2: what is not understood is ignored
    response = send_file(release.folder.resolve() / row.path, mimetype=content_type, conditional=True, etag=row.sha256, max_age=0)
    response.headers["Accept-Ranges"] = "bytes"
    return response


def _files(release: Release) -> dict[str, File]:
    """The dumps by name, and their checksums."""
    wanted = [row for row in release.manifest.files if row.part is not None or row.path == f"dumps/{CHECKSUMS}"]
    return {row.path.removeprefix("dumps/"): row for row in wanted}
