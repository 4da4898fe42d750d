"""Checked rows become rows of our tables: one function a kind of thing, all pure."""

from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import shapely

from rbmgeo.intake.check import Checked
from rbmgeo.terms import CoordinateQuality, FileKind, ReadBy, Service

_POINT = np.dtype([("order", "u1"), ("type", "<u4"), ("srid", "<u4"), ("x", "<f8"), ("y", "<f8")])
#: Quality of a customer of whom no position is told.
NOWHERE = CoordinateQuality.TANPA_KOORDINAT.value
QUALITY = pd.CategoricalDtype([q.value for q in CoordinateQuality])
NUMERIC_MONTHS = [f"kwh_{n:02d}" for n in range(1, 13)]
CUSTOMER = ("idpel", "name", "address", "tarif", "daya_va", "meter_number", "service_point",
            "tiang")  # fmt: skip
READING = ("previous_stand_kwh", "stand_kwh", "removed_stand_kwh", "installed_stand_kwh",
           "multiplier", "tarif", "daya_va", "read_on", "officer", "lbkb_code",
           "dlpd_code")  # fmt: skip


def pick(rows: pd.DataFrame, names: tuple[str, ...]) -> pd.DataFrame:
    """Return the named columns, those that the file lacks as missing text."""
    out = {n: rows[n] if n in rows else pd.Series(pd.NA, rows.index, dtype="str") for n in names}
    return pd.DataFrame(out, index=rows.index)


def customers(checked: Checked, *, pln_over_va: float) -> pd.DataFrame:
    """One row per customer that the file names (R-MA-11 decides who reads it).

    Of several rows of one idpel the active line's speaks; who is only disconnected is not
    active. A prepaid tariff ends in T; over ``pln_over_va`` PLN reads itself (R-RO-10).
    """
    rows = checked.rows
    out = pick(rows, CUSTOMER).assign(
        active=rows.get("active", True),
        line=rows.get("line", ""),
    )
    if out["idpel"].duplicated().any():
        out = out.sort_values(["idpel", "active", "line"], ascending=[True, False, True])
        out = out.drop_duplicates("idpel")
    out = out.drop(columns="line")
    if not checked.profile.active_states:
        out = out.drop(columns="active")  # a list without such a column says nothing of it
    given = (
        rows["jenis_layanan"].reindex(out.index)
        if "jenis_layanan" in rows
        else pd.Series(pd.NA, out.index)
    )
    prepaid = out["tarif"].str.upper().str.fullmatch(r"[A-Z]+\d+[A-Z]*T").fillna(False).astype(bool)
    prepaid |= given.astype("str").str.lower().str.startswith("pra").fillna(False).astype(bool)
    if checked.profile.kind in (FileKind.TOKEN, FileKind.PREPAID_ORDERS):
        prepaid |= True
    daya = pd.to_numeric(out["daya_va"], errors="coerce")
    knows = bool(out["tarif"].notna().any() or given.notna().any() or prepaid.any())
    if knows:
        out["jenis_layanan"] = np.where(prepaid, Service.PRA.value, Service.PASCA.value)
        who = np.where(daya > pln_over_va, ReadBy.PLN.value, ReadBy.VENDOR.value)
        out["dibaca_oleh"] = np.where(prepaid, ReadBy.TIDAK.value, who)
    return out


def services(checked: Checked) -> pd.DataFrame:
    """One row per dated service (an active and a disconnected row of one number are two)."""
    rows = checked.rows
    out = pick(rows, ("idpel", "tarif", "daya_va", "connected_on"))
    return out.assign(
        line=rows["line"], active=rows["active"],
        status_code=rows["status"] if "status" in rows else pd.Series(pd.NA, rows.index, dtype="str"),
    )  # fmt: skip


