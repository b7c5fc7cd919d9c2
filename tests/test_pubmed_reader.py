"""What PubMed XML says of a paper arrives, each record stands alone, and what does not make it is reported."""

import hashlib
import io
import re
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rdfgen.model import Annotation, Author, ConceptName, Evidence, Grant, Heading, Journal, Link, Paper, Reference, Term
from rdfgen.readers import reader_for
from rdfgen.readers.pubmed import reader as pubmed
from rdfgen.report import Kind, Report

REAL = sorted((Path(__file__).parents[2] / "shared" / "data" / "pubmed_xml").glob("*.xml"))
needs_files = pytest.mark.skipif(not REAL, reason="the sample files of PubMed XML are not beside the checkout")


def read(xml: str | bytes) -> tuple[list[Paper], Report]:
    report = Report("x.xml")
    return list(pubmed.read(io.BytesIO(xml if isinstance(xml, bytes) else xml.encode()), report)), report


def record(article: str = "", citation: str = "", data: str = "", attributes: str = "") -> str:
    inner = f"<MedlineCitation><PMID{attributes}>7</PMID><Article>{article}</Article>{citation}</MedlineCitation>"
    return f"<PubmedArticleSet><PubmedArticle>{inner}<PubmedData>{data}</PubmedData></PubmedArticle></PubmedArticleSet>"


def paper(article: str = "", citation: str = "", data: str = "") -> Paper:
    """The one paper of a record that has nothing doubtful."""
    papers, report = read(record(article, citation, data))
    assert report.entries == []
    return papers[0]


def kinds(report: Report) -> list[Kind]:
    return [entry.kind for entry in report.entries]


def mesh(identifier: str) -> Reference:
    return Reference("MESH", identifier)


@pytest.mark.parametrize(
    "head",
    [
        b"<PubmedArticleSet>",
        b'<?xml version="1.0"?>\n<!DOCTYPE PubmedArticleSet PUBLIC "-//NLM//DTD" "http://x/pubmed.dtd">\n<PubmedArticleSet >',
        b"\xef\xbb\xbf<PubmedArticle>",
        b"<PubmedBookArticleSet/>",
        "<PubmedArticleSet>".encode("utf-16"),
    ],
)
def test_pubmed_xml_is_recognised(head: bytes) -> None:
    found = reader_for(head)
    assert found is not None
    assert found.name == "pubmed"


@pytest.mark.parametrize(
    "head", [b"", b"<html>", b"<article>", b"<!-- <PubmedArticleSet> --><set>", b"PubmedArticleSet", b"<PubmedArticleSets>"]
)
def test_other_files_are_not_taken(head: bytes) -> None:
    assert not pubmed.recognises(head)


@settings(max_examples=50, deadline=None)
@given(st.binary(max_size=300))
def test_recognising_never_fails(head: bytes) -> None:
    assert pubmed.recognises(head) in (True, False)


def test_a_paper_names_its_source() -> None:
    xml = record(
        citation="<DateCompleted><Year>2001</Year></DateCompleted><DateRevised><Year>2002</Year><Month>3</Month><Day>04</Day></DateRevised>"
    )
    papers, _ = read(xml)
    whole = re.search("<PubmedArticle>.*</PubmedArticle>", xml)
    assert whole is not None
    source = papers[0].sources[0]
    assert (source.sha256, source.format) == (hashlib.sha256(whole[0].encode()).hexdigest(), "pubmed")
    assert (source.record, source.revised) == ("7", "2002-03-04")


@pytest.mark.parametrize(("attributes", "name"), [("", "7"), (' Version="1"', "7"), (' Version="2"', "7.2")])
def test_a_later_version_of_a_record_is_named(attributes: str, name: str) -> None:
    papers, _ = read(record(attributes=attributes))
    assert papers[0].sources[0].record == name


def test_identifiers_are_those_of_the_record_not_those_of_its_references() -> None:
    ids = article_ids(("pubmed", "7"), ("pii", "S1"), ("pmc", "PMC12"))
    cited = f"<ReferenceList>{reference(('doi', '10.1000/other'))}</ReferenceList>"
    found = paper(
        '<ELocationID EIdType="doi" ValidYN="Y">10.1000/Own</ELocationID><ELocationID EIdType="pii">e1</ELocationID>', data=ids + cited
    )
    assert found.identifiers == (Reference("PMID", "7"), Reference("PMCID", "PMC12"), Reference("DOI", "10.1000/Own"))


