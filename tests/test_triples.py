"""What papers, mentions, relations and concepts say in triples, beyond what the shapes can check."""

from dataclasses import replace
from itertools import groupby
from operator import itemgetter

import pyoxigraph
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rdflib import RDF, Graph, Literal, Namespace, URIRef
from rdflib.namespace import DCTERMS, PROV, RDFS, SKOS

from rdfgen.entity_types import ENTITY_TYPES
from rdfgen.iris import Iris
from rdfgen.model import (
    Annotation,
    Author,
    Evidence,
    Heading,
    Journal,
    Location,
    Paper,
    Participant,
    Reference,
    Relation,
    Source,
    Term,
    Variant,
)
from rdfgen.ntriples import lines
from rdfgen.relation_types import RELATION_TYPES
from rdfgen.sections import SECTIONS
from rdfgen.triples import LINKS, PARTS, Part, annotation_key, relation_key
from server.documents import description
from tests import samples
from tests.samples import SHA256

LITLOD = Namespace(Iris().term(""))
MESH = Namespace("http://id.nlm.nih.gov/mesh/")
GENE = Namespace("http://identifiers.org/ncbigene/")
OA = Namespace("http://www.w3.org/ns/oa#")
SCHEMA = Namespace("https://schema.org/")
FABIO = Namespace("http://purl.org/spar/fabio/")
CITO = Namespace("http://purl.org/spar/cito/")
BIOLINK = Namespace("https://w3id.org/biolink/vocab/")
PAPER = URIRef(Iris().below("paper/PMC1"))
ZINC = Reference("MESH", "D015032")
MENTION = Annotation("zinc", Evidence.FULL_TEXT, "chemical", references=(ZINC,), tool="pubtator3")
PLACE = Location(20, 24, "abstract")


def paper(annotations: tuple[Annotation, ...] = (), relations: tuple[Relation, ...] = ()) -> Paper:
    return Paper((Source(SHA256),), (Reference("PMCID", "PMC1"),), annotations=annotations, relations=relations)


def part(name: str) -> URIRef:
    return URIRef(f"{PAPER}#{name}")


def full(*parts: str) -> Graph:
    return samples.graph([samples.full_paper()], parts or tuple(PARTS))


# Papers


def test_a_paper_of_several_sources_is_derived_from_each_and_has_a_page_for_each_address() -> None:
    sources = (Source(SHA256, "https://a.org/1"), Source(SHA256[::-1], "https://b.org/1", "bioc-json", "PMC1", "2026-02"))
    graph = samples.graph([replace(paper(), sources=sources)])
    assert set(graph.objects(PAPER, PROV.wasDerivedFrom)) == {part("source"), part("source-2")}
    assert {str(page) for page in graph.objects(PAPER, URIRef("http://xmlns.com/foaf/0.1/page"))} == {"https://a.org/1", "https://b.org/1"}
    assert graph.value(part("source-2"), DCTERMS.format) == Literal("bioc-json")
    assert graph.value(part("source-2"), DCTERMS.identifier) == Literal("PMC1")
    assert str(graph.value(part("source-2"), DCTERMS.modified)) == "2026-02"


def test_a_paper_without_identifiers_is_named_by_its_first_source() -> None:
    sources = (Source(SHA256), Source(SHA256[::-1], "https://b.org/1"))
    assert Iris().paper(Paper(sources)) == Iris().below(f"paper/SRC-{SHA256[:16]}")


def test_a_journal_of_which_nothing_is_known_is_no_node() -> None:
    graph = samples.graph([replace(paper(), journal=Journal())])
    assert (PAPER, DCTERMS.isPartOf, None) not in graph and (None, RDF.type, FABIO.Journal) not in graph


def test_statements_are_attributed_to_the_page_they_are_from_and_not_to_other_sources() -> None:
    merged = replace(
        paper(),
        sources=(Source(SHA256, "https://a.org/1"), Source(SHA256[::-1], "https://b.org/1")),
        summary="A summary.",
        statements_url="https://b.org/1",
    )
    graph = samples.graph([merged])
    assert set(graph.objects(part("tldr"), PROV.wasAttributedTo)) == {URIRef("https://b.org/")}
    assert set(graph.subjects(RDF.type, PROV.Agent)) == {URIRef("https://b.org/")}


