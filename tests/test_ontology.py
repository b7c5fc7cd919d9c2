"""The vocabulary, the shapes and the JSON-LD context agree with each other, with the code and with what it makes."""

import json
import re
from collections.abc import Iterable
from functools import cache

import pyoxigraph
import pyshacl
import pytest
from rdflib import OWL, RDF, RDFS, SH, XSD, Graph, Literal, URIRef
from rdflib.namespace import Namespace
from rdflib.term import Node

from rdfgen import __version__
from rdfgen.entity_types import ENTITY_TYPES
from rdfgen.iris import DEFAULT_BASE, Iris
from rdfgen.model import Evidence
from rdfgen.namespaces import output_prefixes
from rdfgen.relation_types import RELATION_TYPES
from rdfgen.triples import PARTS
from rdfgen.vocabularies import VOCABULARIES, Vocabulary
from tests import samples

ONTOLOGY = samples.ROOT / "ontology"
LITLOD = Namespace(Iris().term(""))
LSH = Namespace(f"{DEFAULT_BASE}shapes#")
PAPER = f"{DEFAULT_BASE}paper/PMC1"
PREFIXES = {"paper": f"{DEFAULT_BASE}paper/", "part": f"{PAPER}#"} | output_prefixes(DEFAULT_BASE)


@cache
def ontology() -> Graph:
    return Graph().parse(ONTOLOGY / "litlod.ttl")


@cache
def shapes() -> Graph:
    return Graph().parse(ONTOLOGY / "shapes.ttl")


@cache
def context() -> dict[str, object]:
    loaded: dict[str, dict[str, object]] = json.loads((ONTOLOGY / "context.jsonld").read_text(encoding="utf-8"))
    return loaded["@context"]


@cache
def output() -> Graph:
    return samples.release_graph()


def own(nodes: Iterable[Node]) -> set[str]:
    return {str(node).removeprefix(LITLOD) for node in nodes if isinstance(node, URIRef) and node.startswith(LITLOD)}


def nodes_of(graph: Graph) -> set[Node]:
    return {node for triple in graph for node in triple}


def predicates_and_classes(graph: Graph) -> set[Node]:
    return set(graph.predicates()) | set(graph.objects(None, RDF.type))


def terms_in_code() -> set[str]:
    sources = [path for room in ("rdfgen", "server") for path in (samples.ROOT / room).rglob("*.py")]
    examples = list((ONTOLOGY / "examples").glob("*.ttl"))
    texts = [path.read_text(encoding="utf-8") for path in sources + examples]
    named = {name for text in texts for name in re.findall(r'(?:\.term\(|\bown\((?:\w+\.)?base, )"(\w+)"|\blitlod:([A-Za-z]\w*)', text)}
    tables = {term for row in ENTITY_TYPES.values() for term in (row.ontology_class, row.mention_property)}
    tables |= {row.ontology_term for row in RELATION_TYPES.values()}
    return {first or second for first, second in named} | tables | set(Evidence)


# The vocabulary.


def test_two_parsers_read_the_same_number_of_triples() -> None:
    for name in ("litlod.ttl", "shapes.ttl"):
        second_opinion = pyoxigraph.parse(path=str(ONTOLOGY / name), format=pyoxigraph.RdfFormat.TURTLE)
        assert len(Graph().parse(ONTOLOGY / name)) == len(list(second_opinion))


@pytest.mark.parametrize("name", ["ontology", "shapes"])
def test_the_version_is_that_of_the_package_in_which_it_comes(name: str) -> None:
    graph, iri = (ontology() if name == "ontology" else shapes()), URIRef(f"{DEFAULT_BASE}{name}")
    assert list(graph.objects(iri, OWL.versionInfo)) == [Literal(__version__)]
    assert list(graph.objects(iri, OWL.versionIRI)) == [URIRef(f"{iri}/{__version__}")]


def test_every_own_term_of_the_output_is_defined_and_every_defined_term_is_used() -> None:
    assert own(set(ontology().subjects(RDFS.isDefinedBy))) == own(nodes_of(output()))


def test_every_own_term_that_the_code_names_is_defined() -> None:
    assert terms_in_code() <= own(set(ontology().subjects(RDFS.isDefinedBy)))


def test_every_own_term_that_the_shapes_name_is_defined() -> None:
    assert own(nodes_of(shapes())) <= own(set(ontology().subjects(RDFS.isDefinedBy)))


