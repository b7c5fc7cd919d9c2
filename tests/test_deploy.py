"""What deploy/ holds works: proxies in front of a real server, the systemd unit, the container's recipe."""

import gzip
import http.client
import json
import os
import re
import shutil
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode

import pytest

from rdfgen.release.directory import DataDirectory
from server.config import Config
from tests import server_fixtures
from tests.live import Server, serving

pytestmark = pytest.mark.slow
data = server_fixtures.data

ROOT = Path(__file__).parents[1]
DEPLOY = ROOT / "deploy"
ENDLESS = "SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"
COUNT = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"
CLIENT = "127.0.0.2"
QUERY_SECONDS = 3


def nginx_config(port: int, backend: int, data: Path, folder: Path) -> list[str]:
    """The command that runs nginx with our file, its address and paths changed, without TLS."""
    text = (DEPLOY / "nginx.conf").read_text(encoding="utf-8")
    text = re.sub(r"^    (ssl_|listen \[::\]).*\n", "", text, flags=re.MULTILINE)
    text = text.replace("listen 443 ssl http2", f"listen 127.0.0.1:{port}").replace("127.0.0.1:8000", f"127.0.0.1:{backend}")
    (folder / "litlod.conf").write_text(text.replace("/srv/litlod", str(data)), encoding="utf-8")
    user = "user root;" if os.geteuid() == 0 else ""
    paths = "".join(f"{name}_temp_path {folder}/{name};" for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
    http = f"access_log off; {paths} include {folder}/litlod.conf;"
    main = f"{user} daemon off; pid {folder}/pid; error_log {folder}/error.log; events {{}} http {{ {http} }}"
    (folder / "main.conf").write_text(main, encoding="utf-8")
    return ["nginx", "-p", str(folder), "-c", str(folder / "main.conf"), "-e", str(folder / "error.log")]


def caddy_config(port: int, backend: int, data: Path, folder: Path) -> list[str]:
    """The command that runs Caddy with our file, its address and paths changed, without TLS."""
    text = (DEPLOY / "Caddyfile").read_text(encoding="utf-8")
    text = text.replace("papers.example.org {", f"http://127.0.0.1:{port} {{").replace("127.0.0.1:8000", f"127.0.0.1:{backend}")
    text = text.replace("\n{\n", "\n{\n\tadmin off\n", 1)
    (folder / "Caddyfile").write_text(text.replace("/srv/litlod", str(data)), encoding="utf-8")
    return ["caddy", "run", "--config", str(folder / "Caddyfile"), "--adapter", "caddyfile"]


PROXIES: dict[str, Callable[[int, int, Path, Path], list[str]]] = {"nginx": nginx_config, "caddy": caddy_config}


@dataclass(frozen=True, slots=True)
class Front:
    """A proxy in front of a server."""

    name: str
    port: int
    server: Server
    data: Path
    log: Path


def caddy_version() -> tuple[int, ...]:
    text = subprocess.run(["caddy", "version"], capture_output=True, text=True, timeout=20).stdout
    return tuple(map(int, re.findall(r"\d+", text)[:2]))


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as found:
        return int(found.getsockname()[1])


@contextmanager
def proxying(name: str, backend: int, data: Path, folder: Path) -> Iterator[int]:
    """The port of that proxy, which is stopped in the end."""
    if shutil.which(name) is None:
        pytest.skip(f"needs {name}")
    folder.mkdir()
    port = free_port()
    environment = os.environ | {"HOME": str(folder), "XDG_DATA_HOME": str(folder), "XDG_CONFIG_HOME": str(folder)}
    with (folder / "output").open("wb") as output:
        process = subprocess.Popen(PROXIES[name](port, backend, data, folder), stdout=output, stderr=output, env=environment)
    try:
        await_port(process, port, folder)
        yield port
    finally:
        process.terminate()
        process.wait(10)


def await_port(process: subprocess.Popen[bytes], port: int, folder: Path) -> None:
    end = time.monotonic() + 10
    while time.monotonic() < end:
        assert process.poll() is None, (folder / "output").read_text(encoding="utf-8")
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except ConnectionRefusedError:
            time.sleep(0.02)
        else:
            return
    pytest.fail("the proxy does not listen")


@pytest.fixture(scope="module")
def backend(data: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Server, Path]]:
    log = tmp_path_factory.mktemp("log") / "requests.log"
    settings = {
        "threads": "12",
        "workers": "3",
        "query-timeout": str(QUERY_SECONDS),
        "trusted-proxies": "1",
        "access-log": "on",
        "log-clients": "full",
        "log-file": str(log),
    }
    with serving(data, *[word for name, value in settings.items() for word in (f"--{name}", value)]) as server:
        yield server, log


@pytest.fixture(scope="module", params=list(PROXIES))
def front(
    request: pytest.FixtureRequest, backend: tuple[Server, Path], data: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Front]:
    server, log = backend
    with proxying(request.param, server.port, data, tmp_path_factory.mktemp("proxy") / request.param) as port:
        yield Front(request.param, port, server, data, log)


