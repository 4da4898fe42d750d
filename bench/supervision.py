"""Planted faults of reading: at which rate they are asked about, and who is asked without cause.

`make bench-supervision`: ten made units (`bench.made_reading`) of 60 RBM over 12 months, one line a
fault, mean over the seeds; then the seconds for 12 months of 100,000 customers. Innocent: an RBM and
month without a planted fault that is asked about its reader's day, tempo or place; the interval to
a neighbouring month that was planted is no innocent month's fault and counted apart.
"""

import time

import pandas as pd

from bench.made_reading import FAULTS, made_reading
from bench.routes_order import said
from rbmgeo.supervision.consistency import facts
from rbmgeo.supervision.questions import Ask, questions

SEEDS = 10
SHOWS = {
    "at_home": Ask.ONE_PLACE, "copied_tempo": Ask.SAME_GAP, "wrong_day": Ask.OTHER_DAY,
    "swapped_days": Ask.SWAPPED, "shifted_60_m": Ask.SHIFTED,
}  # fmt: skip


def main() -> None:
    """Print the table and the seconds."""
    rows = pd.DataFrame([one(seed) for seed in range(SEEDS)])
    table = pd.DataFrame({"mean": rows.mean(), "least": rows.min(), "most": rows.max()})
    print(table.round(4).to_string())
    said("innocent RBM and months asked about, %", 100 * rows["innocent"].mean(), 2)
    made = made_reading(rbms=300, customers=333, months=12, seed=1)
    began = time.process_time()
    told = questions(facts(made.reads, made.planned))
    spent = time.process_time() - began
    print(f"\n{len(made.reads):,} reads of 300 RBM over 12 months: {len(told)} questions")
    said("facts and questions of 12 months x 100,000 customers, CPU s", spent, 20)


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
    return out


if __name__ == "__main__":
    main()
