"""What was measured, as Markdown tables; of several rounds the median."""

from collections.abc import Callable, Iterable
from statistics import median
from typing import TypeVar

from benchmarks.serving.load import Rate, Transfer

Rates = dict[tuple[str, str], list[Rate]]
Transfers = dict[tuple[str, str], list[Transfer]]
Measured = TypeVar("Measured")
OURS, CACHED, NATIVE = "LitLOD", "LitLOD, cached", "oxigraph"


def points(rates: Rates, seconds: float) -> str:
    """Requests a second, times and processor time of small queries."""
    rows = [
        [
            title,
            name,
            f"{_median(found, lambda one: one.requests):,.0f}",
            f"{_median(found, lambda one: one.median):.2f}",
            f"{_median(found, lambda one: one.p99):.2f}",
            f"{_median(found, lambda one: one.processor) * 1e6:,.0f}",
            str(sum(one.failed for one in found)),
        ]
        for (title, name), found in rates.items()
    ]
    return table(["query", "server", "requests/s", "p50, ms", "p99, ms", "processor µs a request", "failed"], rows)


def large(transfers: Transfers) -> str:
    """Speed, first byte and memory of large answers."""
    rows = [
        [
            title,
            name,
            f"{_median(found, _speed):.1f}",
            f"{_median(found, lambda one: one.first):.2f}",
            f"{max(one.bytes for one in found) / 1e6:,.0f}",
            f"{max(one.lines for one in found):,}",
            f"{max(one.memory for one in found) / 1e6:,.0f}",
            "; ".join(sorted({one.error for one in found if one.error})) or "whole",
        ]
        for (title, name), found in transfers.items()
    ]
    return table(["answer", "server", "MB/s", "first byte, s", "MB", "lines", "peak memory, MB", ""], rows)


def ratios(rates: Rates, transfers: Transfers) -> str:
    """Ours against the others, of the same round each; their median."""
    rows = []
    for title in dict.fromkeys(title for title, _ in rates):
        for ours, theirs, wanted in ((OURS, "rdflib-endpoint", 25), (OURS, "Virtuoso", 1), (CACHED, NATIVE, 0.5)):
            rows += _ratio(f"{title}: {ours} to {theirs}, requests/s", rates, (title, ours), (title, theirs), _requests, wanted)
        name = f"{title}: {OURS} to {NATIVE}, requests per processor second"
        rows += _ratio(name, rates, (title, OURS), (title, NATIVE), _per_processor, 0.25)
    for title in dict.fromkeys(title for title, _ in transfers):
        rows += _ratio(f"{title}: {OURS} to {NATIVE}, MB/s", transfers, (title, OURS), (title, NATIVE), _speed, 0.9)
    return table(["", "ratio", "target", ""], rows)


def _ratio(
    name: str,
    found: dict[tuple[str, str], list[Measured]],
    ours: tuple[str, str],
    theirs: tuple[str, str],
    value: Callable[[Measured], float],
    wanted: float,
) -> list[list[str]]:
    if ours not in found or theirs not in found:
        return []
    each = [value(one) / value(other) for one, other in zip(found[ours], found[theirs], strict=False) if value(other)]
    if not each:
        return []
    ratio = median(each)
    return [[name, f"{ratio:.2f}", f"{wanted:g}", "met" if ratio >= wanted else "**missed**"]]


def table(head: list[str], rows: Iterable[list[str]]) -> str:
    """A Markdown table.

    >>> print(table(["a", "b"], [["1", "2"]]))
    | a | b |
    |---|---|
    | 1 | 2 |
    """
    return "\n".join(["| " + " | ".join(head) + " |", "|---" * len(head) + "|", *("| " + " | ".join(row) + " |" for row in rows)])


def _requests(one: Rate) -> float:
    return one.requests


def _per_processor(one: Rate) -> float:
    return 1 / one.processor if one.processor else 0


def _speed(one: Transfer) -> float:
    return one.bytes / one.seconds / 1e6


def _median(found: list[Measured], value: Callable[[Measured], float]) -> float:
    return median(map(value, found))
