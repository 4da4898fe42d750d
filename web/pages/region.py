"""Wilayah: units side by side and summed by UP3 and UID, of those that a person may see."""

import json
import secrets
from collections import Counter
from datetime import UTC, datetime
from itertools import pairwise
from typing import Any

from flask import Blueprint, flash, make_response, redirect, render_template, request, url_for
from flask_login import current_user
from markupsafe import Markup
from werkzeug.wrappers import Response

from rbmgeo.db.queries import jobs, region, units
from rbmgeo.db.queries.log import log_command
from rbmgeo.db.queries.search import MOST_OF_UNIT, searched_units
from rbmgeo.errors import NotThere
from rbmgeo.maps import canvas
from rbmgeo.supervision.region import MEASURES, UnitRow, grouped, ordered, summed
from rbmgeo.workflows.region import Region, freshen_small, look, region_of
from web import access_log
from web.access import database_of, my_units, over_my_units, signed_in
from web.database import database
from web.headers import with_script
from web.language import label, num, pct, tr
from web.pages.forms import checked_month, page_number, rows_a_page
from web.pages.search import PAGES

bp = Blueprint("region", __name__, url_prefix="/wilayah")
SHOWN = 100
#: Groups or units that the picture shows.
DRAWN = 12
#: Bounds of the classes of the map, by what it is coloured by.
CLASSES = {"selaras": (0.8, 0.9, 0.95, 0.98), "temuan": (5, 10, 20, 50)}


@bp.get("")
@signed_in
@over_my_units
def page() -> str:
    """Show every unit of the person's, and what they sum to."""
    return _page("", "")


@bp.get("/up3/<code>")
@signed_in
@over_my_units
def up3(code: str) -> str:
    """Show the units of one UP3."""
    return _page("up3", code)


@bp.get("/uid/<code>")
@signed_in
@over_my_units
def uid(code: str) -> str:
    """Show the units of one UID, by UP3."""
    return _page("uid", code)


def _page(by: str, code: str) -> str:
    found = _looked(my_units())
    rows = [r for r in found.rows if not by or getattr(r, by) == code]
    if by and not rows:
        raise NotThere(
            f"none of your units belongs to {by.upper()} {code}",
            f"tidak ada unit Anda di {by.upper()} {code}",
        )
    sort, up = request.args.get("urut", "place"), request.args.get("naik") == "1"
    if sort not in (*MEASURES, "alignment", "place"):
        sort = "place"
    size = rows_a_page(SHOWN)
    at, pages = page_number(request.args.get("hal"), len(rows), size)
    up3s, uids = grouped(rows, "up3"), grouped(rows, "uid")
    shown = ordered(rows, sort, up=up)[(at - 1) * size : at * size]
    return render_template(
        "region.html", by=by, code=code, rows=shown, count=len(rows), page=at, pages=pages,
        totals=summed(rows), up3s=[] if by == "up3" or len(up3s) < 2 else up3s,
        uids=[] if by == "uid" or len(uids) < 2 else uids, sort=sort, up=up, blth=found.blth,
        months=found.months, waiting=sum(r.stale for r in rows), drawn=_drawn(rows, up3s),
        sample=bool(rows) and all(r.sample for r in rows),
        whole=_whole(rows),
    )  # fmt: skip


def _looked(ulps: list[str]) -> Region:
    freshen_small(database(), ulps, database_of)
    asked = checked_month(request.args.get("bulan"), "") or None
    with database().reading() as session:
        return look(session, ulps, blth=asked, now=datetime.now(UTC))


def _whole(rows: list[UnitRow]) -> float | None:
    """Return the alignment over all compared customers."""
    total = summed(rows)
    part, whole = total["agreeing"].value, total["compared"].value
    return float(part) / float(whole) if part is not None and whole else None


def _drawn(rows: list[UnitRow], up3s: list[Any]) -> list[dict[str, Any]]:
    """Return the bars of the picture: UP3 where there are some, else units; the lowest first."""
    bars = (
        [(g.code or label("region.without"), g.alignment) for g in up3s]
        if len(up3s) > 1
        else [(r.ulp, r.alignment) for r in rows]
    )
    known = sorted((b for b in bars if b[1] is not None), key=lambda b: (b[1], b[0]))
    return [{"name": n, "share": s, "words": pct(s)} for n, s in known[:DRAWN]]


@bp.post("/hitung")
@signed_in
@over_my_units
def count() -> Response:
    """Have jobs compute the figures of the person's units that are not of the present data."""
    mine, asked = my_units(), 0
    busy: list[str] = []
    bare: list[str] = []
    with database().reading() as session:
        stale = [row["ulp"] for row in region.kept(session, ulps=mine) if row["stale"]]
    for ulp in stale:
        with database_of(ulp).writing() as session:
            blth = units.latest_blth(session, ulp=ulp)
            if blth is None or jobs.running(session, ulp=ulp) is not None:
                (bare if blth is None else busy).append(ulp)
                continue
            job = jobs.ask(
                session, ulp=ulp, task="months", args={"blth": blth}, who=current_user.login
            )
            log_command(
                session, who=current_user.login, ulp=ulp, command="ask months", after={"job": job}
            )
            asked += 1
    flash(
        tr("{n} unit dihitung di latar belakang; muat lagi halaman ini nanti.",
           "{n} units are computed in the background; load this page again later.", n=num(asked)), "ok",
    )  # fmt: skip
    if busy:
        flash(tr("Sedang ada pekerjaan di {units}; hitung lagi sesudahnya.",
                 "{units} have a job at the moment; compute again after it.", units=", ".join(busy)), "info")  # fmt: skip
    if bare:
        flash(tr("Belum ada daftar atau stand di {units}; impor berkasnya dulu.",
                 "{units} have no list or readings yet; import their files first.", units=", ".join(bare)), "info")  # fmt: skip
    return redirect(url_for(".page"))


