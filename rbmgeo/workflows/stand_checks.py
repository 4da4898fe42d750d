"""Uji petik stand at the house: what was found is kept first, then judged (R-SA-17 to R-SA-19)."""

import uuid
from dataclasses import dataclass
from datetime import datetime, time
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pandas as pd
from sqlalchemy.orm import Session

from rbmgeo.db.queries import stand_lots, stand_samples, units
from rbmgeo.db.queries.log import log_command
from rbmgeo.db.queries.stand_lots import Recorded
from rbmgeo.errors import NothingToDo, UsageError
from rbmgeo.fieldwork.record import METER_CHANGED, NO_STAND
from rbmgeo.months import month_before
from rbmgeo.supervision.checked import Check, Verdict, judged, passed_zero
from rbmgeo.supervision.stand_sample import (
    CHECKED,
    CLOSED,
    OPENED,
    Place,
    Shown,
    Way,
    fits,
    in_turn,
    shown,
)
from rbmgeo.workflows.photo_test import sheet as photo_sheet

NOTE_MOST = 500
#: Figures of a register, and those behind its comma.
MOST_KWH = Decimal(999_999_999)


@dataclass(frozen=True)
class StandSheet:
    """One sample: ``items`` in the order drawn with what was found, how it stands.

    ``turn``: places to be checked now. ``closed``: a person closed the lot. ``photo``: its blind
    photo test, None for other ways.
    """

    sample: Any
    items: pd.DataFrame
    shown: Shown
    turn: tuple[int, ...]
    closed: bool
    word: Any = None
    photo: Any = None

    @property
    def waiting(self) -> list[int]:
        """Return the places in their turn that nobody checked."""
        done = set(self.items.loc[self.items["verdict"].notna(), "place"])
        return [p for p in self.turn if p not in done]

    @property
    def short(self) -> bool:
        """Say whether the reserve is used up: the sample cannot be read whole any more."""
        return self.shown.left > int(self.items["verdict"].isna().sum())


@dataclass(frozen=True)
class Found:
    """What a checker met at one house; ``stand_kwh`` None where nobody got at the meter."""

    at: datetime
    stand_kwh: Decimal | None
    code: str
    who: str
    note: str = ""
    client_id: str | None = None
    sha256: str | None = None


def stand_sheet(session: Session, ulp: str, sample_id: str) -> StandSheet:
    """Return a sample and how it stands; raises `NotThere`."""
    one = stand_samples.sample(session, ulp=ulp, sample_id=sample_id)
    word = stand_samples.word_of(session, ulp=ulp, sample_id=sample_id)
    closed = word is not None and word.word == "ditutup"
    if one.way == Way.PHOTO:
        photo = photo_sheet(session, ulp, str(one.photo_sample_id))
        reserves = int(photo.items["reserve"].sum())
        r = photo.result
        found = Shown(one.lot, one.size, r.seen, r.other, 0, r.unreadable,
                      max(0, reserves - r.unreadable), one.accept)  # fmt: skip
        items = photo.items.assign(found=photo.items["seen"])
        return StandSheet(one, items, found, (), closed, word, photo)
    items = stand_samples.items(session, ulp=ulp, sample_id=sample_id)
    places, verdicts = _places(items), _verdicts(items)
    lost = {p for p, v in verdicts.items() if v in (CLOSED, Verdict.SUSPENDED)}
    found = shown(places, verdicts, lot=one.lot, accept=one.accept)
    return StandSheet(one, items, found, tuple(in_turn(places, lost)), closed, word)


