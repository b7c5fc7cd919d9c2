"""Dereferencing: papers, concepts, the ontology and the dataset in every form, and pages that stay harmless."""

import html
import json
import re
from collections.abc import Iterator
from html.parser import HTMLParser

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from rdfgen.formats import FORMATS, Format
from rdfgen.iris import Iris
from rdfgen.model import Paper
from server import documents
from server.blueprints.resource import FORMS
from server.documents import PAGE_SIZE
from tests import server_fixtures
from tests.samples import seed_papers
from tests.server_fixtures import BROWSER, SEEDS, publish, publish_texts, serving, triples

data = server_fixtures.data
client = server_fixtures.client

PAPER = "/paper/PMC12973800"
CONCEPT = "/concept/MONDO:0002050"
VOID = "/.well-known/void"
DOCUMENTS = [PAPER, CONCEPT, "/ontology"]
PROBLEM = "application/problem+json"


def got(client: FlaskClient, path: str, accept: str | None = None, **headers: str) -> TestResponse:
    """What a client that follows redirects gets."""
    found = {name.replace("_", "-"): value for name, value in headers.items()} | ({"Accept": accept} if accept else {})
    return client.get(path, headers=found, follow_redirects=True)


class Page(HTMLParser):
    """A page's elements, attributes and text as a browser sees them."""

    def __init__(self, response: TestResponse) -> None:
        super().__init__()
        assert response.content_type == "text/html; charset=utf-8", response.text
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[str] = []
        self.feed(response.text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.words.append(data)

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.words).split())

    @property
    def links(self) -> list[str]:
        return [target for tag, attributes in self.tags for name in ("href", "src") if (target := attributes.get(name)) is not None]


# Papers


@pytest.mark.parametrize(("row", "media_type"), [(row, name) for row in FORMATS.values() for name in row.media_types])
def test_a_paper_leads_to_the_document_that_accept_asks_for(client: FlaskClient, row: Format, media_type: str) -> None:
    response = client.get(PAPER, headers={"Accept": media_type})
    assert (response.status_code, response.vary.as_set()) == (303, {"accept"})
    assert FORMS[response.headers["Location"].rpartition(".")[2]] == row.name
    assert client.get(response.headers["Location"]).content_type == row.content_type


@pytest.mark.parametrize(
    ("accept", "suffix"), [(None, "ttl"), ("*/*", "ttl"), (BROWSER, "html"), ("text/turtle;q=0.5, application/n-triples", "nt")]
)
def test_who_names_no_form_gets_turtle_and_a_browser_a_page(client: FlaskClient, accept: str | None, suffix: str) -> None:
    response = client.get(PAPER, headers={"Accept": accept} if accept else {})
    assert (response.status_code, response.headers["Location"]) == (303, f"{PAPER}.{suffix}")


@pytest.mark.parametrize("suffix", ["", ".ttl", ".html"])
def test_a_paper_is_found_by_its_other_identifiers_too(client: FlaskClient, suffix: str) -> None:
    response = client.get(f"/paper/DOI/10.3390/nu18030484{suffix}")
    assert (response.status_code, response.headers["Location"]) == (303, f"/paper/PMC12899835{suffix}")


def test_a_paper_in_a_form_nobody_has_is_a_406(client: FlaskClient) -> None:
    response = client.get(PAPER, headers={"Accept": "image/png"})
    assert (response.status_code, response.content_type) == (406, PROBLEM)
    assert "text/turtle" in response.get_json()["detail"]


def test_a_paper_links_to_all_its_forms(client: FlaskClient) -> None:
    for path in (PAPER, PAPER + ".ttl", PAPER + ".html"):
        link = client.get(path).headers["Link"]
        for target, media_type in re.findall(r'<([^>]*)>; rel="alternate"; type="([^"]*)"', link):
            assert client.get(target).mimetype == media_type
        assert link.count('rel="alternate"') == len(FORMATS) + 1
        assert f'<{Iris().base}{PAPER[1:]}>; rel="canonical"' in link


