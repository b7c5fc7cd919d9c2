"""/iri-policy asked about one IRI, the prefix map beside the table of spellings, and our papers by other names."""

import warnings

import pytest
from flask.testing import FlaskClient

from rdfgen.addresses import written_prefixes
from rdfgen.iris import DEFAULT_BASE as BASE
from rdfgen.iris import alias_iris, concept_iri, key_reference
from rdfgen.model import Reference
from rdfgen.spellings import canonical
from rdfgen.vocabularies import VOCABULARIES, Vocabulary
from tests import server_fixtures
from tests.server_fixtures import BROWSER

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # other people's
    import bioregistry

data = server_fixtures.data
client = server_fixtures.client

DEPRESSION = "http://id.nlm.nih.gov/mesh/D003866"
PAPER = f"{BASE}paper/PMC12899835"
ROWS = pytest.mark.parametrize("row", VOCABULARIES.values(), ids=VOCABULARIES)


def asked(client: FlaskClient, iri: str) -> dict[str, object]:
    """The answer about one IRI, the same by Accept, by parameter and by suffix."""
    responses = (
        client.get("/iri-policy", query_string={"iri": iri}, headers={"Accept": "application/json"}),
        client.get("/iri-policy", query_string={"iri": iri, "format": "json"}),
        client.get("/iri-policy.json", query_string={"iri": iri}),
    )
    assert [(response.status_code, response.content_type) for response in responses] == [(200, "application/json")] * 3
    assert len({response.data for response in responses}) == 1
    found: dict[str, object] = responses[0].get_json()
    return found


def example_of(row: Vocabulary) -> Reference:
    """Bioregistry's example of a record."""
    identifier = row.identifier(bioregistry.get_example(row.bioregistry) or "")
    assert identifier is not None
    return Reference(row.prefix, identifier)


# One IRI.


def test_the_answer_for_a_spelling_says_what_it_is_and_how_it_is_written(client: FlaskClient) -> None:
    found = asked(client, "https://identifiers.org/mesh:d003866")
    assert found == {
        "asked": "https://identifiers.org/mesh:d003866",
        "recognised": True,
        "iri": DEPRESSION,
        "vocabulary": "MESH",
        "identifier": "D003866",
        "differences": ["another form"],
        "in_release": True,
        "paper": None,
        "aliases": alias_iris(Reference("MESH", "D003866")),
        "page": "https://meshb.nlm.nih.gov/record/ui?ui=D003866",
        "text": f"https://identifiers.org/mesh:d003866 is written {DEPRESSION} here (another form); this release has it",
    }


@pytest.mark.parametrize(
    ("iri", "ours", "is_held"),
    [
        (DEPRESSION, DEPRESSION, True),
        (f"<{DEPRESSION}/>", DEPRESSION, True),
        ("http://identifiers.org/mesh/D000001", "http://id.nlm.nih.gov/mesh/D000001", False),
        (PAPER, PAPER, True),
        (f"{BASE}paper/pmc12899835.html", PAPER, True),
        (f"{BASE}concept/MESH:D003866", DEPRESSION, True),
        (f"{BASE}ontology#Gene", f"{BASE}ontology#Gene", True),
    ],
)
def test_the_answer_says_whether_the_release_has_it(client: FlaskClient, iri: str, ours: str, is_held: bool) -> None:
    found = asked(client, iri)
    assert (found["recognised"], found["iri"], found["in_release"]) == (True, ours, is_held)


def test_the_answer_for_a_papers_identifier_names_the_paper(client: FlaskClient) -> None:
    found = asked(client, "https://pmc.ncbi.nlm.nih.gov/articles/PMC12899835/")
    assert (found["iri"], found["paper"]) == ("http://identifiers.org/pmc/PMC12899835", PAPER)
    assert PAPER in client.get("/iri-policy.html?iri=https://pmc.ncbi.nlm.nih.gov/articles/PMC12899835/").text


@pytest.mark.parametrize("iri", ["http://example.org/D003866", "no IRI", "\\", "http://" + "x" * 5_000, f"{BASE}paper/PMC1", '"', "é"])
def test_what_is_not_recognised_is_said_to_be_so(client: FlaskClient, iri: str) -> None:
    found = asked(client, iri)
    assert (found["asked"], found["recognised"], found["iri"], found["in_release"]) == (iri, False, None, False)
    assert str(found["text"]).startswith("not recognised")
    page = client.get("/iri-policy", query_string={"iri": iri}, headers={"Accept": BROWSER})
    assert "is not known here" in page.text


