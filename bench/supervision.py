"""Planted faults of reading: at which rate they are asked about, and who is asked without cause.

`make bench-supervision`: ten made units (`bench.made_reading`, `bench.made_stands`) of 60 RBM over 12
months, one line a fault, mean over the seeds; then the seconds for 12 months of 100,000 customers.
Innocent: an RBM and month without a planted fault that is asked about its reader's day, tempo or
place; the interval to a neighbouring month that was planted is no innocent month's fault and
counted apart. An innocent RBM has no planted fault in any month, and is asked nothing at all. Stands
typed wrong show on the desk where the month looks odd; those that do not are found by a blind
sample alone, whose interval holds the true share in 95 of 100 units.
"""

import time
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd

from bench.made_reading import FAULTS, Reading, made_reading
from bench.made_stands import TYPED, Stands, made_stands
from bench.routes_order import said
from rbmgeo.energy.attention import attention_list, by_stake
from rbmgeo.sampling.draw import draw
from rbmgeo.sampling.estimate import wilson
from rbmgeo.supervision.consistency import facts
from rbmgeo.supervision.photo_test import PhotoVerdict, verdict_of
from rbmgeo.supervision.questions import Ask, questions
from rbmgeo.supervision.reader_facts import reader_facts, trend
from rbmgeo.supervision.stands import to_decide

SEEDS = 10
#: Photos of a blind sample.
PHOTOS = 400
SHOWS = {
    "at_home": Ask.ONE_PLACE, "copied_tempo": Ask.SAME_GAP, "wrong_day": Ask.OTHER_DAY,
    "swapped_days": Ask.SWAPPED, "shifted_60_m": Ask.SHIFTED,
}  # fmt: skip
NO_DECISION = pd.DataFrame(
    columns=["idpel", "line", "mark", "verdict", "reason", "decided_by", "decided_at"], dtype="str"
)


def main() -> None:
    """Print the table and the seconds."""
    rows = pd.DataFrame([{**one(seed), **stands_of(seed)} for seed in range(SEEDS)])
    table = pd.DataFrame({"mean": rows.mean(), "least": rows.min(), "most": rows.max()})
    print(f"rates over {SEEDS} seeds")
    print(table.round(4).to_string())
    said("innocent RBM and months asked about, %", 100 * rows["innocent"].mean(), 2)
    said("innocent RBM of a whole year asked anything, %", 100 * rows["innocent RBM, a year"].mean(), 2)  # fmt: skip
    _seconds()


def one(seed: int) -> dict[str, float]:
    """Return the rates of one made unit."""
    made = made_reading(seed=seed)
    told = questions(facts(made.reads, made.planned))
    at = pd.MultiIndex.from_frame(told[["rbm", "blth"]])
    out: dict[str, float] = {}
    for fault in FAULTS:
        keys = made.planted.index[made.planted == fault]
        hit = at[told["ask"] == SHOWS[fault]]
        out[fault] = float(keys.isin(hit).mean())
    innocent = made.planned.index.difference(made.planted.index)
    unasked = [Ask.INTERVAL, Ask.STAYS]
    out["innocent"] = float(innocent.isin(at[~told["ask"].isin(unasked)]).mean())
    out["innocent, interval"] = float(innocent.isin(at[told["ask"] == Ask.INTERVAL]).mean())
    out["innocent RBM, a year"] = _never_planted(made, told)
    return out


def _never_planted(made: Reading, told: pd.DataFrame) -> float:
    """Return which share of the RBM without any fault is asked anything in the year."""
    planted = set(made.planted.index.get_level_values("rbm"))
    never = sorted(set(made.planned.index.get_level_values("rbm")) - planted)
    return float(np.isin(never, sorted(told["rbm"].unique())).mean()) if never else float("nan")


def stands_of(seed: int) -> dict[str, float]:
    """Return how stands typed wrong show: on the desk, and in a blind sample of photos."""
    made = made_stands(seed=seed)
    wrong = made.planted != ""
    desk = by_stake(attention_list(made.readings))
    listed = made.readings["idpel"].isin(desk["idpel"]).to_numpy()
    out = {f"typed {kind}, on the desk": float(listed[made.planted == kind].mean()) for kind in TYPED}  # fmt: skip
    out["typed wrong, on the desk"] = float(listed[wrong].mean())
    out["right stands on the desk"] = float(listed[~wrong].mean())
    found, low, high = _sampled(made, f"bench-{seed}")
    out["sample: differ of 400"] = float(found)
    out["sample holds the true share"] = float(low <= wrong.mean() <= high)
    return out


def _sampled(made: Stands, seed: str) -> tuple[int, float, float]:
    """Read a blind sample of photos; return how many differ and Wilson's interval."""
    place = dict(zip(made.readings["idpel"], range(len(made.readings)), strict=True))
    told = made.readings["stand_kwh"].to_numpy()
    drawn = [place[i] for i in draw(place, PHOTOS, seed=seed).sample]
    found = sum(verdict_of(f"{made.true_stand_kwh[k]:.0f}", f"{told[k]:.0f}") == PhotoVerdict.OTHER for k in drawn)  # fmt: skip
    return found, *wilson(found, len(drawn))


def _seconds() -> None:
    """Print what the whole supervision of a year of a large unit takes."""
    made = made_reading(rbms=300, customers=333, months=12, seed=1)
    stands = made_stands(customers=100_000, seed=1)
    none = stands.readings.iloc[:0]
    spent: dict[str, float] = {}
    asked = _timed(spent, "facts and questions", lambda: questions(facts(made.reads, made.planned)))

    def desks() -> int:
        work = [by_stake(attention_list(stands.readings)) for _ in range(12)]
        return sum(len(to_decide(w, none.reindex(columns=w.columns), NO_DECISION)) for w in work)

    lines = _timed(spent, "stand desks", desks)
    _timed(spent, "facts of 40 readers and their years", _readers)
    print(f"\n{len(made.reads):,} reads of 300 RBM over 12 months: {len(asked)} questions, {lines:,} lines on 12 desks")  # fmt: skip
    for name, seconds in spent.items():
        print(f"  {seconds:6.2f} s  {name}")
    said("whole supervision of 12 months x 100,000 customers, CPU s", sum(spent.values()), 20)


def _readers() -> None:
    rng = np.random.default_rng(1)
    months = {}
    for m in range(12):
        n = np.full(40, 2500)
        read = rng.binomial(n, 0.97)
        months[f"2024{m + 1:02d}"] = reader_facts(pd.DataFrame({
            "officer": [f"P{k:02d}" for k in range(40)], "customers": n, "read": read, "dated": read,
            "on_day": rng.binomial(read, 0.95), "no_access": n - read, "odd": 3, "self_read": 40,
        }))  # fmt: skip
    for k in range(40):
        trend(months, f"P{k:02d}")


def _timed(spent: dict[str, float], name: str, make: Callable[[], Any]) -> Any:
    began = time.process_time()
    made = make()
    spent[name] = time.process_time() - began
    return made


if __name__ == "__main__":
    main()
