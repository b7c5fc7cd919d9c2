"""What a JATS article says of itself arrives, old and new tag sets alike, and what does not make it is reported."""

import hashlib
import io
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rdfgen.model import Author, Figure, Grant, Journal, Link, Paper, Reference, Section
from rdfgen.readers import reader_for
from rdfgen.readers.jats import reader as jats
from rdfgen.report import Kind, Report

REAL = sorted((Path(__file__).parents[2] / "shared" / "data" / "jats").glob("*xml"))
needs_files = pytest.mark.skipif(not REAL, reason="the sample files of JATS are not beside the checkout")
XLINK = 'xmlns:xlink="http://www.w3.org/1999/xlink"'
PMC = '<article-id pub-id-type="pmc">12</article-id>'


def read(xml: str | bytes) -> tuple[list[Paper], Report]:
    report = Report("x.xml")
    return list(jats.read(io.BytesIO(xml if isinstance(xml, bytes) else xml.encode()), report)), report


def article(meta: str = "", rest: str = "", journal: str = "", attributes: str = "") -> str:
    front = f"<front><journal-meta>{journal}</journal-meta><article-meta>{PMC}{meta}</article-meta></front>"
    return f"<article {XLINK} {attributes}>{front}{rest}</article>"


def paper(meta: str = "", rest: str = "", journal: str = "", attributes: str = "") -> Paper:
    """The one paper of an article that has nothing doubtful."""
    papers, report = read(article(meta, rest, journal, attributes))
    assert report.entries == []
    return papers[0]


def kinds(report: Report) -> list[Kind]:
    return [entry.kind for entry in report.entries]


@pytest.mark.parametrize(
    "head",
    [
        b'<article article-type="research-article">',
        b'<!DOCTYPE article PUBLIC "-//NLM//DTD Journal Archiving and Interchange DTD v2.3 20070202//EN" "archivearticle.dtd">\n<article>',
        b'<article xmlns="https://jats.nlm.nih.gov/ns/archiving/1.3/"><front>',
        b"<pmc-articleset>",
        b'<OAI-PMH xmlns="http://www.openarchives.org/OAI/2.0/"><request metadataPrefix="pmc">x</request>',
        b"<OAI-PMH><ListRecords><record><metadata><article >",
    ],
)
def test_jats_is_recognised(head: bytes) -> None:
    found = reader_for(head)
    assert found is not None
    assert found.name == "jats"


@pytest.mark.parametrize(
    "head",
    [
        b"",
        b"<html><body><article>",
        b'<article xmlns="http://docbook.org/ns/docbook"><title>T</title>',
        b'<OAI-PMH><request metadataPrefix="oai_dc">x</request><ListRecords>',
        b"<PubmedArticleSet>",
        b"<articles><front>",
        b"# article",
    ],
)
def test_other_files_are_not_taken(head: bytes) -> None:
    assert not jats.recognises(head)


@settings(max_examples=50, deadline=None)
@given(st.binary(max_size=300))
def test_recognising_never_fails(head: bytes) -> None:
    assert jats.recognises(head) in (True, False)


def test_a_paper_names_its_source_and_its_identifiers() -> None:
    ids = '<article-id pub-id-type="pmid">7</article-id><article-id pub-id-type="doi">10.1000/a</article-id><article-id>x</article-id>'
    cited = "<back><ref-list><ref><mixed-citation><article-id pub-id-type='pmid'>9</article-id></mixed-citation></ref></ref-list></back>"
    xml = article(ids, cited)
    found = paper(ids, cited)
    assert found.identifiers == (Reference("PMCID", "PMC12"), Reference("PMID", "7"), Reference("DOI", "10.1000/a"))
    source = found.sources[0]
    assert (source.sha256, source.format, source.record) == (hashlib.sha256(xml.encode()).hexdigest(), "jats", "PMC12")


