"""The one table of entity types: our class and mention property, the words sources use, the vocabularies allowed."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class EntityType:
    """One row. `ontology_class` and `mention_property` are terms of our ontology; `names` are lower-case words of
    sources; `vocabularies` are those whose identifiers are expected here, the first also for bare numbers;
    `names_are_official` says that names printed with such entities on paper pages are the authority's own.
    """

    key: str
    ontology_class: str
    mention_property: str
    names: frozenset[str]
    vocabularies: tuple[str, ...]
    names_are_official: bool = False


_ROWS = (
    EntityType("gene", "Gene", "mentionsGene", frozenset({"gene", "genes"}), ("NCBIGene",), names_are_official=True),
    EntityType("disease", "Disease", "mentionsDisease", frozenset({"disease", "diseases"}), ("MONDO", "MESH", "OMIM")),
    EntityType("chemical", "Chemical", "mentionsChemical", frozenset({"chemical", "chemicals"}), ("PUBCHEM.COMPOUND", "MESH")),
    EntityType(
        "species", "Species", "mentionsSpecies", frozenset({"species", "organism", "organisms"}), ("NCBITaxon",), names_are_official=True
    ),
    EntityType("variant", "Variant", "mentionsVariant", frozenset({"variant", "variants", "mutation", "mutations"}), ("dbSNP",)),
    EntityType(
        "cell_line", "CellLine", "mentionsCellLine", frozenset({"cell line", "cell lines", "cellline", "celllines"}), ("Cellosaurus",)
    ),
)

ENTITY_TYPES: dict[str, EntityType] = {row.key: row for row in _ROWS}
ENTITY_TYPE_NAMES: dict[str, EntityType] = {name: row for row in _ROWS for name in row.names}
