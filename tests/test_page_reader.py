"""The reader of paper pages: exact on what pages say, silent on what they do not, and loud about what it cannot read."""

import io
import json
import re
import time
import unicodedata
from collections import Counter
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pyoxigraph
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rdfgen.iris import concept_iri
from rdfgen.model import Annotation, Evidence, Paper
from rdfgen.readers.page import reader as page
from rdfgen.report import Entry, Kind, Report
from rdfgen.vocabularies import VOCABULARIES

ROOT = Path(__file__).resolve().parent.parent
SEEDS = {path.name[:3]: path for path in sorted((ROOT / "seeds").glob("*.txt"))}
EXPECTED = ROOT.parent / "shared" / "data" / "pages_expected"
TYPE_KEYS = {"Gene": "gene", "Disease": "disease", "Chemical": "chemical", "Species": "species", "Mutation": "variant"}

PAGE = """# Zinc and mood

**Authors:** Ann Lee, Bo Li, Jr., Cy Wu

PMC · DOI: 10.1234/zinc.2026 · Nutrients · 2026-02-01

## TL;DR

Zinc helps.

## Contribution

It counts.

## Key findings

- One finding.
- Another finding.

## Abstract

First paragraph – with a dash.

Second paragraph.

## Linked entities

- **Diseases:** depression (MONDO:0002050)

## Full-text entities

- **Genes:** Crh (corticotropin, releasing) [NCBI Gene 12918] {aka CRF, Gm1347}, CAT (catalase) [NCBI Gene 847]
- **Chemicals:** CP (-), zinc (MESH:D015032)
- **Species:** Homo sapiens (human, species) [taxon 9606]
- **Mutations:** rs1006737, serine/threonine

## Figures

3 figures with captions in the complete paper: https://tomesphere.com/paper/PMC12973800/full.md

---
Source: https://tomesphere.com/paper/PMC12973800"""


def read(text: str | bytes) -> tuple[Paper, list[Entry]]:
    report = Report("page.txt")
    data = text.encode("utf-8", "surrogatepass") if isinstance(text, str) else text
    papers = list(page.read(io.BytesIO(data), report))
    assert len(papers) == 1
    assert all(entry.path == "page.txt" and entry.reason for entry in report.entries)
    return papers[0], report.entries


def page_with(section: str, body: str, end: str = "\n\n---\nSource: https://example.org/paper/PMC1") -> str:
    return f"# T\n\n## {section}\n\n{body}{end}"


def mentions(line: str) -> list[tuple[str, list[str]]]:
    paper, _ = read(page_with("Full-text entities", line))
    return [(found.text, [str(one) for one in found.references]) for found in paper.annotations]


def head(text: str) -> tuple[Paper, list[Entry]]:
    return read(f"# T\n\n{text}\n\n## TL;DR\n\nx\n\n---\nSource: https://example.org/page")


def reasons(entries: list[Entry]) -> str:
    return "\n".join(map(str, entries))


# The seeds


def expected_entity(found: Annotation) -> dict[str, Any]:
    ids = [str(one).replace("PUBCHEM.COMPOUND", "PubChemCID") for one in found.references]
    entity: dict[str, Any] = {"label": found.text, "ids": ids}
    if found.name is not None and found.entity_type == "gene":
        entity |= {"name": found.name.full_name, "aliases": list(found.name.synonyms)}
    if found.name is not None and found.entity_type == "species":
        entity |= {"name": found.name.synonyms[0], "rank": found.name.rank}
    return entity | {"type": next(key for key, value in TYPE_KEYS.items() if value == found.entity_type)}


def journal_title(paper: Paper) -> str | None:
    return paper.journal.title if paper.journal is not None else None


def first(paper: Paper, prefix: str) -> str | None:
    return next((found.identifier for found in paper.identifiers_of(prefix)), None)


@pytest.mark.skipif(not EXPECTED.is_dir(), reason="the expected values lie beside the checkout, in shared/data/pages_expected")
@pytest.mark.parametrize("seed", SEEDS.values(), ids=SEEDS)
def test_every_value_of_a_seed_is_the_one_read_by_hand(seed: Path) -> None:
    paper, _ = read(seed.read_bytes())
    expected = json.loads((EXPECTED / f"{seed.stem}.expected.json").read_text(encoding="utf-8"))
    got = {
        "title": paper.title,
        "pmcid": first(paper, "PMCID"),
        "pmid": first(paper, "PMID"),
        "arxiv": first(paper, "arXiv"),
        "doi": first(paper, "DOI"),
        "journal": journal_title(paper),
        "date": paper.issued,
        "tldr": paper.summary,
        "contribution": paper.contribution,
        "figure_count": paper.figure_count,
        "reference_count": paper.reference_count,
        "source_url": paper.sources[0].url,
        "authors": [author.name for author in paper.authors],
        "dois": [found.identifier for found in paper.identifiers_of("DOI")],
        "key_findings": list(paper.key_findings),
        "abstract": list(paper.abstract),
        "linked_entities": [expected_entity(one) for one in paper.annotations if one.evidence is Evidence.LINKED],
        "fulltext_entities": [expected_entity(one) for one in paper.annotations if one.evidence is Evidence.FULL_TEXT],
    }
    assert {key: got[key] for key in expected} == expected


