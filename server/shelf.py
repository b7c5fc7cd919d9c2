"""What each release that is kept has to download, from the manifests alone: no store is opened for it."""

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from rdfgen.errors import ReleaseError
from rdfgen.iris import Iris
from rdfgen.release.dumps import DUMPS
from rdfgen.release.manifest import MANIFEST, File, Manifest, read_manifest
from server.published import Published

_MANIFESTS = 64


@dataclass(frozen=True, slots=True)
class Shelved:
    """One release and where it lies."""

    folder: Path
    manifest: Manifest
    is_current: bool

    @property
    def id(self) -> str:
        """The release's id."""
        return self.manifest.release

    @property
    def iri(self) -> str:
        """The release's own IRI."""
        return Iris(self.manifest.base).release(self.id)

    @property
    def files(self) -> dict[str, File]:
        """Its files to download, by name."""
        start = f"{DUMPS}/"
        return {row.path.removeprefix(start): row for row in self.manifest.files if row.path.startswith(start)}

    @property
    def dumps(self) -> dict[str, File]:
        """Those of them that hold triples."""
        return {name: row for name, row in self.files.items() if row.part is not None}


def shelved(published: Published) -> list[Shelved]:
    """The releases that are kept and can be read, the current one first, then the newest."""
    current = published.name()
    found = [row for release_id in published.kept_ids() if (row := _row(published, release_id, current)) is not None]
    by_time = sorted(found, key=lambda row: (row.manifest.built, row.id), reverse=True)
    return sorted(by_time, key=lambda row: not row.is_current)


def shelved_release(published: Published, release_id: str) -> Shelved | None:
    """The release with just that id, or None if it is not kept."""
    return _row(published, release_id, published.name()) if release_id in published.kept_ids() else None


def _row(published: Published, release_id: str, current: str) -> Shelved | None:
    try:
        folder = published.data.path(release_id)
        return Shelved(folder, _manifest(folder, (folder / MANIFEST).stat().st_mtime_ns), folder.name == current)
    except (ReleaseError, OSError):
        return None  # It was pruned just now, or is damaged: `litlod verify` says how.


@lru_cache(maxsize=_MANIFESTS)
def _manifest(folder: Path, _changed: int) -> Manifest:
    return read_manifest(folder)
