"""Searching over HTTP: ranking, spellings, identifiers, hostile texts, paging, look-ups, suggestions."""

import csv
import io
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from rdfgen.search.index import INDEX
from rdfgen.search.things import KINDS
from server.blueprints.search import KIND_NAMES
from server.problems import Problem
from server.search import session
from server.search.asked import MOST_CHARACTERS, MOST_WORDS
from server.services import Services
from tests import server_fixtures
from tests.running import SEEDS, litlod

SAMPLE = Path(__file__).parent / "data" / "examples"
PAPER = "https://w3id.org/litlod/paper/PMC12899835"
DEPRESSION = "http://id.nlm.nih.gov/mesh/D003866"
HOSTILE = (
    "'; DROP TABLE thing; --",
    '"',
    '" OR *',
    'NEAR("a" "b", 5)',
    "label : zinc",
    "{label} : x*",
    "a AND",
    "^zinc",
    "-zinc NOT mood",
    "\0",
    "zinc\0depression",
    "%",
    "_",
    "😀",
    "مرض الاكتئاب",
    "\u202ezinc\u202c",
    "抑うつ",
    "a\u0301" * 50,
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "{{ 7 * 7 }}",
    "../../etc/passwd",
    "=1+1",
    " ",
    "(" * 100,
)


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A release of the seeds and of small samples of everything else, with labels from authorities, and of names that do harm."""
    folder = tmp_path_factory.mktemp("search")
    hostile = folder / "hostile.txt"
    hostile.write_text(
        "# Zinc <script>alert(1)</script> & =1+1\n\nPMC · DOI: 10.1234/x · J · 2019-02-01\n\n## Linked entities\n\n"
        "- **Genes:** =HYPERLINK(1) (gene) [NCBI Gene 77]\n\n---\nSource: https://example.org/paper/PMC77\n",
        encoding="utf-8",
    )
    inputs = [SEEDS, SAMPLE / "annotations.json", SAMPLE / "citations.xml", hostile]
    concepts = [option for name in ("mondo.obo", "genes.tsv", "descriptors.nt") for option in ("--concepts", SAMPLE / name)]
    done = litlod("build", *inputs, *concepts, "--data", folder / "data")
    assert done.exit_code == 0, done.stderr
    return folder / "data"


@pytest.fixture(scope="module")
def client(data: Path) -> Iterator[FlaskClient]:
    with server_fixtures.serving(data) as app:
        yield app.test_client()


def found(client: FlaskClient, q: str, **parameters: str | int) -> dict[str, object]:
    response = client.get("/search.json", query_string={"q": q, **parameters})
    assert response.status_code == 200, response.text
    content: dict[str, object] = response.get_json()
    return content


def results(client: FlaskClient, q: str, **parameters: str | int) -> list[dict[str, object]]:
    rows = found(client, q, **parameters)["results"]
    assert isinstance(rows, list)
    return rows


def first(client: FlaskClient, q: str) -> tuple[object, object]:
    """The identifier of the first result and why it is one."""
    rows = results(client, q)
    return (rows[0]["identifier"], rows[0]["match"]) if rows else (None, None)


@pytest.mark.parametrize(
    ("q", "identifier", "match"),
    [
        ("zinc", "MESH:D015032", "label"),
        ("ZINC", "MESH:D015032", "label"),
        ("IL-6", "NCBIGene:3569", "label"),
        ("il6", "NCBIGene:3569", "label"),
        ("IL 6", "NCBIGene:3569", "label"),
        ("GSK-3β", "NCBIGene:2932", "label"),
        ("gsk3 beta", "NCBIGene:2932", "label"),
        ("TNF-α", "NCBIGene:7124", "synonym"),
        ("TNFα", "NCBIGene:7124", "synonym"),
        ("tnf alpha", "NCBIGene:7124", "synonym"),
        ("TNFa", "NCBIGene:7124", "synonym"),
        ("depression", "MONDO:0002050", "synonym"),
        ("dépression", "MONDO:0002050", "synonym"),
        ("depressive disorder", "MESH:D003866", "label"),
        ("interleuk", "NCBIGene:3552", "beginning"),
        ("trace elements", "PMC12899835", "text"),
        ("relationship between trace", "PMC12899835", "text"),
    ],
)
def test_the_thing_that_is_meant_comes_first(client: FlaskClient, q: str, identifier: str, match: str) -> None:
    assert first(client, q) == (identifier, match)


def test_labels_come_before_surface_forms_and_these_before_texts(client: FlaskClient) -> None:
    order = ["identifier", "label", "synonym", "beginning", "surface form", "text"]
    for q in ("zinc", "depression", "depressive disorder", "calcium", "mood"):
        reasons = [order.index(str(row["match"])) for row in results(client, q, limit=100)]
        groups = [min(reason, 2) if reason <= 2 else reason for reason in reasons]
        assert groups == sorted(groups), q


def test_concepts_with_a_surface_form_come_before_papers_whose_titles_begin_so(client: FlaskClient) -> None:
    assert [row["identifier"] for row in results(client, "zinc")][:2] == ["MESH:D015032", "PUBCHEM.COMPOUND:23994"]


def test_a_concept_without_an_official_label_is_told(client: FlaskClient) -> None:
    rows = {row["identifier"]: row["is_official_label"] for row in results(client, "zinc", type="chemical")}
    assert rows == {"MESH:D015032": True, "PUBCHEM.COMPOUND:23994": False}


@pytest.mark.parametrize(
    ("q", "path"),
    [
        *(
            (q, "/paper/PMC12899835")
            for q in (
                "PMC12899835",
                "pmc12899835",
                "PMCID:PMC12899835",
                "10.3390/nu18030484",
                "10.3390/NU18030484",
                "doi:10.3390/nu18030484",
                "https://doi.org/10.3390/nu18030484",
                "http://dx.doi.org/10.3390%2Fnu18030484",
                PAPER,
                f"<{PAPER}>",
                f"{PAPER}.ttl",
                "paper/PMC12899835",
                "https://pmc.ncbi.nlm.nih.gov/articles/PMC12899835/",
                "http://identifiers.org/pmc/PMC12899835",
                " PMC12899835 ",
            )
        ),
        *((q, "/paper/PMC9000001") for q in ("90000001", "PMID:90000001", "pmid 90000001", "https://pubmed.ncbi.nlm.nih.gov/90000001/")),
        *(
            (q, "/concept/MESH:D003866")
            for q in (
                "MESH:D003866",
                "mesh:d003866",
                "D003866",
                DEPRESSION,
                "https://id.nlm.nih.gov/mesh/D003866",
                "http://identifiers.org/mesh/D003866",
                "https://identifiers.org/mesh:D003866",
                "https://meshb.nlm.nih.gov/record/ui?ui=D003866",
                "/concept/MESH:D003866",
                "https://w3id.org/litlod/concept/MESH:D003866",
            )
        ),
        *((q, "/concept/MONDO:0002050") for q in ("MONDO:0002050", "MONDO_0002050", "http://purl.obolibrary.org/obo/MONDO_0002050")),
        *((q, "/concept/NCBIGene:7124") for q in ("NCBIGene:7124", "NCBI Gene 7124", "https://www.ncbi.nlm.nih.gov/gene/7124")),
    ],
)
def test_an_identifier_in_any_spelling_leads_to_its_thing(client: FlaskClient, q: str, path: str) -> None:
    response = client.get("/search", query_string={"q": q})
    assert (response.status_code, response.headers.get("Location")) == (303, path)
    rows = results(client, q)
    assert (rows[0]["path"], rows[0]["match"]) == (path, "identifier")
    looked_up = client.get("/lookup.json", query_string={"q": q, "field": "identifier"}).get_json()["results"]
    assert [row["path"] for row in looked_up] == [path]


def test_an_identifier_of_nothing_here_is_searched_for_as_words(client: FlaskClient) -> None:
    response = client.get("/search", query_string={"q": "PMC1"})
    assert response.status_code == 200
    assert "Nothing was found" in response.text


@pytest.mark.parametrize(
    ("q", "meant"), [("depresion", "depression"), ("deprression", "depression"), ("znic", "zinc"), ("litium", "lithium")]
)
def test_what_is_one_letter_wrong_is_found_and_said(client: FlaskClient, q: str, meant: str) -> None:
    content = found(client, q)
    assert content["corrected"] == meant
    assert [row["iri"] for row in results(client, q)] == [row["iri"] for row in results(client, meant)]
    assert f"results for “{meant}”" in client.get("/search", query_string={"q": q}).text


def test_filters_leave_things_of_that_type_and_year(client: FlaskClient) -> None:
    every = results(client, "depression", limit=100)
    assert len({str(row["types"]) for row in every}) > 1
    for kind in KINDS:
        assert results(client, "depression", type=kind, limit=100) == [row for row in every if kind in str(row["types"])]
    for year in (2019, 2023, 2026):
        assert results(client, "depression", year=year) == [row for row in every if row["year"] == year]
    assert results(client, "depression", year=2026, type="gene") == []
    assert results(client, "PMC12899835", type="gene") == []
    assert len(results(client, "PMC12899835", type="paper", year=2026)) == 1


@pytest.mark.parametrize("q", HOSTILE)
def test_no_text_breaks_a_search_or_a_page(client: FlaskClient, q: str) -> None:
    pages = [client.get(path, query_string={"q": q}) for path in ("/search", "/search.json", "/search.csv", "/suggest")]
    assert {page.status_code for page in pages} <= {200, 400} if not q.strip() else {page.status_code for page in pages} == {200}
    assert "<script>alert" not in pages[0].text
    assert "<img" not in pages[0].text
    looked_up = [client.get("/lookup", query_string={"q": q, "match": way}) for way in ("exact", "starts", "contains")]
    assert {page.status_code for page in looked_up} <= {200, 400}


@pytest.mark.parametrize("path", ["/search", "/search.json", "/search.csv", "/suggest", "/lookup"])
@pytest.mark.parametrize("q", ["x" * (MOST_CHARACTERS + 1), "x" * 10_000_000], ids=["long", "10 MB"])
def test_a_text_that_is_too_long_is_a_400_that_says_so(client: FlaskClient, path: str, q: str) -> None:
    response = client.get(path, query_string={"q": q})
    assert response.status_code == 400
    assert f"at most {MOST_CHARACTERS}" in response.text


@pytest.mark.parametrize(
    ("path", "parameters", "detail"),
    [
        ("/search.json", {}, "there is no q"),
        ("/search.json", {"q": "a " * (MOST_WORDS + 1)}, f"more than {MOST_WORDS} words"),
        ("/search.json", {"q": "a", "type": "gnee"}, "none of paper, gene"),
        ("/search.json", {"q": "a", "year": "26"}, "like 2024"),
        ("/search.json", {"q": "a", "year": "٢٠٢٤"}, "like 2024"),
        ("/search.json", {"q": "a", "page": "0"}, "page: '0'"),
        ("/search.json", {"q": "a", "limit": "1000"}, "from 1 to 100"),
        ("/lookup", {"q": "ab", "match": "contains"}, "3 letters or digits"),
        ("/lookup", {"q": "a", "match": "like"}, "none of exact, starts, contains"),
        ("/lookup", {"q": "a", "field": "x"}, "none of label, synonym, surface, identifier"),
        ("/lookup", {"q": "a", "offset": "100001"}, "offset"),
        ("/lookup", {"q": "😀"}, "no letter or digit"),
    ],
)
def test_what_cannot_be_answered_is_a_400_with_the_reason(client: FlaskClient, path: str, parameters: dict[str, str], detail: str) -> None:
    response = client.get(path, query_string=parameters)
    assert (response.status_code, response.content_type) == (400, "application/problem+json")
    assert detail in response.get_json()["detail"]


class _Results(HTMLParser):
    """The links of the headings of a page, and its marked words."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.paths: list[str] = []
        self.marked: list[str] = []
        self._open: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._open.append(tag)
        if tag == "a" and "h2" in self._open[-2:]:
            self.paths.append(str(dict(attrs)["href"]))

    def handle_data(self, data: str) -> None:
        if self._open and self._open[-1] == "mark":
            self.marked.append(data.casefold())

    def handle_endtag(self, tag: str) -> None:
        if tag in self._open:
            while self._open.pop() != tag:
                pass


