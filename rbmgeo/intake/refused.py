"""Rows that are not taken, each with its reason, and what is odd about those that are."""

import pandas as pd

from rbmgeo.intake import rules
from rbmgeo.intake.kwh import months_told, sum_of
from rbmgeo.intake.profiles import Profile
from rbmgeo.intake.raw import RawTable

#: What UTF-8 looks like once it was read as cp1252.
MOJIBAKE = "\u00c3[\u0080-\u00bf\u0192\u201a\u2020-\u2122]|\u00c2[\u00a0-\u00bf]|\u00e2\u20ac|\u00ef\u00bf\u00bd|\ufffd"


def warnings(raw: pd.DataFrame, rows: pd.DataFrame, ulp: str) -> dict[str, int]:
    """Count the rows that were taken, but not as they were written or not as one would expect."""
    found: dict[str, int] = {}
    mangled = _mojibake(raw)
    if mangled:
        found["MOJIBAKE"] = mangled
    if "idpel" in raw:
        changed = rows["idpel"].notna() & (raw["idpel"] != rows["idpel"])
        if changed.any():
            found["IDPEL_NORMALISED"] = int(changed.sum())
        unit = rows.get("ulp", ulp)
        if ulp or "ulp" in rows:
            foreign = rows["idpel"].notna() & (rows["idpel"].str[:5] != unit)
            if foreign.any():
                found["R-IM-03"] = int(foreign.sum())
    return found


def _mojibake(raw: pd.DataFrame) -> int:
    """Count rows whose texts were once read in the wrong encoding (\u00c3\u00a9 for \u00e9)."""
    hit = pd.Series(False, raw.index)
    for name in ("name", "address", "gardu", "tiang"):
        if name in raw:
            hit |= raw[name].str.contains(MOJIBAKE, regex=True).fillna(False).astype(bool)
    return int(hit.sum())


def first_fault(faults: dict[str, pd.Series], index: pd.Index) -> pd.DataFrame:
    """Return per row the column and rule of its first fault; both missing where it has none."""
    first = pd.DataFrame({"column": pd.NA, "rule": pd.NA}, index=index, dtype="str")
    for name, fault in faults.items():
        if fault.isna().all():
            continue
        hit = fault.notna() & first["rule"].isna()
        first.loc[hit, "rule"] = fault[hit]
        first.loc[hit, "column"] = name
    return first


def name_totals(first: pd.DataFrame, cells: pd.DataFrame) -> None:
    """Name, in place, rows without an idpel that say JUMLAH in another cell: totals."""
    empty = first.index[first["rule"] == "IDPEL_EMPTY"]
    if len(empty):
        said = cells.loc[empty].apply(lambda c: c.str.strip().str.upper().str.match(rules.TOTAL))
        first.loc[empty[said.any(axis=1)], "rule"] = "TOTAL_ROW"


def rejects(
    table: RawTable, raw: pd.DataFrame, converted: pd.DataFrame, first: pd.DataFrame,
    headers: dict[str, str], profile: Profile,
) -> pd.DataFrame:  # fmt: skip
    """Return a row per refused row, as `rbmgeo.intake.check.Checked` has them."""
    bad = first.index
    cells = table.rows.loc[bad].to_dict("records")
    out = pd.DataFrame(
        {
            "row_no": bad,
            "column": [headers.get(c, c) for c in first["column"]],
            "value": ["" if c not in raw else raw.at[i, c] for i, c in first["column"].items()],
            "rule": first["rule"].to_numpy(),
            "blth": _readable(converted, bad, "blth"),
            "kwh": _readable(converted, bad, "kwh"),
            "kwh_months": None,
            "cells": cells,
        }
    )
    if profile.first_month and len(bad):
        out["kwh_months"] = months_told(converted.loc[bad], profile.first_month[:4])
        out["kwh"] = [sum_of(months) for months in out["kwh_months"]]
    names = [str(n) for n in table.rows.columns]
    width = len(names)
    misfit = pd.DataFrame(
        [
            {"row_no": n, "column": "", "value": str(len(c)), "blth": None, "kwh": None,
             "kwh_months": None, "rule": "ROW_LONG" if len(c) > width else "ROW_SHORT",
             "cells": {names[i] if i < width else f"+{i + 1 - width}": v for i, v in enumerate(c)}}
            for n, c in table.misfits.items()
        ],
        columns=list(out.columns),
    )  # fmt: skip
    # A total is no reading: its kWh stand in the other rows already.
    out.loc[out["rule"] == "TOTAL_ROW", ["kwh", "kwh_months"]] = None
    both = [f for f in (out, misfit) if len(f)]
    done = pd.concat(both, ignore_index=True) if both else out
    return done.assign(sheet=table.sheet or None).sort_values("row_no", ignore_index=True)


def _readable(converted: pd.DataFrame, bad: pd.Index, name: str) -> list[object]:
    if name not in converted:
        return [None] * len(bad)
    return [None if pd.isna(v) else v for v in converted.loc[bad, name]]
