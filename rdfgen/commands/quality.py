"""`litlod quality`: the numbers that tell how good a release is, beside those of the release before."""

import json
from dataclasses import asdict
from pathlib import Path

import click

from rdfgen.commands.common import data_option, say
from rdfgen.commands.releases import table
from rdfgen.errors import ReleaseError
from rdfgen.release.directory import DataDirectory
from rdfgen.release.quality import Change, changed, changes, read_quality


@click.command()
@click.argument("release_id", required=False, metavar="[ID]")
@data_option
@click.option("--against", metavar="ID", help="The release to compare with; by default the one that was published before.")
@click.option("--changed", "changed_only", is_flag=True, help="Show only what is not the same in both.")
@click.option("--json", "as_json", is_flag=True, help="Write JSON for programs.")
def quality(release_id: str | None, data: str, against: str | None, changed_only: bool, as_json: bool) -> None:
    """Show how good a release is, and what changed.

    The numbers say what is unresolved, doubtful, without label, date or mapping, or not valid. ID is the release's, or
    enough of its beginning; without it the current one is shown.
    """
    directory = DataDirectory(Path(data))
    now = directory.path(release_id) if release_id is not None else directory.current()
    before = directory.path(against) if against is not None else _before(directory)
    before = None if before == now else before
    found = changes(read_quality(now), read_quality(before) if before is not None else None)
    rows = list(changed(found) if changed_only else found)
    if as_json:
        click.echo(json.dumps([asdict(row) | {"difference": row.difference} for row in rows], indent=1, ensure_ascii=False))
        return
    head = ("what", before.name if before is not None else "before", now.name, "difference")
    click.echo(table([head, *(_cells(row) for row in rows)], texts=1))
    if before is None:
        say("no other release to compare with")


def _before(directory: DataDirectory) -> Path | None:
    """The release that was published before the current one, if there is one that is kept."""
    try:
        return directory.before()
    except ReleaseError:
        return None


def _cells(row: Change) -> tuple[str, ...]:
    return row.name, shown(row.name, row.before), shown(row.name, row.now), difference(row)


def shown(name: str, number: float | None) -> str:
    """A number for people: a share in percent, and nothing where there is none.

    >>> shown("share of x", 0.125), shown("papers", 12000), shown("papers", None)
    ('12.5%', '12,000', '')
    """
    if number is None:
        return ""
    return f"{number:.1%}" if "share" in name else f"{number:,.0f}"


def difference(row: Change) -> str:
    """How much more it is now; of shares in percentage points, and nothing where it is the same.

    >>> difference(Change("papers", 5, 6)), difference(Change("share of x", 0.125, 0.1))
    ('+1', '-2.5 points')
    """
    if not row.difference:
        return ""
    return f"{row.difference * 100:+.1f} points" if "share" in row.name else f"{row.difference:+,.0f}"
