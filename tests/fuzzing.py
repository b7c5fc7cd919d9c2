"""What every reader must bear: one small valid document a format, ways to damage it, and what must hold whatever comes.

    python -m tests.fuzzing READER SECONDS      coverage-guided, needs the package atheris (make fuzz)
"""

import io
import random
import re
import sys
from dataclasses import asdict
from unittest.mock import patch

from rdfgen.model import Paper
from rdfgen.readers import READERS
from rdfgen.report import Report

PUBTATOR = """# a comment
7|t|Zinc and “mood”
7|a|A gene called TP53 was seen in Δ cells.
7\t0\t4\tZinc\tChemical\tMESH:D015032\t
7\t30\t34\tTP53\tGene\t7157;7158
7\t1\t2\tV600E\tProteinMutation\ttmVar:p|SUB|V|600|E;HGVS:p.V600E;CorrespondingGene:673;RS#:113488022
7\t1\t2\tx and y\tCompositeMention\tD003110|D009369\tx|y
7\t40\t45\tcells
7\tAssociation\tMESH:D015032\t7157
7\tPositive_Correlation\tChemical|MESH:D015032\tGene|7157\tNovel
7\tCID\tD015032\tD003866

PMC8|t|Another
PMC8|a|
"""
BULK = (
    "7\tGene\t7157;7158\tTP53|p53\tPubTator3\n7\tChemical\t-\ta|b\tGNorm2\n"
    "9\tDisease\tMESH:D003866\tdepression\n9\tMutation\ttmVar:p|SUB|V|600|E;RS#:113488022\tV600E\tPubTator3\textra\n"
)
RELATIONS = "7\tassociate\tChemical|MESH:D015032\tGene|7157\n7\tNegative_Correlation\tGene@1\tMutation|rs1\n8\tx\ty\n"
PMC_IDS = (
    "Journal Title,ISSN,eISSN,Year,Volume,Issue,Page,DOI,PMCID,PMID,Manuscript Id,Release Date\n"
    '"J, of ""x""",1234-5678,,2020,1,2,3,10.1234/Test.1,PMC1,7,,live\n'
)
BIOC_JSON = """{"PubTator3": [{"_id": "7|None", "id": "7", "infons": {}, "passages": [
{"infons": {"type": "title", "article-id_pmc": "PMC1", "authors": "Lovelace A", "journal": "J. 2021 Mar;1(2):3. doi: 10.1234/x. "}, "offset": 0,
 "text": "Zinc and mood", "sentences": [], "annotations": [
 {"id": "1", "infons": {"identifier": "MESH:D015032", "type": "Chemical", "valid": true, "biotype": "chemical", "score": 0.9}, "text": "Zinc",
  "locations": [{"offset": 0, "length": 4}]},
 {"id": "2", "infons": {"type": "Gene", "valid": false, "normalized_id": null}, "text": "mood", "locations": [{"offset": 9, "length": 4}]}],
 "relations": []},
{"infons": {"type": "abstract"}, "offset": 14, "sentences": [{"offset": 14, "text": "TP53.", "infons": {}, "annotations": [
 {"id": "3", "infons": {"identifier": "7157", "type": "Gene"}, "text": "TP53", "locations": [{"offset": 14, "length": 2}, {"offset": 16, "length": 2}]}],
 "relations": []}], "annotations": [], "relations": []}],
"relations": [{"id": "R1", "infons": {"score": "0.9", "role1": {"identifier": "MESH:D015032", "type": "Chemical"},
 "role2": {"identifier": "7157", "type": "Gene"}, "type": "Association"}, "nodes": [{"refid": "0", "role": "0,1"}]},
 {"id": "R2", "infons": {"type": "Bind"}, "nodes": [{"refid": "1", "role": "a"}, {"refid": "3", "role": "b"}]}],
"pmid": 7, "pmcid": null, "date": "2021-03-01T00:00:00Z", "journal": "J", "authors": ["Lovelace A"]}, {"id": "8", "passages": []}]}
"""
BIOC_XML = """<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE collection SYSTEM "BioC.dtd">
<collection><source>PubTator</source><date/><key/>
<document><id>7</id><passage><infon key="type">title</infon><infon key="section_type">TITLE</infon><offset>0</offset><text>Zinc &amp; mood &#916;</text>
<annotation id="1"><infon key="type">Chemical</infon><infon key="MESH">D015032</infon><location offset="0" length="4"/><text>Zinc</text></annotation>
<annotation id="2"><infon key="type">Species</infon><infon key="NCBI Species">*9606</infon><location offset="7" length="4"/><text>mood</text></annotation>
</passage><passage><offset>14</offset><sentence><offset>14</offset><text>TP53</text></sentence></passage>
<relation id="R1"><infon key="role1">Chemical|MESH:D015032</infon><infon key="role2">Species|9606</infon><infon key="type">Association</infon></relation>
<relation id="R2"><infon key="type">Bind</infon><node refid="1" role="x"/><node refid="2" role="y"/></relation>
</document><document><id>8</id></document></collection>
"""
PUBMED = """<?xml version="1.0"?>
<!DOCTYPE PubmedArticleSet PUBLIC "-//NLM//DTD PubMedArticle//EN" "https://dtd.nlm.nih.gov/x.dtd">
<PubmedArticleSet><PubmedArticle><MedlineCitation Status="MEDLINE"><PMID Version="1">7</PMID><DateRevised><Year>2020</Year><Month>01</Month><Day>02</Day></DateRevised>
<Article><Journal><ISSN IssnType="Print">1234-567X</ISSN><JournalIssue><Volume>1</Volume><PubDate><MedlineDate>2000 Jan-Feb</MedlineDate></PubDate></JournalIssue>
<Title>Journal</Title></Journal><ArticleTitle>Zinc<sub>2</sub> &amp; <i>mood</i>.</ArticleTitle><ELocationID EIdType="doi" ValidYN="Y">10.1234/x</ELocationID>
<Abstract><AbstractText Label="AIM">To <b>see</b>.</AbstractText></Abstract><AuthorList><Author ValidYN="Y"><LastName>Lovelace</LastName><ForeName>Ada</ForeName>
<Identifier Source="ORCID">0000-0002-1825-0097</Identifier><AffiliationInfo><Affiliation>Here</Affiliation></AffiliationInfo></Author>
<Author><CollectiveName>Group</CollectiveName></Author></AuthorList><Language>eng</Language><GrantList><Grant><GrantID>1</GrantID><Agency>NIH</Agency></Grant></GrantList>
<PublicationTypeList><PublicationType UI="D016454">Review</PublicationType></PublicationTypeList></Article>
<MedlineJournalInfo><MedlineTA>J</MedlineTA><NlmUniqueID>0001</NlmUniqueID></MedlineJournalInfo>
<ChemicalList><Chemical><RegistryNumber>0</RegistryNumber><NameOfSubstance UI="D015032">Zinc</NameOfSubstance></Chemical></ChemicalList>
<CommentsCorrectionsList><CommentsCorrections RefType="RetractionIn"><RefSource>x</RefSource><PMID>9</PMID></CommentsCorrections></CommentsCorrectionsList>
<MeshHeadingList><MeshHeading><DescriptorName UI="D003866" MajorTopicYN="N">Depression</DescriptorName><QualifierName UI="Q000188" MajorTopicYN="Y">x</QualifierName>
</MeshHeading></MeshHeadingList></MedlineCitation><PubmedData><ArticleIdList><ArticleId IdType="pmc">PMC1</ArticleId></ArticleIdList>
<ReferenceList><Reference><Citation>x</Citation><ArticleIdList><ArticleId IdType="pubmed">5</ArticleId></ArticleIdList></Reference></ReferenceList></PubmedData>
</PubmedArticle><PubmedArticle><MedlineCitation><PMID>8</PMID></MedlineCitation></PubmedArticle></PubmedArticleSet>
"""
JATS = """<!DOCTYPE article [<!ENTITY own "expanded"><!ENTITY file SYSTEM "file:///etc/hostname">]>
<article xmlns:xlink="http://www.w3.org/1999/xlink" article-type="review-article"><front><journal-meta><journal-id journal-id-type="nlm-ta">J</journal-id>
<journal-title-group><journal-title>Journal</journal-title></journal-title-group><issn pub-type="epub">1234-5678</issn></journal-meta><article-meta>
<article-id pub-id-type="pmid">7</article-id><article-id pub-id-type="pmc">1</article-id><article-id pub-id-type="doi">10.1234/x</article-id>
<title-group><article-title>Zinc &own; <italic>mood</italic> &file;</article-title></title-group><contrib-group><contrib contrib-type="author">
<contrib-id contrib-id-type="orcid">https://orcid.org/0000-0002-1825-0097</contrib-id><name><surname>Lovelace</surname><given-names>Ada</given-names></name>
<xref ref-type="aff" rid="a1"/></contrib><contrib contrib-type="author"><collab>Group</collab></contrib></contrib-group><aff id="a1"><label>1</label>Here</aff>
<pub-date pub-type="epub"><day>3</day><month>2</month><year>2020</year></pub-date><volume>1</volume><fpage>2</fpage><lpage>3</lpage>
<related-article related-article-type="retraction-forward" ext-link-type="pmid" xlink:href="9"/><abstract><sec><title>Aim</title><p>To see.</p></sec></abstract>
<kwd-group><kwd>zinc</kwd></kwd-group></article-meta></front><body><sec sec-type="methods"><title>Methods</title><p>x<xref rid="r1"/></p><fig><label>Figure 1</label>
<caption><p>A caption.</p></caption></fig><table-wrap><label>Table 1</label></table-wrap></sec></body><back><ref-list><ref id="r1"><element-citation>
<pub-id pub-id-type="pmid">5</pub-id></element-citation></ref></ref-list></back></article>
"""
PAGE = """# Zinc and “mood”

**Authors:** Ada Lovelace, X Y

PMC · DOI: 10.1234/Test.1 · Journal · 2026-02-01

## Abstract

Words.

## Linked entities

- **Genes:** G (gene (x)) [NCBI Gene 7] {aka a, b}
- **Diseases:** mood disorder, type 2 (MONDO:0002050), CP (-)

---
Source: https://example.org/paper/PMC1
"""
SAMPLES: dict[str, bytes] = {
    "pubtator": PUBTATOR.encode(),
    "pubtator-bulk": BULK.encode(),
    "pubtator-relations": RELATIONS.encode(),
    "pmc-ids": PMC_IDS.encode(),
    "bioc-json": BIOC_JSON.encode(),
    "bioc-xml": BIOC_XML.encode(),
    "pubmed": PUBMED.encode(),
    "jats": JATS.encode(),
    "paper-page": PAGE.encode(),
}
_NOT_IN_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def read(name: str, data: bytes) -> tuple[list[Paper], Report]:
    """What a reader makes of the bytes; it may open no connection."""
    report = Report("x")
    with patch("socket.socket.connect", side_effect=AssertionError("a reader opened a connection")):
        READERS[name].recognises(data[: 1 << 16])
        return list(READERS[name].read(io.BytesIO(data), report)), report


