"""`litlod fetch`: reference data arrives whole and checked, or not at all, whatever the server does."""

import gzip
import hashlib
import io
import tarfile
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from rdfgen.concepts.sources import FORMATS, named_files
from rdfgen.downloads import DOWNLOADS, Download
from rdfgen.errors import InputError
from rdfgen.fetching import fetch
from rdfgen.unpacking import unpack
from rdfgen.web import Interrupted, Patience, is_web_address
from tests.running import litlod

CONTENT = bytes(range(256)) * 4096
DATE = "Fri, 20 Nov 2026 10:00:00 GMT"
IMPATIENT = Patience(attempts=3, seconds=5.0, wait=lambda _: None)
FILE = "data.bin"
Behaviour = Callable[["Handler"], None]


@dataclass
class Site:
    """What a server has, how it answers the next requests, and what it was asked."""

    files: dict[str, bytes] = field(default_factory=dict)
    tag: str = '"one"'
    modified: str | None = DATE
    next_answers: list[Behaviour] = field(default_factory=list)
    always: Behaviour | None = None
    requests: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    released: threading.Event = field(default_factory=threading.Event)
    url: str = ""

    def ranges(self) -> list[str | None]:
        return [headers.get("Range") for _, headers in self.requests]


class Handler(BaseHTTPRequestHandler):
    """Answers as a file server does, with ranges, unless the site says otherwise."""

    protocol_version = "HTTP/1.1"
    site: Site

    def do_GET(self) -> None:
        self.site.requests.append((self.path, dict(self.headers)))
        self.close_connection = True
        behaviour = self.site.next_answers.pop(0) if self.site.next_answers else self.site.always or serve
        with suppress(ConnectionError):
            behaviour(self)

    def start(self, status: int, **headers: object) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), str(value))
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        pass


def serve(handler: Handler) -> None:
    """The file, its rest, or that it is not newer."""
    site = handler.site
    content = site.files.get(handler.path)
    if content is None:
        return handler.start(404, Content_Length=0)
    if site.modified and handler.headers.get("If-Modified-Since") == site.modified:
        return handler.start(304)
    start = int(handler.headers.get("Range", "bytes=0-").removeprefix("bytes=").removesuffix("-"))
    if start and handler.headers["If-Range"] in (site.tag, site.modified):
        if start >= len(content):
            return handler.start(416, Content_Range=f"bytes */{len(content)}", Content_Length=0)
        return send(handler, 206, content[start:], Content_Range=f"bytes {start}-{len(content) - 1}/{len(content)}")
    return send(handler, 200, content)


def send(handler: Handler, status: int, content: bytes, **headers: object) -> None:
    validators = {"ETag": handler.site.tag} | ({"Last_Modified": handler.site.modified} if handler.site.modified else {})
    handler.start(status, **({"Content_Length": len(content)} | validators | headers))
    handler.wfile.write(content)


def cut(handler: Handler) -> None:
    """The first half, and then nothing."""
    content = handler.site.files[handler.path]
    start = int(handler.headers.get("Range", "bytes=0-").removeprefix("bytes=").removesuffix("-"))
    middle = (start + len(content)) // 2
    if start:
        found = f"bytes {start}-{len(content) - 1}/{len(content)}"
        return send(handler, 206, content[start:middle], Content_Length=len(content) - start, Content_Range=found)
    return send(handler, 200, content[:middle], Content_Length=len(content))


def status(code: int, **headers: object) -> Behaviour:
    return lambda handler: handler.start(code, Content_Length=0, **headers)


def answer(content: bytes, code: int = 200, **headers: object) -> Behaviour:
    return lambda handler: send(handler, code, content, **headers)


def silent(handler: Handler) -> None:
    """Promises a file and sends nothing of it."""
    handler.start(200, Content_Length=100)
    handler.site.released.wait(10)


def endless(handler: Handler) -> None:
    """Sends on until nobody listens."""
    handler.start(200)
    while not handler.site.released.is_set():
        handler.wfile.write(b"x" * 64)


