"""Who gets a query process and when: turns, bounds, cancelling, draining, replacements, and what is counted of it."""

import os
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rdfgen.release.directory import DataDirectory
from server.engine.answer import Answer
from server.engine.limits import Limits
from server.engine.pool import Pool
from server.engine.query import BadQuery, Busy, Client, Query, QueryCancelled, QueryError, QueryFailed, QueryTimeout
from server.engine.runs import Run, Waiting
from server.published import Published
from tests import server_fixtures

data = server_fixtures.data

ENDLESS = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"
ENDLESS_ROWS = "SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"
CRASHING = "SELECT * " + "{" * 5_000 + "}" * 5_000
HUNGRY = "SELECT DISTINCT ?a ?d { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i } ORDER BY DESC(CONCAT(STR(?a), STR(?g), STR(?d)))"
USUAL = Limits(size=1, memory=1024, timeout=30, queue_timeout=20)


@pytest.fixture(scope="module")
def store(data: Path) -> Callable[[], str]:
    return Published(DataDirectory(data)).store_path


@contextmanager
def running_pool(store: Callable[[], str], limits: Limits = USUAL) -> Iterator[Pool]:
    with closing(Pool(store, limits)) as pool:
        yield pool


@contextmanager
def asking() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(30) as threads:
        yield threads


def until(condition: Callable[[], bool], seconds: float = 10) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.005)


def occupied(pool: Pool, name: str = "a", id: str = "") -> Answer:
    return pool.answer(Query(ENDLESS_ROWS), Client(name, id=id))


def text(pool: Pool, client: Client, query: str = "ASK {}") -> str:
    return b"".join(pool.answer(Query(query, results="csv"), client)).decode()


# Turns


@given(st.lists(st.sampled_from("abc"), max_size=30), st.integers(1, 3))
def test_of_those_who_wait_the_client_with_the_fewest_processes_is_next_and_its_first_query(names: list[str], size: int) -> None:
    waiting, runs = Waiting(), [Run(Client(name), str(number), 1, "", 0) for number, name in enumerate(names)]
    for run in runs:
        waiting.add(run)
    busy: list[Run] = []
    while waiting.count:
        busy = busy[-size + 1 :] if size > 1 else []
        holding = {name: sum(other.client.name == name for other in busy) for name in "abc"}
        there = waiting.all()
        chosen = waiting.next(holding, size)
        assert chosen is not None
        assert holding[chosen.client.name] == min(holding[run.client.name] for run in there)
        assert chosen is next(run for run in there if run.client.name == chosen.client.name)
        busy.append(chosen)


def test_a_client_with_as_many_processes_as_one_may_have_waits_while_others_do_not() -> None:
    waiting = Waiting()
    waiting.add(Run(Client("a"), "", 1, "", 0))
    assert waiting.next({"a": 2}, 2) is None
    waiting.add(Run(Client("b"), "", 1, "", 0))
    chosen = waiting.next({"a": 2, "b": 1}, 2)
    assert chosen is not None
    assert chosen.client.name == "b"
    assert waiting.count == 1


def test_a_client_with_many_queries_does_not_keep_another_waiting(store: Callable[[], str]) -> None:
    order: list[str] = []

    def ask(pool: Pool, name: str) -> None:
        with closing(pool.answer(Query(ENDLESS_ROWS), Client(name))):
            order.append(name)

    with asking() as threads, running_pool(store) as pool:
        first = occupied(pool)
        crowd = [threads.submit(ask, pool, "crowd") for _ in range(10)]
        until(lambda: pool.snapshot().waiting == 10)
        other = threads.submit(ask, pool, "other")
        until(lambda: pool.snapshot().waiting == 11)
        first.close()
        for done in [*crowd, other]:
            done.result(20)
    assert order.index("other") <= 1


def test_no_client_gets_all_processes_whatever_it_sends(store: Callable[[], str]) -> None:
    with asking() as threads, running_pool(store, Limits(3, 1024, 30, 20)) as pool:
        held = [occupied(pool, "a") for _ in range(2)]
        mine = threads.submit(text, pool, Client("a"))
        until(lambda: pool.snapshot().waiting == 1)
        assert text(pool, Client("b"))
        assert not mine.done()
        held[0].close()
        assert mine.result(10)
        held[1].close()


