"""KGX (https://github.com/biolink/kgx): concepts and papers as nodes, mentions, relations and hierarchies as edges."""

import uuid
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from itertools import product
from typing import TextIO

from rdfgen.exports.curies import AUTHORITIES, NAMED_THING, biolink_terms, concept_curie, knowledge_source, paper_curie
from rdfgen.exports.statements import Group, Source
from rdfgen.iris import concept_reference
from rdfgen.namespaces import MESH_TERMS, expand

FILES = ("nodes.tsv", "edges.tsv")
# Concepts are read twice: for nodes and for edges.
PARTS = ("concepts", "papers", "annotations", "relations", "concepts")

NODE_COLUMNS = ("id", "category", "name", "description", "synonym", "xref", "iri", "deprecated", "provided_by")
EDGE_COLUMNS = (
    "id",
    "subject",
    "predicate",
    "object",
    "category",
    "primary_knowledge_source",
    "knowledge_level",
    "agent_type",
    "publications",
    "has_count",
)
_PAPER = "biolink:Publication"
_MENTIONS = "biolink:InformationContentEntityToNamedThingAssociation"
_ASSOCIATION = "biolink:Association"
# What leads from a concept to another one -> the predicate.
_HIERARCHY = {
    expand("rdfs:subClassOf"): "biolink:subclass_of",
    f"{MESH_TERMS}broaderDescriptor": "biolink:subclass_of",
    expand("biolink:in_taxon"): "biolink:in_taxon",
}
_TEXT_MINING = ("not_provided", "text_mining_agent")
_UNKNOWN = ("not_provided", "not_provided")
_CURATED = ("knowledge_assertion", "manual_agent")

Row = Mapping[str, str | Iterable[str]]


def write(source: Source, targets: tuple[TextIO, ...]) -> Counter[str]:
    """Write nodes and edges of a release; returns how many there are of each kind, and what could not be said."""
    counts: Counter[str] = Counter()
    _write_table(NODE_COLUMNS, _nodes(source, counts), targets[0])
    _write_table(EDGE_COLUMNS, _edges(source, counts), targets[1])
    return counts


def _write_table(columns: tuple[str, ...], rows: Iterable[Row], target: TextIO) -> None:
    target.write("\t".join(columns) + "\n")
    for row in rows:
        target.write("\t".join(_cell(row.get(name, "")) for name in columns) + "\n")


def _cell(value: str | Iterable[str]) -> str:
    """A cell: KGX has no way to write a tab or line end, or a bar within one of several values.

    >>> _cell(["a|b", "c"]), _cell("tab" + chr(9) + "|")
    ('a¦b|c', 'tab |')
    """
    if isinstance(value, str):
        return " ".join(value.split()) if not value.isprintable() else value
    return "|".join(_cell(text).replace("|", "¦") for text in value)


def _nodes(source: Source, counts: Counter[str]) -> Iterator[Row]:
    terms = biolink_terms(source.manifest.base)
    for group in source.groups("concepts"):
        curie = concept_curie(group.about)
        if curie is None:
            counts["things that are no concepts, left out"] += 1
            continue
        counts["nodes"] += 1
        yield _concept_node(curie, group, terms)
    for group in source.groups("papers"):
        if group.about.startswith(source.iris.below("paper/")):
            counts["nodes"] += 1
            yield _paper_node(group, source)


def _concept_node(curie: str, group: Group, terms: Mapping[str, str]) -> Row:
    iri = group.about
    return {
        "id": curie,
        "category": [terms[name] for name in group.all(iri, "rdf:type") if name in terms] or [NAMED_THING],
        "name": group.one(iri, "rdfs:label") or "",
        "description": group.one(iri, "dcterms:description") or "",
        "synonym": group.all(iri, "skos:altLabel"),
        "iri": iri,
        "deprecated": group.one(iri, "owl:deprecated") or "",
        "provided_by": "litlod",
    }