def test_sets_and_harvests_give_one_paper_an_article() -> None:
    one = article("<title-group><article-title>T</article-title></title-group>")
    spaced = one.replace("<article ", '<article xmlns="https://jats.nlm.nih.gov/ns/archiving/1.3/" ')
    for xml in (
        f"<pmc-articleset>{one}{one}</pmc-articleset>",
        f"<OAI-PMH><ListRecords>{f'<record><metadata>{spaced}</metadata></record>' * 2}</ListRecords></OAI-PMH>",
        f"<pmc-articleset {XLINK}>{one.replace(f' {XLINK}', '') * 2}</pmc-articleset>",
    ):
        papers, report = read(xml)
        assert [paper.title for paper in papers] == ["T", "T"]
        assert report.entries == []


@pytest.mark.parametrize(
    ("stated", "name"),
    [
        ("research-article", "JournalArticle"),
        ("review-article", "ReviewArticle"),
        ("preprint", "Preprint"),
        ("editorial", "Editorial"),
        ("letter", "Letter"),
        ("retraction", "JournalArticle"),
    ],
)
def test_article_types_make_the_class(stated: str, name: str) -> None:
    assert paper(attributes=f'article-type="{stated}" xml:lang="en"').publication_type == name
    assert paper(attributes=f'article-type="{stated}" xml:lang="en"').languages == ("en",)
    assert (paper().publication_type, paper().languages) == (None, ())


def test_titles_are_without_notes_and_sources_of_formulas() -> None:
    formula = (
        "<inline-formula><alternatives><tex-math>$x$</tex-math><mml:math><mml:mi>x</mml:mi></mml:math></alternatives></inline-formula>"
    )
    title = f'On\n  H<sub>2</sub>O<xref ref-type="fn">*</xref><fn><p>Note</p></fn> and {formula} <![CDATA[<b>]]>'
    assert paper(f"<title-group><article-title>{title}</article-title></title-group>").title == "On H2O and x <b>"


def test_an_abstract_in_sections_has_their_titles() -> None:
    found = paper(
        "<abstract><title>Abstract</title><sec><title>Aims:</title><p>To see.</p><p>More.</p></sec>"
        "<sec><title>Methods</title><sec><p>So.</p></sec></sec>"
        "<p>End<list><list-item><p>a</p></list-item><list-item><p>b</p></list-item></list></p></abstract>"
    )
    assert found.abstract == ("Aims: To see.", "More.", "So.", "Methods", "End a b")


def test_other_abstracts_are_noted() -> None:
    others = '<trans-abstract xml:lang="fr"><p>F</p></trans-abstract><abstract abstract-type="teaser"><p>T</p></abstract>'
    papers, report = read(article(f"{others}<abstract><p>A</p></abstract>"))
    assert papers[0].abstract == ("A",)
    assert kinds(report) == [Kind.SUSPICIOUS, Kind.SUSPICIOUS]


def authors(inner: str, more: str = "") -> tuple[Author, ...]:
    return paper(f'<contrib-group><contrib contrib-type="author">{inner}</contrib></contrib-group>{more}').authors


SMITH = "<name><surname>Smith</surname><given-names>Ann B</given-names><suffix>Jr</suffix></name>"


@pytest.mark.parametrize(
    ("inner", "found"),
    [
        (SMITH, [("Ann B Smith Jr", False)]),
        (f"<name-alternatives>{SMITH}<string-name>X</string-name></name-alternatives>", [("Ann B Smith Jr", False)]),
        ('<name name-style="eastern"><surname>Mao</surname><given-names>Zedong</given-names></name>', [("Mao Zedong", False)]),
        ("<string-name>Plato <sup>of</sup></string-name>", [("Plato of", False)]),
        (f"<collab>The Trial<contrib-group><contrib>{SMITH}</contrib></contrib-group></collab>", [("The Trial", True)]),
        (f"{SMITH}<collab>The Trial</collab>", [("Ann B Smith Jr", False), ("The Trial", True)]),
    ],
)
def test_people_and_groups_are_authors(inner: str, found: list[tuple[str, bool]]) -> None:
    assert [(author.name, author.is_group) for author in authors(inner)] == found


def test_editors_are_no_authors() -> None:
    assert paper(f'<contrib-group><contrib contrib-type="editor">{SMITH}</contrib></contrib-group>').authors == ()


