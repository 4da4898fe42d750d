"""Gather what printed sheets show, and make them: one, or all of a unit as one file."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from babel.dates import format_date
from sqlalchemy.orm import Session

from rbmgeo.db.models import Ulp
from rbmgeo.db.queries import lists, map_data, reading_calendar, units, versions
from rbmgeo.db.queries import sheets as kept
from rbmgeo.errors import NothingToDo, NotThere, UsageError
from rbmgeo.geo import degrees_of_metres, metres_xy, to_metres
from rbmgeo.sheets.book import Made, bound
from rbmgeo.sheets.content import Overview, Sheet
from rbmgeo.sheets.panels import panels
from rbmgeo.terms import VersionState

Progress = Callable[[str, int, int], None]
KINDS = ("rbm", "gardu")
#: Ground around a frame that is asked for: a street out there may be the way between two houses.
_MORE_M = 60.0
_ZONES = {"Asia/Jakarta": "WIB", "Asia/Makassar": "WITA", "Asia/Jayapura": "WIT"}


@dataclass
class Desk:
    """What all sheets of one unit and month share, asked for once."""

    session: Session
    unit: Ulp
    blth: str
    version_id: int | None
    state: str
    version_words: str
    at: datetime
    address: str
    routes: pd.DataFrame = field(repr=False)
    dates: dict[str, date] = field(repr=False)
    overview: Overview | None = field(repr=False)

    @property
    def ulp(self) -> str:
        """Return the code of the unit."""
        return self.unit.ulp

    @property
    def srid(self) -> int:
        """Return the UTM zone of the unit."""
        assert self.unit.utm_srid is not None
        return self.unit.utm_srid


def desk(
    session: Session, ulp: str, *, blth: str, version_id: int | None = None, at: datetime,
    address: str = "",
) -> Desk:  # fmt: skip
    """Lay out what the sheets of a unit share.

    Without ``version_id`` it is the version in force in ``blth``, else the newest list.
    ``at``: when it is printed. ``address``: of the product's pages, for the QR code.
    """
    unit = units.unit(session, ulp=ulp)
    if unit.utm_srid is None:
        raise NothingToDo(
            f"nothing in unit {ulp} has a position; import points or the network first",
            f"belum ada koordinat di unit {ulp}; impor titik atau GIS jaringan dulu",
        )
    number = version_id or versions.in_force(session, ulp=ulp, blth=blth)
    if number is None:
        state, said = (
            "list",
            f"daftar periode {_period(kept.newest_list(session, ulp=ulp) or blth)}",
        )
    else:
        found = versions.version(session, ulp=ulp, version_id=number)
        state = str(found.state)
        said = f"{number}, draf (belum terbit)"
        if found.state == VersionState.PUBLISHED and found.published_at:
            said = (
                f"{number}, terbit {_day(found.published_at.astimezone(ZoneInfo(unit.time_zone)))}"
            )
    routes = kept.routes_of(session, ulp=ulp, version_id=number).astype({"hari_baca": object, "officer": object})  # fmt: skip
    planned = reading_calendar.plan(session, ulp=ulp, blth=blth)
    there = routes.index.intersection(planned.index)
    routes.loc[there, ["hari_baca", "officer"]] = planned.loc[there, ["hari_baca", "officer"]]
    calendar = lists.calendar(session, ulp=ulp, blth=blth).drop_duplicates("hari_baca")
    return Desk(
        session, unit, blth, number, state, said, at.astimezone(ZoneInfo(unit.time_zone)), address,
        routes, dict(zip(calendar["hari_baca"], calendar["read_on"], strict=True)),
        _overview(session, unit),
    )  # fmt: skip


def sheet_of(desk: Desk, kind: str, code: str) -> Sheet:
    """Gather one sheet; raises `NotThere` for a code that has no customer and no place."""
    if kind not in KINDS:
        raise UsageError(f"{kind!r} is none of {KINDS}", f"{kind!r} bukan {KINDS}")
    s, ulp = desk.session, desk.ulp
    if kind == "rbm":
        houses = kept.rbm_houses(s, ulp=ulp, rbm=code, version_id=desk.version_id)
        own = sorted(houses["gardu"].dropna().unique().tolist())
    else:
        houses = kept.gardu_houses(s, ulp=ulp, gardu=code, version_id=desk.version_id)
        own = [code]
    houses["x"], houses["y"] = metres_xy(houses["lon"].astype(float), houses["lat"].astype(float), desk.srid) if len(houses) else (np.empty(0), np.empty(0))  # fmt: skip
    sites = _metres(kept.gardu_within(s, ulp=ulp, box=(0, 0, 0, 0), codes=own), desk.srid)
    places = houses[["x", "y"]].dropna()
    if kind == "gardu" and len(sites):
        places = pd.concat([places, sites[["x", "y"]].dropna()])
    if houses.empty and (kind == "rbm" or sites.empty):
        raise NotThere(
            f"{kind} {code} is not in unit {ulp}; choose one on the page Map",
            f"{kind} {code} tidak ada di unit {ulp}; pilih di halaman Peta",
        )
    if places.empty:
        raise NothingToDo(
            f"nobody of {kind} {code} has a position; import points first",
            f"belum ada pelanggan {kind} {code} yang berkoordinat; impor titik dulu",
        )
    here = houses[["x", "y"]].dropna().to_numpy(dtype=float)
    fixed = sites[["x", "y"]].dropna().to_numpy(dtype=float) if kind == "gardu" else None
    drawn = panels(here, fixed)
    boxes = [_degrees(p.frame.box_m, desk.srid) for p in drawn]
    others = _once([kept.around(s, ulp=ulp, box=b, version_id=desk.version_id) for b in boxes], "idpel")  # fmt: skip
    others = _metres(others[~others["idpel"].isin(houses["idpel"])], desk.srid)
    gardu = _once([kept.gardu_within(s, ulp=ulp, box=b, codes=own) for b in boxes], "gardu")
    gardu = _metres(gardu, desk.srid)
    gardu["own"] = gardu["gardu"].isin(own)
    streets = _lines(s, ulp, "street", "street_id", boxes, desk.srid)
    spans = _lines(s, ulp, "jtr_span", "span", boxes, desk.srid)
    poles = _once([kept.poles_within(s, ulp=ulp, box=b) for b in boxes], "tiang")
    poles = _metres(poles, desk.srid)[["x", "y"]].dropna()
    return Sheet(
        kind=kind, code=code, ulp=ulp, unit=desk.unit.name, period=_period(desk.blth),
        houses=houses, others=others[["x", "y", "rbm"]], gardu=gardu, streets=streets, spans=spans,
        poles=poles.to_numpy(dtype=float), panels=drawn, facts=_facts(desk, kind, code, houses, gardu),
        printed=_printed(desk), link=_link(desk, kind, code), sample=desk.unit.sample,
        draft=desk.state == VersionState.DRAFT, overview=desk.overview,
        notes=_notes(desk, kind, houses),
    )  # fmt: skip


def print_sheet(
    session: Session, ulp: str, kind: str, code: str, *, blth: str, at: datetime,
    version_id: int | None = None, address: str = "",
) -> Made:  # fmt: skip
    """Make the sheet of one RBM or gardu."""
    laid = desk(session, ulp, blth=blth, version_id=version_id, at=at, address=address)
    return bound([sheet_of(laid, kind, code)], title=f"{kind} {code}", total=1)


def print_book(
    session: Session, ulp: str, kind: str, *, blth: str, at: datetime,
    version_id: int | None = None, address: str = "", progress: Progress | None = None,
) -> Made:  # fmt: skip
    """Make the sheets of every RBM or gardu as one file with a bookmark each.

    Those of whom nobody has a place are not drawn; they are named in ``left_out``.
    """
    laid = desk(session, ulp, blth=blth, version_id=version_id, at=at, address=address)
    if kind == "rbm":
        codes = [str(c) for c in laid.routes.index]
    else:
        codes = [str(c) for c in map_data.gardu_places(session, ulp=ulp)["gardu"]]
    left_out: list[str] = []

    def each() -> Iterator[Sheet]:
        for number, code in enumerate(codes):
            if progress:
                progress("menggambar lembar / drawing sheets", number, len(codes))
            try:
                yield sheet_of(laid, kind, code)
            except NothingToDo:
                left_out.append(code)

    title = f"Peta {'RBM' if kind == 'rbm' else 'gardu'} {ulp} {_period(blth)}"
    return bound(each(), title=title, total=len(codes), left_out=left_out)


def _metres(frame: pd.DataFrame, srid: int) -> pd.DataFrame:
    if frame.empty:
        return frame.assign(x=pd.Series(dtype=float), y=pd.Series(dtype=float))
    x, y = metres_xy(frame["lon"].astype(float), frame["lat"].astype(float), srid)
    return frame.assign(x=x, y=y)


def _degrees(
    box: tuple[float, float, float, float], srid: int
) -> tuple[float, float, float, float]:
    """Return a box of metres, and a little more, in degrees."""
    west, south, east, north = box
    corners = degrees_of_metres([west - _MORE_M, east + _MORE_M], [south - _MORE_M, north + _MORE_M], srid)  # fmt: skip
    (x0, y0), (x1, y1) = corners.tolist()
    return x0, y0, x1, y1


def _once(tables: list[pd.DataFrame], key: str) -> pd.DataFrame:
    """Join what several frames show; who stands in two of them is one row."""
    joined = tables[0] if len(tables) == 1 else pd.concat(tables, ignore_index=True)
    return joined.drop_duplicates(key).reset_index(drop=True)


def _lines(session: Session, ulp: str, table: str, key: str, boxes: list[kept.Box], srid: int) -> gpd.GeoDataFrame:  # fmt: skip
    found = [kept.lines_within(session, ulp=ulp, table=table, box=b) for b in boxes]
    return to_metres(_once(found, key), srid)


def _overview(session: Session, unit: Ulp) -> Overview | None:
    roads = to_metres(
        kept.lines_within(
            session, ulp=unit.ulp, table="street", box=None, roads=map_data.MAIN_ROADS
        ),
        unit.utm_srid,  # type: ignore[arg-type]
    )
    places = _metres(map_data.gardu_places(session, ulp=unit.ulp), unit.utm_srid)[["x", "y"]].dropna()  # type: ignore[arg-type]  # fmt: skip
    spread = places.to_numpy(dtype=float)
    if not len(spread):
        return None
    # A gardu with a wrong place must not shrink the whole unit to a dot.
    low, high = np.quantile(spread, 0.005, axis=0), np.quantile(spread, 0.995, axis=0)
    pad = 0.06 * float((high - low).max()) + 150
    shapes = shapely.simplify(roads.geometry.to_numpy(), 8.0)
    lines = [shapely.get_coordinates(g) for g in shapes if g is not None and not g.is_empty]
    outline = []
    shape = units.outline(session, ulp=unit.ulp)
    if shape is not None:
        border = gpd.GeoSeries([shape], crs=4326).to_crs(unit.utm_srid).simplify(10)
        outline = [shapely.get_coordinates(p.exterior) for p in shapely.get_parts(border.iloc[0])]
    return Overview(
        lines, spread, outline, (float(low[0] - pad), float(low[1] - pad)),
        (float(high[0] + pad), float(high[1] + pad)),
    )  # fmt: skip


def _facts(
    desk: Desk, kind: str, code: str, houses: pd.DataFrame, gardu: pd.DataFrame
) -> list[tuple[str, str]]:
    without = int(houses["x"].isna().sum())
    counted = f"{_n(len(houses))}" + (f" ({_n(without)} tanpa koordinat)" if without else "")
    if kind == "gardu":
        row = gardu[gardu["gardu"] == code]
        kva = float(row["rating_kva"].iloc[0]) if len(row) and row["rating_kva"].notna().all() else None  # fmt: skip
        feeder = row["penyulang"].iloc[0] if len(row) else None
        return [
            ("Penyulang", str(feeder) if isinstance(feeder, str) else "–"),
            ("Daya trafo", f"{_n(kva)} kVA" if kva is not None else "–"),
            ("Pelanggan", counted),
            ("Daya tersambung", f"{_n(houses['daya_va'].sum() / 1000, 1)} kVA"),
            ("RBM", _n(houses["rbm"].nunique())),
            ("Versi RBM", desk.version_words),
        ]
    route = desk.routes.loc[code] if code in desk.routes.index else None
    officer = route["officer"] if route is not None and isinstance(route["officer"], str) else None
    letter = route["hari_baca"] if route is not None and isinstance(route["hari_baca"], str) else None  # fmt: skip
    read_on = desk.dates.get(letter) if letter else None
    told = (
        "–" if letter is None else letter + (f", {_day(read_on, weekday=True)}" if read_on else "")
    )
    facts = [
        ("Petugas", officer or "–"),
        ("Hari baca", told),
        ("Pelanggan", counted),
    ]
    if (
        route is not None
        and route["length_m"] == route["length_m"]
        and route["length_m"] is not None
    ):
        facts.append(("Jalan kaki", f"{_n(route['length_m'] / 1000, 1)} km"))
    if route is not None and route["minutes"] == route["minutes"] and route["minutes"] is not None:
        facts.append(("Perkiraan waktu", f"{_n(route['minutes'] / 60, 1)} jam"))
    return [*facts, ("Versi", desk.version_words)]


def _notes(desk: Desk, kind: str, houses: pd.DataFrame) -> tuple[str, ...]:
    notes = []
    if kind == "rbm" and len(houses) and houses["urut"].isna().any():
        notes.append("Daftar ini belum punya nomor urut; angka di peta adalah baris tabel.")
    if kind == "gardu":
        notes.append("Angka di peta adalah baris pada tabel pelanggan.")
    return tuple(notes)


def _link(desk: Desk, kind: str, code: str) -> str:
    if desk.address:
        version = f"?versi={desk.version_id}" if kind == "rbm" and desk.version_id else ""
        return f"{desk.address.rstrip('/')}/{desk.ulp}/{desk.blth}/peta/{kind}/{code}{version}"
    return f"rbmgeo {desk.ulp} {kind} {code} periode {_period(desk.blth)} versi {desk.version_id or 'daftar'}"


def _printed(desk: Desk) -> str:
    zone = _ZONES.get(desk.unit.time_zone, "")
    return f"Dicetak {_day(desk.at)} pukul {desk.at:%H.%M} {zone}".strip()


def _period(blth: str) -> str:
    return f"{blth[4:]}{blth[:4]}"


def _day(value: date, *, weekday: bool = False) -> str:
    return str(format_date(value, "EEEE d MMM y" if weekday else "d MMM y", locale="id"))


def _n(value: Any, digits: int = 0) -> str:
    return f"{value:,.{digits}f}".translate(str.maketrans(",.", ".,"))
