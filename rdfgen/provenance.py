"""Triples about the tools that make annotations and about the run that makes a release (PROV-O)."""

from collections.abc import Iterator

from rdfgen import __version__
from rdfgen.iris import Iris, part
from rdfgen.namespaces import expand
from rdfgen.ntriples import Triple, iri, literal

# Name in IRIs -> what people call it.
TOOLS: dict[str, str] = {
    "paper-page": "Entity lists of paper pages",
    "litlod": "LitLOD",
}


def tool_triples(tool: str, iris: Iris) -> Iterator[Triple]:
    """The tool as an agent, and the activity of annotating that all its annotations share."""
    agent, activity = iri(iris.tool(tool)), iri(part(iris.tool(tool), "activity"))
    yield agent, iri(expand("rdf:type")), iri(expand("prov:SoftwareAgent"))
    yield agent, iri(expand("rdfs:label")), literal(TOOLS[tool])
    yield activity, iri(expand("rdf:type")), iri(expand("prov:Activity"))
    yield activity, iri(expand("prov:wasAssociatedWith")), agent


def release_triples(release_id: str, inputs: list[str], iris: Iris) -> Iterator[Triple]:
    """The activity that made a release. `inputs` are the SHA-256 sums of what it used besides the papers' sources,
    which each paper names itself; times are in the manifest.
    """
    activity = iri(part(iris.release(release_id), "activity"))
    yield iri(iris.release(release_id)), iri(expand("prov:wasGeneratedBy")), activity
    yield activity, iri(expand("rdf:type")), iri(expand("prov:Activity"))
    yield activity, iri(expand("prov:wasAssociatedWith")), iri(iris.tool("litlod"))
    yield iri(iris.tool("litlod")), iri(expand("rdf:type")), iri(expand("prov:SoftwareAgent"))
    yield iri(iris.tool("litlod")), iri(expand("rdfs:label")), literal(TOOLS["litlod"])
    yield iri(iris.tool("litlod")), iri(expand("schema:softwareVersion")), literal(__version__)
    for number, sha256 in enumerate(inputs, 1):
        source = iri(part(iris.release(release_id), f"input-{number}"))
        yield activity, iri(expand("prov:used")), source
        yield source, iri(expand("rdf:type")), iri(expand("prov:Entity"))
        yield source, iri(expand("schema:sha256")), literal(sha256)