def rbm_list(checked: Checked, *, blth: str) -> pd.DataFrame:
    """One row per customer and month that the file puts on an RBM; ``blth`` where it has none.

    ``urut`` and ``sisipan`` are columns of the file or characters 8-12 of a 12-character
    KDDK, ``hari_baca`` its seventh (domain.md 1.3); codes that do not fit stay opaque. A gardu
    that becomes the PDPJ record is not the list's own: it would vouch for itself (R-MA-02).
    """
    rows = checked.rows
    out = pick(rows, ("idpel", "blth", "rbm", "kddk", "urut", "sisipan", "hari_baca", "officer",
                      "gardu"))  # fmt: skip
    out["blth"] = out["blth"].fillna(blth)
    if checked.profile.kind != FileKind.DPM:
        out["gardu"] = pd.NA
    kddk = out["kddk"].str.upper()
    kddk = kddk.where(kddk.str.fullmatch(r"[A-Z]{7}[0-9]{5}").fillna(False).astype(bool))
    out["hari_baca"] = out["hari_baca"].fillna(kddk.str.slice(6, 7))
    out["urut"] = _whole(out["urut"].fillna(kddk.str.slice(7, 10)))
    out["sisipan"] = _whole(out["sisipan"].fillna(kddk.str.slice(10)))
    place, codes = pd.factorize(out["rbm"])
    written = pd.Series(codes, dtype="str").str.upper().str.replace(r"\s+", "", regex=True)
    out["rbm"] = written.array.take(place, allow_fill=True)
    out = out.assign(line=rows.get("line", ""), source=checked.source)
    return out[out["rbm"].notna()]


def pdpj(checked: Checked) -> pd.DataFrame:
    """One row per PDPJ line that the file tells; a row without a gardu tells none."""
    rows = checked.rows
    out = pick(rows, ("idpel", "gardu", "raw_gardu", "jurusan", "tiang", "deret", "penyulang"))
    start = pick(rows, ("valid_from", "connected_on"))
    out = out.assign(
        valid_from=start["valid_from"].fillna(start["connected_on"]),
        line=rows["line"], conflict=rows["conflict"], active=rows["active"],
        source=checked.source,
    )  # fmt: skip
    return out[out["gardu"].notna()]


def readings(checked: Checked, *, blth: str) -> pd.DataFrame:
    """One row per customer and month with what was read; kWh missing where nothing was."""
    rows = checked.rows
    base = pick(rows, ("idpel", *READING)).assign(
        line=rows.get("line", ""),
        active=rows.get("active", True),
        source=checked.source if checked.profile.kind != FileKind.TOKEN else "token",
    )
    if checked.profile.kind == FileKind.DPM:
        base["source"] = checked.profile.source or "dpm"
    if any(n in rows for n in NUMERIC_MONTHS):
        year = checked.profile.first_month[:4]
        parts = [
            base.assign(blth=f"{year}{n[-2:]}", kwh=rows[n]) for n in NUMERIC_MONTHS if n in rows
        ]
        return pd.concat(parts, ignore_index=True)
    months = rows["blth"].fillna(blth) if "blth" in rows else blth
    kwh = rows["kwh"] if "kwh" in rows else pd.Series(pd.NA, rows.index, dtype="str")
    return base.assign(blth=months, kwh=kwh, anomaly=_anomaly(rows))


def customer_points(checked: Checked, *, time_zone: str) -> pd.DataFrame | None:
    """One row per position told, good or bad, with its quality (R-IM-06)."""
    places = checked.places
    if places is None:
        return None
    rows = checked.rows
    out = pick(rows, ("idpel", "accuracy_m")).join(places)
    out = out.assign(
        source=_point_source(checked), position=checked.profile.position,
        observed_at=moments(rows, time_zone), geom=ewkb_points(places["lon"], places["lat"]),
    )  # fmt: skip
    told = out["quality"] != CoordinateQuality.TANPA_KOORDINAT
    return out[told].drop(columns="swapped")


