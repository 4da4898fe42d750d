"""Every cell by the rule of its column: numbers, dates, codes, words."""

import unicodedata
from collections.abc import Callable
from typing import Any

import pandas as pd

from rbmgeo.intake import quick, rules
from rbmgeo.intake.profiles import Profile
from rbmgeo.intake.quick import each_value
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


def convert(
    raw: pd.DataFrame, profile: Profile, epoch: str
) -> tuple[pd.DataFrame, dict[str, pd.Series]]:
    """Return every cell by the rule of its column, and per column the fault of each row."""
    out: dict[str, Any] = {}
    faults: dict[str, pd.Series] = {}
    for name in raw.columns:
        text = raw[name].fillna("")
        done = (
            each_value(converter(name, profile, epoch), text)
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


def converter(name: str, profile: Profile, epoch: str = "") -> Callable[[pd.Series], Column]:
    """Return the rule that turns the texts of a column into values."""
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
