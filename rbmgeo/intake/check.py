"""A raw table becomes checked rows: every cell converted by rule, every fault named."""

import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from decimal import Decimal, InvalidOperation
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from rbmgeo.intake import positions, quick, rules
from rbmgeo.intake.parts import row_of, table_of
from rbmgeo.intake.profiles import Profile
from rbmgeo.intake.quick import each_value
from rbmgeo.intake.raw import RawTable
from rbmgeo.intake.rules import Column
from rbmgeo.terms import FileKind

NUMBERS = {
    "daya_va", "multiplier", "kwh", "previous_stand_kwh", "stand_kwh", "removed_stand_kwh",
    "installed_stand_kwh", "lwbp_kwh", "wbp_kwh", "wbp_previous", "wbp_stand", "wbp_removed",
    "wbp_installed", "rating_kva", "length_m", "accuracy_m", "amount_idr", "unpaid_bills",
    "urut", "sisipan", *(f"kwh_{n:02d}" for n in range(1, 13)),
}  # fmt: skip
DATES = {"read_on", "valid_from", "connected_on", "paid_on", "ordered_on", "read_date"}
MONTHS = {"blth"}
CODES = {"gardu"}
PLACES = {"lat", "lon", "latlon"}

#: What UTF-8 looks like once it was read as cp1252.
MOJIBAKE = "\u00c3[\u0080-\u00bf\u0192\u201a\u2020-\u2122]|\u00c2[\u00a0-\u00bf]|\u00e2\u20ac|\u00ef\u00bf\u00bd|\ufffd"
#: What makes two rows one record, by kind (R-IM-04); kinds not named here have no such key.
KEYS: dict[FileKind, tuple[str, ...]] = {
    FileKind.DPM: ("idpel", "blth"),
    FileKind.PDPJ: ("idpel",),
    FileKind.CUSTOMERS: ("idpel", "blth"),
    FileKind.TOKEN: ("idpel", "blth"),
    FileKind.RECEIVABLES: ("idpel", "blth"),
    FileKind.GARDU: ("gardu",),
    FileKind.TIANG: ("tiang",),
    FileKind.JTR: ("span",),
    FileKind.DROPS: ("drop_id",),
    FileKind.CALENDAR: ("blth", "hari_baca"),
    FileKind.GARDU_METER: ("gardu", "blth"),
    FileKind.PREPAID_ORDERS: ("order_no",),
}
#: Kinds of which two contradicting rows cannot both stand: the second is refused.
ONE_ROW = {
    FileKind.GARDU, FileKind.TIANG, FileKind.JTR, FileKind.DROPS, FileKind.CALENDAR,
    FileKind.GARDU_METER, FileKind.PREPAID_ORDERS,
}  # fmt: skip


@dataclass(frozen=True)
class Share:
    """What one of several tables that are one list told in a piece, beside its good rows."""

    read: int
    skipped: int
    kwh_skipped: Decimal | None
    warnings: dict[str, int]


@dataclass
class Checked:
    """Rows that passed, rows that did not, and what is worth saying about the rest.

    ``rows`` are indexed by row number, numbers as exact decimal text; ``geometry`` lies
    beside them. ``rejects`` has one row per refused row: ``row_no``, ``sheet``, ``column``,
    ``value``, ``rule``, ``kwh``, ``blth``, ``kwh_months`` (of a row that tells a year: kWh text
    by blth, ``kwh`` their sum), ``cells``. read = good + rejected + skipped; ``kwh_skipped`` is
    what the rows told that say what an earlier one said. ``made`` holds tables that were made of
    the rows ahead of their writing.
    """

    profile: Profile
    file: str
    sheet: str
    read: int
    rows: pd.DataFrame
    rejects: pd.DataFrame
    skipped: int
    warnings: dict[str, int] = field(default_factory=dict)
    geometry: "np.ndarray[Any, Any] | None" = None
    kwh_skipped: Decimal | None = None
    dragged: set[int] = field(default_factory=set)
    shares: dict[int, "Share"] = field(default_factory=dict)
    made: dict[str, Any] = field(default_factory=dict)

    def of_table(self, number: int) -> "Checked":
        """Return what one of several tables that are one list has of this piece.

        Rows and rejects are numbered as in that table (`rbmgeo.intake.parts`).
        """
        if set(self.shares) <= {0}:
            return self
        share = self.shares[number]
        mine = table_of(self.rows.index) == number
        rows = self.rows[mine]
        rejects = self.rejects[table_of(self.rejects["row_no"]) == number]
        part = replace(
            self, read=share.read, skipped=share.skipped, kwh_skipped=share.kwh_skipped,
            warnings=dict(share.warnings), rows=rows.set_axis(row_of(rows.index)),
            rejects=rejects.assign(row_no=row_of(rejects["row_no"])), shares={}, made={},
            geometry=None if self.geometry is None else self.geometry[mine],
        )  # fmt: skip
        if self.places is not None:
            part.places = self.places[mine].set_axis(part.rows.index)
            part.warnings |= positions.warn_places(part.places)
        if "conflict" in rows and rows["conflict"].any():
            part.warnings["R-IM-04"] = int(rows["conflict"].sum())
        return part

    @property
    def good(self) -> int:
        """Rows that will be loaded."""
        return len(self.rows)

    @cached_property
    def places(self) -> pd.DataFrame | None:
        """The positions that the rows tell (see `rbmgeo.intake.positions`)."""
        return positions.points(self.rows, self.geometry, self.profile, self.dragged)

    @property
    def source(self) -> str:
        """What the readings and points of this file are called."""
        return self.profile.source or self.profile.name


