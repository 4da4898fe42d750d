"""What a deed says of the verification at the gardu (SOP IV.6): one row a gardu, and the sum."""

from collections import Counter
from collections.abc import Mapping
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from rbmgeo.labels.spelled import MONTHS
from rbmgeo.verification.words import cannot, sentence, short
from rbmgeo.workflows.verification import CHANGED, OPEN, Standing

#: How a state is called where gardu are counted.
_SAID = {
    "diterima": "diterima", "kembali_survei": "kembali ke survei", CHANGED: "berubah lagi",
    OPEN: "berjalan",
}  # fmt: skip


def verification_rows(verified: Mapping[str, Standing], *, zone: str) -> list[dict[str, Any]]:
    """Return what was verified of some gardu, as plain text: the annex of a deed, and its workbook.

    ``zone``: of the unit, whose days are told.
    """
    return [_row(gardu, verified[gardu], ZoneInfo(zone)) for gardu in sorted(verified)]


def summary_of(checks: Mapping[str, str]) -> str:
    """Say in one line how many gardu of an RBM were accepted; ``checks``: result by gardu, in short.

    >>> summary_of({"PD1": "diterima, 0/17", "PD2": "belum diverifikasi"})
    'diterima 1 dari 2 gardu; belum diverifikasi 1'
    """
    words = Counter(_kind(said) for said in checks.values())
    accepted = words.pop("diterima", 0)
    nothing = short(None, None)
    if not accepted and set(words) <= {nothing}:
        return nothing
    rest = [f"{kind} {n}" for kind, n in sorted(words.items())]
    return "; ".join([f"diterima {accepted} dari {len(checks)} gardu", *rest])


def _kind(said: str) -> str:
    return next((word for word in _SAID.values() if said.startswith(word)), said.partition(" sesudah")[0])  # fmt: skip


def _row(gardu: str, it: Standing, zone: ZoneInfo) -> dict[str, Any]:
    told, step = it.told, it.step
    state = "diterima" if it.state == CHANGED else it.state
    words = sentence(told, state)[0]
    if it.state == CHANGED:
        words += " Sesudah itu gardu berubah lagi."
    return {
        "gardu": gardu, "hasil": short(told, it.state), "pelanggan": told["lot"],
        "sampel": told["size"], "dilihat": told["seen"], "pasti_salah": told["confirmed"],
        "peluang_lolos": round(told["chance"], 4), "tersisa_paling_banyak": told["left_most"],
        "tanggal": _dates(told), "pemeriksa": ", ".join(told["officers"]) or "–",
        "diputuskan": "–" if step is None else f"{step['done_by']}, {_day(step['done_at'].astimezone(zone).date())}",
        "kalimat": words, "batas": cannot(told)[0],
    }  # fmt: skip


def _dates(told: Mapping[str, Any]) -> str:
    days = [told["first_on"], told["last_on"]]
    said = [_day(date.fromisoformat(d)) for d in dict.fromkeys(days) if d]
    return " sampai ".join(said) or "–"


def _day(day: date) -> str:
    return f"{day.day} {MONTHS[day.month - 1]} {day.year}"
