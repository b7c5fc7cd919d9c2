"""The release's description of itself: VoID, DCAT, PROV and the service description, from its statistics.

The description is part of the default graph that it describes, so its own triples are counted too: the counts are
found by writing it until they no longer change.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from rdfgen import provenance
from rdfgen.errors import LitlodError
from rdfgen.iris import Iris
from rdfgen.namespaces import expand
from rdfgen.ntriples import Triple, iri, lines, literal, term
from rdfgen.release.catalogue import Dump, catalogue_triples, date_triples, version_triples
from rdfgen.release.licences import SUMMARY, document_triples
from rdfgen.release.linksets import Linkset, linkset_triples
from rdfgen.release.partitions import Partitions
from rdfgen.release.service import data_service_triples, service_triples
from rdfgen.release.statistics import Statistics
from rdfgen.release.stored import Classes
from rdfgen.release.void import count_triples, feature_triples, partition_triples, subset_triples
from rdfgen.terms import DESCRIPTION, IDENTIFIER, LABEL, TITLE, A

_ROUNDS = 20
KEYWORDS = (
    "biomedical literature",
    "text mining",
    "named entities",
    "linked data",
    "gene",
    "disease",
    "chemical",
    "PubMed",
    "MeSH",
    "Mondo",
)


@dataclass(frozen=True, slots=True)
class Description:
    """What the metadata say besides counts of the default graph: `parts` and `graphs` have numbers of triples, `inputs` are
    SHA-256 sums, `example` is a paper's IRI, `labels` are the lines that name terms, and `graph` is what the metadata's own
    graph holds already.
    """

    iris: Iris
    release: str
    dumps: tuple[Dump, ...]
    inputs: tuple[str, ...]
    example: str | None
    linksets: tuple[Linkset, ...] = ()
    parts: tuple[tuple[str, int], ...] = ()
    graphs: Mapping[str, int] = field(default_factory=dict)
    issued: str | None = None
    labels: tuple[str, ...] = ()
    graph: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Found:
    """The lines of the metadata that the default graph gets, those of their own graph, and the statistics of it all."""

    lines: list[str]
    graph: list[str]
    statistics: Statistics


def metadata(
    description: Description, data: Statistics, is_new: Callable[[str], bool], partitions: Callable[[list[str]], Partitions]
) -> Found:
    """The metadata as sorted N-Triples lines, with the statistics of data and metadata together.

    `is_new` says of a line whether the default graph lacks it; lines that it has already are not counted twice.
    `partitions` are what some lines add to those of the data.
    """
    for has_objects in (True, False):  # The number of objects is one of them, and may make each number wrong that could be stated.
        total, graphs = data, dict(description.graphs)
        for _ in range(_ROUNDS):
            found = sorted(set(lines(metadata_triples(replace(description, graphs=graphs), total, has_objects))))
            new, graph = list(filter(is_new, found)), sorted({*found, *_labels(description, total)})
            now = data + _counted(new, partitions)
            now_graphs = graphs | {"": now.triples, description.iris.void(): len(description.graph.union(graph))}
            if (now, now_graphs) == (total, graphs):
                return Found(new, graph, total)
            total, graphs = now, now_graphs
    subject = description.iris.dataset()
    raise LitlodError(f"an --include states counts of this dataset, which can never be right: leave out triples about <{subject}>")


def _counted(new: list[str], partitions: Callable[[list[str]], Partitions]) -> Statistics:
    own = Statistics()
    for line in new:
        own.add(line.encode())
    own.partitions = partitions(new)
    return own


def _labels(description: Description, statistics: Statistics) -> Iterator[str]:
    """What the terms are called that the dataset uses, so that the description can be read alone."""
    used = {iri(name) for name in (*statistics.predicates, *statistics.classes)}
    return (line for line in description.labels if line.partition(" ")[0] in used)


def label_lines(ontology: list[str]) -> tuple[str, ...]:
    """Those of the ontology's lines that say what terms are called."""
    return tuple(line for line in ontology if line.split(" ", 2)[1] == LABEL)


def described_nodes(description: Description) -> dict[bytes, Classes]:
    """The nodes that get a class from the metadata, whatever is counted, and their classes."""
    found: dict[bytes, set[bytes]] = {}
    for subject, predicate, value in metadata_triples(description, Statistics(), True):
        if predicate == A:
            found.setdefault(subject.encode(), set()).add(value[1:-1].encode())
    return {node: tuple(sorted(classes)) for node, classes in found.items()}


def metadata_triples(description: Description, statistics: Statistics, has_objects: bool) -> Iterator[Triple]:
    """The dataset, its release, its dumps, its partitions by class and property, and the endpoint."""
    iris = description.iris
    yield from _dataset_triples(description, statistics)
    yield from count_triples(statistics, iris, has_objects)
    yield from feature_triples(iris)
    yield from subset_triples(description.parts, iris)
    yield from _document_triples(iris, description.issued)
    yield from partition_triples(statistics, iris)
    yield from linkset_triples(description.linksets, iris)
    yield from catalogue_triples(iris)
    yield from version_triples(description.release, description.dumps, description.issued, iris)
    yield from service_triples(iris, description.graphs)
    yield from data_service_triples(iris)
    yield from document_triples(iris)
    yield from provenance.release_triples(description.release, list(description.inputs), iris)


def _dataset_triples(description: Description, statistics: Statistics) -> Iterator[Triple]:
    iris = description.iris
    dataset = iri(iris.dataset())
    for name in ("void:Dataset", "dcat:Dataset"):
        yield dataset, A, term(name)
    yield dataset, TITLE, literal("LitLOD: biomedical papers and the concepts they mention")
    yield dataset, DESCRIPTION, literal(_description(statistics))
    yield dataset, IDENTIFIER, literal(iris.dataset())
    yield dataset, term("dcterms:rights"), literal(SUMMARY)
    yield dataset, term("dcterms:creator"), iri(iris.tool("litlod"))
    yield from ((dataset, term("dcat:keyword"), literal(word)) for word in KEYWORDS)
    yield dataset, term("foaf:homepage"), iri(iris.base)
    yield dataset, term("void:sparqlEndpoint"), iri(iris.endpoint())
    yield dataset, term("void:uriSpace"), literal(iris.base)
    if description.example is not None:
        yield dataset, term("void:exampleResource"), iri(description.example)
    for dump in description.dumps:
        yield dataset, term("void:dataDump"), iri(iris.dump(description.release, dump.name))


def _description(statistics: Statistics) -> str:
    papers = statistics.classes[expand("schema:ScholarlyArticle")]
    annotations = statistics.classes[expand("oa:Annotation")]
    return (
        f"{papers} biomedical papers and {annotations} mentions of genes, diseases, chemicals, species, variants and cell lines, "
        "linked to Mondo, MeSH, NCBI Gene, PubChem, OMIM, NCBI Taxonomy, dbSNP and Cellosaurus by their owners' IRIs."
    )


def _document_triples(iris: Iris, issued: str | None) -> Iterator[Triple]:
    document = iri(iris.void())
    yield document, A, term("void:DatasetDescription")
    yield document, TITLE, literal("Description of the LitLOD dataset")
    yield document, term("foaf:primaryTopic"), iri(iris.dataset())
    yield document, term("dcterms:creator"), iri(iris.tool("litlod"))
    yield from date_triples(document, issued)