def test_the_ontology_speaks_of_no_own_term_that_it_does_not_define() -> None:
    assert own(nodes_of(ontology())) - {""} == own(set(ontology().subjects(RDFS.isDefinedBy)))


def test_every_own_term_has_a_type_a_label_and_a_comment_of_one_sentence() -> None:
    for term in ontology().subjects(RDFS.isDefinedBy):
        assert set(ontology().objects(term, RDF.type)) & {OWL.Class, OWL.ObjectProperty, OWL.DatatypeProperty, OWL.NamedIndividual}
        (label,), (comment,) = ontology().objects(term, RDFS.label), ontology().objects(term, RDFS.comment)
        assert isinstance(label, Literal) and label.language == "en", term
        assert isinstance(comment, Literal) and comment.language == "en" and re.fullmatch(r"[^.]+\.", comment), term


def test_every_predicate_and_class_of_the_output_has_a_label() -> None:
    labelled = set(ontology().subjects(RDFS.label))
    assert {str(term) for term in predicates_and_classes(output()) - labelled} == set()


def test_nothing_but_types_and_labels_is_said_about_the_terms_of_others() -> None:
    foreign = [triple for triple in ontology() if not str(triple[0]).startswith(Iris().ontology())]
    assert {predicate for _, predicate, _ in foreign} == {RDF.type, RDFS.label}


def test_no_property_is_both_an_object_and_a_datatype_property() -> None:
    kinds = (OWL.ObjectProperty, OWL.DatatypeProperty, OWL.AnnotationProperty)
    found = [set(ontology().subjects(RDF.type, kind)) for kind in kinds]
    assert sum(map(len, found)) == len(set().union(*found))


@pytest.mark.parametrize("kind", [OWL.ObjectProperty, OWL.DatatypeProperty])
def test_the_output_uses_properties_as_the_ontology_declares_them(kind: URIRef) -> None:
    values = [o for p in ontology().subjects(RDF.type, kind) for o in output().objects(None, p)]
    assert {isinstance(value, Literal) for value in values} == {kind == OWL.DatatypeProperty}


@pytest.mark.parametrize(("statement", "position"), [(RDFS.domain, 0), (RDFS.range, 2)])
def test_domains_and_ranges_are_true_of_the_output(statement: URIRef, position: int) -> None:
    known = output() + ontology()
    rules = list(ontology().subject_objects(statement))
    stated = [(triple[position], kind) for term, kind in rules for triple in output().triples((None, term, None))]
    assert stated
    assert [pair for pair in stated if not is_one_of(*pair, known)] == []


def is_one_of(node: Node, kind: Node, known: Graph) -> bool:
    if isinstance(node, Literal):
        return (node.datatype or XSD.string) == kind
    return (node, RDF.type, kind) in known


# The shapes.


def report_on(data: Graph) -> str:
    """The validator's report, or an empty text if the data conforms."""
    conforms, _, text = pyshacl.validate(data, shacl_graph=shapes(), inference="none")
    return "" if conforms else str(text)


def test_the_shapes_are_valid_shacl_core() -> None:
    conforms, _, text = pyshacl.validate(Graph(), shacl_graph=shapes(), meta_shacl=True)
    assert conforms, text
    assert not {SH.sparql, SH.SPARQLTarget, SH.js} & nodes_of(shapes())


def test_every_shape_is_ours_and_has_a_label() -> None:
    for shape in shapes().subjects(RDF.type, SH.NodeShape):
        assert str(shape).startswith(LSH)
        assert (shape, RDFS.label, None) in shapes()


@pytest.mark.parametrize("row", [row for row in VOCABULARIES.values() if row.is_concept], ids=lambda row: row.prefix)
def test_a_concept_vocabulary_has_a_shape_with_its_iri_and_its_prefix(row: Vocabulary) -> None:
    iri_pattern = shapes().value(LSH[row.prefix], SH.pattern)
    identifier_pattern = shapes().value(shapes().value(LSH[row.prefix], SH.property), SH.pattern)
    assert str(iri_pattern).replace("\\", "").startswith(f"^{row.iri_prefix}")
    assert str(identifier_pattern).replace("\\", "").startswith(f"^{row.prefix}:")


def test_all_papers_and_their_release_conform_alone_and_beside_the_ontology() -> None:
    assert report_on(output()) == ""
    assert report_on(output() + ontology()) == ""


