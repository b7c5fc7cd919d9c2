"""From the many spellings of a record's IRI (other graphs', resolvers', pages') to the one that is used here."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple
from urllib.parse import unquote

from rdfgen.iris import concept_iri
from rdfgen.model import Reference
from rdfgen.vocabularies import VOCABULARIES, Vocabulary

_LONGEST = 2_000
_HTTP = re.compile(r"https?://(?:www\.)?([a-z0-9.-]{1,253}?)\.?(?::(?:80|443))?(/.*)", re.ASCII | re.IGNORECASE | re.DOTALL)
_SCHEME = re.compile(r"(?:urn:(?:miriam:)?|info:)?([a-z][a-z.]{1,20})[:/](.+)", re.ASCII | re.IGNORECASE | re.DOTALL)
# The documents of a record, as their sites name them.
_SUFFIX = r"(?:\.(?:html|json|jsonld|nt|ttl|rdf|n3|xml|txt))?"


@dataclass(frozen=True, slots=True)
class Spelling:
    """What an IRI stands for: the record, its IRI here, and in what the two differ; nothing if they are the same."""

    reference: Reference
    iri: str
    differences: tuple[str, ...]


class _Form(NamedTuple):
    """An address behind `www.`: `{}` in the path is the identifier, unless the field `key` of the query string holds it.
    Only an address of a page means the same with any query string or fragment behind it.
    """

    vocabulary: str
    host: str
    path: str
    key: str | None = None
    is_page: bool = False


# How identifiers are written in addresses, with one group for what `Vocabulary.identifier` reads; else the row's notation.
_SHAPES: dict[str, str] = {
    "MONDO": r"(?:MONDO[:_])?(\d{7})",
    "MESH": r"(?:MESH[:_])?([CD]\d{6,9})",
    "NCBIGene": r"(?:NCBIGene:)?(\d{1,18})",
    "PUBCHEM.COMPOUND": r"(?:CID:?)?(\d{1,18})",
    "OMIM": r"(?:O?MIM[:_])?(\d{6})",
    "NCBITaxon": r"(?:NCBITaxon[:_]|taxonomy:)?(\d{1,18})",
    "dbSNP": r"((?:rs)?\d{1,18})",
    "Cellosaurus": r"(?:RRID:)?(CVCL[_:][A-Z0-9]{4})",
    "DOI": r"(?:doi:)?(10\.\d{4,9}/\S+?)",
    "PMID": r"(?:PMID:?)?(\d{1,10})",
    "PMCID": r"((?:PMC)?\d{1,10})",
    "arXiv": r"(?:arXiv:)?((?:\d{4}\.\d{4,5}|[a-z-]+(?:\.[A-Z]{2})?/\d{7})(?:v\d+)?)(?:\.pdf)?",
}

_NCBI = "ncbi.nlm.nih.gov"
_RDF_NCBI = "rdf.ncbi.nlm.nih.gov"
_PUBCHEM = "pubchem.ncbi.nlm.nih.gov"
# What is not in the table of vocabularies already, as a canonical prefix, an alias or a page.
_FURTHER_FORMS = (
    _Form("MONDO", "monarchinitiative.org", "/(?:disease/)?{}", is_page=True),
    _Form("MESH", "id.nlm.nih.gov", r"/mesh/(?:20\d\d/)?{}"),
    _Form("MESH", "meshb.nlm.nih.gov", "/record/ui", "ui", is_page=True),
    _Form("MESH", "meshb-prev.nlm.nih.gov", "/record/ui", "ui", is_page=True),
    _Form("MESH", "meshb.nlm.nih.gov", "/record/{}", is_page=True),
    _Form("MESH", _NCBI, "/mesh/?", "term", is_page=True),
    _Form("MESH", _NCBI, "/mesh/{}", is_page=True),
    _Form("MESH", "purl.uniprot.org", "/mesh/{}"),
    _Form("NCBIGene", _NCBI, "/gene/{}", is_page=True),
    _Form("NCBIGene", _NCBI, "/datasets/gene/(?:id/)?{}", is_page=True),
    _Form("NCBIGene", "purl.uniprot.org", "/geneid/{}"),
    _Form("NCBIGene", _RDF_NCBI, "/pubchem/gene/GID{}"),
    _Form("NCBIGene", _PUBCHEM, "/gene/{}", is_page=True),
    _Form("NCBIGene", _PUBCHEM, "/rest/rdf/gene/GID{}"),
    _Form("PUBCHEM.COMPOUND", _RDF_NCBI, "/pubchem/compound/{}"),
    _Form("PUBCHEM.COMPOUND", _PUBCHEM, "/compound/{}", is_page=True),
    _Form("PUBCHEM.COMPOUND", _PUBCHEM, "/rest/rdf/compound/{}"),
    _Form("PUBCHEM.COMPOUND", _PUBCHEM, "/summary/summary.cgi", "cid", is_page=True),
    _Form("OMIM", "omim.org", r"/(?:entry/)?{}(?:\?[^#]*)?"),
    _Form("OMIM", "mirror.omim.org", r"/entry/{}(?:\?[^#]*)?"),
    _Form("OMIM", _NCBI, r"/omim/{}(?:\?[^#]*)?"),
    _Form("OMIM", "purl.uniprot.org", "/mim/{}"),
    _Form("NCBITaxon", "purl.uniprot.org", "/taxonomy/{}"),
    _Form("NCBITaxon", "uniprot.org", "/taxonomy/{}", is_page=True),
    _Form("NCBITaxon", _RDF_NCBI, "/pubchem/taxonomy/TAXID{}"),
    _Form("NCBITaxon", _PUBCHEM, "/taxonomy/{}", is_page=True),
    _Form("NCBITaxon", _NCBI, "/(?:datasets/)?taxonomy/{}", is_page=True),
    _Form("NCBITaxon", _NCBI, r"/taxonomy/browser/wwwtax\.cgi", "id", is_page=True),
    _Form("dbSNP", "identifiers.org", "/dbsnp(?=rs){}"),  # The prefix of dbSNP's rdf-config misses its slash.
    _Form("dbSNP", "purl.uniprot.org", "/dbsnp/{}"),
    _Form("dbSNP", _NCBI, "/snp/{}", is_page=True),
    _Form("dbSNP", _NCBI, r"/(?:projects/)?snp/snp_ref\.cgi", "rs", is_page=True),
    _Form("Cellosaurus", "purl.expasy.org", "/cellosaurus/rdf/cvcl/{}"),
    _Form("Cellosaurus", "cellosaurus.org", "/{}", is_page=True),
    _Form("Cellosaurus", "web.expasy.org", "/cellosaurus/{}", is_page=True),
    _Form("Cellosaurus", "api.cellosaurus.org", "/cell-line/{}", is_page=True),
    _Form("Cellosaurus", "scicrunch.org", "/resolver/{}", is_page=True),
    _Form("DOI", "doi.org", "/{}", is_page=True),
    _Form("DOI", "dx.doi.org", "/{}", is_page=True),
    _Form("DOI", "hdl.handle.net", "/{}", is_page=True),
    _Form("DOI", "identifiers.org", "/doi[:/]{}", is_page=True),
    _Form("PMID", "pubmed.ncbi.nlm.nih.gov", "/{}", is_page=True),
    _Form("PMID", "pubmed.ncbi.nlm.nih.gov", "/", "term", is_page=True),
    _Form("PMID", "pubmed.gov", "/{}", is_page=True),
    _Form("PMID", _NCBI, "/(?:m/)?pubmed/{}", is_page=True),
    _Form("PMID", _NCBI, "/pubmed/?", "term", is_page=True),
    _Form("PMID", "europepmc.org", "/(?:abstract|article)/MED/{}", is_page=True),
    _Form("PMID", "purl.uniprot.org", "/(?:citations|pubmed)/{}"),
    _Form("PMCID", "pmc.ncbi.nlm.nih.gov", r"/(?:articles/)?{}", is_page=True),
    _Form("PMCID", _NCBI, r"/(?:(?:m|labs)/)?pmc/(?:articles/)?{}", is_page=True),
    _Form("PMCID", "europepmc.org", "/(?:articles|(?:abstract|article)/PMC)/{}", is_page=True),
    _Form("PMCID", "pubmedcentral.nih.gov", r"/articlerender\.fcgi", "artid", is_page=True),
    _Form("arXiv", "arxiv.org", "/(?:abs|pdf|html)/{}", is_page=True),
    _Form("ORCID", "orcid.org", "/{}"),
)

# Host -> the path, of a vocabulary's name and an identifier, for sites that resolve many vocabularies.
_RESOLVERS: dict[str, str] = {
    "identifiers.org": r"/([a-z0-9.]+)[:/](.+)",
    "bioregistry.io": r"/([a-z.]+):(.+)",
    "n2t.net": r"/([a-z.]+):(.+)",
    "bio2rdf.org": r"/([a-z.]+)[:_](.+)",
    "purl.obolibrary.org": r"/obo/([a-z]+)[_:/#](.+)",
    "purl.org": r"/obo/owl/[a-z]+#([a-z]+)[_:](.+)",
    "purl.bioontology.org": r"/ontology/([a-z]+)/(.+)",
    "scicrunch.org": r"/resolver/([a-z]+):(.+)",
}
# What resolvers and schemes call the vocabularies, in lower case.
_NAMES: dict[str, str] = {
    **{row.prefix.lower(): row.prefix for row in VOCABULARIES.values()},
    **dict.fromkeys(("mesh.2012", "mesh.2013", "msh"), "MESH"),
    **dict.fromkeys(("geneid", "ncbi.gene", "entrez.gene", "entrezgene"), "NCBIGene"),
    **dict.fromkeys(("pubchem", "pubchemcompound", "cid"), "PUBCHEM.COMPOUND"),
    "mim": "OMIM",
    "cellosaurus": "Cellosaurus",
    **dict.fromkeys(("taxonomy", "taxon", "ncbi.taxonomy"), "NCBITaxon"),
    **dict.fromkeys(("cvcl", "rrid"), "Cellosaurus"),
    "pubmed": "PMID",
    "pmc": "PMCID",
}


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
    address = _HTTP.fullmatch(iri)
    found = _named(_SCHEME.fullmatch(unquote(iri))) if address is None else _at(address[1].lower(), address[2])
    if found is None:
        return None
    ours = concept_iri(found)
    return Spelling(found, ours, differences(iri, ours))


def _at(host: str, rest: str) -> Reference | None:
    """The record at that address of a host."""
    rest = rest.replace("/#/", "/", 1)  # Sites that were one page put their paths there.
    path, _, tail = rest.partition("?") if "?" in rest else rest.partition("#")
    for form, pattern in _BY_HOST.get(host, ()):
        found = _by_query(form, pattern, path, tail) if form.key else _by_path(form, pattern, path if form.is_page else rest)
        if found is not None:
            return found
    resolver = _RESOLVER_PATTERNS.get(host)
    return _named(resolver.fullmatch(unquote(rest))) if resolver else None


def _by_path(form: _Form, pattern: re.Pattern[str], address: str) -> Reference | None:
    match = pattern.fullmatch(unquote(address.partition("#")[0] if form.is_page else address))
    return _reference(VOCABULARIES[form.vocabulary], match[1]) if match else None


def _by_query(form: _Form, pattern: re.Pattern[str], path: str, query: str) -> Reference | None:
    value = re.search(rf"(?:^|[&;]){form.key}=([^&;#]*)", query)
    if value is None or not pattern.fullmatch(unquote(path)):
        return None
    return _identified(VOCABULARIES[form.vocabulary], unquote(value[1]))


def _named(match: re.Match[str] | None) -> Reference | None:
    """The record with that identifier in the vocabulary of that name."""
    prefix = _NAMES.get(match[1].lower()) if match else None
    if match is None or prefix is None:
        return None
    bare = match[1].lower() == "cvcl" and not match[2].upper().startswith("CVCL")
    return _identified(VOCABULARIES[prefix], f"CVCL_{match[2]}" if bare else match[2])


def _identified(row: Vocabulary, text: str) -> Reference | None:
    match = _IDENTIFIERS[row.prefix].fullmatch(text)
    return _reference(row, match[1]) if match else None


def _reference(row: Vocabulary, text: str) -> Reference | None:
    identifier = row.identifier(text)
    return Reference(row.prefix, identifier) if identifier else None


def _identifier_pattern(row: Vocabulary) -> str:
    """An identifier in an address, what may follow it included; names of documents end what has no full stop itself."""
    shape = _SHAPES.get(row.prefix, row.notation)
    return shape + ("/?" if row.is_free_text or row.prefix == "arXiv" else rf"{_SUFFIX}/?")


def _own_forms(row: Vocabulary) -> list[_Form]:
    """Those that the table of vocabularies has: the canonical one, and aliases."""
    prefixes = [row.iri_prefix, *(alias.iri_prefix for alias in row.aliases)]
    matches = filter(None, map(_HTTP.fullmatch, prefixes))
    return [_Form(row.prefix, match[1].lower(), re.escape(match[2]) + "{}", is_page=row.is_free_text) for match in matches]


def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.ASCII | re.IGNORECASE)


_IDENTIFIERS = {row.prefix: _compiled(_identifier_pattern(row)) for row in VOCABULARIES.values()}
_ALL_FORMS = (*_FURTHER_FORMS, *(form for row in VOCABULARIES.values() for form in _own_forms(row)))
_BY_HOST: dict[str, list[tuple[_Form, re.Pattern[str]]]] = {
    host: [
        (form, _compiled(form.path.replace("{}", _identifier_pattern(VOCABULARIES[form.vocabulary]))))
        for form in _ALL_FORMS
        if form.host == host
    ]
    for host in sorted({form.host for form in _ALL_FORMS})
}
_RESOLVER_PATTERNS = {host: _compiled(path) for host, path in _RESOLVERS.items()}

_DIFFERENCES: dict[str, Callable[[str], str]] = {
    "http or https": lambda iri: re.sub("^https?:", "http:", iri, flags=re.IGNORECASE),
    "percent-encoding": unquote,
    "a query string or fragment": lambda iri: re.split("[?#]", iri, maxsplit=1)[0],
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
    address, root = _HTTP.fullmatch(iri), _HTTP.fullmatch(base)
    if len(iri) > _LONGEST or address is None or root is None or address[1].lower() != root[1].lower():
        return None
    path = address[2]
    return path[len(root[2]) :].rstrip("/") if path.startswith(root[2]) else None
