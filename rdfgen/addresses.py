"""The tables of how records are named in addresses: at which hosts, under which paths, and by which names of vocabularies."""

import re
from typing import NamedTuple

from rdfgen.vocabularies import VOCABULARIES, Vocabulary


class Form(NamedTuple):
    """An address behind `www.`: `{}` in the path is the identifier, unless the field `key` of the query string holds it,
    written as `value`. Only an address of a page means the same with any query string or fragment behind it.
    """

    vocabulary: str
    host: str
    path: str
    key: str | None = None
    is_page: bool = False
    value: str = "{}"


class Carrier(NamedTuple):
    """The pages of a site that name records by other IRIs or CURIEs, in one of the fields `keys` or as the last step of the path."""

    host: str
    path: str
    keys: tuple[str, ...] = ()


# How identifiers are written in addresses, with one group for what `Vocabulary.identifier` reads; else the row's notation.
SHAPES: dict[str, str] = {
    "MONDO": r"(?:MONDO[:_])?(\d{7})",
    "MESH": r"(?:MESH[:_])?([CD]\d{6,9})",
    "NCBIGene": r"(?:(?:NCBIGene|GeneID):)?(\d{1,18})",
    "PUBCHEM.COMPOUND": r"(?:CID:?)?(\d{1,18})",
    "OMIM": r"(?:O?MIM[:_])?(\d{6})",
    "NCBITaxon": r"(?:NCBITaxon[:_]|taxonomy:)?(\d{1,18})",
    "dbSNP": r"((?:rs)?\d{1,18})",
    "Cellosaurus": r"(?:RRID:)?(CVCL[_:][A-Z0-9]{4})",
    "DOI": r"(?:doi:)?(10\.\d{4,9}/\S+?)",
    "PMID": r"(?:PMID:?)?(\d{1,10})",
    "PMCID": r"(?:PMC(?:ID)?:)?((?:PMC)?\d{1,10})",
    "arXiv": r"(?:arXiv:)?((?:\d{4}\.\d{4,5}|[a-z-]+(?:\.[A-Z]{2})?/\d{7})(?:v\d+)?)(?:\.pdf)?",
}
# The documents of a record, as their sites name them.
SUFFIX = r"(?:\.(?:html|json|jsonld|nt|ntriples|ttl|rdf|n3|xml|txt|tsv|owl))?"
# What stands before an identifier where the name of its vocabulary, in lower case, does not say so itself.
BANANAS: dict[str, str] = {"cvcl": "CVCL_", "cellosaurus": "CVCL_"}

_NCBI = "ncbi.nlm.nih.gov"
_RDF_NCBI = "rdf.ncbi.nlm.nih.gov"
_PUBCHEM = "pubchem.ncbi.nlm.nih.gov"
_SCHOLIA = "scholia.toolforge.org"
_ANY_ANCHOR = r"(?:\?[^#]*)?(?:#[a-z][\w-]*)?"  # A number behind `#` is another record of OMIM's.
# A DOI without a further slash, and what publishers put behind it.
_ARTICLE = r"(10\.\d{4,9}/[^\s/]+)(?:/(?:abstract|full|fulltext|meta|pdf|epdf|summary))?/?"

