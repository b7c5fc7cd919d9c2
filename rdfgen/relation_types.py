"""The one table of relation types: our term for each, and every spelling of it met in sources."""

import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class RelationType:
    """One row. `ontology_term` is a term of our ontology, which aligns it with a predicate of Biolink; `names` are
    spellings of sources, compared without case, `_`, `-` and spaces.
    """

    key: str
    ontology_term: str
    names: tuple[str, ...]


# The nouns are those of BioRED and of PubTator3's API, the verbs those of its bulk files; CID is BC5CDR's.
_ROWS = (
    RelationType("association", "Association", ("Association", "associate", "associated with")),
    RelationType("positive_correlation", "PositiveCorrelation", ("Positive_Correlation", "positive_correlate")),
    RelationType("negative_correlation", "NegativeCorrelation", ("Negative_Correlation", "negative_correlate")),
    RelationType("binding", "Binding", ("Bind", "Binding", "interact", "Interaction")),
    RelationType("cotreatment", "Cotreatment", ("Cotreatment", "Co-treatment", "cotreat")),
    RelationType("drug_interaction", "DrugInteraction", ("Drug_Interaction", "drug_interact")),
    RelationType("comparison", "Comparison", ("Comparison", "compare")),
    RelationType("conversion", "Conversion", ("Conversion", "convert")),
    RelationType("causation", "Causation", ("Cause", "Causation", "CID", "induce", "chemical-induced disease")),
    RelationType("treatment", "Treatment", ("Treatment", "treat")),
    RelationType("prevention", "Prevention", ("Prevention", "prevent")),
    RelationType("inhibition", "Inhibition", ("Inhibition", "inhibit")),
    RelationType("stimulation", "Stimulation", ("Stimulation", "stimulate")),
)

RELATION_TYPES: dict[str, RelationType] = {row.key: row for row in _ROWS}


def _folded(name: str) -> str:
    return re.sub(r"[\s_-]+", "", name).casefold()


_BY_NAME = {_folded(name): row for row in _ROWS for name in row.names}


def relation_type(name: str) -> str | None:
    """The key of the relation type that a source names this way, or None.

    >>> relation_type("negative_correlate"), relation_type("Co-treatment"), relation_type("CID")
    ('negative_correlation', 'cotreatment', 'causation')
    """
    row = _BY_NAME.get(_folded(name))
    return None if row is None else row.key
