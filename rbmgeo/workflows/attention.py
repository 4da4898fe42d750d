"""SOP IV.8: the attention list of a month (DLPD), ours beside AP2T's, as a work list."""

from dataclasses import dataclass

import pandas as pd
from sqlalchemy.orm import Session

from rbmgeo.db.queries import energy_lines, units
from rbmgeo.energy.attention import attention_list, by_stake
from rbmgeo.errors import NothingToDo
from rbmgeo.months import month_before


@dataclass(frozen=True)
class Attention:
    """``work``: who has to be looked at, the most kWh at stake first; ``readings``: of how many.

    ``by_kind``, ``by_agreement``: how many lines of ``work`` each `Dlpd` and `Agreement` has.
    """

    blth: str
    readings: int
    unread: int
    work: pd.DataFrame

    @property
    def by_kind(self) -> dict[str, int]:
        """Count by our own finding; "" where only AP2T has one."""
        return {str(k): int(n) for k, n in self.work["ours"].value_counts().items()}

    @property
    def by_agreement(self) -> dict[str, int]:
        """Count by how we stand to AP2T."""
        return {str(k): int(n) for k, n in self.work["agreement"].value_counts().items()}


def attention(session: Session, ulp: str, blth: str) -> Attention:
    """Find again what is odd about the postpaid readings of a month; raises `NothingToDo`."""
    found = judged(session, ulp, blth)
    if found.empty:
        raise NothingToDo(
            f"unit {ulp} has no postpaid reading in {blth}; import the DPM of that month",
            f"unit {ulp} belum punya bacaan pascabayar {blth}; impor DPM bulan itu",
        )
    return Attention(blth, len(found), int(found["kwh"].isna().sum()), by_stake(found))


def worst_of(session: Session, ulp: str, blth: str, gardu: str, idpels: list[str]) -> pd.DataFrame:
    """Return the lines of one gardu to look at, out of customers who were ever on it."""
    found = by_stake(judged(session, ulp, blth, idpels))
    return found[found["gardu"] == gardu]


def judged(
    session: Session, ulp: str, blth: str, idpels: list[str] | None = None, *,
    with_gardu: bool = True,
) -> pd.DataFrame:  # fmt: skip
    """Return every postpaid reading of a month with what the rules say of it (`attention_list`).

    The desk of stands asks for no gardu, and is opened sooner without (``with_gardu``).
    """
    settings = units.unit_settings(session, ulp=ulp)
    readings = energy_lines.read_lines(
        session, ulp=ulp, blth=blth, before=month_before(blth), idpels=idpels,
        with_gardu=with_gardu,
    )  # fmt: skip
    return attention_list(
        readings, rise=settings.dlpd_rise, fall=settings.dlpd_fall,
        low_hours=settings.dlpd_low_hours,
    )  # fmt: skip


def chosen(
    work: pd.DataFrame, *, kind: str = "", agreement: str = "", gardu: str = "", rbm: str = ""
) -> pd.DataFrame:
    """Return the lines of a work list that were asked for, in its order."""
    for column, wanted in (
        ("ours", kind),
        ("agreement", agreement),
        ("gardu", gardu),
        ("rbm", rbm),
    ):
        if wanted:
            work = work[work[column] == wanted]
    return work