@pytest.mark.parametrize("query", ["", "?iri=", "?iri=%20"])
def test_without_an_iri_the_answer_is_the_table(client: FlaskClient, query: str) -> None:
    assert len(client.get(f"/iri-policy.json{query}").get_json()["vocabularies"]) == len(VOCABULARIES)


# The prefix map.


@ROWS
def test_every_prefix_of_the_map_is_one_that_the_spellings_know(client: FlaskClient, row: Vocabulary) -> None:
    (record,) = (found for found in client.get("/iri-policy/prefix-map.json").get_json() if found["prefix"] == row.prefix)
    example = example_of(row)
    assert record["uri_prefix_synonyms"] == written_prefixes(row)
    found = {prefix: canonical(prefix + example.identifier) for prefix in [record["uri_prefix"], *record["uri_prefix_synonyms"]]}
    assert {prefix: spelled and spelled.iri for prefix, spelled in found.items()} == dict.fromkeys(found, concept_iri(example))


@ROWS
def test_the_map_has_all_forms_of_identifiers_org(row: Vocabulary) -> None:
    name = bioregistry.get_identifiers_org_prefix(row.bioregistry)
    forms = {f"{scheme}://identifiers.org/{name}{separator}" for scheme in ("http", "https") for separator in ":/"}
    assert forms <= {row.iri_prefix, *written_prefixes(row)}


def test_the_map_is_unambiguous_to_curies(client: FlaskClient) -> None:
    curies = pytest.importorskip("curies", reason="comes with bioregistry")
    converter = curies.load_extended_prefix_map(client.get("/iri-policy/prefix-map.json").get_json(), strict=True)
    forms = [f"{prefix}D003866" for prefix in written_prefixes(VOCABULARIES["MESH"])]
    assert {converter.compress(form) for form in forms} == {"MESH:D003866"}


# Bioregistry's form -> why it is no spelling.
DOUBTFUL: dict[str, str] = {
    "//bioregistry.io/MEDLINE:": "MEDLINE once had numbers of its own",
    "//rdf.ncbi.nlm.nih.gov/pubchem/reference/": "PubChem's own number of a reference",
    "//pubchem.ncbi.nlm.nih.gov/summary/summary.cgi?db=pccompound&term=": "a search, which may be for substances",
}


@ROWS
def test_every_form_that_bioregistry_has_is_a_spelling(row: Vocabulary) -> None:
    example, resource = example_of(row), bioregistry.get_resource(row.bioregistry)
    assert resource is not None
    missed = []
    for prefix in resource.get_uri_prefixes():
        stem = next((name for name in ("CVCL_", "PMC") if prefix.endswith(name)), "")
        spelled = canonical(prefix + example.identifier.removeprefix(stem))
        if (spelled is None or spelled.iri != concept_iri(example)) and prefix.partition(":")[2] not in DOUBTFUL:
            missed.append(prefix)
    assert missed == []


# Papers.


@pytest.mark.parametrize(
    ("key", "expected"),
    [
        *(
            (key, Reference("PMCID", "PMC123"))
            for key in ("PMC123", "pmc123", "PMC:123", "PMCID:PMC123", "PMC/PMC123", "PMC0123", "pmc123/")
        ),
        *((key, Reference("PMID", "123")) for key in ("PMID123", "pmid123", "PMID:123", "pmid/123", "pubmed:123", "123", "0123")),
        *(
            (key, Reference("DOI", "10.1234/X"))
            for key in ("DOI/10.1234/X", "doi/10.1234/X", "DOI:10.1234/X", "10.1234/X", "https://doi.org/10.1234/X", "doi.org/10.1234/X")
        ),
        *(
            (key, None)
            for key in ("", "SRC-0123456789abcdef", "PMC", "PMID", "PMC0", "0", "PMC1.2", "1" * 40, "10.1/x", "x123", "PMID-1", "DOI/")
        ),
    ],
)
def test_a_paper_is_told_by_any_way_to_write_its_key(key: str, expected: Reference | None) -> None:
    assert key_reference(key) == expected


@pytest.mark.parametrize(
    "name", ["pmc12899835", "PMC:12899835", "PMCID:PMC12899835", "10.3390/nu18030484", "DOI:10.3390/NU18030484", "DOI/10.3390/nu18030484"]
)
def test_a_paper_by_another_name_leads_to_it_and_is_explained(client: FlaskClient, name: str) -> None:
    response = client.get(f"/paper/{name}")
    assert (response.status_code, response.headers["Location"]) == (303, "/paper/PMC12899835")
    assert client.get(f"/paper/{name}.ttl").headers["Location"] == "/paper/PMC12899835.ttl"
    for form in (f"{BASE}paper/{name}", f"http://www.w3id.org//litlod/paper/{name}/"):
        assert asked(client, form)["iri"] == PAPER
