"""Is the invented unit as hard as a real one? The figures that a test holds."""

from dataclasses import asdict, dataclass

import numpy as np
import pandas as pd
from scipy.spatial import cKDTree

from rbmgeo.sample.grid import Grid, quartiles_off


@dataclass(frozen=True)
class Honesty:
    """Figures of a made unit beside those that were measured on real utilities.

    ``gardu_quartiles_off``: distance of the quartiles from real ones, 1 is the border.
    """

    customers: int
    gardu: int
    gardu_without_customers: int
    nearest_is_true: float
    purity_5: float
    poles_with_two_gardu: float
    gardu_size_quartiles: tuple[int, int, int]
    gardu_quartiles_off: float
    gardu_size_max: int
    zero_kwh_share: float
    kwh_mean_over_median: float
    rbm: int
    jump_over_step: float

    def faults(self) -> list[str]:
        """Name every figure that lies outside what real units show."""
        held = {
            "nearest_is_true": 0.70 <= self.nearest_is_true <= 0.80,
            "purity_5": 0.92 <= self.purity_5 <= 0.96,
            "poles_with_two_gardu": 0.01 <= self.poles_with_two_gardu <= 0.03,
            "gardu_without_customers": self.gardu_without_customers > 0,
            "gardu_size_quartiles": self.gardu_quartiles_off <= 1,
            "gardu_size_max": self.gardu_size_max <= 250,
            "zero_kwh_share": 0.04 <= self.zero_kwh_share <= 0.05,
            "kwh_mean_over_median": self.kwh_mean_over_median > 1.15,
            "jump_over_step": self.jump_over_step > 4,
        }
        return [f"{name} = {getattr(self, name)}" for name, fine in held.items() if not fine]

    def as_dict(self) -> dict[str, object]:
        """Return the figures as they are printed."""
        return asdict(self)


def measure(people: pd.DataFrame, grid: Grid, members: pd.DataFrame, kwh: pd.DataFrame) -> Honesty:
    """Measure a made unit: ``members`` with rbm and urut, ``kwh`` idpel x month."""
    xy = people[["x", "y"]].to_numpy()
    _, nearest = cKDTree(grid.site).query(xy)
    _, near = cKDTree(xy).query(xy, k=6)
    gardu = people["gardu"].to_numpy()
    sizes = np.bincount(gardu, minlength=len(grid.site))
    real = sizes[sizes > 0]
    used = kwh.to_numpy()
    used = used[~np.isnan(used)]
    first, middle, third = (int(q) for q in np.percentile(real, [25, 50, 75]))
    return Honesty(
        customers=len(people),
        gardu=len(grid.site),
        gardu_without_customers=int((sizes == 0).sum()),
        nearest_is_true=round(float((nearest == gardu).mean()), 4),
        purity_5=round(float((gardu[near[:, 1:]] == gardu[:, None]).mean()), 4),
        poles_with_two_gardu=round(float((grid.second >= 0).mean()), 4),
        gardu_size_quartiles=(first, middle, third),
        gardu_quartiles_off=round(quartiles_off(sizes), 2),
        gardu_size_max=int(sizes.max()),
        zero_kwh_share=round(float((used == 0).mean()), 4),
        kwh_mean_over_median=round(float(used.mean() / np.median(used)), 3),
        rbm=int(members["rbm"].nunique()),
        jump_over_step=_jumps(people, members),
    )


def _jumps(people: pd.DataFrame, members: pd.DataFrame) -> float:
    """Hold the jump from street to street against the step from house to house."""
    walk = members.join(people[["x", "y", "edge"]]).sort_values(["rbm", "urut", "sisipan"])
    step = np.hypot(walk["x"].diff(), walk["y"].diff())
    inside = walk["rbm"].eq(walk["rbm"].shift())
    same = inside & walk["edge"].eq(walk["edge"].shift())
    return round(float(step[inside & ~same].mean() / step[same].mean()), 2)
