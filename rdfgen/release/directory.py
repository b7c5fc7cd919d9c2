"""The data directory: where releases lie, which one is current, and who may write."""

import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from rdfgen.errors import InputError, ReleaseError
from rdfgen.release.durable import link_durably, sync_folder, sync_tree
from rdfgen.release.history import read_history, with_publication, write_history
from rdfgen.release.lock import locked, switching
from rdfgen.release.withdrawn import note_withdrawn

_FOLDER = re.compile(r"([0-9a-f]{16})(?:\.(\d{1,9}))?")
_BUILDING = ".building-"
_REMOVING = ".removing-"


@dataclass(frozen=True, slots=True)
class DataDirectory:
    """A folder with `releases/` and the pointer `current`."""

    root: Path

    @property
    def releases(self) -> Path:
        """The folder of releases; it may be a link to another file system."""
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

    def all_folders(self) -> list[Path]:
        """Every folder that has the name of a release, sorted, also if it lost its manifest."""
        paths = self.releases.iterdir() if self.releases.is_dir() else ()
        return sorted(path for path in paths if _FOLDER.fullmatch(path.name))

    def release_ids(self) -> list[str]:
        """The releases that are complete, sorted by id."""
        return list(self.folders())

    def path(self, release_id: str) -> Path:
        """Where the release with that id lies, or with the only id that begins so."""
        folders = self.folders()
        found = [name for name in folders if release_id and name.startswith(release_id)]
        there = f"there is: {', '.join(folders) or 'none'}"
        if len(found) > 1:
            raise ReleaseError(f"{self.root}: error: {release_id!r} could be any of {', '.join(found)}; write more of it")
        if not found:
            raise ReleaseError(f"{self.root}: error: no release {release_id!r} here; {there}")
        return self._preferred(folders[found[0]])

    def _preferred(self, folders: list[Path]) -> Path:
        """Of a release that was built again the published folder, else the last."""
        return next((path for path in folders if path.name == self.current_name()), folders[-1])

    def current_name(self) -> str:
        """The name of the published release's folder; "" if none is published."""
        try:
            return Path(os.readlink(self.root / "current")).name
        except OSError:
            return ""

    def current(self) -> Path:
        """The published release's folder, by its own name and not the pointer's."""
        pointer = self.root / "current"
        if not os.path.lexists(pointer):
            raise ReleaseError(f"{self.root}: error: no release is published here; run: litlod build INPUT --data {self.root}")
        path = self.releases / self.current_name()
        if not _FOLDER.fullmatch(path.name) or not path.is_dir():
            there = ", ".join(self.folders()) or "none"
            raise ReleaseError(f"{pointer}: error: leads to no release; there is: {there}; run: litlod rollback ID, or litlod build")
        return path

    def publish(self, folder: Path) -> None:
        """Make a release the current one in one step, so that a reader sees the old one or the new one."""
        with switching(self.root):
            self._switch(folder, with_publication(self.history(), folder.name))

    def before(self) -> Path:
        """The folder of the release that was published before the current one."""
        names = self._history_before()
        if not names:
            others = ", ".join(name for name in self.folders() if name != _release_id(self.current_name())) or "none"
            raise ReleaseError(f"{self.root}: error: nothing that is kept was published before; name another release; there is: {others}")
        return self.releases / names[-1]

    def step_back(self, folder: Path) -> None:
        """Publish what was published before, so that the next step leads further back; raises ReleaseError if it is not that any more."""
        with switching(self.root):
            if self.before() != folder:
                raise ReleaseError(f"{self.root}: error: another release was published just now; look at litlod releases")
            self._switch(folder, self._history_before())

    def _history_before(self) -> list[str]:
        """The history without the current release, however often that was built."""
        names, current = self.history(), _release_id(self.current_name())
        while names and _release_id(names[-1]) == current:
            names.pop()
        return names

    def _switch(self, folder: Path, history: list[str]) -> None:
        if not folder.is_dir():
            raise ReleaseError(f"{folder}: error: the release was removed just now; look at litlod releases")
        note_withdrawn(self.root, self.releases / self.current_name(), folder)
        write_history(self.root, history)
        link_durably(self.root / "current", Path("releases") / folder.name)

    def history(self) -> list[str]:
        """The folders of releases that are kept, in the order in which they were published, the current one last."""
        kept = {path.name for folders in self.folders().values() for path in folders}
        current = self.current_name()
        return [name for name in read_history(self.root, current) if name in kept or name == current]

    @contextmanager
    def locked(self, holder: str = "litlod build") -> Iterator[None]:
        """Keep others who write out, whom `holder` names us to; raises ReleaseError if one is in already."""
        try:
            is_new = not self.root.exists()
            self.releases.mkdir(parents=True, exist_ok=True)
            if is_new:
                sync_folder(self.root.resolve().parent)
        except OSError as error:
            raise InputError(f"{self.root}: error: cannot write here: {error.strerror}; see who owns the folder") from error
        with locked(self.root / ".lock", holder):
            yield

    def new_building(self, release_id: str) -> Path:
        """An empty folder to build a release in, beside the place that it will have."""
        self.clean()
        building = self.releases / (_BUILDING + release_id)
        building.mkdir()
        return building

    def clean(self) -> None:
        """Remove what killed builds left behind, and folders of releases that were built again, but for the last and the published ones."""
        for leftover in [*self.releases.glob(_BUILDING + "*"), *self.releases.glob(_REMOVING + "*")]:
            shutil.rmtree(leftover)
        for name in self.root.glob(".*-new"):
            name.unlink()
        current = self.current_name()
        for folders in self.folders().values():
            for path in folders[:-1]:
                if path.name != current:
                    self.remove(path)

    def remove(self, folder: Path) -> None:
        """Remove a release; one that is removed in part only does not look like a release."""
        with switching(self.root):
            if folder.name == self.current_name():
                raise ReleaseError(f"{folder}: error: the release is published; publish another one first")
            removed = folder.rename(folder.with_name(_REMOVING + folder.name))
        sync_folder(self.releases)
        if removed.is_symlink():
            removed.unlink()
        else:
            shutil.rmtree(removed)

    def complete(self, building: Path, release_id: str) -> Path:
        """Give a finished building its release's name, durably; returns the folder.

        A release that is there already is not touched, because a server may be reading it: the new one gets a number.
        """
        sync_tree(building)
        matches = (_FOLDER.fullmatch(path.name) for path in self.releases.iterdir())
        numbers = [int(match[2] or 0) for match in matches if match and match[1] == release_id]
        target = self.releases / (f"{release_id}.{max(numbers) + 1}" if numbers else release_id)
        building.rename(target)
        sync_folder(self.releases)
        return target


def _release_id(folder_name: str) -> str:
    """The release that a folder holds, whichever time it was built."""
    return folder_name.partition(".")[0]
