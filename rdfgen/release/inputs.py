"""The inputs of a release: each content once, in an order that depends on contents only."""

from dataclasses import dataclass, field

from rdfgen.errors import InputError
from rdfgen.reading import Input as PaperInput
from rdfgen.release.manifest import Input
from rdfgen.report import Entry, Report
from rdfgen.sources import file_sha256


@dataclass(slots=True)
class Inputs:
    """Papers' files, `rows` for the manifest, and the report's entries on files that were left out."""

    papers: list[PaperInput] = field(default_factory=list)
    rows: list[Input] = field(default_factory=list)
    entries: list[Entry] = field(default_factory=list)

    def paths(self, role: str) -> list[str]:
        """The paths of the files with that role."""
        return [row.path for row in self.rows if row.role == role]

    def sums(self, role: str) -> tuple[str, ...]:
        """Their SHA-256 sums."""
        return tuple(row.sha256 for row in self.rows if row.role == role)


def distinct_inputs(papers: list[tuple[str, str]], includes: list[str]) -> Inputs:
    """The inputs by checksum. A paper's file that cannot be read is reported; for an included one InputError is raised."""
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
    return result


def _sha256(path: str) -> str:
    try:
        return file_sha256(path)
    except OSError as error:
        raise InputError(f"{path}: error: cannot be read: {error.strerror}") from error