@pytest.mark.parametrize(
    ("seed", "linked", "full_text"),
    [
        ("000", {"gene": 3, "chemical": 4, "disease": 1}, {"gene": 4, "disease": 4, "chemical": 5}),
        ("004", {"disease": 1}, {"gene": 60, "disease": 36, "chemical": 49, "species": 5, "variant": 3}),
    ],
)
def test_a_seed_has_all_its_mentions(seed: str, linked: dict[str, int], full_text: dict[str, int]) -> None:
    paper, _ = read(SEEDS[seed].read_bytes())
    counts = Counter((found.evidence, found.entity_type) for found in paper.annotations)
    wanted = {(Evidence.LINKED, key): count for key, count in linked.items()}
    assert counts == wanted | {(Evidence.FULL_TEXT, key): count for key, count in full_text.items()}


def test_the_head_and_the_sections_of_a_seed_are_exact() -> None:
    paper, entries = read(SEEDS["000"].read_bytes())
    assert paper.title == "The Relationship Between Trace Elements and Depression"
    assert [author.name for author in paper.authors][::6] == ["Yuanjian Zhong", "Lichun Zhao"]
    assert list(map(str, paper.identifiers)) == ["DOI:10.3390/nu18030484", "PMCID:PMC12899835"]
    assert (journal_title(paper), paper.issued, paper.figure_count, paper.reference_count) == ("Nutrients", "2026-02-01", 9, 271)
    assert paper.sources[0].url == "https://tomesphere.com/paper/PMC12899835"
    assert paper.full_text_url == "https://tomesphere.com/paper/PMC12899835/full.md"
    assert len(paper.key_findings) == 3 and paper.key_findings[2].endswith("calcium signaling and HIF-1.")
    assert len(paper.abstract) == 1 and "elements—such as zinc" in paper.abstract[0]
    assert entries == []


def test_the_entities_of_a_seed_are_exact() -> None:
    paper, entries = read(SEEDS["004"].read_bytes())
    grin2b = next(found for found in paper.annotations if found.text == "Grin2b")
    assert grin2b.name is not None
    assert grin2b.name.full_name == "glutamate receptor, ionotropic, NMDA2B (epsilon 2)"
    assert grin2b.name.synonyms == ("GluN2B", "GluRepsilon2", "NR2B", "Nmdar2b")
    calcium = [(found.entity_type, str(found.references[0])) for found in paper.annotations if found.text == "Calcium"]
    assert calcium == [("disease", "MESH:D002128"), ("chemical", "MESH:D002118")]
    panax = next(found for found in paper.annotations if found.text == "Panax ginseng")
    assert panax.name is not None and (panax.name.synonyms, panax.name.rank) == (("Asiatic ginseng",), "species")
    variants = [(found.text, [str(one) for one in found.references]) for found in paper.annotations if found.entity_type == "variant"]
    assert variants == [("rs11832738", ["dbSNP:rs11832738"]), ("serine/threonine", []), ("rs1006737", ["dbSNP:rs1006737"])]
    assert (paper.journal, paper.reference_count, len(paper.abstract)) == (None, None, 3)
    assert [(entry.line, entry.kind, entry.text) for entry in entries] == [
        (37, Kind.UNRESOLVED, "CP"),
        (39, Kind.UNRESOLVED, "serine/threonine"),
    ]