@pytest.mark.parametrize("path", DOCUMENTS)
@pytest.mark.parametrize("suffix", FORMS)
def test_a_suffix_chooses_the_form_whatever_accept_says(client: FlaskClient, path: str, suffix: str) -> None:
    response = client.get(f"{path}.{suffix}", headers={"Accept": "image/png"})
    wanted = FORMATS[FORMS[suffix]].content_type if FORMS[suffix] in FORMATS else "text/html; charset=utf-8"
    assert (response.status_code, response.content_type) == (200, wanted)


@pytest.mark.parametrize("path", [*DOCUMENTS, VOID, "/tool/paper-page"])
@pytest.mark.parametrize("row", FORMATS.values(), ids=FORMATS)
def test_every_form_says_the_same(client: FlaskClient, path: str, row: Format) -> None:
    response = got(client, path, row.media_types[0])
    assert response.content_type == row.content_type
    assert triples(response) == triples(got(client, path, "application/n-triples"))


def test_the_document_of_a_paper_describes_it_and_its_parts(client: FlaskClient) -> None:
    subjects = {str(subject).partition("#")[2][:7] for subject, _, _ in triples(client.get(PAPER + ".nt"))}
    assert {"", "author-", "mention", "tldr", "finding"} <= subjects


@pytest.mark.parametrize("paper", seed_papers(), ids=lambda paper: next(paper.identifiers_of("PMCID")).identifier)
def test_the_page_of_a_paper_shows_all_that_the_source_says(client: FlaskClient, paper: Paper) -> None:
    page = Page(got(client, Iris().paper(paper).removeprefix(Iris().base[:-1]), BROWSER))
    shown = [paper.title, paper.summary, paper.contribution, *paper.key_findings, *paper.abstract]
    shown += [author.name for author in paper.authors] + [annotation.text for annotation in paper.annotations]
    for text in filter(None, shown):
        assert " ".join(text.split()) in page.text
    for annotation in paper.annotations:
        assert all(f"/concept/{reference}" in page.links for reference in annotation.references)


@pytest.mark.parametrize("row", FORMATS.values(), ids=FORMATS)
@pytest.mark.parametrize("path", [*DOCUMENTS, VOID])
def test_a_page_links_to_every_other_form(client: FlaskClient, path: str, row: Format) -> None:
    links = Page(got(client, path, BROWSER)).links
    media_types = [
        client.get(path if link.startswith("?") else link, query_string=link.partition("?")[2]).mimetype
        for link in links
        if link.startswith(("?", path + "."))
    ]
    assert row.media_types[0] in media_types


def test_the_links_of_pages_lead_somewhere(client: FlaskClient) -> None:
    pages = [Page(got(client, path, BROWSER)) for path in ("/", *DOCUMENTS, VOID, "/dumps/", "/sparql")]
    local = {link.partition("#")[0] for page in pages for link in page.links if link.startswith("/")}
    assert len(local) > 100
    for link in sorted(local):
        with client.get(link, headers={"Accept": BROWSER}, follow_redirects=True, buffered=True) as response:
            assert response.status_code == 200, link


# Papers by their other names

SICI = "# One\n\n**Authors:** A B\n\nDOI: 10.1002/(SICI)1097<1::AID>3.0.CO;2-2 · 2020\n"
SUFFIXED = "# Two\n\n**Authors:** A B\n\nDOI: 10.1234/data.ttl · 2020\n"
SHORTER = "# Three\n\n**Authors:** A B\n\nDOI: 10.1234/data · 2020\n"
PMID = "# Four\n\n**Authors:** A B\n\nPMID: 31558841 · 2020\n"
NAMELESS = "# Five\n\n**Authors:** A B\n"


@pytest.fixture(scope="module")
def named(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FlaskClient]:
    folder = publish_texts(tmp_path_factory.mktemp("named"), [SICI, SUFFIXED, SHORTER, PMID, NAMELESS])
    with serving(folder) as app:
        yield app.test_client()


