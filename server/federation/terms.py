"""From an answer of another endpoint, SPARQL 1.1 Query Results JSON, to inline data of a query; nothing else gets into its text."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import msgspec
from pyoxigraph import BaseDirection, Literal, NamedNode

from server.engine.query import RemoteFailed

Genid = Callable[[str], str]
Row = tuple[str | None, ...]


@dataclass(frozen=True, slots=True)
class Solutions:
    """Rows of terms as they are written in a query, None where there is no value."""

    variables: tuple[str, ...]
    rows: list[Row]


class _Term(msgspec.Struct, frozen=True, rename={"language": "xml:lang", "direction": "its:dir"}):
    type: str
    value: "str | _Triple"
    language: str | None = None
    direction: str | None = None
    datatype: str | None = None


class _Triple(msgspec.Struct, frozen=True):
    subject: _Term
    predicate: _Term
    object: _Term


class _Head(msgspec.Struct):
    vars: list[str]


class _Results(msgspec.Struct):
    bindings: list[dict[str, _Term]]


class _Answer(msgspec.Struct):
    head: _Head
    results: _Results


_decoder = msgspec.json.Decoder(_Answer)
_DEEPEST = 10


def solutions(content: bytes, variables: Sequence[str], genid: Genid, most_rows: int) -> Solutions:
    """The values of those of the variables that the answer has; blank nodes become IRIs, which `genid` makes of their labels.

    Raises RemoteFailed for what is no such answer, or holds more rows or something that no term can be made of.
    """
    if content.count(b"{}") > most_rows:  # Empty rows take 3 bytes each, and a hundred when they are read.
        raise _too_many(most_rows)
    answer = _decoded(content)
    if len(answer.results.bindings) > most_rows:
        raise _too_many(most_rows)
    given = set(answer.head.vars)
    columns = tuple(name for name in variables if name in given)
    texts: dict[_Term, str] = {}

    def text(term: _Term | None) -> str | None:
        if term is None:
            return None
        if term not in texts:
            texts[term] = _text(term, genid)
        return texts[term]

    rows = [tuple([text(row.get(name)) for name in columns]) for row in answer.results.bindings]
    return Solutions(columns, rows)


def together(parts: Sequence[Solutions]) -> Solutions:
    """All rows of some solutions, under the variables of any of them."""
    columns = tuple(dict.fromkeys(name for part in parts for name in part.variables))
    rows: list[Row] = []
    for part in parts:
        if part.variables == columns:
            rows += part.rows
            continue
        places = {name: number for number, name in enumerate(part.variables)}
        rows += [tuple([row[places[name]] if name in places else None for name in columns]) for row in part.rows]
    return Solutions(columns, rows)


def data_block(found: Solutions) -> str:
    """The solutions as a group of inline data (SPARQL 1.1 Query §10.2).

    >>> data_block(Solutions(("a", "b"), [("<x:1>", None)]))
    '{ VALUES (?a ?b) { (<x:1> UNDEF) } }'
    """
    return "{ " + values(found.variables, found.rows) + " }"


def values(variables: Sequence[str], rows: Iterable[Row]) -> str:
    """The inline data without braces around it."""
    lines = (f"({' '.join([term or 'UNDEF' for term in row])})" for row in rows)
    return f"VALUES ({' '.join(f'?{name}' for name in variables)}) {{ {' '.join(lines)} }}"


def _too_many(most_rows: int) -> RemoteFailed:
    return RemoteFailed(f"it has more than {most_rows} solutions, the limit here (service_max_rows); ask for fewer in the SERVICE clause")


def _decoded(content: bytes) -> _Answer:
    try:
        return _decoder.decode(content)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise RemoteFailed(f"its answer is no SPARQL result in JSON: {str(error)[:200]}") from error
    except RecursionError as error:
        raise RemoteFailed("its answer is no SPARQL result in JSON: it is nested too deep") from error


def _text(term: _Term, genid: Genid, depth: int = 0) -> str:
    """The term in a query's syntax; pyoxigraph checks its parts and writes it."""
    if isinstance(term.value, _Triple):
        return _triple_text(term.value, genid, depth)
    try:
        if term.type == "bnode":
            return str(NamedNode(genid(term.value)))
        if term.type == "uri":
            return str(NamedNode(term.value))
        if term.type in ("literal", "typed-literal"):  # the second in answers of Virtuoso
            return str(_literal(term.value, term))
    except ValueError as error:
        raise RemoteFailed(f"its answer holds the {term.type} {_shown(term.value)}, which is not valid: {error}") from error
    raise RemoteFailed(f"its answer holds a term of the unknown type {_shown(term.type)}")


def _triple_text(triple: _Triple, genid: Genid, depth: int) -> str:
    """A triple term (SPARQL 1.2 Query Results JSON §3.2.2)."""
    if depth >= _DEEPEST:
        raise RemoteFailed(f"its answer nests triple terms more than {_DEEPEST} deep")
    if triple.subject.type not in ("uri", "bnode") or triple.predicate.type != "uri":
        raise RemoteFailed("its answer holds a triple term whose subject or predicate is no IRI")
    parts = (_text(part, genid, depth + 1) for part in (triple.subject, triple.predicate, triple.object))
    return f"<<( {' '.join(parts)} )>>"


def _literal(value: str, term: _Term) -> Literal:
    if term.language is not None:
        return Literal(value, language=term.language, direction=BaseDirection(term.direction) if term.direction else None)
    return Literal(value, datatype=NamedNode(term.datatype)) if term.datatype else Literal(value)


def _shown(text: str) -> str:
    return ascii(text[:100])
