"""One paper from many sources is one paper, whatever the order; contradictions are reported and never guessed."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from itertools import permutations

import pytest

from rdfgen.merging import AUTHORITY, MAX_ITEMS, Record, merged_papers
from rdfgen.model import Annotation, Author, Evidence, Journal, Link, Location, Paper, Participant, Reference, Relation, Source
from rdfgen.readers import READERS
from rdfgen.records import implied_papers, link_keys
from rdfgen.report import Kind, Report

PMID, PMCID, DOI = Reference("PMID", "1"), Reference("PMCID", "PMC1"), Reference("DOI", "10.1234/A")
GENE = Annotation("TP53", Evidence.FULL_TEXT, "gene", references=(Reference("NCBIGene", "7157"),), tool="pubtator3")


def paper(format_name: str, *identifiers: Reference, sha256: str = "00", revised: str | None = None, **fields: object) -> Paper:
    source = Source(sha256, format=format_name, record=format_name, revised=revised)
    return Paper((source,), identifiers, **fields)  # type: ignore[arg-type]  # by Paper's fields


def merged(*papers: Paper) -> tuple[list[Paper], list[tuple[Kind, str]]]:
    """The papers that these, which must be connected, make, and the report."""
    reports: defaultdict[str, Report] = defaultdict(lambda: Report(""))
    records = [Record(one, f"{number}.xml") for number, one in enumerate(papers)]
    found = list(merged_papers(records, reports.__getitem__))
    return found, [(entry.kind, entry.text) for report in reports.values() for entry in report.entries]


def identifiers(papers: Sequence[Paper]) -> set[frozenset[str]]:
    return {frozenset(map(str, one.identifiers)) for one in papers}


def test_every_reader_has_a_rank() -> None:
    assert sorted(AUTHORITY) == sorted(READERS)


def test_identifiers_of_all_sources_are_the_papers() -> None:
    (one,), report = merged(paper("pubtator", PMID), paper("pmc-ids", PMID, PMCID, DOI, is_link=True), paper("jats", DOI))
    assert (identifiers([one]), report) == ({frozenset({"PMID:1", "PMCID:PMC1", "DOI:10.1234/A"})}, [])


def test_dois_that_differ_in_case_are_one() -> None:
    (one,), report = merged(paper("pubmed", DOI), paper("jats", Reference("DOI", "10.1234/a")))
    assert (one.identifiers, report) == ((DOI,), [])


def test_a_mere_list_of_identifiers_is_no_paper() -> None:
    links = [paper("pmc-ids", PMID, PMCID, is_link=True), paper("pmc-ids", PMCID, DOI, is_link=True)]
    assert merged(*links) == ([], [])
    assert merged(links[0]) == ([], [])


@pytest.mark.parametrize("order", [*permutations(range(3))], ids=str)
def test_metadata_are_those_of_the_source_that_is_believed_most_in_any_order(order: tuple[int, ...]) -> None:
    papers = [
        paper("pubmed", PMID, title="From PubMed", journal=Journal(abbreviation="J", issns=("1234-5678",))),
        paper(
            "jats",
            PMID,
            title="From JATS",
            authors=(Author("Ada Lovelace"),),
            journal=Journal("Journal", "Jour", ("1111-1111", "1234-5678")),
        ),
        paper("pubtator", PMID, title="From PubTator", authors=(Author("Lovelace A"),), abstract=("Text.",)),
    ]
    (one,), _ = merged(*(papers[number] for number in order))
    assert (one.title, one.authors, one.abstract) == ("From PubMed", (Author("Ada Lovelace"),), ("Text.",))
    assert one.journal == Journal("Journal", "J", ("1234-5678", "1111-1111"))
    assert [source.format for source in one.sources] == ["pubmed", "jats", "pubtator"]


def test_the_newest_version_of_a_record_replaces_the_older_one() -> None:
    older = paper("pubmed", PMID, title="Old", revised="2019-12-31", annotations=(GENE,))
    (one,), report = merged(older, paper("pubmed", PMID, title="New", revised="2020-01-01"))
    assert (one.title, one.annotations, report) == ("New", (), [(Kind.REPEATED, "pubmed")])


def test_nobody_takes_a_retraction_back_by_being_as_new() -> None:
    retracted = paper("pubmed", PMID, sha256="02", is_retracted=True, links=(Link("retracted_by", Reference("PMID", "9")),))
    (one,), _ = merged(paper("pubmed", PMID, sha256="01", title="T"), retracted)
    assert (one.title, one.is_retracted, len(one.links)) == ("T", True, 1)


def test_statements_of_one_page_stay_together() -> None:
    first = paper("paper-page", PMID, summary="A summary.", statements_url="https://a.example.org/", sha256="01")
    second = paper("paper-page", PMID, key_findings=("B.",), statements_url="https://b.example.org/", sha256="02")
    (one,), _ = merged(second, first)
    assert (one.summary, one.key_findings, one.statements_url) == ("A summary.", (), "https://a.example.org/")


def test_annotations_of_all_tools_are_kept_and_the_same_one_once() -> None:
    by_another_tool, elsewhere = replace(GENE, tool="gnorm2"), replace(GENE, locations=(Location(3, 7),))
    (one,), report = merged(
        paper("bioc-json", PMID, annotations=(GENE, elsewhere)), paper("pubtator", PMID, annotations=(GENE, by_another_tool))
    )
    assert one.annotations == (GENE, elsewhere, by_another_tool)
    assert report == [(Kind.REPEATED, "TP53")]


def test_relations_of_all_sources_are_kept_and_the_same_one_once() -> None:
    side = Participant("gene", GENE.references)
    relation = Relation("binding", side, Participant("gene", (Reference("NCBIGene", "1"),)), "pubtator3", score="0.9")
    other = replace(relation, relation_type="association")
    (one,), report = merged(
        paper("bioc-json", PMID, relations=(relation,)), paper("pubtator", PMID, relations=(replace(relation, score=None), other))
    )
    assert (one.relations, report) == ((relation, other), [(Kind.REPEATED, "binding")])


def test_a_paper_is_retracted_if_any_source_says_so() -> None:
    (one,), _ = merged(paper("bioc-json", PMID), paper("pubmed", PMID, is_retracted=True))
    assert one.is_retracted


@pytest.mark.parametrize("order", [*permutations(range(3))], ids=str)
def test_one_doi_with_two_pmids_joins_nothing_and_is_given_to_neither(order: tuple[int, ...]) -> None:
    papers = [paper("pubmed", PMID, DOI), paper("pubmed", Reference("PMID", "2"), DOI), paper("jats", PMID, title="First")]
    found, report = merged(*(papers[number] for number in order))
    assert identifiers(found) == {frozenset({"PMID:1"}), frozenset({"PMID:2"})}
    assert report == [(Kind.SKIPPED, "DOI:10.1234/A")] * 2


def test_a_record_with_nothing_but_a_contested_doi_stands_for_itself() -> None:
    found, _ = merged(paper("pubmed", PMID, DOI), paper("pubmed", Reference("PMID", "2"), DOI), paper("jats", DOI))
    assert identifiers(found) == {frozenset({"PMID:1"}), frozenset({"PMID:2"}), frozenset({"DOI:10.1234/A"})}


def test_one_pmcid_with_two_pmids_names_neither() -> None:
    found, report = merged(paper("pubmed", PMID, PMCID), paper("jats", Reference("PMID", "2"), PMCID))
    assert identifiers(found) == {frozenset({"PMID:1"}), frozenset({"PMID:2"})}
    assert len(report) == 2


def test_a_chain_that_leads_to_two_pmids_is_cut() -> None:
    """No identifier here stands beside two PMIDs; yet all together would make one paper of two."""
    first, second = Reference("DOI", "10.1234/1"), Reference("DOI", "10.1234/2")
    found, _ = merged(paper("pubmed", PMID, first), paper("jats", first, second), paper("pubmed", Reference("PMID", "2"), second))
    assert len(found) == 3
    stated = [one for names in identifiers(found) for one in names]
    assert len(stated) == len(set(stated))


def test_a_second_doi_is_kept_and_reported() -> None:
    (one,), report = merged(paper("pubmed", PMID, DOI), paper("jats", PMID, Reference("DOI", "10.1234/other")))
    assert (len(one.identifiers), report) == (3, [(Kind.SUSPICIOUS, "DOI:10.1234/other")])


def test_many_papers_with_one_doi_are_told_apart_in_reasonable_time() -> None:
    found, _ = merged(*(paper("pubmed", Reference("PMID", str(number)), DOI) for number in range(1, 5000)))
    assert len(found) == 4999


def test_a_paper_without_bounds_is_bounded() -> None:
    many = tuple(replace(GENE, text=str(number)) for number in range(MAX_ITEMS + 2))
    (one,), report = merged(paper("bioc-json", PMID, annotations=many))
    assert (len(one.annotations), len(report)) == (MAX_ITEMS, 2)


def test_papers_are_known_by_all_identifiers_or_by_their_source() -> None:
    assert link_keys(paper("jats", PMID, DOI)) == ["PMID:1", "DOI:10.1234/a"]
    assert link_keys(paper("jats", Reference("arXiv", "2401.00001"), sha256="a" * 64)) == ["SRC-" + "a" * 16]


def test_a_notice_makes_what_it_retracts_a_retracted_paper() -> None:
    notice = paper("pubmed", Reference("PMID", "9"), links=(Link("retracts", PMID), Link("comments_on", Reference("PMID", "5"))))
    (implied,) = implied_papers(notice)
    (one,), _ = merged(paper("bioc-json", PMID), implied)
    assert (one.is_retracted, one.links) == (True, (Link("retracted_by", Reference("PMID", "9")),))
