"""/robots.txt and /sitemap.xml (https://www.sitemaps.org/protocol.html): the pages that crawlers may take, from the release's lists."""

from collections.abc import Iterator
from itertools import islice
from urllib.parse import quote
from xml.sax.saxutils import escape

from flask import Blueprint, Response

from rdfgen.release.names import CONCEPTS, PAPERS, file_count, names_in
from server.problems import Problem
from server.published import Release
from server.services import services

blueprint = Blueprint("crawlers", __name__)

# List of names -> the path of the page of each. A paper's own address is a redirect, and the document of a concept is none.
_PATHS = {PAPERS: "paper/{}.html", CONCEPTS: "concept/{}"}
_PAGES = (
    "",
    "dataset",
    "sparql",
    "ontology",
    "dumps/",
    "quality",
    "iri-policy",
    "licences",
    ".well-known/void",
    ".well-known/sparql-examples",
)
# The protocol's own limit.
_LONGEST = 2_048
_DELAY_SECONDS = 1
_BATCH = 500

_HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n<{} xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n'


@blueprint.get("/robots.txt")
def robots() -> Response:
    """Everything but queries may be crawled, slowly (RFC 9309); the sitemap is named by its public address."""
    base = services().published.release().iris.base
    lines = (
        "User-agent: *",
        "Disallow: /sparql?",
        "Disallow: /search?",
        "Disallow: /lookup?",
        "Disallow: /operator/",
        f"Crawl-delay: {_DELAY_SECONDS}",
        "",
        f"Sitemap: {base}sitemap.xml",
    )
    response = Response("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")
    response.add_etag()
    return response


@blueprint.get("/sitemap.xml")
def index() -> Response:
    """The sitemaps of the current release: one for its few pages, and one for each file of its lists."""
    release = services().published.release()
    names = ["pages", *(f"{kind}-{number}" for kind in _PATHS for number in range(1, file_count(release.folder, kind) + 1))]
    rows = (_element("sitemap", f"{release.iris.base}sitemap/{name}.xml", release) for name in names)
    return _document("sitemapindex", rows, release)


@blueprint.get("/sitemap/pages.xml")
def pages() -> Response:
    """The pages that there are whatever the release holds."""
    release = services().published.release()
    return _document("urlset", (_element("url", release.iris.base + path, release) for path in _PAGES), release)


@blueprint.get("/sitemap/<any(papers, concepts):kind>-<int:number>.xml")
def part(kind: str, number: int) -> Response:
    """The pages of the names in one file of a list, streamed."""
    release = services().published.release()
    if not 1 <= number <= file_count(release.folder, kind):
        raise Problem(404, "Not found", f"there is no sitemap {kind}-{number} of this release", links={"The sitemaps": "/sitemap.xml"})
    addresses = (release.iris.base + _PATHS[kind].format(quote(name, safe=_SAFE)) for name in names_in(release.folder, kind, number))
    return _document("urlset", (_element("url", address, release) for address in addresses if len(address) <= _LONGEST), release)


# Names come from IRIs: what had to be encoded is encoded.
_SAFE = "/:;()._-~!$&'*+,=@%"


def _element(name: str, address: str, release: Release) -> str:
    return f"<{name}><loc>{escape(address)}</loc><lastmod>{release.manifest.built[:10]}</lastmod></{name}>\n"


def _document(root: str, rows: Iterator[str], release: Release) -> Response:
    def text() -> Iterator[bytes]:
        yield _HEAD.format(root).encode()
        for batch in iter(lambda: "".join(islice(rows, _BATCH)), ""):
            yield batch.encode()
        yield f"</{root}>\n".encode()

    response = Response(text(), content_type="application/xml; charset=utf-8")
    response.set_etag(f"{release.folder.name}-sitemap")
    return response
