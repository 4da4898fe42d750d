"""SOP IV.2: the month's reading calendar and who reads which RBM; load, compute, keep."""

from dataclasses import dataclass
from datetime import date

import pandas as pd
from sqlalchemy.orm import Session

from rbmgeo.db.queries import lists, units
from rbmgeo.db.queries import reading_calendar as kept
from rbmgeo.db.queries.log import log_command
from rbmgeo.errors import NotAllowed, NothingToDo, UsageError
from rbmgeo.routes.calendar import assigned, days_off, mended_dates, proposed_dates
from rbmgeo.routes.targets import NO_SCHEDULE
from rbmgeo.workflows.routes import targets_ulp


@dataclass(frozen=True)
class CalendarSummary:
    """What a month's plan holds; ``customers`` are all that the vendor reads (R-RO-09)."""

    ulp: str
    blth: str
    days: int
    rbm: int
    customers: int
    as_last: int
    beyond: int


def plan_month(session: Session, ulp: str, blth: str, *, who: str = "") -> CalendarSummary:
    """Propose the dates that a month lacks and give each RBM its day and officer.

    Dates that are there stay. A plan that is there is made anew from last month's.

    Raises
    ------
    NothingToDo
        If neither this month nor the one before has a calendar, or nobody is read.
    """
    before = f"{pd.Period(blth, 'M') - 1:%Y%m}"
    shift = units.unit_settings(session, ulp=ulp).date_shift_days
    now, last = (lists.calendar(session, ulp=ulp, blth=b) for b in (blth, before))
    if now.empty and last.empty:
        raise NothingToDo(
            f"unit {ulp} has no reading calendar of {before} or {blth}; import one",
            f"unit {ulp} belum punya kalender baca {before} atau {blth}; impor kalendernya",
        )
    dates = proposed_dates(
        last, blth=blth, holidays=set(kept.holidays(session, ulp=ulp)), shift_days=shift
    )
    fresh = dates[~dates.index.isin(now["hari_baca"])]
    kept.set_dates(session, ulp=ulp, blth=blth, dates=dict(zip(fresh.index.astype("str"), fresh["read_on"], strict=True)))  # fmt: skip
    kept.replace_plan(session, ulp=ulp, blth=blth, rows=_no_rows(), who=who)
    today = targets_ulp(session, ulp, blth).drop(index=NO_SCHEDULE, errors="ignore")
    if today.empty:
        raise NothingToDo(
            f"unit {ulp} has no RBM with customers that a vendor reads; import a DPM first",
            f"unit {ulp} belum punya RBM dengan pelanggan vendor; impor DPM dulu",
        )
    said = kept.plan(session, ulp=ulp, blth=before)[["hari_baca", "officer"]]
    told = said.reindex(today.index).combine_first(today[["hari_baca", "officer"]].astype(object))
    letters = lists.calendar(session, ulp=ulp, blth=blth)["hari_baca"].tolist()
    rows = assigned(today, told, kept.readers(session, ulp=ulp), letters=letters)
    kept.replace_plan(session, ulp=ulp, blth=blth, rows=rows[["hari_baca", "officer", "note"]], who=who)  # fmt: skip
    log_command(session, who=who, ulp=ulp, command="reading calendar", after={"blth": blth})
    table = targets_ulp(session, ulp, blth)
    return CalendarSummary(
        ulp, blth, len(letters), len(rows), int(table["customers"].sum()),
        int(rows["as_last"].sum()), int((table["shifted"] > 0).sum()),
    )  # fmt: skip


def _no_rows() -> pd.DataFrame:
    return pd.DataFrame({"hari_baca": [], "officer": [], "note": []}, pd.Index([], name="rbm"), dtype="str")  # fmt: skip


