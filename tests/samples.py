"""Papers for tests: the seeds, and made-up ones that take every branch on the way to triples; and their graphs."""

from collections.abc import Iterable
from pathlib import Path

from rdflib import Graph

from rdfgen.iris import Iris
from rdfgen.model import Annotation, Author, ConceptName, Evidence, Paper, Reference, Source
from rdfgen.ntriples import lines
from rdfgen.provenance import release_triples
from rdfgen.readers import page
from rdfgen.report import Report
from rdfgen.triples import PARTS

ROOT = Path(__file__).parent.parent
SHA256 = "0123456789abcdef" * 4


def seed_papers() -> list[Paper]:
    """The papers of the two seeds."""
    return [paper for path in sorted((ROOT / "seeds").glob("*.txt")) for paper in seed_paper(path)]


def seed_paper(path: Path) -> list[Paper]:
    """The paper of one seed."""
    with path.open("rb") as stream:
        return list(page.read(stream, Report(str(path))))


def full_paper() -> Paper:
    """A preprint with everything that a paper can have."""
    return Paper(
        source=Source(SHA256, "https://example.org/paper/PMC1"),
        identifiers=(
            Reference("DOI", "10.1002/(SICI)1<2::AID>3.0.CO;2-2"),
            Reference("PMID", "1"),
            Reference("PMCID", "PMC1"),
            Reference("arXiv", "2401.00001v2"),
        ),
        title='A "quoted" title \\ with a tab\tand Δ',
        authors=(Author("Ada Lovelace", Reference("ORCID", "0000-0002-1825-0097")), Author("李 明")),
        publication_type="Preprint",
        journal="bioRxiv",
        issued="2026-02-01",
        abstract=("First paragraph.", "Second paragraph."),
        summary="What it is about.",
        contribution="What it adds.",
        key_findings=("One.", "Two."),
        annotations=(*resolved_annotations(), *unresolved_annotations()),
        figure_count=0,
        reference_count=12,
        full_text_url="https://example.org/paper/PMC1/full.md",
    )


def plain_papers() -> list[Paper]:
    """Papers with very little, named by each of the identifiers that can name a paper."""
    return [
        Paper(Source(SHA256), issued="2026-02"),
        Paper(Source(SHA256, "https://example.org/2"), issued="2026", publication_type="ReviewArticle"),
        Paper(Source(SHA256), (Reference("PMID", "2"),), title="Only a PMID"),
        Paper(Source(SHA256), (Reference("DOI", "10.1234/ä b".replace(" ", "")),), title="Only a DOI", summary="By nobody."),
    ]


def resolved_annotations() -> tuple[Annotation, ...]:
    """One of each entity type and vocabulary, and one of a type that we do not have."""
    return (
        Annotation("Grin2b", Evidence.LINKED, "gene", references=(Reference("NCBIGene", "14812"),), name=gene_name()),
        Annotation("depression", Evidence.LINKED, "disease", references=(Reference("MONDO", "0002050"), Reference("MESH", "D003866"))),
        Annotation("CDLS", Evidence.FULL_TEXT, "disease", references=(Reference("OMIM", "300082"),)),
        Annotation("zinc", Evidence.LINKED, "chemical", references=(Reference("PUBCHEM.COMPOUND", "23994"),), tool="litlod"),
        Annotation("rodents", Evidence.FULL_TEXT, "species", references=(Reference("NCBITaxon", "9989"),), name=taxon_name()),
        Annotation("rs1006737", Evidence.FULL_TEXT, "variant", references=(Reference("dbSNP", "rs1006737"),), name=ConceptName("")),
        Annotation("HeLa", Evidence.FULL_TEXT, "cell_line", references=(Reference("Cellosaurus", "CVCL_0030"),), unrecognized=("ATCC:?",)),
        Annotation("kinase", Evidence.FULL_TEXT, None, "Protein", references=(Reference("MESH", "D010770"),)),
        Annotation("", Evidence.FULL_TEXT, "gene", references=(Reference("NCBIGene", "2904"),)),
    )


def unresolved_annotations() -> tuple[Annotation, ...]:
    """Mentions without a concept: with and without a type, with and without an identifier that nobody knows."""
    return (
        Annotation("CP", Evidence.FULL_TEXT, "chemical"),
        Annotation("XYZ1", Evidence.LINKED, "gene", unrecognized=("XYZ:1", "XYZ:2")),
        Annotation("a thing", Evidence.FULL_TEXT, None, "Gadget"),
        Annotation("serine/threonine", Evidence.FULL_TEXT),
    )


def gene_name() -> ConceptName:
    """A name with everything that a gene's can have."""
    return ConceptName("Grin2b", "glutamate receptor, ionotropic, NMDA2B (epsilon 2)", ("GluN2B", "NR2B"))


def taxon_name() -> ConceptName:
    """A name with everything that a taxon's can have."""
    return ConceptName("Rodentia", None, ("rodent",), "order")


def all_papers() -> list[Paper]:
    """The seeds and the made-up papers."""
    return [*seed_papers(), full_paper(), *plain_papers()]


def ntriples(papers: Iterable[Paper], parts: Iterable[str] = tuple(PARTS)) -> str:
    """What the named parts of a release of these papers say, each triple once."""
    generators = [PARTS[name].triples for name in parts]
    return "".join(dict.fromkeys(line for paper in papers for triples in generators for line in lines(triples(paper, Iris()))))


def graph(papers: Iterable[Paper], parts: Iterable[str] = tuple(PARTS)) -> Graph:
    """The named parts of a release of these papers as an rdflib graph."""
    return Graph().parse(data=ntriples(papers, parts), format="nt")


def release_graph() -> Graph:
    """All papers and the activity that made a release of them."""
    return graph(all_papers()).parse(data="".join(lines(release_triples("0123456789ab", [SHA256], Iris()))), format="nt")
