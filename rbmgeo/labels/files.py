"""What files hold, as people call them."""

FILES: dict[str, tuple[str, str]] = {
    "file.dpm": ("DPM", "DPM"),
    "file.pdpj": ("PDPJ", "PDPJ"),
    "file.customers": ("Pelanggan", "Customers"),
    "file.gardu": ("Gardu", "Gardu"),
    "file.tiang": ("Tiang", "Poles"),
    "file.jtr": ("JTR", "LV spans"),
    "file.drops": ("SR", "Service drops"),
    "file.streets": ("Jalan", "Streets"),
    "file.points": ("Titik pelanggan", "Customer points"),
    "file.reader_log": ("Catatan pembaca", "Reader log"),
    "file.token": ("Token", "Tokens"),
    "file.receivables": ("Piutang", "Receivables"),
    "file.prepaid_orders": ("Order pra bayar", "Prepaid orders"),
    "file.photos": ("Foto pelanggan", "Photos of customers"),
    "file.calendar": ("Kalender baca", "Reading calendar"),
    "file.gardu_meter": ("Meter gardu", "Gardu meters"),
}  # fmt: skip
