"""The service that is checked, over HTTP: nothing is asked of any other address, whatever it refers or redirects to."""

import json
import time
from dataclasses import dataclass
from email.message import Message
from functools import cached_property
from http.client import HTTPException, HTTPMessage
from io import BytesIO
from typing import IO
from urllib.error import HTTPError
from urllib.parse import urlencode, urljoin, urlsplit
from urllib.request import HTTPRedirectHandler, OpenerDirector, Request, build_opener

import pyoxigraph
from pyoxigraph import QueryResultsFormat, QuerySolutions, Store

from rdfgen import __version__
from rdfgen.errors import InputError
from rdfgen.formats import FORMATS
from server.conneg import named

MOST_BYTES = 100 << 20
_TIMEOUT = 60.0
RDF = "text/turtle, application/rdf+xml;q=0.9, application/n-triples;q=0.8"
_RESULTS = "application/sparql-results+json"
_Term = pyoxigraph.NamedNode | pyoxigraph.BlankNode | pyoxigraph.Literal | pyoxigraph.Triple


class _AtHome(HTTPRedirectHandler):
    """Follows redirects that stay at the same host and port."""

    def redirect_request(self, req: Request, fp: IO[bytes], code: int, msg: str, headers: HTTPMessage, newurl: str) -> Request | None:
        if urlsplit(newurl)[:2] != urlsplit(req.full_url)[:2]:
            return None
        return super().redirect_request(req, fp, code, msg, headers, newurl)


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer: its status is 0 if there was none, and `was_moved` says that a redirect led to it."""

    status: int
    headers: Message
    body: bytes
    seconds: float
    was_moved: bool = False

    @property
    def is_fine(self) -> bool:
        """Whether the request succeeded."""
        return 200 <= self.status < 300

    @property
    def media_type(self) -> str:
        """The media type without parameters."""
        return self.headers.get_content_type() if "Content-Type" in self.headers else ""

    def graph(self) -> Store:
        """The RDF in it; empty if there is none that parses."""
        row, store = named(FORMATS, self.media_type), Store()
        if self.is_fine and row in FORMATS:
            try:
                store.extend(pyoxigraph.parse(BytesIO(self.body), format=FORMATS[row].syntax, base_iri="http://localhost/"))
            except SyntaxError:
                return Store()
        return store


@dataclass(frozen=True)
class Site:
    """A SPARQL endpoint at `url`, judged as if it were seen at the address `public`."""

    url: str
    public: str

    @cached_property
    def _opener(self) -> OpenerDirector:
        return build_opener(_AtHome)

    def at(self, path: str) -> str:
        """An address below the host's root."""
        return urljoin(self.url, path)

    def here(self, iri: str, base: str) -> str:
        """Where the service that is checked has the thing with that IRI, whose IRIs begin with `base`."""
        return urljoin(self.url, "/" + iri.removeprefix(base)) if iri.startswith(base) else self.url

    def get(self, url: str, accept: str | None = None) -> Reply:
        """What is at an address of the service."""
        return self._reply(Request(url, headers={} if accept is None else {"Accept": accept}))  # noqa: S310  # http(s) only, see the command

    def post(self, query: str, accept: str = _RESULTS) -> Reply:
        """The answer to a query by a form, as Umaka asks."""
        return self._reply(Request(self.url, urlencode({"query": query}).encode(), {"Accept": accept}))  # noqa: S310

    def rows(self, query: str) -> list[dict[str, str]]:
        """The solutions of a SELECT query as text; none if it fails."""
        reply = self.post(query)
        if not reply.is_fine:
            return []
        try:
            found = pyoxigraph.parse_query_results(reply.body, format=QueryResultsFormat.JSON)
        except (SyntaxError, ValueError):
            return []
        if not isinstance(found, QuerySolutions):
            return []
        names = [variable.value for variable in found.variables]
        return [{name: _text(value) for name, value in zip(names, row, strict=True) if value is not None} for row in found]

    def asks(self, query: str) -> bool:
        """The answer to an ASK query; false if it fails."""
        reply = self.post(query)
        try:
            return reply.is_fine and json.loads(reply.body).get("boolean") is True
        except (ValueError, AttributeError):
            return False

    def _reply(self, request: Request) -> Reply:
        request.add_header("User-Agent", f"litlod-check/{__version__}")
        start = time.perf_counter()
        try:
            with self._opener.open(request, timeout=_TIMEOUT) as found:
                body = found.read(MOST_BYTES + 1)
                moved = found.url != request.full_url
                status, headers = found.status, found.headers
        except HTTPError as error:
            with error:
                return Reply(error.code, error.headers, error.read(MOST_BYTES), time.perf_counter() - start)
        except (OSError, HTTPException):
            return Reply(0, Message(), b"", time.perf_counter() - start)
        if len(body) > MOST_BYTES:
            raise InputError(f"{request.full_url}: error: the answer is larger than {MOST_BYTES >> 20} MiB; it is not judged")
        return Reply(status, headers, body, time.perf_counter() - start, moved)


def _text(term: _Term) -> str:
    return str(term) if isinstance(term, pyoxigraph.Triple) else term.value
