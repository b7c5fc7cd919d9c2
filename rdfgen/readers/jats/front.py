"""What the front of a JATS article says of it: title, abstract, journal, date of publication …"""

from collections.abc import Iterator
from itertools import takewhile

from lxml.etree import _Element

from rdfgen.dates import date_of_parts
from rdfgen.model import Journal
from rdfgen.readers.xml.identifiers import issns
from rdfgen.readers.xml.text import NOT_TEXT, Notes, child_text, text_of, texts_of

_LANGUAGE = "{http://www.w3.org/XML/1998/namespace}lang"
_NOT_TITLE = NOT_TEXT | {"xref", "fn"}
_NOT_KEYWORD = NOT_TEXT | {"kwd", "compound-kwd"}
_NOT_ABSTRACT = NOT_TEXT | {"fn"}
_CLASSES = {
    "editorial": "Editorial",
    "letter": "Letter",
    "preprint": "Preprint",
    "review-article": "ReviewArticle",
    "systematic-review": "ReviewArticle",
}
# How a date of publication is named by `pub-type`, or by `date-type` and `publication-format`: the first that is there counts.
_DATE_ORDER = {"epub": 0, "pub electronic": 0, "epub-ppub": 1, "ppub": 2, "pub print": 2, "pub": 2, "collection": 3}
_OTHER_DATE = 4


def title(element: _Element | None) -> str | None:
    """The text of a title without notes and marks that refer to them."""
    return text_of(element, _NOT_TITLE)


def publication_class(article: _Element) -> str | None:
    """The class of FaBiO for the article's type, or None where it states none."""
    stated = article.get("article-type")
    return _CLASSES.get(stated, "JournalArticle") if stated else None


def languages(article: _Element) -> tuple[str, ...]:
    """The language that the article states, as it states it."""
    stated = article.get(_LANGUAGE, "").strip()
    return (stated,) if stated else ()


def journal(meta: _Element | None, notes: Notes) -> Journal | None:
    """The journal, or None where the article names none."""
    if meta is None:
        return None
    named = {element.get("journal-id-type"): text_of(element) for element in meta.iterfind("journal-id")}
    found = Journal(
        title=child_text(meta, "journal-title-group/journal-title") or child_text(meta, "journal-title"),
        abbreviation=named.get("nlm-ta") or named.get("iso-abbrev") or child_text(meta, "journal-title-group/abbrev-journal-title"),
        issns=issns((element for element in meta if element.tag in ("issn", "issn-l")), notes),
        nlm_id=named.get("nlm-journal-id"),
    )
    return found if found != Journal() else None


def pages(meta: _Element) -> str | None:
    """The first and last page, or the number of an article that has no pages."""
    ends = dict.fromkeys(page for name in ("fpage", "lpage") if (page := child_text(meta, name)) is not None)
    return "-".join(ends) or child_text(meta, "elocation-id")


def keywords(meta: _Element) -> tuple[str, ...]:
    """The keywords of all groups, each once."""
    found = (element for group in meta.iterfind("kwd-group") for element in group.iter("kwd", "compound-kwd"))
    return texts_of(found, _NOT_KEYWORD)


def issued(meta: _Element, notes: Notes) -> str | None:
    """The date of publication with the source's own precision: online, else in print, else of the volume."""
    dated = sorted((rank, number) for number, one in enumerate(meta.findall("pub-date")) if (rank := _date_rank(one)) is not None)
    elements = meta.findall("pub-date")
    for _, number in dated:
        stated = _stated_parts(elements[number])
        found = date_of_parts(stated)
        if found is not None:
            return found
        notes.skip(elements[number], "not a possible date", " ".join(stated))
    return None


def _date_rank(element: _Element) -> int | None:
    """How good a date is; None if it is that of a copy in an archive."""
    name = element.get("pub-type") or " ".join(filter(None, (element.get("date-type"), element.get("publication-format"))))
    is_copy = name.startswith(("nihms", "pmc-release"))
    return None if is_copy else _DATE_ORDER.get(name, _OTHER_DATE)


def _stated_parts(element: _Element) -> list[str]:
    """Year, month and day as far as they are there."""
    parts = takewhile(bool, (text_of(next(element.iter(name), None)) or "" for name in ("year", "month", "day")))
    return list(parts) or (element.get("iso-8601-date") or text_of(element) or "").split("-")


def abstract(meta: _Element, notes: Notes) -> tuple[str, ...]:
    """The paragraphs of the article's own abstract; other abstracts are noted."""
    own = next((one for one in meta.iterfind("abstract") if one.get("abstract-type", "abstract") == "abstract"), None)
    for element in meta:
        if element.tag in ("abstract", "trans-abstract") and element is not own:
            kind = element.get("abstract-type") or element.get(_LANGUAGE) or "second"
            notes.suspect(element, f"another abstract ({kind}), which is not published", text_of(element, _NOT_ABSTRACT) or "")
    return tuple(_paragraphs(own)) if own is not None else ()


def _paragraphs(element: _Element, heading: str | None = None) -> Iterator[str]:
    """The paragraphs in an abstract, or in a section of it, whose title stands before its first one."""
    for child in element:
        if child.tag == "sec":
            yield from _paragraphs(child, title(child.find("title")))
        elif child.tag not in ("title", "label") and (text := text_of(child, _NOT_ABSTRACT)) is not None:
            yield f"{heading.rstrip(':')}: {text}" if heading is not None else text
            heading = None
    if heading is not None:
        yield heading
