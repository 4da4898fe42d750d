"""Invent a unit and write its files; what is true goes to ``truth/`` and nowhere else."""

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd

from rbmgeo.geo import degrees_of_metres, metres_xy, utm_srid
from rbmgeo.sample import files
from rbmgeo.sample.grid import Grid
from rbmgeo.sample.honesty import Honesty, measure
from rbmgeo.sample.lists import monthly_kwh, stands, todays_rbms
from rbmgeo.sample.params import SampleParams
from rbmgeo.sample.people import settle
from rbmgeo.sample.planted import Recorded, plant

NOTICE = (
    "DATA CONTOH (REKAAN). Semua nama, alamat, nomor, dan angka di folder ini dibuat oleh program.\n"
    "INVENTED SAMPLE DATA. Every name, address, number and figure here was made by a program.\n"
)


def make_sample(
    directory: Path, params: SampleParams, progress: Callable[[str, int, int], None] | None = None
) -> Honesty:
    """Write an invented unit into ``directory`` and return how honest it is.

    The same parameters give the same bytes. Files: ``dpm/``, ``pdpj/``, ``gis/``,
    ``reader_log/``, ``token/``, ``piutang/``, ``prabayar/``, ``kalender/`` and, if asked
    for, ``gardu_meter/``; apart in ``truth/`` what is true and every planted error.
    """
    tell = progress or (lambda step, done, total: None)
    rng = np.random.default_rng(params.seed)
    tell("kota / town", 0, 4)
    streets, poles, grid, people = settle(rng, params)
    codes = np.array([f"PD{n:04d}" for n in rng.permutation(len(grid.site)) + 1])
    tell("daftar / lists", 1, 4)
    members = todays_rbms(rng, people, params.ulp)
    used = monthly_kwh(rng, people)
    read = stands(rng, used[~people["prepaid"]])
    to_degrees = _degrees(params)
    recorded = _recorded(rng, people, grid, codes, members, to_degrees)
    plant(rng, params, people, grid, codes, recorded)
    tell("berkas / files", 2, 4)
    directory.mkdir(parents=True, exist_ok=True)
    (directory / "BACA_SAYA.txt").write_text(NOTICE, encoding="utf-8")
    context = files.Context(directory, params, people, codes, poles, grid, streets, to_degrees)
    files.write_dpm(context, rng, members[members.index.isin(recorded.listed)], read, recorded)
    files.write_pdpj(context, recorded)
    files.write_gis(context, rng, recorded)
    files.write_reader_log(context, rng, members, read, recorded)
    files.write_tokens(context, used[people["prepaid"]])
    files.write_receivables(context, rng, read)
    files.write_orders(context, rng)
    files.write_calendar(context)
    if params.gardu_meters:
        files.write_meters(context, rng, used)
    honesty = measure(people, grid, members, used)
    _write_truth(directory / "truth", people, codes, members, recorded, honesty)
    tell("berkas / files", 4, 4)
    return honesty


def _degrees(params: SampleParams) -> Callable[[np.ndarray], np.ndarray]:
    """Return how metres about the middle become lon and lat."""
    srid = utm_srid(*params.at)
    x, y = metres_xy([params.at[0]], [params.at[1]], srid)

    def convert(xy: np.ndarray) -> np.ndarray:
        return degrees_of_metres(xy[:, 0] + x[0], xy[:, 1] + y[0], srid)

    return convert


def _recorded(
    rng: np.random.Generator, people: pd.DataFrame, grid: Grid, codes: np.ndarray,
    members: pd.DataFrame, to_degrees: Callable[[np.ndarray], np.ndarray],
) -> Recorded:  # fmt: skip
    """Say what the records would hold if nobody had erred: PDPJ, the list, the GIS points."""
    jurusan = grid.jurusan[people["pole"]]
    pdpj = pd.DataFrame(
        {
            "gardu": codes[people["gardu"]],
            "jurusan": [chr(64 + max(j, 1)) for j in jurusan],
            "tiang": [f"T{p:05d}" for p in people["pole"]],
            "start": pd.to_datetime("2015-01-01") + pd.to_timedelta(rng.integers(0, 3000, len(people)), unit="D"),
        },
        index=people.index,
    )  # fmt: skip
    noisy = people[["x", "y"]].to_numpy() + rng.normal(0, 5, (len(people), 2))
    lonlat = to_degrees(noisy)
    points = pd.DataFrame({"lat": lonlat[:, 1], "lon": lonlat[:, 0]}, index=people.index)
    return Recorded(pdpj, members.index, points[rng.random(len(people)) < 0.86])


def _write_truth(
    folder: Path, people: pd.DataFrame, codes: np.ndarray, members: pd.DataFrame,
    recorded: Recorded, honesty: Honesty,
) -> None:  # fmt: skip
    folder.mkdir(exist_ok=True)
    true = people.assign(gardu=codes[people["gardu"]], tiang=[f"T{p:05d}" for p in people["pole"]])
    kept = ["x", "y", "gardu", "tiang", "prepaid", "pln", "daya"]
    true[kept].round(2).sort_index().to_csv(folder / "customers.csv", lineterminator="\n")
    members.sort_index().to_csv(folder / "rbm.csv", lineterminator="\n")
    columns = ["idpel", "kind", "recorded", "true"]
    planted = pd.DataFrame(recorded.planted, columns=columns)
    planted.to_csv(folder / "planted.csv", index=False, lineterminator="\n")
    (folder / "honesty.json").write_text(
        json.dumps(honesty.as_dict(), indent=2) + "\n", encoding="utf-8"
    )
