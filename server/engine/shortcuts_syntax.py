"""A strict reader of the few shapes of queries that release statistics can answer; any other text is none of them.

It knows less of SPARQL than there is, on purpose: what it accepts means to Oxigraph exactly what it says here.
"""

import re
from dataclasses import dataclass, field
from typing import NamedTuple

from rdfgen.namespaces import expand

LONGEST = 20_000
MOST_TOKENS = 500
ALL = "*"
_TYPE = expand("rdf:type")
# SPARQL 1.1 Query §19.8, only in ASCII and without escapes. Nothing that is read in vain is read again.
_TOKEN = re.compile(
    r"""
    (?P<space>(?>[ \t\r\n]++|\#[^\r\n]*+)++)
  | (?P<iri><[A-Za-z][A-Za-z0-9+.-]*+:[^\x00-\x20<>"{}|^`\\]*+>)
  | (?P<variable>[?$][A-Za-z0-9_]++)
  | (?P<blank>_:[A-Za-z0-9]++)(?![_.:-])
  | (?P<name>(?:[A-Za-z](?>[A-Za-z0-9_]|-(?=[A-Za-z0-9_:-]))*+)?:
             (?:[A-Za-z0-9_](?>[A-Za-z0-9_]|-(?=[A-Za-z0-9_]))*+)?)(?![A-Za-z0-9_:.%\\-])
  | (?P<word>[A-Za-z]++)(?![0-9_.-])
  | (?P<number>[0-9]{1,9}+)(?![A-Za-z0-9_.:])
  | (?P<anonymous>\[[ \t\r\n]*+\])
  | (?P<sign>[{}().*])
    """,
    re.VERBOSE,
)
_PLAIN_IRI = re.compile(r"https?://[a-z0-9.-]+(?::[0-9]{1,5})?(?:/[A-Za-z0-9._~/!$&'()*+,;=:@-]*)?#?|urn:[a-z0-9]+:[A-Za-z0-9._~/:-]*")


class NotThis(Exception):
    """The query is none of those that are answered here."""


class Term(NamedTuple):
    """A place in a pattern: `kind` is variable, blank or iri."""

    kind: str
    text: str


class Count(NamedTuple):
    """`(COUNT([DISTINCT] argument) AS ?alias)`."""

    argument: str
    is_distinct: bool
    alias: str


@dataclass(frozen=True, slots=True)
class Pattern:
    """A triple pattern, or with `triple` None an empty group, perhaps within GRAPH."""

    triple: tuple[Term, Term, Term] | None
    graph: Term | None

    @property
    def variables(self) -> list[str]:
        """The names of its variables, one of a repeated one for each place, blank nodes with their `_:`."""
        terms = [*(self.triple or ()), *([self.graph] if self.graph else [])]
        return [term.text for term in terms if term.kind != "iri"]


@dataclass(frozen=True, slots=True)
class Shape:
    """A query of one pattern; `group` is None without GROUP BY. An ASK query has no columns."""

    pattern: Pattern
    columns: tuple[str | Count, ...] = ()
    is_distinct: bool = False
    group: tuple[str, ...] | None = None
    order: tuple[tuple[str, str], ...] = ()
    limit: int | None = None
    offset: int = 0


def shape(text: str) -> Shape:
    """What the query asks for; raises NotThis for one that is not asked in any of the ways that are understood here.

    >>> shape("PREFIX ex: <http://x/> ASK { ?s ex:p [] }").pattern.triple[1]
    Term(kind='iri', text='http://x/p')
    >>> shape("SELECT DISTINCT ?g WHERE { GRAPH ?g {} } LIMIT 10").limit
    10
    """
    found = Reader(scanned(text))
    found.read_prologue()
    return _ask(found) if found.takes("ASK") else _select(found)


def scanned(text: str) -> list[Term]:
    """The tokens of the text, without white space and comments; NotThis where there is anything else."""
    if len(text) > LONGEST:
        raise NotThis
    found: list[Term] = []
    position = 0
    while position < len(text):
        match = _TOKEN.match(text, position)
        if match is None or match.lastgroup is None or len(found) > MOST_TOKENS:
            raise NotThis
        if match.lastgroup != "space":
            found.append(Term(match.lastgroup, match[0]))
        position = match.end()
    return found


