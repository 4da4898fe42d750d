"""Lists of the field that a job makes itself: information of printed lists, prepaid orders, samples."""

from datetime import date
from typing import Any

import numpy as np
import pandas as pd
from sqlalchemy.orm import Session

from rbmgeo.db.queries import arrears as kept
from rbmgeo.db.queries import forms, own_readings, units, visit_jobs, visits
from rbmgeo.db.queries.log import log_command
from rbmgeo.errors import NothingToDo, UsageError
from rbmgeo.geo import metres_xy, utm_srid
from rbmgeo.routes.order import order
from rbmgeo.sampling.draw import draw
from rbmgeo.terms import FieldJob, FormKind, Service

#: A list of one officer and day holds so many houses at most.
MOST = 600


def list_information(
    session: Session, ulp: str, print_id: int, *, officer: str | None, planned_on: date, who: str
) -> int:
    """Make a list of each information sheet of a print, in its order (SOP V); return the orders.

    The material is what the sheets tell. The caller commits.

    Raises
    ------
    UsageError
        If it is no print of information lists, tells no material, or was made lists before.
    """
    kept.lock(session, ulp=ulp)
    one = forms.one_print(session, ulp=ulp, print_id=print_id)
    check_print(session, ulp, one.kind, print_id, FormKind.INFORMASI)
    material = str(one.content.get("subject") or "").strip()
    if not material:
        raise UsageError(
            f"print {print_id} does not say what is told; print it with its material",
            f"cetakan {print_id} tidak menyebut informasinya; cetak dengan nama materinya",
        )
    count = 0
    for form in forms.forms_of(session, ulp=ulp, print_id=print_id):
        rows = pd.DataFrame(
            {"idpel": [r["idpel"] for r in form.content["rows"]], "reason": "informasi"}
        )
        rbm = form.content.get("rbm")
        visits.add_list(
            session, ulp=ulp, job=FieldJob.INFORMASI, blth=one.blth,
            title=f"{material}, {f'RBM {rbm}' if rbm else 'tanpa RBM'}", officer=officer or None,
            planned_on=planned_on, orders=rows, who=who,
            content={"print_id": print_id, "materi": material, "form_no": form.full_number},
        )  # fmt: skip
        count += len(rows)
    _noted(session, ulp, who, "information lists", print_id=print_id, orders=count)
    return count


def list_prepaid_orders(
    session: Session, ulp: str, blth: str, *, officer: str | None, planned_on: date, who: str
) -> int:
    """Make lists of PLN's orders that are on none yet (SOP III); return how many.

    Raises `NothingToDo` where there are none.
    """
    rows = visit_jobs.waiting_prepaid_orders(session, ulp=ulp, blth=blth)
    if rows.empty:
        raise NothingToDo(
            "no order of PLN waits; import the prepaid orders of the month",
            "tidak ada order PLN yang menunggu; impor order pra bayar bulan ini",
        )
    number = dict(zip(rows["idpel"], rows["order_no"], strict=True))
    _lists(session, ulp, blth, number, "order_pln", "Order pra bayar", {}, officer, planned_on, who)
    return len(number)


def draw_prepaid(
    session: Session, ulp: str, blth: str, *, size: int, seed: str, officer: str | None,
    planned_on: date, who: str,
) -> int:  # fmt: skip
    """Draw a sample of prepaid customers from a published seed and make lists of it.

    Whoever holds the same list of customers and the seed draws the same (R-SA-18).

    Raises
    ------
    NothingToDo
        If the unit has no prepaid customers.
    UsageError
        If no seed is told, or this month's sample was drawn with it before.
    """
    kept.lock(session, ulp=ulp)
    lot, told = visit_jobs.prepaid_customers(session, ulp=ulp), seed.strip()[:60]
    if not lot:
        raise NothingToDo("the unit has no prepaid customers", "unit ini tidak punya pelanggan pra bayar")  # fmt: skip
    if not told or visit_jobs.drawn_before(session, ulp=ulp, blth=blth, seed=told):
        raise UsageError(
            "give a seed of its own: with the same one the same sample is drawn again",
            "isi benih sendiri: dengan benih yang sama sampelnya sama juga",
        )
    drawn = draw(lot, size, seed=told)
    number = {i: f"SAMPEL/{blth}/{told}/{n:04d}" for n, i in enumerate(drawn.sample, start=1)}
    shared = {"seed": told, "list_hash": drawn.list_hash, "lot": len(lot)}
    _lists(session, ulp, blth, number, "sampel", "Sampel pra bayar", shared, officer, planned_on, who)  # fmt: skip
    return len(number)


