"""Errors as the field makes them, planted in what the files say; the truth is kept apart."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from rbmgeo.sample.grid import Grid
from rbmgeo.sample.params import SampleParams


@dataclass
class Recorded:
    """What the files will say: the PDPJ rows, the customers on the list, the GIS points.

    ``planted`` notes every error: idpel, kind, detail, recorded, true.
    """

    pdpj: pd.DataFrame
    listed: pd.Index
    points: pd.DataFrame
    planted: list[dict[str, str]] = field(default_factory=list)

    def note(self, idpels: "pd.Index | list[str]", kind: str, recorded: Any, true: Any) -> None:
        """Remember errors of one kind."""
        said, was = np.broadcast_to(recorded, len(idpels)), np.broadcast_to(true, len(idpels))
        self.planted += [
            {"idpel": str(i), "kind": kind, "recorded": str(r), "true": str(t)}
            for i, r, t in zip(idpels, said, was, strict=True)
        ]


def plant(
    rng: np.random.Generator, params: SampleParams, people: pd.DataFrame, grid: Grid,
    codes: np.ndarray, recorded: Recorded,
) -> None:  # fmt: skip
    """Plant errors of every kind, ``params.errors`` of the customers on a wrong gardu."""
    if params.errors == 0:
        return
    _wrong_gardu(rng, params, people, grid, codes, recorded)
    n = len(people)
    spoiled = [p["idpel"] for p in recorded.planted]
    left = people.index.difference(spoiled).to_numpy(object)
    free = [str(i) for i in rng.permutation(left)]

    def take(share: float) -> "pd.Index[str]":
        """Take customers who have no error yet: two on one record would hide each other."""
        count = max(1, int(share * params.errors * n))
        return pd.Index([free.pop() for _ in range(min(count, len(free)))], dtype="str")

    _variants(take(0.6), recorded, rng)
    _typos(take(0.03), recorded)
    _doubles(take(0.06), recorded, codes, rng)
    missing = take(0.12)
    recorded.pdpj = recorded.pdpj.drop(index=missing)
    recorded.note(missing.intersection(recorded.listed), "hanya_rbm", "", "")
    recorded.note(missing.difference(recorded.listed), "tanpa_pdpj", "", "")
    absent = recorded.listed.intersection(take(0.15))
    recorded.listed = recorded.listed.difference(absent)
    recorded.note(absent, "hanya_pdpj", "", "")
    _bad_points(take, recorded)
    _former(rng, max(1, int(0.06 * params.errors * n)), recorded)


def _wrong_gardu(
    rng: np.random.Generator, params: SampleParams, people: pd.DataFrame, grid: Grid,
    codes: np.ndarray, recorded: Recorded,
) -> None:  # fmt: skip
    """Book customers on a neighbouring (60 %), any (20 %) or, by branches, an old gardu (20 %)."""
    n, true = len(people), people["gardu"].to_numpy()
    wrong = int(params.errors * n)
    picked = rng.permutation(n)
    site, xy = grid.site, people[["x", "y"]].to_numpy()
    feeding = np.unique(true)
    booked: dict[str, str] = {}
    for rank, i in enumerate(picked[: int(0.8 * wrong)]):
        neighbour = rank < int(0.6 * wrong)
        if neighbour:
            away = np.hypot(*(site[feeding] - xy[i]).T)
            near = feeding[np.argsort(away)[:4]]
            choice = rng.choice(near[near != true[i]])
        else:
            choice = rng.choice(feeding[feeding != true[i]])
        idpel = people.index[i]
        booked[idpel] = codes[choice]
        recorded.note(
            [idpel], "gardu_tetangga" if neighbour else "gardu_acak", codes[choice], codes[true[i]]
        )
    recorded.pdpj.loc[list(booked), "gardu"] = list(booked.values())
    branch = (
        people["gardu"].astype(str)
        + "-"
        + pd.Series(grid.jurusan[people["pole"]], people.index).astype(str)
    )
    sizes = branch.value_counts().sort_index()
    candidates = sizes[(sizes >= 5) & (sizes <= 25)].index.to_numpy()
    left = wrong - int(0.8 * wrong)
    for name in rng.permutation(candidates):
        if left <= 0:
            break
        spoiled = [p["idpel"] for p in recorded.planted]
        members = people.index[branch == name].difference(spoiled)
        if members.empty:
            continue
        g = int(name.split("-")[0])
        middle = people.loc[members, ["x", "y"]].mean().to_numpy()
        away = np.hypot(*(site[feeding] - middle).T)
        near = feeding[np.argsort(away)]
        old = near[near != g][0]
        recorded.pdpj.loc[members, "gardu"] = codes[old]
        recorded.note(members, "blok_pindah", codes[old], codes[g])
        left -= len(members)


def _variants(idpels: pd.Index, recorded: Recorded, rng: np.random.Generator) -> None:
    """Spell a gardu code as people do: with a space, a hyphen, small letters."""
    there = idpels.intersection(recorded.pdpj.index)
    was = recorded.pdpj.loc[there, "gardu"]
    kind = rng.integers(0, 3, len(there))
    said = [
        [f"{c[:2]} {c[2:]}", f"{c[:2]}-{c[2:]}", c.lower()][k]
        for c, k in zip(was, kind, strict=True)
    ]
    recorded.pdpj.loc[there, "gardu"] = said
    recorded.note(there, "ejaan_gardu", said, was.tolist())


def _typos(idpels: pd.Index, recorded: Recorded) -> None:
    """Write an IDPEL with two digits exchanged, or one lost."""
    there = idpels.intersection(recorded.pdpj.index)
    said = [
        i[:7] + i[8] + i[7] + i[9:] if k % 2 and i[7] != i[8] else i[:-1]
        for k, i in enumerate(there)
    ]
    recorded.pdpj = recorded.pdpj.rename(index=dict(zip(there, said, strict=True)))
    recorded.note(there, "salah_ketik_idpel", said, there.tolist())


def _doubles(
    idpels: pd.Index, recorded: Recorded, codes: np.ndarray, rng: np.random.Generator
) -> None:
    """List a customer twice: half of them identically, half on another gardu."""
    there = idpels.intersection(recorded.pdpj.index)
    again = recorded.pdpj.loc[there].copy()
    other = np.arange(len(there)) % 2 == 1
    again.loc[other, "gardu"] = [
        rng.choice(codes[codes != now]) for now in again.loc[other, "gardu"]
    ]
    recorded.pdpj = pd.concat([recorded.pdpj, again])
    recorded.note(there, "ganda", again["gardu"].tolist(), "")


def _former(rng: np.random.Generator, count: int, recorded: Recorded) -> None:
    """Keep records of customers who are long gone: a number of today's unit, an old gardu."""
    known = set(recorded.pdpj.index)
    stem = next(iter(known))[:5]
    numbers = (f"{stem}{k:07d}" for k in rng.integers(1_000_000, 9_999_999, 4 * count + 50))
    gone = [i for i in dict.fromkeys(numbers) if i not in known][:count]
    old = recorded.pdpj.iloc[rng.integers(0, len(recorded.pdpj), len(gone))].copy()
    old.index = pd.Index(gone, name=recorded.pdpj.index.name)
    old["start"] = pd.Timestamp("2009-01-01")
    recorded.pdpj = pd.concat([recorded.pdpj, old])
    recorded.note(gone, "catatan_lama", old["gardu"].tolist(), "bongkar")


