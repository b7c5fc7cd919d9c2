"""Builds that are killed: the kill test of `python -m tests.kill`, with few moments."""

import random
from pathlib import Path

import pytest

from tests import kill
from tests.kill import World, copied, faults, killed_after, killed_before_step, prepared, state, steps_of_publishing

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="finds what is left by /proc"),
]
SEED = 6


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    return prepared(tmp_path_factory.mktemp("kill"), 40)


@pytest.mark.parametrize("number", range(5))
def test_a_build_that_is_killed_at_a_random_moment_does_no_harm(number: int, world: World, tmp_path: Path) -> None:
    moments = random.Random(f"{SEED}-{number}")
    moment, variant = moments.uniform(0, world.seconds), moments.choice(kill.VARIANTS)
    data = copied(world, tmp_path)
    group = killed_after(world, data, moment, *variant)
    assert list(faults(world, data, group, *variant)) == [], f"after {moment} s, {variant}"


def test_a_build_that_is_killed_between_naming_the_release_and_the_switch_does_no_harm(world: World, tmp_path: Path) -> None:
    steps = steps_of_publishing(world, tmp_path / "counted")
    reached = []
    for step in (steps[2], steps[-4]):
        data = copied(world, tmp_path / str(step))
        group = killed_before_step(world, data, step)
        reached.append(state(world, data))
        assert list(faults(world, data, group)) == [], f"before step {step}"
    assert reached == ["complete, not published"] * 2
