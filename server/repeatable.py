"""Which answers are the same when they are asked for again, and the entity tags (RFC 9110 §8.8.3) that say so."""

import re
from functools import cache
from hashlib import sha256
from importlib.resources import files
from pathlib import Path

import pyoxigraph
from werkzeug.datastructures import ETags

from rdfgen import __version__
from server.engine.tokens import Kind, keyword, tokens

# Functions whose value is new each time, and what other endpoints say. With or without a name around them: Oxigraph
# reads `1NOW()` as two words.
_NEW_EACH_TIME = re.compile("NOW|RAND|UUID|BNODE|SERVICE", re.IGNORECASE)
_TEMPLATE = re.compile("CONSTRUCT", re.IGNORECASE)
_BLANK = re.compile(r"_:|\[")
_ESCAPE = re.compile(r"\\u", re.IGNORECASE)


def is_repeatable(text: str) -> bool:
    r"""Whether a query has the same answer, byte for byte, as long as the release is the same.

    >>> is_repeatable("SELECT ?now { ?s <http://x/now> 'NOW()' }"), is_repeatable("SELECT (now() AS ?now) {}")
    (True, False)

    Blank nodes of a template get new labels each time; words may be hidden in escapes.

    >>> is_repeatable("CONSTRUCT { [] ?p ?o } WHERE { ?s ?p ?o }"), is_repeatable(r"SELECT (\u004eOW() AS ?n) {}")
    (False, False)
    """
    if _ESCAPE.search(text):
        return False
    may_construct = _TEMPLATE.search(text) is not None and _BLANK.search(text) is not None
    found = list(tokens(text)) if may_construct or _NEW_EACH_TIME.search(text) else []
    if may_construct and keyword(found) == "CONSTRUCT":
        return False
    return not any(token.kind is Kind.WORD and _NEW_EACH_TIME.search(token.text) for token in found)


def entity_tag(*parts: object) -> str:
    """The tag of an answer that depends on these things and on this software.

    >>> entity_tag("release 1", "ASK {}") == entity_tag("release 1", "ASK {}") != entity_tag("release 2", "ASK {}")
    True
    """
    return sha256(repr((software(), *parts)).encode("utf-8", "surrogatepass")).hexdigest()[:32]


@cache
def software() -> str:
    """A digest of what the form of an answer depends on besides the release: the code and templates of the server, and Oxigraph."""
    root = Path(str(files("server")))
    paths = sorted(path for path in root.rglob("*") if path.suffix in (".py", ".html"))
    content = b"".join(sha256(path.read_bytes()).digest() for path in paths)
    return sha256(f"{__version__} {pyoxigraph.__version__} ".encode() + content).hexdigest()


def matching(sent: ETags, tag: str) -> str | None:
    """That of the tags which a client sent that stands for the same answer, perhaps renamed by a proxy that encodes it; else None.

    >>> from werkzeug.http import parse_etags
    >>> matching(parse_etags('"a", "b-gzip"'), "b"), matching(parse_etags('W/"b"'), "b"), matching(parse_etags('"c"'), "b")
    ('b-gzip', 'b', None)
    """
    found = sorted(sent.as_set(include_weak=True))
    return next((one for one in found if one.partition("-")[0] == tag), None) if tag else None
