"""The one table of input formats: how each is recognised by its first bytes, and what reads it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import BinaryIO

from rdfgen.model import Paper
from rdfgen.readers import page
from rdfgen.report import Report

HEAD_BYTES = 4096


@dataclass(frozen=True, slots=True)
class Reader:
    """One row. `recognises` gets the first HEAD_BYTES; `read` yields papers and reports what it cannot read."""

    name: str
    recognises: Callable[[bytes], bool]
    read: Callable[[BinaryIO, Report], Iterator[Paper]]


READERS: dict[str, Reader] = {row.name: row for row in (Reader("paper-page", page.recognises, page.read),)}


def reader_for(head: bytes) -> Reader | None:
    """The first reader that recognises a file by its first bytes."""
    return next((row for row in READERS.values() if row.recognises(head)), None)
