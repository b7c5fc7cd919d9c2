"""Reference data that others publish: where each file is, under which licence, and how large it is about."""

from dataclasses import dataclass
from urllib.parse import urlsplit

_NCBI = (
    "NCBI places no restrictions on use; those who contributed records may claim rights of their own",
    "https://www.ncbi.nlm.nih.gov/home/about/policies/",
)
_MESH = (
    "NLM's terms for MeSH: free to use; name NLM as the source, say which year's MeSH it is, and keep it current",
    "https://www.nlm.nih.gov/databases/download/terms_and_conditions_mesh.html",
)
_CC_BY = ("CC BY 4.0", "https://creativecommons.org/licenses/by/4.0/")
_MONDO_SSSOM = ("CC0 1.0 by the file's own header; Mondo itself is CC BY 4.0", "https://creativecommons.org/publicdomain/zero/1.0/")
_CC0 = ("CC0 1.0", "https://creativecommons.org/publicdomain/zero/1.0/")


@dataclass(frozen=True, slots=True)
class Download:
    """One file of a publisher; `checksum_suffix` makes the address of its checksum, `members` are unpacked from it."""

    name: str
    title: str
    url: str
    size: int
    licence: tuple[str, str]
    checksum_suffix: str | None = None
    members: tuple[str, ...] = ()

    @property
    def file_name(self) -> str:
        """What the file is called, wherever it comes from.

        >>> DOWNLOADS["mesh"].file_name
        'mesh.nt.gz'
        """
        return urlsplit(self.url).path.rpartition("/")[2]

    @property
    def limit(self) -> int:
        """The most bytes to take: files grow from year to year, but not at once to many times their size."""
        return 4 * self.size


_GENE = "https://ftp.ncbi.nlm.nih.gov/gene/DATA/"
_OBO = "https://purl.obolibrary.org/obo/"
_PUBCHEM = "https://ftp.ncbi.nlm.nih.gov/pubchem/Compound/Extras/"
_PUBTATOR = "https://ftp.ncbi.nlm.nih.gov/pub/lu/PubTator3/"

_ROWS = (
    Download("gene-info", "NCBI Gene: symbols, names and synonyms of genes", f"{_GENE}gene_info.gz", 1_500_000_000, _NCBI),
    Download(
        "mesh",
        "MeSH RDF: descriptors, supplementary records, terms and tree",
        "https://nlmpubs.nlm.nih.gov/projects/mesh/rdf/mesh.nt.gz",
        200_000_000,
        _MESH,
    ),
    Download("mondo", "Mondo: diseases, their synonyms and hierarchy, as OBO", f"{_OBO}mondo.obo", 55_000_000, _CC_BY),
    Download("mondo-json", "Mondo: the same as obographs JSON", f"{_OBO}mondo.json", 110_000_000, _CC_BY),
    Download("mondo-sssom", "Mondo: mappings to other vocabularies", f"{_OBO}mondo/mappings/mondo.sssom.tsv", 20_000_000, _MONDO_SSSOM),
    Download(
        "biomappings",
        "Biomappings: curated mappings between vocabularies",
        "https://w3id.org/biopragmatics/biomappings/sssom/biomappings.sssom.tsv",
        20_000_000,
        _CC0,
    ),
    Download(
        "taxonomy",
        "NCBI Taxonomy: names, ranks and hierarchy of taxa",
        "https://ftp.ncbi.nlm.nih.gov/pub/taxonomy/taxdump.tar.gz",
        75_000_000,
        _NCBI,
        ".md5",
        ("names.dmp", "nodes.dmp"),
    ),
    Download(
        "cellosaurus",
        "Cellosaurus: names and synonyms of cell lines",
        "https://ftp.expasy.org/databases/cellosaurus/cellosaurus.txt",
        150_000_000,
        _CC_BY,
    ),
    Download(
        "pubchem-titles",
        "PubChem: titles of compounds, for `litlod build --concepts pubchem-titles=FILE`",
        f"{_PUBCHEM}CID-Title.gz",
        1_800_000_000,
        _NCBI,
    ),
    Download(
        "pubchem-mesh",
        "PubChem: MeSH's names of compounds, for `litlod build --concepts pubchem-mesh=FILE`",
        f"{_PUBCHEM}CID-MeSH",
        6_000_000,
        _NCBI,
    ),
    Download(
        "pmc-ids", "PMC: which PMCID, PMID and DOI are one paper", "https://ftp.ncbi.nlm.nih.gov/pub/pmc/PMC-ids.csv.gz", 250_000_000, _NCBI
    ),
    Download("bioconcepts2pubtator3", "PubTator 3: mentions of every type", f"{_PUBTATOR}bioconcepts2pubtator3.gz", 5_700_000_000, _NCBI),
    Download("relation2pubtator3", "PubTator 3: relations", f"{_PUBTATOR}relation2pubtator3.gz", 280_000_000, _NCBI),
)

DOWNLOADS = {row.name: row for row in _ROWS}


def size_in_words(size: int) -> str:
    """A size to one or two digits, as precise as it is known.

    >>> size_in_words(1_500_000_000), size_in_words(55_000_000)
    ('1.5 GB', '55 MB')
    """
    return f"{size / 1e9:.1f} GB" if size >= 10**9 else f"{size / 1e6:.0f} MB"
