"""What it costs on foot to get to the other side of a street, by its class of road."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from rbmgeo.settings import UnitSettings

#: Roads with traffic that nobody walks through everywhere (OSM ``highway``).
LARGE = frozenset(
    name + link for name in ("trunk", "primary", "secondary") for link in ("", "_link")
)


@dataclass(frozen=True)
class Crossing:
    """Metres of walking that one crossing counts for, and where it is possible.

    ``small_m``: any street; ``large_m``: those of `LARGE`; ``by_road``: a class of its own
    figure. ``large_at_junctions``: large roads are crossed only where streets meet, or at an
    end of the road; small ones anywhere.
    """

    small_m: float = 5.0
    large_m: float = 15.0
    by_road: Mapping[str, float] = field(default_factory=dict)
    large_at_junctions: bool = False

    @classmethod
    def of(cls, settings: UnitSettings) -> "Crossing":
        """Read the unit's settings."""
        return cls(
            settings.crossing_m, settings.crossing_large_m, settings.crossing_by_road,
            settings.large_at_junctions,
        )  # fmt: skip

    def rules(
        self, road: npt.NDArray[np.object_]
    ) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.bool_]]:
        """Return per edge what a crossing costs (metres), and whether only at junctions."""
        names, which = np.unique(road.astype(str), return_inverse=True)
        cost = [
            self.by_road.get(name, self.large_m if name in LARGE else self.small_m)
            for name in names.tolist()
        ]
        held = [self.large_at_junctions and name in LARGE for name in names.tolist()]
        return np.array(cost, dtype=float)[which], np.array(held, dtype=bool)[which]


#: Sides do not matter: what is walked on has none (a span), or nobody asks for them.
NO_SIDES = Crossing(0.0, 0.0)
