"""One survey answer as it is written down: a rule a column, the same for a file and for a form."""

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from rbmgeo.survey.observations import Observation, place_text
from rbmgeo.terms import Seen, SurveyOutcome

COLUMNS = ("idpel", "outcome", "gardu", "tiang", "control", "officer", "at", "client_id")
NEEDED = ("idpel", "outcome", "client_id")
#: What else can be told; each column may be missing or empty.
EXTRA = (
    "house_lon", "house_lat", "accuracy_m", "tiang_lon", "tiang_lat", "gardu_lon", "gardu_lat",
    "meter_found", "rbm_found", "status_found", "note",
)  # fmt: skip
#: How the state of a service may be written, and how it is kept.
STATUS = {"aktif": "aktif", "diputus": "putus", "putus": "putus",
          "dibongkar": "bongkar", "bongkar": "bongkar"}  # fmt: skip
LONGEST = {"gardu": 32, "tiang": 64, "officer": 64, "meter_found": 32, "rbm_found": 32, "note": 500}
#: A phone that knows its place no better than this has no place to tell.
ACCURACY_MOST_M = 1000.0


@dataclass(frozen=True)
class BadAnswer:
    """One row that cannot be an answer: where, which rule, and what to do."""

    row_no: int
    column: str
    value: str
    indonesian: str
    english: str
    rule: str = "SOP IV.4"


class _Fault(Exception):
    """A cell that breaks a rule; becomes a `BadAnswer` of its row."""

    def __init__(
        self, column: str, value: str, indonesian: str, english: str, rule: str = "SOP IV.4"
    ) -> None:
        super().__init__(english)
        self.told = (column, value, indonesian, english, rule)


def checked_answer(number: int, row: dict[str, str], time_zone: str) -> dict[str, Any] | BadAnswer:
    """Return one answer by column, ``observed`` a tuple of `Observation`; else its fault.

    ``row``: stripped text by column; columns that are missing are empty.
    """
    try:
        return _answer(row, time_zone)
    except _Fault as fault:
        column, value, indonesian, english, rule = fault.told
        return BadAnswer(number, column, value, indonesian, english, rule)


def _answer(row: dict[str, str], time_zone: str) -> dict[str, Any]:
    outcome = _outcome(row)
    for name, most in LONGEST.items():
        if len(row.get(name, "")) > most:
            raise _Fault(name, row[name][:60], f"paling panjang {most} huruf",
                         f"{most} letters at most")  # fmt: skip
    if outcome == SurveyOutcome.GARDU_LAIN and not row.get("gardu"):
        raise _Fault("gardu", "", "gardu_lain perlu kode gardu", "gardu_lain needs a gardu code")
    if row.get("control", "") not in ("", "0", "1"):
        raise _Fault("control", row["control"], "isi 0 atau 1", "0 or 1")
    return {
        "idpel": _idpel(row, outcome),
        "client_id": _client_id(row),
        "outcome": outcome,
        "gardu": row.get("gardu") or None,
        "tiang": row.get("tiang") or None,
        "control": row.get("control") == "1",
        "officer": row.get("officer") or None,
        "answered_at": _moment(row, time_zone),
        "observed": _observed(row),
    }


def _outcome(row: dict[str, str]) -> str:
    outcome = row["outcome"].lower()
    if outcome not in set(SurveyOutcome):
        words = ", ".join(SurveyOutcome)
        raise _Fault("outcome", outcome, f"jawaban salah satu dari: {words}", f"one of: {words}")
    return outcome


def _idpel(row: dict[str, str], outcome: str) -> str | None:
    idpel = row["idpel"].lstrip("'")
    if not idpel and outcome == SurveyOutcome.TIDAK_DI_DAFTAR:
        if any(row.get(n) for n in ("meter_found", "house_lon", "tiang", "note")):
            return None
        raise _Fault(
            "idpel", "", "tanpa IDPEL perlu nomor meter, titik rumah, tiang atau catatan",
            "without an idpel tell the meter, the house's place, its pole or a note",
        )  # fmt: skip
    if not (len(idpel) == 12 and idpel.isascii() and idpel.isdigit()):
        raise _Fault("idpel", idpel, "IDPEL harus 12 angka", "an idpel has 12 digits", "R-IM-01")
    return idpel


