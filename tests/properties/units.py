"""Small units of any shape: both lists with gaps, doubles and ties, places on one lattice."""

from dataclasses import dataclass

import geopandas as gpd
import pandas as pd
from drawn import customers, gardu, pdpj, rbm_list
from hypothesis import strategies as st

IDPELS = [f"c{k:02d}" for k in range(14)]
GARDU = ["G1", "G2", "G3"]
#: A lattice of 40 m: equal distances are the rule, so that ties show.
PLACES = st.one_of(st.none(), st.tuples(st.integers(0, 12), st.integers(0, 3)))


@dataclass(frozen=True)
class Unit:
    """What `compare` takes."""

    customers: gpd.GeoDataFrame
    rbm: pd.DataFrame
    pdpj: pd.DataFrame
    gardu: gpd.GeoDataFrame

    @property
    def union(self) -> set[str]:
        """Everybody of either list."""
        return set(self.rbm["idpel"]) | set(self.pdpj["idpel"])

    def shuffled(self, random) -> "Unit":
        """The same rows in another order."""

        def mixed(frame):
            rows = list(range(len(frame)))
            random.shuffle(rows)
            return frame.iloc[rows]

        return Unit(*(mixed(f) for f in (self.customers, self.rbm, self.pdpj, self.gardu)))


def metres(place):
    return None if place is None else (40.0 * place[0], 40.0 * place[1])


@st.composite
def units(draw, *, placed=False):
    """A unit; ``placed``: everybody has a point and one record."""
    idpel = st.sampled_from(IDPELS)
    somewhere = st.tuples(st.integers(0, 12), st.integers(0, 3)) if placed else PLACES
    places = draw(st.dictionaries(idpel, somewhere, min_size=2 if placed else 0))
    names = list(places)
    who = {
        "jenis_layanan": [draw(st.sampled_from(["pasca", "pra"])) for _ in names],
        "dibaca_oleh": [draw(st.sampled_from(["vendor", "pln", "tidak"])) for _ in names],
        "active": [draw(st.booleans()) for _ in names],
    }
    people = customers({i: metres(p) for i, p in places.items()}, **who)
    if placed:
        records = [(i, draw(st.sampled_from(GARDU))) for i in names]
    else:
        records = draw(
            st.lists(st.tuples(idpel, st.sampled_from([*GARDU, "GX", None])), max_size=22)
        )
    rbms = draw(
        st.lists(
            st.tuples(idpel, st.sampled_from(["A", "B", None]), st.sampled_from([*GARDU, None])),
            max_size=22,
        )
    )
    listed = rbm_list([(*row, str(n)) for n, row in enumerate(rbms)])
    tied = {
        name: [draw(st.sampled_from([None, None, "1", "2"])) for _ in records]
        for name in ("tiang", "deret", "jurusan")
    }
    lines = pdpj(
        records, conflict=[draw(st.booleans()) for _ in records] if not placed else False, **tied
    )
    sites = {g: metres(draw(somewhere)) for g in GARDU}
    return Unit(people, listed, lines, gardu(sites))
