"""The lists of papers and concepts of a release: sorted names, in files of a bounded length, to be read without the store.

A paper's name is its IRI behind `<base>paper/`, a concept's what stands behind `<base>concept/` in the IRI of our document about it.
"""

import heapq
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from itertools import islice
from pathlib import Path
from typing import BinaryIO

from rdfgen.formats import compressed
from rdfgen.iris import Iris, concept_reference
from rdfgen.ntriples import term
from rdfgen.sources import opened

PAPERS, CONCEPTS = "papers", "concepts"
# So many addresses of at most 2,048 characters are less than the 50 MB of a sitemap (https://www.sitemaps.org/protocol.html).
NAMES_IN_A_FILE = 20_000
_NAMES_IN_MEMORY = 200_000
_FOLDER = "names"
_PAPER = f"> {term('rdf:type')} {term('schema:ScholarlyArticle')} .\n".encode()


def paper_names(lines: Iterable[bytes], base: str) -> Iterator[bytes]:
    r"""The names of the papers that N-Triples lines are about.

    >>> from rdfgen.iris import DEFAULT_BASE
    >>> list(paper_names([b"<https://w3id.org/litlod/paper/PMC1" + _PAPER], DEFAULT_BASE))
    [b'PMC1']
    """
    begin = f"<{Iris(base).below('paper/')}".encode()
    return (line[len(begin) : -len(_PAPER)] for line in lines if line.endswith(_PAPER) and line.startswith(begin))


def concept_names(lines: Iterable[bytes]) -> Iterator[bytes]:
    r"""The names of the concepts that N-Triples lines are about, which stand together.

    >>> list(concept_names([b"<http://id.nlm.nih.gov/mesh/D003866> <a:b> <a:c> .\n"] * 2))
    [b'MESH:D003866']
    """
    last = b""
    for line in lines:
        subject = line.partition(b" ")[0]
        if subject != last:
            last = subject
            found = concept_reference(subject[1:-1].decode(errors="replace"))
            if found is not None:
                yield str(found).encode()


def write_names(folder: Path, kind: str, names: Iterable[bytes], work: Path) -> None:
    """Write the list of that kind for the release in that folder, in flat memory; `work` is for files on the way."""
    (folder / _FOLDER).mkdir(exist_ok=True)
    with _sorted(names, work / f"names-{kind}") as ordered:
        for number, batch in enumerate(iter(lambda: list(islice(ordered, NAMES_IN_A_FILE)), []), 1):
            path = _path(folder, kind, number)
            with open(path, "wb") as file, compressed(file, path.name) as target:
                target.write(b"".join(name + b"\n" for name in batch))


@contextmanager
def _sorted(names: Iterable[bytes], stem: Path) -> Iterator[Iterator[bytes]]:
    """The names in order, each once, by way of sorted files."""
    rest, paths = iter(names), list[Path]()
    while batch := sorted(islice(rest, _NAMES_IN_MEMORY)):
        paths.append(stem.with_name(f"{stem.name}-{len(paths)}"))
        paths[-1].write_bytes(b"".join(name + b"\n" for name in batch))
    with ExitStack() as stack:
        files: list[BinaryIO] = [stack.enter_context(open(path, "rb")) for path in paths]
        yield _once(line.rstrip(b"\n") for line in heapq.merge(*files))


def _once(ordered: Iterable[bytes]) -> Iterator[bytes]:
    last = None
    for name in ordered:
        if name != last:
            yield name
        last = name


def file_count(folder: Path, kind: str) -> int:
    """How many files the list of that kind has; none in releases of earlier versions."""
    return sum(1 for _ in folder.glob(f"{_FOLDER}/{kind}-*.txt.zst"))


def names_in(folder: Path, kind: str, number: int) -> Iterator[str]:
    """The names in one file of the list, counted from 1."""
    with opened(_path(folder, kind, number)) as file:
        yield from (line.decode().rstrip("\n") for line in file)


def all_names(folder: Path, kind: str) -> Iterator[bytes]:
    """All names in the list of that kind, in order."""
    for number in range(1, file_count(folder, kind) + 1):
        with opened(_path(folder, kind, number)) as file:
            yield from (line.rstrip(b"\n") for line in file)


def _path(folder: Path, kind: str, number: int) -> Path:
    return folder / _FOLDER / f"{kind}-{number:06}.txt.zst"
