"""FAIR Signposting on every document, what documents say of themselves, papers that were withdrawn, sitemaps and robots.txt."""

import re
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from pathlib import Path
from urllib.robotparser import RobotFileParser

import pytest
from flask.testing import FlaskClient
from rdflib import DCTERMS, FOAF, RDF, VOID, URIRef
from werkzeug.http import parse_options_header
from werkzeug.test import TestResponse

from rdfgen.formats import FORMATS, Format
from rdfgen.iris import DEFAULT_BASE, Iris
from rdfgen.release import names
from rdfgen.release.directory import DataDirectory
from rdfgen.release.licences import CC0
from server.signposting import LONGEST, MOST_AUTHORS, SUFFIX
from tests import server_fixtures
from tests.running import page_text
from tests.server_fixtures import BROWSER, SEEDS, publish, publish_texts, serving, triples

data = server_fixtures.data
client = server_fixtures.client

PAPER, CONCEPT, TOOL = "/paper/PMC12973800", "/concept/MONDO:0002050", "/tool/paper-page"
LANDING = {PAPER: "ScholarlyArticle", CONCEPT: "DefinedTerm", TOOL: "SoftwareApplication", "/ontology": "DefinedTermSet"}
BASE = DEFAULT_BASE[:-1]
SITEMAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"


def links(response: TestResponse) -> dict[str, list[tuple[str, str | None]]]:
    """Targets and media types by relation (RFC 8288)."""
    found: dict[str, list[tuple[str, str | None]]] = {}
    for target, parameters in re.findall(r"<([^>]*)>((?:; [a-z]+=\"[^\"]*\")*)", response.headers["Link"]):
        _, options = parse_options_header(f"x{parameters}")
        for relation in options["rel"].split():
            found.setdefault(relation, []).append((target, options.get("type")))
    return found


def targets(response: TestResponse, relation: str) -> list[str]:
    return [target for target, _ in links(response).get(relation, [])]


# Landing pages


@pytest.mark.parametrize("path", LANDING)
def test_a_landing_page_says_what_it_is_about_and_how_to_cite_it(client: FlaskClient, path: str) -> None:
    page = client.get(f"{path}.html")
    assert targets(page, "cite-as") == [BASE + path]
    assert targets(page, "type") == ["https://schema.org/AboutPage", f"https://schema.org/{LANDING[path]}"]
    assert targets(page, "license") == [CC0 if path == "/ontology" else Iris().licences()]
    assert targets(page, "collection") == [Iris().dataset()]
    for target in (*targets(page, "license"), *targets(page, "collection")):
        assert target == CC0 or client.get(target.removeprefix(BASE)).status_code == 200


@pytest.mark.parametrize("path", LANDING)
def test_a_landing_page_leads_to_its_metadata_in_every_format_and_these_back(client: FlaskClient, path: str) -> None:
    described_by = links(client.get(f"{path}.html"))["describedby"]
    assert [media_type for _, media_type in described_by] == [row.media_types[0] for row in FORMATS.values()]
    for target, media_type in described_by:
        metadata = client.get(target)
        assert (metadata.status_code, metadata.mimetype) == (200, media_type)
        assert (f"{path}.html", "text/html") in links(metadata)["describes"]
        assert targets(metadata, "cite-as") == [BASE + path]


def test_the_redirect_of_a_paper_has_the_links_of_its_landing_page(client: FlaskClient) -> None:
    redirect = client.get(PAPER)
    assert redirect.status_code == 303
    assert targets(redirect, "cite-as") == [BASE + PAPER]
    assert len(targets(redirect, "describedby")) == len(FORMATS) + 1


def test_a_release_can_be_had_in_every_form(client: FlaskClient) -> None:
    release = client.get("/health").get_json()["release"]
    for name in SUFFIX:
        response = client.get(f"/release/{release}.{SUFFIX[name]}")
        assert (response.status_code, targets(response, "cite-as")) == (200, [f"{BASE}/release/{release}"])
    assert client.get(f"/release/{release}", headers={"Accept": BROWSER}).mimetype == "text/html"


@pytest.mark.parametrize("path", LANDING)
def test_head_has_the_same_links(client: FlaskClient, path: str) -> None:
    for suffix in (".html", ".ttl"):
        assert client.head(path + suffix).headers["Link"] == client.get(path + suffix).headers["Link"]


