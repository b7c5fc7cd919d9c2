"""Terms as we write them are read back by rdflib and pyoxigraph as exactly what they were, in every format."""

import io
import re
from collections.abc import Callable
from typing import Any

import pyoxigraph
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from pyoxigraph import RdfFormat
from rdflib import Dataset, Graph, Literal, URIRef
from rdflib.namespace import XSD

from rdfgen import ntriples
from rdfgen.dates import partial_date
from rdfgen.formats import FORMATS, Format, write_ntriples_as
from rdfgen.identifiers import doi_reference
from rdfgen.iris import Iris, alias_iris, concept_iri, page_url, web_iri
from rdfgen.model import Paper, Reference, Source
from rdfgen.namespaces import output_prefixes
from rdfgen.vocabularies import VOCABULARIES
from tests.samples import SHA256

pytestmark = pytest.mark.filterwarnings(
    "ignore:(ConjunctiveGraph|Dataset.default_context) is deprecated:DeprecationWarning"
)  # rdflib's own

FORMAT_ROWS = pytest.mark.parametrize("row", FORMATS.values(), ids=FORMATS)
PREFIXES = output_prefixes("http://example.org/")
SUBJECT, PREDICATE = "<http://example.org/s>", "<http://example.org/p>"
RDFLIB_NAMES = {"ttl": "turtle", "nt": "nt", "jsonld": "json-ld", "rdfxml": "xml", "nq": "nquads", "trig": "trig"}

