"""Whether an answer says nothing, told from its first block, which is all of an answer that is so short."""

import re

_INTEGER = rb"http://www.w3.org/2001/XMLSchema#integer"
_XML = rb"<\?xml[^>]*><sparql[^>]*><head>(?:<variable [^>]*/>)*</head>"
_JSON_CELL = rb'"[^"]*":\{"type":"literal","value":(?:"0","datatype":"' + _INTEGER + rb'"|"")\}'
_XML_CELL = rb"<binding [^>]*>(?:<literal [^>]*#integer\">0</literal>|<literal></literal>|<literal/>)</binding>"
# No row, false, or one row of nothing; no triple. What aggregates make of nothing is a count, a sum or an average of 0, an empty
# text, or no value at all. Blocks of an answer that has more do not match whole.
_EMPTY: dict[str, re.Pattern[bytes]] = {
    "json": re.compile(
        rb'\{"head":\{(?:"vars":\[[^\]]*\])?\},(?:"boolean":false|"results":\{"bindings":\[(?:\{(?:'
        + _JSON_CELL
        + rb"(?:,"
        + _JSON_CELL
        + rb")*)?\})?\]\})\}"
    ),
    "xml": re.compile(_XML + rb"(?:<boolean>false</boolean>|<results>(?:<result>(?:" + _XML_CELL + rb")*</result>)?</results>)</sparql>"),
    "csv": re.compile(rb'(?:false|[^\r\n]*\r\n(?:(?:0|"")?(?:,(?:0|"")?)*\r\n)?)'),
    "tsv": re.compile(rb'(?:false|[^\r\n]*\n(?:(?:0|"")?(?:\t(?:0|"")?)*\n)?)'),
    "jsonld": re.compile(rb"\[\]"),
    "rdfxml": re.compile(rb"<\?xml[^>]*>\s*<rdf:RDF[^>]*>\s*</rdf:RDF>\s*"),
}
_NOTHING = re.compile(rb"")


def is_empty(format_name: str, first: bytes) -> bool:
    r"""Whether this first block is the whole of an answer without content in that format.

    >>> is_empty("csv", b"s,p\r\n"), is_empty("csv", b"n\r\n0\r\n"), is_empty("csv", b"s,p\r\n1,2\r\n")
    (True, True, False)
    >>> is_empty("tsv", b'?n\t?names\t?last\n0\t""\t\n'), is_empty("csv", b"n,m\r\n0,1\r\n")
    (True, False)
    """
    return _EMPTY.get(format_name, _NOTHING).fullmatch(first) is not None