# Entity items


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("Genes:** A [NCBI Gene 1;2]", [("A", ["NCBIGene:1", "NCBIGene:2"])]),
        ("Genes:** A (x) [NCBI Gene 1, 2]", [("A", ["NCBIGene:1", "NCBIGene:2"])]),
        ("Genes:** A (x) [NCBI Gene 1] [NCBI Gene 2]", [("A", ["NCBIGene:1", "NCBIGene:2"])]),
        ("Diseases:** a (MESH:D000001|MESH:D000002)", [("a", ["MESH:D000001", "MESH:D000002"])]),
        ("Diseases:** a (MESH:D000001+OMIM:300082)", [("a", ["MESH:D000001", "OMIM:300082"])]),
        ("Diseases:** a (mesh: d003866), b ( MESH : D003866 ), c (MSH_D003866)", [(c, ["MESH:D003866"]) for c in "abc"]),
        ("Diseases:** a (D003866), b (MeSH D003866), c [MESH:D003866]", [(c, ["MESH:D003866"]) for c in "abc"]),
        ("Chemicals:** a (PubChem CID 00123), b (pubchem cid: 123), c (CID123)", [(c, ["PUBCHEM.COMPOUND:123"]) for c in "abc"]),
        ("Cell lines:** a (CVCL:0030), b (cvcl_0030), c (RRID:CVCL_0030)", [(c, ["Cellosaurus:CVCL_0030"]) for c in "abc"]),
        (
            "Genes:** A(x)[ncbi  gene\u00a01],B (y)[NCBIGene:2]{aka Q},C [ Gene 3 ]",
            [(c, [f"NCBIGene:{n}"]) for n, c in enumerate("ABC", 1)],
        ),
        (
            "Species:** human(people, species)[taxon 9606], E. coli [taxon:562]",
            [("human", ["NCBITaxon:9606"]), ("E. coli", ["NCBITaxon:562"])],
        ),
        ("Diseases:** diabetes mellitus, type 2 (MESH:D003924)", [("diabetes mellitus, type 2", ["MESH:D003924"])]),
        ("Chemicals:** (-)-epigallocatechin (MESH:C045651), CP (-)", [("(-)-epigallocatechin", ["MESH:C045651"]), ("CP", [])]),
        ("Chemicals:** CP (-); GSH (MESH:D005978)", [("CP", []), ("GSH", ["MESH:D005978"])]),
        ("Chemicals:** Fe(II) (MESH:D007501), [3H]x (MESH:D000003)", [("Fe(II)", ["MESH:D007501"]), ("[3H]x", ["MESH:D000003"])]),
        ("Genes:** A (b (c [NCBI Gene 1], B (d)) [NCBI Gene 2]", [("A", ["NCBIGene:1"]), ("B", ["NCBIGene:2"])]),
        ("Chemicals:** a ((MESH:D003866)), b (MESH:D003867)", [("a", ["MESH:D003866"]), ("b", ["MESH:D003867"])]),
        ("Chemicals:** a (MESH:D003866, b (MESH:D003867)", [("a", ["MESH:D003866"]), ("b", ["MESH:D003867"])]),
        ("Chemicals:** a (MESH:D003866) b (MESH:D003867)", [("a", ["MESH:D003866"]), ("b", ["MESH:D003867"])]),
        (
            "Genes:** A (b), C (d, e) [NCBI Gene 2], F, G (h) [NCBI Gene 3]",
            [("A", []), ("C", ["NCBIGene:2"]), ("F", []), ("G", ["NCBIGene:3"])],
        ),
        ("Genes:** , , A (b) [NCBI Gene 2],, B (c) [NCBI Gene 3] , ", [("A", ["NCBIGene:2"]), ("B", ["NCBIGene:3"])]),
        (
            "Mutations:** rs0123, RS 45, rs6;rs7",
            [("rs0123", ["dbSNP:rs123"]), ("RS 45", ["dbSNP:rs45"]), ("rs6;rs7", ["dbSNP:rs6", "dbSNP:rs7"])],
        ),
        ("Mutations:** c.[35G>A;36del], p.(Gly12Val), rs1 A/G", [("c.[35G>A;36del]", []), ("p.(Gly12Val)", []), ("rs1 A/G", [])]),
        ("Mutations:** p.V600E, c.1A>T (dbSNP:rs99), rs0", [("p.V600E", []), ("c.1A>T", ["dbSNP:rs99"]), ("rs0", [])]),
        ("Mutations:** rs10 06, rs1\n  2", [("rs10 06", []), ("rs1 2", [])]),
        ("Genes:** None", []),
        ("Chemicals:** a (None), b (n/a), c ()", [("a", []), ("b", []), ("c", [])]),
        ("Diseases:** MDM2 (SNP 309), x (gene 5)", [("MDM2 (SNP 309)", []), ("x (gene 5)", [])]),
    ],
)
def test_items_are_read_from_their_closing_identifier(line: str, found: list[tuple[str, list[str]]]) -> None:
    assert mentions(f"- **{line}") == found


@pytest.mark.parametrize(
    "token", ["MESH:D1", "MESH:unknown", "MESH:D0038661111", "MONDO:2050", "OMIM:PS300082", "CHEBI:16236", "UMLS:C0011570", "PMID:123"]
)
def test_an_identifier_that_no_vocabulary_accepts_stays_text_and_is_reported(token: str) -> None:
    paper, entries = read(page_with("Full-text entities", f"- **Diseases:** a ({token}), b (MESH:D003866)"))
    a, b = paper.annotations
    assert (a.text, a.references, a.unrecognized) == ("a", (), (token,))
    assert (b.text, b.unrecognized) == ("b", ())
    assert [(entry.line, entry.kind) for entry in entries] == [(5, Kind.SKIPPED)]


@pytest.mark.parametrize("token", ["NCBI Gene 0", "NCBI Gene abc", "NCBI Gene 22.5", "NCBI Gene -"])
def test_a_gene_without_a_usable_identifier_does_not_take_that_of_its_neighbour(token: str) -> None:
    assert mentions(f"- **Genes:** A (x) [{token}], B (y) [NCBI Gene 2]") == [("A", []), ("B", ["NCBIGene:2"])]


@pytest.mark.parametrize(
    ("braces", "aliases", "reported"),
    [
        ("{aka X, Y}", ("X", "Y"), ""),
        ("{AKA: X; Y;Z , R,S}", ("X", "Y", "Z", "R,S"), ""),
        ("{aka Ca(V)T.1, AII/AVP, IP3R 3, Z (a, b)}", ("Ca(V)T.1", "AII/AVP", "IP3R 3", "Z (a, b)"), ""),
        ("{aka X {Y, W}, Z}", ("X {Y, W}", "Z"), ""),
        ("{aka }", (), ""),
        ("{aka X, Y", (), "not a whole list of aliases"),
        ("{not aliases}", (), "not a whole list of aliases"),
    ],
)
def test_aliases_are_taken_only_from_a_whole_list(braces: str, aliases: tuple[str, ...], reported: str) -> None:
    paper, entries = read(page_with("Full-text entities", f"- **Genes:** A (b) [NCBI Gene 1] {braces}, C (d) [NCBI Gene 2]"))
    a, c = paper.annotations
    assert a.name is not None and a.name.synonyms == aliases
    assert (c.text, str(c.references[0])) == ("C", "NCBIGene:2")
    assert reported in reasons(entries) and bool(reported) == bool(entries)