def key_of(profile: Profile, head: RawTable) -> Callable[[pd.DataFrame], pd.Series] | None:
    """Return what tells rows of one thing by their raw cells; None where each is its own.

    The first part of the kind's key, as the rules normalise it: all rows of one customer
    (gardu, span ...) have it in common, however it is spelled.
    """
    if profile.kind == FileKind.STREETS:
        return None
    name = KEYS.get(profile.kind, ("idpel",))[0]
    header = profile.headers(head).get(name)
    if header is None:
        return None
    if name == "idpel":
        return lambda rows: quick.idpel(rows[header].fillna(""), pad=profile.id_pad).values
    convert = _converter(name, profile)
    return lambda rows: each_value(convert, rows[header].fillna("")).values


def check(
    table: RawTable, profile: Profile, *, ulp: str = "", dragged: "set[int] | None" = None
) -> Checked:
    """Convert and judge every row of a table by its profile.

    ``dragged`` are the rows of the whole source whose position was dragged down a spreadsheet
    (see `rbmgeo.intake.positions.watch`); without it they are looked for among this table's rows.
    ``ulp``, where given, is the unit that every row must belong to (a UNITUP column naming
    another one is an error; an idpel prefix never is, R-IM-03).
    """
    headers = profile.headers(table)
    raw = pd.DataFrame({o: table.rows[h] for o, h in headers.items()}, index=table.rows.index)
    rows, faults = _convert(raw, profile, table.epoch)
    if "photo_rule" in raw:  # what the reader of the zip found comes first
        faults.pop("photo", None)
        faults = {"photo": raw["photo_rule"].replace("", pd.NA)} | faults
    if profile.geometry and table.geometry is not None:
        faults["geometry"] = positions.shape_faults(table, profile)
    elif {"lat", "lon", "latlon"} & set(raw.columns):
        faults |= positions.cell_faults(raw, profile)
    if ulp and "ulp" in rows:
        other = rows["ulp"].notna() & (rows["ulp"] != ulp)
        faults["ulp"] = faults.get("ulp", rules.no_faults(raw["ulp"])).mask(other, "OTHER_UNIT")
    if profile.kind == FileKind.DPM:
        rows = _with_kwh(rows)
    told = rows
    first = _first_fault(faults, raw.index)
    _name_totals(first, table.rows)
    bad = first["rule"].notna()
    # Rows of a map layer may share every attribute and still be two things in two places, and
    # members of a zip of photos every word and still be two photos.
    identical = pd.Series(False, index=raw.index)
    if table.geometry is None and profile.kind != FileKind.PHOTOS:
        identical[~bad] = _again(rows[~bad], profile)
    keep = ~bad & ~identical
    converted = rows
    rows, contradicts = _lines(converted[keep], profile)
    if profile.kind in ONE_ROW:
        refused = contradicts[contradicts > 0].index
        first.loc[refused, ["column", "rule"]] = [KEYS[profile.kind][0], "CONTRADICTS"]
        rows = rows.drop(index=refused)
        bad = first["rule"].notna()
    shares = _shares(table, raw, told, identical, profile, ulp)
    warnings: dict[str, int] = {}
    for share in shares.values():
        for rule, count in share.warnings.items():
            warnings[rule] = warnings.get(rule, 0) + count
    conflicts = int(rows["conflict"].sum()) if "conflict" in rows else 0
    if conflicts:
        warnings["R-IM-04"] = conflicts
    geometry = None
    if table.geometry is not None:
        geometry = table.geometry[table.rows.index.get_indexer(rows.index)]
    return Checked(
        profile=profile,
        file=table.file,
        sheet=table.sheet,
        read=len(raw) + len(table.misfits),
        rows=rows,
        rejects=_rejects(table, raw, converted, first[bad], headers, profile),
        skipped=int(identical.sum()),
        warnings=warnings,
        geometry=geometry,
        kwh_skipped=kwh_told(converted[identical]),
        dragged=positions.dragged_rows(table, profile) if dragged is None else dragged,
        shares=shares,
    )


