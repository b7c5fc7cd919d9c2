"""Running the `litlod` command for tests, in this process or in one of its own, and pages to run it on."""

import io
import os
import subprocess
import sys
from collections.abc import Mapping
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from unittest.mock import patch

from rdfgen import cli

ROOT = Path(__file__).parent.parent
SEEDS = ROOT / "seeds"
COMMAND = (sys.executable, "-c", "from rdfgen.cli import main; main()")


@dataclass(frozen=True, slots=True)
class Run:
    """What one run of the command left behind."""

    exit_code: int
    stdout: bytes
    stderr: str

    @property
    def text(self) -> str:
        return self.stdout.decode()


def litlod(*arguments: str | Path, stdin: bytes = b"") -> Run:
    """Run the command in this process."""
    output, errors = (io.TextIOWrapper(io.BytesIO(), encoding="utf-8", write_through=True) for _ in range(2))
    source = io.TextIOWrapper(io.BytesIO(stdin), encoding="utf-8")
    exit_code = 0
    with patch("sys.argv", ["litlod", *map(str, arguments)]), patch("sys.stdin", source), redirect_stdout(output), redirect_stderr(errors):
        try:
            cli.main()
        except SystemExit as stop:
            assert isinstance(stop.code, int)
            exit_code = stop.code
    return Run(exit_code, _bytes(output), _bytes(errors).decode())


def _bytes(stream: io.TextIOWrapper) -> bytes:
    stream.flush()
    stream.seek(0)
    return bytes(stream.buffer.read())


def litlod_process(*arguments: str | Path, stdin: bytes = b"", environment: Mapping[str, str] | None = None) -> Run:
    """Run the command in a process of its own."""
    command = [*COMMAND, *map(str, arguments)]
    done = subprocess.run(command, input=stdin, capture_output=True, cwd=ROOT, env=os.environ | (environment or {}), check=False)
    return Run(done.returncode, done.stdout, done.stderr.decode())


def page_text(number: int) -> str:
    """A small page of a paper of its own, with concepts that other numbers share."""
    gene, disease = number % 7 + 1, number % 5 + 1
    return f"""# Paper {number} on “zinc” & mood

**Authors:** Ada Lovelace, Author {number}

PMC · DOI: 10.1234/Test.{number} · Journal {number % 3} · 2026-02-{number % 28 + 1:02}

## Abstract

Words about <b>number {number}</b> with \\ and " and Δ.

## Linked entities

- **Genes:** G{gene} (gene {gene}) [NCBI Gene {gene}]
- **Diseases:** ailment {number} (MONDO:{disease:07})

## Full-text entities

- **Chemicals:** thing {number} (-), zinc (MESH:D01504{number % 10})

---
Source: https://example.org/paper/PMC{number}
"""
