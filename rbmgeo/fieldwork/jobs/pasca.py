"""SOP II: a postpaid stand, witnessed by the customer; what the form asks and what it means."""

from decimal import Decimal
from zoneinfo import ZoneInfo

from rbmgeo.fieldwork.conduct import CONDUCT
from rbmgeo.fieldwork.job_form import Field, JobForm, Outcome
from rbmgeo.fieldwork.record import CLOSED, LBKB, NO_STAND, NORMAL, SELF_READ, Record, Refusal
from rbmgeo.fieldwork.visit import Visit
from rbmgeo.terms import FieldJob, Service

READ, TOLD, NO_ACCESS = "terbaca", "swabaca", "tanpa_akses"
_STAND = frozenset({READ, TOLD})
_READ, _NO_ACCESS = frozenset({READ}), frozenset({NO_ACCESS})
#: Codes as a person looks for them: normal first.
CODES = tuple(sorted(LBKB, key=lambda code: (code != NORMAL, code)))
#: A register of nine digits is longer than any.
MOST_KWH = 999_999_999

FORM = JobForm(
    FieldJob.PASCA,
    outcomes=(
        Outcome(READ, usual=True),
        Outcome(NO_ACCESS, closes=False, usual=True),
        Outcome(TOLD),
    ),
    fields=(
        Field("stand_kwh", "number", "R-PO-01", needed=_STAND, shown=_STAND, low=0, high=MOST_KWH),
        Field("stand", "photo", "SOP II", needed=_READ, shown=_STAND),
        Field("lbkb_code", "choice", "R-PO-01", needed=_NO_ACCESS, choices=CODES),
        Field("kelainan", "photo", "SOP II"),
        Field(
            "didampingi", "choice", "SOP II", needed=_READ, shown=_STAND,
            choices=("pelanggan", "orang_rumah", "tidak_ada"),
        ),
        Field("kml_paraf", "flag", "SOP II", needed=_READ, shown=_STAND),
        Field("paraf", "signature", "SOP II", shown=_STAND),
        Field("tul_ii_04", "flag", "R-PO-02", shown=_NO_ACCESS),
        Field("brosur", "choice", "SOP II", choices=("diserahkan", "ditinggal", "tidak_ada")),
        Field("brosur_nama", "text", "SOP II", most=120),
        Field("note", "text", "SOP II"),
        Field("titik", "place", "SOP II"),
    ),
    conduct=CONDUCT,
)  # fmt: skip


def code_of(it: Visit) -> str:
    """Return the LBKB code of a reading: Z where nothing is wrong, 7 where the customer told it."""
    said = it.values.get("lbkb_code")
    if isinstance(said, str) and said:
        return said
    return SELF_READ if it.outcome == TOLD else NORMAL


def rules(it: Visit) -> list[Refusal]:
    """Return where outcome, code and stand contradict each other (R-PO-01, R-PO-02)."""
    out, code = [], code_of(it)
    if it.outcome == NO_ACCESS and code not in NO_STAND:
        told = " ".join(sorted(NO_STAND))
        out.append(Refusal("lbkb_code", "R-PO-01", f"tanpa akses punya kode: {told}",
                           f"no access has a code of: {told}"))  # fmt: skip
    if it.outcome == NO_ACCESS and it.values.get("stand_kwh") is not None:
        out.append(Refusal("stand_kwh", "R-PO-01", "tanpa akses tidak punya stand",
                           "no access has no stand"))  # fmt: skip
    if it.outcome == TOLD and code != SELF_READ:
        out.append(Refusal("lbkb_code", "R-PO-01", "stand dari pelanggan berkode 7",
                           "a stand told by the customer has code 7"))  # fmt: skip
    if it.outcome == NO_ACCESS and code == CLOSED and it.values.get("tul_ii_04") is None:
        out.append(Refusal("tul_ii_04", "R-PO-02", "rumah tutup: sebutkan apakah TUL II-04 ditinggal",
                           "house closed: say whether a TUL II-04 was left"))  # fmt: skip
    return out


def record_of(it: Visit, idpel: str, blth: str | None, zone: ZoneInfo) -> Record:
    """Return the reading that a visit is; without a list's month it is of the month it was made in."""
    stand, photo, note = it.values.get("stand_kwh"), it.photo("stand"), it.values.get("note")
    place = it.place
    return Record(
        client_id=it.client_id, idpel=idpel,
        blth=blth or it.device_at.astimezone(zone).strftime("%Y%m"), service=Service.PASCA,
        read_at=it.device_at, officer=it.officer, lbkb_code=code_of(it),
        stand_kwh=None if stand is None else Decimal(str(stand)),
        photo_sha256=photo.sha256 if photo else None, lon=place.lon if place else None,
        lat=place.lat if place else None, accuracy_m=place.accuracy_m if place else None,
        note=note or None,
    )  # fmt: skip
