"""SOP VI: reconnecting at the latest on H+1 after the payment, with stand and photo (R-AR-04, 05)."""

from rbmgeo.fieldwork.conduct import CONDUCT
from rbmgeo.fieldwork.job_form import Field, JobForm, Outcome
from rbmgeo.fieldwork.jobs.pasca import MOST_KWH
from rbmgeo.terms import FieldJob

BACK, FOUND_ON = "disambung", "sudah_menyala"
#: Outcomes after which the house has power again.
LIT = frozenset({BACK, FOUND_ON})

FORM = JobForm(
    FieldJob.SAMBUNG,
    outcomes=(
        Outcome(BACK, usual=True),
        Outcome("tutup", closes=False, usual=True),
        Outcome(FOUND_ON),
        Outcome("lain", closes=False),
    ),
    fields=(
        Field("stand_kwh", "number", "R-AR-04", needed=LIT, shown=LIT, low=0, high=MOST_KWH),
        Field("kwh_disambung", "photo", "R-AR-04", needed=LIT, shown=LIT),
        Field("keterangan", "text", "SOP VI", needed=frozenset({FOUND_ON, "tutup", "lain"})),
        Field("titik", "place", "SOP VI"),
    ),
    conduct=CONDUCT,
)
