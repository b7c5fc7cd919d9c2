"""`litlod build`: papers to a published release."""

import os
from datetime import UTC, datetime
from pathlib import Path

import click

from rdfgen.commands.common import base_option, data_option, jobs_option, print_totals, progress, retracted_option, say, strict_option
from rdfgen.concepts.sources import named_files
from rdfgen.iris import Iris
from rdfgen.release.build import Request
from rdfgen.release.build import build as build_release
from rdfgen.release.directory import DataDirectory
from rdfgen.release.dumps import dump_extensions
from rdfgen.shards import Options
from rdfgen.sources import find_inputs, spooled_stdin


def _source_date() -> str | None:
    """The date of SOURCE_DATE_EPOCH (https://reproducible-builds.org/specs/source-date-epoch/), if it is set."""
    seconds = os.environ.get("SOURCE_DATE_EPOCH", "")
    return f"{datetime.fromtimestamp(int(seconds), UTC):%Y-%m-%d}" if seconds.isdecimal() and len(seconds) <= 10 else None


@click.command()
@click.argument("inputs", nargs=-1, metavar="INPUT...")
@data_option
@click.option(
    "--include",
    "includes",
    multiple=True,
    metavar="FILE",
    help="RDF to add as it is, such as an ontology; N-Quads and TriG keep their graphs. May be given more than once.",
)
@click.option(
    "--mappings",
    multiple=True,
    metavar="FILE",
    help="SSSOM table of mappings between vocabularies, such as Mondo's own. May be given more than once.",
)
@click.option(
    "--concepts",
    multiple=True,
    metavar="[FORMAT=]FILE",
    help="What authorities say of concepts: NCBI gene_info, MeSH RDF, Mondo, NCBI Taxonomy, Cellosaurus; the format is told by "
    "content. PubChem's tables need it named: pubchem-titles=CID-Title.gz, pubchem-mesh=CID-MeSH. May be given more than once.",
)
@click.option(
    "--all-concepts",
    is_flag=True,
    help="Take in all that --concepts and --mappings say: also of concepts that papers neither use nor lead to.",
)
@click.option(
    "--issued",
    type=click.DateTime(["%Y-%m-%d"]),
    default=_source_date,
    metavar="DATE",
    help="Date that the release says it is from, such as 2026-11-21; another date is another release. "
    "Default: SOURCE_DATE_EPOCH where that is set; else only the server says when the release was built.",
)
@base_option
@strict_option
@retracted_option
@jobs_option
@click.option(
    "--cache-size",
    type=click.FloatRange(min=0),
    default=10.0,
    show_default=True,
    metavar="GB",
    help="How much to keep of what was made on the way, so that the next build need not convert unchanged inputs again; 0 for nothing.",
)
@click.option(
    "--require-valid",
    is_flag=True,
    help="Publish nothing that is not valid: no fault found by the checks, which are always made and reported, or by a SHACL validator; "
    "needs the extra: pip install 'litlod[validate]'.",
)
@click.option(
    "--dump-formats",
    default="",
    metavar="FORMAT,...",
    help="Dumps to make besides nt.zst and ttl.gz, such as nq.gz, jsonld.gz, rdf.gz: a format and gz or zst.",
)
@click.option("--force", is_flag=True, help="Build again even if the release is there already.")
def build(
    inputs: tuple[str, ...],
    data: str,
    includes: tuple[str, ...],
    mappings: tuple[str, ...],
    concepts: tuple[str, ...],
    all_concepts: bool,
    issued: datetime | None,
    base: str,
    strict: bool,
    without_retracted: bool,
    jobs: int,
    cache_size: float,
    require_valid: bool,
    dump_formats: str,
    force: bool,
) -> None:
    """Make a release of papers and publish it.

    INPUT is a file, a folder, a glob pattern, or - for standard input. Sources that share a PMCID, PMID or DOI become one
    paper. The same inputs, base and software give the same release, whether or not an earlier build left something to
    use. A build that fails or is killed leaves the published release as it was.
    """
    if not inputs and not includes:
        raise click.UsageError("nothing to build from: name an INPUT or --include a file")
    if all_concepts and not concepts and not mappings:
        raise click.UsageError("--all-concepts needs files: name them with --concepts or --mappings")
    options = Options(Iris(base).base, without_retracted)
    with spooled_stdin(find_inputs(inputs)) as locations:
        request = Request(
            inputs=list(locations.items()),
            includes=find_inputs(includes),
            data=DataDirectory(Path(data)),
            options=options,
            jobs=jobs,
            progress=progress,
            cache_size=int(cache_size * 1e9),
            require_valid=require_valid,
            force=force,
            strict=strict,
            mappings=tuple(find_inputs(mappings)),
            concepts=tuple(named_files(concepts)),
            all_concepts=all_concepts,
            issued=f"{issued:%Y-%m-%d}" if issued else "",
            dumps=dump_extensions(name for name in dump_formats.split(",") if name.strip()),
        )
        result = build_release(request)
    print_totals(result.totals, f"the report in {data}/releases/{result.manifest.release}/")
    state = "built and published" if result.is_new else "was built before; published again"
    say(f"release {result.manifest.release}: {result.manifest.graphs['']} triples, {state} in {data}")
    click.echo(result.manifest.release)
