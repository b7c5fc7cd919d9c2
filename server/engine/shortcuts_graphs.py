"""Queries for what any named graph says: Oxigraph looks for it in the default graph too, unless the graphs are named."""

from rdfgen.release.statistics import Statistics
from server.engine.shortcuts_syntax import NotThis, Pattern, Reader, Term, scanned, sliced, triple_of, where

MOST_GRAPHS = 100


def with_named_graphs(text: str, statistics: Statistics) -> str | None:
    """The same query with a list of all graphs that its variable can stand for; None for queries of other forms.

    >>> with_named_graphs("CONSTRUCT {?s ?p ?o} WHERE {GRAPH ?g {?s ?p ?o}} LIMIT 1", Statistics(graphs={"http://x/g": Statistics()}))
    'CONSTRUCT { ?s ?p ?o } WHERE { VALUES ?g { <http://x/g> } GRAPH ?g { ?s ?p ?o } } LIMIT 1'
    """
    graphs = statistics.graphs
    if "GRAPH" not in text.upper() or not graphs or len(graphs) > MOST_GRAPHS or any(name.startswith("_:") for name in graphs):
        return None
    try:
        return _rewritten(Reader(scanned(text)), sorted(graphs), statistics)
    except NotThis:
        return None


def _rewritten(found: Reader, graphs: list[str], statistics: Statistics) -> str:
    found.read_prologue()
    head = _construct(found) if found.takes("CONSTRUCT") else _select(found)
    pattern = where(found)
    limit, offset = sliced(found)
    found.taken("end")
    modifiers = (f" LIMIT {limit}" if limit is not None else "") + (f" OFFSET {offset}" if offset else "")
    return f"{head} WHERE {{ {_body(pattern, graphs, statistics)} }}{modifiers}"


def _construct(found: Reader) -> str:
    found.needs("{")
    template = triple_of(found)
    found.needs("}")
    if any(term.kind == "blank" for term in template):
        raise NotThis
    return f"CONSTRUCT {{ {_written(template)} }}"


def _select(found: Reader) -> str:
    found.needs("SELECT")
    if found.takes("*"):
        return "SELECT *"
    names = [found.variable()]
    while found.token().kind == "variable":
        names.append(found.variable())
    if len(set(names)) < len(names):
        raise NotThis
    return f"SELECT {' '.join(f'?{name}' for name in names)}"


def _body(pattern: Pattern, graphs: list[str], statistics: Statistics) -> str:
    if pattern.graph is None or pattern.graph.kind != "variable" or pattern.triple is None:
        raise NotThis
    if any(term.kind == "iri" and not _is_used(term.text, statistics) for term in pattern.triple):
        raise NotThis
    graph = f"?{pattern.graph.text}"
    return f"VALUES {graph} {{ {' '.join(f'<{name}>' for name in graphs)} }} GRAPH {graph} {{ {_written(pattern.triple)} }}"


def _is_used(iri: str, statistics: Statistics) -> bool:
    """Whether a predicate or class has this IRI, so that it is well formed."""
    return iri in statistics.predicates or iri in statistics.classes


def _written(triple: tuple[Term, Term, Term]) -> str:
    return " ".join(_term(term) for term in triple)


def _term(term: Term) -> str:
    if term.kind == "blank":
        return term.text if term.text.startswith("_:") else "[]"
    return f"?{term.text}" if term.kind == "variable" else f"<{term.text}>"
