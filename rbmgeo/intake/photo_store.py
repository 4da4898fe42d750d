"""Photos of customers as files of the home, named by their content: a photo is there once."""

import hashlib
import os
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from zipfile import ZipFile, ZipInfo

import numpy as np
import numpy.typing as npt

from rbmgeo.intake.parts import row_of, table_of
from rbmgeo.intake.readers.archive import looked_through, member_bytes
from rbmgeo.intake.readers.photos import suffix_of

#: What a browser is told that a file is.
MIMETYPES = {
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".png": "image/png",
    ".webp": "image/webp",
}


@dataclass(frozen=True)
class PhotoStore:
    """The photos of one unit, in a folder of the home.

    A file is complete or not there: it is written beside and then named. One that no record
    names (an import that was cut short or undone) does no harm and is used again if it comes
    again.
    """

    folder: Path

    @classmethod
    def of(cls, home: Path, ulp: str) -> "PhotoStore":
        """Return the store of a unit."""
        return cls(home / "photos" / ulp)

    def path(self, sha256: str, suffix: str) -> Path:
        """Return where a photo lies."""
        return self.folder / sha256[:2] / f"{sha256}{suffix}"

    def write(self, content: bytes, suffix: str) -> tuple[str, Path | None]:
        """Write a photo beside its place; return its hash, and the file to be named (see `name`).

        None where the photo is there already.
        """
        sha256 = hashlib.sha256(content).hexdigest()
        place = self.path(sha256, suffix)
        if place.is_file():
            return sha256, None
        place.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        beside = place.with_name(f".{place.name}.{os.getpid()}")
        beside.write_bytes(content)
        return sha256, beside

    def name(self, files: Sequence[Path]) -> None:
        """Name written photos, once they are on the disk: all together, not one by one."""
        if files:
            os.sync()
        for file in files:
            file.replace(file.with_name(file.name[1:].rpartition(".")[0]))


@dataclass(frozen=True)
class Photos:
    """Where photos go, and the zips that they come from by the number of the table."""

    store: PhotoStore
    archives: Sequence[Path]

    def keep(self, rows: "npt.NDArray[np.int64]") -> list[tuple[str, str]]:
        """Keep the members that rows number (`rbmgeo.intake.parts`); return hash and suffix of each."""
        kept: list[tuple[str, str]] = []
        written: dict[Path, None] = {}
        with ExitStack() as opened:
            packed: dict[int, tuple[ZipFile, list[ZipInfo]]] = {}
            for table, number in zip(table_of(rows).tolist(), row_of(rows).tolist(), strict=True):
                if table not in packed:
                    path = self.archives[table]
                    packed[table] = opened.enter_context(ZipFile(path)), looked_through(path)
                archive, members = packed[table]
                content = member_bytes(archive, members[number - 1])
                suffix = suffix_of(content[:12])
                sha256, beside = self.store.write(content, suffix)
                kept.append((sha256, suffix))
                if beside is not None:
                    written[beside] = None
        self.store.name(list(written))
        return kept
