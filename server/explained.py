"""Why an answer may be empty: IRIs that are written in another way here, and terms that nothing here uses."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice, product
from urllib.parse import quote, unquote

from pyoxigraph import NamedNode

from rdfgen.formats import FORMATS
from rdfgen.identifiers import reference
from rdfgen.iris import concept_iri, key_reference
from rdfgen.model import Reference
from rdfgen.namespaces import expand
from rdfgen.spellings import canonical, path_below
from rdfgen.vocabularies import VOCABULARIES
from server.documents import papers_with
from server.engine.iris_in_query import Named, Role, named_iris, rewritten
from server.published import Release
from server.suggestions import abbreviated, suggestion

# How many IRIs of a query are looked at, predicates and classes apart, and how many notes there can be, each of how many characters.
MOST_IRIS = 50
MOST_NOTES = 5
LONGEST_NOTE = 400  # Proxies take heads of 4 KiB and more.
_LONGEST_WRITTEN = 150

_PAGE = re.compile(r"https?://(?:www\.)?([A-Za-z0-9.-]+/[^\s<>\"{}|\\^`#]{1,500})", re.IGNORECASE)
_FOAF_PAGE = NamedNode(expand("foaf:page"))
_OUR_DOCUMENT = re.compile(rf"\.(?:html|rdf|{'|'.join(FORMATS)})$")


@dataclass(frozen=True, slots=True)
class Note:
    """A sentence for whoever asked, in ASCII and on one line, and the part of the IRI policy that says more."""

    text: str
    section: str


@dataclass(frozen=True, slots=True)
class Known:
    """The IRI by which the release knows a thing, and the part of the IRI policy that says why."""

    iri: str
    section: str


def notes(text: str, release: Release) -> list[Note]:
    """What may be the cause that a query's answer is empty, in the order of the query."""
    all_notes = (_note(found, text, release) for found in _looked_at(text))
    return list(islice(dict.fromkeys(note for note in all_notes if note is not None), MOST_NOTES))


def normalized(text: str, release: Release) -> tuple[str, dict[str, str]]:
    """The query with every IRI in the spelling of this release, and what was replaced by what.

    What the release itself writes as in the query, as the object of the predicate before it or as a subject, stays.
    """
    seen: dict[tuple[str, str | None], str | None] = {}

    def replacement(found: Named) -> str | None:
        key = (found.iri, found.predicate)
        if key not in seen:
            known = None if _is_used_so(found, release) else known_as(found.iri, release)
            seen[key] = known.iri if known else None
        return seen[key]

    return rewritten(text, replacement)


def change_notes(changes: dict[str, str]) -> list[str]:
    """What was rewritten, a line for each of the first, for response headers."""
    shown = [one_line(f"{_shortened(old)} -> {new}") for old, new in islice(changes.items(), MOST_NOTES)]
    return [*shown, f"and {len(changes) - len(shown)} more"] if len(changes) > len(shown) else shown


def known_as(iri: str, release: Release) -> Known | None:
    """How an IRI in another spelling is written here; None if it is so already, or no spelling of anything."""
    known = _ours(iri, release) if path_below(iri, release.iris.base) is not None else _others(iri)
    return known if known is not None and known.iri != iri else None


def with_links(body: bytes, format_name: str, links: list[str]) -> bytes:
    """An empty result with links to documents in its head, where its format has a place for them.

    >>> with_links(b'{"head":{},"boolean":false}', "json", ["https://x.example/iri-policy#MESH"])
    b'{"head":{"link":["https://x.example/iri-policy#MESH"]},"boolean":false}'
    """
    if links and format_name == "json":
        content = json.loads(body)
        content["head"]["link"] = links
        return json.dumps(content, separators=(",", ":")).encode()
    if links and format_name == "xml":
        elements = "".join(f'<link href="{link}"/>' for link in links)
        return body.replace(b"</head>", elements.encode() + b"</head>", 1)
    return body


def one_line(text: str) -> str:
    """The text as printable ASCII, the rest percent-encoded, at most LONGEST_NOTE characters of it: safe in a header.

    >>> one_line("é, and a line" + chr(10))
    '%C3%A9, and a line%0A'
    """
    plain = "".join(c if " " <= c <= "~" else quote(c, errors="replace") for c in text[: LONGEST_NOTE + 1])
    return plain if len(plain) <= LONGEST_NOTE else plain[: LONGEST_NOTE - 3] + "..."


def _shortened(written: str) -> str:
    """An IRI as its author wrote it, or enough of a long one to know it by."""
    return written if len(written) <= _LONGEST_WRITTEN else written[: _LONGEST_WRITTEN - 3] + "..."


def _looked_at(text: str) -> Iterator[Named]:
    """The IRIs of a query, each use once; MOST_IRIS things, and as many predicates and classes."""
    seen: dict[bool, set[tuple[str, Role]]] = {True: set(), False: set()}
    for found in named_iris(text):
        uses, use = seen[found.role is Role.NODE], (found.iri, found.role)
        if use not in uses and len(uses) < MOST_IRIS:
            uses.add(use)
            yield found


