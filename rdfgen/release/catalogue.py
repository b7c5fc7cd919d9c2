"""The catalogue, the versions of the dataset and its files (https://www.w3.org/TR/vocab-dcat-3/)."""

from collections.abc import Iterator
from dataclasses import dataclass

from rdfgen.formats import format_named
from rdfgen.iris import Iris, part
from rdfgen.ntriples import Triple, date, iri, literal, term
from rdfgen.release.dumps import PACKINGS
from rdfgen.release.licences import rights_triples
from rdfgen.terms import IDENTIFIER, TITLE, A

_MEDIA_TYPES = "https://www.iana.org/assignments/media-types/"
_PUBLIC = "http://publications.europa.eu/resource/authority/access-right/PUBLIC"


@dataclass(frozen=True, slots=True)
class Dump:
    """One file to download; of the file that these statements are in, size and checksum cannot be stated in it."""

    name: str
    part: str
    bytes: int | None = None
    sha256: str | None = None

    @property
    def media_types(self) -> tuple[str, str | None]:
        """What is in the file, and what it is packed as.

        >>> Dump("papers.ttl.gz", "papers").media_types
        ('text/turtle', 'application/gzip')
        """
        _, form, *packing = self.name.split(".")
        return format_named(form).media_types[0], PACKINGS[packing[0]] if packing else None


def media_type_iri(name: str) -> str:
    """The IRI of a media type in IANA's registry.

    >>> media_type_iri("text/turtle")
    'https://www.iana.org/assignments/media-types/text/turtle'
    """
    return _MEDIA_TYPES + name


def distribution_iri(iris: Iris, release: str, name: str) -> str:
    """The distribution that a dump is; the file itself has the address that `Iris.dump` gives."""
    return part(iris.release(release), name)


def distribution_triples(dump: Dump, release: str, iris: Iris) -> Iterator[Triple]:
    """One file of a release, with what is needed to fetch and check it."""
    node, address = iri(distribution_iri(iris, release, dump.name)), iri(iris.dump(release, dump.name))
    content, packing = dump.media_types
    yield node, A, term("dcat:Distribution")
    yield node, TITLE, literal(dump.name)
    yield node, term("dcat:downloadURL"), address
    yield node, term("dcat:accessURL"), address
    yield node, term("dcat:mediaType"), iri(media_type_iri(content))
    if packing is not None:
        yield node, term("dcat:compressFormat"), iri(media_type_iri(packing))
    yield from rights_triples(node, dump.part)
    yield from content_triples(dump, release, iris)


def content_triples(dump: Dump, release: str, iris: Iris) -> Iterator[Triple]:
    """Size and checksum of a file, as far as known."""
    node = iri(distribution_iri(iris, release, dump.name))
    if dump.bytes is not None:
        yield node, term("dcat:byteSize"), f'"{dump.bytes}"^^{term("xsd:nonNegativeInteger")}'
    if dump.sha256 is not None:
        checksum = iri(part(iris.release(release), f"{dump.name}-sha256"))
        yield node, term("spdx:checksum"), checksum
        yield checksum, A, term("spdx:Checksum")
        yield checksum, term("spdx:algorithm"), term("spdx:checksumAlgorithm_sha256")
        yield checksum, term("spdx:checksumValue"), f'"{dump.sha256}"^^{term("xsd:hexBinary")}'


def catalogue_triples(iris: Iris) -> Iterator[Triple]:
    """The catalogue of what one site publishes: the dataset and the endpoint, and who publishes them."""
    catalogue, publisher = iri(part(iris.void(), "catalogue")), iri(iris.base)
    yield catalogue, A, term("dcat:Catalog")
    yield catalogue, TITLE, literal("LitLOD")
    yield catalogue, term("dcterms:description"), literal("What LitLOD publishes at this address: a dataset and the endpoint to query it.")
    yield catalogue, term("dcterms:publisher"), publisher
    yield catalogue, term("dcterms:license"), iri(iris.licences())
    yield catalogue, term("foaf:homepage"), publisher
    yield catalogue, term("dcat:dataset"), iri(iris.dataset())
    yield catalogue, term("dcat:service"), iri(iris.endpoint())
    yield publisher, A, term("foaf:Agent")
    yield publisher, term("foaf:name"), literal(publisher_name(iris))


def publisher_name(iris: Iris) -> str:
    """What to call whoever publishes: the address, which is all that is known.

    >>> publisher_name(Iris("https://w3id.org/litlod/"))
    'w3id.org/litlod'
    """
    return iris.base.partition("://")[2].rstrip("/")


def version_triples(release: str, dumps: tuple[Dump, ...], issued: str | None, iris: Iris) -> Iterator[Triple]:
    """One release of the dataset and its files."""
    node, dataset = iri(iris.release(release)), iri(iris.dataset())
    yield node, A, term("dcat:Dataset")
    yield node, TITLE, literal(f"LitLOD, release {release}")
    yield node, IDENTIFIER, literal(iris.release(release))
    yield node, term("dcat:version"), literal(release)
    yield node, term("dcat:isVersionOf"), dataset
    yield dataset, term("dcat:hasVersion"), node
    yield dataset, term("dcat:hasCurrentVersion"), node
    yield dataset, term("dcat:version"), literal(release)
    for subject in (node, dataset):
        yield subject, term("dcterms:license"), iri(iris.licences())
        yield subject, term("dcterms:publisher"), iri(iris.base)
        yield subject, term("dcterms:accessRights"), iri(_PUBLIC)
        yield from date_triples(subject, issued)
    for dump in dumps:
        yield node, term("dcat:distribution"), iri(distribution_iri(iris, release, dump.name))
        yield from distribution_triples(dump, release, iris)
    yield dataset, term("dcat:distribution"), iri(part(iris.endpoint(), "distribution"))
    yield from _endpoint_distribution(iris)


def date_triples(subject: str, issued: str | None) -> Iterator[Triple]:
    """When something was published in this state, if that is known."""
    if issued is not None:
        yield subject, term("dcterms:issued"), date(issued)
        yield subject, term("dcterms:modified"), date(issued)


def _endpoint_distribution(iris: Iris) -> Iterator[Triple]:
    node = iri(part(iris.endpoint(), "distribution"))
    yield node, A, term("dcat:Distribution")
    yield node, TITLE, literal("By SPARQL")
    yield node, term("dcat:accessURL"), iri(iris.endpoint())
    yield node, term("dcat:accessService"), iri(iris.endpoint())
    yield node, term("dcterms:license"), iri(iris.licences())
