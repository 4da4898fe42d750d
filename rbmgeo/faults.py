"""Named places of an import at which a test may stop it, to see that nothing is half done.

Only the environment arms them: ``RBMGEO_FAULT`` names one place, ``RBMGEO_FAULT_FOLDER`` a
folder in which the importer leaves ``<place>.reached`` with its process id and waits for
``<place>.go``. Nothing happens without both.
"""

import os
import time
from pathlib import Path
from typing import Protocol

#: In the order in which an import passes them.
POINTS = ("after_upload", "after_batch", "mid_copy", "before_commit", "after_commit")
_PATIENCE_S = 120.0


def fault_point(name: str) -> None:
    """Wait here if the environment says so; called at the places of `POINTS` only."""
    if os.environ.get("RBMGEO_FAULT") != name:
        return
    folder = Path(os.environ["RBMGEO_FAULT_FOLDER"])
    reached = folder / f"{name}.reached"
    if reached.exists():
        return  # once a run
    reached.write_text(str(os.getpid()))
    end = time.monotonic() + _PATIENCE_S
    while not (folder / f"{name}.go").exists() and time.monotonic() < end:
        time.sleep(0.02)


class Readable(Protocol):
    """What COPY reads from."""

    def read(self, size: int = -1, /) -> bytes:
        """Return the next bytes, at most so many."""


def stopping(file: Readable, name: str) -> Readable:
    """Return a file that stops at a named place once some of it was read; itself if unarmed."""
    return _Stopping(file, name) if os.environ.get("RBMGEO_FAULT") == name else file


class _Stopping:
    """Reads half of what it is asked for, stops, then reads on."""

    def __init__(self, file: Readable, name: str) -> None:
        self.file, self.name, self.read_some = file, name, False

    def read(self, size: int = -1) -> bytes:
        if self.read_some:
            fault_point(self.name)
            return self.file.read(size)
        self.read_some = True
        return self.file.read(min(size, 64) if size > 0 else 64)