def test_of_two_dois_the_first_is_kept_and_the_second_noted() -> None:
    ids = article_ids(("doi", "10.1000/a"))
    papers, report = read(
        record('<ELocationID EIdType="doi">10.1000/b</ELocationID><ELocationID EIdType="doi">10.1000/A</ELocationID>', data=ids)
    )
    assert [*papers[0].identifiers_of("DOI")] == [Reference("DOI", "10.1000/a")]
    assert kinds(report) == [Kind.SUSPICIOUS]


def test_a_doi_called_invalid_is_noted_and_one_that_is_none_skipped() -> None:
    papers, report = read(
        record('<ELocationID EIdType="doi" ValidYN="N">10.1000/a</ELocationID><ELocationID EIdType="doi">unknown</ELocationID>')
    )
    assert papers[0].identifiers == (Reference("PMID", "7"),)
    assert kinds(report) == [Kind.SUSPICIOUS, Kind.SKIPPED]


MATHEMATICS = (
    '<mml:math xmlns:mml="http://www.w3.org/1998/Math/MathML"><mml:semantics><mml:mi>x</mml:mi>'
    "<mml:annotation>TEX</mml:annotation></mml:semantics></mml:math>"
)


@pytest.mark.parametrize(
    ("written", "title"),
    [
        ("On H<sub>2</sub>O and <i>E. coli</i>.", "On H2O and E. coli."),
        ("[Über Zink].", "[Über Zink]."),
        ("One\n    two\t three", "One two three"),
        (f"The {MATHEMATICS} of", "The x of"),
        ("5\xa0mg", "5\xa0mg"),
    ],
)
def test_titles_are_text_without_markup(written: str, title: str) -> None:
    assert paper(f"<ArticleTitle>{written}</ArticleTitle>").title == title


def test_the_vernacular_title_stands_in_for_a_missing_one_only() -> None:
    assert paper("<ArticleTitle/><VernacularTitle>Zink</VernacularTitle>").title == "Zink"
    assert paper("<ArticleTitle>Zinc</ArticleTitle><VernacularTitle>Zink</VernacularTitle>").title == "Zinc"


def test_the_abstract_is_paragraphs_with_their_labels() -> None:
    found = paper(
        '<Abstract><AbstractText Label="AIMS">To <b>see</b>.</AbstractText><AbstractText Label="UNLABELLED">Plain.</AbstractText>'
        "<AbstractText>Last.</AbstractText><AbstractText/><CopyrightInformation>(c)</CopyrightInformation></Abstract>"
    )
    assert found.abstract == ("AIMS: To see.", "Plain.", "Last.")


def test_another_abstract_is_not_published_but_noted() -> None:
    papers, report = read(record(citation='<OtherAbstract Language="fre"><AbstractText>Le zinc</AbstractText></OtherAbstract>'))
    assert papers[0].abstract == ()
    assert kinds(report) == [Kind.SUSPICIOUS]


def author(inner: str) -> Author:
    return paper(f"<AuthorList><Author>{inner}</Author></AuthorList>").authors[0]


@pytest.mark.parametrize(
    ("parts", "name"),
    [
        ("<LastName>Smith</LastName><ForeName>Ann B</ForeName><Initials>AB</Initials><Suffix>Jr</Suffix>", "Ann B Smith Jr"),
        ("<LastName>Smith</LastName><Initials>AB</Initials>", "AB Smith"),
        ("<LastName>Plato</LastName>", "Plato"),
    ],
)
def test_names_stand_as_printed(parts: str, name: str) -> None:
    assert author(parts) == Author(name)


