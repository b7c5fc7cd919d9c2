"""Every reader bears whatever comes: no exception, no endless work, no growing memory, no connection."""

import random
import subprocess
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rdfgen.readers import HEAD_BYTES, READERS, reader_for
from tests import samples
from tests.fuzzing import SAMPLES, check, damaged, read
from tests.hostile import HOSTILE
from tests.running import ROOT

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


@pytest.mark.slow
@pytest.mark.parametrize("case", HOSTILE)
def test_hostile_files_take_bounded_memory_and_time(case: str) -> None:
    """Twenty megabytes take at most 250 MB, the interpreter and libraries included, and a minute of a slow machine."""
    done = subprocess.run([sys.executable, "-m", "tests.hostile", case], capture_output=True, text=True, cwd=ROOT, timeout=100, check=True)
    memory, seconds = map(float, done.stdout.split())
    assert memory < 250 * _MB
    assert seconds < 60
