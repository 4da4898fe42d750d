"""Where the walk of each RBM begins, as the unit and the RBM say (R-RO-05)."""

from dataclasses import dataclass, field

import geopandas as gpd
import pandas as pd

from rbmgeo.geo import coordinates, to_metres
from rbmgeo.routes.design import UNPLACED
from rbmgeo.routes.walkorder import Start
from rbmgeo.settings import UnitSettings

Point = tuple[float, float]


@dataclass
class Starts:
    """What is known of where walks begin; `ended` is told the end of each as it is ordered.

    ``sites``: place of the gardu of most customers, by RBM; ``before``: the RBM that the same
    reader has the day before, by RBM; ``ends``: where a walk ends.
    """

    settings: UnitSettings
    sites: dict[str, Point] = field(default_factory=dict)
    office: Point | None = None
    before: dict[str, str] = field(default_factory=dict)
    ends: dict[str, Point] = field(default_factory=dict)

    def of(self, rbm: str) -> Start | None:
        """Return where the walk of an RBM must begin; None where it is free or nothing is known."""
        kind = self.settings.walk_start_by_rbm.get(rbm, self.settings.walk_start)
        if kind == "first":
            return Start(first=True)
        at = {
            "gardu": self.sites.get(rbm), "office": self.office,
            "previous": self.ends.get(self.before.get(rbm, "")),
        }.get(kind)  # fmt: skip
        return Start(at=at) if at is not None else None

    def ended(self, rbm: str, idpels: list[str], xy: "dict[str, Point]") -> None:
        """Keep where a walk ends: at its last house with a place."""
        last = next((xy[i] for i in reversed(idpels) if i in xy), None)
        if last is not None:
            self.ends[rbm] = last

    def turn(self, rbms: list[str]) -> list[str]:
        """Return RBM so that each comes behind the one where it begins."""
        out: list[str] = []
        known, done = set(rbms), set[str]()
        for rbm in sorted(rbms):
            chain = []
            now: str | None = rbm
            while now in known and now not in done:
                done.add(now)
                chain.append(now)
                now = self.before.get(now)
            out += reversed(chain)
        return out


def asked_for(settings: UnitSettings) -> set[str]:
    """Return the kinds of start that the unit or one of its RBM asks for."""
    return {settings.walk_start, *settings.walk_start_by_rbm.values()}


def starts_of(
    settings: UnitSettings, srid: int | None, members: pd.DataFrame, routes: pd.DataFrame, *,
    gardu: pd.Series, sites: gpd.GeoSeries,
) -> Starts:  # fmt: skip
    """Return where the walks of a set of routes may begin.

    ``members``: index idpel, ``rbm``, in walking order; ``routes``: index rbm, ``hari_baca`` and
    ``officer``; ``gardu``: of each customer; ``sites``: of each gardu, in metres.
    """
    found, asked = Starts(settings), asked_for(settings)
    if srid is None:
        return found
    if "gardu" in asked:
        found.sites = _sites(members, gardu, sites)
    if "office" in asked and settings.office is not None:
        spot = gpd.GeoDataFrame(
            geometry=gpd.points_from_xy(*[[v] for v in settings.office]), crs=4326
        )
        x, y = coordinates(gpd.GeoSeries(to_metres(spot, srid)["geometry"]))[0]
        found.office = float(x), float(y)
    if "previous" in asked:
        found.before = day_before(routes)
    return found


def day_before(routes: pd.DataFrame) -> dict[str, str]:
    """Return the RBM that the same reader has the reading day before, by RBM.

    By reading day, then code; the first of a reader has none, nor has one without a reader.
    """
    known = routes.dropna(subset=["officer"]).reset_index()
    known = known[~known["rbm"].eq(UNPLACED)].sort_values(["officer", "hari_baca", "rbm"])
    last = known.groupby("officer")["rbm"].shift()
    return {str(r): str(b) for r, b in zip(known["rbm"], last, strict=True) if isinstance(b, str)}


def _sites(members: pd.DataFrame, gardu: pd.Series, sites: gpd.GeoSeries) -> dict[str, Point]:
    """Return the place of the gardu of most customers of each RBM; of two the lower code."""
    both = members[["rbm"]].join(gardu.rename("gardu")).dropna()
    counts = both.groupby(["rbm", "gardu"]).size().rename("n").reset_index()
    most = counts.sort_values(["rbm", "n", "gardu"], ascending=[True, False, True])
    most = most.drop_duplicates("rbm")
    at = sites.dropna()
    return {str(r): (at[g].x, at[g].y) for r, g in zip(most["rbm"], most["gardu"], strict=True) if g in at.index}  # fmt: skip
