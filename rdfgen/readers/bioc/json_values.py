"""Where a JSON value ends that starts in a buffer, whether it is all there or not, and without making anything of it."""

import json
import re
from typing import NamedTuple

import msgspec

from rdfgen.readers.text import decoded

TOO_DEEP = "lists or objects are nested too deep"

_SMALLEST_WINDOW = 16 << 10
_BYTE = re.compile(r"\(byte (\d+)\)")
_LONE_SURROGATE = re.compile(rb"\\u[dD](?:[89abAB][0-9a-fA-F]{2}(?!\\u[dD][c-fC-F])|[c-fC-F])")
_VALUE = msgspec.json.Decoder(msgspec.Raw)
_LENIENT = json.JSONDecoder(strict=False)


class End(NamedTuple):
    """How far a value goes: to `position`, or it is wrong there, or its end is still to come."""

    position: int
    problem: str = ""
    is_cut: bool = False


def end_of_value(buffer: bytes, position: int) -> End:
    """Where the value ends that starts at `position`.

    >>> end_of_value(b'[{"id": 1}, 2]', 1).position, end_of_value(b'{"id": ', 0).is_cut
    (10, True)
    """
    try:
        _VALUE.decode(memoryview(buffer)[position:])
    except RecursionError:
        return End(position, TOO_DEEP)
    except msgspec.DecodeError as error:
        return _after(buffer, position, str(error))
    return End(len(buffer))


def _after(buffer: bytes, position: int, message: str) -> End:
    """What the decoder's message says of the end; it is stricter than many writers, so errors get a second opinion."""
    match = _BYTE.search(message)
    place = position + int(match[1]) - 1 if match is not None else position
    if "trailing characters" in message and match is not None:
        return End(place)
    if "truncated" in message and _LONE_SURROGATE.search(buffer, position) is None:
        return End(position, message, is_cut=True)
    return _lenient_end(buffer, position, place)


def _lenient_end(buffer: bytes, position: int, place: int) -> End:
    """The same by a decoder that takes NaN, control characters and lone surrogates; it sees no more than it needs."""
    size = max(_SMALLEST_WINDOW, 2 * (place - position))
    while True:
        text = buffer[position : position + size].decode("utf-8", "surrogateescape")
        end = _end_in(text)
        is_whole = position + size >= len(buffer)
        if not end.is_cut or is_whole:
            length = len(text[: end.position].encode("utf-8", "surrogateescape"))
            return end._replace(position=position + length)
        size *= 4


def _end_in(text: str) -> End:
    """Where the value at the start of the text ends; an error near the end of the text may be a cut."""
    try:
        return End(_LENIENT.raw_decode(text)[1])
    except RecursionError:
        return End(0, TOO_DEEP)
    except json.JSONDecodeError as error:
        is_cut = error.msg.startswith("Unterminated string") or error.pos >= len(text) - 16
        return End(error.pos, error.msg, is_cut)
    except ValueError as error:
        return End(0, str(error))


def string(data: bytes) -> str:
    """The text that a JSON value is, "" if it is none.

    >>> string(b'"PubTator"'), string(b"[]")
    ('PubTator', '')
    """
    value: object = _LENIENT.decode(decoded(data).rstrip()) if data.startswith(b'"') else ""
    return value if isinstance(value, str) else ""
