"""Reader of PubMed XML: baseline and update files, and what E-utilities return."""

import hashlib
from collections.abc import Iterator
from typing import BinaryIO

from lxml.etree import _Element

from rdfgen.model import Paper, Reference, Source
from rdfgen.readers.pubmed.dates import date_of, revision_date
from rdfgen.readers.pubmed.index import RETRACTED, headings, publication_class, publication_types, substances
from rdfgen.readers.pubmed.people import authors, grants, journal
from rdfgen.readers.pubmed.references import cited_works, is_retracted, links, reference_count, stated_identifiers
from rdfgen.readers.xml.identifiers import Stated, own_identifiers
from rdfgen.readers.xml.records import parsed, records, root_name
from rdfgen.readers.xml.text import Notes, child_text, text_of, texts_of, without_namespace
from rdfgen.report import Report

NAME = "pubmed"

_ROOTS = frozenset({"PubmedArticleSet", "PubmedArticle", "PubmedBookArticleSet", "PubmedBookArticle"})
_DELETIONS = ("DeleteCitation", "DeleteDocument")
_RECORDS = ("PubmedArticle", "PubmedBookArticle", *_DELETIONS)
_UNLABELLED = "UNLABELLED"


def recognises(head: bytes) -> bool:
    """Whether the first bytes are those of a set of PubMed's records, or of one."""
    return (root_name(head) or "").rpartition(":")[2] in _ROOTS


def read(stream: BinaryIO, report: Report) -> Iterator[Paper]:
    """One paper a record, whatever is missing in it; a record that is damaged costs no other.

    >>> import io
    >>> citation = b"<MedlineCitation><PMID>7</PMID><Article><ArticleTitle>On zinc</ArticleTitle></Article></MedlineCitation>"
    >>> xml = io.BytesIO(b"<PubmedArticle>" + citation + b"</PubmedArticle>")
    >>> [(paper.title, str(paper.identifiers[0])) for paper in read(xml, Report("x.xml"))]
    [('On zinc', 'PMID:7')]
    """
    for line, record in records(stream, _RECORDS, report):
        root = parsed(record, line, report)
        if root is not None:
            yield from _papers(without_namespace(root), record, line, report)


def _record_name(root: _Element) -> str | None:
    """The PMID, with the version of the record where that is not the first."""
    element = root.find("*/PMID")
    name = text_of(element)
    version = element.get("Version", "1") if element is not None else "1"
    return f"{name}.{version}" if name is not None and version != "1" else name


def _papers(root: _Element, record: bytes, line: int, report: Report) -> Iterator[Paper]:
    name = _record_name(root)
    notes = Notes(report, line, f"PMID {name}" if name is not None else "a record without a PMID")
    if root.tag in _DELETIONS:
        _report_deleted(root, notes)
        return
    part = root.find("MedlineCitation") if root.tag == "PubmedArticle" else root.find("BookDocument")
    if part is None:
        notes.skip(root, "no MedlineCitation or BookDocument in it, so there is nothing to read")
        return
    source = Source(hashlib.sha256(record).hexdigest(), format=NAME, record=name, revised=revision_date(part))
    yield (_article if root.tag == "PubmedArticle" else _chapter)(root, part, source, notes)


def _report_deleted(root: _Element, notes: Notes) -> None:
    for element in root.iter("PMID"):
        what = "deleted from PubMed; if another file holds the record, it is published all the same"
        notes.suspect(element, what, text_of(element) or "")


def _article(root: _Element, citation: _Element, source: Source, notes: Notes) -> Paper:
    article = citation.find("Article")
    types = publication_types(citation.iterfind("Article/PublicationTypeList/PublicationType"), notes)
    _report_other_abstracts(citation, notes)
    return Paper(
        sources=(source,),
        identifiers=_identifiers(root, citation, notes),
        title=child_text(article, "ArticleTitle") or child_text(article, "VernacularTitle"),
        authors=authors(citation.find("Article/AuthorList"), notes),
        publication_type=publication_class(types),
        publication_types=types,
        is_retracted=is_retracted(root) or any(one.reference.identifier == RETRACTED for one in types),
        journal=journal(citation, notes),
        volume=child_text(article, "Journal/JournalIssue/Volume"),
        issue=child_text(article, "Journal/JournalIssue/Issue"),
        pages=_pages(article),
        languages=texts_of(citation.iterfind("Article/Language")),
        issued=_issued(citation, notes),
        abstract=_abstract(article),
        keywords=texts_of(citation.iterfind("KeywordList/Keyword")),
        headings=headings(citation, notes),
        grants=grants(citation.find("Article/GrantList"), notes),
        annotations=substances(citation.find("ChemicalList"), notes),
        cited=cited_works(root, notes),
        links=links(root, notes),
        reference_count=reference_count(root),
    )


