"""Uji petik stand: draw a lot's sample from a published seed, with its printed reserve (R-SA-18)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd
from sqlalchemy.orm import Session

from rbmgeo.db.queries import photo_test, stand_lots, stand_samples, units
from rbmgeo.db.queries.log import log_command
from rbmgeo.errors import NothingToDo, UsageError
from rbmgeo.sampling.draw import draw_evenly, list_hash
from rbmgeo.supervision.stand_sample import RESERVE_SHARE, LotBy, Way
from rbmgeo.workflows.photo_test import UNIT
from rbmgeo.workflows.stand_lots import ledger_now, ledgers, plan_for, severity_word

#: Names of one sample at most; more is done in parts.
MOST = 2000
SEED_MOST = 60


@dataclass(frozen=True)
class Wanted:
    """What is to be drawn: ``size`` of the budget, or (``by_plan``) what the standard says."""

    way: Way
    lot_by: LotBy
    lot_of: str = ""
    size: int = 0
    by_plan: bool = False
    seed: str = ""


def draw_sample(session: Session, ulp: str, blth: str, wanted: Wanted, *, who: str) -> str:
    """Draw a sample and keep it; return its id. The caller commits.

    Everybody of the lot has the same chance; it is shared out over the RBM of the lot.

    Raises
    ------
    UsageError
        If size, seed or lot is none, or the lot was drawn by a plan this month.
    NothingToDo
        If the lot holds nothing that can be checked this way.
    """
    seed = checked_seed(wanted.seed)
    stand_samples.lock(session, ulp=ulp)
    _allowed(wanted)
    found = _lot(session, ulp, blth, wanted)
    usable = found[found["usable"].astype(bool)]
    if usable.empty:
        raise NothingToDo(*_nothing(wanted.way, blth))
    size = wanted.size
    plan: dict[str, Any] = {}
    if wanted.by_plan:
        size, plan = _planned(session, ulp, blth, wanted, len(usable))
    if not 1 <= size <= MOST:
        raise UsageError(f"{size} checks; expected 1 to {MOST}", f"{size} cek; isi 1 sampai {MOST}")
    strata = dict(zip(usable["idpel"], usable["rbm"], strict=True))
    items = drawn_items(strata, min(size, len(strata)), seed)
    told = list_hash(strata)
    values: dict[str, Any] = {
        "blth": blth, "lot": len(strata), "size": min(size, len(strata)), "seed": seed,
        "list_hash": told, "drawn_by": who,
    }  # fmt: skip
    left_out = {"readings": len(found), "left_out": len(found) - len(usable)}
    photo_id = None
    if wanted.way == Way.PHOTO:
        scope = UNIT if wanted.lot_by == LotBy.UNIT else wanted.lot_of
        photo_id = photo_test.add_sample(
            session, ulp=ulp, items=items, scope=scope,
            content={"readings": len(found), "without_photo": left_out["left_out"]}, **values,
        )  # fmt: skip
    made = stand_samples.add_sample(
        session, ulp=ulp, items=None if photo_id else items, way=str(wanted.way),
        lot_by=str(wanted.lot_by), lot_of=wanted.lot_of, photo_sample_id=photo_id,
        content=left_out, **values, **plan,
    )  # fmt: skip
    log_command(session, who=who, ulp=ulp, command="stand sample", after={
        "blth": blth, "way": str(wanted.way), "by": str(wanted.lot_by), "size": values["size"],
        "seed": seed, "list_hash": told})  # fmt: skip
    units.bump(session, ulp=ulp)
    return made


def drawn_items(strata: Mapping[str, str], size: int, seed: str) -> pd.DataFrame:
    """Return the names in the order printed: ``place``, ``idpel``, ``stratum``, ``reserve``.

    The sample by stratum, then the reserve by stratum, each in the order drawn. The same names
    and seed give the same table whatever their order.
    """
    drawn = draw_evenly(strata, size, seed=seed, reserve=max(1, round(size * RESERVE_SHARE)))
    rows = [(i, s, False) for s, d in drawn.items() for i in d.sample]
    rows += [(i, s, True) for s, d in drawn.items() for i in d.reserve]
    items = pd.DataFrame(rows, columns=["idpel", "stratum", "reserve"])
    items.insert(0, "place", range(1, len(items) + 1))
    return items


def checked_seed(seed: str) -> str:
    """Return a seed as it is kept; raises `UsageError`."""
    told = seed.strip()
    if not told or len(told) > SEED_MOST:
        raise UsageError("name a seed of up to 60 letters, and publish it before the draw",
                         "isi benih sampai 60 huruf, dan umumkan sebelum diundi")  # fmt: skip
    return told


def _allowed(wanted: Wanted) -> None:
    kinds = {
        Way.PREPAID: (LotBy.UNIT, LotBy.GARDU, LotBy.RBM),
        Way.PHOTO: (LotBy.UNIT, LotBy.OFFICER, LotBy.RBM),
        Way.FIELD: (LotBy.UNIT, LotBy.OFFICER, LotBy.RBM),
    }[wanted.way]
    if wanted.lot_by not in kinds or bool(wanted.lot_of) != (wanted.lot_by != LotBy.UNIT):
        raise UsageError("choose what the lot is", "pilih lotnya dulu")
    if wanted.by_plan and (wanted.way == Way.PREPAID or wanted.lot_by == LotBy.UNIT):
        raise UsageError(
            "a plan of ISO 2859-1 is for the lot of an officer or an RBM",
            "rencana ISO 2859-1 untuk lot per petugas atau per RBM",
        )


def _lot(session: Session, ulp: str, blth: str, wanted: Wanted) -> pd.DataFrame:
    """Return the lot: ``idpel``, ``rbm``, ``usable`` (it can be checked this way)."""
    of = wanted.lot_of
    rbm = of if wanted.lot_by == LotBy.RBM else None
    if wanted.way == Way.PREPAID:
        gardu = of if wanted.lot_by == LotBy.GARDU else None
        return stand_lots.prepaid(session, ulp=ulp, blth=blth, rbm=rbm, gardu=gardu).assign(
            usable=True
        )
    officer = of if wanted.lot_by == LotBy.OFFICER else None
    found = stand_lots.lot(session, ulp=ulp, blth=blth, officer=officer, rbm=rbm)
    return found.assign(usable=found["photo" if wanted.way == Way.PHOTO else "dated"])


def _planned(
    session: Session, ulp: str, blth: str, wanted: Wanted, usable: int
) -> tuple[int, dict[str, Any]]:
    """Return the size and the columns of a lot's plan, under the ledger of its officer or RBM."""
    if stand_samples.drawn_lot(
        session, ulp=ulp, blth=blth, way=wanted.way, lot_by=wanted.lot_by, lot_of=wanted.lot_of
    ):
        raise UsageError(
            "this lot was drawn this month; its result counts and it is not drawn again",
            "lot ini sudah diundi bulan ini; hasilnya yang berlaku dan tidak diundi lagi",
        )
    aql = units.unit_settings(session, ulp=ulp).stand_aql
    known = ledgers(session, ulp, wanted.lot_by, [wanted.lot_of])
    now = ledger_now(known.get(wanted.lot_of, ()))
    plan = plan_for(usable, aql, now)
    size = plan.size if plan else usable
    return size, {
        "aql": aql, "severity": severity_word(now), "accept": plan.accept if plan else None,
    }  # fmt: skip


def _nothing(way: Way, blth: str) -> tuple[str, str]:
    return {
        Way.PHOTO: (f"no reading of {blth} here has both a stand and a photo; import the zip of photos",
                    f"belum ada bacaan {blth} di sini yang punya stand dan foto; impor zip fotonya"),
        Way.FIELD: (f"no reading of {blth} here has both a stand and its day; import the DPM with TGLBACA",
                    f"belum ada bacaan {blth} di sini yang punya stand dan tanggal; impor DPM dengan TGLBACA"),
        Way.PREPAID: ("there is no prepaid customer here; choose another lot",
                      "di sini tidak ada pelanggan pra bayar; pilih lot lain"),
    }[way]  # fmt: skip
