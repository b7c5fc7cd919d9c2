"""The one table of sections: the class of DoCO or DEO for each, and the names that sources give it."""

import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SectionType:
    """One row. `term` is a prefixed class; `names` are section types of BioC, JATS and PubTator, compared without case
    and punctuation. The fragment of such a section in a paper's IRI is the key.
    """

    key: str
    term: str
    names: tuple[str, ...]


_ROWS = (
    SectionType("title", "doco:Title", ("title", "front", "t")),
    SectionType("abstract", "doco:Abstract", ("abstract", "abstract title 1", "a")),
    SectionType("introduction", "deo:Introduction", ("intro", "introduction")),
    SectionType("background", "deo:Background", ("background",)),
    SectionType(
        "methods", "deo:Methods", ("methods", "method", "materials and methods", "methods and materials", "subjects", "materials methods")
    ),
    SectionType("materials", "deo:Materials", ("materials",)),
    SectionType("results", "deo:Results", ("results", "result", "findings")),
    SectionType("discussion", "deo:Discussion", ("discuss", "discussion", "discussions")),
    SectionType("conclusion", "deo:Conclusion", ("concl", "conclusion", "conclusions")),
    SectionType("case-report", "doco:Section", ("case", "cases", "case report")),
    SectionType("figure", "doco:Figure", ("fig", "figure", "fig caption", "figure caption")),
    SectionType("table", "doco:Table", ("table", "table caption", "table footnote")),
    SectionType("references", "doco:Bibliography", ("ref", "references", "bibliography")),
    SectionType("acknowledgements", "deo:Acknowledgements", ("ack fund", "acknowledgements", "acknowledgments", "ack")),
    SectionType(
        "supplement",
        "deo:SupplementaryInformationDescription",
        ("suppl", "supplementary material", "supplementary materials", "supplement"),
    ),
    SectionType("appendix", "doco:Appendix", ("appendix", "app")),
    SectionType("abbreviations", "doco:Glossary", ("abbr", "abbreviations", "glossary")),
)

SECTIONS: dict[str, SectionType] = {row.key: row for row in _ROWS}


def _folded(name: str) -> str:
    return re.sub(r"[\W_]+", " ", name).strip().casefold()


_BY_NAME = {_folded(name): row for row in _ROWS for name in row.names}


def section_type(name: str) -> str | None:
    """The key of the section type that a source names this way, or None.

    >>> section_type("INTRO"), section_type("materials|methods"), section_type("Our thoughts")
    ('introduction', 'methods', None)
    """
    row = _BY_NAME.get(_folded(name))
    return None if row is None else row.key
