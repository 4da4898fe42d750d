"""SOP I: what everybody keeps to at a door, whatever the job; on screens and on work sheets.

The source breaks off in the middle of an exception to the rule of fences; no exception is made.
"""

CONDUCT = (
    "seragam",
    "tanda_pengenal",
    "surat_tugas",
    "izin_pemilik",
    "tidak_lompat_pagar",
    "sopan",
    "tidak_terima_titipan",
)
