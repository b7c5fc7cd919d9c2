"""What a SHACL validator says of a release: of all of a small one, of some papers and all that hangs on them of a larger one.

The Turtle dumps of small releases are read by the validator's own parser, which is not the one that wrote them.
"""

import importlib
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from hashlib import sha256
from importlib.resources import files
from pathlib import Path
from types import ModuleType
from typing import Protocol

import pyoxigraph
from pyoxigraph import Literal, NamedNode, RdfFormat, Store

from rdfgen.errors import UsageError
from rdfgen.formats import FORMATS
from rdfgen.iris import DEFAULT_BASE, Iris
from rdfgen.release.dumps import TRIPLE_DUMPS, WHOLE
from rdfgen.release.manifest import Manifest
from rdfgen.release.partitions import PAPER_PARTS
from rdfgen.release.validation import things
from rdfgen.sources import DECOMPRESSION_ERRORS, opened

# pySHACL takes about a third of a millisecond for a triple, and 1 kB.
MOST_TRIPLES = 200_000
SAMPLE_TRIPLES = 50_000
_SHACL = "http://www.w3.org/ns/shacl#"
_IRI = re.compile(rb"<[^>]*>")
# Small ones that are looked at whole; the rest of the parts have things that papers share.
_WHOLE_PARTS = frozenset({"ontology", "examples", "metadata"})
# What --include adds is whoever's it is; the whole is its parts.
_NOT_OURS = frozenset({"included", "included-graphs", WHOLE})
_NT, _TTL = TRIPLE_DUMPS


