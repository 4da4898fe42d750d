"""A kit of files as offices really keep them ("kit berantakan"): made by a program, never committed.

The unit is invented as any other (`rbmgeo.sample.make`); only the shape of its files is that of
the field: a web page that calls itself .xls, merged cells, section rows, one file for each RBM
with the RBM in its title, X and Y exchanged, lines of sums, two months of one list.
"""

import html
import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import xlsxwriter

from rbmgeo.geo import degrees_of_metres, metres_xy, utm_srid
from rbmgeo.sample.files import SWAP, WRITTEN_AT, read_date
from rbmgeo.sample.lists import monthly_kwh, stands, todays_rbms
from rbmgeo.sample.make import NOTICE
from rbmgeo.sample.params import SampleParams
from rbmgeo.sample.people import settle

#: How many RBM the kit has; each is a file in the second month.
RBMS = 12
BEFORE, NOW = "202411", "202412"
#: Share of customers whose IDPEL a spreadsheet has spoiled, and of those moved between lists.
SPOILED, MOVED = 0.004, 0.02


@dataclass
class Written:
    """What one table of the kit holds, by its own maker's count.

    ``rows`` are all rows below the header: ``records`` (of them ``spoiled`` cannot be loaded),
    ``totals`` (JUMLAH) and ``structure`` (section rows).
    """

    file: str
    sheet: str
    records: int = 0
    spoiled: int = 0
    totals: int = 0
    structure: int = 0

    @property
    def rows(self) -> int:
        """Rows that a reader meets below the header."""
        return self.records + self.totals + self.structure


@dataclass
class Kit:
    """Every table of a kit and what is true of the unit."""

    tables: list[Written] = field(default_factory=list)
    customers: int = 0
    rbms: int = 0
    gardu: int = 0

    @property
    def rows(self) -> int:
        """Rows of all tables."""
        return sum(t.rows for t in self.tables)


@dataclass(frozen=True)
class _Unit:
    params: SampleParams
    people: pd.DataFrame
    members: pd.DataFrame
    gardu: pd.Series
    points: pd.DataFrame
    kwh: pd.DataFrame
    before: pd.DataFrame
    after: pd.DataFrame


def make_messy(directory: Path, params: SampleParams) -> Kit:
    """Write the kit into ``directory`` and return what it holds; the same seed, the same rows.

    ``truth/kit.json`` keeps the counts beside the files, for a test to compare with.
    """
    rng = np.random.default_rng(params.seed)
    unit = _invented(rng, params)
    directory.mkdir(parents=True, exist_ok=True)
    (directory / "BACA_SAYA.txt").write_text(NOTICE, encoding="utf-8")
    kit = Kit(
        customers=len(unit.people), rbms=unit.members["rbm"].nunique(), gardu=unit.gardu.nunique()
    )
    kit.tables.append(_reading_list(directory, rng, unit))
    kit.tables += _one_file_each(directory, unit)
    moved = unit.gardu.copy()
    some = rng.random(len(moved)) < MOVED
    moved[some] = rng.permutation(moved[some].to_numpy())
    for month, gardu in ((BEFORE, unit.gardu), (NOW, moved)):
        kit.tables += _pdpj(directory, unit, month, gardu)
    kit.tables.append(_reader_log(directory, rng, unit))
    truth = directory / "truth"
    truth.mkdir(exist_ok=True)
    said = {**asdict(kit), "rows": kit.rows}
    (truth / "kit.json").write_text(json.dumps(said, indent=1) + "\n", encoding="utf-8")
    return kit


def _invented(rng: np.random.Generator, params: SampleParams) -> _Unit:
    _, _, grid, people = settle(rng, params)
    members = todays_rbms(rng, people, params.ulp)
    first = sorted(members["rbm"].unique())[:RBMS]
    members = members[members["rbm"].isin(first)].sort_index()
    unread = people.index[people["prepaid"] | people["pln"]]
    # The kit's town ends where its last RBM does: as many gardu, fewer houses.
    people = people.loc[members.index.union(unread).sort_values()]
    codes = np.array([_code(rng, n) for n in rng.permutation(len(grid.site)) + 1])
    gardu = _misspelled(pd.Series(codes[people["gardu"]], people.index))
    used = monthly_kwh(rng, people)
    read = stands(rng, used.loc[members.index])
    srid = utm_srid(*params.at)
    x, y = metres_xy([params.at[0]], [params.at[1]], srid)
    xy = people[["x", "y"]].to_numpy() + rng.normal(0, 6, (len(people), 2))
    lonlat = degrees_of_metres(xy[:, 0] + x[0], xy[:, 1] + y[0], srid)
    points = pd.DataFrame({"lon": lonlat[:, 0], "lat": lonlat[:, 1]}, people.index)
    return _Unit(params, people, members, gardu, points, read.kwh, read.before, read.after)


