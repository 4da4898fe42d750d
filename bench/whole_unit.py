"""An invented unit with a year behind it, written straight into the tables: what every page reads.

Customers hang on poles of lines that leave each gardu in four directions; a quarter is prepaid.
Twelve months of lists, readings and reader logs, a matched run whose findings are invented (the
detector takes minutes), a survey plan with answers and proposals, a schedule, routes published
and a draft of them on the workbench, an event, a hand-off. Seed 1.
"""

from collections.abc import Iterator
from datetime import date

import numpy as np
import pandas as pd
import shapely
from sqlalchemy import text
from sqlalchemy.orm import Session

from bench.join import DEGREE_M, ULP, _wkb

#: Days that a month is read on, and readers.
DAYS, READERS = 20, 40
#: Between gardu, between poles, between streets.
GARDU_M, POLE_M, STREET_M = 250.0, 35.0, 100.0
#: Poles of one line; four lines leave each gardu.
POLES = 5
NEWEST = "202612"


def months() -> list[str]:
    """Return the twelve months, oldest first."""
    return [str(p).replace("-", "") for p in pd.period_range(end="2026-12", periods=12, freq="M")]


def fill(session: Session, customers: int) -> Iterator[str]:
    """Write the unit step by step; yield what was written."""
    from rbmgeo.db.queries import units

    units.ensure_unit(session, ulp=ULP, name="Rekaan")
    units.set_unit(session, ulp=ULP, utm_srid=32749)
    rng = np.random.default_rng(1)
    houses = network(session, rng, customers)
    yield "customers, gardu, poles, spans, streets"
    lists(session, rng, houses)
    yield "twelve months of lists and readings"


