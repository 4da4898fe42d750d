"""Words of the stand desk: why a line is on it, and what was decided."""

STANDS: dict[str, tuple[str, str]] = {
    "dlpd.swabaca": ("stand dari pelanggan", "told by the customer"),
    "stand.terima": ("diterima", "accepted"),
    "stand.perbaiki": ("perbaiki di sumber", "to be corrected in the source"),
    "stand.baca_ulang": ("baca ulang", "to be read again"),
    "stand.terbuka": ("belum diputus", "not decided"),
    "stand.berubah": ("berubah sesudah diputus", "changed since it was decided"),
    "visit.reason.baca_ulang": ("baca ulang sebelum AP2T", "to be read again before AP2T"),
}