@pytest.mark.parametrize("written", ["0000-0002-1825-0097", "http://orcid.org/0000-0002-1825-0097", "https://orcid.org/0000000218250097"])
def test_authors_have_orcids_and_affiliations(written: str) -> None:
    inner = (
        f'<LastName>Smith</LastName><Identifier Source="ORCID">{written}</Identifier>'
        '<AffiliationInfo><Affiliation>Here</Affiliation><Identifier Source="GRID">grid.1</Identifier></AffiliationInfo>'
        "<AffiliationInfo><Affiliation>There</Affiliation></AffiliationInfo>"
    )
    assert author(inner) == Author("Smith", Reference("ORCID", "0000-0002-1825-0097"), ("Here", "There"))


def test_groups_are_authors_and_withdrawn_names_are_not() -> None:
    withdrawn = '<Author ValidYN="N"><LastName>X</LastName></Author>'
    xml = f"<AuthorList><Author><CollectiveName>The Trial</CollectiveName></Author>{withdrawn}</AuthorList>"
    investigators = "<InvestigatorList><Investigator><LastName>Y</LastName></Investigator></InvestigatorList>"
    assert paper(xml, investigators).authors == (Author("The Trial", is_group=True),)


def test_a_nameless_author_and_a_wrong_orcid_are_reported() -> None:
    wrong = '<Identifier Source="ORCID">0000-0002-1825-0098</Identifier>'
    papers, report = read(record(f"<AuthorList><Author/><Author><LastName>X</LastName>{wrong}</Author></AuthorList>"))
    assert papers[0].authors == (Author("X"),)
    assert kinds(report) == [Kind.SKIPPED, Kind.SKIPPED]


def test_the_journal_and_the_place_in_it() -> None:
    found = paper(
        "<Journal><ISSN>1234-567x</ISSN><JournalIssue><Volume>3</Volume><Issue>2</Issue></JournalIssue><Title>J of Zinc</Title></Journal>"
        "<Pagination><MedlinePgn>113-25</MedlinePgn></Pagination><Language>eng</Language><Language>fre</Language>",
        "<MedlineJournalInfo><MedlineTA>J Zn</MedlineTA><NlmUniqueID>99</NlmUniqueID>"
        "<ISSNLinking>1234-567X</ISSNLinking></MedlineJournalInfo>",
    )
    assert found.journal == Journal("J of Zinc", "J Zn", ("1234-567X",), "99")
    assert (found.volume, found.issue, found.pages, found.languages) == ("3", "2", "113-25", ("eng", "fre"))


def dated(inner: str, more: str = "") -> tuple[str | None, list[Kind]]:
    papers, report = read(record(f"<Journal><JournalIssue><PubDate>{inner}</PubDate></JournalIssue></Journal>{more}"))
    return papers[0].issued, kinds(report)


@pytest.mark.parametrize(
    ("inner", "date"),
    [
        ("<Year>2018</Year><Month>05</Month><Day>7</Day>", "2018-05-07"),
        ("<Year>2018</Year><Month>May</Month>", "2018-05"),
        ("<Year>2018</Year>", "2018"),
        ("<Year>2018</Year><Season>Spring</Season>", "2018"),
        ("<Year>2018</Year><Day>7</Day>", "2018"),
        ("<MedlineDate>2000 Jan-Feb</MedlineDate>", "2000"),
        ("<MedlineDate>2000 Nov 15-30</MedlineDate>", "2000-11"),
        ("<MedlineDate>1998 Dec-1999 Jan</MedlineDate>", "1998"),
        ("<MedlineDate>2000 Spring</MedlineDate>", "2000"),
        ("<MedlineDate>Summer 1987</MedlineDate>", "1987"),
        ("<MedlineDate>1975-1976</MedlineDate>", "1975"),
        ("<MedlineDate>2009-10</MedlineDate>", "2009"),
        ("<MedlineDate>2000 Dec 12</MedlineDate>", "2000-12-12"),
    ],
)
def test_dates_have_the_precision_that_is_printed(inner: str, date: str) -> None:
    assert dated(inner) == (date, [])


@pytest.mark.parametrize(
    "inner", ["<Year>2018</Year><Month>2</Month><Day>30</Day>", "<MedlineDate>in press</MedlineDate>", "<Season>Spring</Season>"]
)
def test_an_impossible_date_is_reported(inner: str) -> None:
    assert dated(inner) == (None, [Kind.SKIPPED])