# Bounds


def test_a_query_that_finds_the_queue_full_is_told_so_at_once(store: Callable[[], str]) -> None:
    with asking() as threads, running_pool(store, Limits(1, 1024, 30, 20, queue=2)) as pool:
        held = occupied(pool)
        waiting = [threads.submit(text, pool, Client(f"b{number}")) for number in range(2)]
        until(lambda: pool.snapshot().waiting == 2)
        with pytest.raises(Busy, match=r"2 queries wait.*max_queue.*try again"):
            text(pool, Client("c"))
        held.close()
        assert all(done.result(10) for done in waiting)
        assert pool.snapshot().refused["queue_full"] == 1


def test_a_client_with_too_many_waiting_queries_is_told_so_and_others_are_let_in(store: Callable[[], str]) -> None:
    with asking() as threads, running_pool(store, Limits(1, 1024, 30, 20, queue_per_client=1)) as pool:
        held = occupied(pool)
        waiting = [threads.submit(text, pool, Client("a"))]
        until(lambda: pool.snapshot().waiting == 1)
        with pytest.raises(Busy, match="max_queue_per_client"):
            text(pool, Client("a"))
        waiting.append(threads.submit(text, pool, Client("b")))
        until(lambda: pool.snapshot().waiting == 2)
        held.close()
        assert all(done.result(10) for done in waiting)


def test_without_a_queue_a_free_process_is_still_had(store: Callable[[], str]) -> None:
    with running_pool(store, Limits(1, 1024, 30, 20, queue=0)) as pool:
        assert text(pool, Client())
        with closing(occupied(pool)), pytest.raises(Busy, match="max_queue"):
            text(pool, Client())


def test_who_waits_too_long_is_told_which_limits_to_look_at(store: Callable[[], str]) -> None:
    with running_pool(store, Limits(1, 1024, 30, 0.1)) as pool, closing(occupied(pool)):
        with pytest.raises(Busy, match=r"workers.*0\.1 s \(queue_timeout\)"):
            text(pool, Client())
        assert pool.snapshot().refused["waited"] == 1


def test_a_client_that_leaves_the_queue_is_dropped_from_it(store: Callable[[], str]) -> None:
    gone = threading.Event()
    with asking() as threads, running_pool(store) as pool:
        with closing(occupied(pool)):
            left = threads.submit(text, pool, Client("b", gone.is_set))
            until(lambda: pool.snapshot().waiting == 1)
            gone.set()
            with pytest.raises(QueryCancelled, match="left"):
                left.result(5)
            assert pool.snapshot().waiting == 0
        assert text(pool, Client())


# Time


def test_the_time_of_a_query_begins_when_it_has_a_process(store: Callable[[], str]) -> None:
    with asking() as threads, running_pool(store, Limits(1, 1024, 1, 20)) as pool:
        held = threads.submit(text, pool, Client("a"), ENDLESS)
        until(lambda: pool.snapshot().busy == 1)
        later = threads.submit(text, pool, Client("b"), ENDLESS)
        begin = time.monotonic()
        for query in (held, later):
            with pytest.raises(QueryTimeout, match=r"1 s, the limit here \(query_timeout\)"):
                query.result(10)
        assert time.monotonic() - begin > 1.5


@pytest.mark.parametrize(("asked", "name"), [(0.2, r"0\.2 s, the limit that the request set \(timeout\)"), (60, r"1 s, .*query_timeout")])
def test_a_timeout_names_the_limit_that_struck(store: Callable[[], str], asked: float, name: str) -> None:
    with running_pool(store, Limits(1, 1024, 1, 5)) as pool, pytest.raises(QueryTimeout, match=name):
        pool.answer(Query(ENDLESS), timeout=asked)


