"""The vocabulary at its IRI: as a page and in the formats of RDF, by Accept, by suffix and by its version."""

import re

import pytest
from flask.testing import FlaskClient
from rdflib import OWL, RDFS, Graph, URIRef

from rdfgen import __version__
from rdfgen.formats import FORMATS
from rdfgen.iris import DEFAULT_BASE, Iris
from server.blueprints.resource import SUFFIX
from tests import server_fixtures
from tests.samples import ROOT
from tests.server_fixtures import BROWSER, triples

data = server_fixtures.data
client = server_fixtures.client

FORM = pytest.mark.parametrize("media_type", ["text/turtle", "application/rdf+xml", "application/ld+json", "application/n-triples"])


def source() -> Graph:
    return Graph().parse(ROOT / "ontology" / "litlod.ttl")


def version() -> str:
    (iri,) = source().objects(URIRef(Iris().ontology()), OWL.versionIRI)
    return "/" + str(iri).removeprefix(DEFAULT_BASE)


@FORM
@pytest.mark.parametrize("path", ["/ontology", version()])
def test_the_ontology_and_its_version_are_served_whole_in_each_form(client: FlaskClient, path: str, media_type: str) -> None:
    response = client.get(path, headers={"Accept": media_type}, follow_redirects=True)
    assert (response.status_code, response.mimetype) == (200, media_type)
    assert "accept" in response.vary
    assert triples(response) == set(source())


@pytest.mark.parametrize("path", ["/ontology", version()])
def test_a_browser_gets_a_page(client: FlaskClient, path: str) -> None:
    response = client.get(path, headers={"Accept": BROWSER}, follow_redirects=True)
    assert (response.status_code, response.mimetype) == (200, "text/html")
    assert 'id="Gene"' in response.text


@pytest.mark.parametrize("suffix", SUFFIX.values())
def test_the_version_has_a_document_of_each_form(client: FlaskClient, suffix: str) -> None:
    response, current = client.get(f"{version()}.{suffix}"), client.get(f"/ontology.{suffix}")
    assert (response.status_code, response.mimetype) == (200, current.mimetype)
    assert response.data == current.data
    assert response.headers["Link"] == current.headers["Link"]


@pytest.mark.parametrize("name", ["9.9.9", "9.9.9.ttl", f"{__version__}.pdf", "0.0.1.html", "ttl", f".{__version__}"])
def test_another_version_or_form_is_a_404_that_says_what_there_is(client: FlaskClient, name: str) -> None:
    response = client.get(f"/ontology/{name}")
    assert response.status_code == 404
    assert f"{Iris().ontology()}/{__version__}" in response.text
    assert f"{__version__}.ttl" in response.text


@pytest.mark.parametrize("accept", ["image/png", "application/pdf"])
def test_a_form_that_nobody_has_is_a_406(client: FlaskClient, accept: str) -> None:
    assert client.get("/ontology", headers={"Accept": accept}).status_code == 406


@pytest.mark.parametrize("path", ["/ontology", "/ontology.html", "/ontology.rdf"])
def test_the_ontology_links_to_all_its_forms_and_its_iri(client: FlaskClient, path: str) -> None:
    link = client.get(path).headers["Link"]
    forms = re.findall(r'<([^>]*)>; rel="alternate"; type="([^"]*)"', link)
    assert [target for target, _ in forms] == [f"/ontology.{suffix}" for suffix in SUFFIX.values()]
    assert {client.get(target).mimetype for target, _ in forms} == {media_type for _, media_type in forms}
    assert len(forms) == len(FORMATS) + 1
    assert f'<{Iris().ontology()}>; rel="canonical"' in link


def test_the_page_shows_the_axioms_and_alignments_of_a_term(client: FlaskClient) -> None:
    section = client.get("/ontology.html").text.partition('id="Disease"')[2].partition("</section>")[0]
    said = list(source().objects(URIRef(Iris().term("Disease")), RDFS.subClassOf | OWL.disjointWith))
    assert said and all(str(node) in section for node in said)
    assert "Close to" in section