def test_names_of_several_concepts_or_of_none_are_published_for_no_concept_and_reported() -> None:
    paper, entries = read(page_with("Full-text entities", "- **Genes:** A (b) [NCBI Gene 1;2] {aka X}, (c) [NCBI Gene 3], [NCBI Gene 4]"))
    assert [(found.text, found.name) for found in paper.annotations] == [("A", None), ("(c)", None), ("", None)]
    assert "names without one concept" in reasons(entries) and "without a name" in reasons(entries)


@pytest.mark.parametrize(
    ("printed", "label", "common", "rank"),
    [
        ("Influenza A virus (A/PR/8/1934(H1N1)) (flu, strain)", "Influenza A virus (A/PR/8/1934(H1N1))", ("flu",), "strain"),
        ("SARS-CoV-2 (virus (2019), no rank)", "SARS-CoV-2", ("virus (2019)",), "no rank"),
        ("Rodentia (order)", "Rodentia", (), "order"),
        ("Mus (mouse)", "Mus", ("mouse",), None),
        ("Homo (human, species", "Homo", ("human",), "species"),
    ],
)
def test_names_of_taxa(printed: str, label: str, common: tuple[str, ...], rank: str | None) -> None:
    paper, _ = read(page_with("Full-text entities", f"- **Species:** {printed} [taxon 5]"))
    name = paper.annotations[0].name
    assert name is not None and (name.label, name.synonyms, name.rank) == (label, common, rank)


@pytest.mark.parametrize(
    "lines",
    [
        "- **Diseases:** x (MESH:D003866)",
        "- **Diseases**: x (MESH:D003866)",
        "* **DISEASES :** x (MESH:D003866)",
        "**Disease:** x (MESH:D003866)",
        "- Diseases: x (MESH:D003866)",
        "- **Diseases:**\n  - x (MESH:D003866)",
        "- **Diseases:**\n  x (MESH:D003866)",
        "### Diseases\n\n- x (MESH:D003866)",
    ],
)
def test_a_list_of_a_known_type_may_be_written_in_other_ways(lines: str) -> None:
    paper, entries = read(page_with("Full-text entities", lines))
    assert [(found.entity_type, found.text) for found in paper.annotations] == [("disease", "x")]
    assert entries == []


def test_an_unknown_type_is_kept_by_its_own_name_and_reported() -> None:
    paper, entries = read(page_with("Linked entities", "- **Proteins:** p (MESH:D003866)\n\nand so on"))
    assert [(found.entity_type, found.source_type) for found in paper.annotations] == [(None, "Proteins")]
    assert [(entry.line, entry.kind, entry.text) for entry in entries] == [
        (5, Kind.SUSPICIOUS, "Proteins"),
        (7, Kind.SKIPPED, "and so on"),
    ]


def test_an_entity_printed_twice_is_one_annotation() -> None:
    paper, entries = read(page_with("Full-text entities", "- **Diseases:** x (-), x (-), x (MESH:D003866)"))
    assert len(paper.annotations) == 2 and "stands twice" in reasons(entries)


# The head


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("John Smith, Jr., Mary Jones, III, X Y, M.D., Ph.D., Z", ["John Smith, Jr.", "Mary Jones, III", "X Y, M.D., Ph.D.", "Z"]),
        ("A B; C D, Jr.; Smith, E", ["A B", "C D, Jr.", "Smith, E"]),
        ("A B, C D, and E F", ["A B", "C D", "E F"]),
        ("A, B, et al.", ["A", "B"]),
        ("A et al.", ["A"]),
        (", , A,, B,", ["A", "B"]),
        ("José Ñ, 王伟, مُحَمَّد, e\u0301 😀", ["José Ñ", "王伟", "مُحَمَّد", "e\u0301 😀"]),
        ('<b>A</b>, "B" . <x> <y>', ["<b>A</b>", '"B" . <x> <y>']),
        ("Philip V, V. I. Q", ["Philip V", "V. I. Q"]),
        ("", []),
        ("None", []),
    ],
)
def test_authors(text: str, names: list[str]) -> None:
    paper, _ = head(f"**Authors:** {text}\n\nPMC · 2026")
    assert ([author.name for author in paper.authors], paper.issued) == (names, "2026")


def test_authors_keep_a_right_orcid_and_a_wrong_one_is_reported() -> None:
    paper, entries = head("**Authors:** A (0000-0002-1825-0097), B https://orcid.org/0000-0002-1825-0098")
    assert [(author.name, author.orcid is not None) for author in paper.authors] == [("A", True), ("B", False)]
    assert [(entry.line, entry.kind) for entry in entries] == [(3, Kind.SKIPPED)]


def test_three_thousand_authors_are_read_in_time() -> None:
    names = [f"Name{number} Surname{number}" for number in range(3000)]
    started = time.perf_counter()
    paper, _ = head(f"**Authors:** {', '.join(names)}")
    assert time.perf_counter() - started < 1
    assert [author.name for author in paper.authors] == names