def _shares(
    table: RawTable, raw: pd.DataFrame, told: pd.DataFrame, identical: pd.Series, profile: Profile,
    ulp: str,
) -> dict[int, Share]:  # fmt: skip
    """Say what each of the tables that are one list has of a piece; most often there is one."""
    of, misfit = table_of(raw.index), table_of(list(table.misfits))
    shares = {}
    for number in np.unique(np.concatenate([of, misfit])).tolist():
        mine = of == number
        raw_, told_, again = (
            (raw, told, identical) if mine.all() else (raw[mine], told[mine], identical[mine])
        )
        warnings = _warnings(raw_, told_, ulp)
        strange = positions.undeclared(raw_, profile)
        if strange:
            warnings["DMS"] = strange
        shares[number] = Share(
            read=len(raw_) + int((misfit == number).sum()), skipped=int(again.sum()),
            kwh_skipped=kwh_told(told_[again]), warnings=warnings,
        )  # fmt: skip
    return shares


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


def _again(rows: pd.DataFrame, profile: Profile) -> pd.Series:
    """Mark rows that say what an earlier one said, however it was spelled (R-IM-04)."""
    said = rows.drop(columns=[c for c in rows if str(c).startswith("raw_")])
    # Only rows of one key can be the same: few have to be compared cell by cell.
    key = [k for k in KEYS.get(profile.kind, ("idpel",)) if k in said] or None
    alike = said.duplicated(subset=key, keep=False)
    again = alike.copy()
    again[alike] = said[alike].duplicated(keep="first")
    return again


def _convert(
    raw: pd.DataFrame, profile: Profile, epoch: str
) -> tuple[pd.DataFrame, dict[str, pd.Series]]:
    out: dict[str, Any] = {}
    faults: dict[str, pd.Series] = {}
    for name in raw.columns:
        text = raw[name].fillna("")
        done = (
            each_value(_converter(name, profile, epoch), text)
            if name != "idpel"
            else quick.idpel(text, pad=profile.id_pad)
        )
        out[name], faults[name] = done.values, done.faults
        if name in CODES:
            out[f"raw_{name}"] = text.str.strip().where(text.str.strip() != "")
    frame = pd.DataFrame(out, index=raw.index)
    for name in profile.needs:
        if (
            name in raw
            and name in ("gardu", "tiang", "span", "blth", "hari_baca", "drop_id")
            and (profile.kind != FileKind.CUSTOMERS and profile.kind != FileKind.PDPJ)
        ):
            empty = frame[name].isna() & faults[name].isna()
            faults[name] = faults[name].mask(empty, "EMPTY_KEY")
    return frame, faults


def _converter(name: str, profile: Profile, epoch: str = "") -> Callable[[pd.Series], Column]:
    if name in NUMBERS:
        return lambda text: quick.number(text, locale=profile.locale)
    if name in DATES:
        return lambda text: quick.day(text, epoch=epoch)
    if name == "hari_baca":
        return rules.reading_day
    if name in MONTHS:
        return rules.month
    if name in CODES:
        return _code
    if name in PLACES:
        return lambda text: Column(text, rules.no_faults(text))
    return _plain


