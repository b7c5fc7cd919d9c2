"""`litlod verify`: proof that a release is whole."""

import sys
from pathlib import Path

import click

from rdfgen.commands.common import data_option
from rdfgen.release.directory import DataDirectory
from rdfgen.release.manifest import read_manifest
from rdfgen.release.verify import problems


@click.command()
@data_option
@click.option("--release", "release_id", help="A release's id. Default: the current one.")
def verify(data: str, release_id: str | None) -> None:
    """Check that a release is whole.

    Every file has the size and checksum of the manifest, both forms of the dumps hold what the store holds, and the
    counts in the manifest, the statistics and the VoID description are those of the store.
    """
    directory = DataDirectory(Path(data))
    folder = directory.path(release_id) if release_id is not None else directory.current()
    found = 0
    for problem in problems(folder):
        click.echo(problem, err=True)
        found += 1
    if found:
        click.echo(f"release {folder.name}: {found} problems", err=True)
        sys.exit(1)
    graphs = read_manifest(folder).graphs
    click.echo(f"release {folder.name} is whole: {graphs['']} triples and {len(graphs) - 1} named graphs; dumps = store = VoID = manifest")
