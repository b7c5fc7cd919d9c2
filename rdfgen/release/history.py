"""Which releases were published, in which order: what a rollback goes by."""

import json
from pathlib import Path

from rdfgen.release.durable import write_durably

HISTORY = "history.json"


def read_history(root: Path, current: str) -> list[str]:
    """The folders that were published, each once, the current one last.

    The pointer is the truth. The history is written just before it is switched, so after a cut in between it may be one step ahead:
    what it says behind the current one did not happen; and if the current one is not in it, the step back from it did not.
    """
    names = _read(root / HISTORY)
    if current in names:
        return names[: names.index(current) + 1]
    return [*names, *([current] if current else [])]


def _read(path: Path) -> list[str]:
    """A history that cannot be read is none: nothing depends on it but where a rollback goes."""
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return []
    names = content.get("published") if isinstance(content, dict) else None
    return [name for name in names if isinstance(name, str)] if isinstance(names, list) else []


def write_history(root: Path, names: list[str]) -> None:
    """Put down that these folders were published in this order."""
    write_durably(root / HISTORY, json.dumps({"published": names}, indent=1) + "\n")


def with_publication(names: list[str], name: str) -> list[str]:
    """The history once that folder is published, which is forgotten where it stood before.

    >>> with_publication(["a", "b", "c"], "a")
    ['b', 'c', 'a']
    """
    return [*(other for other in names if other != name), name]