# The characters that break writers and readers, often; all others, now and then.
AWKWARD = st.sampled_from(
    "\"\\\t\n\r\b\f\x00\x01\x0b\x1f\x7f\x80\x85\xa0\u2028\u2029\ufdd0\ufeff\ufffe\uffff\U0001f9ec\U0010ffff<>&'`{}^@%.,;:#_"
)
TEXT = st.text(st.one_of(AWKWARD, st.characters(codec="utf-8")), max_size=40)
# XML 1.0 §2.2 has no way to write the other characters; CR is legal, but rdflib's parser reads a line end there.
XML_ILLEGAL = re.compile("[^\t\n\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
ADDRESS = st.one_of(TEXT, TEXT.map("http://example.org/{}".format), TEXT.map("https://{}".format), TEXT.map("https://e.org/?a={}#b".format))
DOI = st.one_of(TEXT, TEXT.map("10.1234/{}".format), TEXT.map("https://doi.org/10.1234/{}".format), TEXT.map("doi: 10.1234/a{}".format))


def steady(count: int) -> Callable[[Callable[..., None]], Callable[..., None]]:
    return settings(derandomize=True, max_examples=count, deadline=None, database=None)


def line(term: str) -> str:
    return "".join(ntriples.lines([(SUBJECT, PREDICATE, term)]))


def by_rdflib(data: bytes | str, name: str = "nt") -> list[Any]:
    graph = Dataset() if name in ("nq", "trig") else Graph()
    graph.parse(data=data, format=RDFLIB_NAMES[name])
    return sorted(graph.objects())


def by_oxigraph(text: str) -> list[pyoxigraph.NamedNode | pyoxigraph.BlankNode | pyoxigraph.Literal | pyoxigraph.Triple]:
    return [quad.object for quad in pyoxigraph.parse(text, format=RdfFormat.N_TRIPLES)]


def written(text: str, row: Format, prefixes: dict[str, str]) -> bytes:
    target = io.BytesIO()
    write_ntriples_as(io.BytesIO(text.encode()), target, row, prefixes)
    return target.getvalue()


@steady(400)
@given(TEXT)
def test_rdflib_reads_the_text_of_a_literal_back(text: str) -> None:
    assert by_rdflib(line(ntriples.literal(text))) == [Literal(text)]


@steady(400)
@given(TEXT)
def test_oxigraph_reads_the_text_of_a_literal_back(text: str) -> None:
    assert by_oxigraph(line(ntriples.literal(text))) == [pyoxigraph.Literal(text)]


@steady(200)
@given(TEXT)
def test_a_literal_is_in_canonical_form(text: str) -> None:
    assert str(pyoxigraph.Literal(text)) == ntriples.literal(text)


@steady(100)
@given(st.text(st.characters(), max_size=20))
def test_a_lone_surrogate_becomes_the_replacement_character(text: str) -> None:
    expected = re.sub("[\ud800-\udfff]", "\ufffd", text)
    assert by_oxigraph(line(ntriples.literal(text)))[0].value == expected  # type: ignore[union-attr]  # a literal


@FORMAT_ROWS
@steady(100)
@given(TEXT)
@example("<rdf:RDF b a>")
@example("@prefix b: <x> .\n@prefix a: <x> .\n")
def test_the_text_of_a_literal_survives_every_format(row: Format, text: str) -> None:
    text = XML_ILLEGAL.sub("", text) if row.name == "rdfxml" else text
    assert by_rdflib(written(line(ntriples.literal(text)), row, PREFIXES), row.name) == [Literal(text)]


@FORMAT_ROWS
@pytest.mark.parametrize("prefixes", [{}, PREFIXES], ids=["no prefixes", "prefixes"])
@pytest.mark.parametrize("text", ["<rdf:RDF b  a>", "@prefix b: <x> .\n@prefix a: <x> .\n"])
def test_text_that_looks_like_a_header_is_left_alone(row: Format, prefixes: dict[str, str], text: str) -> None:
    assert by_rdflib(written(line(ntriples.literal(text)), row, prefixes), row.name) == [Literal(text)]


@FORMAT_ROWS
@pytest.mark.parametrize("prefixes", [{}, PREFIXES], ids=["no prefixes", "prefixes"])
def test_no_triples_at_all_make_a_readable_document(row: Format, prefixes: dict[str, str]) -> None:
    assert by_rdflib(written("", row, prefixes), row.name) == []


@FORMAT_ROWS
def test_writing_twice_gives_the_same_bytes(row: Format) -> None:
    text = "".join(line(ntriples.literal(str(number))) for number in range(3))
    assert len({written(text, row, PREFIXES) for _ in range(8)}) == 1


@pytest.mark.parametrize("prefixes", [{}, PREFIXES], ids=["no prefixes", "prefixes"])
@steady(50)
@given(st.lists(TEXT, max_size=4))
def test_turtle_reads_back_whatever_the_prefixes(prefixes: dict[str, str], texts: list[str]) -> None:
    text = "".join(sorted({line(ntriples.literal(text)) for text in texts}))
    assert by_rdflib(written(text, FORMATS["ttl"], prefixes), "ttl") == sorted(Literal(text) for text in set(texts))


def read_alike(iri: str) -> None:
    """Both libraries accept the IRI, and as it is."""
    text = line(ntriples.iri(iri))
    assert by_rdflib(text) == [URIRef(iri)]
    assert by_oxigraph(text) == [pyoxigraph.NamedNode(iri)]


@steady(400)
@given(ADDRESS)
@example("http://example.org/a%zz%C3%A9\u2028#b#c")
@example("http://example.org/\ud800")
def test_an_address_is_no_iri_or_one_that_all_read_alike(text: str) -> None:
    found = web_iri(text)
    if found is not None:
        read_alike(found)


@steady(200)
@given(ADDRESS)
def test_an_iri_made_of_an_address_stays_as_it_is(text: str) -> None:
    found = web_iri(text)
    assert found is None or web_iri(found) == found


@steady(400)
@given(DOI)
@example("10.1002/(SICI)1<2::AID>3.0.CO;2-2")
@example("10.1234/\ud800")
def test_a_doi_is_none_or_has_iris_that_all_read_alike(text: str) -> None:
    found = doi_reference(text)
    if found is not None:
        paper = Paper((Source(SHA256),), (found,))
        for iri in filter(None, [concept_iri(found), page_url(found), Iris().paper(paper)]):
            read_alike(iri)


@pytest.mark.parametrize("prefix", VOCABULARIES)
@steady(40)
@given(data=st.data())
def test_every_identifier_that_a_pattern_accepts_has_iris_that_all_read_alike(prefix: str, data: st.DataObject) -> None:
    identifier = data.draw(st.from_regex(re.compile(VOCABULARIES[prefix].pattern, re.ASCII), fullmatch=True))
    found = Reference(prefix, identifier)
    for iri in filter(None, [concept_iri(found), page_url(found), *alias_iris(found)]):
        read_alike(iri)


@steady(100)
@given(st.integers())
def test_a_whole_number_reads_back(number: int) -> None:
    assert by_rdflib(line(ntriples.integer(number))) == [Literal(str(number), datatype=XSD.integer)]


@pytest.mark.parametrize(("value", "datatype"), [("2026", XSD.gYear), ("2026-02", XSD.gYearMonth), ("2026-02-01", XSD.date)])
def test_a_date_has_the_datatype_of_its_precision(value: str, datatype: URIRef) -> None:
    assert by_rdflib(line(ntriples.date(value))) == [Literal(value, datatype=datatype)]


@steady(200)
@given(st.one_of(st.dates().map(str), TEXT, st.from_regex(r"[0-9]{1,4}[-/ ][0-9]{1,2}[-/ ][0-9]{1,2}", fullmatch=True)))
def test_a_date_found_in_text_is_a_valid_literal(text: str) -> None:
    found = partial_date(text)
    if found is not None:
        (term,) = by_rdflib(line(ntriples.date(found)))
        assert term.ill_typed is not True
