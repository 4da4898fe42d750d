"""SOP IV.7: hand readings and prepaid checks of our own over, the same again from one state."""

from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pandas as pd
from sqlalchemy.orm import Session

from rbmgeo.db.queries import handoff as kept
from rbmgeo.db.queries import own_readings, units
from rbmgeo.db.queries.log import log_command
from rbmgeo.errors import NothingToDo, UsageError
from rbmgeo.fieldwork.prepaid import CHECKS
from rbmgeo.handoff.own import parted
from rbmgeo.labels import text
from rbmgeo.reports.handoff import OutFile, side_file, written
from rbmgeo.reports.layouts import chosen
from rbmgeo.terms import Service
from rbmgeo.workflows.handoff import HandedOver, given_again, hand_over

#: Kind of hand-off -> the service whose readings it holds.
OWN_KINDS = {"readings": Service.PASCA, "prepaid": Service.PRA}


def hand_over_own(
    session: Session, ulp: str, kind: str, blth: str, *, who: str, family: str = "umum",
    shape: str = "csv", anew: bool = False,
) -> HandedOver:  # fmt: skip
    """Hand the own readings (``readings``) or prepaid checks (``prepaid``) of a month over.

    What pins it is the month and the newest reading taken in: while none came since, the very
    bytes of before are given (R-CH-04), whatever changed beside; ``anew`` makes another. One
    row per customer in the list, conflicts and replaced readings in a file of their own; both
    together are every reading of the month. kWh sums only what was read: an estimate has its
    own column and no sum (R-PO-04). The caller commits.

    Raises
    ------
    UsageError
        If the kind or month is none.
    NothingToDo
        If no such reading of the month was taken in.
    """
    if kind not in OWN_KINDS:
        raise UsageError(f"{kind!r} is none of {(*OWN_KINDS,)}", f"{kind!r} bukan {(*OWN_KINDS,)}")
    if not (len(blth) == 6 and blth.isdigit() and 1 <= int(blth[4:]) <= 12):
        raise UsageError(f"month {blth!r}: write YYYYMM", f"bulan {blth!r}: tulis YYYYMM")
    units.unit(session, ulp=ulp)
    own_readings.lock(session, ulp=ulp)
    rows = own_readings.month(session, ulp=ulp, blth=blth, service=OWN_KINDS[kind])
    if rows.empty:
        raise NothingToDo(
            f"unit {ulp} has no {_what(kind, 'en')} of {blth}; make some on the page Baca ulang or "
            "with `rbmgeo reading own`",
            f"unit {ulp} belum punya {_what(kind, 'id')} bulan {blth}; buat di halaman Baca ulang "
            "atau dengan `rbmgeo reading own`",
        )
    newest = int(rows["reading_no"].max())
    before = next(
        (h for h in kept.handoffs(session, ulp=ulp, kind=kind)
         if (h.up_to_reading, h.blth, h.layout, h.shape) == (newest, blth, family, shape)),
        None,
    )  # fmt: skip
    files = _made(session, ulp, kind, blth, rows, family, shape)
    total = files[-1]
    if before is not None and (not anew or before.sha256 == total.sha256):
        return given_again(session, before, stale=before.sha256 != total.sha256)
    handoff_id = kept.add_handoff(
        session, ulp=ulp, kind=kind, layout=family, shape=shape, blth=blth, version_id=None,
        up_to_reading=newest, source_blth=None, sha256=total.sha256, rows=total.rows,
        kwh=total.kwh, handed_by=who or "-", changes=None,
        files=[
            {"file_name": f.name, "rows": f.rows, "kwh": f.kwh, "sha256": f.sha256,
             "content": f.content}
            for f in files
        ],
    )  # fmt: skip
    log_command(
        session, who=who, ulp=ulp, command=f"handoff {kind}",
        after={"handoff": handoff_id, "up_to_reading": newest, "sha256": total.sha256},
    )  # fmt: skip
    units.bump(session, ulp=ulp)
    return HandedOver(
        handoff_id, ulp, kind, blth, None, files, total.rows, total.kwh, total.sha256,
        again=False, stale=False, changes={},
    )  # fmt: skip


def hand_over_counts(
    session: Session, ulp: str, *, kind: str, blth: str, shape: str, who: str,
    version_id: int | None = None,
) -> dict[str, Any]:  # fmt: skip
    """Hand over and return only what a person counts; the files are kept with the hand-off."""
    if kind in OWN_KINDS:
        done = hand_over_own(session, ulp, kind, blth, who=who, shape=shape)
    else:
        done = hand_over(session, ulp, kind, blth, who=who, version_id=version_id, shape=shape)
    return {"handoff": done.handoff_id, "rows": done.rows, "kwh": done.kwh, "sha256": done.sha256,
            "again": done.again}  # fmt: skip


def _what(kind: str, lang: str) -> str:
    return text(f"handoff.{kind}", lang)


def _made(
    session: Session, ulp: str, kind: str, blth: str, rows: pd.DataFrame, family: str, shape: str
) -> list[OutFile]:
    sample = units.unit_settings(session, ulp=ulp).sample
    zone = units.unit(session, ulp=ulp).time_zone
    counted, apart = parted(rows)
    tables = {"list": _told(counted, zone), "apart": _told(apart, zone)}
    files: list[OutFile] = []
    for layout in chosen(kind, family):
        files += written(
            tables[layout.table], layout, ulp=ulp, blth=blth, shape=shape, sample=sample
        )
    facts = {
        "kind": kind, "ulp": ulp, "blth": blth, "up_to_reading": int(rows["reading_no"].max()),
        "profile": family, "shape": shape, "sample": sample, "readings": len(rows),
        "listed": len(counted), "apart": len(apart),
        "read": int(counted[["stand_kwh", "sisa_token_kwh"]].notna().any(axis=1).sum()),
        "taksasi": int(counted["taksasi_kwh"].notna().sum()),
    }  # fmt: skip
    return [*files, side_file(files, f"RINGKASAN_{kind.upper()}_{ulp}_{blth}.json", facts)]


def _told(rows: pd.DataFrame, zone: str) -> pd.DataFrame:
    """Return rows as a layout may name them: moments in the unit's time, marks as words."""
    moments = [v.astimezone(ZoneInfo(zone)) for v in rows["read_at"]]
    hours = [_hours(k, d) for k, d in zip(rows["kwh"], rows["daya_va"], strict=True)]
    marks = [list(m) + ([w] if w else []) for m, w in zip(rows["marks"], rows["why"], strict=True)]
    checks = {
        name: pd.Series([c.get(name) for c in rows["checks"]], index=rows.index, dtype=object)
        for name in CHECKS
    }
    return rows.assign(
        step=range(1, len(rows) + 1), **checks,
        read_on=[m.date() for m in moments], read_time=[f"{m:%H:%M:%S}" for m in moments],
        hours=pd.Series(hours, index=rows.index, dtype=object), client_id=rows["client_id"].astype(str),
        said=pd.Series([_words(m) for m in marks], index=rows.index, dtype=object),
    )  # fmt: skip


def _words(marks: list[str]) -> str | None:
    return "; ".join(text(f"mark.{m}", "id") for m in marks) or None


def _hours(kwh: Decimal | None, daya_va: Decimal | None) -> Decimal | None:
    if kwh is None or not daya_va:
        return None
    return (kwh * 1000 / daya_va).quantize(Decimal("0.1"))
