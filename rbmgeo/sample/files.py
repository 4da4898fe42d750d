"""The files themselves, each in the shape that the field has (columns: domain.md 1.4)."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.csv as pa_csv
import pyogrio
import shapely
import xlsxwriter

from rbmgeo.sample.grid import Grid, Poles
from rbmgeo.sample.lists import LETTERS, READ_DAYS, Stands
from rbmgeo.sample.params import MONTHS, SampleParams
from rbmgeo.sample.planted import Recorded
from rbmgeo.sample.streets import Streets


@dataclass(frozen=True)
class Context:
    """What every file needs to know."""

    directory: Path
    params: SampleParams
    people: pd.DataFrame
    codes: np.ndarray
    poles: Poles
    grid: Grid
    streets: Streets
    to_degrees: Callable[[np.ndarray], np.ndarray]

    def path(self, folder: str, name: str) -> Path:
        """Return the path of a file, its folder made."""
        (self.directory / folder).mkdir(exist_ok=True)
        return self.directory / folder / name


def _csv(frame: pd.DataFrame, path: Path) -> None:
    # No cell of ours needs quotes; one that did would be refused, not written wrongly.
    options = pa_csv.WriteOptions(delimiter=";", quoting_style="none", include_header=False)
    with path.open("wb") as file:
        file.write((";".join(frame.columns) + "\n").encode())
        pa_csv.write_csv(pa.Table.from_pandas(frame, preserve_index=False), file, options)


def _number(values: pd.Series) -> pd.Series:
    """Write numbers as Indonesians do: 1.234,00; nothing where missing."""
    place, different = pd.factorize(values)
    written = [f"{v:,.2f}".translate(SWAP) for v in different]
    return pd.Series(np.array([*written, ""], dtype=object)[place], index=values.index)


#: The day on which all files of a sample say that they were written.
WRITTEN_AT = datetime(2025, 1, 2, 8, tzinfo=UTC)
SWAP = str.maketrans({",": ".", ".": ","})


def read_date(month: str, letter: pd.Series) -> pd.Series:
    """Return the day on which a reading day of a month is read."""
    day = letter.map(dict(zip(LETTERS, READ_DAYS, strict=True)))
    return pd.to_datetime(f"{month[:4]}-{month[4:]}-01") + pd.to_timedelta(day - 1, unit="D")


def write_dpm(
    c: Context, rng: np.random.Generator, members: pd.DataFrame, read: Stands, recorded: Recorded
) -> None:
    """Write twelve monthly lists of postpaid customers; PLN's own readings have no RBM."""
    pln = c.people.index[c.people["pln"] & ~c.people["prepaid"]]
    index = members.index.union(pln, sort=False).sort_values()
    people, place = c.people.loc[index], members.reindex(index)
    # Who is read on another day than his RBM: kept at it, month by month.
    late = (rng.random(len(index)) < 0.4 * c.params.errors) & place["rbm"].notna().to_numpy()
    recorded.note(index[late], "dibaca_hari_lain", "+2", "")
    code_d = _told_codes(rng, index, recorded)
    for month in MONTHS:
        before, after = read.before.loc[index, month], read.after.loc[index, month]
        on = read_date(month, place["hari"].fillna("J")) + pd.to_timedelta(
            np.where(late, 2, 0), unit="D"
        )
        codes = pd.Series(np.where(after.isna(), "E", "Z"), index, dtype="str")
        codes = codes.mask(code_d & (rng.random(len(index)) < 0.5), "D")
        backwards = (rng.random(len(index)) < 0.02 * c.params.errors) & after.notna().to_numpy()
        shown = after.where(~backwards, before - 5)
        if backwards.any():
            recorded.note(
                index[backwards],
                "stand_salah",
                [f"{month}: {v:.2f}" for v in shown[backwards]],
                [f"{month}: {v:.2f}" for v in after[backwards]],
            )
        frame = pd.DataFrame(
            {
                "BLTH": month, "IDPEL": index, "NAMA": people["name"].to_numpy(), "UNITAP": "51PSR",
                "UNITUP": c.params.ulp, "KDDK": place["kddk"].fillna("").to_numpy(),
                "TARIF": people["tarif"].to_numpy(), "DAYA": people["daya"].to_numpy(), "FKMKWH": "1,00",
                "SLALWBP": _number(before).to_numpy(), "LWBPCABUT": _number(read.removed.loc[index, month]).to_numpy(),
                "LWBPPASANG": _number(read.installed.loc[index, month]).to_numpy(), "SAHLWBP": _number(shown).to_numpy(),
                "PEMKWH": _number(read.kwh.loc[index, month]).to_numpy(),
                "TGLBACA": on.dt.strftime("%d/%m/%Y").where(after.notna(), "").to_numpy(),
                "KODERBM": place["rbm"].fillna("").to_numpy(), "DLPD": np.where(read.kwh.loc[index, month].eq(0), "K", "N"),
                "KODE_BACA": codes.to_numpy(), "PTGENTRIMETER": place["officer"].fillna("").to_numpy(),
                "NOMETER": people["meter"].to_numpy(),
            }
        )  # fmt: skip
        _csv(frame, c.path("dpm", f"DPM_{c.params.ulp}_{month}.csv"))


