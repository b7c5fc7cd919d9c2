"""From the many spellings of a record's IRI (other graphs', resolvers', pages') to the one that is used here."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import unquote

from rdfgen.addresses import BANANAS, CARRIERS, CURIE, FORMS, NAMES, RESOLVERS, SCHEMES, SHAPES, SUFFIX, Form, folded
from rdfgen.iris import concept_iri
from rdfgen.model import Reference
from rdfgen.vocabularies import VOCABULARIES, Vocabulary

_LONGEST = 2_000
_HTTP = re.compile(r"https?://(?:www\.)?([a-z0-9.-]{1,253}?)\.?(?::(?:80|443))?(/.*)", re.ASCII | re.IGNORECASE | re.DOTALL)
_SLASHES = re.compile("/{2,}")


@dataclass(frozen=True, slots=True)
class Spelling:
    """What an IRI stands for: the record, its IRI here, and in what the two differ; nothing if they are the same."""

    reference: Reference
    iri: str
    differences: tuple[str, ...]


def canonical(iri: str) -> Spelling | None:
    """The record that the IRI is a spelling of, and its IRI here; None where its form leaves any doubt.

    >>> canonical("https://identifiers.org/mesh:d003866").iri
    'http://id.nlm.nih.gov/mesh/D003866'
    >>> canonical("https://pubmed.ncbi.nlm.nih.gov/31558841/?format=pubmed").reference
    Reference(prefix='PMID', identifier='31558841')
    >>> canonical("https://id.nlm.nih.gov/mesh/D003866/").differences
    ('http or https', 'a slash at the end')
    >>> canonical("http://id.nlm.nih.gov/mesh/D003866Q000188") is None
    True
    """
    if len(iri) > _LONGEST:
        return None
    trimmed = iri.strip().removeprefix("%20").removesuffix("%20").strip()
    found = _record(trimmed) or _carried(trimmed)
    if found is None:
        return None
    ours = concept_iri(found)
    return Spelling(found, ours, differences(iri, ours))


def _record(iri: str) -> Reference | None:
    """The record that the IRI names by itself."""
    address = _HTTP.fullmatch(iri)
    if address is None:
        return _first_named(_SCHEME_PATTERNS, unquote(iri))
    host, rest = address[1].lower(), "/" + address[2].lstrip("/")
    found = _at(host, rest)
    if found is not None or "//" not in rest:
        return found
    found = _at(host, _SLASHES.sub("/", rest))
    # A DOI may have two slashes, and be another one with one.
    return None if found is None or VOCABULARIES[found.prefix].is_free_text else found


def _at(host: str, rest: str) -> Reference | None:
    """The record at that address of a host."""
    rest = rest.replace("/#/", "/", 1).rstrip("?#")  # Sites that were one page put their paths there.
    path, _, tail = rest.partition("?") if "?" in rest else rest.partition("#")
    for form, pattern, value in _BY_HOST.get(host, ()):
        found = _by_query(form, pattern, value, path, tail) if form.key else _by_path(form, pattern, path if form.is_page else rest)
        if found is not None:
            return found
    return _first_named(_RESOLVER_PATTERNS.get(host, ()), unquote(rest))


def _by_path(form: Form, pattern: re.Pattern[str], address: str) -> Reference | None:
    return _matched(form.vocabulary, pattern, unquote(address.partition("#")[0] if form.is_page else address))


def _by_query(form: Form, pattern: re.Pattern[str], value: re.Pattern[str], path: str, query: str) -> Reference | None:
    if not pattern.fullmatch(unquote(path)):
        return None
    return next((found for text in _values(query, (form.key or "",)) if (found := _matched(form.vocabulary, value, text))), None)


def _values(query: str, keys: tuple[str, ...]) -> Iterator[str]:
    """What the fields of these names hold in a query string."""
    for field in re.split("[&;#]", query):
        key, _, value = field.partition("=")
        if key.lower() in keys:
            yield unquote(value.replace("+", " "))


def _carried(iri: str) -> Reference | None:
    """The record that a page is about which names it by another IRI or a CURIE."""
    address = _HTTP.fullmatch(iri)
    if address is None:
        return None
    path, _, query = ("/" + address[2].lstrip("/")).partition("?")
    for host, pattern, keys in _CARRIER_PATTERNS:
        if host == address[1].lower() and pattern.fullmatch(path):
            # Sites encode an IRI twice where it is a step of a path.
            texts = (*_values(query, keys), unquote(unquote(path.rstrip("/").rpartition("/")[2])))
            found = next((found for text in texts if (found := _record(text) or _first_named((_CURIE,), text))), None)
            if found is not None:
                return found
    return None


def _first_named(patterns: tuple[re.Pattern[str], ...], text: str) -> Reference | None:
    matches = (pattern.fullmatch(text) for pattern in patterns)
    return next((found for match in matches if match and (found := _named(match[1], match[2]))), None)


def _named(name: str, text: str) -> Reference | None:
    """The record with that identifier in the vocabulary of that name."""
    prefix, banana = NAMES.get(folded(name)), BANANAS.get(name.lower(), "")
    if prefix is None:
        return None
    return _identified(prefix, text) or (_identified(prefix, banana + text) if banana else None)


def _identified(prefix: str, text: str) -> Reference | None:
    return _matched(prefix, _IDENTIFIERS[prefix], text)


def _matched(prefix: str, pattern: re.Pattern[str], text: str) -> Reference | None:
    match = pattern.fullmatch(text)
    notation = next(filter(None, match.groups()), None) if match else None
    identifier = VOCABULARIES[prefix].identifier(notation) if notation else None
    return Reference(prefix, identifier) if identifier else None


def _identifier_pattern(row: Vocabulary) -> str:
    """An identifier in an address, what may follow it included; names of documents end what has no full stop itself."""
    shape = SHAPES.get(row.prefix, row.notation)
    return shape + ("/?" if row.is_free_text or row.prefix == "arXiv" else rf"{SUFFIX}/?")


def _filled(text: str, vocabulary: str) -> re.Pattern[str]:
    """The pattern with the identifier's in place of `{}`."""
    return _compiled(text.replace("{}", _identifier_pattern(VOCABULARIES[vocabulary])))


