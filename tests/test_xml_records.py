"""XML is cut into records that stand alone: damage costs one record, and nothing outside of a record is known or fetched."""

import http.server
import io
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rdfgen.readers.xml import records as xml_records
from rdfgen.readers.xml.encoding import HEAD_BYTES
from rdfgen.readers.xml.records import parsed, records, root_name
from rdfgen.readers.xml.text import collapsed, text_of, without_namespace
from rdfgen.report import Kind, Report

NAMES = ("article", "chapter")


def cut(xml: bytes | str, names: tuple[str, ...] = NAMES) -> tuple[list[tuple[int, bytes]], Report]:
    report = Report("x.xml")
    return list(records(io.BytesIO(xml.encode() if isinstance(xml, str) else xml), names, report)), report


def texts(xml: bytes | str) -> tuple[list[str | None], Report]:
    """The text of each record that can be parsed."""
    found, report = cut(xml)
    elements = [parsed(record, line, report) for line, record in found]
    return [text_of(element) for element in elements if element is not None], report


def lines_of(report: Report) -> list[tuple[int, Kind]]:
    return [(entry.line, entry.kind) for entry in report.entries]


class Trickle(io.BytesIO):
    """A stream that gives a few bytes at a time behind its head, so that every mark is split somewhere."""

    def __init__(self, data: bytes, size: int) -> None:
        super().__init__(data)
        self._size = size

    def read(self, size: int | None = -1, /) -> bytes:
        return super().read(self._size)


PADDING = b" " * HEAD_BYTES
DOCUMENT = b"""<?xml version="1.0"?>
<!DOCTYPE set [ <!ENTITY a "<article>no</article>"> <!-- ]> <article> --> <?p <article> ?> ]>
<set><?p <article> ?>
<!-- <article>no</article> --><article a="1>2">one<!-- </article> --></article>
<article><![CDATA[</article>two]]></article><articles/><article-x/>
<chapter/><article b='/>'
>three</article ></set>"""


@pytest.mark.parametrize("size", [1, 2, 3, 7, 64, 1000])
def test_records_are_the_same_however_the_file_is_split_into_blocks(size: int) -> None:
    report = Report("x.xml")
    found = list(records(Trickle(DOCUMENT.replace(b"<set>", b"<set>" + PADDING), size), NAMES, report))
    elements = [parsed(record, line, report) for line, record in found]
    assert [line for line, _ in found] == [4, 5, 6, 6]
    assert [text_of(element) for element in elements if element is not None] == ["one", "</article>two", None, "three"]
    assert report.entries == []


@pytest.mark.parametrize(
    ("head", "name"),
    [
        (b"<a>", "a"),
        (b"\xef\xbb\xbf<?xml version='1.0'?>\n<!-- <b> --><a:b c='d'>", "a:b"),
        (b"<!DOCTYPE a [<!ENTITY x ']>'><!-- ' ]> --> ]><a>", "a"),
        ('<?xml version="1.0" encoding="UTF-16"?><a>'.encode("utf-16"), "a"),
        (b"plain text", None),
        (b"", None),
        (b"\x00\xff\xfe", None),
        (b"<!DOCTYPE a [", None),
    ],
)
def test_the_root_is_found_behind_any_prolog(head: bytes, name: str | None) -> None:
    assert root_name(head) == name


