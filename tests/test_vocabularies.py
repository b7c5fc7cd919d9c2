"""The table of vocabularies is sound in itself and says what bioregistry says, or says why not."""

import re
import warnings
from collections import Counter
from collections.abc import Iterator
from itertools import permutations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rdfgen.entity_types import ENTITY_TYPES, EntityType
from rdfgen.identifiers import reference
from rdfgen.iris import DEFAULT_BASE, alias_iris, concept_iri, concept_reference, page_url, web_iri
from rdfgen.model import Reference
from rdfgen.namespaces import output_prefixes
from rdfgen.vocabularies import VOCABULARIES, Vocabulary

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # other people's
    import bioregistry

ROWS = pytest.mark.parametrize("row", VOCABULARIES.values(), ids=VOCABULARIES)
TYPES = pytest.mark.parametrize("row", ENTITY_TYPES.values(), ids=ENTITY_TYPES)

# Prefix -> the form that bioregistry prefers, and why ours is another.
DELIBERATE: dict[str, tuple[str, str]] = {
    "NCBIGene": (
        "http://purl.uniprot.org/geneid/",
        "NCBI's own RDF, PubTator RDF, MedGen and TogoID use identifiers.org; UniProt's is an alias",
    ),
    "OMIM": ("https://omim.org/MIM:", "Mondo, with which OMIM is joined here, uses the address of the entry"),
    "dbSNP": ("https://www.ncbi.nlm.nih.gov/snp/", "PubTator RDF, GWAS Catalog RDF and TogoID use identifiers.org; theirs is the page"),
    "Cellosaurus": ("https://www.cellosaurus.org/CVCL_", "Cellosaurus publishes RDF of its own; theirs is the page"),
    "PMID": ("http://rdf.ncbi.nlm.nih.gov/pubchem/reference/", "that is PubChem's number of a reference and no PMID"),
    "PMCID": ("http://europepmc.org/articles/", "pages of articles move; theirs is a page of another site"),
}


def examples(row: Vocabulary) -> list[Reference]:
    """Bioregistry's example and what else the table's own notation makes of it."""
    example = bioregistry.get_example(row.bioregistry)
    assert example is not None
    found = reference(f"{row.prefix}:{example}")
    if row.is_mapped:
        assert found is None and row.accepts(example)
        return [Reference(row.prefix, example)]
    assert found is not None
    return [found]


def bioregistry_prefixes(row: Vocabulary) -> list[str]:
    """The IRI prefixes that bioregistry gives, the one for RDF first."""
    found = (bioregistry.get_uri_prefix(row.bioregistry, priority=[kind]) for kind in ("rdf", "obofoundry", "default"))
    return [prefix for prefix in found if prefix]


def all_prefixes() -> Iterator[tuple[str, str]]:
    for row in VOCABULARIES.values():
        yield row.prefix, row.iri_prefix
        yield from ((row.prefix, alias.iri_prefix) for alias in row.aliases)


@ROWS
def test_bioregistry_knows_the_vocabulary(row: Vocabulary) -> None:
    assert bioregistry.get_resource(row.bioregistry) is not None


@ROWS
def test_bioregistry_gives_our_canonical_prefix_or_the_difference_is_deliberate(row: Vocabulary) -> None:
    assert (row.iri_prefix in bioregistry_prefixes(row)) != (row.prefix in DELIBERATE)


@pytest.mark.parametrize("prefix", DELIBERATE)
def test_a_deliberate_difference_is_still_the_one_that_was_judged(prefix: str) -> None:
    assert bioregistry_prefixes(VOCABULARIES[prefix])[0] == DELIBERATE[prefix][0]


@ROWS
def test_bioregistry_example_is_an_identifier_of_ours(row: Vocabulary) -> None:
    assert [found.prefix for found in examples(row)] == [row.prefix]


@ROWS
def test_what_we_accept_bioregistry_accepts(row: Vocabulary) -> None:
    pattern, banana = bioregistry.get_pattern(row.bioregistry), bioregistry.get_banana(row.bioregistry) or ""
    assert pattern is not None
    for found in examples(row):
        assert re.match(pattern, found.identifier) or re.match(pattern, found.identifier.removeprefix(banana).lstrip("_:"))