def test_a_group_is_no_person() -> None:
    graph = samples.graph([replace(paper(), authors=(Author("A consortium", is_group=True),))])
    assert set(graph.objects(part("author-1"), RDF.type)) == {URIRef("http://xmlns.com/foaf/0.1/Group")}


def test_subject_headings_give_every_descriptor_and_pair_and_mark_the_major_ones() -> None:
    graph = full("papers")
    pair = MESH.D003866Q000188
    assert set(graph.objects(PAPER, FABIO.hasSubjectTerm)) == {MESH.D003866, pair, MESH.D003866Q000503, MESH.D015032}
    assert set(graph.objects(PAPER, FABIO.hasPrimarySubjectTerm)) == {MESH.D003866, pair}
    assert MESH.D003866 in graph.objects(PAPER, SCHEMA.about) and MESH.D015032 not in graph.objects(PAPER, SCHEMA.about)
    named = full("concepts")
    assert (pair, RDFS.label, Literal("Depressive Disorder/drug therapy")) in named
    assert (pair, DCTERMS.identifier, Literal("MESH:D003866Q000188")) in named


def test_index_terms_are_concepts_with_other_spellings_but_of_no_class_of_ours() -> None:
    heading = Heading(Term(Reference("MESH", "D000818"), "Animals"))
    graph = samples.graph([replace(paper(), headings=(heading,))], ["concepts", "aliases"])
    assert (MESH.D000818, RDFS.label, Literal("Animals")) in graph
    assert (MESH.D000818, SKOS.exactMatch, URIRef("http://identifiers.org/mesh/D000818")) in graph
    assert (MESH.D000818, RDF.type, None) not in graph


@pytest.mark.parametrize("kind", LINKS)
def test_every_kind_of_link_has_a_predicate_that_leads_to_the_iri_by_which_the_other_paper_is_known(kind: str) -> None:
    number = 10 + list(LINKS).index(kind)
    other = Paper((Source(SHA256),), (Reference("PMID", str(number)),))
    graph = samples.graph([samples.full_paper(), other])
    known_as = graph.value(URIRef(Iris().paper(other)), SKOS.exactMatch)
    assert {LINKS[kind](Iris().base)} <= {f"<{predicate}>" for predicate in graph.predicates(PAPER, known_as)}


def test_cited_works_are_named_by_the_identifiers_that_papers_match_exactly() -> None:
    assert {str(work) for work in full("papers").objects(PAPER, CITO.cites)} == {
        "http://rdf.ncbi.nlm.nih.gov/pubmed/2",
        "http://identifiers.org/pmc/PMC3",
        "https://doi.org/10.1234/cited",
    }


def test_figures_and_tables_are_numbered_separately() -> None:
    graph = full("papers")
    positions = {name: int(str(graph.value(part(name), LITLOD.position))) for name in ("figure-1", "figure-2", "table-1")}
    assert positions == {"figure-1": 1, "figure-2": 2, "table-1": 1}


def test_the_text_and_the_sections_that_mentions_stand_in_are_parts_of_the_paper_and_no_others_are() -> None:
    graph = samples.graph([paper((replace(MENTION, locations=(PLACE,)),))], ["papers"])
    assert set(graph.objects(PAPER, DCTERMS.hasPart)) == {part("text"), part("abstract")}
    assert set(graph.subjects(DCTERMS.isPartOf, PAPER)) == {part("text"), part("abstract")}
    assert (PAPER, DCTERMS.hasPart, None) not in samples.graph([paper((MENTION,))], ["papers"])


# Mentions


def test_a_mention_without_a_place_has_the_paper_as_its_target() -> None:
    assert set(samples.graph([paper((MENTION,))], ["annotations"]).objects(None, OA.hasTarget)) == {PAPER}


def test_a_located_mention_takes_seventeen_triples() -> None:
    assert len(samples.graph([paper((replace(MENTION, locations=(PLACE,)),))], ["annotations"])) == 17


def test_an_interrupted_mention_is_one_annotation_with_a_target_a_piece() -> None:
    mention = replace(MENTION, locations=(replace(PLACE, exact="zi"), Location(30, 32, "abstract", "nc")))
    graph = samples.graph([paper((mention,))], ["annotations"])
    (annotation,) = graph.subjects(RDF.type, OA.Annotation)
    assert len(set(graph.objects(annotation, OA.hasTarget))) == 2
    assert {str(text) for text in graph.objects(None, OA.exact)} == {"zi", "nc"}
    assert {int(str(end)) for end in graph.objects(None, OA.end)} == {24, 32}