def garbage(handler: Handler) -> None:
    handler.wfile.write(b"\x00\x1b[31m no HTTP at all\r\n\r\n")


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("no_proxy", "*")


@pytest.fixture
def site() -> Iterator[Site]:
    found = Site({f"/{FILE}": CONTENT})
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("OwnHandler", (Handler,), {"site": found}))
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    found.url = f"http://127.0.0.1:{server.server_port}"
    yield found
    found.released.set()
    server.shutdown()
    thread.join()
    server.server_close()


def row(site: Site, size: int = len(CONTENT), checksum_suffix: str | None = None) -> Download:
    return Download("data", "Data", f"{site.url}/{FILE}", size, ("a licence", "https://example.org/licence"), checksum_suffix)


def fetched(site: Site, folder: Path, size: int = len(CONTENT), suffix: str | None = None, patience: Patience = IMPATIENT) -> list[Path]:
    return fetch(row(site, size, suffix), folder, lambda *_: lambda _: None, patience=patience)


def names(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


# A transfer.


def test_a_file_arrives_under_its_name_and_with_the_publishers_date(site: Site, tmp_path: Path) -> None:
    (path,) = fetched(site, tmp_path / "new" / "folder")
    assert path.read_bytes() == CONTENT
    assert names(path.parent) == {FILE}
    assert path.stat().st_mtime == 1795168800


def test_progress_adds_up_to_the_size(site: Site, tmp_path: Path) -> None:
    totals: list[int] = []
    done: list[int] = []

    def progress(total: int, unit: str, what: str) -> Callable[[int], object]:
        totals.append(total)
        return done.append

    fetch(row(site), tmp_path, progress, patience=IMPATIENT)
    assert (totals, sum(done)) == ([len(CONTENT)], len(CONTENT))


@pytest.mark.parametrize(("tag", "modified"), [('"one"', DATE), ('"one"', None), ('W/"one"', DATE)])
def test_a_transfer_that_breaks_off_goes_on_where_it_ended(site: Site, tmp_path: Path, tag: str, modified: str | None) -> None:
    site.tag, site.modified = tag, modified
    site.next_answers = [cut, cut]
    (path,) = fetched(site, tmp_path)
    assert path.read_bytes() == CONTENT
    assert site.ranges() == [None, f"bytes={len(CONTENT) // 2}-", f"bytes={len(CONTENT) * 3 // 4}-"]


def test_the_next_run_goes_on_where_the_last_one_ended(site: Site, tmp_path: Path) -> None:
    site.next_answers = [cut]
    with pytest.raises(Interrupted, match="run the command again"):
        fetched(site, tmp_path, patience=Patience(1))
    assert names(tmp_path) == {f"{FILE}.part", f"{FILE}.part.origin"}
    (path,) = fetched(site, tmp_path)
    assert (path.read_bytes(), site.ranges()[1]) == (CONTENT, f"bytes={len(CONTENT) // 2}-")
    assert names(tmp_path) == {FILE}


def test_a_file_that_changes_in_between_is_not_glued_together(site: Site, tmp_path: Path) -> None:
    def changing(handler: Handler) -> None:
        cut(handler)
        site.files[f"/{FILE}"], site.tag, site.modified = CONTENT[::-1], '"two"', "Sat, 21 Nov 2026 10:00:00 GMT"

    site.next_answers = [changing]
    assert fetched(site, tmp_path)[0].read_bytes() == CONTENT[::-1]


def test_a_server_that_continues_another_version_is_not_believed(site: Site, tmp_path: Path) -> None:
    rest = CONTENT[len(CONTENT) // 2 :]
    found = f"bytes {len(CONTENT) // 2}-{len(CONTENT) - 1}/{len(CONTENT)}"
    site.next_answers = [cut, answer(rest[::-1], 206, ETag='"two"', Content_Range=found)]
    assert fetched(site, tmp_path)[0].read_bytes() == CONTENT


@pytest.mark.parametrize("content_range", ["bytes 5-9/10", "bytes */7", "", "bytes -5-9/10", "bytes 99999999999999999999-1/2"])
def test_a_range_that_was_not_asked_for_is_not_taken(site: Site, tmp_path: Path, content_range: str) -> None:
    site.next_answers = [cut, answer(b"x", 206, Content_Range=content_range)]
    assert fetched(site, tmp_path)[0].read_bytes() == CONTENT


@pytest.mark.parametrize("code", [200, 206, 304, 416])
def test_an_answer_that_does_not_fit_the_question_leaves_no_file(site: Site, tmp_path: Path, code: int) -> None:
    (tmp_path / f"{FILE}.part").write_bytes(b"of unknown origin")
    site.always = status(code, Content_Range="bytes */0")
    with pytest.raises(InputError):
        fetched(site, tmp_path)
    assert not (tmp_path / FILE).exists()


def test_a_part_that_is_whole_already_is_taken(site: Site, tmp_path: Path) -> None:
    (tmp_path / f"{FILE}.part").write_bytes(CONTENT)
    (tmp_path / f"{FILE}.part.origin").write_text(f'{site.url}/{FILE}\n"one"')
    assert fetched(site, tmp_path)[0].read_bytes() == CONTENT
    assert site.ranges() == [f"bytes={len(CONTENT)}-"]


@pytest.mark.parametrize("origin", [None, b"", b"\xff\xfe", b'http://127.0.0.1:1/other\n"one"', "nothing"])
def test_a_part_of_unknown_origin_is_started_again(site: Site, tmp_path: Path, origin: bytes | str | None) -> None:
    (tmp_path / f"{FILE}.part").write_bytes(b"something else")
    if isinstance(origin, bytes):
        (tmp_path / f"{FILE}.part.origin").write_bytes(origin)
    elif origin:
        (tmp_path / f"{FILE}.part.origin").write_text(f"{site.url}/{FILE}\n")
    assert fetched(site, tmp_path)[0].read_bytes() == CONTENT
    assert site.ranges() == [None]


def test_a_server_without_validators_is_asked_for_the_whole_again(site: Site, tmp_path: Path) -> None:
    site.tag, site.modified = "", None
    site.next_answers = [cut]
    assert fetched(site, tmp_path)[0].read_bytes() == CONTENT
    assert site.ranges() == [None, None]


def test_a_file_that_is_there_is_fetched_again_only_if_there_is_a_newer_one(site: Site, tmp_path: Path) -> None:
    (path,) = fetched(site, tmp_path)
    assert fetched(site, tmp_path) == [path]
    assert [headers.get("If-Modified-Since") for _, headers in site.requests] == [None, DATE]
    site.files[f"/{FILE}"], site.modified = b"newer", "Sat, 21 Nov 2026 10:00:00 GMT"
    assert fetched(site, tmp_path)[0].read_bytes() == b"newer"


# Servers that fail.


@pytest.mark.parametrize("failure", [status(500), status(503), status(429), garbage], ids=["500", "503", "429", "garbage"])
def test_a_failure_that_may_pass_is_tried_again_a_few_times(site: Site, tmp_path: Path, failure: Behaviour) -> None:
    waits: list[float] = []
    patience = Patience(attempts=3, seconds=5.0, wait=waits.append)
    site.next_answers = [failure, failure]
    assert fetched(site, tmp_path, patience=patience)[0].read_bytes() == CONTENT
    assert waits == [1.0, 2.0]
    site.always = failure
    with pytest.raises(Interrupted):
        fetched(site, tmp_path / "other", patience=patience)
    assert len(site.requests) == 6


@pytest.mark.parametrize("code", [204, 400, 403, 404, 410, 599, 300])
def test_a_file_that_is_not_there_is_an_error_with_the_address(site: Site, tmp_path: Path, code: int) -> None:
    site.always = status(code)
    with pytest.raises(InputError, match=rf"{site.url}/{FILE}: error: ") as found:
        fetched(site, tmp_path)
    assert str(code) in str(found.value) or code == 300
    assert names(tmp_path) == set()


@pytest.mark.parametrize(
    "location", ["file:///etc/passwd", "ftp://127.0.0.1/x", "data:,x", "http://[::1", "http://127.0.0.1:99999/", "//\x1b[31m"]
)
def test_a_redirect_to_anything_but_the_web_is_not_followed(site: Site, tmp_path: Path, location: str) -> None:
    site.always = status(302, Location=location)
    with pytest.raises(InputError, match="error: ") as found:
        fetched(site, tmp_path)
    assert str(found.value).isprintable()
    assert (names(tmp_path), len(site.requests)) == (set(), 1)


def test_a_redirect_in_a_circle_ends(site: Site, tmp_path: Path) -> None:
    site.always = status(302, Location=f"/{FILE}")
    with pytest.raises(InputError, match="not followed"):
        fetched(site, tmp_path)


def test_a_redirect_to_the_web_is_followed_and_continued(site: Site, tmp_path: Path) -> None:
    site.files["/elsewhere"] = CONTENT
    moved = status(302, Location="/elsewhere")
    site.next_answers = [moved, cut, moved]
    assert fetched(site, tmp_path)[0].read_bytes() == CONTENT
    assert site.ranges()[-1] == f"bytes={len(CONTENT) // 2}-"


def test_a_web_page_is_not_taken_for_the_file(site: Site, tmp_path: Path) -> None:
    site.always = answer(b"<h1>Log in</h1>", Content_Type="text/html; charset=utf-8")
    with pytest.raises(InputError, match="web page"):
        fetched(site, tmp_path)
    assert names(tmp_path) == set()


def test_a_server_that_falls_silent_is_given_up(site: Site, tmp_path: Path) -> None:
    site.always = silent
    with pytest.raises(Interrupted, match="timed out"):
        fetched(site, tmp_path, patience=Patience(2, 0.1, wait=lambda _: None))


def test_a_server_that_is_too_slow_is_given_up(site: Site, tmp_path: Path) -> None:
    site.always = endless
    with pytest.raises(Interrupted, match="less than 1e\\+15 bytes a second"):
        fetched(site, tmp_path, 10**12, patience=Patience(1, 0.2, 1e15))


def test_a_server_that_nobody_answers_for_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(Interrupted, match="cannot be reached"):
        fetched(Site(url="http://127.0.0.1:1"), tmp_path)


@pytest.mark.parametrize("behaviour", [endless, answer(b"x" * 5000)], ids=["unannounced", "announced"])
def test_a_file_that_is_much_too_large_is_refused(site: Site, tmp_path: Path, behaviour: Behaviour) -> None:
    site.always = behaviour
    with pytest.raises(InputError, match="larger than 4000 bytes"):
        fetched(site, tmp_path, 1000)
    assert (names(tmp_path), len(site.requests)) == (set(), 1)


@pytest.mark.parametrize("header", ["", "-5", "x", "٣", "1" * 100])
def test_a_length_that_is_none_is_not_believed(site: Site, tmp_path: Path, header: str) -> None:
    def misleading(handler: Handler) -> None:
        handler.start(200, Content_Length=header.encode().decode("latin-1"))
        handler.wfile.write(b"x")

    site.always = misleading
    with suppress(InputError):
        assert fetched(site, tmp_path)[0].read_bytes() == b"x"


def test_two_fetches_into_one_folder_do_not_mix(site: Site, tmp_path: Path) -> None:
    def progress(total: int, unit: str, what: str) -> Callable[[int], object]:
        with pytest.raises(InputError, match="another litlod fetch"):
            fetched(site, tmp_path)
        return lambda _: None

    assert fetch(row(site), tmp_path, progress, patience=IMPATIENT)[0].read_bytes() == CONTENT


# Checksums.


def md5(content: bytes) -> str:
    return hashlib.md5(content, usedforsecurity=False).hexdigest()


@pytest.mark.parametrize("form", ["{0}  data.bin\n", "{0}", "MD5 (data.bin) = {0}\n", f"{'0' * 32}  other.gz\n{{0}} *data.bin\n"])
def test_a_file_with_the_publishers_checksum_is_taken(site: Site, tmp_path: Path, form: str) -> None:
    site.files[f"/{FILE}.md5"] = form.format(md5(CONTENT)).encode()
    assert fetched(site, tmp_path, suffix=".md5")[0].read_bytes() == CONTENT


def test_a_file_with_another_checksum_is_removed(site: Site, tmp_path: Path) -> None:
    site.files[f"/{FILE}.md5"] = f"{'0' * 32}  {FILE}".encode()
    with pytest.raises(InputError, match=r"has not the checksum 0{32}"):
        fetched(site, tmp_path, suffix=".md5")
    assert names(tmp_path) == set()


def test_a_file_that_was_damaged_since_is_noticed(site: Site, tmp_path: Path) -> None:
    site.files[f"/{FILE}.md5"] = md5(b"something else").encode()
    fetched(site, tmp_path)
    with pytest.raises(InputError, match="has not the checksum"):
        fetched(site, tmp_path, suffix=".md5")
    assert names(tmp_path) == set()


@pytest.mark.parametrize("content", [None, b"", b"no sum", b"x" * 100_000])
def test_a_checksum_that_cannot_be_had_is_an_error(site: Site, tmp_path: Path, content: bytes | None) -> None:
    if content is not None:
        site.files[f"/{FILE}.md5"] = content
    with pytest.raises(InputError, match=r"data\.bin\.md5: error: "):
        fetched(site, tmp_path, suffix=".md5")
    assert not (tmp_path / FILE).exists()


# Archives.


def archive(path: Path, *members: tuple[str | tarfile.TarInfo, bytes]) -> Path:
    with tarfile.open(path, "w:gz") as file:
        for name, content in members:
            member = tarfile.TarInfo(name) if isinstance(name, str) else name
            member.size = len(content)
            file.addfile(member, io.BytesIO(content))
    return path


def link(name: str, target: str) -> tarfile.TarInfo:
    found = tarfile.TarInfo(name)
    found.type, found.linkname = tarfile.SYMTYPE, target
    return found


def test_only_the_named_files_are_unpacked(tmp_path: Path) -> None:
    path = archive(tmp_path / "a.tar.gz", ("other", b"o" * 5000), ("one", b"1" * 512), ("two", b"2"), ("one", b"again"))
    assert unpack(path, ["two", "one"], 10**6) == [tmp_path / "two", tmp_path / "one"]
    assert (tmp_path / "one").read_bytes() == b"1" * 512
    assert names(tmp_path) == {"a.tar.gz", "one", "two"}


@pytest.mark.parametrize("member", ["../one", "/one", "x/one", "./../one", link("one", "/etc/passwd")], ids=str)
def test_nothing_is_unpacked_from_elsewhere_or_to_elsewhere(tmp_path: Path, member: str | tarfile.TarInfo) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    with pytest.raises(InputError, match="holds no file named one"):
        unpack(archive(folder / "a.tar.gz", (member, b"")), ["one"], 10**6)
    assert (names(tmp_path), names(folder)) == ({"folder"}, {"a.tar.gz"})


@pytest.mark.parametrize("name", ["one", "other"])
def test_an_archive_that_grows_beyond_its_limit_is_refused(tmp_path: Path, name: str) -> None:
    path = archive(tmp_path / "a.tar.gz", (name, b"0" * 2_000_000), ("last", b""))
    with pytest.raises(InputError, match="more than it should"):
        unpack(path, ["last"], 10**6)
    assert names(tmp_path) == {"a.tar.gz"}


def test_a_header_that_claims_gigabytes_takes_no_memory(tmp_path: Path) -> None:
    header = tarfile.TarInfo("x")
    header.type, header.size = tarfile.XHDTYPE, 8 * 10**9
    (tmp_path / "a.tar.gz").write_bytes(gzip.compress(header.tobuf(tarfile.USTAR_FORMAT) + bytes(10_240)))
    with pytest.raises(InputError, match="cannot be unpacked"):
        unpack(tmp_path / "a.tar.gz", ["one"], 10**12)


@pytest.mark.parametrize("length", [0, 10, 100, 600, 1000])
def test_an_archive_that_is_cut_off_is_an_error_and_leaves_nothing(tmp_path: Path, length: int) -> None:
    path = archive(tmp_path / "a.tar.gz", ("one", b"".join(hashlib.sha256(bytes([number])).digest() for number in range(100))))
    path.write_bytes(path.read_bytes()[:length])
    with pytest.raises(InputError, match=r"a\.tar\.gz: error: "):
        unpack(path, ["one"], 10**6)
    assert names(tmp_path) == {"a.tar.gz"}


# The command.


def test_the_command_fetches_unpacks_and_prints_what_build_can_read(site: Site, tmp_path: Path) -> None:
    content = archive(tmp_path / "a.tar.gz", ("nodes.dmp", b"1\t|"), ("names.dmp", b"1\t|\troot"), ("readme.txt", b"")).read_bytes()
    site.files = {"/mirror/t.tgz": content, "/mirror/t.tgz.md5": md5(content).encode()}
    done = litlod("fetch", "taxonomy", "--to", tmp_path / "to", "--url", f"taxonomy={site.url}/mirror/t.tgz")
    assert (done.exit_code, done.text) == (0, f"{tmp_path}/to/names.dmp\n{tmp_path}/to/nodes.dmp\n")
    assert DOWNLOADS["taxonomy"].licence[1] in done.stderr
    assert names(tmp_path / "to") == {"names.dmp", "nodes.dmp", "taxdump.tar.gz"}


def test_the_licence_is_shown_before_anything_is_fetched(site: Site, tmp_path: Path) -> None:
    done = litlod("fetch", "mondo", "--to", tmp_path, "--url", f"mondo={site.url}/nothing")
    assert (done.exit_code, done.stdout) == (3, b"")
    assert done.stderr.index("CC BY 4.0") < done.stderr.index("404 Not Found")


@pytest.mark.parametrize("name", [row.name for row in FORMATS.values() if row.recognises is None])
def test_what_needs_its_format_named_is_announced_with_how_to_name_it(name: str, site: Site, tmp_path: Path) -> None:
    site.files = {"/table": b"2244\tAspirin\n"}
    done = litlod("fetch", name, "--to", tmp_path, "--url", f"{name}={site.url}/table")
    assert (done.exit_code, f"--concepts {name}=FILE" in done.stderr) == (0, True)
    assert named_files([f"{name}={done.text.strip()}"])[0].format == name


def test_the_list_names_every_download_with_its_licence_and_address() -> None:
    lines = [line.split("\t") for line in litlod("fetch", "--list").text.splitlines()]
    assert {line[0]: tuple(line[3:5]) for line in lines} == {name: found.licence for name, found in DOWNLOADS.items()}
    assert [line[5] for line in lines] == [found.url for found in DOWNLOADS.values()]


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["nonsense"],
        ["../mesh"],
        ["mesh", "--url", "mesh"],
        ["mesh", "--url", "mesh=file:///etc/passwd"],
        ["mesh", "--url", "mesh=http://"],
        ["mesh", "--url", "mondo=http://127.0.0.1/"],
    ],
    ids=" ".join,
)
def test_a_name_or_address_that_makes_no_sense_is_wrong_usage(arguments: list[str], tmp_path: Path) -> None:
    assert litlod("fetch", *arguments, "--to", tmp_path).exit_code == 2
    assert names(tmp_path) == set()


@pytest.mark.parametrize("found", DOWNLOADS.values(), ids=DOWNLOADS)
def test_a_download_comes_from_a_safe_address_under_a_plain_name(found: Download) -> None:
    addresses = [found.url, found.licence[1]]
    assert all(is_web_address(url) and url.startswith("https://") for url in addresses)
    assert found.file_name == Path(found.file_name).name != ""


def test_no_two_downloads_have_one_file_name() -> None:
    assert len({found.file_name for found in DOWNLOADS.values()}) == len(DOWNLOADS)
