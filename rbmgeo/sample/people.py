"""Houses along the streets and the customers in them, as they truly are."""

from typing import Any

import numpy as np
import pandas as pd

from rbmgeo.sample.grid import Grid, Houses, Poles, grow_grid, set_poles
from rbmgeo.sample.params import SampleParams
from rbmgeo.sample.streets import PLOT_M, Streets, grow_streets

#: Plots with several customers (rows of rooms, shophouses, back houses), and how many more.
SHARED, ON_SHARED = 0.18, 3.0
DAYA = np.array([450, 900, 1300, 2200, 3500, 5500, 10600, 23000, 41500])
SHARE = np.array([0.27, 0.36, 0.2, 0.08, 0.035, 0.025, 0.016, 0.010, 0.004])
FIRST = [
    "Adi",
    "Agus",
    "Ahmad",
    "Anik",
    "Ayu",
    "Budi",
    "Dewi",
    "Dian",
    "Eko",
    "Endah",
    "Fitri",
    "Hadi",
    "Hendra",
    "Ida",
    "Indah",
    "Joko",
    "Kartini",
    "Lestari",
    "Mulyono",
    "Nur",
    "Parti",
    "Rini",
    "Slamet",
    "Sri",
    "Suharti",
    "Sutrisno",
    "Tri",
    "Wahyu",
    "Wati",
    "Yanto",
    "Zainal",
]
LAST = [
    "Astuti",
    "Hariyanto",
    "Hidayat",
    "Kurniawan",
    "Kusuma",
    "Lestari",
    "Mulyadi",
    "Nugroho",
    "Prasetyo",
    "Pratama",
    "Purnomo",
    "Rahayu",
    "Saputra",
    "Santoso",
    "Setiawan",
    "Siswanto",
    "Sulastri",
    "Susanto",
    "Utami",
    "Wibowo",
    "Widodo",
    "Wijaya",
]
STREETS = [
    "Anggrek",
    "Bougenvil",
    "Cempaka",
    "Dahlia",
    "Flamboyan",
    "Kamboja",
    "Kenanga",
    "Mawar",
    "Melati",
    "Nusa",
    "Indah",
    "Sakura",
    "Seruni",
    "Teratai",
    "Tulip",
    "Wijayakusuma",
]


def settle(
    rng: np.random.Generator, params: SampleParams
) -> tuple[Streets, Poles, Grid, pd.DataFrame]:
    """Build the town and return its customers.

    The frame has index idpel and columns ``x``, ``y`` (metres), ``edge``, ``along`` (metres
    from its start), ``side``, ``pole``, ``gardu`` (numbers), ``daya``, ``tarif``,
    ``prepaid``, ``pln``, ``name``, ``address``, ``meter``.
    """
    streets = grow_streets(rng, int(params.customers * 1.196 / (1 + SHARED * ON_SHARED)) + 60)
    poles = set_poles(rng, streets)
    houses = _houses(rng, streets, poles, params.customers)
    homes = Houses(houses[["x", "y"]].to_numpy(), houses["pole"].to_numpy())
    grid = grow_grid(rng, poles, homes)
    both = grid.second[houses["pole"]] >= 0
    other = both & (rng.random(len(houses)) < 0.2)
    gardu = np.where(other, grid.second[houses["pole"]], grid.gardu[houses["pole"]])
    people = houses.assign(gardu=gardu, **_contracts(rng, params, len(houses)))
    people.index = pd.Index(_idpels(rng, params.ulp, len(people)), name="idpel")
    return streets, poles, grid, people


def _houses(rng: np.random.Generator, streets: Streets, poles: Poles, wanted: int) -> pd.DataFrame:
    """Build on plots along both sides of the streets; keep ``wanted`` of them, by street."""
    parts = []
    lengths = streets.lengths_m()
    for edge, ((a, b), length) in enumerate(zip(streets.edges, lengths, strict=True)):
        start, way = streets.nodes[a], (streets.nodes[b] - streets.nodes[a]) / length
        for side in (-1, 1):
            along = np.arange(6, length - 5, PLOT_M) + rng.normal(
                0, 1.2, len(np.arange(6, length - 5, PLOT_M))
            )
            along = along[rng.random(len(along)) < streets.dense[edge]]
            if not len(along):
                continue
            off = rng.uniform(6, 11, len(along)) * side
            xy = start + way * along[:, None] + np.array([-way[1], way[0]]) * off[:, None]
            row = np.array(poles.of_edge[edge])
            at = np.linspace(0, length, len(row))
            pole = row[np.abs(along[:, None] - at[None]).argmin(axis=1)]
            parts.append(
                np.c_[xy, np.full(len(along), edge), along, np.full(len(along), side), pole]
            )
    columns = ["x", "y", "edge", "along", "side", "pole"]
    built = pd.DataFrame(np.concatenate(parts), columns=columns)
    built = built.astype({"edge": int, "side": int, "pole": int})
    shared = rng.random(len(built)) < SHARED
    extra = np.where(shared, rng.geometric(1 / ON_SHARED, len(built)), 0)
    doubled = built.loc[built.index.repeat(extra)]
    doubled = doubled.assign(
        x=doubled["x"] + rng.normal(0, 2, len(doubled)),
        y=doubled["y"] + rng.normal(0, 2, len(doubled)),
    )
    everyone = pd.concat([built, doubled], ignore_index=True)
    while len(everyone) < wanted:  # upper floors and back houses
        more = everyone.iloc[: wanted - len(everyone)]
        everyone = pd.concat(
            [everyone, more.assign(x=more["x"] + rng.normal(0, 3, len(more)))], ignore_index=True
        )
    keep = np.sort(rng.permutation(len(everyone))[:wanted])
    return everyone.iloc[keep].reset_index(drop=True)


def _contracts(rng: np.random.Generator, params: SampleParams, n: int) -> dict[str, Any]:
    daya = rng.choice(DAYA, n, p=SHARE)
    group = np.where(
        daya >= 10600,
        rng.choice(["B2", "I1", "S2", "P1"], n),
        np.where(
            rng.random(n) < 0.08,
            "B1",
            np.where(
                daya > 2200, "R2", np.where((daya == 900) & (rng.random(n) < 0.5), "R1M", "R1")
            ),
        ),
    )
    prepaid = (rng.random(n) < params.prepaid / max(1 - SHARE[-3:].sum(), 0.1)) & (daya < 10600)
    street = rng.integers(0, len(STREETS), n)
    return {
        "daya": daya, "tarif": np.where(prepaid, np.char.add(group.astype(str), "T"), group),
        "prepaid": prepaid, "pln": daya > 33_000,
        "name": [f"{FIRST[a]} {LAST[b]}" for a, b in zip(rng.integers(0, len(FIRST), n), rng.integers(0, len(LAST), n), strict=True)],
        "address": [f"Jl. {STREETS[s]} No. {k} (rekaan)" for s, k in zip(street, rng.integers(1, 190, n), strict=True)],
        "meter": [f"{k:011d}" for k in rng.choice(10**10, n, replace=False) + 14 * 10**9],
    }  # fmt: skip


def _idpels(rng: np.random.Generator, ulp: str, n: int) -> list[str]:
    digits = "".join(c if c.isdigit() else "9" for c in ulp)
    numbers = np.sort(rng.choice(5_000_000, n, replace=False)) + 1_000_000
    return [f"{digits}{k:07d}" for k in rng.permutation(numbers)]