@contextmanager
def asked(port: int, path: str, **headers: str) -> Iterator[http.client.HTTPResponse]:
    """The response to a client that has an address of its own."""
    with ExitStack() as stack:
        connection = stack.enter_context(closing(http.client.HTTPConnection("127.0.0.1", port, timeout=20, source_address=(CLIENT, 0))))
        connection.request("GET", path, headers=headers)
        yield stack.enter_context(connection.getresponse())


def sparql(query: str) -> str:
    return "/sparql?" + urlencode({"query": query})


def test_the_first_block_comes_before_the_last(front: Front) -> None:
    begin = time.monotonic()
    with asked(front.port, sparql(ENDLESS)) as response:
        assert response.status == 200
        assert response.read(1_000)
    assert time.monotonic() - begin < QUERY_SECONDS - 1


def test_an_answer_that_breaks_off_is_seen_to(front: Front) -> None:
    if front.name == "caddy" and caddy_version() < (2, 8):
        pytest.skip("Caddy before 2.8 ends an answer that broke off as if it were whole (caddyserver/caddy#5952)")
    with asked(front.port, sparql(ENDLESS)) as response, pytest.raises((http.client.IncompleteRead, ConnectionResetError)):
        while response.read(1 << 20):
            pass


def test_an_error_passes_as_it_is(front: Front) -> None:
    with asked(front.port, sparql(COUNT), **{"X-Request-ID": "through"}) as response:
        document = json.loads(response.read())
    assert (response.status, response.headers["Content-Type"]) == (503, "application/problem+json")
    assert (document["title"], document["request_id"]) == ("Query stopped at its time limit", "through")
    assert response.headers["Retry-After"]
    assert response.headers.get_all("Access-Control-Allow-Origin") == ["*"]


def test_an_answer_is_compressed_once(front: Front) -> None:
    with asked(front.port, sparql("SELECT * { ?s ?p ?o } LIMIT 500"), **{"Accept-Encoding": "gzip"}) as response:
        content = response.read()
    assert response.headers.get_all("Content-Encoding") == ["gzip"]
    assert len(json.loads(gzip.decompress(content))["results"]["bindings"]) == 500


def test_an_answer_is_not_compressed_for_who_does_not_ask(front: Front) -> None:
    with asked(front.port, sparql("SELECT * { ?s ?p ?o } LIMIT 500"), **{"Accept-Encoding": "identity"}) as response:
        assert len(json.loads(response.read())["results"]["bindings"]) == 500


def test_the_clients_address_is_the_one_that_the_proxy_saw(front: Front) -> None:
    id = f"address-{front.name}"
    with asked(front.port, "/health/live", **{"X-Request-ID": id, "X-Forwarded-For": "203.0.113.66"}) as response:
        assert response.status == 200
    assert logged(front.log, id)["client"] == CLIENT


def logged(path: Path, id: str) -> dict[str, object]:
    """The line of that request, which is written when its response has been sent."""
    end = time.monotonic() + 10
    while time.monotonic() < end:
        for line in path.read_text(encoding="ascii").splitlines():
            if json.loads(line)["id"] == id:
                return dict(json.loads(line))
        time.sleep(0.02)
    pytest.fail("no such line")


def test_who_leaves_frees_the_query_process(front: Front) -> None:
    ids = [f"left-{front.name}-{number}" for number in range(2)]
    for id in ids:
        with asked(front.port, sparql(ENDLESS), **{"X-Request-ID": id}) as response:
            response.read(1_000)
    assert [logged(front.log, id)["outcome"] for id in ids] == ["left", "left"]


def test_requests_that_trickle_in_wait_at_the_proxy(front: Front) -> None:
    if front.name == "caddy":
        pytest.skip("Caddy passes requests on while they come in, for 10 seconds at most")
    with ExitStack() as stack:
        for _ in range(16):
            client = stack.enter_context(socket.create_connection(("127.0.0.1", front.port)))
            client.sendall(b"POST /sparql HTTP/1.1\r\nHost: x\r\nContent-Type: application/sparql-query\r\nContent-Length: 99\r\n\r\nASK")
        begin = time.monotonic()
        assert '"ok"' in front.server.text("health/live")
        with asked(front.port, sparql("ASK {}")) as response:
            assert response.status == 200
        assert time.monotonic() - begin < 2


def test_dumps_are_served_from_the_data_directory(front: Front) -> None:
    folder = DataDirectory(front.data).current()
    path, id = f"/dumps/{folder.name}/papers.ttl.gz", f"dump-{front.name}"
    with asked(front.port, path, **{"X-Request-ID": id}) as response:
        assert response.read() == (folder / "dumps" / "papers.ttl.gz").read_bytes()
    assert (response.headers["Content-Type"], response.headers.get("Content-Encoding")) == ("application/gzip", None)
    assert response.headers["Access-Control-Allow-Origin"] == "*"
    assert "immutable" in response.headers["Cache-Control"]
    assert "X-Request-ID" not in response.headers
    with asked(front.port, path, Range="bytes=1-3") as response:
        assert (response.status, len(response.read())) == (206, 3)


