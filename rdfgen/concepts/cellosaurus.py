"""The Cellosaurus in its own text format: lines of two-letter codes, each entry ended by `//`."""

import re
from collections.abc import Iterator
from typing import BinaryIO

from rdfgen.concepts.facts import Fact, Identifiers, Kind, node
from rdfgen.readers.text import decoded, numbered_lines
from rdfgen.report import Report

_ENTRY = re.compile(r"^ID   \S.*\nAC   CVCL_[A-Z0-9]{4}$", re.MULTILINE | re.ASCII)


def recognises(head: bytes) -> bool:
    r"""Whether there is an entry's start.

    >>> recognises(b"ID   HeLa\nAC   CVCL_0030\n"), recognises(b"ID   P12345\nAC   P12345\n")
    (True, False)
    """
    return _ENTRY.search(decoded(head).replace("\r", "")) is not None


def read(stream: BinaryIO, report: Report, _wanted: Identifiers | None) -> Iterator[Fact]:
    r"""The facts about all cell lines; of an entry only name, numbers and synonyms are read.

    >>> import io
    >>> entry = b"ID   HeLa\nAC   CVCL_0030\nSY   HELA; Hela\n//\n"
    >>> [fact.value for fact in read(io.BytesIO(entry), Report("cellosaurus.txt"), None)]
    ['HeLa', 'HELA', 'Hela']
    """
    name, subject = "", None
    for number, line, _ in numbered_lines(stream, report):
        code, value = line[:5].rstrip(), line[5:].strip()
        if code in ("ID", "//"):
            name, subject = value, None
        elif code == "AC":
            subject = node("Cellosaurus", value)
            if subject is None or not name:
                report.skip(number, "no accession number of a named cell line", line)
            else:
                yield Fact(subject, Kind.LABEL, name)
        elif subject is not None:
            yield from _facts(subject, code, value)


def _facts(subject: str, code: str, value: str) -> Iterator[Fact]:
    texts = [text.strip() for text in value.split(";") if text.strip()]
    if code == "SY":
        yield from (Fact(subject, Kind.SYNONYM, text) for text in texts)
    elif code == "AS":
        for other in (node("Cellosaurus", text) for text in texts):
            if other is not None and other != subject:
                yield Fact(other, Kind.OBSOLETE)
                yield Fact(other, Kind.REPLACED_BY, subject)