def network(
    session: Session, rng: np.random.Generator, customers: int, *, ulp: str = ULP,
    at_m: tuple[float, float] = (0.0, 0.0),
) -> pd.DataFrame:  # fmt: skip
    """Write gardu, poles, spans, streets and customers; return the customers with their place.

    ``at_m``: metres east and north of where the first unit begins.
    """
    from rbmgeo.db.bulk import copy_rows

    gardu = max(customers // 90, 4)
    wide = int(np.ceil(np.sqrt(gardu)))
    site = np.array([(k % wide, k // wide) for k in range(gardu)]) * GARDU_M
    site = site + rng.normal(0, 30, site.shape) + at_m
    codes = np.array([f"PD{k:05d}" for k in range(gardu)])
    copy_rows(session, "gardu", pd.DataFrame(
        {"ulp": ulp, "gardu": codes, "raw_code": codes, "without_master": False, "rating_kva": 160,
         "penyulang": [f"F{k % 12:02d}" for k in range(gardu)], "geom": _wkb(site)}))  # fmt: skip
    ways = np.array([(1, 0), (0, 1), (-1, 0), (0, -1)])
    g, way, n = (
        a.ravel() for a in np.meshgrid(range(gardu), range(4), range(1, POLES + 1), indexing="ij")
    )
    pole_xy = site[g] + ways[way] * n[:, None] * POLE_M
    tiang = np.array([f"{codes[a]}-{b + 1}{c}" for a, b, c in zip(g, way, n, strict=True)])
    copy_rows(session, "tiang", pd.DataFrame({"ulp": ulp, "tiang": tiang, "geom": _wkb(pole_xy)}))
    before = np.where((n > 1)[:, None], pole_xy - ways[way] * POLE_M, site[g])
    earlier = np.where(n > 1, np.roll(tiang, 1), codes[g])
    spans = shapely.linestrings(_degrees(np.stack([before, pole_xy], axis=1)))
    copy_rows(session, "jtr_span", pd.DataFrame(
        {"ulp": ulp, "span": [f"S{t}" for t in tiang], "gardu": codes[g], "jurusan": (way + 1).astype(str),
         "tiang_1": earlier, "tiang_2": tiang, "length_m": POLE_M, "geom": _hex(spans)}))  # fmt: skip
    _streets(session, ulp, wide * GARDU_M, at_m)
    on = rng.integers(0, len(tiang), customers)
    xy = pole_xy[on] + rng.normal(0, 12, (customers, 2))
    prepaid = rng.random(customers) < 0.25
    idpel = np.array([f"{ulp}{k:07d}" for k in range(customers)])
    copy_rows(session, "customer", pd.DataFrame(
        {"ulp": ulp, "idpel": idpel, "name": [f"Nama {k}" for k in range(customers)],
         "address": [f"Jl. Kenanga {k % 500}" for k in range(customers)], "tarif": "R1", "daya_va": 900,
         "meter_number": [f"M{k}" for k in range(customers)], "coordinate_quality": "ok", "point_source": "gis",
         "jenis_layanan": np.where(prepaid, "pra", "pasca"), "dibaca_oleh": np.where(prepaid, "tidak", "vendor"),
         "geom": _wkb(xy)}))  # fmt: skip
    recorded = np.where(rng.random(customers) < 0.05, (g[on] + 1) % gardu, g[on])
    told = rng.random(customers) > 0.015
    copy_rows(session, "pdpj", pd.DataFrame(
        {"ulp": ulp, "idpel": idpel, "line": "", "valid_from": "2025-01-01", "gardu": codes[recorded],
         "raw_gardu": codes[recorded], "tiang": tiang[on], "jurusan": (way[on] + 1).astype(str),
         "source": "pdpj", "conflict": False, "active": True})[told])  # fmt: skip
    return pd.DataFrame({"idpel": idpel, "x": xy[:, 0], "y": xy[:, 1], "prepaid": prepaid})


def _streets(session: Session, ulp: str, side_m: float, at_m: tuple[float, float]) -> None:
    from rbmgeo.db.bulk import copy_rows

    at = np.arange(-GARDU_M, side_m + GARDU_M, STREET_M)
    x, y = (a.ravel() for a in np.meshgrid(at, at))
    here = np.column_stack([x, y]) + at_m
    lines = np.concatenate(
        [np.stack([here, here + step], axis=1) for step in ((STREET_M, 0), (0, STREET_M))]
    )
    copy_rows(session, "street", pd.DataFrame(
        {"ulp": ulp, "highway": "residential", "geom": _hex(shapely.linestrings(_degrees(lines)))}))  # fmt: skip


def lists(
    session: Session, rng: np.random.Generator, houses: pd.DataFrame, *, ulp: str = ULP,
    blths: "list[str] | None" = None, logs: bool = True,
) -> None:  # fmt: skip
    """Write calendar, batches, and of every month list, readings and tokens, and logs."""
    from rbmgeo.db.bulk import copy_rows, month_exists, new_month

    read = houses[~houses["prepaid"] & (rng.random(len(houses)) > 0.015)]
    read = read.iloc[np.lexsort((read["y"], read["x"] // 250))]
    sizes = rng.integers(150, 600, len(read) // 150 + 1)
    sizes[0] = 600
    rbm = np.repeat(np.arange(len(sizes)), sizes)[: len(read)]
    urut = pd.Series(rbm).groupby(rbm).cumcount().to_numpy() + 1
    day = np.array([f"{rbm_no % DAYS + 1:02d}" for rbm_no in rbm])
    reader = np.array([f"P-{rbm_no % READERS + 1:02d}" for rbm_no in rbm])
    listed = pd.DataFrame(
        {"ulp": ulp, "idpel": read["idpel"].to_numpy(), "source": "dpm", "rbm": [f"{ulp}R{k:04d}" for k in rbm],
         "urut": urut, "sisipan": 0, "hari_baca": day, "officer": reader})  # fmt: skip
    names = pd.DataFrame({"ulp": ulp, "officer": sorted(set(reader))})
    copy_rows(session, "officer", names)
    used = pd.DataFrame({"ulp": ulp, "idpel": houses["idpel"], "line": "", "daya_va": 900, "active": True,
                         "source": np.where(houses["prepaid"], "token", "dpm")})  # fmt: skip
    of = used["idpel"].map(listed.set_index("idpel")["officer"])
    lonlat = _degrees(houses[["x", "y"]].to_numpy())
    for number, blth in enumerate(blths or months()):
        batch = session.scalar(
            text(
                "INSERT INTO import_batch (ulp, sha256, file_name, kind, profile, blth, read, good, rejected, "
                "skipped, imported_by) VALUES (:u, :s, :f, 'dpm', 'ap2t-dpm', :b, :n, :n, 0, 0, 'bench') "
                "RETURNING batch_id"
            ),
            {"u": ulp, "s": f"{blth:0>64}", "f": f"DPM_{blth}.csv", "b": blth, "n": len(listed)},
        )
        dates = pd.date_range(f"{blth[:4]}-{blth[4:]}-01", periods=DAYS)
        copy_rows(session, "calendar", pd.DataFrame(
            {"ulp": ulp, "blth": blth, "hari_baca": [f"{d + 1:02d}" for d in range(DAYS)],
             "read_on": dates.date.astype(str)}))  # fmt: skip
        there = listed[rng.random(len(listed)) > 0.002]
        copy_rows(session, "rbm_list", there.assign(blth=blth, line="", batch_id=batch))
        kwh = np.round(rng.gamma(4, 25, len(used)), 2)
        stand = np.cumsum(kwh)[0] + number * 100 + kwh
        rows = used.assign(blth=blth, kwh=kwh, previous_stand_kwh=number * 100, stand_kwh=stand, batch_id=batch,
                           officer=of, read_on=str(dates[0].date()))  # fmt: skip
        # The newest month is half read: the page of who was read is looked at then.
        if blth == NEWEST:
            rows = rows[rng.random(len(rows)) < 0.5]
        if month_exists(session, blth=blth):  # of another unit
            copy_rows(session, "reading", rows)
        else:
            new_month(session, blth=blth, rows=rows)
        if logs:
            told = _logs(ulp, blth, houses["idpel"], lonlat, of, stand, listed, dates, rng)
            copy_rows(session, "reader_log", told)
    session.execute(
        text("UPDATE customer SET batch_id = :b WHERE ulp = :u"), {"b": batch, "u": ulp}
    )


def _logs(
    ulp: str, blth: str, idpel: pd.Series, lonlat: np.ndarray, of: pd.Series, stand: np.ndarray,
    listed: pd.DataFrame, dates: pd.DatetimeIndex, rng: np.random.Generator,
) -> pd.DataFrame:  # fmt: skip
    """Return a month's log of six in ten: each on the day of its RBM, 45 seconds a house."""
    place = listed.set_index("idpel").reindex(idpel)
    day = dates.to_numpy()[place["hari_baca"].fillna("01").astype(int).to_numpy() - 1]
    seconds = 7 * 3600 + 45 * place["urut"].fillna(1).to_numpy(float)
    at = pd.Series(day + pd.to_timedelta(seconds, unit="s"))
    logs = pd.DataFrame({"ulp": ulp, "idpel": idpel, "blth": blth, "officer": of, "stand_kwh": stand,
                         "read_at": at.dt.strftime("%Y-%m-%d %H:%M:%S+07"), "accuracy_m": 6.0,
                         "lbkb_code": np.where(rng.random(len(idpel)) < 0.01, "D", None),
                         "geom": _hex(shapely.points(lonlat))})  # fmt: skip
    return logs[of.notna().to_numpy() & (rng.random(len(logs)) < 0.6)]


def _degrees(xy: np.ndarray) -> np.ndarray:
    return np.array([112.69, -7.65]) + xy / DEGREE_M


def _hex(shapes: np.ndarray) -> np.ndarray:
    return shapely.to_wkb(shapely.set_srid(shapes, 4326), hex=True, include_srid=True)


def first_day() -> date:
    """Return the first day of the newest month."""
    return date(int(NEWEST[:4]), int(NEWEST[4:]), 1)
