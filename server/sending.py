"""Files as bodies of responses: by the courier where there is one, else by whoever sends the response."""

import socket
from typing import BinaryIO

from flask import Response, current_app, request

from server.downloads import DOWNLOADS, Downloads, Parcel
from server.problems import RETRY_AFTER_SECONDS, Problem
from server.record import record_of


def downloads() -> Downloads:
    """Those of the application."""
    found = current_app.extensions[DOWNLOADS]
    assert isinstance(found, Downloads)
    return found


def check_room() -> None:
    """Raise Problem if no other file can be sent now."""
    found = downloads()
    if found.active() >= found.limit:
        raise _busy(found)


def attach(response: Response, file: BinaryIO, offset: int, length: int) -> None:
    """Have these bytes of the file sent as the body; the file is closed in the end. Problem if too many are being sent already."""
    found, record = downloads(), record_of(request.environ)
    if not found.begin():
        file.close()
        raise _busy(found)

    def ended(number: int, is_whole: bool) -> None:
        found.end()
        if record.is_handed_over:
            record.was_sent(number, is_whole)

    parcel = Parcel(file, offset, length, ended)
    response.direct_passthrough = True
    response.content_length = length
    connection = request.environ.get("gunicorn.socket")
    if found.has_courier and isinstance(connection, socket.socket):
        record.is_handed_over = True
        found.post(connection, parcel)
    else:
        response.response = parcel  # Whoever sends it closes it too.


def _busy(found: Downloads) -> Problem:
    detail = f"{found.limit} files are being sent already (max_downloads); come again a little later"
    return Problem(503, "Busy", detail, {"Retry-After": str(RETRY_AFTER_SECONDS)})