@pytest.mark.parametrize(
    ("meta", "doi", "journal", "issued"),
    [
        ("PMC · DOI: 10.1234/x · Nutrients · 2026-02-01", "10.1234/x", "Nutrients", "2026-02-01"),
        ("2026-02-01 · Nutrients · DOI: 10.1234/x · PMC", "10.1234/x", "Nutrients", "2026-02-01"),
        ("PMC·DOI:10.1234/x·Nutrients·2026", "10.1234/x", "Nutrients", "2026"),
        ("PMC | doi 10.1234/x | Nutrients | Feb 2026", "10.1234/x", "Nutrients", "2026-02"),
        ("PMC · DOI: 10.1234/x · 2026-2", "10.1234/x", None, "2026-02"),
        ("PMC · 3 Biotech · 1 February 2026", None, "3 Biotech", "2026-02-01"),
        ("PMC · Journal of PMC, 2026 · 2026", None, "Journal of PMC, 2026", "2026"),
        ("PMC · DOI: 10.1234/A.B", "10.1234/A.B", None, None),
        ("PMC · https://doi.org/10.1234/a%2Fb?x=y", "10.1234/a/b", None, None),
        ("PMC · DOI: <http://dx.doi.org/10.1234/a>", "10.1234/a", None, None),
        ("PMC · DOI: [10.1234/a](https://doi.org/10.1234/a) · J", "10.1234/a", "J", None),
        ("PMC · DOI: 10.1234/a·b · J", "10.1234/a·b", "J", None),
        ("PMC · DOI: 10.1234/ü漢😀\u200b\u00a0· J", "10.1234/ü漢😀", "J", None),
        ("DOI: 10.1002/(SICI)1<1661::AID-SIM968>3.0.CO;2-2", "10.1002/(SICI)1<1661::AID-SIM968>3.0.CO;2-2", None, None),
        ("**Journal:** Nutrients\n\n**DOI:** 10.1234/x\n\n**Date:** 2026", "10.1234/x", "Nutrients", "2026"),
        ("PMC", None, None, None),
        ("", None, None, None),
    ],
)
def test_fields_of_the_head_are_told_by_shape(meta: str, doi: str | None, journal: str | None, issued: str | None) -> None:
    paper, entries = head(meta)
    assert (first(paper, "DOI"), journal_title(paper), paper.issued) == (doi, journal, issued)
    assert [entry for entry in entries if entry.kind.is_error] == []


@pytest.mark.parametrize(
    "date", ["2026-13-45", "2026-02-30", "2026-00-00", "0000-00-00", "01.02.2026", "Spring 2026", "2026 Jan-Feb", "20260201", "n.d."]
)
def test_what_is_no_date_is_neither_date_nor_journal(date: str) -> None:
    paper, entries = head(f"PMC · DOI: 10.1234/x · {date}")
    assert (paper.issued, paper.journal) == (None, None)
    assert [(entry.line, entry.kind, entry.text) for entry in entries] == [(3, Kind.SKIPPED, date)]


@pytest.mark.parametrize("text", ["10.1234/a, 10.1234/b", "10.1234/a; doi:10.1234/b", "10.1234/a,10.1234/b", "10.1234/a and 10.1234/b"])
def test_several_dois_are_all_kept_and_reported(text: str) -> None:
    paper, entries = head(f"PMC · DOI: {text} · J")
    assert [found.identifier for found in paper.identifiers] == ["10.1234/a", "10.1234/b"]
    assert journal_title(paper) == "J" and [entry.kind for entry in entries] == [Kind.SUSPICIOUS]


def test_the_same_doi_in_another_case_is_one_doi() -> None:
    paper, entries = head("PMC · DOI: 10.1234/A · https://doi.org/10.1234/a")
    assert list(map(str, paper.identifiers)) == ["DOI:10.1234/A"] and entries == []


@pytest.mark.parametrize("text", ["not a doi", "11.1234/a", "10.1234/a b c", ""])
def test_what_is_no_doi_is_reported(text: str) -> None:
    paper, entries = head(f"PMC · DOI: {text} · J")
    assert (paper.identifiers, journal_title(paper)) == ((), "J")
    assert [(entry.line, entry.kind) for entry in entries] == [(3, Kind.SKIPPED)]


@pytest.mark.parametrize(
    ("meta", "source", "identifiers", "kind"),
    [
        ("PubMed · PMID: 12345678 · J", "https://pubmed.ncbi.nlm.nih.gov/12345678/", ["PMID:12345678"], None),
        ("PubMed · 12345678 · J", "https://example.org/x", ["PMID:12345678"], None),
        ("bioRxiv · 2026", "https://www.biorxiv.org/content/10.1101/2026.01.02.123v2.full", ["DOI:10.1101/2026.01.02.123"], "Preprint"),
        ("medRxiv · DOI: 10.1101/2026.1 · 2026", "https://doi.org/10.1101/2026.1", ["DOI:10.1101/2026.1"], "Preprint"),
        ("arXiv · 2601.01234v2 · 2026", "https://arxiv.org/abs/2601.01234v2", ["arXiv:2601.01234v2"], "Preprint"),
        ("arXiv · 2006", "https://arxiv.org/abs/cs/0601001", ["arXiv:cs/0601001"], "Preprint"),
        ("PMC · PMCID: PMC0012 · PMID 7", "https://example.org/paper/pmc12", ["PMCID:PMC12", "PMID:7"], None),
    ],
)
def test_pages_without_a_pmc_id_have_their_other_identifiers(meta: str, source: str, identifiers: list[str], kind: str) -> None:
    paper, _ = read(f"# T\n\n{meta}\n\n---\nSource: {source}")
    assert (list(map(str, paper.identifiers)), paper.publication_type) == (identifiers, kind)


# Sections


