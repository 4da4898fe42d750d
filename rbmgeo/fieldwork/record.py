"""One reading or prepaid check as the field gave it, and what was known of its customer."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from rbmgeo.terms import Service

#: Kode baca of the three code files that agree (domain 1.7).
LBKB = frozenset("Z12347ABCDEFHIJKLMNUWX")
#: R-PO-01: nobody could read: closed, empty, dog, fence, inside, outage, disaster. To these
#: come C (no meter there) and H (blurred or broken), where there is no stand to be read.
NO_STAND = frozenset("EF34IUWCH")
#: Code files: 2 meter changed, 7 stand told by the customer, X moved between post- and prepaid.
METER_CHANGED, SELF_READ, MIGRATED, NORMAL, CLOSED = "2", "7", "X", "Z", "E"


@dataclass(frozen=True)
class Record:
    """What was seen at one meter; stands in kWh as the register shows them, moments with zone."""

    client_id: str
    idpel: str
    blth: str
    service: Service
    read_at: datetime
    officer: str
    lbkb_code: str
    stand_kwh: Decimal | None = None
    photo_sha256: str | None = None
    lon: float | None = None
    lat: float | None = None
    accuracy_m: float | None = None
    order_no: str | None = None
    sisa_token_kwh: Decimal | None = None
    checks: dict[str, Any] = field(default_factory=dict)
    note: str | None = None


@dataclass(frozen=True)
class Known:
    """What was known of the customer when a record came in.

    ``before_kwh`` are the kWh of the three months before, newest first (None: not read);
    ``imported_stand_kwh`` is what a source said of the same month; ``orders`` the prepaid
    orders of the customer, those of any month.
    """

    tarif: str | None = None
    daya_va: int = 0
    service: Service = Service.PASCA
    previous_stand_kwh: Decimal | None = None
    multiplier: Decimal = Decimal(1)
    before_kwh: Sequence[Decimal | None] = ()
    imported_stand_kwh: Decimal | None = None
    orders: frozenset[str] = frozenset()
    photos: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Refusal:
    """Why a record is not taken in: the column, the rule, and what would be right."""

    column: str
    rule: str
    indonesian: str
    english: str


def common_refusals(it: Record, now: datetime) -> list[Refusal]:
    """Return what no record of either service may be."""
    out = []
    if it.lbkb_code not in LBKB:
        told = " ".join(sorted(LBKB))
        out.append(Refusal("lbkb_code", "R-PO-01", f"kode LBKB salah satu dari: {told}",
                           f"the LBKB code is one of: {told}"))  # fmt: skip
    if it.read_at > now:
        out.append(Refusal("at", "R-PO-01", "waktu baca belum terjadi; periksa tanggal dan jamnya",
                           "the time of reading is not there yet; check day and hour"))  # fmt: skip
    place = (it.lon, it.lat)
    west, south, east, north = 94.0, -11.5, 142.0, 6.5
    if any(v is not None for v in place) and not (
        it.lon is not None and it.lat is not None
        and west <= it.lon <= east and south <= it.lat <= north
    ):  # fmt: skip
        out.append(Refusal("lon", "R-IM-06", "isi lon 94..142 dan lat -11,5..6,5, dua-duanya",
                           "give lon 94..142 and lat -11.5..6.5, both"))  # fmt: skip
    if it.accuracy_m is not None and not (math.isfinite(it.accuracy_m) and it.accuracy_m >= 0):
        out.append(Refusal("accuracy_m", "R-PR-01", "akurasi dalam meter, 0 atau lebih",
                           "the accuracy is in metres, 0 or more"))  # fmt: skip
    return out


def other_service(it: Record, known: Known) -> tuple[str, ...]:
    """Return a mark where tariff and kind of record contradict each other (R-PR-02).

    >>> from rbmgeo.terms import Service
    >>> other_service_tarif(Service.PASCA, "R1T", "Z"), other_service_tarif(Service.PASCA, "R1T", "X")
    (True, False)
    """
    return ("lain_layanan",) if other_service_tarif(it.service, known.tarif, it.lbkb_code) else ()


def other_service_tarif(service: Service, tarif: str | None, code: str) -> bool:
    """Say whether a tariff does not fit the kind of record; code X (migration) explains it."""
    if not tarif or code == MIGRATED:
        return False
    return tarif.strip().upper().endswith("T") != (service == Service.PRA)
