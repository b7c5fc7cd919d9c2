"""Other publications in a record of PubMed: the works it cites, and its corrections, retractions, comments …"""

from collections.abc import Iterator

from lxml.etree import _Element

from rdfgen.model import Link, Reference
from rdfgen.readers.xml.identifiers import Stated, cited_identifier, paper_reference, prefix_of
from rdfgen.readers.xml.text import Notes, child_text, text_of

_CITES = "Cites"
_LINKS = {
    "CommentIn": "commented_by",
    "CommentOn": "comments_on",
    "CorrectedandRepublishedFrom": "republished_from",
    "CorrectedandRepublishedIn": "republished_in",
    "ErratumFor": "corrects",
    "ErratumIn": "corrected_by",
    "ExpressionOfConcernFor": "concern_for",
    "ExpressionOfConcernIn": "concern_in",
    "PartialRetractionIn": "partially_retracted_by",
    "PartialRetractionOf": "partially_retracts",
    "RepublishedFrom": "republished_from",
    "RepublishedIn": "republished_in",
    "RetractionIn": "retracted_by",
    "RetractionOf": "retracts",
    "UpdateIn": "updated_by",
    "UpdateOf": "updates",
}


def stated_identifiers(article_ids: _Element | None) -> Iterator[Stated]:
    """The elements of an ArticleIdList that hold an identifier of a kind we know, with the prefix of its vocabulary."""
    for element in article_ids.iterfind("ArticleId") if article_ids is not None else ():
        prefix = prefix_of(element.get("IdType"))
        if prefix is not None:
            yield Stated(element, prefix, text_of(element) or "")


def cited_works(root: _Element, notes: Notes) -> tuple[Reference, ...]:
    """The works in the list of references by one identifier each, then those that only the citation index knows."""
    found: dict[Reference, None] = {}
    for element in _reference_elements(root):
        one = cited_identifier(stated_identifiers(element.find("ArticleIdList")), notes)
        if one is not None:
            found[one] = None
    for element in _comments(root):
        if element.get("RefType") == _CITES:
            found.update(dict.fromkeys(_linked(element, notes)))
    return tuple(found)


def reference_count(root: _Element) -> int | None:
    """How many works the paper cites; None where the record has no full list and does not say."""
    stated = child_text(root, "MedlineCitation/NumberOfReferences") or ""
    number = int(stated) if stated.isdecimal() and len(stated) < 9 else 0
    return sum(1 for _ in _reference_elements(root)) or number or None


def links(root: _Element, notes: Notes) -> tuple[Link, ...]:
    """How other records of PubMed correct, retract … this one, or the reverse; each once."""
    found: dict[Link, None] = {}
    for element in _comments(root):
        kind = element.get("RefType", "")
        if kind != _CITES:
            found.update((Link(_LINKS.get(kind, "related"), one), None) for one in _linked(element, notes))
    return tuple(found)


def is_retracted(root: _Element) -> bool:
    """Whether the record names a retraction of this paper, identified or not."""
    return any(element.get("RefType") == "RetractionIn" for element in _comments(root))


def _reference_elements(root: _Element) -> Iterator[_Element]:
    """The references wherever a list is: lists may stand in lists."""
    for path in ("PubmedData/ReferenceList", "BookDocument/ReferenceList"):
        for element in root.iterfind(path):
            yield from element.iter("Reference")


def _comments(root: _Element) -> Iterator[_Element]:
    return root.iterfind("MedlineCitation/CommentsCorrectionsList/CommentsCorrections")


def _linked(element: _Element, notes: Notes) -> Iterator[Reference]:
    """The record that a correction, comment … names, if it names one by its number."""
    stated = child_text(element, "PMID")
    found = paper_reference("PMID", stated) if stated is not None else None
    if found is not None:
        yield found
    else:
        what = f"{element.get('RefType')} without a valid PMID, so there is no link"
        notes.suspect(element, what, stated or child_text(element, "RefSource") or "")