@pytest.mark.parametrize("part", PARTS)
def test_each_part_of_a_release_conforms_without_the_others(part: str) -> None:
    assert report_on(samples.graph(samples.all_papers(), [part])) == ""


# What breaks the graph of the full made-up paper, and what the report must say.
BROKEN: dict[str, tuple[str, str]] = {
    "paper without a type": ("DELETE WHERE { paper:PMC1 a ?x }", "must be a schema:ScholarlyArticle"),
    "paper without a publication type": ("DELETE DATA { paper:PMC1 a fabio:Preprint }", "must be exactly one of"),
    "paper of two publication types": ("INSERT DATA { paper:PMC1 a fabio:JournalArticle }", "must be exactly one of"),
    "paper of an unknown type": (
        "DELETE { ?s a fabio:Preprint } INSERT { ?s a fabio:Book } WHERE { ?s a fabio:Preprint }",
        "must be exactly one of",
    ),
    "two titles": ('INSERT DATA { paper:PMC1 dcterms:title "Another" }', "one title"),
    "two dates": ('INSERT DATA { paper:PMC1 dcterms:issued "2026"^^xsd:gYear }', "one date of issue"),
    "two counts": ("INSERT DATA { paper:PMC1 litlod:referenceCount 13 }", "one number of references"),
    "paper from nowhere": ("DELETE WHERE { paper:PMC1 prov:wasDerivedFrom ?x }", "must be derived from a prov:Entity"),
    "source without a sum": ("DELETE WHERE { part:source schema:sha256 ?x }", "must be derived from a prov:Entity"),
    "author without a type": ("DELETE WHERE { part:author-1 a ?x }", "must be a foaf:Person"),
    "author without a name": ("DELETE WHERE { part:author-1 foaf:name ?x }", "An author must have one name"),
    "author without a position": ("DELETE WHERE { part:author-1 litlod:position ?x }", "An author must have one position"),
    "author at two positions": ("INSERT DATA { part:author-1 litlod:position 3 }", "An author must have one position"),
    "list without an end": ("DELETE WHERE { part:authors-2 rdf:rest ?x }", "must end in rdf:nil"),
    "list that runs in a circle": ("DELETE { ?s rdf:rest ?x } INSERT { ?s rdf:rest ?s } WHERE { ?s rdf:rest ?x }", "must end in rdf:nil"),
    "list that forks": ("INSERT DATA { part:authors-1 rdf:rest rdf:nil }", "one rdf:first and one rdf:rest"),
    "list that lacks an author": ("INSERT DATA { paper:PMC1 dcterms:creator part:author-4 }", "the same authors as dcterms:creator"),
    "journal without a name or number": (
        "DELETE { part:journal ?p ?x } WHERE { part:journal ?p ?x FILTER(?p != rdf:type) }",
        "a title, an abbreviation, an ISSN or a catalogue number",
    ),
    "journal with two titles": ('INSERT DATA { part:journal dcterms:title "Another" }', "A journal may have one title"),
    "grant without a number or funder": ("DELETE WHERE { part:grant-2 schema:identifier ?x }", "a number or a funder"),
    "grant of nothing": ("DELETE WHERE { ?x schema:funding part:grant-1 }", "A grant must fund one paper"),
    "funder without a type": ("DELETE WHERE { part:grant-1-funder a ?x }", "A grant may have one funder"),
    "funder without a name": ("DELETE WHERE { part:grant-1-funder foaf:name ?x }", "A funder must have one name"),
    "funding that is no grant": ("INSERT DATA { paper:PMC1 schema:funding part:source }", "must be a schema:Grant"),
    "two volumes": ('INSERT DATA { paper:PMC1 bibo:volume "13" }', "one volume"),
    "group without a type": ("DELETE WHERE { part:author-3 a ?x }", "must be a foaf:Person or foaf:Group"),
    "section without a position": ("DELETE WHERE { part:section-1 litlod:position ?x }", "a listed one must have one position"),
    "table at two positions": ("INSERT DATA { part:table-1 litlod:position 2 }", "a listed one must have one position"),
    "figure that is part of nothing": ("DELETE WHERE { ?x dcterms:hasPart part:figure-1 }", "must be part of one paper"),
    "section of two papers": ("INSERT DATA { part:abstract dcterms:isPartOf paper:PMC2 }", "part of one paper, an IRI"),
    "text that is part of nothing": ("DELETE WHERE { ?x dcterms:hasPart part:text }", "must be part of one paper"),
    "figure with two captions": ('INSERT DATA { part:figure-1 dcterms:description "Another" }', "one caption"),
    "figure with two labels": ('INSERT DATA { part:figure-1 rdfs:label "Another" }', "one label"),
    "section with two titles": ('INSERT DATA { part:section-1 dcterms:title "Another" }', "A section may have one title"),
    "source of two formats": ('INSERT DATA { part:source-2 dcterms:format "jats" }', "one format"),
    "key finding without a text": ("DELETE WHERE { part:finding-1 rdf:value ?x }", "must have one text"),
    "key finding without a position": ("DELETE WHERE { part:finding-1 litlod:position ?x }", "A key finding must have one position"),
    "summary with a position": ("INSERT DATA { part:tldr litlod:position 1 }", "has no position"),
    "contribution that is part of nothing": ("DELETE WHERE { ?x dcterms:hasPart part:contribution }", "must be part of one paper"),
    "part without a type": ("DELETE WHERE { part:tldr a ?x }", "A part of a paper must have an IRI and a type"),
    "part of no known type": ("INSERT DATA { part:tldr a fabio:Book }", "A part of a paper must be a statement"),
    "annotation without a type": ("DELETE WHERE { ?s a oa:Annotation }", "must be an oa:Annotation"),
    "annotation without a body": ("DELETE WHERE { ?s oa:hasBody ?x }", "at least one body"),
    "annotation without a target": ("DELETE WHERE { ?s oa:hasTarget ?x }", "at least one target"),
    "annotation with two targets": (
        "INSERT { ?s oa:hasTarget part:x } WHERE { ?s a oa:Annotation }",
        "one target, or several that are all",
    ),
    "place without a type": ("DELETE WHERE { ?s a oa:SpecificResource }", "must be an oa:SpecificResource"),
    "place without a source": ("DELETE WHERE { ?s oa:hasSource ?x }", "must have one source"),
    "place without selectors": ("DELETE WHERE { ?s oa:hasSelector ?x }", "must have one oa:TextPositionSelector"),
    "place with two quotes": (
        "INSERT { ?s oa:hasSelector ?other } WHERE { ?s oa:hasSelector ?quote . ?other a oa:TextQuoteSelector }",
        "may have one oa:TextQuoteSelector",
    ),
    "place of no mention": (
        "DELETE { ?s oa:hasTarget ?x } INSERT { ?s oa:hasTarget paper:PMC1 } WHERE { ?s oa:hasTarget ?x }",
        "the target of one",
    ),
    "selector without a type": ("DELETE WHERE { ?s a oa:TextPositionSelector }", "A selector must be"),
    "position without a start": ("DELETE WHERE { ?s oa:start ?x }", "A position must have one start"),
    "position with two ends": ("INSERT { ?s oa:end 9999 } WHERE { ?s a oa:TextPositionSelector }", "A position must have one end"),
    "position that ends before it starts": (
        "DELETE { ?s oa:end ?x } INSERT { ?s oa:end 1 } WHERE { ?s oa:start 20 ; oa:end ?x }",
        "must not end before it starts",
    ),
    "quote without a text": ("DELETE WHERE { ?s oa:exact ?x }", "A quote must have one exact text"),
    "variant of no annotation": ('INSERT DATA { part:x litlod:hgvs "p.V600E" }', "must be an oa:Annotation"),
    "variant with two notations": ('INSERT { ?s litlod:variantNotation "x" } WHERE { ?s litlod:hgvs ?x }', "one notation of a variant"),
    "score of a paper": ("INSERT DATA { paper:PMC1 litlod:score 0.5 }", "What has a score must be"),
    "relation without a type": ("DELETE WHERE { ?s a biolink:Association }", "must be a biolink:Association"),
    "relation of two types": ("INSERT { ?s litlod:relationType litlod:Treatment } WHERE { ?s a biolink:Association }", "one of our types"),
    "relation without a subject": ("DELETE WHERE { ?s litlod:subjectText ?x }", "must have a subject"),
    "relation without an object": ("DELETE WHERE { ?s litlod:objectText ?x }", "must have an object"),
    "relation from nowhere": ("DELETE WHERE { ?s biolink:publications ?x }", "must be from one publication"),
    "relation that nothing made": (
        "DELETE { ?s prov:wasGeneratedBy ?x } WHERE { ?s a biolink:Association ; prov:wasGeneratedBy ?x }",
        "A relation must be generated by one activity",
    ),
    "relation that is and is not novel": ("INSERT { ?s litlod:novel false } WHERE { ?s litlod:novel ?x }", "said once to be novel"),
    "pair of subject terms with another identifier": (
        'DELETE { ?s dcterms:identifier ?x } INSERT { ?s dcterms:identifier "MESH:D003866" } '
        'WHERE { ?s rdfs:label "Depressive Disorder/drug therapy" ; dcterms:identifier ?x }',
        "do not belong together",
    ),
    "annotation with two surface forms": ('INSERT { ?s litlod:surfaceForm "x" } WHERE { ?s a oa:Annotation }', "one surface form"),
    "annotation without evidence": ("DELETE WHERE { ?s litlod:evidence ?x }", "evidence of an annotation must"),
    "annotation that nothing made": ("DELETE WHERE { ?s prov:wasGeneratedBy ?x }", "must be generated by one activity"),
    "concept that is said to be unresolved": (
        "INSERT { ?s litlod:resolution litlod:Unresolved } WHERE { ?s oa:hasBody ncbigene:14812 }",
        "either resolved",
    ),
    "text that is not said to be unresolved": ("DELETE WHERE { ?s litlod:resolution ?x }", "either resolved"),
    "unresolved annotation with a concept too": (
        "INSERT { ?s oa:hasBody ncbigene:14812 } WHERE { ?s litlod:resolution ?x }",
        "either resolved",
    ),
    "textual body without a text": ('DELETE WHERE { ?s rdf:value "CP" }', "A textual body must have one text"),
    "textual body that is a concept": ("INSERT { ?s a litlod:Gene } WHERE { ?s a oa:TextualBody }", "must not be a concept"),
    "concept without an identifier": ("DELETE WHERE { ncbigene:14812 dcterms:identifier ?x }", "must have one identifier"),
    "concept with two identifiers": ('INSERT DATA { ncbigene:14812 dcterms:identifier "NCBIGene:1" }', "must have one identifier"),
    "IRI of another form": (
        'INSERT DATA { <https://www.ncbi.nlm.nih.gov/gene/1> dcterms:identifier "NCBIGene:1" }',
        "do not belong together",
    ),
    "concept that is a paper": ('INSERT DATA { <https://doi.org/10.1234/a> dcterms:identifier "DOI:10.1234/a" }', "do not belong together"),
    "gene with a rank": ('INSERT DATA { ncbigene:14812 litlod:taxonomicRank "species" }', "must be a litlod:Species"),
    "tool without a label": ("DELETE { ?s rdfs:label ?x } WHERE { ?s a prov:SoftwareAgent ; rdfs:label ?x }", "A tool must have one label"),
    "activity of nobody": ("DELETE WHERE { ?s prov:wasAssociatedWith ?x }", "must be associated with a prov:SoftwareAgent"),
    "site that is no web address": ("INSERT DATA { <urn:x:site> a prov:Agent }", "A site must be named by its web address"),
}


