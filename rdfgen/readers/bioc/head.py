"""What a BioC document says of the paper as a whole: its identifiers, title, authors, journal and date."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from rdfgen.dates import partial_date
from rdfgen.identifiers import doi_reference, reference
from rdfgen.model import Author, Journal, Reference
from rdfgen.readers.bioc.model import Document, Infons, Sentence, Stretch, infon
from rdfgen.sections import section_type

# PubTator cuts its citations after about 80 characters.
_CUT = 80
_CITATION = re.compile(
    r"(?P<journal>[^;]{1,200}?)[.;] (?P<date>[12]\d{3}(?: [A-Z][a-z]{2}(?: \d{1,2}(?= ?[;:.]))?(?=[ ;:.]|$))?)(?![-/\w])(?P<rest>.{0,400})",
    re.DOTALL,
)
_ISSUE = re.compile(r" ?; ?(?P<volume>[^\s:;()]{1,30})?(?: ?\((?P<issue>[^()]{1,40})\))?(?:[: ](?P<pages>[\w.-]{1,40}?))?(?:\. |\.$| doi)")
_DOI = re.compile(r"\bdoi: ?(10\.\S{1,200}?)(?:\.\s|\s|(?P<last>\.$))")
_MONTH_RANGE = re.compile(r" ?[-/] ?[A-Z]")
_NAME = re.compile(r"name_(\d{1,6})")
_KEYWORD_END = re.compile(r"\s*[;,|\n]\s*")
# Infons that state an identifier of the paper, and its vocabulary.
_IDENTIFIERS = {"article-id_pmc": "PMCID", "article-id_pmid": "PMID", "article-id_doi": "DOI"}
_PMC_PART = re.compile(r"\|(PMC\d+)$")


@dataclass(frozen=True, slots=True)
class Citation:
    """What PubTator's infon `journal` says: "Nat Cell Biol. 2021 Mar;23(3):268-277. doi: …", cut after 80 characters."""

    journal: str | None = None
    issued: str | None = None
    volume: str | None = None
    issue: str | None = None
    pages: str | None = None
    doi: Reference | None = None


@dataclass(frozen=True, slots=True)
class Head:
    """What the document says of the paper as a whole."""

    identifiers: tuple[Reference, ...]
    title: str | None
    abstract: tuple[str, ...]
    authors: tuple[Author, ...]
    journal: Journal | None
    issued: str | None
    volume: str | None
    issue: str | None
    pages: str | None
    keywords: tuple[str, ...]


def citation(text: str) -> Citation:
    """The parts of a citation that are surely whole; a day is one only if the citation itself prints it.

    >>> found = citation("Breast Cancer Res. 2012 Mar 19;14(2):R50. doi: 10.1186/bcr3151.")
    >>> found.journal, found.issued, found.volume, found.issue, found.pages, found.doi.identifier
    ('Breast Cancer Res', '2012-03-19', '14', '2', 'R50', '10.1186/bcr3151')
    >>> citation("Nat Cell Biol. 2021 Mar;23(3):268-277. doi: 10.1038/s41556-021-0").doi is None
    True
    """
    match = _CITATION.match(text)
    if match is None:
        return Citation()
    rest = match["rest"]
    issue = _ISSUE.match(rest)
    volume, number, pages = issue.group("volume", "issue", "pages") if issue is not None else (None, None, None)
    issued = partial_date(match["date"][:4] if _MONTH_RANGE.match(rest) else match["date"])
    return Citation(match["journal"], issued, volume, number, pages, _cited_doi(rest, is_cut=len(text) >= _CUT))


def _cited_doi(rest: str, is_cut: bool) -> Reference | None:
    match = _DOI.search(rest)
    return None if match is None or (is_cut and match["last"]) else doi_reference(match[1])


def head(document: Document) -> Head:
    """All of it; what other passages than those of the title say is about other works, except identifiers."""
    infons = _front(document)
    cited = citation(infon(infons, "journal"))
    has_citation = cited.journal is not None
    name = document.journal or cited.journal
    title = infon(infons, "journal-title") or ("" if has_citation else infon(infons, "journal"))
    return Head(
        identifiers=tuple(_identifiers(document, cited)),
        title=next(filter(None, map(prose, filter(_is_title, document.passages or ()))), None),
        abstract=tuple(filter(None, map(prose, filter(_is_abstract, document.passages or ())))),
        authors=tuple(_authors(document, infons)),
        journal=Journal(title or None, name) if title or name else None,
        issued=cited.issued or partial_date(infon(infons, "year")) or _year(document.date),
        volume=infon(infons, "volume") or cited.volume,
        issue=infon(infons, "issue") or cited.issue,
        pages=_pages(infons) or cited.pages,
        keywords=tuple(dict.fromkeys(filter(None, _KEYWORD_END.split(infon(infons, "kwd"))))),
    )


def section(infons: Infons | None) -> str | None:
    """The key of the section that a passage is in, or None."""
    return section_type(infon(infons, "section_type")) or section_type(infon(infons, "type"))


