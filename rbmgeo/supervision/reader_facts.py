"""What the lists say of a reader's month: shares with what they are of, no mark and no rank.

Readers work in different places; a fact stands beside its innocent explanations (`INNOCENT`), the
order is that of the codes, and nothing is summed over facts.
"""

from enum import StrEnum

import numpy as np
import pandas as pd

from rbmgeo.sampling.estimate import wilson_many
from rbmgeo.supervision.control_charts import p_chart


class Fact(StrEnum):
    """One fact: a share of what a reader had to do with in a month."""

    READ = "terbaca"
    ON_DAY = "tepat_hari"
    NO_ACCESS = "tanpa_akses"
    ODD = "kelainan"
    SELF_READ = "swabaca"
    PHOTO = "foto_beda"
    FIELD = "cek_beda"


#: Of the counts of a month: (what is counted, of what).
OF = {
    Fact.READ: ("read", "customers"),
    Fact.ON_DAY: ("on_day", "dated"),
    Fact.NO_ACCESS: ("no_access", "customers"),
    Fact.ODD: ("odd", "customers"),
    Fact.SELF_READ: ("self_read", "read"),
}
COUNTS = ("customers", "read", "dated", "on_day", "no_access", "odd", "self_read")
#: Kinds of checks by the fact that they show; another kind of check is another fact.
CHECKS = {"foto": Fact.PHOTO, "lapangan": Fact.FIELD}
CHECK_COLUMNS = ["officer", "seen", "wrong", "kind"]
#: Why a share may be what it is though nobody did anything wrong: a key of the labels.
INNOCENT = {
    Fact.READ: "files_come_later", Fact.ON_DAY: "calendar_or_rain", Fact.NO_ACCESS: "closed_area",
    Fact.ODD: "old_meters", Fact.SELF_READ: "customers_like_it", Fact.PHOTO: "photo_of_other_moment",
    Fact.FIELD: "meter_moved_on",
}  # fmt: skip


def reader_facts(counts: pd.DataFrame, checks: pd.DataFrame | None = None) -> pd.DataFrame:
    """Return the facts of one month, in long form.

    Parameters
    ----------
    counts
        A row per officer (once each): ``officer`` and `COUNTS`. ``dated``: read ones whose date
        and planned date are both known; ``on_day``: of these, read within the tolerance.
    checks
        Rows ``officer``, ``seen``, ``wrong``, ``kind`` (of `CHECKS`): how many of his stands were
        looked at again, and how many differ. Several rows of an officer and kind are summed. Who
        was not looked at has no row, and no share.

    Returns
    -------
    DataFrame
        A row per officer and fact, sorted by officer, then as in `Fact`: ``officer``, ``fact``,
        ``hits``, ``of``, ``share``, ``low``, ``high`` (Wilson, 95 %; missing with the share where
        ``of`` is 0). Whoever stands in either table has all facts.

    Raises
    ------
    ValueError
        If an officer stands twice in ``counts``, a kind is unknown, or more are wrong than seen.
    """
    by = counts.set_index("officer")[list(COUNTS)]
    if not by.index.is_unique:
        raise ValueError("an officer stands twice in the counts")
    looked = _checked(checks)
    officers = sorted({*map(str, by.index), *map(str, looked.index.get_level_values("officer"))})
    by = by.reindex(officers).fillna(0).astype(int)
    parts = []
    for fact in Fact:
        if fact in OF:
            hits, of = by[OF[fact][0]], by[OF[fact][1]]
        else:
            mine = looked[looked.index.get_level_values("fact") == str(fact)].droplevel("fact")
            mine = mine.reindex(officers).fillna(0).astype(int)
            hits, of = mine["wrong"], mine["seen"]
        parts.append(pd.DataFrame({"officer": officers, "fact": str(fact), "hits": hits.to_numpy(), "of": of.to_numpy()}))  # fmt: skip
    out = pd.concat(parts, ignore_index=True)
    turn = {str(fact): k for k, fact in enumerate(Fact)}
    out = out.assign(turn=out["fact"].map(turn)).sort_values(["officer", "turn"], ignore_index=True)
    return _with_intervals(out.drop(columns="turn"))


def trend(months: dict[str, pd.DataFrame], officer: str) -> pd.DataFrame:
    """Return each fact of one officer over months with the limits of his own year (p-chart).

    ``months``: `reader_facts` by month; one without him is a month nothing is known of. Rows
    ``fact``, ``blth``, ``hits``, ``of`` and the columns of `p_chart`, by fact and month.
    """
    rows = []
    for blth in sorted(months):
        mine = months[blth]
        mine = mine[mine["officer"] == officer]
        told = {
            fact: (int(hits), int(of))
            for fact, hits, of in zip(mine["fact"], mine["hits"], mine["of"], strict=True)
        }
        rows += [(str(fact), blth, *told.get(str(fact), (0, 0))) for fact in Fact]
    table = pd.DataFrame(rows, columns=["fact", "blth", "hits", "of"])
    parts = []
    for fact in Fact:
        part = table[table["fact"] == fact]
        parts.append(part.join(p_chart(part["hits"], part["of"])))
    return pd.concat(parts, ignore_index=True)


def _checked(checks: pd.DataFrame | None) -> pd.DataFrame:
    """Sum checks by officer and the fact they show."""
    if checks is None:
        checks = pd.DataFrame(columns=CHECK_COLUMNS)
    unknown = sorted(set(checks["kind"]) - set(CHECKS))
    if unknown:
        raise ValueError(f"kind of check is {unknown[0]!r}, expected one of {', '.join(CHECKS)}")
    seen, wrong = checks["seen"].astype(int), checks["wrong"].astype(int)
    if (wrong > seen).any() or (wrong < 0).any():
        raise ValueError("more stands differ than were looked at")
    fact = checks["kind"].map({kind: str(fact) for kind, fact in CHECKS.items()})
    told = pd.DataFrame({"officer": checks["officer"].astype("str"), "fact": fact.astype("str"), "seen": seen, "wrong": wrong})  # fmt: skip
    return told.groupby(["officer", "fact"], sort=True)[["seen", "wrong"]].sum()


def _with_intervals(rows: pd.DataFrame) -> pd.DataFrame:
    of = rows["of"].to_numpy(float)
    bounds = wilson_many(rows["hits"], of)
    known = of > 0
    share = np.divide(rows["hits"].to_numpy(float), of, out=np.full(len(of), np.nan), where=known)
    return rows.assign(
        share=share, low=np.where(known, bounds[:, 0], np.nan), high=np.where(known, bounds[:, 1], np.nan)
    )  # fmt: skip
