"""Words of the street model."""

NETWORK: dict[str, tuple[str, str]] = {
    "unreachable.no_point": ("belum punya koordinat", "no position yet"),
    "unreachable.far": ("jauh dari jalan mana pun", "far from any street"),
    "unreachable.apart": (
        "di jalan yang terpisah dari jaringan", "on a street apart from the network"
    ),
    "unreachable_next.no_point": (
        "ambil koordinatnya saat survei atau impor titik pelanggan",
        "take the position on a survey, or import positions of customers",
    ),
    "unreachable_next.far": (
        "periksa koordinatnya; bila benar, lengkapi gang di berkas jalan dan impor lagi",
        "check the position; if it is right, add the alley to the file of streets and import again",
    ),
    "unreachable_next.apart": (
        "sambungkan jalannya di berkas jalan dan impor lagi",
        "join the street in the file of streets and import again",
    ),
}  # fmt: skip
