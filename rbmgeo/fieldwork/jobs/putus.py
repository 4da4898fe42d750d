"""SOP VI: cutting off for a time: signed notice, payment check, MCB off and sealed, nothing else."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from rbmgeo.fieldwork.conduct import CONDUCT
from rbmgeo.fieldwork.job_form import Field, JobForm, Outcome
from rbmgeo.fieldwork.jobs.pasca import MOST_KWH
from rbmgeo.fieldwork.record import Refusal
from rbmgeo.fieldwork.visit import Visit
from rbmgeo.terms import FieldJob

CUT, PAID = "diputus", "lunas"
#: The only way (R-AR-03); the SOP's notes forbid opening the OA cash seal and the service drop.
METHOD = "mcb_off_segel"
UNPAID = "belum_lunas"
#: Where an officer may look; a file is the office's matter.
SOURCES = ("ppob", "hp")
_CUT, _CHECKED = frozenset({CUT}), frozenset({CUT, PAID})
_NOTE = frozenset(
    {"tutup", "ditolak", "alamat_tidak_ketemu", "kwh_dibongkar", "sudah_diputus", "lain"}
)

FORM = JobForm(
    FieldJob.PUTUS,
    outcomes=(
        Outcome(CUT, usual=True),
        Outcome(PAID, usual=True),
        Outcome("tutup", closes=False),
        Outcome("ditolak", closes=False),
        Outcome("alamat_tidak_ketemu", closes=False),
        Outcome("sudah_diputus"),
        Outcome("kwh_dibongkar"),
        Outcome("lain", closes=False),
    ),
    fields=(
        Field("cek_waktu", "text", "R-AR-02", needed=frozenset({PAID}), shown=_CHECKED, most=25),
        Field("cek_sumber", "choice", "R-AR-02", needed=frozenset({PAID}), shown=_CHECKED, choices=SOURCES),
        Field("cek_hasil", "choice", "R-AR-02", shown=_CUT, choices=(UNPAID, PAID)),
        Field("cek_layar", "photo", "R-AR-02", shown=_CHECKED),
        Field("tul_vi_01_no", "text", "R-AR-02", shown=_CUT, most=60),
        Field("tul_vi_01_tanggal", "text", "R-AR-02", shown=_CUT, most=10),
        Field("tul_vi_01_penandatangan", "text", "R-AR-02", shown=_CUT, most=80),
        Field("cara", "choice", "R-AR-03", needed=_CUT, shown=_CUT, choices=(METHOD,)),
        Field("nomor_segel", "text", "R-AR-03", needed=_CUT, shown=_CUT, most=40),
        Field("stand_kwh", "number", "R-AR-04", needed=_CUT, shown=_CUT, low=0, high=MOST_KWH),
        Field("kwh_diputus", "photo", "R-AR-04", needed=_CUT, shown=_CUT),
        Field("lembar_kedua", "flag", "SOP VI", needed=_CUT, shown=_CUT),
        Field("keterangan", "text", "SOP VI", needed=_NOTE),
        Field("titik", "place", "SOP VI"),
    ),
    conduct=(*CONDUCT, "tul_vi_01_dibawa", "peralatan"),
)  # fmt: skip


@dataclass(frozen=True)
class Notice:
    """TUL VI-01 as it was signed: number, day, who signed."""

    number: str
    dated_on: date
    signer: str


@dataclass(frozen=True)
class PaymentCheck:
    """What a look at the payments found, and when: by the office in a file, or on a screen."""

    at: datetime
    paid: bool
    source: str


def rules(
    it: Visit, notice: Notice | None, checks: Sequence[PaymentCheck], zone: ZoneInfo
) -> list[Refusal]:
    """Return why a cut is not taken as one that keeps to the SOP (R-AR-02, R-AR-04).

    ``notice`` is that of the order, None without; ``checks`` what the office knows of the
    customer's payments, beside what the officer saw himself.
    """
    if it.outcome not in (CUT, PAID):
        return []
    own = own_check(it, zone)
    told = [it.values.get(n) for n in ("cek_waktu", "cek_sumber", "cek_hasil")]
    out = []
    if own is None and (any(told) or it.outcome == PAID):
        out.append(Refusal(
            "cek_waktu", "R-AR-02", "isi jam cek pelunasan seperti 09.15, sumbernya, dan hasilnya",
            "give the time of the payment check like 09:15, its source and its result"))  # fmt: skip
    if it.outcome == PAID:
        return out
    if own is not None and it.photo("cek_layar") is None:
        out.append(Refusal("cek_layar", "R-AR-02", "foto layar cek pelunasan diperlukan",
                           "a photo of the screen of the payment check is needed"))  # fmt: skip
    out += _notice_refusals(notice or own_notice(it), it.device_at.astimezone(zone).date())
    seen = [*checks, own] if own is not None else list(checks)
    return out + check_refusals(it.device_at, seen, zone)


def check_refusals(
    cut_at: datetime, checks: Sequence[PaymentCheck], zone: ZoneInfo
) -> list[Refusal]:
    """Return why the payment checks do not allow a cut at a moment (R-AR-02).

    The last check of the same day (the unit's own) before the cut counts; it must have found
    the customer unpaid.
    """
    day = cut_at.astimezone(zone).date()
    before = [c for c in checks if c.at < cut_at and c.at.astimezone(zone).date() == day]
    if not before:
        return [Refusal(
            "cek_waktu", "R-AR-02",
            "belum ada cek pelunasan di hari yang sama sebelum pemutusan, dengan jam dan sumber",
            "no payment check of the same day before the cut, with its time and source")]  # fmt: skip
    if max(before, key=lambda c: c.at).paid:
        return [Refusal("cek_hasil", "R-AR-02", "cek terakhir sebelum pemutusan mengatakan lunas",
                        "the last check before the cut says paid")]  # fmt: skip
    return []


def own_check(it: Visit, zone: ZoneInfo) -> PaymentCheck | None:
    """Return the check that the officer made himself, None where it is not wholly told."""
    at = check_moment(it.values.get("cek_waktu"), it.device_at, zone)
    source = it.values.get("cek_sumber")
    said = PAID if it.outcome == PAID else it.values.get("cek_hasil")
    if at is None or source not in SOURCES or said not in (PAID, UNPAID):
        return None
    return PaymentCheck(at, said == PAID, str(source))


def check_moment(told: object, visit_at: datetime, zone: ZoneInfo) -> datetime | None:
    """Read the time of a check: "09.15" (of the day of the visit), or with its day before it.

    >>> zone, at = ZoneInfo("Asia/Jakarta"), datetime(2026, 11, 26, 10, 0, tzinfo=ZoneInfo("Asia/Jakarta"))
    >>> check_moment("09.15", at, zone).isoformat()
    '2026-11-26T09:15:00+07:00'
    >>> check_moment("25-11-2026 09:15", at, zone).isoformat()
    '2026-11-25T09:15:00+07:00'
    """
    found = _MOMENT.fullmatch(told.strip()) if isinstance(told, str) else None
    if found is None:
        return None
    on = _day(found["day"]) if found["day"] else visit_at.astimezone(zone).date()
    hour, minute = int(found["hour"]), int(found["minute"])
    if on is None or hour > 23 or minute > 59:
        return None
    return datetime(on.year, on.month, on.day, hour, minute, tzinfo=zone)


def own_notice(it: Visit) -> Notice | None:
    """Return the notice that the officer wrote off the paper, None where it is not whole."""
    number, signer = it.values.get("tul_vi_01_no"), it.values.get("tul_vi_01_penandatangan")
    told = it.values.get("tul_vi_01_tanggal")
    on = _day(told.strip()) if isinstance(told, str) else None
    return Notice(str(number), on, str(signer)) if number and signer and on else None


def _notice_refusals(notice: Notice | None, cut_on: date) -> list[Refusal]:
    if notice is None or not (notice.number and notice.signer):
        return [Refusal(
            "tul_vi_01_no", "R-AR-02",
            "TUL VI-01 yang ditandatangani diperlukan: nomor, tanggal (HH-BB-TTTT), penandatangan",
            "a signed TUL VI-01 is needed: number, date (DD-MM-YYYY), who signed")]  # fmt: skip
    if notice.dated_on > cut_on:
        return [Refusal("tul_vi_01_tanggal", "R-AR-02", "TUL VI-01 bertanggal sesudah pemutusan",
                        "the TUL VI-01 is dated after the cut")]  # fmt: skip
    return []


_MOMENT = re.compile(r"(?:(?P<day>\S{8,10})[ T])?(?P<hour>\d{1,2})[.:](?P<minute>\d{2})", re.ASCII)


def _day(told: str) -> date | None:
    """Read DD-MM-YYYY or YYYY-MM-DD."""
    parts = re.split(r"[-/.]", told)
    if len(parts) != 3 or not all(p.isascii() and p.isdigit() for p in parts):
        return None
    year, month, day = parts if len(parts[0]) == 4 else parts[::-1]
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        return None
