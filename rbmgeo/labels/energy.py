"""Why a gardu's kWh changed, in words: (Indonesian, English)."""

ENERGY: dict[str, tuple[str, str]] = {
    "cause.use": ("pemakaian pelanggan yang tetap", "use of customers who stayed"),
    "cause.moved_away": ("pindah ke {gardu}", "moved to {gardu}"),
    "cause.moved_here": ("datang dari {gardu}", "came from {gardu}"),
    "cause.new": ("pelanggan baru", "new customers"),
    "cause.gone": ("tidak ada lagi di daftar", "no longer listed"),
    "cause.not_read": ("kali ini tidak terbaca", "not read this time"),
    "cause.read_again": ("dulu tidak terbaca, kini terbaca", "not read then, read now"),
}