@pytest.mark.parametrize("q", ["zinc", "depression", "calcium signalling", "znic", "protein"])
def test_the_page_json_and_csv_have_the_same_results(client: FlaskClient, q: str) -> None:
    rows = results(client, q)
    read = _Results(client.get("/search", query_string={"q": q}).text)
    table = list(csv.DictReader(io.StringIO(client.get("/search.csv", query_string={"q": q}).text, newline="")))
    assert [row["path"] for row in rows] == read.paths != []
    assert [row["iri"] for row in rows] == [row["iri"] for row in table]
    assert read.marked


def test_words_of_the_search_are_marked_where_they_stand(client: FlaskClient) -> None:
    (row,) = results(client, "relationship depression", type="paper", year=2026)
    text, marks = str(row["label"]), row["label_marks"]
    assert isinstance(marks, list)
    assert [text[start:end] for start, end in marks] == ["Relationship", "Depression"]
    for row in results(client, "depr"):
        shown, marks = row["text"] or "", row["text_marks"]
        assert isinstance(shown, str) and isinstance(marks, list)
        assert all(shown[start:end].casefold().startswith("depr") for start, end in marks)


def test_names_that_do_harm_are_inert(client: FlaskClient) -> None:
    page = client.get("/search", query_string={"q": "zinc script alert"}).text
    assert "<mark>Zinc</mark> &lt;<mark>script</mark>&gt;<mark>alert</mark>(1)&lt;/<mark>script</mark>&gt; &amp; =1+1" in page
    table = client.get("/search.csv", query_string={"q": "hyperlink"}).text
    assert "'=HYPERLINK(1)" in table


