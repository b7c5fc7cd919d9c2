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

_FOLDER = re.compile(r"([0-9a-f]{16})(?:\.(\d{1,9}))?")
_BUILDING = ".building-"


@dataclass(frozen=True, slots=True)
class DataDirectory:
    """A folder with `releases/` and the pointer `current`."""

    root: Path

    @property
    def releases(self) -> Path:
        """The folder of releases."""
        return self.root / "releases"

    @property
    def cache(self) -> Path:
        """The folder of what builds keep for the next one."""
        return self.root / "cache"

    def folders(self) -> dict[str, list[Path]]:
        """The folders of complete releases by release id, the oldest first; a release that was built again has several."""
        found: dict[str, list[tuple[int, Path]]] = {}
        for path in self.releases.iterdir() if self.releases.is_dir() else ():
            match = _FOLDER.fullmatch(path.name)
            if match and (path / "manifest.json").is_file():
                found.setdefault(match[1], []).append((int(match[2] or 0), path))
        return {release_id: [path for _, path in sorted(found[release_id])] for release_id in sorted(found)}

    def release_ids(self) -> list[str]:
        """The releases that are complete, sorted by id."""
        return list(self.folders())

    def path(self, release_id: str) -> Path:
        """Where the release lies."""
        folders = self.folders().get(release_id)
        if not folders:
            raise ReleaseError(f"{self.root}: error: no release {release_id!r} here; there is: {', '.join(self.folders()) or 'none'}")
        return folders[-1]

    def current(self) -> Path:
        """The published release's folder, by its own name and not the pointer's."""
        try:
            target = os.readlink(self.root / "current")
        except OSError as error:
            raise ReleaseError(f"{self.root}: error: no release is published here; run: litlod build INPUT --data {self.root}") from error
        path = self.releases / Path(target).name
        if not path.is_dir():
            raise ReleaseError(f"{self.root}: error: the published release {path.name} is not there; run: litlod build")
        return path

    def publish(self, folder: Path) -> None:
        """Make a release the current one in one step, so that a reader sees the old one or the new one."""
        pointer = self.root / ".current-new"
        pointer.unlink(missing_ok=True)
        pointer.symlink_to(Path("releases") / folder.name)
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
            _lock(handle, self.root)
            yield
        finally:
            os.close(handle)

    def new_building(self, release_id: str) -> Path:
        """An empty folder to build a release in. What killed builds left behind is removed first, and so are folders
        of releases that were built again, but for the last and the published ones.
        """
        for leftover in [*self.releases.glob(_BUILDING + "*"), *self._superseded()]:
            shutil.rmtree(leftover)
        building = self.releases / (_BUILDING + release_id)
        building.mkdir()
        return building

    def _superseded(self) -> list[Path]:
        published = os.path.realpath(self.root / "current")
        return [path for folders in self.folders().values() for path in folders[:-1] if os.path.realpath(path) != published]

    def complete(self, building: Path, release_id: str) -> Path:
        """Give a finished building its release's name, durably; returns the folder.

        A release that is there already is not touched, because a server may be reading it: the new one gets a number.
        """
        for folder, _, files in os.walk(building):
            for name in files:
                _sync_file(Path(folder) / name)
            sync_folder(Path(folder))
        matches = (_FOLDER.fullmatch(path.name) for path in self.releases.iterdir())
        numbers = [int(match[2] or 0) for match in matches if match and match[1] == release_id]
        target = self.releases / (f"{release_id}.{max(numbers) + 1}" if numbers else release_id)
        os.rename(building, target)
        sync_folder(self.releases)
        return target


def _lock(handle: int, root: Path) -> None:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        raise ReleaseError(f"{root}: error: another build is running here; wait for it or use another --data") from error


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
