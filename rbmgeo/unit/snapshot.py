"""Everything that the work on one unit takes, at one moment: no database is asked after it."""

from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import pandas as pd

from rbmgeo.matching.events import TakenOver, lines_after
from rbmgeo.settings import UnitSettings
from rbmgeo.unit.matched import MatchTables

#: Tables with places, in metres of the unit's zone; the rest are plain.
PLACES = ("customers", "gardu", "jtr", "tiang", "streets")
PLAIN = ("rbm_list", "pdpj", "drops", "code_d", "surveyed", "metered_kwh", "used_kwh", "answers", "kwh")  # fmt: skip


@dataclass(frozen=True)
class UnitSnapshot:
    """One unit at one moment.

    ``tables``: by name (`PLACES`, `PLAIN`), contracts in `rbmgeo.frames`; ``code_d`` (index
    idpel), ``surveyed`` (index idpel, ``gardu``), ``metered_kwh`` (index gardu) and ``used_kwh``
    (index idpel, both ``kwh``) are series written as tables; ``kwh``: the lines of ``blth``
    (`rbmgeo.unit.reported.LINES`). ``mark``: of the data (`rbmgeo.db.queries.units.mark`).
    ``pinned``: who stays on his RBM; ``known``: RBM that have an order; ``events``: what gardu
    took over, oldest first.
    """

    ulp: str
    srid: int | None
    settings: UnitSettings
    mark: str
    blth: str
    tables: dict[str, pd.DataFrame]
    pinned: tuple[str, ...] = ()
    known: tuple[str, ...] = ()
    events: tuple[TakenOver, ...] = ()

    @property
    def customers(self) -> gpd.GeoDataFrame:
        """Return every customer of the unit."""
        return self.places("customers")

    def places(self, name: str) -> gpd.GeoDataFrame:
        """Return a table with places."""
        return gpd.GeoDataFrame(self.tables[name])

    def match_tables(self) -> MatchTables:
        """Return what matching takes."""
        told = self.tables
        return MatchTables(
            customers=self.customers, rbm=told["rbm_list"], pdpj=told["pdpj"],
            gardu=self.places("gardu"), drops=told["drops"], code_d=told["code_d"].index,
            jtr=gpd.GeoDataFrame(lines_after(told["jtr"], self.events)),
            surveyed=told["surveyed"]["gardu"],
            poles=gpd.GeoSeries(told["tiang"]["geometry"]),
            metered_kwh=told["metered_kwh"]["kwh"], used_kwh=told["used_kwh"]["kwh"],
            answers=told["answers"], events=self.events,
        )  # fmt: skip

    def facts(self) -> dict[str, Any]:
        """Return what is no table, as plain data; see `of`."""
        return {
            "ulp": self.ulp, "srid": self.srid, "settings": self.settings.model_dump(mode="json"),
            "mark": self.mark, "blth": self.blth, "pinned": sorted(self.pinned),
            "known": sorted(self.known),
            "events": [
                {"old": e.old, "new": e.new, "poles": sorted(e.poles), "shared": sorted(e.shared),
                 "idpels": sorted(e.idpels)} for e in self.events
            ],
        }  # fmt: skip

    @classmethod
    def of(cls, facts: dict[str, Any], tables: dict[str, pd.DataFrame]) -> "UnitSnapshot":
        """Return the snapshot of `facts` and its tables."""
        events = tuple(
            TakenOver(e["old"], e["new"], *(frozenset(e[n]) for n in ("poles", "shared", "idpels")))
            for e in facts["events"]
        )
        return cls(
            facts["ulp"], facts["srid"], UnitSettings.model_validate(facts["settings"]),
            facts["mark"], facts["blth"], tables, tuple(facts["pinned"]), tuple(facts["known"]),
            events,
        )  # fmt: skip
