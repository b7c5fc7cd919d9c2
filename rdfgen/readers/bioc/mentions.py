"""The annotations of a BioC document: their concepts are in one infon, or in old exports in one a vocabulary."""

import re
from collections.abc import Iterator

from rdfgen.identifiers import reference
from rdfgen.model import Annotation, Reference
from rdfgen.readers.bioc.head import section
from rdfgen.readers.bioc.model import Document, Infons, Mention, Place, infon, scopes, tool_named, words
from rdfgen.readers.mentions import Mentions, Passage
from rdfgen.report import Report

_NO_INFONS: Infons = {}
_NO_IDENTIFIER = ("", "-")
_TOKEN_END = re.compile(r"\s*[;,|+]\s*")
_NUMBERS = re.compile(r"\d{1,18}")
_SCORE = re.compile(r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?", re.ASCII)
_FURTHEST = 1 << 40
# Infons of old exports that hold identifiers, in lower case without punctuation, and how such identifiers start here.
_VOCABULARIES = {
    "mesh": "MESH:",
    "meshid": "MESH:",
    "medic": "MESH:",
    "omim": "OMIM:",
    "mim": "OMIM:",
    "mondo": "MONDO:",
    "gene": "NCBIGene:",
    "geneid": "NCBIGene:",
    "ncbigene": "NCBIGene:",
    "ncbigeneid": "NCBIGene:",
    "entrezgene": "NCBIGene:",
    "species": "NCBITaxon:",
    "taxonomy": "NCBITaxon:",
    "taxid": "NCBITaxon:",
    "ncbispecies": "NCBITaxon:",
    "ncbitaxonomy": "NCBITaxon:",
    "ncbitaxon": "NCBITaxon:",
    "cvcl": "CVCL:",
    "cellosaurus": "CVCL:",
    "pubchem": "PUBCHEM.COMPOUND:",
}
_PUNCTUATION = re.compile(r"[\W_]+")
_RS_KEYS = frozenset({"rsids", "rsid", "RS#", "RS", "rs", "dbSNP", "SNP"})


def passages(document: Document) -> tuple[Passage, ...]:
    """The stretches of text to check offsets against: passages, or their sentences where they have no text."""
    return tuple(_passages(document))


def _passages(document: Document) -> Iterator[Passage]:
    for passage in document.passages or ():
        kind = section(passage.infons)
        if passage.text:
            yield Passage(passage.offset, passage.text, kind)
            continue
        for sentence in passage.sentences or ():
            if sentence.text:
                yield Passage(sentence.offset, sentence.text, kind)


def is_of_pubtator3(document: Document) -> bool:
    """Whether the document has infons that only PubTator3 prints."""
    if bytes(document.relations_display):
        return True
    infons = (mention.infons for scope in scopes(document) for mention in scope.annotations or ())
    return any("biotype" in one or "accession" in one for one in infons if one)


def add_mention(mention: Mention, found: Mentions, line: int) -> Annotation | None:
    """Take one annotation; None if it says nothing."""
    infons = mention.infons or _NO_INFONS
    text = mention.text or ""
    identifier = identifier_of(infons)
    is_invalid = _is_invalid(infons)
    if not text and identifier in _NO_IDENTIFIER:
        found.report.skip(line, f"{found.record}: an annotation without text and identifier", words(mention.id))
        return None
    if is_invalid and identifier not in _NO_IDENTIFIER:
        found.report.suspect(
            line, f"{found.record}: an identifier that the source itself marks as not valid is left out", f"{text} ({identifier})"
        )
    return found.add(
        line,
        text,
        infon(infons, "type", "Type", "biotype"),
        "" if is_invalid else identifier,
        tuple(_spans(mention.locations or (), text, found, line)),
        score(infons, found.report, line),
        tool=tool_of(infons),
        rs_numbers=() if is_invalid else rs_numbers(infons),
    )


def identifier_of(infons: Infons) -> str:
    """The identifiers of an annotation or of a relation's side, as `Mentions.add` takes them.

    >>> identifier_of({"MESH": "D003866", "NCBI Homologene": "37499"}), identifier_of({"NCBI Gene": "1956;1957"})
    ('D003866', 'NCBIGene:1956;NCBIGene:1957')
    """
    if "identifier" in infons:
        return words(infons["identifier"])
    return infon(infons, "Identifier", "IDENTIFIER") or ";".join(_of_vocabularies(infons))


def _of_vocabularies(infons: Infons) -> Iterator[str]:
    """The identifiers in infons that are named for a vocabulary."""
    variant = infon(infons, "tmVar", "tmvar")
    if variant:
        yield variant if variant.startswith("tmVar:") else f"tmVar:{variant}"
    for key, value in infons.items():
        start = _VOCABULARIES.get(_PUNCTUATION.sub("", key).casefold())
        if start is not None:
            tokens = (token.lstrip("*") for token in _TOKEN_END.split(words(value)))
            yield from (_with_prefix(start, token) for token in tokens if token not in _NO_IDENTIFIER)


def _with_prefix(start: str, token: str) -> str:
    return token if reference(token) is not None else start + token


def rs_numbers(infons: Infons) -> tuple[Reference, ...]:
    """The dbSNP numbers in infons of their own.

    >>> [str(one) for one in rs_numbers({"rsids": [113488022, "rs7"]})]
    ['dbSNP:rs113488022', 'dbSNP:rs7']
    """
    if _RS_KEYS.isdisjoint(infons):
        return ()
    numbers = (number for key in infons if key in _RS_KEYS for number in _NUMBERS.findall(words(infons[key])))
    return tuple(dict.fromkeys(one for one in (reference(number, "dbSNP") for number in numbers) if one is not None))


def tool_of(infons: Infons) -> str | None:
    """Who made an annotation or relation, if it says so itself."""
    name = infon(infons, "annotator") if "annotator" in infons else ""
    return tool_named(name) if name else None


def score(infons: Infons, report: Report, line: int) -> str | None:
    """The score as printed, if it is a number."""
    if "score" not in infons and "confidence" not in infons:
        return None
    value = infons.get("score", infons.get("confidence"))
    text = repr(value) if isinstance(value, float) else words(value)
    if _SCORE.fullmatch(text):
        return text
    if text not in _NO_IDENTIFIER:
        report.alter(line, "a score that is no number is left out", text)
    return None


def _is_invalid(infons: Infons) -> bool:
    valid = infons.get("valid")
    return valid is False or (isinstance(valid, str) and valid.strip().casefold() == "false")


def _spans(places: list[Place] | tuple[()], text: str, found: Mentions, line: int) -> Iterator[tuple[int, int]]:
    for place in places:
        if 0 <= place.offset <= _FURTHEST and 0 <= place.length <= _FURTHEST:
            yield place.offset, place.offset + place.length
        else:
            found.report.alter(line, f"{found.record}: a location that no text can have is left out: {place.offset}, {place.length}", text)
