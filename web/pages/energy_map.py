"""Peta energi: every gardu as a circle, a year on one slider, the same facts as a table."""

import gzip
import hashlib
import json
import secrets
from itertools import pairwise
from typing import Any

from flask import Blueprint, g, make_response, redirect, render_template, request, url_for
from markupsafe import Markup
from werkzeug.wrappers import Response

from rbmgeo.db.queries import units
from rbmgeo.energy.measures import BREAKS, CLASSES, Measure
from rbmgeo.errors import NothingToDo
from rbmgeo.maps import canvas
from rbmgeo.maps.energy_layers import energy_year
from rbmgeo.terms import Role
from rbmgeo.workflows.energy_map import (
    GarduYear,
    gardu_year,
    months_until,
    nearest_gardu_m,
    street_data,
)
from web.access import allow, beyond_field, may
from web.base_map import ground
from web.database import database
from web.headers import with_script
from web.kept import Kept
from web.language import label, lang, month, num, tr
from web.pages.download import csv_file, xlsx_file
from web.pages.energy import months_to_count
from web.pages.forms import checked_month

bp = Blueprint("energy_map", __name__, url_prefix="/<ulp:ulp>/<blth:blth>/peta/energi")

#: Years that a process remembers as they are sent, and as tables.
_SENT: Kept[bytes] = Kept(8)
_YEARS: Kept[GarduYear] = Kept(4)
#: Who may see the sums of gardu: surveyors as well, without those that tell of single customers.
READERS = (Role.PERENCANA, Role.PENGAWAS, Role.SURVEYOR)


@bp.get("")
@allow(*READERS)
@beyond_field
def page() -> Response | str:
    """Show the map of one month, with those before it at hand."""
    asked, last = _asked()
    try:
        if months_to_count(asked, asked):
            return redirect(url_for("energy.page", dari=asked, sampai=asked))
    except NothingToDo:
        return render_template("energy_map.html", year=None, asked=asked)
    year = _year(last)
    measure = _measure()
    nonce = secrets.token_urlsafe(18)
    shell = None
    below = ground()
    if year.bounds is not None and canvas.ready():
        shell = Markup(canvas.script(year.bounds))
    answer = make_response(render_template(
        "energy_map.html", year=year, asked=asked, last=last, measure=str(measure), shell=shell,
        nonce=nonce, library=canvas.ready(), words=Markup(canvas.inside_script(_words(year))),
        rows=_rows(year, asked), totals=year.totals.loc[asked], at=year.months.index(asked),
        ground=Markup(canvas.inside_script(below.as_data())), classes=class_words(measure), measures=MEASURES, seen=may("customers.page"),
        counts=_counts(year, asked, measure),
    ))  # fmt: skip
    if shell is not None:
        answer.headers["Content-Security-Policy"] = with_script(nonce, pictures=below.origin)
    return answer


@bp.get("/tahun.json")
@allow(*READERS)
@beyond_field
def data() -> Response:
    """Give every gardu and its months once; a browser that has them asks only whether they hold."""
    last = checked_month(request.args.get("sampai"), g.blth)
    seen = may("customers.page")
    with database().reading() as session:
        months, _ = months_until(session, g.ulp, last)
    if not months:
        raise NothingToDo(
            f"no month up to {last} is summed yet; open the map of a month that has readings",
            f"belum ada bulan sampai {last} yang dijumlah; buka peta bulan yang punya bacaan",
        )
    sent = _SENT.get(lambda session: _packed(session, last, seen), last, ",".join(months), lang(), str(seen))  # fmt: skip
    answer = Response(sent, mimetype="application/json")
    answer.headers["Content-Encoding"] = "gzip"
    answer.headers["Cache-Control"] = "private, no-cache"
    answer.headers["Vary"] = "Cookie"
    answer.set_etag(hashlib.sha256(sent).hexdigest()[:32])
    answer.make_conditional(request.environ)
    return answer


@bp.get("/gardu.<any(csv, xlsx):kind>")
@allow(*READERS)
@beyond_field
def file(kind: str) -> Response:
    """Give the table of one month as CSV (every digit) or Excel."""
    asked, last = _asked()
    months_to_count(asked, asked)
    year = _year(last)
    names = ["penyulang", "rating_kva", "customers", "read", "unread", "prepaid", "kwh",
             "token_kwh", "daya_va", "coverage", "hours", "load", "change", "incomplete", "mark"]  # fmt: skip
    table = year.of_month(asked)[names].rename_axis("gardu")
    base = f"energi-gardu-{g.ulp}-{asked}"
    if kind == "csv":
        return csv_file(table, f"{base}.csv")
    title = str(tr("Energi per gardu {m}", "Energy per gardu {m}", m=month(asked)))
    return xlsx_file({"Gardu": table}, f"{base}.xlsx", title=title)


