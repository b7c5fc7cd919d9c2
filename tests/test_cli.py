"""The `litlod` command as a whole: help, versions, start-up, exit codes, and `litlod query` in all its forms."""

import json
import subprocess
import sys
from pathlib import Path

import click
import pytest
from rdflib import Graph

import rdfgen
from rdfgen import cli
from rdfgen.formats import FORMATS, RESULT_FORMATS, Format
from tests.running import ROOT, litlod, litlod_process
from tests.test_ntriples import RDFLIB_NAMES

COMMANDS = pytest.mark.parametrize("command", cli.COMMANDS)
OPTIONS = {
    "convert": ("--output", "--format", "--base", "--strict", "--without-retracted", "--dialect", "--report", "--jobs"),
    "build": (
        *("--data", "--include", "--mappings", "--base", "--strict", "--without-retracted", "--jobs", "--cache-size", "--force"),
        *("--require-valid", "--dump-formats"),
    ),
    "cache": ("--data", "--clear", "--limit"),
    "check": ("--as", "--at-least", "--json"),
    "verify": ("--data", "--all", "--deep"),
    "validate": ("--data", "--most"),
    "quality": ("--data", "--against", "--changed", "--json"),
    "releases": ("--data", "--json"),
    "rollback": ("--data",),
    "prune": ("--data", "--keep", "--dry-run"),
    "diff": ("--data", "--output", "--stat"),
    "export": ("--data", "--release", "--output"),
    "query": ("--data", "--format"),
    "fetch": ("--to", "--list", "--url"),
    "mappings": ("--data", "--output"),
    "serve": ("--data", "--host", "--port", "--query-timeout"),
}
SELECT = "SELECT ?o WHERE { ?s a ?o } ORDER BY ?o LIMIT 2"
CONSTRUCT = "CONSTRUCT { ?s a ?o } WHERE { ?s a ?o }"


@COMMANDS
def test_help_of_a_command_lists_its_options(command: str) -> None:
    done = litlod(command, "--help")
    assert (done.exit_code, [option for option in OPTIONS[command] if option not in done.text]) == (0, [])


def test_help_lists_every_command() -> None:
    done = litlod("--help")
    assert (done.exit_code, [name for name in cli.COMMANDS if f"\n  {name} " not in done.text]) == (0, [])


@COMMANDS
def test_the_list_of_commands_says_what_the_command_says_of_itself(command: str) -> None:
    found = cli.cli.get_command(click.Context(cli.cli), command)
    assert found is not None
    assert found.get_short_help_str(limit=200) == cli.COMMANDS[command][1]


def test_the_short_form_of_help_is_the_same() -> None:
    assert litlod("-h").text == litlod("--help").text


def test_the_version_is_the_package_version() -> None:
    assert litlod("--version").text == f"litlod, version {rdfgen.__version__}\n"


@pytest.mark.parametrize("arguments", [["bogus"], ["--bogus"], ["query"], ["build", "--bogus"], ["verify", "one", "two"]], ids=" ".join)
def test_wrong_usage_is_exit_code_2_and_says_so_on_standard_error(arguments: list[str]) -> None:
    done = litlod(*arguments)
    assert (done.exit_code, done.stdout, "Usage:" in done.stderr) == (2, b"", True)


@pytest.mark.parametrize("arguments", [["--help"], ["--version"]], ids=" ".join)
def test_starting_imports_neither_the_web_nor_the_store(arguments: list[str]) -> None:
    code = f"import sys; sys.argv = ['litlod', *{arguments}]\nfrom rdfgen.cli import main\ntry: main()\nexcept SystemExit: pass\n"
    code += "print({'flask', 'pyoxigraph', 'tqdm', 'zstandard', 'multiprocessing', 'rdflib'} & set(sys.modules), file=sys.stderr)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, cwd=ROOT, check=True)
    assert done.stderr == b"set()\n"


@pytest.mark.parametrize("command", ["convert", "build", "verify", "query"])
def test_a_command_of_the_generator_imports_no_web_framework(command: str) -> None:
    code = f"import sys; sys.argv = ['litlod', '{command}', '--help']\nfrom rdfgen.cli import main\ntry: main()\nexcept SystemExit: pass\n"
    code += "print({'flask', 'werkzeug', 'server', 'rdflib'} & set(sys.modules), file=sys.stderr)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, cwd=ROOT, check=True)
    assert done.stderr == b"set()\n"


