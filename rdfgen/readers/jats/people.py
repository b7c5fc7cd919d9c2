"""Who wrote a JATS article, where they work, and who paid for it."""

from collections.abc import Iterator, Mapping

from lxml.etree import _Element

from rdfgen.model import Author, Grant, Reference
from rdfgen.readers.xml.identifiers import orcid
from rdfgen.readers.xml.text import NOT_TEXT, Notes, distinct, text_of, texts_of

_NOT_NAME = NOT_TEXT | {"xref", "fn", "label", "contrib-group", "contrib-id", "aff", "address", "email", "ext-link", "institution-id"}
_NOT_FUNDER = _NOT_NAME | {"named-content"}
_NOT_AFFILIATION = NOT_TEXT | {"aff", "label", "institution-id", "fn", "xref"}
_NAMES = ("name", "string-name", "name-alternatives/name", "name-alternatives/string-name")


def authors(meta: _Element, notes: Notes) -> tuple[Author, ...]:
    """The authors in their order, but not the members of a group that is an author."""
    places = {
        element.get("id", ""): text for element in meta.iter("aff", "aff-alternatives") if (text := _affiliation(element)) is not None
    }
    return tuple(author for group in meta.iterfind("contrib-group") for author in _group_authors(group, places, notes))


def _group_authors(group: _Element, places: Mapping[str, str], notes: Notes) -> Iterator[Author]:
    """The authors in one group; affiliations that nobody refers to by name are those of all in it."""
    shared = tuple(text for one in group.iterfind("aff") if one.get("id") is None and (text := _affiliation(one)) is not None)
    for element in group.iterfind("contrib"):
        if element.get("contrib-type", "author") == "author":
            yield from _authors(element, _affiliations(element, places, notes) or shared, notes)


def _authors(element: _Element, affiliations: tuple[str, ...], notes: Notes) -> Iterator[Author]:
    """The person and the groups that one entry names: mostly one of them."""
    person = next((name for path in _NAMES if (name := _name(element.find(path))) is not None), None)
    iri = _orcid(element, notes)
    if person is not None:
        yield Author(person, iri, affiliations)
    groups = [
        name for path in ("collab", "collab-alternatives/collab") for one in element.iterfind(path) if (name := text_of(one, _NOT_NAME))
    ]
    for name in groups:
        yield Author(name, iri if person is None else None, affiliations, is_group=True)
    if person is None and not groups:
        notes.skip(element, "an author without a name", text_of(element) or "")


def _orcid(element: _Element, notes: Notes) -> Reference | None:
    stated = element.find("contrib-id[@contrib-id-type='orcid']")
    return orcid(stated, notes) if stated is not None else None


def _name(element: _Element | None) -> str | None:
    """The name as it is printed: the given name first, except where the source says that the style is eastern."""
    if element is None:
        return None
    given, surname, suffix = (text_of(element.find(part), _NOT_NAME) for part in ("given-names", "surname", "suffix"))
    if element.tag == "string-name" or (given is None and surname is None):
        return text_of(element, _NOT_NAME)
    parts = (surname, given, suffix) if element.get("name-style") == "eastern" else (given, surname, suffix)
    return " ".join(part for part in parts if part is not None) or None


def _affiliations(element: _Element, places: Mapping[str, str], notes: Notes) -> tuple[str, ...]:
    """The affiliations that an entry holds or refers to."""
    found = {text: None for one in element.iterfind("aff") if (text := _affiliation(one)) is not None}
    for xref in element.iterfind("xref[@ref-type='aff']"):
        for key in xref.get("rid", "").split():
            if key in places:
                found[places[key]] = None
            else:
                notes.suspect(xref, "an author's affiliation that the article does not have", key)
    return tuple(found)


def _affiliation(element: _Element) -> str | None:
    """The text of an affiliation without the number that stands for it."""
    if element.tag == "aff-alternatives":
        first = element.find("aff")
        return _affiliation(first) if first is not None else None
    mark = element[0] if len(element) and not (element.text or "").strip() else None
    if mark is None or mark.tag != "sup":
        return text_of(element, _NOT_AFFILIATION)
    whole, number = text_of(element, _NOT_AFFILIATION) or "", text_of(mark, _NOT_AFFILIATION) or ""
    return whole.removeprefix(number).strip() or None


def grants(meta: _Element, notes: Notes) -> tuple[Grant, ...]:
    """The grants of new and of old articles, each once."""
    return distinct((*_awards(meta), *_contracts(meta)), "grant", notes)


def _awards(meta: _Element) -> Iterator[tuple[_Element, Grant]]:
    for element in meta.iterfind("funding-group/award-group"):
        agency = "; ".join(text for one in element.iterfind("funding-source") if (text := text_of(one, _NOT_FUNDER))) or None
        numbers = texts_of(element.iterfind("award-id"))
        yield from ((element, Grant(number, agency)) for number in numbers)
        if agency is not None and not numbers:
            yield element, Grant(None, agency)


def _contracts(meta: _Element) -> Iterator[tuple[_Element, Grant]]:
    """Contracts of NLM 2: a number names its sponsor, or there is but one."""
    sponsors = {element.get("id", str(number)): text_of(element) for number, element in enumerate(meta.iterfind("contract-sponsor"))}
    only = next(iter(sponsors)) if len(sponsors) == 1 else ""
    used: set[str] = set()
    for element in meta.iterfind("contract-num"):
        key = element.get("rid", only)
        used.add(key)
        if (number := text_of(element)) is not None:
            yield element, Grant(number, sponsors.get(key))
    yield from ((meta, Grant(None, name)) for key, name in sponsors.items() if key not in used and name is not None)
