"""The one table of formats of reference data, and files of them by content."""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import BinaryIO, NamedTuple

from rdfgen.concepts import cellosaurus, gene_info, mesh, obo, obographs, owl, pubchem, taxonomy
from rdfgen.concepts.facts import Fact, Identifiers
from rdfgen.errors import InputError, LitlodError, UsageError
from rdfgen.report import Report
from rdfgen.sources import DECOMPRESSION_ERRORS, find_inputs, in_utf8, opened, salvaged

_HEAD_BYTES = 1 << 16
_FORMAT_NAME = re.compile(r"([a-z][a-z0-9-]*)=", re.ASCII)


@dataclass(frozen=True, slots=True)
class Format:
    """One row. `recognises` is None where content tells nothing, so that users must name the format. `read` is told which
    identifiers are wanted, by prefix (None: all); it heeds those of the prefix `filtered_by`, if any.
    """

    name: str
    title: str
    recognises: Callable[[bytes], bool] | None
    read: Callable[[BinaryIO, Report, Identifiers | None], Iterator[Fact]]
    filtered_by: str | None = None


FORMATS: dict[str, Format] = {
    row.name: row
    for row in (
        Format("ncbi-gene", "NCBI gene_info", gene_info.recognises, gene_info.read, filtered_by="NCBIGene"),
        Format("mesh-nt", "MeSH RDF as N-Triples", mesh.recognises, mesh.read),
        Format("obo", "OBO (Mondo, NCBI Taxonomy, Cellosaurus)", obo.recognises, obo.read),
        Format("obographs", "obographs JSON (Mondo, NCBI Taxonomy)", obographs.recognises, obographs.read),
        Format("owl", "OWL in RDF/XML (Mondo, NCBI Taxonomy)", owl.recognises, owl.read),
        Format("taxonomy-nodes", "NCBI Taxonomy nodes.dmp", taxonomy.recognises_nodes, taxonomy.read_nodes),
        Format("taxonomy-names", "NCBI Taxonomy names.dmp", taxonomy.recognises_names, taxonomy.read_names),
        Format("taxonomy-merged", "NCBI Taxonomy merged.dmp", taxonomy.recognises_merged, taxonomy.read_merged),
        Format("cellosaurus", "cellosaurus.txt", cellosaurus.recognises, cellosaurus.read),
        Format("pubchem-titles", "PubChem CID-Title", None, pubchem.read_titles, filtered_by=pubchem.PREFIX),
        Format("pubchem-mesh", "PubChem CID-MeSH", None, pubchem.read_mesh, filtered_by=pubchem.PREFIX),
    )
}


@dataclass(frozen=True, slots=True)
class Source:
    """A file of reference data and its format."""

    path: str
    format: Format

    def facts(self, report: Report, wanted: Identifiers | None) -> Iterator[Fact]:
        """What the file says; damage in compressed data is reported, and what came before it is kept."""
        with opened(self.path) as raw:
            stream = in_utf8(salvaged(raw, lambda error: report.skip(0, f"compressed data that is damaged or cut: {error}")))
            yield from self.format.read(stream, report, wanted)


class NamedFile(NamedTuple):
    """A file of reference data and the format that its user names; None leaves that to its content."""

    path: str
    format: str | None = None


def named_files(texts: Iterable[str]) -> list[NamedFile]:
    """The files that texts like `FILE` and `FORMAT=FILE` stand for. What is before the first `=` is a format if we know it."""
    return [NamedFile(path, name) for name, pattern in map(_split, texts) for path in _found(pattern, name)]


def _split(text: str) -> tuple[str | None, str]:
    name, separator, file = text.partition("=")
    return (name, file) if separator and name in FORMATS else (None, text)


def _found(pattern: str, name: str | None) -> list[str]:
    try:
        return find_inputs([pattern])
    except InputError as error:
        unknown = _FORMAT_NAME.match(pattern)
        if name is None and unknown is not None:
            raise UsageError(f"{pattern}: error: no such file, and no format {unknown[1]!r}; formats are {', '.join(FORMATS)}") from error
        raise


def source(file: NamedFile) -> Source:
    """The file with the format that it is named to have, or that its content has."""
    return recognised(file.path) if file.format is None else Source(file.path, FORMATS[file.format])


def recognised(path: str) -> Source:
    """The file with its format; LitlodError if it is none of those that we know."""
    try:
        with opened(path) as stream:
            head = stream.read(_HEAD_BYTES)
    except DECOMPRESSION_ERRORS as error:
        raise LitlodError(f"{path}: error: cannot be read: {error}") from error
    found = next((row for row in FORMATS.values() if row.recognises is not None and row.recognises(head)), None)
    if found is None:
        raise LitlodError(f"{path}: error: no reference data about concepts in a format that we recognise; {_known_formats()}")
    return Source(path, found)


def _known_formats() -> str:
    """What a user may give, and how."""
    known = ", ".join(row.title for row in FORMATS.values() if row.recognises is not None)
    named = ", ".join(f"{row.name}=FILE for {row.title}" for row in FORMATS.values() if row.recognises is None)
    return f"we recognise {known}; other formats must be named: {named}"
