"""Customers near a neighbour unit's gardu: questions for people, nothing moves by itself."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.spatial import cKDTree

#: Distances are told in tenths of a metre: what differs by less is a tie.
_DIGITS = 1


@dataclass(frozen=True)
class BorderParams:
    """From when on a customer is a question across a border.

    ``within_m``: how near the neighbour's gardu lies at most (a plausible line, R-MA-05);
    ``margin_m``: by how much it is nearer than the customer's recorded one.
    """

    within_m: float = 350
    margin_m: float = 100

    def __post_init__(self) -> None:
        if self.within_m <= 0 or self.margin_m < 0:
            raise ValueError(
                f"within {self.within_m} m by {self.margin_m} m, expected more than 0 and 0 or more"
            )


def border_candidates(
    customers: pd.DataFrame, foreign: pd.DataFrame, params: BorderParams
) -> pd.DataFrame:
    """Return the customers that lie nearer to a neighbour's gardu than to their own.

    Parameters
    ----------
    customers
        Of one unit, index idpel: ``x``, ``y`` (metres), ``gardu`` (recorded) and its place
        ``gardu_x``, ``gardu_y``. Who has no place, or whose gardu has none, is no candidate.
    foreign
        Gardu of other units: ``ulp``, ``gardu``, ``x``, ``y`` in the same metres.

    Returns
    -------
    DataFrame
        Index idpel, sorted: ``gardu``, ``own_m``, ``other_ulp``, ``other_gardu``, ``other_m``.
        Of several gardu equally near the first by unit and code is named.
    """
    at = customers[["x", "y"]].to_numpy(float)
    own = np.hypot(*(at - customers[["gardu_x", "gardu_y"]].to_numpy(float)).T)
    asked = customers.assign(own_m=own)[np.isfinite(own) & (own > params.margin_m)]
    placed = foreign.dropna(subset=["x", "y"]).sort_values(["ulp", "gardu"])
    if asked.empty or placed.empty:
        return _table(asked.iloc[:0].assign(other=0, other_m=0.0), placed)
    asked = asked.sort_index()
    other, far = _nearest(
        asked[["x", "y"]].to_numpy(float), placed[["x", "y"]].to_numpy(float), params.within_m
    )
    asked = asked.assign(other=other, other_m=far)
    near = np.isfinite(far) & (far <= params.within_m)
    return _table(asked[near & (far + params.margin_m <= asked["own_m"].round(_DIGITS))], placed)


def _nearest(
    at: npt.NDArray[np.float64], gardu: npt.NDArray[np.float64], within_m: float
) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.float64]]:
    """Return for each place the first of the nearest gardu in row order, and how far it is.

    A place with none within reach has infinity.
    """
    tree = cKDTree(gardu)
    far, first = tree.query(at, distance_upper_bound=within_m + 1)
    there = np.flatnonzero(np.isfinite(far))
    ties = tree.query_ball_point(at[there], far[there] + 10.0**-_DIGITS, return_sorted=True)
    chosen, told = first.copy(), np.round(far, _DIGITS)
    for k, near in zip(there, ties, strict=True):
        each = np.round(np.hypot(*(gardu[near] - at[k]).T), _DIGITS)
        chosen[k], told[k] = near[int(np.argmin(each))], each.min()
    return chosen, told


def _table(found: pd.DataFrame, placed: pd.DataFrame) -> pd.DataFrame:
    which = found["other"].to_numpy(int)
    return pd.DataFrame(
        {
            "gardu": found["gardu"].to_numpy(), "own_m": found["own_m"].round(_DIGITS).to_numpy(float),
            "other_ulp": placed["ulp"].to_numpy()[which], "other_gardu": placed["gardu"].to_numpy()[which],
            "other_m": found["other_m"].to_numpy(float),
        },
        index=pd.Index(found.index, name="idpel"),
    )  # fmt: skip