def test_the_electronic_date_is_used_only_where_there_is_no_other() -> None:
    electronic = "<ArticleDate><Year>2017</Year></ArticleDate>"
    assert dated("<Year>2018</Year>", electronic) == ("2018", [])
    assert dated("", electronic) == ("2017", [])


@pytest.mark.parametrize(
    ("types", "name"),
    [
        (("D016428",), "JournalArticle"),
        (("D016428", "D016454"), "ReviewArticle"),
        (("D000078182",), "ReviewArticle"),
        (("D016428", "D017418"), "JournalArticle"),
        (("D016428", "D000076942"), "Preprint"),
        (("D016421",), "Editorial"),
        (("D016422", "D016428"), "Letter"),
        (("D016449",), None),
    ],
)
def test_publication_types_make_the_class(types: tuple[str, ...], name: str | None) -> None:
    xml = "".join(f'<PublicationType UI="{one}">T {one}</PublicationType>' for one in types)
    found = paper(f"<PublicationTypeList>{xml}</PublicationTypeList>")
    assert found.publication_type == name
    assert found.publication_types == tuple(Term(mesh(one), f"T {one}") for one in types)


def test_retractions_are_known_by_type_or_by_notice() -> None:
    by_type = '<PublicationTypeList><PublicationType UI="D016441">Retracted Publication</PublicationType></PublicationTypeList>'
    assert paper(by_type).is_retracted
    papers, _ = read(record(citation=comment("RetractionIn", "")))
    assert papers[0].is_retracted
    assert not paper().is_retracted


def test_headings_have_qualifiers_and_are_major_if_one_of_them_is() -> None:
    xml = """<MeshHeadingList>
      <MeshHeading><DescriptorName UI="D000001" MajorTopicYN="N">A</DescriptorName>
        <QualifierName UI="Q000001" MajorTopicYN="Y">q</QualifierName><QualifierName UI="Q000002">r</QualifierName></MeshHeading>
      <MeshHeading><DescriptorName UI="D000002" MajorTopicYN="Y">B</DescriptorName></MeshHeading></MeshHeadingList>
      <SupplMeshList><SupplMeshName Type="Disease" UI="C000003">S</SupplMeshName></SupplMeshList>
      <KeywordList><Keyword>k <i>l</i></Keyword><Keyword>m</Keyword></KeywordList>"""
    found = paper(citation=xml)
    assert found.headings == (
        Heading(Term(mesh("D000001"), "A"), True, (("Q000001", "q", True), ("Q000002", "r", False))),
        Heading(Term(mesh("D000002"), "B"), True),
        Heading(Term(mesh("C000003"), "S")),
    )
    assert found.keywords == ("k l", "m")


def test_a_heading_without_identifier_is_skipped_and_a_second_one_alike_noted() -> None:
    one = '<MeshHeading><DescriptorName UI="D000001">A</DescriptorName></MeshHeading>'
    xml = f"<MeshHeadingList><MeshHeading><DescriptorName>A</DescriptorName></MeshHeading><MeshHeading/>{one}{one}</MeshHeadingList>"
    papers, report = read(record(citation=xml))
    assert len(papers[0].headings) == 1
    assert kinds(report) == [Kind.SKIPPED, Kind.SKIPPED, Kind.REPEATED]


def chemical(name: str, number: str, identifier: str = "") -> str:
    stated = f' UI="{identifier}"' if identifier else ""
    return f"<Chemical><RegistryNumber>{number}</RegistryNumber><NameOfSubstance{stated}>{name}</NameOfSubstance></Chemical>"


def test_substances_are_index_terms_under_the_name_of_mesh() -> None:
    found = paper(citation=f"<ChemicalList>{chemical('Iron', 'E1', 'D007501')}{chemical('Flavins', '0', 'D005415')}</ChemicalList>")
    common = {"evidence": Evidence.INDEX_TERM, "entity_type": "chemical", "tool": "medline"}
    assert [one.registry_number for one in found.annotations] == ["E1", None]
    assert found.annotations[0].text == "Iron"
    assert found.annotations[0].references == (mesh("D007501"),)
    assert found.annotations[0].name == ConceptName("Iron")
    assert all(getattr(one, key) == value for one in found.annotations for key, value in common.items())


