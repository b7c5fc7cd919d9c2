"""Who wrote, published and paid for a record of PubMed."""

from lxml.etree import _Element

from rdfgen.model import Author, Grant, Journal
from rdfgen.readers.xml.identifiers import issns, orcid
from rdfgen.readers.xml.text import Notes, child_text, distinct, texts_of


def authors(author_list: _Element | None, notes: Notes) -> tuple[Author, ...]:
    """The authors in their order, without those that the publisher has withdrawn."""
    if author_list is None:
        return ()
    found = (_author(element, notes) for element in author_list.iterfind("Author") if element.get("ValidYN") != "N")
    return tuple(author for author in found if author is not None)


def _author(element: _Element, notes: Notes) -> Author | None:
    group = child_text(element, "CollectiveName")
    name = group or _name(element)
    if name is None:
        notes.skip(element, "an author without a name")
        return None
    stated = element.find("Identifier[@Source='ORCID']")
    return Author(
        name=name,
        orcid=orcid(stated, notes) if stated is not None else None,
        affiliations=texts_of((*element.iterfind("AffiliationInfo/Affiliation"), *element.iterfind("Affiliation"))),
        is_group=group is not None,
    )


def _name(element: _Element) -> str | None:
    """The name with the given name first, as it is printed on papers."""
    given = child_text(element, "ForeName") or child_text(element, "FirstName") or child_text(element, "Initials")
    parts = (given, child_text(element, "LastName"), child_text(element, "Suffix"))
    return " ".join(part for part in parts if part is not None) or None


def journal(citation: _Element, notes: Notes) -> Journal | None:
    """The journal, or None where the record names none."""
    element = citation.find("Article/Journal")
    info = citation.find("MedlineJournalInfo")
    numbers = [part for path in ("Article/Journal/ISSN", "MedlineJournalInfo/ISSNLinking") for part in citation.findall(path)]
    found = Journal(
        title=child_text(element, "Title"),
        abbreviation=child_text(element, "ISOAbbreviation") or child_text(info, "MedlineTA"),
        issns=issns(numbers, notes),
        nlm_id=child_text(info, "NlmUniqueID"),
    )
    return found if found != Journal() else None


def grants(grant_list: _Element | None, notes: Notes) -> tuple[Grant, ...]:
    """The grants, each once."""
    elements = grant_list.iterfind("Grant") if grant_list is not None else ()
    return distinct(((element, _grant(element, notes)) for element in elements), "grant", notes)


def _grant(element: _Element, notes: Notes) -> Grant | None:
    grant = Grant(child_text(element, "GrantID"), child_text(element, "Agency"))
    if grant != Grant(None, None):
        return grant
    notes.skip(element, "a grant without number and agency")
    return None
