"""The inputs of a release: each content once, in an order that depends on contents only."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from rdfgen.concepts.sources import NamedFile
from rdfgen.errors import InputError
from rdfgen.mappings.part import MappingFile
from rdfgen.reading import Input as PaperInput
from rdfgen.release.manifest import Input
from rdfgen.report import Entry, Report
from rdfgen.sources import file_sha256, opened, salvaged

# The role of a file that holds the metadata of the table with that checksum.
_METADATA_OF = "metadata of "
# The roles of reference data whose content tells the format, and of those whose user names it.
_CONCEPTS = "concepts"
_CONCEPTS_AS = "concepts as "
_METADATA_EXTENSIONS = (".yml", ".yaml")
_PACKED_EXTENSIONS = (".gz", ".zst")


@dataclass(slots=True)
class Inputs:
    """Papers' files, `rows` for the manifest, and the report's entries on files that were left out."""

    papers: list[PaperInput] = field(default_factory=list)
    rows: list[Input] = field(default_factory=list)
    entries: list[Entry] = field(default_factory=list)

    def paths(self, role: str) -> list[str]:
        """The paths of the files with that role."""
        return [row.path for row in self.rows if row.role == role]

    def sums(self) -> tuple[str, ...]:
        """The SHA-256 sums of all but papers, sorted."""
        return tuple(sorted({row.sha256 for row in self.rows if row.role != "paper"}))

    def mapping_files(self) -> list[MappingFile]:
        """The SSSOM tables, each with the file of its metadata where that is another."""
        metadata = {row.role.removeprefix(_METADATA_OF): row.path for row in self.rows if row.role.startswith(_METADATA_OF)}
        return [MappingFile(row.path, row.sha256, metadata.get(row.sha256)) for row in self.rows if row.role == "mappings"]

    def concept_files(self) -> list[NamedFile]:
        """The files of reference data, each with its format where that was named."""
        named = {row: row.role.removeprefix(_CONCEPTS_AS) for row in self.rows if row.role.startswith(_CONCEPTS_AS)}
        return [NamedFile(row.path, named.get(row)) for row in self.rows if row.role == _CONCEPTS or row in named]


def distinct_inputs(papers: list[tuple[str, str]], includes: list[str], mappings: list[str], concepts: list[NamedFile]) -> Inputs:
    """The inputs by checksum. A paper's file that cannot be read is reported; for any other InputError is raised."""
    found: dict[str, tuple[str, str]] = {}
    result = Inputs()
    for path, location in papers:
        report = Report(path)
        try:
            sha256 = file_sha256(location)
        except OSError as error:
            report.skip(0, f"cannot be read: {error.strerror}")
        else:
            if sha256 in found:
                report.suspect(0, f"the same bytes as {found[sha256][0]}, which stands for both")
            found.setdefault(sha256, (path, location))
        result.entries += report.entries
    result.papers = [PaperInput(*found[sha256], sha256) for sha256 in sorted(found)]
    result.rows = [Input(found[sha256][0], "paper", sha256) for sha256 in sorted(found)]
    included = {_sha256(path): path for path in reversed(includes)}
    result.rows += [Input(path, "include", sha256) for sha256, path in sorted(included.items())]
    result.rows += _mapping_rows({_sha256(path): path for path in reversed(mappings)})
    named = {(_concept_role(file), _sha256(file.path)): file.path for file in reversed(concepts)}
    result.rows += [Input(path, role, sha256) for (role, sha256), path in sorted(named.items())]
    return result


def _concept_role(file: NamedFile) -> str:
    """The role, which has the format in it, so that another format makes another release."""
    return _CONCEPTS if file.format is None else _CONCEPTS_AS + file.format


def _mapping_rows(tables: dict[str, str]) -> Iterator[Input]:
    """Tables of mappings, and files beside them that hold their metadata: `a.sssom.yml` that of `a.sssom.tsv`."""
    beside = {sha256: _metadata_path(path) for sha256, path in tables.items()}
    for sha256, path in sorted(tables.items()):
        if path in beside.values():
            continue
        yield Input(path, "mappings", sha256)
        metadata = beside[sha256]
        if metadata is not None:
            yield Input(metadata, _METADATA_OF + sha256, _sha256(metadata))


def _metadata_path(path: str) -> str | None:
    with opened(path) as stream:
        if salvaged(stream, lambda _: None).read(4).lstrip(b"\xef\xbb\xbf").startswith(b"#"):
            return None
    plain = Path(path).with_suffix("") if path.endswith(_PACKED_EXTENSIONS) else Path(path)
    beside = (plain.with_suffix(extension) for extension in _METADATA_EXTENSIONS)
    return next((str(found) for found in beside if found.is_file() and str(found) != path), None)


def _sha256(path: str) -> str:
    try:
        return file_sha256(path)
    except OSError as error:
        raise InputError(f"{path}: error: cannot be read: {error.strerror}") from error
