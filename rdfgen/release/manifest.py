"""The manifest: what went into a release and every file that came out, with sizes and checksums."""

import json
import sqlite3
import unicodedata
import zlib
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from functools import cache
from hashlib import sha256
from importlib.resources import files
from pathlib import Path

import msgspec
import pyoxigraph
import yaml
import zstandard
from lxml import etree

from rdfgen import __version__
from rdfgen.errors import ReleaseError
from rdfgen.sources import file_sha256

MANIFEST = "manifest.json"
MANIFEST_SUM = "manifest.json.sha256"
# Oxigraph's own log names the machine; its lock file means nothing in a copy.
_CODE = frozenset({".py", ".ttl", ".jinja"})
NOT_LISTED = frozenset({MANIFEST, MANIFEST_SUM, "store/LOG", "store/LOCK"})


@dataclass(frozen=True, slots=True)
class Input:
    """One input file: as the user named it, its role (`paper`, `include`, `mappings` …), and its checksum."""

    path: str
    role: str
    sha256: str


@dataclass(frozen=True, slots=True)
class File:
    """One file of a release; `part` and `triples` (or quads) where it is a dump."""

    path: str
    bytes: int
    sha256: str
    part: str | None = None
    triples: int | None = None


@dataclass(slots=True)
class Manifest:
    """All that `manifest.json` says; `graphs` counts triples by named graph, "" being the default graph."""

    release: str
    base: str
    settings: dict[str, str | bool]
    built: str
    inputs: list[Input]
    software: dict[str, str]
    graphs: dict[str, int]
    counts: dict[str, int]
    files: list[File] = field(default_factory=list)

    def write(self, folder: Path) -> None:
        """Write the manifest into the release's folder, and its checksum as `sha256sum -c` reads it."""
        text = json.dumps(asdict(self), indent=1, ensure_ascii=False) + "\n"
        content = text.encode("utf-8", errors="backslashreplace")
        (folder / MANIFEST_SUM).write_text(f"{sha256(content).hexdigest()}  {MANIFEST}\n", encoding="ascii")
        (folder / MANIFEST).write_bytes(content)

    def dumps(self) -> list[File]:
        """The dump files, in the order of the manifest."""
        return [file for file in self.files if file.part is not None]


def read_manifest(folder: Path) -> Manifest:
    """The manifest of the release in that folder; ReleaseError if it cannot be read."""
    try:
        fields = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        inputs = [Input(**row) for row in fields.pop("inputs")]
        files = [File(**row) for row in fields.pop("files")]
        return Manifest(inputs=inputs, files=files, **fields)
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise ReleaseError(f"{folder / MANIFEST}: error: no readable manifest ({error}); build the release again") from error


def software_versions() -> dict[str, str]:
    """What the bytes of a release depend on besides its inputs; `code` stands for our code and ontology as they are."""
    return {
        "litlod": __version__,
        "code": _code_digest(),
        "libxml2": ".".join(map(str, etree.LIBXML_VERSION)),
        "msgspec": msgspec.__version__,
        "pyoxigraph": pyoxigraph.__version__,
        "pyyaml": yaml.__version__,
        "sqlite": sqlite3.sqlite_version,
        "unicode": unicodedata.unidata_version,
        "zlib": zlib.ZLIB_RUNTIME_VERSION,
        "zstandard": zstandard.__version__,
    }


@cache
def _code_digest() -> str:
    texts: dict[str, bytes] = {}
    for package in ("rdfgen", "ontology"):
        root = Path(str(files(package)))
        texts |= {f"{package}/{path.relative_to(root)}": path.read_bytes() for path in root.rglob("*") if path.suffix in _CODE}
    content = b"".join(name.encode() + b"\0" + sha256(text).digest() for name, text in sorted(texts.items()))
    return sha256(content).hexdigest()[:16]


def release_id(inputs: list[Input], settings: Mapping[str, str | bool], software: dict[str, str]) -> str:
    """Sixteen hexadecimal digits that stand for the contents of the inputs, the settings and the software.

    >>> release_id([Input("a", "paper", "00")], {"base": "http://x/"}, {})
    '11607b7c06c89e0f'
    """
    content = {
        "inputs": sorted((row.role, row.sha256) for row in inputs),
        "settings": dict(settings),
        "software": software,
    }
    return sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()[:16]


def listed_files(folder: Path, dumps: dict[str, tuple[str, int]]) -> list[File]:
    """Every file below a release's folder; `dumps` gives part and number of triples by path."""
    paths = {str(path.relative_to(folder)): path for path in sorted(folder.rglob("*")) if path.is_file()}
    return [_listed(path, name, dumps) for name, path in paths.items() if name not in NOT_LISTED]


def _listed(path: Path, name: str, dumps: dict[str, tuple[str, int]]) -> File:
    part, triples = dumps.get(name, (None, None))
    return File(name, path.stat().st_size, file_sha256(path), part, triples)