# What is not in the table of vocabularies already, as a canonical prefix, an alias or a page.
_FORMS = (
    Form("MONDO", "monarchinitiative.org", "/(?:disease/)?{}", is_page=True),
    Form("MONDO", "next.monarchinitiative.org", "/(?:disease/)?{}", is_page=True),
    Form("MONDO", "beta.monarchinitiative.org", "/(?:disease/)?{}", is_page=True),
    Form("MONDO", "api.monarchinitiative.org", r"/v\d/api/entity/{}", is_page=True),
    Form("MONDO", "search.clinicalgenome.org", "/kb/conditions/{}", is_page=True),
    Form("MONDO", "platform.opentargets.org", "/disease/{}", is_page=True),
    Form("MESH", "id.nlm.nih.gov", r"/mesh/(?:20\d\d/)?{}"),
    Form("MESH", "meshb.nlm.nih.gov", "/record/ui", "ui", is_page=True),
    Form("MESH", "meshb-prev.nlm.nih.gov", "/record/ui", "ui", is_page=True),
    Form("MESH", "meshb.nlm.nih.gov", "/record/{}", is_page=True),
    Form("MESH", _NCBI, "/mesh/?", "term", is_page=True, value=r"{}(?:\[(?:ui|uid|mh|mesh)\])?"),
    Form("MESH", _NCBI, "/mesh/{}", is_page=True),
    Form("MESH", "nlm.nih.gov", r"/cgi/mesh/(?:20\d\d/)?MB_cgi", "term", is_page=True),
    Form("MESH", "id.nlm.nih.gov", "/mesh/lookup/details", "descriptor", is_page=True),
    Form("MESH", "purl.uniprot.org", "/mesh/{}"),
    Form("MESH", "bioportal.bioontology.org", "/ontologies/MESH(?:/classes)?", "conceptid", is_page=True),
    Form("NCBIGene", _NCBI, "/gene/{}", is_page=True),
    Form("NCBIGene", _NCBI, "/gene/?", "term", is_page=True, value=r"{}\[(?:ui|uid|geneid)\]"),
    Form("NCBIGene", _NCBI, "/(?:datasets|data-hub)/gene/(?:id/)?{}", is_page=True),
    Form("NCBIGene", "purl.uniprot.org", "/geneid/{}"),
    Form("NCBIGene", _RDF_NCBI, "/pubchem/gene/(?:GID)?{}"),
    Form("NCBIGene", _PUBCHEM, "/gene/(?:GID)?{}", is_page=True),
    Form("NCBIGene", _PUBCHEM, "/rest/rdf/gene/(?:GID)?{}"),
    Form("NCBIGene", "linkedlifedata.com", "/resource/entrezgene/id/{}"),
    Form("NCBIGene", "mygene.info", r"/v\d/gene/{}", is_page=True),
    Form("NCBIGene", "marrvel.org", "/model/gene/{}", is_page=True),
    Form("NCBIGene", _SCHOLIA, "/ncbi-gene/{}", is_page=True),
    Form("PUBCHEM.COMPOUND", _RDF_NCBI, "/pubchem/compound/{}"),
    Form("PUBCHEM.COMPOUND", _PUBCHEM, "/(?:pubchem/)?compound/{}", is_page=True),
    Form("PUBCHEM.COMPOUND", _PUBCHEM, "/rest/rdf/compound/{}"),
    Form("PUBCHEM.COMPOUND", _PUBCHEM, "/rest/pug(?:_view/data)?/compound/(?:cid/)?{}(?:/(?:json|xml|sdf|asnt|asnb))?/?", is_page=True),
    Form("PUBCHEM.COMPOUND", _PUBCHEM, r"/summary/summary\.cgi", "cid", is_page=True),
    Form("PUBCHEM.COMPOUND", _NCBI, "/pccompound/{}", is_page=True),
    Form("PUBCHEM.COMPOUND", _SCHOLIA, "/pubchem/{}", is_page=True),
    Form("OMIM", "omim.org", r"/(?:(?:entry|clinicalSynopsis)/[*+^]?)?{}" + _ANY_ANCHOR),
    *(Form("OMIM", f"{mirror}.omim.org", f"/(?:entry|clinicalSynopsis)/{{}}{_ANY_ANCHOR}") for mirror in ("mirror", "us-east", "europe")),
    Form("OMIM", _NCBI, rf"/omim/{{}}{_ANY_ANCHOR}"),
    Form("OMIM", _NCBI, r"/entrez/dispomim\.cgi", "id", is_page=True),
    Form("OMIM", "purl.uniprot.org", "/mim/{}"),
    Form("OMIM", "purl.org", "/mim/{}"),
    Form("OMIM", "hpo.jax.org", "/(?:app/)?browse/disease/{}", is_page=True),
    Form("NCBITaxon", "purl.uniprot.org", "/taxonomy/{}"),
    Form("NCBITaxon", "uniprot.org", "/taxonomy/{}", is_page=True),
    Form("NCBITaxon", "rest.uniprot.org", "/taxonomy/{}", is_page=True),
    Form("NCBITaxon", _RDF_NCBI, "/pubchem/taxonomy/(?:TAXID)?{}"),
    Form("NCBITaxon", _PUBCHEM, "/taxonomy/(?:TAXID)?{}", is_page=True),
    Form("NCBITaxon", _PUBCHEM, "/rest/rdf/taxonomy/(?:TAXID)?{}"),
    Form("NCBITaxon", _NCBI, "/(?:(?:datasets|data-hub)/)?taxonomy/{}", is_page=True),
    Form("NCBITaxon", _NCBI, "/taxonomy/?", "term", is_page=True, value=r"(?:txid{}(?:\[[a-z :]{1,40}\])?|{}\[(?:ui|uid)\])"),
    Form("NCBITaxon", _NCBI, r"/taxonomy/browser/wwwtax\.cgi", "id", is_page=True),
    Form("NCBITaxon", "ddbj.nig.ac.jp", "/ontologies/taxonomy/{}"),
    Form("NCBITaxon", "ebi.ac.uk", "/ena/(?:browser/(?:api/xml|view)|data/view)/Taxon:{}", is_page=True),
    Form("NCBITaxon", "data.bioontology.org", "/ontologies/NCBITAXON/{}"),
    Form("NCBITaxon", _SCHOLIA, "/ncbi-taxon/{}", is_page=True),
    Form("dbSNP", "identifiers.org", "/dbsnp#?(?=rs){}"),  # The prefix of dbSNP's rdf-config misses its slash.
    Form("dbSNP", "purl.uniprot.org", "/dbsnp/{}"),
    Form("dbSNP", _NCBI, "/snp/{}", is_page=True),
    Form("dbSNP", _NCBI, "/snp/?", "term", is_page=True, value="(?=rs){}"),
    Form("dbSNP", _NCBI, r"/(?:projects/)?snp/snp_ref\.cgi", "rs", is_page=True),
    Form("dbSNP", "api.ncbi.nlm.nih.gov", r"/variation/v\d/(?:beta/)?refsnp/{}", is_page=True),
    Form("dbSNP", "ensembl.org", r"/homo_sapiens/variation/\w+", "v", is_page=True, value="(?=rs){}"),
    Form("dbSNP", "ebi.ac.uk", "/gwas/variants/(?=rs){}", is_page=True),
    Form("dbSNP", "snpedia.com", r"/index\.php/(?=rs){}", is_page=True),
    Form("dbSNP", "epd.expasy.org", r"/cgi-bin/snp2tfbs/snpviewer_form_parser\.cgi", "snpid", is_page=True, value="(?=rs){}"),
    Form("Cellosaurus", "purl.expasy.org", "/cellosaurus/rdf/cvcl/{}"),
    Form("Cellosaurus", "cellosaurus.org", "/{}", is_page=True),
    Form("Cellosaurus", "web.expasy.org", "/cellosaurus/{}", is_page=True),
    Form("Cellosaurus", "api.cellosaurus.org", "/cell-line/{}", is_page=True),
    Form("Cellosaurus", "scicrunch.org", "/resolver/{}", is_page=True),
    Form("Cellosaurus", "nextprot.org", "/term/{}", is_page=True),
    Form("DOI", "doi.org", "/(?:api/handles/)?{}", is_page=True),
    Form("DOI", "dx.doi.org", "/{}", is_page=True),
    Form("DOI", "hdl.handle.net", "/{}", is_page=True),
    Form("DOI", "oadoi.org", "/{}", is_page=True),
    Form("DOI", "identifiers.org", "/doi[:/]{}", is_page=True),
    Form("DOI", "api.crossref.org", r"/(?:v\d/)?works/{}(?:/(?:agency|quality|transform(?:/.*)?))?", is_page=True),
    Form("DOI", "data.crossref.org", "/{}", is_page=True),
    Form("DOI", "api.datacite.org", "/dois/{}(?:/(?:activities|metadata))?", is_page=True),
    Form("DOI", "data.datacite.org", "/{}", is_page=True),
    Form("DOI", "api.unpaywall.org", "/v2/{}", is_page=True),
    Form("DOI", "api.openalex.org", r"/works/(?:https?://doi\.org/)?{}", is_page=True),
    Form("DOI", _SCHOLIA, "/doi/{}", is_page=True),
    Form("DOI", "link.springer.com", f"/(?:article|chapter|book)/{_ARTICLE}", is_page=True),
    Form("DOI", "frontiersin.org", rf"/(?:journals/[\w-]+/)?articles/{_ARTICLE}", is_page=True),
    *(
        Form("DOI", publisher, f"/doi/(?:(?:abs|full|pdf|epdf|epub|pdfdirect|pdfplus|reader)/)?{_ARTICLE}", is_page=True)
        for publisher in (
            "annualreviews.org",
            "dl.acm.org",
            "journals.sagepub.com",
            "liebertpub.com",
            "nejm.org",
            "onlinelibrary.wiley.com",
            "pnas.org",
            "pubs.acs.org",
            "science.org",
            "tandfonline.com",
        )
    ),
    Form("DOI", "journals.plos.org", r"/[a-z]+/article(?:/[\w-]+)?", "id", is_page=True),
    Form("PMID", "pubmed.ncbi.nlm.nih.gov", "/(?:pubmed/)?{}", is_page=True),
    Form("PMID", "pubmed.ncbi.nlm.nih.gov", "/", "term", is_page=True, value=r"{}(?:\[(?:ui|uid|pmid)\])?"),
    Form("PMID", "pubmed.gov", "/{}", is_page=True),
    Form("PMID", "pubmed.com", "/{}", is_page=True),
    Form("PMID", _NCBI, "/(?:m/)?pubmed/{}", is_page=True),
    Form("PMID", _NCBI, "/pubmed/?", "term", is_page=True, value=r"{}(?:\[(?:ui|uid|pmid)\])?"),
    Form("PMID", _NCBI, r"/research/pubtator3?/publication/{}", is_page=True),
    Form("PMID", _NCBI, r"/pmc/articles/pmid/{}", is_page=True),
    Form("PMID", "pmc.ncbi.nlm.nih.gov", r"/articles/pmid/{}", is_page=True),
    Form("PMID", "europepmc.org", "/(?:abstract|article)/MED/{}", is_page=True),
    Form("PMID", "ebi.ac.uk", "/europepmc/webservices/rest/(?:article/)?MED/{}", is_page=True),
    Form("PMID", "linkedlifedata.com", "/resource/pubmed/id/{}"),
    Form("PMID", "hubmed.org", r"/display\.cgi", "uids", is_page=True),
    Form("PMID", "hubmed.org", "/", "term", is_page=True),
    Form("PMID", "purl.uniprot.org", "/(?:citations|pubmed)/{}"),
    Form("PMID", _SCHOLIA, "/pubmed/{}", is_page=True),
    Form("PMCID", "pmc.ncbi.nlm.nih.gov", r"/(?:articles/)?{}", is_page=True),
    Form("PMCID", _NCBI, r"/(?:(?:m|labs)/)?pmc/(?:articles/)?{}", is_page=True),
    Form("PMCID", "europepmc.org", "/(?:articles|(?:abstract|article)/PMC)/{}", is_page=True),
    Form("PMCID", "ukpmc.ac.uk", "/articles/{}", is_page=True),
    Form("PMCID", "ebi.ac.uk", "/europepmc/webservices/rest/(?:article/PMC/)?{}(?:/fullTextXML)?/?", is_page=True),
    Form("PMCID", "pubmedcentral.nih.gov", r"/articlerender\.fcgi", "artid", is_page=True),
    Form("PMCID", "pubmedcentral.gov", r"/articlerender\.fcgi", "artid", is_page=True),
    Form("arXiv", "arxiv.org", "/(?:abs|pdf|html)/{}", is_page=True),
    Form("arXiv", "export.arxiv.org", "/(?:abs|pdf)/{}", is_page=True),
    Form("arXiv", "ar5iv.org", "/(?:abs|html)/{}", is_page=True),
    Form("arXiv", "ar5iv.labs.arxiv.org", "/html/{}", is_page=True),
    Form("arXiv", _SCHOLIA, "/arxiv/{}", is_page=True),
    Form("ORCID", "orcid.org", "/{}"),
    Form("ORCID", "pub.orcid.org", r"/(?:v\d\.\d/)?{}(?:/record|/person)?", is_page=True),
    Form("ORCID", _SCHOLIA, "/orcid/{}", is_page=True),
    Form("Wikidata", "wikidata.org", r"/(?:entity|wiki)/{}", is_page=True),
    Form("Wikidata", "wikidata.org", "/wiki/special:entitydata/{}", is_page=True),
    Form("Wikidata", _SCHOLIA, "/{}", is_page=True),
)