@pytest.mark.parametrize(
    ("path", "title"),
    [
        ("/paper/DOI/10.1002/(sici)1097%3C1::aid%3E3.0.co;2-2", "One"),
        ("/paper/DOI/10.1002/%28sici%291097%3C1%3A%3Aaid%3E3.0.co%3B2-2", "One"),
        ("/paper/DOI/10.1002%2F(sici)1097%3C1::aid%3E3.0.co;2-2", "One"),
        ("/paper/DOI/10.1234/data.ttl", "Two"),
        ("/paper/DOI/10.1234/data", "Three"),
        ("/paper/PMID31558841", "Four"),
    ],
)
@pytest.mark.parametrize("row", FORMATS.values(), ids=FORMATS)
def test_a_paper_is_found_by_the_name_it_has(named: FlaskClient, path: str, title: str, row: Format) -> None:
    found = triples(got(named, path, row.media_types[0]))
    assert {"One", "Two", "Three", "Four", "Five"} & {str(value) for _, _, value in found} == {title}


def test_a_redirect_never_leads_to_another_paper_that_has_the_suffix_in_its_name(named: FlaskClient) -> None:
    response = named.get("/paper/DOI/10.1234/data", headers={"Accept": "text/turtle"})
    assert (response.status_code, response.mimetype, response.vary.as_set()) == (200, "text/turtle", {"accept", "accept-encoding"})
    assert named.get("/paper/DOI/10.1234/data", headers={"Accept": "application/n-triples"}).status_code == 303


def test_a_doi_that_ends_like_a_suffix_has_documents_of_its_own(named: FlaskClient) -> None:
    assert "Two" in named.get("/paper/DOI/10.1234/data.ttl.ttl").text
    assert "Three" in named.get("/paper/DOI/10.1234/data.nt").text
    assert "Three" in Page(named.get("/paper/DOI/10.1234/data.html")).text


def test_every_paper_there_is_can_be_had_by_its_iri(named: FlaskClient) -> None:
    query = "SELECT ?p { ?p a <https://schema.org/ScholarlyArticle> }"
    rows = named.get("/sparql", query_string={"query": query, "format": "json"}, buffered=True).get_json()["results"]["bindings"]
    iris = [row["p"]["value"] for row in rows]
    assert sum("/SRC-" in iri for iri in iris) == 1
    assert len(iris) == 5
    for iri in iris:
        assert Page(got(named, iri.removeprefix(Iris().base[:-1]), BROWSER)).text
        assert iri in got(named, iri.removeprefix(Iris().base[:-1]), "application/n-triples").text


# Concepts


@pytest.mark.parametrize("name", ["mondo:0002050", "MONDO_0002050", "MONDO%3A0002050", "Mondo: 0002050"])
@pytest.mark.parametrize("suffix", ["", ".ttl", ".html"])
def test_any_spelling_of_a_concept_leads_to_the_canonical_one(client: FlaskClient, name: str, suffix: str) -> None:
    response = client.get(f"/concept/{name}{suffix}", headers={"Accept": BROWSER})
    if response.status_code == 301:
        assert response.headers["Location"] == CONCEPT + suffix
        response = client.get(response.headers["Location"], headers={"Accept": BROWSER})
    assert response.status_code == 200


@pytest.mark.parametrize("query", ["format=nt", "page=2&format=ttl", "x=%C3%A9%26%2F"])
@pytest.mark.parametrize("suffix", ["", ".ttl"])
def test_another_spelling_of_a_concept_keeps_its_parameters(client: FlaskClient, suffix: str, query: str) -> None:
    response = client.get(f"/concept/mondo:0002050{suffix}?{query}")
    assert (response.status_code, response.headers["Location"]) == (301, f"{CONCEPT}{suffix}?{query}")


def test_the_document_of_a_concept_says_where_it_is_and_what_it_describes(client: FlaskClient) -> None:
    response = client.get(CONCEPT, headers={"Accept": "application/rdf+xml"})
    assert FORMS[response.headers["Content-Location"].rpartition(".")[2]] == "rdfxml"
    assert client.get(response.headers["Content-Location"]).data == response.data
    assert '<http://purl.obolibrary.org/obo/MONDO_0002050>; rel="describes"' in response.headers["Link"]
    assert response.vary.as_set() == {"accept", "accept-encoding"}