def test_sections_may_be_missing_empty_reordered_and_in_another_case() -> None:
    paper, entries = read(
        "# T\n\n## ABSTRACT\n\na\n\n## **tl;dr:**\n\ns\n\n## Full‑Text Entities ##\n\n## key findings\n\n---\nSource: https://e.org/x"
    )
    assert (paper.abstract, paper.summary, paper.key_findings, paper.annotations) == (("a",), "s", (), ())
    assert (paper.contribution, paper.figure_count, paper.journal, entries) == (None, None, None, [])


def test_a_section_that_stands_twice_is_joined_and_lines_keep_their_numbers() -> None:
    text = "# T\n\n## Full-text entities\n\n- **Genes:** A\n\n## Abstract\n\na\n\n## Full-text entities\n\n- **Genes:** B\n\n---\nSource: https://e.org/x"
    paper, entries = read(text)
    assert [found.text for found in paper.annotations] == ["A", "B"]
    assert [entry.line for entry in entries] == [11, 5, 13]


def test_each_line_of_an_unknown_section_is_reported() -> None:
    paper, entries = read(page_with("Methods", "one\n\n---\n\ntwo"))
    assert [(entry.line, entry.text) for entry in entries] == [(3, "Methods"), (5, "one"), (9, "two")]
    assert paper.abstract == ()


@pytest.mark.parametrize(
    "paragraph", ["---", "### Methods", "- a\n- b", "Source: https://evil.org/PMC9", "---\nSource: https://evil.org/paper/PMC9", "a\nb"]
)
def test_an_abstract_may_hold_what_looks_like_structure(paragraph: str) -> None:
    paper, entries = read(page_with("Abstract", f"p1\n\n{paragraph}\n\np2"))
    assert paper.abstract == ("p1", paragraph, "p2")
    assert (paper.sources[0].url, entries) == ("https://example.org/paper/PMC1", [])


@pytest.mark.parametrize(
    ("body", "findings"),
    [
        ("- a\n- b", ("a", "b")),
        ("* a\n+ b\n• c", ("a", "b", "c")),
        ("1. a\n2) b", ("a", "b")),
        ("- a\n  goes on\n  - nested\n- b", ("a goes on", "nested", "b")),
        ("- a\n\nparagraph\n\n- b", ("a", "paragraph", "b")),
        ("1.5 fold\n\n2026 was", ("1.5 fold", "2026 was")),
        ("- a\n---\n-", ("a",)),
        ("", ()),
    ],
)
def test_key_findings(body: str, findings: tuple[str, ...]) -> None:
    assert read(page_with("Key findings", body))[0].key_findings == findings


@pytest.mark.parametrize(
    ("text", "count"),
    [("1,234 figures", 1234), ("0 figures", 0), ("1 figure", 1), ("No figures", None), ("3.5 figures", None), ("3 references", None)],
)
def test_counts_are_stated_or_unknown(text: str, count: int | None) -> None:
    paper, entries = read(page_with("Figures", text))
    assert paper.figure_count == count and (count is None) == bool(entries)


def test_addresses_in_a_list_of_references_are_not_the_papers_own() -> None:
    paper, entries = read(
        "# T\n\n## References\n\n1. Doe https://pmc.ncbi.nlm.nih.gov/articles/PMC99/\n2. Roe\n\n---\nSource: https://e.org/x"
    )
    assert (paper.identifiers, paper.full_text_url) == ((), None)
    assert 6 in [entry.line for entry in entries]


@pytest.mark.parametrize(
    ("end", "url"),
    [
        ("---\nSource: <https://e.org/PMC1>\n", "https://e.org/PMC1"),
        ("***\n\n**Source:** [x](https://e.org/PMC1)", "https://e.org/PMC1"),
        ("Source: https://e.org/PMC1", "https://e.org/PMC1"),
        ("---\nSource: https://e.org/PMC1 and more", "https://e.org/PMC1"),
        ('---\nSource: https://e.org/<b>"', "https://e.org/%3Cb%3E%22"),
        ("---\nSource: javascript:alert(1)", None),
        ("---\nSource: <script>", None),
        ("---\nSource:", None),
        ("", None),
    ],
)
def test_the_source_is_a_valid_http_address_or_none(end: str, url: str | None) -> None:
    assert read(f"# T\n\n## TL;DR\n\nx\n\n{end}")[0].sources[0].url == url


# Encodings


@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_line_ends_and_byte_order_marks_change_nothing(line_end: str, encoding: str) -> None:
    plain, _ = read(PAGE)
    other, _ = read(PAGE.replace("\n", line_end).encode(encoding))
    assert [getattr(other, name) for name in Paper.__slots__ if name != "sources"] == [
        getattr(plain, name) for name in Paper.__slots__ if name != "sources"
    ]


@pytest.mark.parametrize(
    "text",
    [
        "e\u0301",
        "a\u00a0b",
        "a\u200bb",
        "שלום",
        "😀",
        "a\u2028b",
        "a\u0085b",
        '<script>"x"</script>',
        '""" . <a> <b> <c> .',
        "} INSERT DATA {",
    ],
)
def test_text_is_kept_as_it_stands_in_every_field(text: str) -> None:
    paper, _ = read(
        f"# {text}\n\n**Authors:** {text}\n\nPMC · {text} · 2026\n\n## Abstract\n\n{text}\n\n## Key findings\n\n- {text}\n\n"
        f"## Full-text entities\n\n- **Diseases:** {text} (MESH:D003866)\n\n---\nSource: https://e.org/x"
    )
    assert (paper.title, paper.authors[0].name, journal_title(paper), paper.issued) == (text, text, text, "2026")
    assert (paper.abstract, paper.key_findings, paper.annotations[0].text) == ((text,), (text,), text)


