"""SOP V: information handed to customers; what came of each, what the customer said (R-IN)."""

import pandas as pd

from rbmgeo.fieldwork.conduct import CONDUCT
from rbmgeo.fieldwork.job_form import Field, JobForm, Outcome
from rbmgeo.fieldwork.record import Refusal
from rbmgeo.fieldwork.totals import totals as counted
from rbmgeo.fieldwork.visit import Visit
from rbmgeo.terms import FieldJob

DIRECT, LEFT, NOT_LEFT = "tersampaikan_langsung", "tutup_tersampaikan", "tutup_tidak_tersampaikan"
NO_ADDRESS, CUT, REMOVED = "alamat_tidak_ketemu", "kwh_diputus", "kwh_dibongkar"
NOT_YET, OTHER = "belum_disampaikan", "lain"
#: The eight of R-IN-01, in the SOP's order.
OUTCOMES = (DIRECT, LEFT, NOT_LEFT, NO_ADDRESS, CUT, REMOVED, NOT_YET, OTHER)
#: What a meter's state, seen at the door, proposes for the record.
STATUS = {CUT: "putus", REMOVED: "bongkar"}
PLACES = ("pagar", "bawah_pintu", "titip_tetangga", "lain")
_PHOTO = frozenset({DIRECT, LEFT})
_LEFT = frozenset({LEFT})

FORM = JobForm(
    FieldJob.INFORMASI,
    outcomes=(
        Outcome(DIRECT, usual=True),
        Outcome(LEFT, usual=True),
        Outcome(NOT_LEFT, closes=False),
        Outcome(NO_ADDRESS, closes=False),
        Outcome(CUT),
        Outcome(REMOVED),
        Outcome(NOT_YET, closes=False),
        Outcome(OTHER),
    ),
    fields=(
        Field("penerima", "photo", "R-IN-02", needed=_PHOTO),
        Field("tanda_tangan", "signature", "R-IN-02", needed=frozenset({DIRECT}), shown=frozenset({DIRECT})),
        Field("tempat", "choice", "R-IN-02", needed=_LEFT, shown=_LEFT, choices=PLACES),
        Field("pesan_pelanggan", "text", "SOP V"),
        Field("keterangan", "text", "R-IN-02", needed=frozenset(OUTCOMES) - _PHOTO),
        Field("titik", "place", "SOP V"),
    ),
    conduct=CONDUCT,
)  # fmt: skip


def rules(it: Visit) -> list[Refusal]:
    """Return what the form alone cannot say: another place is told in words (R-IN-02)."""
    if it.outcome == LEFT and it.values.get("tempat") == "lain" and not it.values.get("keterangan"):
        return [Refusal("keterangan", "R-IN-02", "sebutkan di mana ditinggal",
                        "say where it was left")]  # fmt: skip
    return []


def totals(orders: pd.DataFrame) -> pd.DataFrame:
    """Count the outcomes of each list, with what nobody brought out among them (R-IN-03)."""
    return counted(orders, OUTCOMES, not_yet=NOT_YET)
