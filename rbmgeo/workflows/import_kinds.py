"""How each kind of checked table is kept, piece by piece; one function a kind, none commits."""

from collections.abc import Callable
from datetime import date

import numpy as np
import pandas as pd
import shapely
from sqlalchemy.orm import Session

from rbmgeo.db.bulk import month_exists, new_month
from rbmgeo.db.incoming import Incoming, add_missing
from rbmgeo.db.queries import imports, units
from rbmgeo.errors import NothingToDo
from rbmgeo.geo import metres_xy, utm_srid
from rbmgeo.intake import tables
from rbmgeo.intake.check import Checked
from rbmgeo.terms import CoordinateQuality, FileKind


class Keeper:
    """Writes the checked pieces of one table into the unit, in the transaction at hand.

    ``months`` are those that got readings, ``changed`` counts what the table changed of what
    was known, so that nothing changes in silence.
    """

    def __init__(self, session: Session, ulp: str, batch_id: int, today: date) -> None:
        self.session, self.ulp, self.batch_id, self.today = session, ulp, batch_id, today
        self.unit = units.unit(session, ulp=ulp)
        self.settings = units.unit_settings(session, ulp=ulp)
        self.incoming = Incoming(session, ulp=ulp, batch_id=batch_id)
        self.months: set[str] = set()
        self.changed: dict[str, int] = {}

    def keep(self, checked: Checked) -> None:
        """Write one piece."""
        if checked.good:
            _KEEPERS[checked.profile.kind](self, checked)

    def finish(self) -> None:
        """Complete what is written at the end only."""
        self.incoming.finish()

    def note(self, **counts: int) -> None:
        """Count changes of what was known."""
        for name, n in counts.items():
            if n:
                self.changed[name] = self.changed.get(name, 0) + n

    def upsert(self, table: str, rows: pd.DataFrame, *key: str, keep_old: bool = True) -> None:
        """Bring a table of the unit up to rows; ``key`` beside the unit."""
        self.incoming.upsert(table, rows, key=("ulp", *key), keep_old=keep_old)


def touched(kind: FileKind) -> list[str]:
    """Return the tables that a large file of a kind changes much."""
    return _TOUCHED.get(kind, [])


def _customer_list(keeper: Keeper, checked: Checked) -> None:
    """Keep DPM, PDPJ and other customer lists: what a file tells depends on its columns."""
    rows, kind = checked.rows, checked.profile.kind
    told = tables.customer_points(checked, time_zone=keeper.unit.time_zone)
    people = tables.customers(checked, pln_over_va=keeper.settings.pln_read_over_va)
    if told is not None and keeper.incoming.is_first("customer", people, ("ulp", "idpel")):
        # Written with their places, a unit's first customers need not be written twice.
        people = people.join(tables.first_places(told), on="idpel")
        known = people["coordinate_quality"].notna()
        people["coordinate_quality"] = people["coordinate_quality"].where(
            known, CoordinateQuality.TANPA_KOORDINAT.value
        )
    keeper.upsert("customer", people, "idpel")
    if "line" in rows:
        served = tables.services(checked)
        if checked.profile.active_states or rows["line"].ne("").any():
            keeper.upsert("customer_service", served, "idpel", "line")
    blth = ""
    listed = ({"rbm", "kddk"} & set(rows.columns)) and kind != FileKind.PDPJ
    if listed or "kwh" in rows:
        blth = _only_month(keeper, checked)
    if listed:
        places = tables.rbm_list(checked, blth=blth)
        keeper.upsert("rbm_list", places, "blth", "idpel", "line", keep_old=False)
        keeper.incoming.codes("officer", places["officer"])
    if "gardu" in rows and kind != FileKind.DPM:
        imports.ensure_gardu(keeper.session, ulp=keeper.ulp, codes=rows, batch_id=keeper.batch_id)
        records = tables.pdpj(checked).assign(batch_id=keeper.batch_id)
        merged = imports.merge_pdpj(
            keeper.session, ulp=keeper.ulp, rows=records, today=keeper.today.isoformat()
        )
        keeper.note(PDPJ_MOVED=merged["moved"], PDPJ_SURVEY=merged["kept_survey"])
    _points(keeper, told)
    if "kwh" in rows or "kwh_01" in rows:
        _readings(keeper, tables.readings(checked, blth=blth))


