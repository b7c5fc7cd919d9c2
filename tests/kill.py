"""The kill test: `litlod build` is killed at random moments and before each step of publishing, and nothing may come of it.

    python -m tests.kill [--points 50] [--seed N]

After each kill the published release is whole and answers, no process is left, and the next build makes the bytes of one that
nobody disturbed and leaves nothing behind.
"""

import argparse
import random
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from rdfgen.cache import Cache
from rdfgen.release.directory import DataDirectory
from rdfgen.release.manifest import read_manifest
from rdfgen.release.verify import problems
from tests.live import numbers
from tests.running import COMMAND, ROOT, page_text
from tests.server_fixtures import ask, serving

_IN_DATA = {".lock", "cache", "current", "history.json", "releases", "withdrawn.txt"}
_COUNT = "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }"
# What changes names or makes them durable; a build does no more than these when it publishes.
_STEPS = ("fsync", "rename", "replace", "symlink", "unlink", "mkdir")
_STOPPING = """
import os, signal, sys
left, log = int(sys.argv.pop(1)), sys.argv.pop(1)
def stopping(name, step):
    def run(*arguments, **options):
        global left
        left -= 1
        if log:
            with open(log, "a") as file:
                file.write(name + "\\n")
        if left == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        return step(*arguments, **options)
    return run
for name in %r:
    setattr(os, name, stopping(name, getattr(os, name)))
from rdfgen.cli import main
main()
"""


@dataclass(frozen=True, slots=True)
class World:
    """A data directory with a release published, the build that would replace that, and what comes of it when nobody disturbs it."""

    published: Path
    arguments: tuple[str, ...]
    release: str
    sums: str
    seconds: float


