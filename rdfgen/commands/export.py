"""`litlod export`: the current release in forms that other programs want."""

from pathlib import Path

import click

from rdfgen.commands.common import data_option, progress, say
from rdfgen.exports.statements import Source, triples_of
from rdfgen.exports.table import EXPORTS, write_export
from rdfgen.release.directory import DataDirectory
from rdfgen.release.manifest import read_manifest

_FORMATS = "; ".join(f"{name}: {row.summary} ({', '.join(row.files)})" for name, row in EXPORTS.items())


@click.command(epilog=f"Formats: {_FORMATS}.")
@click.argument("format_name", metavar="FORMAT", type=click.Choice(list(EXPORTS)))
@data_option
@click.option(
    "--release", default="", metavar="ID", help="A release that is kept, by as much of its id as names just one. [default: the current one]"
)
@click.option("-o", "--output", type=click.Path(file_okay=False), required=True, metavar="FOLDER", help="Where the files go.")
def export(format_name: str, data: str, release: str, output: str) -> None:
    """Write a release in a form that other programs want.

    The same release gives the same bytes. Memory holds one paper at a time, however many there are.
    """
    row, directory = EXPORTS[format_name], DataDirectory(Path(data))
    folder = directory.path(release) if release else directory.current()
    manifest = read_manifest(folder)
    advance = progress(triples_of(manifest, row.parts), "triple", format_name)
    counts = write_export(row, Source(folder, manifest, advance), Path(output))
    for name, number in counts.items():
        if number:
            say(f"{number:,} {name}")
    for name in row.files:
        click.echo(Path(output) / name)