def told_briefly(told: pd.DataFrame) -> pd.DataFrame:
    """Return positions as `rbmgeo.intake.places` weighs them; texts of few values as categories.

    ``once`` marks the positions of customers of whom no other is told in the same piece.
    """
    month = told["observed_at"].str.slice(0, 7).str.replace("-", "", regex=False)
    return told[["idpel", "lon", "lat"]].assign(
        source=told["source"].astype("category"),
        quality=told["quality"].astype(QUALITY),
        position=told["position"].astype("category"),
        month=month.astype("category"),
        once=~told["idpel"].duplicated(keep=False),
    )


def with_first_places(told: pd.DataFrame) -> pd.DataFrame:
    """Say beside positions told briefly what `first_places` made of them: the place in use now."""
    has = told["once"] & told["lon"].notna()
    return told.assign(
        now_source=told["source"].where(has),
        now_quality=told["quality"].where(told["once"], NOWHERE),
        now_lon=told["lon"].where(has),
        now_lat=told["lat"].where(has),
    )


def first_places(told: pd.DataFrame) -> pd.DataFrame:
    """Return, by idpel, the place in use of customers of whom one position is told so far.

    ``told`` as `customer_points` returns it. Columns ``geom``, ``point_source``,
    ``coordinate_quality``, ``spread_m``; what the unit as a whole says of it comes later
    (R-IM-08, R-IM-12).
    """
    once = told[~told["idpel"].duplicated(keep=False)].set_index("idpel")
    usable = once["geom"].notna()
    return pd.DataFrame(
        {
            "geom": once["geom"],
            "point_source": once["source"].where(usable),
            "coordinate_quality": once["quality"],
            "spread_m": usable.map({True: 0.0, False: np.nan}),
        }
    )


def reader_log(checked: Checked, *, time_zone: str) -> pd.DataFrame:
    """One row per moment at a meter."""
    rows = checked.rows
    out = pick(rows, ("idpel", "blth", "officer", "stand_kwh", "lbkb_code", "accuracy_m"))
    places = checked.places
    when = moments(rows, time_zone)
    out["blth"] = out["blth"].fillna(rows["read_date"].str.slice(0, 7).str.replace("-", ""))
    out["read_at"] = when
    if places is not None:
        out["geom"] = ewkb_points(places["lon"], places["lat"])
    return out


def places_of(checked: Checked) -> pd.Series:
    """Return EWKB for gardu and poles: the layer's own geometry, or lon and lat columns."""
    if checked.geometry is not None:
        return _ewkb(checked.geometry, checked.rows.index)
    told = checked.places
    if told is None:
        return pd.Series(pd.NA, checked.rows.index, dtype="str")
    return ewkb_points(told["lon"], told["lat"])


def lines(checked: Checked) -> pd.DataFrame:
    """Return rows with their geometry as EWKB; a line of several parts becomes several rows.

    A span of several parts stays one row (its parts joined where they touch, else the
    longest), a street becomes one row per part.
    """
    assert checked.geometry is not None
    rows = checked.rows.assign(geometry=checked.geometry)
    rows = rows[[g is not None and not g.is_empty for g in rows["geometry"]]]
    if checked.profile.kind == FileKind.STREETS:
        rows = rows.assign(geometry=[shapely.get_parts(g).tolist() for g in rows["geometry"]])
        rows = rows.explode("geometry")
    else:
        rows = rows.assign(geometry=[_single(g) for g in rows["geometry"]])
    return rows.assign(geom=_ewkb(rows["geometry"].to_numpy(), rows.index)).drop(columns="geometry")


