"""IRI policy: the only place that builds an IRI."""

import hashlib
import re
from dataclasses import dataclass
from urllib.parse import quote, unquote, urlsplit

from rdfgen.errors import UsageError
from rdfgen.model import Paper, Reference
from rdfgen.vocabularies import VOCABULARIES

DEFAULT_BASE = "https://w3id.org/litlod/"

# What RFC 3986 lets stand in a path, less "?" and "#", which would end it.
_PATH_SAFE = "/:;()._-~!$&'*+,=@"
_URL = re.compile(r"https?://[A-Za-z0-9](?:[A-Za-z0-9._-]{0,251}[A-Za-z0-9])?(?::\d{1,5})?(?:[/?#]\S*)?", re.ASCII)
_BAD_PERCENT = re.compile(r"%(?![0-9A-Fa-f]{2})")
_SURROGATE = re.compile("[\ud800-\udfff]")
# What papers are named by, the first that there is, and what stands before the identifier.
_PAPER_PREFIXES = {"PMCID": "", "PMID": "PMID", "DOI": "DOI/"}
# How people write what papers are named by; a number alone is one of PubMed.
_KEYS = {
    prefix: re.compile(pattern, re.ASCII | re.IGNORECASE)
    for prefix, pattern in {
        "PMCID": r"PMC(?:ID)?[:/_]?(?:PMC)?(\d{1,12})",
        "PMID": r"(?:(?:PMID|PubMed)[:/_]?)?(\d{1,12})",
        "DOI": r"(?:DOI[:/]|(?:https?:/{1,2})?(?:dx\.)?doi\.org/)?(10\..+)",
    }.items()
}


def concept_iri(reference: Reference) -> str:
    """The owner's IRI of a record; DOIs are lower-cased (ASCII only) and percent-encoded.

    >>> concept_iri(Reference("MESH", "D003866"))
    'http://id.nlm.nih.gov/mesh/D003866'
    >>> concept_iri(Reference("DOI", "10.1002/(SICI)1<2::AID>3.0.CO;2-2"))
    'https://doi.org/10.1002/(sici)1%3C2::aid%3E3.0.co;2-2'
    """
    return VOCABULARIES[reference.prefix].iri_prefix + _local(reference)


def _local(reference: Reference) -> str:
    """The identifier as it stands in IRIs."""
    if VOCABULARIES[reference.prefix].is_free_text:
        return _quoted(_ascii_lower(reference.identifier), _PATH_SAFE)
    return reference.identifier


def alias_iris(reference: Reference) -> list[str]:
    """The other spellings of a record's IRI that other graphs use.

    >>> alias_iris(Reference("dbSNP", "rs1"))
    ['http://purl.uniprot.org/dbsnp/rs1']
    """
    return [alias.iri_prefix + _local(reference) for alias in VOCABULARIES[reference.prefix].aliases]


def pair_iri(descriptor: Reference, qualifier: str) -> str:
    """The IRI of a MeSH descriptor with a qualifier, as MeSH RDF writes it.

    >>> pair_iri(Reference("MESH", "D003866"), "Q000188")
    'http://id.nlm.nih.gov/mesh/D003866Q000188'
    """
    return concept_iri(descriptor) + quote(qualifier, safe="")


def page_url(reference: Reference) -> str | None:
    """The address of the record's page for people, where its owner has one."""
    row = VOCABULARIES[reference.prefix]
    return None if row.page_prefix is None else f"{row.page_prefix}{_local(reference)}{row.page_suffix}"


def concept_reference(iri: str) -> Reference | None:
    """The record whose canonical IRI this is, or None.

    >>> concept_reference("http://purl.obolibrary.org/obo/MONDO_0002050")
    Reference(prefix='MONDO', identifier='0002050')
    """
    for row in VOCABULARIES.values():
        if iri.startswith(row.iri_prefix):
            identifier = iri[len(row.iri_prefix) :]
            found = Reference(row.prefix, unquote(identifier) if row.is_free_text else identifier)
            if row.accepts(found.identifier):
                return found
    return None


def web_iri(text: str) -> str | None:
    """The http(s) address in the text as a valid IRI (RFC 3986 characters only), or None if it is not one.

    >>> web_iri("https://example.org/a b?q=<x>")
    'https://example.org/a%20b?q=%3Cx%3E'
    >>> web_iri("javascript:alert(1)") is None
    True
    """
    scheme, separator, rest = text.strip().partition("://")
    address = scheme.lower() + separator + rest
    head, _, fragment = address.partition("#")
    quoted = _quoted(_BAD_PERCENT.sub("%25", head), _PATH_SAFE + "?%")
    if fragment:
        quoted += "#" + _quoted(_BAD_PERCENT.sub("%25", fragment), _PATH_SAFE + "?%")
    return quoted if _URL.fullmatch(quoted) else None


def site_iri(url: str) -> str:
    """The root of the site that a valid address belongs to.

    >>> site_iri("https://example.org/paper/1")
    'https://example.org/'
    """
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}/"