def _note(found: Named, text: str, release: Release) -> Note | None:
    if found.role is not Role.NODE:
        return _term_note(found, _shortened(text[found.start : found.end]), release)
    if _is_used_so(found, release):
        return None
    known = known_as(found.iri, release)
    paper = _identified_paper(found, release)
    if known is not None and _is_said(known.iri, release):
        also = f"; the paper itself is {paper}" if paper else ""
        return Note(one_line(f"{_shortened(found.iri)} is written {known.iri} here{also}"), known.section)
    if paper is not None:
        return Note(one_line(f"the paper with the identifier {_shortened(found.iri)} is {paper} here"), "papers")
    paper = _paper_of_page(found.iri, release) if found.predicate is None else None
    return Note(one_line(f"the paper from the page {_shortened(found.iri)} is {paper} here"), "papers") if paper else None


def _paper_of_page(iri: str, release: Release) -> str | None:
    """The paper that was read from the page with that address, whatever scheme, `www.` or slash it is written with."""
    match = _PAGE.fullmatch(iri)
    if match is None:
        return None
    for scheme, host, end in product(("https", "http"), ("", "www."), ("", "/")):
        address = f"{scheme}://{host}{match[1].rstrip('/')}{end}"
        quad = next(release.store.quads_for_pattern(None, _FOAF_PAGE, NamedNode(address)), None)
        if quad is not None and isinstance(quad.subject, NamedNode):
            return quad.subject.value
    return None


def _identified_paper(found: Named, release: Release) -> str | None:
    """The paper whose identifier's IRI a query uses as if it were the paper."""
    spelled = canonical(found.iri) if found.predicate is None else None
    if spelled is None or VOCABULARIES[spelled.reference.prefix].is_concept:
        return None
    return next(iter(papers_with(release.store, spelled.iri, release.iris.below("paper/"))), None)


def _term_note(found: Named, written: str, release: Release) -> Note | None:
    """That nothing uses a predicate or class, and which one may be meant."""
    is_class = found.role is Role.CLASS
    used = release.statistics.classes if is_class else release.statistics.predicates
    if found.iri in used or (not is_class and _holds(release, None, found.iri, None)):
        return None
    meant = suggestion(found.iri, used, release.iris.base)
    text = f"nothing here is a {written}" if is_class else f"no triple here uses {written}"
    hint = f"; did you mean {abbreviated(meant, release.iris.base)}?" if meant else ""
    return Note(one_line(text + hint), "terms")


def _others(iri: str) -> Known | None:
    spelled = canonical(iri)
    return Known(spelled.iri, spelled.reference.prefix) if spelled else None


def _ours(iri: str, release: Release) -> Known | None:
    """What is meant by an IRI below our base."""
    path, _, fragment = (path_below(iri, release.iris.base) or "").partition("#")
    area, _, name = unquote(path).partition("/")
    if area == "concept":
        found = reference(_OUR_DOCUMENT.sub("", name))
        return Known(concept_iri(found), found.prefix) if found else None
    thing = _paper(name, release) if area == "paper" else release.iris.below(unquote(path))
    whole = f"{thing}#{quote(fragment, safe='-._~%')}" if thing and fragment else thing
    return Known(whole, "papers") if whole and _is_said(whole, release) else None


def _paper(name: str, release: Release) -> str | None:
    """The paper that goes by this name or identifier, or that has a document of this name."""
    space = release.iris.below("paper/")
    stem = _OUR_DOCUMENT.sub("", name)
    for key in dict.fromkeys((name, name.upper(), stem, stem.upper())):
        if release.holds(release.iris.below(f"paper/{key}")):
            return release.iris.below(f"paper/{key}")
        found = _paper_with(key_reference(key), space, release)
        if found is not None:
            return found
    return None


def _paper_with(identifier: Reference | None, space: str, release: Release) -> str | None:
    found = papers_with(release.store, concept_iri(identifier), space) if identifier else []
    return found[0] if found else None


def _is_said(iri: str, release: Release) -> bool:
    """Whether the release says anything about a thing, or links to it."""
    return _holds(release, iri, None, None) or _holds(release, None, None, iri)


def _is_used_so(found: Named, release: Release) -> bool:
    """Whether the release itself has an IRI as the query writes it: as a subject, or as an object of the predicate before it."""
    if found.predicate or found.is_any_object:
        return _holds(release, None, found.predicate, found.iri) or (found.is_any_object and _holds(release, found.iri, None, None))
    return _holds(release, found.iri, None, None)


def _holds(release: Release, subject: str | None, predicate: str | None, value: str | None) -> bool:
    try:
        first, second, third = (NamedNode(iri) if iri is not None else None for iri in (subject, predicate, value))
    except ValueError:  # no IRI
        return False
    return next(release.store.quads_for_pattern(first, second, third), None) is not None