def check_stand(session: Session, ulp: str, sample_id: str, place: int, found: Found) -> str:
    """Keep what was found at a place, and return what it says of the recorded stand.

    Raises
    ------
    UsageError
        If the place is not in its turn, was checked already, the lot is closed, the stand is no
        number, or the check lies before the reading.
    NothingToDo
        If the reading is gone.
    """
    stand_samples.lock(session, ulp=ulp)
    sheet = stand_sheet(session, ulp, sample_id)
    _may_check(sheet, place)
    _sound(found, sheet.sample.way)
    row = sheet.items.set_index("place").loc[place]
    verdict, recorded, hours = _said(session, ulp, sheet, str(row["idpel"]), found)
    after = {**_verdicts(sheet.items), place: verdict}
    if not fits(_places(sheet.items), after):
        raise UsageError(
            "a reserve house was checked in its stead already; its result counts (R-SA-18)",
            "rumah cadangannya sudah dicek; hasil itu yang dihitung (R-SA-18)",
        )
    stand_samples.add_check(
        session, ulp=ulp, sample_id=uuid.UUID(sample_id), place=place, at=found.at,
        found=found.stand_kwh, recorded=recorded, hours=hours, lbkb_code=found.code or None,
        verdict=verdict, note=found.note.strip()[:NOTE_MOST] or None, checked_by=found.who,
        client_id=uuid.UUID(found.client_id) if found.client_id else None, sha256=found.sha256,
    )  # fmt: skip
    log_command(session, who=found.who, ulp=ulp, command="stand check", after={"sample": sample_id, "place": place})  # fmt: skip
    units.bump(session, ulp=ulp)
    return verdict


def settle_check(
    session: Session, ulp: str, sample_id: str, place: int, verdict: str, *, note: str, who: str,
    now: datetime,
) -> None:  # fmt: skip
    """Say of a stand marked to be looked at whether it is right or wrong; the check stays kept.

    Raises `UsageError` without a reason, or where nothing is to be settled.
    """
    if verdict not in (Verdict.RIGHT, Verdict.WRONG):
        raise UsageError("say whether it agrees or differs", "pilih sesuai atau beda")
    _word(session, ulp, sample_id, place, verdict, {str(Verdict.TO_SEE)}, note, who, now)


def open_check(
    session: Session, ulp: str, sample_id: str, place: int, *, note: str, who: str, now: datetime
) -> None:
    """Take a check back, so that the place may be checked again; what was found stays kept.

    Raises
    ------
    UsageError
        Without a reason, where nothing was checked, or where the reserve that took its turn was
        looked at already.
    """
    _word(session, ulp, sample_id, place, OPENED, None, note, who, now)


def _word(
    session: Session, ulp: str, sample_id: str, place: int, verdict: str, of: set[str] | None,
    note: str, who: str, now: datetime,
) -> None:  # fmt: skip
    said = note.strip()[:NOTE_MOST]
    if not said:
        raise UsageError("write the reason", "tulis alasannya")
    stand_samples.lock(session, ulp=ulp)
    sheet = stand_sheet(session, ulp, sample_id)
    verdicts = _verdicts(sheet.items) if sheet.photo is None else {}
    if sheet.closed or place not in verdicts or (of is not None and verdicts[place] not in of):
        raise UsageError(
            "there is no such check, or its lot is closed; load the page again",
            "cek ini tidak ada, atau lotnya sudah ditutup; muat ulang halaman",
        )
    row = sheet.items.set_index("place").loc[place]
    after = {**verdicts, place: verdict}
    if verdict == OPENED:
        del after[place]
    if not fits(_places(sheet.items), after):
        raise UsageError(
            "its reserve house was checked already; that result counts (R-SA-18)",
            "rumah cadangannya sudah dicek; hasil itu yang dihitung (R-SA-18)",
        )
    kept = {} if verdict == OPENED else {
        "found": row["found"], "recorded": row["recorded"], "hours": row["hours"],
        "lbkb_code": row["lbkb_code"],
    }  # fmt: skip
    stand_samples.add_check(
        session, ulp=ulp, sample_id=uuid.UUID(sample_id), place=place, verdict=verdict, note=said,
        checked_by=who, at=now if verdict == OPENED else row["at"], **kept,
    )  # fmt: skip
    log_command(session, who=who, ulp=ulp, command="stand check word",
                after={"sample": sample_id, "place": place, "verdict": str(verdict)})  # fmt: skip
    units.bump(session, ulp=ulp)


def _may_check(sheet: StandSheet, place: int) -> None:
    if sheet.photo is not None:
        raise UsageError("this sample is read from photos", "sampel ini dibaca dari foto")
    if sheet.closed:
        raise UsageError("this lot is closed; open it again first", "lot ini sudah ditutup; buka lagi dulu")  # fmt: skip
    if place not in sheet.turn:
        raise UsageError(
            f"house {place} is not in its turn; a reserve only stands in for a closed house, in order",
            f"rumah {place} belum gilirannya; cadangan hanya menggantikan rumah tutup, berurutan",
        )
    done = _verdicts(sheet.items).get(place)
    # Who finds somebody at home after all reads him, while no reserve was looked at.
    if done is not None and done != CLOSED:
        raise UsageError(
            f"house {place} was checked already; open that check again first",
            f"rumah {place} sudah dicek; buka dulu cek itu",
        )