def test_what_no_rdf_format_can_carry_is_replaced_and_reported_with_its_line() -> None:
    paper, entries = read(b"# a\x00b\n\n## TL;DR\n\nc\xffd\x0b\n\n---\nSource: https://e.org/x")
    assert (paper.title, paper.summary) == ("a\ufffdb", "c\ufffdd\ufffd")
    assert sorted({entry.line for entry in entries if entry.kind is Kind.ALTERED}) == [1, 5]


# Cut pages


def names_of(paper: Paper) -> dict[tuple[Any, ...], tuple[str | None, frozenset[str], str | None] | None]:
    return {
        (found.evidence, found.entity_type, found.text, found.references): (
            (found.name.full_name, frozenset(found.name.synonyms), found.name.rank) if found.name else None
        )
        for found in paper.annotations
    }


def assert_nothing_but_prose_is_cut(cut: Paper, whole: Paper) -> None:
    names = names_of(whole)
    for key, name in names_of(cut).items():
        known = names[key]
        assert (name is None) == (known is None)
        assert name is None or known is None or (name[::2] == known[::2] and name[1] <= known[1])
    assert {author.name.split(",")[0] for author in cut.authors} <= {author.name.split(",")[0] for author in whole.authors}
    assert set(cut.identifiers) <= set(whole.identifiers)
    for field in ("issued", "journal", "figure_count", "reference_count", "full_text_url"):
        assert getattr(cut, field) in (None, getattr(whole, field)), field
    assert cut.sources[0].url in (None, whole.sources[0].url)
    for part, full in [(cut.title, whole.title), (cut.summary, whole.summary), (cut.contribution, whole.contribution)]:
        assert part is None or (full or "").startswith(part)
    for parts, fulls in [(cut.key_findings, whole.key_findings), (cut.abstract, whole.abstract)]:
        assert len(parts) <= len(fulls) and all(full.startswith(part) for part, full in zip(parts, fulls, strict=False))


@pytest.mark.parametrize("text", [PAGE, SEEDS["000"].read_text(encoding="utf-8")], ids=["small", "000"])
def test_a_page_cut_at_any_byte_says_nothing_that_the_whole_page_does_not(text: str) -> None:
    data = text.encode()
    whole, _ = read(data)
    for length in range(len(data)):
        cut, entries = read(data[:length])
        assert_nothing_but_prose_is_cut(cut, whole)
        assert "cut" in reasons(entries) or "the page ends within" in reasons(entries) or "not an http(s)" in reasons(entries)


@pytest.mark.parametrize("text", ["", " ", "\n\n", "\ufeff", "#", "##", "---", "Source:", "no page at all\n"])
def test_a_page_of_almost_nothing_is_still_one_paper(text: str) -> None:
    paper, entries = read(text)
    assert (paper.title, paper.authors, paper.annotations) == (None, (), ()) and entries


# Time


