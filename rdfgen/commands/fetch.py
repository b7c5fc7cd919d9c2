"""`litlod fetch`: reference data from its publishers."""

from pathlib import Path

import click

from rdfgen.commands.common import progress, say
from rdfgen.downloads import DOWNLOADS, Download, size_in_words
from rdfgen.fetching import fetch as fetch_download
from rdfgen.web import is_web_address


@click.command()
@click.argument("names", nargs=-1, type=click.Choice(list(DOWNLOADS)), metavar="NAME...")
@click.option(
    "--to", "folder", type=click.Path(file_okay=False), default="reference", show_default=True, help="Folder to put the files in."
)
@click.option("--list", "is_list", is_flag=True, help="List what there is: name, size, content, licence and address.")
@click.option(
    "--url",
    "urls",
    multiple=True,
    metavar="NAME=URL",
    help="Take NAME from another address, such as a mirror, with its checksum beside it. May be given more than once.",
)
def fetch(names: tuple[str, ...], folder: str, is_list: bool, urls: tuple[str, ...]) -> None:
    """Download reference data from its publishers.

    A transfer that broke off goes on where it ended, and a file that is there is fetched again only if its publisher
    has a newer one. Prints the paths of the files, which `litlod build` can read.
    """
    if is_list:
        click.echo("".join(_listed(row) for row in DOWNLOADS.values()), nl=False)
        return
    if not names:
        raise click.UsageError(f"nothing to fetch: name one or more of {', '.join(DOWNLOADS)}")
    addresses = _addresses(urls, names)
    for name in dict.fromkeys(names):
        say(_announced(DOWNLOADS[name]))
        for path in fetch_download(DOWNLOADS[name], Path(folder), progress, addresses.get(name)):
            click.echo(path)


def _addresses(urls: tuple[str, ...], names: tuple[str, ...]) -> dict[str, str]:
    """The addresses that the user gives, by name."""
    found: dict[str, str] = {}
    for text in urls:
        name, _, url = text.partition("=")
        if name not in names:
            raise click.BadParameter(f"{text!r} is for none of what is fetched; write NAME=URL", param_hint="--url")
        if not is_web_address(url):
            raise click.BadParameter(f"{url!r} is not an http or https address", param_hint="--url")
        found[name] = url
    return found


def _announced(row: Download) -> str:
    licence, address = row.licence
    return f"{row.name}: {row.title}, about {size_in_words(row.size)}\n  licence: {licence} ({address})"


def _listed(row: Download) -> str:
    return "\t".join((row.name, size_in_words(row.size), row.title, *row.licence, row.url)) + "\n"
