"""Detection on a large unit: processor seconds and peak memory, on one thread.

`make bench-matching LARGE=100000` makes an invented unit of so many customers, plants errors
into its records and runs `detect` as the matching does, groups and evidence included. The unit
is made in a process of its own; the peak is that of the one that detects, and what it held
before stands beside it.
"""

import os
import resource
import time
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from bench.towns import Case, case, invented
from rbmgeo.matching.detector.detect import Context, detect

#: Metres of a zone of the Indonesian south; any would do.
CRS = 32749


def main() -> None:
    """Print one line a tier."""
    customers = int(os.environ["LARGE"])
    with ProcessPoolExecutor(1, get_context("spawn")) as pool:
        c = pool.submit(made, customers).result()
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    for tier in os.environ.get("TIERS", "T1+,T2").split(","):
        points, recorded, gardu, context = tables(c, lines=tier != "T1+")
        began = time.process_time()
        found = detect(points, recorded, gardu, context).frame
        seconds = time.process_time() - began
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        wrong = pd.Series(c.wrong, points.index)
        first = found["p"].sort_values(ascending=False, kind="stable").index[: int(wrong.sum())]
        print(
            f"{tier}: {len(points)} customers, {len(gardu)} gardu: {seconds:.0f} processor seconds, "
            f"peak {peak:.0f} MB ({before:.0f} MB before), precision at k {wrong[first].mean():.3f}",
            flush=True,
        )


def made(customers: int) -> Case:
    """Return the unit with its errors."""
    return case(invented(customers), seed=1, mix="60/20/20", rate=0.05, gps_m=10.0)


def tables(c: Case, *, lines: bool) -> tuple[gpd.GeoSeries, pd.Series, gpd.GeoDataFrame, Context]:
    """Return a case as the tables that `detect` takes."""
    town = c.town
    index = pd.Index([f"5135{i:08d}" for i in range(len(c.xy))], name="idpel")
    codes = np.array([f"G{k:05d}" for k in range(len(town.site))])
    gardu = gpd.GeoDataFrame(
        {"penyulang": None, "rating_kva": town.kva, "without_master": False},
        index=pd.Index(codes, name="gardu"), geometry=gpd.points_from_xy(*town.site.T), crs=CRS,
    )  # fmt: skip
    known = c.tag >= 0
    ends = np.stack([town.start[known], town.end[known]], axis=1)
    jtr = gpd.GeoDataFrame(
        {"gardu": codes[c.tag[known]]}, geometry=shapely.linestrings(ends), crs=CRS
    )
    context = Context(
        walk=pd.DataFrame({"rbm": c.rbm, "place": c.walk}, index=index),
        load=pd.Series(town.load, index), jtr=jtr if lines else None,
    )  # fmt: skip
    points = gpd.GeoSeries(gpd.points_from_xy(*c.xy.T), index, crs=CRS)
    return points, pd.Series(codes[c.recorded], index), gardu, context


if __name__ == "__main__":
    main()
