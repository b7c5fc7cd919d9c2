"""The releases that a data directory keeps: what each is, in the order in which they are worth keeping."""

from dataclasses import dataclass
from pathlib import Path

from rdfgen.errors import ReleaseError
from rdfgen.release.directory import DataDirectory
from rdfgen.release.manifest import read_manifest


@dataclass(frozen=True, slots=True)
class Kept:
    """A release by its folder, and the bytes it takes on disk; `built` is "" and the numbers are None if its manifest cannot be read."""

    folder: str
    release: str
    built: str
    papers: int | None
    triples: int | None
    bytes: int
    current: bool


def kept_releases(data: DataDirectory) -> list[Kept]:
    """The current release, then those published last, then those never published or rolled back from, the newest first."""
    published = data.history()[::-1]
    current = data.current_name()
    found = [_kept(path, path.name == current) for path in data.all_folders()]
    places = {name: place for place, name in enumerate(published)}
    by_time = sorted(found, key=lambda row: (row.built, row.folder), reverse=True)
    return sorted(by_time, key=lambda row: (not row.current, places.get(row.folder, len(places))))


def surplus(data: DataDirectory, keep: int) -> list[Kept]:
    """The releases that go when so many are kept; the current one never does."""
    return [row for row in kept_releases(data)[keep:] if not row.current]


def _kept(path: Path, is_current: bool) -> Kept:
    size = sum(file.stat().st_size for file in path.rglob("*") if file.is_file())
    release_id = path.name.partition(".")[0]
    try:
        manifest = read_manifest(path)
    except ReleaseError:
        return Kept(path.name, release_id, "", None, None, size, is_current)
    triples = manifest.graphs.get("")
    return Kept(path.name, release_id, manifest.built, manifest.counts.get("papers", 0), triples, size, is_current)
