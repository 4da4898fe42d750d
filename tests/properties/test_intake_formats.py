"""One list in any format: the same rows good, refused and skipped, the same kWh; places likewise."""

import gzip
import html
import zipfile
from decimal import Decimal
from xml.sax.saxutils import escape

import numpy as np
import openpyxl
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rbmgeo.intake import check as checking
from rbmgeo.intake import positions
from rbmgeo.intake.check import check
from rbmgeo.intake.pieces import together
from rbmgeo.intake.places import places_in_use
from rbmgeo.intake.profiles import choose
from rbmgeo.intake.readers import open_file
from rbmgeo.settings import UnitSettings

NAMES = ["BLTH", "IDPEL", "KODERBM", "PEMKWH"]
GOOD = st.integers(1, 9).map("51354000000{}".format)
BAD = st.sampled_from(["", "5.1E+11", "12", "51354OOOOOO1", "JUMLAH"])
KWH = st.decimals(0, 99999, places=2).map(
    lambda d: f"{d:,.2f}".translate(str.maketrans(",.", ".,"))
)
ROWS = st.lists(
    st.tuples(
        st.sampled_from(["202405", "052024"]), st.one_of(GOOD, BAD),
        st.sampled_from(["51354BAA", "51354bab"]), st.one_of(KWH, st.just("")),
    ),
    min_size=1, max_size=25,
)  # fmt: skip


def as_text(sign, encoding="utf-8"):
    def write(path, rows):
        body = "\n".join(sign.join(r) for r in [NAMES, *rows]) + "\n"
        path.write_bytes(body.encode(encoding))

    return write


def as_gzip(path, rows):
    path.write_bytes(gzip.compress(("\n".join(";".join(r) for r in [NAMES, *rows])).encode()))


def as_book(path, rows):
    made = openpyxl.Workbook()
    for row in [NAMES, *rows]:
        made.active.append(row)
    made.save(path)


def as_page(path, rows):
    cells = "".join(
        "<tr>" + "".join(f"<td>{html.escape(c)}</td>" for c in r) + "</tr>" for r in [NAMES, *rows]
    )
    path.write_text(f"<html><table>{cells}</table></html>")


def as_sheet_xml(path, rows):
    cells = "".join(
        "<Row>" + "".join(f"<Cell><Data ss:Type='String'>{escape(c)}</Data></Cell>" for c in r) + "</Row>"
        for r in [NAMES, *rows]
    )  # fmt: skip
    space = "urn:schemas-microsoft-com:office:spreadsheet"
    path.write_text(
        f"<?xml version='1.0'?><Workbook xmlns='{space}' xmlns:ss='{space}'>"
        f"<Worksheet ss:Name='x'><Table>{cells}</Table></Worksheet></Workbook>"
    )


def as_zip(path, rows):
    inner = path.with_name("dpm.csv")
    as_text(";")(inner, rows)
    with zipfile.ZipFile(path, "w") as archive:
        archive.write(inner, "dpm.csv")
    inner.unlink()


FORMATS = {
    "a.csv": as_text(";"), "tab.csv": as_text("\t"), "wide.csv": as_text("|", "utf-16"),
    "a.csv.gz": as_gzip, "a.xlsx": as_book, "page.xls": as_page, "old.xls": as_sheet_xml,
    "a.zip": as_zip,
}  # fmt: skip


def accounted(path):
    """Counts and kWh of a file, as the importer takes it in, piece by piece."""
    counts, kwh = np.zeros(4, int), Decimal(0)
    for source in open_file(path):
        profile = choose(source.head, name="ap2t-dpm")
        for table in together(source, checking.key_of(profile, source.head)):
            done = check(table, profile)
            assert done.read == done.good + len(done.rejects) + done.skipped
            counts += [done.read, done.good, len(done.rejects), done.skipped]
            told = [*done.rows["kwh"], *done.rejects["kwh"]]
            kwh += sum((Decimal(v) for v in told if isinstance(v, str)), Decimal(0))
    return counts.tolist(), kwh


@given(rows=ROWS, name=st.sampled_from(sorted(FORMATS)))
def test_a_list_in_any_format_is_accounted_for_alike(tmp_path_factory, rows, name):
    path = tmp_path_factory.mktemp("f") / name
    FORMATS[name](path, [list(r) for r in rows])
    counts, kwh = accounted(path)
    frame = pd.DataFrame(rows, columns=NAMES).assign(BLTH="202405")
    good = frame["IDPEL"].str.fullmatch("[0-9]{12}")
    again = good & frame.assign(KODERBM=frame["KODERBM"]).duplicated()
    assert counts == [len(rows), int((good & ~again).sum()), int((~good).sum()), int(again.sum())]
    told = frame[~again & (frame["IDPEL"] != "JUMLAH")]["PEMKWH"]
    exact = sum((Decimal(v.replace(".", "").replace(",", ".")) for v in told if v), Decimal(0))
    assert kwh == exact


def houses(n, decimals, seed):
    """Random houses of a unit of some 10 km, as a device writes them."""
    dice = np.random.default_rng(seed)
    lat, lon = dice.normal(-7.65, 0.02, n), dice.normal(112.69, 0.02, n)
    return [f"{v:.{decimals}f}" for v in lat], [f"{v:.{decimals}f}" for v in lon]


def told_places(path, lat, lon):
    lines = [f"51354{n:07d};{a};{o}" for n, (a, o) in enumerate(zip(lat, lon, strict=True))]
    path.write_text("\n".join(["IDPEL;LAT;LON", *lines]) + "\n")
    source = open_file(path)[0]
    profile = choose(source.head, name="generic")
    watched, dragged = positions.watch(source, profile)
    done = check(watched.whole(), profile, dragged=dragged)
    assert done.rejects.empty
    return done.places.assign(idpel=done.rows["idpel"])


@pytest.mark.parametrize("decimals", [5, 6, 7, 10, 14])
@pytest.mark.parametrize("seed", range(3))
def test_no_good_house_is_thrown_out(tmp_path, decimals, seed):
    lat, lon = houses(4000, decimals, seed)
    told = told_places(tmp_path / "a.csv", lat, lon)
    assert told["lat"].notna().all()
    assert (told["quality"] == "ok").mean() > 0.995
    frame = told.assign(source="gis", position="house", month=None)
    done = places_in_use(frame, UnitSettings(), 32749).frame
    assert done["lon"].notna().all()


@given(
    start=st.integers(0, 150), length=st.integers(8, 60), seed=st.integers(0, 99),
    step=st.sampled_from([1e-6, -1e-6, 1e-5, 1.0, -1.0]), axis=st.sampled_from(["lat", "lon", "both"]),
)  # fmt: skip
def test_a_dragged_column_is_no_place_and_spoils_no_other(
    tmp_path_factory, start, length, seed, step, axis
):
    lat, lon = houses(220, 6, seed)
    for n in range(length):
        if axis in ("lat", "both"):
            lat[start + n] = f"{float(lat[start]) + n * step:.6f}"
        if axis in ("lon", "both"):
            lon[start + n] = f"{float(lon[start]) + n * step:.6f}"
    told = told_places(tmp_path_factory.mktemp("d") / "a.csv", lat, lon)
    inside = np.arange(len(told)) - start
    run = (inside >= 0) & (inside < length)
    assert told["lat"][run].isna().all()
    assert told["lat"][~run].notna().all()
    assert (told["quality"] == "R-IM-12-deret")[run].any()
