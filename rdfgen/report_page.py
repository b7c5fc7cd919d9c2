"""The report as a page for people: sums, every source, and each kind of doubt with its first examples."""

from collections.abc import Mapping
from importlib.resources import files
from pathlib import Path

from jinja2 import Environment

from rdfgen.entity_types import ENTITY_TYPES
from rdfgen.report import Kind, Totals


def write_page(totals: Totals, path: Path, data: str | None = None, quality: Mapping[str, float] | None = None) -> None:
    """Write the page; `data` is the name of the file beside it that has every entry, `quality` are numbers by their names."""
    template = Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True).from_string(
        (files("rdfgen") / "report.html.jinja").read_text(encoding="utf-8")
    )
    groups = sorted(totals.groups.values(), key=lambda group: (list(Kind).index(group.kind), -group.count, group.reason))
    counted = {name for source in totals.sources for name in source.resolved + source.unresolved}
    kinds = [kind for kind in Kind if kind not in (Kind.UNRESOLVED, Kind.EXCLUDED, Kind.INVALID)]
    found = {kind for source in totals.sources for kind in source.kinds}
    types = [*ENTITY_TYPES, ""]
    page = template.render(totals=totals, groups=groups, types=types, counted=counted, kinds=kinds, found=found, data=data, quality=quality)
    path.write_text(page, encoding="utf-8", errors="backslashreplace", newline="\n")
