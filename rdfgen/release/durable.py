"""Files and folders that are there after a power cut, as they were or as they became, and nothing in between."""

import os
from pathlib import Path


def write_durably(path: Path, text: str) -> None:
    """Give the file that content in one step."""
    new = path.with_name(f".{path.name}-new")
    with open(new, "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    os.replace(new, path)
    sync_folder(path.parent)


def link_durably(path: Path, target: Path) -> None:
    """Make the path a symbolic link to that target in one step."""
    new = path.with_name(f".{path.name}-new")
    new.unlink(missing_ok=True)
    new.symlink_to(target)
    os.replace(new, path)
    sync_folder(path.parent)


def sync_tree(root: Path) -> None:
    """Make all files and folders below a folder durable, and itself."""
    for folder, _, files in os.walk(root):
        for name in files:
            _sync(Path(folder) / name)
        _sync(Path(folder))


def sync_folder(path: Path) -> None:
    """Make the folder's entries durable."""
    _sync(path)


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