def _told_codes(rng: np.random.Generator, index: pd.Index, recorded: Recorded) -> np.ndarray:
    """Let readers report some of the customers that truly do not fit."""
    wrong = {p["idpel"] for p in recorded.planted if p["kind"] in ("gardu_acak", "blok_pindah")}
    return np.asarray(index.isin(wrong) & (rng.random(len(index)) < 0.15))


def write_pdpj(c: Context, recorded: Recorded) -> None:
    """Write the customers per gardu as a workbook, IDPEL as text."""
    rows = recorded.pdpj.rename_axis("idpel").reset_index().sort_values(["idpel", "gardu"])
    known = c.people.reindex(rows["idpel"])
    feeder = {code: f"PENYULANG {1 + n % 6}" for n, code in enumerate(c.codes)}
    table = {
        "UNITUP": [c.params.ulp] * len(rows), "IDPEL": rows["idpel"].tolist(),
        "NAMA": known["name"].fillna("").tolist(), "KODE_GARDU": rows["gardu"].tolist(),
        "JURUSAN": rows["jurusan"].tolist(), "NO_TIANG": rows["tiang"].tolist(),
        "PENYULANG": [feeder.get(g.upper().replace(" ", "").replace("-", ""), "") for g in rows["gardu"]],
        "TARIF": known["tarif"].fillna("").tolist(), "DAYA": [str(int(v)) if v == v else "" for v in known["daya"]],
        "TGL_MULAI": rows["start"].dt.strftime("%d/%m/%Y").tolist(),
    }  # fmt: skip
    book = xlsxwriter.Workbook(
        c.path("pdpj", f"PDPJ_{c.params.ulp}.xlsx"), {"constant_memory": True}
    )
    book.set_properties({"created": WRITTEN_AT})
    sheet = book.add_worksheet("PDPJ")
    sheet.write_row(0, 0, list(table))
    for number, row in enumerate(zip(*table.values(), strict=True), start=1):
        for column, value in enumerate(row):
            sheet.write_string(number, column, value)
    book.close()


def write_gis(c: Context, rng: np.random.Generator, recorded: Recorded) -> None:
    """Write the network GIS: gardu, tiang, jtr, streets and customer points, one layer each."""
    path = c.path("gis", f"{c.params.ulp}_gis.gpkg")
    path.unlink(missing_ok=True)
    feeder = [f"PENYULANG {1 + n % 6}" for n in range(len(c.codes))]
    load = np.bincount(c.people["gardu"], minlength=len(c.codes))
    kva = np.array([25, 50, 100, 160, 200, 250])[np.searchsorted([8, 30, 60, 110, 160], load)]
    site = c.to_degrees(c.grid.site)
    _layer(
        path,
        "gardu",
        {
            "KODE_GARDU": c.codes,
            "NAMAGD": [f"Gardu {k}" for k in c.codes],
            "NAMAPENYULANG": feeder,
            "KVA": kva,
        },
        shapely.points(site),
    )
    poles = c.to_degrees(c.poles.xy)
    _layer(
        path, "tiang", {"NO_TIANG": [f"T{p:05d}" for p in range(len(poles))]}, shapely.points(poles)
    )
    a, b, gardu, branch = _spans(c)
    _layer(
        path, "jtr",
        {"KODE_LVCABLE": [f"L{k:06d}" for k in range(len(a))], "KODE_GARDU": c.codes[gardu],
         "JURUSAN": [chr(64 + max(j, 1)) for j in branch], "TIANG_1": [f"T{p:05d}" for p in a],
         "TIANG_2": [f"T{p:05d}" for p in b],
         "PANJANG_HANTARAN": np.hypot(*(c.poles.xy[a] - c.poles.xy[b]).T).round(1)},
        shapely.linestrings(np.stack([poles[a], poles[b]], axis=1)),
    )  # fmt: skip
    nodes = c.to_degrees(c.streets.nodes)
    highway = np.where(c.streets.kind == "alley", "footway", c.streets.kind)
    _layer(
        path, "streets",
        {"osm_id": np.arange(len(c.streets.edges)).astype(str), "highway": highway, "name": "", "oneway": "no",
         "layer": "0", "bridge": "", "tunnel": ""},
        shapely.linestrings(nodes[c.streets.edges]),
    )  # fmt: skip
    told = recorded.points.sort_index()
    _layer(
        path,
        "pelanggan",
        {
            "IDPEL": told.index.to_numpy(),
            "LATITUDEY": told["lat"].round(6).to_numpy(),
            "LONGITUDEX": told["lon"].round(6).to_numpy(),
        },
        shapely.points(told["lon"], told["lat"]),
    )