@bp.post("/cari")
@signed_in
@over_my_units
def find() -> str:
    """Find customers, gardu and RBM in all units where the person may search."""
    words = request.form.get("kata", "").strip()[:60]
    mine = my_units()
    with database().reading() as session:
        hits = searched_units(session, ulps=mine, words=words)
        codes = sorted({hit["ulp"] for hit in hits})
        named = {k["ulp"]: k["name"] for k in region.kept(session, ulps=codes)}
        month = {ulp: units.latest_blth(session, ulp=ulp) for ulp in codes}
    found: dict[str, list[dict[str, Any]]] = {ulp: [] for ulp in codes}
    now = f"{datetime.now(UTC):%Y%m}"
    for hit in hits:
        endpoint, name = PAGES[hit["kind"]]
        place = {"ulp": hit["ulp"], "blth": month[hit["ulp"]] or now, name: hit["key"]}
        found[hit["ulp"]].append({**hit, "address": url_for(endpoint, **place)})
    access_log.of_units({
        ulp: {int(h["shown"]) for h in told if h["kind"] == "customer"} for ulp, told in found.items()
    })  # fmt: skip
    counts = Counter((h["ulp"], h["kind"]) for h in hits)
    return render_template(
        "region_search.html", found=found, named=named, words=words, count=len(hits), units=len(mine),
        cut=max(counts.values(), default=0) >= MOST_OF_UNIT, most=MOST_OF_UNIT,
    )  # fmt: skip


@bp.get("/peta")
@signed_in
@over_my_units
def map_page() -> Response:
    """Show each unit as an area, coloured by alignment or findings; a click leads to its own map."""
    mine = my_units()
    freshen_small(database(), mine, database_of)
    measure = request.args.get("warna", "selaras")
    measure = measure if measure in CLASSES else "selaras"
    with database().reading() as session:
        kept = region.kept(session, ulps=mine, area=True)
    found = region_of(kept, blth=None, now=datetime.now(UTC))
    rows = [
        {"row": r, "class": _class(r, measure), "figure": _figure(r, measure)} for r in found.rows
    ]
    areas, bounds = _areas(kept, rows)
    size = rows_a_page(SHOWN)
    at, pages = page_number(request.args.get("hal"), len(rows), size)
    nonce = secrets.token_urlsafe(18)
    shell = data = None
    if bounds is not None and canvas.ready():
        shell = Markup(canvas.script(bounds))
        data = Markup(canvas.inside_script({"units": areas}))
    answer = make_response(render_template(
        "region_map.html", shell=shell, data=data, nonce=nonce, rows=rows[(at - 1) * size : at * size], measure=measure, count=len(rows), page=at, pages=pages, library=canvas.ready(),
        classes=_class_words(measure), without=sum(k["area"] is None for k in kept),
    ))  # fmt: skip
    if shell is not None:
        answer.headers["Content-Security-Policy"] = with_script(nonce)
    return answer


def _figure(row: UnitRow, measure: str) -> float | None:
    """Return what a unit is coloured by: the share, or open findings in 1,000 customers compared."""
    if measure == "selaras":
        return row.alignment
    opened, compared = row.values["open"], row.values["compared"]
    return 1000 * float(opened) / float(compared) if opened is not None and compared else None


def _class(row: UnitRow, measure: str) -> int:
    """Return the class from 1 (light) to 5; 0 where nothing is known."""
    figure = _figure(row, measure)
    if figure is None:
        return 0
    above = sum(figure >= bound for bound in CLASSES[measure])
    # Dark is what asks for a look: few customers in line, or many findings.
    return 5 - above if measure == "selaras" else 1 + above


def _class_words(measure: str) -> list[tuple[int, str]]:
    told = [pct(b, 0) if measure == "selaras" else num(b) for b in CLASSES[measure]]
    words = [
        f"< {told[0]}",
        *(f"{a} – {b}" for a, b in pairwise(told)),
        f"≥ {told[-1]}",
    ]
    order = range(5, 0, -1) if measure == "selaras" else range(1, 6)
    return [*zip(order, words, strict=True), (0, label("region.unknown"))]


def _areas(
    kept: list[dict[str, Any]], rows: list[dict[str, Any]]
) -> tuple[list[dict[str, Any]], tuple[float, float, float, float] | None]:
    """Return what the map draws, and its bounds; nothing where no unit has an area."""
    areas, corners = [], []
    # One address with two places to fill in: of a thousand units, making each takes longer.
    own, now = url_for("unit_map.page", ulp="00000", blth="190001"), f"{datetime.now(UTC):%Y%m}"
    for one, told in zip(kept, rows, strict=True):
        if one["area"] is None:
            continue
        parts = json.loads(one["area"])["coordinates"]
        corners += [at for part in parts for at in part[0]]
        areas.append({
            "ulp": one["ulp"], "name": one["name"], "parts": parts, "class": told["class"],
            "at": [one["lat"], one["lon"]], "words": _said(told),
            "page": own.replace("00000", one["ulp"]).replace("190001", told["row"].newest or now),
        })  # fmt: skip
    if not corners:
        return areas, None
    lon, lat = zip(*corners, strict=True)
    return areas, (min(lon), min(lat), max(lon), max(lat))


def _said(told: dict[str, Any]) -> str:
    row = told["row"]
    return str(
        tr("{a} selaras, {n} temuan terbuka", "{a} in line, {n} open findings",
           a=pct(row.alignment), n=num(row.values["open"]))
    )  # fmt: skip
