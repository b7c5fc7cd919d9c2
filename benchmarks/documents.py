"""Generated documents in each input format: the same papers with the same mentions, all different from each other."""

import json
import random
from collections.abc import Callable, Iterator
from xml.sax.saxutils import escape

_TEXT = "zinc mood gene of the in depression cell patients α-synuclein treatment expression was with and level mice protein study"
_WORDS = _TEXT.split()
_TYPES = (("Gene", ""), ("Disease", "MESH:D0"), ("Chemical", "MESH:C0"), ("Species", ""))
MENTIONS = 40

Mention = tuple[int, str, str, str]


def document(number: int) -> tuple[str, str, list[Mention]]:
    """Title, abstract and mentions (start, text, type, identifier) of one paper."""
    chance = random.Random(number)  # no secret
    title = " ".join(chance.choices(_WORDS, k=12))
    abstract = " ".join(chance.choices(_WORDS, k=250))
    text, mentions = f"{title} {abstract}", []
    for _ in range(MENTIONS):
        start = chance.randrange(len(text) - 12)
        kind, prefix = chance.choice(_TYPES)
        identifier = 10000 + int(30000 * chance.random() ** 3)  # a few concepts are in most papers
        mentions.append((start, text[start : start + 10], kind, f"{prefix}{identifier}"))
    return title, abstract, mentions


def pubtator(number: int) -> str:
    """One document in PubTator text."""
    title, abstract, mentions = document(number)
    rows = "".join(f"{number}\t{start}\t{start + 10}\t{text}\t{kind}\t{identifier}\n" for start, text, kind, identifier in mentions)
    return f"{number}|t|{title}\n{number}|a|{abstract}\n{rows}\n"


def bulk(number: int) -> str:
    """The rows of one paper in the form of bioconcepts2pubtator3."""
    _, _, mentions = document(number)
    return "".join(f"{number}\t{kind}\t{identifier}\t{text}\tPubTator3\n" for _, text, kind, identifier in mentions)


def _passages(number: int) -> list[tuple[int, str, str, list[Mention]]]:
    title, abstract, mentions = document(number)
    split = len(title) + 1
    in_title = [one for one in mentions if one[0] + 10 <= len(title)]
    return [(0, "title", title, in_title), (split, "abstract", abstract, [one for one in mentions if one[0] >= split])]


def bioc_json(number: int) -> str:
    """One BioC-JSON document, as PubTator3 writes them, on a line."""
    passages = [
        {
            "infons": {"type": kind},
            "offset": offset,
            "text": text,
            "sentences": [],
            "annotations": [_json_annotation(place, one) for place, one in enumerate(mentions)],
            "relations": [],
        }
        for offset, kind, text, mentions in _passages(number)
    ]
    return json.dumps({"_id": f"{number}|None", "id": str(number), "infons": {}, "passages": passages, "relations": []}) + "\n"


def _json_annotation(place: int, mention: Mention) -> dict[str, object]:
    start, text, kind, identifier = mention
    infons = {
        "identifier": identifier,
        "type": kind,
        "valid": True,
        "biotype": kind.lower(),
        "normalized_id": identifier,
        "accession": "@X",
    }
    return {"id": str(place), "infons": infons, "text": text, "locations": [{"offset": start, "length": 10}]}


def bioc_xml(number: int) -> str:
    """One BioC-XML document."""
    passages = "".join(_xml_passage(*passage) for passage in _passages(number))
    return f"<document><id>{number}</id>{passages}</document>\n"


def _xml_passage(offset: int, kind: str, text: str, mentions: list[Mention]) -> str:
    annotations = "".join(
        f'<annotation id="{place}"><infon key="identifier">{identifier}</infon><infon key="type">{word}</infon>'
        f'<location offset="{start}" length="10"/><text>{escape(mention)}</text></annotation>'
        for place, (start, mention, word, identifier) in enumerate(mentions)
    )
    return f'<passage><infon key="type">{kind}</infon><offset>{offset}</offset><text>{escape(text)}</text>{annotations}</passage>'


def pubmed(number: int) -> str:
    """One PubmedArticle."""
    title, abstract, mentions = document(number)
    headings = "".join(
        f'<MeshHeading><DescriptorName UI="D0{identifier[-5:]}" MajorTopicYN="N">{escape(text)}</DescriptorName></MeshHeading>'
        for _, text, _, identifier in mentions[:12]
    )
    authors = "".join(f'<Author ValidYN="Y"><LastName>Name{n}</LastName><ForeName>A B</ForeName></Author>' for n in range(5))
    return (
        f'<PubmedArticle><MedlineCitation><PMID Version="1">{number}</PMID><Article><Journal><ISSN>1234-5678</ISSN><JournalIssue>'
        f"<PubDate><Year>2020</Year><Month>Feb</Month></PubDate></JournalIssue><Title>Journal</Title></Journal>"
        f"<ArticleTitle>{escape(title)}</ArticleTitle><Abstract><AbstractText>{escape(abstract)}</AbstractText></Abstract>"
        f"<AuthorList>{authors}</AuthorList></Article><MeshHeadingList>{headings}</MeshHeadingList></MedlineCitation></PubmedArticle>\n"
    )


def jats(number: int) -> str:
    """One JATS article."""
    title, abstract, _ = document(number)
    refs = "".join(
        f'<ref id="r{n}"><element-citation><pub-id pub-id-type="pmid">{number + n + 1}</pub-id></element-citation></ref>' for n in range(30)
    )
    body = "".join(f"<sec><title>Part {n}</title><p>{escape(abstract)}</p></sec>" for n in range(5))
    return (
        f'<article article-type="research-article"><front><article-meta><article-id pub-id-type="pmid">{number}</article-id>'
        f"<title-group><article-title>{escape(title)}</article-title></title-group><abstract><p>{escape(abstract)}</p></abstract>"
        f"</article-meta></front><body>{body}</body><back><ref-list>{refs}</ref-list></back></article>\n"
    )


# Format -> what stands before the documents, one document, and what stands behind them.
FORMATS: dict[str, tuple[str, Callable[[int], str], str]] = {
    "pubtator": ("", pubtator, ""),
    "pubtator-bulk": ("", bulk, ""),
    "bioc-json": ("", bioc_json, ""),
    "bioc-xml": ('<?xml version="1.0" encoding="UTF-8"?>\n<collection><source>x</source><date/><key/>\n', bioc_xml, "</collection>\n"),
    "pubmed": ('<?xml version="1.0" encoding="UTF-8"?>\n<PubmedArticleSet>\n', pubmed, "</PubmedArticleSet>\n"),
    "jats": ('<?xml version="1.0" encoding="UTF-8"?>\n<pmc-articleset>\n', jats, "</pmc-articleset>\n"),
}


def blocks(name: str, size: int) -> Iterator[bytes]:
    """A file of that format and of about that many bytes."""
    before, one, after = FORMATS[name]
    written, number = 0, 1
    yield before.encode()
    while written < size:
        data = one(number).encode()
        yield data
        written += len(data)
        number += 1
    yield after.encode()
