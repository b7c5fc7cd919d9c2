"""The page of a folder of dumps, for those who get it from any web server: what each file is, and on what terms."""

from importlib.resources import files
from pathlib import Path

from jinja2 import Environment

from rdfgen.iris import Iris
from rdfgen.release.dumps import CHECKSUMS, DESCRIPTION, INDEX, WHOLE
from rdfgen.release.licences import SUMMARY, licence, rights
from rdfgen.sources import file_sha256


def write_index(folder: Path, release: str, iris: Iris, dumps: dict[str, tuple[str, int]]) -> None:
    """Write the page; `dumps` gives part and number of triples by file name.

    Its links are relative, and the same files give the same page.
    """
    rows = [
        {"name": name, "part": part, "triples": count, "bytes": (folder / name).stat().st_size, "sha256": file_sha256(folder / name)}
        for name, (part, count) in sorted(dumps.items(), key=lambda row: (row[1][0] != WHOLE, row[0]))
    ]
    parts = sorted({part for part, _ in dumps.values()} - {WHOLE})
    template = Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True).from_string(
        (files("rdfgen") / "dumps.html.jinja").read_text(encoding="utf-8")
    )
    page = template.render(
        release=release,
        iri=iris.release(release),
        dataset=iris.dataset(),
        rows=rows,
        terms={part: (rights(part), licence(part)) for part in parts},
        summary=SUMMARY,
        checksums=CHECKSUMS,
        description=DESCRIPTION,
    )
    (folder / INDEX).write_text(page, encoding="utf-8", newline="\n")
