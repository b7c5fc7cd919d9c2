"""Sets of terms in flat memory: counting how many are different, and remembering which may be in a set."""

from collections.abc import Iterable
from hashlib import blake2b
from pathlib import Path

_DIGEST_BYTES = 16
_HELD = 1 << 20
_PLACES = (1 << 27) - 1


class Distinct:
    """How many different terms were added. Digests of 128 bits stand for them, in memory and, when they are many, in 256
    files of `folder` by their first byte, of which one at a time is counted.
    """

    def __init__(self, folder: Path, held: int = _HELD) -> None:
        self._folder, self._limit = folder, held
        self._held: set[bytes] = set()
        self._has_files = False

    def add(self, terms: Iterable[bytes]) -> None:
        """Take some terms, which may have been there before."""
        self._held.update(blake2b(term, digest_size=_DIGEST_BYTES).digest() for term in terms)
        if len(self._held) > self._limit:
            self._write()

    def count(self) -> int:
        """How many there are."""
        if not self._has_files:
            return len(self._held)
        self._write()
        return sum(_distinct_digests(path) for path in self._folder.iterdir())

    def _write(self) -> None:
        self._folder.mkdir(exist_ok=True)
        self._has_files = True
        buckets: dict[int, list[bytes]] = {}
        for digest in self._held:
            buckets.setdefault(digest[0], []).append(digest)
        for first, digests in buckets.items():
            with open(self._folder / f"{first:02x}", "ab") as file:
                file.write(b"".join(digests))
        self._held.clear()


class Sketch:
    """A set that may seem to have a term that it lacks, but never lacks one that it has: a bit a term, in 16 MiB."""

    def __init__(self) -> None:
        self._bits = bytearray(1 << 24)

    def add(self, term: bytes) -> None:
        """Take a term."""
        place = hash(term) & _PLACES
        self._bits[place >> 3] |= 1 << (place & 7)

    def __contains__(self, term: bytes) -> bool:
        place = hash(term) & _PLACES
        return bool(self._bits[place >> 3] >> (place & 7) & 1)


def _distinct_digests(path: Path) -> int:
    content = path.read_bytes()
    return len({content[place : place + _DIGEST_BYTES] for place in range(0, len(content), _DIGEST_BYTES)})
