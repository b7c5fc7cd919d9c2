"""What searches and look-ups answer, as JSON, as a table, and as triples."""

import csv
import io
from collections.abc import Iterable, Iterator

from pyoxigraph import Literal, NamedNode, Quad

from rdfgen.entity_types import ENTITY_TYPES
from rdfgen.iris import Iris
from rdfgen.namespaces import expand
from rdfgen.search.things import PAPER
from server.local import local_path
from server.search.marking import Marked
from server.search.names import Name
from server.search.results import Result

# What spreadsheets take for the beginning of a formula (https://owasp.org/www-community/attacks/CSV_Injection).
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
_TYPES = {row.key: row.ontology_class for row in ENTITY_TYPES.values()}


def result_record(found: Result) -> dict[str, object]:
    """A result for programs; marks are where the words of the search start and end, in characters."""
    return {
        "iri": found.iri,
        "path": found.path,
        "identifier": found.identifier,
        "types": list(found.kinds),
        "label": found.label.text,
        "label_marks": _marks(found.label),
        "is_official_label": found.is_official,
        "year": found.year,
        "papers": found.papers,
        "match": str(found.match),
        "name": found.name.text if found.name is not None else None,
        "text": found.text.text if found.text is not None else None,
        "text_marks": _marks(found.text),
    }


def _marks(text: Marked | None) -> list[list[int]]:
    return [list(mark) for mark in text.marks] if text is not None else []


def table(records: Iterable[dict[str, object]], columns: Iterable[str]) -> str:
    r"""Some columns of records as CSV (RFC 4180), with nothing in it that a spreadsheet would run.

    >>> table([{"a": "=1+1", "b": ["x", "y"]}], "ab")
    "a,b\r\n'=1+1,x y\r\n"
    """
    target = io.StringIO()
    writer = csv.writer(target)
    names = tuple(columns)
    writer.writerow(names)
    writer.writerows([_cell(record[name]) for name in names] for record in records)
    return target.getvalue()


def _cell(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    text = " ".join(map(str, value)) if isinstance(value, list) else "" if value is None else str(value)
    return f"'{text}" if text.startswith(_FORMULA) else text


def name_record(found: Name, base: str) -> dict[str, object]:
    """A name for programs."""
    return {
        "iri": found.iri,
        "path": local_path(found.iri, base),
        "identifier": found.identifier,
        "types": list(found.kinds),
        "label": found.label,
        "is_official_label": found.is_official,
        "papers": found.papers,
        "field": found.field,
        "name": found.text,
        "count": found.count,
    }


def name_quads(found: Iterable[Name], iris: Iris) -> Iterator[Quad]:
    """What the release says of the things with these names: types, identifiers, labels, synonyms; surface forms are no names of things."""
    for name in found:
        node = NamedNode(name.iri)
        for kind in name.kinds:
            if kind in (PAPER, *_TYPES):
                yield _quad(node, "rdf:type", NamedNode(expand("schema:ScholarlyArticle") if kind == PAPER else iris.term(_TYPES[kind])))
        label = "dcterms:title" if PAPER in name.kinds else "rdfs:label"
        if name.is_official:
            yield _quad(node, label, Literal(name.label))
        if name.identifier is not None and PAPER not in name.kinds:
            yield _quad(node, "dcterms:identifier", Literal(name.identifier))
        if name.field == "synonym":
            yield _quad(node, "skos:altLabel", Literal(name.text))


def _quad(subject: NamedNode, predicate: str, value: NamedNode | Literal) -> Quad:
    return Quad(subject, NamedNode(expand(predicate)), value)