def _paper_node(group: Group, source: Source) -> Row:
    iri = group.about
    curie = paper_curie(iri, source.manifest.base)
    others = (concept_curie(other) for other in group.all(iri, "skos:exactMatch"))
    return {
        "id": curie,
        "category": [_PAPER],
        "name": group.one(iri, "dcterms:title") or "",
        "xref": sorted({other for other in others if other is not None and other != curie}),
        "iri": iri,
        "provided_by": "litlod",
    }


def _edges(source: Source, counts: Counter[str]) -> Iterator[Row]:
    for name, rows in (("mentions", _mentions(source)), ("relations", _relations(source, counts)), ("hierarchy", _hierarchy(source))):
        for row in rows:
            counts[f"edges: {name}"] += 1
            yield row


def _edge(
    triple: tuple[str, str, str], source: str, how: tuple[str, str], publications: list[str], own: str = ""
) -> dict[str, str | list[str]]:
    """One edge; its id stands for what it says, who says it how and where, and for what else tells it from others."""
    subject, predicate, value = triple
    name = "\t".join((*triple, source, *how, *publications, own))
    return {
        "id": f"urn:uuid:{uuid.uuid5(uuid.NAMESPACE_OID, name)}",
        "subject": subject,
        "predicate": predicate,
        "object": value,
        "category": [_ASSOCIATION],
        "primary_knowledge_source": source,
        "knowledge_level": how[0],
        "agent_type": how[1],
        "publications": publications,
    }


def _mentions(source: Source) -> Iterator[Row]:
    """One edge for each paper, concept and tool, with the number of annotations behind it."""
    mined = source.iris.term("FullTextMention")
    evidence = source.iris.term("evidence")
    for group in source.groups("annotations"):
        paper = paper_curie(group.about, source.manifest.base)
        found: Counter[tuple[str, str, bool]] = Counter()
        for annotation in group.of_class("oa:Annotation"):
            tool = knowledge_source(group.one(annotation, "prov:wasGeneratedBy") or "")
            is_mined = group.one(annotation, evidence) == mined
            found.update((curie, tool, is_mined) for body in group.all(annotation, "oa:hasBody") if (curie := concept_curie(body)))
        for (curie, tool, is_mined), number in sorted(found.items()):
            how = _TEXT_MINING if is_mined else _UNKNOWN
            edge = _edge((paper, "biolink:mentions", curie), tool, how, [paper])
            yield edge | {"category": [_MENTIONS], "has_count": str(number)}


def _relations(source: Source, counts: Counter[str]) -> Iterator[Row]:
    """One edge for each pair of concepts of a relation; those with a side that has a text only are counted."""
    terms, relation_type = biolink_terms(source.manifest.base), source.iris.term("relationType")
    for group in source.groups("relations"):
        publications = [paper_curie(group.about, source.manifest.base)]
        for relation in group.of_class("biolink:Association"):
            sides = (_curies(group.all(relation, f"biolink:{side}")) for side in ("subject", "object"))
            predicate = terms.get(group.one(relation, relation_type) or "", "biolink:related_to")
            tool = knowledge_source(group.one(relation, "prov:wasGeneratedBy") or "")
            pairs = list(product(*sides))
            counts["relations with a side that is no concept, left out"] += not pairs
            for one, other in pairs:
                yield _edge((one, predicate, other), tool, _TEXT_MINING, publications, relation)


def _curies(iris: list[str]) -> list[str]:
    return [curie for iri in iris if (curie := concept_curie(iri)) is not None]


def _hierarchy(source: Source) -> Iterator[Row]:
    """What authorities say of how concepts stand to each other."""
    for group in source.groups("concepts"):
        reference, curie = concept_reference(group.about), concept_curie(group.about)
        if reference is None or curie is None or reference.prefix not in AUTHORITIES:
            continue
        for key, predicate in _HIERARCHY.items():
            for other in _curies(group.all(group.about, key)):
                yield _edge((curie, predicate, other), AUTHORITIES[reference.prefix], _CURATED, [])
