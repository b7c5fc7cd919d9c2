"""From the notations that sources use to References: "MESH:D003866", "NCBI Gene 213", "rs0123", "CVCL:0030"."""

import re
import unicodedata
from functools import lru_cache
from itertools import islice
from urllib.parse import unquote

from rdfgen.model import Reference
from rdfgen.vocabularies import VOCABULARIES, Vocabulary

_SHORT = 100
_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u2064\ufeff]")
_SEPARATOR = re.compile(r"[\s:#_]+")
_DOI_LABEL = re.compile(r"^(?:doi\s?[:\s]\s*|info:doi/|urn:doi:)", re.IGNORECASE)
_LINK = re.compile(r"<([^<>]*)>|\[([^\[\]]*)\]\([^()]*\)")
_QUERY = re.compile("[?#]")
_DOI_RESOLVER = re.compile(r"(?:https?://)?(?:(?:dx\.|www\.)?doi\.org|hdl\.handle\.net)/", re.IGNORECASE)


def _prefix_key(text: str) -> str:
    return re.sub(r"[\s._-]+", "", text).casefold()


# Only mappings lead to the others, so that no paper is taken to name their records.
_IN_SOURCES = [row for row in VOCABULARIES.values() if not row.is_mapped]
_BY_PREFIX: dict[str, Vocabulary] = {_prefix_key(name): row for row in _IN_SOURCES for name in (row.prefix, *row.synonyms)}
# The usual spellings, which need no folding.
_BY_SPELLING: dict[str, Vocabulary] = {name: row for row in _IN_SOURCES for name in (row.prefix, *row.synonyms)}
_FIRST_WORDS = sorted({re.split(r"\W", name)[0] for name in _BY_SPELLING})
_PREFIX_START = re.compile(rf"\s*(?:{'|'.join(_FIRST_WORDS)})", re.IGNORECASE)
_BARE = tuple((re.compile(row.bare, re.ASCII | re.IGNORECASE), row) for row in VOCABULARIES.values() if row.bare is not None)


def plain(text: str) -> str:
    r"""The text as identifiers are compared: compatibility forms folded, invisible characters dropped, trimmed.

    >>> plain("\u200bMESH\uff1aD003866\u00a0")
    'MESH:D003866'
    """
    if not text.isascii():
        text = _INVISIBLE.sub("", unicodedata.normalize("NFKC", text))
    return text.strip()


def split_prefix(text: str) -> tuple[Vocabulary, str] | None:
    """The vocabulary that the longest known prefix of the text names, and what follows the prefix.

    >>> row, rest = split_prefix("pubchem cid : 23994")
    >>> row.prefix, rest
    ('PUBCHEM.COMPOUND', '23994')
    """
    if text.isalnum():
        return None
    for head, _, rest in (text.partition(":"), text.rpartition(" ")):
        if head in _BY_SPELLING and rest.isalnum():
            return _BY_SPELLING[head], rest
    for gap in reversed(list(islice(_SEPARATOR.finditer(text[:80]), 6))):
        row = _BY_PREFIX.get(_prefix_key(text[: gap.start()]))
        if row is not None:
            return row, text[gap.end() :]
    return None


def may_have_prefix(text: str) -> bool:
    """False only where no vocabulary's prefix can start the text: a quick look that saves a long one.

    >>> may_have_prefix("epsilon 2"), may_have_prefix("mesh:D003866")
    (False, True)
    """
    return not text.isascii() or _PREFIX_START.match(text) is not None


def bare_reference(text: str) -> Reference | None:
    """The Reference that the text is without any prefix, where its shape leaves no doubt.

    >>> bare_reference("RS0123")
    Reference(prefix='dbSNP', identifier='rs123')
    """
    for pattern, row in _BARE:
        if pattern.fullmatch(text):
            return _reference(row, text)
    return None


def reference(text: str, vocabulary: str | None = None) -> Reference | None:
    """The Reference written in the text, or None where no vocabulary accepts it.

    `vocabulary` is the prefix of the row that a number without any prefix belongs to.

    >>> reference("mesh: d003866")
    Reference(prefix='MESH', identifier='D003866')
    >>> reference("MESH:X1") is None
    True
    """
    return (_remembered if len(text) <= _SHORT else _read)(text, vocabulary)


def _read(text: str, vocabulary: str | None) -> Reference | None:
    text = plain(text)
    if vocabulary is not None and text.isdecimal():
        return _reference(VOCABULARIES[vocabulary], text)
    prefixed = split_prefix(text)
    if prefixed is not None:
        return _reference(*prefixed)
    found = bare_reference(text)
    if found is None and vocabulary is not None:
        return _reference(VOCABULARIES[vocabulary], text)
    return found


# Papers share their concepts, so most notations come again.
_remembered = lru_cache(maxsize=1 << 14)(_read)


def doi_reference(text: str) -> Reference | None:
    """The DOI in the text, in its own case, without resolver or label.

    >>> doi_reference("https://doi.org/10.1002/%28SICI%29X")
    Reference(prefix='DOI', identifier='10.1002/(SICI)X')
    """
    text = _INVISIBLE.sub("", text).strip()
    linked = _LINK.fullmatch(text)
    text = _DOI_LABEL.sub("", linked[1] or linked[2] if linked else text)
    resolver = _DOI_RESOLVER.match(text)
    if resolver is not None:
        text = _DOI_LABEL.sub("", unquote(_QUERY.split(text[resolver.end() :], maxsplit=1)[0])).rstrip("/")
    return _reference(VOCABULARIES["DOI"], text.rstrip(".,;"))


def orcid_reference(text: str) -> Reference | None:
    """The ORCID iD in the text if its check digit is right (ISO/IEC 7064 MOD 11-2), else None.

    >>> orcid_reference("https://orcid.org/0000-0002-1825-0097")
    Reference(prefix='ORCID', identifier='0000-0002-1825-0097')
    """
    found = _reference(VOCABULARIES["ORCID"], plain(text).rpartition("/")[2])
    if found is None:
        return None
    total = 0
    for digit in found.identifier.replace("-", "")[:-1]:
        total = (total + int(digit)) * 2
    check = (12 - total % 11) % 11
    return found if found.identifier[-1] == ("X" if check == 10 else str(check)) else None


def _reference(row: Vocabulary, notation: str) -> Reference | None:
    identifier = row.identifier(notation.strip())
    return None if identifier is None else Reference(row.prefix, identifier)