@dataclass(slots=True)
class Reader:
    """Reads tokens from the first to the last; what is asked for and is not there raises NotThis."""

    tokens: list[Term]
    position: int = 0
    prefixes: dict[str, str] = field(default_factory=dict)
    blanks: int = 0

    def token(self) -> Term:
        """The next token, not yet taken."""
        return self.tokens[self.position] if self.position < len(self.tokens) else Term("end", "")

    def takes(self, text: str) -> bool:
        """Whether the next token is this keyword or sign; if so, it is taken."""
        token = self.token()
        found = token.kind in ("word", "sign") and token.text.upper() == text
        self.position += found
        return found

    def needs(self, *texts: str) -> None:
        """Take these keywords or signs."""
        for text in texts:
            if not self.takes(text):
                raise NotThis

    def taken(self, kind: str) -> str:
        """Take the next token, which must be of this kind."""
        token = self.token()
        if token.kind != kind:
            raise NotThis
        self.position += 1
        return token.text

    def variable(self) -> str:
        """Take a variable; returns its name."""
        return self.taken("variable")[1:]

    def read_prologue(self) -> None:
        """Take the declarations of prefixes; a base is not understood."""
        while self.takes("PREFIX"):
            prefix, _, local = self.taken("name").partition(":")
            iri = self.taken("iri")[1:-1]
            if local or not _PLAIN_IRI.fullmatch(iri):
                raise NotThis
            self.prefixes[prefix] = iri

    def term(self) -> Term:
        """Take a variable, an IRI or a blank node."""
        if self.token().kind == "anonymous":
            self.position += 1
            self.blanks += 1
            return Term("blank", f"[{self.blanks}]")
        if self.token().kind == "name":
            prefix, _, local = self.taken("name").partition(":")
            if prefix not in self.prefixes:
                raise NotThis
            return Term("iri", self.prefixes[prefix] + local)
        kind = self.token().kind
        if kind not in ("variable", "blank", "iri"):
            raise NotThis
        text = self.taken(kind)
        return Term(kind, text[1:-1] if kind == "iri" else text.lstrip("?$"))

    def predicate(self) -> Term:
        """Take a variable or an IRI, or `a`."""
        if self.token() == Term("word", "a"):
            self.position += 1
            return Term("iri", _TYPE)
        found = self.term()
        if found.kind == "blank":
            raise NotThis
        return found


def _ask(found: Reader) -> Shape:
    shape = Shape(where(found))
    found.taken("end")
    return shape


def _select(found: Reader) -> Shape:
    found.needs("SELECT")
    is_distinct = found.takes("DISTINCT")
    columns = tuple(_columns(found))
    pattern = where(found)
    group = _group(found) if found.takes("GROUP") else None
    order = _order(found) if found.takes("ORDER") else ()
    limit, offset = sliced(found)
    found.taken("end")
    return Shape(pattern, columns, is_distinct, group, order, limit, offset)


def _columns(found: Reader) -> list[str | Count]:
    columns: list[str | Count] = []
    while found.token().kind == "variable" or found.token().text == "(":
        columns.append(_count(found) if found.takes("(") else found.variable())
    if not columns:
        raise NotThis
    return columns


def _count(found: Reader) -> Count:
    found.needs("COUNT", "(")
    is_distinct = found.takes("DISTINCT")
    argument = ALL if found.takes("*") else found.variable()
    found.needs(")", "AS")
    alias = found.variable()
    found.needs(")")
    return Count(argument, is_distinct, alias)


def where(found: Reader) -> Pattern:
    """Take the WHERE clause, which must be one pattern."""
    found.takes("WHERE")
    found.needs("{")
    graph = None
    if found.takes("GRAPH"):
        graph = found.term()
        found.needs("{")
    triple = None if graph is not None and found.token().text == "}" else triple_of(found)
    if graph is not None:
        found.needs("}")
        found.takes(".")
    found.needs("}")
    if graph is not None and graph.kind == "blank":
        raise NotThis
    return Pattern(triple, graph)


def triple_of(found: Reader) -> tuple[Term, Term, Term]:
    """Take a triple pattern."""
    triple = found.term(), found.predicate(), found.term()
    found.takes(".")
    return triple


def _group(found: Reader) -> tuple[str, ...]:
    found.needs("BY")
    names = [found.variable()]
    while found.token().kind == "variable":
        names.append(found.variable())
    return tuple(names)


def _order(found: Reader) -> tuple[tuple[str, str], ...]:
    """The conditions: a direction, ASC if none is said, and a variable."""
    found.needs("BY")
    conditions: list[tuple[str, str]] = []
    while found.token().kind == "variable" or found.token().text.upper() in ("ASC", "DESC"):
        if found.token().kind == "variable":
            conditions.append(("ASC", found.variable()))
            continue
        direction = found.taken("word").upper()
        found.needs("(")
        conditions.append((direction, found.variable()))
        found.needs(")")
    if not conditions:
        raise NotThis
    return tuple(conditions)


def sliced(found: Reader) -> tuple[int | None, int]:
    """Take LIMIT and OFFSET, in any order, each at most once."""
    given: dict[str, int] = {}
    while (word := found.token().text.upper()) in ("LIMIT", "OFFSET") and word not in given:
        found.needs(word)
        given[word] = int(found.taken("number"))
    return given.get("LIMIT"), given.get("OFFSET", 0)