def _chapter(root: _Element, document: _Element, source: Source, notes: Notes) -> Paper:
    """A book, or a chapter of one: it has no journal, but most else that an article has."""
    types = publication_types(document.iterfind("PublicationType"), notes)
    own_authors = document.find("AuthorList[@Type='authors']")
    dated = document.find("ContributionDate")
    return Paper(
        sources=(source,),
        identifiers=_identifiers(root, document, notes),
        title=child_text(document, "ArticleTitle") or child_text(document, "Book/BookTitle") or child_text(document, "VernacularTitle"),
        authors=authors(own_authors if own_authors is not None else document.find("Book/AuthorList"), notes),
        publication_type=publication_class(types),
        publication_types=types,
        volume=child_text(document, "Book/Volume"),
        pages=_pages(document),
        languages=texts_of(document.iterfind("Language")),
        issued=date_of(dated if dated is not None else document.find("Book/PubDate"), notes),
        abstract=_abstract(document),
        keywords=texts_of(document.iterfind("KeywordList/Keyword")),
        grants=grants(document.find("GrantList"), notes),
        cited=cited_works(root, notes),
        reference_count=reference_count(root),
    )


def _identifiers(root: _Element, citation: _Element, notes: Notes) -> tuple[Reference, ...]:
    found = own_identifiers(_stated(root, citation, notes), notes)
    if not found:
        notes.suspect(root, "a record without any valid identifier")
    return found


def _stated(root: _Element, citation: _Element, notes: Notes) -> Iterator[Stated]:
    """Where a record states its own identifiers, but not those of the works it cites."""
    yield from (Stated(element, "PMID", text_of(element) or "") for element in citation.iterfind("PMID"))
    for path in ("PubmedData/ArticleIdList", "PubmedBookData/ArticleIdList", "BookDocument/ArticleIdList"):
        yield from stated_identifiers(root.find(path))
    for element in citation.iterfind("Article/ELocationID[@EIdType='doi']"):
        if element.get("ValidYN") == "N":
            notes.suspect(element, "a DOI that the record itself calls invalid; it is left out", element.text or "")
        else:
            yield Stated(element, "DOI", text_of(element) or "")


def _issued(citation: _Element, notes: Notes) -> str | None:
    printed = citation.find("Article/Journal/JournalIssue/PubDate")
    is_said = printed is not None and len(printed) > 0
    return date_of(printed if is_said else citation.find("Article/ArticleDate"), notes)


def _pages(article: _Element | None) -> str | None:
    stated = child_text(article, "Pagination/MedlinePgn")
    ends = (child_text(article, "Pagination/StartPage"), child_text(article, "Pagination/EndPage"))
    return stated or "-".join(page for page in ends if page is not None) or None


def _abstract(article: _Element | None) -> tuple[str, ...]:
    """The paragraphs of the abstract, each with its label if it has one."""
    elements = article.iterfind("Abstract/AbstractText") if article is not None else ()
    return tuple(_labelled(element, text) for element in elements if (text := text_of(element)) is not None)


def _labelled(element: _Element, text: str) -> str:
    label = element.get("Label", "").strip()
    return f"{label}: {text}" if label and label.upper() != _UNLABELLED else text


def _report_other_abstracts(citation: _Element, notes: Notes) -> None:
    for element in citation.iterfind("OtherAbstract"):
        what = "an abstract in another language or by another writer, which is not published"
        notes.suspect(element, what, child_text(element, "AbstractText") or "")
