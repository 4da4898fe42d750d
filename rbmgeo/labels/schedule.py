"""Words of the schedule of the updating work."""

SCHEDULE: dict[str, tuple[str, str]] = {
    "plan.terlambat": ("terlambat", "late"),
    "plan.hari_ini": ("hari ini", "today"),
    "plan.belum_dibagi": ("belum dibagi", "not given out"),
    "plan.belum_waktunya": ("belum waktunya", "not yet due"),
    "plan.selesai": ("selesai", "done"),
}