class Graph(Protocol):
    """What is needed of the graphs of rdflib, which the validator brings along and this package does not import."""

    def __len__(self) -> int:
        """The number of triples."""

    def __iadd__(self, other: "Graph") -> "Graph":
        """Add the triples of another one."""

    def parse(self, *, data: bytes, format: str) -> "Graph":
        """Add the triples of a text."""

    def serialize(self, *, format: str) -> str:
        """The triples as text."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """How many triples of how many the validator looked at, and what it found, one sentence each."""

    looked_at: int
    triples: int
    problems: list[str]


def parts_of(manifest: Manifest) -> dict[str, int]:
    """The number of triples of each part of a release, as its manifest says."""
    counts = {file.part: file.triples for file in manifest.dumps() if file.part is not None and file.triples is not None}
    return {name: count for name, count in counts.items() if name not in _NOT_OURS}


def insist_on_validator() -> None:
    """Raise UsageError if pySHACL is not there."""
    _validator("pyshacl")


def _validator(name: str) -> ModuleType:
    try:
        return importlib.import_module(name)
    except ImportError as error:
        raise UsageError("validating needs pySHACL, which is not installed; run: pip install 'litlod[validate]'") from error


def validated(folder: Path, base: str, parts: dict[str, int], most: int = MOST_TRIPLES) -> Outcome:
    """Validate the release in that folder, whose parts have so many triples."""
    parts = {name: count for name, count in parts.items() if name not in _NOT_OURS}
    total = sum(parts.values())
    if total <= most:
        found = _graph()
        problems = list(_load_turtle(folder, parts, found))
        looked_at = total
    else:
        problems = list(_parse_problems(folder, parts))
        lines = sample(folder, base, parts, min(most, SAMPLE_TRIPLES))
        found, looked_at = _graph(b"".join(lines), "nt"), len(lines)
    return Outcome(looked_at, total, problems + _violations(found, base))


def _graph(data: bytes = b"", syntax: str = "nt") -> Graph:
    graph: Graph = _validator("rdflib").Graph()
    return graph.parse(data=data, format=syntax)


def _load_turtle(folder: Path, parts: dict[str, int], found: Graph) -> Iterator[str]:
    """Add the Turtle dumps to a graph; those that do not parse, or to other numbers of triples, are problems."""
    for name, count in sorted(parts.items()):
        path = folder / "dumps" / f"{name}.{_TTL}"
        try:
            with opened(path) as file:
                graph = _graph(file.read(), "turtle")
        except (SyntaxError, UnicodeDecodeError, *DECOMPRESSION_ERRORS) as error:
            yield f"{path}: error: the dump does not parse: {error}"
            continue
        if len(graph) != count:
            yield f"{path}: error: rdflib finds {len(graph)} triples in the dump, and {count} were written"
        found += graph


def _parse_problems(folder: Path, parts: dict[str, int]) -> Iterator[str]:
    """Reads every dump again, in flat memory."""
    for name, count in sorted(parts.items()):
        for extension in TRIPLE_DUMPS:
            path = folder / "dumps" / f"{name}.{extension}"
            try:
                with opened(path) as file:
                    found = sum(1 for _ in pyoxigraph.parse(file, format=FORMATS[extension.split(".")[0]].syntax))
            except (SyntaxError, *DECOMPRESSION_ERRORS) as error:
                yield f"{path}: error: the dump does not parse: {error}"
                continue
            if found != count:
                yield f"{path}: error: {found} triples in the dump, and {count} were written"


def sample(folder: Path, base: str, parts: dict[str, int], most: int) -> list[bytes]:
    """About that many lines: all about some papers, chosen by a hash of their IRIs, about what they lead to, and small parts whole."""
    share = most / max(1, sum(count for name, count in parts.items() if name in PAPER_PARTS))
    begin = f"<{Iris(base).below('paper/')}".encode()
    found: list[bytes] = []
    for name in (name for name in PAPER_PARTS if name in parts):
        found += _chosen(folder, name, lambda subject: subject.startswith(begin) and _is_chosen(subject, share))
    wanted = _nodes(found)
    for name in sorted(parts.keys() - set(PAPER_PARTS)):
        found += _chosen(folder, name, _everything if name in _WHOLE_PARTS else wanted.__contains__)
    wanted = {node for node in _nodes(found) if not node.startswith(begin)}
    for name in sorted(parts.keys() & {"papers", "provenance"}):  # Journals and pages; tools, which activities lead to.
        found += _chosen(folder, name, wanted.__contains__)
    return list(dict.fromkeys(found))


def _nodes(lines: list[bytes]) -> set[bytes]:
    return {node for line in lines for node in _IRI.findall(line)}


def _everything(_: bytes) -> bool:
    return True


def _is_chosen(subject: bytes, share: float) -> bool:
    paper = subject.partition(b"#")[0].rstrip(b">")
    return int.from_bytes(sha256(paper).digest()[:4]) < share * (1 << 32)


def _chosen(folder: Path, part: str, is_wanted: Callable[[bytes], bool]) -> list[bytes]:
    with opened(folder / "dumps" / f"{part}.{_NT}") as lines:
        return [
            b" ".join((subject, predicate, value)) for _, subject, rows in things(lines) if is_wanted(subject) for predicate, value in rows
        ]


def _violations(found: Graph, base: str) -> list[str]:
    """What of the shapes does not hold, sorted."""
    shapes = _graph((files("ontology") / "shapes.ttl").read_text(encoding="utf-8").replace(DEFAULT_BASE, base).encode(), "turtle")
    conforms, report, _ = _validator("pyshacl").validate(found, shacl_graph=shapes, inference="none")
    return [] if conforms else sorted(_results(report.serialize(format="nt")))


def _results(report: str) -> Iterator[str]:
    """A sentence for each result of a validation report (SHACL §3.6.2)."""
    store = Store()
    store.load(report.encode(), format=RdfFormat.N_TRIPLES)
    for quad in store.quads_for_pattern(None, NamedNode(_SHACL + "focusNode"), None):
        told = {value.predicate.value: value.object for value in store.quads_for_pattern(quad.subject, None, None)}
        message = told.get(_SHACL + "resultMessage")
        text = message.value if isinstance(message, Literal) else "does not have its shape"
        yield f"{quad.object}: error: invalid: {text}"