@pytest.mark.parametrize(("update", "message"), BROKEN.values(), ids=BROKEN.keys())
def test_a_broken_graph_does_not_conform(update: str, message: str) -> None:
    assert message in report_on(updated(update))


# A property, a value that replaces all its values in the graph of the full made-up paper, and what the report must say.
WRONG_VALUES = (
    ("dcterms:title", "1", "A paper may have one title"),
    ("dcterms:issued", '"2008.0"^^xsd:gYear', "A date of issue must be"),
    ("dcterms:issued", '"2008Z"^^xsd:gYear', "A date of issue must be"),
    ("dcterms:issued", '"2026-02"^^xsd:gYear', "A date of issue must be"),
    ("dcterms:issued", '"2026-02-30"^^xsd:date', "A date of issue must be"),
    ("dcterms:issued", '"2026-02-01"', "A date of issue must be"),
    ("bibo:doi", '"https://doi.org/10.1234/a"', "A DOI must be"),
    ("bibo:pmid", "1", "A PubMed identifier must be"),
    ("fabio:hasPubMedCentralId", '"12899835"', "A PubMed Central identifier must be"),
    ("rdfs:seeAlso", '"https://example.org/"', "A page about a paper must be an IRI"),
    ("skos:exactMatch", '"10.1234/a"', "An exact match must be an IRI"),
    ("skos:exactMatch", "<https://doi.org/10.1234/a>", "must be one ORCID iD"),
    ("litlod:figureCount", "-1", "one number of figures"),
    ("litlod:referenceCount", '"12"', "one number of references"),
    ("litlod:mentionsGene", '"TP53"', "What a paper is about or mentions must be an IRI"),
    ("litlod:position", "0", "one position, a whole number from 1 on"),
    ("schema:sha256", '"0a"', "one SHA-256 sum"),
    ("oa:hasBody", '"TP53"', "bodies must be IRIs"),
    ("litlod:evidence", "litlod:Unresolved", "The evidence of an annotation must be"),
    ("litlod:entityType", "litlod:Summary", "one of our six classes"),
    ("dcterms:identifier", '"14812"', "a string of the form prefix:identifier"),
    ("dcterms:identifier", '"NCBIGene:014812"', "do not belong together"),
    ("dcterms:identifier", '"MESH:D003866"', "do not belong together"),
    ("dcterms:identifier", '"arXiv:2401.00001"', "do not belong together"),
    ("fabio:hasArXivId", '"X:1"', "arXiv identifier must be"),
    ("rdfs:label", '""', "A label must be"),
    ("skos:altLabel", "1", "A synonym must be"),
    ("foaf:page", '"https://example.org/"', "A page that a paper was read from must be an IRI"),
    ("litlod:tableCount", "-1", "one number of tables"),
    ("bibo:issue", '""', "one issue"),
    ("bibo:pages", "9", "one range of pages"),
    ("dcterms:language", '""', "A language must be"),
    ("schema:keywords", '""', "A keyword must be"),
    ("dcterms:type", '"Journal Article"', "A publication type beside the class must be an IRI"),
    ("litlod:publicationStatus", "litlod:Unresolved", "may only be litlod:Retracted"),
    ("fabio:hasSubjectTerm", "<http://identifiers.org/mesh/D003866>", "A subject term must be"),
    ("fabio:hasPrimarySubjectTerm", '"Zinc"', "A subject term must be"),
    ("cito:cites", "<https://example.org/paper>", "Another publication must be named by"),
    ("litlod:retractedBy", '"2"', "Another publication must be named by"),
    ("litlod:affiliation", '""', "An affiliation must be"),
    ("prism:issn", '"26928205"', "An ISSN must be"),
    ("fabio:hasNLMJournalTitleAbbreviation", '""', "one abbreviation"),
    ("fabio:hasNationalLibraryOfMedicineJournalId", "101680187", "one catalogue number"),
    ("schema:identifier", '""', "A grant may have one number"),
    ("dcterms:format", '"PubMed XML"', "one format"),
    ("dcterms:identifier", '""', "A source document may have one identifier"),
    ("dcterms:modified", '"2026"', "one date of its last change"),
    ("oa:hasSource", "paper:PMC1", "must have one source"),
    ("oa:hasSelector", "part:x", "A selector must be"),
    ("oa:start", "-1", "A position must have one start"),
    ("oa:end", '"24"', "A position must have one end"),
    ("oa:exact", '""', "one exact text"),
    ("litlod:hgvs", '""', "An HGVS name must be"),
    ("litlod:correspondingGene", '"BRAF"', "The gene of a variant must be an IRI"),
    ("litlod:score", "true", "A score must be"),
    ("litlod:note", '""', "A note must be"),
    ("litlod:registryNumber", "50000", "A registry number must be"),
    ("litlod:sourceType", '""', "The source's word for the type of a relation"),
    ("biolink:subject", '"TP53"', "The subjects and objects of a relation must be IRIs"),
    ("litlod:objectText", '""', "The text of a subject or object must be"),
    ("litlod:relationType", "litlod:Retracted", "one of our types of relations"),
    ("litlod:novel", '"yes"', "as a boolean"),
)


