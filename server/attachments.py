"""Responses that browsers save as files, under a name that the client may choose (RFC 6266)."""

import re
from urllib.parse import quote

_LONGEST = 150
_UNSAFE = re.compile(r'[\x00-\x1f\x7f-\x9f/\\:*?"<>|;%\ud800-\udfff]+')


def content_disposition(name: str) -> str:
    r"""The header's value for a file name; what could lead to another folder, or out of the header, is taken out.

    >>> content_disposition('../a"b\r\nX: y.ttl')
    'attachment; filename="a_b_X_ y.ttl"'
    >>> content_disposition("Müller.ttl")
    "attachment; filename*=UTF-8''M%C3%BCller.ttl"
    """
    safe = _UNSAFE.sub("_", name).lstrip("._- ").rstrip(". ")[:_LONGEST]
    if not safe.isascii():
        return f"attachment; filename*=UTF-8''{quote(safe, safe='')}"
    return f'attachment; filename="{safe or "download"}"'