def _bad_points(take: "Callable[[float], pd.Index]", recorded: Recorded) -> None:
    """Spoil coordinates in the ways that were seen in files."""
    point = recorded.points
    kinds: dict[str, Callable[[pd.DataFrame], np.ndarray]] = {
        "tertukar": lambda p: p[["lon", "lat"]].to_numpy(),
        "nol": lambda p: np.zeros((len(p), 2)),
        "tanda_hilang": lambda p: np.abs(p[["lat", "lon"]].to_numpy()),
        "di_luar": lambda p: p[["lat", "lon"]].to_numpy() + np.array([0.4, 0.06]),
        "x_sama_y": lambda p: np.c_[p["lat"], p["lat"]],
        "dua_angka": lambda p: p[["lat", "lon"]].to_numpy().round(2),
        "titik_kantor": lambda p: np.tile(p[["lat", "lon"]].iloc[0], (len(p), 1)),
    }
    for name, spoil in kinds.items():
        chosen = take(0.05 if name != "titik_kantor" else 0.12).intersection(point.index)
        if len(chosen):
            was = [f"{a:.6f},{b:.6f}" for a, b in point.loc[chosen, ["lat", "lon"]].to_numpy()]
            point.loc[chosen, ["lat", "lon"]] = spoil(point.loc[chosen])
            said = [f"{a:.6f},{b:.6f}" for a, b in point.loc[chosen, ["lat", "lon"]].to_numpy()]
            recorded.note(chosen, f"koordinat_{name}", said, was)