def _only_month(keeper: Keeper, checked: Checked) -> str:
    """Return the month of rows that name none: the newest that the unit has."""
    if "blth" in checked.rows and checked.rows["blth"].notna().all():
        return ""
    known = units.latest_blth(keeper.session, ulp=keeper.ulp)
    if known is None:
        raise NothingToDo(
            f"{checked.file}: no column BLTH, and the unit has no month yet; add the column",
            f"{checked.file}: tidak ada kolom BLTH, dan unit belum punya bulan; tambahkan kolomnya",
        )
    return known


def _readings(keeper: Keeper, readings: pd.DataFrame) -> None:
    rows = readings.assign(ulp=keeper.ulp, batch_id=keeper.batch_id)
    keeper.months |= set(rows["blth"].dropna().unique())
    for blth in sorted(rows["blth"].dropna().unique()):
        if not month_exists(keeper.session, blth=blth):
            of_month = rows["blth"] == blth
            new_month(keeper.session, blth=blth, rows=rows[of_month])
            keeper.incoming.first(
                "reading", ulp=[keeper.ulp], blth=[blth], source=rows[of_month]["source"].unique()
            )
            rows = rows[~of_month]
    key = ("ulp", "blth", "idpel", "source", "line")
    keeper.note(KWH_REVISED=keeper.incoming.revised("reading", rows, key=key, column="kwh"))
    keeper.upsert("reading", rows, *key[1:], keep_old=False)


def _token(keeper: Keeper, checked: Checked) -> None:
    people = tables.customers(checked, pln_over_va=0)[["idpel", "jenis_layanan", "dibaca_oleh"]]
    _new_customers(keeper, people)
    _readings(keeper, tables.readings(checked, blth=""))


def _new_customers(keeper: Keeper, people: pd.DataFrame) -> None:
    """Add customers that no list named before; those known are left as they are."""
    rows = people.drop_duplicates("idpel").assign(ulp=keeper.ulp, batch_id=keeper.batch_id)
    add_missing(keeper.session, "customer", rows, key=("ulp", "idpel"))


def _points_layer(keeper: Keeper, checked: Checked) -> None:
    _points(keeper, tables.customer_points(checked, time_zone=keeper.unit.time_zone))


def _points(keeper: Keeper, told: pd.DataFrame | None) -> None:
    if told is not None and len(told):
        keeper.incoming.add("customer_point", told)


def _reader_log(keeper: Keeper, checked: Checked) -> None:
    keeper.incoming.add("reader_log", tables.reader_log(checked, time_zone=keeper.unit.time_zone))
    _points_layer(keeper, checked)


#: A gardu that lies farther from where it was is another building, or another gardu's place.
GARDU_MOVED_M = 100.0


def _boundary(keeper: Keeper, checked: Checked) -> None:
    """Keep the unit's outline: the union of its polygons, which do not cross themselves."""
    whole = shapely.union_all(checked.geometry)
    parts = [p for p in shapely.get_parts(whole) if p.geom_type == "Polygon"]
    outline = f"SRID=4326;{shapely.MultiPolygon(parts).wkt}"
    units.set_unit(keeper.session, ulp=keeper.ulp, boundary=outline)


def _moved_gardu(keeper: Keeper, rows: pd.DataFrame) -> int:
    """Count gardu that the rows put farther than the limit from where they are known to be."""
    known = imports.gardu_places(keeper.session, ulp=keeper.ulp)
    told = rows[rows["geom"].notna() & rows["gardu"].isin(known.index)].drop_duplicates("gardu")
    if told.empty:
        return 0
    new = shapely.from_wkb(told["geom"].tolist())
    old = known.loc[told["gardu"]]
    srid = utm_srid(float(old["lon"].iloc[0]), float(old["lat"].iloc[0]))
    was_x, was_y = metres_xy(old["lon"], old["lat"], srid)
    now_x, now_y = metres_xy(shapely.get_x(new), shapely.get_y(new), srid)
    return int((np.hypot(now_x - was_x, now_y - was_y) > GARDU_MOVED_M).sum())


def _gardu(keeper: Keeper, checked: Checked) -> None:
    rows = tables.pick(
        checked.rows, ("gardu", "raw_gardu", "name", "penyulang", "rating_kva", "lv_node")
    ).rename(columns={"raw_gardu": "raw_code"})
    rows = rows.assign(without_master=False, geom=tables.places_of(checked))
    keeper.note(GARDU_MOVED=_moved_gardu(keeper, rows))
    keeper.upsert("gardu", rows, "gardu")
    keeper.incoming.codes("penyulang", rows["penyulang"])
    _zone(keeper)