@pytest.mark.parametrize("command", ["verify", "query"])
def test_a_data_directory_without_a_release_is_an_error_that_says_what_to_do(command: str, tmp_path: Path) -> None:
    done = litlod(command, *(["ASK {}"] if command == "query" else []), "--data", tmp_path)
    assert (done.exit_code, "litlod build" in done.stderr) == (1, True)


@pytest.mark.parametrize("name", RESULT_FORMATS)
def test_a_select_query_is_answered_in_every_result_format(name: str, seeds_release: Path) -> None:
    done = litlod("query", SELECT, "--data", seeds_release, "-f", name)
    assert (done.exit_code, b"http" in done.stdout) == (0, True)


@pytest.mark.parametrize("row", FORMATS.values(), ids=FORMATS)
@pytest.mark.filterwarnings("ignore:(ConjunctiveGraph|Dataset.default_context) is deprecated:DeprecationWarning")  # rdflib's own
def test_a_construct_query_is_answered_in_every_format(row: Format, seeds_release: Path) -> None:
    done = litlod("query", CONSTRUCT, "--data", seeds_release, "-f", row.name)
    name = {"nq": "nt", "trig": "ttl"}.get(row.name, row.name)  # a default graph alone is both
    assert len(Graph().parse(data=done.stdout, format=RDFLIB_NAMES[name])) > 100


def test_a_select_query_is_answered_as_tsv_unless_told_otherwise(seeds_release: Path) -> None:
    assert litlod("query", SELECT, "--data", seeds_release).text.splitlines()[0] == "?o"


def test_an_ask_query_is_answered_as_json_unless_told_otherwise(seeds_release: Path) -> None:
    assert json.loads(litlod("query", "ASK { ?s ?p ?o }", "--data", seeds_release).stdout)["boolean"] is True


def test_a_describe_query_is_answered_as_turtle_unless_told_otherwise(seeds_release: Path) -> None:
    done = litlod("query", "DESCRIBE <http://purl.obolibrary.org/obo/MONDO_0002050>", "--data", seeds_release)
    assert len(Graph().parse(data=done.stdout, format="turtle")) > 1


def test_a_query_is_read_from_a_file_or_standard_input(seeds_release: Path, tmp_path: Path) -> None:
    (tmp_path / "query.rq").write_text(SELECT, encoding="utf-8")
    from_file = litlod("query", f"@{tmp_path / 'query.rq'}", "--data", seeds_release)
    from_input = litlod("query", "-", "--data", seeds_release, stdin=SELECT.encode())
    assert from_file.stdout == from_input.stdout == litlod("query", SELECT, "--data", seeds_release).stdout


@pytest.mark.parametrize("query", ["SELECT", "", "INSERT DATA { <a:a> <a:b> 1 }", "SELECT ?x WHERE { ?x nope:a 1 }"])
def test_a_query_that_does_not_parse_is_exit_code_1(query: str, seeds_release: Path) -> None:
    done = litlod("query", query, "--data", seeds_release)
    assert (done.exit_code, done.stderr.startswith("litlod: query: error:")) == (1, True)


@pytest.mark.parametrize(
    ("query", "name"), [(SELECT, "ttl"), (SELECT, "bogus"), (CONSTRUCT, "csv"), (CONSTRUCT, "bogus"), ("ASK {}", "ttl")]
)
def test_a_result_format_that_does_not_fit_is_wrong_usage(query: str, name: str, seeds_release: Path) -> None:
    assert litlod("query", query, "--data", seeds_release, "-f", name).exit_code == 2


@pytest.mark.parametrize("name", ["csv", "tsv"])
def test_a_yes_or_no_has_no_table(name: str, seeds_release: Path) -> None:
    assert litlod("query", "ASK {}", "--data", seeds_release, "-f", name).exit_code in (0, 2)


def test_a_query_file_that_is_not_there_is_exit_code_3(seeds_release: Path) -> None:
    assert litlod("query", "@nowhere.rq", "--data", seeds_release).exit_code == 3


def test_a_query_that_dies_while_it_runs_is_no_traceback(seeds_release: Path) -> None:
    done = litlod("query", "SELECT * { SERVICE <http://127.0.0.1:9/> { ?s ?p ?o } }", "--data", seeds_release)
    assert (done.exit_code, "error: None" in done.stderr, "error:" in done.stderr) == (3, False, True)


@pytest.mark.slow
def test_quiet_says_nothing_but_errors(tmp_path: Path) -> None:
    done = litlod_process("-q", "build", ROOT / "seeds", "--data", tmp_path / "data")
    assert (done.exit_code, done.stderr) == (0, "")
