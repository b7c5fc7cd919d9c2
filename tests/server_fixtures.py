"""Releases to serve, applications over them, and clients; a test module takes a fixture by naming it: `client = server_fixtures.client`."""

import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from rdflib import Dataset
from rdflib.term import Node
from werkzeug.test import TestResponse

from rdfgen.iris import DEFAULT_BASE
from rdfgen.release.build import Request, build
from rdfgen.release.directory import DataDirectory
from rdfgen.shards import Options
from server import create_app
from server.config import Config
from server.services import Services

SEEDS = sorted((Path(__file__).parent.parent / "seeds").glob("*.txt"))
BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"


def publish(data: Path, pages: list[Path], base: str = DEFAULT_BASE) -> str:
    """Build a release of these pages and make it the current one; returns its id."""
    inputs = [(str(page), str(page)) for page in pages]
    request = Request(inputs, [], DataDirectory(data), Options(base), 1, lambda *_: lambda _: None, 0)
    return build(request).manifest.release


def publish_texts(folder: Path, texts: list[str], base: str = DEFAULT_BASE) -> Path:
    """Publish a release of pages with these texts below the folder; returns the data directory."""
    pages = [folder / f"{number}.txt" for number in range(len(texts))]
    for page, text in zip(pages, texts, strict=True):
        page.write_text(text, encoding="utf-8")
    publish(folder / "data", pages, base)
    return folder / "data"


@contextmanager
def serving(data: Path, **settings: int | float | tuple[str, ...]) -> Iterator[Flask]:
    """An application over a data directory, its query processes ended afterwards."""
    app = create_app(Config(str(data), **({"workers": 2} | settings)))  # type: ignore[arg-type]  # by Config's fields
    services = app.extensions["litlod"]
    assert isinstance(services, Services)
    try:
        yield app
    finally:
        services.pool.close()


def ask(client: FlaskClient, query: str, accept: str | None = None, default_graph: Sequence[str] = (), **parameters: str) -> TestResponse:
    """The whole answer to a query by GET; without `accept` there is no Accept header."""
    headers = {} if accept is None else {"Accept": accept}
    return client.get(
        "/sparql", query_string={"query": query, "default-graph-uri": default_graph, **parameters}, headers=headers, buffered=True
    )


def triples(response: TestResponse) -> set[tuple[Node, Node, Node]]:
    """The triples of an RDF document, read by rdflib; the graphs of a dataset are put together."""
    assert response.mimetype is not None
    found = Dataset(default_union=True)
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", ".* is deprecated, use Dataset", DeprecationWarning)  # rdflib itself
        found.parse(data=response.data, format=response.mimetype)
    return {(quad[0], quad[1], quad[2]) for quad in found.quads()}


@pytest.fixture(scope="session")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The data directory of a release of the seeds."""
    folder = tmp_path_factory.mktemp("served")
    publish(folder, SEEDS)
    return folder


@pytest.fixture(scope="module")
def client(data: Path) -> Iterator[FlaskClient]:
    """A client of an application over the seeds."""
    with serving(data) as app:
        yield app.test_client()
