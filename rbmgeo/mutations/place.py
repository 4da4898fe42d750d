"""Where a customer is read: RBM, urut and sisipan, gardu, and why; nobody else moves."""

from bisect import bisect_left
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.spatial import cKDTree

from rbmgeo.frames import NEWCOMERS, RBM_MEMBERS
from rbmgeo.routes.codes import SISIPAN_MAX, URUT_MAX, next_sisipan, numbered, place_between

Place = tuple[int, int]
Said = dict[str, Any]
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class PlaceParams:
    """How near is near: neighbours asked, and metres within which they count (R-MA-05)."""

    neighbours: int = 5
    plausible_m: float = 350.0
    weak_m: float = 1000.0

    def __post_init__(self) -> None:
        if self.neighbours < 1:
            raise ValueError(f"neighbours is {self.neighbours}, expected 1 or more")


@dataclass
class _Walk:
    """One RBM as it is walked: places in order and who holds them."""

    places: list[Place] = field(default_factory=list)
    idpels: list[str] = field(default_factory=list)

    def add(self, place: Place, idpel: str) -> None:
        at = bisect_left(self.places, place)
        self.places.insert(at, place)
        self.idpels.insert(at, idpel)

    def around(self, at: int) -> tuple[Place | None, Place | None]:
        """Return the places before and after a gap (0: before everybody)."""
        return (
            self.places[at - 1] if at else None,
            self.places[at] if at < len(self.places) else None,
        )


def propose(
    newcomers: pd.DataFrame,
    members: pd.DataFrame,
    known: pd.DataFrame,
    params: PlaceParams | None = None,
) -> pd.DataFrame:
    """Propose a place and a gardu for each newcomer, one after the other (R-RO-02, R-RO-03).

    The RBM is the list's where it names one that neighbours do not speak against, else that
    of the same deret or pole, else that of most of the nearest customers. Within it the KDDK
    of the list decides if its place is free and near; else the gap between two houses that
    makes the walk longest by least (straight lines). Those without a point go by KDDK, by
    pole, or to the end of the RBM that the list names; else nothing is proposed, and the next
    step says what would help (R-LO-02).

    Parameters
    ----------
    newcomers
        `NEWCOMERS`: index idpel; what the list says (``rbm``, ``urut``, ``sisipan``,
        ``list_gardu``), what the PDPJ says (``gardu``, ``tiang``, ``deret``), ``x``, ``y`` in metres.
    members
        `RBM_MEMBERS` of the version that is worked on, with ``urut`` and ``sisipan``.
    known
        Index idpel: ``gardu``, ``tiang``, ``deret``, ``x``, ``y`` of its members.

    Returns
    -------
    DataFrame
        Index idpel, in the order of ``newcomers``: ``rbm``, ``urut``, ``sisipan`` (missing
        where nothing can be proposed), ``after_idpel`` (who is read before), ``gardu``,
        ``evidence`` (list of dicts with ``key``) and ``next_step`` (a key, or missing). No
        two of them share a place with each other or with a member.
    """
    RBM_MEMBERS.check(members)
    NEWCOMERS.check(newcomers)
    judge = _Judge(members, known, params or PlaceParams())
    order = newcomers.reset_index().sort_values(["rbm", "urut", "sisipan", "idpel"], kind="stable")
    found = {row.idpel: judge.place(row) for row in order.itertuples()}
    columns = ["rbm", "urut", "sisipan", "after_idpel", "gardu", "evidence", "next_step"]
    out = pd.DataFrame.from_dict(found, orient="index", columns=columns, dtype=object)
    return out.reindex(newcomers.index).rename_axis("idpel")