@pytest.mark.parametrize(
    ("inner", "more", "found"),
    [
        (
            '<xref ref-type="aff" rid="a b"/>',
            '<aff id="a"><label>1</label>Here</aff><aff id="b"><sup>2</sup> There</aff>',
            ("Here", "There"),
        ),
        ("<aff>Inline</aff>", "", ("Inline",)),
        (
            '<xref ref-type="aff" rid="a"/>',
            '<aff id="a"><institution-wrap><institution-id>grid.1</institution-id><institution>Uni</institution></institution-wrap>'
            "<addr-line>Town</addr-line>, <country>Land</country></aff>",
            ("Uni Town, Land",),
        ),
        ('<xref ref-type="aff" rid="a"/>', '<aff-alternatives id="a"><aff>Here</aff><aff>Ici</aff></aff-alternatives>', ("Here",)),
    ],
)
def test_affiliations_are_found_by_reference_or_inside(inner: str, more: str, found: tuple[str, ...]) -> None:
    assert authors(SMITH + inner, more)[0].affiliations == found


def test_an_affiliation_of_the_group_is_that_of_each_author() -> None:
    xml = f"<contrib-group><contrib>{SMITH}</contrib><contrib>{SMITH}</contrib><aff>Here</aff></contrib-group>"
    assert [author.affiliations for author in paper(xml).authors] == [("Here",), ("Here",)]


def test_orcids_are_checked_and_doubts_about_authors_reported() -> None:
    good = '<contrib-id contrib-id-type="orcid">https://orcid.org/0000-0002-1825-0097</contrib-id>'
    assert authors(SMITH + good)[0].orcid == Reference("ORCID", "0000-0002-1825-0097")
    bad = f'<contrib>{SMITH}{good.replace("0097", "0098")}<xref ref-type="aff" rid="z"/></contrib><contrib><anonymous/></contrib>'
    papers, report = read(article(f"<contrib-group>{bad}</contrib-group>"))
    assert len(papers[0].authors) == 1
    assert sorted(kinds(report)) == [Kind.SKIPPED, Kind.SKIPPED, Kind.SUSPICIOUS]


def test_the_journal_in_its_old_and_new_place() -> None:
    ids = '<journal-id journal-id-type="nlm-ta">J Zn</journal-id><journal-id journal-id-type="nlm-journal-id">99</journal-id>'
    issn = '<issn pub-type="epub">1234-567X</issn><issn>12345678</issn>'
    expected = Journal("J of Zinc", "J Zn", ("1234-567X", "1234-5678"), "99")
    assert paper(journal=f"{ids}<journal-title>J of Zinc</journal-title>{issn}").journal == expected
    assert (
        paper(journal=f"{ids}<journal-title-group><journal-title>J of Zinc</journal-title></journal-title-group>{issn}").journal == expected
    )
    assert paper().journal is None


@pytest.mark.parametrize(
    ("xml", "pages"),
    [
        ("<fpage>1</fpage><lpage>9</lpage>", "1-9"),
        ("<fpage>174</fpage><lpage>174</lpage>", "174"),
        ("<elocation-id>e217</elocation-id>", "e217"),
        ("", None),
    ],
)
def test_pages_or_the_number_of_the_article(xml: str, pages: str | None) -> None:
    found = paper(f"<volume>3</volume><issue>2</issue>{xml}")
    assert (found.volume, found.issue, found.pages) == ("3", "2", pages)


def date(attributes: str, year: str, more: str = "") -> str:
    return f"<pub-date {attributes}>{more}<year>{year}</year></pub-date>"


