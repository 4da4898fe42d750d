"""A made reading log: honest months of a made unit, and faults planted into some RBM and months."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

#: What is planted, and how it shows.
FAULTS = ("at_home", "copied_tempo", "wrong_day", "swapped_days", "shifted_60_m")


@dataclass(frozen=True)
class Reading:
    """A log as `rbmgeo.supervision.consistency.facts` takes it, the plan, and what was planted.

    ``planted``: fault by (rbm, blth); an RBM whose points are shifted is so in every month.
    """

    reads: pd.DataFrame
    planned: pd.Series
    planted: pd.Series


def made_reading(
    *, rbms: int = 60, customers: int = 120, months: int = 12, seed: int = 0, share: float = 0.02
) -> Reading:
    """Make a log: honest readers with positions 4-25 m off, breaks, motorcycles, a stand-in now and then.

    ``share`` of the RBM and months get each fault, but for shifted points: that share of the RBM.
    """
    rng = np.random.default_rng(seed)
    codes = np.array([f"51354{k:03d}" for k in range(rbms)])
    blth = np.array([f"{2024 + (m // 12)}{m % 12 + 1:02d}" for m in range(months)])
    day = np.tile(np.arange(rbms) % 20 + 1, (months, 1)).T
    planned = pd.Series(
        pd.to_datetime([f"{b[:4]}-{b[4:]}-{d:02d}" for r in range(rbms) for b, d in zip(blth, day[r], strict=True)]),
        pd.MultiIndex.from_product([codes, blth], names=["rbm", "blth"]),
    )  # fmt: skip
    planted = _planted(rng, planned.index, codes, share)
    actual = planned.copy()
    for key in planted.index[planted == "wrong_day"]:
        actual[key] += pd.Timedelta(days=int(rng.integers(3, 8)))
    swapped = planted.index[planted == "swapped_days"]
    for one, other in zip(swapped[::2], swapped[1::2], strict=True):
        actual[one], actual[other] = planned[other], planned[one]
    houses = [_street(rng, customers, 4000.0 * np.array([k % 12, k // 12])) for k in range(rbms)]
    shift = {code: 60 * _turned(rng) for code in codes}
    parts = []
    for r, code in enumerate(codes):
        for b in blth:
            fault = planted.get((code, b), "")
            parts.append(_month(rng, code, b, actual[code, b], houses[r], fault, shift[code]))
    return Reading(pd.concat(parts, ignore_index=True), planned, planted)


def _planted(
    rng: np.random.Generator, index: pd.MultiIndex, codes: np.ndarray, share: float
) -> pd.Series:
    """Draw who gets which fault; days are swapped between two RBM of one month."""
    out: dict[tuple[str, str], str] = {}
    shifted = rng.choice(codes, max(1, round(share * len(codes))), replace=False)
    for key in index:
        if key[0] in shifted:
            out[key] = "shifted_60_m"
    free = [k for k in index if k not in out]
    rng.shuffle(free)
    count = max(1, round(share * len(index)))
    for fault in ("at_home", "copied_tempo", "wrong_day"):
        for _ in range(count):
            out[free.pop()] = fault
    by_month: dict[str, list[tuple[str, str]]] = {}
    for key in free:
        by_month.setdefault(key[1], []).append(key)
    for keys in list(by_month.values())[: max(1, count // 2)]:
        one, other = next(
            (a, b) for a in keys for b in keys if int(a[0][-3:]) % 20 != int(b[0][-3:]) % 20
        )
        out[one] = out[other] = "swapped_days"
    series = pd.Series(out)
    series.index = pd.MultiIndex.from_tuples(series.index, names=["rbm", "blth"])
    # Pairs stand behind each other, as they were drawn.
    return series


def _turned(rng: np.random.Generator) -> np.ndarray:
    angle = rng.uniform(0, 2 * np.pi)
    return np.array([np.cos(angle), np.sin(angle)])


def _street(rng: np.random.Generator, customers: int, at: np.ndarray) -> np.ndarray:
    """Set houses along winding streets of twenty, 15 to 30 m apart."""
    turn = np.repeat(rng.uniform(0, 2 * np.pi, customers // 20 + 1), 20)[:customers]
    step = rng.uniform(15, 30, customers)[:, None] * np.c_[np.cos(turn), np.sin(turn)]
    return at + np.cumsum(step, axis=0) + rng.normal(0, 4, (customers, 2))


def _month(
    rng: np.random.Generator, rbm: str, blth: str, day: pd.Timestamp, xy: np.ndarray, fault: str,
    shift: np.ndarray,
) -> pd.DataFrame:  # fmt: skip
    n = len(xy)
    order = np.arange(n) if rng.random() > 0.15 else np.arange(n)[::-1]
    gaps = rng.gamma(4, 12, n) + 20
    gaps[rng.random(n) < 0.01] += rng.uniform(600, 2400)  # a rest, a talk, rain
    if fault == "copied_tempo":
        gaps[:] = 45
    accuracy = rng.gamma(4, 3, n) + 4
    stood = xy[order] + rng.normal(0, 1, (n, 2)) * accuracy[:, None] / 1.5
    if fault == "at_home":
        stood = xy[order].mean(axis=0) + 600 * _turned(rng) + rng.normal(0, 6, (n, 2))
    begin = day + pd.Timedelta(hours=7) + pd.Timedelta(minutes=float(rng.uniform(0, 60)))
    point = xy + (shift if fault == "shifted_60_m" else 0)
    return pd.DataFrame({
        "rbm": rbm, "blth": blth, "idpel": [f"{rbm}{k:04d}" for k in order],
        "officer": f"P{int(rbm[-3:]) % 20:02d}",
        "read_at": begin + pd.to_timedelta(np.cumsum(gaps).round(), unit="s"), "place": order + 1,
        "x": stood[:, 0], "y": stood[:, 1], "accuracy_m": accuracy.round(1),
        "customer_x": point[order, 0], "customer_y": point[order, 1],
    })  # fmt: skip