def orcid(number: int) -> str:
    """An ORCID iD with its check digit (ISO 7064 11,2)."""
    digits, total = f"000000021825{number:03}", 0
    for digit in digits:
        total = (total + int(digit)) * 2 % 11
    check = "0123456789X"[(12 - total) % 11]
    return f"0000-0002-1825-{number:03}{check}"


def record(number: int, authors: int) -> str:
    """A paper of PubMed whose authors have ORCID iDs."""
    written = "".join(
        f'<Author><LastName>L{n}</LastName><ForeName>F</ForeName><Identifier Source="ORCID">{orcid(n)}</Identifier></Author>'
        for n in range(authors)
    )
    return (
        f'<PubmedArticle><MedlineCitation><PMID Version="1">{number}</PMID><Article><ArticleTitle>T</ArticleTitle>'
        f"<AuthorList>{written}</AuthorList></Article></MedlineCitation></PubmedArticle>"
    )


def test_authors_are_linked_by_their_orcid_ids_unless_they_are_many(tmp_path: Path) -> None:
    source = tmp_path / "papers.xml"
    records = record(1, 3) + record(2, MOST_AUTHORS + 1)
    source.write_text(f'<?xml version="1.0"?><PubmedArticleSet>{records}</PubmedArticleSet>', encoding="utf-8")
    publish(tmp_path / "data", [source])
    with serving(tmp_path / "data") as app:
        few, many = (app.test_client().get(f"/paper/PMID{number}.html") for number in (1, 2))
        assert targets(few, "author") == [f"https://orcid.org/{orcid(n)}" for n in range(3)]
        assert targets(many, "author") == []


def test_links_to_a_paper_with_a_long_name_fit_the_heads_of_proxies(tmp_path: Path) -> None:
    dois = [f"10.1234/{'x' * length}" for length in (10, 150, 300, 900)]
    folder = publish_texts(tmp_path, [f"# T\n\n**Authors:** A B\n\nDOI: {doi} · 2020\n" for doi in dois])
    with serving(folder) as app:
        for doi in dois:
            for suffix in ("", ".html", ".ttl"):
                response = app.test_client().get(f"/paper/DOI/{doi}{suffix}")
                assert response.status_code in (200, 303)
                assert len(response.headers["Link"]) <= LONGEST
                assert targets(response, "cite-as") == [f"{BASE}/paper/DOI/{doi}"]


# What documents say of themselves


@pytest.mark.parametrize("row", FORMATS.values(), ids=FORMATS)
@pytest.mark.parametrize(
    ("path", "document", "topic"),
    [
        (PAPER, BASE + PAPER + ".html", BASE + PAPER),
        (CONCEPT, BASE + CONCEPT, "http://purl.obolibrary.org/obo/MONDO_0002050"),
        (TOOL, BASE + TOOL + ".html", BASE + TOOL),
    ],
)
def test_a_document_describes_its_thing_and_itself(client: FlaskClient, path: str, document: str, topic: str, row: Format) -> None:
    found = triples(client.get(f"{path}.{SUFFIX[row.name]}"))
    own = {(predicate, value) for subject, predicate, value in found if subject == URIRef(document)}
    assert own >= {
        (RDF.type, FOAF.Document),
        (FOAF.primaryTopic, URIRef(topic)),
        (VOID.inDataset, URIRef(Iris().dataset())),
        (DCTERMS.license, URIRef(Iris().licences())),
    }
    assert [predicate for subject, predicate, _ in found if subject == URIRef(topic)]


# What is not here


def detail(response: TestResponse) -> tuple[str, dict[str, str]]:
    """What a problem document says, and where it leads."""
    content = response.get_json()
    return content["detail"], {link["title"]: link["href"] for link in content["links"]}


def test_a_paper_that_is_not_here_leads_to_its_own_record(client: FlaskClient) -> None:
    response = client.get("/paper/PMID31558841")
    text, found = detail(response)
    assert (response.status_code, "there is no paper" in text) == (404, True)
    assert found["PubMed: 31558841"] == "https://pubmed.ncbi.nlm.nih.gov/31558841/"


@pytest.mark.parametrize("name", ["mndo:0002050", "MONODO:0002050", "monddo_0002050"])
def test_a_concept_in_a_misspelled_vocabulary_leads_to_the_one_that_is_meant(client: FlaskClient, name: str) -> None:
    response = client.get(f"/concept/{name}")
    assert response.status_code == 404
    assert detail(response)[1]["MONDO:0002050 is known here"] == CONCEPT