def test_a_long_query_gives_way_to_the_others(store: Callable[[], str]) -> None:
    with running_pool(store) as pool:
        with closing(occupied(pool)):
            pid = next(iter(pool._busy)).worker.pid  # type: ignore[union-attr]  # a query that is answered has one
            until(lambda: os.getpriority(os.PRIO_PROCESS, pid) > os.getpriority(os.PRIO_PROCESS, 0))
        assert text(pool, Client())


# Operators


def test_a_running_query_can_be_seen_and_cancelled(store: Callable[[], str]) -> None:
    with running_pool(store) as pool:
        answer = occupied(pool, "somebody", id="x1")
        (row,) = pool.running()
        assert (row.id, row.client, row.text) == ("x1", "somebody", ENDLESS_ROWS)
        assert 0 <= row.seconds < 10
        assert not pool.cancel("x2")
        assert pool.cancel("x1")
        with pytest.raises(QueryCancelled, match="operator"):
            list(answer)
        assert pool.snapshot().killed["cancelled"] == 1
        assert not pool.running()
        assert not pool.cancel("x1")


def test_a_waiting_query_can_be_cancelled(store: Callable[[], str]) -> None:
    with asking() as threads, running_pool(store) as pool, closing(occupied(pool)):
        waiting = threads.submit(text, pool, Client("b", id="x2"))
        until(lambda: pool.snapshot().waiting == 1)
        assert pool.cancel("x2")
        with pytest.raises(QueryCancelled, match="operator"):
            waiting.result(5)


def test_every_query_is_counted_once(store: Callable[[], str]) -> None:
    with running_pool(store, Limits(1, 64, 0.5, 20)) as pool:
        for query in ("ASK {}", "ASK {", "SELECT * { ?s ?p ?o }", ENDLESS, CRASHING, "ASK {}"):
            try:
                text(pool, Client(), query)
            except QueryError:
                continue
        found = pool.snapshot()
    assert (found.answered, found.rejected, found.failed) == (3, 1, 0)
    assert {cause: count for cause, count in found.killed.items() if count} == {"deadline": 1, "crashed": 1}
    assert not sum(found.refused.values())
    assert sum(found.waited.counts) == sum(found.ran.counts) == 6
    assert found.ran.seconds > 0.5
    assert (found.size, found.busy, found.waiting, found.clients, found.started) == (1, 0, 0, 0, 3)


def test_want_of_memory_is_told_from_a_crash_also_behind_the_first_block(store: Callable[[], str]) -> None:
    doubled = " ".join(f"BIND(CONCAT(?x{n}, ?x{n}) AS ?x{n + 1})" for n in range(34))
    late = f"SELECT ?x34 {{ {{ ?s ?p ?o BIND('' AS ?x0) }} UNION {{ BIND('aaaa' AS ?x0) }} {doubled} }}"
    with running_pool(store, Limits(1, 64, 20, 20)) as pool:
        for query in (HUNGRY, late):
            with pytest.raises(QueryFailed, match=r"64 MiB of memory.*worker_memory"):
                text(pool, Client(), query)
        with pytest.raises(QueryFailed, match="engine down"):
            text(pool, Client(), CRASHING)
        assert (pool.snapshot().killed["memory"], pool.snapshot().killed["crashed"]) == (2, 1)


def test_the_last_words_of_a_process_go_to_the_log(store: Callable[[], str], caplog: pytest.LogCaptureFixture) -> None:
    with running_pool(store, Limits(1, 64, 20, 20)) as pool:
        with pytest.raises(QueryFailed):
            text(pool, Client(), HUNGRY)
        until(lambda: any("memory allocation" in record.getMessage() for record in caplog.records))


# Draining


def test_a_draining_pool_lets_running_queries_finish_and_takes_no_more(store: Callable[[], str]) -> None:
    with asking() as threads, running_pool(store) as pool:
        running = pool.answer(Query("SELECT * { ?a ?b ?c . ?a ?e ?f }", results="csv"))
        waiting = threads.submit(text, pool, Client("b"))
        until(lambda: pool.snapshot().waiting == 1)
        drained = threads.submit(pool.drain, 20)
        with pytest.raises(Busy, match="shutting down"):
            waiting.result(5)
        until(lambda: pool.is_draining)
        with pytest.raises(Busy, match="shutting down"):
            text(pool, Client("c"))
        assert b"".join(running).endswith(b"\r\n")
        assert drained.result(5)
        assert pool.snapshot().refused["draining"] == 2


