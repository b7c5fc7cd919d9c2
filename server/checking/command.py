"""`litlod check`: how others would score a running service, and what costs points."""

import json
import sys
from dataclasses import asdict
from datetime import UTC, datetime
from urllib.parse import urlsplit

import click

from rdfgen.errors import InputError, UsageError
from server.checking.descriptions import descriptions
from server.checking.fair import fair
from server.checking.findings import Part, mean
from server.checking.site import Site
from server.checking.sparqles import discoverability
from server.checking.umaka import umaka


@click.command()
@click.argument("url")
@click.option(
    "--as", "public", metavar="URL", help="Judge the address as if the service were seen there, such as https://papers.example.org/."
)
@click.option("--at-least", type=click.IntRange(0, 100), default=0, metavar="N", help="Exit with 1 if the Umaka score is less.")
@click.option("--json", "as_json", is_flag=True, help="Print all of it as JSON.")
def check(url: str, public: str | None, at_least: int, as_json: bool) -> None:
    """Score a running service by the rules of those who watch such services.

    URL is the endpoint, or the site's root, whose endpoint is then sparql. Umaka's score (DBCLS) is the mean of six parts;
    SPARQLES' discoverability and FAIR-Checker's metrics are shown besides. Only the service itself is asked.
    """
    site = Site(_endpoint(url), _endpoint(public or url))
    found = descriptions(site)
    if not found.service_reply.status:
        raise InputError(f"{site.url}: error: no answer; is the server running?")
    scores = umaka(site, found, datetime.now(UTC).date())
    score, others = mean(scores), (discoverability(site, found), fair(site, found))
    if as_json:
        click.echo(json.dumps({"umaka": score, "parts": [_content(part) for part in (*scores, *others)]}, indent=1))
    else:
        _print(score, scores, others)
    if score < at_least:
        sys.exit(1)


def _endpoint(url: str) -> str:
    """The endpoint of the site with that root, or the address itself.

    >>> _endpoint("http://localhost:8000"), _endpoint("https://x.org/query")
    ('http://localhost:8000/sparql', 'https://x.org/query')
    """
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise UsageError(f"{url!r} is no http(s) address")
    return f"{url.rstrip('/')}/sparql" if parts.path in ("", "/") else url


def _content(part: Part) -> dict[str, object]:
    return {"name": part.name, "score": round(part.score, 1), "most": part.most, "rules": [asdict(finding) for finding in part.findings]}


def _print(score: int, scores: tuple[Part, ...], others: tuple[Part, ...]) -> None:
    click.echo(f"Umaka score {score}")
    for part in (*scores, *others):
        click.echo(f"{part.name:<16}{part.score:6.1f} of {part.most:g}")
        for finding in part.findings:
            if not finding.is_met:
                click.echo(f"  {finding.points - finding.most:+.1f} {finding.name}: {finding.reason}")