def _code(rng: np.random.Generator, number: int) -> str:
    return f"KA {number:04d}" if rng.random() < 0.7 else f"PD {number:04d}"


def _misspelled(gardu: pd.Series) -> pd.Series:
    """Give some customers of the largest gardu its code with the letter O for a zero."""
    counts = gardu.value_counts().sort_index()
    code = str(counts.idxmax())
    of = gardu.index[gardu == code]
    spelled = gardu.copy()
    spelled[of[: len(of) // 4]] = code.replace("0", "O", 1)
    return spelled


def _whole(number: Any) -> str:
    return str(int(number))


def _id(number: Any) -> str:
    """Write kWh and stands as an Indonesian office does: 1.234,00."""
    return f"{number:,.2f}".translate(SWAP) if number == number else ""


def _reading_list(directory: Path, rng: np.random.Generator, unit: _Unit) -> Written:
    """Write the reading list of the month before as a web page that calls itself .xls."""
    told = Written(f"DPM_{unit.params.ulp}_{BEFORE}.xls", "")
    names = (
        "BLTH",
        "IDPEL",
        "NAMA",
        "UNITUP",
        "TARIF",
        "DAYA",
        "KODERBM",
        "KDDK",
        "SLALWBP",
        "SAHLWBP",
        "PEMKWH",
    )
    rows: list[list[str]] = []
    spoiled = rng.random(len(unit.members)) < SPOILED
    for (idpel, place), bad in zip(unit.members.iterrows(), spoiled, strict=True):
        who = unit.people.loc[str(idpel)]
        # What Excel makes of twelve digits when a person opens and saves them.
        shown = f"{str(idpel)[0]},{str(idpel)[1:5]}E+11" if bad else str(idpel)
        rows.append(
            [BEFORE, shown, str(who["name"]), unit.params.ulp, str(who["tarif"]), _whole(who["daya"]),
             str(place["rbm"]), str(place["kddk"]), _id(unit.before.at[idpel, BEFORE]),
             _id(unit.after.at[idpel, BEFORE]), _id(unit.kwh.at[idpel, BEFORE])]
        )  # fmt: skip
    total = ["", "", "JUMLAH", "", "", "", "", "", "", "", _id(float(unit.kwh[BEFORE].sum()))]
    told.records, told.spoiled, told.totals = len(rows), int(spoiled.sum()), 1
    title = [
        f"DAFTAR PEMBACAAN METER ULP {unit.params.ulp}",
        f"PERIODE {BEFORE[4:]}{BEFORE[:4]}", "DATA CONTOH (REKAAN)",
    ]  # fmt: skip
    head = "".join(f'<tr><td colspan="{len(names)}">{t}</td></tr>\n' for t in title)
    cells = "".join(f"<th>{n}</th>" for n in names)
    body = "".join(
        "<tr>" + "".join(f"<td>{html.escape(v)}</td>" for v in row) + "</tr>\n"
        for row in [*rows, total]
    )
    text = (
        '<html><head><meta http-equiv="Content-Type" content="text/html; charset=utf-8"></head>'
        f'<body><table border="1">\n{head}<tr>{cells}</tr>\n{body}</table></body></html>\n'
    )
    (directory / told.file).write_text(text, encoding="utf-8")
    return told


def _one_file_each(directory: Path, unit: _Unit) -> Iterator[Written]:
    """Write this month's list as one CSV for each RBM; only the title tells RBM and month."""
    folder = directory / "per RBM"
    folder.mkdir(exist_ok=True)
    for rbm, of in unit.members.groupby("rbm"):
        told = Written(f"RBM {rbm}.csv", "", records=len(of), totals=1)
        lines = [
            f"RBM {rbm} periode {NOW[4:]}{NOW[:4]};;;;;;;", "DATA CONTOH (REKAAN);;;;;;;",
            "NO;IDPEL;NAMA;TARIF;DAYA;STAND LALU;STAND INI;PEMKWH",
        ]  # fmt: skip
        walked = of.sort_values(["urut", "sisipan"])
        for number, idpel in enumerate(walked.index, start=1):
            who = unit.people.loc[idpel]
            # An apostrophe keeps the digits in Excel; many offices type one.
            cells = [
                str(number), f"'{idpel}" if number % 7 == 0 else idpel, str(who["name"]),
                str(who["tarif"]), _whole(who["daya"]), _id(unit.before.at[idpel, NOW]),
                _id(unit.after.at[idpel, NOW]), _id(unit.kwh.at[idpel, NOW]),
            ]  # fmt: skip
            lines.append(";".join(cells))
        lines.append(f";JUMLAH;;;;;;{_id(float(unit.kwh.loc[of.index, NOW].sum()))}")
        (folder / told.file).write_text("\r\n".join(lines) + "\r\n", encoding="utf-8")
        yield told


def _pdpj(directory: Path, unit: _Unit, month: str, gardu: pd.Series) -> list[Written]:
    """Write a month's PDPJ: a sheet with merged gardu cells, one with section rows, sums in both."""
    name = f"PDPJ_{unit.params.ulp}_{month}.xlsx"
    codes = sorted(gardu.unique())
    half = len(codes) // 2
    book = xlsxwriter.Workbook(directory / name)
    book.set_properties({"created": WRITTEN_AT})
    merged = book.add_format({"valign": "top"})
    first = Written(name, "Penyulang 1")
    sheet = book.add_worksheet(first.sheet)
    sheet.write_row(0, 0, ["DATA PELANGGAN PER GARDU (REKAAN)"])
    sheet.write_row(2, 0, ["KODE GARDU", "IDPEL", "NAMA", "NO TIANG", "TARIF", "DAYA"])
    at = 3
    for code in codes[:half]:
        of = gardu.index[gardu == code]
        if len(of) > 1:
            sheet.merge_range(at, 0, at + len(of) - 1, 0, code, merged)
        else:
            sheet.write_string(at, 0, code)
        for idpel in of:
            _write_person(sheet, at, 1, unit, idpel)
            at += 1
        sheet.write_string(at, 1, "JUMLAH")
        sheet.write_number(at, 5, float(unit.people.loc[of, "daya"].sum()))
        at += 1
        first.records, first.totals = first.records + len(of), first.totals + 1
    second = Written(name, "Penyulang 2")
    sheet = book.add_worksheet(second.sheet)
    sheet.write_row(0, 0, ["IDPEL", "NAMA", "NO TIANG", "TARIF", "DAYA"])
    at = 1
    for code in codes[half:]:
        of = gardu.index[gardu == code]
        sheet.write_string(at, 0, f"GARDU: {code}")
        at += 1
        for idpel in of:
            _write_person(sheet, at, 0, unit, idpel)
            at += 1
        sheet.write_string(at, 0, "JUMLAH")
        sheet.write_number(at, 4, float(unit.people.loc[of, "daya"].sum()))
        at += 1
        second.records, second.totals = second.records + len(of), second.totals + 1
        second.structure += 1
    book.close()
    return [first, second]


def _write_person(
    sheet: "xlsxwriter.worksheet.Worksheet", row: int, column: int, unit: _Unit, idpel: str
) -> None:
    who = unit.people.loc[idpel]
    # Excel's own idea of a customer number: twelve digits in a numeric cell lose nothing yet.
    if row % 5:
        sheet.write_string(row, column, idpel)
    else:
        sheet.write_number(row, column, int(idpel))
    sheet.write_string(row, column + 1, str(who["name"]))
    sheet.write_string(row, column + 2, f"T{_whole(who['pole']).zfill(5)}")
    sheet.write_string(row, column + 3, str(who["tarif"]))
    sheet.write_number(row, column + 4, int(_whole(who["daya"])))


def _reader_log(directory: Path, rng: np.random.Generator, unit: _Unit) -> Written:
    """Write where readers stood, from an app that calls the latitude X (R-IM-06)."""
    told = Written(f"log baca {NOW}.csv", "")
    index = unit.members.index[rng.random(len(unit.members)) < 0.8]
    place, point = unit.members.loc[index], unit.points.loc[index]
    second = 7 * 3600 + (place["urut"].to_numpy() * 61) % 30_000
    frame = pd.DataFrame(
        {
            "KD_PETUGAS": place["officer"].to_numpy(),
            "TANGGAL_PEMBACAAN": read_date(NOW, place["hari"]).dt.strftime("%d/%m/%Y").to_numpy(),
            "JAM_PEMBACAAN": [f"{s // 3600:02d}:{s // 60 % 60:02d}:{s % 60:02d}" for s in second],
            "KOORDINAT_X": [f"{v:.6f}" for v in point["lat"]],
            "KOORDINAT_Y": [f"{v:.6f}" for v in point["lon"]],
            "IDPEL": index,
            "STAND_BACA": [_id(v) for v in unit.after.loc[index, NOW]],
        }
    )
    frame.to_csv(directory / told.file, sep="\t", index=False, lineterminator="\n")
    told.records = len(frame)
    return told