def test_the_document_of_a_concept_names_the_papers_that_mention_it(client: FlaskClient) -> None:
    found = {str(subject) for subject, _, value in triples(client.get(CONCEPT + ".nt")) if str(value).endswith("MONDO_0002050")}
    assert Iris().below(PAPER[1:]) in found
    assert PAPER in Page(client.get(CONCEPT + ".html")).links


def test_a_disease_is_shown_by_its_mentions_and_the_page_says_so(client: FlaskClient) -> None:
    page = Page(client.get(CONCEPT + ".html"))
    assert "depression" in page.text
    assert "not its official name" in page.text


def test_a_gene_is_shown_by_its_official_symbol(client: FlaskClient) -> None:
    page = Page(client.get("/concept/NCBIGene:3569.html"))
    assert "IL6" in page.text
    assert "not its official name" not in page.text


@pytest.mark.parametrize(
    "name", ["MONDO:9999999", "MESH:D999999", "nonsense", "MONDO:", "X:1", "MONDO:1%00", "ttl", ".ttl", "MONDO:9999999.ttl"]
)
def test_a_concept_that_is_not_here_is_a_404_that_helps(client: FlaskClient, name: str) -> None:
    response = client.get(f"/concept/{name}")
    assert (response.status_code, response.content_type) == (404, PROBLEM)
    assert len(response.get_json()["detail"]) > 20


NUMBERS = range(1, PAGE_SIZE + 6)


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FlaskClient]:
    entities = "\n## Linked entities\n\n- **Diseases:** depression (MONDO:0002050)\n"
    pages = [f"# Paper {number}\n\n**Authors:** A B\n\nPMID: {number} · 2020\n{entities}" for number in NUMBERS]
    with serving(publish_texts(tmp_path_factory.mktemp("many"), pages)) as app:
        yield app.test_client()


@pytest.mark.parametrize("suffix", ["nt", "html", "rdf"])
def test_the_papers_of_a_concept_come_in_pages_that_link_to_the_next(many: FlaskClient, suffix: str) -> None:
    first = many.get(f"{CONCEPT}.{suffix}")
    following = re.search(r'<([^>]*)>; rel="next"', first.headers["Link"])
    assert following is not None
    second = many.get(following[1])
    assert 'rel="next"' not in second.headers["Link"]
    pages = [set(re.findall(r"paper/PMID(\d+)", response.text)) for response in (first, second)]
    assert [len(page) for page in pages] == [PAGE_SIZE, 5]
    assert pages[0] | pages[1] == {str(number) for number in NUMBERS}


