"""The `litlod` command: a table of lazily imported subcommands, and errors turned into exit codes."""

import importlib
import logging
import os
import signal
import sys
from types import FrameType

import click

from rdfgen import __version__
from rdfgen.errors import LitlodError

# Name -> where it is, and what it does; a row is imported only when it is run, so that starting stays fast.
COMMANDS: dict[str, tuple[str, str]] = {
    "convert": ("rdfgen.commands.convert:convert", "Convert papers to RDF."),
    "build": ("rdfgen.commands.build:build", "Make a release of papers and publish it."),
    "cache": ("rdfgen.commands.cache:cache", "Show or clear what builds keep for the next one."),
    "verify": ("rdfgen.commands.verify:verify", "Check that a release is whole."),
    "validate": ("rdfgen.commands.validate:validate", "Validate a release against the shapes."),
    "quality": ("rdfgen.commands.quality:quality", "Show how good a release is, and what changed."),
    "releases": ("rdfgen.commands.releases:releases", "List the releases that are kept."),
    "rollback": ("rdfgen.commands.rollback:rollback", "Publish an earlier release that is kept."),
    "prune": ("rdfgen.commands.prune:prune", "Remove releases but for the last ones."),
    "diff": ("rdfgen.commands.diff:diff", "Show what is different between two releases that are kept."),
    "export": ("rdfgen.commands.export:export", "Write a release in a form that other programs want."),
    "query": ("rdfgen.commands.query:query", "Ask the current release a SPARQL query."),
    "fetch": ("rdfgen.commands.fetch:fetch", "Download reference data from its publishers."),
    "mappings": ("rdfgen.commands.mappings:mappings", "Write the mappings of the current release as SSSOM."),
    "check": ("server.checking.command:check", "Score a running service by the rules of those who watch such services."),
    "serve": ("server.command:serve", "Serve the current release over HTTP."),
}


class LazyGroup(click.Group):
    """A click group over COMMANDS."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The names in the order of the table."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import the command of that name."""
        if cmd_name not in COMMANDS:
            return None
        module, _, name = COMMANDS[cmd_name][0].partition(":")
        command = getattr(importlib.import_module(module), name)
        assert isinstance(command, click.Command)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands without importing them."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, summary) for name, (_, summary) in COMMANDS.items()])

    def invoke(self, ctx: click.Context) -> object:
        """Run the command; a pipe that is closed downstream ends it quietly, as `SIGPIPE` would."""
        try:
            return super().invoke(ctx)
        except BrokenPipeError:
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            sys.exit(141)


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="litlod")
@click.option("-q", "--quiet", is_flag=True, help="Say nothing but errors.")
def cli(quiet: bool) -> None:
    """Turn papers and their annotated entities into RDF, and publish it.

    Data goes to standard output, everything else to standard error. Exit codes: 0 done, 1 errors in the data,
    2 wrong usage, 3 a file that cannot be read or written, 130 and more a signal.
    """
    logging.basicConfig(stream=sys.stderr, format="%(message)s", level=logging.WARNING if quiet else logging.INFO)


def _terminate(number: int, _frame: FrameType | None) -> None:
    """Leave as on Ctrl-C, so that temporary files and worker processes go too."""
    sys.exit(128 + number)


def main() -> None:
    """Run the command and exit with its code."""
    signal.signal(signal.SIGTERM, _terminate)
    try:
        cli(standalone_mode=False)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except (click.Abort, KeyboardInterrupt):
        sys.exit(130)
    except LitlodError as error:
        print(f"litlod: {error}", file=sys.stderr)
        sys.exit(error.exit_code)
    except OSError as error:
        print(f"litlod: {error.filename or 'input/output'}: error: {error.strerror or error}", file=sys.stderr)
        sys.exit(3)
    except RuntimeError as error:
        if not str(error).startswith("Corruption:"):  # as RocksDB begins when it finds damage
            raise
        print(f"litlod: the release's store is damaged: {error}; see: litlod verify", file=sys.stderr)
        sys.exit(1)
