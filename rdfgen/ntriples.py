"""RDF terms as N-Triples text (RDF 1.1 N-Triples §2): the form in which triples travel from the generator to files.

Text is used instead of term objects because it is about twice as fast; `benchmarks/convert.py` measures it.
"""

import re
from collections.abc import Iterable, Iterator

from rdfgen.namespaces import PREFIXES, expand

Triple = tuple[str, str, str]

# Everything that canonical N-Triples escapes, and lone surrogates, which are no characters and cannot be encoded.
_ESCAPED = re.compile('[\x00-\x1f"\\\\\x7f\ud800-\udfff]')
_ESCAPES = {
    "\t": "\\t",
    "\b": "\\b",
    "\n": "\\n",
    "\r": "\\r",
    "\f": "\\f",
    '"': '\\"',
    "\\": "\\\\",
}
_XSD = PREFIXES["xsd"]
_DECIMAL = re.compile(r"(?P<sign>[+-]?)(?P<whole>\d{1,18})(?:\.(?P<part>\d{1,18}))?", re.ASCII)


def iri(value: str) -> str:
    """The term for an IRI, which must be valid already: `rdfgen.iris` builds no other.

    >>> iri("http://example.org/")
    '<http://example.org/>'
    """
    return f"<{value}>"


def term(name: str) -> str:
    """The term for a prefixed name of `rdfgen.namespaces.PREFIXES`.

    >>> term("dcterms:title")
    '<http://purl.org/dc/terms/title>'
    """
    return iri(expand(name))


def literal(text: str) -> str:
    r"""The term for a plain string; a lone surrogate becomes U+FFFD.

    >>> print(literal('a "b"' + chr(10)))
    "a \"b\"\n"
    """
    if _ESCAPED.search(text) is None:
        return f'"{text}"'
    return f'"{_ESCAPED.sub(_escape, text)}"'


def integer(value: int) -> str:
    """The term for a whole number.

    >>> integer(9)
    '"9"^^<http://www.w3.org/2001/XMLSchema#integer>'
    """
    return f'"{value}"^^<{_XSD}integer>'


def count(value: int) -> str:
    """The term for a whole number that is not negative, where a vocabulary asks for that datatype.

    >>> count(9)
    '"9"^^<http://www.w3.org/2001/XMLSchema#nonNegativeInteger>'
    """
    return f'"{value}"^^<{_XSD}nonNegativeInteger>'


def boolean(value: bool) -> str:
    """The term for true or false.

    >>> boolean(True)
    '"true"^^<http://www.w3.org/2001/XMLSchema#boolean>'
    """
    return f'"{"true" if value else "false"}"^^<{_XSD}boolean>'


def number(text: str) -> str:
    """The term for a number as printed: a decimal in its shortest form, so that equal numbers are equal terms, where the
    text is one of at most 18 digits on either side of the point, else a plain string.

    >>> number("0.90"), number("9.1e-05")
    ('"0.9"^^<http://www.w3.org/2001/XMLSchema#decimal>', '"9.1e-05"')
    """
    match = _DECIMAL.fullmatch(text)
    if match is None:
        return literal(text)
    whole, part = match["whole"].lstrip("0") or "0", (match["part"] or "").rstrip("0")
    value = f"{whole}.{part}" if part else whole
    return f'"{"-" if match["sign"] == "-" and value != "0" else ""}{value}"^^<{_XSD}decimal>'


def date(value: str) -> str:
    """The term for an ISO 8601 date of whatever precision it has.

    >>> date("2026-02")
    '"2026-02"^^<http://www.w3.org/2001/XMLSchema#gYearMonth>'
    """
    datatype = {4: "gYear", 7: "gYearMonth", 10: "date"}[len(value)]
    return f'"{value}"^^<{_XSD}{datatype}>'


def lines(triples: Iterable[Triple]) -> Iterator[str]:
    """One N-Triples line a triple, with its line end."""
    return (f"{s} {p} {o} .\n" for s, p, o in triples)


def _escape(match: re.Match[str]) -> str:
    char = match[0]
    if "\ud800" <= char <= "\udfff":
        return "\ufffd"
    return _ESCAPES.get(char) or f"\\u{ord(char):04X}"
