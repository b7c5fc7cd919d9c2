"""How strings and numbers of a query are written in a release, if in another way."""

from collections.abc import Iterator
from itertools import product

from pyoxigraph import Literal, NamedNode

from rdfgen.namespaces import expand
from rdfgen.spellings import canonical
from rdfgen.vocabularies import VOCABULARIES
from server.engine.iris_in_query import Text
from server.lookups import holds
from server.published import Release

_LONGEST = 200
_STRING = expand("xsd:string")
# What a text may also be written as: those with a digit, and numbers without quotes.
_TYPES_OF_NUMBERS = tuple(expand(f"xsd:{name}") for name in ("integer", "decimal", "double", "gYear", "gYearMonth", "date", "anyURI"))
_TYPES_OF_TEXTS = (expand("xsd:anyURI"), expand("xsd:boolean"))
_EXACT_MATCH = expand("skos:exactMatch")


def is_held(text: Text, release: Release) -> bool:
    """Whether the release has the text where the query looks for it, as the query writes it."""
    written = _literal(text)
    return written is not None and _is_there(written, text, release)


def other_literal(text: Text, release: Release) -> str | None:
    """The literal that the release has where a query looks for one that is not there: of another type, language tag, case or form."""
    if not text.is_whole or not text.use.predicates or len(text.value) > _LONGEST:
        return None
    written = _literal(text)
    if written is None:
        return None
    others = (other for other in _variants(text) if other != written)
    found = next((other for other in others if _is_there(other, text, release)), None) or _identifier(text, release)
    return str(found) if found is not None else None


def _identifier(text: Text, release: Release) -> Literal | None:
    """The identifier with its vocabulary's name before it, if only one vocabulary has it here."""
    named = (Literal(start + text.value) for start in ("PMC", *(f"{prefix}:" for prefix in VOCABULARIES)))
    found = [literal for literal in named if _is_there(literal, text, release)]
    return found[0] if len(found) == 1 else None


def other_prefix(text: Text) -> tuple[str, str] | None:
    """The vocabulary whose IRIs begin with that text in another graph, and how they begin here."""
    if text.use.predicates is None or _EXACT_MATCH in text.use.predicates or len(text.value) > _LONGEST:
        return None
    value = text.value.removeprefix("^")
    begin = _smooth(value)
    rows = (row for row in VOCABULARIES.values() if not value.startswith(row.iri_prefix))
    return next(((row.prefix, row.iri_prefix) for row in rows if any(_smooth(alias.iri_prefix) == begin for alias in row.aliases)), None)


def _smooth(prefix: str) -> str:
    return prefix.replace("https://", "http://", 1).rstrip("/:").lower()


def _is_there(literal: Literal, text: Text, release: Release) -> bool:
    return any(holds(release, None, predicate, literal) for predicate in text.use.predicates or ())


def _literal(text: Text) -> Literal | None:
    """The literal that the query means; None if there is no such literal."""
    try:
        if text.language:
            return Literal(text.value, language=text.language)
        return Literal(text.value, datatype=NamedNode(text.datatype or _STRING))
    except ValueError:
        return None


def _variants(text: Text) -> Iterator[Literal]:
    """The likely ways to write the same."""
    if not text.language and text.datatype is not None and text.datatype != _STRING:
        types: tuple[str, ...] = (_STRING, *_TYPES_OF_NUMBERS[3:])
        forms: tuple[str, ...] = (text.value,)
    else:
        types = _TYPES_OF_NUMBERS if any(letter.isdigit() for letter in text.value) else _TYPES_OF_TEXTS
        forms = tuple(dict.fromkeys(form(text.value.strip()) for form in (str, str.lower, str.capitalize, str.title, str.upper)))
    spelled = canonical(text.value)
    if spelled is not None:
        yield from (Literal(spelled.reference.identifier), Literal(f"{spelled.reference.prefix}:{spelled.reference.identifier}"))
    for form in forms:
        yield Literal(form)
        yield Literal(form, language="en")
    yield from (Literal(form, datatype=NamedNode(name)) for form, name in product(forms[:1], types))
