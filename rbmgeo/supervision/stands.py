"""SOP opening: stands are decided before AP2T bills them; what is to decide, and what is signed.

A decision holds for the reading that was looked at: where the reading changes, it is open again.
"""

import hashlib
import json
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import numpy as np
import pandas as pd

#: Beside the kinds of DLPD: the customer read it (code 7, R-PO-03).
SELF_READ = "swabaca"
#: What of a reading a decision is about; a change of any of it opens the line again.
JUDGED = [
    "kwh", "previous_stand_kwh", "stand_kwh", "removed_stand_kwh", "installed_stand_kwh",
    "multiplier",
]  # fmt: skip
MARK_LETTERS = 16


class StandVerdict(StrEnum):
    """What a supervisor decides of one reading; none of them changes it."""

    ACCEPT = "terima"
    CORRECT = "perbaiki"  # to be corrected in the source (CATER, AP2T), not here
    READ_AGAIN = "baca_ulang"


class StandState(StrEnum):
    """Where a line stands."""

    OPEN = "terbuka"
    CHANGED = "berubah"  # decided once, and the reading is another since
    DECIDED = "diputus"


@dataclass(frozen=True)
class StandDesk:
    """Lines to decide, the most kWh at stake first, and what they count.

    ``lines``: columns of `rbmgeo.energy.attention.by_stake` with ``key`` (stands for a line in
    a form), ``mark`` (of the reading), ``why`` (kind of DLPD or `SELF_READ`), ``state``
    (`StandState`), ``verdict``, ``reason``, ``decided_by``, ``decided_at`` (missing while open).
    """

    ulp: str
    blth: str
    readings: int
    unread: int
    kwh: str
    lines: pd.DataFrame

    @property
    def open(self) -> pd.DataFrame:
        """Return the lines that nobody decided as they are now."""
        return self.lines[self.lines["state"] != StandState.DECIDED]

    def count(self, verdict: StandVerdict) -> int:
        """Count the lines that were decided one way."""
        decided = self.lines[self.lines["state"] == StandState.DECIDED]
        return int((decided["verdict"] == verdict).sum())

    def content(self) -> dict[str, Any]:
        """Return what a signature stands under; the same lines give the same hash."""
        decided = self.lines["state"].eq(StandState.DECIDED)
        verdict = self.lines["verdict"].astype(object).where(decided, "")
        names = [self.lines[n].tolist() for n in ("idpel", "line", "mark")]
        told = zip(*names, verdict.tolist(), strict=True)
        rows = sorted([str(i), str(line), str(mark), str(v)] for i, line, mark, v in told)
        listed = json.dumps(rows, ensure_ascii=False, separators=(",", ":"))
        return {
            "ulp": self.ulp, "blth": self.blth, "readings": self.readings, "unread": self.unread,
            "kwh": self.kwh, "to_decide": len(self.lines), "open": len(self.open),
            **{str(v): self.count(v) for v in StandVerdict},
            "lines_sha256": hashlib.sha256(listed.encode()).hexdigest(),
        }  # fmt: skip


def marks(lines: pd.DataFrame) -> list[str]:
    """Return a mark of each reading by what of it is judged; equal readings have equal marks."""
    told = [
        ["" if v != v else f"{v:.6f}" for v in lines[name].to_numpy(float).tolist()]
        for name in JUDGED
    ]
    rows = map("|".join, zip(*told, strict=True))
    return [hashlib.sha256(row.encode()).hexdigest()[:MARK_LETTERS] for row in rows]


def keys(ulp: str, blth: str, lines: pd.DataFrame) -> list[str]:
    """Return what stands for each line in a form: no number of a customer."""
    pairs = zip(lines["idpel"], lines["line"], strict=True)
    return [
        hashlib.sha256(f"{ulp}|{blth}|{idpel}|{line or ''}".encode()).hexdigest()[:MARK_LETTERS]
        for idpel, line in pairs
    ]


def to_decide(work: pd.DataFrame, own: pd.DataFrame, decisions: pd.DataFrame) -> pd.DataFrame:
    """Return the lines that somebody has to decide, the most kWh at stake first.

    Parameters
    ----------
    work
        `by_stake`: what the rules find odd.
    own
        Readings of the month that customers told themselves (same columns), odd or not.
    decisions
        The newest of each line: ``idpel``, ``line``, ``mark``, ``verdict``, ``reason``,
        ``decided_by``, ``decided_at``.

    Every line of ``work`` and ``own`` stands once; ties go by idpel and line.
    """
    both = ["idpel", "line"]
    rest = own if own.empty else own[~_pairs(own).isin(_pairs(work))]
    kind = work["ours"].where(work["ours"].ne("") & work["ours"].ne("normal"), work["ap2t"])
    lines = pd.concat(
        [work.assign(why=kind.astype("str")), rest.assign(why=SELF_READ)], ignore_index=True
    )
    lines["mark"] = marks(lines)
    met = lines[both].merge(decisions, on=both, how="left", suffixes=("", "_then"))
    for name in ("verdict", "reason", "decided_by", "decided_at"):
        lines[name] = met[name].to_numpy()
    then = met["mark"].astype("str")
    state = np.where(
        met["verdict"].isna(), str(StandState.OPEN),
        np.where(then.eq(lines["mark"]), str(StandState.DECIDED), str(StandState.CHANGED)),
    )  # fmt: skip
    lines["state"] = state
    return lines.sort_values(
        ["stake_kwh", "idpel", "line"], ascending=[False, True, True], na_position="last",
        ignore_index=True,
    )  # fmt: skip


def _pairs(frame: pd.DataFrame) -> pd.Series:
    return frame["idpel"].astype(str) + "|" + frame["line"].fillna("").astype(str)