@pytest.mark.parametrize(
    ("xml", "issued"),
    [
        (date('pub-type="ppub"', "2001") + date('pub-type="epub"', "2002", "<day>2</day><month>8</month>"), "2002-08-02"),
        (date('pub-type="collection"', "2001") + date('pub-type="ppub"', "2002", "<month>Feb</month>"), "2002-02"),
        (
            date('date-type="pub" publication-format="print"', "2001") + date('date-type="pub" publication-format="electronic"', "2002"),
            "2002",
        ),
        (date('pub-type="pmc-release"', "2001") + date('pub-type="nihms-submitted"', "2002"), None),
        (date('pub-type="other"', "2001", "<season>Spring</season>"), "2001"),
        (date('pub-type="epub"', "2001", "<day>5</day>"), "2001"),
        ('<pub-date iso-8601-date="2001-02-03"/>', "2001-02-03"),
    ],
)
def test_the_best_date_counts_with_its_own_precision(xml: str, issued: str | None) -> None:
    assert paper(xml).issued == issued


def test_an_impossible_date_is_reported_and_the_next_one_taken() -> None:
    papers, report = read(article(date('pub-type="epub"', "2001", "<day>30</day><month>2</month>") + date('pub-type="ppub"', "2001")))
    assert papers[0].issued == "2001"
    assert kinds(report) == [Kind.SKIPPED]


def test_keywords_and_grants_old_and_new() -> None:
    award = (
        "<award-group><funding-source><institution-wrap><institution>NIH</institution><institution-id>10.13039/1</institution-id>"
        '</institution-wrap><named-content content-type="funder-id">10.13039/1</named-content></funding-source>'
        "<award-id>Z1</award-id></award-group>"
    )
    found = paper(
        f"<kwd-group><title>Keywords</title><kwd>zinc <italic>in vivo</italic></kwd><kwd>iron</kwd></kwd-group><funding-group>{award}"
        "<award-group><funding-source>DFG</funding-source></award-group></funding-group>"
    )
    assert found.keywords == ("zinc in vivo", "iron")
    assert found.grants == (Grant("Z1", "NIH"), Grant(None, "DFG"))
    old = '<contract-num rid="s1">N1</contract-num><contract-num>N2</contract-num><contract-sponsor id="s1">A</contract-sponsor>'
    assert paper(old).grants == (Grant("N1", "A"), Grant("N2", "A"))
    assert paper(f"{old}<contract-sponsor>B</contract-sponsor>").grants == (Grant("N1", "A"), Grant("N2", None), Grant(None, "B"))


def test_sections_are_the_outermost_ones_of_the_body() -> None:
    found = paper(
        rest='<body><sec sec-type="materials|methods"><title>What we did<xref>1</xref></title><sec><title>Results</title></sec></sec>'
        "<sec><title>2. Results</title></sec><sec><title>Our thoughts</title></sec></body><back><sec><title>Discussion</title></sec></back>"
    )
    assert found.sections == (Section("methods", "What we did"), Section("results", "2. Results"), Section(None, "Our thoughts"))


FIGURE = "<fig><label>Figure 1</label><caption><title>A.</title><p>B<sub>2</sub></p></caption><graphic/></fig>"
TABLE = "<table-wrap><label>Table 1</label><table><tr><td>secret</td></tr></table></table-wrap>"


def test_figures_and_tables_are_counted_wherever_they_stand() -> None:
    other = f"<sub-article><front-stub/><body>{FIGURE}</body></sub-article><response><body>{TABLE}</body></response>"
    papers, report = read(article(rest=f"<body><sec><p>{FIGURE}</p></sec></body><floats-group>{TABLE}<fig/></floats-group>{other}"))
    found = papers[0]
    assert found.figures == (Figure("Figure 1", "A. B2"), Figure("Table 1", None, is_table=True), Figure(None, None))
    assert (found.figure_count, found.table_count) == (2, 1)
    assert kinds(report) == [Kind.SUSPICIOUS, Kind.SUSPICIOUS]


def test_only_an_article_with_a_body_has_no_figures() -> None:
    assert (paper(rest="<body/>").figure_count, paper(rest="<body/>").table_count) == (0, 0)
    assert (paper().figure_count, paper().table_count) == (None, None)


