"""The kWh that rows tell: of a month, of twelve, of registers and stands; exact, never a float."""

from decimal import Decimal, InvalidOperation
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc


def kwh_told(rows: pd.DataFrame) -> Decimal | None:
    """Sum the kWh that rows tell, of one month or of twelve; None where they tell none."""
    total: Decimal | None = None
    for name in ("kwh", *(f"kwh_{n:02d}" for n in range(1, 13))):
        if name in rows:
            texts = pa.array(rows[name].dropna().array, type=pa.string())
            if len(texts):
                total = (total or Decimal(0)) + _exact_sum(texts)
    return total


def _exact_sum(texts: "pa.Array") -> Decimal:
    try:
        numbers = pc.cast(texts, pa.decimal128(38, 8))
        return Decimal(pc.sum(numbers).as_py())
    except pa.ArrowInvalid:  # more digits than that: slower, and exact as well
        return sum((Decimal(v) for v in texts.to_pylist()), Decimal(0))


def with_kwh(rows: pd.DataFrame) -> pd.DataFrame:
    """Fill ``kwh`` where the file has no such column or cell: registers, then stands (R-EN-01)."""
    given = rows["kwh"] if "kwh" in rows else pd.Series(pd.NA, index=rows.index, dtype="str")
    need = given.isna().to_numpy()
    if not need.any():
        return rows
    names = ("lwbp_kwh", "wbp_kwh", "previous_stand_kwh", "stand_kwh", "removed_stand_kwh",
             "installed_stand_kwh", "wbp_previous", "wbp_stand", "wbp_removed", "wbp_installed",
             "multiplier")  # fmt: skip
    part = rows[need].reindex(columns=list(names))
    records = part.to_dict("records")
    filled = [_kwh({str(k): _decimal(v) for k, v in row.items()}) for row in records]
    values = given.astype(object)
    values[need] = filled
    return rows.assign(kwh=pd.Series(values, index=rows.index, dtype="str"))


def _kwh(row: dict[str, Decimal | None]) -> str | None:
    if row["lwbp_kwh"] is not None:
        return format(row["lwbp_kwh"] + (row["wbp_kwh"] or 0), "f")
    total = _register(
        row["previous_stand_kwh"], row["stand_kwh"], row["removed_stand_kwh"],
        row["installed_stand_kwh"],
    )  # fmt: skip
    if total is None:
        return None
    peak = _register(
        row["wbp_previous"], row["wbp_stand"], row["wbp_removed"], row["wbp_installed"]
    )
    return format((total + (peak or 0)) * (row["multiplier"] or 1), "f")


def _register(
    before: Decimal | None,
    after: Decimal | None,
    removed: Decimal | None,
    installed: Decimal | None,
) -> Decimal | None:
    if before is None or after is None:
        return None
    if removed:
        return (removed - before) + (after - (installed or 0))
    return after - before


def _decimal(value: object) -> Decimal | None:
    try:
        return Decimal(value) if isinstance(value, str) else None
    except InvalidOperation:
        return None


def months_told(rows: pd.DataFrame, year: str) -> list[Any]:
    """Return what each refused row told of a year, kWh text by blth: sums must not lose it."""
    names = [c for c in rows if str(c).startswith("kwh_")]
    told = [
        {f"{year}{str(n)[-2:]}": str(v) for n, v in row.items() if not pd.isna(v)}
        for row in rows[names].to_dict("records")
    ]
    return [months or None for months in told]


def sum_of(months: dict[str, str] | None) -> str | None:
    """Sum what a row told of a year, exactly."""
    return format(sum(map(Decimal, months.values()), Decimal(0)), "f") if months else None
