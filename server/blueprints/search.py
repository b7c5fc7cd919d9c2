"""Searching, looking up by name, and suggestions, over the index of the current release."""

from dataclasses import dataclass
from urllib.parse import urlencode

from flask import Blueprint, Response, json, redirect, request
from werkzeug.wrappers import Response as BaseResponse

from rdfgen.entity_types import ENTITY_TYPES
from rdfgen.formats import FORMATS
from rdfgen.search.things import HEADING, PAPER
from server.conneg import Row, accepted, named
from server.documents import page, rdf_response
from server.parameters import Parameters, only, parameters_of
from server.problems import Problem
from server.protocol import not_acceptable
from server.published import Release
from server.search.asked import Asked, asked
from server.search.forms import name_quads, name_record, result_record, table
from server.search.names import MOST_SKIPPED, Lookup, checked, names
from server.search.ranking import MOST
from server.search.results import Page, results
from server.services import services
from server.signposting import SUFFIX

blueprint = Blueprint("search", __name__)

KIND_NAMES = {PAPER: "paper"} | {row.key: row.key.replace("_", " ") for row in ENTITY_TYPES.values()} | {HEADING: "subject heading"}
_SIZE, _MOST_SIZE = 20, 100
_LOOKUP_SIZE, _MOST_LOOKUP_SIZE = 50, 500
_SUGGESTED = 10
_DIGITS = 9
_COLUMNS = ("iri", "identifier", "types", "label", "is_official_label", "year", "papers", "match", "name", "text")
_SUGGESTIONS_TYPE = "application/x-suggestions+json"


@dataclass(frozen=True, slots=True)
class _Json:
    """The row of a format that is no RDF."""

    names: tuple[str, ...] = ()
    media_types: tuple[str, ...] = ("application/json",)


_JSON = "json"
_LOOKUP_FORMS: dict[str, Row] = {_JSON: _Json(), **FORMATS}
_LOOKUP_SUFFIXES = {SUFFIX[name]: name for name in FORMATS} | {_JSON: _JSON}