def walked(client: FlaskClient, address: str) -> Iterator[list[dict[str, object]]]:
    """The results of all pages, from link to link."""
    following: str | None = address
    while following:
        response: TestResponse = client.get(following, headers={"Accept": "application/json"})
        content = response.get_json()
        yield content["results"]
        following = content["next"]
        assert (response.headers.get("Link") == f'<{following}>; rel="next"') == (following is not None)


@pytest.mark.parametrize(
    "address", ["/search.json?q=de&limit={}", "/lookup?q=c&match=starts&limit={}", "/lookup?q=ion&match=contains&limit={}"]
)
def test_pages_have_everything_once(client: FlaskClient, address: str) -> None:
    pages = list(walked(client, address.format(3)))
    (whole,) = walked(client, address.format(100))
    assert len(pages) > 2
    assert [row for page in pages for row in page] == whole


def test_pages_behind_the_last_are_empty(client: FlaskClient) -> None:
    assert results(client, "zinc", page=500) == []
    assert client.get("/search?q=zinc&page=500").status_code == 200


def looked_up(client: FlaskClient, **parameters: str) -> set[tuple[str, str, str]]:
    rows = client.get("/lookup", query_string=parameters, headers={"Accept": "application/json"}).get_json()["results"]
    return {(row["identifier"], row["field"], row["name"]) for row in rows}


