"""The release that is current, opened for look-ups of bounded cost in the web process."""

import threading
from dataclasses import dataclass, field
from pathlib import Path

from pyoxigraph import NamedNode, Store

from rdfgen.iris import Iris
from rdfgen.release.directory import DataDirectory
from rdfgen.release.manifest import Manifest, read_manifest
from rdfgen.release.statistics import Statistics, read_statistics


@dataclass(frozen=True, slots=True)
class Release:
    """One release in use; it never changes, so its id is a cache key."""

    folder: Path
    manifest: Manifest
    statistics: Statistics
    store: Store

    @property
    def id(self) -> str:
        """The release's id."""
        return self.manifest.release

    @property
    def iris(self) -> Iris:
        """The IRIs below the base that the release was built with."""
        return Iris(self.manifest.base)

    def holds(self, iri: str) -> bool:
        """Whether anything is said about the thing with that IRI."""
        return next(self.store.quads_for_pattern(NamedNode(iri), None, None), None) is not None


@dataclass(slots=True)
class Published:
    """Follows the data directory's pointer: the next request after a switch gets the new release."""

    data: DataDirectory
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _release: Release | None = None

    def release(self) -> Release:
        """The current release; raises ReleaseError if there is none."""
        folder = self.data.current()
        with self._lock:
            if self._release is None or self._release.folder != folder:
                self._release = _opened(folder)
            return self._release

    def store_path(self) -> str:
        """The folder of the current release's store."""
        return str(self.data.current() / "store")


def _opened(folder: Path) -> Release:
    return Release(folder, read_manifest(folder), read_statistics(folder / "statistics.json"), Store.read_only(str(folder / "store")))
