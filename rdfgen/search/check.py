"""Whether a release's search index is whole and counts what the release counts."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from rdfgen.search.index import INDEX

_COUNTS = {
    "papers": "SELECT count(*) FROM thing WHERE kinds = 'paper'",
    "concepts": "SELECT count(*) FROM thing WHERE kinds <> 'paper'",
    "names": "SELECT count(*) FROM name",
}


def opened_index(folder: Path) -> sqlite3.Connection:
    """The index of the release in that folder, for reading only; sqlite3.Error if it cannot be opened."""
    return sqlite3.connect(f"{(folder / INDEX).absolute().as_uri()}?mode=ro&immutable=1", uri=True, check_same_thread=False)


def index_problems(folder: Path, papers: int) -> Iterator[str]:
    """What is wrong with the index of a release of so many papers."""
    path = folder / INDEX
    try:
        with closing(opened_index(folder)) as connection:
            stated = dict(connection.execute("SELECT of, number FROM size"))
            found = {name: connection.execute(query).fetchone()[0] for name, query in _COUNTS.items()}
    except sqlite3.Error as error:
        yield f"{path}: error: the search index cannot be read: {error}"
        return
    if found != stated:
        yield f"{path}: error: the index holds {found} and says {stated}"
    if found["papers"] != papers:
        yield f"{path}: error: the index holds {found['papers']} papers, and the manifest says {papers}"
