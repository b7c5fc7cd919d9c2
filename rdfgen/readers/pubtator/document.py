"""One document of PubTator text while its rows come in, and the paper that it becomes."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from rdfgen.model import Paper
from rdfgen.readers.mentions import Mentions, Passage, type_named
from rdfgen.readers.pubtator.rows import Relations, document_identifiers, side, source
from rdfgen.report import Report

READER = "pubtator"
# The format does not say who made the annotations.
TOOL = "pubtator-file"
MAX_ROWS = 10_000
MAX_PASSAGES = 100
MAX_BYTES = 24 << 20

_TITLE = "title"
_SEPARATORS = re.compile(r"[;,|+]")
_NOVEL = {"novel": True, "no": False, "": None}


class PassageRow(NamedTuple):
    """A stretch of the document's text; `tag` is `t`, `a` or, rarely, something else, `section` what that stands for."""

    record: str
    line: int
    tag: str
    section: str | None
    text: str


class MentionRow(NamedTuple):
    """A mention as printed; `record` names its document, `span` is in code points, the end not included."""

    record: str
    line: int
    span: tuple[int, int]
    text: str
    type_word: str
    identifier: str
    note: str


class RelationRow(NamedTuple):
    """A relation as printed."""

    record: str
    line: int
    name: str
    sides: tuple[str, str]
    novelty: str


Row = PassageRow | MentionRow | RelationRow


@dataclass(slots=True)
class Document:
    """The rows of one document so far. `passages` come with their tags, the first `known` of them are in a paper already."""

    record: str
    passages: list[PassageRow] = field(default_factory=list)
    known: int = 0
    mentions: list[MentionRow] = field(default_factory=list)
    relations: list[RelationRow] = field(default_factory=list)
    data: list[bytes] = field(default_factory=list)
    size: int = 0

    @classmethod
    def continuing(cls, before: "Document | None", record: str) -> "Document":
        """A document for the rows that come next, which may go on with the one before where that grew too large."""
        if before is None or before.record != record or not before.is_full() or before.size > MAX_BYTES:
            return cls(record)
        passages = before.passages if len(before.passages) < MAX_PASSAGES else []
        return cls(record, passages, len(passages))

    def takes(self, row: Row) -> bool:
        """Whether the row belongs to this document and there is room for it."""
        is_second_title = isinstance(row, PassageRow) and row.section == _TITLE and any(one.section == _TITLE for one in self.passages)
        return row.record == self.record and not is_second_title and not self.is_full()

    def is_full(self) -> bool:
        """Whether it has grown so large that a hostile file must be behind it."""
        return len(self.data) >= MAX_ROWS or len(self.passages) - self.known >= MAX_PASSAGES or self.size > MAX_BYTES

    def add(self, row: Row, data: bytes) -> None:
        """Take the row and the bytes that it was read from."""
        if isinstance(row, MentionRow):
            self.mentions.append(row)
        elif isinstance(row, PassageRow):
            self.passages.append(row)
        else:
            self.relations.append(row)
        self.data.append(data)
        self.size += len(data)

    def paper(self, report: Report) -> Paper:
        """All that the rows say."""
        new = self.passages[self.known :]
        for row in new:
            if row.section not in (_TITLE, "abstract"):
                report.suspect(row.line, f"{self.record}: a passage that is neither title nor abstract; kept with the abstract", row.tag)
        titles = (row.text.strip() for row in new if row.section == _TITLE)
        return Paper(
            sources=(source(self.data, READER, self.record),),
            identifiers=document_identifiers(self.record),
            title=next(filter(None, titles), None),
            abstract=tuple(text for row in new if row.section != _TITLE and (text := row.text.strip())),
            annotations=self._annotations(report).annotations(),
            relations=self._relations(report).relations() if self.relations else (),
        )

    def _annotations(self, report: Report) -> Mentions:
        passages = tuple(self._passages(self._gap()))
        known_to = passages[-1].offset + len(passages[-1].text) if passages else 0
        found = Mentions(report, TOOL, self.record, passages, known_to)
        for row in self.mentions:
            found.add(row.line, row.text, row.type_word, row.identifier, (row.span,), None, row.note)
        beyond = [row for row in self.mentions if row.span[0] >= known_to] if passages else []
        if beyond:
            what = f"{self.record}: {len(beyond)} mentions behind the end of the text that the file holds; their places cannot be checked"
            report.suspect(beyond[0].line, what, beyond[0].text)
        return found

    def _passages(self, gap: int) -> Iterator[Passage]:
        offset = 0
        for row in self.passages:
            yield Passage(offset, row.text, row.section)
            offset += len(row.text) + gap

    def _gap(self) -> int:
        """How many code points lie between passages: one, but in the files of PubTator Central, whose titles end with a
        space, none. What more of the mentions agree with is right.
        """
        one = self._matches(" ")
        return 1 if one == len(self.mentions) or one >= self._matches("") else 0

    def _matches(self, separator: str) -> int:
        text = separator.join(row.text for row in self.passages)
        return sum(text[row.span[0] : row.span[1]] == row.text for row in self.mentions)

    def _relations(self, report: Report) -> Relations:
        found = Relations(report, TOOL, self.record)
        types = self._types()
        for row in self.relations:
            if row.novelty.casefold() not in _NOVEL:
                report.suspect(row.line, f"{self.record}: a fifth column that is neither Novel nor No; left out", row.novelty)
            first, second = (side(text, _type_of(text, types)) for text in row.sides)
            found.add(row.line, row.name, (first, second), _NOVEL.get(row.novelty.casefold()))
        return found

    def _types(self) -> dict[str, str | None]:
        """The entity type that the mentions give each identifier; None where they give it several."""
        found: dict[str, str | None] = {}
        for type_word, identifier in dict.fromkeys((row.type_word, row.identifier) for row in self.mentions):
            entity_type, _ = type_named(type_word)
            for text in {identifier.strip(), *map(str.strip, _SEPARATORS.split(identifier))}:
                found[text] = entity_type if found.get(text, entity_type) == entity_type else None
        return found


def _type_of(text: str, types: dict[str, str | None]) -> str | None:
    """The type of an identifier, or the one of all those that it consists of."""
    if text.strip() in types:
        return types[text.strip()]
    found = {types.get(part.strip()) for part in _SEPARATORS.split(text)}
    return found.pop() if len(found) == 1 else None
