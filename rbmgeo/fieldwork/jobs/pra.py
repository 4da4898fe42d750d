"""SOP III: a prepaid meter, only against an order of PLN or a drawn sample."""

from decimal import Decimal
from zoneinfo import ZoneInfo

from rbmgeo.fieldwork.conduct import CONDUCT
from rbmgeo.fieldwork.job_form import ALWAYS, Field, JobForm, Outcome
from rbmgeo.fieldwork.jobs.pasca import CODES, MOST_KWH
from rbmgeo.fieldwork.prepaid import CODES as MORE_CODES
from rbmgeo.fieldwork.prepaid import NUMBERS, WORD_MOST, WORDS
from rbmgeo.fieldwork.record import NO_STAND, NORMAL, Record, Refusal
from rbmgeo.fieldwork.visit import Visit
from rbmgeo.terms import FieldJob, Service

CHECKED, NO_ACCESS = "diperiksa", "tanpa_akses"
_CHECKED, _NO_ACCESS = frozenset({CHECKED}), frozenset({NO_ACCESS})

FORM = JobForm(
    FieldJob.PRA,
    outcomes=(Outcome(CHECKED, usual=True), Outcome(NO_ACCESS, closes=False, usual=True)),
    fields=(
        Field("sisa_token_kwh", "number", "R-PR-01", needed=_CHECKED, shown=_CHECKED, low=0, high=MOST_KWH),
        Field("token", "photo", "R-PR-01", needed=_CHECKED, shown=_CHECKED),
        Field("lbkb_code", "choice", "R-PR-01", needed=_NO_ACCESS, choices=CODES),
        Field("kelainan", "photo", "SOP III"),
        Field("titik", "place", "R-PR-01", needed=ALWAYS),
        *(Field(name, "number", "domain 1.4", shown=_CHECKED) for name in NUMBERS),
        *(Field(name, "choice", "domain 1.4", shown=_CHECKED, choices=CODES) for name in MORE_CODES),
        *(Field(name, "text", "domain 1.4", shown=_CHECKED, most=WORD_MOST) for name in WORDS),
        Field("note", "text", "SOP III"),
    ),
    conduct=CONDUCT,
)  # fmt: skip


def rules(it: Visit, order_no: str | None) -> list[Refusal]:
    """Return why a check is not taken: no order behind it, or a code that its outcome denies."""
    out = []
    if not order_no:
        out.append(Refusal(
            "order_no", "R-PR-01",
            "pra bayar diperiksa hanya atas order PLN atau sampel yang diundi",
            "a prepaid meter is checked only against an order of PLN or a drawn sample"))  # fmt: skip
    if it.outcome == NO_ACCESS and code_of(it) not in NO_STAND:
        told = " ".join(sorted(NO_STAND))
        out.append(Refusal("lbkb_code", "R-PR-01", f"tanpa akses punya kode: {told}",
                           f"no access has a code of: {told}"))  # fmt: skip
    if it.outcome == CHECKED and code_of(it) in NO_STAND:
        out.append(Refusal("lbkb_code", "R-PR-01", "kode ini berarti meter tidak terjangkau",
                           "this code says that nobody got at the meter"))  # fmt: skip
    return out


def code_of(it: Visit) -> str:
    """Return the LBKB code of a check, Z where nothing is wrong."""
    said = it.values.get("lbkb_code")
    return said if isinstance(said, str) and said else NORMAL


def record_of(it: Visit, idpel: str, blth: str | None, zone: ZoneInfo, order_no: str) -> Record:
    """Return the check that a visit is."""
    token, photo, place = it.values.get("sisa_token_kwh"), it.photo("token"), it.place
    checks = {name: it.values.get(name) for name in (*NUMBERS, *MORE_CODES, *WORDS)}
    return Record(
        client_id=it.client_id, idpel=idpel,
        blth=blth or it.device_at.astimezone(zone).strftime("%Y%m"), service=Service.PRA,
        read_at=it.device_at, officer=it.officer, lbkb_code=code_of(it), order_no=order_no,
        sisa_token_kwh=None if token is None else Decimal(str(token)),
        photo_sha256=photo.sha256 if photo else None, lon=place.lon if place else None,
        lat=place.lat if place else None, accuracy_m=place.accuracy_m if place else None,
        checks={name: str(value) for name, value in checks.items() if value not in (None, "")},
        note=it.values.get("note") or None,
    )  # fmt: skip
