"""One unit from its snapshot's folder to its result's: what an engine does, somewhere."""

import resource
import time
from dataclasses import dataclass
from pathlib import Path

from rbmgeo.intake.unit_files import read_snapshot, write_result
from rbmgeo.unit.process import UnitParams, process_unit


@dataclass(frozen=True)
class Piece:
    """One unit to be done: its snapshot lies in ``folder``/snapshot, its result will beside it."""

    ulp: str
    folder: str
    snapshot_sha256: str
    params: UnitParams
    customers: int


@dataclass(frozen=True)
class PieceDone:
    """What a unit took: processor seconds in all and by step, and the process's peak memory."""

    ulp: str
    result_sha256: str
    cpu_s: float
    steps_s: dict[str, float]
    peak_mb: float


def do_piece(piece: Piece) -> PieceDone:
    """Read a snapshot, do the unit, write its result."""
    begun = time.process_time()
    folder = Path(piece.folder)
    result = process_unit(piece.ulp, read_snapshot(folder / "snapshot"), piece.params)
    sha256 = write_result(folder / "result", result, snapshot=piece.snapshot_sha256)
    peak_kb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return PieceDone(piece.ulp, sha256, time.process_time() - begun, result.cpu_s, peak_kb / 1024)
