"""Mutasi bulan ini: find what changed in a unit's lists, and propose places; nothing is applied."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import pandas as pd
from sqlalchemy.orm import Session

from rbmgeo.db.queries import lists, mutation_facts, mutations, units, work
from rbmgeo.errors import NothingToDo
from rbmgeo.geo import coordinates
from rbmgeo.mutations.detect import Detected, Months, detect
from rbmgeo.mutations.place import PlaceParams, propose
from rbmgeo.terms import Act
from rbmgeo.workflows.mutation_draft import Base, base_of

Progress = Callable[[str, int, int], None]


@dataclass(frozen=True)
class MutationSummary:
    """What was found: counts by kind, and RBM that the new list does not have at all."""

    ulp: str
    blth: str
    blth_before: str
    kinds: dict[str, int]
    rows: int
    without_place: int
    rbm_missing: list[str]


def month_of(session: Session, ulp: str, blth: str = "") -> tuple[str, str]:
    """Return the month asked for (the newest that has a list) and the one before it.

    Raises
    ------
    NothingToDo
        If there is no list of that month, or none before it to compare with.
    """
    months = mutation_facts.list_months(session, ulp=ulp)
    now = blth or (months[-1] if months else "")
    if now not in months:
        known = ", ".join(months) or "-"
        raise NothingToDo(
            f"unit {ulp} has no RBM list of {now or 'any month'}; import the DPM (months there: {known})",
            f"unit {ulp} belum punya daftar RBM {now or 'satu bulan pun'}; impor DPM "
            f"(bulan yang ada: {known})",
        )
    before = [m for m in months if m < now]
    if not before:
        raise NothingToDo(
            f"{now} is the first month of unit {ulp}: there is no list before it to compare with; "
            "import the DPM of the month before",
            f"{now} adalah bulan pertama unit {ulp}: belum ada daftar sebelumnya untuk dibandingkan; "
            "impor DPM bulan sebelumnya",
        )
    return now, before[-1]


def find_mutations(
    session: Session, ulp: str, blth: str = "", *, who: str = "", progress: Progress | None = None
) -> MutationSummary:
    """Compare a month with the one before and the master, and keep what was found, open.

    Nothing is applied. What was accepted before stays accepted; the caller commits.
    """
    tell = progress or (lambda step, done, total: None)
    now, before = month_of(session, ulp, blth)
    mutations.lock_mutations(session, ulp=ulp)
    tell("membandingkan / comparing", 0, 2)
    base = base_of(session, ulp, before)
    months = _months(session, ulp, before, now, base)
    found = detect(months)
    tell("mengusulkan tempat / proposing places", 1, 2)
    rows = _with_places(session, ulp, found, months, base)
    mutations.keep_found(session, ulp=ulp, blth=now, rows=rows)
    mutations.show_to_other_unit(session, ulp=ulp, blth=now)
    kinds = {str(k): int(v) for k, v in rows["kind"].value_counts(sort=False).items()}
    asks = rows["act"].eq(Act.PLACE.value)
    summary = MutationSummary(
        ulp=ulp, blth=now, blth_before=before, kinds=kinds, rows=len(rows),
        without_place=int((asks & rows["urut"].isna()).sum()), rbm_missing=found.rbm_missing,
    )  # fmt: skip
    work.add_run(
        session, ulp=ulp, step="mutations", params={"blth": now, "blth_before": before},
        summary={"kinds": kinds, "rows": len(rows), "without_place": summary.without_place,
                 "rbm_missing": found.rbm_missing},
        who=who,
    )  # fmt: skip
    units.bump(session, ulp=ulp)
    tell("mengusulkan tempat / proposing places", 2, 2)
    return summary


def _months(session: Session, ulp: str, before: str, now: str, base: Base) -> Months:
    settings = units.unit_settings(session, ulp=ulp)
    was = mutation_facts.month_facts(session, ulp=ulp, blth=before)
    is_ = mutation_facts.month_facts(session, ulp=ulp, blth=now)
    came = list(is_.index.difference(was.index))
    left = list(was.index.difference(is_.index))
    claimed = mutation_facts.claims(session, ulp=ulp, blth=now)
    return Months(
        before=was, now=is_, blth_before=before, blth=now,
        customers=mutation_facts.master(session, ulp=ulp),
        placed=frozenset(base.members.index),
        earlier=mutation_facts.earlier_months(session, ulp=ulp, idpels=came, before=before),
        elsewhere=mutation_facts.elsewhere(
            session, ulp=ulp, idpels=sorted({*came, *left, *claimed})
        ).drop_duplicates("idpel"),
        meters=mutation_facts.meter_changes(session, ulp=ulp, blth=now),
        tokens=mutation_facts.token_buyers(session, ulp=ulp, blth=now),
        pln_over_va=settings.pln_read_over_va,
    )  # fmt: skip


def _with_places(
    session: Session, ulp: str, found: Detected, months: Months, base: Base
) -> pd.DataFrame:
    """Add the proposed place, gardu and reasons to the rows that ask for a place."""
    extra = ("rbm", "urut", "sisipan", "after_idpel", "gardu", "next_step")
    rows: list[dict[str, Any]] = [
        {**dict.fromkeys(extra), **{str(k): v for k, v in row.items()}}
        for row in found.rows.to_dict("records")
    ]
    asking = sorted({str(row["idpel"]) for row in rows if row["act"] == Act.PLACE})
    places = _proposed(session, ulp, asking, months, base).to_dict("index") if asking else {}
    for row in rows:
        if row["act"] != Act.PLACE:
            continue
        proposed = places[row["idpel"]]
        row["evidence"] = [*row["evidence"], *proposed["evidence"]]
        stands = base.members["rbm"].get(row["idpel"])
        if stands is not None and stands == proposed["rbm"]:
            row["act"] = Act.NOTE.value  # already where it would be put
            row["evidence"].append({"key": "mutation.stays", "rbm": stands})
            continue
        row |= {n: None if pd.isna(proposed[n]) else proposed[n] for n in extra}
    return pd.DataFrame(rows, columns=[*found.rows.columns, *extra], dtype=object)


def _proposed(
    session: Session, ulp: str, idpels: list[str], months: Months, base: Base
) -> pd.DataFrame:
    settings = units.unit_settings(session, ulp=ulp)
    unit = units.unit(session, ulp=ulp)
    customers = lists.customers(session, ulp=ulp, srid=unit.utm_srid)
    xy = coordinates(gpd.GeoSeries(customers["geometry"]))
    known = mutation_facts.lines_to_gardu(session, ulp=ulp).reindex(customers.index)
    known = known.assign(x=xy[:, 0], y=xy[:, 1])
    index = pd.Index(idpels, name="idpel")
    listed = months.now.reindex(index)
    newcomers = known.reindex(index).assign(
        rbm=listed["rbm"], urut=listed["urut"], sisipan=listed["sisipan"],
        list_gardu=listed["gardu"],
    )  # fmt: skip
    params = PlaceParams(plausible_m=settings.plausible_m, weak_m=settings.weak_m)
    return propose(newcomers, base.members, known, params)
