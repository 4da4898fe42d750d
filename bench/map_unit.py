"""A unit of a million customers as its map needs it: places, streets, one list, classes, findings.

The houses, gardu, lines and streets are those of `bench.whole_unit`; the streets get classes, every
fifth and twentieth is a larger road. One month's list has RBM of 150 to 600 customers, the first
of them 600. Classes and findings are drawn at random, seed 1: the map only looks at them.
"""

from typing import Any

import numpy as np
import pandas as pd
from sqlalchemy import text

from bench.join import ULP
from bench.whole_unit import NEWEST, network

PASSWORD = "sandi-uji-panjang"
#: Every so many streets, 100 m apart, one is of a larger class.
ROADS = ((20, "secondary"), (5, "tertiary"))
CLASSES = ("cocok", "selaras", "perlu_survei", "beda_gardu", "hanya_rbm", "hanya_pdpj")


def fill(database: Any, customers: int) -> None:
    """Write the unit, a planner and an administrator."""
    from rbmgeo.db.bulk import copy_rows
    from rbmgeo.db.queries import people, units
    from rbmgeo.db.queries.people import EVERY_UNIT

    rng = np.random.default_rng(1)
    with database.writing() as session:
        units.ensure_unit(session, ulp=ULP, name="Rekaan")
        units.set_unit(session, ulp=ULP, utm_srid=32749)
        houses = network(session, rng, customers)
        for every, name in reversed(ROADS):
            session.execute(
                text(
                    "UPDATE street SET highway = :name WHERE ulp = :u AND CASE "
                    "WHEN ST_X(ST_StartPoint(geom)) = ST_X(ST_EndPoint(geom)) "
                    "THEN round((ST_X(ST_StartPoint(geom)) - 112.69) * 1110)::int % :every = 0 "
                    "ELSE round((ST_Y(ST_StartPoint(geom)) + 7.65) * 1110)::int % :every = 0 END"
                ),
                {"u": ULP, "name": name, "every": every},
            )
        order = np.lexsort((houses["y"], houses["x"] // 250))
        sizes = rng.integers(150, 600, customers // 150 + 1)
        sizes[0] = 600
        rbm = np.repeat(np.arange(len(sizes)), sizes)[:customers]
        listed = pd.DataFrame(
            {"ulp": ULP, "blth": NEWEST, "idpel": houses["idpel"].to_numpy()[order], "line": "", "source": "dpm",
             "rbm": [f"{ULP}R{k:04d}" for k in rbm], "urut": pd.Series(rbm).groupby(rbm).cumcount().to_numpy() + 1,
             "sisipan": 0, "hari_baca": [f"{k % 20 + 1:02d}" for k in rbm],
             "officer": [f"P-{k % 40 + 1:02d}" for k in rbm]})  # fmt: skip
        copy_rows(session, "officer", listed[["ulp", "officer"]].drop_duplicates())
        copy_rows(session, "rbm_list", listed)
        copy_rows(session, "match_row", pd.DataFrame(
            {"ulp": ULP, "idpel": listed["idpel"], "run_id": 1, "match": rng.choice(CLASSES, customers),
             "rbm": listed["rbm"], "tanpa_koordinat": False, "kode_d": False, "home_rbm_differs": False}))  # fmt: skip
        doubted = listed["idpel"][rng.random(customers) < 0.05]
        copy_rows(session, "finding", pd.DataFrame(
            {"ulp": ULP, "idpel": doubted, "run_id": 1, "kind": "beda_gardu", "p": 0.7, "tier": "T1",
             "reasons": "[]"}))  # fmt: skip
        people.add_user(session, login="perencana", password=PASSWORD, grants=[(ULP, "perencana")])
        people.add_user(session, login="admin", password=PASSWORD, grants=[(EVERY_UNIT, "admin")])
    with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as raw:
        raw.execute(text("VACUUM ANALYZE"))
