"""Every reader bears whatever comes: no exception, no endless work, no growing memory, no connection."""

import io
import random
import time
import tracemalloc

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rdfgen.readers import HEAD_BYTES, READERS, reader_for
from rdfgen.report import Report
from tests import samples
from tests.fuzzing import SAMPLES, check, damaged, read

ROWS = pytest.mark.parametrize("name", READERS)
OTHERS = b"".join(SAMPLES.values())
_MB = 1 << 20


@ROWS
def test_every_format_has_a_sample_that_its_reader_and_no_other_recognises(name: str) -> None:
    found = reader_for(SAMPLES[name][:HEAD_BYTES])
    assert found is not None and found.name == name
    papers, _ = read(name, SAMPLES[name])
    assert papers
    assert {source.format for paper in papers for source in paper.sources} == {name}


@ROWS
@settings(max_examples=150, deadline=None)
@given(seed=st.integers(0, 1 << 32))
def test_damage_raises_nothing(name: str, seed: int) -> None:
    chance = random.Random(seed)
    papers, report = read(name, damaged(SAMPLES[name], chance, OTHERS))
    check(papers)
    assert all("\n" not in entry.reason for entry in report.entries)


@ROWS
@settings(max_examples=60, deadline=None)
@given(data=st.binary(max_size=300), start=st.integers(0, 4000))
def test_noise_in_the_middle_raises_nothing(name: str, data: bytes, start: int) -> None:
    check(read(name, SAMPLES[name][:start] + data + SAMPLES[name][start:])[0])


@ROWS
@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 1 << 32))
def test_what_comes_of_damage_is_readable_rdf(name: str, seed: int) -> None:
    papers, _ = read(name, damaged(SAMPLES[name], random.Random(seed), OTHERS))
    real = [paper for paper in papers if not paper.is_link]
    assert len(samples.graph(real)) >= len({paper.identifiers or paper.sources for paper in real})


@ROWS
def test_a_file_without_an_end_is_read_to_where_it_is_cut(name: str) -> None:
    for end in range(0, len(SAMPLES[name]), 7):
        check(read(name, SAMPLES[name][:end])[0])


class Endless(io.RawIOBase):
    """A stream that repeats some bytes for that many megabytes, after a head."""

    def __init__(self, head: bytes, block: bytes, megabytes: int) -> None:
        self._data = head
        self._block = block * max(1, 65536 // len(block))
        self._left = megabytes * _MB

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        if not self._data and self._left > 0:
            self._data, self._left = self._block, self._left - len(self._block)
        count = min(len(buffer), len(self._data))
        buffer[:count], self._data = self._data[:count], self._data[count:]
        return count


# A name, what a file starts with, and what is then repeated.
HOSTILE: dict[str, tuple[str, bytes, bytes]] = {
    "one endless line": ("pubtator", b"7|t|x\n7|a|", b"word "),
    "rows of one paper": ("pubtator-bulk", b"", b"7\tGene\t1\tx|y\tPubTator3\n"),
    "rows without an end": ("pubtator-bulk", b"7\tGene\t", b"1;2;"),
    "relations of one paper": ("pubtator-relations", b"", b"7\tassociate\tGene|1\tGene|2\n"),
    "an endless field": ("pmc-ids", b'PMID,DOI,PMCID\n1,"', b"x,"),
    "nested arrays": ("bioc-json", b'{"PubTator3":[', b"["),
    "nested objects": ("bioc-json", b'{"documents":[', b'{"a":'),
    "an endless string": ("bioc-json", b'{"PubTator3":[{"id":"', b"x"),
    "open braces in a string": ("bioc-json", b'[{"id":"1","passages":[{"text":"', b"{"),
    "documents that are never closed": ("bioc-xml", b"<collection>", b"<document><id>1</id>"),
    "an endless comment": ("bioc-xml", b"<collection><document><!--", b"<document>"),
    "an endless tag": ("pubmed", b"<PubmedArticleSet><PubmedArticle ", b'a="1" '),
    "nested elements": ("jats", b"<article><front>", b"<sec>"),
    "an endless prolog": ("jats", b"<article/>", b"<!-- - "),
}


@pytest.mark.slow
@pytest.mark.parametrize(("name", "head", "block"), HOSTILE.values(), ids=HOSTILE.keys())
def test_hostile_files_take_bounded_memory_and_time(name: str, head: bytes, block: bytes) -> None:
    """Twenty megabytes pass within the stated bound of 200 MB and within a minute, on a slow machine."""
    stream = io.BufferedReader(Endless(head, block, 20))
    report, started = Report("x", drain=lambda report: report.entries.clear()), time.monotonic()
    tracemalloc.start()
    try:
        for _ in READERS[name].read(stream, report):
            pass
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 200 * _MB
    assert time.monotonic() - started < 60
