"""`litlod verify`: proof that a release is whole."""

import sys
from pathlib import Path

import click

from rdfgen.commands.common import data_option
from rdfgen.errors import ReleaseError
from rdfgen.release.directory import DataDirectory
from rdfgen.release.manifest import read_manifest
from rdfgen.release.verify import problems


@click.command()
@click.argument("release_id", required=False, metavar="[ID]")
@data_option
@click.option("--all", "all_of_them", is_flag=True, help="Check every release that is kept, and the pointer to the current one.")
@click.option("--deep", is_flag=True, help="Prove besides that dumps, store, statistics and descriptions say the same.")
def verify(release_id: str | None, data: str, all_of_them: bool, deep: bool) -> None:
    """Check that a release is whole.

    ID is the release's, or enough of its beginning; without it the current one is checked. Every file has the size and
    checksum of the manifest, the manifest has its own, and nothing is missing or too much, so that no changed byte goes
    unseen. With --deep every dump is parsed, both forms of it hold what the store holds, and the counts in the manifest, the
    statistics and the VoID description are those of the store; that takes temporary space of about the store's size.
    """
    if all_of_them and release_id is not None:
        raise click.UsageError("--all checks every release: leave the ID out")
    directory = DataDirectory(Path(data))
    if all_of_them:
        results = [_is_pointer_right(directory), *(_is_whole(folder, deep) for folder in directory.all_folders())]
    else:
        results = [_is_whole(directory.path(release_id) if release_id is not None else directory.current(), deep)]
    if not all(results):
        sys.exit(1)


def _is_pointer_right(directory: DataDirectory) -> bool:
    try:
        directory.current()
    except ReleaseError as error:
        click.echo(str(error), err=True)
        return False
    return True


def _is_whole(folder: Path, deep: bool) -> bool:
    """Whether the release is, said in a line; the problems go to standard error as they are found."""
    found = 0
    for problem in problems(folder, deep):
        click.echo(problem, err=True)
        found += 1
    if found:
        click.echo(f"release {folder.name}: {found} problems", err=True)
        return False
    graphs = read_manifest(folder).graphs
    proved = "dumps = store = VoID = manifest" if deep else "files = manifest"
    click.echo(f"release {folder.name} is whole: {graphs['']} triples and {len(graphs) - 1} named graphs; {proved}")
    return True
