"""The release that is current, and kept ones by their ids, opened for look-ups of bounded cost in the web process."""

import logging
import os
import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from pyoxigraph import NamedNode, Store

from rdfgen.errors import DamagedRelease, ReleaseError
from rdfgen.iris import Iris
from rdfgen.release.directory import DataDirectory
from rdfgen.release.manifest import Manifest, read_manifest
from rdfgen.release.statistics import Statistics, read_statistics

log = logging.getLogger(__name__)

_MOST_OPEN = 4
_STORE = "store/"
_DAMAGED = "the release cannot be read, its files are damaged; the operator's log says where"


@dataclass(frozen=True, slots=True)
class Release:
    """One release in use; it never changes, so its id is a cache key. Its store is opened when somebody needs it."""

    folder: Path
    manifest: Manifest
    statistics: Statistics
    open_store: Callable[[], Store]

    @property
    def id(self) -> str:
        """The release's id."""
        return self.manifest.release

    @property
    def iris(self) -> Iris:
        """The IRIs below the base that the release was built with."""
        return Iris(self.manifest.base)

    @property
    def store(self) -> Store:
        """Its store, for reading; DamagedRelease if that is not what was built."""
        return self.open_store()

    def holds(self, iri: str) -> bool:
        """Whether anything is said about the thing with that IRI."""
        return next(self.store.quads_for_pattern(NamedNode(iri), None, None), None) is not None


@dataclass(slots=True)
class Published:
    """Follows the data directory's pointer: the next request after a switch, forward or back, gets the other release.

    `_opened` holds releases by folder, the one that was used longest ago first.
    """

    data: DataDirectory
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _opened: "OrderedDict[Path, Release]" = field(default_factory=OrderedDict)
    _faulty: Path | None = None
    _last: Release | None = None

    def release(self) -> Release:
        """The current release; raises ReleaseError if there is none, DamagedRelease if it cannot be read."""
        last = self._last
        if last is not None and last.folder.name == self.name() and os.path.isdir(last.folder):
            return last
        release = self._release_in(self.data.current())
        release.store  # noqa: B018  # opened, so that damage is told by the first request
        self._last = release
        return release

    def kept(self, release_id: str) -> Release | None:
        """The release with that id, current or not, while it is kept; DamagedRelease if it cannot be read. A few stay open at a time."""
        folders = self.data.folders().get(release_id)
        if not folders:
            return None
        published = self.data.releases / self.name()
        return self._release_in(published if published in folders else folders[-1])

    def kept_ids(self) -> list[str]:
        """The ids of all releases that are there."""
        return self.data.release_ids()

    def name(self) -> str:
        """The name of the current release's folder, which no other release has had; "" if there is none."""
        try:
            return os.readlink(f"{self.data.root}/current").rpartition("/")[2]
        except OSError:
            return ""

    def store_path(self) -> str:
        """The folder of the current release's store; ReleaseError as for `release`."""
        return f"{self.release().folder}/store"

    def mark_faulty(self) -> None:
        """Note that a query or look-up met damage in the current release's store."""
        self._faulty = self.data.current()

    def is_faulty(self) -> bool:
        """Whether damage was met in the current release's store since it was opened."""
        return self._faulty is not None and self._faulty.name == self.name()

    def _release_in(self, folder: Path) -> Release:
        """The release, opened or still open; those that were pruned are let go, their files freed with the last request that reads them."""
        with self._lock:
            for other in [other for other in self._opened if other != folder and not other.is_dir()]:
                del self._opened[other]
            if folder not in self._opened:
                self._opened[folder] = _opened(folder)
            self._opened.move_to_end(folder)
            while len(self._opened) > _MOST_OPEN:
                self._opened.popitem(last=False)
            return self._opened[folder]


def _opened(folder: Path) -> Release:
    try:
        manifest = read_manifest(folder)
        statistics = read_statistics(folder / "statistics.json")
    except (ReleaseError, OSError, ValueError, KeyError, TypeError) as error:
        raise _damaged(f"{folder}: error: {error}") from error
    return Release(folder, manifest, statistics, cache(lambda: _opened_store(folder, manifest)))


def _opened_store(folder: Path, manifest: Manifest) -> Store:
    """The store, if its files are all there in their sizes; what is inside has checksums that RocksDB checks as it reads."""
    for file in manifest.files:
        if file.path.startswith(_STORE) and _size(folder / file.path) != file.bytes:
            raise _damaged(f"{folder / file.path}: error: missing, or of another size than when it was built")
    try:
        return Store.read_only(str(folder / "store"))
    except (OSError, RuntimeError) as error:
        raise _damaged(f"{folder / 'store'}: error: {error}") from error


def _size(path: Path) -> int | None:
    try:
        return path.stat().st_size
    except OSError:
        return None


def _damaged(what: str) -> DamagedRelease:
    """The error for clients; the operator's log is told what it is about, for that has paths of this machine."""
    log.error("%s", what)
    return DamagedRelease(_DAMAGED)
