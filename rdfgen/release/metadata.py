"""The release's description of itself: VoID (https://www.w3.org/TR/void/), DCAT and PROV, from its statistics.

The description is part of the default graph that it describes, so its own triples are counted too: the counts are
found by writing it until they no longer change.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from rdfgen import provenance
from rdfgen.errors import LitlodError
from rdfgen.iris import Iris, digest, part
from rdfgen.namespaces import expand
from rdfgen.ntriples import Triple, integer, iri, lines, literal, term
from rdfgen.release.linksets import Linkset, linkset_triples
from rdfgen.release.statistics import Statistics

_ROUNDS = 20
_RIGHTS = (
    "Titles, abstracts and names belong to the publishers and databases they come from, under the terms stated there; "
    "the statements about them are dedicated to the public domain (CC0 1.0)."
)


@dataclass(frozen=True, slots=True)
class Description:
    """What the metadata say besides counts. `dumps` are file names, `inputs` SHA-256 sums, `example` a paper's IRI."""

    iris: Iris
    release: str
    dumps: tuple[str, ...]
    inputs: tuple[str, ...]
    example: str | None
    linksets: tuple[Linkset, ...] = ()


def metadata_lines(description: Description, data: Statistics, is_new: Callable[[str], bool]) -> tuple[list[str], Statistics]:
    """The N-Triples lines of the metadata, sorted, and the statistics of data and metadata together.

    `is_new` says of a line whether the default graph lacks it; lines that it has already are not counted twice.
    """
    total = data
    for _ in range(_ROUNDS):
        found = sorted(set(lines(metadata_triples(description, total))))
        own = Statistics()
        for line in filter(is_new, found):
            own.add(line.encode())
        if data + own == total:
            return found, total
        total = data + own
    subject = description.iris.dataset()
    raise LitlodError(f"an --include states counts of this dataset, which can never be right: leave out triples about <{subject}>")


def metadata_triples(description: Description, statistics: Statistics) -> Iterator[Triple]:
    """The dataset, its release, its dumps and its partitions by class and property."""
    iris = description.iris
    dataset = iri(iris.dataset())
    for name in ("void:Dataset", "dcat:Dataset"):
        yield dataset, term("rdf:type"), term(name)
    yield dataset, term("dcterms:title"), literal("LitLOD: biomedical papers and the concepts they mention")
    yield dataset, term("dcterms:description"), literal(_description(statistics))
    yield dataset, term("dcterms:rights"), literal(_RIGHTS)
    yield dataset, term("void:sparqlEndpoint"), iri(iris.endpoint())
    yield dataset, term("void:uriSpace"), literal(iris.base)
    yield dataset, term("void:triples"), integer(statistics.triples)
    yield dataset, term("void:classes"), integer(len(statistics.classes))
    yield dataset, term("void:properties"), integer(len(statistics.predicates))
    yield dataset, term("dcat:hasVersion"), iri(iris.release(description.release))
    yield dataset, term("dcat:version"), literal(description.release)
    if description.example is not None:
        yield dataset, term("void:exampleResource"), iri(description.example)
    for name in description.dumps:
        yield dataset, term("void:dataDump"), iri(iris.dump(description.release, name))
    yield from _document_triples(iris)
    yield from _partition_triples(statistics, iris)
    yield from linkset_triples(description.linksets, iris)
    yield from provenance.release_triples(description.release, list(description.inputs), iris)


def _description(statistics: Statistics) -> str:
    papers = statistics.classes[expand("schema:ScholarlyArticle")]
    annotations = statistics.classes[expand("oa:Annotation")]
    return (
        f"{papers} biomedical papers and {annotations} mentions of genes, diseases, chemicals, species, variants and cell lines, "
        "linked to Mondo, MeSH, NCBI Gene, PubChem, OMIM, NCBI Taxonomy, dbSNP and Cellosaurus by their owners' IRIs."
    )


def _document_triples(iris: Iris) -> Iterator[Triple]:
    document = iri(iris.void())
    yield document, term("rdf:type"), term("void:DatasetDescription")
    yield document, term("dcterms:title"), literal("Description of the LitLOD dataset")
    yield document, term("foaf:primaryTopic"), iri(iris.dataset())


def _partition_triples(statistics: Statistics, iris: Iris) -> Iterator[Triple]:
    dataset = iri(iris.dataset())
    for name, count in statistics.classes.items():
        node = iri(part(iris.void(), f"class-{digest(name)}"))
        yield dataset, term("void:classPartition"), node
        yield node, term("void:class"), iri(name)
        yield node, term("void:entities"), integer(count)
    for name, count in statistics.predicates.items():
        node = iri(part(iris.void(), f"property-{digest(name)}"))
        yield dataset, term("void:propertyPartition"), node
        yield node, term("void:property"), iri(name)
        yield node, term("void:triples"), integer(count)