def _tiang(keeper: Keeper, checked: Checked) -> None:
    rows = tables.pick(checked.rows, ("tiang",)).assign(geom=tables.places_of(checked))
    keeper.upsert("tiang", rows, "tiang")


def _jtr(keeper: Keeper, checked: Checked) -> None:
    names = ("span", "gardu", "jurusan", "tiang_1", "tiang_2", "node_1", "node_2", "length_m")
    lines = tables.lines(checked)
    keeper.upsert("jtr_span", tables.pick(lines, names).assign(geom=lines["geom"]), "span")


def _drops(keeper: Keeper, checked: Checked) -> None:
    names = ("drop_id", "tiang", "service_point", "node", "gardu", "length_m")
    keeper.upsert("service_drop", tables.pick(checked.rows, names), "drop_id")


def _streets(keeper: Keeper, checked: Checked) -> None:
    lines = tables.lines(checked)
    names = ("osm_id", "highway", "name", "oneway", "layer", "bridge", "tunnel")
    rows = tables.pick(lines, names).assign(
        geom=lines["geom"], ulp=keeper.ulp, batch_id=keeper.batch_id
    )
    imports.add_streets(keeper.session, ulp=keeper.ulp, rows=rows, batch_id=keeper.batch_id)
    _zone(keeper)


def _calendar(keeper: Keeper, checked: Checked) -> None:
    rows = tables.pick(checked.rows, ("blth", "hari_baca", "read_on"))
    keeper.upsert("calendar", rows, "blth", "hari_baca")


def _gardu_meter(keeper: Keeper, checked: Checked) -> None:
    imports.ensure_gardu(
        keeper.session, ulp=keeper.ulp, codes=checked.rows, batch_id=keeper.batch_id
    )
    keeper.upsert(
        "gardu_meter", tables.pick(checked.rows, ("gardu", "blth", "kwh")), "gardu", "blth"
    )


def _receivables(keeper: Keeper, checked: Checked) -> None:
    rows = tables.pick(
        checked.rows, ("idpel", "blth", "amount_idr", "paid_on", "unpaid_bills", "status_code")
    ).assign(line=checked.rows["line"])
    keeper.upsert("receivable", rows, "blth", "idpel", "line")


def _orders(keeper: Keeper, checked: Checked) -> None:
    rows = tables.pick(checked.rows, ("order_no", "idpel", "blth", "ordered_on"))
    keeper.upsert("prepaid_order", rows, "order_no")


def _zone(keeper: Keeper) -> None:
    """Name the unit's UTM zone from its first positions, if it has none yet (R-IM-11)."""
    unit = units.unit(keeper.session, ulp=keeper.ulp)
    if unit.utm_srid is None:
        srid = imports.zone_of_network(keeper.session, ulp=keeper.ulp)
        if srid is not None:
            units.set_unit(keeper.session, ulp=keeper.ulp, utm_srid=srid)


_KEEPERS: dict[FileKind, Callable[[Keeper, Checked], None]] = {
    FileKind.BOUNDARY: _boundary,
    FileKind.DPM: _customer_list,
    FileKind.PDPJ: _customer_list,
    FileKind.CUSTOMERS: _customer_list,
    FileKind.TOKEN: _token,
    FileKind.POINTS: _points_layer,
    FileKind.READER_LOG: _reader_log,
    FileKind.GARDU: _gardu,
    FileKind.TIANG: _tiang,
    FileKind.JTR: _jtr,
    FileKind.DROPS: _drops,
    FileKind.STREETS: _streets,
    FileKind.CALENDAR: _calendar,
    FileKind.GARDU_METER: _gardu_meter,
    FileKind.RECEIVABLES: _receivables,
    FileKind.PREPAID_ORDERS: _orders,
}
_TOUCHED = {
    FileKind.DPM: ["customer", "rbm_list", "reading"],
    FileKind.PDPJ: ["customer", "pdpj"],
    FileKind.CUSTOMERS: ["customer", "pdpj", "reading", "customer_point"],
    FileKind.POINTS: ["customer_point"],
    FileKind.READER_LOG: ["reader_log", "customer_point"],
    FileKind.STREETS: ["street"],
    FileKind.TOKEN: ["reading"],
}
