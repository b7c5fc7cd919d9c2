"""What to tell somebody who asks for a thing that is not here: where it is, what it is called, what there is instead."""

from difflib import get_close_matches
from itertools import islice
from pathlib import Path

from pyoxigraph import NamedNode

from rdfgen.identifiers import reference
from rdfgen.iris import concept_iri, key_reference, page_url
from rdfgen.model import Reference
from rdfgen.namespaces import expand
from rdfgen.release.withdrawn import is_withdrawn
from rdfgen.vocabularies import VOCABULARIES
from server.explained import known_as
from server.problems import Problem
from server.published import Release

_MOST_TOOLS = 50
_LONGEST = 200
_PREFIXES = {name.casefold(): row.prefix for row in VOCABULARIES.values() if row.is_concept for name in (row.prefix, *row.synonyms)}


def paper_known_as(stem: str, release: Release) -> str | None:
    """The IRI of the paper that somebody calls so."""
    known = known_as(release.iris.below(f"paper/{stem}"), release)
    return known.iri if known is not None and release.holds(known.iri) else None


def absent_paper(stem: str, release: Release, root: Path) -> Problem:
    """410 for a paper that an earlier release had, else 404; with where the paper itself is. `root` is the data directory."""
    iri = release.iris.below(f"paper/{stem}")
    if is_withdrawn(root, iri.removeprefix(release.iris.below("paper/"))):
        detail = f"the paper <{iri}> was here in an earlier release and has been withdrawn; its IRI will not be given to another"
        return Problem(410, "Gone", detail, links=_paper_links(stem))
    detail = f"there is no paper <{iri}> in this release; papers are named like PMC12899835, PMID31558841 or DOI/10.3390/nu18030484"
    return Problem(404, "Not found", detail, links=_paper_links(stem))


def _paper_links(stem: str) -> dict[str, str]:
    found = key_reference(stem) if len(stem) <= _LONGEST else None
    page = page_url(found) if found is not None else None
    own = {f"{VOCABULARIES[found.prefix].title}: {found.identifier}": page} if found is not None and page is not None else {}
    return own | {"The releases that can be downloaded": "/dumps/"}


def absent_concept(name: str, release: Release) -> Problem:
    """404, with the concept that may be meant."""
    found = reference(name) if len(name) <= _LONGEST else None
    if found is None:
        meant = _meant(name, release)
        detail = f"{name!r} is no identifier of a vocabulary known here; write it like MONDO:0002050"
        links = {f"{meant} is known here": f"/concept/{meant}"} if meant is not None else {}
        return Problem(404, "Not found", detail, links=links | {"The vocabularies that are known here": "/iri-policy"})
    page = page_url(found)
    detail = f"no paper in this release mentions {found} <{concept_iri(found)}>"
    return Problem(404, "Not found", detail, links={f"{found} at its owner's": page} if page is not None else {})


def _meant(name: str, release: Release) -> Reference | None:
    """The concept whose vocabulary is spelled nearly so."""
    prefix, separator, identifier = name[:_LONGEST].replace("_", ":", 1).partition(":")
    for likely in get_close_matches(prefix.casefold(), _PREFIXES, 3) if separator else ():
        found = reference(f"{_PREFIXES[likely]}:{identifier}")
        if found is not None and release.holds(concept_iri(found)):
            return found
    return None


def absent_thing(iri: str, release: Release) -> Problem:
    """404, with the tools that there are."""
    agents = release.store.quads_for_pattern(None, NamedNode(expand("rdf:type")), NamedNode(expand("prov:SoftwareAgent")))
    tools = (str(quad.subject)[1:-1] for quad in islice(agents, _MOST_TOOLS))
    links = {tool: "/" + tool.removeprefix(release.iris.base) for tool in sorted(tools) if tool.startswith(release.iris.below("tool/"))}
    return Problem(404, "Not found", f"nothing is said about <{iri}> in this release", links=links)