@dataclass(frozen=True, slots=True)
class _Answer:
    """A page of results with what was asked; `number` counts pages from 1."""

    asked: Asked
    page: Page
    number: int
    size: int

    @property
    def pages(self) -> int:
        """How many pages there are."""
        return -(-self.page.total // self.size)

    def address(self, path: str, number: int) -> str:
        """The address of another page of the same."""
        year = str(self.asked.year) if self.asked.year is not None else ""
        values = {"q": self.asked.text, "type": self.asked.kind, "year": year}
        values |= {"limit": str(self.size) if self.size != _SIZE else "", "page": str(number) if number > 1 else ""}
        return f"{path}?{urlencode({name: value for name, value in values.items() if value})}"


@blueprint.get("/search")
def search() -> BaseResponse:
    """The page of results; an identifier leads to its thing at once."""
    release = services().published.release()
    parameters = parameters_of(request)
    answer = _answer(parameters, release) if only(parameters, "q") else None
    if answer is not None and answer.page.identified is not None and answer.number == 1 and not (answer.asked.kind or answer.asked.year):
        return redirect(answer.page.identified, 303)
    return page("search.html", release, answer=answer, kinds=KIND_NAMES, most=MOST)


@blueprint.get("/search.json")
def search_json() -> Response:
    """The results for programs."""
    release = services().published.release()
    answer = _answer(parameters_of(request), release)
    content = {
        "q": answer.asked.text,
        "type": answer.asked.kind or None,
        "year": answer.asked.year,
        "corrected": answer.page.corrected,
        "total": answer.page.total,
        "has_more_than_total": answer.page.is_cut,
        "page": answer.number,
        "pages": answer.pages,
        "next": answer.address("/search.json", answer.number + 1) if answer.number < answer.pages else None,
        "results": [result_record(found) for found in answer.page.results],
    }
    return _with_next(_json(content), content["next"])


@blueprint.get("/search.csv")
def search_csv() -> Response:
    """The same page of results as a table."""
    release = services().published.release()
    answer = _answer(parameters_of(request), release)
    text = table((result_record(found) for found in answer.page.results), _COLUMNS)
    response = Response(text, content_type="text/csv; charset=utf-8; header=present")
    response.headers["Content-Disposition"] = 'attachment; filename="search.csv"'
    response.add_etag()
    return _with_next(response, answer.address("/search.csv", answer.number + 1) if answer.number < answer.pages else None)


@blueprint.get("/lookup")
@blueprint.get("/lookup.<suffix>")
def lookup(suffix: str | None = None) -> Response:
    """Things by a name or identifier, as JSON or RDF."""
    if suffix is not None and suffix not in _LOOKUP_SUFFIXES:
        raise Problem(404, "Not found", f"no such form of a look-up: {suffix}")
    form = _LOOKUP_SUFFIXES[suffix] if suffix else _lookup_form()
    parameters = parameters_of(request)
    texts = {name: only(parameters, name) or "" for name in ("q", "match", "field", "type")}
    asked_for = checked(Lookup(texts["q"], texts["match"] or "exact", texts["field"], texts["type"]))
    size = _number(parameters, "limit", _LOOKUP_SIZE, 1, _MOST_LOOKUP_SIZE)
    start = _number(parameters, "offset", 0, 0, MOST_SKIPPED)
    release = services().published.release()
    found = names(asked_for, release, start, size + 1)
    values = {name: value for name, value in texts.items() if value} | {"limit": str(size), "offset": str(start + size)}
    following = f"{request.path}?{urlencode(values)}" if len(found) > size and start + size <= MOST_SKIPPED else None
    if form != _JSON:
        response = rdf_response(dict.fromkeys(name_quads(found[:size], release.iris)), FORMATS[form], release)
        response.add_etag(overwrite=True)
        return _with_next(response, following)
    records = [name_record(name, release.iris.base) for name in found[:size]]
    content = {**texts, "match": asked_for.way, "offset": start, "limit": size, "has_more": len(found) > size, "next": following}
    return _with_next(_json({**content, "results": records}), following)


@blueprint.get("/suggest")
def suggest() -> Response:
    """Labels for what somebody begins to type, in the form of OpenSearch suggestions: text, labels, descriptions, addresses."""
    release = services().published.release()
    text = only(parameters_of(request), "q") or ""
    found = results(asked(text), release, 0, _SUGGESTED).results if text.strip() else []
    descriptions = [" · ".join(filter(None, (_kinds(row.kinds), row.identifier))) for row in found]
    paths = [row.path for row in found]
    response = _json([text, [row.label.text for row in found], descriptions, paths])
    response.content_type = _SUGGESTIONS_TYPE
    return response


def _kinds(kinds: tuple[str, ...]) -> str:
    return ", ".join(KIND_NAMES[kind] for kind in kinds)


def _answer(parameters: Parameters, release: Release) -> _Answer:
    text = only(parameters, "q")
    if text is None:
        raise Problem(400, "Bad request", "there is no q: what to look for")
    search = asked(text, only(parameters, "type") or "", only(parameters, "year") or "")
    size = _number(parameters, "limit", _SIZE, 1, _MOST_SIZE)
    number = _number(parameters, "page", 1, 1, MOST)
    return _Answer(search, results(search, release, (number - 1) * size, size), number, size)


def _number(parameters: Parameters, name: str, default: int, least: int, most: int) -> int:
    """A parameter that is a whole number within limits; Problem where it is none."""
    text = only(parameters, name)
    if text is None:
        return default
    if not (text.isascii() and text.isdecimal() and len(text) <= _DIGITS and least <= int(text) <= most):
        raise Problem(400, "Bad request", f"{name}: {text[:50]!r} is no whole number from {least} to {most}")
    return int(text)


def _lookup_form() -> str:
    name = request.args.get("format")
    form = named(_LOOKUP_FORMS, name) if name else accepted(_LOOKUP_FORMS, request.accept_mimetypes)
    if form is None or form not in _LOOKUP_FORMS:
        raise not_acceptable("look-ups are JSON or RDF")
    return form


def _json(content: object) -> Response:
    text = json.dumps(content, indent=1, ensure_ascii=False) + "\n"
    response = Response(text, headers={"Vary": "Accept"}, content_type="application/json")
    response.add_etag()
    return response


def _with_next(response: Response, address: object) -> Response:
    if address is not None:
        response.headers["Link"] = f'<{address}>; rel="next"'
    return response