def test_names_are_looked_up_by_field_and_in_three_ways(client: FlaskClient) -> None:
    assert ("MESH:D015032", "label", "Zinc") in looked_up(client, q="zinc")
    assert {field for _, field, _ in looked_up(client, q="zinc", field="surface")} == {"surface"}
    assert {row[:2] for row in looked_up(client, q="tnf-α", field="synonym")} == {("NCBIGene:7124", "synonym")}
    assert ("NCBIGene:3569", "synonym", "interleukin 6") in looked_up(client, q="interleuk", match="starts", type="gene")
    assert ("NCBIGene:3569", "synonym", "interleukin 6") in looked_up(client, q="leukin 6", match="contains", type="gene")
    assert looked_up(client, q="leukin 6", match="contains", type="disease") == set()


def test_look_ups_are_rdf_too_with_nothing_but_what_authorities_say(client: FlaskClient) -> None:
    response = client.get("/lookup", query_string={"q": "zinc"}, headers={"Accept": "text/turtle"})
    said = server_fixtures.triples(response)
    labels = {str(value) for _, predicate, value in said if str(predicate).endswith("#label")}
    assert labels == {"Zinc"}
    assert {str(subject) for subject, _, _ in said} >= {"http://rdf.ncbi.nlm.nih.gov/pubchem/compound/CID23994"}
    assert server_fixtures.triples(client.get("/lookup.nt?q=zinc")) == said
    assert client.get("/lookup?q=zinc", headers={"Accept": "image/png"}).status_code == 406
    assert client.get("/lookup.xyz?q=zinc").status_code == 404


