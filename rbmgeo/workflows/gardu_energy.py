"""The energy of one gardu: its last months, and why one of them is not like another."""

from dataclasses import dataclass
from decimal import Decimal

import pandas as pd
from sqlalchemy.orm import Session

from rbmgeo.db.queries import batches, energy, units
from rbmgeo.energy.change import Change, explained
from rbmgeo.energy.per_gardu import load_of_gardu
from rbmgeo.errors import NotThere
from rbmgeo.workflows.attention import worst_of

#: Months that a gardu's page shows, customers whose use changed most, lines to look at.
MONTHS, MOST_CHANGED, WORST = 12, 10, 10


@dataclass(frozen=True)
class GarduEnergy:
    """One gardu's months (rows of `load_of_gardu` by blth) and the change between two of them.

    ``change`` is None where the unit has only one month. ``changed``: the customers whose kWh
    differ most: ``public_id``, ``idpel``, ``before``, ``after``, ``kwh`` (Decimal or None).
    ``worst``: the lines with most kWh at stake (`rbmgeo.energy.attention`), of ``to_look_at``.
    """

    gardu: str
    penyulang: str | None
    months: pd.DataFrame
    before: str | None
    after: str
    change: Change | None
    changed: list[dict[str, object]]
    worst: list[dict[str, object]]
    to_look_at: int


def gardu_energy(
    session: Session, ulp: str, gardu: str, *, after: str, before: str | None = None
) -> GarduEnergy:
    """Gather a gardu's year up to a month, and take the change since ``before`` apart.

    ``before``: the month before the last if none is named. Raises `NotThere` where the unit has
    no such gardu or the month has no reading.
    """
    ratings = energy.ratings(session, ulp=ulp)
    if gardu not in ratings.index:
        raise NotThere(
            f"gardu {gardu} is not in unit {ulp}", f"gardu {gardu} tidak ada di unit {ulp}"
        )
    known = [m for m in units.months(session, ulp=ulp) if m <= after][-MONTHS:]
    if not known or known[-1] != after or (before is not None and before not in known):
        raise NotThere(
            f"unit {ulp} has no reading of {after} and {before}; it has {', '.join(known) or '-'}",
            f"unit {ulp} tidak punya bacaan {after} dan {before}; yang ada {', '.join(known) or '-'}",
        )
    whose = energy.ever_on(session, ulp=ulp, gardu=gardu)
    limit = units.unit_settings(session, ulp=ulp).coverage_limit
    months = [_month(session, ulp, gardu, m, whose, ratings["rating_kva"], limit) for m in known]
    before = before or (known[-2] if len(known) > 1 else None)
    change, changed = None, []
    if before is not None:
        had, has = (
            energy.kwh_lines(session, ulp=ulp, blth=m, idpels=whose) for m in (before, after)
        )
        change = explained(had, has, gardu)
        changed = _most_changed(session, ulp, gardu, had, has)
    penyulang = ratings["penyulang"][gardu]
    odd = worst_of(session, ulp, after, gardu, whose)
    top = odd.head(WORST).astype(object)
    rows = top.where(top.notna(), None).to_dict("records")
    worst = [{str(name): value for name, value in row.items()} for row in rows]
    return GarduEnergy(
        gardu, None if pd.isna(penyulang) else str(penyulang), pd.concat(months), before, after,
        change, changed, worst, len(odd),
    )  # fmt: skip


def _month(
    session: Session,
    ulp: str,
    gardu: str,
    blth: str,
    whose: list[str],
    kva: pd.Series,
    limit: float,
) -> pd.DataFrame:
    rows = energy.kwh_per_rbm_gardu(session, ulp=ulp, blth=blth, idpels=whose)
    own = rows[rows["gardu"] == gardu]
    found = load_of_gardu(own, kva, months=1, coverage_limit=limit)
    # Nobody was on it that month: known, and nothing.
    return found.reindex([gardu]).set_axis(pd.Index([blth], name="blth"))


def _most_changed(
    session: Session, ulp: str, gardu: str, had: pd.DataFrame, has: pd.DataFrame
) -> list[dict[str, object]]:
    """Return the customers of the gardu in both months whose kWh differ most."""
    both = had.add_suffix("_before").join(has.add_suffix("_after"), how="inner")
    here = both[(both["gardu_before"] == gardu) & (both["gardu_after"] == gardu)]
    rows = [
        {"idpel": idpel, "before": was, "after": now, "kwh": now - was}
        for (idpel, _), was, now in zip(
            here.index, here["kwh_before"], here["kwh_after"], strict=True
        )
        if isinstance(was, Decimal) and isinstance(now, Decimal) and now != was
    ]
    rows.sort(key=lambda r: (-abs(r["kwh"]), r["idpel"]))
    most = rows[:MOST_CHANGED]
    ids = batches.public_ids(session, ulp=ulp, idpels=[r["idpel"] for r in most])
    return [{**r, "public_id": ids.get(r["idpel"])} for r in most]
