"""Files that are meant to do harm, for each reader, and a process that reads one and tells what it took.

python -m tests.hostile CASE        prints the peak of resident memory in bytes, and the CPU seconds
"""

import io
import resource
import sys
from pathlib import Path

from rdfgen.readers import READERS
from rdfgen.report import Report

MEGABYTES = 20
_MB = 1 << 20


class Endless(io.RawIOBase):
    """A stream that repeats some bytes for that many megabytes, after a head."""

    def __init__(self, head: bytes, block: bytes, megabytes: int) -> None:
        self._data = head
        self._block = block * max(1, 65536 // len(block))
        self._left = megabytes * _MB

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        if not self._data and self._left > 0:
            self._data, self._left = self._block, self._left - len(self._block)
        count = min(len(buffer), len(self._data))
        buffer[:count], self._data = self._data[:count], self._data[count:]
        return count


# A name, what a file starts with, and what is then repeated.
HOSTILE: dict[str, tuple[str, bytes, bytes]] = {
    "one endless line": ("pubtator", b"7|t|x\n7|a|", b"word "),
    "rows of one paper": ("pubtator-bulk", b"", b"7\tGene\t1\tx|y\tPubTator3\n"),
    "rows without an end": ("pubtator-bulk", b"7\tGene\t", b"1;2;"),
    "relations of one paper": ("pubtator-relations", b"", b"7\tassociate\tGene|1\tGene|2\n"),
    "an endless field": ("pmc-ids", b'PMID,DOI,PMCID\n1,"', b"x,"),
    "nested arrays": ("bioc-json", b'{"PubTator3":[', b"["),
    "nested objects": ("bioc-json", b'{"documents":[', b'{"a":'),
    "an endless string": ("bioc-json", b'{"PubTator3":[{"id":"', b"x"),
    "open braces in a string": ("bioc-json", b'[{"id":"1","passages":[{"text":"', b"{"),
    "documents that are never closed": ("bioc-xml", b"<collection>", b"<document><id>1</id>"),
    "an endless comment": ("bioc-xml", b"<collection><document><!--", b"<document>"),
    "an endless tag": ("pubmed", b"<PubmedArticleSet><PubmedArticle ", b'a="1" '),
    "nested elements": ("jats", b"<article><front>", b"<sec>"),
    "an endless prolog": ("jats", b"<article/>", b"<!-- - "),
}


def main(case: str) -> None:
    """Read one of them to its end."""
    name, head, block = HOSTILE[case]
    report = Report("x", drain=lambda report: report.entries.clear())
    for _ in READERS[name].read(io.BufferedReader(Endless(head, block, MEGABYTES)), report):
        pass
    used = resource.getrusage(resource.RUSAGE_SELF)
    print(_peak(), used.ru_utime + used.ru_stime)


def _peak() -> int:
    """This process's own peak: the one of `getrusage` is never less than that of the process that started it."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return next(int(line.split()[1]) << 10 for line in status.splitlines() if line.startswith("VmHWM:"))


if __name__ == "__main__":
    main(sys.argv[1])