def test_a_concept_that_no_paper_mentions_leads_to_its_owner(client: FlaskClient) -> None:
    assert "https://meshb.nlm.nih.gov/record/ui?ui=D999999" in detail(client.get("/concept/MESH:D999999"))[1].values()


def test_what_is_not_here_leads_to_what_there_is(client: FlaskClient) -> None:
    release = client.get("/health").get_json()["release"]
    assert detail(client.get("/release/x"))[1] == {f"Release {release}": f"/release/{release}"}
    assert TOOL in detail(client.get("/tool/x"))[1].values()
    page = client.get("/tool/x", headers={"Accept": BROWSER})
    assert f'<a href="{TOOL}">' in page.text
    assert TOOL in client.get("/tool/x", headers={"Accept": "text/plain"}).text


@pytest.mark.parametrize("name", ["x" * 5000, "mndo:" + "9" * 5000, "%00", "<script>:1", ":" * 300])
@pytest.mark.parametrize("area", ["paper", "concept", "tool", "release", "mapping", "mapping-set"])
def test_a_hostile_name_is_a_404(client: FlaskClient, area: str, name: str) -> None:
    for accept in (BROWSER, "*/*"):
        response = client.get(f"/{area}/{name}", headers={"Accept": accept})
        assert response.status_code == 404
        assert "<script>" not in response.text or response.mimetype != "text/html"


# Papers that were withdrawn


@pytest.fixture
def pages(tmp_path: Path) -> list[Path]:
    found = [tmp_path / f"{number}.txt" for number in range(1, 5)]
    for number, page in enumerate(found, 1):
        page.write_text(page_text(number), encoding="utf-8")
    return found


def test_a_paper_that_was_withdrawn_is_gone_until_it_is_back(tmp_path: Path, pages: list[Path]) -> None:
    folder = tmp_path / "data"
    publish(folder, pages)
    with serving(folder) as app:
        client = app.test_client()

        def status(number: int) -> int:
            found = {client.get(f"/paper/PMC{number}{suffix}", follow_redirects=True).status_code for suffix in ("", ".ttl", ".html")}
            assert len(found) == 1
            return found.pop()

        publish(folder, pages[2:])
        assert [status(number) for number in (1, 2, 3, 9)] == [410, 410, 200, 404]
        publish(folder, pages[1:])
        assert [status(number) for number in (1, 2, 3, 9)] == [410, 200, 200, 404]
    DataDirectory(folder).clean()
    with serving(folder) as app:
        gone = app.test_client().get("/paper/PMC1")
        assert "has been withdrawn" in gone.get_json()["detail"]
        assert gone.headers["Cache-Control"] == "no-store"


def test_what_was_withdrawn_is_known_when_the_release_that_had_it_is_pruned(tmp_path: Path, pages: list[Path]) -> None:
    folder, directory = tmp_path / "data", DataDirectory(tmp_path / "data")
    first = publish(folder, pages)
    publish(folder, pages[1:])
    directory.remove(directory.path(first))
    with serving(folder) as app:
        assert app.test_client().get("/paper/PMC1").status_code == 410


def test_a_paper_that_a_rollback_takes_away_is_gone(tmp_path: Path, pages: list[Path]) -> None:
    folder, directory = tmp_path / "data", DataDirectory(tmp_path / "data")
    publish(folder, pages[:3])
    publish(folder, pages)
    directory.step_back(directory.before())
    with serving(folder) as app:
        assert app.test_client().get("/paper/PMC4").status_code == 410
        assert app.test_client().get("/paper/PMC1").status_code == 303


# Crawlers


def locations(client: FlaskClient, path: str) -> list[str]:
    response = client.get(path)
    assert (response.status_code, response.content_type) == (200, "application/xml; charset=utf-8")
    return [str(node.text) for node in ET.fromstring(response.data).iter(f"{SITEMAP}loc")]


def all_locations(client: FlaskClient) -> Iterator[str]:
    for part in locations(client, "/sitemap.xml"):
        yield from locations(client, part.removeprefix(BASE))


def test_every_address_of_the_sitemaps_answers_without_a_redirect(client: FlaskClient) -> None:
    found = list(all_locations(client))
    assert {f"{BASE}{PAPER}.html", BASE + CONCEPT, f"{BASE}/", f"{BASE}/quality"} <= set(found)
    assert len(found) == len(set(found)) > 100
    for address in found:
        with client.get(address.removeprefix(BASE), headers={"Accept": BROWSER}, buffered=True) as response:
            assert response.status_code == 200, address