class _Judge:
    """The members as they stand, and every newcomer placed so far among them."""

    def __init__(self, members: pd.DataFrame, known: pd.DataFrame, params: PlaceParams) -> None:
        self.params = params
        self.walks: dict[str, _Walk] = {}
        self.rbm: dict[str, str] = {}
        ordered = members.reset_index().sort_values(["rbm", "urut", "sisipan", "idpel"])
        for idpel, rbm, urut, sisipan in ordered[["idpel", "rbm", "urut", "sisipan"]].itertuples(
            index=False
        ):
            walk = self.walks.setdefault(rbm, _Walk())
            walk.places.append((int(urut), int(sisipan)))
            walk.idpels.append(idpel)
            self.rbm[idpel] = rbm
        told = known.reindex(members.index)
        self.xy: dict[str, tuple[float, float]] = {
            i: (x, y)
            for i, x, y in zip(told.index, told["x"], told["y"], strict=True)
            if x == x and y == y
        }
        self.gardu = {i: g for i, g in told["gardu"].items() if _told(g)}
        self.on_pole = _grouped(told["tiang"])
        self.in_deret = _grouped(told["deret"])
        self.near = sorted(self.xy)
        points = np.array([self.xy[i] for i in self.near], dtype=float).reshape(-1, 2)
        self.tree = cKDTree(points) if len(points) else None

    def place(self, row: Any) -> tuple[Any, ...]:
        """Propose for one newcomer, and let those who follow see it."""
        near = self._nearest(row)
        mates, mate_word = self._mates(row)
        rbm, evidence = self._rbm(row, near, mates, mate_word)
        gardu, why = self._gardu(row, near, mates, mate_word, None)
        if rbm is None:
            return (None, None, None, None, gardu, [*evidence, *why], self._help(row))
        place, after, how = self._position(row, rbm, near, mates)
        if gardu is None:
            gardu, why = self._gardu(row, near, mates, mate_word, self._beside(rbm, place))
        evidence = [*evidence, *how, *why]
        if place is None:
            return (rbm, None, None, None, gardu, evidence, "mutation.help_full")
        walk = self.walks.setdefault(rbm, _Walk())
        walk.add(place, row.idpel)
        self.rbm[row.idpel] = rbm
        if row.x == row.x and row.y == row.y:
            self.xy[row.idpel] = (float(row.x), float(row.y))
        step = None if gardu else "mutation.help_gardu"
        return (rbm, place[0], place[1], after, gardu, evidence, step)

    def _nearest(self, row: Any) -> list[tuple[str, float]]:
        """Return the nearest members with a point and their metres; none without a point."""
        if self.tree is None or row.x != row.x or row.y != row.y:
            return []
        k = min(self.params.neighbours + 1, len(self.near))
        away, at = self.tree.query([float(row.x), float(row.y)], k=k)
        pairs = zip(np.atleast_1d(away), np.atleast_1d(at), strict=True)
        found = [(self.near[int(n)], float(m)) for m, n in pairs if self.near[int(n)] != row.idpel]
        return found[: self.params.neighbours]

    def _mates(self, row: Any) -> tuple[list[str], str]:
        """Return who shares the drop (deret), else the pole: always one gardu (R-MA-07)."""
        for value, groups, word in (
            (row.deret, self.in_deret, "deret"),
            (row.tiang, self.on_pole, "tiang"),
        ):
            found = [i for i in groups.get(value, []) if i != row.idpel] if _told(value) else []
            if found:
                return found, word
        return [], ""

    def _rbm(
        self, row: Any, near: list[tuple[str, float]], mates: list[str], mate_word: str
    ) -> tuple[str | None, list[Said]]:
        close = [(i, m) for i, m in near if m <= self.params.weak_m]
        votes = Counter(self.rbm[i] for i, _ in close)
        best = min(votes, key=lambda r: (-votes[r], r)) if votes else None
        listed = row.rbm if _told(row.rbm) else None
        if listed is not None:
            said: list[Said] = [{"key": "mutation.list_rbm", "rbm": listed}]
            if listed not in self.walks:
                return listed, [*said, {"key": "mutation.new_rbm"}]
            if not close or votes[listed]:
                if close:
                    said.append(
                        {"key": "mutation.neighbours_rbm", "n": votes[listed], "k": len(close),
                         "rbm": listed, "m": round(close[0][1])}
                    )  # fmt: skip
                return listed, said
            if (
                best is not None
                and votes[best] == len(close)
                and close[0][1] <= self.params.plausible_m
            ):
                said.append(
                    {"key": "mutation.neighbours_against", "n": votes[best], "k": len(close),
                     "rbm": best, "m": round(close[0][1])}
                )  # fmt: skip
                return best, said
            return listed, said
        if mates:
            shared = Counter(self.rbm[i] for i in mates if i in self.rbm)
            if shared:
                rbm = min(shared, key=lambda r: (-shared[r], r))
                key = f"mutation.same_{mate_word}_rbm"
                return rbm, [{"key": key, "n": shared[rbm], "rbm": rbm}]
        if best is not None:
            return best, [
                {"key": "mutation.neighbours_rbm", "n": votes[best], "k": len(close), "rbm": best,
                 "m": round(close[0][1])}
            ]  # fmt: skip
        return None, []

    def _position(
        self, row: Any, rbm: str, near: list[tuple[str, float]], mates: list[str]
    ) -> tuple[Place | None, str | None, list[Said]]:
        walk = self.walks.get(rbm, _Walk())
        wanted = _listed_place(row) if row.rbm == rbm else None
        has_point = row.x == row.x and row.y == row.y
        if wanted is not None and self._fits(row, walk, wanted, has_point):
            at = bisect_left(walk.places, wanted)
            said = {"key": "mutation.list_kddk", "place": _written(wanted)}
            return wanted, walk.idpels[at - 1] if at else None, [said]
        if wanted is not None and not has_point:
            # The list names a place that somebody holds: right behind it.
            at = bisect_left(walk.places, wanted) + 1
            return self._into(walk, at, "mutation.behind_kddk", place=_written(wanted))
        if has_point:
            gap, longer_m = self._cheapest(row, walk)
            if gap is not None:
                return self._into(walk, gap, "mutation.between", m=round(longer_m))
        shared = [walk.idpels.index(i) for i in mates if self.rbm.get(i) == rbm]
        if shared:
            return self._into(walk, max(shared) + 1, "mutation.behind_mate")
        return self._into(walk, len(walk.places), "mutation.at_the_end")

    def _fits(self, row: Any, walk: _Walk, wanted: Place, has_point: bool) -> bool:
        at = bisect_left(walk.places, wanted)
        if at < len(walk.places) and walk.places[at] == wanted:
            return False
        if not has_point:
            return True
        beside = [self.xy[i] for i in walk.idpels[max(0, at - 1) : at + 1] if i in self.xy]
        if not beside:
            return True
        away = min(np.hypot(x - row.x, y - row.y) for x, y in beside)
        return bool(away <= self.params.plausible_m)

    def _cheapest(self, row: Any, walk: _Walk) -> tuple[int | None, float]:
        """Return the gap that makes the walk longer by least, and by how many metres."""
        placed = [n for n, i in enumerate(walk.idpels) if i in self.xy]
        if not placed:
            return None, 0.0
        xy = np.array([self.xy[walk.idpels[n]] for n in placed], dtype=float)
        away = np.hypot(xy[:, 0] - row.x, xy[:, 1] - row.y)
        step = np.hypot(*np.diff(xy, axis=0).T) if len(xy) > 1 else np.empty(0)
        longer = np.concatenate([[away[0]], away[:-1] + away[1:] - step, [away[-1]]])
        best = int(np.argmin(np.round(longer, 6)))
        return (0 if best == 0 else placed[best - 1] + 1), float(longer[best])

    def _into(
        self, walk: _Walk, at: int, key: str, **values: object
    ) -> tuple[Place | None, str | None, list[Said]]:
        before, after = walk.around(min(at, len(walk.places)))
        at = min(at, len(walk.places))
        place = place_between(set(walk.places), before, after)
        anchor = walk.idpels[at - 1] if at else None
        said: Said = {"key": key, **values}
        if before is not None:
            said["before"] = _written(before)
        if after is not None:
            said["after"] = _written(after)
        if key == "mutation.between" and (before is None or after is None):
            said["key"] = "mutation.at_an_end"
            said["beside"] = said.get("before", said.get("after", "–"))
        if place is None:
            return (
                None,
                anchor,
                [said, {"key": "mutation.full", "place": _written(before or (1, 0))}],
            )
        if after is not None and place > after:
            said = {"key": "mutation.no_gap", "before": said.get("before", "–"),
                    "after": said["after"], "place": _written(place)}  # fmt: skip
            anchor = walk.idpels[bisect_left(walk.places, place) - 1]
        return place, anchor, [said]

    def _beside(self, rbm: str, place: Place | None) -> list[str]:
        """Return who is read before and after a place."""
        if place is None or rbm not in self.walks:
            return []
        walk = self.walks[rbm]
        at = bisect_left(walk.places, place)
        return walk.idpels[max(0, at - 1) : at + 1]

    def _gardu(
        self, row: Any, near: list[tuple[str, float]], mates: list[str], mate_word: str,
        beside: list[str] | None,
    ) -> tuple[str | None, list[Said]]:  # fmt: skip
        if _told(row.gardu):
            return row.gardu, [{"key": "mutation.gardu_recorded", "gardu": row.gardu}]
        if _told(row.list_gardu):
            return row.list_gardu, [{"key": "mutation.gardu_listed", "gardu": row.list_gardu}]
        shared = Counter(self.gardu[i] for i in mates if i in self.gardu)
        if len(shared) == 1:
            gardu = next(iter(shared))
            return gardu, [
                {"key": f"mutation.gardu_{mate_word}", "gardu": gardu, "n": shared[gardu]}
            ]
        close = [
            (self.gardu[i], m) for i, m in near if m <= self.params.plausible_m and i in self.gardu
        ]
        votes = Counter(g for g, _ in close)
        if votes:
            gardu = min(votes, key=lambda c: (-votes[c], c))
            if 2 * votes[gardu] > len(close):
                return gardu, [
                    {"key": "mutation.gardu_neighbours", "gardu": gardu, "n": votes[gardu],
                     "k": len(close), "m": round(close[0][1])}
                ]  # fmt: skip
        if beside and not near:
            both = {self.gardu.get(i) for i in beside}
            if len(beside) == 2 and len(both) == 1 and None not in both:
                gardu = str(both.pop())
                return gardu, [{"key": "mutation.gardu_kddk", "gardu": gardu}]
        return None, []

    def _help(self, row: Any) -> str:
        has_point = row.x == row.x and row.y == row.y
        return "mutation.help_far" if has_point else "mutation.help_point"


