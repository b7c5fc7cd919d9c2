"""Content codings (RFC 9110 §8.4): what is sent is compressed block by block, as the client's Accept-Encoding has it."""

import zlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import chain
from types import ModuleType
from typing import cast

import zstandard
from flask import Request, Response
from werkzeug.datastructures import Accept

from server.problems import Problem

brotli: ModuleType | None
try:
    import brotli  # type: ignore[no-redef,import-not-found,unused-ignore]  # an extra
except ImportError:
    brotli = None

# What is shorter gains nothing.
_MINIMUM = 1_024
_IDENTITY = "identity"
_TEXT_TYPES = ("application/json", "application/xml", "application/n-triples", "application/n-quads", "application/trig")
_WITHOUT_BODY = (204, 206, 304)


@dataclass(frozen=True, slots=True)
class _Coder:
    """One compressor: takes bytes, gives out all that it holds, ends the stream."""

    add: Callable[[bytes], bytes]
    flush: Callable[[], bytes]
    end: Callable[[], bytes]


def _zstd() -> _Coder:
    coder = zstandard.ZstdCompressor(level=3).compressobj()
    return _Coder(coder.compress, lambda: coder.flush(zstandard.COMPRESSOBJ_FLUSH_BLOCK), coder.flush)


def _brotli() -> _Coder:
    assert brotli is not None
    coder = brotli.Compressor(quality=4)
    return _Coder(coder.process, coder.flush, coder.finish)


def _gzip() -> _Coder:
    coder = zlib.compressobj(5, zlib.DEFLATED, zlib.MAX_WBITS | 16)
    return _Coder(coder.compress, lambda: coder.flush(zlib.Z_SYNC_FLUSH), coder.flush)


# In the order in which we like them best.
CODINGS: dict[str, Callable[[], _Coder]] = {"zstd": _zstd} | ({"br": _brotli} if brotli else {}) | {"gzip": _gzip}


def compressed(response: Response, request: Request) -> Response:
    """The response in the coding that the client likes best; files, and what is short or compressed already, stay as they are.

    A coded variant's ETag is weak, so that it matches those of the other variants in If-None-Match (RFC 9110 §13.1.2).
    Raises QueryError where a streamed answer fails before its second block, Problem where the client takes no coding of ours.
    """
    if not _is_text(response) or response.status_code in range(300, 304):
        return response
    response.vary.add("Accept-Encoding")
    if response.status_code in _WITHOUT_BODY:
        return response
    coding = chosen(request.accept_encodings, "Accept-Encoding" in request.headers)
    first = _whole_if_short(response)
    if coding is None and response.status_code < 400:
        raise Problem(
            406, "Not acceptable", f"no content coding that the Accept-Encoding header allows; there is: {', '.join(CODINGS)}, identity"
        )
    if coding not in CODINGS or (first < _MINIMUM and accepts_identity(request.accept_encodings)):
        return response
    return _coded(response, coding)


def chosen(accept: Accept, is_given: bool = True) -> str | None:
    """The coding that an Accept-Encoding header likes best, ours first among equals; None if it allows none, identity included.

    >>> chosen(Accept([("gzip", 1), ("identity", 0.5)])), chosen(Accept([("gzip", 0.5), ("identity", 1)])), chosen(Accept([("*", 0)]))
    ('gzip', 'identity', None)
    """
    ranges = _ranges(accept)
    if not is_given or not ranges:
        return _IDENTITY
    qualities = {name: ranges.get(name, ranges.get("*", 0)) for name in CODINGS}
    best = max(qualities, key=lambda name: qualities[name])
    if qualities[best] > 0 and qualities[best] >= ranges.get(_IDENTITY, 0):
        return best
    return _IDENTITY if accepts_identity(accept) else None


def accepts_identity(accept: Accept) -> bool:
    """Whether the client takes what is in no coding: unless it says that it does not (RFC 9110 §12.5.3)."""
    ranges = _ranges(accept)
    return ranges.get(_IDENTITY, ranges.get("*", 1)) > 0


def _ranges(accept: Accept) -> dict[str, float]:
    return {name.casefold().removeprefix("x-"): quality for name, quality in accept}


def _is_text(response: Response) -> bool:
    """Whether this may be compressed: text of any kind that is no file."""
    if response.direct_passthrough or "Content-Encoding" in response.headers:
        return False
    name = response.mimetype or ""
    return name.startswith("text/") or name.endswith(("+json", "+xml")) or name in _TEXT_TYPES


def _whole_if_short(response: Response) -> int:
    """The length of the body as far as it is known; a streamed one that is short is read to its end, and has a length then."""
    if response.is_sequence:
        return len(response.get_data())
    source = cast(Iterable[bytes], response.response)
    blocks = iter(source)
    begin = list(_until(blocks, _MINIMUM))
    known = sum(map(len, begin))
    if known < _MINIMUM:
        response.set_data(b"".join(begin))
    else:
        response.response = chain(begin, blocks)
    _close_with(response, source)
    return known


def _until(blocks: Iterator[bytes], length: int) -> Iterator[bytes]:
    """Blocks until they have that length together."""
    for block in blocks:
        yield block
        length -= len(block)
        if length <= 0:
            return


def _coded(response: Response, coding: str) -> Response:
    coder = CODINGS[coding]()
    if response.is_sequence:
        response.set_data(coder.add(response.get_data()) + coder.end())
    else:
        response.response = _blocks(cast(Iterable[bytes], response.response), coder)
        response.headers.pop("Content-Length", None)
    response.headers["Content-Encoding"] = coding
    etag, _ = response.get_etag()
    if etag is not None:
        response.set_etag(etag, weak=True)
    return response


def _blocks(blocks: Iterable[bytes], coder: _Coder) -> Iterator[bytes]:
    """Each block compressed, nothing of it held back; one that fails ends the stream without its end mark."""
    for block in blocks:
        yield coder.add(block) + coder.flush()
    yield coder.end()


def _close_with(response: Response, source: object) -> None:
    close = getattr(source, "close", None)
    if callable(close):
        response.call_on_close(close)