@pytest.mark.parametrize(
    ("citation", "found"),
    [
        ('<citation><pub-id pub-id-type="pmid">9</pub-id><pub-id pub-id-type="doi">10.1000/a</pub-id></citation>', "PMID:9"),
        ('<nlm-citation><object-id pub-id-type="doi">10.1000/a</object-id></nlm-citation>', "DOI:10.1000/a"),
        (
            '<element-citation><pub-id pub-id-type="doi">10.1000/a</pub-id><pub-id pub-id-type="pmcid">PMC5</pub-id></element-citation>',
            "PMCID:PMC5",
        ),
        (
            '<mixed-citation>A. <ext-link ext-link-type="uri" xlink:href="https://doi.org/10.1000/a">x</ext-link></mixed-citation>',
            "DOI:10.1000/a",
        ),
        ('<mixed-citation><ext-link ext-link-type="doi" xlink:href="10.1000/a"/></mixed-citation>', "DOI:10.1000/a"),
        ('<mixed-citation><ext-link ext-link-type="pmid" xlink:href="http://x/pubmed/9/"/></mixed-citation>', "PMID:9"),
        ('<note><p><pub-id pub-id-type="pmid">9</pub-id></p></note>', "PMID:9"),
    ],
)
def test_cited_works_are_found_in_every_tag_set(citation: str, found: str) -> None:
    one = paper(rest=f"<back><ref-list><ref>{citation}</ref><ref>{citation}</ref><ref/></ref-list></back>")
    assert [str(reference) for reference in one.cited] == [found]
    assert one.reference_count == 3


def test_several_works_under_one_number_are_all_cited() -> None:
    works = "".join(f'<mixed-citation><pub-id pub-id-type="pmid">{number}</pub-id></mixed-citation>' for number in (9, 8))
    found = paper(rest=f"<back><ref-list><ref>{works}</ref></ref-list></back>")
    assert (found.cited, found.reference_count) == ((Reference("PMID", "9"), Reference("PMID", "8")), 1)


def test_an_invalid_identifier_of_a_cited_work_is_noted() -> None:
    ref = '<ref><citation><pub-id pub-id-type="pmid">none</pub-id><pub-id pub-id-type="doi">10.1000/a</pub-id></citation></ref>'
    papers, report = read(article(rest=f"<back><ref-list>{ref}</ref-list></back>"))
    assert papers[0].cited == (Reference("DOI", "10.1000/a"),)
    assert kinds(report) == [Kind.SUSPICIOUS]
    assert paper().reference_count is None


@pytest.mark.parametrize(
    ("attributes", "link"),
    [
        ('related-article-type="retracted-article" ext-link-type="pmid" xlink:href="9"', Link("retracts", Reference("PMID", "9"))),
        (
            'related-article-type="corrected-article" ext-link-type="doi" xlink:href="10.1000/a"',
            Link("corrects", Reference("DOI", "10.1000/a")),
        ),
        ('related-article-type="companion" ext-link-type="pmc" xlink:href="PMC5"', Link("related", Reference("PMCID", "PMC5"))),
        ('related-article-type="companion" xlink:href="info:doi/10.1000/a"', Link("related", Reference("DOI", "10.1000/a"))),
    ],
)
def test_related_articles_are_links(attributes: str, link: Link) -> None:
    assert paper(f"<related-article {attributes}/>").links == (link,)


def test_a_retraction_makes_the_article_retracted_even_without_an_identifier() -> None:
    papers, report = read(article('<related-article related-article-type="retraction-forward" vol="3"/>'))
    assert papers[0].is_retracted
    assert papers[0].links == ()
    assert kinds(report) == [Kind.SUSPICIOUS]


def test_an_article_without_its_front_is_reported_and_one_without_identifiers_noted() -> None:
    papers, report = read("<set>\n<article><body/></article>\n<article><front><article-meta/></front></article></set>")
    assert len(papers) == 1
    assert [(entry.line, entry.kind) for entry in report.entries] == [(2, Kind.SKIPPED), (3, Kind.SUSPICIOUS)]


def test_a_damaged_article_costs_no_other() -> None:
    one = article("<title-group><article-title>T</article-title></title-group>")
    for bad in (one.replace("</front>", ""), one.replace("</article>", ""), one.replace("T<", "\x00<")):
        papers, report = read(f"<pmc-articleset>{one}{bad}{one}</pmc-articleset>")
        assert [paper.title for paper in papers].count("T") == 2
        assert len(report.entries) == 1
        assert report.entries[0].kind.is_error


