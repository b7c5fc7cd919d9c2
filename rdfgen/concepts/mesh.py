"""MeSH RDF as N-Triples (https://id.nlm.nih.gov/mesh/): records, the concepts and terms that make them up, and their hierarchy."""

import re
from collections.abc import Iterator
from typing import BinaryIO

import pyoxigraph
from pyoxigraph import RdfFormat

from rdfgen.concepts.facts import LINKS, PARTS, Fact, Identifiers, Kind
from rdfgen.namespaces import MESH_TERMS, expand
from rdfgen.readers.text import decoded, faithful, numbered_lines
from rdfgen.report import Report
from rdfgen.vocabularies import VOCABULARIES

_SPACE = VOCABULARIES["MESH"].iri_prefix
# Terms have prefLabel and altLabel, records and concepts only rdfs:label.
_KINDS = {
    expand("rdfs:label"): Kind.LABEL,
    f"{MESH_TERMS}prefLabel": Kind.LABEL,
    f"{MESH_TERMS}altLabel": Kind.SYNONYM,
    f"{MESH_TERMS}scopeNote": Kind.DESCRIPTION,
    f"{MESH_TERMS}active": Kind.OBSOLETE,
    f"{MESH_TERMS}broaderDescriptor": Kind.BROADER,
    f"{MESH_TERMS}preferredMappedTo": Kind.MAPPED_TO,
    f"{MESH_TERMS}hasDescriptor": Kind.DESCRIPTOR,
    f"{MESH_TERMS}concept": Kind.PART,
    f"{MESH_TERMS}term": Kind.PART,
    f"{MESH_TERMS}preferredTerm": Kind.PART,
    f"{MESH_TERMS}preferredConcept": Kind.MAIN_PART,
    f"{MESH_TERMS}treeNumber": Kind.BRANCH,
    expand("rdf:type"): Kind.BRANCH,
}
# Supplementary records have no tree number, but a type that says as much.
_BRANCHES = {f"{MESH_TERMS}SCR_Chemical": "D", f"{MESH_TERMS}SCR_Disease": "C"}
_TREE_NUMBER = re.compile(rf"{re.escape(_SPACE)}([A-Z])\d\d(?:\.\d+)*", re.ASCII)
_SUBJECT = rf"<{re.escape(_SPACE)}(?P<subject>[^>\s]*)>"
_LITERAL = r'"(?P<text>[^"\\]*(?:\\.[^"\\]*)*)"(?:@(?P<language>[A-Za-z0-9-]+)|\^\^<[^>\s]*>)?'
_LINE = re.compile(rf"\s*{_SUBJECT}\s*<(?P<predicate>[^>\s]*)>\s*(?:<(?P<object>[^>\s]*)>|{_LITERAL})\s*\.\s*(?:#.*)?")
_RECORD = re.compile(r"[CD]\d{6,9}(?:Q\d{6,9})?", re.ASCII)
_PART = re.compile(r"[MT]\d{1,12}", re.ASCII)
_ESCAPE = re.compile(r"\\(?:u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8})|(.))")
_ESCAPES = {"t": "\t", "b": "\b", "n": "\n", "r": "\r", "f": "\f"}


def recognises(head: bytes) -> bool:
    r"""Whether the first triple is about something of MeSH.

    >>> recognises(b"# MeSH\n<http://id.nlm.nih.gov/mesh/D003866> <http://www.w3.org/2000/01/rdf-schema#label> "), recognises(b"<a> <b>")
    (True, False)
    """
    lines = (line.strip() for line in decoded(head).splitlines())
    first = next((line for line in lines if line and not line.startswith("#")), "")
    return re.match(rf"{_SUBJECT}\s*<", first) is not None


def read(stream: BinaryIO, report: Report, _wanted: Identifiers | None) -> Iterator[Fact]:
    r"""The facts about records, and about the concepts and terms that are their parts. Names are those in English.

    >>> import io
    >>> line = b'<http://id.nlm.nih.gov/mesh/D015032> <http://www.w3.org/2000/01/rdf-schema#label> "Zinc"@en .\n'
    >>> list(read(io.BytesIO(line), Report("mesh.nt"), None))
    [Fact(node='MESH:D015032', kind=<Kind.LABEL: 1>, value='Zinc')]
    """
    for number, line, _ in numbered_lines(stream, report):
        match = _LINE.fullmatch(line)
        if match is None:
            _complain(number, line, report)
            continue
        kind = _KINDS.get(match["predicate"])
        subject = match["subject"]
        if kind is None or not (_RECORD.fullmatch(subject) or _PART.fullmatch(subject)):
            continue
        value = _value(match, kind, number, report)
        if value is not None:
            yield Fact(f"MESH:{subject}", kind, value)


def _complain(number: int, line: str, report: Report) -> None:
    """Report a line that is no triple; triples about other things than MeSH's, and comments, are left out on purpose."""
    try:
        list(pyoxigraph.parse(line, format=RdfFormat.N_TRIPLES))
    except SyntaxError:
        report.skip(number, "no triple in N-Triples", line)


def _value(match: re.Match[str], kind: Kind, number: int, report: Report) -> str | None:
    if kind is Kind.BRANCH:
        tree_number = _TREE_NUMBER.fullmatch(match["object"] or "")
        return tree_number[1] if tree_number is not None else _BRANCHES.get(match["object"] or "")
    return _linked(match, kind, number, report) if kind in LINKS + PARTS else _text(match, kind, number, report)


def _linked(match: re.Match[str], kind: Kind, number: int, report: Report) -> str | None:
    target = (match["object"] or "").removeprefix(_SPACE)
    if (_PART if kind in PARTS else _RECORD).fullmatch(target) is None:
        report.skip(number, "no record of MeSH where there must be one", match["object"] or match["text"])
        return None
    return f"MESH:{target}"


def _text(match: re.Match[str], kind: Kind, number: int, report: Report) -> str | None:
    if match["text"] is None:
        report.skip(number, "an IRI where there must be a text", match["object"])
        return None
    if kind is Kind.OBSOLETE:
        return "" if match["text"] in ("false", "0") else None
    if (match["language"] or "en").partition("-")[0].lower() != "en":
        return None
    return faithful(_unescaped(match["text"]), number, report).strip() or None


def _unescaped(text: str) -> str:
    r"""The text that an N-Triples string stands for.

    >>> _unescaped(r"Beh\u00E7et \"x\"")
    'Behçet "x"'
    """
    return _ESCAPE.sub(_character, text) if "\\" in text else text


def _character(match: re.Match[str]) -> str:
    code = match[1] or match[2]
    if code is None:
        return _ESCAPES.get(match[3], match[3])
    number = int(code, 16)
    return chr(number) if number <= 0x10FFFF else "\ufffd"
