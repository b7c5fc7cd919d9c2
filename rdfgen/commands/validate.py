"""`litlod validate`: what a SHACL validator and the checks of the build say of a release."""

import sys
from pathlib import Path

import click

from rdfgen.commands.common import data_option, say
from rdfgen.release.directory import DataDirectory
from rdfgen.release.inspection import faults_of
from rdfgen.release.manifest import read_manifest
from rdfgen.release.validation_shacl import MOST_TRIPLES, parts_of, validated

_SHOWN = 100


@click.command()
@click.argument("release_id", required=False, metavar="[ID]")
@data_option
@click.option(
    "--most",
    type=click.IntRange(min=1),
    default=MOST_TRIPLES,
    show_default=True,
    metavar="N",
    help="Validate a release of up to so many triples as a whole, and of a larger one some papers and all that hangs on them.",
)
def validate(release_id: str | None, data: str, most: int) -> None:
    """Validate a release against the shapes.

    ID is the release's, or enough of its beginning; without it the current one is validated. Every triple is checked by
    itself: well-formed IRIs and texts, IRIs in the form of their vocabularies, each thing with what its class asks for. A
    SHACL validator then looks at the whole of a small release, or at a sample that is always the same. Problems go to
    standard output, and the exit code is 1 if there are any.
    """
    directory = DataDirectory(Path(data))
    folder = directory.path(release_id) if release_id is not None else directory.current()
    manifest = read_manifest(folder)
    found = validated(folder, manifest.base, parts_of(manifest), most)
    problems = [*map(str, faults_of(folder, manifest.base, parts_of(manifest))), *found.problems]
    for problem in problems[:_SHOWN]:
        click.echo(problem)
    if len(problems) > _SHOWN:
        say(f"… and {len(problems) - _SHOWN} more")
    how = "all" if found.looked_at == found.triples else f"a sample of {found.looked_at}"
    state = f"{len(problems)} problems" if problems else "valid"
    say(f"release {folder.name}: {state}; {found.triples} triples were checked, {how} of them against the shapes in full")
    sys.exit(1 if problems else 0)
