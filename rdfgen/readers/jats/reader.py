"""Reader of JATS and the NLM formats before it: articles as PubMed Central and publishers give them, alone or in sets."""

import hashlib
import re
from collections.abc import Iterator
from typing import BinaryIO

from lxml.etree import _Element

from rdfgen.model import Paper, Source
from rdfgen.readers.jats import body as jats_body
from rdfgen.readers.jats import front as jats_front
from rdfgen.readers.jats import people as jats_people
from rdfgen.readers.jats import references as jats_references
from rdfgen.readers.text import decoded
from rdfgen.readers.xml.identifiers import own_identifiers
from rdfgen.readers.xml.records import parsed, records, root_name
from rdfgen.readers.xml.text import Notes, child_text, text_of, without_namespace
from rdfgen.report import Report

NAME = "jats"

_ARTICLE = re.compile(r"<(?:[\w.-]+:)?front[\s>]|\barticle-type\s*=|NLM//DTD|JATS|jats")
_HARVEST = re.compile(r"<(?:[\w.-]+:)?article[\s>]|metadataPrefix=[\"'](?:pmc|jats)")
_SIGNS = {"article": _ARTICLE, "pmc-articleset": re.compile(""), "OAI-PMH": _HARVEST}
_ID_ORDER = ("pmcid", "pmc", "pmid", "doi", "publisher-id")


def recognises(head: bytes) -> bool:
    """Whether the first bytes are those of a JATS article, or of a set of them; DocBook has articles of its own."""
    sign = _SIGNS.get((root_name(head) or "").rpartition(":")[2])
    return sign is not None and sign.search(decoded(head)) is not None


def read(stream: BinaryIO, report: Report) -> Iterator[Paper]:
    """One paper an article, whatever is missing in it; an article that is damaged costs no other.

    >>> import io
    >>> front = b"<front><article-meta><title-group><article-title>On zinc</article-title></title-group></article-meta></front>"
    >>> [paper.title for paper in read(io.BytesIO(b"<article>" + front + b"</article>"), Report("x.xml"))]
    ['On zinc']
    """
    for line, record in records(stream, ("article",), report):
        root = parsed(record, line, report)
        if root is not None:
            yield from _papers(without_namespace(root), record, line, report)


def _papers(article: _Element, record: bytes, line: int, report: Report) -> Iterator[Paper]:
    meta = article.find("front/article-meta")
    if meta is None:
        report.skip(line, "an article without article-meta in its front, which would say what it is", decoded(record[:80]))
        return
    name = _record_name(meta)
    notes = Notes(report, line, name or "an article without an identifier")
    jats_references.report_other_articles(article, notes)
    yield _paper(article, meta, Source(hashlib.sha256(record).hexdigest(), format=NAME, record=name), notes)


def _record_name(meta: _Element) -> str | None:
    """The article's name in its file: that of PubMed Central if it has one."""
    stated = {element.get("pub-id-type"): text for element in meta.iterfind("article-id") if (text := text_of(element)) is not None}
    kind = next((kind for kind in _ID_ORDER if kind in stated), None)
    if kind is None:
        return None
    return f"PMC{stated[kind].removeprefix('PMC')}" if kind == "pmc" else stated[kind]


def _paper(article: _Element, meta: _Element, source: Source, notes: Notes) -> Paper:
    figures = jats_body.figures(article)
    identifiers = own_identifiers(jats_references.stated_identifiers(meta), notes)
    if not identifiers:
        notes.suspect(meta, "an article without any valid identifier")
    return Paper(
        sources=(source,),
        identifiers=identifiers,
        title=jats_front.title(meta.find("title-group/article-title")),
        authors=jats_people.authors(meta, notes),
        publication_type=jats_front.publication_class(article),
        is_retracted=jats_references.is_retracted(article),
        journal=jats_front.journal(article.find("front/journal-meta"), notes),
        volume=child_text(meta, "volume"),
        issue=child_text(meta, "issue"),
        pages=jats_front.pages(meta),
        languages=jats_front.languages(article),
        issued=jats_front.issued(meta, notes),
        abstract=jats_front.abstract(meta, notes),
        keywords=jats_front.keywords(meta),
        grants=jats_people.grants(meta, notes),
        sections=jats_body.sections(article),
        figures=figures,
        cited=jats_references.cited_works(article, notes),
        links=jats_references.links(article, notes),
        figure_count=jats_body.count_of(article, figures, is_table=False),
        table_count=jats_body.count_of(article, figures, is_table=True),
        reference_count=jats_references.reference_count(article),
    )
