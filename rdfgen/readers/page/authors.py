"""The line of authors on paper pages: names as printed, with their suffixes, and ORCID iDs."""

import re

from rdfgen.identifiers import orcid_reference
from rdfgen.model import Author
from rdfgen.report import Report

_DEGREE = (
    r"M\.?D|D\.?O|Ph\.?D|D\.?Phil|Sc\.?D|Psy\.?D|Ed\.?D|Pharm\.?D|Dr\.?P\.?H|M\.?B\.?B\.?S|M\.?Sc|B\.?Sc|M\.?S|M\.?A|M\.?P\.?H"
    r"|M\.?B\.?A"
)
_SUFFIX = re.compile(rf"(?:Jr|Sr|II|III|IV|V|2nd|3rd|4th|{_DEGREE}|R\.?N|R\.?D|D\.?D\.?S|D\.?V\.?M|Esq|FACP|FRCP|FRCPsych)\.?")
_REST = re.compile(r"(?:(?:and |& )?(?:et al|others)\.?|\.{3}|…)", re.IGNORECASE)
_AND_REST = re.compile(r"\s(?:et al|and others)\.?$", re.IGNORECASE)
_ORCID = re.compile(r"[(\[]?(?:ORCID:?\s?)?((?:https?://orcid\.org/)?\d{4}-\d{4}-\d{4}-\d{3}[\dX])\s?[)\]]?$", re.IGNORECASE | re.ASCII)
_SEMICOLON = re.compile(r";(?:\s+|$)")
_COMMA = re.compile(r",(?![^()]{0,200}\))")
_LINK = re.compile(r"\[([^\]]*)\]\((https?://orcid\.org/[^)]*)\)")
_NOBODY = frozenset({"-", "–", "—", "n/a", "none", "unknown"})


def authors(text: str, line: int, report: Report) -> list[Author]:
    """The authors in the text, in order.

    >>> [author.name for author in authors("Ann Lee, MD, PhD, Bo Li, Jr., and Cy Wu", 3, Report("page.txt"))]
    ['Ann Lee, MD, PhD', 'Bo Li, Jr.', 'Cy Wu']
    """
    names: list[str] = []
    if text.strip().casefold() in _NOBODY:
        report.skip(line, "no authors", text)
        return []
    for piece in _pieces(text):
        rest = _REST.fullmatch(piece) or _AND_REST.search(piece)
        if rest:
            report.skip(line, "the list of authors is cut", piece)
            piece = piece[: rest.start()].strip()
        if names and _SUFFIX.fullmatch(piece):
            names[-1] += f", {piece}"
        elif piece:
            names.append(re.sub(r"^(?:and|&)\s+(?=\S)", "", piece))
    found = (_author(name, line, report) for name in names)
    return [author for author in found if author is not None]


def _pieces(text: str) -> list[str]:
    """The text at its separators: semicolons if they stand between names, inverted or not, else commas outside brackets.

    >>> _pieces("Lee, Ann; Li, Bo"), _pieces("Group A (B, C), Se&aacute;n Wu;")
    (['Lee, Ann', 'Li, Bo'], ['Group A (B, C)', 'Se&aacute;n Wu'])
    """
    by_semicolon = [piece.strip() for piece in _SEMICOLON.split(text) if piece.strip()]
    if len(by_semicolon) > 1 and all(_is_one_name(piece) for piece in by_semicolon):
        return by_semicolon
    return [piece.strip(" ;") for piece in _COMMA.split(text)]


def _is_one_name(text: str) -> bool:
    """Whether the text has at most a family name and a given name, suffixes aside."""
    return sum(_SUFFIX.fullmatch(part.strip()) is None for part in text.split(",")) <= 2


def _author(text: str, line: int, report: Report) -> Author | None:
    linked = _LINK.fullmatch(text)
    text = (f"{linked[1]} {linked[2]}" if linked else text).strip("*_ ")
    match = _ORCID.search(text)
    if match is None:
        return Author(text)
    orcid = orcid_reference(match[1])
    if orcid is None:
        report.skip(line, "not an ORCID iD: its check digit is wrong", match[1])
    name = text[: match.start()].strip()
    if not name:
        report.skip(line, "an author without a name", text)
        return None
    return Author(name, orcid)
