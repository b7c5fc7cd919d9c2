"""Publications in a JATS article: its own identifiers, the works it cites, and those it corrects, retracts …"""

import re
from collections.abc import Iterator

from lxml.etree import _Element

from rdfgen.identifiers import doi_reference
from rdfgen.model import Link, Reference
from rdfgen.readers.xml.identifiers import Stated, cited_identifier, prefix_of
from rdfgen.readers.xml.text import Notes, text_of

HREF = "{http://www.w3.org/1999/xlink}href"

_CITATIONS = frozenset({"citation", "nlm-citation", "element-citation", "mixed-citation", "citation-alternatives"})
_OTHER_ARTICLES = frozenset({"sub-article", "response"})
_LINKS = {
    "addended-article": "updates",
    "addendum-forward": "updated_by",
    "commentary": "commented_by",
    "commentary-article": "comments_on",
    "concern-forward": "concern_in",
    "corrected-article": "corrects",
    "correction-forward": "corrected_by",
    "expression-of-concern-forward": "concern_in",
    "object-of-concern": "concern_for",
    "partial-retraction": "partially_retracts",
    "partial-retraction-forward": "partially_retracted_by",
    "republication-forward": "republished_in",
    "republished-article": "republished_from",
    "retracted-article": "retracts",
    "retraction-forward": "retracted_by",
    "update-forward": "updated_by",
    "updated-article": "updates",
}
_INFO = re.compile(r"info:(?:doi|pmid|pmc)/")
_DOI_PAGE = re.compile(r"https?://(?:dx\.)?doi\.org/10\.", re.IGNORECASE)


def elements_of(article: _Element, *names: str) -> Iterator[_Element]:
    """The elements of those names in the article itself, in its order, but not in sub-articles and responses."""
    for part in article:
        if part.tag not in _OTHER_ARTICLES:
            yield from part.iter(*names)


def _outermost(article: _Element, name: str) -> Iterator[_Element]:
    """The elements of that name that stand in no other of it, so that what is within is looked at once."""
    return (element for element in elements_of(article, name) if next(element.iterancestors(name), None) is None)


def report_other_articles(article: _Element, notes: Notes) -> None:
    """Note each sub-article and response: what it says is another paper's."""
    for element in article.iter(*_OTHER_ARTICLES):
        title = text_of(next(element.iter("article-title"), None))
        notes.suspect(element, f"a {element.tag} within the article, which is not published", title or "")


def stated_identifiers(meta: _Element) -> Iterator[Stated]:
    """The article's own identifiers of the kinds we know."""
    for element in meta.iterfind("article-id"):
        yield from _stated(element, element.get("pub-id-type"), text_of(element))


def _stated(element: _Element, kind: str | None, text: str | None) -> Iterator[Stated]:
    prefix = prefix_of(kind)
    if prefix is not None and text is not None:
        yield Stated(element, prefix, text)


def cited_works(article: _Element, notes: Notes) -> tuple[Reference, ...]:
    """The works in the lists of references by one identifier each, in their order and each once."""
    found = (cited_identifier(_cited(one), notes) for element in _outermost(article, "ref") for one in _citations(element))
    return tuple(dict.fromkeys(one for one in found if one is not None))


def reference_count(article: _Element) -> int | None:
    """How many entries the lists of references have; None where the article has no such list."""
    return sum(1 for _ in elements_of(article, "ref")) or None


def _citations(reference: _Element) -> list[_Element]:
    """The citations in one entry: several works may share a number."""
    return [child for child in reference if child.tag in _CITATIONS] or [reference]


def _cited(citation: _Element) -> Iterator[Stated]:
    for element in citation.iter("pub-id", "object-id", "article-id", "ext-link", "uri"):
        if element.tag in ("ext-link", "uri"):
            yield from _linked(element)
        else:
            yield from _stated(element, element.get("pub-id-type"), text_of(element))


def _linked(element: _Element) -> Iterator[Stated]:
    """What a link says of another publication: the kind of identifier and the identifier, alone or in an address."""
    address = _INFO.sub("", (element.get(HREF) or text_of(element) or "").strip())
    prefix = prefix_of(element.get("ext-link-type"))
    if prefix in ("PMID", "PMCID"):
        yield Stated(element, prefix, address.rstrip("/").rpartition("/")[2])
    elif prefix == "DOI" or _DOI_PAGE.match(address):
        yield Stated(element, "DOI", address)


def links(article: _Element, notes: Notes) -> tuple[Link, ...]:
    """How other publications correct, retract … this one, or the reverse; each once."""
    found: dict[Link, None] = {}
    for element in _outermost(article, "related-article"):
        kind = element.get("related-article-type", "")
        reference = _related(element, notes)
        if reference is not None:
            found[Link(_LINKS.get(kind, "related"), reference)] = None
        else:
            notes.suspect(element, f"a related article ({kind}) without a valid identifier, so there is no link", text_of(element) or "")
    return tuple(found)


def _related(element: _Element, notes: Notes) -> Reference | None:
    stated = [*_linked(element), *_cited(element)]
    address = _INFO.sub("", element.get(HREF, ""))
    return cited_identifier(stated, notes) or (doi_reference(address) if address else None)


def is_retracted(article: _Element) -> bool:
    """Whether the article names a retraction of itself, identified or not."""
    return any(one.get("related-article-type") == "retraction-forward" for one in elements_of(article, "related-article"))