@pytest.mark.parametrize(("name", "value", "message"), WRONG_VALUES)
def test_a_wrong_value_does_not_conform(name: str, value: str, message: str) -> None:
    update = f"DELETE {{ ?s {name} ?x }} INSERT {{ ?s {name} {value} }} WHERE {{ ?s {name} ?x }}"
    assert message in report_on(updated(update))


def updated(update: str) -> Graph:
    """The graph of the full made-up paper after a SPARQL update that changes something."""
    store = pyoxigraph.Store()
    store.extend(pyoxigraph.parse(samples.ntriples([samples.full_paper()]), format=pyoxigraph.RdfFormat.N_TRIPLES))
    before = set(store)
    store.update(update, prefixes=PREFIXES)
    assert set(store) != before
    nt = store.dump(format=pyoxigraph.RdfFormat.N_TRIPLES, from_graph=pyoxigraph.DefaultGraph())
    return Graph().parse(data=nt, format="nt")


# The JSON-LD context.


def prefixes_in_context() -> dict[str, str]:
    rows = {name: row["@id"] if isinstance(row, dict) and "@prefix" in row else row for name, row in context().items()}
    return {name: row for name, row in rows.items() if isinstance(row, str) and row.startswith("http")}


def term_of(row: object) -> str:
    """The IRI that a row of the context stands for."""
    name = str(row["@id"] if isinstance(row, dict) else row)
    prefix, _, local = name.partition(":")
    return prefixes_in_context().get(prefix, f"{prefix}:") + local


