"""The one table of export formats."""

import os
from collections import Counter
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

from rdfgen.exports import kgx, web_annotations
from rdfgen.exports.statements import Source


@dataclass(frozen=True, slots=True)
class Export:
    """One row: what it is, the files that it makes, the parts of a release that it reads, and what writes the files."""

    summary: str
    files: tuple[str, ...]
    parts: tuple[str, ...]
    write: Callable[[Source, tuple[TextIO, ...]], Counter[str]]


EXPORTS: dict[str, Export] = {
    "kgx": Export("nodes and edges in Biolink's terms, as KGX reads them", kgx.FILES, kgx.PARTS, kgx.write),
    "annotations": Export(
        "Web Annotations in JSON-LD, one a line, in the form of Europe PMC's",
        web_annotations.FILES,
        web_annotations.PARTS,
        web_annotations.write,
    ),
}


def write_export(row: Export, source: Source, folder: Path) -> Counter[str]:
    """Write the files into the folder, each in the place of an earlier one only when all are complete; returns counts."""
    folder.mkdir(parents=True, exist_ok=True)
    new = [folder / f".{name}-new" for name in row.files]
    try:
        with ExitStack() as stack:
            targets = tuple(stack.enter_context(open(path, "w", encoding="utf-8", newline="\n")) for path in new)
            counts = row.write(source, targets)
        for path, name in zip(new, row.files, strict=True):
            os.replace(path, folder / name)
    finally:
        for path in new:
            path.unlink(missing_ok=True)
    return counts
