"""The IRIs and texts that a query names, prefixed names among them, what they are used as, and rewriting IRIs by tokens."""

import re
from collections.abc import Callable, Iterable, Iterator
from enum import Enum
from itertools import islice
from typing import NamedTuple

from rdfgen.namespaces import expand
from server.engine.patterns import MOST_VARIABLES, Place, Spot, Verb, placed
from server.engine.resolution import Prologue, decoded, iri_of, prologue_of, scanned
from server.engine.tokens import Kind, Token


class Role(Enum):
    """What a term is used as; ASIDE is what nothing is matched with: in a template, as a function or datatype."""

    PREDICATE = "predicate"
    CLASS = "class"
    NODE = "node"
    GRAPH = "graph"
    ASIDE = "aside"


class Use(NamedTuple):
    """What a term may be in the triples that are looked for: an object of these predicates (None: of any), and a subject."""

    predicates: tuple[str, ...] | None = ()
    is_subject: bool = False


class Named(NamedTuple):
    """An IRI in a query: where it stands, its role, its use, and the single predicates that it is the subject of."""

    start: int
    end: int
    iri: str
    role: Role
    use: Use
    leads: tuple[str, ...] = ()


class Text(NamedTuple):
    """A string or number in a query as it is written there, its text, language and datatype, its use, whether that is by the whole
    term, and whether an IRI is made of it.
    """

    written: str
    value: str
    language: str
    datatype: str | None
    use: Use
    is_whole: bool
    is_iri: bool


class Reading(NamedTuple):
    """What a query names, in its order, of texts the first _MOST_TEXTS, and whether it asks named graphs by a variable."""

    iris: list[Named]
    texts: list[Text]
    asks_graphs: bool


class _Values(NamedTuple):
    """What the patterns say of a variable: where its values stand, and whether one of those places is that of a predicate."""

    use: Use
    is_predicate: bool


_TYPE, _SUBCLASS = expand("rdf:type"), expand("rdfs:subClassOf")
_CLASS_STEPS = frozenset({_TYPE, _SUBCLASS})
_LONGEST_TEXT = 500
_MOST_TEXTS = 500
_CHARACTER, _CHARACTERS = re.compile(r"\\(.)", re.DOTALL), {"t": "\t", "n": "\n", "r": "\r", "b": "\b", "f": "\f"}
_DATATYPE = 3  # the tokens of one: two carets and its name
_INTEGER = expand("xsd:integer")
# More predicates than these that a term may be the object of are as good as any.
_MOST_PREDICATES = 8
_SUBJECT = Use((), True)
_ANYWHERE = Use(None, True)
_NOTHING = _Values(Use(), False)
_ROLES = {Spot.STEP: Role.PREDICATE, Spot.GRAPH: Role.GRAPH, Spot.ASIDE: Role.ASIDE}


def is_longer(text: str, most: int) -> bool:
    """Whether a query has more tokens than that; it is not read any further."""
    return next(islice(scanned(text), most, None), None) is not None


def reading(text: str) -> Reading:
    """What a query names, without what PREFIX, BASE and SERVICE name."""
    found, places, prologue = _placed(text)
    variables = _variables(found, places)
    iris, texts, asks_graphs = list[Named](), list[Text](), False
    for number, (token, place) in enumerate(zip(found, places, strict=True)):
        if place is None or place.spot is Spot.FOREIGN:
            continue
        if token.kind in (Kind.STRING, Kind.WORD):
            if len(texts) < _MOST_TEXTS:
                texts += _texts(found[number - 2 * (number > 1) : number + 4], token, place, prologue, variables)
        elif token.kind is Kind.VARIABLE:
            asks_graphs |= place.spot is Spot.GRAPH
        elif (iri := iri_of(token, prologue)) is not None:
            iris.append(Named(token.start, token.start + len(token.text), iri, *_used(place, variables), _leads(place)))
    return Reading(iris, texts, asks_graphs)


def named_iris(text: str) -> Iterator[Named]:
    """The IRIs of a query in its order, without those of PREFIX, BASE, FROM, GRAPH and SERVICE.

    >>> [found.iri for found in named_iris("PREFIX ex: <http://x/> ASK { ?s a ex:T ; <http://y/p> 'http://z/' } # <http://z/>")]
    ['http://x/T', 'http://y/p']
    """
    return (found for found in reading(text).iris if found.role is not Role.GRAPH)


def rewritten(text: str, replacement: Callable[[Named], str | None]) -> tuple[str, dict[str, str]]:
    """The query with IRIs replaced where there is a replacement, and what was replaced by what, in the query's order.

    >>> rewritten("ASK { <a:1> ?p '<a:1>' }", lambda found: "b:1")
    ("ASK { <b:1> ?p '<a:1>' }", {'a:1': 'b:1'})
    """
    pieces: list[str] = []
    changes: dict[str, str] = {}
    position = 0
    for found in named_iris(text):
        new = replacement(found)
        if new is not None:
            pieces += [text[position : found.start], f"<{new}>"]
            position = found.end
            changes[found.iri] = new
    return "".join([*pieces, text[position:]]), changes


