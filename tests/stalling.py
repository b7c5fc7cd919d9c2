"""Queries that stall pyoxigraph or crash it, as large as you like."""

from collections.abc import Callable

from server.config import Config
from server.engine.gate import check
from server.engine.query import BadQuery


def repeated(piece: str, number: int, separator: str = "") -> str:
    """A piece again and again, # in it being its number."""
    return separator.join(piece.replace("#", str(index)) for index in range(number))


def group(piece: str, separator: str = "") -> Callable[[int], str]:
    return lambda number: "SELECT * { " + repeated(piece, number, separator) + " }"


def wrapped(head: str, piece: str, separator: str = "", tail: str = " }") -> Callable[[int], str]:
    return lambda number: "PREFIX : <http://x/> SELECT * { ?s :p ?o " + head + repeated(piece, number, separator) + tail


# By name the limit that is meant for it, `max_query_…`, and the query with so many of it.
STALLING: dict[str, tuple[str, Callable[[int], str]]] = {
    "a star": ("patterns", group("?s <a:p#> ?o# .")),
    "a star of semicolons": ("patterns", wrapped("; ", ":p# ?v#", ";")),
    "a star of commas": ("patterns", wrapped(", ", "?v#", ",")),
    "a chain": ("patterns", group("?v# <a:p> ?w#", ".")),
    "groups": ("patterns", group("{ ?s <a:p#> ?o# }")),
    "graphs": ("patterns", group("GRAPH ?g { ?s <a:p#> ?o# }")),
    "blank nodes": ("patterns", wrapped(". ?s :p ", "[ :q# ?x ]", ",")),
    "a list": ("patterns", wrapped(". ?s :p (", "?v# ", "", ") }")),
    "options": ("patterns", wrapped("", "OPTIONAL { ?s :p# ?o# }")),
    "unions that are joined": ("patterns", wrapped("", "{ ?s :p ?v# } UNION { ?s :q ?v# }")),
    "subselects": ("patterns", wrapped("", "{ SELECT ?v# { ?s :p ?v# } }")),
    "tables": ("patterns", group("VALUES (?s ?v#) { (1 2) }")),
    "annotations": ("patterns", wrapped("{| ", ":q# ?x#", ";", "|} }")),
    "reifiers": ("patterns", wrapped("", "~ ?r#")),
    "a pattern hidden in what looks like an IRI": ("patterns", wrapped("FILTER(?s<?o)", "?s?p?o.", "", "#>\n}")),
    "unions": ("branches", group("{}", "UNION")),
    "alternatives": ("branches", wrapped("FILTER(", "?o=#", "||", ") }")),
    "conditions": ("branches", wrapped("FILTER(", "?o!=#", "&&", ") }")),
    "conditions in what looks like an IRI": ("branches", wrapped("FILTER(?s<1&&", "?o", "&&", ">1) }")),
    "sums": ("branches", wrapped("FILTER(", "1", "+", ") }")),
    "signed sums": ("branches", wrapped("FILTER(1", "+1", "", ") }")),
    "quotients": ("branches", wrapped("FILTER(", "1", "/", ") }")),
    "negations": ("branches", wrapped("FILTER(", "!", "", "?o) }")),
    "filters": ("branches", group("FILTER(?o)")),
    "bindings": ("branches", group("BIND(1 AS ?v#)")),
    "columns": ("branches", lambda number: "SELECT " + repeated("(1 AS ?v#)", number) + "{}"),
    "groups that are kept": ("branches", lambda number: "SELECT (COUNT(*) AS ?n) {} HAVING " + repeated("(1)", number)),
    "described": ("branches", lambda number: "DESCRIBE " + repeated("<a:a#>", number)),
    "paths": ("branches", wrapped("; ", ":p", "|", " ?o }")),
    "lists copied into branches": (
        "branches",
        lambda number: "SELECT * { " + repeated("{ ?s ?p ?o }", 60, "UNION") + "FILTER(?o IN (" + repeated("1", number * 20, ",") + ")) }",
    ),
    "steps": ("path", wrapped("; (", ":p", "/", ")* ?o }")),
    "nested steps": ("path", lambda number: "SELECT * { ?a ?b ?s . ?s " + "(<a:q>/" * number + "<a:p>" + "|<a:r>)" * number + " ?o }"),
    "variables": ("variables", lambda number: "SELECT " + repeated("?v#", number) + "{}"),
    "columns of a table": ("variables", lambda number: "SELECT * { VALUES (" + repeated("?v#", number) + ") {} }"),
    "brackets": ("depth", lambda number: "ASK { FILTER(" + "(" * number + "1" + ")" * number + ") }"),
    "subselects in subselects": ("depth", lambda number: "SELECT * { " + "{ SELECT * { " * number + "} }" * number + " }"),
    "functions": ("depth", lambda number: "ASK { FILTER(" + "STR(" * number + "1" + ")" * number + ") }"),
}


def largest(query: Callable[[int], str]) -> int:
    """How many of it the gate lets in."""
    low, high = 1, 2_000
    while high - low > 1:
        middle = (low + high) // 2
        try:
            check(query(middle), Config())
            low = middle
        except BadQuery:
            high = middle
    return low