def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.ASCII | re.IGNORECASE)


_IDENTIFIERS = {row.prefix: _compiled(_identifier_pattern(row)) for row in VOCABULARIES.values()}
_BY_HOST: dict[str, list[tuple[Form, re.Pattern[str], re.Pattern[str]]]] = {
    host: [(form, _filled(form.path, form.vocabulary), _filled(form.value, form.vocabulary)) for form in FORMS if form.host == host]
    for host in sorted({form.host for form in FORMS})
}
_RESOLVER_PATTERNS = {host: tuple(map(_compiled, paths)) for host, paths in RESOLVERS.items()}
_SCHEME_PATTERNS = tuple(map(_compiled, SCHEMES))
_CARRIER_PATTERNS = tuple((row.host, _compiled(row.path), row.keys) for row in CARRIERS)
_CURIE = _compiled(CURIE)

_DIFFERENCES: dict[str, Callable[[str], str]] = {
    "http or https": lambda iri: re.sub("^https?:", "http:", iri, flags=re.IGNORECASE),
    "a port": lambda iri: re.sub("^(https?://[^/:]*):[0-9]+", r"\1", iri, flags=re.IGNORECASE),
    "www.": lambda iri: re.sub(r"^(https?://)www\.", r"\1", iri, flags=re.IGNORECASE),
    "percent-encoding": unquote,
    "white space": str.strip,
    "a query string or fragment": lambda iri: re.split("[?#]", iri, maxsplit=1)[0],
    "doubled slashes": lambda iri: re.sub("(?<!:)/{2,}", "/", iri),
    "a slash at the end": lambda iri: iri.rstrip("/"),
    "upper or lower case": str.casefold,
}


def differences(written: str, ours: str) -> tuple[str, ...]:
    """In what an IRI differs from ours, as few things as explain it, or that its form is another one.

    >>> differences("https://doi.org/10.1002/ABC", "https://doi.org/10.1002/abc")
    ('upper or lower case',)
    >>> differences("http://identifiers.org/mesh/D003866", "http://id.nlm.nih.gov/mesh/D003866")
    ('another form',)
    """
    if written == ours:
        return ()
    if not _agree(written, ours, ""):
        return ("another form",)
    return tuple(name for name in _DIFFERENCES if not _agree(written, ours, name))


def _agree(written: str, ours: str, strict_on: str) -> bool:
    """Whether both are the same when all differences but this one are smoothed out."""
    for name, smooth in _DIFFERENCES.items():
        if name != strict_on:
            written, ours = smooth(written), smooth(ours)
    return written == ours


def path_below(iri: str, base: str) -> str | None:
    """The path of an IRI below our base, whatever the scheme, `www.` and a slash at the end, or None.

    >>> path_below("http://w3id.org/litlod/paper/PMC1/", "https://w3id.org/litlod/")
    'paper/PMC1'
    """
    address = _HTTP.fullmatch(iri)
    host, start = _root(base)
    if len(iri) > _LONGEST or address is None or address[1].lower() != host:
        return None
    match = start.match(address[2])
    return address[2][match.end() :].rstrip("/") if match else None


@lru_cache(maxsize=8)
def _root(base: str) -> tuple[str, re.Pattern[str]]:
    """The host of our base, and what its path is; slashes may be doubled."""
    found = _HTTP.fullmatch(base)
    host, path = (found[1].lower(), found[2]) if found else ("", "/")
    return host, re.compile("/+".join(map(re.escape, path.split("/"))))
