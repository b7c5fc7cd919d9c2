"""What README and docs tell people to do works, and gives the answers that they show."""

import itertools
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from pyoxigraph import Store

from server.config import Config, default_text
from tests import server_fixtures
from tests.live import Server, serving

ROOT = Path(__file__).parent.parent
DOCUMENTS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")])
README = (ROOT / "README.md").read_text(encoding="utf-8")
_BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
BLOCKS: list[tuple[str, str]] = _BLOCK.findall(README)
QUERIES = [(text, answer) for (kind, text), (following, answer) in itertools.pairwise(BLOCKS) if (kind, following) == ("sparql", "csv")]
COMMANDS = [line.partition(" #")[0].strip() for kind, text in BLOCKS if kind == "sh" for line in text.splitlines()]
README_ADDRESS = "http://127.0.0.1:8000/"

data = server_fixtures.data
client = server_fixtures.client


@pytest.fixture(scope="module")
def live(data: Path) -> Iterator[Server]:
    with serving(data) as found:
        yield found


def test_the_readme_shows_three_queries_with_answers() -> None:
    assert len(QUERIES) >= 3
    assert "mondo:0002050" in QUERIES[0][0]


@pytest.mark.parametrize(("query", "answer"), QUERIES)
def test_a_query_of_the_readme_has_the_answer_shown(client: FlaskClient, query: str, answer: str) -> None:
    found = server_fixtures.ask(client, query, "text/csv")
    assert found.text.replace("\r\n", "\n") == answer


def test_the_readme_says_that_depression_has_64_genes(client: FlaskClient) -> None:
    query = QUERIES[0][0].partition("ORDER BY")[0]
    assert len(server_fixtures.ask(client, query, "text/csv").text.splitlines()) - 1 == 64


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("curl") is None, reason="needs curl")
@pytest.mark.parametrize("command", [command for command in COMMANDS if command.startswith("curl")])
def test_a_curl_command_of_the_readme_works(live: Server, command: str, tmp_path: Path) -> None:
    line = (
        command.replace(README_ADDRESS, live.url)
        .replace("docs/", f"{ROOT}/docs/")
        .replace("curl ", "curl --fail --silent --show-error ", 1)
    )
    done = subprocess.run(["bash", "-c", line], cwd=tmp_path, capture_output=True, timeout=60)
    assert done.returncode == 0, done.stderr
    assert done.stdout or list(tmp_path.iterdir())


@pytest.mark.slow
@pytest.mark.parametrize("text", [text for kind, text in BLOCKS if kind == "python"])
def test_python_code_of_the_readme_works(live: Server, text: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", text.replace(README_ADDRESS, live.url)], cwd=ROOT, capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 0, done.stderr
    assert "genes" in done.stdout


@pytest.mark.slow
@pytest.mark.parametrize("query", [text for kind, text in BLOCKS if kind == "sparql" and "SERVICE" in text])
def test_the_federated_query_of_the_readme_works_from_another_engine(live: Server, query: str) -> None:
    rows = list(Store().query(query.replace(README_ADDRESS, live.url)))  # type: ignore[arg-type]  # SELECT
    assert len(rows) == 2


@pytest.mark.slow
def test_the_litlod_commands_of_the_readme_work_in_their_order(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "tests" / "data" / "formats", tmp_path / "papers")
    for command in [command for command in COMMANDS if command.startswith("litlod") and "serve" not in command]:
        line = command.replace("litlod", str(Path(sys.executable).parent / "litlod"), 1)
        done = subprocess.run(["bash", "-c", line], cwd=tmp_path, capture_output=True, text=True, timeout=60)
        assert done.returncode == 0, f"{command}: {done.stderr}"


@pytest.mark.parametrize("target", [command.split()[1] for command in COMMANDS if command.startswith("make ")])
def test_a_make_target_of_the_readme_is_there(target: str) -> None:
    subprocess.run(["make", "--dry-run", target], cwd=ROOT, check=True, capture_output=True)


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_links_between_documents_lead_somewhere(document: Path) -> None:
    links = re.findall(r"\]\((?!https?://)([^)#]+)", document.read_text(encoding="utf-8"))
    assert [link for link in links if not (document.parent / link).exists()] == []


def test_the_table_of_settings_is_that_of_the_configuration() -> None:
    text = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8").partition("## Settings")[2].partition("\n## ")[0]
    rows = dict(re.findall(r"^\| `(\w+)` \| (.+?) \|", text, re.MULTILINE))
    assert list(rows) == [row.name for row in fields(Config)]
    shown = {name: rows[name].strip("`") for name in rows if name not in ("threads", "workers")}
    assert shown == {row.name: default_text(row) for row in fields(Config) if row.name in shown}


def test_the_first_query_of_the_demo_has_an_answer(client: FlaskClient) -> None:
    query = (ROOT / "docs" / "first-query.rq").read_text(encoding="utf-8")
    assert [row.rpartition(",")[2] for row in server_fixtures.ask(client, query, "text/csv").text.split()[1:] if "," in row] == ["60", "4"]