def strings(value: object) -> list[str]:
    """Every string in nested values."""
    if isinstance(value, str):
        return [value]
    if isinstance(value, dict):
        return [found for one in value.values() for found in strings(one)]
    return [found for one in value for found in strings(one)] if isinstance(value, (list, tuple)) else []


def check(papers: list[Paper]) -> None:
    """Hold what comes out to what every format of RDF can carry."""
    for paper in papers:
        bad = [text for text in strings(asdict(paper)) if _NOT_IN_XML.search(text)]
        assert bad == [], f"characters that XML cannot carry: {bad!r}"
        assert all(0 <= place.start <= place.end for one in paper.annotations for place in one.locations)


def damaged(data: bytes, chance: random.Random, other: bytes) -> bytes:
    """The bytes with some of them changed, doubled, cut out, put elsewhere, or replaced by a piece of another document."""
    result = bytearray(data)
    for _ in range(chance.randint(1, 6)):
        start = chance.randrange(len(result) + 1)
        end = min(len(result), start + chance.choice((1, 1, 2, 8, 64, 400)))
        piece = bytes(result[start:end])
        nasty = chance.choice((b"\0", b"\xff", b"\xed\xa0\x80", b"<", b"&", b'"', b"\\", b"\t", b"\n", b"|", b"-1", b"9" * 30, b"\xe2\x80\xae", b"[", b"{"))
        result[start:end] = chance.choice((b"", piece * 2, piece[::-1], nasty, nasty + piece, other[start : start + 40], b"\n\n" + piece))
    return bytes(result[: chance.randint(0, len(result))]) if chance.random() < 0.2 else bytes(result)


def main(name: str, seconds: str) -> None:
    """Fuzz one reader, guided by coverage, for that long."""
    import atheris  # noqa: PLC0415  # only here, as it is not among what the tests need

    with atheris.instrument_imports(include=["rdfgen"]):
        pass
    atheris.instrument_all()

    def one(data: bytes) -> None:
        check(read(name, data)[0])

    atheris.Setup([sys.argv[0], f"-max_total_time={seconds}", "-rss_limit_mb=1024", "-timeout=10", "-max_len=20000"], one)
    atheris.Fuzz()


if __name__ == "__main__":
    main(*sys.argv[1:])
