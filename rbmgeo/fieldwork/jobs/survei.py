"""SOP IV.4 "survey ke lokasi pelanggan (gardu)": the pole first, then what hangs on it."""

from rbmgeo.fieldwork.conduct import CONDUCT
from rbmgeo.fieldwork.job_form import Field, JobForm, Outcome
from rbmgeo.terms import FieldJob, SurveyOutcome

_NAMES = frozenset({SurveyOutcome.GARDU_LAIN.value, SurveyOutcome.TIANG_BERSAMA.value})

FORM = JobForm(
    FieldJob.SURVEI,
    outcomes=(
        Outcome(SurveyOutcome.COCOK, usual=True),
        Outcome(SurveyOutcome.GARDU_LAIN, usual=True),
        Outcome(SurveyOutcome.TIANG_BERSAMA),
        Outcome(SurveyOutcome.TIDAK_TERLACAK, closes=False),
        Outcome(SurveyOutcome.TIDAK_DITEMUKAN, closes=False),
        Outcome(SurveyOutcome.DIBONGKAR),
        Outcome(SurveyOutcome.PRA_BAYAR),
    ),
    fields=(
        Field("tiang", "pole", "SOP IV.4", most=30),
        Field("gardu", "gardu", "SOP IV.4", needed=_NAMES, shown=_NAMES, most=30),
        Field("meter_number", "text", "SOP IV.4", most=30),
        Field("rumah", "photo", "SOP IV.4"),
        Field("tiang_foto", "photo", "SOP IV.4"),
        Field("note", "text", "SOP IV.4"),
        Field("titik", "place", "SOP IV.4"),
    ),
    conduct=CONDUCT,
)
