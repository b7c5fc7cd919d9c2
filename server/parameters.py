"""The parameters of a protocol request, decoded exactly once and never repaired: what is not well-formed is refused."""

import math
import re
from urllib.parse import parse_qsl

from flask import Request
from gunicorn.http.errors import NoMoreData, ParseException
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import ClientDisconnected

from server.problems import Problem

FORM_TYPE = "application/x-www-form-urlencoded"
_MOST = 2_000
_BAD_ESCAPE = re.compile(r"%(?![0-9A-Fa-f]{2})")
Parameters = MultiDict[str, str]


def parameters_of(request: Request) -> Parameters:
    """All parameters: those of the URL, and with a form those of the body.

    Raises Problem for what is no UTF-8, for a percent sign that starts no escape, and for a form in another charset.
    """
    found = parsed(request.query_string, "the URL's query string")
    if request.method == "POST" and request.mimetype == FORM_TYPE:
        check_encoding(request)
        found.update(parsed(_body(request), "the form"))
    return found


def parsed(content: bytes, place: str) -> Parameters:
    """The parameters of a query string or form (https://url.spec.whatwg.org/#urlencoded-parsing).

    >>> parsed(b"query=a%2Bb+c&x", "the form")
    MultiDict([('query', 'a+b c'), ('x', '')])
    """
    try:
        text = content.decode("utf-8")
        if _BAD_ESCAPE.search(text):
            raise Problem(400, "Bad request", f"{place} has a percent sign that starts no escape: write %25 for it")
        return MultiDict(parse_qsl(text, keep_blank_values=True, errors="strict", max_num_fields=_MOST))
    except UnicodeDecodeError as error:
        raise Problem(400, "Bad request", f"{place} is not UTF-8: {error.reason}") from error
    except ValueError as error:
        raise Problem(400, "Bad request", f"{place} has more than {_MOST} parameters") from error


def body_text(request: Request) -> str:
    """The body as text, without a byte order mark; Problem where it is no UTF-8 or says that it is none."""
    check_encoding(request)
    try:
        return _body(request).decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Problem(400, "Bad request", f"the query is not UTF-8: {error.reason}") from error


def _body(request: Request) -> bytes:
    """The whole body; Problem where it is not whole, where its parts do not fit together, and where it is too long.

    Werkzeug cuts what is too long if no length is given, and takes what comes of a body whose connection ends.
    """
    try:
        content = request.get_data()
    except ClientDisconnected as error:
        if isinstance(error.__context__, NoMoreData):
            raise _cut() from error
        raise Problem(408, "Request timeout", "the rest of the request did not come in time", {"Connection": "close"}) from error
    except ParseException as error:
        raise Problem(400, "Bad request", f"the body cannot be read: {error}", {"Connection": "close"}) from error
    if len(content) < (request.content_length or 0):
        raise _cut()
    if request.content_length is None and len(content) >= (request.max_content_length or math.inf):
        raise Problem(413, "Request too long", f"the request has {len(content)} bytes or more", {"Connection": "close"})
    return content


def _cut() -> Problem:
    return Problem(400, "Bad request", "the connection ended before the request did", {"Connection": "close"})


def check_encoding(request: Request) -> None:
    """Problem for a body in another charset than UTF-8, or in a content coding (RFC 9110 §15.5.16)."""
    charset = request.mimetype_params.get("charset", "utf-8")
    if charset.casefold() not in ("utf-8", "utf8", "us-ascii"):
        raise Problem(415, "Unsupported media type", f"send the request in UTF-8, not in {charset!r}")
    coding = request.headers.get("Content-Encoding", "identity")
    if coding.casefold() != "identity":
        headers = {"Accept-Encoding": "identity"}
        raise Problem(415, "Unsupported media type", f"send the request as it is, not in the content coding {coding!r}", headers)


def only(parameters: Parameters, name: str) -> str | None:
    """The value of a parameter that may be given once; None where it is not given or empty, Problem where it has two values."""
    values = sorted(set(filter(None, parameters.getlist(name))))
    if len(values) > 1:
        raise Problem(400, "Bad request", f"{name} is given more than once, with different values: {', '.join(values)[:200]}")
    return values[0] if values else None
