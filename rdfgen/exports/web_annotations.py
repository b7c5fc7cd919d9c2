"""Annotations as JSON-LD, one a line, in the form of Europe PMC's (https://www.w3.org/TR/annotation-model/)."""

import json
from collections import Counter
from collections.abc import Iterator
from typing import NamedTuple, TextIO

from rdfgen.exports.statements import Group, Source
from rdfgen.namespaces import PREFIXES

FILES = ("annotations.jsonl",)
PARTS = ("annotations", "papers")

_AROUND = 32

Json = dict[str, object]


def context(base: str) -> Json:
    """The terms of the W3C's context that are used here, and ours; it stands in each line, so that nothing need be fetched."""
    link = {"@type": "@id"}
    number = {"@type": f"{PREFIXES['xsd']}nonNegativeInteger"}
    names = ("Annotation", "SpecificResource", "TextualBody", "TextPositionSelector", "TextQuoteSelector", "exact", "prefix", "suffix")
    return {
        "oa": PREFIXES["oa"],
        "id": "@id",
        "type": "@type",
        **{name: f"oa:{name}" for name in names},
        "body": {"@id": "oa:hasBody"} | link,
        "target": {"@id": "oa:hasTarget"} | link,
        "source": {"@id": "oa:hasSource"} | link,
        "selector": {"@id": "oa:hasSelector"} | link,
        "start": {"@id": "oa:start"} | number,
        "end": {"@id": "oa:end"} | number,
        "value": f"{PREFIXES['rdf']}value",
        "creator": {"@id": f"{PREFIXES['dcterms']}creator"} | link,
        "isPartOf": {"@id": f"{PREFIXES['dcterms']}isPartOf"} | link,
        "surfaceForm": f"{base}ontology#surfaceForm",
        "entityType": {"@id": f"{base}ontology#entityType"} | link,
        "evidence": {"@id": f"{base}ontology#evidence"} | link,
    }


def write(source: Source, targets: tuple[TextIO, ...]) -> Counter[str]:
    """Write a line for each annotation of a release; returns how many there are, and how many places in texts."""
    counts: Counter[str] = Counter()
    head: Json = {"@context": context(source.manifest.base)}
    papers = source.groups("papers")
    for group in source.groups("annotations"):
        text = _text(group, _paper(papers, group.about))
        for annotation in group.of_class("oa:Annotation"):
            places = [_place(target, group, text) for target in group.all(annotation, "oa:hasTarget") if target in group.statements]
            counts["annotations"] += 1
            counts["places in texts"] += len(places)
            row = head | _row(annotation, group, source) | {"target": _one_or_all(places) or _target(annotation, group, source)}
            targets[0].write(json.dumps(row, ensure_ascii=False, separators=(",", ":")) + "\n")
    return counts


def _row(annotation: str, group: Group, source: Source) -> Json:
    """All but the target."""
    row: Json = {"id": annotation, "type": "Annotation"}
    row["body"] = _one_or_all([_body(body, group) for body in group.all(annotation, "oa:hasBody")])
    row["creator"] = (group.one(annotation, "prov:wasGeneratedBy") or "").partition("#")[0]
    for name in ("surfaceForm", "entityType", "evidence"):
        value = group.one(annotation, source.iris.term(name))
        if value is not None:
            row[name] = value
    return row


def _body(body: str, group: Group) -> Json | str:
    """A concept, or the text of a mention that none is known for."""
    value = group.one(body, "rdf:value")
    return body if value is None else {"id": body, "type": "TextualBody", "value": value}


def _target(annotation: str, group: Group, source: Source) -> Json | str:
    """The paper, with the words of a mention in its text; headings and lists of entities need not be words of the text."""
    words = group.one(annotation, source.iris.term("surfaceForm"))
    if words is None or group.one(annotation, source.iris.term("evidence")) != source.iris.term("FullTextMention"):
        return group.about
    return {"type": "SpecificResource", "source": group.about, "selector": {"type": "TextQuoteSelector", "exact": words}}


def _place(target: str, group: Group, text: str) -> Json:
    """A place in the document's text: where that is known, with the words before and after it."""
    row: Json = {"id": target, "type": "SpecificResource", "source": group.one(target, "oa:hasSource") or group.about}
    part = group.one(target, "dcterms:isPartOf")
    if part is not None:
        row["isPartOf"] = part
    found = _selection(target, group)
    selectors: list[Json | str] = []
    if found.exact is not None:
        quote: Json = {"type": "TextQuoteSelector", "exact": found.exact}
        around = {"prefix": text[max(found.start - _AROUND, 0) : found.start], "suffix": text[found.end : found.end + _AROUND]}
        selectors.append(quote | {name: words for name, words in around.items() if words})
    selectors.append({"type": "TextPositionSelector", "start": found.start, "end": found.end})
    return row | {"selector": _one_or_all(selectors)}


class _Selection(NamedTuple):
    """Where a place begins and ends in the text of the document, and the words there."""

    start: int
    end: int
    exact: str | None


def _selection(target: str, group: Group) -> _Selection:
    start, end = (group.one(f"{target}-position", f"oa:{name}") or "0" for name in ("start", "end"))
    return _Selection(int(start), int(end), group.one(f"{target}-quote", "oa:exact"))


def _paper(papers: Iterator[Group], about: str) -> Group | None:
    """What is said of that paper; the papers stand in the same order as their annotations."""
    return next((group for group in papers if group.about == about), None)


def _text(group: Group, paper: Group | None) -> str:
    """The text that positions count in, as far as title and abstract are all of it and every word stands where it should; else ""."""
    if paper is None:
        return ""
    title, abstract = (paper.one(paper.about, f"dcterms:{name}") or "" for name in ("title", "abstract"))
    places = [_selection(target, group) for target in group.of_class("oa:SpecificResource")]
    found = [place for place in places if place.exact is not None]
    for separator in (" ", "\n"):
        text = title + separator + abstract
        if found and all(text[place.start : place.end] == place.exact for place in found):
            return text
    return ""


def _one_or_all(values: list[Json] | list[Json | str]) -> Json | str | list[Json] | list[Json | str]:
    return values[0] if len(values) == 1 else values