def prose(passage: Stretch) -> str:
    """The text of a passage, or of its sentences, one space wherever they leave a gap.

    >>> prose(Stretch(sentences=[Sentence(0, text="One."), Sentence(5, text="Two.")]))
    'One. Two.'
    """
    if passage.text and passage.text.strip():
        return passage.text.strip()
    return "".join(_joined(passage.sentences or [])).strip()


def _joined(sentences: list[Sentence]) -> Iterator[str]:
    end = None
    for sentence in sentences:
        if end is not None and sentence.offset != end:
            yield " "
        yield sentence.text or ""
        end = sentence.offset + len(sentence.text or "")


def _is_title(passage: Stretch) -> bool:
    kind = infon(passage.infons, "type").casefold()
    part = infon(passage.infons, "section_type").casefold()
    return part == "title" or (not part and kind in ("title", "front"))


def _is_abstract(passage: Stretch) -> bool:
    kind = infon(passage.infons, "type").casefold()
    part = infon(passage.infons, "section_type").casefold()
    return part == "abstract" or (not part and kind.startswith("abstract"))


def _front(document: Document) -> Infons:
    """The infons about the paper as a whole: the document's own and those of its title."""
    infons = dict(document.infons or {})
    for passage in filter(_is_title, document.passages or ()):
        infons = (passage.infons or {}) | infons
    return infons


def _identifiers(document: Document, cited: Citation) -> Iterator[Reference]:
    """PMID, PMC id and DOI, one each: infons count more than the document's id, which is a PMID only if it is no PMC id."""
    record = infon({"id": document.id}, "id")
    pmc = _stated(document, "article-id_pmc") or reference(infon({"": document.pmcid}, ""), "PMCID") or _pmc_part(document)
    if pmc is None and record[:3].upper() == "PMC":
        pmc = reference(record, "PMCID")
    is_pmid = record.isascii() and record.isdigit() and (pmc is None or pmc != reference(f"PMC{record}", "PMCID"))
    pmid = _stated(document, "article-id_pmid") or _number(infon({"": document.pmid}, ""))
    doi = _stated(document, "article-id_doi") or (doi_reference(record) if record.startswith("10.") else None) or cited.doi
    yield from filter(None, (pmid or (_number(record) if is_pmid else None), pmc, doi))


def unread(document: Document) -> Iterator[str]:
    """What stands where an identifier or a date should and is none."""
    for key, prefix in _IDENTIFIERS.items():
        yield from (f"{key}: {text}" for text in _texts(document, key) if _identifier(text, prefix) is None)
    for key, text in (("pmid", infon({"": document.pmid}, "")), ("pmcid", infon({"": document.pmcid}, ""))):
        if text and _identifier(text, key.upper()) is None:
            yield f"{key}: {text}"
    text = infon(_front(document), "journal")
    if citation(text).journal is not None and citation(text).issued is None:
        yield f"journal: {text}"


def _texts(document: Document, key: str) -> Iterator[str]:
    """The values of an infon of the document and of its passages."""
    for infons in (document.infons, *(passage.infons for passage in document.passages or ())):
        if infons and (text := infon(infons, key)):
            yield text


def _identifier(text: str, prefix: str) -> Reference | None:
    found = doi_reference(text) if prefix == "DOI" else reference(text, prefix)
    return found if found is not None and found.prefix == prefix else None


def _stated(document: Document, key: str) -> Reference | None:
    """The identifier that an infon of the document or of a passage states."""
    found = (_identifier(text, _IDENTIFIERS[key]) for text in _texts(document, key))
    return next(filter(None, found), None)


def _number(text: str) -> Reference | None:
    found = reference(text, "PMID")
    return found if found is not None and found.prefix == "PMID" else None


def _pmc_part(document: Document) -> Reference | None:
    match = _PMC_PART.search(document.underscore_id or "")
    return reference(match[1], "PMCID") if match is not None else None


def _authors(document: Document, infons: Infons) -> Iterator[Author]:
    """The list of PubTator3, else its infon, else the infons of PMC, `name_0` and so on."""
    names = document.authors or infon(infons, "authors").split(", ")
    found = [Author(name) for name in (text.strip(" ,") for text in names) if name]
    yield from found or map(Author, filter(None, _names(infons)))


def _names(infons: Infons) -> Iterator[str]:
    numbered = sorted((int(match[1]), key) for key in infons if (match := _NAME.fullmatch(key)) is not None)
    for _, key in numbered:
        parts = dict(part.partition(":")[::2] for part in infon(infons, key).split(";"))
        name = f"{parts.get('given-names', '')} {parts.get('surname', '')}".strip()
        yield name or ("" if "surname" in parts else infon(infons, key))


def _pages(infons: Infons) -> str | None:
    first, last = infon(infons, "fpage"), infon(infons, "lpage")
    return f"{first}-{last}" if first and last and first != last else first or None


def _year(text: str | None) -> str | None:
    """The year of PubTator3's date; it fills in the first of January or of the month where it does not know better."""
    return partial_date((text or "")[:4])
