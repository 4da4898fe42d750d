"""Words for the states of `rbmgeo.terms`."""

STATES: dict[str, tuple[str, str]] = {
    "match.ganda": ("Ganda", "Listed twice"),
    "match.tidak_dibaca_vendor": ("Tidak dibaca vendor", "Not read by the vendor"),
    "match.hanya_rbm": ("Hanya RBM", "RBM only"),
    "match.hanya_pdpj": ("Hanya PDPJ", "PDPJ only"),
    "match.cocok": ("Cocok", "Agrees"),
    "match.beda_gardu": ("Beda gardu", "Other gardu"),
    "match.selaras": ("Selaras", "Consistent"),
    "match.perlu_survei": ("Perlu survei", "Needs a survey"),
    "desk.catatan_benar": ("catatan benar", "the record is right"),
    "desk.gardu_lain": ("gardu lain diusulkan", "another gardu proposed"),
    "tier.T0": ("tanpa koordinat: hanya kedua daftar", "no position: the lists alone"),
    "tier.T1": ("titik pelanggan dan gardu, urutan baca", "positions and the reading order"),
    "tier.T2": ("ditambah jalur JTR per gardu", "and the lines of each gardu"),
    "tier.T3": ("ditambah tiang yang tercatat", "and the recorded pole"),
    "tier.TX": ("penelusuran jaringan: gabungan pasti", "a walk along the lines: a join"),
    "tier.SV": ("sudah disurvei", "surveyed"),
    "sure.certain": ("pasti", "certain"),
    "sure.almost": ("hampir pasti salah, 9 dari 10", "almost certainly wrong, 9 of 10"),
    "sure.likely": ("mungkin salah, {n} dari 10", "probably wrong, {n} of 10"),
    "sure.unlikely": ("agaknya benar", "probably right"),
}
