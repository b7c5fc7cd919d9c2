"""What every reader must bear: one small valid document a format, ways to damage it, and what must hold whatever comes.

python -m tests.fuzzing READER SECONDS      coverage-guided, needs the package atheris (make fuzz)
"""

import io
import random
import re
import sys
import tempfile
from dataclasses import asdict
from pathlib import Path
from unittest.mock import patch

from rdfgen.model import Paper
from rdfgen.readers import READERS
from rdfgen.report import Report

# Reader -> a small valid document that uses much of the format.
SAMPLES: dict[str, bytes] = {path.stem: path.read_bytes() for path in sorted((Path(__file__).parent / "data" / "formats").iterdir())}
_NOT_IN_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def read(name: str, data: bytes) -> tuple[list[Paper], Report]:
    """What a reader makes of the bytes; it may open no connection."""
    report = Report("x")
    with patch("socket.socket.connect", side_effect=AssertionError("a reader opened a connection")):
        READERS[name].recognises(data[: 1 << 16])
        return list(READERS[name].read(io.BytesIO(data), report)), report


def strings(value: object) -> list[str]:
    """Every string in nested values."""
    if isinstance(value, str):
        return [value]
    if isinstance(value, dict):
        return [found for one in value.values() for found in strings(one)]
    return [found for one in value for found in strings(one)] if isinstance(value, (list, tuple)) else []


def check(papers: list[Paper]) -> None:
    """Hold what comes out to what every format of RDF can carry."""
    for paper in papers:
        bad = [text for text in strings(asdict(paper)) if _NOT_IN_XML.search(text)]
        assert bad == [], f"characters that XML cannot carry: {bad!r}"
        assert all(0 <= place.start <= place.end for one in paper.annotations for place in one.locations)


def damaged(data: bytes, chance: random.Random, other: bytes) -> bytes:
    """The bytes with some of them changed, doubled, cut out, put elsewhere, or replaced by a piece of another document."""
    result = bytearray(data)
    for _ in range(chance.randint(1, 6)):
        start = chance.randrange(len(result) + 1)
        end = min(len(result), start + chance.choice((1, 1, 2, 8, 64, 400)))
        piece = bytes(result[start:end])
        nasty = chance.choice(
            (b"\0", b"\xff", b"\xed\xa0\x80", b"<", b"&", b'"', b"\\", b"\t", b"\n", b"|", b"-1", b"9" * 30, b"\xe2\x80\xae", b"[", b"{")
        )
        result[start:end] = chance.choice((b"", piece * 2, piece[::-1], nasty, nasty + piece, other[start : start + 40], b"\n\n" + piece))
    return bytes(result[: chance.randint(0, len(result))]) if chance.random() < 0.2 else bytes(result)


def main(name: str, seconds: str) -> None:
    """Fuzz one reader, guided by coverage and starting from its sample, for that long."""
    import atheris  # only here, as it is not among what the tests need

    atheris.instrument_all()
    with tempfile.TemporaryDirectory() as corpus:
        (Path(corpus) / name).write_bytes(SAMPLES[name])
        options = [f"-max_total_time={seconds}", "-rss_limit_mb=1024", "-timeout=10", "-max_len=20000", corpus]
        atheris.Setup([sys.argv[0], *options], lambda data: check(read(name, data)[0]))
        atheris.Fuzz()


if __name__ == "__main__":
    main(*sys.argv[1:])