def test_papers_are_counted_up_to_a_limit_and_never_wrongly(many: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "1,005 papers mention it" in Page(many.get(CONCEPT + ".html")).text
    monkeypatch.setattr(documents, "COUNT_LIMIT", PAGE_SIZE + 5)
    assert 'rel="next"' in many.get(CONCEPT + ".html").headers["Link"]
    monkeypatch.setattr(documents, "COUNT_LIMIT", PAGE_SIZE)
    first = many.get(CONCEPT + ".html")
    assert "More than 1,000 papers mention it" in Page(first).text
    assert 'rel="next"' not in first.headers["Link"] + first.text
    assert many.get(CONCEPT + ".nt?page=2").status_code == 404


def test_papers_that_their_source_links_to_a_concept_are_marked(many: FlaskClient) -> None:
    assert many.get(CONCEPT + ".html?page=2").text.count('<span class="tag">linked</span>') == 5


@pytest.mark.parametrize("page", ["0", "-1", "x", "99999999999999999999", "2"])
def test_a_page_that_is_not_there_does_no_harm(client: FlaskClient, page: str) -> None:
    assert client.get(f"{CONCEPT}.ttl?page={page}").status_code in (200, 404)


# Errors and caching


@pytest.mark.parametrize(
    "path", ["/paper/PMC1", "/paper/PMC1.ttl", "/paper/", "/paper/%00", "/paper/x y", "/paper/%FF", "/tool/x", "/release/x", "/nowhere"]
)
def test_what_is_not_here_is_a_404(client: FlaskClient, path: str) -> None:
    response = client.get(path)
    assert (response.status_code, response.content_type) == (404, PROBLEM)
    assert Page(client.get(path, headers={"Accept": BROWSER})).text


PAGES = ["/", "/sparql?format=html", PAPER + ".html", CONCEPT + ".html", "/ontology.html", VOID + "?format=html"]


@pytest.mark.parametrize("path", [PAPER + ".ttl", PAPER + ".jsonld", CONCEPT + ".rdf", VOID, "/ontology.nt", *PAGES])
def test_a_document_that_has_not_changed_is_a_304(client: FlaskClient, path: str) -> None:
    first = client.get(path)
    second = client.get(path, headers={"If-None-Match": first.headers["ETag"]})
    assert (second.status_code, second.data) == (304, b"")
    assert second.headers["ETag"] == first.headers["ETag"]


def test_forms_of_a_document_have_different_etags(client: FlaskClient) -> None:
    tags = [client.get(f"{PAPER}.{name}").headers["ETag"] for name in FORMATS]
    assert len(set(tags)) == len(FORMATS)


@pytest.mark.parametrize("path", [PAPER, PAPER + ".ttl", CONCEPT, "/ontology", VOID, "/"])
def test_head_answers_like_get(client: FlaskClient, path: str) -> None:
    head, whole = client.head(path), client.get(path)
    assert (head.status_code, head.content_type, head.data) == (whole.status_code, whole.content_type, b"")


# The dataset and the vocabulary


def test_void_describes_the_release_without_a_redirect(client: FlaskClient) -> None:
    response = client.get(VOID)
    assert (response.status_code, response.mimetype) == (200, "text/turtle")
    found = triples(response)
    dumps = {str(value) for _, name, value in found if str(name).endswith("#dataDump")}
    assert len(dumps) > 10
    for address in dumps:
        assert client.head(address.removeprefix(Iris().base[:-1]), buffered=True).status_code == 200
    assert Page(client.get(VOID, headers={"Accept": BROWSER})).text


def test_the_dataset_and_its_release_can_be_looked_up(client: FlaskClient) -> None:
    release = client.get("/health").get_json()["release"]
    assert client.get("/dataset").status_code == 200
    assert got(client, "/dataset").mimetype == "text/turtle"
    assert got(client, f"/release/{release}").mimetype == "text/turtle"


def test_the_page_of_the_ontology_has_a_place_for_every_term(client: FlaskClient) -> None:
    own = Iris().term("")
    terms = {str(subject).removeprefix(own) for subject, _, _ in triples(client.get("/ontology.nt")) if str(subject).startswith(own)}
    page = Page(client.get("/ontology.html"))
    assert terms <= {attributes.get("id") for _, attributes in page.tags}
    assert len(terms) > 15


# Hostile text

EVIL = '<script>alert(1)</script>"\'><img src=x onerror=alert(2)> {{ 7 * 191 }} \\"@en . <a:a> <b:b> """ \' &lt; ${x} \u202e'
HOSTILE = f"""# {EVIL} title

**Authors:** Eve {EVIL}, "Bob" </p><script>

DOI: 10.1234/evil"><script>alert(3)</script> · Journal {EVIL} · 2020

## TL;DR

{EVIL} summary

## Key findings

- {EVIL} finding

## Abstract

{EVIL} abstract

## Linked entities

- **Genes:** GENE{EVIL} (full {EVIL}) [NCBI Gene 12] {{aka {EVIL}}}
- **Diseases:** dis{EVIL} (MONDO:0002050)
- **Chemicals:** <svg onload=alert(4)> (-)

---
Source: https://example.org/"><script>alert(5)</script>
"""
ACTIVE_TAGS = {"script", "img", "svg", "iframe", "object", "embed", "style"}


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FlaskClient]:
    with serving(publish_texts(tmp_path_factory.mktemp("hostile"), [HOSTILE])) as app:
        yield app.test_client()


