"""Files of printed sheets that a job made: kept in the home until newer ones take their room."""

import hashlib
import os
import time
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np

from rbmgeo.db.session import Database
from rbmgeo.errors import NotThere
from rbmgeo.privacy import seen
from rbmgeo.workflows.sheets import Progress, print_book

#: Files of a unit that are kept; an older one is made again by asking again.
KEPT = 8
#: Ending of what lies beside a file: the customers whose data it holds.
SEEN = ".seen"


@dataclass(frozen=True)
class SheetFiles:
    """The files of one unit, named by their content; complete or not there."""

    folder: Path
    suffix: str = ".pdf"

    @classmethod
    def of(
        cls, home: Path, ulp: str, *, room: str = "sheets", suffix: str = ".pdf"
    ) -> "SheetFiles":
        """Return those of a unit, in a room of the home (sheets, tables, forms, books)."""
        return cls(home / room / ulp, suffix)

    def keep(self, content: bytes) -> str:
        """Keep a file and return its sha256; the oldest beyond `KEPT` go."""
        name = hashlib.sha256(content).hexdigest()
        beside = self.beside()
        beside.write_bytes(content)
        return self._named(beside, name)

    def customers(self, sha256: str) -> set[int]:
        """Return the customers that a file holds, as its maker noted them; none where it noted none."""
        try:
            packed = (self.folder / f"{sha256}{SEEN}").read_bytes()
        except FileNotFoundError:
            return set()
        return set(np.frombuffer(packed, dtype="<i8").tolist())

    def beside(self) -> Path:
        """Return where a file can be written before it is kept (`take`) or thrown away."""
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        return self.folder / f".{os.getpid()}-{time.monotonic_ns()}"

    def take(self, written: Path) -> str:
        """Keep a file written beside the others and return its sha256."""
        with written.open("rb") as held:
            name = hashlib.file_digest(held, "sha256").hexdigest()
        return self._named(written, name)

    def _named(self, written: Path, name: str) -> str:
        noted = written.with_name(written.name + SEEN)
        if not noted.exists():
            write_noted(noted, seen.gathered() or set())
        # First whose data they are: a file is never there without that.
        noted.replace(self.folder / f"{name}{SEEN}")
        written.replace(self.folder / f"{name}{self.suffix}")
        mine = [p for p in self.folder.iterdir() if p.suffix == self.suffix and not p.name.startswith(".")]  # fmt: skip
        for old in sorted(mine, key=lambda p: p.stat().st_mtime)[:-KEPT]:
            old.unlink(missing_ok=True)
            old.with_suffix(SEEN).unlink(missing_ok=True)
        return name

    def read(self, sha256: str) -> bytes:
        """Return a file; raises `NotThere` once it had to go. Whoever gets it saw whose data it holds."""
        seen.note(self.customers(sha256))
        try:
            return (self.folder / f"{sha256}{self.suffix}").read_bytes()
        except FileNotFoundError:
            raise NotThere(
                "this file is not kept any more; ask for it again",
                "berkas ini sudah tidak disimpan; minta lagi",
            ) from None

    def has(self, sha256: str) -> bool:
        """Say whether a file is still kept."""
        return (self.folder / f"{sha256}{self.suffix}").is_file()


def write_noted(path: Path, numbers: set[int]) -> None:
    """Write customers as eight bytes each, ascending."""
    packed = np.sort(np.fromiter(numbers, dtype="<i8", count=len(numbers)))
    path.write_bytes(packed.tobytes())


def make_book(
    database: Database, home: Path, ulp: str, *, kind: str, blth: str, at: datetime,
    version_id: int | None, address: str, progress: Progress,
) -> dict[str, Any]:  # fmt: skip
    """Make the sheets of every RBM or gardu of a unit, keep the file, and say what it holds."""
    with database.reading() as session:
        made = print_book(
            session, ulp, kind, blth=blth, at=at, version_id=version_id, address=address,
            progress=progress,
        )  # fmt: skip
    progress("menyimpan berkas / keeping the file", 1, 1)
    return {
        "kind": kind, "blth": blth, "sheets": made.sheets, "pages": made.pages,
        "listed": made.customers, "drawn": made.drawn, "no_position": made.without_place,
        "no_room": made.no_room, "left_out": list(made.left_out[:100]),
        "megabytes": round(len(made.content) / 1e6, 1),
        "file": SheetFiles.of(home, ulp).keep(made.content),
        "file_name": f"peta-{kind}-{ulp}-{blth}.pdf",
    }  # fmt: skip
