"""The data directory: where releases lie, which one is current, and who may write."""

import fcntl
import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from rdfgen.errors import InputError, ReleaseError

_RELEASE_ID = re.compile(r"[0-9a-f]{16}")
_BUILDING = ".building-"


@dataclass(frozen=True, slots=True)
class DataDirectory:
    """A folder with `releases/` and the pointer `current`."""

    root: Path

    @property
    def releases(self) -> Path:
        """The folder of releases."""
        return self.root / "releases"

    def path(self, release_id: str) -> Path:
        """Where the release lies, or would."""
        if not _RELEASE_ID.fullmatch(release_id):
            raise ReleaseError(f"{release_id!r} is no release id: it must be 16 hexadecimal digits")
        return self.releases / release_id

    def release_ids(self) -> list[str]:
        """The releases that are complete, sorted by id."""
        if not self.releases.is_dir():
            return []
        return sorted(
            path.name for path in self.releases.iterdir() if (path / "manifest.json").is_file() and _RELEASE_ID.fullmatch(path.name)
        )

    def current(self) -> Path:
        """The published release's folder, by its own name and not the pointer's."""
        try:
            target = os.readlink(self.root / "current")
        except OSError as error:
            raise ReleaseError(f"{self.root}: error: no release is published here; run: litlod build INPUT --data {self.root}") from error
        path = self.path(Path(target).name)
        if not path.is_dir():
            raise ReleaseError(f"{self.root}: error: the published release {path.name} is not there; run: litlod build")
        return path

    def publish(self, release_id: str) -> None:
        """Make a release the current one in one step, so that a reader sees the old one or the new one."""
        pointer = self.root / ".current-new"
        pointer.unlink(missing_ok=True)
        pointer.symlink_to(Path("releases") / self.path(release_id).name)
        os.replace(pointer, self.root / "current")
        sync_folder(self.root)

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Keep other builds out; raises ReleaseError if one is running already."""
        try:
            self.releases.mkdir(parents=True, exist_ok=True)
            handle = os.open(self.root / ".lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        except OSError as error:
            raise InputError(f"{self.root}: error: cannot write here: {error.strerror}") from error
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            yield
        except BlockingIOError as error:
            raise ReleaseError(f"{self.root}: error: another build is running here; wait for it or use another --data") from error
        finally:
            os.close(handle)

    def new_building(self, release_id: str) -> Path:
        """An empty folder to build a release in; what killed builds left behind is removed first."""
        for leftover in self.releases.glob(_BUILDING + "*"):
            shutil.rmtree(leftover)
        building = self.releases / (_BUILDING + release_id)
        building.mkdir()
        return building

    def complete(self, building: Path, release_id: str) -> None:
        """Give a finished building its release's name, durably; a damaged release of that name gives way."""
        for folder, _, files in os.walk(building):
            for name in files:
                _sync_file(Path(folder) / name)
            sync_folder(Path(folder))
        if self.path(release_id).exists():
            shutil.rmtree(self.path(release_id))
        os.rename(building, self.path(release_id))
        sync_folder(self.releases)


def sync_folder(path: Path) -> None:
    """Make the folder's entries durable."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _sync_file(path: Path) -> None:
    with open(path, "rb") as file:
        os.fsync(file.fileno())
