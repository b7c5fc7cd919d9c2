"""Answers to HTTP/1.0, where the end of the connection is the end of the body, so that a cut one would look whole."""

import tempfile
from collections.abc import Iterable
from typing import cast

from flask import Request, Response

from server.problems import Problem

_IN_MEMORY = 1 << 20
LARGEST = 64 << 20
_ADVICE = f"this answer has more than {LARGEST} bytes: ask by HTTP/1.1, which shows if it was cut (nginx: proxy_http_version 1.1)"


def framed(response: Response, request: Request) -> Response:
    """The response with its length for a client of HTTP/1.0, which needs it (RFC 9112 §6.3).

    Its body is read to the end first; Problem for one of more than LARGEST bytes, QueryError for one that fails.
    """
    if request.environ.get("SERVER_PROTOCOL") != "HTTP/1.0" or request.method == "HEAD" or response.direct_passthrough:
        return response
    if not response.is_sequence:
        _spool(response)
    return response


def _spool(response: Response) -> None:
    source = cast(Iterable[bytes], response.response)
    target = tempfile.SpooledTemporaryFile(_IN_MEMORY)  # noqa: SIM115  # closed with the response
    response.call_on_close(target.close)
    close = getattr(source, "close", None)
    if callable(close):
        response.call_on_close(close)
    length = 0
    for block in source:
        length += len(block)
        if length > LARGEST:
            raise Problem(505, "HTTP version not supported", _ADVICE)
        target.write(block)
    target.seek(0)
    response.response = iter(lambda: target.read(_IN_MEMORY), b"")
    response.content_length = length
