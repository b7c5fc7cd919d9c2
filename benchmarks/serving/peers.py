"""The servers that are compared, each on the same triples: how it is installed, started, and what its version is."""

import re
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import zstandard

LITLOD = (sys.executable, "-c", "from rdfgen.cli import main; main()")
# rdflib-endpoint over oxrdflib over the same store, for uvicorn.
_RDFLIB_APPLICATION = """
import pyoxigraph, sys
from oxrdflib import OxigraphStore
from rdflib import Dataset
from rdflib_endpoint import SparqlEndpoint
graph = Dataset(store=OxigraphStore(store=pyoxigraph.Store.read_only({store!r})), default_union=False)
app = SparqlEndpoint(graph=graph, path="/sparql")
"""
_VIRTUOSO_SETTINGS = """
[Database]
DatabaseFile = {folder}/virtuoso.db
ErrorLogFile = {folder}/virtuoso.log
LockFile = {folder}/virtuoso.lck
TransactionFile = {folder}/virtuoso.trx
xa_persistent_file = {folder}/virtuoso.pxa
[TempDatabase]
DatabaseFile = {folder}/temporary.db
TransactionFile = {folder}/temporary.trx
[Parameters]
ServerPort = {isql}
DirsAllowed = {folder}
NumberOfBuffers = 170000
MaxDirtyBuffers = 130000
[HTTPServer]
ServerPort = 127.0.0.1:{port}
ServerRoot = {folder}
ServerThreads = 8
[SPARQL]
ResultSetMaxRows = 10000000
MaxQueryExecutionTime = 600
"""
_START_SECONDS = 600


class Missing(Exception):
    """A peer that is not here, and why."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where the release is, and a folder for what the peers need."""

    data: Path
    folder: Path

    @property
    def store(self) -> Path:
        """The store of the release."""
        return self.data / "current" / "store"

    @property
    def binaries(self) -> Path:
        """The programs that PyPI has; the same for releases of any size."""
        return self.folder.parent / "peers" / "bin"


@dataclass(frozen=True, slots=True)
class Peer:
    """A running server: the name in the tables, its processes, and the address of its endpoint."""

    name: str
    process: int
    url: str


def installed(place: Place) -> None:
    """Install the peers that PyPI has into a virtual environment of their own."""
    if not place.binaries.exists():
        subprocess.run([sys.executable, "-m", "venv", str(place.binaries.parent)], check=True)
    wanted = ["oxigraph", "rdflib-endpoint", "oxrdflib", "uvicorn"]
    for package in wanted:
        command = [str(place.binaries / "pip"), "install", "--quiet", "--disable-pip-version-check", package]
        subprocess.run(command, check=False, stderr=subprocess.DEVNULL)


def litlod(place: Place, port: int, *options: str) -> list[str]:
    """Our server with two query processes, one for each core of a small machine."""
    return [*LITLOD, "serve", "--data", str(place.data), "--port", str(port), *options]


def oxigraph(place: Place, port: int) -> list[str]:
    """The native server, read-only."""
    program = place.binaries / "oxigraph"
    if not program.exists():
        raise Missing("the package oxigraph is not installed")
    return [str(program), "serve-read-only", "--location", str(place.store.resolve()), "--bind", f"127.0.0.1:{port}"]


def rdflib_endpoint(place: Place, port: int) -> list[str]:
    """rdflib-endpoint under uvicorn with two processes."""
    if not (place.binaries / "rdflib-endpoint").exists():
        raise Missing("the package rdflib-endpoint is not installed")
    module = place.folder / "rdflib_server.py"
    module.write_text(_RDFLIB_APPLICATION.format(store=str(place.store.resolve())), encoding="utf-8")
    uvicorn = [str(place.binaries / "uvicorn"), "--app-dir", str(place.folder), "--workers", "2", "--port", str(port)]
    return [*uvicorn, "--log-level", "error", "rdflib_server:app"]


def virtuoso(place: Place, port: int) -> list[str]:
    """Virtuoso, loaded from the dumps the first time."""
    program = shutil.which("virtuoso-t")
    if program is None or shutil.which("isql-vt") is None:
        raise Missing("virtuoso-t is not installed (Debian: virtuoso-opensource)")
    folder = place.folder / "virtuoso"
    folder.mkdir(exist_ok=True)
    settings = _VIRTUOSO_SETTINGS.format(folder=folder, port=port, isql=port + 1)
    (folder / "virtuoso.ini").write_text(settings, encoding="utf-8")
    return [program, "+foreground", "+configfile", str(folder / "virtuoso.ini")]


