"""The index of a release while one request uses it: opened for reading, stopped at a time limit, its damage told."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from time import monotonic

from rdfgen.errors import DamagedRelease
from rdfgen.search.check import opened_index
from rdfgen.search.index import INDEX
from server.problems import RETRY_AFTER_SECONDS, Problem
from server.published import Release

SECONDS = 2.0
_INSTRUCTIONS = 10_000
_DAMAGE = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CANTOPEN})


@contextmanager
def searching(release: Release) -> Iterator[sqlite3.Connection]:
    """The index; Problem where there is none or the time is over, DamagedRelease where it cannot be read."""
    if not (release.folder / INDEX).is_file():
        raise Problem(404, "Not found", "this release has no search index; it was built before there were any")
    deadline = monotonic() + SECONDS
    try:
        with closing(opened_index(release.folder)) as connection:
            connection.set_progress_handler(lambda: monotonic() > deadline, _INSTRUCTIONS)
            yield connection
    except sqlite3.DatabaseError as error:
        raise _told(error) from error


def _told(error: sqlite3.DatabaseError) -> Exception:
    """What to tell the client of an error that is not ours."""
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF  # the primary one (https://www.sqlite.org/rescode.html)
    if code == sqlite3.SQLITE_INTERRUPT:
        detail = f"the search took more than {SECONDS:g} seconds; look for more or longer words"
        return Problem(503, "Search stopped at its time limit", detail, {"Retry-After": str(RETRY_AFTER_SECONDS)})
    return DamagedRelease("the release's search index cannot be read, its file is damaged") if code in _DAMAGE else error