def test_sitemaps_come_in_parts_and_have_every_paper_once(tmp_path: Path, pages: list[Path], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(names, "NAMES_IN_A_FILE", 3)
    folder = tmp_path / "data"
    publish(folder, pages)
    with serving(folder) as app:
        client = app.test_client()
        parts = [part for part in locations(client, "/sitemap.xml") if "/papers-" in part]
        found = [locations(client, part.removeprefix(BASE)) for part in parts]
        assert [len(part) for part in found] == [3, 1]
        assert sorted(address for part in found for address in part) == [f"{BASE}/paper/PMC{number}.html" for number in range(1, 5)]
        for number in ("0", "3", "99999999999999999999"):
            assert client.get(f"/sitemap/papers-{number}.xml").status_code == 404
        assert client.get("/sitemap/tools-1.xml").status_code == 404


def test_sitemaps_escape_names_and_leave_out_those_that_are_too_long(tmp_path: Path) -> None:
    dois = ["10.1002/(SICI)1097<1::AID>3.0.CO;2-2", "10.1234/a&b'c", f"10.1234/{'x' * 2100}"]
    folder = publish_texts(tmp_path, [f"# T\n\n**Authors:** A B\n\nDOI: {doi} · 2020\n" for doi in dois])
    with serving(folder) as app:
        found = locations(app.test_client(), "/sitemap/papers-1.xml")
        assert f"{BASE}/paper/DOI/10.1002/(sici)1097%3C1::aid%3E3.0.co;2-2.html" in found
        assert len([address for address in found if "/DOI/" in address]) == 2
        for address in found:
            assert app.test_client().get(address.removeprefix(BASE)).status_code == 200


def test_a_sitemap_that_has_not_changed_is_a_304(client: FlaskClient) -> None:
    for path in ("/sitemap.xml", "/sitemap/papers-1.xml", "/robots.txt"):
        first = client.get(path)
        assert client.get(path, headers={"If-None-Match": first.headers["ETag"]}).status_code == 304
        assert (client.head(path).status_code, client.head(path).data) == (200, b"")


def test_robots_may_read_pages_and_ask_no_queries(client: FlaskClient) -> None:
    parser, lines = RobotFileParser(), client.get("/robots.txt").text.splitlines()
    parser.parse(lines)
    assert "Disallow: /sparql?" in lines  # RFC 9309 §2.2.2: what begins so, and not the page of the endpoint.
    for path in ("/", PAPER, f"{PAPER}.html", CONCEPT, "/dumps/", "/sitemap.xml"):
        assert parser.can_fetch("any", f"https://w3id.org{path}")
    assert not parser.can_fetch("any", "https://w3id.org/sparql?query=SELECT")
    assert str(parser.crawl_delay("any")) == "1"
    assert parser.site_maps() == [f"{BASE}/sitemap.xml"]


def test_with_another_base_crawlers_are_sent_there(tmp_path: Path) -> None:
    base = "http://data.example.org/lit/"
    publish(tmp_path, SEEDS, base)
    with serving(tmp_path) as app:
        client = app.test_client()
        assert f"Sitemap: {base}sitemap.xml" in client.get("/robots.txt", headers={"Host": "evil.example"}).text
        found = [*locations(client, "/sitemap.xml"), *locations(client, "/sitemap/papers-1.xml")]
        assert all(address.startswith(base) for address in found)
        assert targets(client.get(PAPER + ".html"), "cite-as") == [base + PAPER[1:]]


# Quality


def test_the_quality_of_the_release_is_a_page_and_json(tmp_path: Path, pages: list[Path]) -> None:
    folder = tmp_path / "data"
    publish(folder, pages[:3])
    with serving(folder) as app:
        client = app.test_client()
        alone = client.get("/quality")
        assert (alone.status_code, alone.mimetype, alone.get_json()["before"]) == (200, "application/json", None)
        before = alone.get_json()["release"]
        publish(folder, pages)
        found = client.get("/quality").get_json()
        assert found["before"] == before
        assert {"name": "papers", "before": 3, "now": 4, "difference": 1} in found["measures"]
        page = client.get("/quality", headers={"Accept": BROWSER})
        assert (page.mimetype, page.vary.as_set() >= {"accept"}) == ("text/html", True)
        assert f'<a href="/release/{before}">' in page.text
        assert "share of mentions unresolved" in page.text
