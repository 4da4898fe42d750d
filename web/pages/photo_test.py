"""Uji foto buta: a budget of photos, a seed, the photo alone, the figures typed, then the stand."""

import uuid
from typing import Any

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from rbmgeo.db.queries import photo_test as kept
from rbmgeo.supervision.photo_test import PhotoVerdict
from rbmgeo.terms import Role
from rbmgeo.workflows.photo_test import (
    MOST,
    UNIT,
    buys,
    check_photo,
    draw_photos,
    lots,
    next_photo,
    sheet,
)
from web.access import allow
from web.database import database
from web.language import label, tr
from web.pages.forms import checked_number

bp = Blueprint("photo_test", __name__, url_prefix="/<ulp:ulp>/<blth:blth>/uji-foto")

#: What a budget buys is shown for these numbers of photos.
BUDGETS = (50, 100, 200, 400)


@bp.get("")
@allow(Role.PERENCANA, Role.PENGAWAS)
def page() -> str:
    """Show who can be tested, what a budget buys, and the samples of the month."""
    with database().reading() as session:
        found = lots(session, g.ulp, g.blth)
        samples = [sheet(session, g.ulp, str(s.sample_id)) for s in kept.samples(session, ulp=g.ulp, blth=g.blth)]  # fmt: skip
    photos = int(found["photos"].sum())
    return render_template(
        "photo_test.html", lots=found, photos=photos, readings=int(found["readings"].sum()),
        samples=samples, nobody=kept.NOBODY, unit=UNIT, most=MOST,
        budgets=[(n, buys(photos, n)) for n in BUDGETS if photos and n < photos * 2],
        seed=f"{g.ulp}-{g.blth}-{len(samples) + 1}",
    )  # fmt: skip


@bp.post("")
@allow(Role.PENGAWAS)
def draw() -> Response:
    """Draw a sample from a seed."""
    with database().writing() as session:
        made = draw_photos(
            session, g.ulp, g.blth, scope=request.form.get("petugas", UNIT),
            size=checked_number(request.form.get("jumlah"), 50, 1, MOST),
            seed=request.form.get("benih", ""), who=current_user.login,
        )  # fmt: skip
    return redirect(url_for(".look", sample_id=made))


@bp.get("/<uuid:sample_id>")
@allow(Role.PERENCANA, Role.PENGAWAS)
def look(sample_id: uuid.UUID) -> str | Response:
    """Show the next photo and nothing of its stand (R-SA-19)."""
    with database().reading() as session:
        found = sheet(session, g.ulp, str(sample_id))
        following = next_photo(session, g.ulp, found)
    if following is None:
        return redirect(url_for(".result", sample_id=sample_id))
    place, photo = following
    return render_template("photo_look.html", s=found.sample, r=found.result, place=place, photo=photo)  # fmt: skip


@bp.post("/<uuid:sample_id>")
@allow(Role.PENGAWAS)
def read(sample_id: uuid.UUID) -> Response:
    """Keep the figures that were read, then say whether the recorded stand is the same."""
    place = checked_number(request.form.get("urut"), 0, 0, 10 * MOST)
    seen = None if request.form.get("tak_terbaca") else request.form.get("angka", "")
    with database().writing() as session:
        verdict, recorded = check_photo(
            session, g.ulp, str(sample_id), place, seen, who=current_user.login
        )
    said: Any = label(f"photo.{verdict}")
    if verdict == PhotoVerdict.OTHER:
        said = f"{said}: {tr('di foto {s}, tercatat {r}', 'photo {s}, recorded {r}', s=seen, r=recorded)}"
    flash(said, "warn" if verdict == PhotoVerdict.OTHER else "ok")
    return redirect(url_for(".look", sample_id=sample_id))


@bp.get("/<uuid:sample_id>/hasil")
@allow(Role.PERENCANA, Role.PENGAWAS)
def result(sample_id: uuid.UUID) -> str:
    """Show the sample sheet: every photo in the order drawn, and what the sample says."""
    with database().reading() as session:
        found = sheet(session, g.ulp, str(sample_id))
    rows = found.items.astype(object).where(found.items.notna(), None).to_dict("records")
    # What is still to be tested is not told here either.
    return render_template("photo_result.html", s=found.sample, r=found.result, rows=rows, unit=UNIT)  # fmt: skip