def test_a_place_without_a_text_has_no_quote() -> None:
    graph = samples.graph([paper((replace(MENTION, text="", locations=(PLACE,)),))], ["annotations"])
    assert (None, RDF.type, OA.TextQuoteSelector) not in graph and (None, RDF.type, OA.TextPositionSelector) in graph


def test_equal_scores_are_equal_terms_and_other_texts_stay_as_they_are() -> None:
    scores = {}
    for printed in ("0.9", "0.90", "00.9", "9e-1"):
        graph = samples.graph([paper((replace(MENTION, score=printed),))], ["annotations"])
        (scores[printed],) = graph.objects(None, LITLOD.score)
    assert scores["0.9"] == scores["0.90"] == scores["00.9"] and str(scores["9e-1"]) == "9e-1"


# What the IRI of a mention depends on; the value for the plain one is in releases that exist.
VARIED = (
    replace(MENTION, text="Zn"),
    replace(MENTION, entity_type="gene"),
    replace(MENTION, source_type="Drug"),
    replace(MENTION, evidence=Evidence.LINKED),
    replace(MENTION, tool="medline"),
    replace(MENTION, references=()),
    replace(MENTION, unrecognized=("X:1",)),
    replace(MENTION, variant=Variant("rs1")),
    replace(MENTION, variant=Variant("rs2")),
    replace(MENTION, locations=(PLACE,)),
    replace(MENTION, locations=(replace(PLACE, start=19),)),
    replace(MENTION, locations=(replace(PLACE, end=25),)),
    replace(MENTION, locations=(PLACE, Location(30, 34))),
)


def test_mentions_that_differ_in_what_they_say_or_where_they_stand_have_keys_of_their_own() -> None:
    assert len({annotation_key(mention) for mention in (MENTION, *VARIED)}) == len(VARIED) + 1


def test_the_key_of_a_mention_without_place_and_variant_is_what_it_was() -> None:
    assert annotation_key(Annotation("CP", Evidence.FULL_TEXT, "chemical")) == "d4220a6677a8"


def test_the_key_of_a_mention_depends_neither_on_its_section_nor_on_how_sure_the_source_is() -> None:
    located = replace(MENTION, locations=(PLACE,))
    same = replace(located, locations=(replace(PLACE, section=None, exact="Zinc"),), score="0.5", note="A note.")
    assert annotation_key(same) == annotation_key(located)


# Relations


GENES = Participant("gene", (Reference("NCBIGene", "383"), Reference("NCBIGene", "384")), "arginases")
NAMELESS = Participant("variant", (), "p.V600E")
RELATION = Relation("binding", GENES, NAMELESS, "pubtator3", novel=False, score="0.5")


def test_a_relation_has_all_concepts_of_a_side_or_else_its_text() -> None:
    graph = samples.graph([paper(relations=(RELATION,))], ["relations"])
    (relation,) = graph.subjects(RDF.type, BIOLINK.Association)
    assert set(graph.objects(relation, BIOLINK.subject)) == {GENE["383"], GENE["384"]}
    assert (relation, LITLOD.subjectText, None) not in graph and (relation, BIOLINK.object, None) not in graph
    assert graph.value(relation, LITLOD.objectText) == Literal("p.V600E")
    assert graph.value(relation, LITLOD.novel) == Literal(False)
    assert graph.value(relation, BIOLINK.publications) == PAPER


def test_the_concepts_of_a_relation_are_mentioned_by_the_paper_and_described() -> None:
    graph = samples.graph([paper(relations=(RELATION,))])
    assert set(graph.objects(PAPER, LITLOD.mentionsGene)) == set(graph.objects(PAPER, SCHEMA.mentions)) == {GENE["383"], GENE["384"]}
    assert (GENE["383"], RDF.type, LITLOD.Gene) in graph and (GENE["383"], SKOS.exactMatch, None) in graph


def test_the_gene_of_a_variant_is_described_but_not_mentioned() -> None:
    variant = Variant("p|SUB|V|600|E", genes=(Reference("NCBIGene", "673"),))
    graph = samples.graph([paper((Annotation("V600E", Evidence.FULL_TEXT, "variant", variant=variant),))])
    assert (GENE["673"], RDF.type, LITLOD.Gene) in graph and (PAPER, SCHEMA.mentions, None) not in graph


