"""SSSOM tables (https://mapping-commons.github.io/sssom/spec-formats-tsv/) as Mappings between our vocabularies."""

import csv
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import BinaryIO

from rdfgen.dates import partial_date
from rdfgen.mapping_model import Mapping, MappingSet
from rdfgen.mappings.header import MAX_HEADER, Header, header
from rdfgen.mappings.namespaces import author_iri, notation, prefix_of, valid_iri
from rdfgen.model import Reference
from rdfgen.readers.text import numbered_lines
from rdfgen.report import Report

Row = dict[str, str]

_REQUIRED = ("subject_id", "predicate_id", "object_id")
_NUMBER = re.compile(r"\+?(?:\d{1,18}(?:\.\d{0,18})?|\.\d{1,18})(?:[eE][+-]?\d)?", re.ASCII)
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_MOST_COLUMNS = 500
_MOST_PREFIXES = 1000
_OTHERS = "…"


@dataclass(slots=True)
class Reading:
    """One file on its way: what its header says, and how many of its rows are of no vocabulary of ours, by prefix."""

    report: Report
    header: Header
    source: MappingSet
    foreign: Counter[str] = field(default_factory=Counter)
    unjustified: int = 0


def read(stream: BinaryIO, report: Report, sha256: str = "", external: str | None = None) -> Iterator[Mapping]:
    """The mappings of a table whose two sides are of our vocabularies; `external` is the metadata of a file without a header.

    Rows of other vocabularies are counted, a line of the report for each prefix.
    """
    lines = numbered_lines(stream, report)
    text, first = _head(lines)
    known = header(text if text.strip() or external is None else external, report)
    reading = Reading(report, known, known.mapping_set(sha256))
    if first is None:
        report.skip(0, "no table of mappings: SSSOM has tab-separated columns with a line of their names")
        return
    columns = [name.strip().strip('"') for name in first[1].split("\t", _MOST_COLUMNS)]
    lacking = [name for name in _REQUIRED if name not in columns]
    if lacking:
        report.skip(first[0], f"no table of mappings: it has no column {', '.join(lacking)}", first[1])
        return
    for number, line, _ in lines:
        if line.strip():
            mapping = _mapping(dict(zip(columns, _fields(line, number, report), strict=False)), number, reading)
            if mapping is not None:
                yield mapping
    _report_counts(reading)


def _head(lines: Iterator[tuple[int, str, bytes]]) -> tuple[str, tuple[int, str] | None]:
    """The header's YAML, and the first line behind it with its number."""
    parts: list[str] = []
    size = 0
    for number, line, _ in lines:
        if not line.startswith("#"):
            if line.strip():
                return "\n".join(parts), (number, line)
        elif size <= MAX_HEADER:
            parts.append(line[1:])
            size += len(line)
    return "\n".join(parts), None


def _fields(line: str, number: int, report: Report) -> list[str]:
    """The values of one line; quotation marks around a value are taken off as in CSV."""
    if '"' not in line:
        return line.split("\t")
    try:
        return next(csv.reader([line], delimiter="\t", strict=True))
    except csv.Error:
        report.suspect(number, "quotation marks that do not pair off were taken for text", line)
        return line.split("\t")


def _mapping(row: Row, number: int, reading: Reading) -> Mapping | None:
    sides = [row.get(name, "").strip() for name in ("subject_id", "object_id")]
    if not all(sides):
        reading.report.skip(number, "a mapping without a subject or an object", "\t".join(row.values()))
        return None
    found = [notation(text, reading.header.prefixes) for text in sides]
    if None in found:
        reading.foreign.update({_counted(text, reading) for text, pair in zip(sides, found, strict=True) if pair is None})
        return None
    references = [Reference(pair[0].prefix, identifier) for pair in found if pair and (identifier := pair[0].identifier(pair[1].strip()))]
    if len(references) < len(sides):
        reading.report.skip(number, "an identifier that does not fit its vocabulary", " ".join(sides))
        return None
    return _stated(references[0], references[1], row, number, reading)


def _counted(text: str, reading: Reading) -> str:
    """The name under which an identifier of another vocabulary is counted."""
    name = prefix_of(text)
    return name if name in reading.foreign or len(reading.foreign) < _MOST_PREFIXES else _OTHERS


def _stated(subject: Reference, target: Reference, row: Row, number: int, reading: Reading) -> Mapping | None:
    prefixes, report = reading.header.prefixes, reading.report
    predicate = valid_iri(row["predicate_id"].strip(), prefixes) if row.get("predicate_id") else None
    modifier = row.get("predicate_modifier", "").strip()
    if predicate is None or modifier not in ("", "Not"):
        what = "a predicate that is no IRI" if predicate is None else "a predicate modifier that SSSOM does not have"
        report.skip(number, what, f"{row.get('predicate_id', '')} {modifier}".strip())
        return None
    justification = row.get("mapping_justification", "").strip()
    justified = valid_iri(justification, prefixes)
    if justification and justified is None:
        report.alter(number, "a justification that is no IRI is left out", justification)
    reading.unjustified += justified is None
    return Mapping(
        subject,
        predicate,
        target,
        justified,
        modifier == "Not",
        _confidence(row, number, report),
        reading.source,
        row.get("subject_label", "").strip() or None,
        row.get("object_label", "").strip() or None,
        tuple(_authors(row, number, reading)),
        _date(row, number, reading),
        row.get("mapping_tool", "").strip() or reading.header.values.get("mapping_tool"),
    )


def _confidence(row: Row, number: int, report: Report) -> str | None:
    text = row.get("confidence", "").strip()
    if not text:
        return None
    value = Decimal(text) if _NUMBER.fullmatch(text) else Decimal(2)
    if value > 1 or len(f"{value:f}") > 20:
        report.alter(number, "a confidence that is no number from 0 to 1 is left out", text)
        return None
    return f"{value:f}"


def _date(row: Row, number: int, reading: Reading) -> str | None:
    text = row.get("mapping_date", "").strip() or reading.header.values.get("mapping_date")
    if not text:
        return None
    if _DATE.fullmatch(text) and partial_date(text) == text:
        return text
    reading.report.alter(number, "a date that is none is left out", text)
    return None


def _authors(row: Row, number: int, reading: Reading) -> Iterator[str]:
    for text in row.get("author_id", "").split("|"):
        found = author_iri(text.strip(), reading.header.prefixes)
        if found is not None:
            yield found
        elif text.strip():
            reading.report.alter(number, "an author that is no IRI is left out", text)


def _report_counts(reading: Reading) -> None:
    for prefix, count in sorted(reading.foreign.items()):
        reading.report.exclude(0, f"{count} mappings from or to what is of no vocabulary here", prefix)
    if reading.unjustified:
        reading.report.suspect(0, f"{reading.unjustified} mappings without a justification, which SSSOM demands")
