"""The option that rewrites golden files, and the releases and pages that several test modules share."""

from pathlib import Path

import pytest

from tests import running
from tests.running import Run


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update-golden", action="store_true", help="Rewrite the golden files with what comes out now.")


@pytest.fixture
def update_golden(request: pytest.FixtureRequest) -> bool:
    return bool(request.config.getoption("--update-golden"))


@pytest.fixture(scope="session")
def many_pages(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of 600 small pages that share concepts: three chunks."""
    folder = tmp_path_factory.mktemp("pages")
    for number in range(1, 601):
        (folder / f"{number:04}.txt").write_text(running.page_text(number), encoding="utf-8")
    return folder


@pytest.fixture(scope="session")
def seeds_build(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Run]:
    """The data directory of a release of the seeds, and what building it said."""
    data = tmp_path_factory.mktemp("seeds-release") / "data"
    done = running.litlod("build", running.SEEDS, "--data", data)
    assert done.exit_code == 0, done.stderr
    return data, done


@pytest.fixture(scope="session")
def seeds_release(seeds_build: tuple[Path, Run]) -> Path:
    """The data directory of a release of the seeds; to be read only."""
    return seeds_build[0]
