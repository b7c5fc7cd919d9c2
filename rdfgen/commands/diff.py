"""`litlod diff`: what is different between two releases."""

from collections import Counter
from collections.abc import Iterable
from pathlib import Path

import click

from rdfgen.commands.common import data_option, progress, say
from rdfgen.commands.releases import table
from rdfgen.exports.delta import Change, Counts, changes, dump_bytes, has_graphs
from rdfgen.exports.patch import PATCH, change_files, write_changes
from rdfgen.iris import Iris
from rdfgen.release.directory import DataDirectory
from rdfgen.release.manifest import Manifest, read_manifest

_HEAD = ("part", "predicate", "added", "removed")


@click.command()
@click.argument("old")
@click.argument("new", required=False)
@data_option
@click.option("-o", "--output", type=click.Path(file_okay=False), metavar="FOLDER", help="Write the changes into this folder.")
@click.option("--stat", is_flag=True, help="Show how many triples came and went, by part and predicate.")
def diff(old: str, new: str | None, data: str, output: str | None, stat: bool) -> None:
    """Show what is different between two releases that are kept.

    OLD and NEW are releases, or as much of their ids as names just one; without NEW it is the current one. -o writes the
    triples that came and those that went, each sorted by their bytes, and both as an RDF Patch: old without what went
    and with what came, sorted, is new, sorted. Named graphs of --include files are compared too; if there are any, the
    files are N-Quads.
    """
    directory = DataDirectory(Path(data))
    folders = directory.path(old), directory.current() if new is None else directory.path(new)
    one, other = ((folder, read_manifest(folder)) for folder in folders)
    counts = Counts()
    advance = progress(dump_bytes(one[1]) + dump_bytes(other[1]), "B", "reading dumps")
    found = changes(one, other, counts, advance)
    if output is None:
        for _ in found:
            pass
    else:
        _write(found, Path(output), one[1], other[1])
    if stat and (counts.added or counts.removed):
        click.echo(table([_HEAD, *_rows(counts)], texts=2))
    summary = f"{counts.added.total():,} added, {counts.removed.total():,} removed, {counts.same:,} the same"
    click.echo(f"{one[1].release} to {other[1].release}: {summary}")


def _write(found: Iterable[Change], folder: Path, old: Manifest, new: Manifest) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    is_quads = has_graphs(old, new)
    write_changes(found, folder, _iri(old), _iri(new), is_quads)
    say(f"{folder}: {', '.join((*change_files(is_quads), PATCH))}")


def _iri(manifest: Manifest) -> str:
    return Iris(manifest.base).release(manifest.release)


def _rows(counts: Counts) -> list[tuple[str, ...]]:
    keys = sorted(Counter(counts.added) + Counter(counts.removed))
    return [(*key, f"{counts.added[key]:,}", f"{counts.removed[key]:,}") for key in keys]
