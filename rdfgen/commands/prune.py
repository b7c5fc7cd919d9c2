"""`litlod prune`: room on the disk, made by removing releases."""

from pathlib import Path

import click

from rdfgen.commands.common import data_option, say
from rdfgen.commands.releases import size
from rdfgen.release.directory import DataDirectory
from rdfgen.release.kept import surplus


@click.command()
@data_option
@click.option(
    "--keep", type=click.IntRange(min=1), required=True, metavar="N", help="How many releases to keep, the current one among them."
)
@click.option("--dry-run", is_flag=True, help="Say what would be removed, and remove nothing.")
def prune(data: str, keep: int, dry_run: bool) -> None:
    """Remove releases but for the last ones.

    The current one always stays; next come those that a rollback leads to, then the newest of the others, in the order of
    litlod releases. What killed builds left behind goes too. Each release that is removed is named on standard output.
    """
    directory = DataDirectory(Path(data))
    if dry_run:
        _say_sum([(row.folder, row.bytes) for row in surplus(directory, keep)], "would free")
        return
    directory.current()
    with directory.locked("litlod prune"):
        directory.clean()
        removed = []
        for row in surplus(directory, keep):
            directory.remove(directory.releases / row.folder)
            removed.append((row.folder, row.bytes))
    _say_sum(removed, "freed")


def _say_sum(removed: list[tuple[str, int]], verb: str) -> None:
    for name, _ in removed:
        click.echo(name)
    say(f"{len(removed)} releases; {verb} {size(sum(number for _, number in removed))}")
