"""How much of everything queries get: processes, memory, time, places in the queue."""

from dataclasses import dataclass

from server.config import Config

# Threads that queries leave to everything else: pages, downloads, /health.
_SPARE_THREADS = 4


@dataclass(frozen=True, slots=True)
class Limits:
    """At most `size` workers, `ready` of them kept waiting, each with `memory` MiB; a query is evaluated for `timeout` seconds, and
    waits `queue_timeout` seconds for a worker, with `queue` others at most, `queue_per_client` of them of the same client.
    """

    size: int
    memory: int
    timeout: float
    queue_timeout: float
    queue: int = 32
    queue_per_client: int = 16
    ready: int = 0

    @property
    def per_client(self) -> int:
        """How many workers one client may have at a time, so that some are left for others whatever it sends.

        >>> [Limits(size, 1024, 30, 5).per_client for size in (1, 2, 3, 6, 18)]
        [1, 1, 2, 4, 12]
        """
        return max(1, self.size - max(1, self.size // 3))

    def time(self, asked: float | None) -> tuple[float, str]:
        """The seconds that a query may take whose client asks for so many, and the name of what sets the limit.

        >>> Limits(2, 1024, 30, 5).time(60), Limits(2, 1024, 30, 5).time(1.5)
        ((30, 'query_timeout'), (1.5, 'timeout'))
        """
        if asked is None or asked >= self.timeout:
            return self.timeout, "query_timeout"
        return asked, "timeout"


def limits_of(config: Config) -> Limits:
    """The limits that the settings make; queries leave some threads to others, however many the settings let wait.

    >>> limits_of(Config(threads=16, workers=8, max_queue=100)).queue
    4
    """
    return Limits(
        size=config.workers,
        memory=config.worker_memory,
        timeout=config.query_timeout,
        queue_timeout=config.queue_timeout,
        queue=min(config.max_queue, max(0, config.threads - config.workers - _SPARE_THREADS)),
        queue_per_client=config.max_queue_per_client,
        ready=min(config.ready_workers, config.workers),
    )