def test_the_key_of_a_relation_depends_on_its_sides_type_and_tool_and_on_nothing_else() -> None:
    other = (
        replace(RELATION, subject=NAMELESS, object=GENES),
        replace(RELATION, relation_type="causation"),
        replace(RELATION, source_type="Bind"),
        replace(RELATION, tool="bioc-file"),
        replace(RELATION, object=replace(NAMELESS, text="V600E")),
    )
    assert len({relation_key(relation) for relation in (RELATION, *other)}) == 6
    assert relation_key(replace(RELATION, novel=None, score=None)) == relation_key(RELATION)


# Tools


@pytest.mark.parametrize(("tool", "label"), [("pubtator3", "PubTator3"), ("some-tool", "some-tool"), ("a b/<c>", "a b/<c>")])
def test_every_tool_has_an_iri_and_a_label(tool: str, label: str) -> None:
    graph = samples.graph([paper(relations=(replace(RELATION, tool=tool),))], ["provenance"])
    (agent,) = graph.subjects(RDF.type, PROV.SoftwareAgent)
    assert graph.value(agent, RDFS.label) == Literal(label) and "/" not in str(agent).removeprefix(Iris().tool(""))


# Descriptions, as the server gives them.


def test_the_description_of_a_paper_holds_its_mentions_wherever_they_stand_and_its_relations() -> None:
    parts = ("papers", "annotations", "relations")
    store = pyoxigraph.Store()
    store.extend(pyoxigraph.parse(samples.ntriples([samples.full_paper()], parts), format=pyoxigraph.RdfFormat.N_TRIPLES))
    assert set(description(store, str(PAPER))) == set(store)


# Anything


@pytest.mark.parametrize("row", [row for row in PARTS.values() if not row.is_shared], ids=lambda row: row.name)
def test_triples_of_one_subject_stand_together(row: Part) -> None:
    for made in samples.all_papers():
        written = dict.fromkeys(row.triples(made, Iris()))
        subjects = [subject for subject, _ in groupby(written, key=itemgetter(0))]
        assert len(subjects) == len(set(subjects))


TEXTS = st.text(max_size=8)
SOME = (ZINC, Reference("NCBIGene", "1"), Reference("DOI", '10.1234/<"ä'))
REFERENCES = st.lists(st.sampled_from(SOME), max_size=2, unique=True).map(tuple)
LOCATIONS = st.builds(Location, st.integers(0), st.integers(0), st.none() | st.sampled_from(list(SECTIONS)), st.none() | TEXTS)
ENTITY_TYPE = st.none() | st.sampled_from(list(ENTITY_TYPES))
ANNOTATIONS = st.builds(
    Annotation,
    text=TEXTS,
    evidence=st.sampled_from(Evidence),
    entity_type=ENTITY_TYPE,
    source_type=st.none() | TEXTS,
    references=REFERENCES,
    unrecognized=st.lists(TEXTS, max_size=2).map(tuple),
    tool=TEXTS,
    locations=st.lists(LOCATIONS, max_size=3).map(tuple),
    variant=st.none() | st.builds(Variant, TEXTS, st.tuples(TEXTS), REFERENCES),
    score=st.none() | st.from_regex(r"[+-]?[0-9.e]{1,40}", fullmatch=True),
    note=st.none() | TEXTS,
    registry_number=st.none() | TEXTS,
)
PARTICIPANTS = st.builds(Participant, ENTITY_TYPE, REFERENCES, TEXTS)
RELATIONS = st.builds(
    Relation, st.none() | st.sampled_from(list(RELATION_TYPES)), PARTICIPANTS, PARTICIPANTS, TEXTS, TEXTS, st.none() | st.booleans(), TEXTS
)


@settings(derandomize=True, max_examples=60, deadline=None, database=None)
@given(st.lists(ANNOTATIONS, max_size=3), st.lists(RELATIONS, max_size=2))
def test_whatever_a_mention_or_relation_says_gives_triples_that_parse(annotations: list[Annotation], relations: list[Relation]) -> None:
    made = paper(tuple(annotations), tuple(relations))
    for row in PARTS.values():
        written = list(dict.fromkeys(lines(row.triples(made, Iris()))))
        parsed = list(pyoxigraph.parse("".join(written), format=pyoxigraph.RdfFormat.N_TRIPLES))
        assert len(parsed) == len(written)