def test_the_context_has_the_prefixes_of_our_documents() -> None:
    assert prefixes_in_context() == output_prefixes(DEFAULT_BASE)


def test_the_context_has_a_short_name_for_every_predicate_class_and_own_term_of_the_output() -> None:
    named = {term_of(row) for row in context().values()}
    needed = {str(term) for term in predicates_and_classes(output())} | {str(LITLOD[name]) for name in own(nodes_of(output()))}
    assert needed - named == {str(RDF.type)}


def test_the_context_names_no_own_term_that_is_not_defined() -> None:
    named = {URIRef(term_of(row)) for row in context().values()}
    assert own(named) - {""} <= own(set(ontology().subjects(RDFS.isDefinedBy)))


COMPACTED = {
    "id": PAPER,
    "type": ["JournalArticle", "ScholarlyArticle"],
    "title": "Zinc",
    "issuedMonth": "2026-02",
    "figureCount": 9,
    "mentions": ["ncbigene:213", "mondo:0002050", "cid:23994"],
    "mentionsGene": ["ncbigene:213"],
    "hasPart": [{"id": f"{PAPER}#finding-1", "type": "KeyFinding", "position": 1, "value": "A finding."}],
    "@reverse": {"target": {"id": f"{PAPER}#mention-1", "body": ["ncbigene:213"], "entityType": "Gene", "evidence": "LinkedEntity"}},
}
EXPANDED = """
paper:PMC1 a fabio:JournalArticle , schema:ScholarlyArticle ;
    dcterms:title "Zinc" ; dcterms:issued "2026-02"^^xsd:gYearMonth ; litlod:figureCount 9 ; dcterms:hasPart part:finding-1 ;
    schema:mentions ncbigene:213 , mondo:0002050 , cid:23994 ; litlod:mentionsGene ncbigene:213 .
part:finding-1 a litlod:KeyFinding ; litlod:position 1 ; rdf:value "A finding." .
part:mention-1 oa:hasTarget paper:PMC1 ; oa:hasBody ncbigene:213 ; litlod:entityType litlod:Gene ; litlod:evidence litlod:LinkedEntity .
"""