@needs_files
@pytest.mark.parametrize("path", REAL, ids=lambda path: path.name)
def test_nothing_of_real_files_is_lost(path: Path) -> None:
    root = ElementTree.parse(path).getroot()
    papers, report = read(path.read_bytes())
    found = papers[0]
    assert len(papers) == 1
    meta = root.find("front/article-meta")
    assert meta is not None
    assert len(report.entries) == len(meta.findall("abstract")) - 1
    writers = [one for one in meta.findall("contrib-group/contrib") if one.get("contrib-type") == "author"]
    assert len(found.authors) == len(writers)
    named = {one.text for one in meta.findall("contrib-group/contrib[@contrib-type='author']/name/surname")}
    assert all(any(surname in author.name for author in found.authors) for surname in named if surname)
    places = [
        key for one in writers for xref in one.findall("xref") if xref.get("ref-type") == "aff" for key in xref.get("rid", "").split()
    ]
    assert sum(len(author.affiliations) for author in found.authors) == len(places)
    assert found.figure_count == sum(1 for _ in root.iter("fig"))
    assert found.table_count == sum(1 for _ in root.iter("table-wrap"))
    assert len(found.figures) == found.figure_count + found.table_count
    labelled = [one for tag in ("fig", "table-wrap") for one in root.iter(tag) if one.find("label") is not None]
    assert sum(1 for one in found.figures if one.label) == len(labelled)
    works = list(root.iter("ref"))
    assert found.reference_count == len(works)
    numbers = {one.text for work in works for one in work.iter("pub-id") if one.get("pub-id-type") == "pmid"}
    assert numbers == {one.identifier for one in found.cited if one.prefix == "PMID"}
    assert len(found.sections) == len(root.findall("body/sec"))
    assert len(found.keywords) == len({"".join(one.itertext()) for one in meta.iter("kwd")})
    assert len(found.identifiers) == 3


@pytest.mark.parametrize(
    "names", [("ref",), ("fig", "caption"), ("aff",), ("kwd-group", "kwd"), ("sub-article",), ("related-article",), ("sec", "title")]
)
def test_elements_that_nest_in_themselves_are_not_read_again_and_again(names: tuple[str, ...]) -> None:
    depth = 220 // len(names)
    start, end = "".join(f"<{name}>" for name in names), "".join(f"</{name}>" for name in reversed(names))
    inner = start * depth + '<pub-id pub-id-type="pmid">1</pub-id>' * 2_000 + end * depth
    assert len(read(article(inner, f"<body>{inner}</body>"))[0]) == 1


SAMPLE = article(
    f"<title-group><article-title>T &amp; <i>U</i></article-title></title-group><contrib-group><contrib>{SMITH}</contrib></contrib-group>"
    + date('pub-type="epub"', "2001", "<month>2</month>")
    + "<abstract><sec><title>A</title><p>B</p></sec></abstract>",
    f"<body><sec><title>S</title>{FIGURE}</sec></body>"
    '<back><ref-list><ref><citation><pub-id pub-id-type="pmid">9</pub-id></citation></ref></ref-list></back>',
).encode()


@settings(max_examples=50, deadline=None)
@given(st.integers(0, len(SAMPLE)), st.integers(0, 30), st.binary(max_size=10))
def test_damage_is_never_an_error_and_never_silent(position: int, removed: int, inserted: bytes) -> None:
    damaged = SAMPLE[:position] + inserted + SAMPLE[position + removed :]
    papers, report = read(damaged)
    assert papers or report.entries or not damaged.startswith(b"<article ")


@settings(max_examples=50, deadline=None)
@given(st.integers(len("<article "), len(SAMPLE) - 1))
def test_a_truncated_file_is_reported(length: int) -> None:
    papers, report = read(SAMPLE[:length])
    assert papers == []
    assert kinds(report)[-1] is Kind.SKIPPED