def from_list(listed: pd.DataFrame) -> pd.DataFrame:
    """Turn a month's list into members of a first draft; nobody with a place loses it.

    ``listed`` has index idpel, ``rbm``, ``urut``, ``sisipan``. Of two customers on one place
    the first idpel keeps it; the other, and those without a place, follow behind the last of
    their RBM. An RBM without any urut is numbered in the order of the list.
    """
    rows = listed[listed["rbm"].notna()].copy()
    bare = rows["urut"].isna().groupby(rows["rbm"]).transform("all")
    whole = numbered(rows.loc[bare, "rbm"], _counting(rows[bare])) if bare.any() else None
    rows = rows[~bare].reset_index().sort_values(["rbm", "urut", "sisipan", "idpel"])
    rows["sisipan"] = rows["sisipan"].fillna(0)
    good = rows["urut"].between(1, URUT_MAX) & rows["sisipan"].between(0, SISIPAN_MAX)
    good &= ~rows.duplicated(["rbm", "urut", "sisipan"])
    kept = rows.loc[good, ["idpel", "rbm", "urut", "sisipan"]].astype({"urut": int, "sisipan": int})
    taken: dict[str, set[Place]] = {}
    for rbm, urut, sisipan in kept[["rbm", "urut", "sisipan"]].itertuples(index=False):
        taken.setdefault(rbm, set()).add((urut, sisipan))
    more = []
    for row in rows[~good].itertuples():
        held = taken.setdefault(str(row.rbm), set())
        place = place_between(held, max(held, default=None), None)
        if place is None:
            place = next(
                p for u in range(URUT_MAX, 0, -1) if (p := next_sisipan(held, u)) is not None
            )
        held.add(place)
        more.append((row.idpel, row.rbm, *place))
    parts = [kept, pd.DataFrame(more, columns=["idpel", "rbm", "urut", "sisipan"])]
    out = pd.concat([p for p in parts if len(p)] or parts[:1]).set_index("idpel")
    out = out if whole is None else pd.concat([out, whole] if len(out) else [whole])
    return out.astype({"urut": int, "sisipan": int}).sort_index()


def _counting(rows: pd.DataFrame) -> pd.Series:
    return pd.Series(range(len(rows)), index=rows.index)


def _listed_place(row: Any) -> Place | None:
    if row.urut != row.urut or row.urut is None:
        return None
    sisipan = 0 if row.sisipan is None or row.sisipan != row.sisipan else int(row.sisipan)
    place = (int(row.urut), sisipan)
    return place if 1 <= place[0] <= URUT_MAX and 0 <= sisipan <= SISIPAN_MAX else None


def _written(place: Place) -> str:
    """Write a place as the field does: 046/01."""
    return f"{place[0]:03d}/{place[1]:02d}"


def _grouped(column: pd.Series) -> dict[str, list[str]]:
    out: dict[str, list[str]] = {}
    for idpel, value in column.items():
        if _told(value):
            out.setdefault(str(value), []).append(str(idpel))
    return out


def _told(value: object) -> bool:
    return isinstance(value, str) and value != ""
