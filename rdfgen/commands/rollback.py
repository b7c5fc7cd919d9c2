"""`litlod rollback`: an earlier release, published again."""

import sys
from pathlib import Path

import click

from rdfgen.commands.common import data_option, say
from rdfgen.release.directory import DataDirectory
from rdfgen.release.verify import problems


@click.command()
@click.argument("release_id", required=False, metavar="[ID]")
@data_option
def rollback(release_id: str | None, data: str) -> None:
    """Publish an earlier release that is kept.

    ID is the release's, or enough of its beginning. Without it the release is taken that was published before the current
    one; once more leads one step further back. The switch is made in one step, also while a build or a server is running;
    the server answers from the release with its next request. A release that is damaged is not published.
    """
    directory = DataDirectory(Path(data))
    folder = directory.before() if release_id is None else directory.path(release_id)
    found = list(problems(folder))
    if found:
        for problem in found:
            click.echo(problem, err=True)
        click.echo(f"release {folder.name}: {len(found)} problems; {directory.current_name()} stays published", err=True)
        sys.exit(1)
    if release_id is None:
        directory.step_back(folder)
    else:
        directory.publish(folder)
    say(f"release {folder.name} is published in {data}")
    click.echo(folder.name.partition(".")[0])
