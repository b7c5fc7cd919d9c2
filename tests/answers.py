"""Answers to queries as pyoxigraph gives them, as the server's formats have them, and as the W3C expects them."""

import csv
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from io import BytesIO, StringIO
from pathlib import Path

import pyoxigraph
import rdflib
from pyoxigraph import RdfFormat
from rdflib import RDF, BNode, Graph, Literal, URIRef
from rdflib.compare import isomorphic
from rdflib.query import Result
from rdflib.term import Identifier

_RS = rdflib.Namespace("http://www.w3.org/2001/sw/DataAccess/tests/result-set#")

Row = Mapping[str, Identifier]


@dataclass(frozen=True, slots=True)
class Bare:
    """What pyoxigraph says: rows, a truth value, triples, or why it says nothing."""

    form: str
    variables: list[str] = field(default_factory=list)
    rows: list[tuple[str | None, ...]] = field(default_factory=list)
    truth: bool = False


def table(content: bytes, name: str) -> tuple[list[str], list[Row]]:
    """Columns and rows of results in JSON, XML or TSV."""
    if name == "tsv":
        return _tsv(content)
    found = Result.parse(BytesIO(content), format=name)
    return [str(variable) for variable in found.vars or []], _rows(found)


def _tsv(content: bytes) -> tuple[list[str], list[Row]]:
    """Columns and rows; the cells are Turtle (SPARQL 1.1 Query Results CSV and TSV Formats §4), which rdflib's own reader knows in part."""
    head, *lines = (line.rstrip("\r").split("\t") for line in content.decode().removesuffix("\n").split("\n"))
    cells = sorted({cell for line in lines for cell in line if cell})
    turtle = "".join(f"<urn:cell:{number}> <urn:is> {cell} .\n" for number, cell in enumerate(cells))
    graph = Graph().parse(data=turtle, format="turtle")
    read = {cells[int(str(subject)[9:])]: term for subject, _, term in graph if isinstance(term, Identifier)}
    names = [name.removeprefix("?") for name in head if name]
    return names, [{name: read[cell] for name, cell in zip(names, line, strict=False) if cell} for line in lines]


def csv_rows(content: bytes) -> list[Row]:
    """The rows of CSV, which has the plain text of each term (SPARQL 1.1 Query Results CSV and TSV Formats §3)."""
    names, *lines = csv.reader(StringIO(content.decode(), newline=""))
    return [{name: _plain(cell) for name, cell in zip(names, line, strict=False) if cell} for line in lines]


def as_csv(rows: Sequence[Row]) -> list[Row]:
    """The rows with no more of each term than CSV has."""
    return [{name: _plain(_csv_text(term)) for name, term in row.items() if _csv_text(term)} for row in rows]


def _csv_text(term: Identifier) -> str:
    return f"_:{term}" if isinstance(term, BNode) else str(term)


def _plain(cell: str) -> Identifier:
    return BNode(cell[2:]) if cell.startswith("_:") else Literal(cell)


def _rows(found: Result) -> list[Row]:
    return [{str(name): term for name, term in row.items()} for row in found.bindings]


def bare_rows(truth: Bare) -> list[Row]:
    """The rows that pyoxigraph gave, as rdflib's terms."""
    read: dict[str, Identifier] = {}
    for term in {cell for row in truth.rows for cell in row if cell is not None}:
        read[term] = _term(term)
    return [{name: read[cell] for name, cell in zip(truth.variables, row, strict=True) if cell is not None} for row in truth.rows]


def _term(text: str) -> Identifier:
    """The term that pyoxigraph writes so, as rdflib has it."""
    value = next(iter(pyoxigraph.parse(f"<a:a> <a:a> {text} .".encode(), RdfFormat.N_TRIPLES))).object
    if isinstance(value, pyoxigraph.NamedNode):
        return URIRef(value.value)
    if isinstance(value, pyoxigraph.BlankNode):
        return BNode(value.value)
    assert isinstance(value, pyoxigraph.Literal)
    plain = value.datatype.value.endswith(("#string", "#langString"))
    return Literal(value.value, lang=value.language, datatype=None if plain else URIRef(value.datatype.value))


def graph_of(rows: Iterable[tuple[str | None, ...]]) -> Graph:
    """The triples as a graph."""
    return Graph().parse(data="".join(" ".join(map(str, row)) + " .\n" for row in rows), format="nt")


def same(found: Sequence[Row], wanted: Sequence[Row], in_order: bool = False) -> bool:
    """Whether these are the same solutions as often each, whatever blank nodes are called; in the same order if that counts."""
    if in_order and [_key(row, "") for row in found] != [_key(row, "") for row in wanted]:
        return False
    if Counter(_key(row) for row in found) == Counter(_key(row) for row in wanted):
        return True
    has_blank = any(isinstance(term, BNode) for row in wanted for term in row.values())
    return has_blank and len(found) == len(wanted) and isomorphic(_as_graph(found), _as_graph(wanted))


def _key(row: Row, blank: str | None = None) -> frozenset[tuple[str, str]]:
    return frozenset((name, blank if blank is not None and isinstance(term, BNode) else _text(term)) for name, term in row.items())


def _text(term: Identifier) -> str:
    """The term in full; a string's datatype may be said or not (RDF 1.1 Concepts §3.3)."""
    plain = isinstance(term, Literal) and str(term.datatype).endswith("#string")
    return Literal(str(term)).n3() if plain else term.n3()


def _as_graph(rows: Sequence[Row]) -> Graph:
    graph = Graph()
    for row in rows:
        node = BNode()
        graph.add((node, RDF.type, RDF.Bag))
        for name, term in row.items():
            graph.add((node, URIRef("urn:name:" + name), term if isinstance(term, BNode) else Literal(_text(term))))
    return graph


def is_expected(truth: Bare, path: Path, address: str) -> bool:
    """Whether the answer is that which the W3C expects, to the letter."""
    if truth.form == "CONSTRUCT":
        return isomorphic(graph_of(truth.rows), Graph().parse(path, publicID=address))
    if path.suffix in (".srx", ".srj"):
        found = Result.parse(BytesIO(path.read_bytes()), format={".srx": "xml", ".srj": "json"}[path.suffix])
        return bool(found.askAnswer == truth.truth) if found.type == "ASK" else same(_rows(found), bare_rows(truth))
    if path.suffix == ".tsv":
        return same(_tsv(path.read_bytes())[1], bare_rows(truth))
    if path.suffix == ".csv":
        return same(csv_rows(path.read_bytes()), as_csv(bare_rows(truth)))
    return _is_result_set(truth, Graph().parse(path, publicID=address))


def _is_result_set(truth: Bare, graph: Graph) -> bool:
    answer = graph.value(None, _RS.boolean)
    value = next(graph.objects(None, _RS.boolean), answer)
    if value is not None:
        return truth.form == "ASK" and str(value) == str(truth.truth).lower()
    rows = [
        {str(graph.value(binding, _RS.variable)): graph.value(binding, _RS.value) for binding in graph.objects(solution, _RS.binding)}
        for solution in graph.objects(None, _RS.solution)
    ]
    return same(rows, bare_rows(truth))  # type: ignore[arg-type]  # all are terms