def prepared(folder: Path, papers: int) -> World:
    """A world below that folder: half of the papers are published, and all are to be."""
    for part, first in (("half", 1), ("rest", papers // 2 + 1)):
        (folder / part).mkdir(parents=True)
        for number in range(first, first + papers // 2):
            (folder / part / f"{number:04}.txt").write_text(page_text(number), encoding="utf-8")
    published, undisturbed = folder / "published", folder / "undisturbed"
    built(published, (str(folder / "half"),))
    shutil.copytree(published, undisturbed, symlinks=True)
    arguments = (str(folder / "half"), str(folder / "rest"))
    begin = time.monotonic()
    release = built(undisturbed, arguments)
    return World(published, arguments, release, sums_of(undisturbed), time.monotonic() - begin)


def built(data: Path, arguments: tuple[str, ...]) -> str:
    """The id of the release that a build makes."""
    command = [*COMMAND, "-q", "build", *arguments, "--data", str(data)]
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def sums_of(data: Path) -> str:
    """The checksums of the dumps of the current release."""
    return (DataDirectory(data).current() / "dumps" / "SHA256SUMS").read_text(encoding="utf-8")


def killed_after(world: World, data: Path, seconds: float, *options: str) -> int:
    """Kill a build after that time, itself and not its workers; returns its process id."""
    process = _started([*COMMAND, *_build(world, data), *options])
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired:
        process.send_signal(signal.SIGKILL)
        process.wait()
    return process.pid


def killed_before_step(world: World, data: Path, number: int, log: Path | None = None) -> int:
    """Kill a build before the step of that number, counted from 1; returns its process id. A number of 0 kills nothing."""
    command = [sys.executable, "-c", _STOPPING % (_STEPS,), str(number), str(log or ""), *_build(world, data), "--jobs", "1"]
    process = _started(command)
    process.wait()
    return process.pid


def _build(world: World, data: Path) -> list[str]:
    return ["-q", "build", *world.arguments, "--data", str(data)]


def _started(command: list[str]) -> "subprocess.Popen[bytes]":
    """A process that leads a group of its own."""
    return subprocess.Popen(command, start_new_session=True, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def steps_of_publishing(world: World, folder: Path) -> range:
    """The numbers of the steps from the one that gives the finished release its name to the last."""
    data = copied(world, folder)
    killed_before_step(world, data, 0, folder / "steps")
    steps = (folder / "steps").read_text(encoding="utf-8").split()
    last_file = max(number for number, name in enumerate(steps, 1) if name == "symlink")
    named = max(number for number, name in enumerate(steps[:last_file], 1) if name == "rename")
    return range(named - 1, len(steps) + 1)


def copied(world: World, folder: Path) -> Path:
    """A copy of the data directory to build in."""
    shutil.rmtree(folder, ignore_errors=True)
    return shutil.copytree(world.published, folder / "data", symlinks=True)


def state(world: World, data: Path) -> str:
    """How far the build came before it was killed."""
    directory = DataDirectory(data)
    if directory.current().name.partition(".")[0] == world.release:
        return "published"
    if world.release in directory.release_ids():
        return "complete, not published"
    return "building" if any(directory.releases.glob(".building-*")) else "before building"


def faults(world: World, data: Path, group: int, *options: str) -> Iterator[str]:
    """What is wrong after a kill, and after the next build."""
    if left := still_running(group):
        yield f"processes are left: {left}"
    yield from _faults_of_published(data)
    if (release := built(data, (*world.arguments, *options))) != world.release:
        yield f"the next build made {release}, not {world.release}"
    yield from _faults_of_published(data)
    if sums_of(data) != world.sums:
        yield "the next build made other bytes"
    yield from _leftovers(data)


def _faults_of_published(data: Path) -> Iterator[str]:
    folder = DataDirectory(data).current()
    yield from problems(folder, deep=True)
    with serving(data, workers=1) as app:
        answer = ask(app.test_client(), _COUNT, "text/csv").text.split()
    if answer != ["n", str(read_manifest(folder).graphs[""])]:
        yield f"{folder.name} answers {answer}"


def _leftovers(data: Path) -> Iterator[str]:
    directory = DataDirectory(data)
    whole = {path.name for folders in directory.folders().values() for path in folders}
    names = {path.name for path in data.iterdir()} - _IN_DATA
    names |= {path.name for path in directory.releases.iterdir()} - whole
    names |= {path.name for _, _, path in Cache(directory.cache).entries() if re.match(r"\.unfinished", path.name)}
    yield from (f"left behind: {name}" for name in sorted(names))


def still_running(group: int, seconds: float = 5) -> list[int]:
    """The processes of that group that are there after a while still."""
    end = time.monotonic() + seconds
    while (found := [pid for pid in numbers() if _group_of(pid) == group]) and time.monotonic() < end:
        time.sleep(0.01)
    return found


def _group_of(pid: int) -> int | None:
    try:
        fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return None
    return None if fields[0] in "XZ" else int(fields[2])


# Each random point takes one of these at random.
VARIANTS: tuple[tuple[str, ...], ...] = (("--jobs", "1"), ("--jobs", "2"), ("--jobs", "2", "--cache-size", "0"), ("--jobs", "1", "--force"))


def main() -> int:
    """Run all points, a line each; 1 if anything was wrong."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--points", type=int, default=50, help="How many builds to kill at random moments.")
    parser.add_argument("--papers", type=int, default=200, help="How many papers they build from.")
    parser.add_argument("--seed", type=int, default=None, help="Of the moments; printed, so that a run can be repeated.")
    options = parser.parse_args()
    seed = random.randrange(1 << 32) if options.seed is None else options.seed
    with tempfile.TemporaryDirectory(prefix="litlod-kill-") as scratch:
        folder = Path(scratch)
        world = prepared(folder, options.papers)
        print(f"seed {seed}; an undisturbed build takes {world.seconds:.1f} s and makes {world.release}", flush=True)
        return _all_points(world, folder / "trial", random.Random(seed), options.points)


def _all_points(world: World, folder: Path, moments: random.Random, points: int) -> int:
    states: Counter[str] = Counter()
    wrong = 0
    for name, data, group, variant in _trials(world, folder, moments, points):
        reached = state(world, data)
        states[reached] += 1
        found = list(faults(world, data, group, *variant))
        wrong += bool(found)
        print(f"{name}: {reached}: {'; '.join(found) or 'well'}", flush=True)
    print(f"{states.total()} kills ({', '.join(f'{number} {name}' for name, number in sorted(states.items()))}); {wrong} with faults")
    return 1 if wrong else 0


def _trials(world: World, folder: Path, moments: random.Random, points: int) -> Iterator[tuple[str, Path, int, tuple[str, ...]]]:
    for number in range(points):
        moment, variant = moments.uniform(0, world.seconds * 1.1), moments.choice(VARIANTS)
        data = copied(world, folder)
        yield f"{number + 1}: {moment:.2f} s {' '.join(variant)}", data, killed_after(world, data, moment, *variant), variant
    for step in steps_of_publishing(world, folder):
        data = copied(world, folder)
        yield f"step {step}", data, killed_before_step(world, data, step), ()


if __name__ == "__main__":
    sys.exit(main())
