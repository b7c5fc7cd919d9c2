"""The operator's limit of rows, never a silent one: headers say that there is one, and where the next rows are."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Protocol
from urllib.parse import urlencode

from flask import Request

from server.engine import paging
from server.engine.query import BadQuery, Query
from server.parameters import parameters_of

LIMIT_HEADER = "X-LitLOD-Row-Limit"
NEXT_HEADER = "X-LitLOD-Next-Offset"
# gunicorn takes no longer request line (limit_request_line), and the address needs room in it.
_LONGEST_LINK = 8_000


class Blocks(Protocol):
    """An answer as far as it matters here."""

    form: str

    def __next__(self) -> bytes:
        """The next block."""

    def close(self) -> None:
        """Let go of the answer."""


@dataclass(frozen=True, slots=True)
class Paged:
    """The query for one page, and one by which to see whether there is another; `most` is the limit of rows, 0 for none."""

    query: Query
    rest: Query | None = None
    most: int = 0


def paged(query: Query, skipped: int, most: int) -> Paged:
    """The query for the rows after the skipped ones, as many as the operator gives; rows of CONSTRUCT and DESCRIBE are solutions."""
    if not skipped and not most:
        return Paged(query)
    found = paging.page(query.text, skipped, most)
    if found is None:
        return Paged(query)
    rest = None if found.rest is None else replace(query, text=found.rest, results="tsv", graph="nt")
    return Paged(replace(query, text=found.text), rest, most)


def has_more(found: Paged, answered: Callable[[Query], Blocks]) -> bool:
    """Whether there are rows behind those of the page: the store is asked for them, and only the first are looked at.

    A query that cannot be evaluated has none; why it cannot be, its own answer says.
    """
    if found.rest is None:
        return False
    try:
        answer = answered(found.rest)
    except BadQuery:
        return False
    try:
        begin = next(answer, b"")
    finally:
        answer.close()
    return begin.count(b"\n") > 1 if answer.form == "SELECT" else bool(begin)


def headers(found: Paged, is_cut: bool, skipped: int, text: str, request: Request) -> dict[str, str]:
    """What says that rows are limited and, where there are more, how to get them."""
    if not found.most:
        return {}
    said = {LIMIT_HEADER: str(found.most)}
    if is_cut:
        said[NEXT_HEADER] = str(skipped + found.most)
        address = next_page(text, skipped + found.most, request)
        if len(address) <= _LONGEST_LINK:
            said["Link"] = f'<{address}>; rel="next"'
    return said


def next_page(text: str, offset: int, request: Request) -> str:
    """The address of the next rows, whatever way the query came."""
    parameters = parameters_of(request)
    others = [(name, value) for name, value in parameters.items(multi=True) if name not in ("query", "offset")]
    return f"{request.path}?{urlencode([('query', text), *others, ('offset', offset)])}"
