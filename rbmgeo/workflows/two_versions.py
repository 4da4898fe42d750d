"""Two states of the routes side by side: versions, drafts, or the list of any month (SOP IV.7)."""

import re
from dataclasses import dataclass
from typing import Any

import pandas as pd
from sqlalchemy.orm import Session

from rbmgeo.db.queries import drafts, lists, map_data, versions
from rbmgeo.errors import NotThere, UsageError
from rbmgeo.frames import RBM_MEMBERS
from rbmgeo.maps.layers import box_of
from rbmgeo.mutations.place import from_list
from rbmgeo.routes.compare import Difference, difference

#: The month's list as a side: ``d`` and the month.
_LIST = re.compile(r"d([0-9]{6})")
#: RBM whose walks are drawn at once, and changed customers drawn of a whole unit.
WALKS, DOTS = 4, 4000

Sides = tuple[str, str]


@dataclass(frozen=True)
class Choice:
    """A state that can be chosen: ``key`` names it, ``version`` or ``blth`` says what it is."""

    key: str
    version: Any = None
    blth: str = ""


def choices(session: Session, ulp: str) -> list[Choice]:
    """Return the versions, newest first, then the months that have a list, newest first."""
    found = [Choice(str(v.version_id), version=v) for v in versions.versions(session, ulp=ulp)]
    months = drafts.listed_months(session, ulp=ulp)
    return found + [Choice(f"d{blth}", blth=blth) for blth in months]


def default_sides(session: Session, ulp: str) -> Sides | None:
    """Return what the newest version came from and that version; None where nothing differs."""
    known = choices(session, ulp)
    if not known:
        return None
    after = known[0]
    base = after.version.from_version_id if after.version is not None else None
    before = str(base) if base is not None else known[1].key if len(known) > 1 else after.key
    return before, after.key


def in_force(session: Session, ulp: str, blth: str) -> str | None:
    """Return the side that held in a month: the version in force, else the month's list."""
    version_id = versions.in_force(session, ulp=ulp, blth=blth)
    if version_id is not None:
        return str(version_id)
    return f"d{blth}" if blth in drafts.listed_months(session, ulp=ulp) else None


def compared(session: Session, ulp: str, before: str, after: str) -> Difference:
    """Compare two states of a unit; raises `NotThere` or `NothingToDo` for one that is not."""
    sides = [_side(session, ulp, key) for key in (before, after)]
    return difference(sides[0][0], sides[1][0], sides[0][1], sides[1][1])


def changed_dots(session: Session, ulp: str, diff: Difference) -> dict[str, Any]:
    """Return the changed customers of a difference as dots: lon, lat, change, RBM before and after.

    Those who change RBM, come or go first; at most `DOTS`, ``left_out`` says how many more there
    are. ``without``: those who have no position.
    """
    order = {"moved": 0, "added": 0, "gone": 0, "number": 1}
    rows = diff.rows.assign(turn=diff.rows["change"].map(order)).sort_values("turn", kind="stable")
    head = rows.head(DOTS)
    at = drafts.spots(session, ulp=ulp, idpels=head.index.tolist())
    told = head.join(at)
    there = told.dropna(subset=["lon", "lat"])
    each: Any = there.itertuples()
    dots = [
        [round(float(r.lon), 6), round(float(r.lat), 6), r.change, _code(r.rbm_before), _code(r.rbm_after)]
        for r in each
    ]  # fmt: skip
    return {"dots": dots, "left_out": len(rows) - len(head), "without": len(told) - len(there)}


def walks(session: Session, ulp: str, before: str, after: str, rbms: list[str]) -> dict[str, Any]:
    """Return the walks of some RBM on both sides, stop by stop, and the streets around them.

    A stop: lon, lat, place on its walk, and what becomes of it: ``stays``, ``number``, ``moved``
    (with the other RBM), ``added`` or ``gone``.
    """
    wanted = list(dict.fromkeys(rbms))[:WALKS]
    sides = [side_stops(session, ulp, key, wanted) for key in (before, after)]
    who = sorted({*sides[0]["idpel"], *sides[1]["idpel"]})
    stand = [_stand(session, ulp, key, who) for key in (before, after)]
    out: dict[str, Any] = {"rbm": [], "streets": []}
    for rbm in wanted:
        two = [side[side["rbm"].eq(rbm)] for side in sides]
        out["rbm"].append({
            "rbm": rbm,
            "before": _line(two[0], stand[1], "gone"),
            "after": _line(two[1], stand[0], "added"),
        })  # fmt: skip
    box = box_of(pd.concat(sides, ignore_index=True))
    if box is not None:
        lines = map_data.streets(session, ulp=ulp, box=box)
        out["streets"] = [[[round(x, 6), round(y, 6)] for x, y, *_ in g.coords] for g in lines.geometry]  # fmt: skip
    return out


