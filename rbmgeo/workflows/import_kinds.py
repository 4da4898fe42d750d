"""How each kind of checked file is kept; one function a kind, none commits."""

from collections.abc import Callable
from datetime import date

import pandas as pd
from sqlalchemy.orm import Session

from rbmgeo.db.bulk import copy_rows, month_exists, new_month
from rbmgeo.db.queries import imports, units
from rbmgeo.errors import NothingToDo
from rbmgeo.intake import tables
from rbmgeo.intake.check import Checked
from rbmgeo.terms import FileKind


def keep(session: Session, ulp: str, checked: Checked, batch_id: int, today: date) -> list[str]:
    """Write the rows of one checked file into the unit; return the months that got readings."""
    if not checked.good:
        return []
    return _KEEPERS[checked.profile.kind](session, ulp, checked, batch_id, today) or []


def touched(checked: Checked) -> list[str]:
    """Return the tables that a file has changed much."""
    return _TOUCHED.get(checked.profile.kind, []) if checked.good > 1000 else []


def _customer_list(
    session: Session, ulp: str, checked: Checked, batch_id: int, today: date
) -> list[str]:
    """Keep DPM, PDPJ and other customer lists: what a file tells depends on its columns."""
    settings = units.unit_settings(session, ulp=ulp)
    unit = units.unit(session, ulp=ulp)
    rows, kind = checked.rows, checked.profile.kind
    people = tables.customers(checked, pln_over_va=settings.pln_read_over_va)
    _upsert(session, "customer", people, ulp, batch_id, ("ulp", "idpel"))
    if "line" in rows:
        served = tables.services(checked)
        if checked.profile.active_states or rows["line"].ne("").any():
            _upsert(session, "customer_service", served, ulp, batch_id, ("ulp", "idpel", "line"))
    blth = ""
    listed = ({"rbm", "kddk"} & set(rows.columns)) and kind != FileKind.PDPJ
    if listed or "kwh" in rows:
        blth = _only_month(session, ulp, checked)
    if listed:
        places = tables.rbm_list(checked, blth=blth)
        key = ("ulp", "blth", "idpel", "line")
        _upsert(session, "rbm_list", places, ulp, batch_id, key, keep_old=False)
        codes = places["officer"].dropna().drop_duplicates().sort_values()
        imports.upsert(
            session, "officer", pd.DataFrame({"officer": codes, "ulp": ulp}), key=("ulp", "officer")
        )
    if "gardu" in rows and kind != FileKind.DPM:
        imports.ensure_gardu(session, ulp=ulp, codes=rows, batch_id=batch_id)
        records = tables.pdpj(checked).assign(batch_id=batch_id)
        merged = imports.merge_pdpj(session, ulp=ulp, rows=records, today=today.isoformat())
        _note(checked, PDPJ_MOVED=merged["moved"], PDPJ_SURVEY=merged["kept_survey"])
    _points(session, ulp, tables.customer_points(checked, time_zone=unit.time_zone), batch_id)
    if "kwh" in rows or "kwh_01" in rows:
        readings = tables.readings(checked, blth=blth)
        return _readings(session, ulp, checked, readings, batch_id)
    return []


def _note(checked: Checked, **counts: int) -> None:
    """Tell what a file changed of what was known, so that nothing changes in silence."""
    checked.warnings.update({name: n for name, n in counts.items() if n})


def _only_month(session: Session, ulp: str, checked: Checked) -> str:
    """Return the month of rows that name none: the newest that the unit has."""
    if "blth" in checked.rows and checked.rows["blth"].notna().all():
        return ""
    known = units.latest_blth(session, ulp=ulp)
    if known is None:
        raise NothingToDo(
            f"{checked.file}: no column BLTH, and the unit has no month yet; add the column",
            f"{checked.file}: tidak ada kolom BLTH, dan unit belum punya bulan; tambahkan kolomnya",
        )
    return known


def _readings(
    session: Session, ulp: str, checked: Checked, readings: pd.DataFrame, batch_id: int
) -> list[str]:
    rows = readings.assign(ulp=ulp, batch_id=batch_id)
    months = sorted(rows["blth"].dropna().unique())
    for blth in months:
        if not month_exists(session, blth=blth):
            of_month = rows["blth"] == blth
            new_month(session, blth=blth, rows=rows[of_month])
            rows = rows[~of_month]
    key = ("ulp", "blth", "idpel", "source", "line")
    changed = imports.revised(session, "reading", rows, key=key, column="kwh")
    _note(checked, KWH_REVISED=changed)
    imports.upsert(session, "reading", rows, key=key, keep_old=False)
    return months


def _token(session: Session, ulp: str, checked: Checked, batch_id: int, today: date) -> list[str]:
    people = tables.customers(checked, pln_over_va=0)[["idpel", "jenis_layanan", "dibaca_oleh"]]
    _new_customers(session, ulp, people, batch_id)
    return _readings(session, ulp, checked, tables.readings(checked, blth=""), batch_id)


def _new_customers(session: Session, ulp: str, people: pd.DataFrame, batch_id: int) -> None:
    """Add customers that no list named before; those known are left as they are."""
    rows = people.drop_duplicates("idpel").assign(ulp=ulp, batch_id=batch_id)
    imports.add_missing(session, "customer", rows, key=("ulp", "idpel"))