@dataclass(frozen=True, slots=True)
class Iris:
    """The IRIs that we mint, all below `base`, an http(s) IRI that ends with a slash."""

    base: str = DEFAULT_BASE

    def __post_init__(self) -> None:
        if web_iri(self.base) != self.base or not self.base.endswith("/") or "?" in self.base or "#" in self.base:
            raise UsageError(f"base IRI {self.base!r} must be an http(s) IRI that ends with '/', as {DEFAULT_BASE!r} does")

    def ontology(self) -> str:
        """Our vocabulary's own IRI."""
        return f"{self.base}ontology"

    def term(self, name: str) -> str:
        """A term of our vocabulary."""
        return f"{self.base}ontology#{name}"

    def dataset(self) -> str:
        """All that one site publishes, across releases."""
        return f"{self.base}dataset"

    def release(self, release_id: str) -> str:
        """One release of the dataset."""
        return f"{self.base}release/{release_id}"

    def dump(self, release_id: str, name: str) -> str:
        """The address of one dump file of one release."""
        return f"{self.base}dumps/{release_id}/{name}"

    def void(self) -> str:
        """The document and named graph that describe the dataset."""
        return f"{self.base}.well-known/void"

    def licences(self) -> str:
        """The document that says whose the contents are, and on what terms."""
        return f"{self.base}licences"

    def examples(self) -> str:
        """The named graph of example queries."""
        return f"{self.base}.well-known/sparql-examples"

    def endpoint(self) -> str:
        """The SPARQL endpoint."""
        return f"{self.base}sparql"

    def tool(self, name: str) -> str:
        """A program or service that makes annotations."""
        return f"{self.base}tool/{quote(name, safe='')}"

    def mapping(self, digits: str) -> str:
        """The record of a mapping between two concepts."""
        return f"{self.base}mapping/{digits}"

    def mapping_set(self, sha256: str) -> str:
        """A set of mappings that has no IRI of its own, by the sum of its file."""
        return f"{self.base}mapping-set/{sha256[:16]}"

    def concept_document(self, reference: Reference) -> str:
        """Our document about a concept that somebody else owns."""
        return f"{self.base}concept/{reference}"

    def below(self, path: str) -> str:
        """The IRI that a request's decoded path, without its leading slash, stands for.

        >>> Iris().below("paper/DOI/10.1002/(sici)<1")
        'https://w3id.org/litlod/paper/DOI/10.1002/(sici)%3C1'
        """
        return self.base + quote(path, safe=_PATH_SAFE)

    def paper(self, paper: Paper) -> str:
        """A paper's own IRI: by PMCID, else PMID, else DOI, else a hash of its first source's address or bytes.

        >>> from rdfgen.model import Source
        >>> Iris().paper(Paper((Source("ab"),), (Reference("PMCID", "PMC12899835"),)))
        'https://w3id.org/litlod/paper/PMC12899835'
        """
        return f"{self.base}paper/{paper_key(paper)}"


def part(iri: str, name: str) -> str:
    """A part of the thing with that IRI, as a fragment."""
    return f"{iri}#{name}"


def digest(*fields: str) -> str:
    """Twelve hexadecimal digits that stand for these texts, the same everywhere and always."""
    return hashlib.sha256("\x1f".join(fields).encode("utf-8", "replace")).hexdigest()[:12]


def paper_key(paper: Paper) -> str:
    """What a paper's own IRI ends in: its identifier or, where it has none that can name it, a hash of its first source.

    >>> from rdfgen.model import Source
    >>> paper_key(Paper((Source("ab"),), (Reference("PMID", "31558841"),)))
    'PMID31558841'
    """
    for prefix, before in _PAPER_PREFIXES.items():
        found = next(paper.identifiers_of(prefix), None)
        if found is not None:
            return before + _local(found)
    source = paper.sources[0]
    if source.url is not None:
        return "SRC-" + hashlib.sha256(source.url.encode()).hexdigest()[:16]
    return "SRC-" + source.sha256[:16]


def key_reference(key: str) -> Reference | None:
    """The identifier that a paper's key is made of, however it is written, or None for a hash.

    >>> key_reference("DOI/10.1002/x"), key_reference("SRC-ab")
    (Reference(prefix='DOI', identifier='10.1002/x'), None)
    >>> key_reference("pmid:31558841/"), key_reference("31558841") == key_reference("PMID31558841")
    (Reference(prefix='PMID', identifier='31558841'), True)
    """
    for prefix, pattern in _KEYS.items():
        match = pattern.fullmatch(key.strip("/"))
        identifier = VOCABULARIES[prefix].identifier(match[1]) if match else None
        if identifier is not None:
            return Reference(prefix, identifier)
    return None


def _quoted(text: str, safe: str) -> str:
    """The text percent-encoded; a lone surrogate, which has no encoding, becomes U+FFFD as in literals."""
    return quote(_SURROGATE.sub("\ufffd", text), safe=safe)


def _ascii_lower(text: str) -> str:
    return "".join(c.lower() if c.isascii() else c for c in text)
