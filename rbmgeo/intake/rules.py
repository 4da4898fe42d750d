"""From text to values, a column at a time; a fault names its rule, nothing is guessed.

Each function takes a text Series and returns the values (missing where the cell is empty or
faulty) and the faults: a Series of rule ids, missing where a cell is fine.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from rbmgeo.errors import UsageError
from rbmgeo.intake.coordinates import in_metres, lost_decimals
from rbmgeo.terms import CoordinateQuality

Text = pd.Series

SEPARATORS = r"[\s.\-\u00a0\u2007\u202f]+"
INVISIBLE = r"[\u200b-\u200f\u202a-\u202e\u2060\ufeff]"
SCIENTIFIC = r"^[+-]?[0-9]+(?:[.,][0-9]+)?[eE][+-]?[0-9]+$"
#: What a spreadsheet writes where a formula failed, in any export of it.
ERROR = r"#(?:N/A|REF!|VALUE!|DIV/0!|NAME\?|NULL!|NUM!|SPILL!|CALC!)"
#: How a line of sums begins, in capitals.
TOTAL = r"(?:JUMLAH|TOTAL|GRAND TOTAL)\b"
#: What a spreadsheet makes of a number, not of an id: its last digits may be a fraction.
FRACTION = r"^[+-].*|^[0-9]+[.,][0-9]{1,2}$"

#: R-IM-06: west, south, east, north.
INDONESIA = (94.0, -11.5, 142.0, 6.5)

MONTHS = {
    "januari": 1, "jan": 1, "februari": 2, "feb": 2, "pebruari": 2, "maret": 3, "mar": 3,
    "april": 4, "apr": 4, "mei": 5, "juni": 6, "jun": 6, "juli": 7, "jul": 7, "agustus": 8,
    "agt": 8, "agu": 8, "ags": 8, "september": 9, "sep": 9, "sept": 9, "oktober": 10, "okt": 10,
    "november": 11, "nov": 11, "nopember": 11, "desember": 12, "des": 12,
}  # fmt: skip


@dataclass(frozen=True)
class Column:
    """Values of one column and, beside them, the rule that each faulty cell broke."""

    values: pd.Series
    faults: pd.Series

    @property
    def good(self) -> "pd.Series":
        """True where no rule was broken."""
        return self.faults.isna()


def no_faults(like: pd.Series) -> pd.Series:
    """Return an empty series of rules beside ``like``."""
    return pd.Series(pd.NA, index=like.index, dtype="str")


def idpel(text: Text, *, pad: bool = False) -> Column:
    """Read customer ids (R-IM-01, R-IM-02): twelve digits, never expanded, never guessed.

    Spaces, dots, hyphens and a leading apostrophe are taken off, a sign or a fraction never
    is; ``pad`` (a profile's ``id_pad``) fills shorter numbers with zeros on the left.
    """
    raw = text.str.strip()
    clean = raw.str.lstrip("'\"").str.rstrip("'\"").str.strip()
    clean = clean.str.replace(r"^([0-9]{4,})\.0+$", r"\1", regex=True)
    signed = clean.str.contains(FRACTION, regex=True)
    clean = clean.str.replace(SEPARATORS, "", regex=True)
    if pad:
        short = clean.str.fullmatch(r"[0-9]{1,11}")
        clean = clean.where(~short, clean.str.zfill(12))
    faults = no_faults(text)
    faults[~clean.str.fullmatch(r"[0-9]{12}") | signed] = "R-IM-01"
    faults[clean.str.fullmatch(r"[0-9]+") & (clean.str.len() != 12) & ~signed] = "IDPEL_LEN"
    faults[raw.str.contains(INVISIBLE, regex=True)] = "IDPEL_INVISIBLE"
    faults[raw.str.fullmatch(SCIENTIFIC)] = "R-IM-02"
    faults[raw == ""] = "IDPEL_EMPTY"
    faults[raw.str.upper().str.match(TOTAL)] = "TOTAL_ROW"
    return Column(clean.where(faults.isna()), faults)


def number(text: Text, *, locale: str = "") -> Column:
    """Read numbers as exact decimal text (R-IM-05); ``1.234`` is decided by the locale.

    ``locale`` ``id`` takes ``.`` for thousands, ``en`` takes ``,``; without one such a
    number is refused as ambiguous.
    """
    raw = text.str.strip().str.replace("\u2212", "-")
    as_id = raw.str.replace(".", "", regex=False).str.replace(",", ".", regex=False)
    as_en = raw.str.replace(",", "", regex=False)
    # These mean one thing only, whoever wrote them; one sign before three digits does not.
    plain = (
        r"[+-]?[0-9]+|[+-]?[0-9]*\.(?:[0-9]{1,2}|[0-9]{4,})|[+-]?[0-9]{4,}\.[0-9]+|[+-]?0\.[0-9]+"
    )
    only_id = r"[+-]?[0-9]{1,3}(?:\.[0-9]{3})+,[0-9]+|[+-]?[0-9]{1,3}(?:\.[0-9]{3}){2,}"
    only_id += r"|[+-]?[0-9]+,(?:[0-9]{1,2}|[0-9]{4,})|[+-]?[0-9]{4,},[0-9]+|[+-]?0,[0-9]+"
    only_en = r"[+-]?[0-9]{1,3}(?:,[0-9]{3})+\.[0-9]+|[+-]?[0-9]{1,3}(?:,[0-9]{3}){2,}"
    thousands_or_not = raw.str.fullmatch(r"[+-]?[0-9]{1,3}[.,][0-9]{3}") & ~raw.str.match(
        r"[+-]?0[.,]"
    )
    values = pd.Series(pd.NA, index=text.index, dtype="str")
    values = values.where(~raw.str.fullmatch(plain), raw)
    values = values.where(~raw.str.fullmatch(only_id), as_id)
    values = values.where(~raw.str.fullmatch(only_en), as_en)
    if locale:
        values = values.where(~thousands_or_not, as_id if locale == "id" else as_en)
    values = values.str.lstrip("+")
    faults = no_faults(text)
    faults[values.isna()] = "NUMBER"
    faults[values.isna() & thousands_or_not] = "AMBIGUOUS"
    faults[raw.str.fullmatch(SCIENTIFIC)] = "NUMBER_SCIENTIFIC"
    empty = raw == ""
    return Column(values.where(~empty & faults.isna()), faults.where(~empty))


def day(text: Text, *, epoch: str = "") -> Column:
    """Read dates: dd/mm/yyyy, yyyy-mm-dd, yyyymmdd, and Indonesian month names.

    ``epoch`` (of a workbook) also takes a number of days since 1900 or 1904.
    """
    raw = _serials(text.str.strip().str.lower(), epoch)
    names = "|".join(sorted(MONTHS, key=len, reverse=True))
    iso = raw.str.extract(r"^(?P<y>\d{4})-(?P<m>\d{1,2})-(?P<d>\d{1,2})(?:[t ].*)?$")
    packed = raw.str.extract(r"^(?P<y>\d{4})(?P<m>\d{2})(?P<d>\d{2})$")
    local = raw.str.extract(r"^(?P<d>\d{1,2})[/.\-](?P<m>\d{1,2})[/.\-](?P<y>\d{4})(?:\s.*)?$")
    word = raw.str.extract(rf"^(?P<d>\d{{1,2}})[ \-](?P<m>{names})[ \-](?P<y>\d{{4}})$")
    word["m"] = word["m"].map(MONTHS, na_action="ignore").astype("Int64").astype("str")
    parts = (
        iso.fillna(packed[["y", "m", "d"]])
        .fillna(local[["y", "m", "d"]])
        .fillna(word[["y", "m", "d"]])
    )
    joined = parts["y"] + "-" + parts["m"].str.zfill(2) + "-" + parts["d"].str.zfill(2)
    values = pd.to_datetime(joined, format="%Y-%m-%d", errors="coerce")
    year = pd.to_numeric(parts["y"], errors="coerce")
    empty = raw == ""
    fine = values.notna() & year.between(1900, 2100)
    faults = no_faults(text)
    faults[~fine & ~empty] = "DATE"
    out = pd.Series(values.dt.strftime("%Y-%m-%d"), index=text.index, dtype="str")
    return Column(out.where(fine), faults)


def _serials(raw: Text, epoch: str) -> Text:
    """Write a workbook's day numbers as dates; other texts stay as they are."""
    if not epoch:
        return raw
    is_serial = raw.str.fullmatch(r"[0-9]{4,5}(?:\.[0-9]+)?")
    if not is_serial.any():
        return raw
    # Excel counts 1900 as a leap year; every day since its March is one too high.
    start = pd.Timestamp("1904-01-01" if epoch == "1904" else "1899-12-30")
    days = pd.to_numeric(raw[is_serial], errors="coerce").astype(float) // 1
    dates = (start + pd.to_timedelta(days, unit="D")).dt.strftime("%Y-%m-%d")
    out = raw.copy()
    out[is_serial] = dates.astype("str")
    return out


def reading_day(text: Text) -> Column:
    """Read a reading day: a letter or code as it is written in capitals, or a day from 1 to 31."""
    clean = text.str.strip().str.upper()
    faults = no_faults(text)
    digits = clean.str.fullmatch(r"[0-9]+(?:\.0)?")
    value = pd.to_numeric(clean.where(digits), errors="coerce")
    faults[digits & ~value.between(1, 31)] = "READING_DAY"
    faults[clean.str.fullmatch(ERROR)] = "ERROR_CELL"
    clean = clean.str.replace(r"^([0-9]+)\.0$", r"\1", regex=True)
    return Column(clean.where((clean != "") & faults.isna()), faults)


def month(text: Text) -> Column:
    """Read billing months (R-IM-09): YYYYMM and MMYYYY, stored YYYYMM.

    >>> month(pd.Series(["052016", "201605"], dtype="str")).values.tolist()
    ['201605', '201605']
    """
    raw = text.str.strip().str.replace(r"[-/ ]", "", regex=True)
    ahead = raw.str.fullmatch(r"(?:19|20|21)\d{2}(?:0[1-9]|1[0-2])")
    behind = raw.str.fullmatch(r"(?:0[1-9]|1[0-2])(?:19|20|21)\d{2}")
    values = raw.where(ahead, raw.str[2:] + raw.str[:2])
    faults = no_faults(text)
    faults[~ahead & ~behind & (text.str.strip() != "")] = "R-IM-09"
    return Column(values.where(ahead | behind), faults)


def gardu(text: Text) -> pd.Series:
    """Return gardu codes in one spelling (R-IM-10): capitals without space, dot or hyphen.

    >>> gardu(pd.Series(["KA 1316", "ka-1316"], dtype="str")).tolist()
    ['KA1316', 'KA1316']
    """
    clean = text.str.strip().str.upper().str.replace(SEPARATORS, "", regex=True)
    return clean.where(clean != "")


def degrees(text: Text) -> pd.Series:
    """Read degrees (R-IM-07): decimal point or comma, suffix N/S/E/W or LU/LS/BT/BB; else NaN."""
    raw = text.str.strip().str.upper().str.replace("\u2212", "-").str.rstrip("\u00b0 ")
    south = raw.str.contains(r"(?:LS|BB|S|W)$", regex=True)
    bare = raw.str.replace(r"\s*(?:LU|LS|BT|BB|N|S|E|W)$", "", regex=True).str.rstrip("\u00b0 ")
    bare = bare.str.replace(",", ".", regex=False)
    fine = bare.str.fullmatch(r"[+-]?\d{1,9}(?:\.\d+)?")
    values = pd.to_numeric(bare.where(fine), errors="coerce")
    return values.where(~south, -values.abs()).astype(float)


def position(first: pd.Series, second: pd.Series, *, area: str) -> tuple[pd.DataFrame, pd.Series]:
    """Decide latitude and longitude by their ranges (R-IM-06) and say how good they are.

    ``first`` is what the file calls latitude, ``second`` longitude, in degrees (NaN where
    missing). Returns columns ``lat``, ``lon`` (NaN where the rules allow no place) and
    ``swapped``, and a series of `CoordinateQuality`. With ``area`` ``world`` nothing is
    swapped and only impossible degrees are refused.
    """
    lat, lon = first.to_numpy(float, copy=True), second.to_numpy(float, copy=True)
    quality = np.full(len(first), CoordinateQuality.OK.value, dtype=object)
    missing = np.isnan(lat) | np.isnan(lon)
    zero = (lat == 0) & (lon == 0)
    same = (lat == lon) & ~zero
    swapped = np.zeros(len(first), dtype=bool)
    if area == "world":
        inside = (np.abs(lat) <= 90) & (np.abs(lon) <= 180)
        sign = np.zeros(len(first), dtype=bool)
    else:
        box = area_box(area)
        inside = _within(box, lat, lon)
        # Beyond the box a pair in the country is not swapped: it may be a place elsewhere.
        swapped = ~inside & _within(box, lon, lat) & ~_within(INDONESIA, lat, lon)
        lat, lon = np.where(swapped, lon, lat), np.where(swapped, lat, lon)
        inside |= swapped
        sign = ~inside & (_within(box, -lat, lon) | _within(box, -lon, lat))
    coarse = inside & (np.round(lat, 2) == lat) & (np.round(lon, 2) == lon)
    # One axis may have been rounded alone: beside five decimals two are no chance of a house.
    rough_lat, rough_lon = np.round(lat, 2) == lat, np.round(lon, 2) == lon
    coarse |= inside & (
        rough_lat & (np.round(lon, 4) != lon) | rough_lon & (np.round(lat, 4) != lat)
    )
    # A whole degree beside a precise one has lost its decimals; houses do not lie on the grid.
    coarse |= inside & ((np.round(lat) == lat) | (np.round(lon) == lon))
    quality[coarse] = CoordinateQuality.KASAR.value
    quality[~inside] = CoordinateQuality.DI_LUAR_AREA.value
    if area != "world":
        lost = ~inside & ~in_metres(lat, lon) & lost_decimals(lat, lon)
        quality[lost] = CoordinateQuality.DESIMAL_HILANG.value
    quality[sign] = CoordinateQuality.TANDA_HILANG.value
    quality[same] = CoordinateQuality.X_SAMA_Y.value
    quality[zero] = CoordinateQuality.NO_FIX.value
    quality[missing] = CoordinateQuality.TANPA_KOORDINAT.value
    place = inside & ~same & ~zero & ~missing
    lat[~place], lon[~place] = np.nan, np.nan
    places = pd.DataFrame({"lat": lat, "lon": lon, "swapped": swapped & place}, index=first.index)
    return places, pd.Series(quality, index=first.index, dtype="str")


def split_pair(text: Text) -> tuple[pd.Series, pd.Series]:
    """Split "lat,long" cells (R-IM-07) into two texts."""
    side = r"\s*(?:\u00b0|LU|LS|BT|BB|N|S|E|W)*"
    dotted = text.str.strip().str.extract(
        rf"(?i)^([+-]?[0-9]+(?:\.[0-9]+)?{side})\s*[,;\s]\s*([+-]?[0-9]+(?:\.[0-9]+)?{side})$"
    )
    # With decimal commas a comma alone cannot part the two.
    comma = text.str.strip().str.extract(
        rf"(?i)^([+-]?[0-9]+,[0-9]+{side})\s*(?:;|,\s|\s)\s*([+-]?[0-9]+,[0-9]+{side})$"
    )
    parts = dotted.fillna(comma)
    return parts[0].fillna(""), parts[1].fillna("")


def area_box(area: str) -> tuple[float, float, float, float]:
    """Return an area as west, south, east, north: the country, or four figures that say it.

    Raises
    ------
    UsageError
        If it is neither; ``world`` has no box.
    """
    if area == "indonesia":
        return INDONESIA
    try:
        west, south, east, north = (float(n) for n in area.split(","))
    except ValueError:
        west, south, east, north = 1.0, 1.0, 0.0, 0.0
    if not (-180 <= west < east <= 180 and -90 <= south < north <= 90):
        raise UsageError(
            f"area {area!r} is not known; say indonesia, world, or WEST,SOUTH,EAST,NORTH in degrees",
            f"area {area!r} tidak dikenal; sebutkan indonesia, world, atau "
            "BARAT,SELATAN,TIMUR,UTARA dalam derajat",
        )
    return west, south, east, north


def _within(
    box: tuple[float, float, float, float], lat: "np.ndarray", lon: "np.ndarray"
) -> "np.ndarray":
    west, south, east, north = box
    return (lat >= south) & (lat <= north) & (lon >= west) & (lon <= east)


#: Control characters, and marks that turn the direction of what follows.
CONTROL = r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]"
