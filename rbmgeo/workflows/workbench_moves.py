"""What a planner says ("these there", "what is left") as commands of the workbench."""

import re
from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
from sqlalchemy.orm import Session

from rbmgeo.db.queries import drafts, lists, mutation_facts, units, versions
from rbmgeo.errors import NotThere
from rbmgeo.geo import coordinates
from rbmgeo.mutations.place import PlaceParams, propose
from rbmgeo.routes.design import UNPLACED
from rbmgeo.routes.draft import Command
from rbmgeo.workflows.walked import known_points

#: A text names at most so many customers.
MOST = 20_000


@dataclass(frozen=True)
class Pasted:
    """Who a text names: rows with public_id and rbm, and the numbers that the unit has not."""

    rows: list[dict[str, Any]]
    unknown: list[str]


def pasted(session: Session, ulp: str, version_id: int, text: str) -> Pasted:
    """Find every number of twelve digits in a text and where the draft has it, once each."""
    named = numbers_in(text)
    known: Any = drafts.stand_of(session, ulp=ulp, version_id=version_id, idpels=named)
    rows = [
        {"id": known.at[i, "public_id"], "rbm": None if pd.isna(known.at[i, "rbm"]) else known.at[i, "rbm"]}
        for i in named if i in known.index
    ]  # fmt: skip
    return Pasted(rows, [i for i in named if i not in known.index])


def numbers_in(text: str) -> list[str]:
    """Return the numbers of twelve digits of a text in its order, written 5135 4000 0001 too.

    >>> numbers_in("5135 4000 0001, 513540000001 dan 1234567890123")
    ['513540000001']
    """
    plain = re.sub(r"(?<!\d)(\d{4})[ .-](\d{4})[ .-](\d{4})(?!\d)", r"\1\2\3", text)
    return list(dict.fromkeys(re.findall(r"(?<!\d)[0-9]{12}(?!\d)", plain)))[:MOST]


def move_command(
    session: Session, ulp: str, version_id: int, *, public_ids: list[str], rbm: str,
    how: str = "best", after: str = "",
) -> Command:  # fmt: skip
    """Return the command that puts customers on an RBM.

    ``how``: ``best`` (each where the walk grows by least), ``end``, ``first``, or ``after``
    the customer whose public id is ``after``. Raises `NotThere` for somebody unknown.
    """
    found = drafts.idpels_of(
        session, ulp=ulp, public_ids=[*public_ids, *([after] if after else [])]
    )
    if any(p not in found for p in [*public_ids, *([after] if after else [])]):
        raise NotThere("a customer of this choice is not in the unit", "ada pelanggan terpilih yang tidak ada di unit ini")  # fmt: skip
    who = list(dict.fromkeys(found[p] for p in public_ids))
    if how == "best":
        return {"kind": "move", "steps": _best(session, ulp, version_id, who, rbm)}
    first = {"end": None, "first": "", "after": found.get(after)}[how]
    steps = []
    for idpel in who:
        steps.append([idpel, rbm, first])
        first = None if how == "end" else idpel
    return {"kind": "move", "steps": steps}


def pin_command(
    session: Session, ulp: str, version_id: int, *, public_ids: list[str], pinned: bool
) -> Command:
    """Return the command that pins customers to the RBM that they have, or lets them go.

    Raises
    ------
    NotThere
        If one of them is unknown, or stands on no RBM yet.
    """
    found = drafts.idpels_of(session, ulp=ulp, public_ids=public_ids)
    idpels = sorted(set(found.values()))
    stand: Any = drafts.stand_of(session, ulp=ulp, version_id=version_id, idpels=idpels)
    loose = stand["rbm"].isna() | stand["rbm"].eq(UNPLACED)
    if len(found) < len(set(public_ids)) or (pinned and loose.any()):
        raise NotThere(
            "a customer of this choice stands on no RBM yet; place it first",
            "ada pelanggan terpilih yang belum punya RBM; tempatkan dulu",
        )
    return {"kind": "pin" if pinned else "unpin", "idpels": idpels}


def numbered_command(
    session: Session, ulp: str, version_id: int, *, public_id: str, number: int
) -> Command:
    """Return the command that reads a customer as the number-th of its RBM (1: first)."""
    idpel = next(iter(drafts.idpels_of(session, ulp=ulp, public_ids=[public_id]).values()), None)
    stand: Any = drafts.stand_of(session, ulp=ulp, version_id=version_id, idpels=[idpel or ""])
    if idpel is None or stand.empty or pd.isna(stand.at[idpel, "rbm"]):
        raise NotThere("this customer stands on no RBM of the draft", "pelanggan ini tidak ada di RBM mana pun di draf")  # fmt: skip
    rbm = str(stand.at[idpel, "rbm"])
    walk = drafts.part(session, ulp=ulp, version_id=version_id, rbms=[rbm], idpels=[], locks=set()).walk(rbm)  # fmt: skip
    walk.remove(idpel)
    at = max(0, min(number - 1, len(walk)))
    return {"kind": "move", "steps": [[idpel, rbm, walk[at - 1] if at else ""]]}


