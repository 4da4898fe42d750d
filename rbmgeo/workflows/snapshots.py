"""A unit out of the database as it is at one moment, for work that asks no database."""

import pandas as pd
from sqlalchemy import text
from sqlalchemy.orm import Session

from rbmgeo.db.queries import drafts, energy, lists, units
from rbmgeo.db.session import Database
from rbmgeo.unit.reported import LINES
from rbmgeo.unit.snapshot import UnitSnapshot
from rbmgeo.workflows.match import match_tables
from rbmgeo.workflows.routes import known_routes


def unit_snapshot(database: Database, ulp: str, *, blth: str = "") -> UnitSnapshot:
    """Read all of a unit that `rbmgeo.unit.process.process_unit` takes, at one moment.

    ``blth``: the month of the kWh, the newest if none is named. Raises `NotThere` for a unit
    that is not there.
    """
    with database.reading() as session:
        session.execute(text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ"))
        return _read(session, ulp, blth)


def _read(session: Session, ulp: str, blth: str) -> UnitSnapshot:
    srid = units.unit(session, ulp=ulp).utm_srid
    settings = units.unit_settings(session, ulp=ulp)
    match = match_tables(session, ulp)
    month = blth or max(units.months(session, ulp=ulp), default="")
    no_line = pd.DataFrame({n: pd.Series(dtype="str") for n in LINES})
    tables = {
        "customers": match.customers, "rbm_list": match.rbm, "pdpj": match.pdpj,
        "gardu": match.gardu, "drops": match.drops, "answers": match.answers,
        "code_d": pd.DataFrame(index=match.code_d),
        "surveyed": match.surveyed.rename("gardu").rename_axis("idpel").to_frame(),
        "metered_kwh": match.metered_kwh.to_frame(), "used_kwh": match.used_kwh.to_frame(),
        "jtr": lists.jtr(session, ulp=ulp, srid=srid),
        "tiang": lists.tiang(session, ulp=ulp, srid=srid),
        "streets": lists.streets(session, ulp=ulp, srid=srid),
        "kwh": energy.told_lines(session, ulp=ulp, blth=month) if month else no_line,
    }  # fmt: skip
    return UnitSnapshot(
        ulp, srid, settings, units.mark_of_work(session, ulp=ulp), month, tables,
        tuple(sorted(drafts.pinned_of(session, ulp=ulp))),
        tuple(sorted(known_routes(session, ulp, match.rbm))), match.events,
    )  # fmt: skip
