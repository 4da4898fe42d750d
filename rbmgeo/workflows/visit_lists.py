"""Lists of the field are made: from a survey plan, from second looks, from any choice of customers."""

import itertools
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import geopandas as gpd
import pandas as pd
from sqlalchemy.orm import Session

from rbmgeo.db.queries import forms, lists, looks, own_readings, survey, units, visits
from rbmgeo.db.queries import visit_lists as kept
from rbmgeo.db.queries.log import log_command
from rbmgeo.errors import NothingToDo, UsageError
from rbmgeo.fieldwork.jobs import FORMS
from rbmgeo.routes.walkorder import order_route
from rbmgeo.terms import FieldJob
from rbmgeo.workflows.forms import WAYS, Choice
from rbmgeo.workflows.walked import unit_walker

#: Orders on a list that is not told how many it shall have, and at most at once.
A_LIST, MOST = 100, 3_000
#: Days after the planned one until which an order is to be done.
DUE_DAYS = 7
#: These have rules of their own about who may be ordered: they come from the page of arrears.
OWN_RULES = (FieldJob.PUTUS, FieldJob.SAMBUNG)
SUNDAY = 6


@dataclass(frozen=True)
class Issued:
    """What was made: ids of lists, orders on them, ``known``: lists or customers there before.

    ``unknown``: numbers that are no customers of the unit.
    """

    lists: tuple[str, ...]
    orders: int
    known: int = 0
    unknown: tuple[str, ...] = ()


def issue_plan(
    session: Session, ulp: str, *, run_id: int, officers: Mapping[int, str], first_on: date,
    blth: str, due_days: int = DUE_DAYS, who: str,
) -> Issued:  # fmt: skip
    """Make each surveyor's day of a survey plan a list; a day that was made before is left alone.

    ``officers``: the log-in of each surveyor number; who is left out has lists of nobody yet.
    Days go from ``first_on`` on, without Sundays.
    """
    visits.lock(session, ulp=ulp)
    _known_officers(session, ulp, officers.values())
    tasks = survey.tasks(session, ulp=ulp, run_id=run_id)
    if tasks.empty:
        raise NothingToDo(
            f"survey plan {run_id} of unit {ulp} has no visit; plan the survey first (SOP IV.4)",
            f"rencana survei {run_id} unit {ulp} tidak punya kunjungan; buat rencananya dulu (SOP IV.4)",
        )
    again = set(looks.asked(session, ulp=ulp))
    parts = {
        f"rencana/{run_id}/{s}/{d}": (int(str(s)), int(str(d)), part)
        for (s, d), part in tasks.groupby(["surveyor", "day"], sort=True)
    }  # fmt: skip
    there = kept.issued(session, ulp=ulp, sources=list(parts))
    made, count = [], 0
    for source, (surveyor, day, part) in parts.items():
        if source in there:
            continue
        on = _day(first_on, day)
        orders = _survey_orders(part, again, on + timedelta(days=due_days))
        made.append(_add(
            session, ulp, job=FieldJob.SURVEI, blth=blth, source=source, who=who, planned_on=on,
            title=f"Rencana {run_id}: surveyor {surveyor}, hari {day}",
            officer=officers.get(surveyor), orders=orders, content={"run_id": run_id},
        ))  # fmt: skip
        count += len(orders)
    return _noted(session, ulp, who, Issued(tuple(made), count, len(there)))


def issue_looks(
    session: Session, ulp: str, *, officer: str | None, on: date, blth: str,
    due_days: int = DUE_DAYS, who: str,
) -> Issued:  # fmt: skip
    """Make a list of the houses that were asked to be looked at again, in walking order.

    Those that an open list holds already are left out.
    """
    visits.lock(session, ulp=ulp)
    _known_officers(session, ulp, [officer] if officer else [])
    asked = looks.not_looked_at(session, ulp=ulp)
    there = kept.open_orders(session, ulp=ulp, idpels=asked, job=FieldJob.SURVEI)
    left = [i for i in asked if i not in there]
    if not left:
        raise NothingToDo(
            "no house waits for a second look that is not on an open list",
            "tidak ada rumah yang menunggu dilihat kedua kali di luar daftar yang terbuka",
        )
    houses = looks.houses(session, ulp=ulp, idpels=left)
    orders = pd.DataFrame({
        "idpel": walked(session, ulp, left), "reason": "ulang", "due_on": on + timedelta(days=due_days),
    })  # fmt: skip
    content = [
        {"question": "question.gardu", "gardu": _said(houses, i, "gardu"), "tiang": _said(houses, i, "tiang")}
        for i in orders["idpel"]
    ]  # fmt: skip
    orders = orders.assign(content=pd.Series(content, dtype=object))
    list_id = _add(
        session, ulp, job=FieldJob.SURVEI, blth=blth, source=None, who=who, planned_on=on,
        title="Dilihat kedua kali", officer=officer, orders=orders, content={},
    )  # fmt: skip
    return _noted(session, ulp, who, Issued((list_id,), len(orders), len(there)))


