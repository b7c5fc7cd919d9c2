"""Reference data from its publishers: whole, checked, continued where it broke off, and under its name only when complete."""

import fcntl
import hashlib
import os
import re
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from email.utils import formatdate, parsedate_to_datetime
from http import HTTPStatus
from pathlib import Path
from typing import TypeVar

from rdfgen.downloads import Download
from rdfgen.errors import InputError
from rdfgen.unpacking import unpack
from rdfgen.web import Answer, Interrupted, Patience, ask

Progress = Callable[[int, str, str], Callable[[int], object]]
_Result = TypeVar("_Result")

_CONTENT_RANGE = re.compile(r"bytes (?:(\d{1,18})-\d{1,18}|\*)/(\d{1,18}|\*)")
_WITHOUT_CONTENT = {HTTPStatus.NOT_MODIFIED, HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE}
_MD5 = re.compile(r"\b[0-9a-fA-F]{32}\b")
_CHECKSUM_BYTES = 1 << 16


@dataclass(frozen=True, slots=True)
class _Transfer:
    """A download on its way into a folder."""

    download: Download
    folder: Path
    url: str
    progress: Progress
    patience: Patience

    @property
    def target(self) -> Path:
        """The whole file."""
        return self.folder / self.download.file_name

    @property
    def part(self) -> Path:
        """What there is of a file that is not whole yet."""
        return self.folder / f"{self.download.file_name}.part"

    @property
    def origin(self) -> Path:
        """Which version of which address the part is of; without it the part cannot be continued."""
        return self.folder / f"{self.download.file_name}.part.origin"


def fetch(download: Download, folder: Path, progress: Progress, url: str | None = None, patience: Patience | None = None) -> list[Path]:
    """Bring the publisher's present file into the folder, unless it is there already; returns the paths of what to read.

    A transfer that broke off is continued, by this run or the next, unless the file has changed meanwhile. `url` is
    another address to take it from, which has the checksum beside it as the publisher has.
    """
    transfer = _Transfer(download, folder, url or download.url, progress, patience or Patience())
    with _locked(folder):
        is_new = _retried(lambda: _transferred(transfer), transfer.patience)
        if download.checksum_suffix is not None:
            _verify(transfer, transfer.part if is_new else transfer.target)
        if is_new:
            os.replace(transfer.part, transfer.target)
            transfer.origin.unlink(missing_ok=True)
        return unpack(transfer.target, download.members, 10 * download.limit) if download.members else [transfer.target]


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    """Two runs that write the same part would spoil it."""
    folder.mkdir(parents=True, exist_ok=True)
    handle = os.open(folder, os.O_RDONLY)
    try:
        _lock(handle, folder)
        yield
    finally:
        os.close(handle)


def _lock(handle: int, folder: Path) -> None:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        raise InputError(f"{folder}: error: another litlod fetch writes here; wait until it has ended") from error


def _retried(attempt: Callable[[], _Result], patience: Patience) -> _Result:
    """The result of the first attempt that is not interrupted; the waits between them double."""
    for number in range(patience.attempts - 1):
        try:
            return attempt()
        except Interrupted:
            patience.wait(2.0**number)
    return attempt()


def _transferred(transfer: _Transfer) -> bool:
    """Make the part whole; false if the file that is there is the publisher's present one."""
    start, validator = _progress_so_far(transfer)
    answer = ask(transfer.url, _conditions(transfer, start, validator), transfer.patience)
    with closing(answer.content):
        if answer.status in _WITHOUT_CONTENT:
            return _is_complete(transfer, start, answer)
        _take(transfer, start, validator, answer)
    return True


def _progress_so_far(transfer: _Transfer) -> tuple[int, str]:
    """The bytes of the part, and the validator of the version that they are of; nothing if that is not known."""
    try:
        url, _, validator = transfer.origin.read_text(encoding="utf-8").partition("\n")
        size = transfer.part.stat().st_size
    except (FileNotFoundError, UnicodeDecodeError):
        return 0, ""
    return (size, validator) if url == transfer.url and validator and size else (0, "")


def _conditions(transfer: _Transfer, start: int, validator: str) -> dict[str, str]:
    """Ask for the rest if the file is still the same (RFC 9110 §13.1.5), or for the file if it is newer than ours."""
    if start:
        return {"Range": f"bytes={start}-", "If-Range": validator}
    if transfer.target.exists():
        return {"If-Modified-Since": formatdate(transfer.target.stat().st_mtime, usegmt=True)}
    return {}


def _validator(answer: Answer) -> str:
    """What names this version of the file: weak validators do not tell that the bytes are the same."""
    tag = answer.headers.get("ETag", "")
    found = tag if tag.startswith('"') else answer.headers.get("Last-Modified", "")
    return found if found.isascii() and found.isprintable() else ""


