"""Words of printed forms; Indonesian, since they are for the field."""

from rbmgeo.terms import FormKind

#: Kind -> its name in a number, its title, and where it comes from.
FORMS: dict[str, tuple[str, str, str]] = {
    FormKind.KML: ("KML", "Kartu Meter Langganan (KML)", "SOP II"),
    FormKind.TUL_II_04: ("TUL-II-04", "Pemberitahuan TUL II-04", "SOP II"),
    FormKind.TUL_VI_01: ("TUL-VI-01", "Pemberitahuan Pemutusan Sementara (TUL VI-01)", "SOP VI"),
    FormKind.INFORMASI: ("INF", "Daftar penyampaian informasi", "SOP V"),
    FormKind.LEMBAR_KERJA: ("LK", "Lembar kerja survei", "SOP IV.4"),
}
#: Everything that has a form's head; a list of the field as paper is never numbered nor kept.
HEADS: dict[str, tuple[str, str, str]] = {
    **FORMS, "kunjungan": ("KJ", "Lembar kunjungan", "SOP I sampai VI"),
    "uji_petik": ("UP", "Lembar uji petik stand", "SOP pembukaan: sampling keakurasian hasil baca stand meter"),
}  # fmt: skip
#: What stands at the foot of a form whose official layout is not public.
UNIT_LAYOUT = "Tata letak usulan unit: bentuk baku {name} tidak dipublikasikan."
#: Outcomes of delivering information (SOP V, R-IN-01): a figure to write.
DELIVERED = (
    "1 tersampaikan langsung", "2 tutup, tersampaikan (pagar / bawah pintu / titip tetangga)",
    "3 tutup, tidak tersampaikan", "4 alamat tidak ketemu", "5 kWh meter diputus",
    "6 kWh meter dibongkar", "7 belum disampaikan", "8 lain-lain",
)  # fmt: skip
#: Our paragraph of each kind where the unit has set none of its own (``form_words``).
WORDS: dict[str, str] = {
    FormKind.KML: "Petugas mencatat angka stand meter pada kartu ini dan membubuhkan paraf.",
    FormKind.TUL_II_04: (
        "Petugas pembaca meter datang untuk merekam stand kWh meter, tetapi rumah tertutup."
    ),
    FormKind.TUL_VI_01: (
        "Pemutusan sementara dilakukan bila rekening listrik di bawah ini belum lunas pada saat petugas "
        "memeriksa data pelunasan. Petugas tidak menerima uang titipan rekening."
    ),
    FormKind.INFORMASI: (
        "Foto pelanggan saat menerima informasi. Tulis hasil dengan angka di bawah tabel."
    ),
    FormKind.LEMBAR_KERJA: "Tulis apa yang terlihat pada saluran, bukan dugaan. Foto salurannya.",
}
