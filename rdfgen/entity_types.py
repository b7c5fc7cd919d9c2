"""The one table of entity types: our class and mention property, the words sources use, the vocabularies allowed."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class EntityType:
    """One row. `plural` is the word for people, `ontology_class` and `mention_property` are terms of our ontology;
    `names` are lower-case words of sources that mean the same, `narrower_names` those that say more; `vocabularies`
    are those whose identifiers are expected here; a number alone is one of `number_vocabulary`; `names_are_official`
    says that names printed with such entities on paper pages are the authority's own.
    """

    key: str
    plural: str
    ontology_class: str
    mention_property: str
    names: frozenset[str]
    vocabularies: tuple[str, ...]
    narrower_names: frozenset[str] = frozenset()
    number_vocabulary: str | None = None
    names_are_official: bool = False


def _words(*words: str) -> frozenset[str]:
    return frozenset(words)


_ROWS = (
    EntityType(
        key="gene",
        plural="genes",
        ontology_class="Gene",
        mention_property="mentionsGene",
        names=_words("gene", "genes", "geneorgeneproduct"),
        vocabularies=("NCBIGene",),
        number_vocabulary="NCBIGene",
        names_are_official=True,
    ),
    EntityType(
        key="disease",
        plural="diseases",
        ontology_class="Disease",
        mention_property="mentionsDisease",
        names=_words("disease", "diseases", "diseaseorphenotypicfeature"),
        vocabularies=("MONDO", "MESH", "OMIM"),
        # Those of the NCBI Disease corpus.
        narrower_names=_words("specificdisease", "diseaseclass", "compositemention", "modifier"),
    ),
    EntityType(
        key="chemical",
        plural="chemicals",
        ontology_class="Chemical",
        mention_property="mentionsChemical",
        names=_words("chemical", "chemicals", "chemicalentity"),
        vocabularies=("PUBCHEM.COMPOUND", "MESH"),
        narrower_names=_words("drug", "drugs"),
    ),
    EntityType(
        key="species",
        plural="species",
        ontology_class="Species",
        mention_property="mentionsSpecies",
        names=_words("species", "organism", "organisms", "organismtaxon"),
        vocabularies=("NCBITaxon",),
        narrower_names=_words("strain", "genus"),
        number_vocabulary="NCBITaxon",
        names_are_official=True,
    ),
    EntityType(
        key="variant",
        plural="variants",
        ontology_class="Variant",
        mention_property="mentionsVariant",
        names=_words("variant", "variants", "mutation", "mutations", "sequencevariant"),
        vocabularies=("dbSNP",),
        # Those of tmVar, old and new.
        narrower_names=_words(
            "dnamutation",
            "proteinmutation",
            "snp",
            "dnaallele",
            "proteinallele",
            "acidchange",
            "dnaacidchange",
            "proteinacidchange",
            "copynumbervariant",
            "othermutation",
        ),
    ),
    EntityType(
        key="cell_line",
        plural="cell lines",
        ontology_class="CellLine",
        mention_property="mentionsCellLine",
        names=_words("cell line", "cell lines", "cellline", "celllines"),
        vocabularies=("Cellosaurus",),
    ),
)

ENTITY_TYPES: dict[str, EntityType] = {row.key: row for row in _ROWS}
ENTITY_TYPE_NAMES: dict[str, EntityType] = {name: row for row in _ROWS for name in (*row.names, *row.narrower_names)}


def entity_type_named(word: str) -> EntityType | None:
    """The row that a source's word for a type stands for, or None.

    >>> entity_type_named("Cell_Line").key, entity_type_named("ProteinMutation").key
    ('cell_line', 'variant')
    """
    return ENTITY_TYPE_NAMES.get(folded(word))


def folded(word: str) -> str:
    """A source's word for a type as the table has it."""
    return word.strip().casefold().replace("_", " ").replace("-", " ")