def rest_command(session: Session, ulp: str, version_id: int) -> tuple[Command, dict[str, int]]:
    """Propose a place for everybody who has none; who cannot be placed stands on `UNPLACED`.

    By KDDK of the newest list, deret, pole and neighbours (`rbmgeo.mutations.place.propose`);
    where none of them says anything, by the gardu whose members stand on one RBM.
    """
    unit = units.unit(session, ulp=ulp)
    members = versions.members(session, ulp=ulp, version_id=version_id)
    waiting = list(members.index[members["rbm"].eq(UNPLACED)])
    who = [*drafts.nowhere(session, ulp=ulp, version_id=version_id), *waiting]
    if not who:
        return {"kind": "set", "rows": {}}, {"placed": 0, "left": 0}
    customers = lists.customers(session, ulp=ulp, srid=unit.utm_srid)
    xy = coordinates(gpd.GeoSeries(customers["geometry"]))
    known = mutation_facts.lines_to_gardu(session, ulp=ulp).reindex(customers.index)
    known = known.assign(x=xy[:, 0], y=xy[:, 1])
    standing = members[~members["rbm"].eq(UNPLACED)]
    listed = lists.rbm_list(session, ulp=ulp).drop_duplicates("idpel").set_index("idpel")
    index = pd.Index(who, name="idpel")
    said = listed.reindex(index)
    asked = known.reindex(index).assign(rbm=said["rbm"].where(said["rbm"].isin(standing["rbm"])),
                                        urut=said["urut"], sisipan=said["sisipan"],
                                        list_gardu=said["gardu"])  # fmt: skip
    settings = units.unit_settings(session, ulp=ulp)
    params = PlaceParams(plausible_m=settings.plausible_m, weak_m=settings.weak_m)
    draft = drafts.found(session, ulp=ulp, version_id=version_id)
    locked = set(draft.locked) if draft else set()
    found = propose(asked, standing[~standing["rbm"].isin(locked)], known, params)
    on = standing.join(known["gardu"]).groupby("gardu")["rbm"]
    home = on.first().where(on.nunique().eq(1))
    rows: dict[str, Any] = {}
    for idpel, row in found.iterrows():
        if (
            row["rbm"] in set(standing["rbm"])
            and row["rbm"] not in locked
            and pd.notna(row["urut"])
        ):
            rows[str(idpel)] = [row["rbm"], int(row["urut"]), int(row["sisipan"])]
    by_gardu = {
        i: home.get(known.at[i, "gardu"]) for i in who if i not in rows and i in known.index
    }
    taken = standing.groupby("rbm")["urut"].max().to_dict()
    for _, (rbm, urut, _s) in rows.items():
        taken[rbm] = max(taken[rbm], urut)
    left = []
    for idpel in who:
        rbm = by_gardu.get(idpel)
        if idpel in rows:
            continue
        if isinstance(rbm, str) and rbm not in locked and taken[rbm] < 999:
            taken[rbm] += 1
            rows[idpel] = [rbm, taken[rbm], 0]
        else:
            left.append(idpel)
    placed = len(rows)
    rows |= left_over(members, left)
    # Nobody waits any more: its RBM goes as well.
    gone = [UNPLACED] if waiting and not left and UNPLACED not in locked else []
    return {"kind": "set", "rows": rows, "gone": gone}, {"placed": placed, "left": len(left)}


def left_over(members: pd.DataFrame, idpels: list[str]) -> dict[str, Any]:
    """Return places on `UNPLACED` for customers that no RBM has, behind those who wait there."""
    waiting = members[members["rbm"].eq(UNPLACED)]
    held = set(zip(waiting["urut"], waiting["sisipan"], strict=True))
    free = ((u, s) for u in range(1, 1000) for s in range(100) if (u, s) not in held)
    new = [i for i in idpels if i not in waiting.index]
    return {i: [UNPLACED, *next(free)] for i in new}


def _best(session: Session, ulp: str, version_id: int, who: list[str], rbm: str) -> list[list[Any]]:
    """Put each into the gap of the walk that grows by least, one after the other (straight lines)."""
    srid = units.unit(session, ulp=ulp).utm_srid
    part = drafts.part(session, ulp=ulp, version_id=version_id, rbms=[rbm], idpels=[], locks=set())
    walk = [i for i in part.walk(rbm) if i not in set(who)]
    if srid is None:
        return _in_a_row(who, rbm)
    xy = drafts.places(session, ulp=ulp, srid=srid, idpels=[*walk, *who])
    spots = known_points(xy)
    placed = [i for i in walk if i in spots]
    at = {i: np.array(spots[i]) for i in [*placed, *who] if i in spots}
    steps: list[list[Any]] = []
    last: str | None = None
    for idpel in who:
        if idpel not in at or not placed:
            steps.append([idpel, rbm, last])  # no place: behind the one named before it
        else:
            line = np.array([at[i] for i in placed])
            away = np.hypot(*(line - at[idpel]).T)
            step = np.hypot(*np.diff(line, axis=0).T) if len(line) > 1 else np.empty(0)
            longer = np.r_[away[0], away[:-1] + away[1:] - step, away[-1]]
            gap = int(np.argmin(np.round(longer, 6)))
            steps.append([idpel, rbm, placed[gap - 1] if gap else ""])
        if idpel in at:
            anchor = steps[-1][2]
            placed.insert(placed.index(anchor) + 1 if anchor in placed else (0 if anchor == "" else len(placed)), idpel)  # fmt: skip
        last = idpel
    return steps


def _in_a_row(who: list[str], rbm: str) -> list[list[Any]]:
    return [[idpel, rbm, None] for idpel in who]
