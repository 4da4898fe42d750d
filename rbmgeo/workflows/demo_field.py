"""The jobs of SOP III, V and VI on the invented unit: orders, visits, payments as they come in.

Every photo says that it is invented; all goes through the workflows that real ones go through.
"""

import io
import uuid
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pandas as pd
from PIL import Image, ImageDraw
from sqlalchemy.orm import Session

from rbmgeo.db.queries import arrears as kept
from rbmgeo.db.queries import pages, units, visits
from rbmgeo.db.session import Database
from rbmgeo.errors import NothingToDo
from rbmgeo.fieldwork.visit import Visit, visit_of
from rbmgeo.intake.photo_store import PhotoStore
from rbmgeo.terms import FieldJob, FormKind
from rbmgeo.workflows.arrears import open_orders
from rbmgeo.workflows.arrears_work import order_cuts
from rbmgeo.workflows.forms import Choice, issue_forms
from rbmgeo.workflows.import_files import import_files
from rbmgeo.workflows.job_lists import list_information, list_prepaid_orders
from rbmgeo.workflows.receive_visits import receive_visits

#: The demo's surveyor, who walks the lists.
OFFICER = "surveyor"
#: A cut long ago, when few months were owed: by now its removal may be proposed.
LONG_AGO = date(2024, 9, 25)
MOST = 12
_PLACES = uuid.UUID("6ba7b811-9dad-11d1-80b4-00c04fd430c8")


def field_of_demo(
    database: Database, ulp: str, folder: Path, *, who: str, now: datetime,
    progress: Callable[[str, int, int], None],
) -> None:  # fmt: skip
    """Order, cut, pay and reconnect; then list prepaid orders and a brochure to hand over."""
    with database.writing() as session:
        zone = ZoneInfo(units.unit(session, ulp=ulp).time_zone)
        today = now.astimezone(zone).date()
        photo = _photo(session, ulp, folder.parent)
        old = _cuts(session, ulp, LONG_AGO, "202409", 1.0, photo, zone, who)
    progress("lapangan / field", 1, 3)
    with database.writing() as session:
        blth = units.latest_blth(session, ulp=ulp) or f"{today:%Y%m}"
        new = _cuts(session, ulp, today - timedelta(days=1), blth, 0.5, photo, zone, who)
        waiting = list(open_orders(session, ulp, FieldJob.PUTUS).index)
        paid = [*old[:2], *new[:1], *waiting[:1]]
        bills = kept.bills(session, ulp=ulp, zone=str(zone), more=[])
    progress("lapangan / field", 2, 3)
    _pay(database, ulp, folder, bills[bills["idpel"].isin(paid)], today, who)
    with database.writing() as session:
        _other_jobs(session, ulp, blth, today, who)
    progress("lapangan / field", 3, 3)


def _cuts(
    session: Session, ulp: str, on: date, blth: str, share: float, photo: str, zone: ZoneInfo,
    who: str,
) -> list[str]:  # fmt: skip
    """Print notices, order, and walk a share of the list; return who was cut off."""
    at = datetime.combine(on, time(10, 0), zone)
    try:
        made = issue_forms(
            session, ulp, kind=FormKind.TUL_VI_01, blth=blth, on=on - timedelta(days=1),
            choice=Choice("tunggakan", ("1",)), who=who,
        )  # fmt: skip
        session.flush()
        order_cuts(
            session, ulp, made.print_id, officer=OFFICER, planned_on=on,
            signer="Manajer ULP (rekaan)", who=who, now=at,
        )  # fmt: skip
    except NothingToDo:
        return []
    orders = open_orders(session, ulp, FieldJob.PUTUS).sort_values("order_id")
    walked = orders.head(min(MOST, round(len(orders) * share)))
    sent = [
        _cut(str(order), at + timedelta(minutes=7 * n), photo, n)
        for n, order in enumerate(walked["order_id"])
    ]
    if sent:
        receive_visits(session, ulp, sent, who=OFFICER, now=at + timedelta(hours=6))
    return [str(i) for i in walked.index]


def _cut(order_id: str, at: datetime, photo: str, number: int) -> Visit:
    photos = [{"sha256": photo, "kind": k, "bytes": 1} for k in ("kwh_diputus", "cek_layar")]
    return visit_of({
        "client_id": str(uuid.uuid5(_PLACES, order_id)), "order_id": order_id, "customer": None,
        "job": "putus", "outcome": "diputus", "photos": photos, "place": None, "officer": OFFICER,
        "device_id": str(uuid.uuid5(_PLACES, OFFICER)), "device_at": at.isoformat(),
        "values": {"cek_waktu": f"{at - timedelta(minutes=10):%H.%M}", "cek_sumber": "ppob",
                   "cek_hasil": "belum_lunas", "cara": "mcb_off_segel",
                   "nomor_segel": f"CONTOH-{number:04d}", "stand_kwh": 1000 + 13 * number,
                   "lembar_kedua": True},
    })  # fmt: skip


def _pay(
    database: Database, ulp: str, folder: Path, bills: pd.DataFrame, today: date, who: str
) -> None:
    """Write the payments of some customers as the file that tells them, and take it in."""
    open_ = bills[bills["paid_on"].isna()].sort_values(["blth", "idpel"])
    if open_.empty:
        return
    path = folder / "piutang" / f"DPP_{ulp}_pelunasan.csv"
    rows = pd.DataFrame({
        "BLTH": open_["blth"], "UNITUP": ulp, "IDPEL": open_["idpel"], "RPPTL": 0,
        "TGLBAYAR": f"{today:%d/%m/%Y}", "JML_TUNGGAKAN": 0, "STATUS": "LUNAS",
    })  # fmt: skip
    rows.to_csv(path, sep=";", index=False, lineterminator="\n")
    import_files(database, [path], ulp=ulp, accept_good=True, who=who, home=folder.parent)


def _other_jobs(session: Session, ulp: str, blth: str, today: date, who: str) -> None:
    told = {"officer": OFFICER, "planned_on": today, "who": who}
    list_prepaid_orders(session, ulp, blth, **told)  # type: ignore[arg-type]
    rbms = pages.rbm_codes(session, ulp=ulp)
    if rbms:
        made = issue_forms(
            session, ulp, kind=FormKind.INFORMASI, blth=blth, on=today, who=who,
            choice=Choice("rbm", (rbms[0],)), subject="Brosur hemat energi (rekaan)",
        )  # fmt: skip
        session.flush()
        list_information(session, ulp, made.print_id, **told)  # type: ignore[arg-type]


def _photo(session: Session, ulp: str, home: Path) -> str:
    """Keep one picture that says it is invented; return its hash."""
    drawn = Image.new("RGB", (480, 360), (233, 236, 239))
    ImageDraw.Draw(drawn).text((110, 170), "FOTO CONTOH (REKAAN) / INVENTED", fill=(60, 60, 60))
    out = io.BytesIO()
    drawn.save(out, "PNG")
    sha256, beside = PhotoStore.of(home, ulp).write(out.getvalue(), ".png")
    PhotoStore.of(home, ulp).name([beside] if beside else [])
    visits.add_photo(
        session, ulp=ulp, sha256=sha256, suffix=".png", size=len(out.getvalue()), who=OFFICER
    )
    return sha256