# What the table of vocabularies has itself: the canonical form, and aliases.
_AT_IDENTIFIERS_ORG = re.compile("https?://identifiers[.]org/([a-z0-9.]+)[:/]")
_PREFIX = re.compile(r"https?://(?:www\.)?([^/]+)(/.*)", re.ASCII)


def _table_forms() -> list[Form]:
    rows = [(row, prefix) for row in VOCABULARIES.values() for prefix in (row.iri_prefix, *(alias.iri_prefix for alias in row.aliases))]
    matches = [(row, match) for row, prefix in rows if (match := _PREFIX.fullmatch(prefix))]
    return [Form(row.prefix, match[1], re.escape(match[2]) + "{}", is_page=row.is_free_text) for row, match in matches]


FORMS = (*_FORMS, *_table_forms())

# Host -> the paths, of a vocabulary's name and an identifier, at sites that resolve many vocabularies.
_NAME = "([a-z0-9._ -]+)"
RESOLVERS: dict[str, tuple[str, ...]] = {
    "identifiers.org": (rf"/{_NAME}[:/](.+)",),
    "resolver.api.identifiers.org": (rf"/{_NAME}[:/](.+)",),
    "bioregistry.io": (rf"/(?:reference/)?{_NAME}(?:/locuslink)?:(.+)",),
    "n2t.net": (rf"/(?:e/)?{_NAME}:(.+)",),
    "bio2rdf.org": (r"/(?:(?:page|data)/)?([a-z0-9.]+)[:_](.+)",),
    "purl.obolibrary.org": (r"/obo/([a-z]+)(?:\.owl|\.obo|\.json)?[_:/#](.+)",),
    "purl.org": (r"/obo/owl/[a-z]+#([a-z]+)[_:](.+)", r"/commons/record/([a-z_]+)/(.+)"),
    "purl.bioontology.org": (r"/ontology/([a-z]+)/(?:\d{4}[A-Z]{0,2}/)?(.+)",),
    "scicrunch.org": (r"/resolver/([a-z]+):(.+)",),
}
# IRIs that are no addresses, of a vocabulary's name and an identifier.
SCHEMES: tuple[str, ...] = (
    rf"(?:urn:(?:miriam:|lsid:(?:ncbi\.nlm\.nih\.gov|identifiers\.org):)?|info:(?:ncbi/)?)?{_NAME}[:/](.+)",
    "obo:([a-z]+)[_:](.+)",
)
# What a carrier's field holds, if it is no IRI: a CURIE, or as OBO writes it in IRIs.
CURIE = "([a-z]+)[:_](.+)"
CARRIERS = (
    Carrier("ebi.ac.uk", r"/ols\d?/.*", ("iri", "obo_id", "short_form", "id")),
    Carrier("ontobee.org", "/ontology/.*", ("iri",)),
    Carrier("bioportal.bioontology.org", r"/ontologies/[\w-]+.*", ("conceptid",)),
    Carrier("purl.bioontology.org", r"/ontology/[a-z]+", ("conceptid",)),
    Carrier("data.bioontology.org", r"/ontologies/[\w-]+/classes/.*"),
    Carrier("id.nlm.nih.gov", "/mesh/lookup/details", ("descriptor", "resource")),
    Carrier("ctdbase.org", r"/detail\.go", ("acc",)),
)