def set_rbm(
    session: Session, ulp: str, blth: str, rbm: str, *, hari_baca: str, officer: str, who: str = ""
) -> None:
    """Give one RBM another reading day or officer; raises `UsageError` off the calendar."""
    letters = lists.calendar(session, ulp=ulp, blth=blth)["hari_baca"].tolist()
    if hari_baca and hari_baca not in letters:
        raise UsageError(
            f"reading day {hari_baca!r} is not in the calendar of {blth}: {', '.join(letters)}",
            f"hari baca {hari_baca!r} tidak ada di kalender {blth}: {', '.join(letters)}",
        )
    kept.set_plan(session, ulp=ulp, blth=blth, rbm=rbm, hari_baca=hari_baca or None,
                  officer=officer or None, who=who)  # fmt: skip
    log_command(session, who=who, ulp=ulp, command="reading calendar set",
                after={"blth": blth, "rbm": rbm, "hari_baca": hari_baca, "officer": officer})  # fmt: skip


def approve_shift(session: Session, ulp: str, blth: str, rbm: str, *, who: str) -> None:
    """Approve that an RBM is read far from last month's date; not by who planned it (R-CH-02)."""
    row = kept.plan(session, ulp=ulp, blth=blth)
    if rbm in row.index and row.at[rbm, "made_by"] == who:
        raise NotAllowed(
            f"{who} planned RBM {rbm}; another person approves its date",
            f"{who} yang menjadwalkan RBM {rbm}; tanggalnya disetujui orang lain",
        )
    kept.approve_shift(session, ulp=ulp, blth=blth, rbm=rbm, who=who)
    log_command(session, who=who, ulp=ulp, command="reading calendar approve",
                after={"blth": blth, "rbm": rbm})  # fmt: skip


def set_date(
    session: Session, ulp: str, blth: str, letter: str, day: date, *, who: str = ""
) -> None:
    """Give a reading day of a month another date, or the month another reading day.

    A Sunday or a day off is kept as said; `rbmgeo.routes.calendar.days_off` names it.

    Raises
    ------
    UsageError
        If the date lies further from the month than the month after, or the letter is none.
    """
    letter = letter.strip()
    if not letter or len(letter) > 8 or not letter.isprintable():
        raise UsageError("a reading day has a letter or number", "hari baca punya huruf atau angka")
    month = pd.Period(blth, "M")
    if not (month - 1).start_time.date() <= day <= (month + 1).end_time.date():
        raise UsageError(
            f"{day} is not near the month {blth}; write a date of it",
            f"{day} tidak dekat bulan {blth}; tulis tanggal bulan itu",
        )
    known = lists.calendar(session, ulp=ulp, blth=blth).set_index("hari_baca")["read_on"]
    kept.set_dates(session, ulp=ulp, blth=blth, dates={letter: day})
    log_command(session, who=who, ulp=ulp, command="reading date",
                before={"blth": blth, "hari_baca": letter, "read_on": str(known.get(letter, ""))},
                after={"blth": blth, "hari_baca": letter, "read_on": str(day)})  # fmt: skip
    units.bump(session, ulp=ulp)


def off_dates(session: Session, ulp: str, blth: str) -> tuple[pd.DataFrame, dict[str, date]]:
    """Name the reading days of a month on a Sunday or day off, and the dates that would mend it."""
    dates = lists.calendar(session, ulp=ulp, blth=blth)
    off = set(kept.holidays(session, ulp=ulp))
    return days_off(dates, off), mended_dates(dates, off)


def mend_dates(session: Session, ulp: str, blth: str, *, who: str = "") -> dict[str, date]:
    """Move the reading days of a month off Sundays and days off; return those that moved."""
    _, mended = off_dates(session, ulp, blth)
    for letter, day in mended.items():
        set_date(session, ulp, blth, letter, day, who=who)
    return mended


def set_holiday(session: Session, ulp: str, day: date, name: str | None, *, who: str = "") -> None:
    """Keep a day off, or take it back where ``name`` is None; dates that are there stay."""
    kept.set_holiday(session, ulp=ulp, day=day, name=name, who=who)
    log_command(session, who=who, ulp=ulp, command="holiday", after={"day": str(day), "name": name})


def set_reader(
    session: Session,
    ulp: str,
    officer: str,
    *,
    capacity: int | None,
    areas: list[str],
    who: str = "",
) -> None:
    """Keep how many customers a day one reader may have, and where."""
    kept.set_reader(session, ulp=ulp, officer=officer, capacity=capacity, areas=areas)
    log_command(session, who=who, ulp=ulp, command="reader area",
                after={"officer": officer, "capacity": capacity, "areas": areas})  # fmt: skip
