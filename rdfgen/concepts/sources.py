"""The one table of formats of reference data, and files of them by content."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import BinaryIO

from rdfgen.concepts import cellosaurus, gene_info, mesh, obo, obographs, taxonomy
from rdfgen.concepts.facts import Fact, Identifiers
from rdfgen.errors import LitlodError
from rdfgen.report import Report
from rdfgen.sources import DECOMPRESSION_ERRORS, in_utf8, opened, salvaged

_HEAD_BYTES = 1 << 16


@dataclass(frozen=True, slots=True)
class Format:
    """One row. `read` is told which identifiers are wanted, by prefix (None: all); only where `is_filtered` does it heed that."""

    name: str
    title: str
    recognises: Callable[[bytes], bool]
    read: Callable[[BinaryIO, Report, Identifiers | None], Iterator[Fact]]
    is_filtered: bool = False


FORMATS: dict[str, Format] = {
    row.name: row
    for row in (
        Format("ncbi-gene", "NCBI gene_info", gene_info.recognises, gene_info.read, is_filtered=True),
        Format("mesh-nt", "MeSH RDF as N-Triples", mesh.recognises, mesh.read),
        Format("obo", "OBO (Mondo, NCBI Taxonomy, Cellosaurus)", obo.recognises, obo.read),
        Format("obographs", "obographs JSON (Mondo, NCBI Taxonomy)", obographs.recognises, obographs.read),
        Format("taxonomy-nodes", "NCBI Taxonomy nodes.dmp", taxonomy.recognises_nodes, taxonomy.read_nodes),
        Format("taxonomy-names", "NCBI Taxonomy names.dmp", taxonomy.recognises_names, taxonomy.read_names),
        Format("taxonomy-merged", "NCBI Taxonomy merged.dmp", taxonomy.recognises_merged, taxonomy.read_merged),
        Format("cellosaurus", "cellosaurus.txt", cellosaurus.recognises, cellosaurus.read),
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


def recognised(path: str) -> Source:
    """The file with its format; LitlodError if it is none of those that we know."""
    try:
        with opened(path) as stream:
            head = stream.read(_HEAD_BYTES)
    except DECOMPRESSION_ERRORS as error:
        raise LitlodError(f"{path}: error: cannot be read: {error}") from error
    found = next((row for row in FORMATS.values() if row.recognises(head)), None)
    if found is None:
        known = ", ".join(row.title for row in FORMATS.values())
        raise LitlodError(f"{path}: error: no reference data about concepts in a format that we know; these are {known}")
    return Source(path, found)