def ewkb_points(lon: pd.Series, lat: pd.Series) -> pd.Series:
    """Return EWKB (hex, EPSG:4326) of points; missing where a coordinate is.

    Written as the bytes that they are, for a million at once: byte order, type with the
    mark of a coordinate system, system, x, y.
    """
    there = (lon.notna() & lat.notna()).to_numpy()
    points = np.zeros(int(there.sum()), dtype=_POINT)
    points["order"], points["type"], points["srid"] = 1, 0x20000001, 4326
    points["x"], points["y"] = lon[there].to_numpy(float), lat[there].to_numpy(float)
    width = 2 * _POINT.itemsize
    offsets = np.arange(0, width * len(points) + 1, width, dtype=np.int64)
    text = pa.LargeStringArray.from_buffers(
        len(points), pa.py_buffer(offsets), pa.py_buffer(points.tobytes().hex().encode())
    )
    place = np.where(there, np.cumsum(there) - 1, 0)
    out = text.take(pa.array(place, mask=~there))
    return pd.Series(pd.array(out, dtype="str"), index=lon.index)


def moments(rows: pd.DataFrame, time_zone: str) -> pd.Series:
    """Return moments with the unit's zone from a date and perhaps a time column."""
    date = next((rows[n] for n in ("read_date", "read_on") if n in rows), None)
    if date is None:
        return pd.Series(pd.NA, index=rows.index, dtype="str")
    time = rows["read_time"].fillna("") if "read_time" in rows else pd.Series("", rows.index)
    clock = time.str.replace(".", ":", regex=False)
    clock = clock.where(clock.str.fullmatch(r"[0-9]{1,2}:[0-9]{2}(?::[0-9]{2})?"), "00:00")
    clock = clock.where(clock.str.len() >= 7, clock + ":00")
    # A date that is there is YYYY-MM-DD already: the rules see to it.
    local = pd.to_datetime(date + " " + clock, format="%Y-%m-%d %H:%M:%S", errors="coerce")
    return _iso(local, local.dt.tz_localize(time_zone))


def _iso(local: pd.Series, zoned: pd.Series) -> pd.Series:
    """Write moments as their zone's clock shows them, with the zone's hours behind."""
    ahead = (local - zoned.dt.tz_convert("UTC").dt.tz_localize(None)).dt.total_seconds()
    place, seconds = pd.factorize(ahead)
    hours = [
        f"{'-' if s < 0 else '+'}{abs(s) // 3600:02.0f}:{abs(s) % 3600 // 60:02.0f}"
        for s in seconds
    ]
    shown = pd.Series(
        np.datetime_as_string(local.to_numpy("datetime64[s]")), local.index, dtype="str"
    )
    behind = pd.Series([*hours, ""], dtype="str").array.take(place)
    return (shown + behind).where(local.notna())


def _point_source(checked: Checked) -> str:
    return "reader" if checked.profile.kind == FileKind.READER_LOG else checked.source


def _whole(text: pd.Series) -> pd.Series:
    return pd.to_numeric(text, errors="coerce").round().astype("Int64")


def _ewkb(geometry: "np.ndarray[Any, Any]", index: pd.Index) -> pd.Series:
    made = shapely.set_srid(geometry, 4326)
    return pd.Series(shapely.to_wkb(made, hex=True, include_srid=True), index=index, dtype="str")


def _single(line: Any) -> Any:
    if line.geom_type == "LineString":
        return line
    merged = shapely.line_merge(line)
    return merged if merged.geom_type == "LineString" else max(merged.geoms, key=lambda p: p.length)


def _anomaly(rows: pd.DataFrame) -> pd.Series:
    """Mark a stand below the one before without a change of meter (R-EN-04); never dropped."""
    if "stand_kwh" not in rows or "previous_stand_kwh" not in rows:
        return pd.Series(pd.NA, index=rows.index, dtype="str")
    stand, before = (
        pd.to_numeric(rows[n], errors="coerce") for n in ("stand_kwh", "previous_stand_kwh")
    )
    back = stand < before
    if "removed_stand_kwh" in rows:
        back &= rows["removed_stand_kwh"].isna()
    return pd.Series("stand_mundur", index=rows.index, dtype="str").where(back)
