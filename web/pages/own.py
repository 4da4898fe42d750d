"""Baca ulang: a reading or prepaid check of our own for one customer, or a file of them."""

import tempfile
import uuid
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response as AnyResponse

from rbmgeo.db.queries import own_readings, pages
from rbmgeo.errors import NotThere, RbmgeoError, UsageError
from rbmgeo.fieldwork.prepaid import CHECKS
from rbmgeo.fieldwork.record import LBKB, NO_STAND, Record, Refusal
from rbmgeo.intake.own_readings import (
    COLUMNS,
    Fault,
    measure_of,
    moment,
    number_of,
    read_own_readings,
)
from rbmgeo.intake.photo_store import PhotoStore
from rbmgeo.terms import Role, Service
from rbmgeo.workflows.own_readings import Taken, take_one, take_readings
from web.access import allow, beyond_field
from web.database import database, settings
from web.language import label, lang, num, tr

#: Rows at fault that a page names; the others it counts.
FAULTS_SHOWN = 20
NOTE_MOST = 500
bp = Blueprint("own", __name__, url_prefix="/<ulp:ulp>/<blth:blth>/baca-ulang")


@bp.get("")
@allow(Role.PERENCANA, Role.SURVEYOR)
@beyond_field
def page() -> str:
    """Find the customer to be read, take a file in, and see what came in this month."""
    return _page()


@bp.post("/cari")
@allow(Role.PERENCANA, Role.SURVEYOR)
@beyond_field
def find() -> AnyResponse:
    """Open the form of the customer with this number; the number stays out of addresses."""
    number = "".join(request.form.get("nomor", "").split())[:40]
    with database().reading() as session:
        found = own_readings.customer_by_number(session, ulp=g.ulp, number=number)
    if found is None:
        flash(
            tr(
                "Tidak ada pelanggan dengan IDPEL atau nomor meter itu di unit ini.",
                "No customer of this unit has that IDPEL or meter number.",
            ),
            "warn",
        )
        return redirect(url_for(".page"))
    return redirect(url_for(".form", public_id=found))


@bp.get("/<uuid:public_id>")
@allow(Role.PERENCANA, Role.SURVEYOR)
@beyond_field
def form(public_id: uuid.UUID) -> str:
    """Show the form of one customer: a stand, or a prepaid check where there is an order."""
    return _form(public_id, {"client_id": str(uuid.uuid4())})


@bp.post("/<uuid:public_id>")
@allow(Role.PERENCANA, Role.SURVEYOR)
@beyond_field
def keep(public_id: uuid.UUID) -> AnyResponse | tuple[str, int]:
    """Keep one reading with its photo; its marks are said at once, they do not block."""
    said = {k: v.strip() for k, v in request.form.items()}
    with database().reading() as session:
        idpel = str(pages.customer(session, ulp=g.ulp, public_id=str(public_id))["idpel"])
    record, faults = _record(said, idpel)
    if record is None:
        return _form(public_id, said, faults), 422
    sent = request.files.get("foto")
    photo = sent.read() if sent is not None and sent.filename else b""
    with database().writing() as session:
        done = take_one(
            session, g.ulp, record, photo=photo,
            store=PhotoStore.of(settings().home.resolve(), g.ulp), who=current_user.login,
            now=datetime.now(UTC),
        )  # fmt: skip
    if done.refused:
        return _form(public_id, said, [r for _, r in done.refused]), 422
    _say(done)
    return redirect(url_for(".form", public_id=public_id))


@bp.post("/berkas")
@allow(Role.PERENCANA, Role.SURVEYOR)
@beyond_field
def file() -> AnyResponse | tuple[str, int]:
    """Take a CSV of readings and prepaid checks in, all or none."""
    sent = request.files.get("berkas")
    if sent is None or not sent.filename:
        return _page(sentence=str(tr("Belum ada berkas yang dipilih", "No file was chosen"))), 422
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "bacaan.csv"
        sent.save(path)
        try:
            records, rows, faults = read_own_readings(
                path, time_zone=g.unit.time_zone, officer=current_user.login
            )
        except RbmgeoError as error:
            said = error.in_language(lang()).replace(path.name, sent.filename)
            return _page(name=sent.filename, sentence=said), 422
    if not faults:
        with database().writing() as session:
            done = take_readings(
                session, g.ulp, records, who=current_user.login, now=datetime.now(UTC)
            )
        faults = [
            Fault(rows[at], r.column, "", r.rule, r.indonesian, r.english) for at, r in done.refused
        ]
    if faults:
        return _page(faults, sent.filename), 422
    _say(done)
    return redirect(url_for(".page"))


