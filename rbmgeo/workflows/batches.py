"""Files taken in: what each changed against the last of its kind, and taking one back."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd
from sqlalchemy.orm import Session

from rbmgeo.db.models import ImportBatch
from rbmgeo.db.queries import batch_undo, batches, imports, units
from rbmgeo.db.queries.batch_undo import Hold
from rbmgeo.db.queries.log import log_command
from rbmgeo.errors import NotAllowed
from rbmgeo.workflows.placing import place_customers

#: Lists that a page shows are this long at most; the file has all of them.
SHOWN_ROWS = 200


@dataclass(frozen=True)
class Difference:
    """Customers of one list against those of the last of its kind (``before``, None if first).

    ``new`` and ``gone`` are idpel, sorted; ``changed`` has one row per change: ``idpel``,
    ``field``, ``before``, ``after``.
    """

    before: ImportBatch | None
    new: list[str]
    gone: list[str]
    changed: pd.DataFrame

    @property
    def counts(self) -> dict[str, int]:
        """How many customers are new, gone, changed."""
        return {
            "new": len(self.new), "gone": len(self.gone),
            "changed": int(self.changed["idpel"].nunique()),
        }  # fmt: skip


@dataclass(frozen=True)
class Undone:
    """What taking a batch back did: rows removed and rows put back."""

    ulp: str
    batch: int
    removed: int
    restored: int
    stale: list[str] = field(default_factory=list)


def facts(of: ImportBatch) -> dict[str, Any]:
    """Return one batch as plain values, with its sums."""
    return {
        "batch": of.batch_id, "file": of.file_name, "kind": of.kind, "profile": of.profile,
        "blth": of.blth, "by": of.imported_by, "at": of.imported_at.isoformat(),
        "sha256": of.sha256, "read": of.read, "good": of.good, "rejected": of.rejected,
        "skipped": of.skipped, "unchanged": of.unchanged, "kwh_good": of.kwh_good,
        "kwh_rejected": of.kwh_rejected, "kwh_skipped": of.kwh_skipped, "kwh_file": of.kwh_file,
        "kwh_agrees": kwh_agrees(of), "warnings": of.warnings,
        "undone_at": of.undone_at.isoformat() if of.undone_at else None, "undone_by": of.undone_by,
    }  # fmt: skip


def kwh_agrees(of: ImportBatch) -> bool | None:
    """Say whether loaded + refused + skipped kWh is the file's; None where it tells none."""
    if of.kwh_file is None or of.kwh_good is None:
        return None
    parts = (of.kwh_good, of.kwh_rejected, of.kwh_skipped)
    return sum((p or Decimal(0) for p in parts), Decimal(0)) == of.kwh_file


def difference(session: Session, ulp: str, batch_id: int) -> Difference | None:
    """Hold a list against the last of its kind; None where it names no customer."""
    of = batches.batch(session, ulp=ulp, batch_id=batch_id)
    now = batches.people(session, ulp=ulp, batch_id=batch_id)
    if now is None:
        return None
    before = batches.last_of_kind(session, ulp=ulp, of=of)
    changed = batches.changed_people(session, ulp=ulp, of=of, before=before)
    if before is None:
        return Difference(None, [], [], changed)
    was = batches.people(session, ulp=ulp, batch_id=before.batch_id)
    assert was is not None
    new = [f"{n:012d}" for n in np.setdiff1d(now, was, assume_unique=True)]
    gone = [f"{n:012d}" for n in np.setdiff1d(was, now, assume_unique=True)]
    return Difference(before, new, gone, changed[~changed["idpel"].isin(new)])


def difference_rows(told: Difference | None) -> pd.DataFrame:
    """Return new, gone and changed customers as one table: what, idpel, field, before, after."""
    if told is None:
        return pd.DataFrame(columns=["what", "idpel", "field", "before", "after"], dtype="str")
    parts = [
        pd.DataFrame({"what": "new", "idpel": told.new}, dtype="str"),
        pd.DataFrame({"what": "gone", "idpel": told.gone}, dtype="str"),
        told.changed.assign(what="changed"),
    ]
    frame = pd.concat(parts, ignore_index=True)
    return frame.reindex(columns=["what", "idpel", "field", "before", "after"])


def holds(session: Session, ulp: str, batch_id: int) -> list[Hold]:
    """Return what keeps a batch from being taken back; nothing if it may go."""
    of = batches.batch(session, ulp=ulp, batch_id=batch_id)
    if of.undone_at is not None:
        return [Hold("undone", 0)]
    if not of.keeps_before:
        return [Hold("old", 0)]
    return batch_undo.holds(session, ulp=ulp, of=of)


def undo(session: Session, ulp: str, batch_id: int, *, who: str) -> Undone:
    """Take one file back: every table is again as it was before it.

    Matches and findings computed since stay and count as stale; the file may come again.

    Raises
    ------
    NotAllowed
        If something newer leans on its rows; names what.
    """
    imports.lock_unit(session, ulp=ulp)
    held = holds(session, ulp, batch_id)
    if held:
        english, indonesian = ("; ".join(h.words(lang) for h in held) for lang in ("en", "id"))
        raise NotAllowed(
            f"import {batch_id} cannot be undone: {english}",
            f"impor {batch_id} tidak bisa diurungkan: {indonesian}",
        )
    of = batches.batch(session, ulp=ulp, batch_id=batch_id)
    months = batch_undo.months_of(session, ulp=ulp, batch_id=batch_id)
    done = batch_undo.restore(session, ulp=ulp, batch_id=batch_id)
    batch_undo.drop_empty_parts(session, ulp=ulp, months=months)
    of.undone_at, of.undone_by = datetime.now(UTC), who or None
    session.flush()
    session.expire_all()
    if units.unit(session, ulp=ulp).utm_srid is None:
        srid = imports.zone_of_network(session, ulp=ulp)
        if srid is not None:
            units.set_unit(session, ulp=ulp, utm_srid=srid)
    place_customers(session, ulp)
    log_command(
        session, who=who, ulp=ulp, command="import undo", before={"batch": batch_id},
        after={"batch": batch_id, **done},
    )  # fmt: skip
    return Undone(ulp, batch_id, done["removed"], done["restored"], ["match", "evaluate"])
