"""The changes between two releases as files: N-Triples, and RDF Patch (https://jena.apache.org/documentation/rdf-patch/)."""

import uuid
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from rdfgen.exports.delta import Change
from rdfgen.exports.sorting import write_lines
from rdfgen.formats import compressed
from rdfgen.sources import opened

PATCH = "changes.rdfp.zst"


def change_files(is_quads: bool) -> tuple[str, str]:
    """The names of the files of what came and what went."""
    extension = "nq" if is_quads else "nt"
    return f"added.{extension}.zst", f"removed.{extension}.zst"


def write_changes(changes: Iterable[Change], folder: Path, old: str, new: str, is_quads: bool) -> None:
    """Write the changes between the releases with these IRIs into the folder, as two sorted lists and as a patch."""
    added, removed = (folder / name for name in change_files(is_quads))
    with _target(added) as came, _target(removed) as went:
        for change in changes:
            (came if change.is_added else went).write(change.line)
    with _target(folder / PATCH) as target:
        write_lines(_patch_lines(removed, added, old, new), target)


@contextmanager
def _target(path: Path) -> Iterator[BinaryIO]:
    with open(path, "wb") as file, compressed(file, path.name) as target:
        yield target


def _patch_lines(removed: Path, added: Path, old: str, new: str) -> Iterator[bytes]:
    """Header, then one transaction: first what goes, then what comes."""
    yield f"H id <{patch_id(new)}> .\nH prev <{patch_id(old)}> .\nH release <{new}> .\nH previous-release <{old}> .\nTX .\n".encode()
    for path, operation in ((removed, b"D "), (added, b"A ")):
        with opened(path) as lines:
            yield from (operation + line for line in lines)
    yield b"TC .\n"


def patch_id(release: str) -> str:
    """The name that patches give to the state of a release, by its IRI: as Jena has them, a UUID, always the same one.

    >>> patch_id("https://w3id.org/litlod/release/0123456789abcdef")
    'uuid:d83d03d3-fe63-5e01-b09c-d30669bfacf2'
    """
    return f"uuid:{uuid.uuid5(uuid.NAMESPACE_URL, release)}"