def test_the_server_itself_sends_what_is_another_file_in_the_next_release(front: Front) -> None:
    content = (DataDirectory(front.data).current() / "dumps" / "papers.ttl.gz").read_bytes()
    with asked(front.port, "/dumps/papers.ttl.gz") as response:
        assert response.read() == content
    assert "X-Request-ID" in response.headers


@pytest.mark.parametrize("path", ["/dumps/nothing.gz", "/dumps/0123456789abcdef/papers.ttl.gz", "/nowhere"])
def test_what_is_not_there_is_told_by_the_server(front: Front, path: str) -> None:
    with asked(front.port, path) as response:
        assert json.loads(response.read())["status"] == 404


@pytest.mark.parametrize("name", ["..%2f..%2fmanifest.json", "../manifest.json", "%2e%2e/manifest.json", ".%00", "..\\manifest.json"])
@pytest.mark.parametrize("folder", ["/dumps/", "/dumps/0123456789abcdef/"])
def test_no_way_leads_out_of_the_dumps(front: Front, folder: str, name: str) -> None:
    with asked(front.port, folder + name) as response:
        assert response.status in (400, 404)


@pytest.mark.parametrize("path", ["/metrics", "/operator/queries"])
def test_what_is_for_operators_is_not_passed_on(front: Front, path: str) -> None:
    with asked(front.port, path) as response:
        assert response.status == 404
        assert b"request_id" not in response.read()


@pytest.mark.parametrize("name", PROXIES)
def test_a_server_that_is_down_is_told_as_a_problem(name: str, data: Path, tmp_path: Path) -> None:
    with proxying(name, free_port(), data, tmp_path / name) as port, asked(port, "/") as response:
        assert (response.status, response.headers["Content-Type"]) == (503, "application/problem+json")
        assert json.loads(response.read())["status"] == 503
        assert response.headers["Retry-After"]


# Files that only other systems can run


def test_the_unit_is_one_that_systemd_understands(tmp_path: Path) -> None:
    if shutil.which("systemd-analyze") is None:
        pytest.skip("needs systemd-analyze")
    unit = tmp_path / "litlod.service"
    text = (DEPLOY / "litlod.service").read_text(encoding="utf-8")
    unit.write_text(text.replace("/opt/litlod/bin/litlod", shutil.which("true") or "/bin/true"), encoding="utf-8")
    done = subprocess.run(["systemd-analyze", "verify", str(unit)], capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stderr) == (0, "")
    command = ["systemd-analyze", "security", "--offline=true", "--threshold=20", str(unit)]
    assert subprocess.run(command, capture_output=True, timeout=60).returncode == 0


def test_proxies_and_systemd_wait_as_long_as_the_server_may_take() -> None:
    config = Config()
    stop, answer = config.drain_timeout + 3, config.query_timeout + config.queue_timeout
    assert number_in("litlod.service", r"TimeoutStopSec=(\d+)") > stop
    assert number_in("Containerfile", r"--stop-timeout (\d+)") > stop
    assert number_in("nginx.conf", r"proxy_read_timeout (\d+)s") > answer
    assert number_in("Caddyfile", r"response_header_timeout (\d+)s") > answer


def test_proxies_let_a_query_through_that_the_server_takes() -> None:
    largest = Config().max_query_bytes * 3 + 10_000
    assert number_in("nginx.conf", r"client_max_body_size (\d+)m") << 20 > largest
    assert number_in("Caddyfile", r"max_size (\d+)MB") * 1_000_000 > largest


def number_in(name: str, pattern: str) -> int:
    found = re.search(pattern, (DEPLOY / name).read_text(encoding="utf-8"))
    assert found is not None
    return int(found[1])


def test_the_container_is_built_of_what_is_there_and_of_all_that_the_package_needs() -> None:
    text = (DEPLOY / "Containerfile").read_text(encoding="utf-8")
    copied = {name for line in re.findall(r"^COPY (?!--)(.+)$", text, re.MULTILINE) for name in line.split()[:-1]}
    assert [name for name in sorted(copied) if not (ROOT / name).exists()] == []
    project = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    packages = re.search(r"packages = \[(.+)\]", project)
    assert packages is not None
    assert {"pyproject.toml", "README.md", "LICENSE", *re.findall(r'"(\w+)"', packages[1])} == copied
    extras = re.search(r"'\.\[(.+)\]'", text)
    assert extras is not None
    assert [name for name in extras[1].split(",") if not re.search(rf"^{name} = \[", project, re.MULTILINE)] == []


def test_the_container_runs_as_nobody_in_particular() -> None:
    text = (DEPLOY / "Containerfile").read_text(encoding="utf-8")
    assert re.search(r"^USER [1-9]\d+:[1-9]\d+$", text, re.MULTILINE)
    assert "HEALTHCHECK" in text
