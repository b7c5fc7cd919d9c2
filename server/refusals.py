"""Requests that never reach the application, because they are no HTTP or too long: problem documents for them too."""

from http import HTTPStatus

from gunicorn.http.errors import (
    ExpectationFailed,
    ForbiddenProxyRequest,
    InvalidHTTPVersion,
    InvalidResponseHeader,
    InvalidResponseHeaderName,
    LimitRequestHeaders,
    LimitRequestLine,
    ParseException,
    UnsupportedTransferCoding,
)

from server.problems import PROBLEM_TYPE, document


class TooSlow(ParseException):  # type: ignore[misc]  # gunicorn has no types
    """A request whose rest did not come."""


# What is not here is a 400.
_STATUS: dict[type[BaseException], HTTPStatus] = {
    LimitRequestLine: HTTPStatus.REQUEST_URI_TOO_LONG,
    LimitRequestHeaders: HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE,
    UnsupportedTransferCoding: HTTPStatus.NOT_IMPLEMENTED,
    ExpectationFailed: HTTPStatus.EXPECTATION_FAILED,
    ForbiddenProxyRequest: HTTPStatus.FORBIDDEN,
    TooSlow: HTTPStatus.REQUEST_TIMEOUT,
    InvalidHTTPVersion: HTTPStatus.HTTP_VERSION_NOT_SUPPORTED,
}
_ADVICE: dict[HTTPStatus, str] = {HTTPStatus.REQUEST_URI_TOO_LONG: "; send long queries by POST"}


def is_refused(error: BaseException) -> bool:
    """Whether the error is one of the request, not of ours."""
    return isinstance(error, ParseException) and not isinstance(error, InvalidResponseHeader | InvalidResponseHeaderName)


def refusal(error: BaseException) -> bytes:
    """The response to a request that cannot be read, after which the connection ends.

    >>> refusal(LimitRequestLine(9000, 8190)).splitlines()[0]
    b'HTTP/1.1 414 Request-URI Too Long'
    """
    status = _STATUS.get(type(error), HTTPStatus.BAD_REQUEST)
    body = document(status.value, status.phrase, str(error)[:500] + _ADVICE.get(status, "")).encode()
    head = (
        f"HTTP/1.1 {status.value} {status.phrase}\r\nConnection: close\r\nContent-Type: {PROBLEM_TYPE}\r\n"
        f"Content-Length: {len(body)}\r\nCache-Control: no-store\r\nAccess-Control-Allow-Origin: *\r\n"
        "X-Content-Type-Options: nosniff\r\n\r\n"
    )
    return head.encode("ascii") + body
