"""`litlod query`: a SPARQL query over the current release, without a server."""

import sys
from pathlib import Path

import click
from pyoxigraph import QuerySolutions, QueryTriples, Store

from rdfgen.commands.common import data_option
from rdfgen.errors import LitlodError
from rdfgen.formats import FORMATS, RESULT_FORMATS, format_named
from rdfgen.release.directory import DataDirectory


@click.command()
@click.argument("query_text", metavar="QUERY")
@data_option
@click.option("-f", "--format", "format_name", help=f"{', '.join(RESULT_FORMATS)}; for CONSTRUCT and DESCRIBE {', '.join(FORMATS)}.")
def query(query_text: str, data: str, format_name: str | None) -> None:
    """Ask the current release a SPARQL query.

    QUERY is the query itself, @FILE for a file that holds it, or - for standard input. The release's store is opened
    for reading only; the query runs in this process, without a time limit.
    """
    store = Store.read_only(str(DataDirectory(Path(data)).current() / "store"))
    try:
        results = store.query(_text(query_text))
    except SyntaxError as error:
        raise LitlodError(f"query: error: {error.msg}") from error
    if isinstance(results, QueryTriples):
        sys.stdout.buffer.write(results.serialize(format=format_named(format_name or "ttl").syntax) or b"")
        return
    name = format_name or ("tsv" if isinstance(results, QuerySolutions) else "json")
    if name not in RESULT_FORMATS:
        raise click.UsageError(f"unknown result format {name!r}: choose one of {', '.join(RESULT_FORMATS)}")
    sys.stdout.buffer.write(results.serialize(format=RESULT_FORMATS[name].syntax) or b"")


def _text(argument: str) -> str:
    if argument == "-":
        return sys.stdin.read()
    if argument.startswith("@"):
        return Path(argument[1:]).read_text(encoding="utf-8")
    return argument
