"""Every job of the field: its form, one file a job."""

from rbmgeo.fieldwork.job_form import Forms
from rbmgeo.fieldwork.jobs import informasi, pasca, pra, putus, sambung, survei
from rbmgeo.terms import FieldJob

FORMS: Forms = {
    FieldJob.SURVEI: survei.FORM,
    FieldJob.PASCA: pasca.FORM,
    FieldJob.PRA: pra.FORM,
    FieldJob.INFORMASI: informasi.FORM,
    FieldJob.PUTUS: putus.FORM,
    FieldJob.SAMBUNG: sambung.FORM,
}
