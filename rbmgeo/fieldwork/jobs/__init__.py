"""Every job of the field: its form, one file a job."""

from rbmgeo.fieldwork.job_form import Forms
from rbmgeo.fieldwork.jobs import survei
from rbmgeo.terms import FieldJob

FORMS: Forms = {
    FieldJob.SURVEI: survei.FORM,
}