def _plain(text: pd.Series) -> Column:
    clean = text.str.strip()
    if clean.str.contains(r"[^\x00-\x7f]", regex=True).any():
        clean = clean.map(lambda v: unicodedata.normalize("NFC", v))
    faults = rules.no_faults(text).mask(clean.str.contains(rules.CONTROL), "CONTROL_CHARACTER")
    faults = faults.mask(clean.str.fullmatch(rules.ERROR), "ERROR_CELL")
    return Column(clean.where((clean != "") & faults.isna()), faults)


def _code(text: pd.Series) -> Column:
    faults = rules.no_faults(text).mask(text.str.contains(rules.CONTROL), "CONTROL_CHARACTER")
    faults = faults.mask(text.str.strip().str.fullmatch(rules.ERROR), "ERROR_CELL")
    return Column(rules.gardu(text).where(faults.isna()), faults)


def _with_kwh(rows: pd.DataFrame) -> pd.DataFrame:
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


def _warnings(raw: pd.DataFrame, rows: pd.DataFrame, ulp: str) -> dict[str, int]:
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


def _first_fault(faults: dict[str, pd.Series], index: pd.Index) -> pd.DataFrame:
    first = pd.DataFrame({"column": pd.NA, "rule": pd.NA}, index=index, dtype="str")
    for name, fault in faults.items():
        if fault.isna().all():
            continue
        hit = fault.notna() & first["rule"].isna()
        first.loc[hit, "rule"] = fault[hit]
        first.loc[hit, "column"] = name
    return first


def _lines(rows: pd.DataFrame, profile: Profile) -> tuple[pd.DataFrame, pd.Series]:
    """Give each row of one key its line; contradicting rows are marked (R-IM-04).

    The number of a line follows the rows' content, never their order in the file.
    """
    key = [k for k in KEYS.get(profile.kind, ()) if k in rows]
    if not key:
        return rows, pd.Series(0, index=rows.index)
    state = pd.Series("", index=rows.index)
    active = pd.Series(True, index=rows.index)
    if profile.active_states and "status" in rows:
        active = rows["status"].isin(profile.active_states)
        state = rows["status"].fillna("?").where(~active, "")
    keys = [rows[k].fillna("") for k in key] + [state]
    repeated = pd.DataFrame(dict(enumerate(keys))).duplicated(keep=False)
    number, line = pd.Series(0, index=rows.index), state.copy()
    if repeated.any():
        ranked = rows[repeated].fillna("").sort_values(list(rows.columns), kind="stable")
        place = ranked.groupby([k.loc[ranked.index] for k in keys], sort=False).cumcount()
        number.loc[place.index] = place
        more = number.index[number > 0]
        line[more] = (state[more] + "-" + (number[more] + 1).astype("str")).str.lstrip("-")
    return rows.assign(line=line, active=active, conflict=repeated), number


def _name_totals(first: pd.DataFrame, cells: pd.DataFrame) -> None:
    """Name, in place, rows without an idpel that say JUMLAH in another cell: totals."""
    empty = first.index[first["rule"] == "IDPEL_EMPTY"]
    if len(empty):
        said = cells.loc[empty].apply(lambda c: c.str.strip().str.upper().str.match(rules.TOTAL))
        first.loc[empty[said.any(axis=1)], "rule"] = "TOTAL_ROW"


def _rejects(
    table: RawTable, raw: pd.DataFrame, converted: pd.DataFrame, first: pd.DataFrame,
    headers: dict[str, str], profile: Profile,
) -> pd.DataFrame:  # fmt: skip
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
        out["kwh_months"] = _months_told(converted.loc[bad], profile.first_month[:4])
        out["kwh"] = [_sum(months) for months in out["kwh_months"]]
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


def _months_told(rows: pd.DataFrame, year: str) -> list[Any]:
    """Return what each refused row told of a year, kWh text by blth: sums must not lose it."""
    names = [c for c in rows if str(c).startswith("kwh_")]
    told = [
        {f"{year}{str(n)[-2:]}": str(v) for n, v in row.items() if not pd.isna(v)}
        for row in rows[names].to_dict("records")
    ]
    return [months or None for months in told]


def _sum(months: dict[str, str] | None) -> str | None:
    return format(sum(map(Decimal, months.values()), Decimal(0)), "f") if months else None


def _readable(converted: pd.DataFrame, bad: pd.Index, name: str) -> list[object]:
    if name not in converted:
        return [None] * len(bad)
    return [None if pd.isna(v) else v for v in converted.loc[bad, name]]