def test_draining_ends_in_time_and_closing_tells_the_rest(store: Callable[[], str]) -> None:
    pool = Pool(store, USUAL)
    answer = occupied(pool)
    assert not pool.drain(0.1)
    pool.close()
    with pytest.raises(QueryCancelled, match="shutting down"):
        list(answer)
    assert pool.snapshot().busy == 0


# Replacements


def test_a_killed_process_is_replaced_before_the_next_query(store: Callable[[], str]) -> None:
    with running_pool(store, Limits(2, 1024, 30, 20, ready=2)) as pool:
        pool.start()
        until(lambda: pool.snapshot().idle == 2)
        occupied(pool).close()
        until(lambda: pool.snapshot().idle == 2)
        assert pool.snapshot().started == 3
        assert text(pool, Client())
        assert pool.snapshot().started == 3


def test_processes_kept_ready_never_exceed_the_size(store: Callable[[], str]) -> None:
    with running_pool(store, Limits(2, 1024, 30, 20, ready=2)) as pool:
        pool.start()
        for _ in range(5):
            answers = [occupied(pool, name) for name in "ab"]
            assert pool.snapshot().idle == 0
            for answer in answers:
                answer.close()
        until(lambda: pool.snapshot().idle == 2)


def test_processes_kept_ready_follow_the_release(tmp_path: Path) -> None:
    server_fixtures.publish(tmp_path, server_fixtures.SEEDS[:1])
    with running_pool(Published(DataDirectory(tmp_path)).store_path, Limits(1, 1024, 30, 20, ready=1)) as pool:
        pool.start()
        until(lambda: pool.snapshot().idle == 1)
        server_fixtures.publish(tmp_path, server_fixtures.SEEDS)
        until(lambda: pool.snapshot().started == 2 and pool.snapshot().idle == 1)
        assert text(pool, Client())
        assert pool.snapshot().started == 2


def test_a_store_that_is_missing_at_the_start_is_no_end_of_the_pool(tmp_path: Path) -> None:
    with running_pool(Published(DataDirectory(tmp_path)).store_path, Limits(1, 1024, 30, 20, ready=1)) as pool:
        pool.start()
        server_fixtures.publish(tmp_path, server_fixtures.SEEDS[:1])
        until(lambda: pool.snapshot().idle == 1)
        assert text(pool, Client())


# All at once


def test_no_place_is_lost_whatever_comes(store: Callable[[], str]) -> None:
    queries = ["ASK {}", "ASK {", CRASHING, ENDLESS, ENDLESS_ROWS, "SELECT * { ?s ?p ?o }", HUNGRY]
    limits = Limits(2, 64, 0.3, 0.5, queue=8, queue_per_client=3, ready=1)

    def ask(pool: Pool, number: int) -> None:
        left = time.monotonic() + 0.2 if number % 5 == 0 else None
        client = Client(str(number % 4), lambda: left is not None and time.monotonic() > left, str(number))
        try:
            text(pool, client, queries[number % len(queries)])
        except QueryError as error:
            assert isinstance(error, BadQuery | Busy | QueryCancelled | QueryFailed | QueryTimeout)

    with asking() as threads, running_pool(store, limits) as pool:
        found: list[Future[None]] = [threads.submit(ask, pool, number) for number in range(150)]
        pool.cancel("7")
        for done in found:
            done.result(60)
        until(lambda: not pool.snapshot().busy)  # The watchdog may still be about to give a place back.
        end = pool.snapshot()
        assert not end.waiting
        assert sum((end.answered, end.rejected, end.failed, *end.killed.values(), *end.refused.values())) == 150
        for answer in [occupied(pool) for _ in range(2)]:
            answer.close()
