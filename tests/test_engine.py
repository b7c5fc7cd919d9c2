"""The query engine without HTTP: deadlines, crashes, memory, slots, and isolation."""

import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from rdfgen.release.directory import DataDirectory
from server.engine.limits import Limits
from server.engine.pool import Pool
from server.engine.query import BadQuery, Busy, NotAcceptable, Query, QueryError, QueryFailed, QueryTimeout
from server.engine.workers import Zygote
from server.published import Published
from tests import server_fixtures
from tests.server_fixtures import SEEDS, publish

data = server_fixtures.data

ENDLESS = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"
ENDLESS_ROWS = "SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"
HUNGRY = "SELECT DISTINCT ?a ?d { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i } ORDER BY DESC(CONCAT(STR(?a), STR(?g), STR(?d)))"
CRASHING = "SELECT * " + "{" * 5_000 + "}" * 5_000


@contextmanager
def running_pool(
    store: Callable[[], str], size: int = 1, memory: int = 1024, timeout: float = 20, queue_timeout: float = 5
) -> Iterator[Pool]:
    pool = Pool(store, Limits(size, memory, timeout, queue_timeout))
    try:
        yield pool
    finally:
        pool.close()


@pytest.fixture(scope="module")
def store(data: Path) -> Callable[[], str]:
    return Published(DataDirectory(data)).store_path


@pytest.fixture
def others() -> set[int]:
    """The processes that other tests keep."""
    return children(os.getpid())


@pytest.fixture
def pool(store: Callable[[], str]) -> Iterator[Pool]:
    with running_pool(store) as running:
        yield running


def text(pool: Pool, query: str) -> str:
    return b"".join(pool.answer(Query(query, results="csv"))).decode()


def assert_works(pool: Pool) -> None:
    assert text(pool, "SELECT ('yes' AS ?x) {}").split() == ["x", "yes"]


# Processes, as /proc shows them