def _placed(text: str) -> tuple[list[Token], list[Place | None], Prologue]:
    """The tokens behind the prologue, where they stand, and the prologue."""
    every = list(scanned(text))
    prologue = prologue_of(every)
    found = [token for number, token in enumerate(every) if number not in prologue.declared]
    return found, placed(found, lambda token: iri_of(token, prologue)), prologue


def _variables(found: list[Token], places: Iterable[Place | None]) -> dict[str, _Values]:
    """What the patterns say of each variable."""
    said: dict[str, _Values] = {}
    for token, place in zip(found, places, strict=True):
        if token.kind is Kind.VARIABLE and place is not None and place.spot in (Spot.SUBJECT, Spot.OBJECT, Spot.STEP):
            values = said.get(token.text[1:], _NOTHING)
            use = _merged((values.use, _pattern_use(place)))
            said[token.text[1:]] = _Values(use, values.is_predicate or place.spot is Spot.STEP)
    return said


def _used(place: Place, variables: dict[str, _Values]) -> tuple[Role, Use]:
    """The role and the use of what stands in that place."""
    if place.spot in _ROLES:
        return _ROLES[place.spot], Use()
    if place.spot in (Spot.CELL, Spot.EXPRESSION):
        if len(place.variables) >= MOST_VARIABLES:
            return Role.NODE, _ANYWHERE
        values = [variables[name] for name in dict.fromkeys(place.variables) if name in variables]
        if place.spot is Spot.CELL and any(value.is_predicate for value in values):
            return Role.PREDICATE, Use()
        use = _merged(value.use for value in values) if values else _SUBJECT
        return (_role(use) if place.spot is Spot.CELL else Role.NODE), use
    use = _pattern_use(place)
    return _role(use), use


def _leads(place: Place) -> tuple[str, ...]:
    """The first predicates of a subject that stand alone, without a path."""
    if place.spot is not Spot.SUBJECT:
        return ()
    single = (verb.steps[0] for verb in place.verbs if len(verb.steps) == 1 and not (verb.is_open or verb.has_inverse))
    return tuple(islice(single, _MOST_PREDICATES))


def _role(use: Use) -> Role:
    """Objects of `a`, and of a path of it and rdfs:subClassOf, are classes."""
    is_class = not use.is_subject and use.predicates is not None and _TYPE in use.predicates and _CLASS_STEPS.issuperset(use.predicates)
    return Role.CLASS if is_class else Role.NODE


def _pattern_use(place: Place) -> Use:
    if place.spot is Spot.OBJECT:
        return _merged(_end(verb) for verb in place.verbs)
    if place.spot is Spot.SUBJECT:
        inverse = (Use(_end(verb).predicates) for verb in place.verbs if verb.has_inverse)
        return _merged((_SUBJECT, *inverse))
    return Use() if place.spot is Spot.STEP else _SUBJECT


def _end(verb: Verb) -> Use:
    """The use of what stands behind a verb: of a path any step may be the last one."""
    many = verb.is_open or len(verb.steps) > _MOST_PREDICATES
    return Use(None if many else tuple(dict.fromkeys(verb.steps)), verb.has_inverse)


def _merged(uses: Iterable[Use]) -> Use:
    """Either of these uses."""
    predicates: dict[str, None] | None = {}
    is_subject = False
    for use in uses:
        is_subject |= use.is_subject
        if predicates is not None:
            predicates = None if use.predicates is None else predicates | dict.fromkeys(use.predicates)
        if predicates is not None and len(predicates) > _MOST_PREDICATES:
            predicates = None
        if predicates is None and is_subject:
            return _ANYWHERE
    return Use(None if predicates is None else tuple(predicates), is_subject)


def _texts(around: list[Token], token: Token, place: Place, prologue: Prologue, variables: dict[str, _Values]) -> Iterator[Text]:
    """The string or number at that place; a language tag or datatype behind it belongs to it."""
    if place.spot is Spot.ASIDE or len(token.text) > _LONGEST_TEXT:
        return
    number = around.index(token)
    if number and around[number - 1].text in ("-", "+"):
        return  # a number with a sign is no identifier
    behind = around[number + 1 :]
    tag = behind[0].text[1:] if behind and behind[0].text.startswith("@") else ""
    typed = len(behind) == _DATATYPE and behind[0].text == behind[1].text == "^"
    datatype = iri_of(behind[2], prologue) if typed else _INTEGER if token.text.isdigit() else None
    written = token.text + (f"@{tag}" if tag else f"^^{behind[2].text}" if typed else "")
    free = place.spot in (Spot.CELL, Spot.EXPRESSION) and not any(name in variables for name in place.variables)
    use = Use() if free else _used(place, variables)[1]
    is_iri = [part.text.upper() for part in around[:number]][-2:] in (["IRI", "("], ["URI", "("])
    yield Text(written, _unquoted(token), tag, datatype, use, place.spot in (Spot.OBJECT, Spot.CELL), is_iri)


def _unquoted(token: Token) -> str:
    """The text of a string without quotes and escapes, that of a number as it is."""
    if token.kind is not Kind.STRING:
        return token.text
    quotes = 3 if token.text[:3] in ('"""', "'''") else 1
    return _CHARACTER.sub(lambda match: _CHARACTERS.get(match[1], match[1]), decoded(token.text[quotes:-quotes]))