def _spans(c: Context) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    child = np.flatnonzero(c.grid.parent >= 0)
    second = np.flatnonzero(c.grid.second >= 0)
    a = np.concatenate([c.grid.parent[child], c.grid.second_from[second]])
    b = np.concatenate([child, second])
    gardu = np.concatenate([c.grid.gardu[child], c.grid.second[second]])
    branch = np.concatenate([c.grid.jurusan[child], c.grid.jurusan[c.grid.second_from[second]]])
    return a, b, gardu, branch


def _layer(path: Path, name: str, columns: dict[str, Any], geometry: Any) -> None:
    frame = gpd.GeoDataFrame(columns, geometry=geometry, crs=4326)
    # The format notes when it was written; the same seed has to give the same bytes.
    pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": f"{WRITTEN_AT:%Y-%m-%dT%H:%M:%S}.000Z"})
    try:
        frame.to_file(path, layer=name, driver="GPKG", engine="pyogrio")
    finally:
        pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": None})


def write_reader_log(
    c: Context, rng: np.random.Generator, members: pd.DataFrame, read: Stands, recorded: Recorded
) -> None:
    """Write where the readers stood in the last three months; one month with X and Y exchanged."""
    pointless = set(c.people.index[rng.random(len(c.people)) < 0.15])
    index = members.index[~members.index.isin(pointless)].sort_values()
    place = members.loc[index]
    hurried = place["rbm"].eq(place["rbm"].iloc[0]) & (c.params.errors > 0)
    if hurried.any():
        recorded.note(index[hurried], "pembaca_terburu", place["rbm"].iloc[0], "")
    for number, month in enumerate(MONTHS[-3:]):
        after = read.after.loc[index, month]
        xy = c.people.loc[index, ["x", "y"]].to_numpy() + rng.normal(0, 6, (len(index), 2))
        lonlat = c.to_degrees(xy)
        x, y = lonlat[:, 0], lonlat[:, 1]
        if number == 1 and c.params.errors > 0:  # an app that calls latitude X (R-IM-06)
            x, y = y, x
            recorded.note([""], "log_sumbu_tertukar", month, "")
        step = np.where(hurried, 4, 62)
        second = (
            7 * 3600 + (place["urut"].to_numpy() * step + rng.integers(0, 9, len(index))) % 36_000
        )
        frame = pd.DataFrame(
            {
                "KD_PETUGAS": place["officer"].to_numpy(),
                "TANGGAL_PEMBACAAN": read_date(month, place["hari"]).dt.strftime("%d/%m/%Y").to_numpy(),
                "JAM_PEMBACAAN": [f"{s // 3600:02d}:{s // 60 % 60:02d}:{s % 60:02d}" for s in second],
                "KOORDINAT_X": np.char.mod("%.6f", x), "KOORDINAT_Y": np.char.mod("%.6f", y),
                "AKURASI": rng.integers(3, 18, len(index)), "IDPEL": index,
                "STAND_BACA": _number(after).to_numpy(), "KODE_BACA": np.where(after.isna(), "E", "Z"),
            }
        )  # fmt: skip
        _csv(frame, c.path("reader_log", f"LOG_{c.params.ulp}_{month}.csv"))


