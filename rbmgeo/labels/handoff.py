"""Words of hand-offs and of the reading's progress."""

HANDOFF: dict[str, tuple[str, str]] = {
    "returned.applied": ("diterapkan", "applied"),
    "returned.not_applied": ("belum diterapkan", "not applied"),
    "returned.changed_otherwise": ("diubah lain", "changed otherwise"),
    "returned.gone": ("pelanggan tidak ada lagi", "customer gone"),
    "returned.not_in_list": ("tidak tampak di daftar", "not shown by the list"),
    "change.baru": ("pelanggan baru", "new customers"),
    "change.keluar": ("keluar dari RBM", "taken off"),
    "change.ubah": ("tempat atau gardu berubah", "place or gardu changed"),
    "reading.selesai": ("selesai", "done"),
    "reading.terlambat": ("terlambat", "late"),
    "reading.hari_ini": ("hari ini", "today"),
    "reading.belum_waktunya": ("belum waktunya", "not yet due"),
    "reading.tanpa_tanggal": ("tanpa tanggal", "without a date"),
}
