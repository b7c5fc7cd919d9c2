"""/quality: how good the current release is, in numbers, beside those of the release that was published before."""

from flask import Blueprint, Response, jsonify, request

from rdfgen.errors import ReleaseError
from rdfgen.release.quality import Quality, changes, read_quality
from server.conneg import prefers_html
from server.documents import page
from server.problems import Problem
from server.published import Published
from server.services import services

blueprint = Blueprint("quality", __name__)


@blueprint.get("/quality")
def quality() -> Response:
    """Every number, and what it was before; JSON unless a page is asked for."""
    published = services().published
    release = published.release()
    try:
        now = read_quality(release.folder)
    except ReleaseError:
        raise Problem(404, "Not found", "this release was built without a quality report") from None
    name, before = _before(published)
    found = changes(now, before)
    if prefers_html(request.accept_mimetypes):
        return page("quality.html", release, changes=found, before=name)
    rows = [{"name": row.name, "before": row.before, "now": row.now, "difference": row.difference} for row in found]
    response = jsonify(release=release.id, before=name, measures=rows)
    response.headers["Vary"] = "Accept"
    response.add_etag()
    return response


def _before(published: Published) -> tuple[str | None, Quality | None]:
    """The release that was published before, if there is one that is kept and has such numbers."""
    try:
        folder = published.data.before()
        return folder.name.partition(".")[0], read_quality(folder)
    except ReleaseError:
        return None, None
