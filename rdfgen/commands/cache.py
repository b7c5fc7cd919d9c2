"""`litlod cache`: what builds keep for the next one."""

from pathlib import Path

import click

from rdfgen.cache import Cache
from rdfgen.commands.common import data_option, say
from rdfgen.release.directory import DataDirectory


@click.command()
@data_option
@click.option("--clear", is_flag=True, help="Remove all of it.")
@click.option("--limit", type=click.FloatRange(min=0), metavar="GB", help="Remove what was used longest ago until this much is left.")
def cache(data: str, clear: bool, limit: float | None) -> None:
    """Show or clear what builds keep for the next one.

    Releases do not need it: without it the next build takes longer, and gives the same.
    """
    directory = DataDirectory(Path(data))
    kept = Cache(directory.cache)
    if clear or limit is not None:
        with directory.locked("litlod cache"):
            removed = kept.trim(0 if clear or limit is None else int(limit * 1e9))
        say(f"removed {removed} bytes")
    entries = kept.entries()
    click.echo(f"{len(entries)} folders, {sum(size for _, size, _ in entries)} bytes in {directory.cache}")
