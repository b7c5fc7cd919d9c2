"""Folders that are made once and kept: named by what they are made from, so that the name says whether they still hold."""

import hashlib
import json
import logging
import os
import shutil
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

from rdfgen.sources import file_sha256

log = logging.getLogger(__name__)

_SUMS = "sums.json"
_UNFINISHED = ".unfinished-"


@dataclass(frozen=True, slots=True)
class Work:
    """Where folders go: `folder` is for this run only; `cache`, if there is one, is kept, its names depending on `version`."""

    folder: Path
    cache: Path | None = None
    version: str = ""

    def place(self, kind: str, number: int, content: Iterable[str]) -> str:
        """The folder for something that is made from that content."""
        if self.cache is None:
            return str(self.folder / f"{kind}-{number:08}")
        digest = hashlib.sha256()
        for text in chain((self.version,), content):
            data = text.encode("utf-8", "surrogateescape")
            digest.update(b"%d:%s" % (len(data), data))
        return str(self.cache / kind / digest.hexdigest()[:40])


def made(folder: Path, make: Callable[[Path], None]) -> None:
    """See that the folder is there: as it is, if it is there already and whole, else made; it takes its name when it is finished."""
    if folder.is_dir():
        if _is_whole(folder):
            os.utime(folder)
            return
        log.warning("%s: damaged; made again", folder)
        shutil.rmtree(folder)
    unfinished = folder.with_name(f"{_UNFINISHED}{folder.name}-{os.getpid()}")
    shutil.rmtree(unfinished, ignore_errors=True)
    unfinished.mkdir(parents=True)
    make(unfinished)
    sums = json.dumps(_sums(unfinished))
    (unfinished / _SUMS).write_text(sums, encoding="ascii")
    unfinished.rename(folder)


def _sums(folder: Path) -> dict[str, str]:
    """The checksum of every file in a folder but the list of checksums."""
    return {path.name: file_sha256(path) for path in sorted(folder.iterdir()) if path.name != _SUMS}


def _is_whole(folder: Path) -> bool:
    """Whether the folder has the files that it was made with, byte for byte."""
    try:
        return bool(json.loads((folder / _SUMS).read_bytes()) == _sums(folder))
    except (OSError, ValueError):
        return False


@dataclass(frozen=True, slots=True)
class Cache:
    """The folders below `root`, each two levels down: kind, and name."""

    root: Path

    def entries(self) -> list[tuple[float, int, Path]]:
        """When each folder was last used, its bytes, and the folder; the one that was used longest ago comes first."""
        folders = [path for kind in self.root.glob("*/") for path in kind.iterdir() if path.is_dir()]
        return sorted((path.stat().st_mtime, _size(path), path) for path in folders)

    def trim(self, limit: int) -> int:
        """Remove what was used longest ago until at most that many bytes are left, and what killed runs left behind.

        Returns the number of bytes removed.
        """
        removed = 0
        entries = self.entries()
        total = sum(size for _, size, _ in entries)
        for _, size, path in entries:
            if path.name.startswith(_UNFINISHED) or total > limit:
                shutil.rmtree(path)
                total -= size
                removed += size
        return removed


def _size(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.iterdir())
