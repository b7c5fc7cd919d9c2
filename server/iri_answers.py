"""What is to be said of one IRI that somebody asks about: what it stands for, how it is written here, whether it is here."""

from dataclasses import dataclass

from pyoxigraph import NamedNode

from rdfgen.iris import alias_iris, page_url
from rdfgen.model import Reference
from rdfgen.spellings import canonical
from server.documents import papers_with
from server.explained import known_as
from server.published import Release

LONGEST = 2_000


@dataclass(frozen=True, slots=True)
class Answer:
    """`iri` is how the thing is written here, and `paper` our own IRI of the paper that has it as an identifier; `is_held`
    says whether the release speaks of it. Without an IRI, what was asked for is not recognised.
    """

    asked: str
    iri: str | None = None
    reference: Reference | None = None
    differences: tuple[str, ...] = ()
    is_held: bool = False
    paper: str | None = None

    @property
    def text(self) -> str:
        """The answer as a sentence."""
        if self.iri is None:
            return f"not recognised: the form of {self.asked[:LONGEST]} is not known here"
        how = "is written so here" if self.iri == self.asked else f"is written {self.iri} here"
        why = f" ({', '.join(self.differences)})" if self.differences else ""
        paper = f"; the paper itself is {self.paper}" if self.paper else ""
        return f"{self.asked} {how}{why}{paper}; {'this release has it' if self.is_held else 'this release does not have it'}"

    def content(self) -> dict[str, object]:
        """The answer for programs."""
        found = self.reference
        return {
            "asked": self.asked,
            "recognised": self.iri is not None,
            "iri": self.iri,
            "vocabulary": found.prefix if found else None,
            "identifier": found.identifier if found else None,
            "differences": list(self.differences),
            "in_release": self.is_held,
            "paper": self.paper,
            "aliases": alias_iris(found) if found else [],
            "page": page_url(found) if found else None,
            "text": self.text,
        }


def answer(text: str, release: Release) -> Answer:
    """What is to be said of an IRI, which may stand in angle brackets."""
    asked = text.strip().removeprefix("<").removesuffix(">")
    spelled, known = canonical(asked), known_as(asked, release)
    iri = known.iri if known else asked
    is_held = _is_held(iri, release)
    if known is None and spelled is None and not is_held:
        return Answer(asked)
    if spelled is None:
        return Answer(asked, iri, is_held=is_held)
    papers = papers_with(release.store, spelled.iri, release.iris.below("paper/"))
    return Answer(asked, spelled.iri, spelled.reference, spelled.differences, is_held, next(iter(papers), None))


def _is_held(iri: str, release: Release) -> bool:
    """Whether the release says anything about a thing, or links to it."""
    try:
        node = NamedNode(iri)
    except ValueError:  # no IRI
        return False
    store = release.store
    return any(next(store.quads_for_pattern(*ends), None) is not None for ends in ((node, None, None), (None, None, node)))
