"""Link headers that tell machines what a page is about, by FAIR Signposting (https://signposting.org/FAIR/, RFC 8288)."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from pyoxigraph import NamedNode, Quad

from rdfgen.formats import FORMATS
from rdfgen.namespaces import expand
from server.conneg import HTML
from server.published import Release

# Form -> the suffix of its address; the formats' own names are taken as suffixes too.
SUFFIX = {name: "rdf" if name == "rdfxml" else name for name in (*FORMATS, HTML)}
FORMS = {name: name for name in (*FORMATS, HTML)} | {suffix: name for name, suffix in SUFFIX.items()}

_MEDIA_TYPES = {name: row.media_types[0] for name, row in FORMATS.items()} | {HTML: "text/html"}
_VOID = '</.well-known/void>; rel="describedby"'
# Proxies take heads of 4 KiB and more. Where the links are longer, because the name is, the document alone has them all; so it is
# with the authors of papers that have many.
LONGEST = 3_600
MOST_AUTHORS = 20


@dataclass(frozen=True, slots=True)
class Thing:
    """What a group of documents is about: its IRI, the address of its documents without their suffixes, the types of schema.org
    that a machine should take it for, the IRIs of its authors, what the documents describe beside it, and its licence if it has one
    of its own.
    """

    iri: str
    path: str
    types: tuple[str, ...]
    authors: tuple[str, ...] = ()
    describes: str | None = None
    licence: str | None = None


def link_header(thing: Thing, form: str | None, release: Release) -> str:
    """The links of one form of a thing's document; None is the redirect to them."""
    links = [*_own(thing, release), *(_landing(thing) if form in (HTML, None) else _metadata(thing))]
    if thing.describes is not None:
        links.append(_link(thing.describes, "describes"))
    if form != HTML:
        links.append(_VOID)
    for found in ([*_alternates(thing), *links], links, [*_own(thing, release)], [_link(thing.iri, "canonical")]):
        header = ", ".join(found)
        if len(header) <= LONGEST:
            break
    return header


def _alternates(thing: Thing) -> Iterator[str]:
    yield from (_link(f"{thing.path}.{SUFFIX[form]}", "alternate", media_type) for form, media_type in _MEDIA_TYPES.items())
    yield _link(thing.iri, "canonical")


def _own(thing: Thing, release: Release) -> Iterator[str]:
    """How to cite it, on what terms it may be used, and what it is in."""
    yield _link(thing.iri, "cite-as")
    yield _link(thing.licence or release.iris.licences(), "license")
    yield _link(release.iris.dataset(), "collection")


def _landing(thing: Thing) -> Iterator[str]:
    yield _link("https://schema.org/AboutPage", "type")
    yield from (_link(f"https://schema.org/{name}", "type") for name in thing.types)
    yield from (_link(iri, "author") for iri in (thing.authors if len(thing.authors) <= MOST_AUTHORS else ()))
    yield from (_link(f"{thing.path}.{SUFFIX[name]}", "describedby", _MEDIA_TYPES[name]) for name in FORMATS)


def _metadata(thing: Thing) -> Iterator[str]:
    yield _link(f"{thing.path}.{SUFFIX[HTML]}", "describes", _MEDIA_TYPES[HTML])


def _link(target: str, relation: str, media_type: str | None = None) -> str:
    return f'<{target}>; rel="{relation}"' + (f'; type="{media_type}"' if media_type else "")


def document_quads(document: str, topic: str, release: Release) -> Iterator[Quad]:
    """What a document says of itself: what it is about, what it is in, and on what terms it may be used."""
    rows = (
        ("rdf:type", expand("foaf:Document")),
        ("foaf:primaryTopic", topic),
        ("void:inDataset", release.iris.dataset()),
        ("dcterms:license", release.iris.licences()),
    )
    return (Quad(NamedNode(document), NamedNode(expand(name)), NamedNode(value)) for name, value in rows)


def orcids(iris: Iterable[str]) -> tuple[str, ...]:
    """Those IRIs that are ORCID iDs, each once."""
    return tuple(dict.fromkeys(iri for iri in iris if iri.startswith("https://orcid.org/")))