def load_virtuoso(place: Place, port: int) -> None:
    """Load the dump of everything into a graph, unless that has been done."""
    folder = place.folder / "virtuoso"
    if (folder / "loaded").exists():
        return
    dumps = place.data / "current" / "dumps"
    for path in sorted(dumps.glob("all.nt.zst")) or sorted(dumps.glob("*.nt.zst")):
        with zstandard.open(path, "rb") as source, open(folder / path.stem, "wb") as target:
            shutil.copyfileobj(source, target)
    commands = f"ld_dir('{folder}', '%.nt', 'https://w3id.org/litlod/'); rdf_loader_run(); checkpoint;"
    isql = ["isql-vt", f"127.0.0.1:{port + 1}", "dba", "dba", "VERBOSE=OFF", f"EXEC={commands}"]
    subprocess.run(isql, check=True, stdout=subprocess.DEVNULL, timeout=3_600)
    for path in folder.glob("*.nt"):
        path.unlink()
    (folder / "loaded").touch()


_NO_ANSWERS_KEPT = ("--cache-memory", "0")
# By name in the tables: how it is started, and the path of its endpoint.
PEERS: dict[str, tuple[Callable[[Place, int], list[str]], str]] = {
    "LitLOD": (lambda place, port: litlod(place, port, *_NO_ANSWERS_KEPT), "sparql"),
    "LitLOD, cached": (litlod, "sparql"),
    "oxigraph": (oxigraph, "query"),
    "rdflib-endpoint": (rdflib_endpoint, "sparql"),
    "Virtuoso": (virtuoso, "sparql"),
}


def versions(place: Place) -> dict[str, str]:
    """What is compared, by package or program."""
    found = {"Python": sys.version.split()[0]}
    listed = subprocess.run([str(place.binaries / "pip"), "list", "--format", "freeze"], capture_output=True, text=True, check=False)
    rows = (line.split("==") for line in listed.stdout.splitlines() if "==" in line)
    found |= {name: version for name, version in rows if name in ("oxigraph", "rdflib-endpoint", "oxrdflib", "rdflib", "uvicorn")}
    own = subprocess.run([sys.executable, "-m", "pip", "list", "--format", "freeze"], capture_output=True, text=True, check=False)
    rows = (line.split("==") for line in own.stdout.splitlines() if "==" in line)
    found |= {name: version for name, version in rows if name in ("gunicorn", "pyoxigraph", "Flask")}
    if shutil.which("virtuoso-t"):
        text = subprocess.run(["virtuoso-t", "--version"], capture_output=True, text=True, check=False)
        number = re.search(r"Version ([\d.]+)", text.stdout + text.stderr)
        found["Virtuoso"] = number[1] if number else "of unknown version"
    return found


@contextmanager
def running(name: str, place: Place) -> Iterator[Peer]:
    """One of the peers while it runs; Missing says why it does not."""
    command, path = PEERS[name]
    port = _free_port()
    with open(place.folder / f"{name.split(',')[0]}.log", "ab") as log:
        process = subprocess.Popen(command(place, port), stdout=log, stderr=log)
    try:
        _await(process, port)
        if name == "Virtuoso":
            load_virtuoso(place, port)
        yield Peer(name, process.pid, f"http://127.0.0.1:{port}/{path}")
    finally:
        process.terminate()
        try:
            process.wait(60)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _free_port() -> int:
    """A port that is free, and the next one too, as far as one can know."""
    while True:
        with socket.create_server(("127.0.0.1", 0)) as first, socket.socket() as second:
            port = int(first.getsockname()[1])
            try:
                second.bind(("127.0.0.1", port + 1))
            except OSError:
                continue
            return port


def _await(process: subprocess.Popen[bytes], port: int) -> None:
    end = time.monotonic() + _START_SECONDS
    while time.monotonic() < end:
        if process.poll() is not None:
            raise Missing(f"it ended with status {process.returncode} when it was started")
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise Missing(f"it did not listen within {_START_SECONDS} s")
