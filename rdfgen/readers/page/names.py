"""The names that authorities give to genes and taxa, as paper pages print them."""

import re

from rdfgen.model import ConceptName

_BRACKET = re.compile("[()]")
# https://www.ncbi.nlm.nih.gov/books/NBK21100/ names the ranks of the NCBI Taxonomy.
_RANKS = frozenset(
    f"{level}{rank}"
    for rank in ("kingdom", "phylum", "class", "order", "family", "genus", "species", "tribe", "cohort")
    for level in ("", "sub", "super", "infra", "parv")
) | frozenset(
    [
        "no rank",
        "domain",
        "realm",
        "acellular root",
        "cellular root",
        "clade",
        "strain",
        "isolate",
        "serotype",
        "serogroup",
        "biotype",
        "genotype",
        "morph",
        "pathogroup",
        "forma",
        "forma specialis",
        "varietas",
        "section",
        "subsection",
        "series",
        "species group",
        "species subgroup",
        "subvariety",
    ]
)


def gene_name(text: str) -> ConceptName:
    """A gene's symbol and full name.

    >>> gene_name("Grin2b (glutamate receptor, ionotropic, NMDA2B (epsilon 2))").full_name
    'glutamate receptor, ionotropic, NMDA2B (epsilon 2)'
    """
    start = text.find(" (")
    if start < 0:
        start = last_group(text)
    label, name = text[:start].strip(), text[start:].strip()[1:].strip()
    if start < 0 or not label:
        return ConceptName(text)
    if name.endswith(")") and name.count("(") < name.count(")"):
        name = name[:-1].rstrip()
    return ConceptName(label, name or None)


def species_name(text: str) -> ConceptName:
    """A taxon's scientific name, common name and rank.

    >>> species_name("Rattus norvegicus (brown rat, species)")
    ConceptName(label='Rattus norvegicus', full_name=None, synonyms=('brown rat',), rank='species')
    """
    start = last_group(text)
    if start < 0:
        return ConceptName(text)
    label, content = text[:start].strip(), text[start + 1 :].removesuffix(")")
    common, _, rank = (part.strip() for part in content.rpartition(","))
    if rank.casefold() not in _RANKS:
        common, rank = content.strip(), ""
    return ConceptName(label, None, (common,) if common else (), rank.casefold() or None)


def last_group(text: str) -> int:
    """Where the brackets open that enclose the end of the text, even if they never close; -1 where none do.

    >>> last_group("virus (A/H1(N1)) (flu, strain)"), last_group("Homo (human, species"), last_group("(flu)")
    (17, 5, -1)
    """
    opened: list[int] = []
    start = -1
    for bracket in _BRACKET.finditer(text):
        if bracket[0] == "(":
            opened.append(bracket.start())
        elif opened:
            start = opened.pop()
    if not text.endswith(")"):
        start = opened[-1] if opened else -1
    return start if text[: max(start, 0)].strip() else -1
