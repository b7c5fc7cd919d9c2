"""The one table of identifier vocabularies: canonical IRIs, identifier patterns, notations met in sources, aliases.

Concepts keep their owners' IRIs, because that is what makes joins work. Evidence names who uses a form.
"""

import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Alias:
    """Another spelling of the same record's IRI and the graph that uses it: `iri_prefix` + identifier."""

    target: str
    iri_prefix: str


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """One row. `notation` is how sources write an identifier behind the prefix, with one group; `identifier_form`
    makes the identifier of that group; `bare` is a notation that needs no prefix to be recognised. Identifiers that
    are free text are lower-cased and percent-encoded in IRIs. `turtle_prefix` is for documents. Papers name concepts
    only; what `is_mapped` is reached by mappings alone.
    """

    prefix: str
    title: str
    iri_prefix: str
    pattern: str
    bioregistry: str
    evidence: str
    synonyms: tuple[str, ...] = ()
    notation: str = r"(\d+)"
    identifier_form: str = "{}"
    bare: str | None = None
    keeps_case: bool = False
    is_free_text: bool = False
    turtle_prefix: str | None = None
    aliases: tuple[Alias, ...] = ()
    page_prefix: str | None = None
    page_suffix: str = ""
    is_concept: bool = True
    is_mapped: bool = False

    def accepts(self, identifier: str) -> bool:
        """Whether the identifier is one of this vocabulary by its pattern."""
        return _PATTERNS[self.prefix].fullmatch(identifier) is not None

    def identifier(self, notation: str) -> str | None:
        """The identifier that a source writes this way behind the prefix, or None.

        >>> VOCABULARIES["Cellosaurus"].identifier("cvcl:0030")
        'CVCL_0030'
        """
        match = _NOTATIONS[self.prefix].fullmatch(notation)
        if match is None:
            return None
        found = self.identifier_form.format(match[1] if self.keeps_case else match[1].upper())
        return found if self.accepts(found) else None


_NUMBER = r"0*([1-9]\d{0,17})"