@ROWS
def test_aliases_at_identifiers_org_have_its_spelling(row: Vocabulary) -> None:
    name = bioregistry.get_identifiers_org_prefix(row.bioregistry)
    spellings = {f"https://identifiers.org/{name}:", f"http://identifiers.org/{name}/"}
    assert {prefix for owner, prefix in all_prefixes() if owner == row.prefix and "identifiers.org" in prefix} <= spellings


@ROWS
def test_the_canonical_iri_leads_back_to_the_record(row: Vocabulary) -> None:
    assert [concept_reference(concept_iri(found)) for found in examples(row)] == examples(row)


@pytest.mark.parametrize("row", [row for row in VOCABULARIES.values() if not row.is_mapped], ids=lambda row: row.prefix)
def test_the_table_key_is_a_prefix_that_notations_may_use_in_any_case(row: Vocabulary) -> None:
    (found,) = examples(row)
    assert {reference(f"{prefix}: {found.identifier}") for prefix in (row.prefix, row.prefix.lower(), *row.synonyms)} == {found}


@ROWS
def test_every_iri_and_page_of_a_record_is_a_valid_web_address(row: Vocabulary) -> None:
    for found in examples(row):
        addresses = [concept_iri(found), *alias_iris(found), *filter(None, [page_url(found)])]
        assert [web_iri(address) for address in addresses] == addresses


@ROWS
@pytest.mark.parametrize("junk", ["", " ", "-", "none", "0", "1;2", "D00\n", "a b", "٣٤٥٦٧٨٩", "<x>", '"', "../../x", "1" * 40])
def test_junk_is_no_identifier(row: Vocabulary, junk: str) -> None:
    assert not row.accepts(junk)


@ROWS
@pytest.mark.parametrize("tail", ["\n", " ", "#", "?x", '"', ">", "\u200b", " x"])
def test_an_identifier_with_something_behind_it_is_no_identifier(row: Vocabulary, tail: str) -> None:
    (found,) = examples(row)
    if row.prefix != "DOI" or tail.isspace():  # a DOI may hold nearly anything
        assert not row.accepts(found.identifier + tail)


@ROWS
@settings(derandomize=True, max_examples=40, deadline=None)
@given(data=st.data())
def test_whatever_the_pattern_accepts_has_one_iri_that_leads_back(row: Vocabulary, data: st.DataObject) -> None:
    identifier = data.draw(st.from_regex(re.compile(row.pattern, re.ASCII), fullmatch=True))
    iri = concept_iri(Reference(row.prefix, identifier))
    back = concept_reference(iri)
    assert back is not None
    assert (back.prefix, concept_iri(back)) == (row.prefix, iri)


def test_no_iri_prefix_begins_like_another_vocabularys() -> None:
    assert [(a, b) for a, b in permutations(all_prefixes(), 2) if a[0] != b[0] and a[1].startswith(b[1])] == []


def test_no_iri_prefix_is_listed_twice() -> None:
    prefixes = [prefix for _, prefix in all_prefixes()]
    assert len(prefixes) == len(set(prefixes))


def test_prefixes_of_documents_do_not_nest_so_that_abbreviation_is_unambiguous() -> None:
    namespaces = output_prefixes(DEFAULT_BASE).values()
    assert [(a, b) for a, b in permutations(namespaces, 2) if a.startswith(b)] == []


def test_no_notation_prefix_stands_for_two_vocabularies() -> None:
    folded = ({re.sub(r"[\s._-]+", "", name).casefold() for name in (row.prefix, *row.synonyms)} for row in VOCABULARIES.values())
    names = Counter(name for row in folded for name in row)
    assert [name for name, rows in names.items() if rows > 1] == []


@TYPES
def test_an_entity_type_allows_only_vocabularies_of_concepts(row: EntityType) -> None:
    assert all(VOCABULARIES[prefix].is_concept for prefix in row.vocabularies)


@ROWS
def test_a_vocabulary_of_concepts_belongs_to_an_entity_type(row: Vocabulary) -> None:
    assert row.is_concept == any(row.prefix in kind.vocabularies for kind in ENTITY_TYPES.values())


def test_no_word_of_sources_stands_for_two_entity_types() -> None:
    words = [name for row in ENTITY_TYPES.values() for name in row.names]
    assert len(words) == len(set(words))


@TYPES
def test_words_of_sources_for_an_entity_type_are_lower_case(row: EntityType) -> None:
    assert {name for name in row.names if name != name.casefold()} == set()
