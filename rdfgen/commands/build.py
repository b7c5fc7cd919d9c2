"""`litlod build`: papers to a published release."""

from pathlib import Path

import click

from rdfgen.commands.common import base_option, data_option, jobs_option, print_totals, progress, retracted_option, say, strict_option
from rdfgen.concepts.sources import named_files
from rdfgen.iris import Iris
from rdfgen.release.build import Request
from rdfgen.release.build import build as build_release
from rdfgen.release.directory import DataDirectory
from rdfgen.shards import Options
from rdfgen.sources import find_inputs, spooled_stdin


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
@click.option("--force", is_flag=True, help="Build again even if the release is there already.")
def build(
    inputs: tuple[str, ...],
    data: str,
    includes: tuple[str, ...],
    mappings: tuple[str, ...],
    concepts: tuple[str, ...],
    all_concepts: bool,
    base: str,
    strict: bool,
    without_retracted: bool,
    jobs: int,
    cache_size: float,
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
            force=force,
            strict=strict,
            mappings=tuple(find_inputs(mappings)),
            concepts=tuple(named_files(concepts)),
            all_concepts=all_concepts,
        )
        result = build_release(request)
    print_totals(result.totals, f"the report in {data}/releases/{result.manifest.release}/")
    state = "built and published" if result.is_new else "was built before; published again"
    say(f"release {result.manifest.release}: {result.manifest.graphs['']} triples, {state} in {data}")
    click.echo(result.manifest.release)