def _long(wide: pd.DataFrame) -> pd.DataFrame:
    """Return one row per customer (or gardu) and month, in the order of ``wide``."""
    long = pd.DataFrame({"kwh": wide.stack()})
    return long.reset_index()


def write_tokens(c: Context, used: pd.DataFrame) -> None:
    """Write the kWh that prepaid customers bought; nothing bought, no row."""
    long = _long(used.sort_index())
    long.columns = ["IDPEL", "BLTH", "kwh"]
    bought = long[long["kwh"] > 0].sort_values(["BLTH", "IDPEL"])
    frame = pd.DataFrame(
        {
            "UNITUP": c.params.ulp,
            "IDPEL": bought["IDPEL"],
            "BLTH": bought["BLTH"],
            "KWH": _number(bought["kwh"]),
        }
    )
    _csv(frame, c.path("token", f"TOKEN_{c.params.ulp}_2024.csv"))


def write_receivables(c: Context, rng: np.random.Generator, read: Stands) -> None:
    """Write six months of bills; some stay unpaid, and of these some for months, some the newest only."""
    late = pd.Series(rng.random(len(read.kwh)), read.kwh.index)
    for month in MONTHS[-6:]:
        kwh = read.kwh[month].dropna().sort_index()
        chance = late.loc[kwh.index]
        unpaid = (chance < 0.02) | ((chance < 0.06) & (rng.random(len(kwh)) < 0.5))
        if month == MONTHS[-1]:
            unpaid |= (chance >= 0.06) & (chance < 0.09)
        paid = read_date(month, pd.Series("J", kwh.index)) + pd.to_timedelta(
            rng.integers(1, 24, len(kwh)), unit="D"
        )
        frame = pd.DataFrame(
            {
                "BLTH": month, "UNITUP": c.params.ulp, "IDPEL": kwh.index, "PEMKWH": _number(kwh).to_numpy(),
                "RPPTL": _number((kwh * 1444).round()).to_numpy(),
                "TGLBAYAR": paid.dt.strftime("%d/%m/%Y").where(~unpaid, "").to_numpy(),
                "JML_TUNGGAKAN": np.where(unpaid, 1, 0), "STATUS": np.where(unpaid, "BELUM", "LUNAS"),
            }
        )  # fmt: skip
        _csv(frame, c.path("piutang", f"DPP_{c.params.ulp}_{month}.csv"))


def write_orders(c: Context, rng: np.random.Generator) -> None:
    """Write PLN's orders to look at prepaid meters."""
    prepaid = c.people.index[c.people["prepaid"]].sort_values()
    chosen = np.sort(
        rng.choice(prepaid, min(len(prepaid), max(5, len(prepaid) // 60)), replace=False)
    )
    frame = pd.DataFrame(
        {
            "NO_ORDER": [f"PB{k:05d}" for k in range(1, len(chosen) + 1)],
            "UNITUP": c.params.ulp,
            "IDPEL": chosen,
            "BLTH": MONTHS[-1],
            "TGL_ORDER": "02/12/2024",
        }
    )
    _csv(frame, c.path("prabayar", f"ORDER_{c.params.ulp}_{MONTHS[-1]}.csv"))


def write_calendar(c: Context) -> None:
    """Write the dates of the reading days."""
    rows = [
        (c.params.ulp, month, letter, f"{day:02d}/{month[4:]}/{month[:4]}")
        for month in MONTHS
        for letter, day in zip(LETTERS, READ_DAYS, strict=True)
    ]
    _csv(
        pd.DataFrame(rows, columns=["UNITUP", "BLTH", "HARI_BACA", "TANGGAL"]),
        c.path("kalender", f"KALENDER_{c.params.ulp}.csv"),
    )


def write_meters(c: Context, rng: np.random.Generator, used: pd.DataFrame) -> None:
    """Write what monthly gardu meters would show: use and 4 % of losses, with 1 % of error."""
    summed = used.groupby(c.codes[c.people["gardu"]]).sum()
    noisy = summed * 1.04 * np.exp(rng.normal(0, 0.01, summed.shape))
    long = _long(noisy)
    frame = pd.DataFrame(
        {
            "UNITUP": c.params.ulp,
            "KODE_GARDU": long["level_0"],
            "BLTH": long["level_1"],
            "KWH": _number(long["kwh"].round(1)),
        }
    )
    _csv(frame, c.path("gardu_meter", f"METER_GARDU_{c.params.ulp}.csv"))
