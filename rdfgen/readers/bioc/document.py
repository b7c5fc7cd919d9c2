"""From a BioC document, read from JSON or XML, to a Paper."""

import hashlib

from rdfgen.model import Paper, Relation, Source
from rdfgen.readers.bioc.head import head, unread
from rdfgen.readers.bioc.mentions import add_mention, is_of_pubtator3, passages
from rdfgen.readers.bioc.model import Document, Link, Origin, infon, scopes, tool_named, words
from rdfgen.readers.bioc.relations import Relations, Taken, mentioned
from rdfgen.readers.mentions import Mentions
from rdfgen.report import Report


def paper(document: Document, origin: Origin, report: Report) -> Paper:
    """The paper that the document is about; its body serves only to check where mentions stand."""
    tool = "pubtator3" if is_of_pubtator3(document) else tool_named(origin.source)
    record = infon({"id": document.id}, "id") or "a document without id"
    mentions = Mentions(report, tool, record, passages(document))
    relations = _relations(document, mentions, origin.line)
    about = head(document)
    for text in unread(document):
        report.skip(origin.line, f"{record}: not an identifier, or not a possible date", text)
    return Paper(
        sources=(Source(hashlib.sha256(origin.data).hexdigest(), format=origin.format, record=words(document.id) or None),),
        identifiers=about.identifiers,
        title=about.title,
        authors=about.authors,
        journal=about.journal,
        volume=about.volume,
        issue=about.issue,
        pages=about.pages,
        issued=about.issued,
        abstract=about.abstract,
        keywords=about.keywords,
        annotations=mentions.annotations(),
        relations=relations,
    )


def _relations(document: Document, mentions: Mentions, line: int) -> tuple[Relation, ...]:
    """Take all annotations, then the relations, which may refer to annotations anywhere."""
    linked: list[tuple[list[Link], list[Taken]]] = []
    every: list[Taken] = []
    for scope in scopes(document):
        taken = [(one, found) for one in scope.annotations or () if (found := add_mention(one, mentions, line)) is not None]
        every += taken
        if scope.relations:
            linked.append((scope.relations, taken))
    if not linked:
        return ()
    relations = Relations(mentions.report, mentions.tool, mentions.record, line, mentioned(every))
    for links, taken in linked:
        near = mentioned(taken).by_id
        for link in links:
            relations.add(link, near)
    return relations.relations()
