"""A made month of stands: customers with a level of their own, and stands typed wrong planted among them."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

#: How a stand is typed wrong: two figures change places, one figure is another, one is left out.
TYPED = ("swapped", "other_figure", "left_out")


@dataclass(frozen=True)
class Stands:
    """Readings as `rbmgeo.energy.attention.attention_list` takes them, with ``idpel`` and ``line``.

    ``true_stand_kwh``: what the meter (and its photo) shows; ``planted``: how a stand was typed
    wrong, "" where it was not.
    """

    readings: pd.DataFrame
    true_stand_kwh: np.ndarray
    planted: np.ndarray


def made_stands(*, customers: int = 7200, seed: int = 0, share: float = 0.006) -> Stands:
    """Make a month: use varies by 15 % about each customer's own; a few are away or have guests."""
    rng = np.random.default_rng(seed)
    va = rng.choice([450, 900, 1300, 2200], customers, p=[0.25, 0.5, 0.2, 0.05]).astype(float)
    level = va / 1000 * rng.uniform(60, 260, customers)
    before = np.round(level * rng.lognormal(0, 0.15, customers))
    used = np.round(level * rng.lognormal(0, 0.15, customers))
    away = rng.random(customers) < 0.01
    used[away] = np.round(used[away] * rng.uniform(0, 0.4, away.sum()))
    previous = np.round(rng.uniform(500, 60_000, customers))
    true = previous + used
    told, planted = true.copy(), np.full(customers, "", dtype="U12")
    for place in np.flatnonzero(rng.random(customers) < share):
        kind = TYPED[int(rng.integers(len(TYPED)))]
        typed = _typed(rng, f"{int(true[place])}", kind)
        if typed != f"{int(true[place])}":
            told[place], planted[place] = float(typed or 0), kind
    readings = pd.DataFrame({
        "idpel": [f"51354{k:07d}" for k in range(customers)], "line": "", "told_kwh": np.nan,
        "previous_stand_kwh": previous, "stand_kwh": told, "removed_stand_kwh": np.nan,
        "installed_stand_kwh": np.nan, "multiplier": 1.0, "daya_va": va, "before_kwh": before,
        "dlpd_code": pd.Series([None] * customers, dtype="str"),
    })  # fmt: skip
    return Stands(readings, true, planted)


def _typed(rng: np.random.Generator, figures: str, kind: str) -> str:
    """Type figures wrong; the same where that makes no difference (two alike change places)."""
    at = int(rng.integers(len(figures)))
    if kind == "left_out":
        return figures[:at] + figures[at + 1 :]
    if kind == "swapped":
        at = min(at, len(figures) - 2)
        return figures[:at] + figures[at + 1] + figures[at] + figures[at + 2 :]
    return figures[:at] + str(int(rng.integers(10))) + figures[at + 1 :]
