"""A raw table becomes checked rows: every cell converted by rule, every fault named."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from decimal import Decimal
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from rbmgeo.intake import positions, quick, rules
from rbmgeo.intake.cells import convert, converter
from rbmgeo.intake.kwh import kwh_told, with_kwh
from rbmgeo.intake.parts import row_of, table_of
from rbmgeo.intake.profiles import Profile
from rbmgeo.intake.quick import each_value
from rbmgeo.intake.raw import RawTable
from rbmgeo.intake.refused import first_fault, name_totals, rejects
from rbmgeo.intake.refused import warnings as told_of
from rbmgeo.terms import FileKind

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
    convert = converter(name, profile)
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
    rows, faults = convert(raw, profile, table.epoch)
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
        rows = with_kwh(rows)
    told = rows
    first = first_fault(faults, raw.index)
    name_totals(first, table.rows)
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
        rejects=rejects(table, raw, converted, first[bad], headers, profile),
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
        warnings = told_of(raw_, told_, ulp)
        strange = positions.undeclared(raw_, profile)
        if strange:
            warnings["DMS"] = strange
        shares[number] = Share(
            read=len(raw_) + int((misfit == number).sum()), skipped=int(again.sum()),
            kwh_skipped=kwh_told(told_[again]), warnings=warnings,
        )  # fmt: skip
    return shares


def _again(rows: pd.DataFrame, profile: Profile) -> pd.Series:
    """Mark rows that say what an earlier one said, however it was spelled (R-IM-04)."""
    said = rows.drop(columns=[c for c in rows if str(c).startswith("raw_")])
    # Only rows of one key can be the same: few have to be compared cell by cell.
    key = [k for k in KEYS.get(profile.kind, ("idpel",)) if k in said] or None
    alike = said.duplicated(subset=key, keep=False)
    again = alike.copy()
    again[alike] = said[alike].duplicated(keep="first")
    return again


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