def order_content(
    session: Session, ulp: str, job: str, blth: str, idpels: list[str]
) -> dict[str, dict[str, Any]]:
    """Return what an order of a job needs at the door beside the house, by idpel.

    A postpaid stand is judged there against ``previous_stand_kwh``, ``multiplier``, ``daya_va``
    and ``before_kwh`` (R-EN-01 ... R-EN-05; numbers, None where unknown); tariff and power are
    held against what is seen.
    """
    if job not in (FieldJob.PASCA, FieldJob.PRA):
        return {i: {} for i in idpels}
    known = own_readings.known(session, ulp=ulp, blth=blth, idpels=idpels)
    out: dict[str, dict[str, Any]] = {}
    for idpel in idpels:
        it = known.get(idpel)
        if it is None:
            out[idpel] = {}
            continue
        out[idpel] = {"tarif": it.tarif, "daya_va": it.daya_va}
        if job == FieldJob.PASCA and it.service == Service.PASCA:
            out[idpel] |= {
                "previous_stand_kwh": _plain(it.previous_stand_kwh),
                "multiplier": _plain(it.multiplier),
                "before_kwh": [_plain(v) for v in it.before_kwh],
            }
    return out


def check_print(session: Session, ulp: str, kind: str, print_id: int, wanted: FormKind) -> None:
    """Refuse a print of another kind, and one that was made a list before."""
    if kind != wanted:
        raise UsageError(
            f"print {print_id} holds no {wanted}; choose another",
            f"cetakan {print_id} bukan {wanted}; pilih yang lain",
        )
    if print_id in kept.lists_of_prints(session, ulp=ulp):
        raise UsageError(
            f"print {print_id} was made a list before; print anew for further customers",
            f"cetakan {print_id} sudah dijadikan daftar; cetak lagi untuk pelanggan lain",
        )


def _lists(
    session: Session, ulp: str, blth: str, number: dict[str, str], reason: str, title: str,
    shared: dict[str, Any], officer: str | None, planned_on: date, who: str,
) -> None:  # fmt: skip
    """Keep lists of at most `MOST` orders in walking order, each with its order's number."""
    walked = short_walk(session, ulp, sorted(number))
    more = order_content(session, ulp, FieldJob.PRA, blth, walked)
    parts = [walked[k : k + MOST] for k in range(0, len(walked), MOST)]
    for at, part in enumerate(parts, start=1):
        rows = pd.DataFrame({
            "idpel": part, "reason": reason, "due_on": planned_on,
            "content": [{"order_no": number[i], **more[i]} for i in part],
        })  # fmt: skip
        visits.add_list(
            session, ulp=ulp, job=FieldJob.PRA, blth=blth, officer=officer or None, orders=rows,
            title=f"{title} {planned_on:%d-%m-%Y}" + (f" ({at}/{len(parts)})" if len(parts) > 1 else ""),
            planned_on=planned_on, content=shared, who=who,
        )  # fmt: skip
    _noted(session, ulp, who, "prepaid lists", orders=len(number), reason=reason)


def short_walk(session: Session, ulp: str, idpels: list[str]) -> list[str]:
    """Return customers so that the way between them is short; those without a point come last.

    More than a list holds are put into strips from west to east first.
    """
    at = visit_jobs.points(session, ulp=ulp, idpels=idpels)
    known = at.dropna()
    blind = [i for i in idpels if i not in known.index]
    if known.empty:
        return blind
    srid = utm_srid(float(known["lon"].median()), float(known["lat"].median()))
    xy = np.column_stack(metres_xy(known["lon"], known["lat"], srid))
    out: list[str] = []
    strips = np.array_split(np.argsort(xy[:, 0], kind="stable"), -(-len(known) // MOST))
    for strip in strips:
        rows = np.sort(strip)
        apart = np.hypot(*(xy[rows][:, None] - xy[rows][None]).transpose(2, 0, 1))
        out += [str(i) for i in known.index[rows[order(apart)]]]
    return out + blind


def _plain(value: Any) -> float | None:
    return None if value is None else float(value)


def _noted(session: Session, ulp: str, who: str, command: str, **after: Any) -> None:
    log_command(session, who=who, ulp=ulp, command=command, after=after)
    units.bump(session, ulp=ulp)
