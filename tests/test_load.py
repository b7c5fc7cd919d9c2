"""The load of `python -m tests.load` for some seconds: nothing fails, nothing is left behind; times are for the script."""

from pathlib import Path

import pytest

from tests import load, server_fixtures

pytestmark = pytest.mark.slow
data = server_fixtures.data


def test_small_queries_are_answered_beside_the_worst(data: Path) -> None:
    result = load.measured(data, 20, *load.OPTIONS)
    assert result.quiet.seconds
    assert result.busy.worst >= load.CLIENTS
    assert result.busy.p99() < 5
    assert not result.problems(factor=1_000), load.report(result)
