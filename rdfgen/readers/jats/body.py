"""The parts of a JATS article's body that are published: the names of its sections, its figures and tables."""

import re
from collections.abc import Iterator

from lxml.etree import _Element

from rdfgen.model import Figure, Section
from rdfgen.readers.jats.front import title
from rdfgen.readers.jats.references import elements_of
from rdfgen.readers.xml.text import NOT_TEXT, text_of
from rdfgen.sections import section_type

_NOT_CAPTION = NOT_TEXT | {"fig", "table-wrap"}
_NUMBER = re.compile(r"(?:\d{1,3}|[IVX]{1,5})(?:\.\d{1,3}){0,4}[.:)]?\s+", re.ASCII)


def sections(article: _Element) -> tuple[Section, ...]:
    """The outermost sections of the body in their order."""
    return tuple(_section(element) for element in article.iterfind("body/sec"))


def _section(element: _Element) -> Section:
    name = title(element.find("title"))
    kind = section_type(element.get("sec-type", "")) or (section_type(_NUMBER.sub("", name, count=1)) if name is not None else None)
    return Section(kind, name)


def figures(article: _Element) -> tuple[Figure, ...]:
    """The figures and tables wherever they stand, in the order of the article."""
    return tuple(_figures(article))


def _figures(article: _Element) -> Iterator[Figure]:
    for element in elements_of(article, "fig", "table-wrap"):
        yield Figure(text_of(element.find("label")), text_of(element.find("caption"), _NOT_CAPTION), is_table=element.tag == "table-wrap")


def count_of(article: _Element, found: tuple[Figure, ...], is_table: bool) -> int | None:
    """How many figures or tables the article has: none only if it has a body, without which it cannot show them."""
    number = sum(1 for one in found if one.is_table == is_table)
    return number if number or article.find("body") is not None else None
