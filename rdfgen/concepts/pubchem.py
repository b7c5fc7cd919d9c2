"""PubChem's tables CID-Title and CID-MeSH: names of compounds by number. Nothing in them tells them from other tables."""

from collections.abc import Iterator
from functools import partial
from typing import BinaryIO

from rdfgen.concepts.facts import Fact, Identifiers, Kind, node
from rdfgen.readers.text import MAX_LINE_BYTES, clean
from rdfgen.report import Report

PREFIX = "PUBCHEM.COMPOUND"


def read_titles(stream: BinaryIO, report: Report, wanted: Identifiers | None) -> Iterator[Fact]:
    r"""The titles of the compounds that are wanted, which are PubChem's own names for them.

    >>> import io
    >>> table, wanted = io.BytesIO(b"23994\tZinc\n2244\tAspirin\n"), {PREFIX: frozenset({"2244"})}
    >>> [fact.value for fact in read_titles(table, Report("CID-Title"), wanted)]
    ['Aspirin']
    """
    for number, compound, names in _rows(stream, report, wanted):
        if len(names) == 1:
            yield Fact(compound, Kind.LABEL, names[0])
        else:
            report.skip(number, f"{len(names)} titles where there must be one", " | ".join(names))


def read_mesh(stream: BinaryIO, report: Report, wanted: Identifiers | None) -> Iterator[Fact]:
    r"""The names that MeSH has for the compounds that are wanted. They are no identifiers, so they join nothing.

    >>> import io
    >>> [fact.value for fact in read_mesh(io.BytesIO(b"2244\tAspirin\tacetylsalicylic acid\n"), Report("CID-MeSH"), None)]
    ['Aspirin', 'acetylsalicylic acid']
    """
    for _, compound, names in _rows(stream, report, wanted):
        yield from (Fact(compound, Kind.SYNONYM, name) for name in names)


def _rows(stream: BinaryIO, report: Report, wanted: Identifiers | None) -> Iterator[tuple[int, str, list[str]]]:
    """The line number, the compound and the names of each row that is wanted; the others are not even decoded."""
    listed = None if wanted is None else frozenset(identifier.encode() for identifier in wanted.get(PREFIX, ()))
    for number, data in _lines(stream, report):
        identifier, _, rest = data.partition(b"\t")
        if listed is not None and identifier not in listed and identifier.isdigit() and rest:
            continue
        line = clean(data.rstrip(b"\r\n"), number, report)
        compound = node(PREFIX, line.partition("\t")[0])
        names = [name.strip() for name in line.split("\t")[1:] if name.strip()]
        if compound is not None and names:
            yield number, compound, names
        elif line:
            report.skip(number, "no row of a compound and its names", line)


def _lines(stream: BinaryIO, report: Report) -> Iterator[tuple[int, bytes]]:
    """The lines that end in LF, with their numbers; one of more than MAX_LINE_BYTES is reported and left out."""
    number, is_endless = 1, False
    for data in iter(partial(stream.readline, MAX_LINE_BYTES), b""):
        is_whole = data.endswith(b"\n") or len(data) < MAX_LINE_BYTES
        if is_whole and not is_endless:
            yield number, data.removeprefix(b"\xef\xbb\xbf") if number == 1 else data
        elif not is_endless:
            report.skip(number, f"a line of more than {MAX_LINE_BYTES} bytes")
        is_endless = not is_whole
        number += is_whole
