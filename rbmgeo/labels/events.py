"""Sentences about events of the network."""

EVENTS: dict[str, tuple[str, str]] = {
    "event.sisipan": ("Gardu sisipan", "Inserted gardu"),
    "event.pecah_beban": ("Pecah beban", "Load split"),
    "event.pindah_jurusan": ("Pindah jurusan", "Line moved over"),
    "event.draft": ("draf", "draft"),
    "event.open": ("menunggu", "waiting"),
    "event.approved": ("disetujui", "approved"),
    "event.rejected": ("ditolak", "rejected"),
    "event.undone": ("diurungkan", "undone"),
    "group.old": ("tercatat di gardu lama", "recorded on the old gardu"),
    "group.elsewhere": ("tercatat di gardu lain", "recorded elsewhere"),
    "group.already": ("sudah di gardu baru", "on the new gardu already"),
    "group.in_event": ("menunggu di peristiwa lain", "waits in another event"),
    "group.inactive": ("tidak aktif", "inactive"),
    "left.gone": ("tidak ada lagi di unit", "not in the unit any more"),
    "left.inactive": ("tidak aktif lagi", "not active any more"),
    "left.record": ("catatannya sudah berubah", "its record has changed"),
    "left.decided": ("usulannya sudah diputuskan", "its proposal is decided already"),
    "left.conflict": ("jawaban survei bertentangan", "survey answers contradict"),
    "left.survey": ("survei menemukan gardu lain", "a survey found another gardu"),
    "question.event": (
        "Telusuri jurusan dari gardu baru sampai ujung: apakah rumah ini sudah dipasok gardu baru?",
        "Follow the line from the new gardu to its end: does the new gardu feed this house?",
    ),
}