def _page(faults: list[Fault] | None = None, name: str = "", sentence: str = "") -> str:
    found = faults or []
    with database().reading() as session:
        rows = own_readings.newest(session, ulp=g.ulp, blth=g.blth)
        counts = own_readings.counts(session, ulp=g.ulp, blth=g.blth)
    return render_template(
        "own.html", rows=rows, used=_sees_used(), counts=counts, faults=found[:FAULTS_SHOWN], fault_count=len(found),
        fault_file=name, fault_sentence=sentence, columns=COLUMNS, checks=CHECKS,
    )  # fmt: skip


def _sees_used() -> bool:
    """Say whether who asks may see what was used: the office, not who reads in the field."""
    return bool(current_user.roles_in(g.ulp) - {Role.SURVEYOR, Role.VENDOR})


def _form(public_id: uuid.UUID, said: dict[str, str], faults: list[Refusal] | None = None) -> str:
    with database().reading() as session:
        who = pages.customer(session, ulp=g.ulp, public_id=str(public_id))
        known = own_readings.known(session, ulp=g.ulp, blth=g.blth, idpels=[who["idpel"]])
        orders = own_readings.orders_of(session, ulp=g.ulp, idpel=who["idpel"])
        mine = own_readings.of_customer(session, ulp=g.ulp, idpel=who["idpel"])
    asked = said.get("layanan") or request.args.get("layanan", "")
    service = asked if asked in set(Service) else str(who["jenis_layanan"])
    now = datetime.now(UTC).astimezone(ZoneInfo(g.unit.time_zone))
    return render_template(
        "own_form.html", who=who, known=known[who["idpel"]], orders=orders, mine=mine, said=said,
        faults=faults or [], service=service, codes=sorted(LBKB, key=lambda c: (c != "Z", c)),
        no_stand=NO_STAND, checks=CHECKS, now=f"{now:%Y-%m-%dT%H:%M}", used=_sees_used(),
    )  # fmt: skip


def _record(said: dict[str, str], idpel: str) -> tuple[Record | None, list[Refusal]]:
    """Return the record of a form, or what of it cannot be read."""
    service = said.get("layanan", "")
    if service not in set(Service):
        raise UsageError(f"{service!r} is no service", f"{service!r} bukan layanan")
    faults = []
    values: dict[str, Any] = {}
    for name in ("stand_kwh", "sisa_token_kwh"):
        values[name] = number_of(said.get(name, ""))
        if said.get(name) and values[name] is None:
            faults.append(_unread(name, "R-IM-05", "1234,5", "1234.5"))
    for name in ("lon", "lat", "accuracy_m"):
        values[name] = measure_of(said.get(name, ""))
        if said.get(name) and values[name] is None:
            faults.append(_unread(name, "R-IM-06", "112,7058", "112.7058"))
    read_at = None
    try:
        read_at = moment(said.get("at", ""), g.unit.time_zone)
    except ValueError:
        faults.append(_unread("at", "R-PO-01", "2026-11-23T08:30", "2026-11-23T08:30"))
    try:
        client_id = str(uuid.UUID(said.get("client_id", "")))
    except ValueError:
        raise NotThere(
            "the form has lost its number; open it again",
            "formulir ini kehilangan nomornya; buka lagi",
        ) from None
    if faults or read_at is None:
        return None, faults
    return Record(
        client_id=client_id, idpel=idpel, blth=g.blth, service=Service(service), read_at=read_at,
        officer=current_user.login, lbkb_code=said.get("lbkb_code", "").upper(),
        order_no=said.get("order_no") or None, note=said.get("note", "")[:NOTE_MOST] or None,
        checks={n: said[n] for n in CHECKS if said.get(n)} if service == Service.PRA else {},
        **values,
    ), []  # fmt: skip


def _unread(column: str, rule: str, indonesian: str, english: str) -> Refusal:
    return Refusal(column, rule, f"tulis seperti {indonesian}", f"write it like {english}")


def _say(done: Taken) -> None:
    if done.good:
        flash(tr("{n} bacaan disimpan.", "{n} readings kept.", n=num(done.good)), "ok")
    if done.skipped:
        flash(
            tr("{n} sudah pernah disimpan; tidak ada yang berubah.",
               "{n} were kept before; nothing changed.", n=num(done.skipped)),
            "info",
        )  # fmt: skip
    if done.conflicts:
        flash(
            tr("{n} punya isi lain dengan nomor kiriman yang sama; disimpan sebagai konflik.",
               "{n} have other content under the same id; kept as conflicts.",
               n=num(done.conflicts)),
            "warn",
        )  # fmt: skip
    if done.marks:
        said = "; ".join(label(f"mark.{mark}") for mark in done.marks)
        flash(tr("Disimpan dengan tanda: {m}.", "Kept with marks: {m}.", m=said), "warn")
