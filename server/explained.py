"""Why an answer may be empty: IRIs that are written in another way here, and terms that nothing here uses."""

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain, islice, product
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
from server.engine.iris_in_query import Named, Reading, Role, Text, Use, is_longer, reading, rewritten
from server.explained_texts import is_held, other_literal, other_prefix
from server.lookups import has_iris, holds, is_said, is_used_so
from server.published import Release
from server.suggestions import abbreviated, suggestion

# How many IRIs of a query are looked at, predicates and classes apart, and how many notes there can be, each of how many characters.
MOST_IRIS = 50
MOST_TEXTS = 20
MOST_TOKENS = 15_000  # Of longer queries none are looked at.
MOST_NOTES = 5
LONGEST_NOTE = 400  # Proxies take heads of 4 KiB and more.
_LONGEST_WRITTEN = 150
_MOST_GRAPHS = 3
_EXPLAINED = frozenset({Role.PREDICATE, Role.CLASS, Role.NODE})

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


def notes(text: str, release: Release, graphs: Iterable[str] = ()) -> list[Note]:
    """What may be the cause that a query's answer is empty, most of it in the order of the query.

    `graphs` are those that the request names beside the query.
    """
    if is_longer(text, MOST_TOKENS):
        return [Note(f"the query has more than {MOST_TOKENS} words and signs; why its answer is empty is not looked into", "terms")]
    read = reading(text)
    all_notes = chain(
        _graph_notes(read, graphs, release),
        (_note(found, text, release) for found in _looked_at(read)),
        (_text_note(found, release) for found in islice(dict.fromkeys(read.texts), MOST_TEXTS)),
    )
    return list(islice(dict.fromkeys(note for note in all_notes if note is not None), MOST_NOTES))


def normalized(text: str, release: Release) -> tuple[str, dict[str, str]]:
    """The query with every IRI in the spelling of this release, and what was replaced by what.

    What the release itself has as in the query, as the object of the same predicate or as a subject, stays.
    """
    seen: dict[tuple[str, Use], str | None] = {}

    def replacement(found: Named) -> str | None:
        key = (found.iri, found.use)
        if key not in seen:
            known = None if is_used_so(found.iri, found.use, release) else known_as(found.iri, release)
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


def _looked_at(read: Reading) -> Iterator[Named]:
    """The IRIs of a query, each use once; MOST_IRIS things, and as many predicates and classes."""
    seen: dict[bool, set[tuple[str, Role, Use, tuple[str, ...]]]] = {True: set(), False: set()}
    for found in read.iris:
        uses, use = seen[found.role is Role.NODE], (found.iri, found.role, found.use, found.leads)
        if found.role in _EXPLAINED and use not in uses and len(uses) < MOST_IRIS:
            uses.add(use)
            yield found


def _note(found: Named, text: str, release: Release) -> Note | None:
    if found.role is Role.PREDICATE:
        return _term_note(found, _shortened(text[found.start : found.end]), release)
    if is_used_so(found.iri, found.use, release):
        return _direction_note(found, release)
    note = _thing_note(found, release)
    if note is None and found.role is Role.CLASS:
        return _term_note(found, _shortened(text[found.start : found.end]), release)
    return note or _direction_note(found, release)


def _thing_note(found: Named, release: Release) -> Note | None:
    """How a thing is written here, or which paper is meant by it."""
    known = known_as(found.iri, release)
    paper = _identified_paper(found, release)
    if known is not None and is_said(known.iri, release):
        also = f"; the paper itself is {paper}" if paper else ""
        return Note(one_line(f"{_shortened(found.iri)} is written {known.iri} here{also}"), known.section)
    if paper is not None:
        return Note(one_line(f"the paper with the identifier {_shortened(found.iri)} is {paper} here"), "papers")
    paper = _paper_of_page(found.iri, release) if found.use.is_subject else None
    return Note(one_line(f"the paper from the page {_shortened(found.iri)} is {paper} here"), "papers") if paper else None


def _direction_note(found: Named, release: Release) -> Note | None:
    """That the query has the subject and the object of a predicate the wrong way round."""
    shown = _shortened(found.iri)
    for predicate in found.leads:
        if holds(release, None, predicate, found.iri) and not holds(release, found.iri, predicate, None):
            return Note(one_line(f"{abbreviated(predicate, release.iris.base)} leads to {shown} here, not from it"), "terms")
    ends = found.use.predicates if not found.use.is_subject else None
    if ends and len(ends) == 1 and holds(release, found.iri, ends[0], None) and not holds(release, None, ends[0], found.iri):
        return Note(one_line(f"{abbreviated(ends[0], release.iris.base)} leads from {shown} here, not to it"), "terms")
    return None


def _text_note(found: Text, release: Release) -> Note | None:
    """How a string is written here, or the record that it is the identifier or IRI of."""
    if found.is_whole and is_held(found, release):
        return None
    written = _shortened(found.written)
    known = known_as(found.value, release)
    if known is not None and (found.is_iri or has_iris(found.use, release)) and is_said(known.iri, release):
        form = f"the IRI made of {written} is written" if found.is_iri else f"in place of the text {written} there is the IRI"
        return None if is_used_so(found.value, found.use, release) else Note(one_line(f"{form} {known.iri} here"), known.section)
    literal = other_literal(found, release)
    if literal is not None:
        return Note(one_line(f"{written} is written {literal} here"), "terms")
    begin = other_prefix(found) if not found.is_whole else None
    return Note(one_line(f"the IRIs of {begin[0]} begin with {begin[1]} here"), begin[0]) if begin else None


def _graph_notes(read: Reading, graphs: Iterable[str], release: Release) -> Iterator[Note]:
    """Which graphs there are, if the query or its request names any."""
    asked = list(dict.fromkeys(chain(graphs, (found.iri for found in read.iris if found.role is Role.GRAPH))))
    if not asked and not read.asks_graphs:
        return
    held = release.manifest.graphs
    names = sorted(name for name in held if name and not name.startswith("_:"))
    more = f" and {len(names) - _MOST_GRAPHS} more" if len(names) > _MOST_GRAPHS else ""
    there = f"the named graphs here are {', '.join(names[:_MOST_GRAPHS])}{more}" if names else "there are no named graphs here"
    unknown = next((f"there is no graph {_shortened(iri)} here; " for iri in asked if iri not in held), "")
    yield Note(one_line(f"{unknown}{there}; all else is in the default graph"), "terms")


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
    spelled = canonical(found.iri) if found.use.is_subject else None
    if spelled is None or VOCABULARIES[spelled.reference.prefix].is_concept:
        return None
    return next(iter(papers_with(release.store, spelled.iri, release.iris.below("paper/"))), None)


def _term_note(found: Named, written: str, release: Release) -> Note | None:
    """That nothing uses a predicate or class, and which one may be meant."""
    is_class = found.role is Role.CLASS
    used = release.statistics.classes if is_class else release.statistics.predicates
    if found.iri in used or (not is_class and holds(release, None, found.iri, None)):
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
    return Known(whole, "papers") if whole and is_said(whole, release) else None


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
