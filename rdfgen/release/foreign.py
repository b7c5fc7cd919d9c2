"""RDF that is not ours to generate: our ontology, and the files that `--include` names."""

from collections.abc import Iterable, Iterator
from importlib.resources import files
from pathlib import Path

import pyoxigraph
from pyoxigraph import BlankNode, DefaultGraph, Literal, NamedNode, Quad, RdfFormat, Store, Triple

from rdfgen.errors import LitlodError, UsageError
from rdfgen.formats import FORMATS, format_of_file
from rdfgen.iris import DEFAULT_BASE
from rdfgen.sources import DECOMPRESSION_ERRORS, opened

_BATCH = 50_000

Node = NamedNode | BlankNode | Literal | Triple | DefaultGraph


def ontology_lines(base: str) -> list[str]:
    """Our ontology as sorted N-Triples lines, its terms below `base`."""
    return package_lines("ontology", [(files("ontology") / "litlod.ttl").read_text(encoding="utf-8")], base)


def package_lines(label: str, texts: list[str], base: str) -> list[str]:
    """Turtle of our own as sorted N-Triples lines, with `base` where it has the default one."""
    lines: set[str] = set()
    for number, text in enumerate(texts):
        quads = pyoxigraph.parse(text.replace(DEFAULT_BASE, base), format=RdfFormat.TURTLE)
        lines.update(f"{quad.triple} .\n" for quad in named_nodes(quads, f"{label}{number}"))
    return sorted(lines)


def named_nodes(quads: Iterable[Quad], label: str) -> Iterator[Quad]:
    """The quads with blank nodes renamed by the order in which they come, for parsers label some at random."""
    names: dict[BlankNode, BlankNode] = {}

    def node(term: Node) -> Node:
        if isinstance(term, BlankNode):
            return names.setdefault(term, BlankNode(f"{label}n{len(names)}"))
        if isinstance(term, Triple):
            return Triple(node(term.subject), term.predicate, node(term.object))  # type: ignore[arg-type]  # kind is kept
        return term

    for quad in quads:
        yield Quad(node(quad.subject), quad.predicate, node(quad.object), node(quad.graph_name))  # type: ignore[arg-type]  # kind is kept


def load_included(paths: list[str], store: Store, default_graph: Path, named_graphs: Path) -> None:
    """Add RDF files to the store as they are, and what is new in them to two files of N-Triples and N-Quads."""
    with open(default_graph, "wb") as triples, open(named_graphs, "wb") as quads:
        for number, path in enumerate(paths):
            for batch in _batches(named_nodes(_parsed(path), f"f{number}"), store):
                store.bulk_extend(batch)
                plain = [quad for quad in batch if quad.graph_name == DefaultGraph()]
                pyoxigraph.serialize((quad.triple for quad in plain), triples, format=RdfFormat.N_TRIPLES)
                named = [quad for quad in batch if quad.graph_name != DefaultGraph()]
                pyoxigraph.serialize(named, quads, format=RdfFormat.N_QUADS)


def _batches(quads: Iterator[Quad], store: Store) -> Iterator[list[Quad]]:
    """Quads that the store lacks, in batches; a store of its own tells which of a batch are the same to Oxigraph."""
    batch, known = [], Store()
    for quad in quads:
        if quad not in store and quad not in known:
            batch.append(quad)
            known.add(quad)
        if len(batch) >= _BATCH:
            yield batch
            batch, known = [], Store()
    yield batch


def _parsed(path: str) -> Iterator[Quad]:
    row = format_of_file(path)
    if row is None:
        raise UsageError(f"{path}: error: cannot tell the RDF format: name the file .{', .'.join(FORMATS)}, perhaps with .gz or .zst")
    try:
        with opened(path) as stream:
            yield from pyoxigraph.parse(stream, format=row.syntax)
    except SyntaxError as error:
        raise LitlodError(f"{path}:{error.lineno or 0}: error: {error.msg}; mend the file or leave it out") from error
    except DECOMPRESSION_ERRORS as error:
        raise LitlodError(f"{path}: error: compressed data that is damaged or cut: {error}") from error
