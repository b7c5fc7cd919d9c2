"""What is known about one request when it is over, for logs and metrics."""

from collections.abc import Callable
from dataclasses import dataclass

RECORD = "litlod.record"


@dataclass(slots=True)
class Record:
    """Filled in by those who work on the request: `route` is the pattern of its address, `status` 0 until there is one.

    `is_whole` tells whether the response was sent to its end. If it asks a query, `text` is that, `origin` what answered it, and
    `outcome` how it ended; `waited` and `ran` are seconds. Whoever sets `is_handed_over`, because he goes on sending when the
    application is done, calls `end` when that is over.
    """

    id: str
    begun: float
    method: str
    path: str
    query_string: str
    agent: str
    address: str
    route: str = ""
    status: int = 0
    bytes: int = 0
    seconds: float = 0.0
    is_whole: bool = False
    is_query: bool = False
    text: str | None = None
    form: str = ""
    origin: str = ""
    outcome: str = ""
    waited: float = 0.0
    ran: float = 0.0
    is_handed_over: bool = False
    end: Callable[[], None] | None = None

    def was_sent(self, number: int, is_whole: bool) -> None:
        """Note what was sent of a response that was handed over, which is over now."""
        self.bytes, self.is_whole = number, is_whole
        self.is_handed_over = False
        if self.end is not None:
            self.end()

    def asks(self, text: str) -> None:
        """Note that the request is that query."""
        self.is_query, self.text = True, text

    def told(self, outcome: str, waited: float, ran: float) -> None:
        """Note how a query process did; a request may need several."""
        self.outcome = outcome
        self.waited += waited
        self.ran += ran

    def ended(self) -> str:
        """How the query ended, one that no process was asked for by the status: an answer, or a refusal."""
        if self.outcome:
            return self.outcome
        return "answered" if self.status < 400 else "rejected"


def record_of(environ: dict[str, object]) -> Record:
    """The record of the request with that WSGI environment."""
    found = environ[RECORD]
    assert isinstance(found, Record)
    return found
