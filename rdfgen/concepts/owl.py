"""Ontologies as OWL in RDF/XML, and what of them concerns our vocabularies: Mondo, NCBI Taxonomy.

The file is parsed block by block and forgotten element by element, so that memory stays flat, and nothing outside of it is
read. Entities that it declares stand for their text in attributes only; libxml2 bounds how much they may grow there.
"""

from collections.abc import Callable, Iterator
from itertools import chain
from typing import BinaryIO, NamedTuple
from urllib.parse import urljoin

from lxml.etree import QName, XMLPullParser, XMLSyntaxError, _Element

from rdfgen.concepts.facts import Fact, Identifiers, Kind
from rdfgen.concepts.ontology_terms import (
    ALTERNATIVE_IDENTIFIER,
    DEFINITION,
    EXACT_SYNONYM,
    OBO,
    OBO_IN_OWL,
    REPLACED_BY,
    is_malformed,
    merged_term,
    named_iri,
    term_link,
    term_node,
)
from rdfgen.namespaces import PREFIXES
from rdfgen.readers.text import decoded
from rdfgen.readers.xml.encoding import utf8_blocks
from rdfgen.readers.xml.records import MAX_RECORD_BYTES, root_name
from rdfgen.report import Report

_NAMESPACES = (*(PREFIXES[prefix] for prefix in ("rdf", "rdfs", "owl")), OBO_IN_OWL, OBO)


def _name(iri: str) -> str:
    """The name by which lxml knows an element of that IRI."""
    namespace = next(namespace for namespace in _NAMESPACES if iri.startswith(namespace))
    return QName(namespace, iri[len(namespace) :]).text


def _rdf(name: str) -> str:
    return _name(PREFIXES["rdf"] + name)


_ROOT, _ABOUT, _RESOURCE, _PARSE_TYPE = _rdf("RDF"), _rdf("about"), _rdf("resource"), _rdf("parseType")
_NODES = (_name(f"{PREFIXES['owl']}Class"), _rdf("Description"))
_LANGUAGE = "{http://www.w3.org/XML/1998/namespace}lang"


def recognises(head: bytes) -> bool:
    """Whether the file starts as RDF/XML that uses OWL does.

    >>> recognises(b'<r:RDF xmlns:r="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:o="http://www.w3.org/2002/07/owl#">')
    True
    >>> recognises(b'<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'), recognises(b"<article/>")
    (False, False)
    """
    name = root_name(head)
    return name is not None and name.rpartition(":")[2] == "RDF" and all(PREFIXES[prefix] in decoded(head) for prefix in ("rdf", "owl"))


def read(stream: BinaryIO, report: Report, _wanted: Identifiers | None) -> Iterator[Fact]:
    """The facts about the classes of our vocabularies; classes of other ontologies are left out on purpose. Names are those
    in English, or in no language.

    >>> import io
    >>> names = '<rdf:RDF xmlns:rdf="%s" xmlns:rdfs="%s" xmlns:owl="%s">' % _NAMESPACES[:3]
    >>> node = '<owl:Class rdf:about="%sMONDO_0015280"><rdfs:label>CFC syndrome</rdfs:label></owl:Class></rdf:RDF>' % OBO
    >>> list(read(io.BytesIO((names + node).encode()), Report("mondo.owl"), None))
    [Fact(node='MONDO:0015280', kind=<Kind.LABEL: 1>, value='CFC syndrome')]
    """
    for element in _nodes(stream, report):
        subject = _subject(element, report)
        if subject is not None:
            for child in element:
                yield from _facts(subject, child, report)


def _nodes(stream: BinaryIO, report: Report) -> Iterator[_Element]:
    """Each node element once it is whole, also those within others (RDF 1.1 XML Syntax §2.2); what came before damage is kept."""
    parser, size = _parser(), 0
    root: _Element | None = None
    last: _Element | None = None
    for block in chain(filter(None, utf8_blocks(stream, report)), (b"",)):
        problem = _problem(parser, block)
        for event, element in _events(parser, problem):
            root = element if root is None else root
            if event == "end" and element is not root:
                yield element
        if problem is not None:
            report.skip(problem.line, f"not well-formed XML, so the rest of the file is left out: {problem.reason}")
            return
        if root is None and not block:
            report.skip(0, "no rdf:RDF element, so there is no ontology to read")
        found = _forgotten(root)
        size = size + len(block) if found is last else 0
        last = found
        if size > MAX_RECORD_BYTES:
            report.skip(_line(last), f"no end of an element within {MAX_RECORD_BYTES} bytes, so the rest of the file is left out")
            return


def _parser() -> XMLPullParser:
    """A parser that tells of the root and of node elements, and that nothing in a file makes read another one."""
    return XMLPullParser(
        ("start", "end"),
        tag=(_ROOT, *_NODES),
        encoding="utf-8",
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        huge_tree=False,
        recover=False,
        remove_comments=True,
        remove_pis=True,
    )


