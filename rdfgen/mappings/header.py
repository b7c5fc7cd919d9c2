"""The metadata of an SSSOM file: the YAML in its `#` lines, or in a file of its own beside it."""

from collections.abc import Iterable
from dataclasses import dataclass, field

import yaml

from rdfgen.iris import web_iri
from rdfgen.mapping_model import MappingSet
from rdfgen.report import Report

MAX_HEADER = 1 << 18
# What YAML that is wrong or hostile makes the library raise: syntax, escapes of no character, nesting.
_YAML_ERRORS = (yaml.YAMLError, ValueError, OverflowError, RecursionError)


@dataclass(frozen=True, slots=True)
class Header:
    """The prefixes of the file, and its other values that are text."""

    prefixes: dict[str, str] = field(default_factory=dict)
    values: dict[str, str] = field(default_factory=dict)

    def mapping_set(self, sha256: str) -> MappingSet:
        """The set that the header describes."""
        return MappingSet(
            sha256,
            _address(self.values.get("mapping_set_id")),
            self.values.get("mapping_set_version"),
            self.values.get("mapping_set_title"),
            _address(self.values.get("license")),
        )


def header(text: str, report: Report) -> Header:
    r"""What the YAML says; a header that cannot be read is reported and says nothing. Values stay as they are written.

    >>> header("mapping_set_version: 2026-08-04\ncurie_map:\n  no: http://example.org/no/", Report("x"))
    Header(prefixes={'no': 'http://example.org/no/'}, values={'mapping_set_version': '2026-08-04'})
    """
    if len(text) > MAX_HEADER:
        report.skip(1, f"a header of more than {MAX_HEADER} characters, which is not read")
        return Header()
    try:
        # The base loader makes text, lists and dictionaries only.
        loaded: object = yaml.load(text, Loader=yaml.BaseLoader)  # noqa: S506
    except _YAML_ERRORS as error:
        report.skip(1, f"the header is no YAML that can be read: {str(error).partition(chr(10))[0] or type(error).__name__}")
        return Header()
    if not isinstance(loaded, dict):
        if loaded:
            report.skip(1, "the header is no YAML with names and values", text)
        return Header()
    found = loaded.get("curie_map")
    return Header(dict(_texts(found.items())) if isinstance(found, dict) else {}, dict(_texts(loaded.items())))


def _texts(items: Iterable[tuple[object, object]]) -> Iterable[tuple[str, str]]:
    return ((key, value.strip()) for key, value in items if isinstance(key, str) and isinstance(value, str) and value.strip())


def _address(text: str | None) -> str | None:
    return None if text is None else web_iri(text)
