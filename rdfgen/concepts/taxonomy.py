"""NCBI Taxonomy as its dump files have it: `nodes.dmp`, `names.dmp`, and `merged.dmp` for numbers that were given up."""

from collections.abc import Callable, Iterator
from functools import partial
from typing import BinaryIO

from rdfgen.concepts.facts import Fact, Identifiers, Kind, node
from rdfgen.readers.text import decoded, numbered_lines
from rdfgen.report import Report

_SEPARATOR = "\t|\t"
_END = "\t|"
_NO_RANK = frozenset({"", "no rank"})
# Names with an author or a specimen, and names of mere parts of a taxon, are no synonyms of it.
_NAME_KINDS = {
    "scientific name": Kind.LABEL,
    "synonym": Kind.SYNONYM,
    "genbank synonym": Kind.SYNONYM,
    "equivalent name": Kind.SYNONYM,
    "common name": Kind.SYNONYM,
    "genbank common name": Kind.SYNONYM,
    "blast name": Kind.SYNONYM,
    "acronym": Kind.SYNONYM,
    "genbank acronym": Kind.SYNONYM,
}

Reader = Callable[[BinaryIO, Report, Identifiers | None], Iterator[Fact]]
_RowFacts = Callable[[str, list[str]], Iterator[Fact] | None]


def _fields(line: str) -> list[str]:
    return line.removesuffix(_END).split(_SEPARATOR) if line.endswith(_END) else []


def _first_row(head: bytes) -> list[str]:
    return _fields(decoded(head).lstrip().replace("\r", "").partition("\n")[0])


def recognises_nodes(head: bytes) -> bool:
    r"""Whether the first row has a number, a parent's number, a rank and more.

    >>> recognises_nodes(b"1\t|\t1\t|\tno rank\t|\t\t|\t8\t|\n")
    True
    """
    fields = _first_row(head)
    return len(fields) >= 5 and fields[0].isdigit() and fields[1].isdigit() and not fields[2].isdigit()


def recognises_names(head: bytes) -> bool:
    r"""Whether the first row has a number, a name, a unique name and a kind of name.

    >>> recognises_names(b"1\t|\troot\t|\t\t|\tscientific name\t|\n")
    True
    """
    fields = _first_row(head)
    return len(fields) == 4 and fields[0].isdigit() and fields[3].replace(" ", "").replace("-", "").isalpha()


def recognises_merged(head: bytes) -> bool:
    r"""Whether the first row has two numbers.

    >>> recognises_merged(b"12\t|\t74109\t|\n")
    True
    """
    fields = _first_row(head)
    return len(fields) == 2 and fields[0].isdigit() and fields[1].isdigit()


def _read(facts: _RowFacts, stream: BinaryIO, report: Report, _wanted: Identifiers | None) -> Iterator[Fact]:
    for number, line, _ in numbered_lines(stream, report):
        if not line:
            continue
        fields = _fields(line)
        taxon = node("NCBITaxon", fields[0]) if len(fields) > 1 else None
        found = facts(taxon, fields) if taxon is not None else None
        if found is None:
            report.skip(number, "no row of a taxon", line)
        else:
            yield from found


def _node_facts(taxon: str, fields: list[str]) -> Iterator[Fact] | None:
    parent = node("NCBITaxon", fields[1])
    if parent is None or len(fields) < 3:
        return None
    facts = [] if parent == taxon else [Fact(taxon, Kind.BROADER, parent)]
    return iter(facts if fields[2] in _NO_RANK else [*facts, Fact(taxon, Kind.RANK, fields[2])])


def _name_facts(taxon: str, fields: list[str]) -> Iterator[Fact] | None:
    if len(fields) != 4 or not fields[1].strip():
        return None
    kind = _NAME_KINDS.get(fields[3])
    return iter(() if kind is None else (Fact(taxon, kind, fields[1].strip()),))


def _merged_facts(taxon: str, fields: list[str]) -> Iterator[Fact] | None:
    replacement = node("NCBITaxon", fields[1])
    if replacement is None or replacement == taxon:
        return None
    return iter((Fact(taxon, Kind.OBSOLETE), Fact(taxon, Kind.REPLACED_BY, replacement)))


read_nodes: Reader = partial(_read, _node_facts)
read_names: Reader = partial(_read, _name_facts)
read_merged: Reader = partial(_read, _merged_facts)