def _sound(found: Found, way: str) -> None:
    if way == Way.PREPAID:
        if found.client_id is None:
            raise UsageError(
                "a prepaid check comes from its order, with the remaining token and its photo (R-PR-01)",
                "cek pra bayar datang dari perintahnya, dengan sisa token dan fotonya (R-PR-01)",
            )
        return
    stand = found.stand_kwh
    if stand is not None and not (stand.is_finite() and 0 <= stand <= MOST_KWH):
        raise UsageError("a stand is a number, 0 or more", "stand adalah angka, 0 atau lebih")
    if stand is None and found.code not in NO_STAND:
        told = " ".join(sorted(NO_STAND))
        raise UsageError(f"give a stand, or a code of no access ({told})",
                         f"isi stand, atau kode tanpa akses ({told})")  # fmt: skip


def _said(
    session: Session, ulp: str, sheet: StandSheet, idpel: str, found: Found
) -> tuple[str, Decimal | None, float | None]:
    """Return verdict, recorded stand and hours between both."""
    if sheet.sample.way == Way.PREPAID:
        return (CLOSED if found.code in NO_STAND else CHECKED), None, None
    if found.stand_kwh is None:
        return CLOSED, None, None
    known = stand_lots.recorded(session, ulp=ulp, blth=sheet.sample.blth, idpel=idpel)
    if known is None or (known.read_at is None and known.read_on is None):
        raise NothingToDo("the reading of this house is gone; draw a new sample",
                          "bacaan rumah ini sudah tidak ada; undi sampel baru")  # fmt: skip
    zone = ZoneInfo(units.unit(session, ulp=ulp).time_zone)
    hours = _hours(known, found.at, zone)
    if hours < 0:
        raise UsageError(
            "the check lies before the reading; look at its date and time",
            "cek ini sebelum pembacaannya; lihat tanggal dan jamnya",
        )
    return str(verdict_of(known, found, hours, sheet.sample.blth)), known.stand_kwh, hours


def _hours(known: Recorded, at: datetime, zone: ZoneInfo) -> float:
    """Return the hours between reading and check; without its moment the reading's day begins it.

    The longest that may lie between both: nobody is accused by a moment that is not known.
    """
    began = known.read_at
    if began is None:
        assert known.read_on is not None
        began = datetime.combine(known.read_on, time(0), tzinfo=zone)
    return (at - began).total_seconds() / 3600


def verdict_of(known: Recorded, found: Found, hours: float, blth: str) -> Verdict:
    """Judge a stand found beside the recorded one (R-SA-17)."""
    check = Check(
        recorded=float(known.stand_kwh), found=float(found.stand_kwh or 0), hours=hours,
        daya_va=known.daya_va, multiplier=float(known.multiplier),
        usual_kwh_per_day=usual_per_day(known, blth),
        changed=known.changed or found.code == METER_CHANGED,
    )  # fmt: skip
    return Verdict.SUSPENDED if passed_zero(check) else judged(check)


def usual_per_day(known: Recorded, blth: str) -> float | None:
    """Return the customer's own mean of three months, kWh a day; None where a month is not known."""
    if any(kwh is None for kwh in known.before_kwh):
        return None
    months = [month_before(blth, n) for n in range(1, len(known.before_kwh) + 1)]
    days = sum(pd.Period(f"{m[:4]}-{m[4:]}", "M").days_in_month for m in months)
    return float(sum((kwh for kwh in known.before_kwh if kwh is not None), Decimal(0))) / days


def _places(items: pd.DataFrame) -> list[Place]:
    rows = items[["place", "stratum", "reserve"]].itertuples(index=False, name=None)
    return [Place(int(p), str(s), bool(r)) for p, s, r in rows]


def _verdicts(items: pd.DataFrame) -> dict[int, str]:
    done = items[items["verdict"].notna()]
    return {int(p): str(v) for p, v in zip(done["place"], done["verdict"], strict=True)}