def _is_complete(transfer: _Transfer, start: int, answer: Answer) -> bool:
    """Whether the part is whole, of which the server has no rest; false if the file that is there is the present one."""
    if answer.status == HTTPStatus.NOT_MODIFIED and not start and transfer.target.exists():
        return False
    found = _CONTENT_RANGE.fullmatch(answer.headers.get("Content-Range", ""))
    if not start or found is None or found[2] != str(start):
        raise _started_again(transfer)
    return True


def _started_again(transfer: _Transfer) -> Interrupted:
    transfer.origin.unlink(missing_ok=True)
    return Interrupted(f"{transfer.url}: error: the server does not continue the file where it broke off; try again")


def _take(transfer: _Transfer, start: int, validator: str, answer: Answer) -> None:
    """Write what the answer holds: the rest, or the whole where the server does not continue or the file has changed."""
    whole = answer.number("Content-Length")
    if answer.status == HTTPStatus.PARTIAL_CONTENT:
        found = _CONTENT_RANGE.fullmatch(answer.headers.get("Content-Range", ""))
        if found is None or found[1] != str(start) or _validator(answer) not in ("", validator):
            raise _started_again(transfer)
        whole = int(found[2]) if found[2] != "*" else None
    else:
        start = 0
    if whole is not None and whole > transfer.download.limit:
        raise _too_large(transfer)
    received = _write(transfer, start, answer, whole)
    if not received or received != (whole or received):
        raise Interrupted(f"{transfer.url}: error: the connection broke after {received} bytes of {whole}; run the command again to go on")
    _set_time(transfer.part, answer)


def _write(transfer: _Transfer, start: int, answer: Answer, whole: int | None) -> int:
    """Add the answer to the part, of which the first bytes stay; returns how many there are then."""
    update = transfer.progress(whole or transfer.download.size, "B", transfer.download.name)
    update(start)
    with open(transfer.part, "r+b" if start else "wb") as file:
        if not start:
            transfer.origin.write_text(f"{transfer.url}\n{_validator(answer)}", encoding="utf-8")
        file.seek(start)
        for block in answer.blocks(transfer.patience):
            start += len(block)
            if start > transfer.download.limit:
                raise _too_large(transfer)
            file.write(block)
            update(len(block))
    return start


def _too_large(transfer: _Transfer) -> InputError:
    _forget(transfer)
    limit, name = transfer.download.limit, transfer.download.name
    return InputError(f"{transfer.url}: error: larger than {limit} bytes, four times what {name} usually is; nothing was kept")


def _forget(transfer: _Transfer) -> None:
    transfer.part.unlink(missing_ok=True)
    transfer.origin.unlink(missing_ok=True)


def _set_time(path: Path, answer: Answer) -> None:
    """The time of the file is the publisher's, so that the next run can ask for a newer one."""
    try:
        modified = parsedate_to_datetime(answer.headers.get("Last-Modified", "")).timestamp()
        os.utime(path, (modified, modified))
    except (ValueError, OverflowError, OSError):
        return


def _verify(transfer: _Transfer, path: Path) -> None:
    """Raise InputError, and keep nothing, if the file does not have the publisher's MD5 sum."""
    url = f"{transfer.url}{transfer.download.checksum_suffix}"
    expected = _retried(lambda: _checksum(url, transfer), transfer.patience)
    with open(path, "rb") as file:
        found = hashlib.file_digest(file, lambda: hashlib.md5(usedforsecurity=False)).hexdigest()
    if found != expected:
        path.unlink()
        _forget(transfer)
        raise InputError(
            f"{path}: error: has not the checksum {expected} that {url} gives, and was removed; "
            "if the file has just been published anew, run the command again"
        )


def _checksum(url: str, transfer: _Transfer) -> str:
    """The MD5 sum that a checksum file gives, for this file where it gives several."""
    answer = ask(url, {}, transfer.patience)
    with closing(answer.content):
        text = b"".join(_first_bytes(answer.blocks(transfer.patience))).decode("utf-8", "replace")
    lines = [line for line in text.splitlines() if _MD5.search(line)]
    named = [line for line in lines if transfer.download.file_name in line]
    for line in named or lines[:1]:
        return str(_MD5.findall(line)[0]).lower()
    raise InputError(f"{url}: error: holds no MD5 sum")


def _first_bytes(blocks: Iterator[bytes]) -> Iterator[bytes]:
    received = 0
    for block in blocks:
        yield block
        received += len(block)
        if received > _CHECKSUM_BYTES:
            return