def test_a_substance_without_identifier_is_unresolved_and_a_nameless_one_skipped() -> None:
    papers, report = read(record(citation=f"<ChemicalList>{chemical('Iron', '0')}{chemical('', 'E1')}</ChemicalList>"))
    assert papers[0].annotations == (Annotation("Iron", Evidence.INDEX_TERM, "chemical", tool="medline"),)
    assert kinds(report) == [Kind.UNRESOLVED, Kind.SKIPPED]


def test_grants_are_named_once() -> None:
    one = "<Grant><GrantID>Z1</GrantID><Acronym>X</Acronym><Agency>NIH</Agency><Country>US</Country></Grant>"
    papers, report = read(record(f"<GrantList>{one}{one}<Grant><Agency>DFG</Agency></Grant><Grant/></GrantList>"))
    assert papers[0].grants == (Grant("Z1", "NIH"), Grant(None, "DFG"))
    assert kinds(report) == [Kind.REPEATED, Kind.SKIPPED]


def article_ids(*identifiers: tuple[str, str]) -> str:
    listed = "".join(f'<ArticleId IdType="{kind}">{text}</ArticleId>' for kind, text in identifiers)
    return f"<ArticleIdList>{listed}</ArticleIdList>"


def reference(*identifiers: tuple[str, str]) -> str:
    return f"<Reference><Citation>A work.</Citation>{article_ids(*identifiers)}</Reference>"


def comment(kind: str, pmid: str = "<PMID>9</PMID>") -> str:
    one = f'<CommentsCorrections RefType="{kind}"><RefSource>J. 1</RefSource>{pmid}</CommentsCorrections>'
    return f"<CommentsCorrectionsList>{one}</CommentsCorrectionsList>"


def test_cited_works_have_their_best_identifier_and_all_references_count() -> None:
    works = (
        reference(("doi", "10.1000/a"), ("pubmed", "11")) + reference(("doi", "10.1000/b")) + reference(("pubmed", "11")) + "<Reference/>"
    )
    nested = f"<ReferenceList><Title>T</Title>{works}<ReferenceList>{reference(('pmc', 'PMC5'))}</ReferenceList></ReferenceList>"
    found = paper(data=nested, citation=comment("Cites"))
    assert found.cited == (Reference("PMID", "11"), Reference("DOI", "10.1000/b"), Reference("PMCID", "PMC5"), Reference("PMID", "9"))
    assert found.reference_count == 5
    assert found.links == ()


def test_an_invalid_identifier_of_a_cited_work_is_noted_and_the_next_taken() -> None:
    papers, report = read(record(data=f"<ReferenceList>{reference(('pubmed', 'none'), ('doi', '10.1000/a'))}</ReferenceList>"))
    assert papers[0].cited == (Reference("DOI", "10.1000/a"),)
    assert kinds(report) == [Kind.SUSPICIOUS]


def test_without_a_list_only_the_stated_number_of_references_counts() -> None:
    assert paper(citation="<NumberOfReferences>63</NumberOfReferences>").reference_count == 63
    assert paper(citation=comment("Cites")).reference_count is None


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        ("RetractionIn", "retracted_by"),
        ("RetractionOf", "retracts"),
        ("ErratumIn", "corrected_by"),
        ("ErratumFor", "corrects"),
        ("ExpressionOfConcernIn", "concern_in"),
        ("CommentOn", "comments_on"),
        ("UpdateOf", "updates"),
        ("SummaryForPatientsIn", "related"),
    ],
)
def test_corrections_and_comments_are_links(kind: str, name: str) -> None:
    assert paper(citation=comment(kind)).links == (Link(name, Reference("PMID", "9")),)


@pytest.mark.parametrize("kind", ["ErratumIn", "Cites"])
def test_a_correction_without_a_number_is_noted(kind: str) -> None:
    papers, report = read(record(citation=comment(kind, "")))
    assert (papers[0].links, papers[0].cited) == ((), ())
    assert kinds(report) == [Kind.SUSPICIOUS]


