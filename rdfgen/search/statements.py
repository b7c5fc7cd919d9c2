"""Reading N-Triples back, as far as the search index needs them: our own files, one triple a line."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby

_ESCAPE = re.compile(r"\\(?:u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8})|(.))", re.DOTALL)
_PLAIN_ESCAPES = {"t": "\t", "b": "\b", "n": "\n", "r": "\r", "f": "\f"}


@dataclass(frozen=True, slots=True)
class Subject:
    """One subject with what is said about it: predicates and objects as they stand in the file."""

    iri: str
    said: tuple[tuple[str, str], ...]

    def texts(self, predicate: str) -> list[str]:
        """The literals of a property, given as an N-Triples term, each once and in order."""
        return sorted({text(value) for name, value in self.said if name == predicate and value.startswith('"')})

    def iris(self, predicate: str) -> list[str]:
        """The IRIs of a property, each once and in order."""
        return sorted({value[1:-1] for name, value in self.said if name == predicate and value.startswith("<")})


def subjects(lines: Iterable[bytes]) -> Iterator[Subject]:
    r"""The subjects of N-Triples lines; the triples of one stand together.

    >>> [found.texts("<p>") for found in subjects([b'<a> <p> "1" .\n', b'<a> <p> "2"@en .\n', b'<b> <p> <c> .\n'])]
    [['1', '2'], []]
    """
    rows = (line.decode("utf-8").rstrip()[:-2].split(" ", 2) for line in lines)
    for subject, said in groupby(rows, key=lambda row: row[0]):
        yield Subject(subject[1:-1], tuple((row[1], row[2]) for row in said))


def text(literal: str) -> str:
    r"""The text of a literal.

    >>> text('"a \\"b\\" \\u00E9\\n"@en')
    'a "b" é\n'
    """
    content = literal[1 : literal.rindex('"')]
    return _ESCAPE.sub(_unescaped, content) if "\\" in content else content


def _unescaped(match: re.Match[str]) -> str:
    code = match[1] or match[2]
    return chr(int(code, 16)) if code else _PLAIN_ESCAPES.get(match[3], match[3])
