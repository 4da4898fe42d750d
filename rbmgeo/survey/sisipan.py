"""Who moves with a new gardu, what it does to both transformers, and whom to visit first.

It stands in the room of the survey, since an event is a question for the field until a person
approves it: one group of houses, one question.
"""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd

from rbmgeo.errors import UsageError
from rbmgeo.geo import coordinates, require_metres

#: Connected VA over the transformer's VA (R-EN-08): from here high, from 1 on more than it has.
HIGH = 0.8
#: A gardu feeds 20 to 250 customers; more than this is not one gardu's event.
MOST_MEMBERS = 5_000


class Group(StrEnum):
    """What an event makes of one chosen customer, the first that applies."""

    INACTIVE = "inactive"  # no service any more: nothing to move
    IN_EVENT = "in_event"  # waits in another event already
    ALREADY = "already"  # recorded on the new gardu
    OLD = "old"  # recorded on the old gardu: taken
    ELSEWHERE = "elsewhere"  # recorded on a third gardu, or on none: only if a person ticks it


class Left(StrEnum):
    """Why a member is left where it is when the event is approved."""

    GONE = "gone"
    INACTIVE = "inactive"
    RECORD = "record"
    DECIDED = "decided"
    CONFLICT = "conflict"
    SURVEY = "survey"


@dataclass(frozen=True)
class Room:
    """One transformer before and after an event: connected VA against its rating (R-EN-08).

    ``without_daya`` counts customers whose power nobody knows; they are in no sum.
    """

    gardu: str
    rating_kva: float | None
    before_va: float
    after_va: float
    without_daya: int

    @property
    def share_before(self) -> float | None:
        """Return connected VA over rated VA before the event, None without a rating."""
        return self._share(self.before_va)

    @property
    def share_after(self) -> float | None:
        """Return connected VA over rated VA after the event, None without a rating."""
        return self._share(self.after_va)

    @property
    def mark(self) -> str:
        """Return ``over``, ``high`` or nothing for the state after the event."""
        share = self.share_after
        return "" if share is None or share <= HIGH else "over" if share > 1 else "high"

    def _share(self, va: float) -> float | None:
        return va / 1000 / self.rating_kva if self.rating_kva else None


def check_event(
    old: str, new: str, happened_on: date, today: date, kva: float | None, away_m: float | None
) -> None:
    """Refuse an event that cannot be: one gardu twice, tomorrow, no power, another town.

    ``away_m``: metres between both gardu where both have a point. Raises `UsageError`.
    """
    if old == new:
        raise UsageError(
            f"the new gardu and the old one are both {old}; name two",
            f"gardu baru dan gardu lama sama-sama {old}; sebutkan dua gardu",
        )
    if not date(2000, 1, 1) <= happened_on <= today:
        raise UsageError(
            f"the date {happened_on} is not between 2000 and today ({today}); enter the day on "
            "which the line was switched over",
            f"tanggal {happened_on} tidak di antara tahun 2000 dan hari ini ({today}); isi hari "
            "jalur itu dipindahkan",
        )
    if kva is not None and not 0 < kva <= 5_000:
        raise UsageError(
            f"{kva:g} kVA is no distribution transformer; it has 25 to 2500 kVA",
            f"{kva:g} kVA bukan trafo distribusi; biasanya 25 sampai 2500 kVA",
        )
    if away_m is not None and away_m > 20_000:
        raise UsageError(
            f"the new gardu would stand {away_m / 1000:.0f} km from {old}; check latitude and "
            "longitude",
            f"gardu baru akan berdiri {away_m / 1000:.0f} km dari {old}; periksa lintang dan bujur",
        )


def groups(people: pd.DataFrame, old: str, new: str) -> pd.Series:
    """Say for every chosen customer what the event makes of it.

    ``people``: index idpel; ``active``, ``gardu`` (recorded now, missing without a record),
    ``other_event`` (the open event it waits in, missing without). Every row gets one `Group`.
    """
    named = np.select(
        [
            ~people["active"].astype(bool).to_numpy(),
            people["other_event"].notna().to_numpy(),
            people["gardu"].eq(new).to_numpy(),
            people["gardu"].eq(old).to_numpy(),
        ],
        [Group.INACTIVE.value, Group.IN_EVENT.value, Group.ALREADY.value, Group.OLD.value],
        Group.ELSEWHERE.value,
    )
    return pd.Series(named, index=people.index, dtype="str", name="group")


