"""What ordering is measured on: RBM of Kediri, TSPLIB instances, routes of a published solution.

Reads the shared data beside the project (RBMGEO_SHARED_DATA). The customers are made here; the
walks between them are those of the product's own walker, built once and kept in a temporary
folder (RBMGEO_BENCH_CACHE names another).
"""

import os
import re
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import geopandas as gpd
import numpy as np
import shapely

from bench.kept import digest
from rbmgeo.network.crossing import Crossing
from rbmgeo.network.streets import street_network
from rbmgeo.network.walking import Walker

BENCH = Path(__file__).parent
DATA = Path(os.environ.get("RBMGEO_SHARED_DATA", Path(__file__).parents[2] / "shared/data"))
CACHE = Path(
    os.environ.get("RBMGEO_BENCH_CACHE", Path(tempfile.gettempdir()) / "rbmgeo-bench-routes")
)
SRID = 32749
CUSTOMERS, RBM, SEED = 100_000, 300, 1
#: Proven optima (Reinelt, TSPLIB), closed, distances rounded to whole numbers.
OPTIMA = {"lin318": 42029, "fl417": 11861, "pr439": 107217, "rat575": 6773, "u574": 36905,
          "d657": 48912}  # fmt: skip
LEUVEN1 = 192_848


@dataclass(frozen=True)
class Case:
    """One matrix to order, open or closed, and the shortest length known where one is."""

    name: str
    matrix: np.ndarray
    closed: bool = False
    known: float | None = None


def kediri() -> tuple[list[np.ndarray], float]:
    """Return the matrices of every RBM, metres, and the processor seconds they took to build.

    From the lines of the streets on: the model, customers put on it, distances with crossings.
    """
    CACHE.mkdir(parents=True, exist_ok=True)
    code = digest([*(BENCH.parent / "rbmgeo/network").glob("*.py"), Path(__file__)])
    kept = CACHE / f"kediri-crossings-{CUSTOMERS}-{RBM}-{SEED}-{code}.npz"
    if not kept.exists():
        lines = gpd.read_file(DATA / "kediri_streets.gpkg").to_crs(SRID)
        houses = along_streets(lines, CUSTOMERS, np.random.default_rng(SEED))
        parts = split(houses, RBM)
        Walker(street_network(lines)).walk(
            gpd.GeoSeries(shapely.points(houses[parts[0]]), crs=SRID)
        )  # loads the machine code
        began = time.process_time()
        walker = Walker(street_network(lines), crossing=Crossing())
        made = [
            walker.walk(gpd.GeoSeries(shapely.points(houses[p]), crs=SRID)).matrix_m for p in parts
        ]
        spent = time.process_time() - began
        part = kept.with_suffix(".part.npz")
        np.savez(part, seconds=spent, **{f"m{k}": m for k, m in enumerate(made)})
        part.rename(kept)
    with np.load(kept) as file:
        return [file[f"m{k}"] for k in range(RBM)], float(file["seconds"])


def along_streets(lines: gpd.GeoDataFrame, count: int, rng: np.random.Generator) -> np.ndarray:
    """Set houses 4-15 m off the streets, every metre alike, but fewer along large roads."""
    large = lines["highway"].astype("str").str.contains("motorway|trunk|primary").to_numpy()
    weight = lines.length.to_numpy() * np.where(large, 0.3, 1.0)
    which = np.sort(rng.choice(len(lines), count, p=weight / weight.sum()))
    shape = lines.geometry.to_numpy()[which]
    at = rng.random(count) * shapely.length(shape)
    here = shapely.get_coordinates(shapely.line_interpolate_point(shape, at))
    ahead = shapely.get_coordinates(shapely.line_interpolate_point(shape, at + 1.0))
    ahead = np.where(np.hypot(*(ahead - here).T)[:, None] > 0, ahead, here + np.array([1.0, 0.0]))
    turn = np.arctan2(*(ahead - here).T[::-1]) + np.pi / 2 * rng.choice([-1, 1], count)
    off = rng.uniform(4, 15, count)
    return here + np.c_[np.cos(turn), np.sin(turn)] * off[:, None]


def split(xy: np.ndarray, parts: int) -> list[np.ndarray]:
    """Cut a set of points across its longer side again and again, into parts of one size."""

    def cut(rows: np.ndarray, into: int) -> Iterator[np.ndarray]:
        if into == 1:
            yield np.sort(rows)
            return
        axis = int(np.ptp(xy[rows], axis=0).argmax())
        by = rows[np.argsort(xy[rows, axis], kind="stable")]
        left = into // 2
        at = len(rows) * left // into
        yield from cut(by[:at], left)
        yield from cut(by[at:], into - left)

    return list(cut(np.arange(len(xy)), parts))


def tsplib() -> list[Case]:
    """Return the instances of TSPLIB with their optima."""
    return [
        Case(name, _rounded(_places(DATA / "routing" / f"{name}.tsp")), closed=True, known=best)
        for name, best in OPTIMA.items()
    ]


def leuven() -> list[Case]:
    """Return each route of the published solution of Leuven1, the depot its first row."""
    xy = _places(DATA / "routing" / "Leuven1.vrp")
    text = (DATA / "routing" / "Leuven1.sol").read_text()
    out = []
    for number, stops in re.findall(r"Route #(\d+):([\d ]+)", text):
        rows = np.array([0, *map(int, stops.split())])
        matrix = _rounded(xy[rows])
        published = matrix[np.arange(len(rows)), np.roll(np.arange(len(rows)), -1)].sum()
        out.append(Case(f"Leuven1 {number}", matrix, closed=True, known=float(published)))
    assert sum(c.known or 0 for c in out) == LEUVEN1
    return out


def _places(path: Path) -> np.ndarray:
    text = path.read_text()
    body = text[text.index("NODE_COORD_SECTION") :].splitlines()[1:]
    rows = []
    for line in body:
        cells = line.split()
        if len(cells) != 3 or not cells[0].isdigit():
            break
        rows.append((float(cells[1]), float(cells[2])))
    return np.array(rows)


def _rounded(xy: np.ndarray) -> np.ndarray:
    """Return EUC_2D distances of TSPLIB: to the nearest whole number."""
    return np.floor(np.hypot(*(xy[:, None] - xy[None]).transpose(2, 0, 1)) + 0.5)
