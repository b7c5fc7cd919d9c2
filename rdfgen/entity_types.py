"""The one table of entity types: our class and mention property, the words sources use, the vocabularies allowed."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class EntityType:
    """One row. `plural` is the word for people, `ontology_class` and `mention_property` are terms of our ontology;
    `names` are lower-case words of sources; `vocabularies` are those whose identifiers are expected here, the first
    also for bare numbers; `names_are_official` says that names printed with such entities on paper pages are the
    authority's own.
    """

    key: str
    plural: str
    ontology_class: str
    mention_property: str
    names: frozenset[str]
    vocabularies: tuple[str, ...]
    names_are_official: bool = False


def _words(*words: str) -> frozenset[str]:
    return frozenset(words)


_ROWS = (
    EntityType("gene", "genes", "Gene", "mentionsGene", _words("gene", "genes"), ("NCBIGene",), names_are_official=True),
    EntityType("disease", "diseases", "Disease", "mentionsDisease", _words("disease", "diseases"), ("MONDO", "MESH", "OMIM")),
    EntityType("chemical", "chemicals", "Chemical", "mentionsChemical", _words("chemical", "chemicals"), ("PUBCHEM.COMPOUND", "MESH")),
    EntityType("species", "species", "Species", "mentionsSpecies", _words("species", "organism", "organisms"), ("NCBITaxon",), True),
    EntityType("variant", "variants", "Variant", "mentionsVariant", _words("variant", "variants", "mutation", "mutations"), ("dbSNP",)),
    EntityType("cell_line", "cell lines", "CellLine", "mentionsCellLine", _words("cell line", "cell lines", "cellline"), ("Cellosaurus",)),
)

ENTITY_TYPES: dict[str, EntityType] = {row.key: row for row in _ROWS}
ENTITY_TYPE_NAMES: dict[str, EntityType] = {name: row for row in _ROWS for name in row.names}
