"""The one table of input formats: how each is recognised by its first bytes, and what reads it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import BinaryIO

from rdfgen.model import Paper
from rdfgen.readers import pmc_ids
from rdfgen.readers.bioc import json_reader as bioc_json
from rdfgen.readers.bioc import xml_reader as bioc_xml
from rdfgen.readers.jats import reader as jats
from rdfgen.readers.page import reader as page
from rdfgen.readers.pubmed import reader as pubmed
from rdfgen.readers.pubtator import bulk as pubtator_bulk
from rdfgen.readers.pubtator import reader as pubtator
from rdfgen.readers.pubtator import relations as pubtator_relations
from rdfgen.report import Report

HEAD_BYTES = 1 << 16


@dataclass(frozen=True, slots=True)
class Reader:
    """One row. `recognises` gets the first HEAD_BYTES; `read` yields papers and reports what it cannot read.

    `name` is the `format` of the papers' sources.
    """

    name: str
    recognises: Callable[[bytes], bool]
    read: Callable[[BinaryIO, Report], Iterator[Paper]]


# Asked in this order: paper pages come last, because any text that starts with a heading may be one.
READERS: dict[str, Reader] = {
    row.name: row
    for row in (
        Reader("pubtator", pubtator.recognises, pubtator.read),
        Reader("pubtator-bulk", pubtator_bulk.recognises, pubtator_bulk.read),
        Reader("pubtator-relations", pubtator_relations.recognises, pubtator_relations.read),
        Reader("pmc-ids", pmc_ids.recognises, pmc_ids.read),
        Reader("bioc-json", bioc_json.recognises, bioc_json.read),
        Reader("bioc-xml", bioc_xml.recognises, bioc_xml.read),
        Reader("pubmed", pubmed.recognises, pubmed.read),
        Reader("jats", jats.recognises, jats.read),
        Reader("paper-page", page.recognises, page.read),
    )
}


def reader_for(head: bytes) -> Reader | None:
    """The first reader that recognises a file by its first bytes."""
    return next((row for row in READERS.values() if row.recognises(head)), None)