def _client_id(row: dict[str, str]) -> str:
    try:
        return str(uuid.UUID(row["client_id"]))
    except ValueError:
        raise _Fault("client_id", row["client_id"], "client_id harus UUID", "must be a UUID",
                     "R-CH-03") from None  # fmt: skip


def _moment(row: dict[str, str], time_zone: str) -> datetime | None:
    text = row.get("at", "")
    if not text:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise _Fault("at", text, "tulis 2026-11-23T08:30", "write 2026-11-23T08:30") from None
    return moment if moment.tzinfo else moment.replace(tzinfo=ZoneInfo(time_zone))


def _observed(row: dict[str, str]) -> tuple[Observation, ...]:
    seen = [
        _place(row, "house", Seen.POINT, None),
        _place(row, "tiang", Seen.TIANG_POINT, "tiang"),
        _place(row, "gardu", Seen.GARDU_POINT, "gardu"),
        _code(row, "meter_found", Seen.METER_NUMBER),
        _code(row, "rbm_found", Seen.RBM),
        _code(row, "note", Seen.NOTE),
    ]
    status = row.get("status_found", "").lower()
    if status and status not in STATUS:
        raise _Fault("status_found", status, "isi aktif, diputus atau dibongkar",
                     "write aktif, diputus or dibongkar")  # fmt: skip
    if status:
        seen.append(Observation(Seen.STATUS, STATUS[status]))
    return tuple(sorted(o for o in seen if o is not None))


def _code(row: dict[str, str], column: str, name: Seen) -> Observation | None:
    text = row.get(column, "").lstrip("'")
    if column == "meter_found" and "E+" in text.upper():
        raise _Fault(column, text, "angka meter hilang (notasi ilmiah); ketik lengkap",
                     "digits are lost (scientific notation); type the whole number",
                     "R-IM-02")  # fmt: skip
    return Observation(name, text) if text else None


def _place(row: dict[str, str], what: str, name: Seen, subject: str | None) -> Observation | None:
    """Read one place; both of its numbers or none, in degrees, and of a pole or gardu its code."""
    columns = f"{what}_lon", f"{what}_lat"
    told = [row.get(c, "").lstrip("'") for c in columns]
    if not any(told):
        return None
    if not all(told):
        lacking = columns[told.index("")]
        raise _Fault(lacking, "", "isi bujur dan lintang, atau kosongkan keduanya",
                     "give longitude and latitude, or neither", "R-IM-06")  # fmt: skip
    lon, lat = (_number(c, t) for c, t in zip(columns, told, strict=True))
    if not (-180 <= lon <= 180 and -90 <= lat <= 90) or (lon == lat):
        raise _Fault(
            columns[1], told[1], "bukan titik: lintang -90 sampai 90, bujur -180 sampai 180; "
            "periksa apakah tertukar",
            "no place: latitude is -90 to 90, longitude -180 to 180; they may be swapped",
            "R-IM-06",
        )  # fmt: skip
    code = row.get(subject, "") if subject else None
    if subject and not code:
        raise _Fault(subject, "", f"titik {subject} perlu kode {subject}",
                     f"the place of a {subject} needs its code")  # fmt: skip
    return Observation(name, place_text(lon, lat), code, _accuracy(row))


def _accuracy(row: dict[str, str]) -> float | None:
    text = row.get("accuracy_m", "")
    if not text:
        return None
    metres = _number("accuracy_m", text)
    if not 0 <= metres <= ACCURACY_MOST_M:
        raise _Fault("accuracy_m", text, "ketelitian 0 sampai 1000 meter",
                     "accuracy is 0 to 1000 metres")  # fmt: skip
    return metres


def _number(column: str, text: str) -> float:
    plain = text.replace(",", ".") if "." not in text else text
    try:
        value = float(plain)
    except ValueError:
        value = float("nan")
    if value != value or value in (float("inf"), float("-inf")):
        raise _Fault(column, text, "tulis bilangan desimal, contoh 112.704312",
                     "write a decimal number, for example 112.704312", "R-IM-05")  # fmt: skip
    return value
