"""All rows about one customer, to give or to blank; wishes to be forgotten and what came of them.

What is a customer's is read from `rbmgeo.privacy.classes`: every table with an idpel, and those whose
rows are of an answer about the house.
"""

import json
from typing import Any

from sqlalchemy import Engine, inspect, select, text
from sqlalchemy.orm import Session

from rbmgeo.db.models import Erasure
from rbmgeo.errors import NotThere
from rbmgeo.privacy.classes import EMPTY, Table

#: Bytes and drawings of the database that no file of rows can hold.
_NO_ROWS = ("geom_3857",)


def schema(engine: Engine) -> dict[str, set[str]]:
    """Return table -> columns of all that is ours in a database; parts of a table are not told apart."""
    seen = inspect(engine)
    ours = [
        name for name in seen.get_table_names(schema="public")
        if not name.startswith(("part_", "reading_2", "procrastinate_", "alembic", "spatial_ref_sys"))
    ]  # fmt: skip
    return {name: {c["name"] for c in seen.get_columns(name)} for name in ours}


def _whose(table: Table) -> str:
    if table.through:
        return (
            f"(t.ulp, t.client_id, t.conflict_no) IN (SELECT ulp, client_id, conflict_no "
            f"FROM {table.through} WHERE ulp = :u AND idpel = :i)"
        )
    if table.within:
        return f"t.ulp = :u AND position(:i IN t.{table.within}::text) > 0"
    return "t.ulp = :u AND t.idpel = :i"


def rows(session: Session, *, ulp: str, idpel: str, table: Table) -> list[dict[str, Any]]:
    """Return the rows of a table about a customer as plain data, in the order of their text."""
    found = session.scalars(
        text(
            f"SELECT (to_jsonb(t) - CAST(:without AS text[]))::text FROM {table.name} t "
            f"WHERE {_whose(table)} ORDER BY 1"
        ),
        {"u": ulp, "i": idpel, "without": list(_NO_ROWS)},
    )
    return [json.loads(one) for one in found]


def count(session: Session, *, ulp: str, idpel: str, table: Table) -> int:
    """Count them."""
    sql = text(f"SELECT count(*) FROM {table.name} t WHERE {_whose(table)}")
    return int(session.scalar(sql, {"u": ulp, "i": idpel}) or 0)


def blank(session: Session, *, ulp: str, idpel: str, table: Table) -> int:
    """Write nothing into the columns that an erasure empties; return the rows."""
    put = ", ".join(f"{column} = {EMPTY[how]}" for column, how in table.erase.items())
    told: dict[str, Any] = {"u": ulp, "i": idpel}
    only = ""
    if table.only:
        only, told["only"] = f"AND t.{table.only[0]} = ANY(:only)", list(table.only[1:])
    done = session.execute(
        text(f"UPDATE {table.name} t SET {put} WHERE {_whose(table)} {only}"), told
    )
    return int(done.rowcount)  # type: ignore[attr-defined]


def begin(session: Session, *, erasure_id: int) -> None:
    """Say for this transaction which approved erasure is done now: facts of that customer give way."""
    session.execute(
        text("SELECT set_config('rbmgeo.erasure', CAST(:e AS text), true)"), {"e": erasure_id}
    )


def ask(session: Session, *, ulp: str, idpel: str, note: str, who: str) -> Erasure:
    """Keep a wish to be forgotten."""
    made = Erasure(ulp=ulp, idpel=idpel, note=note, asked_by=who)
    session.add(made)
    session.flush()
    return made


def one(session: Session, *, ulp: str, erasure_id: int) -> Erasure:
    """Return a wish, locked; raises `NotThere`."""
    found = session.scalar(
        select(Erasure).where(Erasure.ulp == ulp, Erasure.erasure_id == erasure_id)
        .with_for_update()
    )  # fmt: skip
    if found is None:
        raise NotThere("there is no such wish", "permintaan itu tidak ada")
    return found


def standing(session: Session, *, ulp: str, idpel: str) -> Erasure | None:
    """Return the newest wish about a customer, whatever became of it."""
    return session.scalar(
        select(Erasure).where(Erasure.ulp == ulp, Erasure.idpel == idpel)
        .order_by(Erasure.erasure_id.desc()).limit(1)
    )  # fmt: skip


def all_of(session: Session, *, ulp: str, limit: int = 200) -> list[Erasure]:
    """Return the wishes of a unit: what waits for an answer first, then the newest."""
    found = session.scalars(
        select(Erasure).where(Erasure.ulp == ulp)
        .order_by(Erasure.state.in_(("asked", "came_back")).desc(), Erasure.erasure_id.desc())
        .limit(limit)
    )  # fmt: skip
    return list(found)