class _Problem(NamedTuple):
    """Where XML is not well-formed, and why."""

    line: int
    reason: str


def _problem(parser: XMLPullParser, block: bytes) -> _Problem | None:
    """What is wrong with the next block, or with the end, which no bytes stand for."""
    raised = None
    try:
        if block:
            parser.feed(block)
        else:
            parser.close()
    except XMLSyntaxError as error:
        raised = _Problem(error.lineno or 0, (error.msg or "").partition(", line ")[0].strip())
    # The first error counts, and not each is raised: one of an entity only says at the end that there is no element.
    logged = parser.feed_error_log.filter_from_errors()
    return _Problem(logged[0].line, logged[0].message.strip()) if len(logged) else raised


def _events(parser: XMLPullParser, problem: _Problem | None) -> Iterator[tuple[str, _Element]]:
    """The starts and ends of elements since the last block, none of those that the parser found behind a problem."""
    for event, element in parser.read_events():
        if isinstance(element, _Element) and (problem is None or _line(element) <= problem.line):
            yield event, element


def _forgotten(root: _Element | None) -> _Element | None:
    """The last element in the root, which may go on, after those before it were taken away."""
    if root is None or not len(root):
        return None
    del root[:-1]
    return root[-1]


def _line(element: _Element | None) -> int:
    line = element.sourceline if element is not None else None
    return line if isinstance(line, int) else 0


def _subject(element: _Element, report: Report) -> str | None:
    """The record of ours that a node element is about; None for all else, which literals that look like nodes are too."""
    iri = _iri(element, _ABOUT)
    if iri is None:
        return None
    if is_malformed(iri):
        report.skip(_line(element), "no identifier of its vocabulary", iri)
    return None if any(above.get(_PARSE_TYPE) == "Literal" for above in element.iterancestors()) else term_node(iri)


def _iri(element: _Element, attribute: str) -> str | None:
    """The IRI in an attribute, a relative one resolved (RDF 1.1 XML Syntax §5.3); None where there is none."""
    text = element.get(attribute)
    if text is None or ":" in text:
        return text
    try:
        return urljoin(element.base or "", text)
    except ValueError:
        return None


def _object(element: _Element) -> str | None:
    """The IRI of what a property leads to, by name or as a node within; None for a text or something without a name."""
    iri = _iri(element, _RESOURCE)
    if iri is None and len(element) and element[0].tag in _NODES:
        return _iri(element[0], _ABOUT)
    return iri


def _named(element: _Element, report: Report) -> str:
    """The IRI of what a property names, whether as a resource or in a text."""
    return _object(element) or named_iri(_text(element, report))


def _text(element: _Element, report: Report) -> str:
    """The text of a property, empty where there is none that can be read."""
    if len(element):
        report.skip(_line(element), "markup or an entity in a text, which is left out", element.text or "")
        return ""
    return (element.text or "").strip()


def _is_english(element: _Element | None) -> bool:
    """Whether a text is in English or in no language; the language of what is around it holds for it too (XML 1.0 §2.12)."""
    while element is not None and _LANGUAGE not in element.attrib:
        element = element.getparent()
    language = element.get(_LANGUAGE) if element is not None else None
    return (language or "en").partition("-")[0].lower() == "en"


def _facts(subject: str, child: _Element, report: Report) -> Iterator[Fact]:
    """What one property of a record says."""
    kind = _TEXTS.get(child.tag)
    if kind is not None and _is_english(child):
        text = _text(child, report)
        if text:
            yield Fact(subject, kind, text)
    elif child.tag in _PROPERTIES:
        yield from _PROPERTIES[child.tag](subject, child, report)


def _parent(subject: str, child: _Element, _: Report) -> Iterator[Fact]:
    """A class above; restrictions, which have no name, are left out on purpose."""
    return term_link(subject, Kind.BROADER, _object(child) or "")


def _replacement(subject: str, child: _Element, report: Report) -> Iterator[Fact]:
    return term_link(subject, Kind.REPLACED_BY, _named(child, report))


def _other_identifier(subject: str, child: _Element, report: Report) -> Iterator[Fact]:
    return merged_term(subject, _named(child, report))


def _obsolete(subject: str, child: _Element, report: Report) -> Iterator[Fact]:
    if _text(child, report) in ("true", "1"):
        yield Fact(subject, Kind.OBSOLETE)


_TEXTS = {
    _name(f"{PREFIXES['rdfs']}label"): Kind.LABEL,
    _name(EXACT_SYNONYM): Kind.SYNONYM,
    _name(DEFINITION): Kind.DESCRIPTION,
}
_PROPERTIES: dict[str, Callable[[str, _Element, Report], Iterator[Fact]]] = {
    _name(f"{PREFIXES['rdfs']}subClassOf"): _parent,
    _name(f"{PREFIXES['owl']}deprecated"): _obsolete,
    _name(REPLACED_BY): _replacement,
    _name(ALTERNATIVE_IDENTIFIER): _other_identifier,
}