def folded(name: str) -> str:
    """The name of a vocabulary without what its spellings differ in.

    >>> folded("NCBI_Gene ID")
    'ncbigeneid'
    """
    return re.sub(r"[\s._-]+", "", name).lower()


_OTHER_NAMES: dict[str, tuple[str, ...]] = {
    "MESH": (
        *("mesh.2012", "mesh.2013", "mesha", "meshc", "meshcs", "meshd", "meshpp", "mesh uid"),
        *("mesh descriptor ui", "mesh supplemental record ui", "msh2010_2010_02_22"),
    ),
    "NCBIGene": ("egid", "entrez gene", "entrez gene id", "nih gene id"),
    "PUBCHEM.COMPOUND": ("pubchem id", "pubchem compound cid", "dsstox cid"),
    "NCBITaxon": ("tax", "ncbi taxon id", "taxonomy id", "ncbi tax uid", "uniprot taxonomy"),
    "Wikidata": ("wd", "wd entity", "wdeschema", "wikidata entity"),
}
# A prefix of many: which genes are meant is not said.
_AMBIGUOUS = {"gene"}
# What resolvers and schemes call the vocabularies, folded.
NAMES: dict[str, str] = {
    folded(name): row.prefix
    for row in VOCABULARIES.values()
    for name in (row.prefix, row.bioregistry, *row.synonyms, *_OTHER_NAMES.get(row.prefix, ()))
    if folded(name) not in _AMBIGUOUS
}


def written_prefixes(row: Vocabulary) -> list[str]:
    """What stands before an identifier in the usual other forms of a vocabulary's IRIs, sorted: aliases, pages, resolvers.

    >>> "https://identifiers.org/mesh:" in written_prefixes(VOCABULARIES["MESH"])
    True
    """
    own = [row.iri_prefix, *(alias.iri_prefix for alias in row.aliases), *([row.page_prefix] if row.page_prefix else [])]
    names = {match[1] for prefix in own if (match := _AT_IDENTIFIERS_ORG.fullmatch(prefix))} or {row.bioregistry}
    sites = [f"//identifiers.org/{name}{separator}" for name in names for separator in ":/"]
    sites += [f"//bioregistry.io/{row.bioregistry}:", *(f"//n2t.net/{name}:" for name in names)]
    rests = [prefix.partition(":")[2] for prefix in own] + sites
    return sorted({f"{scheme}:{rest}" for scheme in ("http", "https") for rest in rests} - {row.iri_prefix})
