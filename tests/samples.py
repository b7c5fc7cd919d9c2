"""Papers for tests: the seeds, and made-up ones that take every branch on the way to triples; and their graphs."""

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from rdflib import Graph

from rdfgen.iris import Iris
from rdfgen.mapping_model import Mapping, MappingSet
from rdfgen.mapping_triples import MATCHES, match_triple, record_triples, set_triples
from rdfgen.model import (
    Annotation,
    Author,
    ConceptName,
    Evidence,
    Figure,
    Grant,
    Heading,
    Journal,
    Link,
    Location,
    Paper,
    Participant,
    Reference,
    Relation,
    Section,
    Source,
    Term,
    Variant,
)
from rdfgen.ntriples import lines
from rdfgen.provenance import release_triples
from rdfgen.readers.page import reader as page
from rdfgen.relation_types import RELATION_TYPES
from rdfgen.report import Report
from rdfgen.sections import SECTIONS
from rdfgen.triples import LINKS, PARTS

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
        sources=(
            Source(SHA256, "https://example.org/paper/PMC1"),
            Source(SHA256[::-1], None, "pubmed", "1.2", "2026-03-01"),
        ),
        identifiers=(
            Reference("DOI", "10.1002/(SICI)1<2::AID>3.0.CO;2-2"),
            Reference("PMID", "1"),
            Reference("PMCID", "PMC1"),
            Reference("arXiv", "2401.00001v2"),
        ),
        title='A "quoted" title \\ with a tab\tand Δ',
        authors=(
            Author("Ada Lovelace", Reference("ORCID", "0000-0002-1825-0097"), ("London.", "Cambridge.")),
            Author("李 明"),
            Author("The Engine Consortium", is_group=True),
        ),
        publication_type="Preprint",
        publication_types=(
            Term(Reference("MESH", "D016428"), "Journal Article"),
            Term(Reference("MESH", "D016441"), "Retracted Publication"),
        ),
        is_retracted=True,
        journal=Journal("bioRxiv", "bioRxiv", ("2692-8205", "1234-567X"), "101680187"),
        volume="12",
        issue="3 Suppl",
        pages="e1-e9",
        languages=("eng", "fre"),
        issued="2026-02-01",
        abstract=("First paragraph.", "Second paragraph."),
        keywords=("zinc", "depression"),
        headings=headings(),
        grants=(Grant("R01 1", "NIH"), Grant("2", None), Grant(None, "A charity")),
        summary="What it is about.",
        contribution="What it adds.",
        key_findings=("One.", "Two."),
        statements_url="https://example.org/paper/PMC1",
        sections=(Section("introduction", "Introduction"), Section(None, "Our thoughts"), Section("case-report", None)),
        figures=(Figure("Figure 1", "A figure."), Figure("Table 1", None, is_table=True), Figure(None, "Another figure.")),
        annotations=(*named_annotations(), *located_annotations()),
        relations=other_relations(),
        cited=(Reference("PMID", "2"), Reference("PMCID", "PMC3"), Reference("DOI", "10.1234/cited")),
        links=tuple(Link(kind, Reference("PMID", str(number))) for number, kind in enumerate(LINKS, 10)),
        figure_count=0,
        table_count=1,
        reference_count=12,
        full_text_url="https://example.org/paper/PMC1/full.md",
    )


def plain_papers() -> list[Paper]:
    """Papers with very little, named by each of the identifiers that can name a paper."""
    return [
        Paper((Source(SHA256),), issued="2026-02"),
        Paper((Source(SHA256, "https://example.org/2"),), issued="2026", publication_type="ReviewArticle", journal=Journal()),
        Paper(
            (Source(SHA256),),
            (Reference("PMID", "2"),),
            title="Only a PMID",
            publication_type="Editorial",
            journal=Journal(issns=("1234-5678",)),
        ),
        Paper(
            (Source(SHA256, revised="2026-03"),),
            (Reference("DOI", "10.1234/ä b".replace(" ", "")),),
            title="Only a DOI",
            publication_type="Letter",
            summary="By nobody.",
        ),
        Paper(
            (Source(SHA256, revised="2026"),),
            (Reference("PMID", "3"),),
            annotations=(*resolved_annotations(), *unresolved_annotations(), *annotations_in_every_section()),
            relations=typed_relations(),
        ),
    ]


def named_annotations() -> tuple[Annotation, ...]:
    """Mentions on a paper page: with and without names by an authority, several concepts, or any."""
    return (
        Annotation("Grin2b", Evidence.LINKED, "gene", references=(Reference("NCBIGene", "14812"),), name=gene_name()),
        Annotation("depression", Evidence.LINKED, "disease", references=(Reference("MONDO", "0002050"), Reference("MESH", "D003866"))),
        Annotation("rodents", Evidence.FULL_TEXT, "species", references=(Reference("NCBITaxon", "9989"),), name=taxon_name()),
        Annotation("CP", Evidence.FULL_TEXT, "chemical", unrecognized=("XYZ:1", "XYZ:2")),
    )


