"""How long a search index takes to build, how large it is, and how fast it answers: `python -m benchmarks.search FOLDER [PAPERS]`.

FOLDER must not be there yet. Makes up papers with titles of twelve words, whose frequencies fall as those of words do (Zipf),
and 50,000 genes that they mention; then prints the tables of docs/search.md. Each query opens the index anew, as a request does.
"""

import random
import resource
import sqlite3
import statistics
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from itertools import accumulate
from pathlib import Path

from rdfgen.iris import Iris
from rdfgen.search.check import opened_index
from rdfgen.search.index import INDEX, write_index
from server.search.asked import asked
from server.search.ranking import found

_TYPE = "<http://www.w3.org/1999/02/22-rdf-syntax-ns#type>"
_SYLLABLES = tuple("ba ce di fo gu ha ki lo me nu pa qui ra so tu va xe yl zo thi phe ran col min der".split())  # noqa: SIM905  # one line
_GENES = 50_000
_RUNS = 5


def main(folder: Path, papers: int) -> None:
    """Build the index and ask it."""
    folder.mkdir(parents=True)
    words = _words(random.Random(1))  # no secrets
    _write_parts(folder, papers, words, random.Random(2))  # no secrets
    size = sum(path.stat().st_size for path in folder.glob("*.nt"))
    start = time.perf_counter()
    write_index(folder, folder / INDEX, Iris())
    seconds = time.perf_counter() - start
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print("| papers | concepts | N-Triples | time | index | peak memory |\n|---|---|---|---|---|---|")
    print(
        f"| {papers:,} | {_GENES:,} | {size >> 20:,} MiB | {seconds:.0f} s | {(folder / INDEX).stat().st_size >> 20:,} MiB | {peak} MiB |"
    )
    print("\n| search | filters | results | first, ms | median, ms |\n|---|---|---|---|---|")
    for text, kind, year in _searches(folder, words):
        times, number, is_cut = _timed(folder, text, kind, year)
        shown = f"{text[:30]}…" if len(text) > 31 else text  # a column's width
        filters = " ".join(filter(None, (kind, year)))
        print(f"| {shown} | {filters} | {number:,}{' and more' * is_cut} | {times[0]:.1f} | {statistics.median(times):.1f} |")


def _words(chance: random.Random) -> list[str]:
    made = {"".join(chance.choice(_SYLLABLES) for _ in range(chance.randint(2, 4))) for _ in range(60_000)}
    found = sorted(word for word in made if len(word) > 4)  # none that is a common word
    chance.shuffle(found)
    return ["the", "of", "in", "and", "a", "with", *found]


def _write_parts(folder: Path, papers: int, words: list[str], chance: random.Random) -> None:
    weights = list(accumulate(1 / (rank + 3) for rank in range(len(words))))
    with open(folder / "concepts.nt", "w", encoding="ascii") as file:
        for number in range(1, _GENES + 1):
            file.writelines(_gene(number, chance.choices(words, cum_weights=weights, k=4)))
    with open(folder / "papers.nt", "w", encoding="ascii") as file, open(folder / "annotations.nt", "w", encoding="ascii") as mentions:
        for number in range(1, papers + 1):
            genes = sorted({int(chance.paretovariate(0.6)) % _GENES + 1 for _ in range(3)})
            file.writelines(_paper(number, " ".join(chance.choices(words, cum_weights=weights, k=12)), genes))
            mentions.writelines(line for gene in genes for line in _mention(number, gene, words[(gene * 7 + number % 3) % len(words)]))


def _gene(number: int, words: list[str]) -> Iterator[str]:
    s = f"<http://identifiers.org/ncbigene/{number}>"
    yield f'{s} <http://purl.org/dc/terms/identifier> "NCBIGene:{number}" .\n'
    yield f"{s} {_TYPE} <{Iris().term('Gene')}> .\n"
    yield f'{s} <http://www.w3.org/2000/01/rdf-schema#label> "{words[0][:4].upper()}{number % 97}" .\n'
    yield f'{s} <http://www.w3.org/2004/02/skos/core#altLabel> "{" ".join(words[1:])}" .\n'


def _paper(number: int, title: str, genes: list[int]) -> Iterator[str]:
    s = f"<{Iris().below(f'paper/PMC{number}')}>"
    yield f"{s} {_TYPE} <https://schema.org/ScholarlyArticle> .\n"
    yield f'{s} <http://purl.org/dc/terms/title> "{title}" .\n'
    yield f'{s} <http://purl.org/spar/fabio/hasPubMedCentralId> "PMC{number}" .\n'
    yield f'{s} <http://purl.org/ontology/bibo/doi> "10.1234/j.{number}" .\n'
    yield f'{s} <http://purl.org/dc/terms/issued> "{2000 + number % 27}" .\n'
    yield from (f"{s} <https://schema.org/mentions> <http://identifiers.org/ncbigene/{gene}> .\n" for gene in genes)


def _mention(paper: int, gene: int, text: str) -> Iterator[str]:
    s = f"<{Iris().below(f'paper/PMC{paper}')}#mention-{gene}>"
    yield f"{s} <http://www.w3.org/ns/oa#hasBody> <http://identifiers.org/ncbigene/{gene}> .\n"
    yield f'{s} <{Iris().term("surfaceForm")}> "{text}" .\n'


def _searches(folder: Path, words: list[str]) -> Iterator[tuple[str, str, str]]:
    """Twenty searches: frequent and rare words, names, beginnings, typing errors, filters."""
    with closing(opened_index(folder)) as index:
        gene = _one(index, "SELECT label FROM thing WHERE id = 1")
        title = _one(index, "SELECT label FROM thing WHERE kinds = 'paper' ORDER BY id DESC LIMIT 1")
    frequent, usual, rare = words[8], words[300], words[-5]
    yield from ((text, "", "") for text in ("the", "of in the", "a", frequent, usual, rare, f"{frequent} {words[9]}", f"the {rare}"))
    yield from ((text, "", "") for text in (frequent[:2], frequent[:3], usual[:5], gene, f"{gene} {usual}", title, f"{usual}w"))
    yield from (("the", "paper", "2005"), ("the", "gene", ""), (frequent, "", "2010"), (frequent[:3], "gene", ""), (rare, "paper", "2001"))


def _one(index: sqlite3.Connection, query: str) -> str:
    return str(index.execute(query).fetchone()[0])


def _timed(folder: Path, text: str, kind: str, year: str) -> tuple[list[float], int, bool]:
    """The milliseconds of each run, how many results there are, and whether there are more."""
    times = []
    for _ in range(_RUNS):
        start = time.perf_counter()
        with closing(opened_index(folder)) as index:
            result = found(index, asked(text, kind, year))
        times.append((time.perf_counter() - start) * 1000)
    return times, len(result.things), result.is_cut


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 1_000_000)  # arguments