_ROWS = (
    Vocabulary(
        prefix="MONDO",
        turtle_prefix="mondo",
        title="Mondo Disease Ontology",
        iri_prefix="http://purl.obolibrary.org/obo/MONDO_",
        pattern=r"\d{7}",
        bioregistry="mondo",
        evidence="the OBO PURL, used by Mondo itself, the RDF Portal and TogoID",
        synonyms=("Mondo Disease Ontology",),
        notation=r"(?:MONDO[_:])?(\d{7})",
        bare=r"MONDO_\d{7}",
        aliases=(
            Alias("identifiers.org", "http://identifiers.org/mondo/"),
            Alias("identifiers.org", "https://identifiers.org/mondo:"),
        ),
        page_prefix="https://monarchinitiative.org/MONDO:",
    ),
    Vocabulary(
        prefix="MESH",
        turtle_prefix="mesh",
        title="Medical Subject Headings",
        iri_prefix="http://id.nlm.nih.gov/mesh/",
        pattern=r"[CD]\d{6,9}",
        bioregistry="mesh",
        evidence="http, not https, as in MeSH RDF itself, PubChemRDF, UniProt and Wikidata P1921",
        synonyms=("MSH", "MeSH ID"),
        notation=r"(?:MESH[_:])?([CD]\d{6,9})",
        bare=r"[CD]\d{6,9}",
        aliases=(Alias("identifiers.org", "http://identifiers.org/mesh/"),),
        page_prefix="https://meshb.nlm.nih.gov/record/ui?ui=",
    ),
    Vocabulary(
        prefix="NCBIGene",
        turtle_prefix="ncbigene",
        title="NCBI Gene",
        iri_prefix="http://identifiers.org/ncbigene/",
        pattern=r"[1-9]\d{0,17}",
        bioregistry="ncbigene",
        evidence="NCBI Gene RDF, PubTator RDF, MedGen, CIViC and TogoID",
        synonyms=("NCBI Gene", "NCBI Gene ID", "Gene", "Gene ID", "Entrez Gene", "Entrez"),
        notation=_NUMBER,
        aliases=(
            Alias("UniProt", "http://purl.uniprot.org/geneid/"),
            Alias("PubChemRDF", "http://rdf.ncbi.nlm.nih.gov/pubchem/gene/GID"),
            Alias("NCBI Gene page", "https://www.ncbi.nlm.nih.gov/gene/"),
            Alias("ClinVar RDF", "http://ncbi.nlm.nih.gov/gene/"),
        ),
        page_prefix="https://www.ncbi.nlm.nih.gov/gene/",
    ),
    Vocabulary(
        prefix="PUBCHEM.COMPOUND",
        turtle_prefix="cid",
        title="PubChem Compound",
        iri_prefix="http://rdf.ncbi.nlm.nih.gov/pubchem/compound/CID",
        pattern=r"[1-9]\d{0,17}",
        bioregistry="pubchem.compound",
        evidence="PubChemRDF, TogoID, Wikidata P1921 and IDSM",
        synonyms=("PubChem CID", "PubChem", "CID"),
        notation=r"(?:CID[:\s]*)?" + _NUMBER,
        bare=r"CID\d+",
        aliases=(
            Alias("identifiers.org", "http://identifiers.org/pubchem.compound/"),
            Alias("identifiers.org", "https://identifiers.org/pubchem.compound:"),
        ),
        page_prefix="https://pubchem.ncbi.nlm.nih.gov/compound/",
    ),
    Vocabulary(
        prefix="OMIM",
        turtle_prefix="omim",
        title="Online Mendelian Inheritance in Man",
        iri_prefix="https://omim.org/entry/",
        pattern=r"[1-9]\d{5}",
        bioregistry="omim",
        evidence="the form of Mondo, which is what OMIM is joined with here",
        synonyms=("MIM", "OMIM ID"),
        notation=r"([1-9]\d{5})",
        aliases=(
            Alias("identifiers.org", "http://identifiers.org/mim/"),
            Alias("ClinVar RDF", "http://omim.org/entry/"),
        ),
        page_prefix="https://omim.org/entry/",
    ),
    Vocabulary(
        prefix="NCBITaxon",
        turtle_prefix="taxon",
        title="NCBI Taxonomy",
        iri_prefix="http://purl.obolibrary.org/obo/NCBITaxon_",
        pattern=r"[1-9]\d{0,17}",
        bioregistry="ncbitaxon",
        evidence="OBO ontologies, Wikidata P1921 and PubChemRDF's owl:sameAs",
        synonyms=("taxon", "taxonomy", "NCBI Taxonomy", "NCBI Taxonomy ID", "taxid", "NCBI taxid", "txid", "NCBI Species"),
        notation=r"(?:NCBITaxon[_:])?" + _NUMBER,
        bare=r"NCBITaxon_\d+",
        aliases=(
            Alias("UniProt", "http://purl.uniprot.org/taxonomy/"),
            Alias("identifiers.org", "http://identifiers.org/taxonomy/"),
        ),
        page_prefix="https://www.ncbi.nlm.nih.gov/datasets/taxonomy/",
    ),
    Vocabulary(
        prefix="dbSNP",
        turtle_prefix="dbsnp",
        title="dbSNP reference variants",
        iri_prefix="http://identifiers.org/dbsnp/",
        pattern=r"rs[1-9]\d{0,17}",
        bioregistry="dbsnp",
        evidence="PubTator RDF, GWAS Catalog RDF, TogoVar and TogoID",
        synonyms=("SNP", "RS", "rsID"),
        notation=r"(?:rs#?:?\s*)?" + _NUMBER,
        identifier_form="rs{}",
        bare=r"rs\d+",
        aliases=(Alias("UniProt", "http://purl.uniprot.org/dbsnp/"),),
        page_prefix="https://www.ncbi.nlm.nih.gov/snp/",
    ),
    Vocabulary(
        prefix="Cellosaurus",
        turtle_prefix="cvcl",
        title="Cellosaurus",
        iri_prefix="https://purl.expasy.org/cellosaurus/rdf/cvcl/",
        pattern=r"CVCL_[A-Z0-9]{4}",
        bioregistry="cellosaurus",
        evidence="Cellosaurus RDF",
        synonyms=("CVCL", "Cellosaurus ID", "RRID"),
        notation=r"(?:CVCL[_:\s]*)?([A-Z0-9]{4})",
        identifier_form="CVCL_{}",
        bare=r"CVCL[_:][A-Z0-9]{4}",
        aliases=(Alias("Cellosaurus pages", "http://www.cellosaurus.org/"),),
        page_prefix="https://www.cellosaurus.org/",
    ),
    Vocabulary(
        prefix="DOI",
        title="Digital Object Identifier",
        iri_prefix="https://doi.org/",
        pattern=r"10\.\d{4,9}/\S+",
        bioregistry="doi",
        evidence="the resolver's own form; identifiers are lower-cased and percent-encoded in IRIs",
        notation=r"(10\.\d{4,9}/\S+)",
        bare=r"10\.\d{4,9}/\S+",
        keeps_case=True,
        is_free_text=True,
        page_prefix="https://doi.org/",
        is_concept=False,
    ),
    Vocabulary(
        prefix="PMID",
        title="PubMed",
        iri_prefix="http://rdf.ncbi.nlm.nih.gov/pubmed/",
        pattern=r"[1-9]\d{0,9}",
        bioregistry="pubmed",
        evidence="PubMed RDF, PubTator RDF, GWAS Catalog RDF, MedGen, Rhea and TogoID",
        synonyms=("PubMed", "PubMed ID"),
        notation=r"(?:PMID[:\s]*)?0*([1-9]\d{0,9})",
        bare=r"PMID\d+",
        page_prefix="https://pubmed.ncbi.nlm.nih.gov/",
        page_suffix="/",
        is_concept=False,
    ),
    Vocabulary(
        prefix="PMCID",
        title="PubMed Central",
        iri_prefix="http://identifiers.org/pmc/",
        pattern=r"PMC[1-9]\d{0,9}",
        bioregistry="pmc",
        evidence="the identifiers.org form, as the articles' own pages keep moving",
        synonyms=("PMC", "PMC ID", "PubMed Central"),
        notation=r"(?:PMC)?0*([1-9]\d{0,9})",
        identifier_form="PMC{}",
        bare=r"PMC\d+",
        page_prefix="https://pmc.ncbi.nlm.nih.gov/articles/",
        page_suffix="/",
        is_concept=False,
    ),
    Vocabulary(
        prefix="arXiv",
        title="arXiv",
        iri_prefix="https://arxiv.org/abs/",
        pattern=r"(?:\d{4}\.\d{4,5}|[a-z-]+(?:\.[A-Z]{2})?/\d{7})(?:v\d+)?",
        bioregistry="arxiv",
        evidence="the form that arXiv itself prints",
        notation=r"((?:\d{4}\.\d{4,5}|[a-z-]+(?:\.[A-Z]{2})?/\d{7})(?:v\d+)?)",
        keeps_case=True,
        page_prefix="https://arxiv.org/abs/",
        is_concept=False,
    ),
    Vocabulary(
        prefix="ORCID",
        title="ORCID",
        iri_prefix="https://orcid.org/",
        pattern=r"\d{4}-\d{4}-\d{4}-\d{3}[\dX]",
        bioregistry="orcid",
        evidence="everyone",
        notation=r"(\d{4}-\d{4}-\d{4}-\d{3}[\dXx])",
        bare=r"\d{4}-\d{4}-\d{4}-\d{3}[\dX]",
        page_prefix="https://orcid.org/",
        is_concept=False,
    ),
    Vocabulary(
        prefix="Wikidata",
        title="Wikidata",
        iri_prefix="http://www.wikidata.org/entity/",
        pattern=r"Q[1-9]\d{0,14}",
        bioregistry="wikidata",
        evidence="the concept IRIs of Wikidata itself, http and with www; only mappings lead to its items",
        notation=r"(Q[1-9]\d{0,14})",
        page_prefix="https://www.wikidata.org/wiki/",
        is_concept=False,
        is_mapped=True,
    ),
)

VOCABULARIES: dict[str, Vocabulary] = {row.prefix: row for row in _ROWS}
_PATTERNS = {row.prefix: re.compile(row.pattern, re.ASCII) for row in _ROWS}
_NOTATIONS = {row.prefix: re.compile(row.notation, re.ASCII | re.IGNORECASE) for row in _ROWS}