def resolved_annotations() -> tuple[Annotation, ...]:
    """One of each other entity type and vocabulary, and one of a type that we do not have."""
    return (
        Annotation("CDLS", Evidence.FULL_TEXT, "disease", references=(Reference("OMIM", "300082"),)),
        Annotation("zinc", Evidence.LINKED, "chemical", references=(Reference("PUBCHEM.COMPOUND", "23994"),), tool="litlod"),
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
        Annotation("", Evidence.FULL_TEXT, "variant", variant=Variant("c|SUB|C|677|T"), score="1e-3"),
        Annotation("", Evidence.FULL_TEXT, "gene", locations=(Location(0, 0),), variant=Variant("a notation")),
    )


def located_annotations() -> tuple[Annotation, ...]:
    """Mentions of which more is known: places, an interrupted one, variants, an index term, scores and notes."""
    abstract = Location(20, 24, "abstract")
    hgvs = Variant("tmVar:p|SUB|V|600|E", ("p.V600E", "NP_004324.2:p.V600E"), (Reference("NCBIGene", "673"),))
    return (
        Annotation(
            "zinc", Evidence.FULL_TEXT, "chemical", "Drug", (Reference("MESH", "D015032"),), tool="pubtator3", locations=(abstract,)
        ),
        Annotation("lung and colon cancer", Evidence.FULL_TEXT, "disease", tool="other-tool", locations=interrupted()),
        Annotation(
            "V600E",
            Evidence.FULL_TEXT,
            "variant",
            references=(Reference("dbSNP", "rs113488022"),),
            variant=hgvs,
            score="0.990",
            note="A note.",
        ),
        Annotation(
            "Zinc",
            Evidence.INDEX_TERM,
            "chemical",
            references=(Reference("MESH", "D015032"),),
            name=ConceptName("Zinc"),
            tool="medline",
            registry_number="J41CSQ7QDS",
        ),
    )


def interrupted() -> tuple[Location, ...]:
    """The two pieces of "lung cancer" in "lung and colon cancer"."""
    return (Location(30, 34, "abstract", "lung"), Location(45, 51, "abstract", "cancer"))


def annotations_in_every_section() -> tuple[Annotation, ...]:
    """One mention in each kind of section."""
    return tuple(
        Annotation("zinc", Evidence.FULL_TEXT, "chemical", locations=(Location(10 * number, 10 * number + 4, key),))
        for number, key in enumerate(SECTIONS)
    )


def typed_relations() -> tuple[Relation, ...]:
    """One relation of each type."""
    gene, disease = Participant("gene", (Reference("NCBIGene", "207"),)), Participant("disease", (Reference("MESH", "D003866"),))
    return tuple(Relation(kind, gene, disease, "pubtator3", novel=number % 2 == 0) for number, kind in enumerate(RELATION_TYPES))


def other_relations() -> tuple[Relation, ...]:
    """A relation of a type that we do not have, between several concepts and something without any."""
    several = Participant("gene", (Reference("NCBIGene", "383"), Reference("NCBIGene", "384")), "arginases")
    return (
        Relation(None, several, Participant("variant", (), "p.V600E"), "pubtator-file", "Rescues", None, "0.5"),
        Relation("binding", Participant(None, (), "something"), several, "pubtator-file", novel=True),
    )


def mapping_lines() -> str:
    """Mappings with each predicate, a negative one, and one with everything that a mapping can have."""
    source = MappingSet(SHA256, "https://example.org/set.sssom.tsv", "1", "A set", "https://creativecommons.org/publicdomain/zero/1.0/")
    one, other = Reference("MONDO", "0002050"), Reference("MESH", "D003866")
    justification = "https://w3id.org/semapv/vocab/ManualMappingCuration"
    authors = ("https://orcid.org/0000-0002-1825-0097",)
    full = Mapping(one, next(iter(MATCHES)), other, justification, False, "0.90", source, "a", "b", authors)
    found = [Mapping(one, predicate, other, source=MappingSet(SHA256)) for predicate in MATCHES]
    matches = [triple for mapping in found if (triple := match_triple(mapping)) is not None]
    found += [replace(found[0], is_negative=True), replace(full, date="2026-02-01", tool="A tool", match_strings=("depression",))]
    records = [triple for mapping in found for triple in record_triples(mapping, Iris())]
    return "".join(lines([*matches, *records, *set_triples(source, Iris()), *set_triples(MappingSet(SHA256), Iris())]))


def headings() -> tuple[Heading, ...]:
    """Subject headings with and without qualifiers, major topics and others."""
    depression, zinc = Term(Reference("MESH", "D003866"), "Depressive Disorder"), Term(Reference("MESH", "D015032"), "Zinc")
    return (
        Heading(depression, True, (("Q000188", "drug therapy", True), ("Q000503", "physiopathology", False))),
        Heading(zinc),
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
    """All papers, mappings, and the activity that made a release of them."""
    release = "".join(lines(release_triples("0123456789ab", [SHA256], Iris())))
    return graph(all_papers()).parse(data=release + mapping_lines(), format="nt")