def _line(stops: pd.DataFrame, other: dict[str, tuple[str, int, int]], alone: str) -> list[Any]:
    line: list[Any] = []
    each: Any = stops.itertuples()
    for place, r in enumerate(each, start=1):
        if r.lon is None or r.lon != r.lon:
            continue
        there = other.get(r.idpel)
        if there is None:
            said = alone
        elif there[0] != r.rbm:
            said = "moved"
        else:
            said = "stays" if (there[1], there[2]) == (r.urut, r.sisipan) else "number"
        line.append([round(float(r.lon), 6), round(float(r.lat), 6), place, said, there[0] if there else ""])  # fmt: skip
    return line


def _side(session: Session, ulp: str, key: str) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return members and routes of a state."""
    blth = _month(key)
    if blth is None:
        version_id = versions.version(session, ulp=ulp, version_id=_number(key)).version_id
        return (
            versions.members(session, ulp=ulp, version_id=version_id),
            versions.routes(session, ulp=ulp, version_id=version_id),
        )
    return listed_members(session, ulp, blth)


def listed_members(
    session: Session, ulp: str, blth: "str | None" = None
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return members and RBM of a month's list (the newest, if none is named); nothing measured."""
    listed = lists.rbm_list(session, ulp=ulp, blth=blth)
    if listed.empty and blth is not None:
        raise NotThere(f"there is no RBM list of {blth}", f"tidak ada daftar RBM bulan {blth}")
    if listed.empty:
        return RBM_MEMBERS.empty(), pd.DataFrame(index=pd.Index([], name="rbm"))
    one = listed.sort_values(["idpel", "line"]).drop_duplicates("idpel").set_index("idpel")
    members = from_list(one[["rbm", "urut", "sisipan"]])
    names = pd.Index(sorted(set(members["rbm"])), name="rbm")
    return members, pd.DataFrame({"length_m": None, "minutes": None}, index=names)


def side_stops(session: Session, ulp: str, key: str, rbms: list[str]) -> pd.DataFrame:
    """Return the customers of some RBM of a state in reading order, with lon and lat."""
    blth = _month(key)
    if blth is not None:
        return drafts.listed_stops(session, ulp=ulp, blth=blth, rbms=rbms)
    version_id = versions.version(session, ulp=ulp, version_id=_number(key)).version_id
    return drafts.stops(session, ulp=ulp, version_id=version_id, rbms=rbms)


def _stand(
    session: Session, ulp: str, key: str, idpels: list[str]
) -> dict[str, tuple[str, int, int]]:
    """Return where customers stand on a side: RBM, urut, sisipan."""
    blth = _month(key)
    rows = (
        drafts.stand_of(session, ulp=ulp, version_id=_number(key), idpels=idpels) if blth is None
        else drafts.listed_stand(session, ulp=ulp, blth=blth, idpels=idpels)
    )  # fmt: skip
    rows = rows.dropna(subset=["rbm"])
    return {
        str(i): (str(r), int(u) if u == u else 0, int(s) if s == s else 0)
        for i, r, u, s in rows[["rbm", "urut", "sisipan"]].itertuples(name=None)
    }


def _month(key: str) -> str | None:
    found = _LIST.fullmatch(key)
    return found[1] if found else None


def _number(key: str) -> int:
    if not re.fullmatch(r"[0-9]{1,15}", key):
        raise UsageError(
            f"{key!r} is no version; write its number, or d and a month (d202411)",
            f"{key!r} bukan versi; tulis nomornya, atau d dan bulan (d202411)",
        )
    return int(key)


def _code(rbm: Any) -> str:
    return rbm if isinstance(rbm, str) else ""
