"""Whether an answer says nothing, told from its first block, which is all of an answer that is so short."""

import re

_COUNT_OF_NONE = rb'"value":"0","datatype":"http://www.w3.org/2001/XMLSchema#integer"'
_XML = rb"<\?xml[^>]*><sparql[^>]*><head>(?:<variable [^>]*/>)*</head>"
# No row, false, or one row that is a count of 0; no triple. Blocks of an answer that has more do not match whole.
_EMPTY: dict[str, re.Pattern[bytes]] = {
    "json": re.compile(
        rb'\{"head":\{(?:"vars":\[[^\]]*\])?\},(?:"boolean":false|"results":\{"bindings":\[(?:\{"[^"]*":\{"type":"literal",'
        + _COUNT_OF_NONE
        + rb"\}\})?\]\})\}"
    ),
    "xml": re.compile(
        _XML + rb"(?:<boolean>false</boolean>|<results>(?:<result><binding [^>]*><literal [^>]*#integer\">0</literal></binding></result>)?"
        rb"</results>)</sparql>"
    ),
    "csv": re.compile(rb"(?:false|[^\r\n]*\r\n|[^\r\n,]+\r\n0\r\n)"),
    "tsv": re.compile(rb"(?:false|[^\r\n]*\n|[^\r\n\t]+\n0\n)"),
    "jsonld": re.compile(rb"\[\]"),
    "rdfxml": re.compile(rb"<\?xml[^>]*>\s*<rdf:RDF[^>]*>\s*</rdf:RDF>\s*"),
}
_NOTHING = re.compile(rb"")


def is_empty(format_name: str, first: bytes) -> bool:
    r"""Whether this first block is the whole of an answer without content in that format.

    >>> is_empty("csv", b"s,p\r\n"), is_empty("csv", b"n\r\n0\r\n"), is_empty("csv", b"s,p\r\n1,2\r\n")
    (True, True, False)
    """
    return _EMPTY.get(format_name, _NOTHING).fullmatch(first) is not None