def issue_choice(
    session: Session, ulp: str, *, job: str, choice: Choice, officers: Sequence[str], on: date,
    blth: str, due_on: date | None = None, a_list: int = A_LIST, title: str = "", who: str,
) -> Issued:  # fmt: skip
    """Make lists of a job for a choice of customers: one walk, parted where a list is full.

    Lists go to ``officers`` in turn, neighbours to one of them. Customers whom an open list of
    the job holds already, without a visit yet, are left out and counted.
    """
    visits.lock(session, ulp=ulp)
    _known_officers(session, ulp, officers)
    if job not in FORMS or job in OWN_RULES or choice.by not in WAYS or choice.by == "rencana":
        raise UsageError(
            f"no list of {job!r} is made from {choice.by!r}; choose a job and customers of the page",
            f"daftar {job!r} tidak dibuat dari {choice.by!r}; pilih pekerjaan dan pelanggan di halaman",
        )
    found = forms.customers(
        session, ulp=ulp, blth=blth, by=choice.by, codes=list(choice.codes),
        limit=units.unit_settings(session, ulp=ulp).finding_limit,
        least=int(choice.codes[0]) if choice.by == "tunggakan" and choice.codes else 1,
    )  # fmt: skip
    found = found[found["public_id"].notna()].set_index("idpel")
    unknown = tuple(c for c in choice.codes if choice.by == "idpel" and c not in found.index)
    there = kept.open_orders(session, ulp=ulp, idpels=found.index.to_list(), job=job)
    left = [i for i in found.index if i not in there]
    if not left or len(left) > MOST:
        raise NothingToDo(
            f"this choice holds {len(left)} customers for a new list; choose 1 to {MOST}"
            + (f" ({len(there)} are on open lists)" if there else ""),
            f"pilihan ini memuat {len(left)} pelanggan untuk daftar baru; pilih 1 sampai {MOST}"
            + (f" ({len(there)} sudah di daftar terbuka)" if there else ""),
        )
    content = _content(session, ulp, FieldJob(job), blth, found)
    orders = pd.DataFrame({"idpel": walked(session, ulp, left), "reason": "pilihan",
                           "due_on": due_on or on + timedelta(days=DUE_DAYS)})  # fmt: skip
    orders = orders.assign(content=pd.Series([content[i] for i in orders["idpel"]], dtype=object))
    pieces = _parted(len(orders), a_list)
    name = title.strip()[:80] or choice.words.capitalize()
    made = []
    for k, (begin, end) in enumerate(pieces):
        whose = officers[k * len(officers) // len(pieces)] if officers else None
        made.append(_add(
            session, ulp, job=FieldJob(job), blth=blth, source=None, who=who, planned_on=on,
            title=name if len(pieces) == 1 else f"{name}, bagian {k + 1} dari {len(pieces)}",
            officer=whose, orders=orders.iloc[begin:end], content={"choice": choice.words},
        ))  # fmt: skip
    return _noted(session, ulp, who, Issued(tuple(made), len(orders), len(there), unknown))


def walked(session: Session, ulp: str, idpels: Sequence[str]) -> list[str]:
    """Return customers in a short walking order; who has no position stands at the end."""
    srid = units.unit(session, ulp=ulp).utm_srid
    if srid is None:
        return sorted(idpels)
    everybody = lists.customers(session, ulp=ulp, srid=srid)
    points = gpd.GeoSeries(everybody["geometry"]).reindex(sorted(idpels))
    known = points.notna() & ~points.is_empty
    # Nobody has an order yet; who is nowhere would follow somebody at random.
    placed = order_route(
        points.index[known].to_list(), points, unit_walker(session, ulp), known_order=False
    )
    return [*placed.idpels, *points.index[~known]]


def _survey_orders(part: pd.DataFrame, again: set[str], due_on: date) -> pd.DataFrame:
    rows = part.reset_index()
    control = rows["control"].astype(bool)
    reason = pd.Series("temuan", index=rows.index).mask(control, "kontrol")
    reason = reason.mask(rows["idpel"].isin(list(again)), "ulang")
    content = [
        {"question": r["question"] if isinstance(r["question"], str) else "question.gardu",
         "gardu": _plain(r["gardu"]), "tiang": _plain(r["tiang"]), "patch": _plain(r["patch"])}
        for r in rows.to_dict("records")
    ]  # fmt: skip
    return pd.DataFrame({"idpel": rows["idpel"], "reason": reason, "due_on": due_on, "content": content})  # fmt: skip


def _content(
    session: Session, ulp: str, job: FieldJob, blth: str, found: pd.DataFrame
) -> dict[str, dict[str, Any]]:
    """Return what a job needs to know at each door, by idpel."""
    out: dict[str, dict[str, Any]] = {
        str(i): {"gardu": _plain(r["gardu"]), "tiang": _plain(r["tiang"]), "rbm": _plain(r["rbm"])}
        for i, r in found.to_dict("index").items()
    }  # fmt: skip
    if job == FieldJob.SURVEI:
        return {i: {**told, "question": "question.gardu"} for i, told in out.items()}
    if job in (FieldJob.PASCA, FieldJob.PRA):
        known = own_readings.known(session, ulp=ulp, blth=blth, idpels=list(out))
        for i, k in known.items():
            out[i] |= {
                "blth": blth, "tarif": k.tarif, "daya_va": k.daya_va,
                "previous_stand_kwh": _number(k.previous_stand_kwh), "multiplier": _number(k.multiplier),
                "before_kwh": [_number(n) for n in k.before_kwh], "order_no": min(k.orders, default=None),
            }  # fmt: skip
    return out


def _add(
    session: Session, ulp: str, *, job: FieldJob, blth: str, source: str | None, who: str,
    planned_on: date, title: str, officer: str | None, orders: pd.DataFrame,
    content: dict[str, Any],
) -> str:  # fmt: skip
    made: uuid.UUID = visits.add_list(
        session, ulp=ulp, job=job, blth=blth, title=title, officer=officer, planned_on=planned_on,
        content=content, orders=orders, who=who,
    )  # fmt: skip
    if source is not None:
        kept.name_source(session, ulp=ulp, list_id=made, source=source)
    return str(made)


def _known_officers(session: Session, ulp: str, logins: Any) -> None:
    known = {o["login"] for o in kept.officers(session, ulp=ulp)}
    strange = sorted(set(logins) - known)
    if strange:
        told = ", ".join(sorted(known)) or "-"
        raise UsageError(
            f"{', '.join(strange)} is no surveyor of unit {ulp}; there are: {told}",
            f"{', '.join(strange)} bukan surveyor unit {ulp}; yang ada: {told}",
        )


def _day(first_on: date, number: int) -> date:
    """Return the number-th working day from ``first_on`` on, Sundays left out.

    >>> _day(date(2026, 11, 28), 2)
    datetime.date(2026, 11, 30)
    """
    day = first_on + timedelta(days=first_on.weekday() == SUNDAY)
    for _ in range(number - 1):
        day += timedelta(days=2 if day.weekday() == SUNDAY - 1 else 1)
    return day


def _parted(count: int, a_list: int) -> list[tuple[int, int]]:
    """Return where each of as few equal pieces as hold ``a_list`` at most begins and ends.

    >>> _parted(5, 2)
    [(0, 1), (1, 3), (3, 5)]
    """
    pieces = -(-count // max(a_list, 1))
    edges = [count * k // pieces for k in range(pieces + 1)]
    return list(itertools.pairwise(edges))


def _noted(session: Session, ulp: str, who: str, done: Issued) -> Issued:
    log_command(
        session, who=who, ulp=ulp, command="visit lists",
        after={"lists": list(done.lists), "orders": done.orders, "known": done.known},
    )  # fmt: skip
    units.bump(session, ulp=ulp)
    return done


def _said(frame: pd.DataFrame, idpel: str, name: str) -> str | None:
    return _plain(frame.at[idpel, name]) if idpel in frame.index else None


def _plain(value: Any) -> str | None:
    return value if isinstance(value, str) else None


def _number(value: Any) -> float | None:
    return None if value is None or value != value else float(value)
