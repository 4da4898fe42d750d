"""SOP IV.8 of one unit: kWh of a month per RBM and gardu, out of its lines, to the last digit."""

from decimal import Decimal

import numpy as np
import pandas as pd
import pyarrow as pa

from rbmgeo.energy.attention import LOW_HOURS
from rbmgeo.energy.per_gardu import HOURS, NO_GARDU, NO_RBM

#: A customer's line in a month: texts, ``main`` (counted by it), ``prepaid``, Decimals or None.
LINES = ["idpel", "line", "rbm", "gardu", "main", "prepaid", "daya_va", "kwh", "active_kwh", "token_kwh"]  # fmt: skip
_SUMS = ["kwh", "active_kwh", "token_kwh", "main_va", "known_va", "known_kwh"]


def reported(lines: pd.DataFrame) -> pd.DataFrame:
    """Sum lines (`LINES`) per rbm and gardu: columns of `rbmgeo.energy.per_gardu` but ``blth``.

    The same rows as the database sums (`rbmgeo.db.queries.energy.kwh_per_rbm_gardu`), sums as
    Decimal.
    """
    if lines.empty:
        return pd.DataFrame(columns=["rbm", "gardu"])
    main, prepaid = lines["main"].to_numpy(bool), lines["prepaid"].to_numpy(bool)
    kwh, va, token = (_floats(lines[n]) for n in ("kwh", "daya_va", "token_kwh"))
    read, told = ~np.isnan(kwh), ~np.isnan(va)
    posted = main & ~prepaid
    powered = posted & (va > 0)
    counts = {
        "customers": main, "read": posted & read, "unread": posted & ~read,
        "prepaid": main & prepaid, "without_daya": main & ~told, "zero_kwh": main & (kwh == 0),
        "under_40_hours": powered & (kwh > 0) & (kwh * 1000 < LOW_HOURS * va),
        "over_720_hours": powered & (kwh * 1000 > HOURS * va),
    }  # fmt: skip
    known = read | ~np.isnan(token)
    both = [_sum(a, b) for a, b in zip(lines["kwh"], lines["token_kwh"], strict=True)]
    sums = {
        **{n: lines[n] for n in ("kwh", "active_kwh", "token_kwh")},
        "main_va": lines["daya_va"].where(main), "known_va": lines["daya_va"].where(main & known),
        "known_kwh": pd.Series(both, index=lines.index, dtype=object).where(main & told),
    }  # fmt: skip
    table = pa.table(
        {"rbm": pa.array(lines["rbm"].fillna(NO_RBM).astype("str")),
         "gardu": pa.array(lines["gardu"].fillna(NO_GARDU).astype("str")),
         **{n: pa.array(flag.astype(np.int64)) for n, flag in counts.items()},
         **{n: _exact(values) for n, values in sums.items()}}
    )  # fmt: skip
    done = table.group_by(["rbm", "gardu"], use_threads=False).aggregate(
        [(n, "sum") for n in (*counts, *_SUMS)]
    )
    out = pd.DataFrame({n.removesuffix("_sum"): done[n].to_pylist() for n in done.column_names})
    out[_SUMS] = out[_SUMS].map(lambda v: Decimal(0) if v is None else v)
    out = out.rename(columns={"main_va": "daya_va"})
    return out.sort_values(["rbm", "gardu"], ignore_index=True)


def _sum(one: Decimal | None, other: Decimal | None) -> Decimal:
    return (one or Decimal(0)) + (other or Decimal(0))


def _floats(values: pd.Series) -> "np.ndarray[tuple[int], np.dtype[np.float64]]":
    return np.asarray(pd.to_numeric(values, errors="coerce"), dtype=float)


def _exact(values: pd.Series) -> pa.Array:
    """Return Decimals as such; none known are those of one digit."""
    told = [None if v is None or v != v else v for v in values]
    exact = pa.array(told)
    return exact if pa.types.is_decimal(exact.type) else pa.array(told, pa.decimal128(1, 0))
