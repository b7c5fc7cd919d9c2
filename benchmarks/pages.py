"""Deterministic paper pages in the form of seeds/, as many as wanted."""

from collections.abc import Iterator
from pathlib import Path

_GENES = 60
_DISEASES = 36
_CHEMICALS = 49


def write_pages(folder: Path, count: int) -> list[Path]:
    """Write `count` different pages; the same number gives the same bytes everywhere."""
    folder.mkdir(parents=True, exist_ok=True)
    return [_written(folder / f"{number:06}.txt", number) for number in range(1, count + 1)]


def _written(path: Path, number: int) -> Path:
    path.write_text("".join(_page(number)), encoding="utf-8")
    return path


def _page(number: int) -> Iterator[str]:
    url = f"https://example.org/paper/PMC{1_000_000 + number}"
    yield f"# Signalling of concept {number} in “disease” {number % 97}: a study\n\n"
    yield "**Authors:** " + ", ".join(f"Ada Author{number % 89 + i}" for i in range(7)) + "\n\n"
    yield f"PMC · DOI: 10.1234/bench.{number} · Journal {number % 31} · 20{number % 26:02}-0{number % 9 + 1}-11\n\n"
    yield f"## TL;DR\n\nThis paper shows how concept {number} is linked to others.\n\n"
    yield f"## Contribution\n\nA contribution of paper {number}.\n\n"
    yield "## Key findings\n\n" + "".join(f"- Finding {i} of paper {number}.\n" for i in range(3)) + "\n"
    yield f"## Abstract\n\n{'Trace elements take part in “many” processes. ' * 30}Paper {number}.\n\n"
    yield f"## Linked entities\n\n- **Diseases:** disorder (MONDO:{number % 30_000:07})\n\n"
    yield "## Full-text entities\n\n"
    yield "- **Genes:** " + ", ".join(_gene(number, i) for i in range(_GENES)) + "\n"
    yield "- **Diseases:** " + ", ".join(f"condition, type {i} (MESH:D{(number * 7 + i) % 60_000:06})" for i in range(_DISEASES)) + "\n"
    yield "- **Chemicals:** " + ", ".join(f"2,{i}-compound (MESH:C{(number * 11 + i) % 90_000:06})" for i in range(_CHEMICALS)) + "\n"
    yield "- **Species:** Homo sapiens (human, species) [taxon 9606]\n- **Mutations:** rs11832738, serine/threonine\n\n"
    yield f"## Figures\n\n{number % 9 + 1} figures with captions in the complete paper: {url}/full.md\n\n---\nSource: {url}"


def _gene(number: int, i: int) -> str:
    gene = (number * 13 + i) % 40_000 + 1
    return f"GEN{gene} (gene {gene}, subunit (epsilon {i})) [NCBI Gene {gene}] {{aka G{gene}A, G-{gene}, Ge{gene}}}"