def status(pid: int) -> tuple[int, str]:
    """Parent and state of a process; (0, "X") if it is gone."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return 0, "X"
    return int(fields[1]), fields[0]


def children(parent: int) -> set[int]:
    found = {int(path.name) for path in Path("/proc").iterdir() if path.name.isdigit()}
    return {pid for pid in found if status(pid)[0] == parent and status(pid)[1] not in "XZ"}


def descendants(parent: int) -> set[int]:
    direct = children(parent)
    return direct.union(*map(descendants, direct))


def assert_soon(condition: Callable[[], bool], seconds: float = 3) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.01)


# The pool


def test_an_answer_tells_its_form_and_format(pool: Pool) -> None:
    answer = pool.answer(Query("SELECT * {} LIMIT 1"))
    assert (answer.form, answer.format) == ("SELECT", "json")
    assert b"".join(answer)


@pytest.mark.parametrize(
    ("query", "form"), [("ASK {}", "ASK"), ("DESCRIBE <a:a>", "CONSTRUCT"), ("CONSTRUCT WHERE { ?s ?p ?o }", "CONSTRUCT")]
)
def test_the_form_of_an_answer_is_that_of_its_query(pool: Pool, query: str, form: str) -> None:
    answer = pool.answer(Query(query))
    assert answer.form == form
    answer.close()


def test_a_query_that_needs_no_worker_long_keeps_the_worker(pool: Pool) -> None:
    assert_works(pool)
    before = descendants(os.getpid())
    for query in ("ASK {", "SELECT (nope(1) AS ?x) {}", "ASK {}"):
        with pytest.raises(BadQuery) if query != "ASK {}" else ExitStack():
            text(pool, query)
    assert descendants(os.getpid()) == before


def test_a_form_in_no_wanted_format_says_which_form_it_is(pool: Pool) -> None:
    with pytest.raises(NotAcceptable, match="SELECT"):
        pool.answer(Query("SELECT * {}", results=None))
    with pytest.raises(NotAcceptable, match="CONSTRUCT"):
        pool.answer(Query("DESCRIBE <a:a>", graph=None))
    assert_works(pool)


def test_a_query_dies_at_its_deadline(store: Callable[[], str]) -> None:
    with running_pool(store, timeout=1) as pool:
        start = time.monotonic()
        with pytest.raises(QueryTimeout, match="1 s"):
            pool.answer(Query(ENDLESS))
        assert 0.9 < time.monotonic() - start < 1.5
        assert_works(pool)


def test_a_query_dies_at_its_deadline_while_nobody_reads(store: Callable[[], str]) -> None:
    with running_pool(store, timeout=1, queue_timeout=3) as pool:
        answer = pool.answer(Query(ENDLESS_ROWS))
        assert_works(pool)
        with pytest.raises(QueryTimeout):
            list(answer)


def test_a_timeout_behind_the_first_block_is_an_error_and_no_end(store: Callable[[], str]) -> None:
    with running_pool(store, timeout=1) as pool:
        answer = pool.answer(Query(ENDLESS_ROWS))
        assert len(next(answer)) > 1_000
        with pytest.raises(QueryTimeout):
            list(answer)


def test_a_crash_of_the_engine_does_not_hurt_the_next_query(pool: Pool) -> None:
    with pytest.raises(QueryFailed):
        text(pool, CRASHING)
    assert_works(pool)


def test_a_crash_does_not_hurt_the_query_beside_it(store: Callable[[], str]) -> None:
    with running_pool(store, size=2) as pool:
        answer = pool.answer(Query("SELECT * { ?s ?p ?o }", results="csv"))
        with pytest.raises(QueryFailed):
            text(pool, CRASHING)
        assert b"".join(answer).count(b"\n") > 3_000


def test_a_query_that_needs_too_much_memory_dies(store: Callable[[], str]) -> None:
    with running_pool(store, memory=64) as pool:
        with pytest.raises(QueryFailed, match="64 MiB"):
            text(pool, HUNGRY)
        assert_works(pool)


def test_a_store_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    with running_pool(lambda: str(tmp_path / "nothing")) as pool:
        for _ in range(3):
            with pytest.raises(QueryFailed):
                text(pool, "ASK {}")


def test_a_store_that_is_damaged_is_no_fault_of_the_query(store: Callable[[], str], tmp_path: Path) -> None:
    copy = shutil.copytree(store(), tmp_path / "store")
    with running_pool(lambda: str(copy)) as pool:
        assert_works(pool)
        for path in copy.glob("*.sst"):
            os.truncate(path, 100)
        for query in ("SELECT * { ?s ?p ?o }", "ASK {}"):
            with pytest.raises(QueryFailed, match="store") as caught:
                text(pool, query)
            assert str(copy) not in str(caught.value)


@pytest.mark.parametrize("query", ["SELECT * { SERVICE ?e { ?s ?p ?o } }", "SELECT (<http://x/>(1) AS ?x) {}"])
def test_what_cannot_be_evaluated_is_the_fault_of_the_query(pool: Pool, query: str) -> None:
    with pytest.raises(BadQuery):
        text(pool, query)


def test_closing_an_answer_early_frees_its_slot(store: Callable[[], str]) -> None:
    with running_pool(store, queue_timeout=1) as pool:
        for _ in range(3):
            answer = pool.answer(Query(ENDLESS_ROWS))
            next(answer)
            answer.close()
            answer.close()
        assert_works(pool)


def test_closing_an_answer_that_was_read_does_not_kill_the_next_query_of_its_worker(pool: Pool) -> None:
    first = pool.answer(Query("ASK {}"))
    list(first)
    second = pool.answer(Query("SELECT * { ?s ?p ?o }", results="csv"))
    first.close()
    assert b"".join(second).count(b"\n") > 3_000


def test_who_finds_no_free_worker_is_told_so_in_time(store: Callable[[], str]) -> None:
    with running_pool(store, queue_timeout=0.3) as pool:
        answer = pool.answer(Query(ENDLESS_ROWS))
        start = time.monotonic()
        with pytest.raises(Busy):
            pool.answer(Query("ASK {}"))
        assert 0.2 < time.monotonic() - start < 1
        answer.close()
        assert_works(pool)


def test_failures_use_up_no_slots(store: Callable[[], str]) -> None:
    with running_pool(store, size=2, timeout=0.3, queue_timeout=1) as pool:
        for query in (CRASHING, ENDLESS, "ASK {") * 2:
            with pytest.raises(QueryError):
                text(pool, query)
        answers = [pool.answer(Query(ENDLESS_ROWS)) for _ in range(2)]
        for answer in answers:
            answer.close()


def test_there_are_never_more_workers_than_the_pool_is_large(store: Callable[[], str]) -> None:
    with running_pool(store, size=2, queue_timeout=0.1) as pool:
        for _ in range(4):
            with pytest.raises(QueryTimeout):
                pool.answer(Query(ENDLESS), timeout=0.2)
        answers = [pool.answer(Query("SELECT * { ?a ?b ?c . ?d ?e ?f }")) for _ in range(2)]
        with pytest.raises(Busy):
            pool.answer(Query("ASK {}"))
        for answer in answers:
            answer.close()


def test_many_threads_get_their_own_answers(store: Callable[[], str]) -> None:
    found: dict[int, str] = {}

    def run(shared: Pool, number: int) -> None:
        for repetition in range(10):
            found[number * 10 + repetition] = text(shared, f"SELECT ({number * 10 + repetition} AS ?x) {{}}").split()[1]

    with running_pool(store, size=2, queue_timeout=20) as shared:
        threads = [threading.Thread(target=run, args=(shared, number)) for number in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert found == {number: str(number) for number in range(80)}


def test_a_killed_worker_is_replaced(others: set[int], pool: Pool) -> None:
    assert_works(pool)
    (zygote,) = children(os.getpid()) - others
    (worker,) = children(zygote)
    os.kill(worker, signal.SIGKILL)
    assert_soon(lambda: status(worker)[1] == "X")  # A zombie's threads may still hold its connection.
    assert_works(pool)


def test_a_killed_zygote_is_replaced_with_its_workers(others: set[int], pool: Pool) -> None:
    assert_works(pool)
    (zygote,) = children(os.getpid()) - others
    (worker,) = children(zygote)
    os.kill(zygote, signal.SIGKILL)
    for _ in range(3):
        with pytest.raises(QueryFailed):
            text(pool, CRASHING)
        assert_works(pool)
    assert len(children(os.getpid()) - others) == 1
    assert status(worker)[1] in "XZ"


def test_a_runaway_query_does_not_outlive_its_zygote(others: set[int], store: Callable[[], str]) -> None:
    with running_pool(store, size=2) as pool, closing(pool.answer(Query(ENDLESS_ROWS))):
        (zygote,) = children(os.getpid()) - others
        (worker,) = children(zygote)
        os.kill(zygote, signal.SIGKILL)
        assert_works(pool)
        assert_soon(lambda: status(worker)[1] in "XZ")


def test_a_zygote_kills_the_worker_of_another(store: Callable[[], str]) -> None:
    with closing(Zygote()) as first, closing(Zygote()) as second:
        workers = [zygote.spawn(store(), memory=1024) for zygote in (first, second)]
        second.kill(workers[0])
        assert_soon(lambda: status(workers[0].pid)[1] in "XZ")
        for worker in workers:
            worker.connection.close()


def test_a_stranger_who_has_the_number_of_a_dead_worker_is_spared(store: Callable[[], str]) -> None:
    with closing(Zygote()) as zygote, subprocess.Popen(["sleep", "60"]) as stranger:
        worker = zygote.spawn(store(), memory=1024)
        with worker.connection:
            zygote.kill(replace(worker, pid=stranger.pid))
        assert stranger.poll() is None
        stranger.kill()


def test_a_process_that_cannot_be_started_is_a_failure_that_leaks_nothing(pool: Pool, monkeypatch: pytest.MonkeyPatch) -> None:
    before = os.listdir("/proc/self/fd")
    monkeypatch.setattr(sys, "executable", "/nowhere/python")
    with pytest.raises(QueryFailed, match="No such file"):
        pool.answer(Query("ASK {}"))
    assert os.listdir("/proc/self/fd") == before
    monkeypatch.undo()
    assert_works(pool)


def test_closing_the_pool_leaves_no_process(store: Callable[[], str]) -> None:
    before = descendants(os.getpid())
    with running_pool(store, size=3) as pool:
        answers = [pool.answer(Query(ENDLESS_ROWS)) for _ in range(2)]
        assert_works(pool)
        started = descendants(os.getpid()) - before
        assert len(started) == 4
    assert_soon(lambda: all(status(pid)[1] == "X" for pid in started))
    for answer in answers:
        answer.close()


def test_the_query_after_a_switch_sees_the_new_store(tmp_path: Path) -> None:
    count = "SELECT (COUNT(?p) AS ?n) { ?p a <http://purl.org/spar/fabio/JournalArticle> }"
    publish(tmp_path, SEEDS[:1])
    with running_pool(Published(DataDirectory(tmp_path)).store_path) as pool:
        assert text(pool, count).split() == ["n", "1"]
        publish(tmp_path, SEEDS)
        assert text(pool, count).split() == ["n", "2"]
