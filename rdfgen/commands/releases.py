"""`litlod releases`: the releases that are kept."""

import json
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

import click

from rdfgen.commands.common import data_option, say
from rdfgen.release.directory import DataDirectory
from rdfgen.release.kept import Kept, kept_releases

_HEAD = ("", "release", "built", "papers", "triples", "size")
_UNITS = ("B", "kB", "MB", "GB", "TB")


@click.command()
@data_option
@click.option("--json", "as_json", is_flag=True, help="Write JSON for programs.")
def releases(data: str, as_json: bool) -> None:
    """List the releases that are kept.

    The current one comes first and has an asterisk; then come those that a rollback leads to, one step after the other,
    then those never published or rolled back from, the newest first.
    """
    rows = kept_releases(DataDirectory(Path(data)))
    if as_json:
        click.echo(json.dumps([asdict(row) for row in rows], indent=1))
    elif rows:
        click.echo(table([_HEAD, *(_cells(row) for row in rows)], texts=3))
    else:
        say(f"{data}: no releases; run: litlod build INPUT --data {data}")


def _cells(row: Kept) -> tuple[str, ...]:
    mark = "*" if row.current else ""
    if row.triples is None:
        return mark, row.folder, "damaged: no readable manifest", "", "", size(row.bytes)
    return mark, row.folder, row.built, f"{row.papers:,}", f"{row.triples:,}", size(row.bytes)


def table(rows: list[tuple[str, ...]], texts: int) -> str:
    """Columns under each other; so many are texts, the others numbers, which stand to the right.

    >>> print(table([("id", "n"), ("a", "1,000"), ("bc", "7")], texts=1))
    id      n
    a   1,000
    bc      7
    """
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return "\n".join("  ".join(_aligned(row[:texts], widths) + _aligned(row[texts:], widths[texts:], str.rjust)).rstrip() for row in rows)


def _aligned(cells: tuple[str, ...], widths: list[int], align: Callable[[str, int], str] = str.ljust) -> list[str]:
    return [align(cell, width) for cell, width in zip(cells, widths, strict=False)]


def size(number: int) -> str:
    """A number of bytes in the unit that people would choose.

    >>> size(999), size(1_000), size(1_234_567_890)
    ('999 B', '1.0 kB', '1.2 GB')
    """
    value = float(number)
    for unit in _UNITS[:-1]:
        if value < 999.95:
            return f"{number} B" if unit == "B" else f"{value:.1f} {unit}"
        value /= 1000
    return f"{value:.1f} {_UNITS[-1]}"