@pytest.mark.parametrize(
    "piece", [b"<!---->", b"<!--", b"<?", b"<?a?>", b"<!DOCTYPE", b"<!DOCTYPE x [", b"<!DOCTYPE x [<!--", b"<!DOCTYPE 'a", b" ", b'"<']
)
def test_no_head_makes_the_search_for_the_root_slow(piece: bytes) -> None:
    assert root_name(piece * (60_000 // len(piece)) + b"x") is None


@pytest.mark.parametrize(
    "piece", [b"<!--", b"<![CDATA[", b"<?", b"<!DOCTYPE", b"<!DOCTYPE x [", b"<article x='", b'<article a=">', b"<", b"&"]
)
def test_pieces_that_nothing_closes_take_time_in_proportion_to_their_number(piece: bytes) -> None:
    found, report = cut(b"<set><article>" + piece * (400_000 // len(piece)))
    assert found == []
    assert report.entries[-1].kind is Kind.SKIPPED


def test_a_record_without_an_end_costs_no_other() -> None:
    found, report = texts("<set>\n<article>one\n<article>two</article>\n<article>three</set>")
    assert found == ["two"]
    assert lines_of(report) == [(2, Kind.SKIPPED), (4, Kind.SKIPPED)]


def test_the_end_of_a_record_without_its_start_is_reported() -> None:
    found, report = texts("<set>\n</article><article>two</article></set>")
    assert found == ["two"]
    assert lines_of(report) == [(2, Kind.SKIPPED)]


def test_a_record_that_is_not_well_formed_is_reported_at_its_line_and_the_rest_goes_through() -> None:
    found, report = texts("<set>\n<article>\n<b></article>\n<article>two</article></set>")
    assert found == ["two"]
    assert lines_of(report) == [(3, Kind.SKIPPED)]


def test_a_file_cut_off_within_a_record_is_reported() -> None:
    found, report = texts("<set><article>one</article><article>tw")
    assert found == ["one"]
    assert "within a record" in report.entries[0].reason


def test_a_file_cut_off_between_records_is_reported() -> None:
    found, report = texts("<set>\n<article>one</article>\n")
    assert found == ["one"]
    assert report.entries[0].reason.startswith("the file ends before its outermost element")


@pytest.mark.parametrize("xml", ["<set/>", "<set></set >", "<article>one</article>", "<set><article/></set><!-- end -->", "", "no XML"])
def test_a_complete_file_is_not_said_to_be_cut_off(xml: str) -> None:
    assert cut(xml)[1].entries == []


def test_a_comment_that_never_ends_does_not_swallow_the_records_after_it() -> None:
    found, report = texts("<set>\n<article>one</article><!-- \n<article>two</article></set>")
    assert found == ["one", "two"]
    assert lines_of(report) == [(2, Kind.SUSPICIOUS)]


def test_a_record_that_is_too_large_is_left_out_and_memory_stays_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(xml_records, "MAX_RECORD_BYTES", 4 << 20)
    found, report = texts(b"<set>\n<article>" + b"x" * (7 << 20) + b"</article>\n<article>two</article></set>")
    assert found == ["two"]
    assert lines_of(report) == [(2, Kind.SKIPPED)]


@pytest.mark.parametrize("inner", [b"x" * 5000, b"<!--" + b"x" * 5000 + b"-->", b"<article>" + b"x" * 5000, b"<b>" * 900])
@pytest.mark.parametrize("size", [100, 999, 1 << 20])
def test_what_is_too_large_does_not_depend_on_the_blocks(inner: bytes, size: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(xml_records, "MAX_RECORD_BYTES", 4000)
    xml = b"<set>" + PADDING + b"<article>" + inner + b"</article>\n<article>two</article></set>"
    report = Report("x.xml")
    found = [record for _, record in records(Trickle(xml, size), NAMES, report)]
    assert found[-1] == b"<article>two</article>"
    assert len(found) == 1 + inner.startswith(b"<b>")
    assert report.entries == cut(xml)[1].entries


def test_lines_are_counted_in_large_files() -> None:
    found, _ = cut(b"<set>" + b"\n<article>\n</article>" * 100_000 + b"</set>")
    assert [line for line, _ in found] == list(range(2, 200_001, 2))


@pytest.mark.parametrize(
    ("encoding", "written"),
    [
        ("utf-8", "utf-8"),
        ("utf-8-sig", "UTF-8"),
        ("utf-16", "UTF-16"),
        ("latin-1", "ISO-8859-1"),
        ("cp1252", "windows-1252"),
        ("utf-8", "UTF-16"),
    ],
)
def test_encodings_are_read_as_declared_or_marked(encoding: str, written: str) -> None:
    xml = f'<?xml version="1.0" encoding="{written}"?><set><article>é</article></set>'
    found, report = texts(xml.encode(encoding))
    assert (found, report.entries) == (["é"], [])


@pytest.mark.parametrize("name", ["zlib", "unicode_escape", "base64", "undefined", "nonsense"])
def test_an_encoding_that_is_none_is_noted_and_the_file_read_as_utf_8(name: str) -> None:
    found, report = texts(f'<?xml version="1.0" encoding="{name}"?><set><article>é</article></set>')
    assert found == ["é"]
    assert lines_of(report) == [(1, Kind.SUSPICIOUS)]


def test_bytes_that_are_wrong_are_replaced_and_reported() -> None:
    found, report = texts(b"<set>\n<article>\xff\x01</article><article>" + b"\xed\xa0\x80</article></set>")
    assert found == ["��", "���"]
    assert lines_of(report) == [(2, Kind.ALTERED)] * 3
    recoded, recoded_report = texts('<?xml version="1.0"?><set><article>a</article></set>'.encode("utf-16") + b"\x00")
    assert recoded == ["a"]
    assert lines_of(recoded_report) == [(0, Kind.ALTERED)]


@pytest.mark.parametrize("character", [*range(9), 0xB, 0xC, *range(0xE, 0x20), 0xFFFE, 0xFFFF])
def test_no_character_that_xml_forbids_survives(character: int) -> None:
    found, report = texts(f"<article b='{chr(character)}'>é{chr(character)}<![CDATA[{chr(character)}]]></article>")
    assert found == ["é��"]
    assert lines_of(report) == [(1, Kind.ALTERED)]


@pytest.mark.parametrize(
    ("written", "text"),
    [("&eacute;", "é"), ("&#xE9;", "é"), ("&lt;&LT;", "<<"), ("&amp;eacute;", "&eacute;"), ("<![CDATA[&eacute;]]>", "&eacute;")],
)
def test_references_stand_for_characters(written: str, text: str) -> None:
    found, report = texts(f"<article>{written}&nbsp;</article>")
    assert (found, report.entries) == ([f"{text}\xa0"], [])


@pytest.mark.parametrize("written", ["&#0;", "&#xD800;", "&#xFFFF;", "&#x110000;"])
def test_references_to_no_character_are_replaced_and_reported(written: str) -> None:
    found, report = texts(f"<article>{written}{written}</article>")
    assert found == ["��"]
    assert lines_of(report) == [(1, Kind.ALTERED)]


def test_prefixes_declared_outside_of_the_record_are_known() -> None:
    found, report = cut('<set xmlns:xlink="http://www.w3.org/1999/xlink"><article><my:a xlink:href="b">one foo:bar</my:a></article></set>')
    element = parsed(found[0][1], 1, report)
    assert element is not None
    assert element[0].get("{http://www.w3.org/1999/xlink}href") == "b"
    assert element.xpath("string()") == "one foo:bar"
    assert report.entries == []


@pytest.mark.parametrize("tag", ['article xmlns="urn:jats"', 'j:article xmlns:j="urn:jats"'])
def test_names_are_found_without_their_namespace(tag: str) -> None:
    name, _, declaration = tag.partition(" ")
    prefix = name.removesuffix("article")
    found, report = cut(f"<set><{name} {declaration}><{prefix}b>one</{prefix}b></{name}></set>")
    element = parsed(found[0][1], 1, report)
    assert element is not None
    assert without_namespace(element).findtext("b") == "one"


def test_other_spaces_than_those_of_xml_stay() -> None:
    assert collapsed("\n a\u2009b\xa0c \t d\n") == "a\u2009b\xa0c d"


def test_deep_nesting_is_a_line_in_the_report() -> None:
    found, report = texts(b"<set><article>" + b"<a>" * 100_000 + b"</a>" * 100_000 + b"</article><article>two</article></set>")
    assert found == ["two"]
    assert lines_of(report) == [(1, Kind.SKIPPED)]


def test_attributes_in_their_hundred_thousands_are_no_trouble() -> None:
    many = " ".join(f'a{number}=""' for number in range(100_000))
    found, report = texts(f"<set><article><b {many}/>one</article><article {many}/><article>two</article></set>")
    assert found[0] == "one"
    assert found[-1] == "two"
    assert all(entry.kind is Kind.SKIPPED for entry in report.entries)


BOMB = "".join(f'<!ENTITY l{number + 1} "{f"&l{number};" * 10}">' for number in range(9))


@pytest.mark.parametrize(
    "subset", ["", '<!ENTITY x SYSTEM "{secret}">', '<!ENTITY % p SYSTEM "{address}"> %p;', f'<!ENTITY l0 "ha">{BOMB}<!ENTITY x "&l9;">']
)
def test_an_entity_of_the_file_is_not_expanded(subset: str, tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("SECRET", encoding="utf-8")
    subset = subset.replace("{secret}", secret.as_uri()).replace("{address}", secret.as_uri())
    found, report = texts(f"<!DOCTYPE set [{subset}]><set><article>&x;</article></set>")
    assert found == ["&x;"]
    assert lines_of(report) == [(1, Kind.ALTERED)]


@pytest.fixture
def requests() -> Iterator[tuple[str, list[str]]]:
    """The address of a server, and the paths that it was asked for."""
    asked: list[str] = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_error(404)

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing."""

    server = http.server.HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}", asked
    server.shutdown()
    thread.join()
    server.server_close()


def test_nothing_is_fetched(requests: tuple[str, list[str]], tmp_path: Path) -> None:
    address, asked = requests
    secret = tmp_path / "secret.xml"
    secret.write_text("<a>SECRET</a>", encoding="utf-8")
    xml = f"""<?xml version="1.0"?><?xml-stylesheet type="text/xsl" href="{address}/style"?>
    <!DOCTYPE set PUBLIC "-//X//Y" "{address}/dtd" [<!ENTITY x SYSTEM "{address}/x"> <!ENTITY % p SYSTEM "{address}/p"> %p;]>
    <set xmlns:xi="http://www.w3.org/2001/XInclude"><article xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"
      xsi:noNamespaceSchemaLocation="{address}/xsd"><?xml-stylesheet href="{address}/style"?>one &x;
      <xi:include href="{address}/include"/><xi:include href="{secret.as_uri()}"/></article>
    <article><!DOCTYPE article [<!ENTITY y SYSTEM "{address}/y">]>&y;</article></set>"""
    found, _ = texts(xml)
    assert found == ["one &x;"]
    assert asked == []


VALID = (
    b'<?xml version="1.0"?>\n<set>'
    + PADDING
    + b'\n<article a="1">one &amp; <b/></article>\n<!-- c --><article><![CDATA[two]]></article><article/></set>'
)


@settings(max_examples=60, deadline=None)
@given(
    st.integers(0, len(VALID) - HEAD_BYTES).map(lambda offset: offset if offset < 20 else offset + HEAD_BYTES),
    st.integers(0, 5),
    st.binary(max_size=6),
    st.integers(1, 40),
)
def test_damage_is_never_an_error(position: int, removed: int, inserted: bytes, size: int) -> None:
    damaged = VALID[:position] + inserted + VALID[position + removed :]
    report = Report("x.xml")
    found = list(records(Trickle(damaged, size), NAMES, report))
    assert found == cut(damaged)[0]
    for line, record in found:
        parsed(record, line, report)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.sampled_from(
            [b"<article>", b"</article>", b"<!--", b"-->", b"<![CDATA[", b"]]>", b"<?", b"?>", b"'", b'"', b">", b"<", b"\n", b"&x;"]
        )
    )
)
def test_any_mixture_of_marks_is_cut_alike_in_blocks_of_any_size(pieces: list[bytes]) -> None:
    xml = b"<set>" + PADDING + b"".join(pieces)
    report, other = Report("x.xml"), Report("x.xml")
    assert list(records(Trickle(xml, 5), NAMES, report)) == list(records(io.BytesIO(xml), NAMES, other))
    assert report.entries == other.entries