def left_behind(members: pd.DataFrame, new: str) -> pd.Series:
    """Say which members cannot be moved now and why, index idpel; the others are missing.

    ``members``: index idpel; ``known`` (the unit still has the customer), ``active``, ``gardu``
    (recorded now), ``before_gardu`` (when the event was made), ``proposal_state`` and
    ``surveyed`` (the gardu that the newest survey found, missing without).
    """
    same = members["gardu"].fillna("").eq(members["before_gardu"].fillna(""))
    state = members["proposal_state"]
    why = np.select(
        [
            ~members["known"].astype(bool).to_numpy(),
            ~members["active"].fillna(False).astype(bool).to_numpy(),
            ~same.to_numpy(),
            state.eq("conflict").to_numpy(),
            ~state.eq("open").to_numpy(),
            (members["surveyed"].notna() & members["surveyed"].ne(new)).to_numpy(),
        ],
        [
            Left.GONE.value, Left.INACTIVE.value, Left.RECORD.value, Left.CONFLICT.value,
            Left.DECIDED.value, Left.SURVEY.value,
        ],
        "",
    )  # fmt: skip
    out = pd.Series(why, index=members.index, dtype="str")
    return out[out != ""]


def answers_since(answers: pd.DataFrame, moved_on: pd.Series) -> pd.DataFrame:
    """Leave out what was answered before an event moved the house: the line was another then.

    ``answers``: as `rbmgeo.survey.outcomes.surveyed_gardu` takes them, with ``received_at``.
    ``moved_on``: the event's date by idpel; other houses keep all their answers.
    """
    since = pd.to_datetime(answers["idpel"].map(moved_on), utc=True)
    told = pd.to_datetime(answers["answered_at"], utc=True)
    told = told.fillna(pd.to_datetime(answers["received_at"], utc=True))
    return answers[~(told < since).fillna(False)]


def rooms(
    moving: pd.DataFrame, loads: pd.DataFrame, ratings: "dict[str, float | None]", new: str
) -> list[Room]:
    """Return the new gardu first, then every gardu that gives customers away, by code.

    ``moving``: index idpel, ``gardu`` (recorded now) and ``daya_va`` (NaN unknown). ``loads``:
    index gardu, ``va`` and ``without_daya`` of all who are recorded there now. What one gains
    the others lose: the sum over the list does not change, but for who had no record at all.
    """
    daya = moving["daya_va"].astype(float)
    given = daya.fillna(0).groupby(moving["gardu"].fillna("")).sum()
    unknown = daya.isna().groupby(moving["gardu"].fillna("")).sum()
    out = []
    for code in [new, *sorted(c for c in given.index if c not in ("", new))]:
        before = float(loads["va"].get(code, 0.0))
        plus, without = (
            (float(daya.sum()), int(daya.isna().sum()))
            if code == new
            else (-float(given[code]), -int(unknown[code]))
        )
        out.append(
            Room(code, ratings.get(code), before, before + plus,
                 int(loads["without_daya"].get(code, 0)) + without)
        )  # fmt: skip
    return out


def ends_and_branch(distance_m: pd.Series, points: gpd.GeoSeries) -> list[str]:
    """Return the houses to see first: the one at the branching point, then the far ends.

    ``distance_m``: along the line from the cut, or straight from the old gardu where no line is
    known; index idpel. ``points``: metres. The first end is the farthest house; the second the
    one that lies farthest from both, so that a line that forks is seen at both tips. Fewer than
    three houses are all returned. Houses without a distance are never chosen.
    """
    require_metres(points)
    known = distance_m.dropna().sort_index(kind="stable")
    if len(known) <= 3:
        return [str(i) for i in known.sort_values(kind="stable").index]
    branch, end = str(known.idxmin()), str(known.idxmax())
    rest = known.drop(list({branch, end}))
    xy = coordinates(points.reindex([branch, end, *rest.index]))
    apart = np.minimum(*(np.hypot(*(xy[2:] - xy[k]).T) for k in (0, 1)))
    if np.isnan(apart).all():
        other = str(rest.idxmax())
    else:
        other = str(rest.index[int(np.nanargmax(apart))])
    return list(dict.fromkeys([branch, end, other]))


def along(distance_m: pd.Series) -> list[Any]:
    """Return houses from the branching point outwards; those without a distance last."""
    rows = pd.DataFrame({"far": distance_m.to_numpy(float), "idpel": list(distance_m.index)})
    return list(rows.sort_values(["far", "idpel"], na_position="last")["idpel"])
