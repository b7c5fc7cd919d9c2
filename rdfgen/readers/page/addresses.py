"""The web addresses on a paper page, and the identifiers of the paper that they hold."""

import re
from urllib.parse import unquote

from rdfgen.identifiers import doi_reference, reference
from rdfgen.iris import web_iri
from rdfgen.model import Reference
from rdfgen.readers.page.sections import Layout, Section
from rdfgen.report import Report

_ADDRESS = re.compile(r"https?://[^\s<>\"')\]]+", re.IGNORECASE)
_FULL_TEXT_FILE = re.compile(r"/full(?:\.md)?$", re.IGNORECASE)
_END = r"(?![0-9A-Za-z])"
_IN_ADDRESS = {
    "PMCID": re.compile(rf"/PMC0*([1-9]\d{{0,9}}){_END}", re.IGNORECASE | re.ASCII),
    "PMID": re.compile(
        rf"(?:/PMID[:_-]?|pubmed\.ncbi\.nlm\.nih\.gov/|/pubmed/|/article/MED/)0*([1-9]\d{{0,9}}){_END}", re.IGNORECASE | re.ASCII
    ),
    "arXiv": re.compile(
        rf"(?:arxiv\.org/(?:abs|pdf)/|/arxiv[:_-])((?:[a-z-]+(?:\.[A-Z]{{2}})?/)?\d+(?:\.\d+)?(?:v\d+)?){_END}", re.IGNORECASE | re.ASCII
    ),
}
_DOI_IN_ADDRESS = re.compile(r"doi\.org/(10\.\d{4,9}/[^?#\s]+)|/(10\.\d{4,9}/[^/?#\s]+)$", re.IGNORECASE | re.ASCII)
_PREPRINT_VERSION = re.compile(r"(?<=\d)v\d+(?:\.full\S*)?$")


def source_address(page: Layout, report: Report) -> str | None:
    """The address behind `Source:` as an IRI; None where it is none or the page's end has cut it."""
    if page.source is None:
        return None
    words = page.source.split()
    first = words[0] if words else ""
    linked = _ADDRESS.search(first) if first.startswith(("<", "[")) else None
    address = web_iri(linked[0] if linked else first)
    if address is None:
        report.skip(page.source_line, "the source is not an http(s) address", page.source)
        return None
    if len(words) > 1:
        report.skip(page.source_line, "text behind the address of the source", " ".join(words[1:]))
    if page.ends_in_line and _is_cut(address, part_addresses(page)):
        report.skip(page.source_line, "the page ends within the address of its source, which other lines have whole", page.source)
        return None
    return address


def part_addresses(page: Layout) -> list[str]:
    """The addresses of the paper's full text; others, as in a list of references, are not the paper's own."""
    full_text = [address for line in _certain_lines(page.section("full_text")) for address in addresses(line)]
    others = [address for key in ("figures", "references") for line in _certain_lines(page.section(key)) for address in addresses(line)]
    return full_text + [address for address in others if _FULL_TEXT_FILE.search(address)]


def addresses(line: str) -> list[str]:
    """The http(s) addresses in a line, without the punctuation that follows them.

    >>> addresses("Fetch it (https://example.org/full.md).")
    ['https://example.org/full.md']
    """
    return [address.rstrip(".,;") for address in _ADDRESS.findall(line)]


def identifiers_in(address: str) -> list[Reference]:
    """The identifiers of a paper that its address holds.

    >>> [str(found) for found in identifiers_in("https://www.biorxiv.org/content/10.1101/2026.01.02.123456v2")]
    ['DOI:10.1101/2026.01.02.123456']
    """
    found = [reference(match[1], prefix) for prefix, form in _IN_ADDRESS.items() if (match := form.search(address))]
    doi = _DOI_IN_ADDRESS.search(address)
    if doi is not None:
        name = unquote(doi[1] or doi[2])
        found.append(doi_reference(_PREPRINT_VERSION.sub("", name) if "rxiv.org/" in address else name))
    return [identifier for identifier in found if identifier is not None]


def _is_cut(address: str, others: list[str]) -> bool:
    """Whether another address goes on where this one ends and names a paper that this one does not."""
    return any(other.startswith(address) and identifiers_in(other) != identifiers_in(address) for other in others)


def _certain_lines(section: Section) -> list[str]:
    """The lines; of one that the page's end may have cut only its words before the last."""
    if not section.is_cut:
        return section.lines
    return [*section.lines[:-1], section.lines[-1].rpartition(" ")[0]] if section.lines else []
