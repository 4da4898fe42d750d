"""Words of the planner's workbench: (Indonesian, English)."""

BENCH: dict[str, tuple[str, str]] = {
    "bench.picture": (
        "{moved} pindah, {numbers} nomor berubah, {before} -> {after} km",
        "{moved} moved, {numbers} numbers changed, {before} -> {after} km",
    ),
    "bench.before": ("urut hari ini", "order of today"),
    "bench.after": ("urut baru", "new order"),
    "bench.came": ("pelanggan baru di RBM ini", "new on this RBM"),
}
