"""What several subcommands share: options, the progress bar, and the last words about a run."""

import os
import sys
from collections.abc import Callable

import click
from tqdm import tqdm

from rdfgen.iris import DEFAULT_BASE
from rdfgen.report import Totals

_SOURCES_SHOWN = 10

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


retracted_option = click.option(
    "--without-retracted",
    is_flag=True,
    help="Leave out papers that a source says are retracted; the report names them.",
)


def progress(total: int, unit: str, what: str) -> Callable[[int], object]:
    """A progress bar, on a terminal only: returns what to call with each amount that is done."""
    tqdm.monitor_interval = 0
    quiet = not sys.stderr.isatty() or is_quiet()
    return tqdm(total=total, unit=unit, unit_scale=True, disable=quiet, desc=what, leave=False).update


def is_quiet() -> bool:
    """Whether the user wants to see errors only."""
    return bool(click.get_current_context().find_root().params.get("quiet"))


def say(text: str) -> None:
    """Print a line that is no error on standard error, unless the user wants quiet."""
    if not is_quiet():
        click.echo(text, err=True)


def print_totals(totals: Totals, where: str) -> None:
    """The first errors, the larger sources and the sums of a run, on standard error."""
    for entry in totals.shown:
        click.echo(str(entry), err=True)
    if totals.errors > len(totals.shown):
        click.echo(f"… and {totals.errors - len(totals.shown)} more errors; {where} has all of them", err=True)
    for source in totals.sources[:_SOURCES_SHOWN]:
        say(source.summary())
    if totals.source_count > _SOURCES_SHOWN:
        say(f"… and {totals.source_count - _SOURCES_SHOWN} more sources; {where} has all of them")
    say(totals.summary())