def test_books_and_their_chapters_are_papers() -> None:
    xml = """<PubmedArticleSet><PubmedBookArticle><BookDocument><PMID>8</PMID>
      <ArticleIdList><ArticleId IdType="bookaccession">NBK1</ArticleId><ArticleId IdType="doi">10.1000/book</ArticleId></ArticleIdList>
      <Book><BookTitle>GeneReviews</BookTitle><PubDate><Year>1993</Year></PubDate>
      <AuthorList Type="editors"><Author><LastName>E</LastName></Author></AuthorList></Book>
      <ArticleTitle>On genes</ArticleTitle><Language>eng</Language>
      <AuthorList Type="authors"><Author><LastName>A</LastName></Author></AuthorList>
      <PublicationType UI="D016454">Review</PublicationType><Abstract><AbstractText>Text.</AbstractText></Abstract>
      <ContributionDate><Year>1998</Year><Month>9</Month></ContributionDate><DateRevised><Year>2020</Year></DateRevised></BookDocument>
      <PubmedBookData><ArticleIdList><ArticleId IdType="pubmed">8</ArticleId></ArticleIdList></PubmedBookData>
      </PubmedBookArticle></PubmedArticleSet>"""
    papers, report = read(xml)
    found = papers[0]
    assert report.entries == []
    assert found.identifiers == (Reference("PMID", "8"), Reference("DOI", "10.1000/book"))
    assert (found.title, found.authors, found.abstract, found.issued) == ("On genes", (Author("A"),), ("Text.",), "1998-09")
    assert (found.publication_type, found.languages, found.sources[0].revised) == ("ReviewArticle", ("eng",), "2020")


def test_deletions_are_noted_one_by_one() -> None:
    papers, report = read("<PubmedArticleSet>\n<DeleteCitation>\n<PMID>5</PMID>\n<PMID>6</PMID></DeleteCitation></PubmedArticleSet>")
    assert papers == []
    assert [(entry.line, entry.kind, entry.text) for entry in report.entries] == [(3, Kind.SUSPICIOUS, "5"), (4, Kind.SUSPICIOUS, "6")]


def test_lines_of_the_report_are_those_of_the_file() -> None:
    _, report = read(record(citation="\n\n<ChemicalList>\n<Chemical/></ChemicalList>"))
    assert [entry.line for entry in report.entries] == [4]
    assert report.entries[0].reason.startswith("PMID 7: ")


@pytest.mark.parametrize("xml", ["<PubmedArticle/>", "<PubmedArticle><PMID>7</PMID></PubmedArticle>", "<PubmedBookArticle/>"])
def test_an_empty_record_is_reported(xml: str) -> None:
    papers, report = read(f"<PubmedArticleSet>{xml}</PubmedArticleSet>")
    assert papers == []
    assert kinds(report) == [Kind.SKIPPED]


def test_a_record_without_identifiers_is_still_a_paper() -> None:
    papers, report = read(
        "<PubmedArticle><MedlineCitation><Article><ArticleTitle>T</ArticleTitle></Article></MedlineCitation></PubmedArticle>"
    )
    assert papers[0].title == "T"
    assert kinds(report) == [Kind.SUSPICIOUS]


def test_a_damaged_record_costs_no_other() -> None:
    one = record("<ArticleTitle>T</ArticleTitle>").removeprefix("<PubmedArticleSet>").removesuffix("</PubmedArticleSet>")
    for bad in (one.replace("</Article>", "", 1), one.replace("</PubmedArticle>", ""), one.replace("T<", "\x00<")):
        papers, report = read(f"<PubmedArticleSet>{one}{bad}{one}</PubmedArticleSet>")
        assert [paper.title for paper in papers].count("T") == 2
        assert len(report.entries) == 1
        assert report.entries[0].kind.is_error


def counted(root: ElementTree.Element, path: str) -> int:
    return len(root.findall(path))


