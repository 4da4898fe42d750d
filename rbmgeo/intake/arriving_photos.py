"""Pictures of the field as they come: in pieces, again, at once from two sides; whole or not there."""

import contextlib
import fcntl
import hashlib
import os
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from rbmgeo.errors import TooManyTries, UsageError
from rbmgeo.intake.photo_store import MIMETYPES, PhotoStore
from rbmgeo.intake.readers.photos import suffix_of

#: One picture, one piece (bytes). Phones make theirs smaller (200 kB).
MOST_BYTES, MOST_CHUNK = 400_000, 256 * 1024
#: Begun and not finished in a unit; what nobody went on with for so long is dropped then.
MOST_PARTS, STALE_S = 5_000, 30 * 24 * 3600.0
#: First bytes that say what a file is.
_HEAD = 12
_HASH = re.compile(r"[0-9a-f]{64}")


class NoPicture(UsageError):
    """What came is no picture that is kept; the phone takes it again or sends it anew."""


@dataclass(frozen=True)
class Arrived:
    """How much of a picture is there; ``suffix`` once it is whole."""

    have: int
    suffix: str = ""

    @property
    def whole(self) -> bool:
        """Whether all of it is there, and is what its hash says."""
        return bool(self.suffix)


@dataclass(frozen=True)
class ArrivingPhotos:
    """The pictures of one unit that are coming in, beside its store.

    The bytes are kept as they came: what the phone hashed is what the office shows. A position in
    the picture (EXIF) is taken out by the phone, which draws it anew before it hashes it.
    """

    store: PhotoStore

    @property
    def parts(self) -> Path:
        """The folder of those that are not whole yet."""
        return self.store.folder / ".datang"

    def there(self, sha256: str) -> Arrived:
        """Return how much of a picture is there; raises `NoPicture` where that is no hash."""
        if not _HASH.fullmatch(sha256):
            raise NoPicture(
                "the picture's name is no SHA-256; load the app again",
                "nama foto bukan SHA-256; muat ulang aplikasinya",
            )
        for suffix in MIMETYPES:
            place = self.store.path(sha256, suffix)
            if place.is_file():
                return Arrived(place.stat().st_size, suffix)
        part = self.parts / sha256
        return Arrived(part.stat().st_size if part.is_file() else 0)

    def take(self, sha256: str, start: int, total: int, chunk: bytes) -> Arrived:
        """Append a piece and return what is there now.

        A piece that begins elsewhere than where the picture ends changes nothing: who sends it is
        told what is there, and goes on from it. So the same piece twice, or two at once, do no harm.

        Raises
        ------
        NoPicture
            If it is larger than a picture may be, no JPEG, PNG or WebP, or not what its hash says
            (what had come of it is dropped: it is sent anew).
        TooManyTries
            If too many are begun and not finished.
        """
        if not 0 < total <= MOST_BYTES or start < 0 or start + len(chunk) > total:
            raise NoPicture(
                f"a picture has at most {MOST_BYTES // 1000} kB; take a smaller one",
                f"foto paling besar {MOST_BYTES // 1000} kB; ambil yang lebih kecil",
            )
        there = self.there(sha256)
        if there.whole or start != there.have:
            return there
        if start == 0:
            self._make_room()
        with self._alone(sha256) as number:
            if number is None:
                return self.there(sha256)
            # It may have become whole between the look and the lock: then this file is a new one.
            if (there := self.there(sha256)).whole:
                (self.parts / sha256).unlink(missing_ok=True)
                return there
            have = os.fstat(number).st_size
            if start != have:
                return Arrived(have)
            self._look(sha256, number, start, chunk, total)
            os.pwrite(number, chunk, start)
            have += len(chunk)
            return self._finished(sha256, number, have) if have == total else Arrived(have)

    def _look(self, sha256: str, number: int, start: int, chunk: bytes, total: int) -> None:
        """Refuse what is no picture by its first bytes, as soon as they are there."""
        first = os.pread(number, _HEAD, 0)[:start] + chunk[: max(0, _HEAD - start)]
        if (len(first) >= _HEAD or start + len(chunk) == total) and not suffix_of(first):
            (self.parts / sha256).unlink(missing_ok=True)
            raise NoPicture(
                "this is no JPEG, PNG or WebP picture; take the photo again",
                "ini bukan foto JPEG, PNG, atau WebP; ambil lagi fotonya",
            )

    def _finished(self, sha256: str, number: int, have: int) -> Arrived:
        content = os.pread(number, have, 0)
        part = self.parts / sha256
        if hashlib.sha256(content).hexdigest() != sha256:
            part.unlink(missing_ok=True)
            raise NoPicture(
                "what came of the picture is not what its hash says; send it anew",
                "foto yang sampai tidak sama dengan sidik SHA-256-nya; kirim ulang dari awal",
            )
        suffix = suffix_of(content[:_HEAD])
        place = self.store.path(sha256, suffix)
        place.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        # The phone deletes its own once it is told: it must be on the disk by then.
        os.fsync(number)
        part.replace(place)
        folder = os.open(place.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
        return Arrived(have, suffix)

    @contextmanager
    def _alone(self, sha256: str) -> Iterator[int | None]:
        """Open the part for one writer at a time; None where it became whole meanwhile."""
        self.parts.mkdir(parents=True, exist_ok=True, mode=0o700)
        part = self.parts / sha256
        number = os.open(part, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(number, fcntl.LOCK_EX)
            try:
                ours = os.stat(part).st_ino == os.fstat(number).st_ino
            except FileNotFoundError:
                ours = False
            yield number if ours else None
        finally:
            os.close(number)

    def _make_room(self) -> None:
        if not self.parts.is_dir():
            return
        begun = [Path(entry) for entry in os.scandir(self.parts)]
        if len(begun) < MOST_PARTS:
            return
        dropped = 0
        for part in begun:
            with contextlib.suppress(FileNotFoundError):
                if time.time() - part.stat().st_mtime > STALE_S:
                    part.unlink()
                    dropped += 1
        if not dropped:
            raise TooManyTries(
                "too many pictures are begun and not finished in this unit; finish them first",
                "terlalu banyak foto yang belum selesai dikirim di unit ini; selesaikan dulu",
            )
