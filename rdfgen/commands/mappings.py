"""`litlod mappings`: the mappings of the current release as an SSSOM table."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

import click
import pyoxigraph
from pyoxigraph import Quad, RdfFormat

from rdfgen.commands.common import data_option, say
from rdfgen.iris import Iris
from rdfgen.mappings.table import write_table
from rdfgen.release.directory import DataDirectory
from rdfgen.release.manifest import read_manifest
from rdfgen.sources import opened


@click.command()
@data_option
@click.option("-o", "--output", default="-", show_default=True, metavar="FILE", help="Where the table goes; - is standard output.")
def mappings(data: str, output: str) -> None:
    """Write the mappings of the current release as SSSOM.

    The table holds the mappings that `litlod build --mappings` took and the candidates that the papers suggest, which
    are those with semapv:LexicalMatching and no mapping_source.
    """
    folder = DataDirectory(Path(data)).current()
    manifest = read_manifest(folder)
    address = Iris(manifest.base).dump(manifest.release, "mappings.sssom.tsv")
    with _target(output) as target:
        count = write_table(lambda: _triples(folder / "dumps" / "mappings.nt.zst"), address, manifest.release, target)
    say(f"{count} mappings of release {manifest.release}")


def _triples(path: Path) -> Iterator[Quad]:
    with opened(path) as stream:
        yield from pyoxigraph.parse(stream, format=RdfFormat.N_TRIPLES)


@contextmanager
def _target(output: str) -> Iterator[TextIO]:
    if output == "-":
        yield sys.stdout
        return
    with open(output, "w", encoding="utf-8", newline="\n") as file:
        yield file