def hostile_paths(client: FlaskClient) -> list[str]:
    query = "SELECT DISTINCT ?p { ?p a <https://schema.org/ScholarlyArticle> }"
    rows = client.get("/sparql", query_string={"query": query, "format": "json"}, buffered=True).get_json()["results"]["bindings"]
    papers = [row["p"]["value"].removeprefix(Iris().base[:-1]) for row in rows]
    assert len(papers) == 1
    return [*papers, "/concept/NCBIGene:12", "/concept/MONDO:0002050"]


def assert_inert(response: TestResponse) -> None:
    page = Page(response)
    active = [tag for tag, attributes in page.tags if tag in ACTIVE_TAGS and attributes.get("type") != "application/ld+json"]
    assert not active
    assert not [name for _, attributes in page.tags for name in attributes if name.startswith("on")]
    assert all(re.match(r"/|https?://|#|\?", link) for link in page.links)
    assert "1337" not in page.text
    assert "script-src" not in response.headers["Content-Security-Policy"]
    assert "default-src 'none'" in response.headers["Content-Security-Policy"]


def test_hostile_text_is_just_text_on_every_page(hostile: FlaskClient) -> None:
    everything = {"query": "SELECT * { ?s ?p ?o }", "format": "html"}
    for path in hostile_paths(hostile):
        assert_inert(got(hostile, path, BROWSER))
    for path in ("/", "/dumps/", VOID, "/ontology", "/sparql"):
        assert_inert(got(hostile, path, BROWSER))
    assert_inert(hostile.get("/sparql", query_string=everything, buffered=True))
    assert_inert(hostile.get("/sparql", query_string={"query": "DESCRIBE <x:x>", "format": "html"}, buffered=True))


def test_hostile_text_is_shown_as_it_was_written(hostile: FlaskClient) -> None:
    page = got(hostile, hostile_paths(hostile)[0], BROWSER)
    assert html.escape("<script>alert(1)</script>") in page.text
    assert "{{ 7 * 191 }}" in page.text


@pytest.mark.parametrize("row", FORMATS.values(), ids=FORMATS)
def test_hostile_text_adds_no_triples(hostile: FlaskClient, row: Format) -> None:
    for path in hostile_paths(hostile):
        found = triples(got(hostile, path, row.media_types[0]))
        assert found == triples(got(hostile, path, "application/n-triples"))
        assert not [name for _, name, _ in found if str(name) == "b:b"]


def test_json_of_hostile_text_is_json(hostile: FlaskClient) -> None:
    for path in hostile_paths(hostile):
        json.loads(got(hostile, path, "application/ld+json").data)


@pytest.mark.parametrize("path", ["/evil.example/", "//evil.example/", "/\\\\evil.example/"])
def test_an_iri_below_the_base_leads_to_no_other_host(client: FlaskClient, path: str) -> None:
    query = f"SELECT (IRI('{Iris().base}{path}') AS ?x) {{}}"
    page = Page(client.get("/sparql", query_string={"query": query, "format": "html"}, buffered=True))
    assert not [link for link in page.links if re.match(r"[/\\]{2}", link)]


@pytest.mark.parametrize("host", ["evil.example", "evil.example:80", "x.localhost.evil.example", "localhost@evil.example", "[", "[evil]"])
def test_the_home_page_repeats_no_host_that_anybody_can_make_up(client: FlaskClient, host: str) -> None:
    page = client.get("/", headers={"Host": host})
    assert "evil" not in page.text
    assert page.status_code != 200 or f"{Iris().base}sparql" in page.text


@pytest.mark.parametrize("host", ["localhost:8000", "127.0.0.1:8000", "[::1]:8000", "w3id.org"])
def test_the_home_page_shows_commands_for_where_it_is(client: FlaskClient, host: str) -> None:
    assert f"http://{host}/sparql" in client.get("/", headers={"Host": host}).text


