"""NCBI Gene tables: `gene_info`, and the tables that the Gene site exports, which name their columns a little differently."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from rdfgen.concepts.facts import Fact, Identifiers, Kind, is_listed, node
from rdfgen.readers.text import decoded, numbered_lines
from rdfgen.report import Report

_NEEDED = ("tax_id", "GeneID", "Symbol")
_TAB = "\t"
_EMPTY = frozenset({"", "-"})
# What NCBI writes where a species has no genes yet.
_PLACEHOLDER = "NEWENTRY"
_LIVE = frozenset({"", "-", "live"})
_SYNONYM_COLUMNS = (("Synonyms", re.compile(r"\|")), ("Aliases", re.compile(r", ")))


@dataclass(frozen=True, slots=True)
class _Row:
    """One row: its line number and its columns by name."""

    line: int
    columns: dict[str, str]

    def text(self, column: str) -> str:
        """The column's text, empty where the table has no such column or says that there is nothing."""
        found = self.columns.get(column, "").strip()
        return "" if found in _EMPTY else found


def recognises(head: bytes) -> bool:
    r"""Whether the first line names the columns of genes.

    >>> recognises(b"#tax_id\tGeneID\tSymbol\tLocusTag\n"), recognises(b"GeneID\tSymbol\n")
    (True, False)
    """
    return _header(re.split("[\r\n]", decoded(head), maxsplit=1)[0]) is not None


def _header(line: str) -> list[str] | None:
    """The names of the columns; before 2016 they stood behind `#Format:` with spaces between them."""
    plain = line.removeprefix("#").removeprefix("Format: ").partition(" (tab is used")[0]
    names = plain.split("\t" if "\t" in line else " ")
    return names if set(_NEEDED) <= set(names) else None


def read(stream: BinaryIO, report: Report, wanted: Identifiers | None) -> Iterator[Fact]:
    r"""The facts about the genes that are wanted, and which other genes replace those that are no longer live.

    >>> import io
    >>> table = b"#tax_id\tGeneID\tSymbol\tSynonyms\n9606\t213\tALB\tHSA|FDAHT\n9606\t214\tALCAM\t-\n"
    >>> [fact.value for fact in read(io.BytesIO(table), Report("gene_info"), {"NCBIGene": frozenset({"213"})})]
    ['ALB', 'HSA', 'FDAHT', 'NCBITaxon:9606']
    """
    lines = numbered_lines(stream, report)
    header = next((found for _, line, _ in lines if (found := _header(line)) is not None), None)
    if header is None:
        report.skip(1, "no header that names the columns tax_id, GeneID and Symbol")
        return
    place, names_replacements = header.index("GeneID"), "CurrentID" in header
    for number, line, _ in lines:
        if not line or line.startswith("#"):
            continue
        if line.count("\t") + 1 != len(header):
            report.skip(number, f"{line.count(_TAB) + 1} columns where the header has {len(header)}", line)
        elif names_replacements or is_listed(wanted, "NCBIGene", line.split("\t", place + 1)[place]):
            yield from _facts(_Row(number, dict(zip(header, line.split("\t"), strict=True))), report, wanted)


def _facts(row: _Row, report: Report, wanted: Identifiers | None) -> Iterator[Fact]:
    identifier = row.text("GeneID")
    gene = node("NCBIGene", identifier)
    if gene is None:
        report.skip(row.line, "no number of a gene", identifier)
        return
    if row.text("Status") not in _LIVE:
        yield from _obsolete(gene, row.text("CurrentID"))
    if is_listed(wanted, "NCBIGene", identifier):
        yield from _names(gene, row)
        yield from _taxon(gene, row, report)


def _obsolete(gene: str, current: str) -> Iterator[Fact]:
    yield Fact(gene, Kind.OBSOLETE)
    replacement = node("NCBIGene", current)
    if replacement is not None and replacement != gene:
        yield Fact(gene, Kind.REPLACED_BY, replacement)


def _names(gene: str, row: _Row) -> Iterator[Fact]:
    symbol = row.text("Symbol")
    if symbol and symbol != _PLACEHOLDER:
        yield Fact(gene, Kind.LABEL, symbol)
    for column, separator in _SYNONYM_COLUMNS:
        yield from (Fact(gene, Kind.SYNONYM, name.strip()) for name in separator.split(row.text(column)) if name.strip() not in _EMPTY)
    description = row.text("description")
    if description:
        yield Fact(gene, Kind.DESCRIPTION, description)


def _taxon(gene: str, row: _Row, report: Report) -> Iterator[Fact]:
    taxon = node("NCBITaxon", row.text("tax_id"))
    if taxon is not None:
        yield Fact(gene, Kind.TAXON, taxon)
    else:
        report.skip(row.line, "no number of a taxon", row.text("tax_id"))
