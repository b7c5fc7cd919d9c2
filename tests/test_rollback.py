"""Releases that are kept: listed, published again, pruned; the switch is whole or not at all, also when the disk refuses."""

import json
import os
import shlex
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from rdfgen.commands.releases import size
from rdfgen.errors import ReleaseError
from rdfgen.release.directory import DataDirectory
from rdfgen.release.durable import link_durably
from rdfgen.release.history import write_history
from server.services import Services
from tests.running import COMMAND, ROOT, Run, litlod, page_text
from tests.server_fixtures import publish, serving


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Four small pages."""
    folder = tmp_path_factory.mktemp("pages")
    for number in (1, 2, 3, 4):
        (folder / f"{number}.txt").write_text(page_text(number), encoding="utf-8")
    return sorted(folder.iterdir())


@pytest.fixture(scope="module")
def published(pages: list[Path], tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[str]]:
    """A data directory with three releases, of one, two and three pages, and their ids in the order in which they were published."""
    data = tmp_path_factory.mktemp("three") / "data"
    return data, [publish(data, pages[:number]) for number in (1, 2, 3)]


@pytest.fixture
def data(published: tuple[Path, list[str]], tmp_path: Path) -> Path:
    """A copy of that data directory."""
    return shutil.copytree(published[0], tmp_path / "data", symlinks=True)


@pytest.fixture(scope="module")
def ids(published: tuple[Path, list[str]]) -> list[str]:
    return published[1]


def current(data: Path) -> str:
    return DataDirectory(data).current().name


def spoiled(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


# releases


def test_the_list_has_the_current_release_first_and_marks_it(data: Path, ids: list[str]) -> None:
    lines = litlod("releases", "--data", data).text.splitlines()
    assert lines[0].split() == ["release", "built", "papers", "triples", "size"]
    assert [line.split()[0] for line in lines[1:]] == ["*", ids[1], ids[0]]
    assert lines[1].split()[1] == ids[2]


def test_the_list_for_programs_says_the_same(data: Path, ids: list[str]) -> None:
    rows = json.loads(litlod("releases", "--data", data, "--json").text)
    assert [(row["release"], row["papers"], row["current"]) for row in rows] == [(ids[2], 3, True), (ids[1], 2, False), (ids[0], 1, False)]
    assert [sum(file.stat().st_size for file in (data / "releases" / row["folder"]).rglob("*") if file.is_file()) for row in rows] == [
        row["bytes"] for row in rows
    ]


def test_a_release_without_a_readable_manifest_is_listed_as_damaged(data: Path, ids: list[str]) -> None:
    (data / "releases" / ids[0] / "manifest.json").write_text("{", encoding="utf-8")
    done = litlod("releases", "--data", data)
    assert (done.exit_code, "damaged" in done.text.splitlines()[-1], ids[0] in done.text.splitlines()[-1]) == (0, True, True)


def test_a_data_directory_without_releases_lists_none(tmp_path: Path) -> None:
    assert (litlod("releases", "--data", tmp_path, "--json").text, litlod("releases", "--data", tmp_path).exit_code) == ("[]\n", 0)


# rollback


def test_each_rollback_leads_one_step_further_back(data: Path, ids: list[str]) -> None:
    found = [(litlod("rollback", "--data", data).text.strip(), current(data)) for _ in range(2)]
    assert found == [(ids[1], ids[1]), (ids[0], ids[0])]
    done = litlod("rollback", "--data", data)
    assert (done.exit_code, current(data), "nothing that is kept was published before" in done.stderr) == (1, ids[0], True)


def test_a_rollback_to_a_release_is_undone_by_a_rollback(data: Path, ids: list[str]) -> None:
    assert (litlod("rollback", ids[0], "--data", data).exit_code, current(data)) == (0, ids[0])
    assert (litlod("rollback", "--data", data).exit_code, current(data)) == (0, ids[2])


def test_the_beginning_of_an_id_is_enough(data: Path, ids: list[str]) -> None:
    length = next(length for length in range(1, 16) if len({name[:length] for name in ids}) == 3)
    assert (litlod("rollback", ids[0][:length], "--data", data).exit_code, current(data)) == (0, ids[0])


def test_a_beginning_that_two_ids_have_is_an_error_that_names_them(tmp_path: Path) -> None:
    names = ["ab" + "0" * 14, "ab" + "1" * 14]
    for name in names:
        (tmp_path / "releases" / name).mkdir(parents=True)
        (tmp_path / "releases" / name / "manifest.json").write_text("{}", encoding="utf-8")
    with pytest.raises(ReleaseError, match=f"could be any of {names[0]}, {names[1]}"):
        DataDirectory(tmp_path).path("ab")


@pytest.mark.parametrize("release", ["", "0", "../..", "*", "no"])
def test_a_release_that_is_not_there_is_not_published(release: str, data: Path, ids: list[str]) -> None:
    if any(name.startswith(release) for name in ids) and release:
        pytest.skip("the beginning of an id")
    assert (litlod("rollback", release, "--data", data).exit_code, current(data)) == (1, ids[2])


def test_a_damaged_release_is_not_published(data: Path, ids: list[str]) -> None:
    spoiled(data / "releases" / ids[1] / "dumps" / "papers.nt.zst")
    done = litlod("rollback", "--data", data)
    assert (done.exit_code, current(data), "papers.nt.zst: error:" in done.stderr) == (1, ids[2], True)


def test_a_rollback_needs_not_wait_for_a_build(data: Path, ids: list[str]) -> None:
    with DataDirectory(data).locked():
        assert (litlod("rollback", "--data", data).exit_code, current(data)) == (0, ids[1])


def test_a_release_built_again_is_no_step_of_its_own(data: Path, ids: list[str], pages: list[Path]) -> None:
    assert litlod("build", *pages[:3], "--data", data, "--force").exit_code == 0
    assert current(data) == f"{ids[2]}.1"
    assert (litlod("rollback", "--data", data).exit_code, current(data)) == (0, ids[1])


def test_a_cut_between_history_and_switch_leaves_the_history_of_the_old_release(data: Path, ids: list[str]) -> None:
    directory = DataDirectory(data)
    write_history(data, [*ids, "f" * 16])  # A publication that did not come to its end.
    assert directory.history() == ids
    write_history(data, ids[:2])  # A rollback that did not.
    assert directory.history() == ids


@pytest.mark.parametrize("text", ["", "{", "[]", '{"published": 1}', '{"published": [1, null]}', "\0" * 100])
def test_a_history_that_cannot_be_read_costs_the_way_back_and_nothing_else(text: str, data: Path, ids: list[str]) -> None:
    (data / "history.json").write_text(text, encoding="utf-8")
    assert litlod("rollback", "--data", data).exit_code == 1
    assert (litlod("rollback", ids[0], "--data", data).exit_code, current(data)) == (0, ids[0])
    assert litlod("rollback", "--data", data).exit_code == 0


# The pointer


def dangling(pointer: Path) -> None:
    pointer.symlink_to("releases/0123456789abcdef")


def outside(pointer: Path) -> None:
    pointer.symlink_to("/")


def a_file(pointer: Path) -> None:
    pointer.write_bytes(b"releases/x")


def a_folder(pointer: Path) -> None:
    pointer.mkdir()


@pytest.mark.parametrize("damage", [dangling, outside, a_file, a_folder])
def test_a_damaged_pointer_is_told_and_the_cure_works(damage: Callable[[Path], None], data: Path, ids: list[str]) -> None:
    (data / "current").unlink()
    damage(data / "current")
    with serving(data) as app:
        assert app.test_client().get("/health").status_code == 503
    for arguments in (["verify"], ["verify", "--all"]):
        done = litlod(*arguments, "--data", data)
        assert (done.exit_code, "litlod rollback ID" in done.stderr) == (1, True)
    if not (data / "current").is_dir():
        assert (litlod("rollback", ids[1], "--data", data).exit_code, current(data)) == (0, ids[1])


# prune


def test_pruning_keeps_the_current_release_and_those_that_a_rollback_leads_to(data: Path, ids: list[str]) -> None:
    taken = sum(file.stat().st_size for file in (data / "releases" / ids[0]).rglob("*") if file.is_file())
    done = litlod("prune", "--keep", "2", "--data", data)
    assert (done.text, DataDirectory(data).release_ids()) == (f"{ids[0]}\n", sorted(ids[1:]))
    assert f"freed {size(taken)}" in done.stderr


def test_pruning_never_takes_the_current_release(data: Path, ids: list[str]) -> None:
    litlod("rollback", ids[0], "--data", data)
    assert litlod("prune", "--keep", "1", "--data", data).exit_code == 0
    assert (DataDirectory(data).release_ids(), current(data)) == ([ids[0]], ids[0])
    with pytest.raises(ReleaseError, match="the release is published"):
        DataDirectory(data).remove(DataDirectory(data).current())


def test_a_dry_run_says_what_would_go_and_takes_nothing(data: Path, ids: list[str]) -> None:
    done = litlod("prune", "--keep", "1", "--dry-run", "--data", data)
    assert (done.text.split(), DataDirectory(data).release_ids()) == (ids[1::-1], sorted(ids))


def test_pruning_refuses_while_a_build_is_at_work(data: Path, ids: list[str]) -> None:
    with DataDirectory(data).locked():
        done = litlod("prune", "--keep", "1", "--data", data)
    assert (done.exit_code, f"litlod build (process {os.getpid()}) is at work here" in done.stderr) == (1, True)
    assert DataDirectory(data).release_ids() == sorted(ids)


def test_pruning_removes_what_killed_runs_left(data: Path) -> None:
    for name in ("releases/.building-0123456789abcdef", "releases/.removing-0123456789abcdef"):
        (data / name / "store").mkdir(parents=True)
    (data / ".history.json-new").write_bytes(b"")
    assert litlod("prune", "--keep", "3", "--data", data).exit_code == 0
    assert sorted(path.name for path in data.iterdir() if path.name != "cache") == [".lock", "current", "history.json", "releases"]
    assert len(list((data / "releases").iterdir())) == 3


@pytest.mark.parametrize(
    "arguments", [("prune",), ("prune", "--keep", "0"), ("verify", "0", "--all"), ("rollback", "0", "1")], ids=" ".join
)
def test_wrong_usage_is_exit_code_2(arguments: tuple[str, ...], data: Path) -> None:
    assert litlod(*arguments, "--data", data).exit_code == 2


# Building and publishing


def test_a_damaged_release_is_built_again_instead_of_published_again(data: Path, ids: list[str], pages: list[Path]) -> None:
    spoiled(data / "releases" / ids[0] / "dumps" / "papers.nt.zst")
    done = litlod("build", pages[0], "--data", data)
    assert (done.exit_code, current(data), "built and published" in done.stderr) == (0, f"{ids[0]}.1", True)
    assert litlod("verify", "--data", data).exit_code == 0


def test_releases_may_lie_on_another_file_system(pages: list[Path], tmp_path: Path) -> None:
    other = Path("/dev/shm")
    if not other.is_dir() or other.stat().st_dev == tmp_path.stat().st_dev:
        pytest.skip("there is no second file system here")
    with tempfile.TemporaryDirectory(dir=other) as folder:
        (tmp_path / "data").mkdir()
        (tmp_path / "data" / "releases").symlink_to(folder)
        first, second = (publish(tmp_path / "data", pages[:number]) for number in (1, 2))
        assert litlod("verify", "--all", "--deep", "--data", tmp_path / "data").exit_code == 0
        assert litlod("rollback", "--data", tmp_path / "data").text.strip() == first
        with serving(tmp_path / "data") as app:
            assert app.test_client().get("/health").get_json()["release"] == first
        assert litlod("prune", "--keep", "1", "--data", tmp_path / "data").text.strip() == second


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="sees by /proc what is made durable")
def test_everything_is_durable_before_the_pointer_leads_to_it(pages: list[Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    data, steps = tmp_path / "data", list[tuple[str, str]]()
    real_fsync, real_rename, real_replace = os.fsync, os.rename, os.replace

    def fsync(handle: int) -> None:
        steps.append(("fsync", os.readlink(f"/proc/self/fd/{handle}")))
        real_fsync(handle)

    def rename(source: Path, target: Path) -> None:
        steps.append(("rename", str(target)))
        real_rename(source, target)

    def replace(source: Path, target: Path) -> None:
        steps.append(("replace", str(target)))
        real_replace(source, target)

    for name, step in (("fsync", fsync), ("rename", rename), ("replace", replace)):
        monkeypatch.setattr(os, name, step)
    release = publish(data, pages[:1])
    named = steps.index(("rename", str(data / "releases" / release)))
    building = data / "releases" / f".building-{release}"
    files = {building / path.relative_to(data / "current" / ".") for path in (data / "current" / ".").rglob("*")} | {building}
    assert files <= {Path(path) for what, path in steps[:named] if what == "fsync"}
    switched = steps.index(("replace", str(data / "current")))
    assert steps[named + 1 : switched] == [
        ("fsync", str(data / "releases")),
        ("fsync", str(data / ".history.json-new")),
        ("replace", str(data / "history.json")),
        ("fsync", str(data)),
    ]
    assert steps[switched + 1] == ("fsync", str(data))


# The disk refuses


def under(limits: str, data: Path, *arguments: str | Path) -> Run:
    """What a command says in a shell that has these limits."""
    command = shlex.join([*COMMAND, *map(str, arguments), "--data", str(data)])
    done = subprocess.run(["bash", "-c", f"{limits}; exec {command}"], capture_output=True, cwd=ROOT, check=False)
    return Run(done.returncode, done.stdout, done.stderr.decode())


def state(data: Path) -> tuple[str, list[str]]:
    return current(data), sorted(path.name for folder in (data, data / "releases") for path in folder.iterdir() if path.name != "cache")


@pytest.mark.parametrize("kilobytes", [1, 12, 40])
def test_a_file_that_may_not_grow_fails_the_build_and_nothing_else(kilobytes: int, data: Path, pages: list[Path]) -> None:
    before = state(data)
    done = under(f"ulimit -f {kilobytes}", data, "build", *pages, "--jobs", "1")
    assert (done.exit_code, "File too large" in done.stderr, "Traceback" in done.stderr) == (3, True, False)
    assert state(data) == before
    assert litlod("build", *pages, "--data", data).exit_code == 0


NAMESPACE = ("unshare", "--map-root-user", "--mount")
HAS_MOUNTS = (
    shutil.which("unshare") is not None
    and subprocess.run([*NAMESPACE, "mount", "-t", "tmpfs", "tmpfs", "/mnt"], capture_output=True, check=False).returncode == 0
)


def mounted(script: str, *arguments: str | Path) -> Run:
    """What a script says that may mount; `litlod` is the command, and $1 … are the arguments."""
    function = f'litlod() {{ {shlex.join(COMMAND)} "$@"; }}'
    command = [*NAMESPACE, "bash", "-c", f"{function}; {script}", "-", *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, cwd=ROOT, check=False)
    return Run(done.returncode, done.stdout, done.stderr.decode())


@pytest.mark.skipif(not HAS_MOUNTS, reason="no file system can be mounted here")
@pytest.mark.parametrize("kilobytes", [300, 700])
def test_a_full_disk_fails_the_build_and_the_published_release_stays(kilobytes: int, data: Path, pages: list[Path], tmp_path: Path) -> None:
    (tmp_path / "small").mkdir()
    script = """
        used=$(du -sk "$1" | cut -f1)
        mount -t tmpfs -o size=$((used + $3))k tmpfs "$2" && cp -a "$1/." "$2" || exit 99
        ls -A -I cache "$2" "$2/releases" > "$1-before"
        litlod build "${@:4}" --data "$2" --jobs 1; echo "exit $?"
        ls -A -I cache "$2" "$2/releases" | diff "$1-before" - && echo as before
        litlod verify --deep --data "$2" && litlod prune --keep 1 --data "$2" &&
            mount -o remount,size=90m "$2" && litlod build "${@:4}" --data "$2"
    """
    done = mounted(script, data, tmp_path / "small", str(kilobytes), *pages)
    assert done.text.splitlines()[:2] == ["exit 3", "as before"], done.stderr
    assert (done.exit_code, "No space left on device; make room" in done.stderr, "Traceback" in done.stderr) == (0, True, False)


@pytest.mark.skipif(not HAS_MOUNTS, reason="no file system can be mounted here")
def test_a_data_directory_for_reading_only_is_read_and_not_built_in(data: Path, pages: list[Path]) -> None:
    script = """
        mount --bind "$1" "$1" && mount -o remount,bind,ro "$1" || exit 99
        for command in "build $2" "rollback" "prune --keep 1"; do litlod -q $command --data "$1"; echo "exit $?"; done
        litlod verify --deep --data "$1" && litlod releases --data "$1"
    """
    done = mounted(script, data, pages[3])
    assert (done.exit_code, done.text.splitlines()[:3], "is whole" in done.text) == (0, ["exit 3"] * 3, True)
    assert (done.stderr.count("Read-only file system") >= 3, "Traceback" in done.stderr) == (True, False)


# The running server


@pytest.fixture
def client(data: Path) -> Iterator[FlaskClient]:
    with serving(data) as app:
        yield app.test_client()


def services(client: FlaskClient) -> Services:
    found = client.application.extensions["litlod"]
    assert isinstance(found, Services)
    return found


COUNT = {"query": "SELECT (COUNT(*) AS ?n) { ?s a <https://schema.org/ScholarlyArticle> } HAVING (RAND() < 2)", "format": "csv"}


def test_the_next_request_after_a_rollback_gets_the_older_release(client: FlaskClient, data: Path, ids: list[str]) -> None:
    found = []
    for release in (None, ids[0], ids[1], ids[2]):
        if release:
            litlod("rollback", release, "--data", data)
        answer = client.get("/sparql", query_string=COUNT, buffered=True).text.split()
        found.append((client.get("/health").get_json()["release"], answer))
    assert found == [(ids[number - 1], ["n", str(number)]) for number in (3, 1, 2, 3)]


def test_releases_that_are_kept_describe_themselves(client: FlaskClient, ids: list[str]) -> None:
    for release in ids:
        response = client.get(f"/release/{release}", headers={"Accept": "text/turtle"})
        assert (response.status_code, f"release/{release}" in response.text) == (200, True)


def test_a_release_that_was_pruned_is_no_longer_kept(client: FlaskClient, data: Path, ids: list[str]) -> None:
    kept = services(client).published.kept
    old = kept(ids[0])
    assert old is not None
    assert old.holds(old.iris.below(f"release/{ids[0]}"))
    litlod("prune", "--keep", "2", "--data", data)
    assert kept(ids[0]) is None
    response = client.get(f"/release/{ids[0]}")
    assert (response.status_code, all(f"/release/{name}" in response.text for name in ids[1:])) == (404, True)
    client.get("/health")
    assert not any(folder.name == ids[0] for folder in services(client).published._opened)


@pytest.mark.parametrize("name", ["", "0", "..", "%2e%2e", "0123456789abcdef", "\x00", "f" * 5000])
def test_what_is_no_release_is_none(name: str, client: FlaskClient) -> None:
    assert services(client).published.kept(name) is None


def test_few_releases_are_open_at_a_time(client: FlaskClient, data: Path, ids: list[str]) -> None:
    source = data / "releases" / ids[0]
    for number in range(8):
        shutil.copytree(source, data / "releases" / f"{number:016x}")
    published = services(client).published
    assert all(published.kept(f"{number:016x}") is not None for number in range(8))
    assert published.release().id == ids[2]
    assert len(published._opened) <= 4


def test_a_pointer_is_switched_in_one_step(tmp_path: Path) -> None:
    link_durably(tmp_path / "current", Path("releases/a"))
    link_durably(tmp_path / "current", Path("releases/b"))
    assert (os.readlink(tmp_path / "current"), [path.name for path in tmp_path.iterdir()]) == ("releases/b", ["current"])