@pytest.mark.parametrize(
    "path", ["/paper/<script>alert(1)</script>", "/concept/<script>", "/<script>", "/ontology.<script>", "/dumps/<script>"]
)
def test_a_hostile_address_is_inert(client: FlaskClient, path: str) -> None:
    assert_inert(client.get(path, headers={"Accept": BROWSER}))


# Another base

BASE = "http://data.example.org/lit/"


@pytest.fixture(scope="module")
def elsewhere(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FlaskClient]:
    folder = tmp_path_factory.mktemp("elsewhere")
    publish(folder, SEEDS, BASE)
    with serving(folder) as app:
        yield app.test_client()


def test_with_another_base_iris_are_below_it(elsewhere: FlaskClient) -> None:
    for path in (PAPER + ".nt", "/ontology.nt", VOID):
        text = got(elsewhere, path, "application/n-triples").text
        assert BASE in text
        assert Iris().base not in text


@pytest.mark.parametrize("path", ["/", *DOCUMENTS, VOID, "/dumps/", "/sparql"])
def test_with_another_base_links_in_pages_stay_here(elsewhere: FlaskClient, path: str) -> None:
    page = Page(got(elsewhere, path, BROWSER))
    canonical = {str(attributes["href"]) for tag, attributes in page.tags if tag == "link" and attributes.get("rel") == "canonical"}
    assert not [link for link in page.links if link.startswith(BASE) and link not in canonical]
    assert not [link for link in page.links if Iris().base in link]


def test_with_another_base_a_paper_leads_to_a_document_here(elsewhere: FlaskClient) -> None:
    assert elsewhere.get(PAPER).headers["Location"] == PAPER + ".ttl"


@pytest.mark.parametrize("path", ["/.well-known/sparql-examples", "/.well-known/sparql-examples/001"])
@pytest.mark.parametrize("accept", ["text/turtle", "text/html"])
def test_the_example_queries_answer_at_their_iris(client: FlaskClient, path: str, accept: str) -> None:
    response = client.get(path, headers={"Accept": accept})
    assert (response.status_code, response.mimetype) == (200, accept)
    assert "mondo:0002050" in response.text


def test_the_version_iri_of_the_ontology_leads_to_it(client: FlaskClient) -> None:
    assert client.get("/ontology/0.1.0").headers["Location"] == "/ontology"
    assert client.get("/ontology/9.9.9").status_code == 404


def test_documents_name_the_description_of_their_dataset(client: FlaskClient) -> None:
    assert '</.well-known/void>; rel="describedby"' in client.get("/paper/PMC12973800.ttl").headers["Link"]


@pytest.mark.parametrize("host", ["evil.example", "evil.example:99", "[::1]:8"])
@pytest.mark.parametrize(
    ("path", "query", "location"),
    [
        ("/paper//PMC12973800", "a=%2F%2F&b", "/paper/PMC12973800?a=%2F%2F&b"),
        ("/dumps", "", "/dumps/"),
        ("/dumps//", "", "/dumps/"),
        ("//dumps", "", "/dumps/"),
        ("/health//live", "", "/health/live"),
    ],
)
def test_a_redirect_to_the_usual_path_never_names_a_host(client: FlaskClient, host: str, path: str, query: str, location: str) -> None:
    """The host is whatever the client says; RFC 9110 §10.2.2 allows for a path."""
    response = client.get("/", query_string=query, environ_overrides={"PATH_INFO": path}, headers={"Host": host})
    assert (response.status_code, response.headers["Location"]) == (308, location)
    assert host not in response.text


@pytest.mark.parametrize("host", ["x", "@evil.example", "a/b", "x?y", "x#y", "\\evil.example"])
@pytest.mark.parametrize(
    "path", ["//evil.example/..//", "/\\evil.example//x", "///evil.example", "/\t/evil.example//", "//evil.example/dumps"]
)
def test_no_redirect_leads_to_another_host_by_slashes(client: FlaskClient, host: str, path: str) -> None:
    response = client.get("/", environ_overrides={"PATH_INFO": path}, headers={"Host": host})
    assert re.fullmatch(r"/(?![/\\]).*", response.headers.get("Location", "/"))
