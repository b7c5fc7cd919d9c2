"""Damage to a release on disk: every changed byte is found, and a server over it says so instead of answering wrongly."""

import random
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from pyoxigraph import Quad, Store

from rdfgen.release.directory import DataDirectory
from rdfgen.release.verify import problems
from tests.running import litlod, page_text
from tests.server_fixtures import publish, serving

SEED = 5


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The data directory of a small release that includes a named graph, so that it has dumps of every kind."""
    folder = tmp_path_factory.mktemp("whole")
    (folder / "1.txt").write_text(page_text(1), encoding="utf-8")
    (folder / "graph.nq").write_text("<http://e/s> <http://e/p> <http://e/o> <http://e/g> .\n", encoding="utf-8")
    done = litlod("build", folder / "1.txt", "--include", folder / "graph.nq", "--data", folder / "data")
    assert done.exit_code == 0, done.stderr
    return folder / "data"


@pytest.fixture
def data(whole: Path, tmp_path: Path) -> Path:
    """A copy of it, to be damaged."""
    return shutil.copytree(whole, tmp_path / "data", symlinks=True)


@pytest.fixture
def release(data: Path) -> Path:
    return DataDirectory(data).current()


def files(release: Path) -> list[Path]:
    return sorted(path for path in release.rglob("*") if path.is_file())


def places(path: Path) -> list[int]:
    """The first byte, the last, the one in the middle, and some more."""
    size = path.stat().st_size
    more = random.Random(f"{SEED}-{path.name}").choices(range(size), k=2) if size else []
    return sorted({0, size // 2, size - 1, *more}) if size else []


def found(release: Path) -> list[str]:
    return list(problems(release))


def test_a_whole_release_has_no_problems(release: Path) -> None:
    assert list(problems(release, deep=True)) == []


@pytest.mark.parametrize("bits", [0x01, 0x80])
def test_a_changed_byte_in_any_file_is_found_and_the_file_named(bits: int, release: Path) -> None:
    unseen = []
    for path in files(release):
        content = path.read_bytes()
        for place in places(path):
            path.write_bytes(content[:place] + bytes([content[place] ^ bits]) + content[place + 1 :])
            name = str(path).removesuffix(".sha256")
            if not any(problem.startswith(f"{name}") and "error:" in problem for problem in found(release)):
                unseen.append((path.name, place))
        path.write_bytes(content)
    assert unseen == []
    assert len(files(release)) > 30


def test_every_byte_of_the_manifest_and_of_its_checksum_counts(release: Path) -> None:
    for name in ("manifest.json", "manifest.json.sha256"):
        content = (release / name).read_bytes()
        changed = bytearray(content)
        for place in range(0, len(content), 1 if len(content) < 200 else 37):
            changed[place] ^= 4
            (release / name).write_bytes(changed)
            assert next(problems(release), None) is not None, (name, place)
            changed[place] ^= 4
        (release / name).write_bytes(content)


CHANGES: dict[str, Callable[[bytes], bytes]] = {
    "cut": lambda content: content[:-1],
    "halved": lambda content: content[: len(content) // 2],
    "emptied": lambda content: b"",
    "longer": lambda content: content + b"\n",
    "doubled": lambda content: content * 2,
}


@pytest.mark.parametrize("change", CHANGES)
def test_a_file_of_another_size_is_found(change: str, release: Path) -> None:
    unseen = []
    for path in files(release):
        content = path.read_bytes()
        path.write_bytes(CHANGES[change](content))
        if path.read_bytes() != content and not found(release):
            unseen.append(path.name)
        path.write_bytes(content)
    assert unseen == []


def test_a_file_that_is_missing_is_found(release: Path) -> None:
    unseen = []
    for path in files(release):
        path.rename(release.parent / "away")
        if not any(problem.startswith(f"{path}: error:") for problem in found(release)):
            unseen.append(path.name)
        (release.parent / "away").rename(path)
    assert unseen == []


@pytest.mark.parametrize("name", ["extra", "dumps/extra.nt.zst", "store/999999.sst", "store/deep/file", ".hidden"])
def test_a_file_too_much_is_found(name: str, release: Path) -> None:
    (release / name).parent.mkdir(exist_ok=True)
    (release / name).write_bytes(b"")
    assert found(release) == [f"{release / name}: error: the manifest does not list the file"]


def test_a_link_too_much_is_found(release: Path) -> None:
    (release / "link").symlink_to("/")
    assert found(release) == [f"{release / 'link'}: error: the manifest does not list the file"]


@pytest.mark.parametrize("name", ["papers.nt.zst", "papers.ttl.gz"])
def test_two_dumps_that_changed_places_are_found(name: str, release: Path) -> None:
    one, other = release / "dumps" / name, release / "dumps" / name.replace("papers", "concepts")
    content = one.read_bytes()
    one.write_bytes(other.read_bytes())
    other.write_bytes(content)
    assert len(found(release)) == 2


def test_verifying_all_tells_the_damaged_from_the_whole(data: Path, tmp_path: Path) -> None:
    first = DataDirectory(data).current()
    (tmp_path / "2.txt").write_text(page_text(2), encoding="utf-8")
    second = publish(data, [tmp_path / "2.txt"])
    (first / "manifest.json").unlink()
    done = litlod("verify", "--all", "--data", data)
    assert (done.exit_code, f"release {second} is whole" in done.text, f"{first / 'manifest.json'}: error:" in done.stderr) == (
        1,
        True,
        True,
    )


# The store itself


def scanned(store: Path) -> set[Quad] | None:
    """All quads of a store; None if RocksDB tells of damage."""
    try:
        return set(Store.read_only(str(store)))
    except (OSError, RuntimeError):
        return None


def test_a_store_with_a_changed_byte_gives_the_right_quads_or_an_error(release: Path) -> None:
    right = scanned(release / "store")
    errors = 0
    for path in files(release / "store"):
        content = path.read_bytes()
        for place in places(path):
            path.write_bytes(content[:place] + bytes([content[place] ^ 0x11]) + content[place + 1 :])
            quads = scanned(release / "store")
            assert quads in (right, None), (path.name, place)
            errors += quads is None
        path.write_bytes(content)
    assert errors > 10


# A server over it

QUERY = {"query": "SELECT * { ?s ?p ?o FILTER(RAND() < 2) }", "format": "csv"}
AGGREGATE = {"query": "SELECT (COUNT(*) AS ?n) { ?s ?p ?o FILTER(RAND() < 2) }", "format": "csv"}
PAPER = "/paper/PMC1.ttl"


def missing_table(release: Path) -> None:
    next((release / "store").glob("*.sst")).unlink()


def cut_table(release: Path) -> None:
    path = max((release / "store").glob("*.sst"), key=lambda path: path.stat().st_size)
    path.write_bytes(path.read_bytes()[:-100])


def spoiled_index(release: Path) -> None:
    (release / "store" / "CURRENT").write_bytes(b"MANIFEST-999999\n")


def no_manifest(release: Path) -> None:
    (release / "manifest.json").unlink()


def spoiled_statistics(release: Path) -> None:
    (release / "statistics.json").write_text("{", encoding="utf-8")


def without_paths(text: str, data: Path) -> bool:
    return str(data) not in text and "/releases/" not in text


@pytest.mark.parametrize("damage", [missing_table, cut_table, spoiled_index, no_manifest, spoiled_statistics])
def test_a_server_over_a_damaged_release_says_so(damage: Callable[[Path], None], data: Path, release: Path) -> None:
    damage(release)
    with serving(data, workers=1) as app:
        for path in ("/health", "/health/ready", "/sparql", PAPER, "/"):
            response = app.test_client().get(path, query_string=QUERY if path == "/sparql" else {}, buffered=True)
            assert (response.status_code, response.get_json()["title"]) == (503, "Damaged release"), path
            assert without_paths(response.text, data)


# The smallest table is that of the store's own version.
_LEAST_TABLE = 1_500


def spoil_tables(release: Path) -> None:
    """Change a byte of the data in each table but the smallest; what is read when the store is opened stays as it is."""
    for path in (release / "store").glob("*.sst"):
        if path.stat().st_size < _LEAST_TABLE:
            continue
        content = bytearray(path.read_bytes())
        content[3] ^= 0x40
        path.write_bytes(content)


def is_well(client: FlaskClient) -> bool:
    return client.get("/health").status_code == 200


@pytest.mark.parametrize("path", ["/sparql", PAPER])
def test_damage_that_is_met_is_a_503_and_health_knows_from_then_on(path: str, data: Path, release: Path, tmp_path: Path) -> None:
    spoil_tables(release)
    with serving(data, workers=1) as app:
        client = app.test_client()
        assert is_well(client)
        response = client.get(path, query_string=QUERY if path == "/sparql" else {}, buffered=True)
        assert (response.status_code, "the store cannot be read" in response.get_json()["detail"]) == (503, True)
        assert without_paths(response.text, data)
        for address in ("/health", "/health/ready"):
            assert (client.get(address).status_code, client.get(address).get_json()["status"]) == (503, "damaged")
        (tmp_path / "2.txt").write_text(page_text(2), encoding="utf-8")
        publish(data, [tmp_path / "2.txt"])
        assert is_well(client)


def test_an_aggregate_over_damage_is_a_503(data: Path, release: Path) -> None:
    spoil_tables(release)
    with serving(data, workers=1, query_timeout=2.0) as app:  # The engine goes on to its limit, and has no number to give.
        assert app.test_client().get("/sparql", query_string=AGGREGATE, buffered=True).status_code == 503


def test_a_damaged_release_that_is_kept_does_not_hinder_the_current_one(data: Path, release: Path, tmp_path: Path) -> None:
    (tmp_path / "2.txt").write_text(page_text(2), encoding="utf-8")
    publish(data, [tmp_path / "2.txt"])
    missing_table(release)
    with serving(data, workers=1) as app:
        client = app.test_client()
        response = client.get(f"/release/{release.name}")
        assert (response.status_code, response.get_json()["title"]) == (503, "Damaged release")
        assert is_well(client)


def test_a_release_whose_file_was_put_back_is_served_again(data: Path, release: Path) -> None:
    table = next((release / "store").glob("*.sst"))
    content = table.read_bytes()
    table.unlink()
    with serving(data, workers=1) as app:
        client = app.test_client()
        assert not is_well(client)
        table.write_bytes(content)
        assert is_well(client)
