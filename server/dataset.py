"""The dataset as it is served: its description with what is known only of a finished release, and the same in schema.org's terms."""

import json
from collections.abc import Iterator
from pathlib import Path

import pyoxigraph
from pyoxigraph import NamedNode, Quad, RdfFormat

from rdfgen.iris import part
from rdfgen.namespaces import PREFIXES, expand
from rdfgen.ntriples import Triple, iri, lines
from rdfgen.release.catalogue import Dump, content_triples, date_triples, publisher_name
from rdfgen.release.licences import TERMS, Terms
from rdfgen.release.metadata import KEYWORDS
from server.published import Release

Json = dict[str, object]

_BIOSCHEMAS = "https://bioschemas.org/profiles/"
_IRIS = ("url", "license", "contentUrl", "identifier", "sameAs")
_CONTEXT: Json = {
    "@vocab": PREFIXES["schema"],
    "dct": PREFIXES["dcterms"],
    **{name: {"@id": f"{PREFIXES['schema']}{name}", "@type": "@id"} for name in _IRIS},
}


def dataset_quads(release: Release) -> list[Quad]:
    """What the release says about itself, with its date and the sizes and sums of all its files.

    The release itself cannot say these: the same inputs give the same bytes whenever it is built, and no file holds its own sum.
    """
    quads = list(pyoxigraph.parse(path=str(release.folder / "metadata.ttl"), format=RdfFormat.TURTLE))
    known = set(quads)
    added = pyoxigraph.parse("".join(lines(_served_triples(release))), format=RdfFormat.N_TRIPLES)
    return quads + [quad for quad in added if quad not in known]


def _served_triples(release: Release) -> Iterator[Triple]:
    iris = release.iris
    for name in (iris.dataset(), iris.release(release.id), iris.void()):
        yield from date_triples(iri(name), issued(release))
    for dump in dumps(release):
        yield from content_triples(dump, release.id, iris)


def issued(release: Release) -> str:
    """The date that the release says it is from, else the day on which it was built."""
    return str(release.manifest.settings.get("issued") or release.manifest.built[:10])


def dumps(release: Release) -> list[Dump]:
    """The files to download."""
    rows = [row for row in release.manifest.files if row.part is not None]
    return [Dump(Path(row.path).name, str(row.part), row.bytes, row.sha256) for row in rows]


def parts(release: Release) -> dict[str, tuple[int, list[Dump], list[Terms]]]:
    """Each part's number of triples, its files and its terms of use."""
    counts = {row.part: row.triples or 0 for row in release.manifest.files if row.part is not None}
    files = dumps(release)
    return {
        name: (count, [file for file in files if file.part == name], [row for row in TERMS if name in row.parts])
        for name, count in sorted(counts.items())
    }


def told(quads: list[Quad], subject: str, name: str) -> str:
    """The first value of a property of a thing, "" if there is none."""
    wanted = NamedNode(subject), NamedNode(expand(name))
    found = (quad.object for quad in quads if (quad.subject, quad.predicate) == wanted)
    return next((value.value for value in found if isinstance(value, pyoxigraph.Literal | NamedNode)), "")


def dataset_json(release: Release) -> Json:
    """The dataset for search engines (https://bioschemas.org/profiles/Dataset/1.0-RELEASE)."""
    return {"@context": _CONTEXT} | _dataset(release, dataset_quads(release)) | {"includedInDataCatalog": _catalogue(release)}


def catalogue_json(release: Release) -> Json:
    """The catalogue that the dataset is in, with it (https://bioschemas.org/profiles/DataCatalog/0.3-RELEASE-2019_07_01)."""
    dataset = _dataset(release, dataset_quads(release))
    return {"@context": _CONTEXT} | _catalogue(release) | {"dataset": {name: dataset[name] for name in _SHORT}}


_SHORT = ("@type", "@id", "name", "description", "url", "license", "creator", "keywords", "identifier")


def _dataset(release: Release, quads: list[Quad]) -> Json:
    dataset = release.iris.dataset()
    return {
        "@type": "Dataset",
        "@id": dataset,
        "dct:conformsTo": {"@id": f"{_BIOSCHEMAS}Dataset/1.0-RELEASE", "@type": "CreativeWork"},
        "name": told(quads, dataset, "dcterms:title"),
        "description": told(quads, dataset, "dcterms:description"),
        "url": dataset,
        "identifier": dataset,
        "license": release.iris.licences(),
        "keywords": list(KEYWORDS),
        "version": release.id,
        "isAccessibleForFree": True,
        "conditionsOfAccess": "public",
        "inLanguage": "en",
        "datePublished": issued(release),
        "dateModified": issued(release),
        "creator": _publisher(release),
        "publisher": _publisher(release),
        "distribution": [_download(dump, release) for dump in dumps(release)],
    }


def _catalogue(release: Release) -> Json:
    return {
        "@type": "DataCatalog",
        "@id": part(release.iris.void(), "catalogue"),
        "dct:conformsTo": {"@id": f"{_BIOSCHEMAS}DataCatalog/0.3-RELEASE-2019_07_01", "@type": "CreativeWork"},
        "name": "LitLOD",
        "description": "What LitLOD publishes at this address: a dataset of biomedical papers as linked data and the endpoint to query it.",
        "url": release.iris.base,
        "keywords": list(KEYWORDS),
        "license": release.iris.licences(),
        "provider": _publisher(release),
    }


def _publisher(release: Release) -> Json:
    return {"@type": "Organization", "@id": release.iris.base, "name": publisher_name(release.iris), "url": release.iris.base}


def _download(dump: Dump, release: Release) -> Json:
    content, packing = dump.media_types
    return {
        "@type": "DataDownload",
        "name": dump.name,
        "contentUrl": release.iris.dump(release.id, dump.name),
        "encodingFormat": [content, *([packing] if packing else [])],
        "contentSize": f"{dump.bytes} B",
        "sha256": dump.sha256,
    }


def embedded(document: Json) -> str:
    r"""JSON that can stand in a script element of a page: nothing in it ends the element.

    >>> embedded({"name": "</script>"})
    '{"name": "\\u003c/script>"}'
    """
    return json.dumps(document, ensure_ascii=False).replace("<", "\\u003c").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")