def test_look_ups_for_different_texts_have_different_tags(client: FlaskClient) -> None:
    tags = {client.get(f"/lookup.ttl?q={q}").headers["ETag"] for q in ("zinc", "tnf")}
    assert len(tags) == 2


def test_suggestions_have_the_form_of_opensearch(client: FlaskClient) -> None:
    response = client.get("/suggest?q=depr")
    text, labels, descriptions, paths = response.get_json()
    assert (text, response.mimetype) == ("depr", "application/x-suggestions+json")
    assert len(labels) == len(descriptions) == len(paths) <= 10
    assert "Depressive Disorder" in labels
    assert client.get("/suggest").get_json() == ["", [], [], []]


def test_the_home_page_has_the_search_box(client: FlaskClient) -> None:
    assert '<form action="/search" method="get" role="search">' in client.get("/").text


def test_every_type_has_a_name() -> None:
    assert tuple(KIND_NAMES) == KINDS


def test_a_search_that_takes_too_long_is_stopped_and_says_so(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    services = client.application.extensions["litlod"]
    assert isinstance(services, Services)
    monkeypatch.setattr(session, "SECONDS", 0.05)
    endless = "WITH RECURSIVE number(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM number) SELECT count(*) FROM number"
    with pytest.raises(Problem) as told, session.searching(services.published.release()) as index:
        index.execute(endless)
    assert (told.value.status, "Retry-After" in told.value.headers) == (503, True)


@pytest.fixture
def own(tmp_path: Path) -> Iterator[tuple[FlaskClient, Path]]:
    """A client of a release of its own, and the index of that."""
    data = server_fixtures.publish_texts(tmp_path, ["# A title\n\n---\nSource: https://example.org/paper/PMC5\n"])
    with server_fixtures.serving(data) as app:
        yield app.test_client(), (data / "current" / INDEX).resolve()


def test_a_release_without_an_index_says_so(own: tuple[FlaskClient, Path]) -> None:
    client, index = own
    assert client.get("/search.json?q=title").get_json()["total"] == 1
    index.unlink()
    response = client.get("/search.json?q=title")
    assert response.status_code == 404
    assert "no search index" in response.get_json()["detail"]
    assert client.get("/search").status_code == 200


def test_a_damaged_index_is_told_and_never_a_wrong_answer(own: tuple[FlaskClient, Path]) -> None:
    client, index = own
    index.write_bytes(b"damage" * 10_000)
    response = client.get("/search.json?q=title")
    assert response.status_code == 503
    assert "damaged" in response.get_json()["detail"]