@pytest.mark.parametrize(
    "unit", ["(", "[", "{aka ", "[NCBI Gene 1] {aka x", " ", "**", "(-), ", "- ", "a:1", "10.1234/", "\n- x", "0000-", "T1:11"]
)
@pytest.mark.parametrize(
    "start",
    ["# T\n\n**Authors:** A", "# T\n\nPMC · DOI: 10.1234/a", "# T\n\n## Full-text entities\n\n- **Genes:** A (b", "# T\n\n## Figures\n\n3"],
)
def test_time_grows_in_proportion_to_the_page(start: str, unit: str) -> None:
    text = start + unit * (200_000 // len(unit)) + "x\n"
    started = time.process_time()
    read(text)
    assert time.process_time() - started < 2


# Properties of every page

FRAGMENTS = [
    "(",
    ")",
    "[",
    "]",
    "{",
    "}",
    "{aka ",
    "**",
    "- ",
    "#",
    "## ",
    "## Abstract\n",
    "---\n",
    "Source: ",
    "\n",
    "\r\n",
    ", ",
    "; ",
    " · ",
    "|",
    "-",
    "(MESH:D003866)",
    "[NCBI Gene 5]",
    "(-)",
    "[taxon 9606]",
    "(PubChem CID 007)",
    "rs0012",
    "MESH:",
    "10.1234/<x>",
    "https://e.org/PMC7",
    "- **Genes:** ",
    "- **Drugs:** ",
    "2026-02",
    "Jr.",
    "\u200b",
    "\xa0",
    "\ufeff",
    "\u2028",
    "é",
    "ﬁ",
    "𝒳",
    "<b>",
    '"',
    "\\",
    "0000-0002-1825-0097",
]
inserted = st.lists(st.sampled_from(FRAGMENTS) | st.text(st.characters(exclude_categories=["Cs"]), max_size=6), max_size=6).map("".join)
positions = st.integers(min_value=0, max_value=len(PAGE))


@given(position=positions, text=inserted)
@settings(max_examples=400, deadline=None, derandomize=True)
def test_any_text_anywhere_leaves_one_paper_with_valid_identifiers(position: int, text: str) -> None:
    paper, _ = read(PAGE[:position] + text + PAGE[position:])
    references = [*paper.identifiers, *(one for found in paper.annotations for one in found.references)]
    references += [author.orcid for author in paper.authors if author.orcid]
    for one in references:
        assert VOCABULARIES[one.prefix].accepts(one.identifier)
        assert pyoxigraph.NamedNode(concept_iri(one)).value
    for url in filter(None, [paper.sources[0].url, paper.full_text_url]):
        assert pyoxigraph.NamedNode(url).value


@given(data=st.binary(max_size=200))
@settings(max_examples=200, deadline=None, derandomize=True)
def test_any_bytes_below_a_title_are_one_paper(data: bytes) -> None:
    read(b"# T\n\n## Full-text entities\n\n- **Genes:** " + data)


def test_a_document_of_another_kind_is_no_paper_and_one_line_in_the_report() -> None:
    report = Report("README.md")
    text = b"# A program\n\nIt does this.\n\n## Install\n\nLike so.\n\nAnd so on.\n"
    assert list(page.read(io.BytesIO(text), report)) == []
    assert [(entry.line, entry.kind, entry.text) for entry in report.entries] == [(1, Kind.SKIPPED, "# A program")]


def folded(text: str) -> str:
    """The text without what readers may change: case, white space, compatibility forms, invisible characters."""
    visible = "".join(char for char in unicodedata.normalize("NFKC", text) if unicodedata.category(char) != "Cf")
    return " ".join(visible.split()).casefold()


@given(position=positions, text=inserted)
@settings(max_examples=400, deadline=None, derandomize=True)
def test_nothing_is_read_that_the_page_does_not_hold(position: int, text: str) -> None:
    source = re.sub("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]", "\ufffd", PAGE[:position] + text + PAGE[position:])
    paper, _ = read(source)
    held = folded(source) + folded(unquote(source))
    references = [*paper.identifiers, *(one for found in paper.annotations for one in found.references)]
    for one in references:
        assert folded(re.sub(r"^(?:rs|PMC|CVCL_)", "", one.identifier)) in held
    for found in paper.annotations:
        aliases = found.name.synonyms if found.name else ()
        assert all(folded(part) in held for part in (found.text, *aliases, *found.unrecognized))
    for words in (paper.title, journal_title(paper), *(author.name for author in paper.authors), *paper.abstract, *paper.key_findings):
        assert all(folded(word) in held for word in (words or "").split())


@pytest.mark.parametrize(
    ("items", "texts", "identifiers"),
    [
        ("zinc (PubChem CID 23994a), iron (PubChem CID 23925)", ["zinc", "iron"], ["PUBCHEM.COMPOUND:23925"]),
        ("a (MESH D38), b (MESH:D003866)", ["a", "b"], ["MESH:D003866"]),
        ("a (PubChem CID 0), b (PubChem CID 5)", ["a", "b"], ["PUBCHEM.COMPOUND:5"]),
    ],
)
def test_a_wrong_identifier_does_not_swallow_the_next_item(items: str, texts: list[str], identifiers: list[str]) -> None:
    paper, report = read(f"# T\n\n## Full-text entities\n\n- **Chemicals:** {items}\n")
    assert [annotation.text for annotation in paper.annotations] == texts
    assert [str(found) for annotation in paper.annotations for found in annotation.references] == identifiers
    assert any("no vocabulary accepts" in entry.reason for entry in report)


@pytest.mark.parametrize(
    ("line", "names"),
    [
        ("Se&aacute;n O&#39;Connor, Ann Lee, Bo Li", ["Se&aacute;n O&#39;Connor", "Ann Lee", "Bo Li"]),
        ("Ann Lee, Bo Li, Cy Wu;", ["Ann Lee", "Bo Li", "Cy Wu"]),
        ("Lee, Ann, MD; Li, Bo", ["Lee, Ann, MD", "Li, Bo"]),
        ("Group A (B, C), **Bo Li**", ["Group A (B, C)", "Bo Li"]),
        ("[Fay Zo](https://orcid.org/0000-0002-1825-0097), Bo Li", ["Fay Zo", "Bo Li"]),
    ],
)
def test_separators_and_marks_in_the_line_of_authors(line: str, names: list[str]) -> None:
    paper, _ = read(f"# T\n\n**Authors:** {line}\n\nPMC · 2026\n")
    assert [author.name for author in paper.authors] == names


def test_the_more_precise_of_two_dates_is_taken() -> None:
    paper, report = read("# T\n\n**Authors:** A B\n\nPMC · 1984 · 2026-02-01\n")
    assert paper.issued == "2026-02-01"
    assert any(entry.text == "1984" for entry in report)


def test_a_page_that_may_be_no_paper_is_reported() -> None:
    _, report = read("# Contributing\n\nSee the docs.\n")
    assert any("is this a paper?" in entry.reason for entry in report)


@pytest.mark.parametrize("items", ["zinc (MESH:D015032), iron (MESH:D007501).", "zinc (MESH:D015032)., iron (MESH:D007501)"])
def test_a_period_behind_an_item_belongs_to_none(items: str) -> None:
    paper, _ = read(f"# T\n\n## Full-text entities\n\n- **Chemicals:** {items}\n")
    assert [annotation.text for annotation in paper.annotations] == ["zinc", "iron"]
