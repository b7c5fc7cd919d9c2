"""The mappings of a release as an SSSOM table (https://mapping-commons.github.io/sssom/spec-formats-tsv/)."""

import csv
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from itertools import groupby
from typing import TextIO

import yaml
from pyoxigraph import Literal, NamedNode, Quad

from rdfgen.iris import concept_reference
from rdfgen.namespaces import PREFIXES, expand
from rdfgen.vocabularies import VOCABULARIES

COLUMNS = (
    "subject_id",
    "subject_label",
    "predicate_id",
    "predicate_modifier",
    "object_id",
    "object_label",
    "mapping_justification",
    "author_id",
    "license",
    "mapping_source",
    "mapping_tool",
    "mapping_date",
    "confidence",
    "match_string",
)
_TYPE, _SET, _RECORD = expand("rdf:type"), expand("sssom:MappingSet"), expand("sssom:Mapping")
_SSSOM = PREFIXES["sssom"]
_UNSPECIFIED_LICENSE = "https://w3id.org/sssom/license/unspecified"
_UNSPECIFIED_MATCHING = expand("semapv:UnspecifiedMatching")
# What stands in a cell that SSSOM wants filled, where the mapping says nothing.
_MISSING = {"mapping_justification": [_UNSPECIFIED_MATCHING]}
# The slots whose values are written as CURIEs.
_ENTITIES = ("subject_id", "predicate_id", "object_id", "mapping_justification", "author_id", "mapping_source")

Values = dict[str, list[str]]
# Opens the sorted triples of the part; called twice, for what is in the header depends on all of them.
Opened = Callable[[], Iterable[Quad]]


def write_table(triples: Opened, set_id: str, version: str, target: TextIO) -> int:
    """Write all mappings, with a header that explains the prefixes that they use; returns how many there are."""
    licenses, entities = _surveyed(triples())
    prefixes = _prefixes(entities)
    stated = sorted({text for text in licenses.values() if text})
    head: dict[str, object] = {
        "curie_map": prefixes,
        "license": stated[0] if len(stated) == 1 else _UNSPECIFIED_LICENSE,
        "mapping_set_id": set_id,
        "mapping_set_version": version,
    }
    if licenses:
        head["mapping_set_source"] = sorted(licenses)
    target.writelines(f"# {line}\n" for line in yaml.safe_dump(head, width=10_000, allow_unicode=True).splitlines())
    writer = csv.writer(target, delimiter="\t", lineterminator="\n")
    writer.writerow(COLUMNS)
    count = 0
    for _, values in _things(triples(), _RECORD):
        writer.writerow(_row(values, prefixes, licenses))
        count += 1
    return count


def _things(triples: Iterable[Quad], *kinds: str) -> Iterator[tuple[str, Values]]:
    """The IRI of each thing of these types, and its values by slot."""
    for subject, quads in groupby(triples, key=lambda quad: quad.subject):
        values: Values = defaultdict(list)
        for quad in quads:
            if isinstance(quad.object, NamedNode | Literal):
                values[quad.predicate.value.removeprefix(_SSSOM)].append(quad.object.value)
        if isinstance(subject, NamedNode) and not set(kinds).isdisjoint(values.get(_TYPE, ())):
            yield subject.value, values


def _surveyed(triples: Iterable[Quad]) -> tuple[dict[str, str], set[str]]:
    """The licence of each set, "" where none is known, and the namespaces of all that is written as a CURIE."""
    licenses: dict[str, str] = {}
    spaces = {_space(_UNSPECIFIED_MATCHING)}
    for subject, values in _things(triples, _RECORD, _SET):
        if _SET in values[_TYPE]:
            licenses[subject] = next(iter(values["license"]), "")
        spaces.update(_space(value) for slot in _ENTITIES for value in values[slot])
    return licenses, spaces


def _space(iri: str) -> str:
    """The namespace in which the IRI stands: that of its vocabulary, else what is before its last `#` or `/`."""
    reference = concept_reference(iri)
    if reference is not None:
        return VOCABULARIES[reference.prefix].iri_prefix
    return iri[: max(iri.rfind("/"), iri.rfind("#")) + 1]


def _prefixes(spaces: set[str]) -> dict[str, str]:
    """A prefix for each namespace: that of its vocabulary, the usual one, or a number."""
    usual = {row.iri_prefix: "orcid" if row.prefix == "ORCID" else row.prefix for row in VOCABULARIES.values()}
    usual |= {space: name for name, space in PREFIXES.items()}
    found = {usual[space]: space for space in spaces if space in usual}
    return found | {f"ns{number}": space for number, space in enumerate(sorted(spaces - usual.keys()), 1)}


def _row(values: Values, prefixes: dict[str, str], licenses: dict[str, str]) -> list[str]:
    spaces = {space: name for name, space in prefixes.items()}
    cells = dict(values)
    for slot in _ENTITIES:
        cells[slot] = [f"{spaces[_space(iri)]}:{iri.removeprefix(_space(iri))}" for iri in values[slot] or _MISSING.get(slot, [])]
    cells["license"] = [text for source in values["mapping_source"] if (text := licenses.get(source))]
    cells["predicate_modifier"] = ["Not" for _ in values["predicate_modifier"]]
    return ["|".join(text.replace("|", "\\|") for text in cells.get(name, ())) for name in COLUMNS]
