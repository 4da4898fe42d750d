"""Which facts of a month's reading are worth a question, each with its innocent explanation."""

from enum import StrEnum

import pandas as pd

from rbmgeo.supervision.consistency import ConsistencyParams


class Ask(StrEnum):
    """What is asked about an RBM and month; a person decides, nobody is accused by a machine."""

    OTHER_DAY = "hari_lain"
    SWAPPED = "hari_tertukar"
    INTERVAL = "selang"
    SEVERAL_DATES = "beberapa_tanggal"
    SEVERAL_OFFICERS = "beberapa_petugas"
    ODD_HOURS = "jam_tidak_lazim"
    FAST = "terlalu_cepat"
    STAYS = "berhenti_lama"
    SAME_GAP = "irama_sama"
    ONE_PLACE = "satu_tempat"
    AWAY = "jauh_dari_rumah"
    SHIFTED = "titik_bergeser"


#: Why it may be nothing: a key of the labels.
INNOCENT = {
    Ask.OTHER_DAY: "calendar_or_rain", Ask.SWAPPED: "officers_agreed", Ask.INTERVAL: "month_or_holiday",
    Ask.SEVERAL_DATES: "reread_or_rain", Ask.SEVERAL_OFFICERS: "stand_in",
    Ask.ODD_HOURS: "phone_clock", Ask.FAST: "motorcycle_or_position", Ask.STAYS: "rest_or_rain",
    Ask.SAME_GAP: "sent_together", Ask.ONE_PLACE: "position_kept_by_phone",
    Ask.AWAY: "point_wrong", Ask.SHIFTED: "points_of_the_list",
}  # fmt: skip
#: Share of an RBM's reads from which a few odd ones are a question about the RBM.
FEW = 0.05


def questions(facts: pd.DataFrame, params: ConsistencyParams | None = None) -> pd.DataFrame:
    """Return a row per question: ``rbm``, ``blth``, ``ask``, ``value``, ``innocent``.

    ``facts`` of `rbmgeo.supervision.consistency.facts`. A reversed walk is none (R-SA-04). Where
    all points of an RBM lie off together, that is asked, once, and neither distance nor one place
    of the reader (R-SA-06).
    """
    p = params or ConsistencyParams()
    f = facts
    enough = f["positions"] >= p.reads_least
    # Who stands at one place seems to be off together with all his houses: that comes first.
    one = enough & (f["one_place"] >= p.one_place_share) & (f["spread_m"] > 2 * p.one_place_m)
    shifted = enough & ~one & (f["shift_m"] > p.shifted_m) & (f["rest_m"] <= f["shift_m"] / 2)
    off_day = f["days_off"].abs() > p.tolerance_days
    swapped = off_day & _swapped(f)
    told = {
        Ask.SWAPPED: (swapped, f["days_off"]),
        Ask.OTHER_DAY: (off_day & ~swapped, f["days_off"]),
        Ask.INTERVAL: (
            (f["interval_days"] < p.least_days) | (f["interval_days"] > p.most_days), f["interval_days"],
        ),
        Ask.SEVERAL_DATES: (f["dates"] > 1, f["dates"]),
        Ask.SEVERAL_OFFICERS: (f["officers"] > 1, f["officers"]),
        Ask.ODD_HOURS: (f["odd_hours"] > 0, f["odd_hours"]),
        Ask.FAST: (f["fast"] > FEW * f["reads"], f["fast"]),
        Ask.STAYS: (f["stays"] > 0, f["stays"]),
        Ask.SAME_GAP: ((f["same_gap"] >= p.tempo_share) & (f["reads"] >= p.reads_least), f["same_gap"]),
        Ask.ONE_PLACE: (one, f["one_place"]),
        Ask.AWAY: (enough & ~shifted & ~one & (f["away"] > FEW * f["positions"]), f["away"]),
        Ask.SHIFTED: (shifted, f["shift_m"]),
    }  # fmt: skip
    rows = [
        pd.DataFrame({"ask": ask.value, "value": value[hit.fillna(False)].astype(float),
                      "innocent": INNOCENT[ask]})
        for ask, (hit, value) in told.items()
    ]  # fmt: skip
    out = pd.concat(rows).rename_axis(["rbm", "blth"]).reset_index()
    order = {ask.value: k for k, ask in enumerate(Ask)}
    out = out.assign(turn=out["ask"].map(order)).sort_values(
        ["rbm", "blth", "turn"], ignore_index=True
    )
    return out[["rbm", "blth", "ask", "value", "innocent"]]


def _swapped(facts: pd.DataFrame) -> pd.Series:
    """Mark RBM that were read on the planned day of another one, which was read on theirs."""
    table = facts.reset_index()
    days = table[["rbm", "blth", "day", "planned"]].dropna()
    both = days.merge(
        days, left_on=["blth", "day", "planned"], right_on=["blth", "planned", "day"],
        suffixes=("", "_other"),
    )  # fmt: skip
    pairs = both[both["rbm"] != both["rbm_other"]]
    hit = pd.MultiIndex.from_frame(pairs[["rbm", "blth"]])
    return pd.Series(facts.index.isin(hit), facts.index)