# rdflib's JSON-LD parser makes one itself.
json_ld_by_rdflib = pytest.mark.filterwarnings("ignore:ConjunctiveGraph is deprecated:DeprecationWarning")


@json_ld_by_rdflib
def test_a_compacted_document_expands_to_its_triples() -> None:
    document = json.dumps({"@context": context(), **COMPACTED})
    head = "".join(f"@prefix {name}: <{iri}> .\n" for name, iri in PREFIXES.items())
    assert set(Graph().parse(data=document, format="json-ld")) == set(Graph().parse(data=head + EXPANDED, format="turtle"))
    second_opinion = pyoxigraph.Dataset(pyoxigraph.parse(document, format=pyoxigraph.RdfFormat.JSON_LD))
    assert second_opinion == pyoxigraph.Dataset(pyoxigraph.parse(head + EXPANDED, format=pyoxigraph.RdfFormat.TURTLE))


@json_ld_by_rdflib
def test_all_papers_survive_the_way_to_compact_json_and_back() -> None:
    compacted = output().serialize(format="json-ld", context=context(), auto_compact=False)
    assert set(Graph().parse(data=compacted, format="json-ld")) == set(output())


def test_a_compacted_paper_uses_short_names_only() -> None:
    document = json.loads(samples.graph([samples.full_paper()]).serialize(format="json-ld", context=context()))
    keys = {key for node in document["@graph"] for key in node}
    assert {key for key in keys if ":" in key} == set()
