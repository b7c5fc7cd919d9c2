"""Dump files: each part as Turtle with gzip and N-Triples with zstd, from the same lines that the store loads."""

from pathlib import Path

from rdfgen.formats import FORMATS, compressed, write_ntriples_as
from rdfgen.sources import file_sha256

TRIPLE_DUMPS = ("nt.zst", "ttl.gz")
QUAD_DUMPS = ("nq.zst", "trig.gz")
CHECKSUMS = "SHA256SUMS"


def write_dumps(lines: Path, folder: Path, part: str, extensions: tuple[str, ...], prefixes: dict[str, str]) -> list[str]:
    """Write one part, given as a file of N-Triples or N-Quads, in each form; returns the file names."""
    names = [f"{part}.{extension}" for extension in extensions]
    for name in names:
        row = FORMATS[name.split(".")[1]]
        with open(lines, "rb") as source, open(folder / name, "wb") as file, compressed(file, name) as target:
            write_ntriples_as(source, target, row, prefixes)
    return names


def write_checksums(folder: Path) -> None:
    """Write the SHA-256 sums of all dumps in the form that `sha256sum -c` reads."""
    names = sorted(path.name for path in folder.iterdir() if path.name != CHECKSUMS)
    text = "".join(f"{file_sha256(folder / name)}  {name}\n" for name in names)
    (folder / CHECKSUMS).write_text(text, encoding="utf-8")