def _points_layer(session: Session, ulp: str, checked: Checked, batch_id: int, today: date) -> None:
    unit = units.unit(session, ulp=ulp)
    _points(session, ulp, tables.customer_points(checked, time_zone=unit.time_zone), batch_id)


def _points(session: Session, ulp: str, told: pd.DataFrame | None, batch_id: int) -> None:
    if told is not None and len(told):
        copy_rows(session, "customer_point", told.assign(ulp=ulp, batch_id=batch_id))


def _reader_log(session: Session, ulp: str, checked: Checked, batch_id: int, today: date) -> None:
    unit = units.unit(session, ulp=ulp)
    log = tables.reader_log(checked, time_zone=unit.time_zone)
    copy_rows(session, "reader_log", log.assign(ulp=ulp, batch_id=batch_id))
    _points(session, ulp, tables.customer_points(checked, time_zone=unit.time_zone), batch_id)


def _gardu(session: Session, ulp: str, checked: Checked, batch_id: int, today: date) -> None:
    rows = tables.pick(
        checked.rows, ("gardu", "raw_gardu", "name", "penyulang", "rating_kva", "lv_node")
    ).rename(columns={"raw_gardu": "raw_code"})
    rows = rows.assign(without_master=False, geom=tables.places_of(checked))
    _upsert(session, "gardu", rows, ulp, batch_id, ("ulp", "gardu"))
    feeders = rows["penyulang"].dropna().drop_duplicates().sort_values()
    named = pd.DataFrame({"penyulang": feeders, "ulp": ulp})
    imports.upsert(session, "penyulang", named, key=("ulp", "penyulang"))
    _zone(session, ulp)


def _tiang(session: Session, ulp: str, checked: Checked, batch_id: int, today: date) -> None:
    rows = tables.pick(checked.rows, ("tiang",)).assign(geom=tables.places_of(checked))
    _upsert(session, "tiang", rows, ulp, batch_id, ("ulp", "tiang"))


def _jtr(session: Session, ulp: str, checked: Checked, batch_id: int, today: date) -> None:
    names = ("span", "gardu", "jurusan", "tiang_1", "tiang_2", "node_1", "node_2", "length_m")
    lines = tables.lines(checked)
    rows = tables.pick(lines, names).assign(geom=lines["geom"])
    _upsert(session, "jtr_span", rows, ulp, batch_id, ("ulp", "span"))


def _drops(session: Session, ulp: str, checked: Checked, batch_id: int, today: date) -> None:
    names = ("drop_id", "tiang", "service_point", "node", "gardu", "length_m")
    rows = tables.pick(checked.rows, names)
    _upsert(session, "service_drop", rows, ulp, batch_id, ("ulp", "drop_id"))


def _streets(session: Session, ulp: str, checked: Checked, batch_id: int, today: date) -> None:
    lines = tables.lines(checked)
    names = ("osm_id", "highway", "name", "oneway", "layer", "bridge", "tunnel")
    rows = tables.pick(lines, names).assign(geom=lines["geom"], ulp=ulp, batch_id=batch_id)
    imports.add_streets(session, ulp=ulp, rows=rows, batch_id=batch_id)
    _zone(session, ulp)


def _calendar(session: Session, ulp: str, checked: Checked, batch_id: int, today: date) -> None:
    rows = tables.pick(checked.rows, ("blth", "hari_baca", "read_on"))
    _upsert(session, "calendar", rows, ulp, batch_id, ("ulp", "blth", "hari_baca"))


def _gardu_meter(session: Session, ulp: str, checked: Checked, batch_id: int, today: date) -> None:
    imports.ensure_gardu(session, ulp=ulp, codes=checked.rows, batch_id=batch_id)
    rows = tables.pick(checked.rows, ("gardu", "blth", "kwh"))
    _upsert(session, "gardu_meter", rows, ulp, batch_id, ("ulp", "gardu", "blth"))


def _receivables(session: Session, ulp: str, checked: Checked, batch_id: int, today: date) -> None:
    rows = tables.pick(
        checked.rows, ("idpel", "blth", "amount_idr", "paid_on", "unpaid_bills", "status_code")
    ).assign(line=checked.rows["line"])
    _upsert(session, "receivable", rows, ulp, batch_id, ("ulp", "blth", "idpel", "line"))


def _orders(session: Session, ulp: str, checked: Checked, batch_id: int, today: date) -> None:
    rows = tables.pick(checked.rows, ("order_no", "idpel", "blth", "ordered_on"))
    _upsert(session, "prepaid_order", rows, ulp, batch_id, ("ulp", "order_no"))


def _zone(session: Session, ulp: str) -> None:
    """Name the unit's UTM zone from its first positions, if it has none yet (R-IM-11)."""
    unit = units.unit(session, ulp=ulp)
    if unit.utm_srid is None:
        srid = imports.zone_of_network(session, ulp=ulp)
        if srid is not None:
            units.set_unit(session, ulp=ulp, utm_srid=srid)


def _upsert(
    session: Session,
    table: str,
    rows: pd.DataFrame,
    ulp: str,
    batch_id: int,
    key: tuple[str, ...],
    *,
    keep_old: bool = True,
) -> None:
    filled = rows.assign(ulp=ulp, batch_id=batch_id)
    imports.upsert(session, table, filled, key=key, keep_old=keep_old)


_KEEPERS: dict[FileKind, Callable[[Session, str, Checked, int, date], list[str] | None]] = {
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
