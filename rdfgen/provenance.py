"""Triples about the tools that make annotations and about the run that makes a release (PROV-O)."""

from collections.abc import Iterator

from rdfgen import __version__
from rdfgen.iris import Iris, part
from rdfgen.ntriples import Triple, iri, literal, term

# Name in IRIs -> what people call it, where that is not the name itself.
TOOLS: dict[str, str] = {
    "paper-page": "Entity lists of paper pages",
    "litlod": "LitLOD",
    "pubtator3": "PubTator3",
    "pubtator-file": "Annotations in a file in PubTator format, which does not name their maker",
    "bioc-file": "Annotations in a file in BioC format, which does not name their maker",
    "medline": "MEDLINE indexing",
    "gnorm2": "GNorm2",
    "gnormplus": "GNormPlus",
    "tmvar": "tmVar",
    "tmvar3": "tmVar3",
    "mesh": "MeSH",
}


def tool_triples(tool: str, iris: Iris) -> Iterator[Triple]:
    """The tool as an agent, and the activity of annotating that all its annotations share."""
    agent, activity = iri(iris.tool(tool)), iri(part(iris.tool(tool), "activity"))
    yield agent, term("rdf:type"), term("prov:SoftwareAgent")
    yield agent, term("rdfs:label"), literal(TOOLS.get(tool, tool))
    yield activity, term("rdf:type"), term("prov:Activity")
    yield activity, term("prov:wasAssociatedWith"), agent


def release_triples(release_id: str, inputs: list[str], iris: Iris) -> Iterator[Triple]:
    """The activity that made a release. `inputs` are the SHA-256 sums of what it used besides the papers' sources,
    which each paper names itself; times are in the manifest.
    """
    activity = iri(part(iris.release(release_id), "activity"))
    yield iri(iris.release(release_id)), term("prov:wasGeneratedBy"), activity
    yield activity, term("rdf:type"), term("prov:Activity")
    yield activity, term("prov:wasAssociatedWith"), iri(iris.tool("litlod"))
    yield iri(iris.tool("litlod")), term("rdf:type"), term("prov:SoftwareAgent")
    yield iri(iris.tool("litlod")), term("rdfs:label"), literal(TOOLS["litlod"])
    yield iri(iris.tool("litlod")), term("schema:softwareVersion"), literal(__version__)
    for number, sha256 in enumerate(inputs, 1):
        source = iri(part(iris.release(release_id), f"input-{number}"))
        yield activity, term("prov:used"), source
        yield source, term("rdf:type"), term("prov:Entity")
        yield source, term("schema:sha256"), literal(sha256)
