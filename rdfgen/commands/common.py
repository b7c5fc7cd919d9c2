"""What several subcommands share: options, the progress bar, and the last words about a run."""

import os
import sys
from collections.abc import Iterator

import click
from tqdm import tqdm

from rdfgen.convert import Chunk, Shard
from rdfgen.iris import DEFAULT_BASE
from rdfgen.report import Totals

base_option = click.option(
    "--base",
    default=DEFAULT_BASE,
    show_default=True,
    envvar="LITLOD_BASE",
    help="IRI below which papers, annotations and our vocabulary are named; set it to your own domain before you publish.",
)
profile_option = click.option(
    "--profile",
    type=click.Choice(["full"]),
    default="full",
    show_default=True,
    expose_value=False,
    help="How much to say; `full` is everything, and the only profile there is so far.",
)
strict_option = click.option("--strict", is_flag=True, help="Exit with 1 if anything was skipped or altered.")
jobs_option = click.option(
    "--jobs",
    type=click.IntRange(min=1),
    default=os.cpu_count() or 1,
    show_default="number of processors",
    help="Worker processes; the output is the same for any number.",
)
data_option = click.option(
    "--data",
    type=click.Path(file_okay=False),
    default="data",
    show_default=True,
    envvar="LITLOD_DATA",
    help="Data directory: releases and the pointer to the current one.",
)


def tracked(shards: Iterator[Shard], planned: list[Chunk]) -> Iterator[Shard]:
    """The shards, with a progress bar on a terminal."""
    tqdm.monitor_interval = 0
    quiet = not sys.stderr.isatty()
    with tqdm(total=sum(chunk.size for chunk in planned), unit="B", unit_scale=True, disable=quiet, desc="converting", leave=False) as bar:
        for shard in shards:
            bar.update(shard.chunk.size)
            yield shard


def say(text: str) -> None:
    """Print a line that is no error on standard error, unless the user wants quiet."""
    if not click.get_current_context().find_root().params.get("quiet"):
        click.echo(text, err=True)


def print_totals(totals: Totals, where: str) -> None:
    """The first errors and the sums of a run, on standard error."""
    for entry in totals.shown:
        click.echo(str(entry), err=True)
    if totals.errors > len(totals.shown):
        click.echo(f"… and {totals.errors - len(totals.shown)} more errors; {where} has all of them", err=True)
    say(totals.summary())