@needs_files
@pytest.mark.parametrize("path", REAL, ids=lambda path: path.name)
def test_nothing_of_real_files_is_lost(path: Path) -> None:
    expected = ElementTree.parse(path).getroot().findall("PubmedArticle")
    papers, report = read(path.read_bytes())
    assert len(papers) == len(expected) == path.read_bytes().count(b"<PubmedArticle>")
    assert report.entries == []
    for found, root in zip(papers, expected, strict=True):
        assert len(found.authors) == counted(root, ".//Article/AuthorList/Author")
        assert sum(len(author.affiliations) for author in found.authors) == counted(
            root, ".//AuthorList/Author/AffiliationInfo/Affiliation"
        )
        assert len(found.headings) == counted(root, ".//MeshHeading") + counted(root, ".//SupplMeshName")
        assert sum(len(heading.qualifiers) for heading in found.headings) == counted(root, ".//QualifierName")
        assert len(found.annotations) == counted(root, ".//Chemical")
        assert len(found.publication_types) == counted(root, ".//PublicationType")
        assert len(found.abstract) == counted(root, ".//Abstract/AbstractText")
        assert len(found.keywords) == counted(root, ".//Keyword")
        assert len(found.grants) == counted(root, ".//Grant")
        comments = [element.get("RefType") for element in root.iter("CommentsCorrections")]
        assert len(found.links) == len(comments) - comments.count("Cites")
        listed = root.findall("PubmedData/ReferenceList//Reference")
        assert found.reference_count in (len(listed) or None, int(root.findtext(".//NumberOfReferences") or -1))
        cited = {element.findtext("PMID") for element in root.iter("CommentsCorrections") if element.get("RefType") == "Cites"}
        cited |= {one.text for work in listed for one in work.iter("ArticleId") if one.get("IdType") == "pubmed"}
        assert cited <= {one.identifier for one in found.cited}


SAMPLE = record(
    "<ArticleTitle>T &amp; <i>U</i></ArticleTitle><AuthorList><Author><LastName>X</LastName></Author></AuthorList>"
    "<Journal><JournalIssue><PubDate><Year>2001</Year><Month>Feb</Month></PubDate></JournalIssue></Journal>",
    f"<ChemicalList>{chemical('Iron', '0', 'D007501')}</ChemicalList>{comment('ErratumIn')}",
    f"<ReferenceList>{reference(('pubmed', '11'))}</ReferenceList>",
).encode()


@settings(max_examples=50, deadline=None)
@given(st.integers(0, len(SAMPLE)), st.integers(0, 30), st.binary(max_size=10))
def test_damage_is_never_an_error_and_never_silent(position: int, removed: int, inserted: bytes) -> None:
    papers, report = read(SAMPLE[:position] + inserted + SAMPLE[position + removed :])
    assert papers or report.entries or b"<PubmedArticle>" not in SAMPLE[:position] + inserted + SAMPLE[position + removed :]


@settings(max_examples=50, deadline=None)
@given(st.integers(0, len(SAMPLE)))
def test_a_truncated_file_is_reported(length: int) -> None:
    papers, report = read(SAMPLE[:length])
    assert report.entries or length == len(SAMPLE) or length <= len("<PubmedArticleSet")
    assert len(papers) <= 1


@pytest.mark.parametrize(
    "identifier", ["", "x", "q000188", "Q", "Q000235/../x", "Q&gt; .&#10;&lt;http://e/s&gt; &lt;http://e/p&gt; &lt;http://e/o", "Q000235é"]
)
def test_a_qualifier_that_is_none_of_mesh_is_reported_and_never_part_of_an_iri(identifier: str) -> None:
    heading = f'<DescriptorName UI="D003866">Depression</DescriptorName><QualifierName UI="{identifier}">x</QualifierName>'
    (one,), report = read(record(citation=f"<MeshHeadingList><MeshHeading>{heading}</MeshHeading></MeshHeadingList>"))
    assert one.headings[0].qualifiers == ()
    assert kinds(report) == [Kind.SKIPPED]


@pytest.mark.parametrize(
    ("month", "day", "issued"), [("2-3", "", "2001"), ("11/12", "", "2001"), ("Jan-Feb", "3", "2001"), ("Feb", "3-4", "2001-02")]
)
def test_a_range_is_no_month_and_no_day(month: str, day: str, issued: str) -> None:
    date = f"<Year>2001</Year><Month>{month}</Month><Day>{day}</Day>"
    assert paper(f"<Journal><JournalIssue><PubDate>{date}</PubDate></JournalIssue></Journal>").issued == issued
