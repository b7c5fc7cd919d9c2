"""Dialects: the same N-Triples with the IRIs of concepts as another graph spells them.

The two spellings of a record change places, so that triples stay as many and distinct as they were, and a triple that
led from the one spelling to the other leads back. The same dialect once more gives the first triples again.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import BinaryIO, cast

from rdfgen.ntriples import term
from rdfgen.vocabularies import VOCABULARIES, Vocabulary

# Their objects are addresses as sources give them, where a page is meant and no record.
_PAGES = frozenset(term(name).encode() for name in ("dcterms:hasFormat", "foaf:page", "rdfs:seeAlso"))


@dataclass(frozen=True, slots=True)
class Dialect:
    """How one graph spells IRIs: `term` finds the prefix of a record's IRI at the start of a term, `other` what it becomes."""

    target: str
    vocabularies: tuple[str, ...]
    term: re.Pattern[bytes]
    other: dict[bytes, bytes]


def respelled(ntriples: bytes, dialect: Dialect) -> bytes:
    """Whole lines of N-Triples in the dialect.

    >>> line = b'<http://identifiers.org/ncbigene/213> <http://purl.org/dc/terms/identifier> "NCBIGene:213" .'
    >>> respelled(line, DIALECTS["uniprot"])
    b'<http://purl.uniprot.org/geneid/213> <http://purl.org/dc/terms/identifier> "NCBIGene:213" .'
    """
    return b"\n".join([_line(line, dialect) for line in ntriples.split(b"\n")])


def _line(line: bytes, dialect: Dialect) -> bytes:
    subject, *rest = line.split(b" ", 2)
    if len(rest) < 2:
        return line
    predicate, end = rest
    if predicate not in _PAGES:
        end = _term(end, dialect)
    return b"%b %b %b" % (_term(subject, dialect), predicate, end)


def _term(text: bytes, dialect: Dialect) -> bytes:
    """The text with the term that it starts with in the dialect; a literal starts with no IRI."""
    found = dialect.term.match(text)
    return text if found is None else b"<" + dialect.other[found[1]] + text[found.end() :]


@contextmanager
def speaking(dialect: Dialect | None, target: BinaryIO) -> Iterator[BinaryIO]:
    """A stream that takes N-Triples and passes them on to `target` in the dialect, if there is one."""
    if dialect is None:
        yield target
        return
    lines = _Lines(target, dialect)
    yield cast(BinaryIO, lines)
    lines.finish()


class _Lines:
    """Passes lines on as soon as they are whole."""

    def __init__(self, target: BinaryIO, dialect: Dialect) -> None:
        self._target = target
        self._dialect = dialect
        self._held = bytearray()

    def write(self, data: bytes) -> int:
        """Take some bytes."""
        end = data.rfind(b"\n") + 1
        if end:
            self._target.write(respelled(bytes(self._held) + data[:end], self._dialect))
            self._held.clear()
        self._held += data[end:]
        return len(data)

    def finish(self) -> None:
        """Pass on a last line without an end."""
        self._target.write(respelled(bytes(self._held), self._dialect))


def _dialect(target: str) -> Dialect:
    """Of several spellings that one graph uses for a vocabulary, the first."""
    spellings = [(row, found) for row in VOCABULARIES.values() if (found := _first(row, target)) is not None]
    other = {row.iri_prefix: prefix for row, prefix in spellings} | {prefix: row.iri_prefix for row, prefix in spellings}
    forms = [_form(row, prefix) for row, alias in spellings for prefix in (row.iri_prefix, alias)]
    return Dialect(
        target,
        tuple(row.prefix for row, _ in spellings),
        re.compile(f"<({'|'.join(forms)})".encode()),
        {one.encode(): two.encode() for one, two in other.items()},
    )


def _first(row: Vocabulary, target: str) -> str | None:
    return next((alias.iri_prefix for alias in row.aliases if alias.target == target), None)


def _form(row: Vocabulary, prefix: str) -> str:
    """The prefix where one of the vocabulary's identifiers follows to the end of the term."""
    return f"{re.escape(prefix)}(?=(?:{row.pattern})>)"


DIALECTS: dict[str, Dialect] = {
    target.lower().replace(" ", "-"): _dialect(target)
    for target in dict.fromkeys(alias.target for row in VOCABULARIES.values() for alias in row.aliases)
}
