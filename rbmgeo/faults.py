"""Named places of an import, a job and an answer at which a test may stop it, to see what is left.

Only the environment arms them: ``RBMGEO_FAULT`` names one place (``*``: whichever has a file
``<place>.armed`` in the folder), ``RBMGEO_FAULT_FOLDER`` a folder in which the process leaves
``<place>.reached`` with its process id and waits for ``<place>.go``. Nothing happens without both.
"""

import os
import time
from pathlib import Path
from typing import Protocol

#: In the order in which an import passes them.
POINTS = ("after_upload", "after_batch", "mid_copy", "before_commit", "after_commit")
#: In the order in which a job passes them; ``job_worked``: its work is done and, where both are
#: one transaction, committed with its state.
JOB_POINTS = ("job_begun", "job_before_commit", "job_worked", "job_closed")
#: In the order in which a phone's records and pictures, and a decision on a page, pass them.
WEB_POINTS = (
    "visit_before_commit", "visit_kept", "photo_piece", "photo_kept", "decision_before_commit",
    "decision_kept", "ask_before_commit", "ask_kept",
)  # fmt: skip
_PATIENCE_S = 120.0


def fault_point(name: str) -> None:
    """Wait here if the environment says so; called at the places named above only."""
    asked = os.environ.get("RBMGEO_FAULT")
    if asked not in (name, "*"):
        return
    folder = Path(os.environ["RBMGEO_FAULT_FOLDER"])
    reached = folder / f"{name}.reached"
    if asked == "*" and not (folder / f"{name}.armed").exists():
        return
    try:
        with reached.open("x") as file:  # once a run, of all processes
            file.write(str(os.getpid()))
    except FileExistsError:
        return
    end = time.monotonic() + _PATIENCE_S
    while not (folder / f"{name}.go").exists() and time.monotonic() < end:
        time.sleep(0.02)


class Readable(Protocol):
    """What COPY reads from."""

    def read(self, size: int = -1, /) -> bytes:
        """Return the next bytes, at most so many."""


def stopping(file: Readable, name: str) -> Readable:
    """Return a file that stops at a named place once some of it was read; itself if unarmed."""
    return _Stopping(file, name) if os.environ.get("RBMGEO_FAULT") in (name, "*") else file


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
