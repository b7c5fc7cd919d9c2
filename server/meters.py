"""The numbers that operators watch, for Prometheus."""

from collections.abc import Iterable, Iterator, Mapping

from prometheus_client import CollectorRegistry, Counter, Histogram, ProcessCollector
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily, InfoMetricFamily, Metric
from prometheus_client.registry import Collector

from rdfgen.errors import ReleaseError
from server.cache import Usage
from server.engine.counts import BOUNDS, Durations, Snapshot
from server.processes import children_memory
from server.record import Record
from server.services import Services

_SECONDS = (0.001, 0.005, 0.025, 0.1, 0.5, 2.5, 10.0, 30.0)


class Meters(Collector):
    """What is counted with each request, and at each reading what the pool, the caches, the release and the system say."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self.registry = CollectorRegistry()
        self._requests = Counter("litlod_http_requests", "Requests.", ("route", "status"), registry=self.registry)
        self._seconds = Histogram(
            "litlod_http_request_seconds", "From a request to the end of its response.", buckets=_SECONDS, registry=self.registry
        )
        self._bytes = Counter("litlod_http_sent_bytes", "Bytes of responses, compressed as they were sent.", registry=self.registry)
        self._broken = Counter("litlod_http_broken_responses", "Responses that were not sent to their end.", registry=self.registry)
        self._queries = Counter(
            "litlod_queries",
            "Queries, by what answered them and how they ended.",
            ("form", "answered_by", "outcome"),
            registry=self.registry,
        )
        self.registry.register(self)
        ProcessCollector(registry=self.registry)

    def record(self, record: Record) -> None:
        """Count a request."""
        self._requests.labels(record.route, f"{record.status // 100}xx").inc()
        self._seconds.observe(record.seconds)
        self._bytes.inc(record.bytes)
        if not record.is_whole:
            self._broken.inc()
        if record.is_query:
            self._queries.labels(record.form, record.origin, record.ended()).inc()

    def describe(self) -> Iterable[Metric]:
        """Nothing before it is asked for: the numbers of `collect` have names of their own."""
        return ()

    def collect(self) -> Iterator[Metric]:
        """What is there now."""
        yield from _pool(self._services.pool.snapshot())
        yield from _release(self._services)
        yield from _caches({"answers": self._services.answers.usage(), "responses": self._services.responses.usage()})
        yield GaugeMetricFamily(
            "litlod_query_processes_resident_bytes", "Memory of all query processes; what they share counts for each.", children_memory()
        )


def _pool(found: Snapshot) -> Iterator[Metric]:
    processes = {"busy": found.busy, "idle": found.idle}
    yield _by("litlod_query_processes", "Processes for queries now.", "state", processes)
    yield GaugeMetricFamily("litlod_query_processes_limit", "The most that there may be (workers).", found.size)
    yield CounterMetricFamily("litlod_query_processes_started", "Processes for queries ever started.", found.started)
    yield GaugeMetricFamily("litlod_queries_waiting", "Queries that wait for a process.", found.waiting)
    yield GaugeMetricFamily("litlod_queries_waiting_limit", "The most that may wait (max_queue, threads).", found.queue)
    yield GaugeMetricFamily("litlod_query_clients", "Clients with queries now.", found.clients)
    yield GaugeMetricFamily("litlod_draining", "1 while the server is stopping.", int(found.draining))
    ends = {"answered": found.answered, "rejected": found.rejected, "failed": found.failed}
    yield _counted("litlod_query_runs", "Evaluations that ended by themselves.", "outcome", ends)
    yield _counted("litlod_query_processes_killed", "Processes that were killed or died with a query.", "cause", found.killed)
    yield _counted("litlod_queries_refused", "Queries that got no process.", "cause", found.refused)
    yield _histogram("litlod_query_wait_seconds", "How long queries waited for a process.", found.waited)
    yield _histogram("litlod_query_run_seconds", "How long queries had a process.", found.ran)


def _release(services: Services) -> Iterator[Metric]:
    try:
        release = services.published.release()
    except ReleaseError:
        return
    yield InfoMetricFamily("litlod_release", "The release that is served.", {"release": release.id})
    yield GaugeMetricFamily("litlod_release_triples", "Its triples in the default graph.", release.manifest.graphs[""])


def _caches(found: dict[str, Usage]) -> Iterator[Metric]:
    yield _by("litlod_cache_bytes", "Bytes of what is kept in memory.", "cache", {name: row.bytes for name, row in found.items()})
    yield _by("litlod_cache_limit_bytes", "The most of it (cache_memory).", "cache", {name: row.limit for name, row in found.items()})
    yield _counted("litlod_cache_hits", "Requests answered from it.", "cache", {name: row.hits for name, row in found.items()})
    yield _counted("litlod_cache_misses", "Requests not found in it.", "cache", {name: row.misses for name, row in found.items()})


def _by(name: str, text: str, label: str, values: Mapping[str, int]) -> Metric:
    family = GaugeMetricFamily(name, text, labels=[label])
    for value, number in values.items():
        family.add_metric([value], number)
    return family


def _counted(name: str, text: str, label: str, values: Mapping[str, int]) -> Metric:
    family = CounterMetricFamily(name, text, labels=[label])
    for value, number in values.items():
        family.add_metric([value], number)
    return family


def _histogram(name: str, text: str, found: Durations) -> Metric:
    """The pool's counts of each range, added up as Prometheus wants them."""
    total, buckets = 0, []
    for bound, count in zip((*BOUNDS, float("inf")), found.counts, strict=True):
        total += count
        buckets.append((f"{bound:g}" if bound != float("inf") else "+Inf", float(total)))
    return HistogramMetricFamily(name, text, buckets=buckets, sum_value=found.seconds)
