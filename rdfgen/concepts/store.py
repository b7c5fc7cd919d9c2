"""Facts in a file on disk, so that memory stays flat: what is reached from the concepts that papers use, in order."""

import sqlite3
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

from rdfgen.concepts.facts import LINKS, PARTS, Fact, Kind

_SETTINGS = """
PRAGMA journal_mode = OFF;
PRAGMA synchronous = OFF;
PRAGMA cache_size = -65536;
CREATE TABLE fact (node TEXT NOT NULL, kind INTEGER NOT NULL, value TEXT NOT NULL);
CREATE TABLE used (node TEXT PRIMARY KEY) WITHOUT ROWID;
CREATE TABLE wanted (node TEXT PRIMARY KEY, subject TEXT NOT NULL) WITHOUT ROWID;
"""
_INDEX = "CREATE INDEX IF NOT EXISTS fact_node ON fact (node, kind)"
_LINKS = ", ".join(str(int(kind)) for kind in LINKS)
_PARTS = ", ".join(str(int(kind)) for kind in PARTS)
_REACHED = f"""
WITH RECURSIVE reached (node) AS (
  SELECT node FROM used
  UNION SELECT fact.value FROM reached JOIN fact USING (node) WHERE fact.kind IN ({_LINKS}))
INSERT INTO wanted SELECT node, subject(node) FROM reached WHERE subject(node) IS NOT NULL
"""  # noqa: S608  # the numbers of our own kinds
_EVERYTHING = f"""
INSERT INTO wanted SELECT node, subject(node) FROM (
  SELECT node FROM used UNION SELECT node FROM fact UNION SELECT value FROM fact WHERE kind IN ({_LINKS}))
WHERE subject(node) IS NOT NULL
"""  # noqa: S608  # the numbers of our own kinds
_CLASSES = f"""
WITH RECURSIVE found (node, class) AS (
  SELECT node, value FROM fact WHERE kind = {int(Kind.CLASS)}
  UNION SELECT fact.value, found.class FROM found JOIN fact USING (node) WHERE fact.kind IN ({_LINKS}))
INSERT INTO fact SELECT node, {int(Kind.CLASS)}, class FROM found
"""  # noqa: S608  # the numbers of our own kinds
_NAMES_OF_PARTS = f"""
WITH RECURSIVE part (whole, node) AS (
  SELECT wanted.node, fact.value FROM wanted JOIN fact USING (node) WHERE fact.kind IN ({_PARTS})
  UNION SELECT whole, fact.value FROM part JOIN fact USING (node) WHERE fact.kind IN ({_PARTS}))
INSERT INTO fact SELECT whole, {int(Kind.SYNONYM)}, fact.value FROM part JOIN fact USING (node)
WHERE fact.kind IN ({int(Kind.LABEL)}, {int(Kind.SYNONYM)})
"""  # noqa: S608  # the numbers of our own kinds
_DESCRIPTIONS_OF_PARTS = f"""
INSERT INTO fact SELECT main.node, {int(Kind.DESCRIPTION)}, fact.value
FROM wanted JOIN fact AS main USING (node) JOIN fact ON fact.node = main.value
WHERE main.kind = {int(Kind.MAIN_PART)} AND fact.kind = {int(Kind.DESCRIPTION)}
"""  # noqa: S608  # the numbers of our own kinds
_BRANCHES = f"""
SELECT used.node, class.value, group_concat(DISTINCT branch.value) FROM used
JOIN fact AS class ON class.node = used.node AND class.kind = {int(Kind.CLASS)}
JOIN fact AS branch ON branch.node = used.node AND branch.kind = {int(Kind.BRANCH)}
GROUP BY used.node, class.value ORDER BY used.node, class.value
"""  # noqa: S608  # the numbers of our own kinds
_IN_ORDER = """
SELECT DISTINCT wanted.subject, wanted.node, fact.kind, fact.value FROM wanted LEFT JOIN fact USING (node)
ORDER BY wanted.subject, fact.kind, fact.value
"""


@dataclass(frozen=True, slots=True)
class Store:
    """The facts. `subject` gives the term by which a release names a node, which is what concepts are sorted by."""

    connection: sqlite3.Connection

    def add(self, facts: Iterable[Fact]) -> None:
        """Take facts in; those that are there already do no harm."""
        self.connection.executemany("INSERT INTO fact VALUES (?, ?, ?)", facts)

    def use(self, nodes: Iterable[str]) -> None:
        """Put down concepts that papers use."""
        self.connection.executemany("INSERT OR IGNORE INTO used VALUES (?)", ((node,) for node in nodes))

    def reach(self, everything: bool) -> None:
        """Find what is wanted: the used concepts and all that they lead to, or every concept that there is."""
        self.connection.execute(_INDEX)
        self.connection.execute("DELETE FROM wanted")
        self.connection.execute(_EVERYTHING if everything else _REACHED)

    def reached(self, prefix: str) -> frozenset[str]:
        """The identifiers of a vocabulary that are wanted though no paper uses them."""
        query = "SELECT node FROM wanted WHERE node GLOB ? AND node NOT IN (SELECT node FROM used)"
        return frozenset(node.partition(":")[2] for (node,) in self.connection.execute(query, (f"{prefix}:*",)))

    def spread(self) -> None:
        """Hand on what papers and parts say: classes to ancestors, the names of parts to the whole."""
        for statement in (_CLASSES, _NAMES_OF_PARTS, _DESCRIPTIONS_OF_PARTS):
            self.connection.execute(statement)

    def branches(self) -> Iterator[tuple[str, str, frozenset[str]]]:
        """Each used concept that has branches, a class that papers give it, and the branches; to be asked before `spread`."""
        for node, name, branches in self.connection.execute(_BRANCHES):
            yield node, name, frozenset(branches.split(","))

    def nodes(self) -> Iterator[str]:
        """The wanted concepts in the order of their subjects."""
        return (node for (node,) in self.connection.execute("SELECT node FROM wanted ORDER BY subject"))

    def concepts(self) -> Iterator[tuple[str, list[Fact]]]:
        """The wanted concepts in the order of their subjects, each with what is known of it, perhaps nothing."""
        rows: Iterator[tuple[str, str, int | None, str]] = self.connection.execute(_IN_ORDER)
        for (_, node), group in groupby(rows, key=lambda row: (row[0], row[1])):
            yield node, [Fact(node, Kind(kind), value) for _, _, kind, value in group if kind is not None]


@contextmanager
def opened_store(path: Path, subject: Callable[[str], str | None]) -> Iterator[Store]:
    """A new store in that file, which must not be there yet."""
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.create_function("subject", 1, subject, deterministic=True)
        connection.executescript(_SETTINGS)
        connection.execute("BEGIN")
        yield Store(connection)
        connection.execute("COMMIT")
