"""Words of maps: (Indonesian, English)."""

MAPS: dict[str, tuple[str, str]] = {
    "map.ok": ("cocok", "agrees"),
    "map.doubt": ("gardu diragukan", "gardu in doubt"),
    "map.rbm_only": ("hanya RBM", "RBM only"),
    "map.pdpj_only": ("hanya PDPJ", "PDPJ only"),
    "map.twice": ("ganda", "listed twice"),
    "map.look": ("perlu survei", "needs a survey"),
    "map.unmatched": ("belum dicocokkan", "not matched yet"),
    "map.walk": ("urut baca", "reading order"),
    "map.gardu": ("gardu", "gardu"),
    "map.jtr": ("JTR", "LV line"),
    "map.street": ("jalan", "street"),
    "map.without": ("tanpa koordinat", "without a position"),
    "map.class": ("{low} – {high} kWh", "{low} – {high} kWh"),
    "map.class_last": ("di atas {low} kWh", "above {low} kWh"),
    "map.no_data": ("belum ada data", "no data"),
}
