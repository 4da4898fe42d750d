"""How much longer a walk on the streets is than the estimate of plans, told by a few walks."""

import geopandas as gpd
import numpy as np
import pandas as pd

from rbmgeo.geo import coordinates
from rbmgeo.network.walking import Walker
from rbmgeo.routes.near import walk_m
from rbmgeo.routes.order import OrderParams, order, path_length_m

#: So many of today's RBM are walked; fewer customers than `LEAST` tell nothing.
SOME, LEAST = 8, 20


def walk_per_tree(
    rbm: pd.Series, points: gpd.GeoSeries, walker: Walker, *, some: int = SOME
) -> float | None:
    """Return the metres walked on streets for each metre that plans estimate, None if unknown.

    ``rbm``: today's by idpel, missing for none; ``points``: metres. Some RBM, evenly spread over
    their codes, are ordered on the streets and their lengths set against `near.walk_m`. Measured
    on made customers: 1.18 along the streets of Kediri, 1.39 in Balikpapan, whose alleys are not
    on the map; 1.3 (R-RO-07) is taken where no street is known.
    """
    if walker.network is None or walker.network.kind != "jalan":
        return None
    there = points.reindex(rbm.index)
    placed = rbm[rbm.notna() & ~np.isnan(coordinates(there)[:, 0])].sort_index()
    sizes = placed.groupby(placed).size()
    codes = sorted(sizes[sizes >= LEAST].index)
    walked = guessed = 0.0
    for code in codes[:: max(1, len(codes) // some)][:some]:
        here = gpd.GeoSeries(there[placed.index[placed == code]])
        walk = walker.walk(here)
        if walk.estimated.any():
            continue
        walked += path_length_m(walk.matrix_m, order(walk.matrix_m, params=OrderParams(starts=1)))
        guessed += walk_m(coordinates(here))
    return walked / guessed if guessed > 0 and walked > 0 else None
