"""What the layers of a map are called and hold: ((title, description) Indonesian, English)."""

LAYER_WORDS: dict[str, tuple[tuple[str, str], tuple[str, str]]] = {
    "unit": (
        ("Unit", "Lapisan peta satu ULP; hanya dibaca."),
        ("Unit", "The layers of one ULP's map; read only."),
    ),
    "customer": (
        ("Pelanggan", "Titik pelanggan dengan RBM, urut, gardu, hasil pencocokan, dan temuan."),
        (
            "Customers",
            "Points of customers with RBM, urut, gardu, what matching said and findings.",
        ),
    ),
    "gardu": (
        ("Gardu", "Titik gardu dengan kVA dan jumlah pelanggan tercatat."),
        ("Gardu", "Points of gardu with their kVA and the customers recorded on them."),
    ),
    "rbm": (
        ("RBM", "Urutan baca tiap RBM dari rumah ke rumah, daftar terbaru."),
        ("RBM", "The reading order of every RBM from house to house, of the newest list."),
    ),
    "tiang": (("Tiang", "Titik tiang."), ("Poles", "Points of poles.")),
    "jtr": (
        ("JTR", "Bentang jaringan tegangan rendah dengan gardu dan jurusannya."),
        ("LV lines", "Spans of the low-voltage network with their gardu and jurusan."),
    ),
    "street": (("Jalan", "Garis jalan."), ("Streets", "Street lines.")),
}
