"""Dump files: each part and the whole in every form that is wanted, from the same lines that the store loads."""

import shutil
from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby, islice
from pathlib import Path
from typing import BinaryIO

from rdfgen.errors import UsageError
from rdfgen.formats import compressed, format_named, format_of_file, write_ntriples_as
from rdfgen.ntriples import term
from rdfgen.sources import file_sha256, opened

DUMPS = "dumps"
# The part that is the whole default graph.
WHOLE = "all"
# The part that is what named graphs hold that inputs brought in.
GRAPHS = "included-graphs"
TRIPLE_DUMPS = ("nt.zst", "ttl.gz")
QUAD_DUMPS = ("nq.zst", "trig.gz")
CHECKSUMS = "SHA256SUMS"
INDEX = "index.html"
# A copy of the release's metadata, for whoever has the folder of dumps only.
DESCRIPTION = "void.ttl"

# Compression extension -> media type of what it makes, whatever is in it.
PACKINGS = {"gz": "application/gzip", "zst": "application/zstd"}
# Of these, one document after the other is a document.
_JOINABLE = ("nt", "nq", "ttl", "trig")
_OTHER_TYPES = {".html": "text/html", ".ttl": "text/turtle"}
_TYPE = term("rdf:type").encode()
_AT_A_TIME = 4096


def dump_extensions(wanted: Iterable[str]) -> tuple[str, ...]:
    """The extensions of dumps of triples, the ones that there always are first; UsageError for what is none.

    >>> dump_extensions(["jsonld.gz", "rdf.zst", "nt.zst"])
    ('nt.zst', 'ttl.gz', 'jsonld.gz', 'rdf.zst')
    """
    found = dict.fromkeys(TRIPLE_DUMPS)
    for name in wanted:
        form, _, packing = name.strip().partition(".")
        row = format_named(form)
        if packing not in PACKINGS:
            raise UsageError(f"dump format {name!r}: write a format and its compression, such as {row.name}.gz or {row.name}.zst")
        found[f"{'rdf' if row.name == 'rdfxml' else row.name}.{packing}"] = None
    return tuple(found)


def file_media_type(name: str, with_charset: bool = False) -> str:
    """The media type of a file to download by its name; a compressed file is not text that was compressed on the way.

    >>> file_media_type("papers.ttl.gz"), file_media_type("void.ttl"), file_media_type("SHA256SUMS", True)
    ('application/gzip', 'text/turtle', 'text/plain; charset=utf-8')
    """
    suffix = name[name.rfind(".") :] if "." in name else ""
    found = PACKINGS.get(suffix[1:]) or _OTHER_TYPES.get(suffix, "text/plain")
    return f"{found}; charset=utf-8" if with_charset and found.startswith("text/") else found


def write_dumps(lines: Path, folder: Path, part: str, extensions: tuple[str, ...], prefixes: Mapping[str, str]) -> list[str]:
    """Write one part, given as a file of N-Triples or N-Quads, in each form; returns the file names."""
    names = [f"{part}.{extension}" for extension in extensions]
    for name in names:
        row = format_of_file(name)
        assert row is not None
        with open(lines, "rb") as source, open(folder / name, "wb") as file, compressed(file, name) as target:
            write_ntriples_as(source, target, row, dict(prefixes))
    return names


def whole_names(extensions: Iterable[str]) -> list[str]:
    """The files that hold all parts together.

    >>> whole_names(["nt.zst", "jsonld.gz"])
    ['all.nt.zst']
    """
    return [f"{WHOLE}.{extension}" for extension in extensions if extension.split(".")[0] in _JOINABLE]


def write_whole(folder: Path, parts: Iterable[str], extensions: tuple[str, ...]) -> list[str]:
    """Put the dumps of these parts together, in each form whose documents can be; returns the file names.

    Each is compressed anew: some programs read the first of several compressed streams in a file and think that it is all.
    """
    names = whole_names(extensions)
    for name in names:
        extension = name.partition(".")[2]
        with open(folder / name, "wb") as file, compressed(file, name) as target:
            has_header = False
            for part in parts:
                with opened(folder / f"{part}.{extension}") as source:
                    has_header |= _append(source, target, has_header)
    return names


def _append(source: BinaryIO, target: BinaryIO, has_header: bool) -> bool:
    """Copy a document, its prefixes only if there are none yet; returns whether it had any."""
    header = []
    for line in source:
        header.append(line)
        if not line.startswith(b"@prefix "):
            break
    found = len(header) > 1
    target.write(b"".join(header[-1:] if has_header else header))
    shutil.copyfileobj(source, target, 1 << 20)
    return found


def types_first(lines: Iterable[bytes]) -> Iterator[bytes]:
    """N-Triples lines, of each subject those that name its classes first, as people write Turtle.

    >>> a = b"<http://www.w3.org/1999/02/22-rdf-syntax-ns#type>"
    >>> [line[:6] for line in types_first([b'<s> <p> "o" .', b"<s> " + a + b" <c> ."])]
    [b'<s> <h', b'<s> <p']
    """
    for _, group in groupby(lines, lambda line: line.partition(b" ")[0]):
        while rows := list(islice(group, _AT_A_TIME)):
            yield from sorted(rows, key=_is_no_type) if len(rows) > 1 else rows


def _is_no_type(line: bytes) -> bool:
    return line.split(b" ", 2)[1] != _TYPE


def checksum_lines(sums: Mapping[str, str]) -> str:
    """SHA-256 sums by name in the form that `sha256sum -c` reads, sorted by name."""
    return "".join(f"{sums[name]}  {name}\n" for name in sorted(sums))


def write_checksums(folder: Path) -> None:
    """Write the SHA-256 sums of all files of the folder."""
    sums = {path.name: file_sha256(path) for path in folder.iterdir() if path.name != CHECKSUMS}
    (folder / CHECKSUMS).write_text(checksum_lines(sums), encoding="utf-8")
