"""The releases that are kept as an Atom feed (RFC 4287)."""

from xml.etree.ElementTree import Element, SubElement, tostring

from rdfgen.iris import Iris
from rdfgen.release.catalogue import publisher_name
from rdfgen.release.dumps import file_media_type
from server.shelf import Shelved

MEDIA_TYPE = "application/atom+xml"
_ATOM = "http://www.w3.org/2005/Atom"
PATH = "dumps/feed.atom"


def feed(releases: list[Shelved], base: str) -> bytes:
    """One entry a release, the newest first; the ids are the IRIs of feed and releases, so they stay the same for ever."""
    iris = Iris(base)
    newest = sorted(releases, key=lambda row: (row.manifest.built, row.id), reverse=True)
    root = Element("feed", {"xmlns": _ATOM, "xml:lang": "en"})
    _text(root, "id", iris.below(PATH))
    _text(root, "title", "LitLOD: releases")
    _text(root, "updated", newest[0].manifest.built if newest else "1970-01-01T00:00:00+00:00")
    _text(SubElement(root, "author"), "name", publisher_name(iris))
    _link(root, "self", iris.below(PATH), MEDIA_TYPE)
    _link(root, "alternate", iris.below("dumps/"), "text/html")
    for row in newest:
        _entry(root, row)
    content: bytes = tostring(root, encoding="utf-8", xml_declaration=True)
    return content


def _entry(root: Element, row: Shelved) -> None:
    iris, counts = Iris(row.manifest.base), row.manifest.counts
    entry = SubElement(root, "entry")
    _text(entry, "id", row.iri)
    _text(entry, "title", f"Release {row.id}")
    _text(entry, "updated", row.manifest.built)
    _text(entry, "summary", f"{row.manifest.graphs['']:,} triples, {counts.get('papers', 0):,} papers")
    _link(entry, "alternate", iris.dump(row.id, ""), "text/html")
    for name, file in row.dumps.items():
        _link(entry, "enclosure", iris.dump(row.id, name), file_media_type(name), str(file.bytes))


def _text(parent: Element, name: str, text: str) -> None:
    SubElement(parent, name).text = text


def _link(parent: Element, relation: str, address: str, media_type: str, length: str | None = None) -> None:
    size = {} if length is None else {"length": length}
    SubElement(parent, "link", {"rel": relation, "href": address, "type": media_type, **size})
