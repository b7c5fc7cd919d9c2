"""What SPARQLES looks for when it judges whether an endpoint can be discovered (https://sparqles.ai.wu.ac.at/)."""

from collections.abc import Iterator

from server.checking.descriptions import Descriptions
from server.checking.findings import Finding, Part, rule
from server.checking.site import Site


def discoverability(site: Site, found: Descriptions) -> Part:
    """The five things, 20 points each."""
    return Part("discoverability", tuple(_rules(site, found)))


def _rules(site: Site, found: Descriptions) -> Iterator[Finding]:
    void = found.void_reply
    at_void = f"status {void.status}, {len(found.void)} triples" + (", by a redirect, which is not followed" if void.was_moved else "")
    yield rule("VoID", 20, len(found.void) > 0 and not void.was_moved, at_void)
    robots = site.get(site.at("/robots.txt"))
    has_map = robots.is_fine and b"sitemap:" in robots.body.lower()
    yield rule("sitemap", 20, has_map, "named in /robots.txt" if has_map else f"/robots.txt has status {robots.status} and names none")
    query = f"PREFIX void: <http://rdfs.org/ns/void#> ASK {{ ?dataset a void:Dataset ; void:sparqlEndpoint <{site.public}> }}"
    says = site.asks(query)
    yield rule(
        "VoID in the endpoint", 20, says, f"a query finds {'a' if says else 'no'} void:Dataset with void:sparqlEndpoint <{site.public}>"
    )
    reply = site.get(site.url, "application/rdf+xml")
    yield rule("service description", 20, len(reply.graph()) > 0, f"status {reply.status}, {reply.media_type}")
    server = reply.headers.get("Server", "")
    yield rule("Server header", 20, bool(server), server or "none")
