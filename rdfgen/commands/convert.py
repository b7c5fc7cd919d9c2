"""`litlod convert`: papers to RDF on standard output or in a file."""

import os
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from functools import partial
from pathlib import Path
from typing import BinaryIO

import click

from rdfgen.assembly import write_parts
from rdfgen.cache import Work
from rdfgen.commands.common import base_option, jobs_option, print_totals, profile_option, progress, retracted_option, strict_option
from rdfgen.convert import converted
from rdfgen.dialects import DIALECTS, Dialect, speaking
from rdfgen.errors import LitlodError, UsageError
from rdfgen.formats import FORMATS, Format, compressed, format_named, format_of_file, write_ntriples_as
from rdfgen.iris import Iris
from rdfgen.namespaces import output_prefixes
from rdfgen.readers import READERS
from rdfgen.reading import Input, chunks
from rdfgen.report import Totals, opened_report
from rdfgen.report_page import write_page
from rdfgen.shards import Options, Shard
from rdfgen.sources import STDIN, find_inputs, spooled_stdin
from rdfgen.triples import PARTS


@click.command(epilog=f"Input formats: {', '.join(READERS)}; plain, gzip or zstd.")
@click.argument("inputs", nargs=-1, required=True, metavar="INPUT...")
@click.option("-o", "--output", default="-", show_default=True, help="File to write, or - for standard output; .gz and .zst compress.")
@click.option("-f", "--format", "format_name", help=f"RDF format: {', '.join(FORMATS)}. Default: by the extension of -o, else nt.")
@click.option(
    "--dialect",
    type=click.Choice(list(DIALECTS), case_sensitive=False),
    help="Write the IRIs of concepts as that graph does, where it has a spelling of its own; others stay as they are.",
)
@profile_option
@base_option
@strict_option
@retracted_option
@click.option(
    "--report",
    type=click.Path(dir_okay=False),
    help="Write what was read, skipped or doubtful here: a JSON object a line, or a page if the name ends in .html.",
)
@jobs_option
def convert(
    inputs: tuple[str, ...],
    output: str,
    format_name: str | None,
    dialect: str | None,
    base: str,
    strict: bool,
    without_retracted: bool,
    report: str | None,
    jobs: int,
) -> None:
    """Convert papers to RDF.

    INPUT is a file, a folder, a glob pattern, or - for standard input. Sources that share a PMCID, PMID or DOI become one
    paper.
    """
    row = _format(output, format_name)
    paths = find_inputs(inputs)
    _check_target(output, "-o", paths)
    if report is not None:
        _check_target(report, "--report", [*paths, output])
    iris = Iris(base)
    with ExitStack() as stack:
        locations = stack.enter_context(spooled_stdin(paths))
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="litlod-convert-")))
        is_page = report is not None and report.endswith((".html", ".htm"))
        totals = Totals(stack.enter_context(opened_report(report)) if report and not is_page else None)
        work = Work(folder)
        planned = chunks((Input(path, location) for path, location in locations.items()), work)
        made = converted(planned, Options(iris.base, without_retracted), work, jobs, totals, progress)
        shards = stack.enter_context(closing(made))
        with _target(output) as target:
            with compressed(target, output) as stream:
                triples = partial(_write_ntriples, shards, folder, DIALECTS[dialect] if dialect else None)
                _write(triples, stream, row, folder, output_prefixes(iris.base))
            if report and is_page:
                write_page(totals, Path(report))
            print_totals(totals, "--report FILE")
            _check(totals, strict)


def _check_target(target: str, option: str, others: list[str]) -> None:
    """Raise UsageError if the file that an option names would replace another one of this run."""
    if target != STDIN and any(_is_same(target, other) for other in others if other != STDIN):
        raise UsageError(f"{target}: error: the file is also an input or output of this run and would be replaced; choose another {option}")


def _is_same(one: str, other: str) -> bool:
    """Whether both name one file, there already or not; a device may be named twice."""
    if os.path.isfile(one) and os.path.exists(other):
        return os.path.samefile(one, other)
    return not os.path.exists(one) and os.path.abspath(one) == os.path.abspath(other)


def _format(output: str, name: str | None) -> Format:
    if name is not None:
        return format_named(name)
    found = format_of_file(output) if output != "-" else FORMATS["nt"]
    if found is None:
        raise UsageError(f"{output}: error: cannot tell the RDF format by the extension; add -f with one of {', '.join(FORMATS)}")
    return found


def _check(totals: Totals, strict: bool) -> None:
    if not totals.counts["papers"]:
        raise LitlodError("no input holds a paper; no file was written")
    if strict and totals.errors:
        raise LitlodError(f"{totals.errors} things could not be converted as they are (--strict); no file was written")


@contextmanager
def _target(output: str) -> Iterator[BinaryIO]:
    """Standard output, or a file that takes its name only when it is whole."""
    if output == "-":
        try:
            yield sys.stdout.buffer
        finally:
            sys.stdout.buffer.flush()
        return
    if os.path.exists(output) and not os.path.isfile(output):
        with open(output, "wb") as device:
            yield device
        return
    unfinished = f"{output}.part"
    try:
        with open(unfinished, "wb") as file:
            yield file
        os.replace(unfinished, output)
    finally:
        if os.path.exists(unfinished):
            os.unlink(unfinished)


def _write_ntriples(shards: Iterator[Shard], folder: Path, dialect: Dialect | None, stream: BinaryIO) -> None:
    with speaking(dialect, stream) as target:
        write_parts(shards, dict.fromkeys(PARTS, target), folder)


def _write(ntriples: Callable[[BinaryIO], None], stream: BinaryIO, row: Format, folder: Path, prefixes: dict[str, str]) -> None:
    """N-Triples go out as shards arrive; other formats are made of the whole N-Triples."""
    if row is FORMATS["nt"]:
        ntriples(stream)
        return
    whole = folder / "whole.nt"
    with open(whole, "wb") as file:
        ntriples(file)
    with open(whole, "rb") as source:
        write_ntriples_as(source, stream, row, prefixes)