MEASURES = (
    (Measure.HOURS, "Jam nyala", "Hours of use"),
    (Measure.LOAD, "Beban trafo", "Load"),
    (Measure.CHANGE, "Perubahan", "Change"),
)


def class_words(measure: Measure) -> list[tuple[str, str]]:
    """Return what each class of a measure means, in the order of the legend."""
    low, *middle, high = [_edge(measure, b) for b in BREAKS[measure]]
    edges = [low, *middle, high]
    said = [str(tr("sampai {b}", "up to {b}", b=low))]
    said += [f"{a} – {b}" for a, b in pairwise(edges)]
    said.append(str(tr("di atas {b}", "above {b}", b=high)))
    rest = ("incomplete", f"unknown_{_KEYS[measure]}", "nothing", "hidden")
    return list(zip(CLASSES, [*said, *(label(f"map.{key}") for key in rest)], strict=True))


_KEYS = {Measure.HOURS: "hours", Measure.LOAD: "load", Measure.CHANGE: "change"}


def _edge(measure: Measure, value: float) -> str:
    if measure is Measure.HOURS:
        return str(tr("{n} jam", "{n} h", n=num(value)))
    sign = "+" if measure is Measure.CHANGE and value > 0 else ""
    return f"{sign}{num(100 * value)} %"


def _asked() -> tuple[str, str]:
    """Return the month shown and the last one of the slider; ``sampai`` ends a span of reports."""
    told = request.args.get("bulan") or request.args.get("sampai")
    asked = checked_month(told, g.blth)
    last = max(asked, g.blth)
    with database().reading() as session:
        summed, waiting = months_until(session, g.ulp, last)
    return asked, last if asked in (*summed, *waiting) else asked


def _measure() -> Measure:
    told = request.args.get("warna")
    return Measure(told) if told in set(Measure) else Measure.HOURS


def _year(last: str) -> GarduYear:
    seen = may("customers.page")
    with database().reading() as session:
        months, _ = months_until(session, g.ulp, last)
    return _YEARS.get(
        lambda session: gardu_year(session, g.ulp, last=last, customers_seen=seen), last,
        ",".join(months), str(seen),
    )  # fmt: skip


def _packed(session: Any, last: str, seen: bool) -> bytes:
    year = gardu_year(session, g.ulp, last=last, customers_seen=seen)
    drawn = energy_year(
        year.gardu, year.figures, year.totals, street_data(session, year), months=year.months,
        room_m=nearest_gardu_m(year, units.unit(session, ulp=g.ulp).utm_srid), lang=lang(),
    )  # fmt: skip
    plain = json.dumps(drawn, ensure_ascii=False, separators=(",", ":")).encode()
    # Without a time of its own: the same year has the same bytes, and so the same tag.
    return gzip.compress(plain, 6, mtime=0)


def _rows(year: GarduYear, blth: str) -> list[dict[str, Any]]:
    table = year.of_month(blth).reset_index(names="gardu").astype(object)
    if "hidden" not in table:
        table["hidden"] = False
    return [
        {str(name): value for name, value in row.items()}
        for row in table.where(table.notna(), None).to_dict("records")
    ]


def _counts(year: GarduYear, blth: str, measure: Measure) -> dict[str, int]:
    found = year.figures.loc[blth][str(measure)].value_counts()
    return {str(name): int(n) for name, n in found.items()}


def _words(year: GarduYear) -> dict[str, Any]:
    """Return what the slider, the legend and the card say, in the reader's language."""
    return {
        "months": [month(m) for m in year.months],
        "short": [month(m, short=True) for m in year.months],
        "classes": {str(one): dict(class_words(one)) for one, _, _ in MEASURES},
        "measures": {str(one): str(tr(id_, en)) for one, id_, en in MEASURES},
        "marks": [label("map.mark_high"), label("map.mark")],
        **{key: str(tr(*pair)) for key, pair in _SAID.items()},
    }  # fmt: skip


_SAID = {
    "kwh": ("kWh dibaca", "kWh read"),
    "token": ("kWh token", "token kWh"),
    "coverage": ("Cakupan daya", "Coverage of VA"),
    "hours": ("Jam nyala", "Hours of use"),
    "load": ("Beban trafo", "Load"),
    "change": ("Dari bulan lalu", "From the month before"),
    "customers": ("Pelanggan", "Customers"),
    "read": ("terbaca", "read"),
    "incomplete": ("belum lengkap", "incomplete"),
    "no_data": ("tidak ada data", "no data"),
    "few": ("kurang dari 5 pelanggan", "fewer than 5 customers"),
    "open": ("Kartu gardu", "Gardu card"),
    "drill": ("Rinci", "Its rows"),
    "play": ("Putar", "Play"),
    "pause": ("Berhenti", "Pause"),
    "on_map": ("{n} dari {all} gardu ada datanya", "{n} of {all} gardu have data"),
}
