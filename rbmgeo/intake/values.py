"""What the cells of a column look like: the values decide beside the header (domain.md 1.4)."""

from collections.abc import Callable

import pandas as pd

from rbmgeo.intake import rules
from rbmgeo.intake.raw import header_key

#: Rows that are looked at; enough to know a column, few enough for a folder of files.
LOOKED_AT = 400
#: Share of filled cells that must agree before a column is taken for something by its values.
ENOUGH = 0.9
#: Power steps in VA (domain.md 1.6).
POWER = {
    "250", "450", "900", "1300", "2200", "3500", "3900", "4400", "5500", "6600", "7700", "10600",
    "11000", "13200", "13900", "16500", "17600", "22000", "23000", "33000", "41500", "53000",
    "66000", "82500", "105000", "131000", "147000", "164000", "197000",
}  # fmt: skip
TARIF = r"(?:R[1-3]M?|[BISP][1-4]|[LTC])T?"
KDDK = r"[A-Z]{7}[0-9]{5}"
GARDU = r"[A-Z]{1,6}[ .\-]?[0-9]{2,8}[A-Z]?"
RBM = r"[0-9A-Z]{5}[A-Z]{3}"


def _matching(pattern: str) -> Callable[[pd.Series], pd.Series]:
    return lambda text: text.str.strip().str.upper().str.fullmatch(pattern)


def _numbers(text: pd.Series) -> pd.Series:
    return rules.number(text, locale="id").good


def _power(text: pd.Series) -> pd.Series:
    return text.str.replace(r"[.\s]|VA$", "", regex=True).isin(POWER)


#: How many different values a code has at most, as a share of its rows: it names many rows.
CODE_SHARE = 0.5
TESTS: dict[str, Callable[[pd.Series], pd.Series]] = {
    "idpel": lambda text: rules.idpel(text).good,
    "month": lambda text: rules.month(text).good,
    "date": lambda text: rules.day(text).good,
    "latitude": lambda text: rules.degrees(text).between(-11.5, 6.5),
    "longitude": lambda text: rules.degrees(text).between(94, 142),
    "number": _numbers,
    "power": _power,
    "tarif": _matching(TARIF),
    "kddk": _matching(KDDK),
    "gardu": _matching(GARDU),
    "rbm": _matching(RBM),
}
#: What the values of one of our columns must look like; others are free text.
LOOKS = {
    "idpel": ("idpel",), "blth": ("month",), "gardu": ("gardu",), "rbm": ("rbm",),
    "kddk": ("kddk",), "tarif": ("tarif",), "daya_va": ("power", "number"),
    "lat": ("latitude", "longitude"), "lon": ("longitude", "latitude"),
    "read_on": ("date",), "read_date": ("date",), "valid_from": ("date",), "paid_on": ("date",),
    "connected_on": ("date",), "ordered_on": ("date",), "kwh": ("number",),
    "stand_kwh": ("number",), "previous_stand_kwh": ("number",), "amount_idr": ("number",),
}  # fmt: skip
#: Headers that are named for an address detail and were used to hold the gardu (domain.md 1.4).
ADDRESS_DETAILS = ("KETNODLMRT", "NODLMRT", "NOBANG", "KETNOBANG", "KDKELOMPOK")


def filled_cells(rows: pd.DataFrame, header: str) -> pd.Series:
    """Return the first filled cells of a column, as text."""
    cells = rows[header].iloc[:LOOKED_AT].fillna("").astype("str")
    return cells[cells.str.strip() != ""]


def share(cells: pd.Series, look: str) -> float:
    """Return which part of filled cells looks like something; 0 for none."""
    return float(TESTS[look](cells).mean()) if len(cells) else 0.0


def looks_like(rows: pd.DataFrame, header: str, ours: str) -> bool:
    """Say whether a column's values may be one of ours; free text may be anything."""
    cells = filled_cells(rows, header)
    return ours not in LOOKS or any(share(cells, look) >= ENOUGH for look in LOOKS[ours])


def is_code(cells: pd.Series) -> bool:
    """Say whether values name groups of rows, as a gardu or RBM does."""
    return len(cells) >= 10 and cells.nunique() <= max(CODE_SHARE * len(cells), 1)


def samples(rows: pd.DataFrame, header: str, many: int = 3) -> tuple[str, ...]:
    """Return the first different values of a column, for a person to judge by."""
    return tuple(str(v)[:40] for v in filled_cells(rows, header).drop_duplicates().head(many))


def hidden_gardu(rows: pd.DataFrame) -> str:
    """Return the header of an address detail whose values are codes of gardu, "" if none is."""
    for header in map(str, rows.columns):
        if header_key(header) in ADDRESS_DETAILS:
            cells = filled_cells(rows, header)
            if share(cells, "gardu") >= ENOUGH and is_code(cells):
                return header
    return ""


def merged_like(rows: pd.DataFrame, header: str) -> bool:
    """Say whether a column is filled only where its value begins, as merged cells read.

    Its first row is filled, most others are empty, and no value comes back after another.
    """
    cells = rows[header].iloc[:LOOKED_AT].fillna("").astype("str").str.strip()
    total = rows.iloc[:LOOKED_AT].fillna("").astype("str").apply(
        lambda c: c.str.strip().str.upper().str.match(rules.TOTAL)
    ).any(axis=1)  # fmt: skip
    cells = cells[~total]
    told = cells[cells != ""]
    if len(cells) < 4 or len(told) < 1 or cells.iloc[0] == "":
        return False
    return len(told) <= CODE_SHARE * len(cells) and bool(told.is_unique)
